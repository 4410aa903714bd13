//! Twins: in an arm, how it goes with the same person in the reference.
//!
//! A person's *twin* is the same person, of the same id, as the reference lived it: to which groups it belongs there, whether it has
//! died or moved out there. Nobody decides anything by it: the accounts need it to tell what an arm does to the same people, whatever
//! groups it moves them to, and whose life it has lengthened.
//!
//! The reference *tells* what is new with its people at the end of each year ([`News`]), community by community, since people never
//! change it; every arm *hears* the same year's news. Between two pieces of news a twin stays as it was. Whoever an arm has lost, or not
//! had yet, is among the *missing* as long as the reference has them.
//!
//! ```text
//! word  group in each of four groupings, 4 bits each · known · died · left · died young · died early · male · generation, 2 bits
//! ```

use std::collections::BTreeMap;

use bevy_ecs::resource::Resource;
use bytemuck::{Pod, Zeroable};

use crate::units::Sex;

/// Groupings that a twin's groups are kept of.
pub const GROUPINGS: usize = 4;

/// How somebody is touched by an arm's measures, in an order in which the first that holds counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Generation {
    /// A measure has reached them.
    Reached = 0,
    /// Not themselves; a measure had reached a parent before they grew up.
    Children = 1,
    /// Neither; the parent of whom this holds is one of the children, or of the grandchildren.
    Grandchildren = 2,
    /// None of these.
    Others = 3,
}

impl Generation {
    /// Every generation.
    pub const ALL: [Self; 4] = [Self::Reached, Self::Children, Self::Grandchildren, Self::Others];

    /// What the child of somebody is.
    #[must_use]
    pub const fn child(self) -> Self {
        match self {
            Self::Reached => Self::Children,
            Self::Children | Self::Grandchildren => Self::Grandchildren,
            Self::Others => Self::Others,
        }
    }
}

/// How it goes with a person in the reference, and which generation they are in the arm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(transparent)]
pub struct Twin(u32);

impl Twin {
    /// Nobody in the reference, so far.
    pub const NONE: Self = Self(0);
    const GROUPS: u32 = 0xffff;
    const KNOWN: u32 = 1 << 16;
    const DIED: u32 = 1 << 17;
    const LEFT: u32 = 1 << 18;
    const YOUNG: u32 = 1 << 19;
    const EARLY: u32 = 1 << 20;
    const MALE: u32 = 1 << 21;
    /// Two bits, turned round so that no bits are the last generation.
    const GENERATION: u32 = 22;

    /// Somebody here, of these groups.
    #[inline]
    #[must_use]
    pub fn here(groups: [u8; GROUPINGS], sex: Sex) -> Self {
        let word = groups.into_iter().rev().fold(0, |word, group| word << 4 | u32::from(group));
        Self(word | Self::KNOWN | if sex == Sex::Male { Self::MALE } else { 0 })
    }

    /// The same, who moves out.
    #[must_use]
    pub const fn leaving(self) -> Self {
        Self(self.0 | Self::LEFT)
    }

    /// The same, who dies: `young`, before people have the groups of the grown, or `early`, which is called premature.
    #[must_use]
    pub const fn dying(self, young: bool, early: bool) -> Self {
        Self(self.0 | Self::DIED | if young { Self::YOUNG } else { 0 } | if early { Self::EARLY } else { 0 })
    }

    /// The groups; all the first of somebody who is not known.
    #[must_use]
    pub fn groups(self) -> [u8; GROUPINGS] {
        std::array::from_fn(|grouping| (self.0 >> (4 * grouping) & 15) as u8)
    }

    /// Whether the groups are the same, of somebody known.
    #[inline]
    #[must_use]
    pub const fn is_in(self, groups: Self) -> bool {
        (self.0 ^ groups.0) & (Self::GROUPS | Self::KNOWN) == 0
    }

    /// Whether the reference has or had this person.
    #[must_use]
    pub const fn is_known(self) -> bool {
        self.0 & Self::KNOWN != 0
    }

    /// Whether they have died there.
    #[must_use]
    pub const fn has_died(self) -> bool {
        self.0 & Self::DIED != 0
    }

    /// Whether they have moved out there.
    #[must_use]
    pub const fn has_left(self) -> bool {
        self.0 & Self::LEFT != 0
    }

    /// Whether they are in the reference now.
    #[must_use]
    pub const fn is_here(self) -> bool {
        self.0 & (Self::KNOWN | Self::DIED | Self::LEFT) == Self::KNOWN
    }

