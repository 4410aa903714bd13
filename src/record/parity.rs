//! Children by number: how women of an age divide, and how much likelier the next child is.
//!
//! The register publishes the number of children of some cohorts at ages 20 to 40. From it come the ratios of the rate of a
//! (further) child by the number a woman has already (`parity_rate_ratios.csv`). Carried along every cohort with the recorded
//! rates, they give the distribution at every age and year, which founders and immigrants are dealt from.

use std::path::Path;

use crate::error::Problems;
use crate::table::{Dense, Key, Spec, read_dense, read_rows};
use crate::units::Year;

use super::lexis::COHORTS;
use super::{FIRST, LAST, YEARS};

/// Women with 0, 1, 2, and 3 or more children.
pub const CLASSES: usize = 4;

/// The first cohort followed: its last members are 100 in 1950, so that every founder has had the children of her cohort.
const FIRST_COHORT: Year = Year(1850);
const FIRST_HISTORY: Year = Year(1905);

/// The distribution of women by children and the ratios of their rates.
#[derive(Clone, Debug)]
pub struct Parity {
    /// Shares of women on 1 January, `[151][128][4]`, by age reached in the year.
    shares: Vec<[[f64; CLASSES]; COHORTS]>,
    /// Ratios of rates whose mean over those shares is 1, same shape.
    ratios: Vec<[[f64; CLASSES]; COHORTS]>,
}

/// A row of `parity_rate_ratios.csv`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RatioRow {
    cohort_from: i16,
    cohort_to: i16,
    age_from: usize,
    age_to: usize,
    parity: usize,
    ratio: f64,
    #[expect(
        dead_code,
        reason = "the interval is for parameter draws, which come later; the column is checked to be a number"
    )]
    lower: f64,
    #[expect(dead_code, reason = "as above")]
    upper: f64,
}

/// The two tables as published.
pub(super) struct ParityTables {
    rows: Vec<RatioRow>,
    history: Dense,
}

impl ParityTables {
    pub(super) fn read(tables: &Path, problems: &mut Problems) -> Option<Self> {
        let keys = vec![
            Key::Int { name: "year", first: FIRST_HISTORY.0.into(), last: (FIRST.0 - 1).into() },
            Key::Int { name: "age", first: 12, last: 51 },
        ];
        let history = read_dense(
            &tables.join("fertility_history.csv"),
            &Spec { keys, value: "rate", min: 0.0, max: 1.0, missing: None },
            problems,
        );
        let path = tables.join("parity_rate_ratios.csv");
        let rows: Option<Vec<RatioRow>> = read_rows(&path, problems);
        if let Some(rows) = &rows
            && let Some(message) = misfit(rows)
        {
            let file = crate::error::SourceFile::new(path.display().to_string(), "");
            problems.push(
                crate::error::BadConfig::in_file(&file, message)
                    .help("every cohort, age and number of children needs one row"),
            );
        }
        Some(Self { rows: rows?, history: history? })
    }

    /// The ratios of a cohort at completed age `age`; ages outside the table take all women as alike.
    fn ratios(&self, cohort: Year, age: usize) -> [f64; CLASSES] {
        let mut ratios = [1.0; CLASSES];
        self.rows
            .iter()
            .filter(|row| row.holds(cohort, age))
            .for_each(|row| ratios[row.parity.min(CLASSES - 1)] = row.ratio);
        ratios
    }

    /// The rates by age reached of every year before the first.
    pub(super) fn before(&self) -> Vec<[f64; COHORTS]> {
        FIRST_HISTORY.to(FIRST.plus(-1)).map(|year| std::array::from_fn(|age| self.rate(year, age))).collect()
    }

    /// The rate by age reached before 1950: the mean of the two completed ages.
    fn rate(&self, year: Year, age_reached: usize) -> f64 {
        let row = &self.history.values[year.max(FIRST_HISTORY).since(FIRST_HISTORY) * 40..][..40];
        let at = |age: usize| age.checked_sub(12).and_then(|i| row.get(i)).copied().unwrap_or(0.0);
        0.5 * (at(age_reached.saturating_sub(1)) + at(age_reached))
    }
}

/// What is wrong with the table of ratios, if anything: holes, doubles, numbers that are no ratios.
fn misfit(rows: &[RatioRow]) -> Option<String> {
    if let Some(row) = rows.iter().find(|row| !(0.0..=10.0).contains(&row.ratio) || row.parity >= CLASSES) {
        return Some(format!("ratio {} for {} children is out of range", row.ratio, row.parity));
    }
    for cohort in FIRST_COHORT.to(LAST).step_by(5) {
        for (age, parity) in (12..=51).flat_map(|age| (0..CLASSES).map(move |parity| (age, parity))) {
            let count = rows.iter().filter(|row| row.holds(cohort, age) && row.parity == parity).count();
            if count != 1 {
                return Some(format!("{count} rows for cohort {cohort}, age {age}, {parity} children"));
            }
        }
    }
    None
}

impl RatioRow {
    fn holds(&self, cohort: Year, age: usize) -> bool {
        (self.cohort_from..=self.cohort_to).contains(&cohort.0) && (self.age_from..=self.age_to).contains(&age)
    }
}

impl Parity {
    /// Follows every cohort from age 12; `fertility` is by age reached from 1950 on.
    pub(super) fn follow(tables: &ParityTables, fertility: &[[f64; COHORTS]]) -> Self {
        let mut parity = Self {
            shares: vec![[[1.0, 0.0, 0.0, 0.0]; COHORTS]; YEARS],
            ratios: vec![[[1.0; CLASSES]; COHORTS]; YEARS],
        };
        for cohort in FIRST_COHORT.to(LAST) {
            let mut shares = [1.0, 0.0, 0.0, 0.0];
            for (age, year) in (1..COHORTS).zip(cohort.plus(1).to(LAST)) {
                let raw = tables.ratios(cohort, age - 1);
                let mean: f64 = shares.iter().zip(raw).map(|(share, ratio)| share * ratio).sum();
                let ratios = raw.map(|ratio| ratio / mean);
                let rate = if year < FIRST { tables.rate(year, age) } else { fertility[year.since(FIRST)][age] };
                if year >= FIRST {
                    parity.shares[year.since(FIRST)][age] = shares;
                    parity.ratios[year.since(FIRST)][age] = ratios;
                }
                for class in (0..CLASSES - 1).rev() {
                    let moving = shares[class] * (rate * ratios[class]).min(1.0);
                    shares[class] -= moving;
                    shares[class + 1] += moving;
                }
            }
        }
        parity
    }

    #[cfg(test)]
    pub(super) const fn empty() -> Self {
        Self { shares: Vec::new(), ratios: Vec::new() }
    }

    /// The ratios of the rate for women with 0, 1, 2, and 3 or more children.
    #[must_use]
    pub fn ratios(&self, year: Year, age_reached: usize) -> [f64; CLASSES] {
        self.ratios[year.since(FIRST)][age_reached]
    }

    /// The shares of women with 0, 1, 2, and 3 or more children on 1 January.
    #[must_use]
    pub fn shares(&self, year: Year, age_reached: usize) -> [f64; CLASSES] {
        self.shares[year.since(FIRST)][age_reached]
    }

    /// The number of children of a woman with this luck; 3 stands for three or more.
    #[must_use]
    pub fn deal(&self, year: Year, age_reached: usize, luck: f32) -> u8 {
        let mut left = f64::from(luck);
        for (children, share) in (0_u8..).zip(self.shares(year, age_reached)) {
            left -= share;
            if left < 0.0 {
                return children;
            }
        }
        3
    }
}
