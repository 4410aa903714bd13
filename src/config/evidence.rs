//! Evidence: where a number comes from and how sure it is.
//!
//! Every parameter has a unit, a kind and, unless it is assumed, a source. A number and an array of numbers have an
//! interval as well, which holds them; a table may have one. Only years, texts and switches go without.

use std::fmt;

use serde::Deserialize;

use super::names::did_you_mean;
use super::sources::Sources;
use super::tree::{Node, Tree, Value};
use crate::error::Problems;

/// The one unit whose numbers need no interval.
const YEAR: &str = "year";

/// How a number came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Taken from data or a publication.
    Estimated,
    /// Fitted so that the model meets a target.
    Calibrated,
    /// Chosen by us; the note says why.
    Assumed,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Estimated => "estimated",
            Self::Calibrated => "calibrated",
            Self::Assumed => "assumed",
        })
    }
}

/// What stands in `[evidence]` for one parameter.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The unit, such as "share" or "per person-year".
    pub unit: String,
    /// Low and high, of the number or of every number of an array.
    pub interval: Option<[f64; 2]>,
    /// Low and high of each number of an array.
    pub intervals: Option<Vec<[f64; 2]>>,
    /// How the number came to be.
    pub kind: Kind,
    /// A key of `sources.toml`.
    pub source: Option<String>,
    /// What a reader must know.
    pub note: Option<String>,
}

impl Evidence {
    /// The interval, or the intervals, as text; empty if there is none.
    #[must_use]
    pub fn interval_text(&self) -> String {
        let all: Vec<String> = self.bounds().iter().map(|[low, high]| format!("[{low}, {high}]")).collect();
        all.join(", ")
    }

    /// The interval, or the intervals; none if there is none.
    #[must_use]
    pub fn bounds(&self) -> Vec<[f64; 2]> {
        self.interval.iter().chain(self.intervals.iter().flatten()).copied().collect()
    }
}

/// Looks for what the evidence of one parameter lacks or contradicts.
pub(super) struct Judge<'t> {
    pub tree: &'t Tree,
    pub sources: &'t Sources,
    /// The parameter.
    pub param: &'t Node,
    /// Its entry in `[evidence]`.
    pub entry: &'t Node,
}

impl Judge<'_> {
    /// Adds what is wrong to the problems.
    pub fn check(&self, evidence: &Evidence, problems: &mut Problems) {
        if evidence.unit.trim().is_empty() {
            self.blame("unit", "has an empty unit", "write what the number counts, such as \"share\"", problems);
        }
        if evidence.kind == Kind::Assumed && evidence.note.as_deref().is_none_or(|note| note.trim().is_empty()) {
            self.blame("note", "is assumed without a note", "add `note`: why this value", problems);
        }
        match &evidence.source {
            None if evidence.kind == Kind::Assumed => {}
            None => self.blame("source", "has no source", "add `source`, or make its kind \"assumed\"", problems),
            Some(source) if self.sources.knows(source) => {}
            Some(source) => {
                let help = did_you_mean(source, self.sources.iter().map(|(key, _)| key));
                self.blame("source", &format!("cites the unknown source `{source}`"), &help, problems);
            }
        }
        self.check_intervals(evidence, problems);
    }

    fn check_intervals(&self, evidence: &Evidence, problems: &mut Problems) {
        let all = evidence.interval.iter().map(|one| ("interval", one));
        let all = all.chain(evidence.intervals.iter().flatten().map(|one| ("intervals", one)));
        for (key, [low, high]) in all {
            if low > high {
                let wrong = format!("has the interval [{low}, {high}], whose low end is above its high end");
                return self.blame(key, &wrong, "write [low, high]", problems);
            }
        }
        let numbers = self.param.numbers();
        match (&evidence.interval, &evidence.intervals) {
            (Some(_), Some(_)) => {
                self.blame("intervals", "has both `interval` and `intervals`", "keep one of them", problems);
            }
            (Some(interval), None) => {
                for number in numbers {
                    self.check_within(number, *interval, problems);
                }
            }
            (None, Some(intervals)) if !numbers.is_empty() && intervals.len() != numbers.len() => {
                let wrong = format!("has {} intervals for {} numbers", intervals.len(), numbers.len());
                self.blame("intervals", &wrong, "give each number its interval, in order", problems);
            }
            (None, Some(intervals)) => {
                for (number, interval) in numbers.into_iter().zip(intervals) {
                    self.check_within(number, *interval, problems);
                }
            }
            (None, None) => {
                let needed = !numbers.is_empty() && !holds_table(self.param) && evidence.unit != YEAR;
                if needed {
                    self.blame("interval", "has no interval", "add `interval = [low, high]`", problems);
                }
            }
        }
    }

    /// What is set on the command line may leave the interval: it asks "what if".
    fn check_within(&self, (number, node): (f64, &Node), [low, high]: [f64; 2], problems: &mut Problems) {
        if (low..=high).contains(&number) || node.is_grafted() {
            return;
        }
        let message = format!("`{}` is {number}, outside its interval [{low}, {high}]", self.param.name);
        problems.push(self.tree.at(node, message).help("correct the number or `interval` in [evidence]"));
    }

    /// An error at a key of the entry, or at the entry if it has no such key.
    fn blame(&self, key: &str, wrong: &str, help: &str, problems: &mut Problems) {
        let message = format!("`{}` {wrong}", self.entry.name);
        let problem = match self.entry.entry(key) {
            Some(node) => self.tree.at(node, message),
            None => self.tree.at_key(self.entry, message),
        };
        problems.push(problem.help(help));
    }
}

/// Whether a value is a table or an array with tables in it.
fn holds_table(node: &Node) -> bool {
    match &node.value {
        Value::Table(_) => true,
        Value::List(items) => items.iter().any(holds_table),
        Value::Text(_) | Value::Whole(_) | Value::Real(_) | Value::Truth(_) | Value::Refused(_) => false,
    }
}
