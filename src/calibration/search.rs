//! The search: parameters are moved until a history simulated with them meets the targets.
//!
//! The objective is the weighted mean over the sets of squared errors in tolerances,
//!
//! ```text
//! Σ_s w_s · mean_i ((simulated_i − recorded_i) / tolerance_s)² / Σ_s w_s
//! ```
//!
//! over the targets to be fitted to which the unchanged model tells; the tolerance is that of the mean error of the set. A figure that
//! the moved model no longer tells is as bad as ten tolerances. Every evaluation has the same seed, so that it is the parameters that differ and not luck. The search is the simplex of Nelder & Mead
//! (1965), of the crate `argmin`, on the scales of [`parameter`](super::parameter).

mod log;
mod objective;

use argmin::core::Executor;
use argmin::solver::neldermead::NelderMead;

use crate::error::RunError;
use crate::run::legs::Watch;
use crate::run::model::Settings;
use crate::units::Year;

use super::plan::Plan;
use super::target::{Role, Target, Targets};

pub use log::{header, line, log};
use objective::{Objective, Until};

/// How far the corners of the first simplex are apart, on the line of the search: from the middle of an interval to 67 % of it.
const STEP: f64 = 0.7;
/// The search ends when the objectives of the corners spread by less.
const SPREAD: f64 = 1e-6;

/// One evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The values of the parameters.
    pub values: Vec<f64>,
    /// The objective.
    pub objective: f64,
    /// Mean absolute error of each set of the plan, in the set's unit.
    pub errors: Vec<f64>,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Every evaluation, in order; the first is of the values in force.
    pub evaluations: Vec<Evaluation>,
    /// The place of the best; the first of equals.
    pub best: usize,
    /// How many targets were fitted to.
    pub targets: usize,
    /// The last year simulated.
    pub until: Year,
    /// How it ended.
    pub ending: Ending,
}

/// How a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It met the targets, or its evaluations were used up.
    Done,
    /// The listener stopped it.
    Interrupted,
}

impl Found {
    /// The values in force.
    #[must_use]
    pub fn before(&self) -> &Evaluation {
        &self.evaluations[0]
    }

    /// The best values.
    #[must_use]
    pub fn after(&self) -> &Evaluation {
        &self.evaluations[self.best]
    }
}

/// What is told of a search while it goes on.
pub trait Listen: Watch {
    /// An evaluation has been made.
    fn evaluated(&mut self, number: usize, evaluation: &Evaluation);
}

/// Searches with at most so many evaluations.
///
/// Stopped by the listener, it gives what it found until then.
///
/// # Errors
///
/// If the evaluations are too few for the parameters, no target can be told, a value is refused by the model, or the listener stops
/// it before the values in force were evaluated.
pub fn search(
    base: &Settings,
    plan: &Plan,
    targets: &Targets,
    evaluations: usize,
    listen: &mut dyn Listen,
) -> Result<Found, RunError> {
    enough(evaluations, plan.parameters.len())?;
    let meant = meant(plan, targets, base.until);
    let until = meant.iter().map(|target| target.last_year()).max().unwrap_or(base.until);
    each_set_has_one(plan, &meant, base.until)?;
    let objective = Objective::new(base, plan, targets, until, evaluations, meant, listen);
    objective.first()?;
    let solver = NelderMead::new(corners(plan)).with_sd_tolerance(SPREAD).expect("above 0");
    let solver = Until { solver, objective: &objective };
    let most = u64::try_from(evaluations).expect("few");
    // The objective is a number whatever happens, and what was found stands in the log.
    let ended = Executor::new(&objective, solver).configure(|state| state.max_iters(most)).run().map(drop);
    ended.expect("the objective makes no errors");
    objective.found()
}

/// The first simplex takes one evaluation more than there are parameters.
fn enough(evaluations: usize, parameters: usize) -> Result<(), RunError> {
    if evaluations > parameters {
        return Ok(());
    }
    Err(RunError::Usage {
        message: format!("{evaluations} evaluations are too few for {parameters} parameters"),
        help: format!("allow {} or more with --evaluations, or move fewer parameters", parameters + 1),
    })
}

/// Every set must have a target that is fitted to.
fn each_set_has_one(plan: &Plan, targets: &[&Target], until: Year) -> Result<(), RunError> {
    match plan.sets.iter().find(|(set, _)| targets.iter().all(|target| target.set != *set)) {
        None => Ok(()),
        Some((set, _)) => Err(RunError::Usage {
            message: format!("the model tells no figure of the set `{set}` up to {until}"),
            help: "leave the set out, or simulate further with --until".to_owned(),
        }),
    }
}

/// The corners of the first simplex: the values in force, and each parameter moved by itself.
fn corners(plan: &Plan) -> Vec<Vec<f64>> {
    let start: Vec<f64> = plan.parameters.iter().map(|parameter| parameter.place_of(parameter.value)).collect();
    let moved = |at: usize| {
        let mut corner = start.clone();
        // Towards the middle of the interval, where there is room.
        corner[at] += if corner[at] > 0.0 { -STEP } else { STEP };
        corner
    };
    std::iter::once(start.clone()).chain((0..start.len()).map(moved)).collect()
}

/// The targets to be fitted to which need no year after `until`.
fn meant<'t>(plan: &Plan, targets: &'t Targets, until: Year) -> Vec<&'t Target> {
    let is_meant = |target: &&Target| {
        target.role == Role::Fit && target.last_year() <= until && plan.sets.iter().any(|(set, _)| *set == target.set)
    };
    targets.rows.iter().filter(is_meant).collect()
}
