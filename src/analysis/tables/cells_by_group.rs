//! `cells.arrow`, grouped by education, and `cells_occupation.arrow`, `cells_parents_education.arrow`,
//! `cells_municipality_group.arrow`: the accounts by group, sex and completed age.
//!
//! Counts are of simulated people. People are in the group they are in at the end of the year, or of their life in it. Cells
//! with nothing in them are left out, so sums over cells are those of everybody.

use std::sync::Arc;

use crate::accounts::arrow::{Column, Data, Table};
use crate::accounts::cells::{GROUPS, Ledger, YearCells};
use crate::accounts::groups::{By, Stock, Way};
use crate::analysis::part::REFERENCE;
use crate::measures::Arm;
use crate::record::lexis::{COHORTS, Lived};
use crate::record::{AGES, Record};
use crate::run::legs::Outcome;
use crate::run::model::Model;
use crate::units::{Sex, Year};

use super::cells::{by_age, whole};

/// The rows of one table.
struct Rows {
    by: By,
    keys: Vec<(Arc<str>, Year, Sex, usize, usize)>,
    people: Vec<i64>,
    person_years: Vec<f64>,
    deaths: Vec<i64>,
    expected: Vec<f64>,
    /// `[column][row]`.
    stocks: Vec<Vec<i64>>,
    /// `[column][row]`; empty but by parents' education.
    school: Vec<Vec<i64>>,
}

/// The tables of every grouping, the reference's rows first.
#[must_use]
pub fn tables(model: &Model, arms: &[Arm], outcome: &Outcome) -> Vec<Table> {
    By::ALL.into_iter().map(|by| table(by, model, arms, outcome)).collect()
}

/// The table of one grouping.
#[must_use]
pub fn table(by: By, model: &Model, arms: &[Arm], outcome: &Outcome) -> Table {
    let ways = if by == By::ParentsEducation { Way::ALL.len() } else { 0 };
    let mut rows = Rows {
        by,
        keys: Vec::new(),
        people: Vec::new(),
        person_years: Vec::new(),
        deaths: Vec::new(),
        expected: Vec::new(),
        stocks: vec![Vec::new(); Stock::ALL.len() + 1],
        school: vec![Vec::new(); ways],
    };
    let years = outcome.reference.years.len() + outcome.arms.iter().map(|ledger| ledger.years.len()).sum::<usize>();
    rows.reserve(years * by.words().len() * Sex::BOTH.len() * AGES);
    let named = arms.iter().map(|arm| &arm.id[..]).zip(&outcome.arms);
    for (arm, ledger) in [(REFERENCE, &outcome.reference)].into_iter().chain(named) {
        rows.add(&arm.into(), ledger, &model.record);
    }
    rows.into_table()
}

impl Rows {
    /// Makes room for as many rows as there may be; what is not used costs no memory, and nothing need be moved.
    fn reserve(&mut self, rows: usize) {
        self.keys.reserve(rows);
        [&mut self.person_years, &mut self.expected].into_iter().for_each(|column| column.reserve(rows));
        let counts = [&mut self.people, &mut self.deaths].into_iter().chain(&mut self.stocks).chain(&mut self.school);
        counts.for_each(|column| column.reserve(rows));
    }

