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
use std::sync::Arc;

use bevy_ecs::component::{Component, Mutable};
use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::{Schedule, ScheduleLabel};
use bevy_ecs::world::World;
use bytemuck::{CheckedBitPattern, NoUninit};

use crate::draws::BLOCK;
use crate::record::lexis::COHORTS;
use crate::sums::Fixed;
use crate::units::{Sex, Year};

use super::lever::Levers;
use super::person::{Life, Origin, Person};
use super::simulation::Barrier;

/// Which rows hold people, dead or alive; those behind are vacant.
#[derive(Resource, Clone, Debug, Default)]
pub struct Rows {
    used: usize,
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
                age: usize::from((year.0 - run.born).unsigned_abs()) & (COHORTS - 1),
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

/// What to do with one column of the table of people.
#[derive(Clone, Copy)]
pub struct Column {
    /// The component, for messages and the identity of snapshots.
    pub name: &'static str,
    /// Bytes per person in a snapshot; zero for what is computed anew each year.
    pub bytes: usize,
    save: fn(&mut World, &[u32], &mut Vec<u8>),
    restore: fn(&mut World, &[u8]) -> Result<(), String>,
    reset: fn(&mut World, Range<usize>),
    deal: fn(&mut World, &[u32]),
}

impl std::fmt::Debug for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({} bytes)", self.name, self.bytes)
    }
}

/// What is needed of a component that people have.
pub trait Had: Component<Mutability = Mutable> + Copy + Default {}
impl<C: Component<Mutability = Mutable> + Copy + Default> Had for C {}

impl Column {
    /// A component that lasts: snapshots save and check it.
    #[must_use]
    pub fn lasting<C: Component<Mutability = Mutable> + NoUninit + CheckedBitPattern>() -> Self {
        Self {
            bytes: size_of::<C>(),
            save: |world, order, into| {
                with_column::<C, _>(world, |column| {
                    order.iter().for_each(|row| into.extend_from_slice(bytemuck::bytes_of(&column[*row as usize])));
                });
            },
            restore: |world, bytes| {
                with_column::<C, _>(world, |column| {
                    for (value, bytes) in column.iter_mut().zip(bytes.chunks_exact(size_of::<C>())) {
                        *value = bytemuck::checked::try_pod_read_unaligned(bytes)
                            .map_err(|_| format!("a value of {} is not valid", std::any::type_name::<C>()))?;
                    }
                    Ok(())
                })
            },
            ..Self::computed::<C>()
        }
    }

    /// A component that its owner computes anew each year before anybody reads it.
    #[must_use]
    pub fn computed<C: Component<Mutability = Mutable> + Copy>() -> Self {
        Self {
            name: std::any::type_name::<C>(),
            bytes: 0,
            save: |_, _, _| {},
            restore: |_, _| Ok(()),
            reset: |_, _| {},
            deal: deal::<C>,
        }
    }

    /// The same, given its default when a row gets a new person.
    #[must_use]
    pub fn with_reset<C: Had>(mut self) -> Self {
        self.reset = |world, rows| with_column::<C, _>(world, |column| column[rows].fill(C::default()));
        self
    }
}

fn deal<C: Component<Mutability = Mutable> + Copy>(world: &mut World, order: &[u32]) {
    with_column::<C, _>(world, |column| {
        let dealt: Vec<C> = order.iter().map(|row| column[*row as usize]).collect();
        column[..dealt.len()].copy_from_slice(&dealt);
    });
}

/// Does something with the whole column of a component of people, vacant rows included.
///
/// # Panics
///
/// If the component is not in table storage, which the style guide rules out.
pub fn with_column<C: Component<Mutability = Mutable>, T>(world: &mut World, act: impl FnOnce(&mut [C]) -> T) -> T {
    let mut query = world.query::<&mut C>();
    match query.contiguous_iter_mut(world).expect("table storage").next() {
        Some(mut column) => act(column.bypass_change_detection()),
        None => act(&mut []),
    }
}

