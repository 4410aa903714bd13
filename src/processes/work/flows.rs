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
/// Chance of the long-term sick of having left sickness otherwise than for disability a year later; assumed, 0.17 to 0.35 (of
/// recipients of work assessment allowance, 17 % a year go to work and some 10 % to nothing).
const RECOVERS: f32 = 0.27;
/// Chance of a student with a job of not having one a year later; assumed, 0.2 to 0.4.
const STUDENT_QUITS: f32 = 0.3;
/// The least chance of losing a job within the year; assumed, 0.001 to 0.01.
const LOSES_AT_LEAST: f32 = 0.003;
/// Of new disability pensions, the share granted to the long-term sick; assumed to hold in every year (2021: 73.6 % came from
/// work assessment allowance).
const FROM_SICK: f32 = 0.74;

/// Levels of education.
const LEVELS: usize = 4;
/// What is summed up of a cell: people by [`Group`], the years they are exposed to hazards (each less than one, since something else
/// may happen first), the same weighted by proneness to fall ill, and, of the employed, by proneness to lose work.
pub const SUMS: usize = 2 * GROUPS + 2;
/// Groups.
pub const GROUPS: usize = 9;
/// Exposure and proneness are summed up in these steps.
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
    /// Not yet of working age, but next year.
    Child,
}

