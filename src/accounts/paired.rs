//! Lives of the same people compared with the reference's, year by year: what `effects.arrow` is made of.

use crate::model::community::Community;

use super::cells::GROUPS;
use super::groups::twins::{Lives, PLACES, Paired};
use crate::model::twin::Generation;
use crate::units::{Sex, Year};

/// Lives of some people, compared in a year, in one group of communities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The group of communities, below 64.
    pub circle: u8,
    /// The generation.
    pub generation: Generation,
    /// Registered sex.
    pub sex: Sex,
    /// A place among all levels of the reference's groups, or one of the young ([`PLACES`]).
    pub place: u8,
    /// How lives compare.
    pub lives: Lives,
}

/// A year of an arm compared with the reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearPaired {
    /// The year.
    pub year: Year,
    /// What is not zero, in order.
    pub entries: Vec<Entry>,
    /// People here who were never in the reference, less those of the reference who never came, `[64][2]`.
    pub apart: Vec<[i32; 2]>,
}

impl YearPaired {
    /// Gathers the counts of the year just lived.
    ///
    /// # Panics
    ///
    /// Never: groups of communities and places are below 256.
    #[must_use]
    pub fn gather(year: Year, communities: &[Community]) -> Self {
        let mut sums = vec![Paired::default(); GROUPS];
        for (number, community) in communities.iter().enumerate() {
            let (sum, own) = (&mut sums[number % GROUPS], community.world.resource::<Paired>());
            let into = sum.lives.as_flattened_mut().as_flattened_mut();
            into.iter_mut().zip(own.lives.as_flattened().as_flattened()).for_each(|(sum, term)| sum.add(*term));
            sum.apart.iter_mut().zip(own.apart).for_each(|(sum, term)| *sum += term);
        }
        let mut entries = Vec::new();
        for (circle, sum) in sums.iter().enumerate() {
            for (generation, of_sexes) in Generation::ALL.into_iter().zip(&sum.lives) {
                for (sex, places) in Sex::BOTH.into_iter().zip(of_sexes) {
                    for (place, lives) in places.iter().enumerate().filter(|(_, lives)| **lives != Lives::default()) {
                        let [circle, place] = [circle, place].map(|place| u8::try_from(place).expect("below 256"));
                        entries.push(Entry { circle, generation, sex, place, lives: *lives });
                    }
                }
            }
        }
        Self { year, entries, apart: sums.iter().map(|sum| sum.apart).collect() }
    }

    /// The years as bytes: the year, how many entries, they, and those apart.
    #[must_use]
    pub fn to_bytes(years: &[Self]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for one in years {
            bytes.extend_from_slice(&one.year.0.to_le_bytes());
            bytes.extend_from_slice(&u32::try_from(one.entries.len()).expect("a few thousand").to_le_bytes());
            for entry in &one.entries {
                bytes.extend_from_slice(&[entry.circle, entry.generation as u8, entry.sex as u8, entry.place]);
                [entry.lives.more, entry.lives.fewer_early, entry.lives.reached]
                    .iter()
                    .for_each(|number| bytes.extend_from_slice(&number.to_le_bytes()));
            }
            one.apart.iter().flatten().for_each(|number| bytes.extend_from_slice(&number.to_le_bytes()));
        }
        bytes
    }

    /// The years again; none if the bytes are no such years.
    #[must_use]
    pub fn from_bytes(mut bytes: &[u8]) -> Option<Vec<Self>> {
        let mut years = Vec::new();
        while !bytes.is_empty() {
            let (year, rest) = bytes.split_first_chunk()?;
            let (count, rest) = rest.split_first_chunk()?;
            let count = usize::try_from(u32::from_le_bytes(*count)).ok()?;
            let (entries, rest) = rest.split_at_checked(count.checked_mul(16)?)?;
            let (apart, rest) = rest.split_at_checked(8 * GROUPS)?;
            let number = |bytes: &[u8; 4]| i32::from_le_bytes(*bytes);
            let pairs = apart.as_chunks::<4>().0.as_chunks::<2>().0;
            years.push(Self {
                year: Year(i16::from_le_bytes(*year)),
                entries: entries.as_chunks().0.iter().map(entry).collect::<Option<_>>()?,
                apart: pairs.iter().map(|pair| [number(&pair[0]), number(&pair[1])]).collect(),
            });
            bytes = rest;
        }
        Some(years)
    }
}

fn entry(bytes: &[u8; 16]) -> Option<Entry> {
    let ([head], numbers) = bytes.as_chunks::<4>().0.split_first_chunk()?;
    let mut numbers = numbers.iter().map(|bytes| i32::from_le_bytes(*bytes));
    let lives = Lives { more: numbers.next()?, fewer_early: numbers.next()?, reached: numbers.next()? };
    Some(Entry {
        circle: Some(head[0]).filter(|circle| usize::from(*circle) < GROUPS)?,
        generation: *Generation::ALL.get(usize::from(head[1]))?,
        sex: *Sex::BOTH.get(usize::from(head[2]))?,
        place: Some(head[3]).filter(|place| usize::from(*place) < PLACES)?,
        lives,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_as_the_years_they_were() {
        let lives = Lives { more: -7, fewer_early: 2, reached: 9 };
        let entry = Entry { circle: 63, generation: Generation::Children, sex: Sex::Male, place: 25, lives };
        let mut apart = vec![[0; 2]; GROUPS];
        apart[3] = [1, -1];
        let years = vec![
            YearPaired { year: Year(2027), entries: vec![entry; 2], apart: apart.clone() },
            YearPaired { year: Year(2028), entries: Vec::new(), apart },
        ];
        let bytes = YearPaired::to_bytes(&years);
        assert_eq!(YearPaired::from_bytes(&bytes), Some(years));
        assert_eq!(YearPaired::from_bytes(&bytes[1..]), None);
    }
}
