//! Jobs: the class of occupation somebody gets, what it exposes to, and the working life of those whom the simulation meets grown.

use bevy_ecs::system::{Query, Res};

use crate::draws::{Draws, exponential, normal, uniform};
use crate::math::normal_share_below;
use crate::model::person::{Origin, Person};
use crate::model::rows::Rows;
use crate::model::simulation::Shared;
use crate::processes::background::Background;
use crate::processes::school::{Level, Schooling};
use crate::record::Record;
use crate::record::working::{OCCUPATIONS, OLDEST, band};
use crate::units::{Sex, Year};

use super::flows::is_of_age;
use super::{DEALT, EXPOSED, JOB, Occupation, Params, State, Work, exposure};

/// Classes in the order in which more favourable background reaches them, less favourable first.
const ORDER: [usize; OCCUPATIONS] = [8, 7, 5, 6, 4, 3, 2, 1, 0];

/// Share of women and of men beyond working age who have had an occupation; assumed, 0.6 to 0.9 and 0.95 to 1.
const EVER_EMPLOYED: [f32; 2] = [0.75, 0.98];
/// The age at which a working life whose start is not simulated is taken to have begun.
const BEGAN: usize = 20;

const CLASSES: [Occupation; OCCUPATIONS] = [
    Occupation::Managers,
    Occupation::Professionals,
    Occupation::Technicians,
    Occupation::Clerical,
    Occupation::ServiceSales,
    Occupation::AgricultureFishery,
    Occupation::Craft,
    Occupation::Operators,
    Occupation::Elementary,
];

/// What a job is dealt from.
#[derive(Clone, Copy)]
pub struct Applicant {
    /// Who it is.
    pub person: Person,
    /// The level of education.
    pub level: Level,
    /// The background.
    pub background: Background,
}

impl Params {
    /// Gives somebody an occupation of the year and what it exposes to; `age` keys the luck.
    pub fn employ(&self, work: &mut Work, record: &Record, draws: Draws, who: Applicant, year: Year, age: u32) {
        #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
        let share = self.class_background.value() as f32;
        let words = draws.words(who.person.id, age, JOB);
        let own = normal([words[0], words[1]]);
        let place = normal_share_below(share * who.background.deviations() + libm::sqrtf(1.0 - share * share) * own);
        let shares = record.working.classes(year, who.person.sex, who.level as usize);
        let (mut below, mut class) = (0.0, ORDER[OCCUPATIONS - 1]);
        for next in ORDER {
            below += shares[next];
            if place < below {
                class = next;
                break;
            }
        }
        work.occupation = CLASSES[class];
        work.exposures = exposures(record, draws, who.person, age, class);
    }
}

/// What a job of a class exposes to.
fn exposures(record: &Record, draws: Draws, person: Person, age: u32, class: usize) -> u8 {
    let shares = record.working.exposure(person.sex, class);
    let words = draws.words(person.id, age, EXPOSED);
    // Heavy work, noise, cold and vibration go together: they share half of their luck.
    let together = uniform(words[3]);
    let is = |part: usize, word: u32| {
        let own = uniform(word);
        let luck = if own < 0.5 { together } else { (own - 0.5) * 2.0 };
        luck < shares[part]
    };
    let mut bits = 0;
    for (part, bit, word) in [
        (0, exposure::HEAVY, words[0]),
        (1, exposure::NOISE, words[0].rotate_left(16)),
        (2, exposure::COLD, words[1]),
        (3, exposure::VIBRATION, words[1].rotate_left(16)),
        (4, exposure::LOW_CONTROL, words[2]),
    ] {
        if is(part, word) {
            bits |= bit;
        }
    }
    // Strain is low control with high demands.
    let strained = if shares[4] > 0.0 { (shares[5] / shares[4]).min(1.0) } else { 0.0 };
    if bits & exposure::LOW_CONTROL > 0 && uniform(words[2].rotate_left(16)) < strained {
        bits |= exposure::STRAIN;
    }
    bits
}

/// Deals newcomers of working age and beyond their state and occupation.
pub fn deal(
    (year, rows, draws, record): (Res<Year>, Res<Rows>, Res<Draws>, Res<Shared<Record>>),
    params: Option<Res<Shared<Params>>>,
    mut people: Query<(&Person, &Schooling, &Background, &mut Work)>,
) {
    let (year, Some(params)) = (*year, params) else { return };
    for (people, schooling, traits, mut work) in people.contiguous_iter_mut().expect("table storage") {
        let work = work.bypass_change_detection();
        for row in rows.new_people() {
            let (person, age) = (people[row], people[row].age_reached(year));
            work[row] = Work::default();
            if person.origin == Origin::Born || !(is_of_age(age) || age > OLDEST) {
                continue;
            }
            let words = draws.words(person.id, person.age_of_luck(year), DEALT);
            let who = Applicant { person, level: schooling[row].level, background: traits[row] };
            work[row] = met(&record, who, schooling[row].is_student(), year, age, words);
            let has_worked = match work[row].state {
                State::Education => false,
                State::Employed => true,
                _ => uniform(words[1]) < EVER_EMPLOYED[person.sex.index()],
            };
            if has_worked {
                // The job is of the years in which most find theirs.
                let then = Year(year.0.min(person.born + 25));
                params.employ(&mut work[row], &record, *draws, who, then, person.age_of_luck(year));
            }
        }
    }
}

/// The state somebody is met in.
fn met(record: &Record, who: Applicant, student: bool, year: Year, age: usize, words: [u32; 4]) -> Work {
    let (state, since) = if age > OLDEST {
        (State::Retired, 67)
    } else {
        let shares = record.working.stocks(year, who.person.sex, band(age), who.level as usize);
        let education = 1.0 - shares.iter().sum::<f32>();
        let luck = uniform(words[0]);
        if student || age == crate::record::working::YOUNGEST {
            let idle = (education / (education + shares[0])).clamp(0.3, 1.0);
            (if luck < idle { State::Education } else { State::Employed }, age)
        } else {
            let all: f32 = shares.iter().sum();
            let states =
                [State::Employed, State::Unemployed, State::Sick, State::Disabled, State::Retired, State::Other];
            let mut below = 0.0;
            let mut found = State::Other;
            for (state, share) in states.into_iter().zip(shares) {
                below += share / all.max(1e-6);
                if luck < below {
                    found = state;
                    break;
                }
            }
            (found, age)
        }
    };
    let years = age.min(67).saturating_sub(BEGAN);
    let employed = if state == State::Education || who.person.sex == Sex::Female { years / 2 } else { years };
    let narrow = |number: usize| u8::try_from(number).unwrap_or(u8::MAX);
    Work { left: exponential(words[2]), state, since: narrow(since), employed: narrow(employed), ..Work::default() }
}
