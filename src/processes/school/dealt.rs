//! Education of those whose way through school is not simulated: the grown of the first year, and grown immigrants.

use bevy_ecs::system::{Query, Res};

use crate::draws::{Decision, Draws, normal, uniform};
use crate::math::normal_share_below;
use crate::model::columns::RememberedOf;
use crate::model::family::Kin;
use crate::model::person::{Origin, Person};
use crate::model::rows::Rows;
use crate::model::simulation::Shared;
use crate::processes::background::Background;
use crate::record::Record;
use crate::record::schooling::Transition;
use crate::units::Year;

use super::steps::{AGE_OF_MARKS, parents_now};
use super::{Level, Params, Schooling, Stage, Track};

/// What somebody has attained when the simulation meets them.
pub const ATTAINED: Decision = Decision::named("school.attained");

/// The age at which the way through school is over for most.
const SETTLED: usize = 35;
/// The oldest who may still be studying when the simulation meets them.
const OLDEST_STUDENT: usize = 27;

/// Deals the newborn their parents' education, and the grown what they have attained.
pub fn deal(
    (year, rows, draws, record): (Res<Year>, Res<Rows>, Res<Draws>, Res<Shared<Record>>),
    (params, remembered): (Res<Shared<Params>>, Res<RememberedOf<Schooling>>),
    mut people: Query<(&Person, &Kin, &Background, &mut Schooling)>,
) {
    let year = *year;
    for (people, kin, traits, mut schooling) in people.contiguous_iter_mut().expect("table storage") {
        let schooling = schooling.bypass_change_detection();
        for row in rows.new_people() {
            let age = people[row].age_reached(year);
            schooling[row] = match people[row].origin {
                Origin::Born => {
                    Schooling { parents: parents_now(kin[row], schooling, &remembered.0), ..Schooling::default() }
                }
                _ if age >= AGE_OF_MARKS => attained(*draws, &record, &params, people[row], traits[row], age),
                _ => Schooling::default(),
            };
        }
    }
}

/// Deals the people of the first year anew, now that it is known whose children they are; children learn their parents' education.
pub fn deal_founders(
    (year, rows, draws, record): (Res<Year>, Res<Rows>, Res<Draws>, Res<Shared<Record>>),
    params: Option<Res<Shared<Params>>>,
    mut people: Query<(&Person, &Kin, &Background, &mut Schooling)>,
) {
    let (year, Some(params)) = (*year, params) else { return };
    for (people, kin, traits, mut schooling) in people.contiguous_iter_mut().expect("table storage") {
        let schooling = schooling.bypass_change_detection();
        for row in 0..rows.used() {
            let age = people[row].age_reached(year);
            if age >= AGE_OF_MARKS {
                schooling[row] = attained(*draws, &record, &params, people[row], traits[row], age);
            }
        }
        for row in 0..rows.used() {
            schooling[row].parents = parents_now(kin[row], schooling, &[]);
        }
    }
}

/// What somebody has attained at an age, in the order of a mixture of background and luck.
fn attained(
    draws: Draws,
    record: &Record,
    params: &Params,
    person: Person,
    background: Background,
    age: usize,
) -> Schooling {
    let share = params.dealt_background(person.born);
    let words = draws.words(person.id, 0, ATTAINED);
    let own = normal([words[0], words[1]]);
    let place = normal_share_below(share * background.deviations() + libm::sqrtf(1.0 - share * share) * own);
    let level = |age: usize| {
        let shares = record.schooling.attained(person.sex, person.born, age);
        let (mut below, mut level) = (0.0, 0);
        for (i, share) in shares.iter().enumerate().take(3) {
            below += share;
            if place >= below {
                level = i + 1;
            }
        }
        Level::ALL[level]
    };
    // Whoever goes to upper secondary school at 16 to 19 has it at 20 or a little later.
    let (now, later) = (if age < 20 { Level::Compulsory } else { level(age) }, level(age.max(SETTLED)));
    let general =
        uniform(words[2]) < record.schooling.chances(person.sex, person.born).mean[Transition::General as usize];
    let track = match (level(age.max(20)), later) {
        (Level::Compulsory, Level::Compulsory | Level::UpperSecondary) => Track::None,
        (_, Level::UpperSecondary) if !general => Track::Vocational,
        _ => Track::General,
    };
    #[expect(clippy::cast_possible_truncation, reason = "an age below 128")]
    let reached = age as u8;
    let dealt = Schooling { level: now, stage: Stage::Out, track, ..Schooling::default() };
    if age < 20 && track != Track::None {
        return Schooling { stage: Stage::Upper, since: 16, ..dealt };
    }
    if age <= OLDEST_STUDENT && now >= Level::UpperSecondary && later > now {
        let stage = match (now, later) {
            (Level::TertiaryShort, _) => Stage::Extending,
            (_, Level::TertiaryLong) => Stage::Long,
            _ => Stage::Short,
        };
        return Schooling { stage, since: reached - 1, ..dealt };
    }
    dealt
}
