//! The guide's generated chapter: schedule, levers, attributes, decisions, columns, parameters, sources, targets.

use std::fmt::Write;

use crate::calibration::target::{Role, Set, Targets};
use crate::model::phase::{Beat, Phase};
use crate::run::model::Model;

use super::declared::{chosen_by, is_aligned, whom, whose};
use super::{parameters, values};

/// The generated chapter: schedule, levers, attributes, decisions, columns, parameters, sources.
pub fn markdown(model: &Model) -> String {
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
    text += &levers(model);
    text += &attributes(model);
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

/// What measures may move.
fn levers(model: &Model) -> String {
    let mut text = String::from(
        "\n## Levers\n\nWhat a measure may move, in which form, and whom it can move at all. *Chosen by*: whether a measure may choose \
         people by any attribute, or by sex and age alone. *Aligned*: held to the record in the reference; arms use its factors \
         unchanged.\n\n| lever | form | can move, by age reached | chosen by | aligned | what it moves |\n\
         | --- | --- | --- | --- | --- | --- |\n",
    );
    for lever in &model.declared.levers {
        let (name, form, about) = (lever.name, lever.form.word(), lever.about);
        let aligned = if is_aligned(model, *lever) { "yes" } else { "no" };
        let chosen = chosen_by(lever.grain);
        let _ = writeln!(text, "| `{name}` | {form} | {} | {chosen} | {aligned} | {about} |", whom(*lever));
    }
    text
}

/// What measures may ask for.
fn attributes(model: &Model) -> String {
    let mut text = String::from(
        "\n## Attributes\n\nWhat a measure may ask for: words with `is`, numbers with `in`, `below` and `above`. Words alone can \
         have values in `uptake`, `delivery` and `stronger`.\n\n| attribute | of | what measures may ask for | what it is | unit, or \
         codes in tables |\n| --- | --- | --- | --- | --- |\n",
    );
    for attribute in model.declared.sights.iter().map(|sight| sight.attribute) {
        let (name, unit, about) = (attribute.name, attribute.unit, attribute.about);
        let (of, values) = (whose(attribute), values(attribute));
        let _ = writeln!(text, "| `{name}` | {of} | {values} | {about} | {unit} |");
    }
    text
}

/// What the model is compared with, set by set.
pub fn of_targets(targets: &Targets) -> String {
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
