//! What ties people together: parents, partner, home.
//!
//! People point to each other by [`Link`]. A link holds a row of the community's table, or a place among the *remembered*: the dead
//! and the moved whom somebody here descends from. Rows change when they are dealt anew, and links with them; ids do not.
//!
//! Like [`Life`](super::person::Life), these three components are written by several mechanisms, since a union begins, ends and is
//! bereaved in different ways; each says in its own file which of them it writes.

use bevy_ecs::component::Component;
use bytemuck::{CheckedBitPattern, NoUninit, Pod, Zeroable};

use crate::units::Year;

/// A link to somebody of the same community, or to nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
#[repr(transparent)]
pub struct Link(u32);

/// Where a link leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// To nobody: unknown, or nobody's business any more.
    Nobody,
    /// To a row of the table of people.
    Row(usize),
    /// To one of the remembered.
    Remembered(usize),
}

impl Link {
    /// To nobody.
    pub const NOBODY: Self = Self(u32::MAX);
    const REMEMBERED: u32 = 1 << 31;

    /// To the person in a row.
    #[inline]
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "fewer rows than 2³¹")]
    pub const fn row(row: usize) -> Self {
        Self(row as u32)
    }

    /// To one of the remembered.
    #[inline]
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "fewer places than 2³¹")]
    pub const fn remembered(place: usize) -> Self {
        Self(place as u32 | Self::REMEMBERED)
    }

    /// Where it leads.
    #[inline]
    #[must_use]
    pub const fn to(self) -> To {
        match self.0 {
            u32::MAX => To::Nobody,
            place if place & Self::REMEMBERED != 0 => To::Remembered((place & !Self::REMEMBERED) as usize),
            row => To::Row(row as usize),
        }
    }

    /// The row it leads to, if it does.
    #[inline]
    #[must_use]
    pub const fn as_row(self) -> Option<usize> {
        if self.0 & Self::REMEMBERED == 0 { Some(self.0 as usize) } else { None }
    }

    /// Whether it leads to this row.
    #[inline]
    #[must_use]
    pub fn is_row(self, row: usize) -> bool {
        self == Self::row(row)
    }

    /// Whether it leads to anybody.
    #[inline]
    #[must_use]
    pub fn is_known(self) -> bool {
        self != Self::NOBODY
    }
}

impl Default for Link {
    fn default() -> Self {
        Self::NOBODY
    }
}

/// Whose child somebody is. It never changes; links are kept for life, also to parents who are dead or have moved out.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(C)]
pub struct Kin {
    /// The mother; nobody for immigrants, and for founders whose mother was dead.
    pub mother: Link,
    /// The father, where there is one.
    pub father: Link,
}

impl Kin {
    /// Whether two people are sisters or brothers, in full or in half.
    #[must_use]
    pub fn shares_parent(self, other: Self) -> bool {
        (self.mother.is_known() && self.mother == other.mother)
            || (self.father.is_known() && self.father == other.father)
    }
}

/// How somebody stands to partnership.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(u8)]
pub enum Status {
    /// Never in a union.
    #[default]
    Never = 0,
    /// Lives with a partner, not married.
    Cohabiting = 1,
    /// Lives with a spouse.
    Married = 2,
    /// The last union was a cohabitation, and ended while both lived.
    Separated = 3,
    /// The last union was a marriage, and ended while both lived.
    Divorced = 4,
    /// The last partner died.
    Widowed = 5,
}

impl Status {
    /// Every status, in the order of its numbers.
    pub const ALL: [Self; 6] =
        [Self::Never, Self::Cohabiting, Self::Married, Self::Separated, Self::Divorced, Self::Widowed];
}

/// Somebody's union, or how the last one ended. At the end of a year a partner is alive, here, and has this person as partner.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(C)]
pub struct Union {
    /// The partner.
    pub partner: Link,
    /// Calendar year in which the status began: for the married, of marriage.
    pub since: i16,
    /// The status.
    pub status: Status,
    spare: u8,
}

