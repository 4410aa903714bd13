//! Futures: what is assumed of mortality, fertility and migration after the registers end.
//!
//! * `un-…`: the medium path of the United Nations' World Population Prospects 2024; what joins it to the register fades.
//! * `ssb-…`: an alternative of Statistics Norway's national projections of 2024. Only totals at five dates are published; between
//!   them they are interpolated linearly. Mortality takes the United Nations' pattern by age and sex times one ratio a year,
//!   solved so that life expectancy at birth meets the total, less what separates it from 2025, which fades; fertility takes its pattern by age; migration takes the register's
//!   pattern of a stated decade.

use std::collections::BTreeMap;
use std::path::Path;

use libm::{exp, log};
use serde::Deserialize;

use crate::error::{Problems, SourceFile};
use crate::record::life_table::life_expectancy;
use crate::table::{Key, Spec, read_dense};
use crate::units::{Sex, Year};

/// A text in the project's two languages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// English.
    pub en: String,
    /// Norwegian.
    pub no: String,
}

/// `configs/norway/futures.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Futures {
    /// The future used where none is asked for.
    pub default: String,
    /// Each future by its identifier.
    pub future: BTreeMap<String, Future>,
}

impl Futures {
    /// Reads the file; a default that is not among the futures is a problem too.
    pub fn load(path: &Path, problems: &mut Problems) -> Option<Self> {
        let file = SourceFile::read(path, problems)?;
        let futures: Self = crate::config::parse(&file, problems)?;
        if futures.future.contains_key(&futures.default) {
            return Some(futures);
        }
        let names = futures.future.keys().map(String::as_str);
        let message = format!("the default future `{}` is not among the futures of this file", futures.default);
        let at = file.text.find(&futures.default).unwrap_or(0);
        problems.push(
            crate::error::BadConfig::at(&file, at..at + futures.default.len(), message)
                .help(crate::config::names::did_you_mean(&futures.default, names)),
        );
        None
    }
}

/// One path for each component of population change.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Future {
    /// What it is.
    pub title: Text,
    /// Death rates from 2024.
    pub mortality: Path24,
    /// Birth rates from 2026.
    pub fertility: Path24,
    /// Net migration from 2026.
    pub migration: Path24,
}

/// A published path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Path24 {
    /// World Population Prospects 2024, medium variant.
    UnMedium,
    /// Statistics Norway 2024, main alternative.
    SsbMedium,
    /// Statistics Norway 2024, low alternative.
    SsbLow,
    /// Statistics Norway 2024, high alternative.
    SsbHigh,
}

impl Path24 {
    fn alternative(self) -> Option<usize> {
        match self {
            Self::UnMedium => None,
            Self::SsbMedium => Some(0),
            Self::SsbLow => Some(1),
            Self::SsbHigh => Some(2),
        }
    }

    /// Years by which the life expectancy of `rates` is above this path's; zero if the path gives rates, not a life expectancy.
    pub(super) fn gap(self, rates: &[Vec<f64>; 2], year: Year, boys: f64, assumptions: &Assumptions) -> f64 {
        self.alternative().map_or(0.0, |alternative| {
            both_sexes(rates, boys) - assumptions.value(alternative, Indicator::LifeExpectancy, year)
        })
    }

    /// Death rates of a year: those given, times, for Statistics Norway's paths, what meets their life expectancy plus `gap`.
    pub(super) fn rates(
        self,
        rates: [Vec<f64>; 2],
        year: Year,
        gap: f64,
        boys: f64,
        assumptions: &Assumptions,
    ) -> [Vec<f64>; 2] {
        let Some(alternative) = self.alternative() else { return rates };
        let target = assumptions.value(alternative, Indicator::LifeExpectancy, year) + gap;
        let factor = solve(|factor| both_sexes(&scaled(&rates, |_| factor), boys), target);
        scaled(&rates, |_| factor)
    }

    /// The ratio of this path's total fertility rate to the United Nations', whose single-age rates add up to `un`.
    pub(super) fn level(self, un: f64, year: Year, assumptions: &Assumptions) -> f64 {
        self.alternative()
            .map_or(1.0, |alternative| assumptions.value(alternative, Indicator::TotalFertility, year) / un)
    }

    /// Net migration of a year by sex and age reached.
    pub(super) fn net(
        self,
        un: [Vec<f64>; 2],
        pattern: &[Vec<f64>; 2],
        year: Year,
        assumptions: &Assumptions,
    ) -> [Vec<f64>; 2] {
        match self.alternative() {
            None => un,
            Some(alternative) => {
                let total = assumptions.value(alternative, Indicator::NetMigration, year);
                pattern.clone().map(|shares| shares.iter().map(|share| share * total).collect())
            }
        }
    }
}

