//! Targets as data: every figure of the social gradient on record that the model can be compared with.
//!
//! `sets.csv` says how far the figures of a set may be off on average and each alone; every other table of the folder holds targets.
//! A source is a key of `sources.toml`.

mod judge;
mod place;
mod row;

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::config::Sources;
use crate::error::{Problems, RunError};
use crate::processes::school::{Level, Parents};
use crate::processes::work::Occupation;
use crate::table::read_rows;
use crate::units::{Sex, Year};

use super::indicator::{Indicator, Unit};
use super::measure::AROUND;
use judge::Judge;

/// The folder of targets beside a configuration.
const FOLDER: &str = "targets";
/// The table of sets.
const SETS: &str = "sets.csv";
/// The oldest age.
pub const OLDEST: usize = 110;

/// Of whom a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// Women.
    Female,
    /// Men.
    Male,
    /// Everyone.
    Both,
}

impl Who {
    /// The words, in order.
    pub const WORDS: &'static [&'static str] = &["female", "male", "both"];

    /// The sex; none for both.
    #[must_use]
    pub const fn sex(self) -> Option<Sex> {
        match self {
            Self::Female => Some(Sex::Female),
            Self::Male => Some(Sex::Male),
            Self::Both => None,
        }
    }
}

/// What people are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Not at all.
    All,
    /// Highest level, four groups.
    Education,
    /// Highest level, three groups.
    Education3,
    /// Parents' highest level.
    ParentsEducation,
    /// The present or last occupation.
    Occupation,
}

impl By {
    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Education => "education",
            Self::Education3 => "education3",
            Self::ParentsEducation => "parents_education",
            Self::Occupation => "occupation",
        }
    }

    /// The groups, lowest first.
    #[must_use]
    pub const fn groups(self) -> &'static [&'static str] {
        match self {
            Self::All => &["all"],
            Self::Education => Level::WORDS,
            Self::Education3 => Level::WORDS3,
            Self::ParentsEducation => Parents::WORDS,
            Self::Occupation => Occupation::WORDS,
        }
    }
}

/// What a target is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Parameters may be fitted to it.
    Fit,
    /// It is compared only.
    Held,
}

impl Role {
    /// The words, in order.
    pub const WORDS: &'static [&'static str] = &["fit", "held"];
}

/// Whether the figure was read in its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verified {
    /// It was.
    Yes,
    /// It is from memory.
    Recalled,
}

impl Verified {
    /// The words, in order.
    pub const WORDS: &'static [&'static str] = &["yes", "recalled"];
}

/// One figure on record.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The set it is told with.
    pub set: String,
    /// What is compared.
    pub indicator: Indicator,
    /// Of whom.
    pub sex: Who,
    /// The youngest age; of life expectancy the exact age.
    pub age_from: usize,
    /// The oldest age; 110 is no end.
    pub age_to: usize,
    /// What people are grouped by.
    pub by: By,
    /// The group, or groups joined by `|`.
    pub group: String,
    /// What the group is compared with: a group, or, of rank correlations, a set.
    pub versus: Option<String>,
    /// The first year.
    pub year_from: i16,
    /// The last year; figures are means over the years.
    pub year_to: i16,
    /// What is on record.
    pub value: f64,
    /// Its unit.
    pub unit: Unit,
    /// How far the model may be off; that of the set if there is none.
    pub tolerance: Option<f64>,
    /// What it is for.
    pub role: Role,
    /// Whether it was read in its source.
    pub verified: Verified,
    /// A key of `sources.toml`.
    pub source: String,
    /// What a reader must know; known misfits too.
    pub note: Option<String>,
}

impl Target {
    /// How far a simulated figure is off; of a figure that must be at least the recorded one, how much it lacks.
    ///
    /// Not a number if the figure is none.
    #[must_use]
    pub fn error(&self, simulated: f64) -> f64 {
        let error = simulated - self.value;
        // `min` of what is not a number would be 0, as if nothing were lacking.
        if self.indicator.is_least() && error > 0.0 { 0.0 } else { error }
    }