/// A closed circle of people.
pub struct Community {
    /// Its people and what its systems share.
    pub world: World,
    /// The beats of the year, cut at the barriers.
    pub(super) segments: Vec<Vec<Schedule>>,
    pub(super) columns: Arc<[Column]>,
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
        self.world.insert_resource(year);
        self.world.insert_resource(levers.clone());
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
        let columns = self.columns.clone();
        columns.iter().for_each(|column| (column.deal)(&mut self.world, order));
        with_column::<Life, _>(&mut self.world, |lives| lives[order.len()..].fill(Life::VACANT));
        let mut rows = Rows::default();
        with_column::<Person, _>(&mut self.world, |people| rows.take(&people[..order.len()]));
        self.world.insert_resource(Rows { new: 0..0, before_this_year: rows.used, ..rows });
    }

    /// Whether a year's newcomers might not find room: then the rows are best dealt anew.
    pub fn is_nearly_full(&mut self) -> bool {
        let used = self.world.resource::<Rows>().used;
        used + used / 32 + 8 > with_column::<Life, _>(&mut self.world, |lives| lives.len())
    }

    /// The bytes of every lasting column, in the order of [`Column`]s, people in the order of deals.
    pub fn save(&mut self, year: Year) -> Vec<Vec<u8>> {
        let order = self.living(year);
        let columns = self.columns.clone();
        columns
            .iter()
            .map(|column| {
                let mut bytes = Vec::with_capacity(order.len() * column.bytes);
                (column.save)(&mut self.world, &order, &mut bytes);
                bytes
            })
            .collect()
    }

    /// Fills an empty community from saved columns.
    ///
    /// # Errors
    ///
    /// If a column's length or a value's bits are wrong; the text says which.
    pub fn restore(&mut self, saved: &[&[u8]]) -> Result<(), String> {
        let columns = self.columns.clone();
        if saved.len() != columns.len() {
            return Err(format!("{} columns instead of {}", saved.len(), columns.len()));
        }
        let people = saved[0].len() / columns[0].bytes;
        for (column, bytes) in columns.iter().zip(saved) {
            if bytes.len() != people * column.bytes {
                return Err(format!("{} bytes of {} for {people} people", bytes.len(), column.name));
            }
        }
        make_room(&mut self.world, people);
        with_column::<Life, _>(&mut self.world, |lives| lives[..people].fill(Life::default()));
        columns.iter().for_each(|column| (column.reset)(&mut self.world, 0..people));
        columns.iter().zip(saved).try_for_each(|(column, bytes)| (column.restore)(&mut self.world, bytes))?;
        let mut rows = Rows::default();
        with_column::<Person, _>(&mut self.world, |column| rows.take(&column[..people]));
        self.world.insert_resource(Rows { new: 0..0, ..rows });
        Ok(())
    }

    /// Makes sure the table has at least this many rows, so that it need not grow in mid-run.
    pub fn reserve(&mut self, rows: usize) {
        let have = with_column::<Life, _>(&mut self.world, |lives| lives.len());
        if rows > have {
            self.world.spawn_batch((have..rows).map(|_| (VACANT_PERSON, Life::VACANT)));
        }
    }

    /// Admits people in rows of their own, every other column at its default.
    pub fn admit(&mut self, people: Vec<Person>) {
        self.world.resource_mut::<Newcomers>().0 = people;
        admit(&mut self.world);
    }
}

/// What an unused row holds in place of a person; nobody reads it.
const VACANT_PERSON: Person = Person::founder(Year(0), Sex::Female, 0, 0);

/// The columns, for systems that admit.
#[derive(Resource, Clone)]
pub(super) struct Columns(pub(super) Arc<[Column]>);

/// Admits the newcomers that wait, as a system.
pub fn admit(world: &mut World) {
    let mut people = std::mem::take(&mut world.resource_mut::<Newcomers>().0);
    if people.is_empty() {
        return;
    }
    people.sort_unstable_by_key(|person| (person.sex, person.born, person.id));
    make_room(world, people.len());
    let mut used = world.resource_mut::<Rows>();
    used.take(&people);
    let rows = used.new_people();
    with_column::<Person, _>(world, |column| column[rows.clone()].copy_from_slice(&people));
    with_column::<Life, _>(world, |lives| lives[rows.clone()].fill(Life::default()));
    let columns = world.resource::<Columns>().0.clone();
    columns.iter().for_each(|column| (column.reset)(world, rows.clone()));
    // The vector goes back, so that its memory serves every year.
    people.clear();
    world.resource_mut::<Newcomers>().0 = people;
    world.run_schedule(Welcome);
}

/// Makes sure that `count` rows are vacant, spawning more if the reserve is used up.
fn make_room(world: &mut World, count: usize) {
    let end = world.resource::<Rows>().used + count;
    let have = with_column::<Life, _>(world, |lives| lives.len());
    if end > have {
        // A sixteenth on top, so that growth is rare.
        world.spawn_batch((have..end + end / 16 + 16).map(|_| (VACANT_PERSON, Life::VACANT)));
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
