//! Reach: whom an arm's measures reach in a year.
//!
//! One system, first in the year. It looks at attributes as columns, each made once whatever the number of measures, and only if one
//! asks for it; whoever is eligible and whose draw is below the measure's share gets its bits of [`Reached`]. The draw is keyed by
//! person and measure, without the year: an offer does not reach everybody in the end merely by being repeated, and whoever is
//! reached at a coverage is reached at every larger one.
//!
//! Nobody is reached in the reference, which keeps no bits at all. Whoever is born or moves in is reached from the next year on.

use std::sync::Arc;

use bevy_ecs::resource::Resource;
use bevy_ecs::world::World;

use crate::draws::{Decision, Draws, mix, uniform};
use crate::record::lexis::COHORTS;
use crate::units::{Sex, Year};

use super::attribute::Sight;
use super::community::Circle;
use super::lever::Levers;
use super::person::{Life, Person, lasting_luck};
use super::rows::Rows;
use super::twin::Twins;

/// Groups that those reached are counted by, at most.
pub const GROUPS: usize = 4;

/// By row: the bits of the measures, or of groups within measures, that have reached a person this year.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached(Vec<u64>);

impl Reached {
    /// The bits of the person in a row.
    #[inline]
    #[must_use]
    pub fn of(&self, row: usize) -> u64 {
        self.0.get(row).copied().unwrap_or(0)
    }

    /// Those of a mask among the bits of the person in a row. Without a mask, as in the reference, nothing is looked up.
    #[inline]
    #[must_use]
    pub fn among(&self, mask: u64, row: usize) -> u64 {
        if mask == 0 { 0 } else { self.of(row) & mask }
    }

    /// The bits of everyone; none if nobody is reached.
    #[must_use]
    pub fn bits(&self) -> &[u64] {
        &self.0
    }

    /// People with these bits; none if nobody is reached.
    pub(super) const fn from_bits(bits: Vec<u64>) -> Self {
        Self(bits)
    }

    /// Follows the people of some rows to the front.
    pub(super) fn deal(&mut self, order: &[u32]) {
        if !self.0.is_empty() {
            self.0 = order.iter().map(|row| self.of(*row as usize)).collect();
        }
    }
}

/// Every attribute that mechanisms declare.
#[derive(Resource, Clone, Debug, Default)]
pub(super) struct Sights(pub Arc<[Sight]>);

/// What a condition asks of an attribute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Holds {
    /// One of some words: a bit for each.
    OneOf(u64),
    /// A number from one to another, both included.
    Between(f32, f32),
}

impl Holds {
    /// Whether a value of the attribute meets the condition. What is not known meets none.
    #[inline]
    #[must_use]
    pub fn of(self, value: f32) -> bool {
        match self {
            Self::OneOf(words) => word(value).is_some_and(|word| words >> word & 1 == 1),
            Self::Between(low, high) => low <= value && value <= high,
        }
    }
}

/// The place of a word, if the value is one.
#[inline]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "looked at before")]
fn word(value: f32) -> Option<usize> {
    (0.0..64.0).contains(&value).then_some(value as usize)
}

/// A factor by the word of an attribute, which stands in a column.
#[derive(Clone, Debug, PartialEq)]
pub struct By {
    /// The place among the columns asked for.
    pub column: usize,
    /// A factor for each word.
    pub factors: Vec<f32>,
}

/// Bits by the word of an attribute: one for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strata {
    /// The place among the columns asked for.
    pub column: usize,
    /// The bit of the first word.
    pub first: u8,
    /// How many words there are.
    pub words: u8,
}

/// How a measure finds those it reaches in a year.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Where its chance enters.
    pub decision: Decision,
    /// Who may be reached, by sex and age reached.
    pub ages: [[bool; COHORTS]; 2],
    /// What else is asked of them: the place of a column, and what of it.
    pub tests: Vec<(usize, Holds)>,
    /// The share of the eligible who are reached.
    pub share: f32,
    /// By what it is multiplied.
    pub by: Vec<By>,
    /// People in the nation who can be reached in a year.
    pub capacity: Option<f64>,
    /// A bit of everyone reached.
    pub bit: Option<u8>,
    /// Bits by group of those reached.
    pub strata: Vec<Strata>,
}

impl Order {
    /// Every bit by which the measure tells those it reaches.
    fn bits(&self) -> u64 {
        let of_strata = self.strata.iter().map(|strata| (u64::MAX >> (64 - u32::from(strata.words))) << strata.first);
        of_strata.chain(self.bit.map(|bit| 1 << bit)).fold(0, std::ops::BitOr::bitor)
    }
}