    /// The last year that must be simulated to tell it.
    #[must_use]
    pub fn last_year(&self) -> Year {
        let after = if self.indicator == Indicator::LifeExpectancyWidening { AROUND } else { 0 };
        Year(self.year_to + after)
    }

    /// Whether it is one of the figures whose order a rank correlation is of, if it is of its set.
    #[must_use]
    pub fn is_ranked_by(&self, rank: &Self) -> bool {
        (self.sex, self.year_from, self.year_to) == (rank.sex, rank.year_from, rank.year_to)
    }

    /// Whether it asks the same; the answers may differ.
    fn asks_as(&self, other: &Self) -> bool {
        let of = |it: &Self| (it.sex, it.age_from, it.age_to, it.year_from, it.year_to);
        (of(self), self.indicator, self.by) == (of(other), other.indicator, other.by)
            && (&self.set, &self.group, &self.versus) == (&other.set, &other.group, &other.versus)
    }
}

/// Targets that are told together.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Set {
    /// Its name.
    pub set: String,
    /// How far they may be off on average, in their unit.
    pub mean_tolerance: f64,
    /// How far each may be off.
    pub tolerance: f64,
    /// What it is, for people.
    pub title: String,
    /// How definitions differ; known misfits.
    pub note: Option<String>,
}

/// Every target and every set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Targets {
    /// In order of file and row.
    pub rows: Vec<Target>,
    /// In the order of `sets.csv`.
    pub sets: Vec<Set>,
}

impl Targets {
    /// Reads every table of the folder; everything wrong is added to `problems`, and then there are no targets.
    pub fn load(folder: &Path, sources: &Sources, problems: &mut Problems) -> Option<Self> {
        let before = problems.len();
        let sets: Option<Vec<Set>> = read_rows(&folder.join(SETS), problems);
        let read = tables(folder).into_iter().map(|path| (read_rows::<Target>(&path, problems), path));
        let tables: Vec<(Option<Vec<Target>>, PathBuf)> = read.collect();
        // What lacks rows, or sets, would be blamed for what it does not lack.
        let is_whole = problems.len() == before;
        let rows: Vec<Target> = tables.iter().filter_map(|(rows, _)| rows.as_deref()).flatten().cloned().collect();
        let sets = sets.unwrap_or_default();
        let judge = Judge { sets: &sets, rows: &rows, sources, is_whole };
        let mut before_it = 0;
        for (rows, path) in &tables {
            let rows = rows.as_deref().unwrap_or_default();
            judge.table(path, before_it, rows, problems);
            before_it += rows.len();
        }
        judge.sets(&folder.join(SETS), problems);
        (problems.len() == before).then_some(Self { rows, sets })
    }

    /// Those beside a configuration; none if it has no folder `targets`.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with them.
    pub fn beside(config: &Path, sources: &Sources) -> Result<Self, RunError> {
        let folder = config.join(FOLDER);
        if !folder.is_dir() {
            return Ok(Self::default());
        }
        let mut problems = Problems::default();
        let targets = Self::load(&folder, sources, &mut problems);
        problems.into_result()?;
        Ok(targets.expect("without problems they were read"))
    }

    /// The set of a target.
    ///
    /// # Panics
    ///
    /// If the target is none of these.
    #[must_use]
    pub fn set(&self, target: &Target) -> &Set {
        self.sets.iter().find(|set| set.set == target.set).expect("checked when it was read")
    }

    /// How far the model may be off.
    #[must_use]
    pub fn tolerance(&self, target: &Target) -> f64 {
        target.tolerance.unwrap_or_else(|| self.set(target).tolerance)
    }
}

/// The tables of targets, in order of name.
fn tables(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_table = |path: &PathBuf| path.extension().is_some_and(|kind| kind == "csv") && !path.ends_with(SETS);
    let mut tables: Vec<PathBuf> = entries.filter(is_table).collect();
    tables.sort();
    tables
}

#[cfg(test)]
mod tests;
