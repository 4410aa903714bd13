//! Checking what a scenario file says, with everything wrong at its place.

use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};

use toml::Spanned;

use crate::config::names::did_you_mean;
use crate::config::{Evidence, Kind};
use crate::error::{BadConfig, Problems, SourceFile};
use crate::model::attribute::Values;

use super::Against;
use super::formula::Formula;
use super::params::Param;
use super::written::{Value, WrittenBy};

/// A file under examination.
pub(super) struct Checker<'a> {
    pub file: &'a SourceFile,
    pub against: Against<'a>,
    pub problems: &'a mut Problems,
    pub params: Vec<Param>,
    /// Parameters that a formula has named.
    pub used: BTreeSet<String>,
}

/// A factor for each word of an attribute, checked.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Grouped {
    /// The attribute, as its place among those declared.
    pub sight: usize,
    /// A factor for each word.
    pub factors: Vec<Formula>,
}

impl Checker<'_> {
    /// Notes what is wrong at a place.
    pub fn wrong(&mut self, at: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(BadConfig::at(self.file, at, message).help(help));
    }

    /// The value of a formula with every parameter at its central value.
    pub fn central(&self, formula: &Formula) -> f64 {
        formula
            .value(&|name| self.params.iter().find(|param| param.name == name).map(|param| param.value))
            .unwrap_or(f64::NAN)
    }

    /// Reads a number or a formula whose central value must lie in a range.
    pub fn formula(&mut self, value: &Spanned<Value>, range: RangeInclusive<f64>, what: &str) -> Option<Formula> {
        let formula = match value.get_ref() {
            Value::Number(number) => Formula::Number(*number),
            Value::Text(text) => self.read(text, value.span())?,
        };
        let of = |name: &str| self.params.iter().find(|param| param.name == name).map(|param| param.value);
        if let Some(why) = formula.breaks_at(&of) {
            let help = "check the values of [params] that it uses, and its brackets";
            self.wrong(value.span(), format!("the formula {why}"), help);
            return None;
        }
        let central = self.central(&formula);
        if !range.contains(&central) {
            let is = if matches!(formula, Formula::Number(_)) { "is" } else { "comes to" };
            let help = format!("it must be from {} to {}", range.start(), range.end());
            self.wrong(value.span(), format!("{what} {is} {}", short(central)), help);
            return None;
        }
        Some(formula)
    }

    fn read(&mut self, text: &str, span: Range<usize>) -> Option<Formula> {
        // The text stands between quotes; if it is written in another way, the whole is pointed at.
        let plain = self.file.text.get(span.start + 1..span.start + 1 + text.len()) == Some(text);
        let place =
            |at: &Range<usize>| if plain { span.start + 1 + at.start..span.start + 1 + at.end } else { span.clone() };
        let formula = match Formula::read(text) {
            Ok(formula) => formula,
            Err(slip) => {
                self.wrong(place(&slip.at), slip.message, "write names of [params], whole numbers and + - * / ^ ( )");
                return None;
            }
        };
        let mut sound = true;
        for name in formula.names() {
            let at = place_of(name, text);
            match self.params.iter().find(|param| param.name == name).map(|param| param.left_out.is_some()) {
                None => {
                    let help = if self.params.is_empty() {
                        "give it a value and evidence in [params]".to_owned()
                    } else {
                        did_you_mean(name, self.params.iter().map(|param| &param.name[..]))
                    };
                    self.wrong(place(&at), format!("there is no parameter `{name}`"), help);
                    sound = false;
                }
                Some(true) => {
                    self.wrong(
                        place(&at),
                        format!("`{name}` is left out"),
                        "take `left_out` away from it, or do not use it",
                    );
                    sound = false;
                }
                Some(false) => {
                    self.used.insert(name.to_owned());
                }
            }
        }
        sound.then_some(formula)
    }

    /// The place of an attribute among those declared.
    pub fn sight(&mut self, name: &Spanned<String>) -> Option<usize> {
        let place = self.against.sights.iter().position(|sight| sight.attribute.name == name.get_ref());
        if place.is_none() {
            let names = self.against.sights.iter().map(|sight| sight.attribute.name);
            let help = did_you_mean(name.get_ref(), names);
            self.wrong(name.span(), format!("there is no attribute `{}`", name.get_ref()), help);
        }
        place
    }

    /// A factor for each word of an attribute.
    pub fn grouped(&mut self, by: &Spanned<WrittenBy>, range: RangeInclusive<f64>, what: &str) -> Option<Grouped> {
        let written = by.get_ref();
        let sight = self.sight(&written.by)?;
        let attribute = self.against.sights[sight].attribute;
        let Values::Words(words) = attribute.values else {
            let message = format!("`{}` has numbers, no groups", attribute.name);
            self.wrong(written.by.span(), message, "give an attribute that has words");
            return None;
        };
        let mut sound = true;
        for word in written.values.get_ref().keys() {
            if !words.contains(&&word.get_ref()[..]) {
                let help = did_you_mean(word.get_ref(), words.iter().copied());
                self.wrong(word.span(), format!("`{}` is no word of `{}`", word.get_ref(), attribute.name), help);
                sound = false;
            }
        }
        let (mut factors, mut absent) = (Vec::new(), Vec::new());
        for word in words {
            match written.values.get_ref().iter().find(|(key, _)| key.get_ref() == word) {
                Some((_, value)) => factors.extend(self.formula(value, range.clone(), what)),
                None => absent.push(*word),
            }
        }
        if !absent.is_empty() && sound {
            let (has, add) = (if absent.len() == 1 { "has" } else { "have" }, absent.join(" = …, "));
            let message = format!("`{}` of `{}` {has} no value", absent.join("`, `"), attribute.name);
            self.wrong(written.values.span(), message, format!("add `{add} = …`"));
        }
        (sound && factors.len() == words.len()).then_some(Grouped { sight, factors })
    }

    /// Looks for what the evidence of a number lacks or contradicts.
    pub fn evidence(&mut self, written: &Spanned<Evidence>, number: Option<f64>) {
        let (evidence, at) = (written.get_ref(), written.span());
        match (evidence.kind, &evidence.source, &evidence.note) {
            (Kind::Assumed, _, note) if note.as_ref().is_none_or(|note| note.trim().is_empty()) => {
                self.wrong(at.clone(), "an assumption needs a note", "say in `note` why this value");
            }
            (Kind::Estimated | Kind::Calibrated, None, _) => {
                let help = "give a key of sources.toml as `source`, or call it assumed";
                self.wrong(at.clone(), "the value has no source", help);
            }
            _ => {}
        }
        if evidence.unit.trim().is_empty() {
            self.wrong(at.clone(), "the value has no unit", "name it in `unit`, such as \"hazard ratio\"");
        }
        if let Some(source) = &evidence.source {
            self.source(source, at.clone());
        }
        let Some(number) = number else { return };
        match evidence.interval {
            None => self.wrong(at, "the value has no interval", "give `interval = [low, high]`"),
            Some([low, high]) if low > high => {
                self.wrong(at, format!("the interval runs from {low} to {high}"), "write [low, high]");
            }
            Some([low, high]) if !(low..=high).contains(&number) => {
                let message = format!("the interval {low} to {high} does not contain the value {number}");
                self.wrong(at, message, "correct one of them");
            }
            Some(_) => {}
        }
    }

    /// Looks whether a source is known.
    pub fn source(&mut self, source: &str, at: Range<usize>) {
        if self.against.sources.get(source).is_none() {
            let help = did_you_mean(source, self.against.sources.iter().map(|(key, _)| key));
            self.wrong(at, format!("there is no source `{source}` in sources.toml"), help);
        }
    }
}

/// A number that a reader can take in: very large and very small ones by their power of ten.
fn short(number: f64) -> String {
    if number == 0.0 || (1e-4..1e9).contains(&number.abs()) { number.to_string() } else { format!("{number:.3e}") }
}

/// Where a name stands in a formula: not in the middle of another one.
fn place_of(name: &str, text: &str) -> Range<usize> {
    let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let whole = |start: &usize| {
        let (before, after) = (&text[..*start], &text[*start + name.len()..]);
        !before.ends_with(is_of_name) && !after.starts_with(is_of_name)
    };
    let start = text.match_indices(name).map(|(start, _)| start).find(whole);
    start.map_or(0..text.len(), |start| start..start + name.len())
}
