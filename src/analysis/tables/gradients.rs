//! `gradients.arrow`: inequality between groups in how long they live, by year, with errors and differences to the reference.

use std::sync::Arc;

use crate::accounts::arrow::{Column, Table};
use crate::analysis::gradients::{Group, INDICES, Index, indices};
use crate::analysis::groups::{GROUPINGS, GroupTable, Told, figure};
use crate::analysis::jackknife::Replicated;
use crate::analysis::lifetable::{AT, Estimator};
use crate::analysis::numbers::{Labels, Numbers, number_columns};
use crate::analysis::part::{MEMBERSHIPS, Membership};
use crate::analysis::series::{Basis, SEXES};
use crate::units::Year;

/// Places in [`AT`] of the ages that gradients are told for: 0, 30, 35 and 65.
pub const TOLD_AT: [usize; 4] = [0, 1, 2, 4];

/// A row: an index at an age.
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
    /// By whose grouping.
    pub membership: Membership,
    /// A place in [`AT`].
    pub at: usize,
    /// What is told.
    pub index: Index,
    /// The numbers.
    pub numbers: Numbers,
}

/// Indices of both estimators.
type Both = Replicated<{ 2 * INDICES }>;

/// The indices of all groupings in some years, from the tables of an arm and of the reference it is compared with.
#[must_use]
pub fn rows(arm: &Arc<str>, years: [Year; 2], own: &[GroupTable], reference: Option<&[GroupTable]>) -> Vec<Row> {
    let Some(membership) = own.first().map(|table| table.membership) else { return Vec::new() };
    let mut rows = Vec::new();
    for by in (0..GROUPINGS.len()).filter(|by| GROUPINGS[*by].between[0] != GROUPINGS[*by].between[1]) {
        for sex in 0..SEXES.len() {
            let groups = of_grouping(own, by, sex);
            let others = reference.map(|tables| of_grouping(tables, by, sex));
            for at in TOLD_AT {
                let Some(own) = replicated(&groups, by, at) else { continue };
                let other = others.as_ref().and_then(|groups| replicated(groups, by, at));
                let told = Index::ALL.into_iter().enumerate();
                for (place, index) in told.filter(|(_, index)| GROUPINGS[by].is_ordered || !index.needs_order()) {
                    let numbers = Numbers::of(&own, other.as_ref(), [place, INDICES + place]);
                    rows.push(Row { arm: arm.clone(), years, sex, by, membership, at, index, numbers });
                }
            }
        }
    }
    rows
}

/// The tables of a grouping by group; none for groups of too few people.
fn of_grouping(tables: &[GroupTable], by: usize, sex: usize) -> Vec<Option<&GroupTable>> {
    let of = |group: usize| tables.iter().find(|table| (table.by, table.group, table.sex) == (by, group, sex));
    (0..GROUPINGS[by].words.len()).map(of).collect()
}

/// All indices and their replicates; none if fewer than two groups are known.
fn replicated(groups: &[Option<&GroupTable>], by: usize, at: usize) -> Option<Both> {
    let grouping = &GROUPINGS[by];
    let known = groups.iter().enumerate().filter(|(place, _)| Some(*place) != grouping.besides);
    if known.filter(|(_, group)| group.is_some()).count() < 2 {
        return None;
    }
    let of = |replicate: Option<usize>| {
        let mut both = [f64::NAN; 2 * INDICES];
        for estimator in Estimator::ALL {
            let group = |(place, table): (usize, Option<&GroupTable>)| {
                let nobody = Group { weight: 0.0, years: f64::NAN, spread: f64::NAN };
                let Some(table) = table.filter(|_| Some(place) != grouping.besides) else { return nobody };
                let (figures, weight) = match replicate {
                    None => (&table.figures.whole, table.weight.whole[0]),
                    Some(left_out) => (&table.figures.without[left_out], table.weight.without[left_out][0]),
                };
                Group {
                    weight,
                    years: figures[figure(estimator, Told::Years(at))],
                    spread: figures[figure(estimator, Told::Spread(at))],
                }
            };
            let groups: Vec<Group> = groups.iter().copied().enumerate().map(group).collect();
            both[estimator as usize * INDICES..][..INDICES].copy_from_slice(&indices(&groups, grouping.between));
        }
        both
    };
    let count = groups.iter().flatten().next()?.weight.without.len();
    Some(Replicated { whole: of(None), without: (0..count).map(|left_out| of(Some(left_out))).collect() })
}

/// The table of years.
#[must_use]
pub fn table(rows: &[&Row]) -> Table {
    let mut columns = vec![
        Column::text("arm", "`reference` or the id of the package", rows.iter().map(|row| row.arm.clone())),
        Column::int32("year", "calendar year", "the year lived", rows.iter().map(|row| row.years[0].0.into())),
        Column::word(
            "basis",
            "whose life: a calendar year's (period) or a year of birth's (cohort)",
            Basis::WORDS,
            rows.iter().map(|_| Basis::Period as usize),
        ),
    ];
    columns.extend(index_columns(rows));
    Table { name: "gradients", columns }
}

/// The columns from sex on.
pub(super) fn index_columns(rows: &[&Row]) -> Vec<Column> {
    let labels = Labels::default();
    let numbers: Vec<Numbers> = rows.iter().map(|row| row.numbers).collect();
    let mut columns = vec![
        Column::word("sex", "registered sex", SEXES, rows.iter().map(|row| row.sex)),
        Column::text("by", "what people are grouped by", rows.iter().map(|row| labels.by(row.by))),
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
            "index",
            "what is told of the remaining years of the groups, weighted by their people of 30 and over; see the guide",
            Index::WORDS,
            rows.iter().map(|row| row.index as usize),
        ),
        Column::word("unit", "the unit of the numbers", Index::UNITS, rows.iter().map(|row| row.index.unit())),
    ];
    columns.extend(number_columns(&numbers, "that of the column `unit`"));
    columns.push(Column::number(
        "share_of_reference",
        "1",
        "`difference` over the reference's `expected_value`; null in the reference",
        numbers.iter().map(|row| row.differences[1][0] / row.reference),
    ));
    columns
}
