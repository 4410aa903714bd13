//! A search finds what a history was made with, and finds the same again.

use livslop::calibration::figures::Figures;
use livslop::calibration::history;
use livslop::calibration::indicator::Indicator;
use livslop::calibration::measure::measured;
use livslop::calibration::parameter::{Parameter, Scale};
use livslop::calibration::patch::Patch;
use livslop::calibration::plan::Plan;
use livslop::calibration::search::{Ending, Evaluation, Found, Listen, log, search};
use livslop::calibration::target::{By, Role, Set, Target, Targets, Verified, Who};
use livslop::config::Kind;
use livslop::error::RunError;
use livslop::run::legs::Watch;
use livslop::run::model::{Model, Settings};
use livslop::units::Year;

mod common;

/// The last year of the histories here.
const UNTIL: i16 = 1975;

struct Nobody;

impl Watch for Nobody {
    fn year(&mut self, _: &str, _: Year, _: usize, _: usize) {}

    fn stops(&self) -> bool {
        false
    }
}

impl Listen for Nobody {
    fn evaluated(&mut self, _: usize, _: &Evaluation) {}
}

fn settings() -> Settings {
    common::settings(8_000, 5, UNTIL + 1)
}

fn smokers(indicator: Indicator, year: i16, [age_from, age_to]: [usize; 2]) -> Target {
    Target {
        set: "smokers".to_owned(),
        indicator,
        sex: Who::Male,
        age_from,
        age_to,
        by: By::All,
        group: "all".to_owned(),
        versus: None,
        year_from: year,
        year_to: year,
        value: 0.0,
        unit: indicator.unit(),
        tolerance: None,
        role: Role::Fit,
        verified: Verified::Yes,
        source: "hmd".to_owned(),
        note: None,
    }
}

fn sets() -> Vec<Set> {
    let (set, title) = ("smokers".to_owned(), "Smokers".to_owned());
    vec![Set { set, mean_tolerance: 2.0, tolerance: 5.0, title, note: None }]
}

/// Targets that a model with these settings meets.
fn targets(set: &[&str]) -> Targets {
    let indicators = [Indicator::DailySmokers, Indicator::FormerSmokers];
    let ages = [[20, 29], [30, 44], [45, 59]];
    let of =
        |indicator| (1960..=UNTIL).step_by(5).flat_map(move |year| ages.map(|ages| smokers(indicator, year, ages)));
    let mut targets = Targets { rows: indicators.into_iter().flat_map(of).collect(), sets: sets() };
    let set = set.iter().map(|one| (*one).to_owned()).collect();
    let model = Model::load(Settings { set, ..settings() }).expect("a sound model");
    let figures: Figures = history::figures(&model, Year(UNTIL), &mut Nobody).expect("a history");
    let values: Vec<f64> =
        targets.rows.iter().map(|row| measured(row, &targets, &figures).expect("a figure").value).collect();
    targets.rows.iter_mut().zip(values).for_each(|(row, value)| row.value = value);
    targets
}

fn plan(names: [&str; 2]) -> Plan {
    let model = Model::load(settings()).expect("a sound model");
    let parameter = |name: &str| Parameter::find(&model, name, Scale::Log, None).expect("a parameter");
    Plan { parameters: names.map(parameter).into(), sets: vec![("smokers".to_owned(), 1.0)] }
}

fn found(plan: &Plan, targets: &Targets, evaluations: usize) -> Found {
    search(&settings(), plan, targets, evaluations, &mut Nobody).expect("a search")
}

#[test]
fn a_search_recovers_what_a_history_was_made_with_and_does_so_again() {
    let truth = [1.12, 0.88];
    let targets = targets(&["smoking.start_level=[1.0, 1.12]", "smoking.stop_level=[1.0, 0.88]"]);
    let plan = plan(["smoking.start_level.1", "smoking.stop_level.1"]);
    let first = found(&plan, &targets, 40);
    let (before, after) = (first.before(), first.after());
    assert!(after.objective < 0.02 * before.objective, "{} after {}", after.objective, before.objective);
    for (value, truth) in after.values.iter().zip(truth) {
        assert!((value / truth - 1.0).abs() < 0.02, "{:?} instead of {truth}", after.values);
    }
    // The same to the bit, as far as it goes.
    let second = found(&plan, &targets, 10);
    assert_eq!(first.evaluations[..10], second.evaluations);
    assert_eq!(log(&plan, &first.evaluations).lines().count(), first.evaluations.len() + 1);
}

/// A short search, of targets no history meets, and what came of it.
fn short(plan: &Plan, evaluations: usize, stops_after: usize) -> Result<Found, RunError> {
    let mut targets = Targets { rows: vec![smokers(Indicator::DailySmokers, 1958, [20, 29])], sets: sets() };
    targets.rows[0].value = 150.0;
    let mut listener = Stopping { left: stops_after };
    search(&common::settings(2_000, 5, 1959), plan, &targets, evaluations, &mut listener)
}

/// Stops a search in the history after so many evaluations.
struct Stopping {
    left: usize,
}

