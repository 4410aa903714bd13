//! Rates of forming, changing and ending unions, and the unions of 1950: `union_*.csv`, `divorce_rates.csv`,
//! `partner_age_gap.csv`.

use std::path::Path;

use serde::Deserialize;

use crate::error::{BadConfig, Problems, SourceFile};
use crate::table::{Dense, Key, Spec, read_dense, read_rows};
use crate::units::Year;

use super::lexis::COHORTS;
use super::{FIRST, LAST};

/// Ages reached at which unions are formed.
pub const AGES: std::ops::RangeInclusive<usize> = 16..=79;
/// The last age of the founders' table, open.
const OLDEST_FOUNDER: usize = 110;
/// Completed years of cohabitation that rates are known by, the last open.
pub const COHABITING_YEARS: usize = 31;
/// The same of marriage.
pub const MARRIED_YEARS: usize = 61;

/// Everything about unions, yearly hazards by calendar year.
#[derive(Clone, Debug, Default)]
pub struct Unions {
    formation: Vec<f32>,
    marries_directly: Vec<f32>,
    marriage: Vec<f32>,
    breakup: Vec<f32>,
    divorce: Vec<f32>,
    gap: Vec<[f32; 2]>,
    founders: Vec<[f32; 3]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GapRow {
    age: usize,
    before: usize,
    mean: f64,
    sd: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FounderRow {
    age: usize,
    never: f64,
    married: f64,
    previously: f64,
}

fn years() -> Key {
    Key::Int { name: "year", first: FIRST.0.into(), last: LAST.0.into() }
}

fn durations(last: usize) -> Key {
    Key::Int { name: "duration", first: 0, last: i32::try_from(last).expect("some tens") }
}

#[expect(clippy::cast_possible_truncation, reason = "state is f32")]
fn narrow(dense: &Dense) -> Vec<f32> {
    dense.values.iter().map(|value| *value as f32).collect()
}

impl Unions {
    pub(super) fn read(tables: &Path, problems: &mut Problems) -> Option<Self> {
        let mut dense = |name: &str, keys: Vec<Key>, value: &'static str, max: f64| {
            let table = read_dense(&tables.join(name), &Spec { keys, value, min: 0.0, max, missing: None }, problems);
            table.as_ref().map(narrow)
        };
        let ages = || Key::Int { name: "age", first: 16, last: 79 };
        let before = Key::Int { name: "before", first: 0, last: 1 };
        let formation = dense("union_formation.csv", vec![years(), ages(), before], "rate", 3.0);
        let marries_directly = dense("union_kind.csv", vec![years()], "marries_directly", 1.0);
        let cohabiting = || durations(COHABITING_YEARS - 1);
        let marriage = dense("union_marriage.csv", vec![years(), cohabiting()], "rate", 3.0);
        let breakup = dense("union_breakup.csv", vec![years(), cohabiting()], "rate", 3.0);
        let divorce = dense("divorce_rates.csv", vec![years(), durations(MARRIED_YEARS - 1)], "rate", 3.0);
        let gap = gaps(&tables.join("partner_age_gap.csv"), problems);
        let founders = founders(&tables.join("union_founders.csv"), problems);
        Some(Self {
            formation: formation?,
            marries_directly: marries_directly?,
            marriage: marriage?,
            breakup: breakup?,
            divorce: divorce?,
            gap: gap?,
            founders: founders?,
        })
    }

    /// Hazards of a woman without a partner of entering a union, by age reached (from 16) and whether she has been in one before.
    #[must_use]
    pub fn formation(&self, year: Year) -> &[[f32; 2]] {
        let ages = AGES.count();
        &self.formation.as_chunks::<2>().0[year.since(FIRST) * ages..][..ages]
    }

    /// The share of new unions that begin with marriage.
    #[must_use]
    pub fn marries_directly(&self, year: Year) -> f32 {
        self.marries_directly[year.since(FIRST)]
    }

    /// Hazards of a cohabiting couple of marrying, by completed years together.
    #[must_use]
    pub fn marriage(&self, year: Year) -> &[f32] {
        &self.marriage[year.since(FIRST) * COHABITING_YEARS..][..COHABITING_YEARS]
    }

    /// Hazards of a cohabiting couple of parting.
    #[must_use]
    pub fn breakup(&self, year: Year) -> &[f32] {
        &self.breakup[year.since(FIRST) * COHABITING_YEARS..][..COHABITING_YEARS]
    }

    /// Hazards of divorce by completed years of marriage.
    #[must_use]
    pub fn divorce(&self, year: Year) -> &[f32] {
        &self.divorce[year.since(FIRST) * MARRIED_YEARS..][..MARRIED_YEARS]
    }

    /// Mean and standard deviation of the years by which the man is older, of a woman of an age, by whether she had a union before.
    #[must_use]
    pub fn gap(&self, age: usize, before: bool) -> [f32; 2] {
        let age = age.clamp(*AGES.start(), *AGES.end()) - AGES.start();
        self.gap[2 * age + usize::from(before)]
    }

    /// Shares of women who on 1 January 1950 were never in a union, married, and no longer married, by completed age.
    #[must_use]
    pub fn founders(&self, age: usize) -> [f32; 3] {
        self.founders[age]
    }
}

fn refuse(path: &Path, message: String, help: &str, problems: &mut Problems) {
    let file = SourceFile::new(path.display().to_string(), "");
    problems.push(BadConfig::in_file(&file, message).help(help));
}

#[expect(clippy::cast_possible_truncation, reason = "state is f32")]
fn gaps(path: &Path, problems: &mut Problems) -> Option<Vec<[f32; 2]>> {
    let rows: Vec<GapRow> = read_rows(path, problems)?;
    let mut gaps = vec![[f32::NAN; 2]; 2 * AGES.count()];
    for row in &rows {
        let sound =
            AGES.contains(&row.age) && row.before < 2 && row.mean.abs() < 30.0 && (0.0..=20.0).contains(&row.sd);
        if !sound {
            let message = format!("the row of age {} and before {} is out of range", row.age, row.before);
            refuse(path, message, "ages 16 to 79, before 0 or 1, mean within 30 years, sd 0 to 20", problems);
            return None;
        }
        gaps[2 * (row.age - AGES.start()) + row.before] = [row.mean as f32, row.sd as f32];
    }
    if gaps.iter().any(|gap| gap[0].is_nan()) || rows.len() != gaps.len() {
        refuse(path, "every age from 16 to 79 needs one row for before 0 and one for 1".into(), "", problems);
        return None;
    }
    Some(gaps)
}

#[expect(clippy::cast_possible_truncation, reason = "state is f32")]
fn founders(path: &Path, problems: &mut Problems) -> Option<Vec<[f32; 3]>> {
    let rows: Vec<FounderRow> = read_rows(path, problems)?;
    let mut founders = vec![[1.0, 0.0, 0.0]; COHORTS];
    for row in &rows {
        let shares = [row.never, row.married, row.previously];
        let sound =
            shares.iter().all(|share| (0.0..=1.0).contains(share)) && (shares.iter().sum::<f64>() - 1.0).abs() < 1e-3;
        if !sound || row.age >= COHORTS {
            let message = format!("the shares of age {} do not add up to 1", row.age);
            refuse(path, message, "give never, married and previously as shares of 1", problems);
            return None;
        }
        founders[row.age] = shares.map(|share| share as f32);
    }
    if !rows.iter().map(|row| row.age).eq(*AGES.start()..=OLDEST_FOUNDER) {
        let message = "the ages of founders do not run from 16 to 110, one row each".to_owned();
        refuse(path, message, "sort the rows by age, remove doubles, add what is missing", problems);
        return None;
    }
    Some(founders)
}
