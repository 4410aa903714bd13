//! A population at the end of a year, as bytes: for forks, for resuming, and to compare two populations by their hash.
//!
//! Fork, checkpoint and resume are the same code: [`Snapshot::take`] and [`Snapshot::restore`]. People stand in the order of deals, which
//! depends on who they are and not on the rows they had, so equal populations give equal bytes. There is no generator state to
//! save: chance is a pure function.

use rayon::prelude::*;

use crate::units::Year;

use super::community::Community;

/// The people of all communities after a year.
///
/// ```text
/// communities u64 · columns u64 · lengths u64 × communities × columns · columns, community by community
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot(Vec<u8>);

impl Snapshot {
    /// Everyone still here after `year`.
    pub fn take(communities: &mut [Community], year: Year) -> Self {
        Self::of(communities.par_iter_mut().map(|community| community.save(year)).collect())
    }

    fn of(communities: Vec<Vec<Vec<u8>>>) -> Self {
        let columns = communities.first().map_or(0, Vec::len);
        let mut bytes =
            Vec::with_capacity(16 + communities.iter().flatten().map(|column| column.len() + 8).sum::<usize>());
        let mut word = |number: usize| bytes.extend_from_slice(&(number as u64).to_le_bytes());
        word(communities.len());
        word(columns);
        communities.iter().flatten().for_each(|column| word(column.len()));
        // Each column is let go as soon as it is copied: two copies of the nation never stand side by side.
        communities.into_iter().flatten().for_each(|column| bytes.extend_from_slice(&column));
        Self(bytes)
    }

    /// Fills empty communities.
    ///
    /// # Errors
    ///
    /// If the bytes do not fit the columns; the text says how.
    pub fn restore(&self, communities: &mut [Community]) -> Result<(), String> {
        let saved = self.columns().ok_or("lengths that do not add up")?;
        if communities.len() != saved.len() {
            return Err(format!("{} communities instead of {}", saved.len(), communities.len()));
        }
        communities.par_iter_mut().zip(&saved).try_for_each(|(community, saved)| community.restore(saved))
    }

    /// The columns by community; `None` if the lengths do not add up.
    fn columns(&self) -> Option<Vec<Vec<&[u8]>>> {
        let mut words = self.0.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word));
        let (communities, columns) = (usize::try_from(words.next()?).ok()?, usize::try_from(words.next()?).ok()?);
        let count = communities.checked_mul(columns)?;
        let lengths: Vec<usize> = words.take(count).map(usize::try_from).collect::<Result<_, _>>().ok()?;
        let mut left = self.0.get(count.checked_mul(8)?.checked_add(16)?..)?;
        let total = lengths.iter().try_fold(0_usize, |sum, length| sum.checked_add(*length))?;
        if lengths.len() != count || total != left.len() {
            return None;
        }
        let mut next = lengths.into_iter();
        let mut column = || {
            let (column, after) = left.split_at(next.next().unwrap_or(0));
            left = after;
            column
        };
        Some((0..communities).map(|_| (0..columns).map(|_| column()).collect()).collect())
    }

    /// The bytes, as they stand in a file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// A snapshot from the bytes of a file; `None` if the lengths do not add up. No bytes are nobody.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        let snapshot = Self(bytes);
        (snapshot.0.is_empty() || snapshot.columns().is_some()).then_some(snapshot)
    }
}

/// The hash that identifies the people of all communities after `year`: of each community's hash, so that no copy of the nation is
/// needed.
pub fn identity(communities: &mut [Community], year: Year) -> String {
    let of_each = communities.par_iter_mut().map(|community| {
        let columns = community.save(year);
        crate::store::sha256(&columns.concat())
    });
    crate::store::sha256(of_each.collect::<Vec<_>>().concat().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_as_the_columns_they_were() {
        let communities = vec![vec![vec![1, 2, 3], vec![]], vec![vec![4; 10], vec![5]]];
        let snapshot = Snapshot::of(communities.clone());
        let again = Snapshot::from_bytes(snapshot.bytes().to_vec()).expect("whole");
        assert_eq!(again.columns().expect("lengths add up"), communities);
    }

    #[test]
    fn lengths_that_do_not_add_up_are_refused() {
        let whole = Snapshot::of(vec![vec![vec![1, 2, 3]]]).0;
        assert_eq!(Snapshot::from_bytes(whole[..whole.len() - 1].to_vec()), None);
        assert_eq!(Snapshot::from_bytes(vec![0; 12]), None);
        let mut huge = whole;
        huge[..8].fill(0xff);
        assert_eq!(Snapshot::from_bytes(huge), None);
    }
}
