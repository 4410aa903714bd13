//! `livslop run`: simulate, write, print.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Parser};

use crate::accounts::arrow::{self, Compression, Provenance, Table, Written};
use crate::accounts::lives::Sample;
use crate::analysis;
use crate::analysis::answer::answers;
use crate::analysis::by_group::ByGroup;
use crate::calibration::figures::Figures;
use crate::calibration::target::Targets;
use crate::calibration::validation::{self, Judging, compare};
use crate::config::names::did_you_mean;
use crate::error::RunError;
use crate::measures::Arm;
use crate::run::legs::{Keep, run};
use crate::run::manifest::{self, Manifest};
use crate::run::model::{Model, People};

use super::bounds::with_bounds;
use super::progress::Progress;
use super::{Cli, Command, ModelArguments, ProgressKind, say};

/// Where scenarios are found by id.
const PACKAGES: &str = crate::measures::PACKAGES;
/// Where measures are found, which can be run alone.
const MEASURES: &str = crate::measures::SHELF;
/// Where runs are written unless told otherwise.
pub const RUNS: &str = "out";

/// Arguments of `run`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of the command line are independent")]
pub struct Arguments {
    /// Scenario files, or ids of scenarios/packages; the default scenario if none is given
    scenarios: Vec<String>,
    /// A scenario file, as above
    #[arg(long, value_name = "FILE")]
    arm: Vec<String>,
    /// Simulate the reference alone
    #[arg(long, conflicts_with_all = ["scenarios", "arm", "bounds"])]
    reference_only: bool,
    /// Beside each scenario, its decisive parameters one by one at the low and the high end of their intervals
    #[arg(long)]
    bounds: bool,
    #[command(flatten)]
    model: ModelArguments,
    /// Threads; all cores if not given
    #[arg(long, allow_negative_numbers = true, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Directory of the run, which must not exist; out/run-1, out/run-2, … if not given
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Go on with a run that was interrupted or killed
    #[arg(long)]
    resume: bool,
    /// Say what would be done, and how long and how much it would take
    #[arg(long)]
    dry_run: bool,
    /// How progress is told
    #[arg(long, value_enum)]
    progress: Option<ProgressKind>,
    /// Write life histories of about this many of the people of the branch year, or of all
    #[arg(long, value_name = "N|all")]
    lives: Option<String>,
    /// Take the lives of whole communities, so that relatives are in the sample together
    #[arg(long, requires = "lives")]
    families: bool,
    /// Directory of finished histories, reused by later runs
    #[arg(long, value_name = "DIR", default_value = "out/.cache")]
    cache: PathBuf,
    /// Neither use nor keep a finished history
    #[arg(long)]
    no_cache: bool,
    /// Seconds between checkpoints
    #[arg(long, value_name = "S", default_value_t = 20)]
    checkpoint: u64,
    /// Compression of the Arrow files
    #[arg(long, value_enum, default_value = "zstd")]
    compression: CompressionKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum CompressionKind {
    /// Small files
    Zstd,
    /// Files that can be mapped into memory
    None,
}

impl Arguments {
    /// What `livslop` without a command does.
    pub fn default_run() -> Self {
        match Cli::parse_from(["livslop", "run"]).command {
            Some(Command::Run(arguments)) => *arguments,
            _ => unreachable!("`run` parses as run"),
        }
    }
}

/// Simulates the reference and the arms, writes the run directory, prints what changed.
pub fn act(arguments: &Arguments) -> Result<(), RunError> {
    if let Some(threads) = arguments.threads {
        // A pool that exists already keeps its size: then this is not the first run of the process, which only tests are.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global();
    }
    let model = Model::load(arguments.model.settings())?;
    let targets = Targets::beside(&model.settings.config, &model.sources)?;
    let (mut arms, mut left_out) = arms(arguments, &model)?;
    if arguments.bounds {
        let (all, said) = with_bounds(arms)?;
        arms = all;
        left_out.extend(said);
    }
    let sample = sample(arguments, &model)?;
    if arguments.dry_run {
        return say(&super::table::dry_run(&model, &arms, sample, rayon::current_num_threads()));
    }
    let (out, _lock) = output(arguments)?;
    let keep = Keep {
        cache: (!arguments.no_cache).then(|| arguments.cache.clone()),
        work: partial(&out),
        resume: arguments.resume,
        every: Duration::from_secs(arguments.checkpoint),
    };
    let mut progress = Progress::new(arguments.progress);
    left_out.iter().for_each(|line| progress.say(line));
    progress.say(&super::table::opening(&model, &arms));
    let outcome = run(&model, &arms, sample, &keep, &mut progress);
    progress.finish();
    let outcome = outcome?;
    let scenario = manifest::resolved(&model, &arms, &outcome.solutions, sample);
    let provenance = Provenance {
        model_version: env!("CARGO_PKG_VERSION").to_owned(),
        git_commit: env!("LIVSLOP_GIT_COMMIT").to_owned(),
        seed: model.settings.seed,
        scenario_sha256: crate::store::sha256(scenario.as_bytes()),
        weight: model.weight(),
        extra: std::collections::BTreeMap::new(),
    };
    let compression = match arguments.compression {
        CompressionKind::Zstd => Compression::Zstd,
        CompressionKind::None => Compression::None,
    };
    let parts = analysis::parts(&model, &arms, &outcome);
    let write = |table: &Table| arrow::write(&keep.work, table, &provenance, compression);
    let make = |table: Table| Ok((write(&table)?, Some(table).filter(Figures::reads)));
    let (made, ends) = rayon::join(
        || analysis::each_table(&model, &arms, &outcome, &parts, make),
        || ByGroup::of_ends(&model, &arms, &outcome),
    );
    let made: Vec<(Written, Option<Table>)> = made.into_iter().collect::<Result<_, RunError>>()?;
    let (mut written, read): (Vec<Written>, Vec<Option<Table>>) = made.into_iter().unzip();
    let figures = Figures::of_tables(&read.into_iter().flatten().collect::<Vec<_>>())?;
    written.push(write(&validation::table(&compare(&targets, &figures, Judging::WhatChanceAllows)))?);
    let place = keep.work.join("scenario.resolved.toml");
    std::fs::write(&place, &scenario).map_err(|error| RunError::io("write", place, error))?;
    let manifest = Manifest::of(&model, &arms, &outcome, sample, &written, rayon::current_num_threads());
    manifest.write(&keep.work)?;
    appear(&keep.work, &out)?;
    let mut told = super::table::closing(&model, &parts) + &super::by_group::closing(&ends);
    let people = model.people_at_branch() / model.weight();
    for (arm, found) in arms.iter().zip(&outcome.solutions) {
        told += &found.as_ref().map_or_else(String::new, |found| format!("\n{}\n", found.told(arm)));
    }
    told += &super::answer::texts(&arms, &answers(&model, &arms, &outcome), people);
    say(&told)?;
    progress.say(&format!("{} · {}", out.display(), manifest.speed()));
    Ok(())
}

/// The arms of the run, and what is to be said about scenarios left out.
fn arms(arguments: &Arguments, model: &Model) -> Result<(Vec<Arm>, Vec<String>), RunError> {
    let (branch, until) = (model.settings.branch, model.settings.until);
    let named: Vec<String> = arguments.scenarios.iter().chain(&arguments.arm).cloned().collect();
    if !named.is_empty() && until < branch {
        return Err(RunError::Usage {
            message: format!("the run ends in {until}, before scenarios may begin in {branch}"),
            help: "give a later --until, an earlier --branch, or --reference-only".to_owned(),
        });
    }
    if !named.is_empty() {
        return Ok((model.arms(&scenario_paths(&named)?)?, Vec::new()));
    }
    if arguments.reference_only || until < branch {
        return Ok((Vec::new(), Vec::new()));
    }
    // A file that cannot be read is not passed over in silence: loading it tells what is wrong.
    let is_default =
        |path: &PathBuf| table(path).is_none_or(|table| table.get("default") == Some(&toml::Value::Boolean(true)));
    let begins = |path: &PathBuf| key(path, "from").and_then(|from| from.as_integer());
    let in_time = |path: &PathBuf| begins(path).is_none_or(|from| (branch.0.into()..=until.0.into()).contains(&from));
    let (meant, late): (Vec<PathBuf>, Vec<PathBuf>) = packages()?.into_iter().filter(is_default).partition(in_time);
    let left_out = |path: &PathBuf| format!("{} begins outside {branch}-{until} and is left out", path.display());
    Ok((model.arms(&meant)?, late.iter().map(left_out).collect()))
}

/// A scenario file as far as it is TOML.
fn table(path: &Path) -> Option<toml::Table> {
    std::fs::read_to_string(path).ok()?.parse().ok()
}

/// The value of a key of a scenario file, if the file can be read that far; what is wrong with it is told when it is loaded.
fn key(path: &Path, name: &str) -> Option<toml::Value> {
    table(path)?.remove(name)
}

/// All files of scenarios/packages, in order of name.
pub fn packages() -> Result<Vec<PathBuf>, RunError> {
    scenarios_of(Path::new(PACKAGES))
}

/// All files of scenarios/measures, in order of name.
pub fn measures() -> Result<Vec<PathBuf>, RunError> {
    scenarios_of(Path::new(MEASURES))
}

fn scenarios_of(directory: &Path) -> Result<Vec<PathBuf>, RunError> {
    if !directory.is_dir() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(directory).map_err(|error| RunError::io("read", directory, error))?;
    let mut files = Vec::new();
    for entry in entries {
        files.push(entry.map_err(|error| RunError::io("read", directory, error))?.path());
    }
    files.retain(|path| path.extension().is_some_and(|kind| kind == "toml"));
    files.sort();
    Ok(files)
}

/// The files of scenarios given by path or by id.
pub fn scenario_paths(named: &[String]) -> Result<Vec<PathBuf>, RunError> {
    let known = [packages()?, measures()?].concat();
    let ids: Vec<String> =
        known.iter().filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned())).collect();
    named
        .iter()
        .map(|name| {
            if name.contains(['/', '\\']) || Path::new(name).extension().is_some_and(|kind| kind == "toml") {
                return Ok(PathBuf::from(name));
            }
            ids.iter().position(|id| id == name).map(|i| known[i].clone()).ok_or_else(|| RunError::Usage {
                message: format!("there is no scenario `{name}` in {PACKAGES}"),
                help: if ids.is_empty() {
                    "run livslop in the project's folder, or give the path of a scenario file".to_owned()
                } else {
                    did_you_mean(name, ids.iter().map(String::as_str))
                },
            })
        })
        .collect()
}

