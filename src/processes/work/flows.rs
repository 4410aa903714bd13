//! Flows between the states of work: how many must move this year so that the stocks on record are met.
//!
//! Registers know how many of each sex, age, year and level of education are in each state, not how they got there. So the flows are
//! solved, once a year and in the reference only: the nation's people by state, a year older, against the recorded shares of the
//! coming year. Churn that leaves stocks as they are (finding work, losing it, recovering) is assumed, in the constants below. Other
//! arms live with the reference's flows: what a measure does to stocks stays.

use crate::model::simulation::Asks;
use crate::record::Record;
use crate::record::working::{BANDS, YOUNGEST, band};
use crate::units::{Sex, Year};

/// Chance of the unemployed of being employed a year later; assumed, 0.5 to 0.7.
const FINDS: f32 = 0.6;
/// The same of those at home; assumed, 0.08 to 0.2.
const ENTERS: f32 = 0.12;
/// Chance of the long-term sick of working again a year later; assumed, 0.25 to 0.45.
const RECOVERS: f32 = 0.35;
/// Chance of a student with a job of not having one a year later; assumed, 0.2 to 0.4.
const STUDENT_QUITS: f32 = 0.3;
/// The least chance of losing a job within the year; assumed, 0.001 to 0.01.
const LOSES_AT_LEAST: f32 = 0.003;
/// Of new disability pensions, the share granted to the long-term sick; assumed, 0.7 to 0.9 (2021: four of five came from work
/// assessment allowance).
const FROM_SICK: f32 = 0.8;

/// Levels of education.
const LEVELS: usize = 4;
/// What is summed up of a cell: people by [`Group`], and the sum of their proneness to fall ill.
pub const SUMS: usize = 9;
/// Proneness is summed up in these steps.
pub const STEPS: f32 = 256.0;

/// Groups that flows are between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Students without a job.
    Student,
    /// Students with one.
    WorkingStudent,
    /// Employed and no student.
    Employed,
    /// Unemployed.
    Unemployed,
    /// Long-term sick.
    Sick,
    /// Disabled.
    Disabled,
    /// Retired.
    Retired,
    /// At home or other.
    Other,
}

/// Yearly hazards of one sex, band of age and level of education, and what those without a state yet go into.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C)]
pub struct Rates {
    /// Of falling long-term sick, for a proneness of one.
    pub sick: f32,
    /// Of a disability pension without long sickness before it, for a proneness of one.
    pub disabled: f32,
    /// Of a disability pension of the long-term sick.
    pub disabled_from_sick: f32,
    /// Of the long-term sick of working again.
    pub recovers: f32,
    /// Of the disabled of leaving disability: for retirement when old enough.
    pub leaves_disability: f32,
    /// Of retiring.
    pub retires: f32,
    /// Of the employed of losing work.
    pub loses: f32,
    /// Of the employed of staying at home.
    pub stays_home: f32,
    /// Of the unemployed of finding work.
    pub finds: f32,
    /// Of those at home of taking work.
    pub enters: f32,
    /// Of students of taking a job.
    pub student_works: f32,
    /// Of students of giving it up.
    pub student_quits: f32,
    /// Share of new students who have a job.
    pub student_share: f32,
    /// Share of those who leave education for work who find it.
    pub entrants_employed: f32,
    /// Share of them who become unemployed; the rest stays at home.
    pub entrants_unemployed: f32,
}

/// Numbers in [`Rates`].
const RATES: usize = 15;

/// The nation's flows of the year after.
pub struct Flows;

impl Asks for Flows {
    const NAME: &'static str = "work.flows";

    #[expect(clippy::cast_precision_loss, reason = "numbers of people")]
    fn answer(record: &Record, year: Year, sums: &[i64]) -> Vec<f32> {
        let next = year.plus(1);
        let mut answer = Vec::with_capacity(sums.len() / SUMS * RATES);
        for (cell, sums) in sums.chunks(SUMS).enumerate() {
            let (sex, band, level) =
                (Sex::BOTH[cell / (BANDS.len() * LEVELS)], cell / LEVELS % BANDS.len(), cell % LEVELS);
            let people: [f32; 8] = std::array::from_fn(|group| sums[group] as f32);
            let shares = record.working.stocks(next, sex, band, level);
            let rates = Rates::solve(people, sums[8] as f32 / STEPS, shares);
            answer.extend(rates.numbers());
        }
        answer
    }
}

