//! The columns of a community's table of people, and the memory of those who are gone.
//!
//! Whoever has died or moved out is *remembered* as long as somebody here descends from them, with the columns that are declared to
//! be remembered: so a child finds its parents, and they theirs, for life.

use bevy_ecs::component::{Component, Mutable};
use bevy_ecs::query::QueryState;
use bevy_ecs::resource::Resource;
use bevy_ecs::world::World;
use bytemuck::{CheckedBitPattern, NoUninit};

use super::family::{Gone, Home, Kin, Link, To, Union};
use super::person::{Life, Person};

/// What is needed of a component that people have.
pub trait Had: Component<Mutability = Mutable> + Copy + Default {}
impl<C: Component<Mutability = Mutable> + Copy + Default> Had for C {}

/// Those who are gone and whom somebody here descends from, in order of id.
#[derive(Resource, Clone, Debug, Default)]
pub struct Remembered {
    /// Who they were.
    pub people: Vec<Gone>,
    /// Whose children they were.
    pub kin: Vec<Kin>,
}

/// A component of the remembered, as it was in their last year; in the same order.
#[derive(Resource, Clone, Debug)]
pub struct RememberedOf<C: Send + Sync + 'static>(pub Vec<C>);

/// One column of the table of people.
pub(super) trait Column: Send + Sync {
    fn name(&self) -> &'static str;
    /// Bytes per person in a snapshot; zero for what is known anew each year.
    fn bytes(&self) -> usize;
    /// The bytes of the first rows.
    fn save(&mut self, world: &mut World, rows: usize) -> Vec<u8>;
    fn restore(&mut self, world: &mut World, bytes: &[u8]) -> Result<(), String>;
    /// Gives new people the first value.
    fn reset(&mut self, world: &mut World, rows: std::ops::Range<usize>);
    fn deal(&mut self, world: &mut World, order: &[u32]);
    /// Whether it is remembered of those who are gone.
    fn is_remembered(&self) -> bool;
    /// Keeps the values of those who are remembered from now on: in rows, or among the remembered of before.
    fn remember(&mut self, world: &mut World, sources: &[Link]);
    fn save_remembered(&self, world: &World) -> Vec<u8>;
    fn restore_remembered(&mut self, world: &mut World, bytes: &[u8]) -> Result<(), String>;
}

/// A column of one component. The query is kept, because making one costs more than using it.
struct ColumnOf<C: Component<Mutability = Mutable>> {
    query: QueryState<&'static mut C>,
    codec: Option<Codec<C>>,
    first: Option<C>,
    is_remembered: bool,
}

/// How values become bytes and are read back.
struct Codec<C> {
    save: fn(&[C]) -> Vec<u8>,
    read: fn(&[u8]) -> Option<C>,
}

fn codec<C: NoUninit + CheckedBitPattern>() -> Codec<C> {
    Codec {
        save: |values| bytemuck::cast_slice(values).to_vec(),
        read: |bytes| bytemuck::checked::try_pod_read_unaligned(bytes).ok(),
    }
}

impl<C> Codec<C> {
    /// Reads one value after the other.
    fn read_all<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = Result<C, String>> + 'a {
        let bad = || format!("a value of {} is not valid", std::any::type_name::<C>());
        bytes.chunks_exact(size_of::<C>().max(1)).map(move |bytes| (self.read)(bytes).ok_or_else(bad))
    }
}

impl<C: Component<Mutability = Mutable> + Copy> ColumnOf<C> {
    fn new(world: &mut World, codec: Option<Codec<C>>, first: Option<C>, is_remembered: bool) -> Self {
        Self { query: world.query(), codec, first, is_remembered }
    }
}

