//! `windows.arrow` and `window_gradients.arrow`: life expectancy by group and inequality between groups in ten years together, which
//! a sample of the nation can tell.

use std::sync::Arc;

use crate::accounts::arrow::{Column, Table};
use crate::analysis::groups::{GROUPINGS, GroupTable, PREMATURE_AT, Told, figure};
use crate::analysis::lifetable::{AT, Estimator};
use crate::analysis::numbers::{Labels, Numbers, number_columns};
use crate::analysis::part::{MEMBERSHIPS, Membership};
use crate::analysis::series::SEXES;
use crate::units::Year;

use super::gradients;

/// The words of the column `measure`.
const MEASURES: &[&str] = &["life_expectancy", "lifespan_sd", "premature_death"];
/// The words of the column `unit`.
const UNITS: &[&str] = &["years", "probability"];

/// A row: a measure of a group at an age.
#[derive(Clone, Debug)]
pub struct Row {
    /// `reference` or the package's id.
    pub arm: Arc<str>,
    /// First and last year.
    pub years: [Year; 2],
    /// Women, men or both.
    pub sex: usize,
    /// A place in [`GROUPINGS`].
    pub by: usize,
    /// The group of it.
    pub group: usize,
    /// By whose grouping.
    pub membership: Membership,
    /// What is told.
    pub told: Told,
    /// The numbers.
    pub numbers: Numbers,
}

impl Row {
    fn measure(&self) -> usize {
        match self.told {
            Told::Years(_) => 0,
            Told::Spread(_) => 1,
            Told::Premature(_) => 2,
        }
    }

    /// The exact age.
    #[must_use]
    pub const fn age(&self) -> usize {
        match self.told {
            Told::Years(at) | Told::Spread(at) => AT[at],
            Told::Premature(at) => PREMATURE_AT[at],
        }
    }
}

/// The rows of some years, from the tables of an arm and of the reference it is compared with.
#[must_use]
pub fn rows(arm: &Arc<str>, years: [Year; 2], own: &[GroupTable], reference: Option<&[GroupTable]>) -> Vec<Row> {
    let ages = (0..AT.len()).flat_map(|at| [Told::Years(at), Told::Spread(at)]);
    let all: Vec<Told> = ages.chain((0..PREMATURE_AT.len()).map(Told::Premature)).collect();
    let mut rows = Vec::with_capacity(own.len() * all.len());
    for table in own {
        let other = reference.and_then(|tables| tables.iter().find(|other| other.is_of(table)));
        for told in &all {
            let places = Estimator::ALL.map(|estimator| figure(estimator, *told));
            let numbers = Numbers::of(&table.figures, other.map(|other| &other.figures), places);
            let (sex, by, group, membership) = (table.sex, table.by, table.group, table.membership);
            rows.push(Row { arm: arm.clone(), years, sex, by, group, membership, told: *told, numbers });
        }
    }
    rows
}

fn window_columns(arms: &[Arc<str>], years: &[[Year; 2]]) -> Vec<Column> {
    let year = |name: &str, about: &str, at: usize| {
        Column::int32(name, "calendar year", about, years.iter().map(|years| years[at].0.into()))
    };
    vec![
        Column::text("arm", "`reference` or the id of the package", arms.iter().cloned()),
        year("from", "first year of the window", 0),
        year("to", "last year of it", 1),
    ]
}

/// `windows.arrow`.
#[must_use]
pub fn table(rows: &[Row]) -> Table {
    let labels = Labels::default();
    let arms: Vec<Arc<str>> = rows.iter().map(|row| row.arm.clone()).collect();
    let years: Vec<[Year; 2]> = rows.iter().map(|row| row.years).collect();
    let numbers: Vec<Numbers> = rows.iter().map(|row| row.numbers).collect();
    let mut columns = window_columns(&arms, &years);
    columns.extend([
        Column::word("sex", "registered sex", SEXES, rows.iter().map(|row| row.sex)),
        Column::text("by", "what people are grouped by", rows.iter().map(|row| labels.by(row.by))),
        Column::text("group", "the group of it", rows.iter().map(|row| labels.group(row.by, row.group))),
        Column::word(
            "membership",
            "by whose grouping: the arm's own or the reference's",
            MEMBERSHIPS,
            rows.iter().map(|row| row.membership as usize),
        ),
        Column::int32("age", "years", "exact age", rows.iter().map(|row| super::years(row.age()))),
        Column::word(
            "measure",
            "remaining years; standard deviation of the age at death; probability of dying before 75",
            MEASURES,
            rows.iter().map(Row::measure),
        ),
        Column::word("unit", "the unit of the numbers", UNITS, rows.iter().map(|row| usize::from(row.measure() == 2))),
    ]);
    columns.extend(number_columns(&numbers, "that of the column `unit`"));
    Table { name: "windows", columns }
}

/// `window_gradients.arrow`.
#[must_use]
pub fn gradients(rows: &[gradients::Row]) -> Table {
    let arms: Vec<Arc<str>> = rows.iter().map(|row| row.arm.clone()).collect();
    let years: Vec<[Year; 2]> = rows.iter().map(|row| row.years).collect();
    let mut columns = window_columns(&arms, &years);
    columns.extend(gradients::index_columns(&rows.iter().collect::<Vec<_>>()));
    Table { name: "window_gradients", columns }
}

/// A row of some years, by the arm's own groups.
#[must_use]
pub fn find<'a>(
    rows: &'a [Row],
    arm: &str,
    years: [Year; 2],
    sex: usize,
    [by, group]: [&str; 2],
    told: Told,
) -> Option<&'a Row> {
    rows.iter().find(|row| {
        let grouping = &GROUPINGS[row.by];
        (&*row.arm, row.years, row.sex, grouping.by, grouping.words[row.group], row.told, row.membership)
            == (arm, years, sex, by, group, told, Membership::Own)
    })
}