    /// Whether they died there before people have the groups of the grown.
    #[must_use]
    pub const fn died_young(self) -> bool {
        self.0 & Self::YOUNG != 0
    }

    /// Whether they died there of what is called a premature death.
    #[must_use]
    pub const fn died_early(self) -> bool {
        self.0 & Self::EARLY != 0
    }

    /// Their sex.
    #[must_use]
    pub const fn sex(self) -> Sex {
        if self.0 & Self::MALE == 0 { Sex::Female } else { Sex::Male }
    }

    /// The generation in the arm.
    #[must_use]
    pub const fn generation(self) -> Generation {
        Generation::ALL[3 - (self.0 >> Self::GENERATION & 3) as usize]
    }

    /// The same person in another generation.
    #[must_use]
    pub const fn of_generation(self, generation: Generation) -> Self {
        Self(self.0 & !(3 << Self::GENERATION) | (3 - generation as u32) << Self::GENERATION)
    }

    /// What is known after news.
    #[inline]
    #[must_use]
    pub const fn after(self, news: Self) -> Self {
        news.of_generation(self.generation())
    }
}

/// What is new with somebody in the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct News {
    /// Who it is.
    pub id: u64,
    /// How it is with them now.
    pub twin: Twin,
}

impl News {
    /// Bytes of a piece of news.
    pub const BYTES: usize = 12;

    /// News as bytes.
    #[must_use]
    pub fn to_bytes(news: &[Self]) -> Vec<u8> {
        let one = |news: &Self| [&news.id.to_le_bytes()[..], &news.twin.0.to_le_bytes()].concat();
        news.iter().flat_map(one).collect()
    }

    /// News from bytes; a rest that is no piece of news is left out.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Vec<Self> {
        let one = |bytes: &[u8; Self::BYTES]| {
            let (id, twin) = bytes.split_first_chunk().expect("eight of twelve bytes");
            let twin = twin.try_into().expect("four bytes");
            Self { id: u64::from_le_bytes(*id), twin: Twin(u32::from_le_bytes(twin)) }
        };
        bytes.as_chunks().0.iter().map(one).collect()
    }
}

/// Somebody whom the reference has and the arm has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// How it is with them in the reference.
    pub twin: Twin,
    /// Year of birth in the arm.
    pub born: i16,
    /// Why the arm has not.
    pub why: Why,
}

/// Why somebody is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Why {
    /// Not born or arrived, or not yet.
    NotCome = 0,
    /// Dead.
    Died = 1,
    /// Moved out.
    Left = 2,
}

/// What a community has to do with twins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// Nothing: no arm follows.
    #[default]
    None,
    /// It is the reference, and tells.
    Tells,
    /// It is an arm, and hears.
    Hears,
}

/// The twins of a community's people.
#[derive(Resource, Clone, Debug, Default)]
pub struct Twins {
    /// Whether the community tells or hears.
    pub part: Part,
    /// By row.
    pub of: Vec<Twin>,
    /// What it tells of the year just lived, or what it hears of the year it lives, in order of id.
    pub news: Vec<News>,
    /// Whom the reference has and the arm has not.
    pub missing: BTreeMap<u64, Missing>,
    /// Bit by row: whom measures reach this year.
    pub reached: Vec<u64>,
}

impl Twins {
    /// Follows the people of some rows to the front.
    pub(super) fn deal(&mut self, order: &[u32]) {
        if self.part != Part::None {
            let of = |row: &u32| self.of.get(*row as usize).copied().unwrap_or_default();
            self.of = order.iter().map(of).collect();
        }
    }

    /// Whether a measure reaches the person in a row this year.
    #[inline]
    #[must_use]
    pub fn is_reached(&self, row: usize) -> bool {
        self.reached.get(row / 64).is_some_and(|bits| bits >> (row % 64) & 1 == 1)
    }

