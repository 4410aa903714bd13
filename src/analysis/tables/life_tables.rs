//! `life_tables.arrow`: every life table in full, from age 0, or the first age observed, to the open age.

use std::sync::Arc;

use crate::accounts::arrow::{Column, Table};
use crate::accounts::cells::Exposed;
use crate::analysis::groups::GroupTable;
use crate::analysis::lifetable::{self, Estimator, pooled};
use crate::analysis::numbers::Labels;
use crate::analysis::part::Part;
use crate::analysis::series::{Basis, Estimate, Key, SEX, SEXES};
use crate::record::life_table::LifeTable;
use crate::units::Year;

/// An age of a life table.
#[derive(Clone, Debug)]
pub struct Row {
    arm: Arc<str>,
    key: Key,
    by: usize,
    group: usize,
    age: usize,
    lived: Exposed,
    counted: [f64; 5],
    expected: [f64; 5],
}

/// The table of all parts, then of each arm that of its groups; life tables of too few people are left out.
#[must_use]
pub fn table(parts: &[Part], groups: &[Row]) -> Table {
    let mut rows: Vec<Row> = Vec::new();
    for part in parts {
        rows.extend(part.series.iter().flat_map(|(key, estimate)| rows_of(part, *key, estimate)));
        rows.extend(groups.iter().filter(|row| row.arm == part.arm).cloned());
    }
    let labels = Labels::default();
    let number = |name: &str, unit: &str, about: &str, of: fn(&Row) -> f64| {
        Column::number(name, unit, about, rows.iter().map(of))
    };
    #[expect(clippy::cast_possible_truncation, reason = "counts are whole")]
    let deaths = rows.iter().map(|row| row.lived.deaths as i64);
    let columns = vec![
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
        Column::int32(
            "age",
            "years",
            "completed age; the last of each table is open and holds all above",
            rows.iter().map(|row| super::years(row.age)),
        ),
        number("person_years", "person-years", "lived by simulated people", |row| row.lived.person_years),
        Column::int64("deaths", "deaths", "of simulated people", deaths),
        number("expected_deaths", "deaths", "expected of simulated people from each person's own risk", |row| {
            row.lived.expected
        }),
        number(
            "mx",
            "per person-year",
            "death rate from deaths counted; an age without person-years takes that of its neighbours",
            |row| row.counted[0],
        ),
        number("qx", "probability", "of dying before the next birthday, from `mx`", |row| row.counted[1]),
        number("lx", "share", "survivors to exact age x of those at the first age, from `mx`", |row| row.counted[2]),
        number("Lx", "years", "lived between x and x + 1 per person at the first age, from `mx`", |row| row.counted[3]),
        number("ex", "years", "remaining years of life at exact age x, from `mx`", |row| row.counted[4]),
        number("expected_mx", "per person-year", "death rate from expected deaths", |row| row.expected[0]),
        number("expected_ex", "years", "remaining years of life at exact age x, from `expected_mx`", |row| {
            row.expected[4]
        }),
    ];
    Table { name: "life_tables", columns }
}

fn rows_of(part: &Part, key: Key, estimate: &Estimate) -> Vec<Row> {
    let Some(open) = estimate.open else { return Vec::new() };
    let table_of = |estimator| lifetable::table(&estimate.ages, estimate.first, open, SEX[key.sex], estimator);
    let tables = Estimator::ALL.map(table_of);
    rows_between(&part.arm, key, [0, 0], estimate.first, &estimate.ages[..], open, &tables)
}

/// The rows of a group in a year.
#[must_use]
pub fn of_group(arm: &Arc<str>, year: Year, table: &GroupTable) -> Vec<Row> {
    let key = Key { basis: Basis::Period, year, sex: table.sex };
    let tables = table.rates.clone().map(|rates| Some(LifeTable::new(rates, 0, SEX[table.sex])));
    rows_between(arm, key, [table.by, table.group], 0, &table.ages, table.open, &tables)
}

fn rows_between(
    arm: &Arc<str>,
    key: Key,
    [by, group]: [usize; 2],
    first: usize,
    ages: &[Exposed],
    open: usize,
    tables: &[Option<LifeTable>; 2],
) -> Vec<Row> {
    let row = |age: usize| {
        let at =
            |table: &Option<LifeTable>| table.as_ref().map_or([f64::NAN; 5], |table| columns_at(table, age - first));
        Row {
            arm: arm.clone(),
            key,
            by,
            group,
            age,
            lived: if age == open { pooled(&ages[age..]) } else { ages[age] },
            counted: at(&tables[0]),
            expected: at(&tables[1]),
        }
    };
    (first..=open).map(row).collect()
}

/// Rate, probability, survivors, years lived and remaining years.
fn columns_at(table: &LifeTable, i: usize) -> [f64; 5] {
    [table.mx[i], table.qx[i], table.lx[i], table.person_years[i], table.ex[i]]
}
