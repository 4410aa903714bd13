//! What an arm does, in the few numbers that a run ends with: without it and with it in the last years, who gains, when, at what cost.

use crate::accounts::reached::YearReached;
use crate::measures::{Arm, Part};
use crate::model::reach::Counted;
use crate::run::legs::Outcome;
use crate::run::model::Model;
use crate::units::Year;

use super::by_group::ByGroup;
use super::effects::{self, Row as Effect, Whom};
use super::gradients::Index;
use super::groups::{GROUPINGS, Told};
use super::numbers::{Measured, Numbers};
use super::part::Membership;
use super::series::SEXES;
use super::tables::{gradients, outcomes, windows};

/// The place of age 35 in [`AT`](super::lifetable::AT).
pub const AT_35: usize = 2;
/// The grouping that is told: a place in [`GROUPINGS`].
pub const EDUCATION: usize = 1;
/// Years after which effects are told, if the run is as long.
pub const AFTER: [i16; 3] = [5, 20, 50];
/// Years taken together then, and at the end of the run.
const TOGETHER: [i16; 2] = [5, 10];

/// A figure without the arm and with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// In the reference.
    pub without: f64,
    /// In the arm.
    pub with: f64,
    /// With less without, and the standard error of it.
    pub change: Measured,
}

impl Change {
    fn of(numbers: &Numbers) -> Self {
        Self { without: numbers.reference, with: numbers.expected[0], change: numbers.differences[1] }
    }

    /// How many people would show a change of this size at two standard errors, if these, so many, do not; none if they do, or if
    /// nothing changes at all.
    #[must_use]
    pub fn people_needed(&self, people: f64) -> Option<f64> {
        let [change, error] = self.change;
        let is_hidden = error > 0.0 && change.abs() < 2.0 * error && change != 0.0;
        is_hidden.then(|| people * libm::pow(2.0 * error / change, 2.0))
    }
}

/// What an arm does to the years of life of women or men.
#[derive(Clone, Debug, PartialEq)]
pub struct OfSex {
    /// A place in [`SEXES`].
    pub sex: usize,
    /// Life expectancy at birth.
    pub at_birth: Option<Change>,
    /// Years left at 35 by education, lowest first; none of groups of too few people.
    pub at_35: Vec<Option<Change>>,
    /// The longest-educated less the shortest, at 35.
    pub gap: Option<Change>,
    /// The slope index of inequality, at 35.
    pub slope: Option<Change>,
}

/// An outcome of the last year, everybody's and by education.
#[derive(Clone, Debug, PartialEq)]
pub struct OutcomeChange {
    /// Its word.
    pub outcome: &'static str,
    /// Everybody's.
    pub all: Option<Change>,
    /// By education, lowest first; empty where that says nothing.
    pub by_education: Vec<Option<Change>>,
}

/// What an arm does some years after it began.
#[derive(Clone, Debug)]
pub struct Moment {
    /// Five years, or the last ten, together.
    pub years: [Year; 2],
    /// Life expectancy at birth, women and men.
    pub at_birth: [Option<Change>; 2],
    /// The slope index of inequality at 35, women and men.
    pub slope: [Option<Change>; 2],
    /// Daily smoking in the last of the years.
    pub smoking: OutcomeChange,
}

/// Whom a measure of an arm has reached, and what it has cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach {
    /// The measure's id.
    pub measure: String,
    /// Person-years of those who met its conditions, and of those reached.
    pub person_years: [f64; 2],
    /// The same of those reached, of the people simulated.
    pub simulated: f64,
    /// NOK, undiscounted; none if its file says nothing of a cost.
    pub cost: Option<f64>,
    /// The year whose prices they are.
    pub prices: i16,
}

/// What an arm does.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The last years, together.
    pub years: [Year; 2],
    /// Women, men.
    pub by_sex: Vec<OfSex>,
    /// How people live in the last year.
    pub lived: Vec<OutcomeChange>,
    /// What it does some years after it began, and in the last.
    pub moments: Vec<Moment>,
    /// Each of its measures.
    pub reach: Vec<Reach>,
    /// Effects on the same people at some ends of time, all rows.
    pub effects: Vec<Effect>,
}

const SMOKING: &str = "daily_smoking";
/// The outcomes told, and whether by education too.
const OUTCOMES: [(&str, bool); 4] =
    [(SMOKING, true), ("upper_secondary_completed", false), ("employment", false), ("disability", false)];

/// The answers to the arms of a run, in order; none where an arm lived no year.
#[must_use]
pub fn answers(model: &Model, arms: &[Arm], outcome: &Outcome) -> Vec<Option<Answer>> {
    let mut windows: Vec<[Year; 2]> = arms.iter().flat_map(|arm| windows_of(model, arm)).collect();
    windows.sort_unstable();
    windows.dedup();
    let told = ByGroup::of_these(model, arms, outcome, windows);
    (0..arms.len()).map(|place| answer(model, &arms[place], outcome, place, &told)).collect()
}

/// The years, together, that are told of some time after an arm began, and the last of the run.
fn windows_of(model: &Model, arm: &Arm) -> Vec<[Year; 2]> {
    let ((first, _), last) = (arm.years(), model.settings.until);
    let [then, at_the_end] = TOGETHER;
    let after = AFTER.map(|after| [first.plus(after - then), first.plus(after - 1)]);
    let end = [last.plus(1 - at_the_end).max(model.settings.branch), last];
    after.into_iter().filter(|years| years[1] < last).chain([end]).collect()
}

