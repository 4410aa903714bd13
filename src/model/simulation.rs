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
use crate::units::{Sex, Year};

use super::alignment::{Aligned, Factors, InForce, OwnRisk, Tallied, Tally, align};
use super::attribute::{Attribute, Sight, Values};
use super::columns::{Columns, Had, Remembered, with_column};
use super::community::{Circle, Community, Counts, Newcomers, Welcome};
use super::family::{Home, Kin, Union};
use super::household::Households;
use super::lever::{Lever, Levers};
use super::person::{Life, Person};
use super::phase::{Beat, Phase};
use super::reach::{Reached, Sights, Tallies, reach};
use super::rows::Rows;
use super::rule::InForce as RulesInForce;
use super::twin::Twins;

pub use super::barrier::{Answered, Asked, Asks, Barrier, Meeting};

/// A mechanism: one file, one entry of the catalogue.
pub trait Process: 'static {
    /// The name of its configuration file below `configs/norway`, without `.toml`.
    const NAME: &'static str;
    /// Its `[params]`.
    type Params: DeserializeOwned + Check + Resource + Clone + Sync;

    /// Declares what the mechanism has, shows, moves and does.
    fn install(sim: &mut Simulation);

    /// Makes anew what [`Process::install`] made of the parameters, after a rule has changed them.
    fn renew(_world: &mut World) {}
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

/// The registered sex.
pub const SEX: Attribute = Attribute {
    name: "person.sex",
    unit: "0 female, 1 male",
    values: Values::Words(Sex::WORDS),
    about: "registered sex",
};

/// The age.
pub const AGE: Attribute = Attribute {
    name: "person.age",
    unit: "years",
    values: Values::Range(0.0, 127.0),
    about: "age reached in the year",
};

#[expect(clippy::cast_precision_loss, reason = "an age below 128")]
fn ages(world: &mut World) -> Vec<f32> {
    let year = *world.resource::<Year>();
    with_column::<Person, _>(world, |people| people.iter().map(|person| person.age_reached(year) as f32).collect())
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

/// A column of `cells_all.arrow` that a mechanism counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counter {
    /// The column.
    pub column: &'static str,
    /// What is counted, and for whom.
    pub about: &'static str,
    /// What it is counted by.
    pub axis: Axis,
}

/// What a counter's numbers stand by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Sex and age reached in the year; the counter is a column of `cells_all.arrow`.
    Age,
    /// Completed years of a state; what the two rows mean the counter says. It is in no file by itself.
    Duration,
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

