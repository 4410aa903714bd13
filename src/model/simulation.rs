//! What mechanisms install themselves into.

use std::sync::Arc;

use bevy_ecs::component::{Component, Mutable};
use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::{IntoScheduleConfigs, LogLevel, Schedule, ScheduleBuildSettings, SingleThreadedExecutor};
use bevy_ecs::system::ScheduleSystem;
use bevy_ecs::world::World;
use bytemuck::{CheckedBitPattern, NoUninit};
use serde::de::DeserializeOwned;

use crate::config::Check;
use crate::draws::{Decision, Draws};
use crate::record::Record;
use crate::record::lexis::COHORTS;
use crate::sums::Fixed;
use crate::units::Year;

use super::alignment::{Aligned, Factors, InForce, Tallied, Tally, align};
use super::attribute::Attribute;
use super::community::{Circle, Columns, Community, Counts, Had, Newcomers, Rows, Welcome, with_column};
use super::lever::{Lever, Levers};
use super::person::{Life, Person};
use super::phase::{Beat, Phase};

/// A mechanism: one file, one entry of the catalogue.
pub trait Process: 'static {
    /// The name of its configuration file below `configs/norway`, without `.toml`.
    const NAME: &'static str;
    /// Its `[params]`.
    type Params: DeserializeOwned + Check + Resource + Clone + Sync;

    /// Declares what the mechanism has, shows, moves and does.
    fn install(sim: &mut Simulation);
}

/// A value that all communities share.
#[derive(Resource)]
pub struct Shared<T: Send + Sync + 'static>(pub Arc<T>);

impl<T: Send + Sync + 'static> std::ops::Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

type Read = fn(&mut World, &[u32], &mut Vec<f64>);

/// An attribute and how to read it for the people in some rows.
#[derive(Clone, Copy)]
pub struct Reader {
    /// What is read.
    pub attribute: Attribute,
    read: Read,
}

impl Reader {
    /// One number for each row.
    pub fn read(&self, world: &mut World, rows: &[u32], into: &mut Vec<f64>) {
        (self.read)(world, rows, into);
    }
}

/// A number that a component holds.
pub trait Shown: Component<Mutability = Mutable> {
    /// The number.
    fn shown(&self) -> f64;
}

/// A column of `cells.arrow` that a mechanism counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counter {
    /// The column.
    pub column: &'static str,
    /// What is counted, and for whom.
    pub about: &'static str,
}

