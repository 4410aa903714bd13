//! The whole year, accounts included: people, threads, reference and arm.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use livslop::run::nation::{Nation, Role};

mod common;

const YEARS: i16 = 6;

fn year(c: &mut Criterion) {
    let mut group = c.benchmark_group("year");
    group.sample_size(10);
    for (size, people) in common::sizes() {
        let model = common::model(people);
        let (snapshot, _) = common::branch(&model);
        let restored = || Nation::restored(&model, &snapshot, common::BEFORE.plus(YEARS)).expect("fits");
        group.throughput(common::elements(common::live(&model, &mut restored(), YEARS, Role::Arm)));
        for (threads, role) in [(1, Role::Reference), (2, Role::Reference), (2, Role::Arm)] {
            let pool = common::threads(threads);
            let name = format!("{size}/{threads} threads/{role:?}");
            group.bench_function(name, |b| {
                b.iter_batched_ref(
                    restored,
                    |nation| pool.install(|| common::live(&model, nation, YEARS, role)),
                    BatchSize::PerIteration,
                );
            });
        }
    }
    group.finish();
}

criterion_group!(benches, year);
criterion_main!(benches);
