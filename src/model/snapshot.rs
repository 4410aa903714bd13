//! A population at the end of a year, as bytes: for forks, for resuming, and to compare two populations by their hash.
//!
//! Fork, checkpoint and resume are the same code: [`Snapshot::take`] and [`Snapshot::restore`]. People stand in the order of deals, which
//! depends on who they are and not on the rows they had, so equal populations give equal bytes. There is no generator state to
//! save: chance is a pure function.

use std::io::{Read, Write};

use rayon::prelude::*;

use crate::units::Year;

use super::community::Community;

/// The people of all communities after a year.
///
/// ```text
/// communities u64 · columns u64 · for each community: length u64 × columns, columns
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot(Vec<u8>);

impl Snapshot {
    /// Everyone still here after `year`.
    ///
    /// # Panics
    ///
    /// Never: memory can be written to.
    pub fn take(communities: &mut [Community], year: Year) -> Self {
        let mut bytes = Vec::new();
        Self::stream(communities, year, &mut bytes).expect("memory can be written to");
        Self(bytes)
    }

    /// The same, written piece by piece: two copies of the nation never stand side by side.
    ///
    /// # Errors
    ///
    /// If the writer fails.
    pub fn stream(communities: &mut [Community], year: Year, into: &mut dyn Write) -> std::io::Result<()> {
        let count = communities.len();
        for (place, some) in communities.chunks_mut(AT_ONCE).enumerate() {
            let saved: Vec<Vec<Vec<u8>>> = some.par_iter_mut().map(|community| community.save(year)).collect();
            if place == 0 {
                write_word(into, count)?;
                write_word(into, saved[0].len())?;
            }
            saved.iter().try_for_each(|columns| write_community(into, columns))?;
        }
        Ok(())
    }

    /// Fills communities.
    ///
    /// # Errors
    ///
    /// If the bytes do not fit the columns; the text says how.
    pub fn restore(&self, communities: &mut [Community]) -> Result<(), String> {
        let mut from = &self.0[..];
        Self::restore_from(&mut from, communities)?;
        if from.is_empty() { Ok(()) } else { Err(LENGTHS.to_owned()) }
    }

    /// Fills communities from a reader, some at a time.
    ///
    /// # Errors
    ///
    /// As [`Snapshot::restore`].
    pub fn restore_from(from: &mut dyn Read, communities: &mut [Community]) -> Result<(), String> {
        let (count, columns) = (read_word(from)?, read_word(from)?);
        if communities.len() != count {
            return Err(format!("{count} communities instead of {}", communities.len()));
        }
        for some in communities.chunks_mut(AT_ONCE) {
            let saved: Vec<Vec<Vec<u8>>> =
                some.iter().map(|_| read_community(from, columns)).collect::<Result<_, String>>()?;
            some.par_iter_mut().zip(&saved).try_for_each(|(community, saved)| {
                let columns: Vec<&[u8]> = saved.iter().map(Vec::as_slice).collect();
                community.restore(&columns)
            })?;
        }
        Ok(())
    }

    /// The bytes, as they stand in a file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Communities that are saved side by side.
const AT_ONCE: usize = 16;

const LENGTHS: &str = "lengths that do not add up";

fn write_word(into: &mut dyn Write, number: usize) -> std::io::Result<()> {
    into.write_all(&(number as u64).to_le_bytes())
}

fn write_community(into: &mut dyn Write, columns: &[Vec<u8>]) -> std::io::Result<()> {
    columns.iter().try_for_each(|column| write_word(into, column.len()))?;
    columns.iter().try_for_each(|column| into.write_all(column))
}

fn read_word(from: &mut dyn Read) -> Result<usize, String> {
    let mut word = [0; 8];
    from.read_exact(&mut word).map_err(|_| LENGTHS.to_owned())?;
    usize::try_from(u64::from_le_bytes(word)).map_err(|_| LENGTHS.to_owned())
}

/// The columns of one community. No more is read than there is: a broken number must not ask for memory.
fn read_community(from: &mut dyn Read, columns: usize) -> Result<Vec<Vec<u8>>, String> {
    let mut lengths = Vec::new();
    for _ in 0..columns {
        lengths.push(read_word(from)?);
    }
    let column = |length: usize| {
        let mut column = Vec::new();
        let read = Read::take(&mut *from, length as u64).read_to_end(&mut column);
        if read.is_ok_and(|read| read == length) { Ok(column) } else { Err(LENGTHS.to_owned()) }
    };
    lengths.into_iter().map(column).collect()
}

/// The hash that identifies the people of all communities after `year`: of each community's hash, so that no copy of the nation is
/// needed.
pub fn identity(communities: &mut [Community], year: Year) -> String {
    let of_each = communities.par_iter_mut().map(|community| {
        let mut columns = community.save(year);
        // Whom a measure reached and how it goes in the reference is told by the arm; it is nothing that anybody is or has.
        columns.truncate(columns.len() - 2);
        crate::store::sha256(&columns.concat())
    });
    crate::store::sha256(of_each.collect::<Vec<_>>().concat().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(columns: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        write_community(&mut bytes, columns).expect("memory");
        bytes
    }

    #[test]
    fn bytes_come_back_as_the_columns_they_were() {
        let communities = [vec![vec![1, 2, 3], vec![]], vec![vec![4; 10], vec![5]]];
        let bytes = [of(&communities[0]), of(&communities[1])].concat();
        let mut from = &bytes[..];
        for columns in communities {
            assert_eq!(read_community(&mut from, 2).expect("whole"), columns);
        }
        assert!(from.is_empty());
    }

    #[test]
    fn lengths_that_do_not_add_up_are_refused() {
        let whole = of(&[vec![1, 2, 3]]);
        assert!(read_community(&mut &whole[..whole.len() - 1], 1).is_err());
        assert!(read_community(&mut &[0; 12][..], usize::MAX).is_err());
        let mut huge = whole;
        huge[..8].fill(0xff);
        assert!(read_community(&mut &huge[..], 1).is_err());
    }
}
