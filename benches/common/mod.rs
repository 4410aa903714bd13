//! Nations to measure.
#![allow(dead_code, reason = "each bench uses its part")]

use livslop::model::alignment::Alignment;
use livslop::model::lever::Levers;
use livslop::model::snapshot::Snapshot;
use livslop::run::model::{Model, People, Settings};
use livslop::run::nation::{Nation, Role};
use livslop::units::Year;

/// The year before the first measured one.
pub const BEFORE: Year = Year(2024);

/// People at the branch year. `LIVSLOP_BENCH=all` adds the whole nation, which takes minutes.
pub fn sizes() -> Vec<(&'static str, People)> {
    let mut sizes = vec![("100k", People::Number(100_000)), ("1M", People::Number(1_000_000))];
    if std::env::var("LIVSLOP_BENCH").is_ok_and(|which| which == "all") {
        sizes.push(("5.6M", People::All));
    }
    sizes
}

/// The model of this many people.
pub fn model(people: People) -> Model {
    let settings = Settings {
        config: "configs/norway".into(),
        people,
        seed: 1,
        replicate: 0,
        branch: Year(2025),
        until: Year(2050),
        future: None,
        set: Vec::new(),
    };
    Model::load(settings).expect("the configuration is in order")
}

/// The people of 1 January 2025 and the factors so far.
pub fn branch(model: &Model) -> (Snapshot, Alignment) {
    let mut nation = Nation::founded(model, Year(1950), BEFORE);
    let mut alignment = Alignment::default();
    for year in Year(1950).to(BEFORE) {
        nation.live(year, &Levers::default(), &mut alignment, Role::Reference);
    }
    (nation.snapshot(BEFORE), alignment)
}

/// Lives some years from 2025 on and returns the person-years.
pub fn live(model: &Model, nation: &mut Nation, years: i16, role: Role) -> f64 {
    let mut alignment = Alignment::default();
    let last = BEFORE.plus(years);
    let lived = BEFORE.plus(1).to(last).map(|year| nation.live(year, &Levers::default(), &mut alignment, role));
    lived.map(|cells| cells.person_years(model.shape)).sum()
}

/// A pool of this many threads.
pub fn threads(count: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(count).build().expect("a pool")
}

/// A number of person-years as criterion counts them: the time per element is nanoseconds per person-year.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a positive count")]
pub fn elements(person_years: f64) -> criterion::Throughput {
    criterion::Throughput::Elements(person_years as u64)
}
