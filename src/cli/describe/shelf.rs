//! The measures and packages of the project, as `describe` tells them.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::error::RunError;
use crate::measures::{Arm, Measure, Param, Part, ToldEffect};
use crate::model::attribute::Attribute;
use crate::model::lever::Lever;
use crate::run::model::Model;

use super::super::plain::{table, table_with};
use super::super::run;

/// The measures and packages there are.
pub struct Shelf {
    /// Each measure as an arm by itself, in order of id.
    pub measures: Vec<Arm>,
    /// In order of id.
    pub packages: Vec<Arm>,
}

impl Shelf {
    /// Reads scenarios/measures and scenarios/packages.
    pub fn load(model: &Model) -> Result<Self, RunError> {
        let (measures, packages) = (run::measures()?, run::packages()?);
        let mut arms = model.arms(&[measures.clone(), packages].concat())?;
        let packages = arms.split_off(measures.len());
        Ok(Self { measures: arms, packages })
    }

    /// One file, wherever it is.
    pub fn of_file(model: &Model, path: &Path) -> Result<Arm, RunError> {
        Ok(model.arms(&[path.to_owned()])?.remove(0))
    }

    /// The ids of the measures and of the packages.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.measures.iter().chain(&self.packages).map(|arm| arm.id.as_str())
    }

    /// The measures that move a lever.
    pub fn moving(&self, lever: Lever) -> Vec<String> {
        let moves = |arm: &&Arm| arm.parts.iter().any(|part| part.measure.moves().iter().any(|one| one.lever == lever));
        self.measures.iter().filter(moves).map(|arm| arm.id.clone()).collect()
    }

    /// The measures that ask for an attribute, each with the keys that do.
    pub fn asking(&self, model: &Model, attribute: Attribute) -> Vec<String> {
        let sights = &model.declared.sights;
        let mut all = Vec::new();
        for arm in &self.measures {
            let asked = arm.parts.iter().flat_map(|part| part.measure.asks(sights));
            let keys: Vec<&str> =
                asked.filter(|(sight, _)| sights[*sight].attribute == attribute).map(|(_, key)| key).collect();
            if !keys.is_empty() {
                all.push(format!("{} ({})", arm.id, keys.join(", ")));
            }
        }
        all
    }

    /// All measures.
    pub fn list_measures(&self) -> String {
        let mut text = String::new();
        for arm in &self.measures {
            let measure = &arm.parts[0].measure;
            let _ = writeln!(text, "{}", arm.id);
            let lines = [
                ("title", arm.title.en.clone()),
                ("area", measure.area.clone().unwrap_or_else(|| "none is given".to_owned())),
                ("moves", acts(measure)),
            ];
            text += &rows(4, &lines);
        }
        text
    }

    /// All packages.
    pub fn list_packages(&self) -> String {
        let mut text = String::new();
        for arm in &self.packages {
            let default = if arm.default { " (run when no scenario is named)" } else { "" };
            let _ = writeln!(text, "{}{default}", arm.id);
            text += &rows(4, &[("title", arm.title.en.clone())]);
            text += &parts(arm);
        }
        text
    }
}

/// What a measure acts on, in one line.
fn acts(measure: &Measure) -> String {
    let mut all: Vec<String> = measure.moves().iter().map(|one| one.lever.name.to_owned()).collect();
    all.extend(measure.rules_told().into_iter().map(|(parameter, _)| format!("{parameter} (a rule)")));
    all.extend(measure.supports_told().into_iter().map(|(other, _)| format!("{other} (support)")));
    all.dedup();
    all.join(", ")
}

/// One measure or package.
pub fn page(model: &Model, arm: &Arm) -> String {
    let default = if arm.default { ", run when no scenario is named" } else { "" };
    let mut text = format!("{} ({}{default})\n", arm.id, arm.path.display());
    let own = arm.parts.iter().find(|part| arm.is_own(part));
    let mut lines = vec![("english", arm.title.en.clone()), ("norwegian", arm.title.no.clone())];
    if let Some(measure) = own.map(|part| &part.measure) {
        lines.extend(measure.area.clone().map(|area| ("area", area)));
        let about = measure.about.iter();
        lines.extend(about.flat_map(|about| [("about", about.en.clone()), ("om", about.no.clone())]));
    }
    text += &rows(2, &lines);
    if arm.parts.iter().any(|part| !arm.is_own(part)) {
        text += "\nmeasures\n";
        text += &parts(arm);
        for part in arm.parts.iter().filter(|part| !arm.is_own(part)) {
            let _ = writeln!(text, "\nreach of {}", part.measure.id);
            text += &rows(2, &part.measure.told(&model.declared.sights));
        }
    }
    if let Some(part) = own {
        text += &of_measure(model, &part.measure);
    }
    text
}

