//! Checked files: named sections of bytes that are written whole, versioned, and read back only if every bit is right.
//!
//! ```text
//! "livslop\n" · format version u32 · header length u32 · header (JSON) · sections · SHA-256 of all before
//! ```

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::RunError;

/// Raised whenever the layout of any section changes.
pub const FORMAT: u32 = 3;

const MAGIC: &[u8; 8] = b"livslop\n";

/// What stands before the sections.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    /// The hash of everything the content depends on.
    identity: String,
    sections: Vec<(String, u64)>,
}

/// Sections by name.
pub type Sections = Vec<(String, Vec<u8>)>;

/// A hash as hexadecimal text.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes as hexadecimal text.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes through a hash.
struct Hashing<W> {
    inner: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

/// Writes a file beside its final name and renames it, so that it appears whole or not at all.
///
/// # Errors
///
/// If the directory cannot be written to or the disk is full.
pub fn write(path: &Path, identity: &str, sections: &[(&str, &[u8])]) -> Result<(), RunError> {
    let beside = path.with_extension("new");
    let written = (|| {
        let mut file =
            Hashing { inner: BufWriter::with_capacity(1 << 20, File::create(&beside)?), hash: Sha256::new() };
        let lengths = sections.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.len() as u64)).collect();
        let header = serde_json::to_vec(&Header { identity: identity.to_owned(), sections: lengths })?;
        file.write_all(MAGIC)?;
        file.write_all(&FORMAT.to_le_bytes())?;
        file.write_all(&u32::try_from(header.len()).expect("a short header").to_le_bytes())?;
        file.write_all(&header)?;
        sections.iter().try_for_each(|(_, bytes)| file.write_all(bytes))?;
        let hash = file.hash.finalize();
        file.inner.write_all(&hash)?;
        file.inner.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        std::fs::rename(&beside, path)
    })();
    written.map_err(|error| {
        // What could not be finished must not take up the room that a second attempt needs.
        let _ = std::fs::remove_file(&beside);
        RunError::io("write", path, error)
    })
}

/// Reads a file written by [`write()`] under the same identity.
///
/// # Errors
///
/// If it cannot be read, is of another format version or identity, or differs by a single bit from what was written.
pub fn read(path: &Path, identity: &str) -> Result<Sections, RunError> {
    let bad = |message: &str, help: &str| RunError::BadSnapshot {
        path: path.to_owned(),
        message: message.to_owned(),
        help: help.to_owned(),
    };
    let delete = "delete it; it is made anew from the configuration";
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| RunError::io("open", path, error))?;
    BufReader::with_capacity(1 << 20, file)
        .read_to_end(&mut bytes)
        .map_err(|error| RunError::io("read", path, error))?;
    let Some((bytes, hash)) = bytes.split_last_chunk::<32>() else {
        return Err(bad("too short to be a snapshot", delete));
    };
    let Some((head, rest)) = bytes.split_first_chunk::<16>() else {
        return Err(bad("too short to be a snapshot", delete));
    };
    if head[..8] != *MAGIC {
        return Err(bad("not a livslop snapshot", delete));
    }
    let word = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().expect("four bytes"));
    if word(8) != FORMAT {
        let message = format!("of format version {}; this program reads version {FORMAT}", word(8));
        return Err(bad(&message, "use the program that wrote it, or delete it"));
    }
    if Sha256::digest(bytes)[..] != hash[..] {
        return Err(bad("damaged: its checksum does not match", delete));
    }
    let length = word(12) as usize;
    let header: Header = rest
        .get(..length)
        .and_then(|header| serde_json::from_slice(header).ok())
        .ok_or_else(|| bad("without a readable header", delete))?;
    if header.identity != identity {
        return Err(RunError::Usage {
            message: format!(
                "{} is of another run: configuration, settings, scenario or program differ",
                path.display()
            ),
            help: "repeat the command that started the run, with --resume, or delete what it left".to_owned(),
        });
    }
    let mut left = &rest[length..];
    let mut sections = Vec::new();
    for (name, length) in header.sections {
        let (section, after) = left.split_at(usize::try_from(length).expect("a length in memory").min(left.len()));
        sections.push((name, section.to_vec()));
        left = after;
    }
    Ok(sections)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECTIONS: &[(&str, &[u8])] = &[("people", &[1, 2, 3, 255]), ("empty", &[]), ("ledger", &[7; 1000])];

    #[test]
    fn what_was_written_comes_back() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("a.snapshot");
        write(&path, "abc", SECTIONS).expect("written");
        let owned: Sections = SECTIONS.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect();
        assert_eq!(read(&path, "abc").expect("read"), owned);
    }

    #[test]
    fn one_damaged_byte_anywhere_is_noticed() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("a.snapshot");
        write(&path, "abc", SECTIONS).expect("written");
        let whole = std::fs::read(&path).expect("bytes");
        for at in (0..whole.len()).step_by(17) {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            std::fs::write(&path, damaged).expect("written");
            assert!(matches!(read(&path, "abc"), Err(RunError::BadSnapshot { .. })), "byte {at}");
        }
        std::fs::write(&path, &whole[..whole.len() - 40]).expect("written");
        assert!(matches!(read(&path, "abc"), Err(RunError::BadSnapshot { .. })), "cut short");
    }

    #[test]
    fn another_identity_or_version_is_refused_in_words() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("a.snapshot");
        write(&path, "abc", SECTIONS).expect("written");
        let message = |identity| read(&path, identity).expect_err("refused").to_string();
        assert!(message("abd").contains("another run"));
        let mut other = std::fs::read(&path).expect("bytes");
        other[8] = 99;
        std::fs::write(&path, other).expect("written");
        assert!(message("abc").contains(&format!("format version 99; this program reads version {FORMAT}")));
    }

    #[test]
    fn a_directory_that_does_not_exist_is_an_error_and_leaves_nothing() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("missing/a.snapshot");
        assert!(matches!(write(&path, "abc", SECTIONS), Err(RunError::Io { .. })));
        assert_eq!(std::fs::read_dir(directory.path()).expect("readable").count(), 0);
    }
}
