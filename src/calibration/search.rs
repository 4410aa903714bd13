//! The search: parameters are moved until a history simulated with them meets the targets.
//!
//! The objective is the weighted mean over the sets of squared errors in tolerances,
//!
//! ```text
//! Σ_s w_s · mean_i ((simulated_i − recorded_i) / tolerance_s)² / Σ_s w_s
//! ```
//!
//! over the targets to be fitted to which the unchanged model tells; the tolerance is that of the mean error of the set. Every
//! evaluation has the same seed, so that it is the parameters that differ and not luck. The search is the simplex of Nelder & Mead
//! (1965), of the crate `argmin`, on the scales of [`parameter`](super::parameter).

use std::cell::RefCell;
use std::collections::BTreeMap;

use argmin::core::{CostFunction, Executor};
use argmin::solver::neldermead::NelderMead;

use crate::error::RunError;
use crate::run::legs::Watch;
use crate::run::model::{Model, Settings};
use crate::units::Year;

use super::figures::Figures;
use super::history;
use super::measure::measured;
use super::parameter::{Parameter, settings};
use super::plan::Plan;
use super::target::{Role, Target, Targets};

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
/// # Errors
///
/// If no target can be told, if the listener stops it, or a value is refused by the model.
pub fn search(
    base: &Settings,
    plan: &Plan,
    targets: &Targets,
    evaluations: usize,
    listen: &mut dyn Listen,
) -> Result<Found, RunError> {
    let meant = meant(plan, targets, base.until);
    let until = Year(meant.iter().map(|target| target.year_to).max().unwrap_or(base.until.0));
    let state = State { listen, log: Vec::new(), seen: BTreeMap::new(), failed: None, told: meant };
    let objective = Objective { base, plan, targets, until, most: evaluations, state: RefCell::new(state) };
    let start: Vec<f64> = plan.parameters.iter().map(|parameter| parameter.place_of(parameter.value)).collect();
    let before: Vec<f64> = plan.parameters.iter().map(|parameter| parameter.value).collect();
    objective.first(&before)?;
    let corner = |moved: Option<usize>| {
        let step = |(i, place): (usize, &f64)| {
            // Towards the middle of the interval, where there is room.
            let away = if *place > 0.0 { -STEP } else { STEP };
            if moved == Some(i) { place + away } else { *place }
        };
        start.iter().enumerate().map(step).collect::<Vec<f64>>()
    };
    let corners: Vec<Vec<f64>> = std::iter::once(None).chain((0..start.len()).map(Some)).map(corner).collect();
    let solver = NelderMead::new(corners).with_sd_tolerance(SPREAD).expect("above 0");
    let most = u64::try_from(evaluations).expect("few");
    // The end of the budget is an error to the search: what it found stands in the log.
    drop(Executor::new(&objective, solver).configure(|state| state.max_iters(most)).run());
    let state = objective.state.into_inner();
    if let Some(error) = state.failed {
        return Err(error);
    }
    let best = (0..state.log.len()).min_by(|a, b| state.log[*a].objective.total_cmp(&state.log[*b].objective));
    let best = best.expect("the values in force were evaluated");
    Ok(Found { evaluations: state.log, best, targets: state.told.len(), until })
}

/// The targets to be fitted to, of the years that are simulated.
fn meant<'t>(plan: &Plan, targets: &'t Targets, until: Year) -> Vec<&'t Target> {
    let is_meant = |target: &&Target| {
        target.role == Role::Fit
            && target.year_to < until.0.max(1951)
            && plan.sets.iter().any(|(set, _)| *set == target.set)
    };
    targets.rows.iter().filter(is_meant).collect()
}

struct State<'a> {
    listen: &'a mut dyn Listen,
    log: Vec<Evaluation>,
    /// Evaluations by the bits of their values.
    seen: BTreeMap<Vec<u64>, usize>,
    failed: Option<RunError>,
    /// Targets that the model tells.
    told: Vec<&'a Target>,
}

struct Objective<'a> {
    base: &'a Settings,
    plan: &'a Plan,
    targets: &'a Targets,
    until: Year,
    most: usize,
    state: RefCell<State<'a>>,
}

