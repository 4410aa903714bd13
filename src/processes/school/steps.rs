//! The steps of a year in school: who faces which, at which odds, and who takes them.

use bevy_ecs::system::{Query, Res, ResMut};

use crate::draws::{Decision, Draws, normal, uniform};
use crate::math::logistic;
use crate::model::columns::RememberedOf;
use crate::model::family::{Kin, Link, To};
use crate::model::lever::Levers;
use crate::model::person::{Life, Person, luck};
use crate::model::reach::Reached;
use crate::model::rows::Rows;
use crate::model::simulation::{Answered, Asked, Asks, Shared};
use crate::processes::background::Background;
use crate::record::Record;
use crate::record::schooling::{Chances, TRANSITIONS, Transition};
use crate::sums::Fixed;
use crate::units::{Sex, Year};

use super::{COMPLETION, HIGHER, Level, Params, Parents, Schooling, Scores, Stage, Track};

/// Marks.
pub const MARKS: Decision = Decision::named("school.marks");
/// Steps of a year.
pub const STEP: Decision = Decision::named("school.step");
/// The degree aimed at.
pub const AIM: Decision = Decision::named("school.aim");

/// The age reached in the year of the last marks.
pub const AGE_OF_MARKS: usize = 16;
/// The last age reached at which anybody takes a step.
const LAST: usize = 54;
/// Years a short degree takes.
const SHORT_YEARS: usize = 3;
/// Years a long one takes.
const LONG_YEARS: usize = 5;
/// Years that go from a short to a long one.
const EXTENDING_YEARS: usize = 2;
/// Years of higher education that count as a short one.
const PASSED: usize = 2;
/// Years after a short degree in which people go on to a long one.
const EXTENDS_WITHIN: usize = 4;

/// Bins of log odds, a quarter wide, from −10 to 10.
const BINS: usize = 80;
/// The place of the last.
const LAST_BIN: f32 = 79.0;
/// What is summed up for a step and sex: people by log odds, in 256ths, and the number expected of them, in steps of [`Fixed`].
const SUMS: usize = BINS + 1;
const WEIGHT: f32 = 256.0;

/// The level of each step and sex: what is added to the log odds so that the mean chance is the recorded one.
pub struct Levels;

impl Asks for Levels {
    const NAME: &'static str = "school.levels";

    #[expect(clippy::cast_precision_loss, reason = "counts below 2⁵³")]
    fn answer(_: &Record, _: Year, sums: &[i64]) -> Vec<f32> {
        let level = |sums: &[i64]| {
            let expected = Fixed(sums[BINS]).value();
            let people: Vec<(f32, f64)> = (0..BINS)
                .filter(|bin| sums[*bin] > 0)
                .map(|bin| (bin as f32 * 0.25 - 9.875, sums[bin] as f64 / f64::from(WEIGHT)))
                .collect();
            if people.is_empty() {
                return 0.0;
            }
            let taken = |level: f32| -> f64 {
                people.iter().map(|(odds, people)| people * f64::from(logistic(odds + level))).sum()
            };
            let (mut low, mut high) = (-8.0, 8.0);
            for _ in 0..30 {
                let middle = f32::midpoint(low, high);
                if taken(middle) < expected { low = middle } else { high = middle }
            }
            f32::midpoint(low, high)
        };
        sums.chunks(SUMS).map(level).collect()
    }
}