/// What the measures of an arm ask for in a year.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Orders {
    /// The attributes looked at, as places among those declared.
    pub columns: Vec<usize>,
    /// One for each measure, in the order of the arm; none for a measure that is not in force.
    pub orders: Vec<Option<Order>>,
    /// The column of the groups that those reached are counted by.
    pub counted_by: Option<usize>,
}

/// People by group, sex and age reached.
pub type People = [[[u32; COHORTS]; 2]; GROUPS];

/// Whom a measure reached in a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Those who met its conditions.
    pub eligible: People,
    /// Those it reached.
    pub reached: People,
    /// Those of them it had not reached the year before; nobody if the measure tells those it reaches by no bit.
    pub anew: People,
}

impl Default for Counted {
    fn default() -> Self {
        Self { eligible: NOBODY, reached: NOBODY, anew: NOBODY }
    }
}

const NOBODY: People = [[[0; COHORTS]; 2]; GROUPS];

impl Counted {
    /// Adds the people of another community.
    pub fn add(&mut self, other: &Self) {
        let pairs =
            [(&mut self.eligible, &other.eligible), (&mut self.reached, &other.reached), (&mut self.anew, &other.anew)];
        for (sums, terms) in pairs {
            let sums = sums.as_flattened_mut().as_flattened_mut();
            sums.iter_mut().zip(terms.as_flattened().as_flattened()).for_each(|(sum, term)| *sum += term);
        }
    }

    /// All people of a kind.
    #[must_use]
    pub fn sum(people: &People) -> u64 {
        people.as_flattened().as_flattened().iter().copied().map(u64::from).sum()
    }
}

/// Whom the measures of an arm reached this year, in its order; nothing in the reference.
#[derive(Resource, Clone, Debug, Default)]
pub struct Tallies(pub Vec<Counted>);

/// Finds those whom the year's measures reach.
pub(super) fn reach(world: &mut World) {
    let Some(orders) = world.resource::<Levers>().orders.clone() else {
        let mut reached = world.resource_mut::<Reached>();
        if !reached.0.is_empty() {
            reached.0 = Vec::new();
        }
        world.resource_mut::<Twins>().reached.clear();
        world.resource_mut::<Tallies>().0.clear();
        return;
    };
    let sights = world.resource::<Sights>().0.clone();
    let columns: Vec<Vec<f32>> = orders.columns.iter().map(|place| (sights[*place].column)(world)).collect();
    let before = std::mem::take(&mut *world.resource_mut::<Reached>());
    let mut query = world.query::<(&Person, &Life)>();
    let mut tables = query.contiguous_iter(world).expect("table storage");
    let (people, lives) = tables.next().unwrap_or((&[], &[]));
    let search = Search {
        people,
        lives,
        rows: world.resource::<Rows>(),
        draws: *world.resource::<Draws>(),
        circle: *world.resource::<Circle>(),
        year: *world.resource::<Year>(),
        columns,
        counted_by: orders.counted_by,
        before,
    };
    let mut found = Found { bits: vec![0; search.rows.used()], anyhow: vec![0; search.rows.used().div_ceil(64)] };
    let tallies = orders.orders.iter().map(|order| match order {
        Some(order) => search.follow(order, &mut found),
        None => Counted::default(),
    });
    let tallies = tallies.collect();
    world.resource_mut::<Tallies>().0 = tallies;
    world.resource_mut::<Reached>().0 = found.bits;
    world.resource_mut::<Twins>().reached = found.anyhow;
}

/// Whom measures reach.
struct Found {
    /// By row, the bits of the measures that tell those they reach by a bit.
    bits: Vec<u64>,
    /// Bit by row: whom any measure reaches.
    anyhow: Vec<u64>,
}

/// What a search for people looks at.
struct Search<'w> {
    people: &'w [Person],
    lives: &'w [Life],
    rows: &'w Rows,
    draws: Draws,
    circle: Circle,
    year: Year,
    columns: Vec<Vec<f32>>,
    counted_by: Option<usize>,
    /// Who was reached the year before.
    before: Reached,
}