/// The place of a cell; of an age reached and a level.
#[must_use]
pub fn cell(sex: Sex, age: usize, level: usize) -> usize {
    (sex.index() * BANDS.len() + band(age)) * LEVELS + level
}

/// Cells there are.
pub const CELLS: usize = 2 * BANDS.len() * LEVELS;

/// The hazard of a chance, which is held below 98 %.
fn hazard(chance: f32) -> f32 {
    -libm::log1pf(-chance.clamp(0.0, 0.98))
}

/// A part of some people, 0 of none.
fn part(of: f32, people: f32) -> f32 {
    if people > 0.0 { of / people } else { 0.0 }
}

impl Rates {
    /// The rates for one sex, age and level of education from the nation's answer; zero if it has not been asked.
    #[must_use]
    pub fn of(answer: &[f32], cell: usize) -> Self {
        let Some(numbers) = answer.get(cell * RATES..(cell + 1) * RATES) else { return Self::default() };
        Self {
            sick: numbers[0],
            disabled: numbers[1],
            disabled_from_sick: numbers[2],
            recovers: numbers[3],
            leaves_disability: numbers[4],
            retires: numbers[5],
            loses: numbers[6],
            stays_home: numbers[7],
            finds: numbers[8],
            enters: numbers[9],
            student_works: numbers[10],
            student_quits: numbers[11],
            student_share: numbers[12],
            entrants_employed: numbers[13],
            entrants_unemployed: numbers[14],
        }
    }

    const fn numbers(self) -> [f32; RATES] {
        [
            self.sick,
            self.disabled,
            self.disabled_from_sick,
            self.recovers,
            self.leaves_disability,
            self.retires,
            self.loses,
            self.stays_home,
            self.finds,
            self.enters,
            self.student_works,
            self.student_quits,
            self.student_share,
            self.entrants_employed,
            self.entrants_unemployed,
        ]
    }

    /// The flows that lead from people by [`Group`] to shares of the states of [`STOCKS`](crate::record::working::STOCKS); `prone` is
    /// the sum of the proneness of those who may fall ill.
    #[must_use]
    pub fn solve(people: [f32; 8], prone: f32, shares: [f32; 6]) -> Self {
        let all: f32 = people.iter().sum();
        let [student, working_student, employed, unemployed, sick, disabled, retired, other] = people;
        let [to_employed, to_unemployed, to_sick, to_disabled, to_retired, to_other] = shares.map(|share| share * all);
        let mut rates = Self::default();

        // Disability first, then retirement, then sickness: few come back from the first two.
        rates.leaves_disability = hazard(part(disabled - to_disabled, disabled));
        let leaving = (disabled - to_disabled).max(0.0);
        let new_disabled = (to_disabled - disabled).max(0.0);
        let from_sick = part(FROM_SICK * new_disabled, sick).min(0.6);
        rates.disabled_from_sick = hazard(from_sick);
        rates.disabled = part((new_disabled - from_sick * sick).max(0.0), prone);
        let may_retire = employed + unemployed + sick + other;
        let retiring = part(to_retired - retired - leaving, may_retire).clamp(0.0, 1.0);
        rates.retires = hazard(retiring);
        let staying = (1.0 - from_sick - retiring).max(0.0) * sick;
        let recovers = if staying > to_sick { part(staying - to_sick, sick).max(RECOVERS) } else { RECOVERS };
        rates.recovers = hazard(recovers);
        let new_sick = (to_sick - staying + recovers * sick).max(0.0);
        rates.sick = part(new_sick, prone);

        // Students without a job are what the recorded states leave; those beyond them work.
        let in_education = (1.0 - shares.iter().sum::<f32>()).max(0.0) * all;
        let students = student + working_student;
        let idle = in_education.min(students);
        rates.student_share = if students > 0.0 { 1.0 - idle / students } else { 0.0 };
        let quits = if student > idle { 0.0 } else { part(idle - student, working_student).max(STUDENT_QUITS) };
        rates.student_quits = hazard(quits);
        rates.student_works = hazard(1.0 - part(idle - quits * working_student, student).clamp(0.0, 1.0));

        // The rest: churn between work, unemployment and home.
        let stays = 1.0 - retiring;
        let [employed, unemployed, other] = [employed, unemployed, other].map(|people| people * stays);
        let loses = part(to_unemployed - unemployed * (1.0 - FINDS), employed).clamp(LOSES_AT_LEAST, 0.5);
        rates.loses = hazard(loses);
        rates.finds = hazard(1.0 - part(to_unemployed - loses * employed, unemployed).clamp(0.05, 1.0));
        let stays_home = part(to_other - other * (1.0 - ENTERS), employed).clamp(0.0, 0.5);
        rates.stays_home = hazard(stays_home);
        rates.enters = hazard(1.0 - part(to_other - stays_home * employed, other).clamp(0.0, 1.0));
        let wanted = (to_employed - (students - idle)).max(0.0) + to_unemployed + to_other;
        rates.entrants_employed = part((to_employed - (students - idle)).max(0.0), wanted);
        rates.entrants_unemployed = part(to_unemployed, wanted);
        rates
    }
}

