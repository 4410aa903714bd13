//! What a run says on the terminal.

use std::fmt::Write;

use crate::accounts::lives::Sample;
use crate::analysis::part::Part;
use crate::analysis::summary::{Measured, summary};
use crate::measures::Arm;
use crate::record::FIRST;
use crate::run::model::Model;

use super::run::people_in_words;

/// Nanoseconds of one thread per person-year of a large run, for estimates before a run; the manifest has the true figure of each run.
const NS_PER_PERSON_YEAR: f64 = 190.0;
/// Bytes of memory per person, every component and bevy's own data included.
const BYTES_PER_PERSON: f64 = 390.0;
/// Bytes of memory of the smallest run.
const BYTES_AT_LEAST: f64 = 1.0e8;
/// Bytes of accounts per year and arm, in memory.
const BYTES_PER_YEAR: f64 = 6.0e6;
/// Bytes of Arrow files per year and arm, and of a snapshot per person.
const DISK_PER_YEAR: f64 = 270_000.0;
const SNAPSHOT_PER_PERSON: f64 = 18.0;
/// Bytes of a person's life history per year, before compression, in memory and on disk.
const LIVES_PER_PERSON_YEAR: f64 = 64.0;

/// One line before a run.
pub fn opening(model: &Model, arms: &[Arm]) -> String {
    let settings = &model.settings;
    let arms = if arms.is_empty() { "alone".to_owned() } else { format!("and {}", names(arms)) };
    format!(
        "{FIRST}-{}, {}, future {}, seed {}: the reference {arms}",
        settings.until,
        people_in_words(model),
        model.future,
        settings.seed
    )
}

fn names(arms: &[Arm]) -> String {
    arms.iter().map(|arm| arm.id.as_str()).collect::<Vec<_>>().join(", ")
}

/// What a run would do and take.
#[expect(clippy::cast_precision_loss, reason = "a few threads and arms")]
pub fn dry_run(model: &Model, arms: &[Arm], sample: Option<Sample>, threads: usize) -> String {
    let (settings, weight) = (&model.settings, model.weight());
    let people =
        |from, to| -> f64 { crate::units::Year::to(from, to).map(|year| model.expected_people(year) / weight).sum() };
    let branch = settings.branch.min(settings.until.plus(1));
    let history = people(FIRST, branch.plus(-1));
    let after = if settings.until >= branch { people(branch, settings.until) } else { 0.0 };
    let legs = 1.0 + arms.len() as f64;
    let person_years = history + after * legs;
    let most = FIRST.to(settings.until).map(|year| model.expected_people(year) / weight).fold(0.0, f64::max);
    let years = (branch.since(FIRST) as f64) + legs * settings.until.plus(1).since(branch) as f64;
    let lives = sample.map_or(0.0, |sample| person_years * sample.value() * LIVES_PER_PERSON_YEAR);
    let seconds = person_years * NS_PER_PERSON_YEAR * 1e-9 / (threads as f64) + years * 0.008;
    let memory = BYTES_AT_LEAST + most * BYTES_PER_PERSON + years * BYTES_PER_YEAR + lives;
    let disk = years * DISK_PER_YEAR + most * SNAPSHOT_PER_PERSON * 2.0 + lives;
    let mut text = format!("{}\n\n", opening(model, arms));
    let mut row = |what: &str, value: String| {
        let _ = writeln!(text, "{what:24}{value:>14}");
    };
    row("communities", model.communities().to_string());
    row("person-years", format!("{person_years:.0}"));
    row("time, about", format!("{seconds:.1} s"));
    row("memory, about", format!("{:.2} GB", memory / 1e9));
    row("disk, about", format!("{:.2} GB", disk / 1e9));
    text.push_str("\nThe history is free if an earlier run kept it. Nothing was simulated.\n");
    text
}

/// What a run found, in a table that needs no key.
pub fn closing(model: &Model, parts: &[Part]) -> String {
    let summary = summary(model, parts);
    let mut text = String::from("\nLife expectancy at birth, years\n\n");
    let _ = writeln!(text, "{:10}{:>29}   {:>29}", "", "women", "men");
    let _ = writeln!(text, "{:10}{}   {}", "", heading(), heading());
    for year in &summary.years {
        let _ = write!(text, "{:<10}", format!("{}{}", year.year, if year.is_recorded { "" } else { "*" }));
        let columns = year.by_sex.map(|sex| {
            format!("{:>9} {:>11} {:>7.2}", number(sex.expected.value), with_error(sex.counted), sex.record)
        });
        let _ = writeln!(text, "{}   {}", columns[0], columns[1]);
    }
    text.push_str(
        "\nexpected: from each person's own risk; counted: from deaths, ± standard error; record: the register,\n",
    );
    let _ = writeln!(text, "or (*) what the future `{}` assumes.", model.future);
    text
}

fn heading() -> String {
    format!("{:>9} {:>11} {:>7}", "expected", "counted", "record")
}

fn number(value: Option<f64>) -> String {
    plain(value, 2)
}

fn plain(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
}

fn with_error(measured: Measured) -> String {
    match measured {
        Measured { value: Some(value), se: Some(se) } => format!("{value:.1} ±{se:.1}"),
        Measured { value, .. } => number(value),
    }
}
