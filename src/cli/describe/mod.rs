//! `livslop describe`: what there is, and its numbers with unit, interval, kind and source.

mod chapter;
mod declared;
mod shelf;

use std::fmt::Write;
use std::path::Path;

use clap::Args;

use crate::calibration::target::Targets;
use crate::config::ParameterRow;
use crate::config::names::did_you_mean;
use crate::error::RunError;
use crate::measures::Arm;
use crate::model::attribute::{Attribute, Values};
use crate::run::model::Model;

use super::{ModelArguments, say};

use chapter::{markdown, of_targets};
use shelf::{Shelf, as_path};

/// Arguments of `describe`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// `measure`, `package`, `lever` or `attribute` for all of them; the name or file of one; or a decision, parameter, mechanism,
    /// future or source; everything if not given
    name: Option<String>,
    /// After `measure`, `package`, `lever` or `attribute`: which of them
    which: Option<String>,
    /// Print the guide's generated chapter as Markdown
    #[arg(long, conflicts_with = "name")]
    markdown: bool,
    /// Fail if the guide's generated chapter differs from what would be printed
    #[arg(long, conflicts_with_all = ["name", "markdown"])]
    check: bool,
    #[command(flatten)]
    model: ModelArguments,
}

/// The generated chapter of the guide.
const CHAPTER: &str = "src/guide/generated.md";

/// Prints what there is.
pub fn act(arguments: &Arguments) -> Result<(), RunError> {
    let model = Model::load(arguments.model.settings())?;
    let targets = Targets::beside(&model.settings.config, &model.sources)?;
    let chapter = markdown(&model) + &of_targets(&targets);
    if arguments.check {
        let written =
            std::fs::read_to_string(CHAPTER).map_err(|error| RunError::io("read", Path::new(CHAPTER), error))?;
        return if written == chapter {
            Ok(())
        } else {
            Err(RunError::Usage {
                message: format!("{CHAPTER} is stale"),
                help: format!("run `livslop describe --markdown > {CHAPTER}`"),
            })
        };
    }
    match (arguments.name.as_deref(), arguments.which.as_deref()) {
        (None, _) => say(&chapter),
        (Some(name), None) => match Kind::of(name) {
            Some(kind) => say(&kind.list(&model)?),
            None => say(&one(&model, name)?),
        },
        (Some(kind), Some(name)) => match Kind::of(kind) {
            Some(kind) => say(&kind.one(&model, name)?),
            None => Err(RunError::Usage {
                message: format!("`{kind}` is not a kind of things"),
                help: did_you_mean(kind, Kind::WORDS),
            }),
        },
    }
}

/// A kind of things that have a page each.
#[derive(Clone, Copy)]
enum Kind {
    Measure,
    Package,
    Lever,
    Attribute,
}

impl Kind {
    const WORDS: [&str; 4] = ["measure", "package", "lever", "attribute"];
    const ALL: [Self; 4] = [Self::Measure, Self::Package, Self::Lever, Self::Attribute];

    fn of(word: &str) -> Option<Self> {
        let singular = word.strip_suffix('s').unwrap_or(word);
        Self::WORDS.iter().position(|one| *one == singular).map(|place| Self::ALL[place])
    }

    fn list(self, model: &Model) -> Result<String, RunError> {
        Ok(match self {
            Self::Measure => Shelf::load(model)?.list_measures(),
            Self::Package => Shelf::load(model)?.list_packages(),
            Self::Lever => declared::levers(model),
            Self::Attribute => declared::attributes(model),
        })
    }

    fn one(self, model: &Model, name: &str) -> Result<String, RunError> {
        if let (Self::Measure | Self::Package, Some(path)) = (self, as_path(name)) {
            return Ok(shelf::page(model, &Shelf::of_file(model, &path)?));
        }
        let shelf = Shelf::load(model)?;
        let ids = |arms: &[Arm]| arms.iter().map(|arm| arm.id.clone()).collect::<Vec<_>>();
        let (found, known) = match self {
            Self::Measure => (page_of(model, &shelf.measures, name), ids(&shelf.measures)),
            Self::Package => (page_of(model, &shelf.packages, name), ids(&shelf.packages)),
            Self::Lever => (page_of_lever(model, &shelf, name), names_of(&model.declared.levers, |lever| lever.name)),
            Self::Attribute => {
                (page_of_attribute(model, &shelf, name), names_of(&model.declared.sights, |sight| sight.attribute.name))
            }
        };
        found.ok_or_else(|| RunError::Usage {
            message: format!("there is no {} `{name}`", Self::WORDS[self as usize]),
            help: did_you_mean(name, known.iter().map(String::as_str)),
        })
    }
}