/// Gives marks to those who reach 16, and adds up who faces which step this year.
pub fn ask(
    (year, rows, draws, record): (Res<Year>, Res<Rows>, Res<Draws>, Res<Shared<Record>>),
    (params, mut asked): (Res<Shared<Params>>, ResMut<Asked<Levels>>),
    remembered: Res<RememberedOf<Schooling>>,
    mut people: Query<(&Person, &Life, &Kin, &Background, &mut Schooling)>,
) {
    let year = *year;
    asked.sums.clear();
    asked.sums.resize(TRANSITIONS * 2 * SUMS, 0);
    let scores = params.scores();
    for (people, lives, kin, traits, mut schooling) in people.contiguous_iter_mut().expect("table storage") {
        let schooling = schooling.bypass_change_detection();
        for run in rows.runs(year).filter(|run| (AGE_OF_MARKS..=OLDEST_ASKED).contains(&run.age)) {
            let chances = record.schooling.chances(run.sex, year.plus(-age_in_years(run.age)).0);
            for row in run.rows.filter(|row| lives[*row].is_here(year)) {
                if run.age == AGE_OF_MARKS && schooling[row].stage == Stage::Child {
                    let parents = [kin[row].mother, kin[row].father]
                        .map(|parent| parents_level(parent, schooling, &remembered.0))
                        .into_iter()
                        .max()
                        .expect("two");
                    let [first, second, ..] = draws.words(people[row].id, people[row].age_of_luck(year), MARKS);
                    let own = normal([first, second]);
                    schooling[row].parents = PARENTS[parents];
                    schooling[row].marks =
                        params.marks(year, run.sex, schooling[row].parents, traits[row].deviations(), own);
                }
                let (faced, number) = steps_faced(schooling[row], run.age);
                let mut weight = 1.0;
                for (i, step) in faced.into_iter().enumerate().take(number) {
                    let odds = chances.log_odds[step as usize] + scores.of(step, schooling[row]);
                    tally(&mut asked.sums, step, run.sex, odds, chances, weight);
                    if i + 1 < number {
                        weight *= logistic(odds);
                    }
                }
            }
        }
    }
}

/// The last age reached at which a step is asked for.
const OLDEST_ASKED: usize = 34;

/// The words of parents' education by one more than the level.
const PARENTS: [Parents; 5] =
    [Parents::Unknown, Parents::Compulsory, Parents::UpperSecondary, Parents::TertiaryShort, Parents::TertiaryLong];

/// One more than the level of a parent; 0 of one who is not in the model.
fn parents_level(parent: Link, schooling: &[Schooling], remembered: &[Schooling]) -> usize {
    match parent.to() {
        To::Nobody => 0,
        To::Row(row) => schooling[row].level as usize + 1,
        To::Remembered(place) => remembered[place].level as usize + 1,
    }
}

/// The education of the parents as it is now.
#[must_use]
pub fn parents_now(kin: Kin, schooling: &[Schooling], remembered: &[Schooling]) -> Parents {
    let of = |parent| parents_level(parent, schooling, remembered);
    PARENTS[of(kin.mother).max(of(kin.father))]
}

#[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "an age below 128")]
const fn age_in_years(age: usize) -> i16 {
    age as i16
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "held between the first and the last bin; weights from 0 to 256"
)]
fn tally(sums: &mut [i64], step: Transition, sex: Sex, odds: f32, chances: &Chances, weight: f32) {
    let of_step = &mut sums[(step as usize * 2 + sex.index()) * SUMS..][..SUMS];
    let bin = ((odds + 10.0) * 4.0).clamp(0.0, LAST_BIN) as usize;
    of_step[bin] += (weight * WEIGHT) as i64;
    of_step[BINS] += Fixed::of(weight * chances.mean[step as usize]).0;
}

/// The steps that are asked for and that somebody may take in the year an age is reached, and how many they are: each but the first has
/// to be preceded by those before it.
#[inline]
fn steps_faced(schooling: Schooling, age: usize) -> ([Transition; 3], usize) {
    let general = schooling.track == Track::General;
    let entry = entry(general, age);
    let one = |step| ([step, entry, Transition::Long], 1);
    match schooling.stage {
        Stage::Child if age == AGE_OF_MARKS => ([Transition::Start, Transition::General, Transition::Long], 2),
        Stage::Upper => match upper_step(general, age) {
            Some(step @ (Transition::LeaveGeneral | Transition::LeaveVocational)) => one(step),
            Some(step) => ([step, entry, Transition::Long], 3),
            None => ([entry; 3], 0),
        },
        Stage::Out if schooling.level == Level::UpperSecondary && may_enter(schooling, age) => {
            ([entry, Transition::Long, Transition::Long], 2)
        }
        Stage::Out if may_extend(schooling, age) => one(Transition::Extend),
        Stage::Short | Stage::Long | Stage::Extending => one(Transition::LeaveTertiary),
        Stage::Child | Stage::Out => ([entry; 3], 0),
    }
}

