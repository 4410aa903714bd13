//! `sources.toml`: the publications and data sets that parameters cite.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::collect::collect;
use super::evidence::Evidence;
use super::tree::Tree;
use crate::error::{Problems, SourceFile};

/// One publication or data set.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// How to cite it.
    pub citation: String,
    /// Under which licence it may be used.
    pub licence: String,
    /// The day it was read, as "2025-08-19".
    pub retrieved: String,
    /// Where it is found.
    pub url: Option<String>,
}

/// All of `sources.toml`.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    entries: BTreeMap<String, Source>,
    /// False if the file was wrong: then no citation can be judged.
    complete: bool,
}

impl Sources {
    /// Reads `sources.toml`. If it is wrong, the problems say so and any source passes as known.
    pub fn load(path: &Path, problems: &mut Problems) -> Self {
        SourceFile::read(path, problems).map_or_else(Self::default, |file| Self::read(&file, problems))
    }

    /// The same for text that is read already.
    pub fn read(file: &SourceFile, problems: &mut Problems) -> Self {
        let Some(tree) = Tree::parse(file, problems) else { return Self::default() };
        let mut sources = Self { entries: BTreeMap::new(), complete: true };
        for entry in tree.root.entries() {
            let Some(source) = collect::<Source>(&tree, entry, problems).value else {
                sources.complete = false;
                continue;
            };
            for (key, text) in [("citation", &source.citation), ("licence", &source.licence)] {
                if let Some(node) = entry.entry(key).filter(|_| text.trim().is_empty()) {
                    problems.push(tree.at(node, format!("`{}` has an empty {key}", entry.name)).help("fill it in"));
                }
            }
            if let Some(node) = entry.entry("retrieved").filter(|_| !is_day(&source.retrieved)) {
                let message = format!("`{}` was retrieved on {:?}, which is no day", entry.name, source.retrieved);
                problems.push(tree.at(node, message).help("write year-month-day, such as \"2025-08-19\""));
            }
            sources.entries.insert(entry.name.clone(), source);
        }
        sources
    }

    /// Whether a source may be cited.
    pub(super) fn knows(&self, key: &str) -> bool {
        !self.complete || self.entries.contains_key(key)
    }

    /// The source of this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Source> {
        self.entries.get(key)
    }

    /// All sources, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Source)> {
        self.entries.iter().map(|(key, source)| (key.as_str(), source))
    }

    /// The keys of sources that none of these cites.
    pub fn uncited<'a>(&self, evidence: impl IntoIterator<Item = &'a Evidence>) -> Vec<&str> {
        let cited: Vec<&str> = evidence.into_iter().filter_map(|one| one.source.as_deref()).collect();
        self.entries.keys().map(String::as_str).filter(|key| !cited.contains(key)).collect()
    }
}

/// Whether a text has the form year-month-day.
fn is_day(text: &str) -> bool {
    let parts: Vec<Option<u16>> = text.split('-').map(|part| part.parse().ok()).collect();
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [4, 2, 2] && matches!(parts[..], [Some(_), Some(1..=12), Some(1..=31)])
}
