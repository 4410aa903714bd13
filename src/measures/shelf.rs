//! Where a package finds the files it names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::error::{Problems, SourceFile};

use super::{PACKAGES, SHELF};

/// What a package names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// A measure of the package.
    Measure,
    /// Another package, or a measure run alone.
    Package,
}

/// Files by their ids: on a disk, or in memory.
pub trait Shelf {
    /// Where the file of an id is, if there is one.
    fn find(&self, named: Named, id: &str) -> Option<PathBuf>;
    /// A file that was found; what cannot be read becomes a problem.
    fn read(&self, path: &Path, problems: &mut Problems) -> Option<SourceFile>;
    /// The ids of all files that may be named.
    fn known(&self, named: Named) -> BTreeSet<String>;
}

/// The folders around a package's file, which itself is not on them.
///
/// Measures are on the shelf beside the package's folder, in the package's folder, or on the project's shelf; packages likewise.
pub struct Folders<'a>(pub &'a Path);

impl Folders<'_> {
    fn of(&self, named: Named) -> Vec<PathBuf> {
        let folder = self.0.parent().unwrap_or(Path::new(""));
        let measures = [folder.join("../measures"), folder.to_owned(), PathBuf::from(SHELF)];
        match named {
            Named::Measure => measures.into(),
            Named::Package => [folder.to_owned(), folder.join("../packages"), PathBuf::from(PACKAGES)]
                .into_iter()
                .chain(measures)
                .collect(),
        }
    }
}

impl Shelf for Folders<'_> {
    fn find(&self, named: Named, id: &str) -> Option<PathBuf> {
        let paths = self.of(named).into_iter().map(|shelf| shelf.join(format!("{id}.toml")));
        paths.filter(|path| path != self.0).find(|path| path.is_file())
    }

    fn read(&self, path: &Path, problems: &mut Problems) -> Option<SourceFile> {
        SourceFile::read(path, problems)
    }

    fn known(&self, named: Named) -> BTreeSet<String> {
        let of = |shelf: PathBuf| std::fs::read_dir(shelf).into_iter().flatten().flatten().map(|entry| entry.path());
        let all = self.of(named).into_iter().flat_map(of).filter(|path| path != self.0);
        let files = all.filter(|path| path.extension().is_some_and(|kind| kind == "toml"));
        files.filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned())).collect()
    }
}