/// The step in upper secondary school in the year an age is reached.
const fn upper_step(general: bool, age: usize) -> Option<Transition> {
    Some(match (general, age) {
        (true, 17 | 18) => Transition::LeaveGeneral,
        (false, 17..=19) => Transition::LeaveVocational,
        (true, 19) => Transition::FinishGeneral,
        (false, 20) => Transition::FinishVocational,
        (_, 21..) => Transition::FinishLate,
        _ => return None,
    })
}

/// The step into higher education at an age.
const fn entry(general: bool, age: usize) -> Transition {
    match (general, age) {
        (true, ..=24) => Transition::TertiaryGeneral,
        (false, ..=25) => Transition::TertiaryVocational,
        _ => Transition::TertiaryLater,
    }
}

/// Whether somebody with upper secondary school may enter higher education in the year an age is reached.
const fn may_enter(schooling: Schooling, age: usize) -> bool {
    let from = if schooling.gave_up { 26 } else { 19 };
    from <= age && age <= OLDEST_ASKED
}

/// Whether somebody with a short degree may go on to a long one.
fn may_extend(schooling: Schooling, age: usize) -> bool {
    let degree = usize::from(schooling.since);
    schooling.level == Level::TertiaryShort && degree > 0 && (degree + 1..=degree + EXTENDS_WITHIN).contains(&age)
}

/// Whether somebody may take a step this year.
#[inline]
fn is_facing(schooling: Schooling, age: usize) -> bool {
    if !(AGE_OF_MARKS..=LAST).contains(&age) {
        return false;
    }
    match (schooling.stage, schooling.level) {
        (Stage::Out, Level::Compulsory) => (22..=49).contains(&age),
        (Stage::Out, Level::UpperSecondary) => age > OLDEST_ASKED || may_enter(schooling, age),
        (Stage::Out, Level::TertiaryShort) => may_extend(schooling, age),
        (Stage::Out, Level::TertiaryLong) => false,
        _ => true,
    }
}

/// The steps of people of one sex and age.
struct AtAge<'a> {
    chances: &'a Chances,
    /// Log odds ratios of the arm: of staying and finishing, of entering higher education.
    effects: [f32; 2],
    /// The chance that an adult takes a short degree.
    adult_tertiary: f32,
    /// The most that the chance of a step can be, by stage and level ([`place`]): nothing for those who face none, the chance itself of
    /// adults, for whom it is one and the same, and more than any chance of all others.
    hopes: [f32; 32],
}

/// The place of a stage and level.
#[inline]
const fn place(schooling: Schooling) -> usize {
    (schooling.stage as usize * Level::ALL.len() + schooling.level as usize) % 32
}

impl<'a> AtAge<'a> {
    fn of(age: usize, chances: &'a Chances, effects: [f32; 2]) -> Self {
        let adult_tertiary = logistic(chances.log_odds[Transition::AdultTertiary as usize] + effects[1]);
        let facing = (AGE_OF_MARKS..=LAST).contains(&age);
        let mut hopes = [if facing { CERTAIN } else { 0.0 }; 32];
        let out = |level| Schooling { level, stage: Stage::Out, ..Schooling::default() };
        let mut of_those_out =
            |level, hope| hopes[place(out(level))] = if is_facing(out(level), age) { hope } else { 0.0 };
        of_those_out(Level::Compulsory, chances.mean[Transition::AdultUpper as usize]);
        of_those_out(Level::UpperSecondary, if age > OLDEST_ASKED { adult_tertiary } else { CERTAIN });
        of_those_out(Level::TertiaryLong, CERTAIN);
        Self { chances, effects, adult_tertiary, hopes }
    }
}

/// More than any chance.
const CERTAIN: f32 = 2.0;

/// The odds of one person's steps in a year.
struct Odds<'a> {
    scores: &'a Scores,
    of_age: &'a AtAge<'a>,
    levels: &'a [f32],
    sex: Sex,
    schooling: Schooling,
}

