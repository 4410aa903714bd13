//! What a search proposes, as TOML that a person reads, and its way into the configuration.
//!
//! A proposal names every parameter with its old and its new value. Applying it writes the new values into the files of the
//! parameters, makes their kind `calibrated` and notes what they were fitted to; nothing else of the files changes. A file whose value is
//! no longer the old one is refused, and so is everything else then.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use toml_edit::{DocumentMut, Item, TableLike, Value};

use crate::config::parse;
use crate::error::{Problems, RunError, SourceFile};
use crate::run::model::{Model, People, Settings};

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
    /// What it is to cite if it cites nothing yet.
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

    /// Writes the new values into the configuration; gives the files changed.
    ///
    /// # Errors
    ///
    /// If a parameter is not there or has another value than the old one, or the model refuses the new ones: then nothing is
    /// changed.
    pub fn apply(&self, settings: &Settings) -> Result<Vec<PathBuf>, RunError> {
        let mut files: Vec<(PathBuf, String, DocumentMut)> = Vec::new();
        for change in &self.parameter {
            let (file, rest) = change.name.split_once('.').unwrap_or((&change.name, ""));
            let path = settings.config.join(format!("{file}.toml"));
            if files.iter().all(|(own, ..)| *own != path) {
                let text = std::fs::read_to_string(&path).map_err(|error| RunError::io("read", &path, error))?;
                let document = text.parse::<DocumentMut>();
                files.push((path.clone(), text, document.map_err(|error| refused(&path, &error.to_string()))?));
            }
            let (_, _, document) = files.iter_mut().find(|(own, ..)| *own == path).expect("just read");
            change.write(document, rest).map_err(|message| refused(&path, &message))?;
        }
        let write =
            |path: &Path, text: &str| std::fs::write(path, text).map_err(|error| RunError::io("write", path, error));
        files.iter().try_for_each(|(path, _, document)| write(path, &document.to_string()))?;
        if let Err(error) = Model::load(settings.clone()) {
            files.iter().try_for_each(|(path, text, _)| write(path, text))?;
            return Err(error);
        }
        Ok(files.into_iter().map(|(path, ..)| path).collect())
    }
}

/// The source of most of the targets fitted to.
fn source(targets: &Targets, sets: &[String]) -> String {
    let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    let is_meant = |row: &&super::target::Target| row.role == Role::Fit && sets.contains(&row.set);
    targets.rows.iter().filter(is_meant).for_each(|row| *counts.entry(&row.source).or_default() += 1);
    counts.into_iter().max_by_key(|(_, count)| *count).map_or_else(String::new, |(source, _)| source.to_owned())
}

fn refused(path: &Path, message: &str) -> RunError {
    RunError::Usage {
        message: format!("{}: {message}", path.display()),
        help: "the proposal was made for another configuration: calibrate again, or change the value by hand"
            .to_owned(),
    }
}

impl Change {
    fn write(&self, document: &mut DocumentMut, rest: &str) -> Result<(), String> {
        let mut steps = rest.split('.');
        let key = steps.next().unwrap_or_default();
        let params = document.get_mut("params").ok_or("there is no table [params]")?;
        let mut item = params.get_mut(key).ok_or_else(|| format!("there is no parameter `{key}`"))?;
        for step in steps {
            let next = match step.parse::<usize>() {
                Ok(index) => item.get_mut(index),
                Err(_) => item.get_mut(step),
            };
            item = next.ok_or_else(|| format!("`{}` leads to nothing", self.name))?;
        }
        let value = item.as_value_mut().ok_or_else(|| format!("`{}` is no number", self.name))?;
        #[expect(clippy::cast_precision_loss, reason = "numbers of the configuration")]
        let now = value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64));
        if now != Some(self.was) {
            return Err(format!("`{}` is{value} now, not {}", self.name, self.was));
        }
        let decor = value.decor().clone();
        *value = Value::from(self.value);
        *value.decor_mut() = decor;
        let evidence = document.get_mut("evidence").and_then(|evidence| evidence.get_mut(key));
        let evidence = evidence.and_then(Item::as_table_like_mut);
        self.cite(evidence.ok_or_else(|| format!("`{key}` has no evidence"))?);
        Ok(())
    }

    /// Says in the evidence what the number is now.
    fn cite(&self, evidence: &mut dyn TableLike) {
        let text = |item: Option<&Item>| item.and_then(Item::as_str).map(str::to_owned);
        let earlier = text(evidence.get("note")).map(|note| note.split("; fitted to").next().unwrap_or("").to_owned());
        let earlier = earlier.filter(|note| !note.is_empty() && !note.starts_with("fitted to"));
        let note = earlier.map_or_else(|| self.note.clone(), |earlier| format!("{earlier}; {}", self.note));
        evidence.insert("kind", toml_edit::value(&self.kind));
        if evidence.get("source").is_none() {
            evidence.insert("source", toml_edit::value(&self.source));
        }
        evidence.insert("note", toml_edit::value(note));
    }
}