/// Rates times a factor by sex.
pub(super) fn scaled(rates: &[Vec<f64>; 2], factor: impl Fn(Sex) -> f64) -> [Vec<f64>; 2] {
    Sex::BOTH.map(|sex| rates[sex.index()].iter().map(|rate| rate * factor(sex)).collect())
}

/// Life expectancy at birth of girls and boys together, given the share of boys among the newborn.
fn both_sexes(rates: &[Vec<f64>; 2], boys: f64) -> f64 {
    let [of_girls, of_boys] = Sex::BOTH.map(|sex| life_expectancy(&rates[sex.index()], Some(sex), 0));
    (1.0 - boys) * of_girls + boys * of_boys
}

/// The factor on all rates at which a falling function meets a target, by bisection on its logarithm.
fn solve(life: impl Fn(f64) -> f64, target: f64) -> f64 {
    let (mut low, mut high) = (log(0.1), log(10.0));
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if life(exp(middle)) > target { low = middle } else { high = middle }
    }
    exp(0.5 * (low + high))
}

/// What Statistics Norway's alternatives assume, at the published dates.
#[derive(Clone, Debug)]
pub(super) struct Assumptions(Vec<f64>);

#[derive(Clone, Copy)]
enum Indicator {
    NetMigration = 0,
    TotalFertility = 1,
    LifeExpectancy = 2,
}

/// The dates of the published assumptions.
const DATES: [i16; 5] = [2024, 2030, 2050, 2075, 2100];

impl Assumptions {
    pub(super) fn read(path: &Path, problems: &mut Problems) -> Option<Self> {
        let keys = vec![
            Key::Word { name: "alternative", words: &["medium", "low", "high"] },
            Key::Word {
                name: "indicator",
                words: &["net_migration", "total_fertility_rate", "life_expectancy_at_birth_both_sexes"],
            },
            Key::Int { name: "year", first: 2024, last: 2100 },
        ];
        let table =
            read_dense(path, &Spec { keys, value: "value", min: -1e6, max: 1e6, missing: Some(f64::NAN) }, problems)?;
        let at_dates = |row: &[f64]| DATES.map(|date| row[usize::from(date.abs_diff(2024))]);
        let values: Vec<f64> = table.values.chunks(77).flat_map(at_dates).collect();
        // A plausible range for each indicator: what lies outside is a slip, and no ratio of rates could meet it.
        let plausible = [-100_000.0..=200_000.0, 0.5..=5.0, 60.0..=110.0];
        for (i, value) in values.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
            let range = &plausible[i / DATES.len() % plausible.len()];
            if !range.contains(value) {
                let file = SourceFile::new(path.display().to_string(), "");
                let message =
                    format!("{value} for {} is outside {} to {}", DATES[i % DATES.len()], range.start(), range.end());
                problems.push(crate::error::BadConfig::in_file(&file, message).help("correct the value"));
                return None;
            }
        }
        if values.iter().any(|value| value.is_nan()) {
            let file = SourceFile::new(path.display().to_string(), "");
            let message = format!(
                "{} has no value for every alternative and indicator at 2024, 2030, 2050, 2075 and 2100",
                file.name
            );
            problems.push(crate::error::BadConfig::in_file(&file, message).help("add the missing rows"));
            return None;
        }
        Some(Self(values))
    }

    /// Linear between the published dates.
    fn value(&self, alternative: usize, indicator: Indicator, year: Year) -> f64 {
        let row = &self.0[(alternative * 3 + indicator as usize) * DATES.len()..][..DATES.len()];
        let after = DATES.iter().position(|date| *date >= year.0).unwrap_or(DATES.len() - 1).max(1);
        let (from, to) = (f64::from(DATES[after - 1]), f64::from(DATES[after]));
        row[after - 1] + (row[after] - row[after - 1]) * (f64::from(year.0) - from) / (to - from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assumptions_are_linear_between_their_dates() {
        let rows: Vec<f64> = [10.0, 16.0, 36.0, 36.0, 61.0].repeat(9);
        let assumptions = Assumptions(rows);
        for (year, value) in [(2024, 10.0), (2027, 13.0), (2030, 16.0), (2040, 26.0), (2060, 36.0), (2100, 61.0)] {
            assert_eq!(assumptions.value(2, Indicator::LifeExpectancy, Year(year)), value, "{year}");
        }
    }

    #[test]
    fn the_solved_ratio_meets_the_life_expectancy() {
        let rates = [0, 1].map(|_| (0_u32..=110).map(|x| 2e-5 * (0.1 * f64::from(x)).exp()).collect::<Vec<f64>>());
        let factor = solve(|factor| both_sexes(&scaled(&rates, |_| factor), 0.514), 88.0);
        assert!((both_sexes(&scaled(&rates, |_| factor), 0.514) - 88.0).abs() < 1e-6);
    }
}
