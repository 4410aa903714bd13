//! People whom an arm has moved to other groups than they are in in the reference.
//!
//! They are few. Sums by the reference's groups are those by the arm's own, with each of them taken from where they are and put where
//! the reference has them; whoever the reference has not, nowhere.

use std::borrow::Cow;

use bevy_ecs::resource::Resource;

use crate::processes::school::{Level, Schooling, Track};
use crate::record::lexis::{COHORTS, Lived};
use crate::units::Sex;

use super::count::{OfCommunity, PARENTS, Pot};
use super::twins::Levels;
use super::{By, LANES, LEVELS, RANGES, Way, band, range};

/// Those whom a community's arm has moved, of the year just lived.
#[derive(Resource, Clone, Debug, Default)]
pub struct AllMoved(pub Vec<Moved>);

impl AllMoved {
    /// The community's sums by the reference's groups.
    pub(super) fn in_community<'a>(&self, own: Cow<'a, OfCommunity>) -> Cow<'a, OfCommunity> {
        if self.0.is_empty() {
            return own;
        }
        let mut own = own.into_owned();
        self.0.iter().for_each(|one| one.in_community(&mut own));
        Cow::Owned(own)
    }
}

/// Somebody moved, and all that is counted of them by group.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Registered sex.
    pub sex: Sex,
    /// Age reached.
    pub age: usize,
    /// How the year was lived.
    pub way: Lived,
    /// Whether they stay beyond the year.
    pub stays: bool,
    /// Where they are, as places among all levels.
    pub from: Levels,
    /// Where the reference has them, if it has.
    pub to: Option<Levels>,
    /// The lanes they count in, one bit each.
    pub word: [u64; 2],
    /// Deaths expected, in steps of [`Fixed`](crate::sums::Fixed).
    pub expected: i64,
    /// The recorded chance of dying, in the same steps.
    pub recorded: i64,
    /// Their way through education.
    pub schooling: Schooling,
}

/// Adds to a count, or takes from it.
const fn count(sum: &mut u32, is_put: bool) {
    *sum = if is_put { sum.wrapping_add(1) } else { sum.wrapping_sub(1) };
}

impl Moved {
    /// Moves them in the sums of the nation.
    pub(super) fn in_nation(&self, pot: &mut Pot) {
        self.each(|levels, is_put| self.to_nation(levels, is_put, pot));
    }

    /// Moves them in the sums of their community.
    fn in_community(&self, own: &mut OfCommunity) {
        self.each(|levels, is_put| self.to_community(levels, is_put, own));
    }

    fn each(&self, mut act: impl FnMut(Levels, bool)) {
        act(self.from, false);
        self.to.into_iter().for_each(|levels| act(levels, true));
    }

    fn to_nation(&self, levels: Levels, is_put: bool, pot: &mut Pot) {
        let cell = self.sex.index() * COHORTS + self.age;
        for level in levels {
            pot.expected[cell][level] += if is_put { self.expected } else { -self.expected };
            if self.stays {
                self.stocks(&mut pot.stocks[cell][level], is_put);
            }
            if self.way != Lived::Whole {
                count(&mut pot.ways[self.way as usize * LEVELS + level][cell], is_put);
            }
        }
    }

    fn to_community(&self, levels: Levels, is_put: bool, own: &mut OfCommunity) {
        let sex = self.sex.index();
        let dies = self.way.deaths() != [0.0, 0.0];
        let arrives = matches!(self.way, Lived::Arrived | Lived::ArrivedDied);
        let half = if dies { false } else { arrives || !self.stays };
        let recorded = if half { self.recorded / 2 } else { self.recorded };
        for level in levels {
            if self.stays {
                self.stocks(&mut own.stocks[sex * RANGES.len() + range(self.age)][level], is_put);
            }
            if let Some(band) = band(self.age) {
                let risks = &mut own.risks[level][sex][band];
                let terms = if is_put { [self.expected, recorded] } else { [-self.expected, -recorded] };
                risks.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
                if dies {
                    count(&mut own.deaths[level][sex][band], is_put);
                }
            }
        }
        if self.stays {
            self.to_school(levels[2] - By::ParentsEducation.first(), is_put, &mut own.school);
        }
    }

    fn stocks(&self, stocks: &mut [u32; LANES], is_put: bool) {
        for (lane, stock) in stocks.iter_mut().enumerate() {
            if self.word[lane / 8] >> (8 * (lane % 8)) & 1 == 1 {
                count(stock, is_put);
            }
        }
    }

    fn to_school(&self, parents: usize, is_put: bool, school: &mut [[[u32; Way::ALL.len()]; 2]; PARENTS]) {
        let sums = &mut school[parents][self.sex.index()];
        for (way, number) in ways(self.age, self.schooling) {
            let sum = &mut sums[way as usize];
            *sum = if is_put { sum.wrapping_add(number) } else { sum.wrapping_sub(number) };
        }
    }
}

/// What somebody who stays adds to what comes of school, in the year they reach an age.
pub(super) fn ways(age: usize, schooling: Schooling) -> impl Iterator<Item = (Way, u32)> {
    let completed = u32::from(schooling.level >= Level::UpperSecondary);
    let marks = age == Way::MarksSum.age();
    let of_21 = age == Way::People21.age();
    let (general, vocational) = (schooling.track == Track::General, schooling.track == Track::Vocational);
    [
        (marks, Way::MarksSum, schooling.marks.into()),
        (marks, Way::MarksPeople, u32::from(schooling.marks > 0)),
        (of_21, Way::People21, 1),
        (of_21 && general, Way::StartedGeneral, 1),
        (of_21 && general, Way::CompletedGeneral, completed),
        (of_21 && vocational, Way::StartedVocational, 1),
        (of_21 && vocational, Way::CompletedVocational, completed),
    ]
    .into_iter()
    .filter_map(|(holds, way, number)| holds.then_some((way, number)))
}
