//! Checked files: named sections of bytes that are written whole, versioned, and read back only if every bit is right.
//!
//! ```text
//! "livslop\n" · format version u32 · header length u32 · header (JSON) · sections · SHA-256 of all before
//! ```

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

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

/// A section whose length is known only when it has been written: all the rest of the file.
const REST: u64 = u64::MAX;

/// Writes a section of unknown length.
pub type Writer<'a> = &'a mut dyn FnMut(&mut dyn Write) -> std::io::Result<()>;

/// Writes a file beside its final name and renames it, so that it appears whole or not at all.
///
/// # Errors
///
/// If the directory cannot be written to or the disk is full.
pub fn write(path: &Path, identity: &str, sections: &[(&str, &[u8])]) -> Result<(), RunError> {
    write_with(path, identity, sections, None)
}

/// The same with a last section that is written piece by piece, and need never be in memory as a whole.
///
/// # Errors
///
/// As [`write()`].
pub fn write_with(
    path: &Path,
    identity: &str,
    sections: &[(&str, &[u8])],
    last: Option<(&str, Writer)>,
) -> Result<(), RunError> {
    let beside = path.with_extension("new");
    let written = (|| {
        let mut file =
            Hashing { inner: BufWriter::with_capacity(1 << 20, File::create(&beside)?), hash: Sha256::new() };
        let mut lengths: Vec<(String, u64)> =
            sections.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.len() as u64)).collect();
        lengths.extend(last.as_ref().map(|(name, _)| ((*name).to_owned(), REST)));
        let header = serde_json::to_vec(&Header { identity: identity.to_owned(), sections: lengths })?;
        file.write_all(MAGIC)?;
        file.write_all(&FORMAT.to_le_bytes())?;
        file.write_all(&u32::try_from(header.len()).expect("a short header").to_le_bytes())?;
        file.write_all(&header)?;
        sections.iter().try_for_each(|(_, bytes)| file.write_all(bytes))?;
        if let Some((_, writer)) = last {
            writer(&mut file)?;
        }
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

/// What is left of a file that is being read: its last section. Nothing read is to be trusted before [`Rest::finish`].
pub struct Rest {
    path: PathBuf,
    file: std::io::Take<BufReader<File>>,
    hash: Sha256,
}

impl Read for Rest {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(into)?;
        self.hash.update(&into[..read]);
        Ok(read)
    }
}

impl Rest {
    fn bad(&self, message: &str, help: &str) -> RunError {
        RunError::BadSnapshot { path: self.path.clone(), message: message.to_owned(), help: help.to_owned() }
    }

    fn some<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.read_exact(&mut bytes).ok().map(|()| bytes)
    }

    /// So many bytes, or as many as there are.
    fn as_many(&mut self, length: u64) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        Read::take(self.by_ref(), length).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Reads to the end and looks whether every bit of the file is as it was written.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or one is not.
    pub fn finish(mut self) -> Result<(), RunError> {
        let mut hash = Vec::new();
        let read = std::io::copy(&mut self, &mut std::io::sink()).and_then(|_| {
            self.file.set_limit(HASH);
            self.file.read_to_end(&mut hash)
        });
        read.map_err(|error| RunError::io("read", &self.path, error))?;
        if self.hash.clone().finalize()[..] == hash[..] {
            return Ok(());
        }
        Err(self.bad("damaged: its checksum does not match", DELETE))
    }
}

/// Bytes of the hash at the end.
const HASH: u64 = 32;
const DELETE: &str = "delete it; it is made anew from the configuration";

/// Begins to read a file written by [`write_with`] under the same identity: the sections of known length, and the rest, which tells
/// in the end whether all of it can be trusted.
///
/// # Errors
///
/// If it cannot be read, is of another format version or identity, or cut short.
pub fn open(path: &Path, identity: &str) -> Result<(Sections, Rest), RunError> {
    let file = File::open(path).map_err(|error| RunError::io("open", path, error))?;
    let length = file.metadata().map_err(|error| RunError::io("read", path, error))?.len();
    let file = BufReader::with_capacity(1 << 20, file).take(length.saturating_sub(HASH));
    let mut rest = Rest { path: path.to_owned(), file, hash: Sha256::new() };
    let (Some(magic), Some(format), Some(header)) = (rest.some::<8>(), rest.some::<4>(), rest.some::<4>()) else {
        return Err(rest.bad("too short to be a snapshot", DELETE));
    };
    if magic != *MAGIC {
        return Err(rest.bad("not a livslop snapshot", DELETE));
    }
    let format = u32::from_le_bytes(format);
    if format != FORMAT {
        let message = format!("of format version {format}; this program reads version {FORMAT}");
        return Err(rest.bad(&message, "use the program that wrote it, or delete it"));
    }
    let read = |error| RunError::io("read", path, error);
    let header = rest.as_many(u32::from_le_bytes(header).into()).map_err(read)?;
    let Ok(header) = serde_json::from_slice::<Header>(&header) else {
        rest.finish()?;
        return Err(RunError::BadSnapshot {
            path: path.to_owned(),
            message: "without a readable header".to_owned(),
            help: DELETE.to_owned(),
        });
    };
    if header.identity != identity {
        rest.finish()?;
        return Err(RunError::Usage {
            message: format!(
                "{} is of another run: configuration, settings, scenario or program differ",
                path.display()
            ),
            help: "repeat the command that started the run, with --resume, or delete what it left".to_owned(),
        });
    }
    let mut sections = Vec::new();
    for (name, length) in header.sections.into_iter().filter(|(_, length)| *length != REST) {
        sections.push((name, rest.as_many(length).map_err(read)?));
    }
    Ok((sections, rest))
}

/// Reads the sections of known length of a file written by [`write()`] under the same identity.
///
/// # Errors
///
/// As [`open`], or if the file differs by a single bit from what was written.
pub fn read(path: &Path, identity: &str) -> Result<Sections, RunError> {
    let (sections, rest) = open(path, identity)?;
    rest.finish()?;
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
    fn a_last_section_is_written_and_read_piece_by_piece() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("a.snapshot");
        let mut writer = |into: &mut dyn Write| (0..100_u8).try_for_each(|piece| into.write_all(&[piece; 50]));
        write_with(&path, "abc", SECTIONS, Some(("last", &mut writer))).expect("written");
        assert_eq!(read(&path, "abc").expect("sound").len(), SECTIONS.len());
        let (_, mut rest) = open(&path, "abc").expect("open");
        let mut half = [0; 2_500];
        rest.read_exact(&mut half).expect("half of it");
        assert_eq!((half[0], half[2_499]), (0, 49));
        rest.finish().expect("sound to the end");
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
