//! `livslop check`: read and check; simulate nothing.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;

use crate::calibration::plan::Plan;
use crate::calibration::target::Targets;
use crate::error::{Problems, RunError};
use crate::run::model::Model;

use super::run::scenario_paths;
use super::{ModelArguments, say};

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Scenario files or ids; all of scenarios/packages and scenarios/measures if none is given
    scenarios: Vec<String>,
    #[command(flatten)]
    model: ModelArguments,
}

/// Checks the configuration and scenarios.
pub fn act(arguments: &Arguments) -> Result<(), RunError> {
    let model = Model::load(arguments.model.settings())?;
    let paths: Vec<PathBuf> = if arguments.scenarios.is_empty() {
        [super::run::packages()?, super::run::measures()?].concat()
    } else {
        scenario_paths(&arguments.scenarios)?
    };
    let arms = model.arms(&paths)?;
    let targets = Targets::beside(&model.settings.config, &model.sources)?;
    let plan = model.settings.config.join("calibration.toml");
    if plan.is_file() {
        let mut problems = Problems::default();
        Plan::load(&plan, &model, &targets, [&[], &[]], &mut problems);
        problems.into_result()?;
    }
    let mut text = format!(
        "{} input files, {} mechanisms, future {}: in order\n",
        model.inputs.len(),
        model.mechanisms.len(),
        model.future
    );
    let _ = writeln!(text, "{} targets in {} sets: in order", targets.rows.len(), targets.sets.len());
    for arm in arms {
        let _ = writeln!(text, "{}: {}, in order", arm.path.display(), arm.title.en);
    }
    say(&text)
}
