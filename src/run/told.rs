//! What the reference tells of its people, year by year, kept on disk until every arm has heard it.
//!
//! ```text
//! communities u32 · for each: pieces of news u32 · pieces · SHA-256 of all before, as text
//! ```

use std::path::{Path, PathBuf};

use crate::error::RunError;
use crate::model::twin::News;
use crate::store::sha256;
use crate::units::Year;

fn path(work: &Path, year: Year) -> PathBuf {
    work.join(format!("told-{year}.news"))
}

/// Keeps the news of a year, by community.
///
/// # Errors
///
/// If the working directory cannot be written to.
pub fn keep(work: &Path, year: Year, told: &[Vec<News>]) -> Result<(), RunError> {
    let path = path(work, year);
    let size = |length: usize| u32::try_from(length).expect("fewer pieces of news than 2³²").to_le_bytes();
    let mut bytes = size(told.len()).to_vec();
    for news in told {
        bytes.extend_from_slice(&size(news.len()));
        bytes.extend(News::to_bytes(news));
    }
    let hash = sha256(&bytes);
    bytes.extend_from_slice(hash.as_bytes());
    // Whole or not at all; whoever has this year's news goes on from it.
    let beside = path.with_extension("new");
    let written = std::fs::write(&beside, bytes).and_then(|()| std::fs::rename(&beside, &path));
    written.map_err(|error| RunError::io("write", &path, error))
}

/// The news of a year, by community.
///
/// # Errors
///
/// If they are not there, or are no news of so many communities.
pub fn hear(work: &Path, year: Year, communities: usize) -> Result<Vec<Vec<News>>, RunError> {
    let path = path(work, year);
    let bytes = std::fs::read(&path).map_err(|error| RunError::io("read", &path, error))?;
    sound(&bytes).and_then(read).filter(|told| told.len() == communities).ok_or_else(|| RunError::BadSnapshot {
        path: path.clone(),
        message: "damaged: its checksum does not match".to_owned(),
        help: format!("delete {} and start anew", work.display()),
    })
}

/// The bytes before the checksum, if it is theirs.
fn sound(bytes: &[u8]) -> Option<&[u8]> {
    let (bytes, hash) = bytes.split_last_chunk::<64>()?;
    (sha256(bytes).as_bytes() == hash).then_some(bytes)
}

fn read(bytes: &[u8]) -> Option<Vec<Vec<News>>> {
    let (count, mut bytes) = bytes.split_first_chunk()?;
    let mut told = Vec::new();
    for _ in 0..u32::from_le_bytes(*count) {
        let (length, rest) = bytes.split_first_chunk()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let (news, rest) = rest.split_at_checked(length.checked_mul(News::BYTES)?)?;
        told.push(News::from_bytes(news));
        bytes = rest;
    }
    bytes.is_empty().then_some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::twin::Twin;
    use crate::units::Sex;

    #[test]
    fn what_is_kept_is_heard() {
        let work = tempfile::tempdir().expect("a directory");
        let news = |id| News { id, twin: Twin::here([1, 2, 3, 4], Sex::Male) };
        let told = vec![vec![news(5), news(9)], Vec::new(), vec![news(7)]];
        keep(work.path(), Year(2030), &told).expect("written");
        assert_eq!(hear(work.path(), Year(2030), 3).expect("there"), told);
        assert!(hear(work.path(), Year(2031), 3).is_err(), "nothing was told of 2031");
        assert!(hear(work.path(), Year(2030), 2).is_err(), "of other communities");
        let bytes = std::fs::read(path(work.path(), Year(2030))).expect("there");
        assert_eq!(sound(&bytes[..bytes.len() - 1]), None);
        let mut damaged = bytes;
        damaged[9] ^= 1;
        assert_eq!(sound(&damaged), None);
    }
}
