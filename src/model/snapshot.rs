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
/// communities u64 · columns u64 · for each community: length u64 × columns, columns
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot(Vec<u8>);

impl Snapshot {
    /// Everyone still here after `year`.
    pub fn take(communities: &mut [Community], year: Year) -> Self {
        let (mut bytes, mut done, count) = (Vec::new(), 0, communities.len());
        // Some at a time: two copies of the nation never stand side by side.
        for some in communities.chunks_mut(AT_ONCE) {
            let saved: Vec<Vec<Vec<u8>>> = some.par_iter_mut().map(|community| community.save(year)).collect();
            if done == 0 {
                write_word(&mut bytes, count);
                write_word(&mut bytes, saved[0].len());
            }
            saved.iter().for_each(|columns| write_community(&mut bytes, columns));
            done += saved.len();
            // Communities are of about one size: room for the rest, and a little more.
            bytes.reserve((bytes.len() / done + 1024) * (count - done) * 51 / 50);
        }
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
        let mut left = &self.0[..];
        let word = |left: &mut &[u8]| {
            let (word, after) = left.split_first_chunk::<8>()?;
            *left = after;
            usize::try_from(u64::from_le_bytes(*word)).ok()
        };
        let (count, columns) = (word(&mut left)?, word(&mut left)?);
        let mut communities = Vec::new();
        for _ in 0..count {
            // No more columns than the bytes could describe: a broken number must not ask for memory.
            let lengths: Vec<usize> =
                (0..columns).map(|_| word(&mut left)).take_while(Option::is_some).collect::<Option<_>>()?;
            if lengths.len() != columns {
                return None;
            }
            let mut saved = Vec::with_capacity(columns);
            for length in lengths {
                let (column, after) = left.split_at_checked(length)?;
                saved.push(column);
                left = after;
            }
            communities.push(saved);
        }
        left.is_empty().then_some(communities)
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

/// Communities that are saved side by side.
const AT_ONCE: usize = 16;

fn write_word(bytes: &mut Vec<u8>, number: usize) {
    bytes.extend_from_slice(&(number as u64).to_le_bytes());
}

fn write_community(bytes: &mut Vec<u8>, columns: &[Vec<u8>]) {
    columns.iter().for_each(|column| write_word(bytes, column.len()));
    columns.iter().for_each(|column| bytes.extend_from_slice(column));
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

    fn of(communities: &[Vec<Vec<u8>>]) -> Snapshot {
        let mut bytes = Vec::new();
        write_word(&mut bytes, communities.len());
        write_word(&mut bytes, communities[0].len());
        communities.iter().for_each(|columns| write_community(&mut bytes, columns));
        Snapshot(bytes)
    }

    #[test]
    fn bytes_come_back_as_the_columns_they_were() {
        let communities = vec![vec![vec![1, 2, 3], vec![]], vec![vec![4; 10], vec![5]]];
        let snapshot = of(&communities);
        let again = Snapshot::from_bytes(snapshot.bytes().to_vec()).expect("whole");
        assert_eq!(again.columns().expect("lengths add up"), communities);
    }

    #[test]
    fn lengths_that_do_not_add_up_are_refused() {
        let whole = of(&[vec![vec![1, 2, 3]]]).0;
        assert_eq!(Snapshot::from_bytes(whole[..whole.len() - 1].to_vec()), None);
        assert_eq!(Snapshot::from_bytes(vec![0; 12]), None);
        for at in [0, 8, 16] {
            let mut huge = whole.clone();
            huge[at..at + 8].fill(0xff);
            assert_eq!(Snapshot::from_bytes(huge), None);
        }
    }
}