impl Objective<'_> {
    /// The values in force: what they tell is fitted to from now on.
    fn first(&self, values: &[f64]) -> Result<(), RunError> {
        let figures = self.simulate(values)?;
        self.state.borrow_mut().told.retain(|target| measured(target, self.targets, &figures).is_some());
        for (set, _) in &self.plan.sets {
            if self.state.borrow().told.iter().all(|target| target.set != *set) {
                return Err(RunError::Usage {
                    message: format!("the model tells no figure of the set `{set}` up to {}", self.until),
                    help: "leave the set out, or simulate further with --until".to_owned(),
                });
            }
        }
        self.note(values, &figures);
        Ok(())
    }

    fn simulate(&self, values: &[f64]) -> Result<Figures, RunError> {
        let set = [self.base.set.clone(), settings(&self.plan.parameters, values)].concat();
        let model = Model::load(Settings { set, ..self.base.clone() })?;
        history::figures(&model, self.until, &mut *self.state.borrow_mut().listen)
    }

    fn note(&self, values: &[f64], figures: &Figures) -> f64 {
        let state = &mut *self.state.borrow_mut();
        let (objective, errors) = objective(self.plan, self.targets, &state.told, figures);
        let evaluation = Evaluation { values: values.to_vec(), objective, errors };
        state.seen.insert(bits(values), state.log.len());
        state.log.push(evaluation);
        state.listen.evaluated(state.log.len(), state.log.last().expect("just added"));
        objective
    }
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

impl CostFunction for &Objective<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, places: &Self::Param) -> Result<f64, argmin::core::Error> {
        let values: Vec<f64> =
            self.plan.parameters.iter().zip(places).map(|(parameter, place)| parameter.value_at(*place)).collect();
        let seen = self.state.borrow().seen.get(&bits(&values)).copied();
        if let Some(seen) = seen {
            return Ok(self.state.borrow().log[seen].objective);
        }
        if self.state.borrow().log.len() >= self.most {
            return Err(argmin::core::Error::msg("the evaluations are used up"));
        }
        match self.simulate(&values) {
            Ok(figures) => Ok(self.note(&values, &figures)),
            Err(error) => {
                let message = error.to_string();
                self.state.borrow_mut().failed = Some(error);
                Err(argmin::core::Error::msg(message))
            }
        }
    }
}

/// The objective, and the mean absolute error of each set.
#[expect(clippy::cast_precision_loss, reason = "some hundred targets")]
fn objective(plan: &Plan, targets: &Targets, told: &[&Target], figures: &Figures) -> (f64, Vec<f64>) {
    let (mut sum, mut weights, mut errors) = (0.0, 0.0, Vec::new());
    for (set, weight) in &plan.sets {
        let of_set: Vec<f64> = told
            .iter()
            .filter(|target| target.set == *set)
            .map(|target| {
                let error =
                    measured(target, targets, figures).map_or(f64::NAN, |simulated| simulated.value - target.value);
                if target.indicator.is_least() { error.min(0.0) } else { error }
            })
            .collect();
        let tolerance = targets.sets.iter().find(|own| own.set == *set).map_or(1.0, |own| own.mean_tolerance);
        let count = of_set.len() as f64;
        let square = of_set.iter().map(|error| (error / tolerance) * (error / tolerance)).sum::<f64>() / count;
        // A figure that has come to nothing is as bad as ten tolerances.
        sum += weight * if square.is_finite() { square } else { 100.0 };
        weights += weight;
        errors.push(of_set.iter().map(|error| error.abs()).sum::<f64>() / count);
    }
    (sum / weights, errors)
}

/// A line a parameter and a set: the log of a search as CSV.
#[must_use]
pub fn log(plan: &Plan, evaluations: &[Evaluation]) -> String {
    let mut text = csv::Writer::from_writer(Vec::new());
    let in_memory = "written to memory";
    let names = plan.parameters.iter().map(|parameter| parameter.name.clone());
    let sets = plan.sets.iter().map(|(set, _)| format!("mean error {set}"));
    let header = ["evaluation", "objective"].map(str::to_owned).into_iter().chain(names).chain(sets);
    text.write_record(header).expect(in_memory);
    for (number, evaluation) in evaluations.iter().enumerate() {
        let numbers = [evaluation.objective].into_iter().chain(evaluation.values.iter().copied());
        let numbers = numbers.chain(evaluation.errors.iter().copied()).map(|number| number.to_string());
        text.write_record([(number + 1).to_string()].into_iter().chain(numbers)).expect(in_memory);
    }
    String::from_utf8(text.into_inner().expect(in_memory)).expect("made of texts")
}

/// How far a parameter was moved, as a share of its interval on its scale.
#[must_use]
pub fn nearness_to_an_end(parameter: &Parameter, value: f64) -> bool {
    parameter.place_of(value).abs() > 3.0
}