    fn add(&mut self, arm: &Arc<str>, ledger: &Ledger, record: &Record) {
        for cells in &ledger.years {
            for (group, level) in self.by.levels().enumerate() {
                self.add_group(arm, cells, record, group, level);
            }
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "counts are whole")]
    fn add_group(&mut self, arm: &Arc<str>, cells: &YearCells, record: &Record, group: usize, level: usize) {
        let (groups, levels) = (&cells.groups, level..level + 1);
        let triangles = groups.triangles(cells.year, levels.clone(), record);
        let mut people = [[0_u64; COHORTS]; 2];
        for way in Lived::ALL.into_iter().filter(|way| way.from_new_year()) {
            let counts = groups.lived(way, levels.clone());
            people.as_flattened_mut().iter_mut().zip(counts.as_flattened()).for_each(|(sum, term)| *sum += term);
        }
        let stocks: Vec<[[u64; COHORTS]; 2]> = stocks().map(|stock| groups.stock(stock, levels.clone())).collect();
        for sex in Sex::BOTH {
            let i = sex.index();
            // Whoever reaches an age in the year completed one year less on 1 January.
            let (people, lived) = (by_age(&people[i][1..], 0), triangles[i].by_age());
            let stocks: Vec<[u64; AGES]> = stocks.iter().map(|stock| by_age(&stock[i], 0)).collect();
            // Whoever dies before the birthday was expected to die after it too, at an age that nobody of the group may have lived.
            let is_there = |age: &usize| {
                let (people, stock, lived) = (people[*age], stocks[0][*age], lived[*age]);
                people > 0 || stock > 0 || lived.person_years > 0.0 || lived.expected > 0.0
            };
            for age in (0..AGES).filter(is_there) {
                self.keys.push((arm.clone(), cells.year, sex, age, group));
                self.people.push(whole(people[age]));
                self.person_years.push(lived[age].person_years);
                self.deaths.push(lived[age].deaths as i64);
                self.expected.push(lived[age].expected);
                for (column, stock) in self.stocks.iter_mut().zip(&stocks) {
                    column.push(whole(stock[age]));
                }
                for (column, way) in self.school.iter_mut().zip(Way::ALL) {
                    let of_group = |circle: usize| groups.school(circle, group, sex, way);
                    let count = if way.age() == age { (0..GROUPS).map(of_group).sum() } else { 0 };
                    column.push(whole(count));
                }
            }
        }
    }

    fn into_table(self) -> Table {
        let keys = &self.keys;
        let mut columns = vec![
            Column::text("arm", "`reference` or the id of the package", keys.iter().map(|key| key.0.clone())),
            Column::int32("year", "calendar year", "the year lived", keys.iter().map(|key| key.1.0.into())),
            Column::word("sex", "registered sex", Sex::WORDS, keys.iter().map(|key| key.2.index())),
            Column::int32(
                "age",
                "years",
                "completed age, 110 and over in the last",
                keys.iter().map(|key| super::years(key.3)),
            ),
            Column::word(self.by.word(), about(self.by), self.by.words(), keys.iter().map(|key| key.4)),
            Column::int64("people", "simulated people", "on 1 January, by completed age then", self.people),
            Column::number(
                "person_years",
                "person-years",
                "lived at that completed age by simulated people",
                self.person_years,
            ),
            Column::int64("deaths", "deaths", "counted at that completed age among simulated people", self.deaths),
            Column::number(
                "expected_deaths",
                "deaths",
                "expected at that completed age from each person's own risk",
                self.expected,
            ),
        ];
        for (stock, values) in stocks().zip(self.stocks) {
            let about = format!("{}, on 31 December; `age` is the age reached in the year", stock.about());
            columns.push(Column::new(stock.column(), "simulated people", about, Data::Int64(values)));
        }
        for (way, values) in Way::ALL.into_iter().zip(self.school) {
            let unit = if way == Way::MarksSum { "points" } else { "simulated people" };
            columns.push(Column::new(way.column(), unit, way.about(), Data::Int64(values)));
        }
        Table { name: name(self.by), columns }
    }
}

/// Everyone on 31 December, then every stock.
fn stocks() -> impl Iterator<Item = Stock> {
    [Stock::People].into_iter().chain(Stock::ALL)
}

const fn name(by: By) -> &'static str {
    match by {
        By::Education => "cells",
        By::Occupation => "cells_occupation",
        By::ParentsEducation => "cells_parents_education",
        By::MunicipalityGroup => "cells_municipality_group",
    }
}

const fn about(by: By) -> &'static str {
    match by {
        By::Education => "the highest level completed, by the end of the year",
        By::Occupation => "class of the present or last occupation; none of those never employed",
        By::ParentsEducation => {
            "the highest level of either parent; unknown below 16 and of those without parents in the model"
        }
        By::MunicipalityGroup => "people in the municipality on 1 January 2025, on record",
    }
}