impl Odds<'_> {
    #[inline]
    fn chance(&self, step: Transition) -> f32 {
        let AtAge { chances, effects, adult_tertiary, .. } = self.of_age;
        let effect = match step {
            Transition::AdultUpper => return chances.mean[step as usize],
            Transition::AdultTertiary => return *adult_tertiary,
            Transition::LeaveGeneral | Transition::LeaveVocational => -effects[0],
            Transition::FinishGeneral | Transition::FinishVocational | Transition::FinishLate => effects[0],
            Transition::TertiaryGeneral | Transition::TertiaryVocational | Transition::TertiaryLater => effects[1],
            Transition::Start
            | Transition::General
            | Transition::Long
            | Transition::LeaveTertiary
            | Transition::Extend => 0.0,
        };
        let level = self.levels.get(step as usize * 2 + self.sex.index()).copied().unwrap_or(0.0);
        logistic(chances.log_odds[step as usize] + (self.scores.of(step, self.schooling) + level) + effect)
    }
}

/// Takes the year's steps.
pub fn step(
    (year, rows, draws, record): (Res<Year>, Res<Rows>, Res<Draws>, Res<Shared<Record>>),
    (params, levers, levels, reached): (Res<Shared<Params>>, Res<Levers>, Res<Answered<Levels>>, Res<Reached>),
    mut people: Query<(&Person, &Life, &mut Schooling)>,
) {
    let (year, scores) = (*year, params.scores());
    let effects = [COMPLETION, HIGHER].map(|lever| levers.at(lever));
    let mask = effects.iter().fold(0, |mask, effect| mask | effect.mask());
    let of_age = |sex: Sex, age: usize, reached: u64| {
        let effects = effects.map(|effect| match effect.ratio_of(sex, age, reached) {
            1.0 => 0.0,
            ratio => libm::logf(ratio),
        });
        AtAge::of(age, record.schooling.chances(sex, year.plus(-age_in_years(age)).0), effects)
    };
    // Up to the age at which nobody faces anything any more.
    let at_ages = Sex::BOTH.map(|sex| (0..=LAST + 1).map(|age| of_age(sex, age, 0)).collect::<Vec<_>>());
    for (people, lives, mut schooling) in people.contiguous_iter_mut().expect("table storage") {
        let schooling = schooling.bypass_change_detection();
        for block in rows.blocks_of(year, |_, age| (AGE_OF_MARKS..=LAST).contains(&age)) {
            let [firsts, seconds] = luck(*draws, &people[block.clone()], year, STEP);
            // Most take no step, which is told of all at once, without a branch for each.
            let mut hopeful = 0_u32;
            for (i, row) in block.clone().enumerate() {
                let age = people[row].age_reached(year).min(LAST + 1);
                let hope = match reached.among(mask, row) {
                    0 => at_ages[people[row].sex.index()][age].hopes[place(schooling[row])],
                    _ => CERTAIN,
                };
                hopeful |= u32::from((uniform(firsts[i]) < hope) & lives[row].is_here(year)) << i;
            }
            for (i, row) in block.enumerate().filter(|(i, _)| hopeful >> i & 1 == 1) {
                let (sex, age) = (people[row].sex, people[row].age_reached(year));
                if !is_facing(schooling[row], age) {
                    continue;
                }
                let of_reached;
                let of_age = match reached.among(mask, row) {
                    0 => &at_ages[sex.index()][age],
                    bits => {
                        of_reached = of_age(sex, age, bits);
                        &of_reached
                    }
                };
                let odds = Odds { scores: &scores, of_age, levels: &levels.answer, sex, schooling: schooling[row] };
                let aim = || uniform(draws.words(people[row].id, people[row].age_of_luck(year), AIM)[0]);
                schooling[row] = after_step(&odds, age, [uniform(firsts[i]), uniform(seconds[i])], aim);
            }
        }
    }
}