/// The sums of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cell {
    /// People by group.
    pub people: [f32; GROUPS],
    /// Years exposed by group.
    pub exposed: [f32; GROUPS],
    /// Years exposed of those who may fall ill, by how prone they are.
    pub prone: f32,
    /// Years exposed of the employed, by how prone they are to lose work.
    pub prone_to_lose: f32,
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
            let of = |from: usize, steps: f32| std::array::from_fn(|group| sums[from + group] as f32 / steps);
            let cell = Cell {
                people: of(0, 1.0),
                exposed: of(GROUPS, STEPS),
                prone: sums[2 * GROUPS] as f32 / STEPS,
                prone_to_lose: sums[2 * GROUPS + 1] as f32 / STEPS,
            };
            let rates = Rates::solve(&cell, record.working.stocks(next, sex, band, level));
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

    /// The flows that lead from the people of a cell to shares of the states of [`STOCKS`](crate::record::working::STOCKS).
    #[must_use]
    pub fn solve(cell: &Cell, shares: [f32; 6]) -> Self {
        let all: f32 = cell.people.iter().sum();
        let [student, working_student, employed, unemployed, sick, disabled, retired, other, children] = cell.people;
        let [to_employed, to_unemployed, to_sick, to_disabled, to_retired, to_other] = shares.map(|share| share * all);
        let exposed = |group: Group| cell.exposed[group as usize];

        // Disability first, then retirement, then sickness: few come back from the first two.
        let leaves_disability = hazard(part(disabled - to_disabled, disabled));
        let mut rates = Self { leaves_disability, ..Self::default() };
        let leaving = (disabled - to_disabled).max(0.0);
        let new_disabled = (to_disabled - disabled).max(0.0);
        let from_sick = (FROM_SICK * new_disabled).min(0.5 * sick);
        rates.disabled_from_sick = part(from_sick, exposed(Group::Sick));
        rates.disabled = part(new_disabled - from_sick, cell.prone);
        let may_retire = [Group::Employed, Group::Unemployed, Group::Sick, Group::Other];
        let retiring = (to_retired - retired - leaving).max(0.0);
        let part_retiring = part(retiring, may_retire.map(|group| cell.people[group as usize]).iter().sum());
        // Few: by exposure. Nearly all: by what it takes to reach them.
        rates.retires = part(retiring, may_retire.map(exposed).iter().sum()).max(hazard(part_retiring)).min(4.0);
        let staying = (sick * (1.0 - part_retiring) - from_sick).max(0.0);
        let recovering = (RECOVERS * sick).max(staying - to_sick).min(staying);
        rates.recovers = part(recovering, exposed(Group::Sick));
        let new_sick = (to_sick - staying + recovering).max(0.0);
        rates.sick = part(new_sick, cell.prone);

        // Students without a job are what the recorded states leave; those beyond them work.
        let in_education = (1.0 - shares.iter().sum::<f32>()).max(0.0) * all;
        let students = student + working_student + children;
        let idle = in_education.min(students);
        rates.student_share = 1.0 - part(idle, students).min(1.0);
        let idle_of_old = idle * part(student + working_student, students);
        let quitting = (STUDENT_QUITS * working_student).max(idle_of_old - student).min(working_student);
        let quitting = if student > idle_of_old { 0.0 } else { quitting };
        rates.student_quits = part(quitting, exposed(Group::WorkingStudent));
        rates.student_works = part((student + quitting - idle_of_old).max(0.0), exposed(Group::Student));

        // The rest: churn between work, unemployment and home.
        let stays = 1.0 - part_retiring;
        let [employed, unemployed, other] = [employed, unemployed, other].map(|people| people * stays);
        let losing = (to_unemployed - unemployed * (1.0 - FINDS)).clamp(LOSES_AT_LEAST * employed, 0.5 * employed);
        rates.loses = part(losing, cell.prone_to_lose);
        let finding = (unemployed + losing - to_unemployed).clamp(0.0, unemployed);
        rates.finds = part(finding, exposed(Group::Unemployed));
        let going_home = (to_other - other * (1.0 - ENTERS)).clamp(0.0, 0.5 * employed);
        rates.stays_home = part(going_home, exposed(Group::Employed));
        let entering = (other + going_home - to_other).clamp(0.0, other);
        rates.enters = part(entering, exposed(Group::Other));
        let wanted = (to_employed - (students - idle)).max(0.0) + to_unemployed + to_other;
        rates.entrants_employed = part((to_employed - (students - idle)).max(0.0), wanted);
        rates.entrants_unemployed = part(to_unemployed, wanted);
        rates.held()
    }

    /// The same with every hazard at most 4 a year: more cannot be told from certainty.
    fn held(self) -> Self {
        let mut numbers = self.numbers();
        numbers.iter_mut().for_each(|number| *number = number.clamp(0.0, 4.0));
        Self::of(&numbers, 0)
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

    /// A cell in which everyone is exposed for the whole year and equally prone.
    fn cell(people: [f32; GROUPS]) -> Cell {
        let prone = people.iter().sum::<f32>() - people[4] - people[5] - people[6] - people[8];
        Cell { people, exposed: people, prone, prone_to_lose: people[2] }
    }

    /// A year of flows that do not get in each other's way, without students.
    fn after(cell: &Cell, rates: &Rates) -> [f32; GROUPS] {
        let [_, _, employed, unemployed, sick, disabled, retired, other, _] = cell.people;
        let mut now = cell.people;
        let mut go = |from: usize, to: usize, people: f32| {
            now[from] -= people;
            now[to] += people;
        };
        for (group, people) in [(2, employed), (3, unemployed), (7, other)] {
            go(group, 4, people * rates.sick);
            go(group, 5, people * rates.disabled);
        }
        go(2, 3, employed * rates.loses);
        go(2, 7, employed * rates.stays_home);
        go(3, 2, unemployed * rates.finds);
        go(7, 2, other * rates.enters);
        go(4, 2, sick * rates.recovers);
        go(4, 5, sick * rates.disabled_from_sick);
        go(5, 6, disabled * (1.0 - libm::expf(-rates.leaves_disability)));
        assert!(retired >= 0.0);
        now
    }

    #[test]
    fn solved_flows_lead_to_the_recorded_stocks() {
        let cell = cell([0.0, 0.0, 700.0, 30.0, 40.0, 80.0, 0.0, 150.0, 0.0]);
        let shares = [0.72, 0.035, 0.042, 0.083, 0.0, 0.12];
        let now = after(&cell, &Rates::solve(&cell, shares));
        for (group, share) in [(3, 0.035), (4, 0.042), (5, 0.083), (7, 0.12)] {
            assert!(
                (now[group] - share * 1000.0).abs() < 5.0,
                "group {group}: {} instead of {}",
                now[group],
                share * 1000.0
            );
        }
    }

    #[test]
    fn nobody_stays_disabled_beyond_the_age_of_pension() {
        let cell = cell([0.0, 0.0, 100.0, 0.0, 10.0, 300.0, 500.0, 90.0, 0.0]);
        let rates = Rates::solve(&cell, [0.08, 0.0, 0.0, 0.0, 0.9, 0.02]);
        assert!(rates.leaves_disability > 3.0 && rates.retires > 0.1, "{rates:?}");
        assert_eq!(rates.disabled, 0.0);
    }
}
