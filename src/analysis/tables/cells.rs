//! `cells_all.arrow`: the accounts themselves, by arm, year, sex and completed age; by group in [`by_group`](super::cells_by_group).
//!
//! Counts are of simulated people; one of them stands for `weight` real ones (schema metadata). Sums may be added across cells.

use std::sync::Arc;

use crate::accounts::arrow::{Column, Data, Table};
use crate::accounts::cells::{GROUPS, Ledger, Shape, YearCells};
use crate::analysis::part::REFERENCE;
use crate::measures::Arm;
use crate::model::simulation::Axis;
use crate::record::lexis::COHORTS;
use crate::record::{AGES, Record};
use crate::run::legs::Outcome;
use crate::run::model::Model;
use crate::units::{Sex, Year};

/// What becomes of an arm's years: columns by name, unit and description, `[column][row]`.
struct Sums {
    keys: Vec<(Arc<str>, Year, Sex, usize)>,
    people: Vec<i64>,
    person_years: Vec<f64>,
    deaths: Vec<i64>,
    expected_deaths: Vec<f64>,
    counted: Vec<Vec<i64>>,
    expected: Vec<Vec<f64>>,
}

/// The table of the reference, its history included, and of each arm.
#[must_use]
pub fn table(model: &Model, arms: &[Arm], outcome: &Outcome, deaths: usize) -> Table {
    let (counters, expectations) = (&model.declared.counters, &model.declared.expectations);
    let mut sums = Sums {
        keys: Vec::new(),
        people: Vec::new(),
        person_years: Vec::new(),
        deaths: Vec::new(),
        expected_deaths: Vec::new(),
        counted: vec![Vec::new(); counters.len()],
        expected: vec![Vec::new(); expectations.len()],
    };
    let named = arms.iter().map(|arm| &arm.id[..]).zip(&outcome.arms);
    for (arm, ledger) in [(REFERENCE, &outcome.reference)].into_iter().chain(named) {
        sums.add(&arm.into(), ledger, model.shape, &model.record, deaths);
    }
    let keys = &sums.keys;
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
        Column::int64("people", "simulated people", "on 1 January, by completed age then", sums.people),
        Column::number(
            "person_years",
            "person-years",
            "lived at that completed age by simulated people",
            sums.person_years,
        ),
        Column::int64("deaths", "deaths", "counted at that completed age among simulated people", sums.deaths),
        Column::number(
            "expected_deaths",
            "deaths",
            "expected at that completed age from each person's own risk",
            sums.expected_deaths,
        ),
    ];
    let reached = |about: &str| format!("{about}; `age` is the age reached in the year");
    for (counter, values) in counters.iter().zip(sums.counted).filter(|(counter, _)| counter.axis == Axis::Age) {
        columns.push(Column::new(counter.column, "people or events", reached(counter.about), Data::Int64(values)));
    }
    for (place, (counter, values)) in expectations.iter().zip(sums.expected).enumerate() {
        if place != deaths {
            columns.push(Column::new(counter.column, "events", reached(counter.about), Data::Number(values)));
        }
    }
    Table { name: "cells_all", columns }
}

impl Sums {
    fn add(&mut self, arm: &Arc<str>, ledger: &Ledger, shape: Shape, record: &Record, deaths: usize) {
        for cells in &ledger.years {
            self.add_year(arm, cells, shape, record, deaths);
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "counts are whole")]
    fn add_year(&mut self, arm: &Arc<str>, cells: &YearCells, shape: Shape, record: &Record, deaths: usize) {
        let people = cells.on_new_year(shape);
        let triangles = cells.triangles(shape, deaths, record, 0..GROUPS);
        for sex in Sex::BOTH {
            let i = sex.index();
            self.keys.extend((0..AGES).map(|age| (arm.clone(), cells.year, sex, age)));
            // Whoever reaches an age in the year completed one year less on 1 January.
            self.people.extend(by_age(&people[i][1..], 0).iter().map(|people| whole(*people)));
            for lived in triangles[i].by_age() {
                self.person_years.push(lived.person_years);
                self.deaths.push(lived.deaths as i64);
                self.expected_deaths.push(lived.expected);
            }
        }
        for (counter, column) in self.counted.iter_mut().enumerate() {
            let counted = cells.counted(shape, counter);
            column.extend(counted.iter().flat_map(|ages| by_age(ages, 0)).map(whole));
        }
        for (place, column) in self.expected.iter_mut().enumerate() {
            let expected = cells.expected(shape, place);
            column.extend(expected.iter().flat_map(|ages| by_age(ages, 0.0)));
        }
    }
}

pub(super) fn whole(count: u64) -> i64 {
    i64::try_from(count).expect("fewer than 2⁶³ people")
}

/// Sums by age with the last age open, `[111]`, of up to 128 ages.
pub(super) fn by_age<T: Copy + std::ops::AddAssign>(ages: &[T], zero: T) -> [T; AGES] {
    debug_assert!(ages.len() <= COHORTS, "ages reached");
    let mut sums = [zero; AGES];
    for (age, value) in ages.iter().enumerate() {
        sums[age.min(AGES - 1)] += *value;
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_age_is_open() {
        let sums = by_age(&[1_u64; COHORTS], 0);
        assert_eq!((sums[0], sums[109], sums[110]), (1, 1, 18));
    }
}