fn sample(arguments: &Arguments, model: &Model) -> Result<Option<Sample>, RunError> {
    let people = model.people_at_branch() / model.weight();
    let share = match arguments.lives.as_deref() {
        None => return Ok(None),
        Some("all") => 1.0,
        Some(text) => match text.replace('_', "").parse::<u32>() {
            Ok(number) if number > 0 => (f64::from(number) / people).min(1.0),
            _ => {
                return Err(RunError::Usage {
                    message: format!("`{text}` is not a number of lives"),
                    help: "give a number above 0, or `all`".to_owned(),
                });
            }
        },
    };
    Ok(Some(if arguments.families { Sample::families(share, model.communities()) } else { Sample::share(share) }))
}

/// The directory the run is to appear in, checked before anything is simulated.
fn output(arguments: &Arguments) -> Result<(PathBuf, std::fs::File), RunError> {
    let out = match &arguments.out {
        Some(out) => out.clone(),
        None => free_directory(arguments.resume)?,
    };
    if out.file_name().is_none() {
        return Err(RunError::Usage {
            message: format!("{} has no name that a directory could be given", out.display()),
            help: "give a path that ends in a name".to_owned(),
        });
    }
    let work = partial(&out);
    if out.exists() {
        return Err(RunError::OutputExists { path: out });
    }
    let made = make(&work)?;
    if !made && !arguments.resume {
        return Err(RunError::Usage {
            message: format!("{} holds a run that was not finished", work.display()),
            help: "go on with it with --resume, or delete it".to_owned(),
        });
    }
    if made && arguments.resume {
        // Nothing but the empty directory just made is lost if this fails.
        let _ = std::fs::remove_dir(&work);
        return Err(RunError::Usage {
            message: format!("there is no unfinished run {}", work.display()),
            help: "leave --resume out, or give the run's directory with --out".to_owned(),
        });
    }
    let lock = lock(&work)?;
    Ok((out, lock))
}

