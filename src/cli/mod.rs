//! The command line: arguments in, results on standard output, progress and errors on standard error.

mod answer;
mod bounds;
mod by_group;
mod calibrate;
mod check;
mod compare;
mod compare_groups;
mod describe;
mod life;
mod new;
mod plain;
mod precision;
mod progress;
mod run;
mod table;
mod validate;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::error::RunError;
use crate::run::manifest::SCHEMA_VERSION;
use crate::run::model::{People, Settings};
use crate::units::Year;

/// Simulates the Norwegian population person by person, and shows what moving a lever does to how long people live.
#[derive(Debug, Parser)]
#[command(name = "livslop", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Simulate the reference and the scenarios named
    Run(Box<run::Arguments>),
    /// Read and check configuration and scenarios; simulate nothing
    Check(check::Arguments),
    /// Show measures, packages, levers, attributes, decisions, parameters, the order of the year
    Describe(describe::Arguments),
    /// Write the file of a new measure or package, with a comment on each key
    New(new::Arguments),
    /// Show the differences between the arms of a finished run
    Compare(compare::Arguments),
    /// Tell one family's story from the life histories of a finished run
    Life(life::Arguments),
    /// Hold the simulated past against the record and the targets
    Validate(validate::Arguments),
    /// Fit parameters to targets, and propose the values found
    Calibrate(calibrate::Arguments),
}

/// What decides what is simulated.
#[derive(Clone, Debug, Args)]
struct ModelArguments {
    /// Directory of the configuration
    #[arg(long, value_name = "DIR", default_value = "configs/norway")]
    config: PathBuf,
    /// People simulated at the branch year, each standing for many; `all` is 1:1
    #[arg(long, allow_negative_numbers = true, value_name = "N|all", default_value = "100000", value_parser = people)]
    people: People,
    /// Seed of all chance
    #[arg(long, allow_negative_numbers = true, value_name = "S", default_value_t = 1)]
    seed: u32,
    /// Replicate under that seed
    #[arg(long, allow_negative_numbers = true, value_name = "R", default_value_t = 0)]
    replicate: u32,
    /// First year in which arms may differ from the reference
    #[arg(long, value_name = "YEAR", default_value_t = 2025, value_parser = clap::value_parser!(i16).range(1950..=2100))]
    branch: i16,
    /// Last year simulated
    #[arg(long, value_name = "YEAR", default_value_t = 2100, value_parser = clap::value_parser!(i16).range(1950..=2100))]
    until: i16,
    /// What is assumed after the registers end: a future of futures.toml
    #[arg(long, value_name = "ID")]
    future: Option<String>,
    /// Set a parameter, such as `death.level_male=1.1`
    #[arg(long, value_name = "FILE.PARAMETER=VALUE")]
    set: Vec<String>,
}

/// The least number of people that fills 64 communities with a couple of families.
const FEWEST: u32 = 1_000;
/// The most people: beyond it each simulated person would stand for less than one real.
const MOST: u32 = 5_500_000;

fn people(text: &str) -> Result<People, String> {
    if text == "all" {
        return Ok(People::All);
    }
    let number = text.replace('_', "").parse::<u32>().ok().filter(|number| (FEWEST..=MOST).contains(number));
    number.map(People::Number).ok_or_else(|| format!("give a number from {FEWEST} to {MOST}, or `all`"))
}

impl ModelArguments {
    fn settings(&self) -> Settings {
        Settings {
            config: self.config.clone(),
            people: self.people,
            seed: self.seed,
            replicate: self.replicate,
            branch: Year(self.branch),
            until: Year(self.until),
            future: self.future.clone(),
            set: self.set.clone(),
        }
    }
}

/// Prints a result on standard output; a reader who has seen enough is no error.
fn say(text: &str) -> Result<(), RunError> {
    let mut output = std::io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(RunError::io("write to", "standard output", error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Makes sure that a directory is a finished run's, of tables as this version writes them.
fn finished(run: &Path) -> Result<(), RunError> {
    let path = run.join("manifest.json");
    let wrong = |message: String, help: &str| Err(RunError::Usage { message, help: help.to_owned() });
    if !path.is_file() {
        let message = format!("{} is not the directory of a finished run", run.display());
        return wrong(message, "give a directory that `livslop run` wrote, such as out/run-1");
    }
    let text = std::fs::read_to_string(&path).map_err(|error| RunError::io("read", &path, error))?;
    let manifest = serde_json::from_str(&text).unwrap_or(serde_json::Value::Null);
    let Some(version) = manifest["schema_version"].as_u64().filter(|_| manifest["model"] == "livslop") else {
        let message = format!("{} is no manifest of livslop", path.display());
        return wrong(message, "it was damaged, or something else wrote it: run it again");
    };
    if version != u64::from(SCHEMA_VERSION) {
        let message =
            format!("{} has tables of version {version}, not {SCHEMA_VERSION} as they are now", run.display());
        return wrong(message, "run it again, or read it with the livslop that wrote it");
    }
    Ok(())
}

/// How progress is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ProgressKind {
    /// A bar that moves
    Bar,
    /// A line now and then
    Plain,
    /// One JSON object a year
    Json,
    /// Nothing
    None,
}

/// Does what the arguments ask for.
///
/// # Errors
///
/// See [`RunError`]; its exit code is the program's.
pub fn act(cli: Cli) -> Result<(), RunError> {
    match cli.command {
        None => run::act(&run::Arguments::default_run()),
        Some(Command::Run(arguments)) => run::act(&arguments),
        Some(Command::Check(arguments)) => check::act(&arguments),
        Some(Command::Describe(arguments)) => describe::act(&arguments),
        Some(Command::New(arguments)) => new::act(&arguments),
        Some(Command::Compare(arguments)) => compare::act(&arguments),
        Some(Command::Life(arguments)) => life::act(&arguments),
        Some(Command::Validate(arguments)) => validate::act(&arguments),
        Some(Command::Calibrate(arguments)) => calibrate::act(&arguments),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(manifest: &str) -> String {
        let run = tempfile::tempdir().expect("a directory");
        std::fs::write(run.path().join("manifest.json"), manifest).expect("written");
        finished(run.path()).map_or_else(|error| error.to_string(), |()| "finished".to_owned())
    }

    #[test]
    fn only_a_run_of_this_schema_is_read() {
        let of = |version: u64| format!("{{\"model\": \"livslop\", \"schema_version\": {version}}}");
        assert_eq!(told(&of(SCHEMA_VERSION.into())), "finished");
        assert!(told(&of(1)).contains("tables of version 1, not"));
        for broken in ["", "{", "[]", "{\"schema_version\": 2}", "{\"model\": \"livslop\"}"] {
            assert!(told(broken).contains("is no manifest of livslop"), "{broken}");
        }
    }
}
