//! The numbers of a row as tables write them: a figure by both estimators, errors, differences to the reference.

use std::sync::Arc;

use crate::accounts::arrow::Column;

use super::groups::GROUPINGS;
use super::jackknife::{Replicated, standard_error};

/// A figure and its standard error; not a number where it is not known.
pub type Measured = [f64; 2];

/// A figure by both estimators, and its differences to the reference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Numbers {
    /// From deaths counted.
    pub counted: Measured,
    /// From deaths expected.
    pub expected: Measured,
    /// Differences of the same two.
    pub differences: [Measured; 2],
    /// The reference's own, from deaths expected.
    pub reference: f64,
}

impl Numbers {
    /// From two figures, the counted and the expected one, and the same of the reference.
    #[must_use]
    pub fn of<const N: usize>(own: &Replicated<N>, reference: Option<&Replicated<N>>, places: [usize; 2]) -> Self {
        let value = |place: usize| with_error(own.whole[place], own.without.iter().map(|figures| figures[place]));
        let difference = |place: usize| {
            reference.map_or([f64::NAN; 2], |other| {
                let pairs = own.without.iter().zip(&other.without);
                with_error(own.whole[place] - other.whole[place], pairs.map(|(own, other)| own[place] - other[place]))
            })
        };
        Self {
            counted: value(places[0]),
            expected: value(places[1]),
            differences: places.map(difference),
            reference: reference.map_or(f64::NAN, |other| other.whole[places[1]]),
        }
    }
}

/// A figure that is not known has no error either.
#[must_use]
pub fn with_error(whole: f64, replicates: impl Iterator<Item = f64> + Clone) -> Measured {
    if whole.is_finite() { [whole, standard_error(replicates)] } else { [f64::NAN; 2] }
}

/// The columns that every table of figures has.
#[must_use]
pub fn number_columns(rows: &[Numbers], unit: &str) -> Vec<Column> {
    let number =
        |name: &str, about: &str, of: fn(&Numbers) -> f64| Column::number(name, unit, about, rows.iter().map(of));
    vec![
        number("value", "from the deaths counted; null where too few people lived", |row| row.counted[0]),
        number("se", "Monte Carlo standard error of `value`: jackknife over 64 groups of communities", |row| {
            row.counted[1]
        }),
        number("expected_value", "from the deaths expected of each person's own risk", |row| row.expected[0]),
        number("expected_se", "Monte Carlo standard error of `expected_value`", |row| row.expected[1]),
        number("difference", "`expected_value` less that of the reference; null in the reference", |row| {
            row.differences[1][0]
        }),
        number("difference_se", "Monte Carlo standard error of `difference`, paired group by group", |row| {
            row.differences[1][1]
        }),
        number("counted_difference", "`value` less that of the reference; null in the reference", |row| {
            row.differences[0][0]
        }),
        number(
            "counted_difference_se",
            "Monte Carlo standard error of `counted_difference`, paired group by group",
            |row| row.differences[0][1],
        ),
        number("lower", "lower bound from uncertain parameters; null until parameters are drawn", |_| f64::NAN),
        number("upper", "upper bound from uncertain parameters; null until parameters are drawn", |_| f64::NAN),
    ]
}

/// The words of groupings and their groups, made once and shared.
#[derive(Clone, Debug)]
pub struct Labels(Vec<(Arc<str>, Vec<Arc<str>>)>);

impl Default for Labels {
    fn default() -> Self {
        let of = |words: &[&str]| words.iter().map(|word| Arc::from(*word)).collect();
        Self(GROUPINGS.iter().map(|grouping| (grouping.by.into(), of(grouping.words))).collect())
    }
}

impl Labels {
    /// What people are grouped by.
    #[must_use]
    pub fn by(&self, by: usize) -> Arc<str> {
        self.0[by].0.clone()
    }

    /// The group.
    #[must_use]
    pub fn group(&self, by: usize, group: usize) -> Arc<str> {
        self.0[by].1[group].clone()
    }
}