/// Somebody's schooling after the year.
#[inline]
fn after_step(odds: &Odds<'_>, age: usize, luck: [f32; 2], aim: impl Fn() -> f32) -> Schooling {
    let mut now = odds.schooling;
    let years = age.saturating_sub(usize::from(now.since));
    #[expect(clippy::cast_possible_truncation, reason = "an age up to 54")]
    let begin = |now: &mut Schooling, stage: Stage| (now.stage, now.since) = (stage, age as u8);
    let enter = |now: &mut Schooling| {
        let stage = if aim() < odds.chance(Transition::Long) { Stage::Long } else { Stage::Short };
        begin(now, stage);
    };
    match now.stage {
        Stage::Child => {
            if luck[0] < odds.chance(Transition::Start) {
                begin(&mut now, Stage::Upper);
                now.track = if luck[1] < odds.chance(Transition::General) { Track::General } else { Track::Vocational };
            } else {
                begin(&mut now, Stage::Out);
            }
        }
        Stage::Upper => {
            let general = now.track == Track::General;
            match upper_step(general, age) {
                Some(step @ (Transition::LeaveGeneral | Transition::LeaveVocational))
                    if luck[0] < odds.chance(step) =>
                {
                    begin(&mut now, Stage::Out);
                }
                None | Some(Transition::LeaveGeneral | Transition::LeaveVocational) => {}
                Some(step) => {
                    if luck[0] < odds.chance(step) {
                        begin(&mut now, Stage::Out);
                        now.level = Level::UpperSecondary;
                        if luck[1] < odds.chance(entry(general, age)) {
                            enter(&mut now);
                        }
                    } else if step == Transition::FinishLate {
                        begin(&mut now, Stage::Out);
                    }
                }
            }
        }
        Stage::Short | Stage::Long | Stage::Extending => {
            let (takes, reached) = match now.stage {
                Stage::Short => (SHORT_YEARS, Level::TertiaryShort),
                Stage::Long => (LONG_YEARS, Level::TertiaryLong),
                _ => (EXTENDING_YEARS, Level::TertiaryLong),
            };
            // Whoever leaves in a year has not passed it; two years passed count as a short education.
            if luck[0] < odds.chance(Transition::LeaveTertiary) {
                begin(&mut now, Stage::Out);
                now.since = 0;
                now.gave_up = true;
            } else if years >= takes {
                begin(&mut now, Stage::Out);
                now.level = reached;
            } else if years >= PASSED {
                now.level = now.level.max(Level::TertiaryShort);
            }
        }
        Stage::Out => match now.level {
            Level::Compulsory if luck[0] < odds.chance(Transition::AdultUpper) => now.level = Level::UpperSecondary,
            Level::UpperSecondary
                if age <= OLDEST_ASKED
                    && may_enter(now, age)
                    && luck[0] < odds.chance(entry(now.track == Track::General, age)) =>
            {
                enter(&mut now);
            }
            Level::UpperSecondary if age > OLDEST_ASKED && luck[0] < odds.chance(Transition::AdultTertiary) => {
                now.level = Level::TertiaryShort;
            }
            Level::TertiaryShort if luck[0] < odds.chance(Transition::Extend) => begin(&mut now, Stage::Extending),
            _ => {}
        },
    }
    now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_makes_the_mean_chance_the_recorded_one() {
        let mut sums = vec![0; TRANSITIONS * 2 * SUMS];
        let chances = Chances { mean: [0.3; TRANSITIONS], log_odds: [crate::math::logit(0.3); TRANSITIONS] };
        let scores: Vec<f32> = (0..1000_i16).map(|i| f32::from(i - 300) / 250.0).collect();
        for score in &scores {
            tally(&mut sums, Transition::Start, Sex::Male, chances.log_odds[0] + score, &chances, 1.0);
        }
        let levels = Levels::answer(&Record::empty(), Year(2000), &sums);
        let mean: f32 =
            scores.iter().map(|score| logistic(chances.log_odds[0] + score + levels[1])).sum::<f32>() / 1000.0;
        // Bins a quarter wide leave less than half a percent.
        assert!((mean - 0.3).abs() < 0.003, "{mean}");
        assert_eq!(levels[0], 0.0, "nobody of the other sex faces it");
    }

    #[test]
    fn a_way_through_school_ends() {
        for general in [true, false] {
            let mut ages = (16..40).filter_map(|age| upper_step(general, age).map(|step| (age, step)));
            assert!(ages.any(|(age, step)| age == 21 && step == Transition::FinishLate));
        }
    }
}