/// A community under construction, and everything its mechanisms declare.
pub struct Simulation {
    world: World,
    columns: Columns,
    welcome: Schedule,
    schedules: Vec<(Beat, Schedule)>,
    /// Where communities wait for the nation, in the order declared.
    pub barriers: Vec<Barrier>,
    /// Levers declared.
    pub levers: Vec<Lever>,
    /// Attributes shown.
    pub readers: Vec<Reader>,
    /// Attributes that measures may ask for: those shown, and others.
    pub sights: Vec<Sight>,
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
        world.insert_resource(Reached::default());
        world.insert_resource(Tallies::default());
        world.insert_resource(Twins::default());
        world.insert_resource(RulesInForce::default());
        world.insert_resource(Rows::default());
        world.insert_resource(Newcomers::default());
        world.insert_resource(Counts::default());
        world.insert_resource(Remembered::default());
        world.insert_resource(Households::default());
        world.register_required_components::<Person, Life>();
        world.register_required_components::<Person, Kin>();
        world.register_required_components::<Person, Union>();
        world.register_required_components::<Person, Home>();
        let columns = Columns::new(&mut world);
        let mut sim = Self {
            world,
            columns,
            welcome: Schedule::new(Welcome),
            schedules: Vec::new(),
            barriers: Vec::new(),
            levers: Vec::new(),
            readers: Vec::new(),
            sights: Vec::new(),
            decisions: Vec::new(),
            counters: Vec::new(),
            expectations: Vec::new(),
        };
        sim.sees::<Person>(SEX, |person| f32::from(person.sex as u8))
            .sees_of_all(AGE, ages)
            .every_year(Phase::Reach, reach);
        sim
    }

    /// Installs a mechanism with its parameters.
    pub fn install<P: Process>(&mut self, params: Arc<P::Params>) {
        self.world.insert_resource(Shared(params));
        P::install(self);
    }

    /// Everyone has this component; snapshots keep it.
    pub fn everyone_has<C: Had + NoUninit + CheckedBitPattern>(&mut self) -> &mut Self {
        self.world.register_required_components::<Person, C>();
        self.columns.add_lasting::<C>(&mut self.world, false);
        self
    }

    /// Everyone has this component, and it is known of the dead and the moved as long as somebody here descends from them
    /// ([`RememberedOf`](super::columns::RememberedOf)).
    pub fn everyone_has_and_leaves<C: Had + NoUninit + CheckedBitPattern>(&mut self) -> &mut Self {
        self.world.register_required_components::<Person, C>();
        self.columns.add_lasting::<C>(&mut self.world, true);
        self
    }

    /// Everyone has this component, and its owner computes it anew each year before anybody reads it.
    pub fn everyone_gets_yearly<C: Had>(&mut self) -> &mut Self {
        self.world.register_required_components::<Person, C>();
        self.columns.add_yearly::<C>(&mut self.world);
        self
    }

    /// The mechanism reads this component of another, which stands before it in the catalogue; if that one is left out, everyone has the
    /// component's first value.
    pub fn reads<C: Had>(&mut self) -> &mut Self {
        if self.columns.holds::<C>() { self } else { self.everyone_gets_yearly::<C>() }
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
        self.sees::<C>(attribute, |value| {
            #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
            let shown = value.shown() as f32;
            shown
        })
    }

    /// Measures may see this of a component; what is not known is not a number.
    pub fn sees<C: Component<Mutability = Mutable>>(&mut self, attribute: Attribute, of: fn(&C) -> f32) -> &mut Self {
        self.sees_of_all(attribute, move |world| with_column::<C, _>(world, |column| column.iter().map(of).collect()))
    }

    /// Measures may see this of everyone, vacant rows included: a number for each row.
    pub fn sees_of_all(
        &mut self,
        attribute: Attribute,
        column: impl Fn(&mut World) -> Vec<f32> + Send + Sync + 'static,
    ) -> &mut Self {
        self.sights.push(Sight { attribute, column: Arc::new(column) });
        self
    }

    /// Counts events by sex and age reached; they become a column of `cells_all.arrow`.
    pub fn counts(&mut self, counter: Counter) -> &mut Self {
        self.world.resource_mut::<Counts>().events.push([[0; COHORTS]; 2]);
        self.world.insert_resource(CounterPlaces::with(&self.world, counter, self.counters.len()));
        self.counters.push(counter);
        self
    }

    /// Adds up expected events by sex and age reached; they become a column of `cells_all.arrow`.
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

    /// Aligns a risk by sex and age: `assess` writes and tallies it, the barrier solves its factors, `decide` uses the aligned risk.
    pub fn aligns<R: OwnRisk, M, N>(
        &mut self,
        phase: Phase,
        assess: impl IntoScheduleConfigs<ScheduleSystem, M>,
        decide: impl IntoScheduleConfigs<ScheduleSystem, N>,
    ) -> &mut Self {
        self.aligns_itself::<R, _, _>(phase, assess, (align::<R>, decide).chain())
    }

    /// The same for classes other than the sexes: `decide` multiplies the risk by the factor [`InForce`] for each person's class.
    pub fn aligns_itself<R: Aligned, M, N>(
        &mut self,
        phase: Phase,
        assess: impl IntoScheduleConfigs<ScheduleSystem, M>,
        decide: impl IntoScheduleConfigs<ScheduleSystem, N>,
    ) -> &mut Self {
        let meeting = Meeting::Align {
            classes: R::CLASSES,
            take: |world| world.resource_mut::<Tallied<R>>().tally.take(),
            put: |world, factors| world.resource_mut::<InForce<R>>().factors = factors,
            begin: |world, reference| {
                world.resource_mut::<Tallied<R>>().tally = reference.then(|| Tally::of(R::CLASSES));
            },
        };
        self.barriers.push(Barrier { name: R::NAME, phase, meeting });
        self.world.insert_resource(Tallied::<R>::new(None));
        self.world.insert_resource(InForce::<R>::new(Factors::ones(R::CLASSES)));
        self.add(Beat::Assess(phase), assess);
        self.add(Beat::Decide(phase), decide)
    }

    /// Asks the nation in a phase for what other systems of the mechanism have summed up by then; without a system of its own.
    ///
    /// The answer stays in force until the next year's: until this phase, systems read the answer to last year's sums.
    pub fn asks_for_next_year<A: Asks>(&mut self, phase: Phase) -> &mut Self {
        self.asks::<A, _>(phase, || {})
    }

    /// Asks the nation in a phase: `ask` fills [`Asked`], the barrier adds up and answers, and systems after it read [`Answered`].
    pub fn asks<A: Asks, M>(&mut self, phase: Phase, ask: impl IntoScheduleConfigs<ScheduleSystem, M>) -> &mut Self {
        let meeting = Meeting::Ask {
            sums: |world| &world.resource::<Asked<A>>().sums,
            answer: A::answer,
            put: |world, answer| world.resource_mut::<Answered<A>>().answer = answer,
        };
        self.barriers.push(Barrier { name: A::NAME, phase, meeting });
        self.world.insert_resource(Asked::<A>::nothing());
        self.world.insert_resource(Answered::<A>::nothing());
        self.add(Beat::Assess(phase), ask)
    }

    fn add<M>(&mut self, beat: Beat, systems: impl IntoScheduleConfigs<ScheduleSystem, M>) -> &mut Self {
        let place = self.schedules.iter().position(|(there, _)| *there == beat).unwrap_or_else(|| {
            self.schedules.push((beat, Schedule::default()));
            self.schedules.len() - 1
        });
        self.schedules[place].1.add_systems(systems);
        self
    }

    /// The mechanism's parameters, while it installs itself.
    ///
    /// # Panics
    ///
    /// If they are another mechanism's.
    #[must_use]
    pub fn params<P: Send + Sync + 'static>(&self) -> Arc<P> {
        self.world.resource::<Shared<P>>().0.clone()
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
        self.world.insert_resource(Sights(self.sights.into()));
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
            sights: self.sights,
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
    /// Where communities wait for the nation, in the order of the year.
    pub barriers: Vec<Barrier>,
    /// Levers.
    pub levers: Vec<Lever>,
    /// Attributes and how to read them.
    pub readers: Vec<Reader>,
    /// Attributes that measures may ask for.
    pub sights: Vec<Sight>,
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
