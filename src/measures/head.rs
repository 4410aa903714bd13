//! What a scenario file says of itself: id, title, years, and the measures it supports.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;

use crate::config::names::did_you_mean;
use crate::error::{BadConfig, Problems, SourceFile};

use super::Against;
use super::written::Written;

/// Ids name files and columns of tables.
const LONGEST_ID: usize = 60;
/// Titles stand in lines of the terminal.
const LONGEST_TITLE: usize = 200;
/// Folders whose files are called by their id.
const SHELVES: [&str; 2] = ["measures", "packages"];

/// Why a text cannot be the id of a scenario, and what to do; nothing if it can.
#[must_use]
pub fn wrong_id(id: &str) -> Option<(String, String)> {
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    let other = "choose another id".to_owned();
    match id {
        "history" => Some(("`history` is the name of the years before the branch".to_owned(), other)),
        "reference" => Some(("`reference` is the name of the arm without measures".to_owned(), other)),
        _ if id.is_empty() || id.starts_with('-') || !id.chars().all(plain) => {
            Some((format!("`{id}` is not an identifier"), "use small letters a-z, digits and hyphens".to_owned()))
        }
        _ if id.len() > LONGEST_ID => {
            Some((format!("an id of {} letters", id.len()), format!("use at most {LONGEST_ID}")))
        }
        _ => None,
    }
}

/// Whether a file has nothing but comments.
pub(super) fn is_blank(text: &str) -> bool {
    text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#'))
}

pub(super) fn check_head(written: &Written, path: &Path, file: &SourceFile, against: Against, problems: &mut Problems) {
    let id = written.id.get_ref();
    let mut wrong = |at: Range<usize>, message: String, help: &str| {
        problems.push(BadConfig::at(file, at, message).help(help));
    };
    if let Some((message, help)) = wrong_id(id) {
        wrong(written.id.span(), message, &help);
    }
    let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let on_shelf =
        path.parent().and_then(Path::file_name).is_some_and(|folder| SHELVES.iter().any(|one| folder == *one));
    if on_shelf && name != *id {
        wrong(written.id.span(), format!("the file is called `{name}`, its id is `{id}`"), "make them the same");
    }
    for (language, title) in [("en", &written.title.en), ("no", &written.title.no)] {
        if title.trim().is_empty() {
            wrong(written.id.span(), format!("the title is empty in `{language}`"), "say in a few words what it is");
        } else if title.chars().any(char::is_control) || title.chars().count() > LONGEST_TITLE {
            let message = format!("the title in `{language}` is no line of at most {LONGEST_TITLE} letters");
            wrong(written.id.span(), message, "say in a few words what it is; there is `about` for more");
        }
    }
    let years = against.branch.0..=against.until.0;
    if let Some(from) = written.from.as_ref().filter(|from| !years.contains(from.get_ref())) {
        let message = format!("{} is outside the years in which arms may differ", from.get_ref());
        wrong(from.span(), message, &format!("give a year from {} to {}", against.branch, against.until));
    }
    let before = |until: &&Spanned<i16>| *until.get_ref() < against.branch.0;
    if let Some(until) = written.until.as_ref().filter(before).filter(|_| written.from.is_none()) {
        let message = format!("{} is before the years in which arms may differ", until.get_ref());
        wrong(until.span(), message, &format!("give a year from {} on, or leave `until` out", against.branch));
    } else if let Some(until) = &written.until {
        check_order(file, until, written.from.as_ref(), problems);
    }
}

/// Whether an end comes after its beginning.
pub(super) fn check_order(
    file: &SourceFile,
    until: &Spanned<i16>,
    from: Option<&Spanned<i16>>,
    problems: &mut Problems,
) {
    if let Some(from) = from.filter(|from| until.get_ref() < from.get_ref()) {
        let message = format!("the arm ends in {} before it starts in {}", until.get_ref(), from.get_ref());
        let help = "give a year not before `from`, or leave `until` out";
        problems.push(BadConfig::at(file, until.span(), message).help(help));
    }
}

/// Whether the measures that a file supports are others, and known.
pub(super) fn check_supports(written: &Written, file: &SourceFile, known: &BTreeSet<String>, problems: &mut Problems) {
    for support in written.support.iter().flatten().map(Spanned::get_ref) {
        let (id, other) = (written.id.get_ref(), support.measure.get_ref());
        let (message, help) = if other == id {
            (format!("`{id}` supports itself"), "name another measure".to_owned())
        } else if known.contains(other) {
            continue;
        } else {
            (format!("there is no measure `{other}`"), did_you_mean(other, known.iter().map(String::as_str)))
        };
        problems.push(BadConfig::at(file, support.measure.span(), message).help(help));
    }
}

/// Notes what a package without effects of its own says of them.
pub(super) fn check_unused(written: &Written, file: &SourceFile, problems: &mut Problems) {
    fn at<T>(value: Option<&Spanned<T>>) -> Option<Range<usize>> {
        value.map(Spanned::span)
    }
    let keys = [
        ("who", at(written.who.as_ref().and_then(|who| who.first()))),
        ("coverage", at(written.coverage.as_ref())),
        ("already", at(written.already.as_ref())),
        ("uptake", at(written.uptake.as_ref())),
        ("delivery", at(written.delivery.as_ref())),
        ("capacity", at(written.capacity.as_ref())),
        ("ramp", at(written.ramp.as_ref())),
        ("decay", at(written.decay.as_ref())),
        ("fidelity", at(written.fidelity.as_ref())),
        ("cost", at(written.cost.as_ref())),
        ("params", at(written.params.as_ref().and_then(|params| params.keys().next()))),
    ];
    for (key, at) in keys {
        let Some(at) = at else { continue };
        let message = format!("`{key}` has nothing to act on: the package has no effects of its own");
        let help = "the measures keep theirs; a package changes them by { id = …, strength = …, coverage = … }";
        problems.push(BadConfig::at(file, at, message).help(help));
    }
}
