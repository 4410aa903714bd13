//! `life_tables.arrow`: every life table in full, from age 0, or the first age observed, to the open age.

use crate::accounts::arrow::{Column, Table};
use crate::accounts::cells::Exposed;
use crate::analysis::lifetable::{self, Estimator, pooled};
use crate::analysis::part::Part;
use crate::analysis::series::{Basis, Estimate, Key, SEX, SEXES};
use crate::record::life_table::LifeTable;

struct Row<'a> {
    part: &'a Part,
    key: Key,
    age: usize,
    lived: Exposed,
    counted: [f64; 5],
    expected: [f64; 5],
}

/// The table of all parts; life tables of too few people are left out.
#[must_use]
pub fn table(parts: &[Part]) -> Table {
    let tables = parts.iter().flat_map(|part| part.series.iter().map(move |(key, estimate)| (part, *key, estimate)));
    let rows: Vec<Row> = tables.flat_map(|(part, key, estimate)| rows(part, key, estimate)).collect();
    let number = |name: &str, unit: &str, about: &str, of: fn(&Row) -> f64| {
        Column::number(name, unit, about, rows.iter().map(of))
    };
    #[expect(clippy::cast_possible_truncation, reason = "counts are whole")]
    let deaths = rows.iter().map(|row| row.lived.deaths as i64);
    let columns = vec![
        Column::text("arm", "`reference` or the id of the package", rows.iter().map(|row| row.part.arm.clone())),
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
        Column::text("by", "what people are grouped by", rows.iter().map(|row| row.part.by.clone())),
        Column::text("group", "the group of it", rows.iter().map(|row| row.part.group.clone())),
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

fn rows<'a>(part: &'a Part, key: Key, estimate: &Estimate) -> Vec<Row<'a>> {
    let Some(open) = estimate.open else { return Vec::new() };
    let by = |estimator| lifetable::table(&estimate.ages, estimate.first, open, SEX[key.sex], estimator);
    let (counted, expected) = (by(Estimator::Counted), by(Estimator::Expected));
    let row = |age: usize| {
        let lived = if age == open { pooled(&estimate.ages[open..]) } else { estimate.ages[age] };
        let at = |table: &Option<LifeTable>| {
            table.as_ref().map_or([f64::NAN; 5], |table| columns_at(table, age - estimate.first))
        };
        Row { part, key, age, lived, counted: at(&counted), expected: at(&expected) }
    };
    (estimate.first..=open).map(row).collect()
}

/// Rate, probability, survivors, years lived and remaining years.
fn columns_at(table: &LifeTable, i: usize) -> [f64; 5] {
    [table.mx[i], table.qx[i], table.lx[i], table.person_years[i], table.ex[i]]
}
