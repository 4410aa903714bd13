//! A person, and whether the person is here.

use bevy_ecs::component::Component;
use bytemuck::{CheckedBitPattern, NoUninit};

use crate::draws::{BLOCK, Decision, Draws, mix, uniform};
use crate::record::lexis::{COHORTS, Lived};
use crate::units::{Sex, Year};

/// Who somebody is; it never changes.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(C)]
pub struct Person {
    /// The key of all this person's luck, from lineage: the same in every arm.
    pub id: u64,
    /// Calendar year of birth.
    pub born: i16,
    /// Year from which the person is in the population: of birth, of arrival, or the first year of the simulation.
    pub entered: i16,
    /// Registered sex.
    pub sex: Sex,
    /// How the person came into the population.
    pub origin: Origin,
    spare: [u8; 2],
}

/// How a person came into the population.
#[derive(Clone, Copy, Debug, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(u8)]
pub enum Origin {
    /// Here when the simulation starts.
    Founder = 0,
    /// Born in the simulation.
    Born = 1,
    /// Moved in.
    Immigrant = 2,
}

/// Whether a child is a girl or a boy: the child's own luck.
pub const SEX_OF_CHILD: Decision = Decision::named("births.sex");

impl Person {
    /// Somebody here on 1 January of the first year: the `nth` of their sex and age.
    #[must_use]
    pub const fn founder(year: Year, sex: Sex, age_reached: usize, nth: u64) -> Self {
        Self::new(Origin::Founder, year, sex, age_reached, nth)
    }

    /// The `nth` of their sex and age to move in during a year.
    #[must_use]
    pub const fn immigrant(year: Year, sex: Sex, age_reached: usize, nth: u64) -> Self {
        Self::new(Origin::Immigrant, year, sex, age_reached, nth)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        reason = "an age below 128 and a year above 0"
    )]
    const fn new(origin: Origin, year: Year, sex: Sex, age_reached: usize, nth: u64) -> Self {
        let cell = (origin as u64) << 56 | (year.0 as u64) << 40 | (sex.index() as u64) << 32 | age_reached as u64;
        Self { id: mix(nth, cell), born: year.0 - age_reached as i16, entered: year.0, sex, origin, spare: [0; 2] }
    }

    /// The child of a mother: its key comes from hers and its place among her children, never from a counter, so that the same
    /// child is the same child in every arm, even if born in another year.
    #[must_use]
    pub fn child(mother: Self, order: u8, year: Year, draws: Draws, boys: f32) -> Self {
        let id = mix(mother.id, u64::from(order) | 1 << 48);
        let sex = if uniform(draws.words(id, 0, SEX_OF_CHILD)[0]) < boys { Sex::Male } else { Sex::Female };
        Self { id, born: year.0, entered: year.0, sex, origin: Origin::Born, spare: [0; 2] }
    }

    /// The age reached in a year, as a row of the tables by cohort: whoever is older than 127 stays in the last.
    #[inline]
    #[must_use]
    pub const fn age_reached(self, year: Year) -> usize {
        row_of(year.0 - self.born)
    }

    /// The age reached in a year, as chance is keyed by it: without an end.
    #[inline]
    #[must_use]
    pub const fn age_of_luck(self, year: Year) -> u32 {
        (year.0 - self.born).unsigned_abs() as u32
    }
}

/// The row of an age in tables by cohort.
#[inline]
#[must_use]
#[expect(
    clippy::cast_sign_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "negative ages, which nobody has, are cut off first"
)]
pub const fn row_of(age: i16) -> usize {
    let last = COHORTS as i16 - 1;
    (if age < 0 {
        0
    } else if age > last {
        last
    } else {
        age
    }) as usize
}

/// The words of luck of up to [`BLOCK`] people, as [`Draws::fill`] gives them; of a shorter block only the first are meant.
#[inline]
#[must_use]
pub fn luck(draws: Draws, people: &[Person], year: Year, decision: Decision) -> [[u32; BLOCK]; 2] {
    let filled;
    let people: &[Person; BLOCK] = if let Some(people) = people.first_chunk() {
        people
    } else {
        filled = std::array::from_fn(|i| people[if i < people.len() { i } else { 0 }]);
        &filled
    };
    draws.fill(&people.map(|person| person.id), &people.map(|person| person.age_of_luck(year)), decision)
}

/// Tells `each` the rows of some people and their luck in what is decided for life, 0 to 1.
pub fn lasting_luck(
    draws: Draws,
    people: &[Person],
    rows: &[u32],
    decision: Decision,
    mut each: impl FnMut(usize, f32),
) {
    for rows in rows.chunks(BLOCK) {
        let ids = std::array::from_fn(|i| people[rows[if i < rows.len() { i } else { 0 }] as usize].id);
        let [words, _] = draws.fill(&ids, &[0; BLOCK], decision);
        rows.iter().zip(words).for_each(|(row, word)| each(*row as usize, uniform(word)));
    }
}

