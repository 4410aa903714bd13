//! `livslop compare`: differences of a finished run, as a table or as CSV.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::analysis::read::{life_expectancy, to_csv};
use crate::config::names::did_you_mean;
use crate::error::RunError;

use super::{finished, say};

/// Arguments of `compare`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Directory of a finished run
    run: PathBuf,
    /// Print a whole table as CSV: `life_expectancy`, `cells`, `hindcast`, …
    #[arg(long, value_name = "TABLE")]
    csv: Option<String>,
    /// Every how many years a line is printed
    #[arg(long, value_name = "YEARS", default_value_t = 10, value_parser = clap::value_parser!(i64).range(1..=150))]
    every: i64,
}

/// Prints the differences between the arms of a run.
pub fn act(arguments: &Arguments) -> Result<(), RunError> {
    let run = &arguments.run;
    finished(run)?;
    if let Some(table) = &arguments.csv {
        return say(&to_csv(&table_path(run, table)?)?);
    }
    let rows = life_expectancy(run)?;
    let told = rows.iter().filter(|row| {
        (row.basis.as_str(), row.measure.as_str(), row.by.as_str()) == ("period", "life_expectancy", "all")
            && matches!(row.age, 0 | 35 | 65)
            && row.arm != "reference"
            && row.year % arguments.every == 0
    });
    let mut text = format!(
        "{:20}{:>6}{:>8}{:>5}{:>12}{:>12}{:>10}{:>14}",
        "arm", "year", "sex", "age", "years left", "difference", "± se", "from deaths\n"
    );
    let mut none = true;
    for row in told {
        none = false;
        let number = |value: Option<f64>, signed: bool| match (value, signed) {
            (Some(value), true) => format!("{value:+.3}"),
            (Some(value), false) => format!("{value:.3}"),
            (None, _) => "-".to_owned(),
        };
        let _ = writeln!(
            text,
            "{:20}{:>6}{:>8}{:>5}{:>12}{:>12}{:>10}{:>14}",
            row.arm,
            row.year,
            row.sex,
            row.age,
            number(row.expected[0], false),
            number(row.difference[0], true),
            number(row.difference[1], false),
            number(row.counted_difference[0], true),
        );
    }
    if none {
        text.push_str("(this run has no arm beside the reference)\n");
    }
    text.push_str(&super::compare_groups::text(run, arguments.every)?);
    say(&text)
}

/// The file of a table, by name.
fn table_path(run: &Path, table: &str) -> Result<PathBuf, RunError> {
    let path = run.join(format!("{table}.arrow"));
    if path.is_file() && !table.contains(['/', '\\']) {
        return Ok(path);
    }
    let entries = std::fs::read_dir(run).map_err(|error| RunError::io("read", run, error))?;
    let files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    let mut names: Vec<String> = files
        .iter()
        .filter(|path| path.extension().is_some_and(|kind| kind == "arrow"))
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    Err(RunError::Usage {
        message: format!("{} has no table `{table}`", run.display()),
        help: did_you_mean(table, names.iter().map(String::as_str)),
    })
}
