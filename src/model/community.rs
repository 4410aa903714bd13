//! A community: a closed circle of people, one World, one schedule.
//!
//! People find partners and have children inside their community; lineages stay in it. That makes it the unit of parallel work
//! and, in groups, of standard errors.

use bevy_ecs::change_detection::Mut;
use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::{Schedule, ScheduleLabel};
use bevy_ecs::world::World;

use crate::record::lexis::COHORTS;
use crate::sums::Fixed;
use crate::units::{Sex, Year};

use super::columns::{Columns, Remembered, with};
use super::family::{Home, Kin, Link, To};
use super::lever::Levers;
use super::person::{Life, Person};
use super::reach::Reached;
use super::rows::Rows;
use super::simulation::{Barrier, Meeting};
use super::twin::Twins;

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

/// Somebody waiting to be admitted, and what ties them to those who are here.
#[derive(Clone, Copy, Debug)]
pub struct Newcomer {
    /// Who it is.
    pub person: Person,
    /// Whose child.
    pub kin: Kin,
    /// Where it will live.
    pub home: Home,
}

impl From<Person> for Newcomer {
    /// Somebody without ties.
    fn from(person: Person) -> Self {
        Self { person, kin: Kin::default(), home: Home::default() }
    }
}

/// People waiting to be admitted.
#[derive(Resource, Clone, Debug, Default)]
pub struct Newcomers(pub Vec<Newcomer>);

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
        super::rule::put(&mut self.world, &levers.rules);
        let mut counts = self.world.resource_mut::<Counts>();
        counts.events.iter_mut().for_each(|counter| *counter = [[0; COHORTS]; 2]);
        counts.expected.iter_mut().for_each(|counter| *counter = [[Fixed(0); COHORTS]; 2]);
        for barrier in barriers {
            if let Meeting::Align { begin, .. } = barrier.meeting {
                begin(&mut self.world, reference);
            }
        }
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
            columns.deal(world, order);
            world.resource_mut::<Reached>().deal(order);
            world.resource_mut::<Twins>().deal(order);
            let room = world.resource::<Rows>().room;
            let rows = with(&mut columns.people, world, |people| Rows::filled(room, &people[..order.len()]));
            *world.resource_mut::<Rows>() = rows;
        });
    }

    /// Whether a year's newcomers might not find room: then the rows are best dealt anew.
    #[must_use]
    pub fn is_nearly_full(&self) -> bool {
        let rows = self.world.resource::<Rows>();
        rows.used + rows.used / 32 + 8 > rows.room
    }

    /// The bytes of every lasting column, of all that is remembered, of who is reached, and of twins, in the order of declaration; people stand in the order of
    /// deals, for which the rows are dealt anew.
    pub fn save(&mut self, year: Year) -> Vec<Vec<u8>> {
        self.deal_anew(year);
        self.world.resource_scope(|world, mut columns: Mut<Columns>| {
            let people = world.resource::<Rows>().used;
            let lasting = columns.all.iter_mut().filter(|column| column.bytes() > 0);
            let mut saved: Vec<Vec<u8>> = lasting.map(|column| column.save(world, people)).collect();
            let remembered = world.resource::<Remembered>();
            saved.push(bytemuck::cast_slice(&remembered.people).to_vec());
            saved.push(bytemuck::cast_slice(&remembered.kin).to_vec());
            let others = columns.all.iter().filter(|column| column.is_remembered());
            saved.extend(others.map(|column| column.save_remembered(world)));
            saved.push(bytemuck::cast_slice(world.resource::<Reached>().bits()).to_vec());
            saved.push(world.resource::<Twins>().to_bytes());
            saved
        })
    }

    /// Fills the community from saved columns; whoever was in it before is gone.
    ///
    /// # Errors
    ///
    /// If a column's length, a value's bits or a link is wrong; the text says which.
    pub fn restore(&mut self, saved: &[&[u8]]) -> Result<(), String> {
        self.world.resource_scope(|world, mut columns: Mut<Columns>| {
            let lasting = columns.all.iter().filter(|column| column.bytes() > 0).count();
            let remembered = columns.all.iter().filter(|column| column.is_remembered()).count();
            if saved.len() != lasting + 4 + remembered {
                return Err(format!("{} columns instead of {}", saved.len(), lasting + 4 + remembered));
            }
            let (of_people, of_gone) = saved.split_at(lasting);
            let people = of_people[0].len() / columns.all[0].bytes();
            for (column, bytes) in columns.all.iter().filter(|column| column.bytes() > 0).zip(of_people) {
                if bytes.len() != people * column.bytes() {
                    return Err(format!("{} bytes of {} for {people} people", bytes.len(), column.name()));
                }
            }
            let room = world.resource::<Rows>().room;
            *world.resource_mut::<Rows>() = Rows::filled(room, &[]);
            make_room(world, people);
            with(&mut columns.lives, world, |lives| lives.fill(Life::VACANT));
            columns.all.iter_mut().for_each(|column| column.reset(world, 0..people));
            let mut lasting = columns.all.iter_mut().filter(|column| column.bytes() > 0).zip(of_people);
            lasting.try_for_each(|(column, bytes)| column.restore(world, bytes))?;
            let gone = Remembered { people: read(of_gone[0])?, kin: read(of_gone[1])? };
            let places = gone.people.len();
            if gone.kin.len() != places {
                return Err(format!("{} links for {places} remembered people", gone.kin.len()));
            }
            for (column, bytes) in columns.all.iter_mut().filter(|column| column.is_remembered()).zip(&of_gone[2..]) {
                if bytes.len() != places * column.bytes() {
                    return Err(format!("{} bytes of {} for {places} remembered", bytes.len(), column.name()));
                }
                column.restore_remembered(world, bytes)?;
            }
            let leads = |link: Link| match link.to() {
                To::Nobody => true,
                To::Row(row) => row < people,
                To::Remembered(place) => place < places,
            };
            let kin_lead = |kin: &[Kin]| kin.iter().all(|kin| leads(kin.mother) && leads(kin.father));
            let sound = kin_lead(&gone.kin)
                && with(&mut columns.kin, world, |kin| kin_lead(&kin[..people]))
                && with(&mut columns.unions, world, |unions| unions[..people].iter().all(|union| leads(union.partner)))
                && with(&mut columns.homes, world, |homes| homes[..people].iter().all(|home| leads(home.household)));
            if !sound {
                return Err("a link that leads to nobody there is".to_owned());
            }
            *world.resource_mut::<Remembered>() = gone;
            *world.resource_mut::<Reached>() = Reached::from_bits(read(of_gone[remembered + 2])?);
            let twins = world.resource_mut::<Twins>().read(of_gone[remembered + 3]);
            twins.ok_or_else(|| "twins that cannot be read".to_owned())?;
            let room = world.resource::<Rows>().room;
            let rows = with(&mut columns.people, world, |column| Rows::filled(room, &column[..people]));
            *world.resource_mut::<Rows>() = rows;
            Ok(())
        })
    }

    /// Makes sure the table has at least this many rows, so that it need not grow in mid-run.
    pub fn reserve(&mut self, rows: usize) {
        grow(&mut self.world, rows);
    }

    /// Admits people in rows of their own, every other column at its default.
    pub fn admit(&mut self, people: impl IntoIterator<Item = Person>) {
        self.world.resource_mut::<Newcomers>().0 = people.into_iter().map(Newcomer::from).collect();
        admit(&mut self.world);
    }
}

