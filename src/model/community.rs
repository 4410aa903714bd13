//! A community: a closed circle of people, one World, one schedule.
//!
//! People find partners and have children inside their community; lineages stay in it. That makes it the unit of parallel work
//! and, in groups, of standard errors.
//!
//! **Rows.** All people of a community are rows of one table. The dead and the moved stay where they are, skipped, until the rows
//! are *dealt anew*: the living are moved to the front, ordered by sex, year of birth and id, and the rows behind them are free for
//! newcomers. Nothing is despawned, and only a community that outgrows its reserve spawns. The order of rows is speed, never
//! meaning.

use std::ops::Range;

use bevy_ecs::change_detection::Mut;
use bevy_ecs::component::{Component, Mutable};
use bevy_ecs::query::QueryState;
use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::{Schedule, ScheduleLabel};
use bevy_ecs::world::World;
use bytemuck::{CheckedBitPattern, NoUninit};

use crate::draws::BLOCK;
use crate::record::lexis::COHORTS;
use crate::sums::Fixed;
use crate::units::{Sex, Year};

use super::lever::Levers;
use super::person::{Life, Origin, Person, row_of};
use super::simulation::Barrier;

/// Which rows hold people, dead or alive; those behind are vacant.
#[derive(Resource, Clone, Debug, Default)]
pub struct Rows {
    used: usize,
    /// Rows there are, vacant ones included.
    room: usize,
    before_this_year: usize,
    new: Range<usize>,
    runs: Vec<StoredRun>,
}

#[derive(Clone, Debug)]
struct StoredRun {
    rows: Range<usize>,
    sex: Sex,
    born: i16,
    origin: Origin,
}

/// Neighbouring rows of people of one sex and year of birth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The rows.
    pub rows: Range<usize>,
    /// Their sex.
    pub sex: Sex,
    /// The age they reach in the year.
    pub age: usize,
    /// Whether they came into the population this year.
    pub new: bool,
    /// Whether they moved in this year.
    pub arrives: bool,
}

/// Rows in blocks of people that are drawn for in one stroke; the last may be shorter.
///
/// Draws go by blocks, not by runs: the people who came since the last deal stand in runs of one or two, and each run would cost the
/// draws of a whole block.
pub fn blocks(rows: usize) -> impl Iterator<Item = Range<usize>> {
    (0..rows).step_by(BLOCK).map(move |start| start..(start + BLOCK).min(rows))
}

impl Rows {
    /// The number of rows in use: systems look at these and no others.
    #[inline]
    #[must_use]
    pub const fn used(&self) -> usize {
        self.used
    }

    /// The rows of the people admitted last, for systems that deal newcomers their first state.
    #[must_use]
    pub fn new_people(&self) -> Range<usize> {
        self.new.clone()
    }

    /// All rows in use as runs of one sex and year of birth: what depends on these alone is looked up once a run, and the loop over
    /// its rows is short and even. Runs are long where rows have been dealt, and no shorter than right elsewhere.
    pub fn runs(&self, year: Year) -> impl Iterator<Item = Run> {
        self.runs.iter().map(move |run| {
            let new = run.rows.start >= self.before_this_year;
            Run {
                rows: run.rows.clone(),
                sex: run.sex,
                age: row_of(year.0 - run.born),
                new,
                arrives: new && run.origin == Origin::Immigrant,
            }
        })
    }

    /// Takes rows into use that `people` are in, as runs.
    fn take(&mut self, people: &[Person]) {
        self.new = self.used..self.used + people.len();
        for person in people {
            match self.runs.last_mut() {
                // A run does not reach from one admission into the next.
                Some(run) if (run.sex, run.born) == (person.sex, person.born) && run.rows.end > self.new.start => {
                    run.rows.end += 1;
                }
                _ => self.runs.push(StoredRun {
                    rows: self.used..self.used + 1,
                    sex: person.sex,
                    born: person.born,
                    origin: person.origin,
                }),
            }
            self.used += 1;
        }
    }
}

/// Where a community stands among the others of its run.
#[derive(Resource, Clone, Copy, Debug)]
pub struct Circle {
    /// Its number, from 0.
    pub number: u32,
    /// How many communities there are.
    pub of: u32,
    /// How many real people each simulated one stands for.
    pub weight: f64,
}