/// Whether a person is here, and how it ended.
///
/// Two processes write it, since there are two ways to end: death and moving out.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    until: i16,
    end: End,
}

/// How a stay in the population ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Not,
    Left,
    DiedBeforeBirthday,
    DiedAfterBirthday,
}

impl Default for Life {
    fn default() -> Self {
        Self { until: i16::MAX, end: End::Not }
    }
}

impl Life {
    /// A row without a person.
    pub const VACANT: Self = Self { until: i16::MIN, end: End::Not };

    /// Whether the person is in the population for at least a part of the year.
    #[inline]
    #[must_use]
    pub const fn is_here(self, year: Year) -> bool {
        self.until >= year.0
    }

    /// Whether the person stays beyond the year.
    #[inline]
    #[must_use]
    pub const fn goes_on(self, year: Year) -> bool {
        self.until > year.0
    }

    /// Whether the person moves out this year.
    #[inline]
    #[must_use]
    pub fn is_leaving(self, year: Year) -> bool {
        self.until == year.0 && self.end == End::Left
    }

    /// The last year here, or one that never comes.
    #[inline]
    #[must_use]
    pub const fn until(self) -> i16 {
        self.until
    }

    /// Whether the person has moved out.
    #[inline]
    #[must_use]
    pub const fn has_left(self) -> bool {
        matches!(self.end, End::Left)
    }

    /// Moves out in the course of the year.
    pub const fn leave(&mut self, year: Year) {
        *self = Self { until: year.0, end: End::Left };
    }

    /// Dies in the course of the year, before or after the birthday.
    pub const fn die(&mut self, year: Year, before_birthday: bool) {
        *self =
            Self { until: year.0, end: if before_birthday { End::DiedBeforeBirthday } else { End::DiedAfterBirthday } };
    }

    /// How the year went; `None` for those who are no longer here.
    #[inline]
    #[must_use]
    pub fn lived(self, person: Person, year: Year) -> Option<Lived> {
        if !self.is_here(year) {
            return None;
        }
        let new = person.entered == year.0;
        let ended = if self.until == year.0 { self.end } else { End::Not };
        Some(match (ended, person.origin) {
            (End::Not, Origin::Born) if new => Lived::Newborn,
            (End::Not, Origin::Immigrant) if new => Lived::Arrived,
            (End::Not, _) => Lived::Whole,
            (End::Left, Origin::Born) if new => Lived::NewbornLeft,
            (End::Left, _) => Lived::Left,
            (End::DiedBeforeBirthday | End::DiedAfterBirthday, Origin::Born) if new => Lived::NewbornDied,
            (End::DiedBeforeBirthday | End::DiedAfterBirthday, Origin::Immigrant) if new => Lived::ArrivedDied,
            (End::DiedBeforeBirthday, _) => Lived::DiedBefore,
            (End::DiedAfterBirthday, _) => Lived::DiedAfter,
        })
    }
}

/// The part of the year for which somebody is at risk of death: half for arrivals (`new`, and not newborn) and leavers.
#[inline]
#[must_use]
pub fn exposure(life: Life, arrives: bool, year: Year) -> f32 {
    let part = if arrives || life.is_leaving(year) { 0.5 } else { 1.0 };
    if life.is_here(year) { part } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn nobody_shares_an_id() {
        let founders = (1..100).flat_map(|age| (0..500).map(move |n| Person::founder(Year(1950), Sex::Male, age, n)));
        let arrivals =
            (0..100).flat_map(|age| (0..50).map(move |n| Person::immigrant(Year(1999), Sex::Female, age, n)));
        let all: Vec<Person> = founders.chain(arrivals).collect();
        let children = all
            .iter()
            .flat_map(|mother| (0..4).map(|order| Person::child(*mother, order, Year(1970), Draws::new(1, 0), 0.5)));
        let ids: HashSet<u64> = all.iter().copied().chain(children).map(|person| person.id).collect();
        assert_eq!(ids.len(), all.len() * 5);
    }

    #[test]
    fn a_child_born_later_is_the_same_child() {
        let mother = Person::founder(Year(1950), Sex::Female, 25, 7);
        let born = |year| Person::child(mother, 1, Year(year), Draws::new(1, 0), 0.514);
        assert_eq!((born(1960).id, born(1960).sex), (born(1963).id, born(1963).sex));
    }

    #[test]
    fn a_year_is_told_from_entry_and_end() {
        let (year, mut life) = (Year(1960), Life::default());
        let child = Person::child(Person::founder(Year(1950), Sex::Female, 25, 7), 0, year, Draws::new(1, 0), 0.5);
        assert_eq!(life.lived(child, year), Some(Lived::Newborn));
        assert_eq!(life.lived(child, year.plus(1)), Some(Lived::Whole));
        life.die(year, false);
        assert_eq!(life.lived(child, year), Some(Lived::NewbornDied));
        assert_eq!(life.lived(child, year.plus(1)), None);
        assert_eq!(Life::VACANT.lived(child, year), None);
    }
}
