//! Loading, snapshots, analysis and output.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use livslop::accounts::arrow::{self, Compression, Provenance};
use livslop::analysis::{parts, tables};
use livslop::run::legs::{Keep, Watch, run};
use livslop::run::model::People;
use livslop::run::nation::Nation;
use livslop::units::Year;

mod common;

struct Unwatched;

impl Watch for Unwatched {
    fn year(&mut self, _: &str, _: Year, _: usize, _: usize) {}
    fn stops(&self) -> bool {
        false
    }
}

fn loading(c: &mut Criterion) {
    c.bench_function("load the configuration", |b| b.iter(|| common::model(People::Number(100_000))));
}

fn snapshots(c: &mut Criterion) {
    let mut group = c.benchmark_group("snapshot");
    group.sample_size(10);
    for (size, people) in common::sizes() {
        let model = common::model(people);
        let (snapshot, _) = common::branch(&model);
        let restored = || Nation::restored(&model, &snapshot, common::BEFORE).expect("fits");
        group.throughput(criterion::Throughput::Bytes(snapshot.bytes().len() as u64));
        group.bench_function(format!("take/{size}"), |b| {
            b.iter_batched_ref(restored, |nation| nation.snapshot(common::BEFORE), BatchSize::PerIteration);
        });
        group.bench_function(format!("restore/{size}"), |b| b.iter_with_large_drop(restored));
        let directory = tempfile::tempdir().expect("a directory");
        group.bench_function(format!("write/{size}"), |b| {
            let path = directory.path().join("bench.livslop");
            b.iter(|| livslop::store::write(&path, "bench", &[("people", snapshot.bytes())]).expect("written"));
        });
    }
    group.finish();
}

fn output(c: &mut Criterion) {
    let mut group = c.benchmark_group("output");
    group.sample_size(10);
    let model = common::model(People::Number(100_000));
    let work = tempfile::tempdir().expect("a directory");
    let keep =
        Keep { cache: None, work: work.path().to_owned(), resume: false, every: std::time::Duration::from_hours(1) };
    let outcome = run(&model, &[], None, &keep, &mut Unwatched).expect("the run ends well");
    group.bench_function("life tables with jackknife, 1950-2050", |b| b.iter(|| parts(&model, &[], &outcome)));
    let parts = parts(&model, &[], &outcome);
    group.bench_function("tables", |b| b.iter(|| tables(&model, &[], &outcome, &parts)));
    let all = tables(&model, &[], &outcome, &parts);
    let provenance = Provenance {
        model_version: String::new(),
        git_commit: String::new(),
        seed: 1,
        scenario_sha256: String::new(),
        weight: model.weight(),
        extra: std::collections::BTreeMap::new(),
    };
    for (name, compression) in [("zstd", Compression::Zstd), ("none", Compression::None)] {
        group.bench_function(format!("arrow files, {name}"), |b| {
            b.iter(|| {
                for table in &all {
                    arrow::write(work.path(), table, &provenance, compression).expect("written");
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, loading, snapshots, output);
criterion_main!(benches);
