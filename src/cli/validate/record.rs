//! The record: births, deaths, population, families and places beside the registers.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::analysis::read::{Cell, Frame};
use crate::analysis::tables::hindcast::{SHARES, YEARS};

/// The columns that are read.
pub const COLUMNS: &[&str] =
    &["indicator", "year", "sex", "age_from", "age_to", "detail", "simulated", "recorded", "tolerance", "within"];

/// One comparison.
struct Row {
    indicator: String,
    label: String,
    simulated: f64,
    recorded: f64,
    tolerance: f64,
    within: bool,
}

/// What `hindcast.arrow` says, and how many figures are outside their tolerance.
pub fn told(hindcast: &Frame, worst_rows: usize) -> (String, usize) {
    let rows = rows(hindcast);
    let mut by_indicator: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    rows.iter().for_each(|row| by_indicator.entry(&row.indicator).or_default().push(row));
    let mut text = format!(
        "{:26}{:>8}{:>9}{:>10}{:>16}{:>22}\n",
        "indicator", "figures", "within", "share", "mean error", "mean error/tolerance"
    );
    for (indicator, rows) in &by_indicator {
        let within = rows.iter().filter(|row| row.within).count();
        #[expect(clippy::cast_precision_loss, reason = "some thousand rows")]
        let (count, share) = (rows.len() as f64, within as f64 / rows.len() as f64);
        let mean = rows.iter().map(|row| error(row)).sum::<f64>() / count;
        let absolute = mean_error(indicator, rows);
        let _ = writeln!(
            text,
            "{indicator:26}{:>8}{within:>9}{:>9.1}%{absolute:>16}{mean:>22.2}",
            rows.len(),
            100.0 * share
        );
    }
    let mut worst: Vec<&Row> = rows.iter().collect();
    worst.sort_by(|a, b| error(b).total_cmp(&error(a)));
    list(&mut text, "worst", worst.iter().take(worst_rows).copied());
    let of_each = by_indicator.values().filter_map(|rows| rows.iter().max_by(|a, b| error(a).total_cmp(&error(b))));
    list(&mut text, "worst of each", of_each.copied());
    let outside = rows.iter().filter(|row| !row.within).count();
    let _ = writeln!(text, "\n{outside} of {} figures are outside their tolerance", rows.len());
    (text, outside)
}

fn list<'a>(text: &mut String, heading: &str, rows: impl Iterator<Item = &'a Row>) {
    let _ = writeln!(text, "\n{heading:66}{:>12}{:>12}{:>11}  verdict", "simulated", "recorded", "tolerance");
    for row in rows {
        let verdict = if row.within { "within" } else { "outside" };
        let digits = if SHARES.contains(&row.indicator.as_str()) { 3 } else { 2 };
        let _ = writeln!(
            text,
            "{:66}{:>12.digits$}{:>12.digits$}{:>11.digits$}  {verdict}",
            row.label, row.simulated, row.recorded, row.tolerance
        );
    }
}

/// How far an indicator is off: points of shares, years of life, per cent of all that is recorded of anything else.
fn mean_error(indicator: &str, rows: &[&Row]) -> String {
    let off: f64 = rows.iter().map(|row| (row.simulated - row.recorded).abs()).sum();
    #[expect(clippy::cast_precision_loss, reason = "some thousand rows")]
    let mean = off / rows.len() as f64;
    if SHARES.contains(&indicator) {
        format!("{:.2} points", 100.0 * mean)
    } else if YEARS.contains(&indicator) {
        format!("{mean:.3} years")
    } else {
        format!("{:.2} %", 100.0 * off / rows.iter().map(|row| row.recorded.abs()).sum::<f64>())
    }
}

fn error(row: &Row) -> f64 {
    (row.simulated - row.recorded).abs() / row.tolerance.max(1e-12)
}

fn rows(frame: &Frame) -> Vec<Row> {
    let cell = |name: &str, row: usize| frame.column(name).map_or(Cell::Number(None), |column| column[row].clone());
    let word = |name: &str, row: usize| match cell(name, row) {
        Cell::Word(word) => word,
        Cell::Integer(number) => number.to_string(),
        Cell::Id(_) | Cell::Number(_) => String::new(),
    };
    let number = |name: &str, row: usize| match cell(name, row) {
        Cell::Number(Some(number)) => number,
        Cell::Number(None) | Cell::Word(_) | Cell::Integer(_) | Cell::Id(_) => f64::NAN,
    };
    (0..frame.rows())
        .filter(|row| word("within", *row) != "unknown")
        .map(|row| Row {
            indicator: word("indicator", row),
            label: format!(
                "{} {} {} age {}-{} {}",
                word("indicator", row),
                word("year", row),
                word("sex", row),
                word("age_from", row),
                word("age_to", row),
                word("detail", row)
            ),
            simulated: number("simulated", row),
            recorded: number("recorded", row),
            tolerance: number("tolerance", row),
            within: word("within", row) == "yes",
        })
        .collect()
}