/// Makes the working directory; false if it is there already. Of two runs that start at once, one makes it.
fn make(work: &Path) -> Result<bool, RunError> {
    let parent = work.parent().filter(|parent| !parent.as_os_str().is_empty());
    let made = parent.map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::create_dir(work));
    match made {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && work.is_dir() => Ok(false),
        Err(error) => Err(RunError::io("make the directory", work, error)),
    }
}

/// Holds the working directory for this program alone until it ends, however it ends.
fn lock(work: &Path) -> Result<std::fs::File, RunError> {
    let path = work.join("lock");
    let file = std::fs::File::create(&path).map_err(|error| RunError::io("make", &path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_) => Err(RunError::Usage {
            message: format!("another livslop is at work in {}", work.display()),
            help: "wait for it, or choose another directory with --out".to_owned(),
        }),
    }
}

/// `out/run-1`, `out/run-2`, …: the one after the last, or the last unfinished one.
fn free_directory(resume: bool) -> Result<PathBuf, RunError> {
    let numbered = |number: u32| Path::new(RUNS).join(format!("run-{number}"));
    let names = std::fs::read_dir(RUNS).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    let number = |name: &String| name.strip_prefix("run-")?.trim_end_matches(".partial").parse::<u32>().ok();
    if resume {
        let unfinished = names.iter().filter(|name| name.ends_with(".partial")).filter_map(number).max();
        return unfinished.map(numbered).ok_or_else(|| RunError::Usage {
            message: format!("there is no unfinished run in {RUNS}"),
            help: "leave --resume out, or give the run's directory with --out".to_owned(),
        });
    }
    Ok(numbered(names.iter().filter_map(number).max().unwrap_or(0) + 1))
}

/// The working directory beside a run's directory.
fn partial(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    out.with_file_name(name)
}

/// Lets a finished run appear under its name, without what only served to resume it.
fn appear(work: &Path, out: &Path) -> Result<(), RunError> {
    let entries = std::fs::read_dir(work).map_err(|error| RunError::io("read", work, error))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.extension().is_some_and(|kind| kind == "leg" || kind == "new" || kind == "news")
            || path.ends_with("lock")
        {
            std::fs::remove_file(&path).map_err(|error| RunError::io("remove", &path, error))?;
        }
    }
    std::fs::rename(work, out).map_err(|error| RunError::io("rename", work, error))
}

/// How many people a run simulates, in words.
pub fn people_in_words(model: &Model) -> String {
    match model.settings.people {
        People::All => "everyone, 1:1".to_owned(),
        People::Number(number) => format!("{number} people, each standing for {:.1}", model.weight()),
    }
}