/// Whether an age reached is of working age.
#[must_use]
pub fn is_of_age(age: usize) -> bool {
    (YOUNGEST..=crate::record::working::OLDEST).contains(&age)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A year of flows between groups, without students.
    fn after(people: [f32; 8], rates: &Rates, prone_each: f32) -> [f32; 8] {
        let chance = |hazard: f32| 1.0 - libm::expf(-hazard);
        let [student, working, employed, unemployed, sick, disabled, retired, other] = people;
        let ill = |people: f32| (people * prone_each * rates.sick, people * prone_each * rates.disabled);
        let retire = chance(rates.retires);
        let (lost, home) = (employed * chance(rates.loses), employed * chance(rates.stays_home));
        let (found, entered) = (unemployed * chance(rates.finds), other * chance(rates.enters));
        let back = sick * chance(rates.recovers);
        let granted = sick * chance(rates.disabled_from_sick);
        let (new_sick, new_disabled) = ill(employed + unemployed + other);
        let left = disabled * chance(rates.leaves_disability);
        [
            student,
            working,
            employed - lost - home + found + entered + back - new_sick - new_disabled,
            unemployed + lost - found,
            sick + new_sick - back - granted,
            disabled + granted + new_disabled - left,
            retired + retire,
            other + home - entered,
        ]
    }

    #[test]
    fn solved_flows_lead_to_the_recorded_stocks() {
        let people = [0.0, 0.0, 700.0, 30.0, 40.0, 80.0, 0.0, 150.0];
        let shares = [0.72, 0.035, 0.042, 0.083, 0.0, 0.12];
        let rates = Rates::solve(people, 880.0, shares);
        let now = after(people, &rates, 1.0);
        for (group, share) in [(3, 0.035), (4, 0.042), (5, 0.083), (7, 0.12)] {
            assert!((now[group] - share * 1000.0).abs() < 4.0, "group {group}: {} instead of {}", now[group], share * 1000.0);
        }
    }

    #[test]
    fn nobody_stays_disabled_beyond_the_age_of_pension() {
        let people = [0.0, 0.0, 100.0, 0.0, 10.0, 300.0, 500.0, 90.0];
        let rates = Rates::solve(people, 190.0, [0.08, 0.0, 0.0, 0.0, 0.9, 0.02]);
        assert!(rates.leaves_disability > 3.0 && rates.retires > 0.1, "{rates:?}");
        assert_eq!(rates.disabled, 0.0);
    }
}
