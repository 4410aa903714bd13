//! What can go wrong, and how it is told.
//!
//! A [`BadConfig`] is one thing wrong in one file, with the place. They gather in [`Problems`], over all files, and
//! leave together as [`BadConfigs`]. After loading only [`RunError`] is left: disks, interrupts and misuse.

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

/// How many errors are shown at most; of the rest only the number.
const SHOWN: usize = 50;

/// A file's name and text as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceFile {
    /// The path as it was given.
    pub name: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
}

impl SourceFile {
    /// A file of this name and text, for text that does not come from a disk.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// Reads a file; what cannot be read, or is not text, becomes a problem.
    pub fn read(path: &Path, problems: &mut Problems) -> Option<Self> {
        let name: Arc<str> = path.display().to_string().into();
        let refused =
            |message: String, help: &str| BadConfig::in_file(&Self::new(name.clone(), ""), message).help(help);
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                problems.push(refused("the file is missing".to_owned(), "create the file, or correct the path"));
                return None;
            }
            Err(_) if path.is_dir() => {
                problems.push(refused("this is a folder, not a file".to_owned(), "give a file in it"));
                return None;
            }
            Err(error) => {
                problems.push(refused(format!("the file cannot be read: {error}"), "check its kind and permissions"));
                return None;
            }
        };
        match String::from_utf8(bytes) {
            Ok(text) => Some(Self::new(name, text)),
            Err(error) => {
                let sound = &error.as_bytes()[..error.utf8_error().valid_up_to()];
                let line = 1 + String::from_utf8_lossy(sound).matches('\n').count();
                problems.push(refused(format!("line {line} is not UTF-8 text"), "save the file as UTF-8"));
                None
            }
        }
    }
}

/// One thing wrong in one file, with the place.
#[derive(Debug, Clone, Error, Diagnostic)]
#[error("{message}")]
pub struct BadConfig {
    message: String,
    #[source_code]
    text: Option<NamedSource<Arc<str>>>,
    #[label("{label}")]
    span: Option<SourceSpan>,
    label: String,
    #[help]
    help: Option<String>,
}

impl BadConfig {
    /// An error at a place of a file: a range of bytes, cut at the end of its first line.
    pub fn at(file: &SourceFile, span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            text: Some(NamedSource::new(&*file.name, file.text.clone())),
            span: Some(on_one_line(&file.text, span).into()),
            label: "here".to_owned(),
            help: None,
        }
    }

    /// An error of a whole file, whose name is put before the message.
    pub fn in_file(file: &SourceFile, message: impl Into<String>) -> Self {
        let message = format!("{}: {}", file.name, message.into());
        Self { message, text: None, span: None, label: String::new(), help: None }
    }

    /// The same with another text at the underlined place than "here".
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same with what to do about it; an empty text leaves no help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into()).filter(|help: &String| !help.is_empty());
        self
    }
}

impl BadConfig {
    /// The file and the place in it, to sort by.
    fn place(&self) -> (Option<&str>, Option<usize>) {
        (self.text.as_ref().map(NamedSource::name), self.span.map(|span| span.offset()))
    }
}

/// The part of `span` on its first line, within the text and between characters.
fn on_one_line(text: &str, span: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start.min(text.len()));
    let end = text.ceil_char_boundary(span.end.clamp(start, text.len()));
    let line = text[start..end].split(['\n', '\r']).next().map_or(0, str::len);
    start..start + line
}

/// Everything wrong so far.
#[derive(Debug, Default)]
pub struct Problems(Vec<BadConfig>);

impl Problems {
    /// Adds one.
    pub fn push(&mut self, problem: BadConfig) {
        self.0.push(problem);
    }

    /// Adds several.
    pub fn extend(&mut self, problems: impl IntoIterator<Item = BadConfig>) {
        self.0.extend(problems);
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many things are wrong.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The same in the order of files and places.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        self.0.sort_by(|a, b| a.place().cmp(&b.place()));
        self
    }

    /// Nothing, or everything that is wrong.
    ///
    /// # Errors
    ///
    /// All the problems gathered, if there are any.
    pub fn into_result(self) -> Result<(), BadConfigs> {
        if self.0.is_empty() { Ok(()) } else { Err(BadConfigs(self.0)) }
    }
}

impl IntoIterator for Problems {
    type Item = BadConfig;
    type IntoIter = std::vec::IntoIter<BadConfig>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// All errors of the configuration, rendered one after the other.
#[derive(Debug)]
pub struct BadConfigs(Vec<BadConfig>);

impl BadConfigs {
    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &BadConfig> {
        self.0.iter()
    }
}

impl From<BadConfig> for BadConfigs {
    fn from(one: BadConfig) -> Self {
        Self(vec![one])
    }
}

impl fmt::Display for BadConfigs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors = if self.0.len() == 1 { "error" } else { "errors" };
        write!(f, "{} {errors} in the configuration", self.0.len())
    }
}

impl std::error::Error for BadConfigs {}

