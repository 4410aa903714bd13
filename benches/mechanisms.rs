//! Each mechanism alone, one thread, a million people: what it adds to a year.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use livslop::processes::CATALOGUE;
use livslop::run::model::People;
use livslop::run::nation::{Nation, Role};
use livslop::units::Year;

mod common;

const YEARS: i16 = 6;

fn mechanisms(c: &mut Criterion) {
    let mut group = c.benchmark_group("mechanisms");
    group.sample_size(10);
    let pool = common::threads(1);
    let names: Vec<&str> = CATALOGUE.iter().map(|entry| entry.name).collect();
    let everything = vec![("accounts alone", vec![]), ("all", names.clone())];
    let each = names.iter().map(|name| (*name, vec![*name]));
    for (title, names) in everything.into_iter().chain(each) {
        let mut model = common::model(People::Number(1_000_000));
        model.keep_only(&names);
        // Everyone of 1950, at the age of 75 years later: the same rows for every mechanism.
        let founded = || Nation::founded(&model, Year(1950), Year(1950));
        let people = model.expected_people(Year(1950)) / model.weight();
        group.throughput(common::elements(people * f64::from(YEARS)));
        group.bench_function(title, |b| {
            b.iter_batched_ref(
                || pool.install(founded),
                |nation| {
                    let mut alignment = livslop::model::alignment::Alignment::default();
                    pool.install(|| {
                        for year in Year(1950).to(Year(1949 + YEARS)) {
                            nation.live(
                                year,
                                &livslop::model::lever::Levers::default(),
                                &mut alignment,
                                Role::Reference,
                            );
                        }
                    });
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, mechanisms);
criterion_main!(benches);