/// The measures of a package.
fn parts(arm: &Arm) -> String {
    let heads = ["measure", "strength", "coverage", "years"].map(str::to_owned).to_vec();
    let row = |part: &Part| {
        let name = if arm.is_own(part) { "effects of its own".to_owned() } else { part.measure.id.clone() };
        let years = format!("{} to {}", part.years.0, part.years.1);
        vec![name, part.strength.to_string(), part.coverage_in_words(), years]
    };
    let all: Vec<Vec<String>> = std::iter::once(heads).chain(arm.parts.iter().map(row)).collect();
    let solved = arm.equal_cost.as_ref().map_or_else(String::new, |equal| {
        format!(
            "    the coverage is solved: its first {} years cost as much as those of {}\n",
            equal.years, equal.other.id
        )
    });
    table(4, &all) + &solved
}

/// A measure, section by section.
fn of_measure(model: &Model, measure: &Measure) -> String {
    let sights = &model.declared.sights;
    let mut text = String::new();
    text += "\nreach\n";
    text += &rows(2, &measure.told(sights));
    let effects = measure.effects_told(sights);
    if !effects.is_empty() {
        text += "\neffects\n";
        effects.iter().for_each(|effect| text += &of_effect(effect));
    }
    for (title, told) in [("rules", measure.rules_told()), ("support", measure.supports_told())] {
        if !told.is_empty() {
            let lines: Vec<Vec<String>> = told.into_iter().map(|(name, what)| vec![name, what]).collect();
            let _ = write!(text, "\n{title}\n{}", table(2, &lines));
        }
    }
    let (out, used): (Vec<&Param>, Vec<&Param>) = measure.params.iter().partition(|param| param.left_out.is_some());
    if !used.is_empty() {
        text += "\nparameters\n";
        text += &params(&used);
    }
    if !out.is_empty() {
        text += "\nparameters left out\n";
        text += &params(&out);
    }
    text
}

fn of_effect(effect: &ToldEffect) -> String {
    let mut lines = vec![("moves", effect.whom.clone())];
    if let Some(formula) = &effect.formula {
        lines.push(("formula", formula.clone()));
    }
    if let Some(stronger) = &effect.stronger {
        lines.push(("stronger", stronger.clone()));
    }
    let value = format!("{:.4}", effect.value);
    let value = value.trim_end_matches('0').trim_end_matches('.');
    format!("  {}: {} {value}\n{}", effect.lever.name, effect.lever.form.word(), rows(4, &lines))
}

fn params(all: &[&Param]) -> String {
    let heads = ["name", "value", "interval", "spread", "grade", "kind"].map(str::to_owned).to_vec();
    let row = |param: &&Param| {
        let interval = param.interval.map_or_else(|| "none".to_owned(), |[low, high]| format!("{low} to {high}"));
        let shape = param.shape.map_or_else(String::new, |[one, other]| format!(" ({one}, {other})"));
        vec![
            param.name.clone(),
            param.value.to_string(),
            interval,
            format!("{}{shape}", param.dist.word()),
            param.grade.word().to_owned(),
            param.kind.to_string(),
        ]
    };
    let below = |param: &&Param| {
        let sources = if param.sources.is_empty() { "none".to_owned() } else { param.sources.join(", ") };
        let mut lines = vec![("unit", param.unit.clone()), ("source", sources)];
        if !param.note.is_empty() {
            lines.push(("note", param.note.clone()));
        }
        lines.extend(param.left_out.clone().map(|why| ("left out", why)));
        rows(6, &lines)
    };
    let lines: Vec<Vec<String>> = std::iter::once(heads).chain(all.iter().map(row)).collect();
    table_with(2, &lines, &all.iter().map(below).collect::<Vec<_>>())
}

fn rows(indent: usize, lines: &[(&str, String)]) -> String {
    let lines: Vec<Vec<String>> = lines.iter().map(|(key, text)| vec![(*key).to_owned(), text.clone()]).collect();
    table(indent, &lines)
}

/// Whether a name is the path of a file.
pub fn as_path(name: &str) -> Option<PathBuf> {
    let is_path = name.contains(['/', '\\']) || Path::new(name).extension().is_some_and(|kind| kind == "toml");
    is_path.then(|| PathBuf::from(name))
}