fn names_of<T>(all: &[T], name: fn(&T) -> &'static str) -> Vec<String> {
    all.iter().map(|one| name(one).to_owned()).collect()
}

fn page_of(model: &Model, arms: &[Arm], id: &str) -> Option<String> {
    arms.iter().find(|arm| arm.id == id).map(|arm| shelf::page(model, arm))
}

fn page_of_lever(model: &Model, shelf: &Shelf, name: &str) -> Option<String> {
    let lever = model.declared.levers.iter().find(|lever| lever.name == name);
    lever.map(|lever| declared::lever(model, shelf, *lever))
}

fn page_of_attribute(model: &Model, shelf: &Shelf, name: &str) -> Option<String> {
    let sight = model.declared.sights.iter().find(|sight| sight.attribute.name == name);
    sight.map(|sight| declared::attribute(model, shelf, sight.attribute))
}

/// Every thing there is, by name, with its description.
fn things(model: &Model) -> Vec<(String, String)> {
    let declared = &model.declared;
    let mut things = Vec::new();
    for lever in &declared.levers {
        things.push((lever.name.to_owned(), format!("lever, moved by a {}: {}", lever.form.word(), lever.about)));
    }
    for sight in &declared.sights {
        let attribute = sight.attribute;
        let values = values(attribute);
        things
            .push((attribute.name.to_owned(), format!("attribute, {}: {}; {values}", attribute.unit, attribute.about)));
    }
    for decision in &declared.decisions {
        things.push((decision.name().to_owned(), format!("decision, word {:#010x} of the counter", decision.word())));
    }
    for counter in declared.counters.iter().chain(&declared.expectations) {
        things.push((counter.column.to_owned(), format!("column of cells_all.arrow: {}", counter.about)));
    }
    for (file, row) in parameters(model) {
        things.push((format!("{file}.{}", row.key), parameter(row)));
    }
    for mechanism in &model.mechanisms {
        things.push((mechanism.name.to_owned(), "mechanism".to_owned()));
    }
    for (id, future) in &model.futures {
        things.push((id.clone(), format!("future: {}", future.title.en)));
    }
    for (key, source) in model.sources.iter() {
        things.push((key.to_owned(), format!("source: {} ({})", source.citation, source.licence)));
    }
    things
}

/// What a measure may ask of an attribute.
fn values(attribute: Attribute) -> String {
    match attribute.values {
        Values::Words(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            format!("one of {}", words.join(", "))
        }
        Values::Range(low, high) => format!("from {low} to {high}"),
    }
}

fn parameters(model: &Model) -> Vec<(&str, &ParameterRow)> {
    let shared = model.parameters.iter().map(|(name, rows)| (*name, rows));
    let mechanisms = model.mechanisms.iter().map(|mechanism| (mechanism.name, &mechanism.parameters));
    shared.chain(mechanisms).flat_map(|(name, rows)| rows.iter().map(move |row| (name, row))).collect()
}

fn parameter(row: &ParameterRow) -> String {
    let mut text = format!("parameter, {}: {}", row.unit, row.value);
    if !row.interval.is_empty() {
        let _ = write!(text, ", interval {}", row.interval);
    }
    let _ = write!(text, ", {}", row.kind);
    if !row.source.is_empty() {
        let _ = write!(text, ", source {}", row.source);
    }
    if !row.note.is_empty() {
        let _ = write!(text, " ({})", row.note);
    }
    text
}

/// The page of a file, measure, package, lever or attribute; or else everything whose name is, or starts with, the name given.
fn one(model: &Model, name: &str) -> Result<String, RunError> {
    if let Some(path) = as_path(name).filter(|path| path.is_file()) {
        return Ok(shelf::page(model, &Shelf::of_file(model, &path)?));
    }
    let things = things(model);
    let below = |known: &str| known == name || known.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    let found: Vec<_> = things.iter().filter(|(known, _)| below(known)).collect();
    let is_page = names_of(&model.declared.levers, |lever| lever.name)
        .iter()
        .chain(&names_of(&model.declared.sights, |sight| sight.attribute.name))
        .any(|known| known == name);
    if found.is_empty() || is_page {
        let shelf = Shelf::load(model)?;
        let arm = || page_of(model, &shelf.measures, name).or_else(|| page_of(model, &shelf.packages, name));
        let page = page_of_lever(model, &shelf, name).or_else(|| page_of_attribute(model, &shelf, name)).or_else(arm);
        let known = things.iter().map(|(known, _)| known.as_str()).chain(shelf.ids());
        return page.ok_or_else(|| RunError::Usage {
            message: format!("there is nothing called `{name}`"),
            help: did_you_mean(name, known),
        });
    }
    Ok(found.iter().fold(String::new(), |mut text, (known, about)| {
        let _ = writeln!(text, "{known}\n    {about}");
        text
    }))
}
