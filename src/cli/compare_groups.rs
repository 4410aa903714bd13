//! What `livslop compare` says of groups and of how people live, from the tables of a finished run.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use crate::analysis::part::REFERENCE;
use crate::analysis::read::{Cell, Frame, read};
use crate::error::RunError;

/// The outcomes told of everybody.
const OUTCOMES: [&str; 21] = [
    "married",
    "cohabiting",
    "living_alone",
    "lone_parent",
    "child_at_home",
    "mother_alive",
    "unions",
    "divorces",
    "daily_smoking",
    "former_smoking",
    "employment",
    "unemployment",
    "sick_long_term",
    "disability",
    "upper_secondary_completed",
    "tertiary_completed",
    "marks",
    "completed_general",
    "completed_vocational",
    "premature_death",
    "premature_deaths",
];

/// A table read for lookups.
pub struct Rows(pub Frame);

impl Rows {
    fn of(run: &Path, table: &str) -> Result<Option<Self>, RunError> {
        let path = run.join(format!("{table}.arrow"));
        // A run of an earlier version has fewer tables.
        if path.is_file() { Ok(Some(Self(read(&path)?))) } else { Ok(None) }
    }

    /// A word, empty if there is none.
    pub fn word(&self, column: &str, row: usize) -> &str {
        match self.0.column(column).map(|column| &column[row]) {
            Some(Cell::Word(word)) => word,
            Some(Cell::Integer(_) | Cell::Id(_) | Cell::Number(_)) | None => "",
        }
    }

    /// A whole number, 0 if there is none.
    pub fn integer(&self, column: &str, row: usize) -> i64 {
        match self.0.column(column).map(|column| &column[row]) {
            Some(Cell::Integer(value)) => *value,
            Some(Cell::Word(_) | Cell::Id(_) | Cell::Number(_)) | None => 0,
        }
    }

    /// A number, if it is known.
    pub fn number(&self, column: &str, row: usize) -> Option<f64> {
        match self.0.column(column).map(|column| &column[row]) {
            Some(Cell::Number(value)) => *value,
            Some(Cell::Word(_) | Cell::Id(_) | Cell::Integer(_)) | None => None,
        }
    }
}

/// Inequality by education in every window, and how people live, in text.
pub fn text(run: &Path, every: i64) -> Result<String, RunError> {
    let mut text = String::new();
    if let Some(rows) = Rows::of(run, "window_gradients")? {
        add_gradients(&mut text, &rows);
        text.push_str(&super::precision::text(&rows));
    }
    if let Some(rows) = Rows::of(run, "effects")? {
        add_effects(&mut text, &rows);
    }
    if let Some(rows) = Rows::of(run, "outcomes")? {
        add_outcomes(&mut text, &rows, every);
    }
    Ok(text)
}

fn add_gradients(text: &mut String, rows: &Rows) {
    text.push_str("\nInequality by own education in the years of life left at 35, ten years together\n\n");
    let _ = writeln!(
        text,
        "{:20}{:>11}{:>8}  {:24}{:>9}{:>8}{:>12}{:>8}",
        "arm", "years", "sex", "index", "value", "± se", "difference", "± se"
    );
    for row in 0..rows.0.rows() {
        let is_told = rows.word("by", row) == "education"
            && rows.integer("age", row) == 35
            && rows.word("membership", row) == "own"
            && matches!(rows.word("index", row), "gap" | "sii" | "rii")
            && rows.word("sex", row) != "both";
        if is_told {
            let _ = writeln!(
                text,
                "{:20}{:>11}{:>8}  {:24}{:>9}{:>8}{:>12}{:>8}",
                rows.word("arm", row),
                format!("{}-{}", rows.integer("from", row), rows.integer("to", row)),
                rows.word("sex", row),
                format!("{}, {}", rows.word("index", row), rows.word("unit", row)),
                plain(rows.number("expected_value", row)),
                plain(rows.number("expected_se", row)),
                signed(rows.number("difference", row)),
                plain(rows.number("difference_se", row)),
            );
        }
    }
}

