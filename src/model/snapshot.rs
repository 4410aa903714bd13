//! A population at the end of a year, as bytes: for forks, for resuming, and to compare two populations by their hash.
//!
//! Fork, checkpoint and resume are the same code: [`Snapshot::take`] and [`Snapshot::restore`]. People stand in the order of deals, which
//! depends on who they are and not on the rows they had, so equal populations give equal bytes. There is no generator state to
//! save: chance is a pure function.

use rayon::prelude::*;

use crate::units::Year;

use super::community::Community;

/// The people of all communities after a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// `[community][column]`, bytes.
    communities: Vec<Vec<Vec<u8>>>,
}

impl Snapshot {
    /// Everyone still here after `year`.
    pub fn take(communities: &mut [Community], year: Year) -> Self {
        Self { communities: communities.par_iter_mut().map(|community| community.save(year)).collect() }
    }

    /// Nobody, before anyone has been saved.
    #[must_use]
    pub const fn empty() -> Self {
        Self { communities: Vec::new() }
    }

    /// Fills empty communities.
    ///
    /// # Errors
    ///
    /// If the bytes do not fit the columns; the text says how.
    pub fn restore(&self, communities: &mut [Community]) -> Result<(), String> {
        if communities.len() != self.communities.len() {
            return Err(format!("{} communities instead of {}", self.communities.len(), communities.len()));
        }
        communities.par_iter_mut().zip(&self.communities).try_for_each(|(community, saved)| community.restore(saved))
    }

    /// One piece of bytes: numbers of communities and columns, every length, every column.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let columns = self.communities.first().map_or(0, Vec::len);
        let mut bytes = Vec::with_capacity(self.communities.iter().flatten().map(|column| column.len() + 8).sum::<usize>() + 16);
        bytes.extend_from_slice(&(self.communities.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&(columns as u64).to_le_bytes());
        for column in self.communities.iter().flatten() {
            bytes.extend_from_slice(&(column.len() as u64).to_le_bytes());
        }
        self.communities.iter().flatten().for_each(|column| bytes.extend_from_slice(column));
        bytes
    }

    /// The reverse of [`Snapshot::to_bytes`]; `None` if the lengths do not add up.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut words = bytes.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word));
        let (communities, columns) = (usize::try_from(words.next()?).ok()?, usize::try_from(words.next()?).ok()?);
        let count = communities.checked_mul(columns)?;
        let lengths: Vec<usize> = words.take(count).map(usize::try_from).collect::<Result<_, _>>().ok()?;
        let mut left = bytes.get(16 + 8 * count..)?;
        if lengths.len() != count || lengths.iter().sum::<usize>() != left.len() {
            return None;
        }
        let mut next = lengths.into_iter();
        let mut column = || {
            let (column, after) = left.split_at(next.next().expect("as many lengths as columns"));
            left = after;
            column.to_vec()
        };
        Some(Self { communities: (0..communities).map(|_| (0..columns).map(|_| column()).collect()).collect() })
    }

    /// The hash that identifies this population.
    #[must_use]
    pub fn identity(&self) -> String {
        crate::store::sha256(&self.to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_as_the_snapshot_they_were() {
        let snapshot = Snapshot { communities: vec![vec![vec![1, 2, 3], vec![]], vec![vec![4; 10], vec![5]]] };
        let bytes = snapshot.to_bytes();
        assert_eq!(Snapshot::from_bytes(&bytes), Some(snapshot));
        assert_eq!(Snapshot::from_bytes(&bytes[..bytes.len() - 1]), None);
        assert_eq!(Snapshot::from_bytes(&[]), None);
    }
}
