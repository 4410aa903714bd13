//! Small runs for tests.
#![allow(dead_code, reason = "each test file uses its part")]

use std::path::Path;
use std::time::Duration;

use livslop::error::RunError;
use livslop::measures::Arm;
use livslop::run::legs::{Keep, Outcome, Watch, run};
use livslop::run::model::{Model, People, Settings};
use livslop::units::Year;

/// Settings under which death asks for nothing but sex, age and year.
pub const NO_RELATIVE_RISKS: [&str; 9] = [
    "death.partner_female=1",
    "death.partner_male=1",
    "death.smoking_causal=0",
    "death.background=[0, 0]",
    "death.education=[0, 0]",
    "death.unemployed=1",
    "death.disabled=1",
    "death.heavy_work=[1, 1]",
    "death.strain=1",
];

/// Settings of a run of this many people under a seed, up to a year.
pub fn settings(people: u32, seed: u32, until: i16) -> Settings {
    Settings {
        config: "configs/norway".into(),
        people: People::Number(people),
        seed,
        replicate: 0,
        branch: Year(2025),
        until: Year(until),
        future: None,
        set: Vec::new(),
    }
}

/// The model under those settings.
pub fn model(people: u32, seed: u32, until: i16) -> Model {
    Model::load(settings(people, seed, until)).expect("the configuration is in order")
}

/// The same with some parameters set.
pub fn model_with(set: &[&str], people: u32, seed: u32, until: i16) -> Model {
    let set = set.iter().map(|setting| (*setting).to_owned()).collect();
    Model::load(Settings { set, ..settings(people, seed, until) }).expect("in order")
}

/// Nobody watches; the run never stops, or stops after a number of years.
pub struct Unwatched {
    left: Option<usize>,
}

impl Unwatched {
    /// Runs to the end.
    pub fn to_the_end() -> Self {
        Self { left: None }
    }

    /// Is interrupted after some years.
    pub fn stops_after(years: usize) -> Self {
        Self { left: Some(years) }
    }
}

impl Watch for Unwatched {
    fn year(&mut self, _: &str, _: Year, _: usize, _: usize) {
        self.left = self.left.map(|left| left.saturating_sub(1));
    }

    fn stops(&self) -> bool {
        self.left == Some(0)
    }
}

/// Keeps legs in a directory, without a cache.
pub fn keep(work: &Path, resume: bool) -> Keep {
    Keep { cache: None, work: work.to_owned(), resume, every: Duration::from_secs(1_000) }
}

/// Runs the reference and some arms, keeping nothing.
pub fn simulate(model: &Model, arms: &[Arm]) -> Outcome {
    let work = tempfile::tempdir().expect("a directory");
    run(model, arms, None, &keep(work.path(), false), &mut Unwatched::to_the_end()).expect("the run ends well")
}

/// The same, with a watcher and a directory.
pub fn simulate_in(
    model: &Model,
    arms: &[Arm],
    work: &Path,
    resume: bool,
    watch: &mut Unwatched,
) -> Result<Outcome, RunError> {
    run(model, arms, None, &keep(work, resume), watch)
}

/// An arm written as TOML, read through a file.
pub fn arm(model: &Model, text: &str) -> Arm {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("arm.toml");
    std::fs::write(&path, text).expect("written");
    model.arms(&[path]).expect("the arm is in order").remove(0)
}

/// The measures there are, each as an arm by itself.
pub fn measures(model: &Model) -> Vec<Arm> {
    let files = std::fs::read_dir("scenarios/measures").expect("a folder of measures");
    let mut paths: Vec<_> = files.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    model.arms(&paths).expect("the measures are in order")
}

/// A package of measures of the project, such as `{ id = "…", strength = 0 }`.
pub fn package(model: &Model, id: &str, measures: &str) -> Arm {
    let text = format!("id = \"{id}\"\ntitle = {{ en = \"Test\", no = \"Prøve\" }}\nmeasures = [{measures}]\n");
    arm(model, &text)
}

/// An arm with one effect for everyone from a year on.
pub fn one_effect(model: &Model, lever: &str, form: &str, value: f64, from: i16) -> Arm {
    arm(
        model,
        &format!(
            "id = \"test\"\ntitle = {{ en = \"Test\", no = \"Prøve\" }}\nfrom = {from}\n[[effect]]\nlever = \"{lever}\"\n\
             form = \"{form}\"\nvalue = {value:?}\n\
             evidence = {{ unit = \"ratio\", interval = [0, 10], kind = \"assumed\", note = \"for a test\" }}\n"
        ),
    )
}

/// The place of a counter among those of a model.
pub fn counter(model: &Model, column: &str) -> usize {
    model.declared.counters.iter().position(|counter| counter.column == column).expect("a declared counter")
}