fn answer(model: &Model, arm: &Arm, outcome: &Outcome, place: usize, by_group: &ByGroup) -> Option<Answer> {
    let windows = windows_of(model, arm);
    let years = *windows.last()?;
    let of_arm = |row: &&windows::Row| *row.arm == *arm.id && row.membership == Membership::Own;
    let told = Lookup { arm, figures: by_group.figures.iter().filter(of_arm).collect(), by_group };
    let moment = |years: [Year; 2]| {
        let cells = outcome.arms[place].year(years[1])?;
        let smoking = &[(SMOKING, true)];
        Some(Moment {
            years,
            at_birth: [0, 1].map(|sex| told.figure(years, sex, [0, 0], Told::Years(0))),
            slope: [0, 1].map(|sex| told.index(years, sex, Index::Sii)),
            smoking: outcomes::shares(cells, outcome.reference.year(years[1])?, smoking).pop()?,
        })
    };
    let moments = windows.into_iter().filter_map(moment).collect();
    let groups = 0..GROUPINGS[EDUCATION].words.len();
    let of_sex = |sex: usize| OfSex {
        sex,
        at_birth: told.figure(years, sex, [0, 0], Told::Years(0)),
        at_35: groups.clone().map(|group| told.figure(years, sex, [EDUCATION, group], Told::Years(AT_35))).collect(),
        gap: told.index(years, sex, Index::Gap),
        slope: told.index(years, sex, Index::Sii),
    };
    let own = outcome.arms[place].years.last()?;
    let lived = outcomes::shares(own, outcome.reference.year(own.year)?, &OUTCOMES);
    let effects = effects::rows(
        arm,
        &outcome.paired[place],
        &outcome.reached[place],
        [&outcome.reference, &outcome.arms[place]],
        model.weight(),
        |lived, is_last| is_last || AFTER.contains(&lived),
    );
    let reach = reach(arm, &outcome.reached[place], model.weight());
    Some(Answer { years, by_sex: (0..2).map(of_sex).collect(), lived, moments, reach, effects })
}

/// Rows of an arm to look figures up in.
struct Lookup<'a> {
    arm: &'a Arm,
    figures: Vec<&'a windows::Row>,
    by_group: &'a ByGroup,
}

impl Lookup<'_> {
    fn figure(&self, years: [Year; 2], sex: usize, [by, group]: [usize; 2], told: Told) -> Option<Change> {
        let is =
            |row: &&&windows::Row| (row.years, row.sex, row.by, row.group, row.told) == (years, sex, by, group, told);
        self.figures.iter().find(is).map(|row| Change::of(&row.numbers))
    }

    fn index(&self, years: [Year; 2], sex: usize, index: Index) -> Option<Change> {
        let is = |row: &&gradients::Row| {
            (&*row.arm, row.years, row.sex, row.by, row.at, row.index, row.membership)
                == (self.arm.id.as_str(), years, sex, EDUCATION, AT_35, index, Membership::Own)
        };
        self.by_group.gradients.iter().find(is).map(|row| Change::of(&row.numbers))
    }
}

/// Whom each measure of an arm has reached in all.
#[expect(clippy::cast_precision_loss, reason = "numbers of people")]
fn reach(arm: &Arm, years: &[YearReached], weight: f64) -> Vec<Reach> {
    let of = |(place, part): (usize, &Part)| {
        let counted = || years.iter().filter_map(|year| Some((year.year, year.measures.get(place)?)));
        let sum = |of: fn(&Counted) -> u64| counted().map(|(_, counted)| of(counted)).sum::<u64>() as f64;
        let simulated = sum(|counted| Counted::sum(&counted.reached));
        let eligible = sum(|counted| Counted::sum(&counted.eligible));
        let costs: Option<Vec<f64>> = counted().map(|(year, counted)| part.cost(year, counted, weight)).collect();
        Reach {
            measure: part.measure.id.clone(),
            person_years: [eligible * weight, simulated * weight],
            simulated,
            cost: costs.filter(|_| part.measure.cost.is_some()).map(|costs| costs.iter().sum()),
            prices: part.measure.cost.as_ref().map_or(0, |cost| cost.prices),
        }
    };
    arm.parts.iter().enumerate().map(of).collect()
}

impl Answer {
    /// The last year.
    #[must_use]
    pub const fn last(&self) -> Year {
        self.years[1]
    }

    /// An effect from the first year to another, undiscounted, of everyone of a kind.
    #[must_use]
    pub fn effect(
        &self,
        to: Year,
        sex: usize,
        whom: Whom,
        generation: Option<crate::model::twin::Generation>,
    ) -> Option<&Effect> {
        let is = |row: &&Effect| {
            (row.years[1], row.sex, row.whom, row.generation, row.rate) == (to, sex, whom, generation, 0)
        };
        self.effects.iter().find(is)
    }

    /// The ends of time that effects are told of.
    #[must_use]
    pub fn ends(&self) -> Vec<Year> {
        let mut ends: Vec<Year> = self.effects.iter().map(|row| row.years[1]).collect();
        ends.dedup();
        ends
    }
}

/// Both sexes, as a place in [`SEXES`].
pub const BOTH: usize = SEXES.len() - 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_needed_go_with_the_square_of_the_error() {
        let change = |change, error| Change { without: 0.0, with: change, change: [change, error] };
        // An error as large as the effect must be halved: four times as many.
        assert_eq!(change(0.01, 0.01).people_needed(100_000.0), Some(400_000.0));
        assert_eq!(change(-0.03, 0.01).people_needed(100_000.0), None, "three standard errors");
        assert_eq!(change(0.0, 0.0).people_needed(100_000.0), None, "nothing changes");
    }
}