/// What an unused row holds in place of a person; nobody reads it.
const VACANT_PERSON: Person = Person::founder(Year(0), Sex::Female, 0, 0);

/// Admits the newcomers that wait, as a system.
pub fn admit(world: &mut World) {
    let mut newcomers = std::mem::take(&mut world.resource_mut::<Newcomers>().0);
    if newcomers.is_empty() {
        return;
    }
    newcomers.sort_unstable_by_key(|new| (new.person.sex, new.person.born, new.person.id));
    make_room(world, newcomers.len());
    let people: Vec<Person> = newcomers.iter().map(|new| new.person).collect();
    let mut rows = world.resource_mut::<Rows>();
    rows.take(&people);
    let new = rows.new_people();
    world.resource_scope(|world, mut columns: Mut<Columns>| {
        with(&mut columns.people, world, |column| column[new.clone()].copy_from_slice(&people));
        columns.all.iter_mut().for_each(|column| column.reset(world, new.clone()));
        with(&mut columns.kin, world, |column| {
            column[new.clone()].iter_mut().zip(&newcomers).for_each(|(kin, newcomer)| *kin = newcomer.kin);
        });
        with(&mut columns.homes, world, |column| {
            column[new.clone()].iter_mut().zip(&newcomers).for_each(|(home, newcomer)| *home = newcomer.home);
        });
    });
    // The vector goes back, so that its memory serves every year.
    newcomers.clear();
    world.resource_mut::<Newcomers>().0 = newcomers;
    world.run_schedule(Welcome);
}

/// Values from the bytes of a snapshot.
fn read<T: bytemuck::CheckedBitPattern>(bytes: &[u8]) -> Result<Vec<T>, String> {
    let bad = || format!("a value of {} is not valid", std::any::type_name::<T>());
    let values = bytes.chunks_exact(size_of::<T>());
    values.map(|bytes| bytemuck::checked::try_pod_read_unaligned(bytes).map_err(|_| bad())).collect()
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
