//! Whom measures reached, year by year: what `reached.arrow` is made of.

use crate::model::community::Community;
use crate::model::reach::{Counted, People, Tallies};
use crate::units::Year;

/// Whom the measures of an arm reached in a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearReached {
    /// The year.
    pub year: Year,
    /// People simulated, by measure in the arm's order; nothing in the reference.
    pub measures: Vec<Counted>,
}

impl YearReached {
    /// Gathers the counts of the year just lived.
    #[must_use]
    pub fn gather(year: Year, communities: &[Community]) -> Self {
        let mut measures: Vec<Counted> = Vec::new();
        for community in communities {
            let tallies = &community.world.resource::<Tallies>().0;
            measures.resize(measures.len().max(tallies.len()), Counted::default());
            measures.iter_mut().zip(tallies).for_each(|(sum, term)| sum.add(term));
        }
        Self { year, measures }
    }

    /// The years as bytes: a year, the number of measures, and three tables for each.
    #[must_use]
    pub fn to_bytes(years: &[Self]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for one in years {
            bytes.extend_from_slice(&one.year.0.to_le_bytes());
            bytes.extend_from_slice(&u16::try_from(one.measures.len()).expect("at most 64 measures").to_le_bytes());
            for counted in &one.measures {
                for people in [&counted.eligible, &counted.reached, &counted.anew] {
                    let people = people.as_flattened().as_flattened();
                    people.iter().for_each(|count| bytes.extend_from_slice(&count.to_le_bytes()));
                }
            }
        }
        bytes
    }

    /// The years again; none if the bytes are too few or too many.
    #[must_use]
    pub fn from_bytes(mut bytes: &[u8]) -> Option<Vec<Self>> {
        let mut years = Vec::new();
        while !bytes.is_empty() {
            let (year, rest) = bytes.split_first_chunk()?;
            let (count, rest) = rest.split_first_chunk()?;
            let mut one = Self { year: Year(i16::from_le_bytes(*year)), measures: Vec::new() };
            bytes = rest;
            for _ in 0..u16::from_le_bytes(*count) {
                let mut counted = Counted::default();
                for people in [&mut counted.eligible, &mut counted.reached, &mut counted.anew] {
                    bytes = read(people, bytes)?;
                }
                one.measures.push(counted);
            }
            years.push(one);
        }
        Some(years)
    }
}

fn read<'a>(people: &mut People, bytes: &'a [u8]) -> Option<&'a [u8]> {
    let people = people.as_flattened_mut().as_flattened_mut();
    let (mine, rest) = bytes.split_at_checked(size_of_val(people))?;
    people.iter_mut().zip(mine.as_chunks().0).for_each(|(count, bytes)| *count = u32::from_le_bytes(*bytes));
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_as_the_years_they_were() {
        let mut counted = Counted::default();
        counted.eligible[1][0][40] = 7;
        counted.reached[0][1][127] = 3;
        let years = vec![
            YearReached { year: Year(2027), measures: vec![counted, Counted::default()] },
            YearReached { year: Year(2028), measures: Vec::new() },
        ];
        let bytes = YearReached::to_bytes(&years);
        assert_eq!(YearReached::from_bytes(&bytes), Some(years));
        assert_eq!(YearReached::from_bytes(&bytes[1..]), None);
    }
}
