//! Smoking of those whose youth is not simulated: the grown of the first year, and grown immigrants.

use bevy_ecs::system::{Query, Res};

use crate::draws::{Draws, exponential, normal, uniform};
use crate::math::normal_share_below;
use crate::model::person::{Origin, Person};
use crate::model::rows::Rows;
use crate::model::simulation::Shared;
use crate::processes::background::Background;
use crate::processes::school::Schooling;
use crate::record::Record;
use crate::units::Year;

use super::year::FIRST_AGE;
use super::{DEALT, Habit, Params, Smoking};

/// The age at which those whose start is not simulated are taken to have begun, if they are older.
const BEGAN: usize = 18;

/// Deals newcomers their habit.
pub fn deal(
    (year, rows, draws, record): (Res<Year>, Res<Rows>, Res<Draws>, Res<Shared<Record>>),
    params: Option<Res<Shared<Params>>>,
    mut people: Query<(&Person, &Schooling, &Background, &mut Smoking)>,
) {
    let (year, Some(params)) = (*year, params) else { return };
    for (people, schooling, traits, mut smoking) in people.contiguous_iter_mut().expect("table storage") {
        let smoking = smoking.bypass_change_detection();
        for row in rows.new_people() {
            let age = people[row].age_reached(year);
            smoking[row] = Smoking::default();
            if people[row].origin == Origin::Born || age < FIRST_AGE {
                continue;
            }
            let education = params.pattern.of(schooling[row].level.of_three());
            let [daily, former] = record.smoking.stock(year, people[row].sex, age, education);
            let words = draws.words(people[row].id, people[row].age_of_luck(year), DEALT);
            #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
            let share = params.dealt_background.value() as f32;
            let own = normal([words[0], words[1]]);
            let place = normal_share_below(share * traits[row].deviations() + libm::sqrtf(1.0 - share * share) * own);
            let began = BEGAN.min(age);
            let habit = match place {
                place if place < daily => Habit::Daily,
                place if place < daily + former => Habit::Former,
                _ => Habit::Never,
            };
            let stopped = began + scaled(age - began, uniform(words[2]));
            let (since, smoked) = match habit {
                Habit::Never => (0, 0),
                Habit::Daily => (began, 0),
                Habit::Former => (stopped, stopped - began),
            };
            smoking[row] = Smoking {
                left: exponential(words[3]),
                habit,
                since: narrow(since),
                smoked: narrow(smoked),
                cigarettes: params.cigarettes(&record, people[row], education, words[2].rotate_left(16)),
                ..Smoking::default()
            };
        }
    }
}

/// A part of some years, in whole years.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "years of a life"
)]
fn scaled(years: usize, part: f32) -> usize {
    (years as f32 * part) as usize
}

/// An age or a number of years as state keeps it.
#[must_use]
pub fn narrow(years: usize) -> u8 {
    u8::try_from(years).unwrap_or(u8::MAX)
}

impl Params {
    /// Cigarettes a day of somebody, from a word of luck.
    pub(super) fn cigarettes(&self, record: &Record, person: Person, education: usize, word: u32) -> u8 {
        #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
        let spread = self.cigarettes_spread.value() as f32;
        let mean = record.smoking.cigarettes(person.sex, person.born, education);
        // An even spread of the standard deviation asked for: a uniform number has one of 1/√12.
        let part = 1.0 + (uniform(word) - 0.5) * spread * 3.464;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held between 1 and 60")]
        let cigarettes = libm::roundf(mean * part).clamp(1.0, 60.0) as u8;
        cigarettes
    }
}