/// Who gains what in all, by education in the reference.
fn add_effects(text: &mut String, rows: &Rows) {
    let all = 0..rows.0.rows();
    let Some(last) = all.clone().map(|row| rows.integer("to", row)).max() else { return };
    let is_told = |row: &usize| {
        rows.integer("to", *row) == last
            && rows.number("discount_rate", *row) == Some(0.0)
            && (rows.word("sex", *row), rows.word("generation", *row)) == ("both", "all")
            && matches!(rows.word("by", *row), "all" | "education")
            && rows.word("group", *row) != "in_one_arm_only"
    };
    let _ = writeln!(
        text,
        "\nWho gains until {last}: the same people, by their education in the reference\n\n{:34}{:>18}{:>14}{:>10}{:>12}{:>8}{:>16}",
        "arm", "group", "years gained", "± se", "early deaths", "± se", "million NOK"
    );
    for row in all.filter(is_told) {
        let number = |column: &str| plain(rows.number(column, row));
        let _ = writeln!(
            text,
            "{:34}{:>18}{:>14}{:>10}{:>12}{:>8}{:>16}",
            rows.word("arm", row),
            rows.word("group", row),
            number("years_gained"),
            number("years_gained_se"),
            number("premature_deaths_avoided"),
            number("premature_deaths_avoided_se"),
            plain(rows.number("net_public_cost_nok", row).map(|nok| nok / 1e6)),
        );
    }
}

fn add_outcomes(text: &mut String, rows: &Rows, every: i64) {
    let is_told = |row: &usize| {
        rows.word("by", *row) == "all"
            && rows.word("membership", *row) == "own"
            && (rows.word("sex", *row) == "both" || matches!(rows.word("outcome", *row), "unions" | "divorces"))
    };
    let told: Vec<usize> = (0..rows.0.rows()).filter(is_told).collect();
    let mut cells = BTreeMap::new();
    let (mut arms, mut years) = (BTreeSet::new(), BTreeSet::new());
    for row in told {
        let year = rows.integer("year", row);
        arms.insert(rows.word("arm", row));
        years.insert(year);
        cells.insert((rows.word("arm", row), rows.word("outcome", row), year), row);
    }
    let (Some(first), Some(last)) = (years.first().copied(), years.last().copied()) else { return };
    let mut columns: Vec<i64> = years.into_iter().filter(|year| year % (2 * every) == 0).collect();
    if !columns.contains(&last) {
        columns.push(last);
    }
    let _ = write!(text, "\nHow people live, {first}-{last}: the reference\n\n{:38}", "");
    columns.iter().for_each(|year| {
        let _ = write!(text, "{year:>9}");
    });
    text.push('\n');
    for outcome in OUTCOMES {
        let row = |year: &i64| cells.get(&(REFERENCE, outcome, *year)).copied();
        let Some(unit) = columns.iter().find_map(row).map(|row| rows.word("unit", row)) else { continue };
        let _ = write!(text, "{:38}", format!("{outcome}, {unit}"));
        for year in &columns {
            let _ = write!(text, "{:>9}", plain(row(year).and_then(|row| rows.number("value", row))));
        }
        text.push('\n');
    }
    for arm in arms.into_iter().filter(|arm| *arm != REFERENCE) {
        let _ = writeln!(text, "\n{arm}: difference to the reference in {last}\n");
        for outcome in OUTCOMES {
            let Some(row) = cells.get(&(arm, outcome, last)) else { continue };
            let _ = writeln!(
                text,
                "{:38}{:>9} ± {}",
                format!("{outcome}, {}", rows.word("unit", *row)),
                signed(rows.number("difference", *row)),
                plain(rows.number("difference_se", *row))
            );
        }
    }
}

fn plain(value: Option<f64>) -> String {
    match value {
        Some(value) if value.abs() >= 1000.0 => format!("{value:.0}"),
        Some(value) if value.abs() >= 10.0 => format!("{value:.1}"),
        Some(value) => format!("{value:.3}"),
        None => "-".to_owned(),
    }
}

fn signed(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:+.3}"))
}
