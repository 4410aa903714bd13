//! The order of rows and the fate of the dead: why rows are dealt anew every few years, by sex and year of birth.

use bevy_ecs::component::Component;
use bevy_ecs::entity::Entity;
use bevy_ecs::world::World;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use livslop::draws::mix;
use livslop::run::model::People;
use livslop::run::nation::{Nation, Role};

mod common;

const YEARS: i16 = 24;

/// How often rows are dealt anew, over a generation of deaths, births and moves.
fn deals(c: &mut Criterion) {
    let mut group = c.benchmark_group("rows/deal every");
    group.sample_size(10);
    let model = common::model(People::Number(500_000));
    let (snapshot, _) = common::branch(&model);
    let restored = |every: i16| {
        let mut nation = Nation::restored(&model, &snapshot, common::BEFORE.plus(YEARS)).expect("fits");
        nation.deal_every = every;
        nation
    };
    group.throughput(common::elements(common::live(&model, &mut restored(6), YEARS, Role::Arm)));
    let pool = common::threads(1);
    for every in [1, 3, 6, 12, 10_000] {
        group.bench_function(format!("{every} years"), |b| {
            b.iter_batched_ref(
                || restored(every),
                |nation| pool.install(|| common::live(&model, nation, YEARS, Role::Arm)),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

/// The order of rows: by sex and year of birth, as deals leave them, or by id, which scatters ages.
fn order(c: &mut Criterion) {
    let mut group = c.benchmark_group("rows/order");
    group.sample_size(10);
    let model = common::model(People::Number(500_000));
    let (snapshot, _) = common::branch(&model);
    let restored = |scattered: bool| {
        let mut nation = Nation::restored(&model, &snapshot, common::BEFORE.plus(3)).expect("fits");
        nation.deal_every = 10_000;
        for community in nation.communities.iter_mut().filter(|_| scattered) {
            let mut rows = community.living(common::BEFORE);
            rows.sort_by_key(|row| mix(u64::from(*row), 1));
            community.deal(&rows);
        }
        nation
    };
    group.throughput(common::elements(common::live(&model, &mut restored(false), 3, Role::Arm)));
    let pool = common::threads(1);
    for (name, scattered) in [("sex and year of birth", false), ("scattered", true)] {
        group.bench_function(name, |b| {
            b.iter_batched_ref(
                || restored(scattered),
                |nation| pool.install(|| common::live(&model, nation, 3, Role::Arm)),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

#[derive(Component, Clone, Copy)]
struct Columns<const N: usize>([u64; 2]);

/// One year of a community of 16,000: 1.6 % leave and 2 % come. Despawning and spawning, against rows used again.
fn fate_of_the_dead(c: &mut Criterion) {
    const PEOPLE: usize = 16_000;
    let bundle = || {
        (Columns::<0>([0; 2]), Columns::<1>([0; 2]), Columns::<2>([0; 2]), Columns::<3>([0; 2]), Columns::<4>([0; 2]))
    };
    let mut group = c.benchmark_group("rows/fate of the dead");
    group.throughput(criterion::Throughput::Elements(PEOPLE as u64));
    let world = || {
        let mut world = World::new();
        let people: Vec<Entity> = world.spawn_batch((0..PEOPLE).map(|_| bundle())).collect();
        (world, people)
    };
    group.bench_function("despawned and spawned", |b| {
        b.iter_batched_ref(
            world,
            |(world, people)| {
                for dead in people.iter().step_by(62) {
                    world.despawn(*dead);
                }
                world.spawn_batch((0..PEOPLE / 50).map(|_| bundle())).for_each(drop);
            },
            BatchSize::PerIteration,
        );
    });
    group.bench_function("left in place, rows used again", |b| {
        b.iter_batched_ref(
            || {
                let mut world = World::new();
                world.spawn_batch((0..PEOPLE * 11 / 10).map(|_| bundle())).for_each(drop);
                world
            },
            |world| {
                // The dead cost a mark each, newcomers a write to each column.
                let mut query =
                    world
                        .query::<(&mut Columns<0>, &mut Columns<1>, &mut Columns<2>, &mut Columns<3>, &mut Columns<4>)>(
                        );
                for (mut a, mut b, mut c, mut d, mut e) in query.contiguous_iter_mut(world).expect("table storage") {
                    a.bypass_change_detection()[..PEOPLE].iter_mut().step_by(62).for_each(|column| column.0[0] = 1);
                    let new = PEOPLE..PEOPLE + PEOPLE / 50;
                    a.bypass_change_detection()[new.clone()].fill(Columns([0; 2]));
                    b.bypass_change_detection()[new.clone()].fill(Columns([0; 2]));
                    c.bypass_change_detection()[new.clone()].fill(Columns([0; 2]));
                    d.bypass_change_detection()[new.clone()].fill(Columns([0; 2]));
                    e.bypass_change_detection()[new].fill(Columns([0; 2]));
                }
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, deals, order, fate_of_the_dead);
criterion_main!(benches);