/// Where each counter is kept.
#[derive(Resource, Clone, Default)]
pub struct CounterPlaces(Vec<(&'static str, usize)>);

impl CounterPlaces {
    fn with(world: &World, counter: Counter, place: usize) -> Self {
        let mut places = world.get_resource::<Self>().cloned().unwrap_or_default();
        places.0.push((counter.column, place));
        places
    }

    /// The place of a counter.
    ///
    /// # Panics
    ///
    /// If the mechanism did not declare it.
    #[must_use]
    pub fn of(&self, counter: Counter) -> usize {
        self.0.iter().find(|(column, _)| *column == counter.column).expect("a mechanism declares its counters").1
    }
}

/// A declared alignment and how to reach its sums and factors in a community.
#[derive(Clone, Copy)]
pub struct Barrier {
    /// The name of the aligned risk.
    pub name: &'static str,
    /// The phase it belongs to.
    pub phase: Phase,
    /// Takes the sums of a community, leaving none.
    pub take: fn(&mut World) -> Option<Tally>,
    /// Puts factors in force in a community.
    pub put: fn(&mut World, Factors),
    /// Begins a year: with a tally in the reference, without one elsewhere.
    pub begin: fn(&mut World, bool),
}

/// A community under construction, and everything its mechanisms declare.
pub struct Simulation {
    world: World,
    columns: Columns,
    welcome: Schedule,
    schedules: Vec<(Beat, Schedule)>,
    /// Aligned risks, in the order they are declared.
    pub barriers: Vec<Barrier>,
    /// Levers declared.
    pub levers: Vec<Lever>,
    /// Attributes shown.
    pub readers: Vec<Reader>,
    /// Decisions declared.
    pub decisions: Vec<Decision>,
    /// Counters of events declared.
    pub counters: Vec<Counter>,
    /// Counters of expected events declared.
    pub expectations: Vec<Counter>,
}

impl Simulation {
    /// An empty community that knows the record and the seed.
    #[must_use]
    pub fn new(record: Arc<Record>, draws: Draws, circle: Circle) -> Self {
        let mut world = World::new();
        world.insert_resource(Shared(record));
        world.insert_resource(draws);
        world.insert_resource(circle);
        world.insert_resource(Year(0));
        world.insert_resource(Levers::default());
        world.insert_resource(Rows::default());
        world.insert_resource(Newcomers::default());
        world.insert_resource(Counts::default());
        world.register_required_components::<Person, Life>();
        let columns = Columns::new(&mut world);
        Self {
            world,
            columns,
            welcome: Schedule::new(Welcome),
            schedules: Vec::new(),
            barriers: Vec::new(),
            levers: Vec::new(),
            readers: Vec::new(),
            decisions: Vec::new(),
            counters: Vec::new(),
            expectations: Vec::new(),
        }
    }

    /// Installs a mechanism with its parameters.
    pub fn install<P: Process>(&mut self, params: Arc<P::Params>) {
        self.world.insert_resource(Shared(params));
        P::install(self);
    }

    /// Everyone has this component; snapshots keep it.
    pub fn everyone_has<C: Had + NoUninit + CheckedBitPattern>(&mut self) -> &mut Self {
        self.world.register_required_components::<Person, C>();
        self.columns.add_lasting::<C>(&mut self.world);
        self
    }

    /// Everyone has this component, and its owner computes it anew each year before anybody reads it.
    pub fn everyone_gets_yearly<C: Had>(&mut self) -> &mut Self {
        self.world.register_required_components::<Person, C>();
        self.columns.add_yearly::<C>(&mut self.world);
        self
    }

    /// Measures may move this lever.
    pub fn lever(&mut self, lever: Lever) -> &mut Self {
        self.levers.push(lever);
        self
    }

    /// Chance enters here.
    pub fn decision(&mut self, decision: Decision) -> &mut Self {
        self.decisions.push(decision);
        self
    }

    /// Histories and measures may see this number of a component.
    pub fn shows<C: Shown>(&mut self, attribute: Attribute) -> &mut Self {
        let read: Read = |world, rows, into| {
            with_column::<C, _>(world, |column| into.extend(rows.iter().map(|row| column[*row as usize].shown())));
        };
        self.readers.push(Reader { attribute, read });
        self
    }

    /// Counts events by sex and age reached; they become a column of `cells.arrow`.
    pub fn counts(&mut self, counter: Counter) -> &mut Self {
        self.world.resource_mut::<Counts>().events.push([[0; COHORTS]; 2]);
        self.world.insert_resource(CounterPlaces::with(&self.world, counter, self.counters.len()));
        self.counters.push(counter);
        self
    }

    /// Adds up expected events by sex and age reached; they become a column of `cells.arrow`.
    pub fn expects(&mut self, counter: Counter) -> &mut Self {
        self.world.resource_mut::<Counts>().expected.push([[Fixed(0); COHORTS]; 2]);
        self.world.insert_resource(CounterPlaces::with(&self.world, counter, self.expectations.len()));
        self.expectations.push(counter);
        self
    }

    /// Deals newcomers (founders, newborn, immigrants) their first state of this mechanism.
    pub fn on_arrival<M>(&mut self, systems: impl IntoScheduleConfigs<ScheduleSystem, M>) -> &mut Self {
        self.welcome.add_systems(systems);
        self
    }

    /// Runs systems each year, after the barrier of their phase if it has one.
    pub fn every_year<M>(&mut self, phase: Phase, systems: impl IntoScheduleConfigs<ScheduleSystem, M>) -> &mut Self {
        self.add(Beat::Decide(phase), systems)
    }

    /// Aligns a risk: `assess` writes and tallies it, the barrier solves its factors, `decide` uses the aligned risk.
    pub fn aligns<R: Aligned, M, N>(
        &mut self,
        phase: Phase,
        assess: impl IntoScheduleConfigs<ScheduleSystem, M>,
        decide: impl IntoScheduleConfigs<ScheduleSystem, N>,
    ) -> &mut Self {
        self.barriers.push(Barrier {
            name: R::NAME,
            phase,
            take: |world| world.resource_mut::<Tallied<R>>().tally.take(),
            put: |world, factors| world.resource_mut::<InForce<R>>().factors = factors,
            begin: |world, reference| world.resource_mut::<Tallied<R>>().tally = reference.then(Tally::default),
        });
        self.world.insert_resource(Tallied::<R>::new(None));
        self.world.insert_resource(InForce::<R>::new(Factors::default()));
        self.add(Beat::Assess(phase), assess);
        self.add(Beat::Decide(phase), (align::<R>, decide).chain())
    }

    fn add<M>(&mut self, beat: Beat, systems: impl IntoScheduleConfigs<ScheduleSystem, M>) -> &mut Self {
        let place = self.schedules.iter().position(|(there, _)| *there == beat).unwrap_or_else(|| {
            self.schedules.push((beat, Schedule::default()));
            self.schedules.len() - 1
        });
        self.schedules[place].1.add_systems(systems);
        self
    }

    /// A resource of the mechanism's own.
    pub fn resource<R: Resource>(&mut self, resource: R) -> &mut Self {
        self.world.insert_resource(resource);
        self
    }

    /// The community, ready to live.
    ///
    /// # Panics
    ///
    /// If two systems of one phase touch the same data in undefined order.
    #[must_use]
    pub fn build(mut self) -> Community {
        self.world.insert_resource(self.columns);
        let settings =
            ScheduleBuildSettings { ambiguity_detection: LogLevel::Error, ..ScheduleBuildSettings::default() };
        let world = &mut self.world;
        let mut ready = |mut schedule: Schedule| {
            schedule.set_executor(SingleThreadedExecutor::new());
            schedule.set_build_settings(settings.clone());
            schedule.initialize(world).expect("systems of one phase touch different data or are chained");
            schedule
        };
        self.schedules.sort_by_key(|(beat, _)| beat.order());
        let mut segments = vec![Vec::new()];
        for (beat, schedule) in self.schedules {
            segments.last_mut().expect("never empty").push(ready(schedule));
            if matches!(beat, Beat::Assess(_)) {
                segments.push(Vec::new());
            }
        }
        let welcome = ready(self.welcome);
        self.world.add_schedule(welcome);
        Community { world: self.world, segments }
    }

    /// Everything declared, without the people.
    #[must_use]
    pub fn declared(self) -> Declared {
        let mut barriers = self.barriers;
        barriers.sort_by_key(|barrier| barrier.phase);
        Declared {
            barriers,
            levers: self.levers,
            readers: self.readers,
            decisions: self.decisions,
            counters: self.counters,
            expectations: self.expectations,
            columns: self.columns.described(),
            beats: {
                let mut beats: Vec<Beat> = self.schedules.iter().map(|(beat, _)| *beat).collect();
                beats.sort_by_key(|beat| beat.order());
                beats
            },
        }
    }
}

/// What the mechanisms of a run declare.
#[derive(Clone)]
pub struct Declared {
    /// Aligned risks, in the order of the year.
    pub barriers: Vec<Barrier>,
    /// Levers.
    pub levers: Vec<Lever>,
    /// Attributes and how to read them.
    pub readers: Vec<Reader>,
    /// Decisions.
    pub decisions: Vec<Decision>,
    /// Counters of events.
    pub counters: Vec<Counter>,
    /// Counters of expected events.
    pub expectations: Vec<Counter>,
    /// The components of a person: names, and bytes in a snapshot.
    pub columns: Vec<(&'static str, usize)>,
    /// The beats of the year that hold systems, in order.
    pub beats: Vec<Beat>,
}

#[cfg(test)]
mod tests {
    use bevy_ecs::system::ResMut;

    use super::*;
    fn sim() -> Simulation {
        let (circle, draws) = (Circle { number: 0, of: 1, weight: 1.0 }, Draws::new(1, 0));
        Simulation::new(Arc::new(Record::empty()), draws, circle)
    }

    fn one(_: ResMut<Newcomers>) {}
    fn other(_: ResMut<Newcomers>) {}

    #[test]
    #[should_panic(expected = "systems of one phase touch different data or are chained")]
    fn two_systems_that_touch_the_same_data_in_no_order_are_refused() {
        let mut sim = sim();
        sim.every_year(Phase::Work, one).every_year(Phase::Work, other);
        let _ = sim.build();
    }

    #[test]
    fn the_same_systems_in_a_chain_or_in_two_phases_are_in_order() {
        let mut sim = sim();
        sim.every_year(Phase::Work, (one, other).chain()).every_year(Phase::Income, one);
        assert_eq!(sim.build().segments.len(), 1);
    }
}