impl Union {
    /// A union with somebody from a year on.
    #[must_use]
    pub const fn with(partner: Link, status: Status, since: Year) -> Self {
        Self { partner, since: since.0, status, spare: 0 }
    }

    /// Whether there is a partner.
    #[inline]
    #[must_use]
    pub const fn is_coupled(self) -> bool {
        matches!(self.status, Status::Cohabiting | Status::Married)
    }

    /// Completed years of the status on 1 January of a year.
    #[inline]
    #[must_use]
    pub fn duration(self, year: Year) -> usize {
        usize::try_from(i32::from(year.0) - i32::from(self.since)).unwrap_or(0)
    }

    /// Ends while both live.
    pub const fn part(&mut self, year: Year) {
        let status = if matches!(self.status, Status::Married) { Status::Divorced } else { Status::Separated };
        *self = Self::with(Link::NOBODY, status, year);
    }

    /// The partner died.
    pub const fn bereave(&mut self, year: Year) {
        *self = Self::with(Link::NOBODY, Status::Widowed, year);
    }

    /// The cohabiting marry.
    pub const fn marry(&mut self, year: Year) {
        *self = Self::with(self.partner, Status::Married, year);
    }
}

/// How somebody belongs to the household.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(u8)]
pub enum Role {
    /// Lives as a child of the household, mostly with a parent.
    #[default]
    Child = 0,
    /// Heads it, alone or with the partner.
    Adult = 1,
    /// Lives in an institution; a household of one, and no private one.
    Institution = 2,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Child, Self::Adult, Self::Institution];
    /// The words of [`Role::ALL`], in its order.
    pub const WORDS: &'static [&'static str] = &["child", "adult", "institution"];
}

/// Where and with whom somebody lives.
///
/// A household is known by the row of its *householder*: the woman of a couple, or the single adult.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(C)]
pub struct Home {
    /// The householder.
    pub household: Link,
    /// The municipality, as its place in the list of municipalities.
    pub municipality: u16,
    /// The part in the household.
    pub role: Role,
    spare: u8,
}

impl Home {
    /// A home.
    #[must_use]
    pub const fn new(household: Link, municipality: u16, role: Role) -> Self {
        Self { household, municipality, role, spare: 0 }
    }
}

/// Somebody who is gone and whom somebody here descends from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(C)]
pub struct Gone {
    /// The id.
    pub id: u64,
    /// Calendar year of birth.
    pub born: i16,
    /// Calendar year of death or of moving out.
    pub until: i16,
    /// Registered sex.
    pub sex: crate::units::Sex,
    /// 1 if they moved out, 0 if they died.
    pub left: u8,
    spare: [u8; 2],
}

impl Gone {
    /// Somebody whose life here ended in a year.
    #[must_use]
    pub const fn new(person: super::person::Person, until: i16, left: bool) -> Self {
        Self { id: person.id, born: person.born, until, sex: person.sex, left: left as u8, spare: [0; 2] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_where_it_was_made_to() {
        assert_eq!(Link::row(7).to(), To::Row(7));
        assert_eq!(Link::remembered(7).to(), To::Remembered(7));
        assert_eq!(Link::NOBODY.to(), To::Nobody);
        assert_eq!(Link::row(7).as_row(), Some(7));
        assert_eq!(Link::remembered(7).as_row(), None);
        assert_eq!(Link::NOBODY.as_row(), None);
    }

    #[test]
    fn strangers_without_known_parents_are_no_siblings() {
        let stranger = Kin::default();
        let child = |mother, father| Kin { mother: Link::row(mother), father: Link::row(father) };
        assert!(!stranger.shares_parent(stranger));
        assert!(child(1, 2).shares_parent(child(3, 2)));
        assert!(!child(1, 2).shares_parent(child(2, 1)));
    }
}
