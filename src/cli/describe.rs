//! `livslop describe`: what there is, and its numbers with unit, interval, kind and source.

use std::fmt::Write;
use std::path::Path;

use clap::Args;

use crate::calibration::target::{Role, Set, Targets};
use crate::config::ParameterRow;
use crate::config::names::did_you_mean;
use crate::error::RunError;
use crate::model::attribute::{Attribute, Values};
use crate::model::lever::Grain;
use crate::model::phase::{Beat, Phase};
use crate::run::model::Model;

use super::{ModelArguments, say};

/// Arguments of `describe`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A lever, attribute, decision, parameter, mechanism, future or source; everything if not given
    name: Option<String>,
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
    match &arguments.name {
        None => say(&chapter),
        Some(name) => say(&one(&model, name)?),
    }
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

/// Everything whose name is, or starts with, the name given.
fn one(model: &Model, name: &str) -> Result<String, RunError> {
    let things = things(model);
    let below = |known: &str| known == name || known.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    let found: Vec<_> = things.iter().filter(|(known, _)| below(known)).collect();
    if found.is_empty() {
        return Err(RunError::Usage {
            message: format!("there is nothing called `{name}`"),
            help: did_you_mean(name, things.iter().map(|(known, _)| known.as_str())),
        });
    }
    Ok(found.iter().fold(String::new(), |mut text, (known, about)| {
        let _ = writeln!(text, "{known}\n    {about}");
        text
    }))
}

/// The generated chapter: schedule, levers, attributes, decisions, columns, parameters, sources.
fn markdown(model: &Model) -> String {
    let declared = &model.declared;
    let mut text = String::from(
        "# Generated tables\n\nPrinted by `livslop describe --markdown`; a test holds them to the program.\n",
    );
    text.push_str("\n## The order of a year\n\n| phase | why there | systems |\n| --- | --- | --- |\n");
    for phase in Phase::ALL {
        let mut systems = Vec::new();
        for beat in &declared.beats {
            match beat {
                Beat::Assess(here) if *here == phase => systems.push("assess, barrier"),
                Beat::Decide(here) if *here == phase => systems.push("decide"),
                Beat::Assess(_) | Beat::Decide(_) => {}
            }
        }
        let _ = writeln!(text, "| {phase:?} | {} | {} |", phase.reason(), systems.join(", "));
    }
    text.push_str("\n## State variables of a person\n\n| component | bytes in a snapshot |\n| --- | --- |\n");
    for (name, bytes) in &declared.columns {
        let name = name.trim_start_matches("livslop::");
        let bytes = if *bytes == 0 { "none: known anew each year".to_owned() } else { bytes.to_string() };
        let _ = writeln!(text, "| `{name}` | {bytes} |");
    }
    text.push_str(
        "\n## Levers\n\n| lever | form | ages | tells apart | what it moves |\n| --- | --- | --- | --- | --- |\n",
    );
    for lever in &declared.levers {
        let (name, form, about) = (lever.name, lever.form.word(), lever.about);
        let grain = match lever.grain {
            Grain::Person => "everyone",
            Grain::Age => "sex and age",
        };
        let _ = writeln!(text, "| `{name}` | {form} | {} to {} | {grain} | {about} |", lever.ages[0], lever.ages[1]);
    }
    text.push_str(
        "\n## Attributes\n\n| attribute | unit | what measures may ask for | what it is |\n| --- | --- | --- | --- |\n",
    );
    for sight in &declared.sights {
        let attribute = sight.attribute;
        let values = values(attribute);
        let _ = writeln!(text, "| `{}` | {} | {values} | {} |", attribute.name, attribute.unit, attribute.about);
    }
    text.push_str("\n## Decisions\n\n| decision | word |\n| --- | --- |\n");
    for decision in &declared.decisions {
        let _ = writeln!(text, "| `{}` | `{:#010x}` |", decision.name(), decision.word());
    }
    text.push_str("\n## Aligned risks\n\n| risk | phase |\n| --- | --- |\n");
    for barrier in &declared.barriers {
        let _ = writeln!(text, "| `{}` | {:?} |", barrier.name, barrier.phase);
    }
    text.push_str(
        "\n## Columns that mechanisms count\n\n| column of `cells_all.arrow` | what is counted |\n| --- | --- |\n",
    );
    for counter in declared.counters.iter().chain(&declared.expectations) {
        let _ = writeln!(text, "| `{}` | {} |", counter.column, counter.about);
    }
    text.push_str("\n## Futures\n\n| future | what it is |\n| --- | --- |\n");
    for (id, future) in &model.futures {
        let _ = writeln!(text, "| `{id}` | {} |", future.title.en);
    }
    text.push_str("\n## Parameters\n\n| parameter | value | unit | interval | kind | source | note |\n| --- | --- | --- | --- | --- | --- | --- |\n");
    for (file, row) in parameters(model) {
        let _ = writeln!(
            text,
            "| `{file}.{}` | {} | {} | {} | {} | {} | {} |",
            row.key, row.value, row.unit, row.interval, row.kind, row.source, row.note
        );
    }
    text.push_str("\n## Sources\n\n| key | citation | licence |\n| --- | --- | --- |\n");
    for (key, source) in model.sources.iter() {
        let _ = writeln!(text, "| {key} | {} | {} |", source.citation, source.licence);
    }
    text
}

/// What the model is compared with, set by set.
fn of_targets(targets: &Targets) -> String {
    let mut text = String::from(
        "\n## Targets\n\n| set | what it is | unit | years | to fit to | held | mean error allowed | each | note |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for set in &targets.sets {
        let _ = writeln!(text, "{}", row_of_set(targets, set));
    }
    text
}

fn row_of_set(targets: &Targets, set: &Set) -> String {
    let rows = || targets.rows.iter().filter(|row| row.set == set.set);
    let first = rows().map(|row| row.year_from).min().unwrap_or_default();
    let last = rows().map(|row| row.year_to).max().unwrap_or_default();
    let count = |role: Role| rows().filter(|row| row.role == role).count();
    let unit = rows().next().map_or("", |row| row.unit.word());
    format!(
        "| `{}` | {} | {unit} | {first}-{last} | {} | {} | {} | {} | {} |",
        set.set,
        set.title,
        count(Role::Fit),
        count(Role::Held),
        set.mean_tolerance,
        set.tolerance,
        set.note.as_deref().unwrap_or("")
    )
}
