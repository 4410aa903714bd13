//! Rules across the fields, the rows and the tables of targets.

use std::path::Path;

use crate::calibration::indicator::{Indicator, Versus};
use crate::config::Sources;
use crate::config::names::did_you_mean;
use crate::error::{BadConfig, Problems, SourceFile};

use super::place::place;
use super::row::{self, Blame};
use super::{Set, Target};

/// Mortality ratios of fewer groups have no order to speak of.
const RANKED: usize = 3;

/// Looks for what is wrong with targets.
pub(super) struct Judge<'a> {
    pub sets: &'a [Set],
    /// All rows of all tables.
    pub rows: &'a [Target],
    pub sources: &'a Sources,
    /// Whether every table could be read.
    pub is_whole: bool,
}

impl Judge<'_> {
    /// Judges the rows of one table; so many rows are in the tables before it.
    pub fn table(&self, path: &Path, before: usize, rows: &[Target], problems: &mut Problems) {
        let file = SourceFile::read(path, &mut Problems::default()).unwrap_or_default();
        for (number, target) in rows.iter().enumerate() {
            let mut blame = |column: &str, message: String, help: String| {
                problems.push(at(&file, number, column, message).help(help));
            };
            self.names(target, &mut blame);
            row::check(target, &mut blame);
            self.ranked(target, &mut blame);
            self.once(before + number, target, &mut blame);
        }
    }

    /// Judges the sets.
    pub fn sets(&self, path: &Path, problems: &mut Problems) {
        let file = SourceFile::read(path, &mut Problems::default()).unwrap_or_default();
        for (row, set) in self.sets.iter().enumerate() {
            let mut blame = |column: &str, message: String, help: &str| {
                problems.push(at(&file, row, column, message).help(help));
            };
            if self.sets[..row].iter().any(|earlier| earlier.set == set.set) {
                blame("set", format!("the set `{}` stands twice", set.set), "leave one out");
            }
            if set.mean_tolerance <= 0.0 {
                let message = format!("`{}` with a mean tolerance of {}", set.set, set.mean_tolerance);
                blame("mean_tolerance", message, "make it above 0: errors are measured in it");
            }
            if set.tolerance < 0.0 {
                blame("tolerance", format!("`{}` with a tolerance of {}", set.set, set.tolerance), "make it 0 or more");
            }
            if self.is_whole && self.rows.iter().all(|target| target.set != set.set) {
                blame("set", format!("no target is of the set `{}`", set.set), "remove it");
            }
        }
    }

    fn names(&self, target: &Target, blame: Blame) {
        let sets = || self.sets.iter().map(|set| set.set.as_str());
        if self.is_whole && sets().all(|set| set != target.set) {
            blame("set", format!("unknown set `{}`", target.set), did_you_mean(&target.set, sets()));
        }
        if self.sources.get(&target.source).is_none() && self.sources.iter().next().is_some() {
            let help = did_you_mean(&target.source, self.sources.iter().map(|(key, _)| key));
            blame("source", format!("unknown source `{}`", target.source), help);
        }
    }

    /// What a rank correlation is of.
    fn ranked(&self, target: &Target, blame: Blame) {
        if target.indicator.shape().versus != Versus::Set || !self.is_whole {
            return;
        }
        let name = target.versus.as_deref().unwrap_or_default();
        let sets = || self.sets.iter().map(|set| set.set.as_str());
        if sets().all(|set| set != name) {
            let help = did_you_mean(name, sets());
            return blame("versus", "a rank correlation without a set in `versus`".to_owned(), help);
        }
        let of_set = || self.rows.iter().filter(|row| row.set == name);
        if let Some(other) = of_set().find(|row| row.indicator != Indicator::MortalityRatio) {
            let message = format!("`{name}` holds `{}`, of which there are no ranks", other.indicator.word());
            return blame("versus", message, "name a set of `mortality_ratio` alone".to_owned());
        }
        let count = of_set().filter(|row| row.is_ranked_by(target)).count();
        if count < RANKED {
            let message = format!("`{name}` has {count} mortality ratios of the same sex and years");
            blame("versus", message, format!("a rank correlation is of {RANKED} or more"));
        }
    }

    /// Whether the same is asked before.
    fn once(&self, number: usize, target: &Target, blame: Blame) {
        if self.rows[..number].iter().any(|row| row.asks_as(target)) {
            blame("set", "the same figure stands twice".to_owned(), "leave one out, or tell them apart".to_owned());
        }
    }
}

/// An error at a field of a row.
fn at(file: &SourceFile, row: usize, column: &str, message: String) -> BadConfig {
    match place(&file.text, row, column) {
        Some(place) => BadConfig::at(file, place.start..place.end.max(place.start + 1), message),
        None => BadConfig::in_file(file, message),
    }
}