/// One of the people dealt to a community: the `nth` of their sex and age in the nation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dealt {
    /// Registered sex.
    pub sex: Sex,
    /// Age reached in the year.
    pub age: usize,
    /// Place among the nation's people of that sex and age.
    pub nth: u64,
}

impl Circle {
    /// This community's share of a number of real people by sex and age, `[2][128]`: the nation's, in order of sex and age, are dealt
    /// one by one to the communities in turn.
    ///
    /// Numbers are rounded so that any range of ages adds up to its expected number within one person: the `k`-th person comes where the
    /// cumulated number, plus `round` (0 to 1), passes `k`.
    #[must_use]
    pub fn deal(self, people: &[Vec<f64>; 2], ratio: f64, round: f64) -> Vec<Dealt> {
        let (mut cumulated, mut dealt, mut mine) = (round, 0_u64, Vec::new());
        let (number, of) = (u64::from(self.number), u64::from(self.of));
        for sex in Sex::BOTH {
            for (age, people) in people[sex.index()].iter().enumerate() {
                cumulated += people * ratio / self.weight;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "the whole part of a positive number"
                )]
                let until = cumulated as u64;
                let first = dealt + (number + of - dealt % of) % of;
                mine.extend((first..until).step_by(self.of as usize).map(|k| Dealt { sex, age, nth: k - dealt }));
                dealt = until;
            }
        }
        mine
    }
}

/// People waiting to be admitted.
#[derive(Resource, Clone, Debug, Default)]
pub struct Newcomers(pub Vec<Person>);

/// What mechanisms count this year, by sex and age reached, in the order the counters were declared.
#[derive(Resource, Clone, Debug, Default)]
pub struct Counts {
    /// Events, `[counter][2][128]`.
    pub events: Vec<[[u32; COHORTS]; 2]>,
    /// Expected events, `[counter][2][128]`.
    pub expected: Vec<[[Fixed; COHORTS]; 2]>,
}

/// The systems that deal newcomers their first state; they run whenever people are admitted.
#[derive(ScheduleLabel, Clone, Debug, PartialEq, Eq, Hash)]
pub struct Welcome;

/// What is needed of a component that people have.
pub trait Had: Component<Mutability = Mutable> + Copy + Default {}
impl<C: Component<Mutability = Mutable> + Copy + Default> Had for C {}

/// One column of the table of people.
trait Column: Send + Sync {
    fn name(&self) -> &'static str;
    /// Bytes per person in a snapshot; zero for what is known anew each year.
    fn bytes(&self) -> usize;
    fn save(&mut self, world: &mut World, order: &[u32], into: &mut Vec<u8>);
    fn restore(&mut self, world: &mut World, bytes: &[u8]) -> Result<(), String>;
    /// Gives new people the first value.
    fn reset(&mut self, world: &mut World, rows: Range<usize>);
    fn deal(&mut self, world: &mut World, order: &[u32]);
}

/// A column of one component. The query is kept, because making one costs more than using it.
struct ColumnOf<C: Component<Mutability = Mutable>> {
    query: QueryState<&'static mut C>,
    codec: Option<Codec<C>>,
    first: Option<C>,
}

/// How a value becomes bytes and is read back.
struct Codec<C> {
    save: fn(&C, &mut Vec<u8>),
    read: fn(&[u8]) -> Option<C>,
}

fn codec<C: NoUninit + CheckedBitPattern>() -> Codec<C> {
    Codec {
        save: |value, into| into.extend_from_slice(bytemuck::bytes_of(value)),
        read: |bytes| bytemuck::checked::try_pod_read_unaligned(bytes).ok(),
    }
}

