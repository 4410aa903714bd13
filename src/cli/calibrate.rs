//! `livslop calibrate`: parameters are fitted to targets, and the values found proposed.

mod output;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::calibration::history::LAST;
use crate::calibration::parameter::Parameter;
use crate::calibration::patch::Patch;
use crate::calibration::plan::Plan;
use crate::calibration::search::{Ending, Evaluation, Found, Listen, line, search};
use crate::calibration::target::Targets;
use crate::error::{Problems, RunError};
use crate::run::legs::Watch;
use crate::run::model::Model;
use crate::units::Year;

use super::progress::Progress;
use super::{ModelArguments, say};
use output::Output;

/// Arguments of a search, which say nothing of a proposal that is applied.
const SEARCHED: [&str; 12] = [
    "parameters",
    "targets",
    "plan",
    "evaluations",
    "out",
    "people",
    "seed",
    "replicate",
    "branch",
    "until",
    "future",
    "set",
];

/// Arguments of `calibrate`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// Parameters to move, such as `death.level_male,family/pairing.level`; those of the plan if none is given
    #[arg(long, value_name = "FILE.PARAMETER,…", value_delimiter = ',')]
    parameters: Vec<String>,
    /// Sets of targets to fit to; those of the plan if none is given
    #[arg(long, value_name = "SET,…", value_delimiter = ',')]
    targets: Vec<String>,
    /// What is fitted to what; `calibration.toml` of the configuration if not given
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Histories simulated, at most
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    evaluations: u32,
    /// Where the proposal is written; beside it the log, as `….csv`; the next free out/calibration-N.toml if not given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write the values of a proposal into the configuration; simulate nothing
    #[arg(long, value_name = "FILE", conflicts_with_all = SEARCHED)]
    apply: Option<PathBuf>,
}

/// Searches, and writes what it found; or applies what was found before.
pub fn act(arguments: &Arguments) -> Result<(), RunError> {
    let mut settings = arguments.model.settings();
    if let Some(path) = &arguments.apply {
        return apply(path, &settings);
    }
    settings.until = settings.until.min(LAST);
    let model = Model::load(settings)?;
    let targets = Targets::beside(&model.settings.config, &model.sources)?;
    let path = arguments.plan.clone().unwrap_or_else(|| model.settings.config.join("calibration.toml"));
    let mut problems = Problems::default();
    let plan = Plan::load(&path, &model, &targets, [&arguments.parameters, &arguments.targets], &mut problems);
    problems.into_result()?;
    let plan = plan.expect("without problems it was read");
    let output = Output::prepare(arguments.out.as_deref(), &plan)?;
    let mut told = Told { progress: Progress::new(None), parameters: &plan.parameters, output, failed: None };
    let evaluations = usize::try_from(arguments.evaluations).expect("few");
    let found = search(&model.settings, &plan, &targets, evaluations, &mut told);
    told.progress.finish();
    let output = told.output;
    if let Some(error) = told.failed {
        return Err(error);
    }
    let found = found.map_err(|error| output.without_proposal(error))?;
    output.propose(&Patch::of(&model.settings, &plan, &targets, &found))?;
    say(&summary(&plan, &found, &output))?;
    match found.ending {
        Ending::Done => Ok(()),
        Ending::Interrupted => Err(RunError::Stopped {
            help: format!(
                "the best of {} histories is proposed in {}; a search cannot be gone on with",
                found.evaluations.len(),
                output.proposal.display()
            ),
        }),
    }
}

fn apply(path: &Path, settings: &crate::run::model::Settings) -> Result<(), RunError> {
    let patch = Patch::read(path)?;
    let files = patch.apply(settings)?;
    let mut text = String::new();
    if files.is_empty() {
        text.push_str("nothing is changed: no value was moved\n");
    }
    for file in files {
        let _ = writeln!(text, "changed {}", file.display());
    }
    say(&text)
}

/// Tells every evaluation on standard error, and writes it into the log.
struct Told<'a> {
    progress: Progress,
    parameters: &'a [Parameter],
    output: Output,
    /// Why the log cannot be written: then the search stops.
    failed: Option<RunError>,
}

impl Watch for Told<'_> {
    fn year(&mut self, _: &str, _: Year, _: usize, _: usize) {}

    fn stops(&self) -> bool {
        self.failed.is_some() || self.progress.stops()
    }
}

impl Listen for Told<'_> {
    fn evaluated(&mut self, number: usize, evaluation: &Evaluation) {
        let values = self.parameters.iter().zip(&evaluation.values);
        let values: Vec<String> = values.map(|(parameter, value)| format!("{} {value}", parameter.name)).collect();
        self.failed = self.output.append(&line(number, evaluation)).err();
        self.progress.say(&format!("{number}: objective {:.5}, {}", evaluation.objective, values.join(", ")));
    }
}

fn summary(plan: &Plan, found: &Found, output: &Output) -> String {
    let (before, after) = (found.before(), found.after());
    let mut text = format!("{:40}{:>14}{:>14}\n", "", "before", "after");
    let mut line = |name: &str, before: f64, after: f64| {
        let _ = writeln!(text, "{name:40}{before:>14.5}{after:>14.5}");
    };
    line("objective", before.objective, after.objective);
    for (i, (set, _)) in plan.sets.iter().enumerate() {
        line(&format!("mean error of {set}"), before.errors[i], after.errors[i]);
    }
    for (i, parameter) in plan.parameters.iter().enumerate() {
        line(&parameter.name, before.values[i], after.values[i]);
    }
    let _ = writeln!(
        text,
        "{} targets, {} histories up to {}; the proposal is {}, the log {}",
        found.targets,
        found.evaluations.len(),
        found.until,
        output.proposal.display(),
        output.log.display()
    );
    text
}
