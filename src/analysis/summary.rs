//! What a run says of the reference on the terminal: life expectancy at birth in some years, beside the record.

use crate::record::life_table::life_expectancy;
use crate::record::{FIRST, LAST_RATES, Record};
use crate::run::model::Model;
use crate::units::{Sex, Year};

use super::jackknife::Replicated;
use super::lifetable::{Estimator, FIGURES, Measure, figure};
use super::part::Part;
use super::series::{Basis, Key};

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

/// What a run says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Some years of the reference, in order.
    pub years: Vec<SummaryYear>,
}

/// The summary of a run's life tables, as made by [`super::parts`].
#[must_use]
pub fn summary(model: &Model, parts: &[Part]) -> Summary {
    let Some(reference) = parts.first() else { return Summary::default() };
    let until = model.settings.until;
    let mut years = vec![FIRST, Year(1975), Year(2000), LAST_RATES, model.settings.branch, Year(2050), until];
    years.sort_unstable();
    years.dedup();
    Summary { years: years.into_iter().filter_map(|year| year_of(&model.record, year, reference)).collect() }
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
