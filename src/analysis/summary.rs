//! What a run says on the terminal: life expectancy at birth in some years, and what each arm changes.

use crate::measures::Arm;
use crate::record::life_table::life_expectancy;
use crate::record::{FIRST, LAST_RATES, Record};
use crate::run::model::Model;
use crate::units::{Sex, Year};

use super::jackknife::Replicated;
use super::lifetable::{Estimator, FIGURES, Measure, figure};
use super::part::Part;
use super::series::{Basis, Key, SEXES};

/// Years of the mean effect of an arm, at most.
const DECADE: i16 = 10;

/// A figure and its standard error; none where too few people lived.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measured {
    /// The figure, years.
    pub value: Option<f64>,
    /// Its Monte Carlo standard error, years.
    pub se: Option<f64>,
}

/// Life expectancy at birth of one sex in a year of the reference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AtBirth {
    /// From expected deaths.
    pub expected: Measured,
    /// From deaths counted.
    pub counted: Measured,
    /// From the rates on record or, later, assumed.
    pub record: f64,
}

/// A year of the reference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SummaryYear {
    /// The year.
    pub year: Year,
    /// Whether its rates are on record; else they are assumed.
    pub is_recorded: bool,
    /// Women and men.
    pub by_sex: [AtBirth; 2],
}

/// What an arm changes of life expectancy at birth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// A place in [`SEXES`].
    pub sex: usize,
    /// The mean over the last years, from expected deaths.
    pub expected: Measured,
    /// The same from deaths counted.
    pub counted: Measured,
    /// That of the last year, from expected deaths.
    pub last: Measured,
}

impl Change {
    /// `female`, `male` or `both`.
    #[must_use]
    pub const fn sex_word(&self) -> &'static str {
        SEXES[self.sex]
    }
}

/// An arm.
#[derive(Clone, Debug, PartialEq)]
pub struct SummaryArm {
    /// Its id.
    pub id: String,
    /// First year of the mean.
    pub from: Year,
    /// Last year of it, and of the run.
    pub to: Year,
    /// Women, men and both.
    pub by_sex: Vec<Change>,
}

/// What a run says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Some years of the reference, in order.
    pub years: Vec<SummaryYear>,
    /// Every arm that lived a year.
    pub arms: Vec<SummaryArm>,
}

/// The summary of a run's life tables, as made by [`super::parts`].
#[must_use]
pub fn summary(model: &Model, arms: &[Arm], parts: &[Part]) -> Summary {
    let Some((reference, others)) = parts.split_first() else { return Summary::default() };
    let until = model.settings.until;
    let mut years = vec![FIRST, Year(1975), Year(2000), LAST_RATES, model.settings.branch, Year(2050), until];
    years.sort_unstable();
    years.dedup();
    Summary {
        years: years.into_iter().filter_map(|year| year_of(&model.record, year, reference)).collect(),
        arms: arms.iter().zip(others).filter_map(|(arm, part)| arm_of(arm, part, reference)).collect(),
    }
}

fn measured(figures: &Replicated<FIGURES>, estimator: Estimator) -> Measured {
    let place = figure(estimator, Measure::LifeExpectancy, 0);
    let finite = |number: f64| Some(number).filter(|number| number.is_finite());
    let value = finite(figures.whole[place]);
    Measured { value, se: value.and_then(|_| finite(figures.errors()[place])) }
}

fn year_of(record: &Record, year: Year, reference: &Part) -> Option<SummaryYear> {
    let at_birth = |sex: Sex| {
        let estimate = reference.series.get(&Key { basis: Basis::Period, year, sex: sex.index() })?;
        Some(AtBirth {
            expected: measured(&estimate.figures, Estimator::Expected),
            counted: measured(&estimate.figures, Estimator::Counted),
            record: life_expectancy(&record.mortality[Record::at(year)][sex.index()], Some(sex), 0),
        })
    };
    Some(SummaryYear { year, is_recorded: year <= LAST_RATES, by_sex: [at_birth(Sex::Female)?, at_birth(Sex::Male)?] })
}

fn arm_of(arm: &Arm, part: &Part, reference: &Part) -> Option<SummaryArm> {
    let periods = || part.series.keys().filter(|key| key.basis == Basis::Period).map(|key| key.year);
    // Years before the arm does anything would only dilute its effect; those after it has ended are years without it.
    let (starts, ends) = arm.years();
    let (first, to) = (periods().next()?.max(starts), periods().next_back()?.min(ends));
    let from = first.max(to.plus(1 - DECADE));
    let change = |sex: usize| {
        let difference = |year: Year| {
            let key = Key { basis: Basis::Period, year, sex };
            Some(part.series.get(&key)?.figures.minus(&reference.series.get(&key)?.figures))
        };
        let years: Vec<Replicated<FIGURES>> = from.to(to).filter_map(difference).collect();
        let mean = Replicated::mean(&years)?;
        Some(Change {
            sex,
            expected: measured(&mean, Estimator::Expected),
            counted: measured(&mean, Estimator::Counted),
            last: measured(years.last()?, Estimator::Expected),
        })
    };
    Some(SummaryArm { id: arm.id.clone(), from, to, by_sex: (0..SEXES.len()).filter_map(change).collect() })
}
