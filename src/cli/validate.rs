//! `livslop validate`: the simulated past beside the record and the targets, with tolerance and verdict.

mod alignment;
mod record;
mod targets;

use std::path::{Path, PathBuf};

use clap::Args;

use crate::analysis::read::{Frame, read};
use crate::analysis::{parts, tables};
use crate::calibration::figures::{Figures, foreign};
use crate::calibration::history::{self, LAST};
use crate::calibration::target::Targets;
use crate::calibration::validation::{Judging, compare, table};
use crate::config::Sources;
use crate::error::{Problems, RunError};
use crate::run::model::{Model, People};

use super::progress::Progress;
use super::{ModelArguments, finished, say};

/// Arguments of `validate`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Directory of a finished run; without it the history is simulated now
    #[arg(conflicts_with_all = ["people", "seed", "replicate", "branch", "until", "future", "set"])]
    run: Option<PathBuf>,
    #[command(flatten)]
    model: ModelArguments,
    /// Simulate everyone, 1:1, and judge every target; without it only those are judged that chance allows
    #[arg(long, conflicts_with = "people")]
    full: bool,
    /// Print the targets with all that is known of each as CSV, and nothing else
    #[arg(long)]
    csv: bool,
    /// Show this many of the worst rows
    #[arg(long, value_name = "N", default_value_t = 10)]
    worst: usize,
    /// Exit with 1 if a figure is outside its tolerance
    #[arg(long)]
    strict: bool,
}

/// What a run says of the past.
struct Past {
    hindcast: Frame,
    alignment: Frame,
    figures: Figures,
    targets: Targets,
}

/// Prints how the simulated past compares with the record and the targets.
pub fn act(arguments: &Arguments) -> Result<(), RunError> {
    let past = match &arguments.run {
        Some(_) => told(arguments)?,
        None => simulated(arguments)?,
    };
    let judging = if arguments.full { Judging::Everything } else { Judging::WhatChanceAllows };
    let comparisons = compare(&past.targets, &past.figures, judging);
    let (record, outside) = record::told(&past.hindcast, arguments.worst);
    let (targets, missed) = targets::told(&past.targets, &comparisons, arguments.worst);
    if arguments.csv {
        say(&Frame::from(&table(&comparisons)).to_csv())?;
    } else {
        say(&format!("{record}\n{targets}\n{}", alignment::told(&past.alignment)))?;
    }
    if arguments.strict && outside + missed > 0 {
        return Err(RunError::Failed {
            message: format!(
                "{outside} figures of the record and {missed} sets of targets are outside their tolerance"
            ),
        });
    }
    Ok(())
}

/// From the files of a finished run.
fn told(arguments: &Arguments) -> Result<Past, RunError> {
    let run = arguments.run.as_deref().expect("a run was named");
    finished(run)?;
    let mut problems = Problems::default();
    let sources = Sources::load(&arguments.model.config.join("sources.toml"), &mut problems);
    problems.into_result()?;
    Ok(Past {
        hindcast: frame(run, "hindcast.arrow", record::COLUMNS)?,
        alignment: frame(run, "alignment.arrow", alignment::COLUMNS)?,
        figures: Figures::of_run(run)?,
        targets: Targets::beside(&arguments.model.config, &sources)?,
    })
}

/// A table of a run that has these columns.
fn frame(run: &Path, name: &str, columns: &[&str]) -> Result<Frame, RunError> {
    let path = run.join(name);
    let frame = read(&path)?;
    match columns.iter().find(|column| frame.column(column).is_none()) {
        None => Ok(frame),
        Some(column) => Err(foreign(&path, column)),
    }
}

/// Simulates the history in memory.
fn simulated(arguments: &Arguments) -> Result<Past, RunError> {
    let mut settings = arguments.model.settings();
    settings.until = settings.until.min(LAST);
    if arguments.full {
        settings.people = People::All;
    }
    let model = Model::load(settings)?;
    let targets = Targets::beside(&model.settings.config, &model.sources)?;
    let mut progress = Progress::new(None);
    let outcome = history::live(&model, model.settings.until, &mut progress);
    progress.finish();
    let outcome = outcome?;
    let all = tables(&model, &[], &outcome, &parts(&model, &[], &outcome));
    let find = |name: &str| Frame::from(all.iter().find(|table| table.name == name).expect("every run has it"));
    Ok(Past { hindcast: find("hindcast"), alignment: find("alignment"), figures: Figures::of_tables(&all)?, targets })
}