impl Diagnostic for BadConfigs {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let more = self.0.len().checked_sub(SHOWN).filter(|&more| more > 0)?;
        Some(Box::new(format!("{more} more are not shown: mend the first {SHOWN} and try again")))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.0.iter().take(SHOWN).map(|one| one as &dyn Diagnostic)))
    }
}

/// What can go wrong besides the configuration.
#[derive(Debug, Error, Diagnostic)]
pub enum RunError {
    /// A disk, a pipe or a permission.
    #[error("cannot {doing} {}", path.display())]
    Io {
        /// What was tried, as a verb: "write", "create".
        doing: String,
        /// On which file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The configuration is wrong.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Config(#[from] BadConfigs),
    /// The command line asks for something that cannot be.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do.
        #[help]
        help: String,
    },
    /// The user stopped the run.
    #[error("interrupted")]
    #[diagnostic(help(
        "what was finished is kept: the same command with --resume, and with --out if the directory was named by itself, goes on from there"
    ))]
    Interrupted,
    /// The user stopped what cannot be gone on with.
    #[error("interrupted")]
    Stopped {
        /// What is kept of it.
        #[help]
        help: String,
    },
    /// A snapshot that cannot be resumed.
    #[error("{} is not a usable snapshot: {message}", path.display())]
    BadSnapshot {
        /// The snapshot.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
        /// What to do.
        #[help]
        help: String,
    },
    /// What was asked for was done, and its result is a failure.
    #[error("{message}")]
    Failed {
        /// What failed.
        message: String,
    },
    /// The output directory holds something already.
    #[error("{} exists already", path.display())]
    #[diagnostic(help("choose another directory, or remove this one"))]
    OutputExists {
        /// The directory.
        path: PathBuf,
    },
}

impl RunError {
    /// An error of the file system, while `doing` (a verb) something to `path`.
    pub fn io(doing: impl Into<String>, path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::Io { doing: doing.into(), path: path.into(), source }
    }

    /// The exit code of the program: 2 for what the user wrote, 130 for an interrupt, 1 for the rest.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::Usage { .. } | Self::OutputExists { .. } => 2,
            Self::Interrupted | Self::Stopped { .. } => 130,
            Self::Io { .. } | Self::BadSnapshot { .. } | Self::Failed { .. } => 1,
        }
    }
}

/// The problems as a terminal without colours shows them, less the blanks at the ends of lines.
#[cfg(test)]
pub(crate) fn rendered(problems: Problems) -> String {
    let theme = miette::GraphicalTheme::unicode_nocolor();
    let mut text = String::new();
    let handler = miette::GraphicalReportHandler::new_themed(theme).with_width(100);
    handler.render_report(&mut text, &problems.into_result().unwrap_err()).unwrap();
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn many(count: usize) -> BadConfigs {
        let file = SourceFile::new("a.toml", "x = 1\n");
        let mut problems = Problems::default();
        problems.extend((0..count).map(|_| BadConfig::at(&file, 4..5, "wrong")));
        problems.into_result().unwrap_err()
    }

    #[test]
    fn the_number_of_errors_is_told() {
        assert_eq!(many(1).to_string(), "1 error in the configuration");
        assert_eq!(many(3).to_string(), "3 errors in the configuration");
    }

    #[test]
    fn only_fifty_errors_are_shown() {
        let many = many(57);
        assert_eq!(many.related().unwrap().count(), 50);
        assert_eq!(many.help().unwrap().to_string(), "7 more are not shown: mend the first 50 and try again");
    }

    #[test]
    fn places_are_cut_at_the_end_of_the_line_and_of_the_text() {
        assert_eq!(on_one_line("ab\ncd", 1..5), 1..2);
        assert_eq!(on_one_line("ab", 7..9), 2..2);
        // "å" has two bytes.
        assert_eq!(on_one_line("å", 1..2), 0..2);
    }

    #[test]
    fn a_missing_file_and_a_file_that_is_not_text_are_problems() {
        let directory = tempfile::tempdir().unwrap();
        let binary = directory.path().join("binary.toml");
        std::fs::write(&binary, b"a = 1\n\xff").unwrap();
        let mut problems = Problems::default();
        assert!(SourceFile::read(&binary, &mut problems).is_none());
        assert!(SourceFile::read(&directory.path().join("none.toml"), &mut problems).is_none());
        assert!(SourceFile::read(directory.path(), &mut problems).is_none());
        let told: Vec<String> = problems.into_iter().map(|problem| problem.to_string()).collect();
        assert!(told[0].ends_with("binary.toml: line 2 is not UTF-8 text"), "{}", told[0]);
        assert!(told[1].ends_with("none.toml: the file is missing"), "{}", told[1]);
        assert!(told[2].ends_with("this is a folder, not a file"), "{}", told[2]);
    }

    #[test]
    fn exit_codes_tell_whose_fault_it_is() {
        assert_eq!(RunError::from(many(1)).exit_code(), 2);
        assert_eq!(RunError::Interrupted.exit_code(), 130);
        assert_eq!(RunError::io("write", "x", io::Error::other("full")).exit_code(), 1);
    }
}