impl<C: Component<Mutability = Mutable> + Copy> Column for ColumnOf<C> {
    fn name(&self) -> &'static str {
        std::any::type_name::<C>()
    }

    fn bytes(&self) -> usize {
        if self.codec.is_some() { size_of::<C>() } else { 0 }
    }

    fn save(&mut self, world: &mut World, order: &[u32], into: &mut Vec<u8>) {
        if let Some(codec) = &self.codec {
            with(&mut self.query, world, |column| {
                order.iter().for_each(|row| (codec.save)(&column[*row as usize], into));
            });
        }
    }

    fn restore(&mut self, world: &mut World, bytes: &[u8]) -> Result<(), String> {
        let Some(codec) = &self.codec else { return Ok(()) };
        let bad = || format!("a value of {} is not valid", std::any::type_name::<C>());
        with(&mut self.query, world, |column| {
            column.iter_mut().zip(bytes.chunks_exact(size_of::<C>())).try_for_each(|(value, bytes)| {
                *value = (codec.read)(bytes).ok_or_else(bad)?;
                Ok(())
            })
        })
    }

    fn reset(&mut self, world: &mut World, rows: Range<usize>) {
        if let Some(first) = self.first {
            with(&mut self.query, world, |column| column[rows].fill(first));
        }
    }

    fn deal(&mut self, world: &mut World, order: &[u32]) {
        with(&mut self.query, world, |column| {
            let dealt: Vec<C> = order.iter().map(|row| column[*row as usize]).collect();
            column[..dealt.len()].copy_from_slice(&dealt);
        });
    }
}

/// Does something with the whole column of a component, vacant rows included.
fn with<C: Component<Mutability = Mutable>, T>(
    query: &mut QueryState<&'static mut C>,
    world: &mut World,
    act: impl FnOnce(&mut [C]) -> T,
) -> T {
    match query.contiguous_iter_mut(world).expect("table storage").next() {
        Some(mut column) => act(column.bypass_change_detection()),
        None => act(&mut []),
    }
}

/// Does something with the whole column of a component of people, vacant rows included, now and then.
pub fn with_column<C: Component<Mutability = Mutable>, T>(world: &mut World, act: impl FnOnce(&mut [C]) -> T) -> T {
    let mut query = world.query::<&mut C>();
    let mut columns = query.contiguous_iter_mut(world).expect("table storage");
    match columns.next() {
        Some(mut column) => act(column.bypass_change_detection()),
        None => act(&mut []),
    }
}

/// The table of people, column by column.
#[derive(Resource)]
pub(super) struct Columns {
    people: QueryState<&'static mut Person>,
    lives: QueryState<&'static mut Life>,
    /// What snapshots and deals go through: people first.
    all: Vec<Box<dyn Column>>,
}

impl Columns {
    pub(super) fn new(world: &mut World) -> Self {
        let person = ColumnOf { query: world.query::<&mut Person>(), codec: Some(codec()), first: None };
        let life = ColumnOf { query: world.query::<&mut Life>(), codec: None, first: Some(Life::default()) };
        Self { people: world.query(), lives: world.query(), all: vec![Box::new(person), Box::new(life)] }
    }

    /// A column that lasts: snapshots save and check it.
    pub(super) fn add_lasting<C: Had + NoUninit + CheckedBitPattern>(&mut self, world: &mut World) {
        let column = ColumnOf::<C> { query: world.query(), codec: Some(codec()), first: Some(C::default()) };
        self.all.push(Box::new(column));
    }

    /// A column that its owner computes anew each year before anybody reads it.
    pub(super) fn add_yearly<C: Had>(&mut self, world: &mut World) {
        self.all.push(Box::new(ColumnOf::<C> { query: world.query(), codec: None, first: Some(C::default()) }));
    }

    /// The name of each column's component, and its bytes per person in a snapshot.
    pub(super) fn described(&self) -> Vec<(&'static str, usize)> {
        self.all.iter().map(|column| (column.name(), column.bytes())).collect()
    }

    fn saved(&self) -> usize {
        self.all.iter().filter(|column| column.bytes() > 0).count()
    }
}

/// A closed circle of people.
pub struct Community {
    /// Its people and what its systems share.
    pub world: World,
    /// The beats of the year, cut at the barriers.
    pub(super) segments: Vec<Vec<Schedule>>,
}

impl Community {
    /// Runs one segment of the year.
    pub fn live(&mut self, segment: usize) {
        self.segments[segment].iter_mut().for_each(|beat| beat.run(&mut self.world));
    }

