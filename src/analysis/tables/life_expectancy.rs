//! `life_expectancy.arrow`: remaining years of life and how much lifespans vary, with errors and differences to the reference.

use std::sync::Arc;

use crate::accounts::arrow::{Column, Table};
use crate::analysis::groups::Told;
use crate::analysis::lifetable::{AT, Estimator, Measure, figure};
use crate::analysis::numbers::{Labels, Numbers, number_columns};
use crate::analysis::part::{MEMBERSHIPS, Membership, Part};
use crate::analysis::series::{Basis, Estimate, Key, SEXES};

use super::windows;

/// A measure of a group at an age, a place in [`AT`].
struct Row {
    arm: Arc<str>,
    key: Key,
    by: usize,
    group: usize,
    membership: Membership,
    at: usize,
    measure: Measure,
    numbers: Numbers,
}

/// The table of all parts, in their order, then by basis, year, sex, age and measure; of each arm first everybody, then groups.
#[must_use]
pub fn table(parts: &[Part], groups: &[windows::Row]) -> Table {
    let mut rows: Vec<Row> = Vec::new();
    for part in parts {
        rows.extend(rows_of(part, parts));
        rows.extend(groups.iter().filter(|row| row.arm == part.arm).filter_map(of_group));
    }
    let labels = Labels::default();
    let mut columns = vec![
        Column::text("arm", "`reference` or the id of the package", rows.iter().map(|row| row.arm.clone())),
        Column::int32(
            "year",
            "calendar year",
            "the year lived; of cohorts the year of birth",
            rows.iter().map(|row| row.key.year.0.into()),
        ),
        Column::word(
            "basis",
            "whose life: a calendar year's (period) or a year of birth's (cohort)",
            Basis::WORDS,
            rows.iter().map(|row| row.key.basis as usize),
        ),
        Column::word("sex", "registered sex", SEXES, rows.iter().map(|row| row.key.sex)),
        Column::text("by", "what people are grouped by", rows.iter().map(|row| labels.by(row.by))),
        Column::text("group", "the group of it", rows.iter().map(|row| labels.group(row.by, row.group))),
        Column::word(
            "membership",
            "by whose grouping: the arm's own or the reference's",
            MEMBERSHIPS,
            rows.iter().map(|row| row.membership as usize),
        ),
        Column::int32(
            "age",
            "years",
            "exact age from which years are counted",
            rows.iter().map(|row| super::years(AT[row.at])),
        ),
        Column::word(
            "measure",
            "life_expectancy: remaining years, e(x); lifespan_sd: standard deviation of the age at death",
            Measure::WORDS,
            rows.iter().map(|row| row.measure.key()),
        ),
    ];
    let numbers: Vec<Numbers> = rows.iter().map(|row| row.numbers).collect();
    columns.extend(number_columns(&numbers, "years"));
    Table { name: "life_expectancy", columns }
}

/// The row of a group; everybody is told from the whole accounts, and premature deaths elsewhere.
fn of_group(row: &windows::Row) -> Option<Row> {
    let (at, measure) = match row.told {
        Told::Years(at) => (at, Measure::LifeExpectancy),
        Told::Spread(at) => (at, Measure::LifespanSd),
        Told::Premature(_) => return None,
    };
    let key = Key { basis: Basis::Period, year: row.years[0], sex: row.sex };
    let (arm, by, group, membership) = (row.arm.clone(), row.by, row.group, row.membership);
    (by > 0).then_some(Row { arm, key, by, group, membership, at, measure, numbers: row.numbers })
}

fn rows_of(part: &Part, parts: &[Part]) -> Vec<Row> {
    let reference = part.reference(parts);
    let of_one = |(key, estimate): (&Key, &Estimate)| {
        let other = reference.and_then(|reference| reference.series.get(key));
        rows_of_one(part, *key, estimate, other)
    };
    part.series.iter().flat_map(of_one).collect()
}

fn rows_of_one(part: &Part, key: Key, estimate: &Estimate, other: Option<&Estimate>) -> Vec<Row> {
    let observed = (0..AT.len()).filter(|at| AT[*at] >= estimate.first);
    let row = |at: usize, measure: Measure| {
        let places = Estimator::ALL.map(|estimator| figure(estimator, measure, at));
        let numbers = Numbers::of(&estimate.figures, other.map(|other| &other.figures), places);
        let (arm, membership) = (part.arm.clone(), part.membership);
        Row { arm, key, by: 0, group: 0, membership, at, measure, numbers }
    };
    observed.flat_map(|at| Measure::ALL.map(|measure| row(at, measure))).collect()
}
