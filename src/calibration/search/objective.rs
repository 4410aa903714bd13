//! What the search makes small, and when it must end.

use std::cell::RefCell;
use std::collections::BTreeMap;

use argmin::core::{CostFunction, Error, KV, Problem, Solver, TerminationReason, TerminationStatus};

use crate::calibration::figures::Figures;
use crate::calibration::history;
use crate::calibration::measure::measured;
use crate::calibration::parameter::settings;
use crate::calibration::plan::Plan;
use crate::calibration::target::{Target, Targets};
use crate::error::RunError;
use crate::run::model::{Model, Settings};
use crate::units::Year;

use super::{Ending, Evaluation, Found, Listen, each_set_has_one};

/// A figure that the model no longer tells is as bad as so many tolerances.
const UNKNOWN: f64 = 10.0;

struct State<'a> {
    listen: &'a mut dyn Listen,
    log: Vec<Evaluation>,
    /// Evaluations by the bits of their values.
    seen: BTreeMap<Vec<u64>, usize>,
    /// What ended the search too early.
    failed: Option<RunError>,
    /// Targets that the model tells.
    told: Vec<&'a Target>,
}

pub(super) struct Objective<'a> {
    base: &'a Settings,
    plan: &'a Plan,
    targets: &'a Targets,
    until: Year,
    most: usize,
    state: RefCell<State<'a>>,
}

impl<'a> Objective<'a> {
    pub(super) fn new(
        base: &'a Settings,
        plan: &'a Plan,
        targets: &'a Targets,
        until: Year,
        most: usize,
        meant: Vec<&'a Target>,
        listen: &'a mut dyn Listen,
    ) -> Self {
        let state = State { listen, log: Vec::new(), seen: BTreeMap::new(), failed: None, told: meant };
        Self { base, plan, targets, until, most, state: RefCell::new(state) }
    }

    /// Evaluates the values in force: what they tell is fitted to from now on.
    pub(super) fn first(&self) -> Result<(), RunError> {
        let values: Vec<f64> = self.plan.parameters.iter().map(|parameter| parameter.value).collect();
        let figures = self.simulate(&values)?;
        self.state.borrow_mut().told.retain(|target| measured(target, self.targets, &figures).is_some());
        each_set_has_one(self.plan, &self.state.borrow().told, self.until)?;
        self.note(&values, &figures);
        Ok(())
    }

    /// Everything found until now.
    pub(super) fn found(self) -> Result<Found, RunError> {
        let state = self.state.into_inner();
        let ending = match state.failed {
            None => Ending::Done,
            Some(RunError::Interrupted) => Ending::Interrupted,
            Some(error) => return Err(error),
        };
        let best = (0..state.log.len()).min_by(|a, b| state.log[*a].objective.total_cmp(&state.log[*b].objective));
        let best = best.expect("the values in force were evaluated");
        Ok(Found { evaluations: state.log, best, targets: state.told.len(), until: self.until, ending })
    }

    fn is_over(&self) -> bool {
        let state = self.state.borrow();
        state.failed.is_some() || state.log.len() >= self.most
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

    /// Never an error, with which the simplex would panic: what can no longer be evaluated is as bad as can be.
    fn cost(&self, places: &Self::Param) -> Result<f64, Error> {
        let values: Vec<f64> =
            self.plan.parameters.iter().zip(places).map(|(parameter, place)| parameter.value_at(*place)).collect();
        let seen = self.state.borrow().seen.get(&bits(&values)).copied();
        if let Some(seen) = seen {
            return Ok(self.state.borrow().log[seen].objective);
        }
        if self.is_over() {
            return Ok(f64::INFINITY);
        }
        match self.simulate(&values) {
            Ok(figures) => Ok(self.note(&values, &figures)),
            Err(error) => {
                self.state.borrow_mut().failed = Some(error);
                Ok(f64::INFINITY)
            }
        }
    }
}

/// A solver that ends when the objective has.
pub(super) struct Until<'o, 'a, S> {
    pub(super) solver: S,
    pub(super) objective: &'o Objective<'a>,
}

impl<O, I: argmin::core::State, S: Solver<O, I>> Solver<O, I> for Until<'_, '_, S> {
    fn name(&self) -> &str {
        self.solver.name()
    }

    fn init(&mut self, problem: &mut Problem<O>, state: I) -> Result<(I, Option<KV>), Error> {
        self.solver.init(problem, state)
    }

    fn next_iter(&mut self, problem: &mut Problem<O>, state: I) -> Result<(I, Option<KV>), Error> {
        self.solver.next_iter(problem, state)
    }

    fn terminate(&mut self, state: &I) -> TerminationStatus {
        if self.objective.is_over() {
            let why = TerminationReason::SolverExit("the evaluations are used up".to_owned());
            return TerminationStatus::Terminated(why);
        }
        self.solver.terminate(state)
    }
}

/// The objective, and the mean absolute error of each set.
#[expect(clippy::cast_precision_loss, reason = "some hundred targets")]
fn objective(plan: &Plan, targets: &Targets, told: &[&Target], figures: &Figures) -> (f64, Vec<f64>) {
    let (mut sum, mut weights, mut errors) = (0.0, 0.0, Vec::new());
    for (set, weight) in &plan.sets {
        let tolerance = targets.sets.iter().find(|own| own.set == *set).map_or(1.0, |own| own.mean_tolerance);
        let error = |target: &&Target| {
            let simulated = measured(target, targets, figures);
            simulated.map_or(UNKNOWN * tolerance, |simulated| target.error(simulated.value))
        };
        let of_set: Vec<f64> =
            told.iter().copied().filter(|target| target.set == *set).map(|row| error(&row)).collect();
        let count = of_set.len() as f64;
        sum += weight * of_set.iter().map(|error| (error / tolerance) * (error / tolerance)).sum::<f64>() / count;
        weights += weight;
        errors.push(of_set.iter().map(|error| error.abs()).sum::<f64>() / count);
    }
    (sum / weights, errors)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibration::indicator::Indicator;
    use crate::calibration::target::{By, Role, Set, Verified, Who};

    fn target(indicator: Indicator) -> Target {
        Target {
            set: "order".to_owned(),
            indicator,
            sex: Who::Both,
            age_from: 35,
            age_to: 35,
            by: By::Education3,
            group: "all".to_owned(),
            versus: None,
            year_from: 1990,
            year_to: 1990,
            value: 0.0,
            unit: indicator.unit(),
            tolerance: None,
            role: Role::Fit,
            verified: Verified::Yes,
            source: "survey".to_owned(),
            note: None,
        }
    }

    #[test]
    fn what_is_no_longer_told_is_as_bad_as_ten_tolerances() {
        let set = "order".to_owned();
        let plan = Plan { parameters: Vec::new(), sets: vec![(set.clone(), 3.0)] };
        let sets = vec![Set { set, mean_tolerance: 0.2, tolerance: 0.0, title: String::new(), note: None }];
        let targets = Targets { rows: vec![target(Indicator::LifeExpectancyOrder)], sets };
        let told: Vec<&Target> = targets.rows.iter().collect();
        // 10 tolerances of 0.2; squared 100.
        assert_eq!(objective(&plan, &targets, &told, &Figures::default()), (100.0, vec![2.0]));
    }
}