    /// Begins a year: what the arm does to the levers, and, in the reference, empty tallies.
    pub fn begin_year(&mut self, year: Year, levers: &Levers, barriers: &[Barrier], reference: bool) {
        self.world.clear_trackers();
        let mut rows = self.world.resource_mut::<Rows>();
        rows.before_this_year = rows.used;
        *self.world.resource_mut::<Year>() = year;
        self.world.resource_mut::<Levers>().clone_from(levers);
        let mut counts = self.world.resource_mut::<Counts>();
        counts.events.iter_mut().for_each(|counter| *counter = [[0; COHORTS]; 2]);
        counts.expected.iter_mut().for_each(|counter| *counter = [[Fixed(0); COHORTS]; 2]);
        barriers.iter().for_each(|barrier| (barrier.begin)(&mut self.world, reference));
    }

    /// Rows in the order snapshots and deals use: the people here after `year`, by sex, year of birth and id.
    pub fn living(&mut self, year: Year) -> Vec<u32> {
        let used = self.world.resource::<Rows>().used;
        let mut query = self.world.query::<(&Person, &Life)>();
        let Some((people, lives)) = query.contiguous_iter(&self.world).expect("table storage").next() else {
            return Vec::new();
        };
        let key = |row: usize| {
            let person = people[row];
            (person.sex, person.born, person.id, u32::try_from(row).expect("fewer rows than 2³²"))
        };
        let mut order: Vec<_> = (0..used).filter(|row| lives[*row].goes_on(year)).map(key).collect();
        // A stable sort is quick here: all but the rows since the last deal are in order already.
        order.sort();
        order.into_iter().map(|(.., row)| row).collect()
    }

    /// Moves the living to the front, in order; the rows behind them become vacant. `year` is the year just closed.
    pub fn deal_anew(&mut self, year: Year) {
        let order = self.living(year);
        self.deal(&order);
    }

    /// Moves the people of some rows to the front, in the order given; the rows behind them become vacant.
    pub fn deal(&mut self, order: &[u32]) {
        self.world.resource_scope(|world, mut columns: Mut<Columns>| {
            columns.all.iter_mut().for_each(|column| column.deal(world, order));
            with(&mut columns.lives, world, |lives| lives[order.len()..].fill(Life::VACANT));
            let mut rows = Rows { room: world.resource::<Rows>().room, ..Rows::default() };
            with(&mut columns.people, world, |people| rows.take(&people[..order.len()]));
            *world.resource_mut::<Rows>() = Rows { new: 0..0, before_this_year: rows.used, ..rows };
        });
    }

    /// Whether a year's newcomers might not find room: then the rows are best dealt anew.
    #[must_use]
    pub fn is_nearly_full(&self) -> bool {
        let rows = self.world.resource::<Rows>();
        rows.used + rows.used / 32 + 8 > rows.room
    }

    /// The bytes of every lasting column, in the order they were declared, people in the order of deals.
    pub fn save(&mut self, year: Year) -> Vec<Vec<u8>> {
        let order = self.living(year);
        self.world.resource_scope(|world, mut columns: Mut<Columns>| {
            let lasting = columns.all.iter_mut().filter(|column| column.bytes() > 0);
            lasting
                .map(|column| {
                    let mut bytes = Vec::with_capacity(order.len() * column.bytes());
                    column.save(world, &order, &mut bytes);
                    bytes
                })
                .collect()
        })
    }

