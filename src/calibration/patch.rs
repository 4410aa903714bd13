//! What a search proposes, as TOML that a person reads, and its way into the configuration.
//!
//! A proposal names every parameter with its old and its new value; how it is applied stands in `apply`.

mod apply;

use std::fmt::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::config::parse;
use crate::error::{Problems, RunError, SourceFile};
use crate::run::model::{People, Settings};

use super::plan::Plan;
use super::search::Found;
use super::target::{Role, Targets};

/// A proposal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// How it was found.
    pub search: Search,
    /// What is to be changed.
    pub parameter: Vec<Change>,
}

/// How a proposal was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Version of the program.
    pub version: String,
    /// Its commit.
    pub commit: String,
    /// Seed of all chance.
    pub seed: u32,
    /// People simulated.
    pub people: String,
    /// Years simulated.
    pub years: [i16; 2],
    /// Histories simulated.
    pub evaluations: usize,
    /// The sets fitted to.
    pub sets: Vec<String>,
    /// How many of their targets.
    pub targets: usize,
    /// The objective of the old values.
    pub objective_before: f64,
    /// The objective of the new values.
    pub objective_after: f64,
}

/// A parameter to be changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// As for `--set`.
    pub name: String,
    /// The value in force.
    pub was: f64,
    /// The value proposed.
    pub value: f64,
    /// The interval it was searched in.
    pub interval: [f64; 2],
    /// What it will be.
    pub kind: String,
    /// What it is to cite.
    pub source: String,
    /// What a reader must know.
    pub note: String,
    /// Whether it came near an end of its interval, beyond which the best value may be.
    pub at_an_end: bool,
}

impl Patch {
    /// What a search proposes.
    #[must_use]
    pub fn of(settings: &Settings, plan: &Plan, targets: &Targets, found: &Found) -> Self {
        let people = match settings.people {
            People::All => "all".to_owned(),
            People::Number(number) => number.to_string(),
        };
        let (before, after) = (found.before(), found.after());
        let sets: Vec<String> = plan.sets.iter().map(|(set, _)| set.clone()).collect();
        let note = format!(
            "fitted to {} by {} histories of {people} people, seed {}: objective {:.4} before, {:.4} after",
            sets.iter().map(|set| format!("`{set}`")).collect::<Vec<_>>().join(", "),
            found.evaluations.len(),
            settings.seed,
            before.objective,
            after.objective
        );
        let source = source(targets, &sets);
        let changes = plan.parameters.iter().zip(&after.values).map(|(parameter, value)| Change {
            name: parameter.name.clone(),
            was: parameter.value,
            value: *value,
            interval: parameter.interval,
            kind: "calibrated".to_owned(),
            source: source.clone(),
            note: note.clone(),
            at_an_end: parameter.is_near_an_end(*value),
        });
        Self {
            parameter: changes.collect(),
            search: Search {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                commit: env!("LIVSLOP_GIT_COMMIT").to_owned(),
                seed: settings.seed,
                people,
                years: [crate::record::FIRST.0, found.until.0],
                evaluations: found.evaluations.len(),
                sets,
                targets: found.targets,
                objective_before: before.objective,
                objective_after: after.objective,
            },
        }
    }

    /// The proposal as TOML.
    ///
    /// # Panics
    ///
    /// Never: it is made of texts and numbers.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text =
            "# A proposal of `livslop calibrate`. Read it, then apply it with `livslop calibrate --apply FILE`.\n"
                .to_owned();
        for change in self.parameter.iter().filter(|change| change.at_an_end) {
            let [low, high] = change.interval;
            let _ = writeln!(text, "# {} came near an end of [{low}, {high}].", change.name);
        }
        text.push('\n');
        text.push_str(&toml::to_string(self).expect("texts and numbers"));
        text
    }

    /// Reads a proposal.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn read(path: &Path) -> Result<Self, RunError> {
        let mut problems = Problems::default();
        let read = SourceFile::read(path, &mut problems).and_then(|file| parse(&file, &mut problems));
        problems.into_result()?;
        Ok(read.expect("without problems it was read"))
    }
}

/// The source of most of the targets fitted to.
fn source(targets: &Targets, sets: &[String]) -> String {
    let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    let is_meant = |row: &&super::target::Target| row.role == Role::Fit && sets.contains(&row.set);
    targets.rows.iter().filter(is_meant).for_each(|row| *counts.entry(&row.source).or_default() += 1);
    counts.into_iter().max_by_key(|(_, count)| *count).map_or_else(String::new, |(source, _)| source.to_owned())
}