impl Watch for Stopping {
    fn year(&mut self, _: &str, _: Year, _: usize, _: usize) {}

    fn stops(&self) -> bool {
        self.left == 0
    }
}

impl Listen for Stopping {
    fn evaluated(&mut self, _: usize, _: &Evaluation) {
        self.left -= 1;
    }
}

const NEVER: usize = usize::MAX;

#[test]
fn a_search_that_is_stopped_keeps_what_it_found() {
    let plan = plan(["smoking.start_level.1", "smoking.stop_level.1"]);
    // Within the first simplex, and after it.
    for evaluations in [1, 2, 4] {
        let found = short(&plan, 20, evaluations).expect("a search");
        assert_eq!((found.evaluations.len(), found.ending), (evaluations, Ending::Interrupted));
    }
    let error = short(&plan, 20, 0).expect_err("nothing was found");
    assert!(matches!(error, RunError::Interrupted), "{error:?}");
}

#[test]
fn a_search_ends_with_its_evaluations() {
    let plan = plan(["smoking.start_level.1", "smoking.stop_level.1"]);
    for evaluations in [3, 4, 7] {
        let found = short(&plan, evaluations, NEVER).expect("a search");
        assert_eq!((found.evaluations.len(), found.ending), (evaluations, Ending::Done));
    }
    let few = short(&plan, 2, NEVER).expect_err("two for two parameters");
    assert_eq!(few.to_string(), "2 evaluations are too few for 2 parameters");
}

#[test]
fn what_the_model_refuses_is_the_error_of_the_search() {
    let mut plan = plan(["smoking.start_level.1", "smoking.relapse"]);
    plan.parameters[1].scale = Scale::Linear;
    plan.parameters[1].interval = [-9.0, 9.0];
    let error = short(&plan, 20, NEVER).expect_err("a value out of range");
    assert!(matches!(error, RunError::Config(_)), "{error:?}");
}

#[test]
fn a_parameter_may_stand_twice_without_harm() {
    let plan = plan(["smoking.start_level.1", "smoking.start_level.1"]);
    assert_eq!(short(&plan, 3, NEVER).expect("a search").ending, Ending::Done);
}

#[test]
fn a_proposal_is_read_back_and_applied_to_a_copy_of_the_configuration() {
    let targets = targets(&["smoking.start_level=[1.0, 1.12]"]);
    let plan = plan(["smoking.start_level.1", "smoking.parent_smokes"]);
    let mut patch = Patch::of(&settings(), &plan, &targets, &found(&plan, &targets, 5));
    patch.parameter[0].value = 1.1;
    patch.parameter[1].value = patch.parameter[1].was;
    let folder = tempfile::tempdir().expect("a directory");
    copy("configs/norway".as_ref(), folder.path());
    let file = folder.path().join("proposal.toml.txt");
    std::fs::write(&file, patch.text()).expect("written");
    let read = Patch::read(&file).expect("a proposal");
    assert_eq!(read, patch);

    let copied = Settings { config: folder.path().to_owned(), ..settings() };
    let changed = read.apply(&copied).expect("the values are applied");
    assert_eq!(changed, [folder.path().join("smoking.toml")]);
    let model = Model::load(copied.clone()).expect("a sound model");
    let smoking = model.mechanisms.iter().find(|mechanism| mechanism.name == "smoking").expect("a mechanism");
    let row = |key: &str| smoking.parameters.iter().find(|row| row.key == key).expect("a parameter");
    let moved = row("start_level");
    assert_eq!((moved.value.as_str(), moved.kind, moved.source.as_str()), ("[1.0, 1.1]", Kind::Calibrated, "hmd"));
    assert!(moved.note.contains("fitted to `smokers` by 5 histories of 8000 people, seed 5"), "{}", moved.note);
    // What was not moved is left alone.
    let before = Model::load(settings()).expect("a sound model");
    let smoking = before.mechanisms.iter().find(|mechanism| mechanism.name == "smoking").expect("a mechanism");
    assert_eq!(smoking.parameters.iter().find(|row| row.key == "parent_smokes"), Some(row("parent_smokes")));

    // What was applied has other values now.
    let again = read.apply(&copied).expect_err("applied already");
    assert!(again.to_string().contains("not 1"), "{again}");
}

#[test]
fn wrong_names_are_told_with_the_nearest() {
    let model = Model::load(settings()).expect("a sound model");
    let wrong = |name: &str| Parameter::find(&model, name, Scale::Natural, None).expect_err("no parameter");
    let help = |name: &str| wrong(name).help;
    assert_eq!(help("smokin.start_level.1"), "did you mean `smoking`?");
    assert_eq!(help("smoking.start_levl.1"), "did you mean `start_level`?");
    assert!(wrong("smoking.start_level").message.contains("not one number"));
    assert!(wrong("smoking.start_level.2").message.contains("not one number"));
    assert!(wrong("smoking.start_level.01").message.contains("not one number"));
    assert!(wrong("death.stopped_halves").message.contains("is a whole number"));
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for entry in std::fs::read_dir(from).expect("a directory").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}