impl<C: Component<Mutability = Mutable> + Copy> Column for ColumnOf<C> {
    fn name(&self) -> &'static str {
        std::any::type_name::<C>()
    }

    fn bytes(&self) -> usize {
        if self.codec.is_some() { size_of::<C>() } else { 0 }
    }

    fn save(&mut self, world: &mut World, rows: usize) -> Vec<u8> {
        let Some(codec) = &self.codec else { return Vec::new() };
        with(&mut self.query, world, |column| (codec.save)(&column[..rows.min(column.len())]))
    }

    fn restore(&mut self, world: &mut World, bytes: &[u8]) -> Result<(), String> {
        let Some(codec) = &self.codec else { return Ok(()) };
        with(&mut self.query, world, |column| {
            column.iter_mut().zip(codec.read_all(bytes)).try_for_each(|(value, read)| {
                *value = read?;
                Ok(())
            })
        })
    }

    fn reset(&mut self, world: &mut World, rows: std::ops::Range<usize>) {
        if let Some(first) = self.first {
            with(&mut self.query, world, |column| column[rows].fill(first));
        }
    }

    fn deal(&mut self, world: &mut World, order: &[u32]) {
        let first = self.first.filter(|_| self.codec.is_none());
        with(&mut self.query, world, |column| {
            // What is known anew each year is nobody's yet.
            if let Some(first) = first {
                return column[..order.len()].fill(first);
            }
            let dealt: Vec<C> = order.iter().map(|row| column[*row as usize]).collect();
            column[..dealt.len()].copy_from_slice(&dealt);
        });
    }

    fn is_remembered(&self) -> bool {
        self.is_remembered
    }

    fn remember(&mut self, world: &mut World, sources: &[Link]) {
        if self.is_remembered {
            let before = std::mem::take(&mut world.resource_mut::<RememberedOf<C>>().0);
            let kept = with(&mut self.query, world, |column| take_from(sources, column, &before));
            world.resource_mut::<RememberedOf<C>>().0 = kept;
        }
    }

    fn save_remembered(&self, world: &World) -> Vec<u8> {
        let Some(codec) = &self.codec else { return Vec::new() };
        (codec.save)(&world.resource::<RememberedOf<C>>().0)
    }

    fn restore_remembered(&mut self, world: &mut World, bytes: &[u8]) -> Result<(), String> {
        let Some(codec) = &self.codec else { return Ok(()) };
        world.resource_mut::<RememberedOf<C>>().0 = codec.read_all(bytes).collect::<Result<_, _>>()?;
        Ok(())
    }
}

/// The values that links lead to: in rows, or among those remembered before.
fn take_from<C: Copy>(sources: &[Link], rows: &[C], remembered: &[C]) -> Vec<C> {
    sources
        .iter()
        .map(|source| match source.to() {
            To::Row(row) => rows[row],
            To::Remembered(place) => remembered[place],
            To::Nobody => unreachable!("only people are remembered"),
        })
        .collect()
}

/// Does something with the whole column of a component, vacant rows included.
pub(super) fn with<C: Component<Mutability = Mutable>, T>(
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
    pub(super) people: QueryState<&'static mut Person>,
    pub(super) lives: QueryState<&'static mut Life>,
    pub(super) kin: QueryState<&'static mut Kin>,
    pub(super) unions: QueryState<&'static mut Union>,
    pub(super) homes: QueryState<&'static mut Home>,
    lineage: QueryState<(&'static Person, &'static Life, &'static Kin)>,
    /// What snapshots and deals go through: people first.
    pub(super) all: Vec<Box<dyn Column>>,
}

impl Columns {
    pub(super) fn new(world: &mut World) -> Self {
        let person = ColumnOf::<Person>::new(world, Some(codec()), None, false);
        let life = ColumnOf::<Life>::new(world, None, Some(Life::default()), false);
        let mut columns = Self {
            people: world.query(),
            lives: world.query(),
            kin: world.query(),
            unions: world.query(),
            homes: world.query(),
            lineage: world.query(),
            all: vec![Box::new(person), Box::new(life)],
        };
        columns.add_lasting::<Kin>(world, false);
        columns.add_lasting::<Union>(world, false);
        columns.add_lasting::<Home>(world, false);
        columns
    }

    /// A column that lasts: snapshots save and check it. What is remembered has a [`RememberedOf`].
    pub(super) fn add_lasting<C: Had + NoUninit + CheckedBitPattern>(
        &mut self,
        world: &mut World,
        is_remembered: bool,
    ) {
        if is_remembered {
            world.insert_resource(RememberedOf::<C>(Vec::new()));
        }
        self.all.push(Box::new(ColumnOf::<C>::new(world, Some(codec()), Some(C::default()), is_remembered)));
    }

    /// A column that its owner computes anew each year before anybody reads it.
    pub(super) fn add_yearly<C: Had>(&mut self, world: &mut World) {
        self.all.push(Box::new(ColumnOf::<C>::new(world, None, Some(C::default()), false)));
    }

    /// Whether a component has a column.
    pub(super) fn holds<C: 'static>(&self) -> bool {
        self.all.iter().any(|column| column.name() == std::any::type_name::<C>())
    }

    /// The name of each column's component, and its bytes per person in a snapshot.
    pub(super) fn described(&self) -> Vec<(&'static str, usize)> {
        self.all.iter().map(|column| (column.name(), column.bytes())).collect()
    }

    /// Moves the people of some rows to the front, remembers those whom they descend from, and mends every link.
    pub(super) fn deal(&mut self, world: &mut World, order: &[u32]) {
        let plan = self.plan(world, order);
        for column in &mut self.all {
            column.remember(world, &plan.sources);
            column.deal(world, order);
        }
        let mut remembered = plan.remembered;
        remembered.kin.iter_mut().for_each(|kin| plan.relink.kin(kin));
        *world.resource_mut::<Remembered>() = remembered;
        let relink = &plan.relink;
        with(&mut self.kin, world, |kin| kin[..order.len()].iter_mut().for_each(|kin| relink.kin(kin)));
        with(&mut self.unions, world, |unions| {
            unions[..order.len()].iter_mut().for_each(|union| union.partner = relink.to_living(union.partner));
        });
        with(&mut self.homes, world, |homes| {
            homes[..order.len()].iter_mut().for_each(|home| home.household = relink.to_living(home.household));
        });
        with(&mut self.lives, world, |lives| lives[order.len()..].fill(Life::VACANT));
    }

    /// Who is remembered when only the people of some rows go on, and where every link leads then.
    fn plan(&mut self, world: &mut World, order: &[u32]) -> Plan {
        let before = std::mem::take(&mut *world.resource_mut::<Remembered>());
        let columns = self.lineage.contiguous_iter(world).expect("table storage").next();
        let (people, lives, kin) = columns.unwrap_or((&[], &[], &[]));
        let mut relink =
            Relink { rows: vec![Link::NOBODY; people.len()], remembered: vec![Link::NOBODY; before.people.len()] };
        for (new, row) in order.iter().enumerate() {
            relink.rows[*row as usize] = Link::row(new);
        }
        let found = relink.mark_ancestors(order, kin, &before.kin);
        let sources = in_order_of_id(&found, &relink, people, &before);
        for (place, source) in sources.iter().enumerate() {
            match source.to() {
                To::Row(row) => relink.rows[row] = Link::remembered(place),
                To::Remembered(old) => relink.remembered[old] = Link::remembered(place),
                To::Nobody => {}
            }
        }
        let gone = |source: &Link| match source.to() {
            To::Row(row) => Gone::new(people[row], lives[row].until(), lives[row].has_left()),
            To::Remembered(place) => before.people[place],
            To::Nobody => unreachable!("only people are remembered"),
        };
        let remembered =
            Remembered { people: sources.iter().map(gone).collect(), kin: take_from(&sources, kin, &before.kin) };
        Plan { sources, remembered, relink }
    }
}