    /// As bytes: how many twins, they, the missing.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = (self.of.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(bytemuck::cast_slice(&self.of));
        for (id, missing) in &self.missing {
            bytes.extend_from_slice(&id.to_le_bytes());
            bytes.extend_from_slice(&missing.twin.0.to_le_bytes());
            bytes.extend_from_slice(&missing.born.to_le_bytes());
            bytes.extend_from_slice(&[missing.why as u8, 0]);
        }
        bytes
    }

    /// Twins from bytes; none if the bytes are no twins.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Option<()> {
        let (count, bytes) = bytes.split_first_chunk()?;
        let length = usize::try_from(u64::from_le_bytes(*count)).ok()?.checked_mul(4)?;
        let (of, missing) = bytes.split_at_checked(length)?;
        let (missing, rest) = missing.as_chunks::<16>();
        let one = |bytes: &[u8; 16]| {
            let why = match bytes[14] {
                0 => Why::NotCome,
                1 => Why::Died,
                2 => Why::Left,
                _ => return None,
            };
            let (id, bytes) = bytes.split_first_chunk()?;
            let (twin, bytes) = bytes.split_first_chunk()?;
            let born = i16::from_le_bytes([bytes[0], bytes[1]]);
            Some((u64::from_le_bytes(*id), Missing { twin: Twin(u32::from_le_bytes(*twin)), born, why }))
        };
        self.of = bytemuck::allocation::pod_collect_to_vec(of);
        self.missing = missing.iter().map(one).collect::<Option<_>>()?;
        rest.is_empty().then_some(())
    }
}

/// A quick look whether somebody may be among the news: few others are taken for one of them.
#[derive(Debug)]
pub struct Filter {
    bits: Vec<u64>,
    shift: u32,
}

impl Filter {
    /// A filter that lets these ids through.
    #[must_use]
    pub fn of(news: &[News]) -> Self {
        // Sixteen bits for each: one in sixteen of the others passes.
        let bits = (news.len() * 16).next_power_of_two().max(64);
        let mut filter = Self { bits: vec![0; bits / 64], shift: u64::BITS - bits.trailing_zeros() };
        for news in news {
            let place = filter.place(news.id);
            filter.bits[place / 64] |= 1 << (place % 64);
        }
        filter
    }

    /// Ids are mixed already, so their highest bits serve as a hash.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "fewer places than 2³²")]
    const fn place(&self, id: u64) -> usize {
        (id >> self.shift) as usize
    }

    /// Whether there may be news of somebody.
    #[inline]
    #[must_use]
    pub fn lets(&self, id: u64) -> bool {
        let place = self.place(id);
        self.bits[place / 64] >> (place % 64) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_holds_groups_ends_and_generation_side_by_side() {
        let twin = Twin::here([3, 9, 4, 2], Sex::Male);
        assert_eq!((twin.groups(), twin.sex(), twin.generation()), ([3, 9, 4, 2], Sex::Male, Generation::Others));
        for generation in Generation::ALL {
            let now = twin.of_generation(generation).dying(false, true);
            assert_eq!((now.generation(), now.groups()), (generation, [3, 9, 4, 2]));
            assert!(now.has_died() && now.died_early() && !now.died_young() && !now.has_left() && !now.is_here());
        }
        assert!(twin.is_here() && twin.leaving().has_left() && !Twin::NONE.is_known());
    }

    #[test]
    fn news_keep_the_generation_of_the_arm() {
        let child = Twin::here([0; 4], Sex::Female).of_generation(Generation::Children);
        let after = child.after(Twin::here([1, 0, 0, 0], Sex::Female));
        assert_eq!((after.generation(), after.groups()[0]), (Generation::Children, 1));
    }

    #[test]
    fn news_and_twins_come_back_from_bytes() {
        let news =
            vec![News { id: 7, twin: Twin::here([1, 2, 3, 4], Sex::Male) }, News { id: u64::MAX, twin: Twin::NONE }];
        assert_eq!(News::from_bytes(&News::to_bytes(&news)), news);
        let missing = Missing { twin: Twin::here([1; 4], Sex::Female), born: 1999, why: Why::Died };
        let twins = Twins { of: vec![Twin::NONE, news[0].twin], missing: [(5, missing)].into(), ..Twins::default() };
        let mut read = Twins::default();
        assert!(read.read(&twins.to_bytes()).is_some());
        assert_eq!((&read.of, &read.missing), (&twins.of, &twins.missing));
        assert!(read.read(&twins.to_bytes()[1..]).is_none());
    }

    #[test]
    fn a_filter_lets_all_news_through_and_few_others() {
        let id = |n: u64| crate::draws::mix(n, 1);
        let news: Vec<News> = (0..1000).map(|n| News { id: id(n), twin: Twin::NONE }).collect();
        let filter = Filter::of(&news);
        assert!(news.iter().all(|news| filter.lets(news.id)));
        // One in sixteen of 10,000 expected at most: 625, sd 25, bound 5 sd.
        let others = (1000..11_000).filter(|n| filter.lets(id(*n))).count();
        assert!(others < 750, "{others}");
    }
}