    /// Fills the community from saved columns; whoever was in it before is gone.
    ///
    /// # Errors
    ///
    /// If a column's length or a value's bits are wrong; the text says which.
    pub fn restore(&mut self, saved: &[&[u8]]) -> Result<(), String> {
        self.world.resource_scope(|world, mut columns: Mut<Columns>| {
            if saved.len() != columns.saved() {
                return Err(format!("{} columns instead of {}", saved.len(), columns.saved()));
            }
            let people = saved[0].len() / columns.all[0].bytes();
            let lasting = || columns.all.iter().filter(|column| column.bytes() > 0);
            for (column, bytes) in lasting().zip(saved) {
                if bytes.len() != people * column.bytes() {
                    return Err(format!("{} bytes of {} for {people} people", bytes.len(), column.name()));
                }
            }
            let room = world.resource::<Rows>().room;
            *world.resource_mut::<Rows>() = Rows { room, ..Rows::default() };
            make_room(world, people);
            with(&mut columns.lives, world, |lives| lives.fill(Life::VACANT));
            columns.all.iter_mut().for_each(|column| column.reset(world, 0..people));
            let mut lasting = columns.all.iter_mut().filter(|column| column.bytes() > 0).zip(saved);
            lasting.try_for_each(|(column, bytes)| column.restore(world, bytes))?;
            let mut rows = Rows { room: world.resource::<Rows>().room, ..Rows::default() };
            with(&mut columns.people, world, |column| rows.take(&column[..people]));
            *world.resource_mut::<Rows>() = Rows { new: 0..0, ..rows };
            Ok(())
        })
    }

    /// Makes sure the table has at least this many rows, so that it need not grow in mid-run.
    pub fn reserve(&mut self, rows: usize) {
        grow(&mut self.world, rows);
    }

    /// Admits people in rows of their own, every other column at its default.
    pub fn admit(&mut self, people: Vec<Person>) {
        self.world.resource_mut::<Newcomers>().0 = people;
        admit(&mut self.world);
    }
}

/// What an unused row holds in place of a person; nobody reads it.
const VACANT_PERSON: Person = Person::founder(Year(0), Sex::Female, 0, 0);

/// Admits the newcomers that wait, as a system.
pub fn admit(world: &mut World) {
    let mut people = std::mem::take(&mut world.resource_mut::<Newcomers>().0);
    if people.is_empty() {
        return;
    }
    people.sort_unstable_by_key(|person| (person.sex, person.born, person.id));
    make_room(world, people.len());
    let mut rows = world.resource_mut::<Rows>();
    rows.take(&people);
    let new = rows.new_people();
    world.resource_scope(|world, mut columns: Mut<Columns>| {
        with(&mut columns.people, world, |column| column[new.clone()].copy_from_slice(&people));
        columns.all.iter_mut().for_each(|column| column.reset(world, new.clone()));
    });
    // The vector goes back, so that its memory serves every year.
    people.clear();
    world.resource_mut::<Newcomers>().0 = people;
    world.run_schedule(Welcome);
}

/// Makes sure that `count` rows are vacant, spawning more if the reserve is used up.
fn make_room(world: &mut World, count: usize) {
    let rows = world.resource::<Rows>();
    let end = rows.used + count;
    if end > rows.room {
        // A sixteenth on top, so that growth is rare.
        grow(world, end + end / 16 + 16);
    }
}

/// Spawns vacant rows up to this number.
fn grow(world: &mut World, rows: usize) {
    let have = world.resource::<Rows>().room;
    if rows > have {
        world.spawn_batch((have..rows).map(|_| (VACANT_PERSON, Life::VACANT)));
        world.resource_mut::<Rows>().room = rows;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn dealt(of: u32, weight: f64) -> Vec<Vec<Dealt>> {
        let people = [0.25, 3.5].map(|number| vec![number; COHORTS]);
        (0..of).map(|number| Circle { number, of, weight }.deal(&people, 1.0, 0.3)).collect()
    }

    #[test]
    fn all_communities_together_get_the_expected_number() {
        // 128 · (0.25 + 3.5) = 480; the offset of 0.3 adds nothing in the end.
        for of in [1, 7, 64, 1000] {
            assert_eq!(dealt(of, 1.0).iter().map(Vec::len).sum::<usize>(), 480, "{of} communities");
        }
        assert_eq!(dealt(64, 10.0).iter().map(Vec::len).sum::<usize>(), 48);
    }

    #[test]
    fn communities_get_equal_numbers_of_different_people() {
        let people = dealt(64, 1.0);
        assert!(people.iter().all(|people| (7..=8).contains(&people.len())));
        let different: HashSet<(usize, usize, u64)> =
            people.iter().flatten().map(|one| (one.sex.index(), one.age, one.nth)).collect();
        assert_eq!(different.len(), 480);
    }
}