/// Everyone found, in order of id. Those remembered before stand in it already.
fn in_order_of_id(found: &[Link], relink: &Relink, people: &[Person], before: &Remembered) -> Vec<Link> {
    let mut rows: Vec<(u64, usize)> =
        found.iter().filter_map(|link| link.as_row()).map(|row| (people[row].id, row)).collect();
    rows.sort_unstable();
    let mut rows = rows.into_iter().peekable();
    let mut sources = Vec::with_capacity(found.len());
    for (place, gone) in before.people.iter().enumerate() {
        if relink.remembered[place] == FOUND {
            while let Some((_, row)) = rows.next_if(|(id, _)| *id < gone.id) {
                sources.push(Link::row(row));
            }
            sources.push(Link::remembered(place));
        }
    }
    sources.extend(rows.map(|(_, row)| Link::row(row)));
    sources
}

/// How a deal goes.
struct Plan {
    /// Where those who are remembered from now on stood before.
    sources: Vec<Link>,
    remembered: Remembered,
    relink: Relink,
}

/// Where links lead after a deal.
struct Relink {
    rows: Vec<Link>,
    remembered: Vec<Link>,
}

/// Marks those who are to be remembered, until it is known where.
const FOUND: Link = Link::remembered(0);

impl Relink {
    /// Marks everyone whom the people of some rows descend from and who has no place yet; returns them.
    fn mark_ancestors(&mut self, order: &[u32], kin: &[Kin], kin_of_gone: &[Kin]) -> Vec<Link> {
        let mut found = Vec::with_capacity(kin_of_gone.len());
        let mut mark = |kin: Kin, found: &mut Vec<Link>| {
            for parent in [kin.mother, kin.father] {
                let place = match parent.to() {
                    To::Nobody => continue,
                    To::Row(row) => &mut self.rows[row],
                    To::Remembered(place) => &mut self.remembered[place],
                };
                if *place == Link::NOBODY {
                    *place = FOUND;
                    found.push(parent);
                }
            }
        };
        order.iter().for_each(|row| mark(kin[*row as usize], &mut found));
        let mut next = 0;
        while let Some(link) = found.get(next) {
            next += 1;
            match link.to() {
                To::Row(row) => mark(kin[row], &mut found),
                To::Remembered(place) => mark(kin_of_gone[place], &mut found),
                To::Nobody => {}
            }
        }
        found
    }

    fn of(&self, link: Link) -> Link {
        match link.to() {
            To::Nobody => Link::NOBODY,
            To::Row(row) => self.rows[row],
            To::Remembered(place) => self.remembered[place],
        }
    }

    /// To those who are here only.
    fn to_living(&self, link: Link) -> Link {
        let link = self.of(link);
        if link.as_row().is_some() { link } else { Link::NOBODY }
    }

    fn kin(&self, kin: &mut Kin) {
        *kin = Kin { mother: self.of(kin.mother), father: self.of(kin.father) };
    }
}
