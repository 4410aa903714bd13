//! What is to be fitted to what: `calibration.toml`.
//!
//! ```toml
//! [[parameter]]
//! name = "family/pairing.level"
//! scale = "log"               # natural, linear, log or logit; natural if left out
//! interval = [0.8, 1.2]       # the one of [evidence] if left out, and no wider
//!
//! [[target]]
//! set = "daily_smoking"
//! weight = 1.0
//! ```

use std::ops::Range;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use crate::config::names::did_you_mean;
use crate::config::parse;
use crate::error::{BadConfig, Problems, SourceFile};
use crate::run::model::Model;

use super::parameter::{Parameter, Part, Scale};
use super::target::{Role, Targets};

/// What is to be fitted to what.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What is moved.
    pub parameters: Vec<Parameter>,
    /// The sets it is moved for, with their weights.
    pub sets: Vec<(String, f64)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanFile {
    parameter: Vec<ParameterEntry>,
    target: Vec<TargetEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ParameterEntry {
    name: Spanned<String>,
    scale: Option<Scale>,
    interval: Option<Spanned<[f64; 2]>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TargetEntry {
    set: Spanned<String>,
    weight: Option<Spanned<f64>>,
}

impl ParameterEntry {
    fn place(&self, part: Part) -> Range<usize> {
        let interval = self.interval.as_ref().filter(|_| part == Part::Interval);
        interval.map_or_else(|| self.name.span(), Spanned::span)
    }
}

impl Plan {
    /// Reads a plan; only the parameters and sets named, if any are.
    ///
    /// Everything wrong is added to `problems`; then there is no plan.
    pub fn load(
        path: &Path,
        model: &Model,
        targets: &Targets,
        [parameters, sets]: [&[String]; 2],
        problems: &mut Problems,
    ) -> Option<Self> {
        let before = problems.len();
        let file = SourceFile::read(path, problems)?;
        let read: PlanFile = parse(&file, problems)?;
        let mut plan = Self { parameters: Vec::new(), sets: Vec::new() };
        for entry in &read.parameter {
            let interval = entry.interval.as_ref().map(|interval| *interval.get_ref());
            let found = Parameter::find(model, entry.name.get_ref(), entry.scale.unwrap_or_default(), interval);
            match found {
                Ok(parameter) if plan.moves(&parameter.name) => {
                    let (message, help) = twice(&parameter.name);
                    problems.push(BadConfig::at(&file, entry.name.span(), message).help(help));
                }
                Ok(parameter) => plan.parameters.push(parameter),
                Err(no) => problems.push(BadConfig::at(&file, entry.place(no.part), no.message).help(no.help)),
            }
        }
        for entry in &read.target {
            plan.add_set(&file, entry, targets, problems);
        }
        if problems.len() > before {
            return None;
        }
        plan.narrow(model, targets, parameters, sets, problems);
        (problems.len() == before).then_some(plan)
    }

    fn moves(&self, name: &str) -> bool {
        self.parameters.iter().any(|parameter| parameter.name == name)
    }

    fn fits_to(&self, set: &str) -> bool {
        self.sets.iter().any(|(own, _)| own == set)
    }

    fn add_set(&mut self, file: &SourceFile, entry: &TargetEntry, targets: &Targets, problems: &mut Problems) {
        let name = entry.set.get_ref();
        let twice = || self.fits_to(name).then(|| twice(name));
        if let Some(no) = no_set(name, targets).or_else(twice) {
            problems.push(BadConfig::at(file, entry.set.span(), no.0).help(no.1));
        }
        let weight = entry.weight.as_ref().map_or(1.0, |weight| *weight.get_ref());
        if let Some(wrong) = entry.weight.as_ref().filter(|_| weight <= 0.0) {
            problems.push(BadConfig::at(file, wrong.span(), "a weight must be above 0").help("leave the set out"));
        }
        self.sets.push((name.clone(), weight));
    }

    /// Keeps what is named on the command line, and adds what the file does not have.
    fn narrow(
        &mut self,
        model: &Model,
        targets: &Targets,
        parameters: &[String],
        sets: &[String],
        problems: &mut Problems,
    ) {
        let named = SourceFile::new("command line", "");
        if !parameters.is_empty() {
            let own = std::mem::take(&mut self.parameters);
            for name in parameters {
                let known = own.iter().find(|parameter| parameter.name == *name).cloned();
                match known.map_or_else(|| Parameter::find(model, name, Scale::Natural, None), Ok) {
                    Ok(_) if self.moves(name) => {
                        let (message, help) = twice(name);
                        problems.push(BadConfig::in_file(&named, message).help(help));
                    }
                    Ok(parameter) => self.parameters.push(parameter),
                    Err(no) => problems.push(BadConfig::in_file(&named, no.message).help(no.help)),
                }
            }
        }
        if !sets.is_empty() {
            let own = std::mem::take(&mut self.sets);
            for name in sets {
                let twice = || self.fits_to(name).then(|| twice(name));
                if let Some(no) = no_set(name, targets).or_else(twice) {
                    problems.push(BadConfig::in_file(&named, no.0).help(no.1));
                }
                let weight = own.iter().find(|(set, _)| set == name).map_or(1.0, |(_, weight)| *weight);
                self.sets.push((name.clone(), weight));
            }
        }
        if problems.is_empty() && (self.parameters.is_empty() || self.sets.is_empty()) {
            let missing = if self.parameters.is_empty() { "parameter" } else { "target" };
            let message = format!("there is no {missing} to calibrate with");
            let help = format!("name some with --{missing}s, or in the plan");
            problems.push(BadConfig::in_file(&named, message).help(help));
        }
    }
}

fn twice(name: &str) -> (String, String) {
    (format!("`{name}` is named twice"), "leave one out".to_owned())
}

/// Why a set cannot be fitted to.
fn no_set(name: &str, targets: &Targets) -> Option<(String, String)> {
    let has_fit = |set: &str| targets.rows.iter().any(|row| row.set == set && row.role == Role::Fit);
    if targets.sets.iter().all(|set| set.set != name) {
        let help = did_you_mean(name, targets.sets.iter().map(|set| set.set.as_str()));
        return Some((format!("unknown set `{name}`"), help));
    }
    (!has_fit(name)).then(|| {
        (format!("all targets of `{name}` are held"), "fit to others: held targets are kept to compare with".to_owned())
    })
}