impl Search<'_> {
    /// Follows a measure's order: notes those it reaches, and counts them.
    #[expect(clippy::cast_possible_truncation, reason = "fewer rows than 2³²")]
    fn follow(&self, order: &Order, found: &mut Found) -> Counted {
        let bits = &mut found.bits;
        let mut counted = Counted::default();
        let mut eligible = Vec::new();
        for run in self.rows.runs(self.year).filter(|run| order.ages[run.sex.index()][run.age]) {
            for row in run.rows.filter(|row| self.lives[*row].is_here(self.year) && self.meets(order, *row)) {
                counted.eligible[self.group(row)][run.sex.index()][run.age] += 1;
                eligible.push(row as u32);
            }
        }
        let mine = order.bits();
        for row in self.draw(order, &eligible).into_iter().map(|row| row as usize) {
            let (sex, age) = (self.people[row].sex.index(), self.people[row].age_reached(self.year));
            let group = self.group(row);
            counted.reached[group][sex][age] += 1;
            found.anyhow[row / 64] |= 1 << (row % 64);
            counted.anew[group][sex][age] += u32::from(mine != 0 && self.before.of(row) & mine == 0);
            if let Some(bit) = order.bit {
                bits[row] |= 1 << bit;
            }
            for strata in &order.strata {
                if let Some(word) = word(self.columns[strata.column][row]) {
                    bits[row] |= 1 << (usize::from(strata.first) + word);
                }
            }
        }
        counted
    }

    fn meets(&self, order: &Order, row: usize) -> bool {
        order.tests.iter().all(|(column, holds)| holds.of(self.columns[*column][row]))
    }

    fn group(&self, row: usize) -> usize {
        self.counted_by.and_then(|column| word(self.columns[column][row])).unwrap_or(0).min(GROUPS - 1)
    }

    /// The share of people like the one in a row who are reached.
    fn share(&self, order: &Order, row: usize) -> f32 {
        order.by.iter().fold(order.share, |share, by| {
            share * word(self.columns[by.column][row]).and_then(|word| by.factors.get(word)).copied().unwrap_or(0.0)
        })
    }

    /// Those of the eligible who are reached.
    fn draw(&self, order: &Order, eligible: &[u32]) -> Vec<u32> {
        if order.by.is_empty() && order.capacity.is_none() && (order.share <= 0.0 || order.share >= 1.0) {
            return if order.share > 0.0 { eligible.to_vec() } else { Vec::new() };
        }
        let mut reached: Vec<(f32, u32)> = Vec::new();
        lasting_luck(self.draws, self.people, eligible, order.decision, |row, luck| {
            let share = self.share(order, row);
            if luck < share {
                #[expect(clippy::cast_possible_truncation, reason = "fewer rows than 2³²")]
                reached.push((luck / share, row as u32));
            }
        });
        if let Some(capacity) = order.capacity {
            let room = self.room(capacity, order.decision);
            if reached.len() > room {
                let key = |one: &(f32, u32)| (one.0, self.people[one.1 as usize].id);
                reached.sort_unstable_by(|a, b| key(a).partial_cmp(&key(b)).expect("luck is a number"));
                reached.truncate(room);
            }
        }
        reached.into_iter().map(|(_, row)| row).collect()
    }

    /// The community's part of what the nation can do in a year. A fraction of a person is one in some years.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of people")]
    fn room(&self, capacity: f64, decision: Decision) -> usize {
        let room = capacity / self.circle.weight / f64::from(self.circle.of);
        let community = mix(u64::from(self.circle.number), 0x7265_6163_6800);
        let luck = uniform(self.draws.words(community, u32::from(self.year.0.unsigned_abs()), decision)[0]);
        (room + f64::from(luck)) as usize
    }
}

/// Everyone of some ages, as a table: for orders.
#[must_use]
pub fn of_ages(holds: impl Fn(Sex, usize) -> bool) -> [[bool; COHORTS]; 2] {
    Sex::BOTH.map(|sex| std::array::from_fn(|age| holds(sex, age)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_holds_for_its_words_or_its_numbers_and_never_for_the_unknown() {
        let words = Holds::OneOf(0b101);
        assert_eq!([0.0, 1.0, 2.0, f32::NAN].map(|value| words.of(value)), [true, false, true, false]);
        let numbers = Holds::Between(10.0, 35.0);
        assert_eq!([9.0, 10.0, 35.0, 36.0, f32::NAN].map(|value| numbers.of(value)), [false, true, true, false, false]);
    }

    #[test]
    fn bits_follow_their_people() {
        let mut reached = Reached::from_bits(vec![1, 2, 4, 8]);
        reached.deal(&[3, 1]);
        assert_eq!((reached.of(0), reached.of(1), reached.of(2)), (8, 2, 0));
    }
}
