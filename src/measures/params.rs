//! The parameters of a measure: numbers with unit, interval, distribution, grade and source.

use std::collections::BTreeMap;

use toml::Spanned;

use crate::config::Kind;

use super::check::Checker;
use super::written::{Dist, Grade, WrittenParam};

/// By how much the mean of a distribution may miss the value: shapes are printed with a few digits.
const NEAR: f64 = 0.02;

/// A parameter of a measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Its name in formulas.
    pub name: String,
    /// Its central value.
    pub value: f64,
    /// Its unit.
    pub unit: String,
    /// Low and high, read as a 95 % range; none if it is fixed.
    pub interval: Option<[f64; 2]>,
    /// How it is spread.
    pub dist: Dist,
    /// The two numbers of the distribution, where they do not follow from value and interval.
    pub shape: Option<[f64; 2]>,
    /// How strong the evidence is.
    pub grade: Grade,
    /// How the number came to be.
    pub kind: Kind,
    /// Keys of `sources.toml`.
    pub sources: Vec<String>,
    /// What a reader must know; may be empty.
    pub note: String,
    /// Why it is not in force, if it is not.
    pub left_out: Option<String>,
    /// Whether it is one of those that matter most for what the measure does, and that no package sets.
    pub decisive: bool,
}

impl Checker<'_> {
    /// Takes the parameters into the examination.
    pub(super) fn take_params(&mut self, written: &BTreeMap<Spanned<String>, Spanned<WrittenParam>>) {
        for (name, param) in written {
            self.check_param(name.get_ref(), param);
            let one = param.get_ref();
            let sources = one.source.iter().chain(one.also.iter().flatten());
            self.params.push(Param {
                name: name.get_ref().clone(),
                value: one.value,
                unit: one.unit.get_ref().clone(),
                interval: one.interval.as_ref().map(|interval| *interval.get_ref()),
                dist: *one.dist.get_ref(),
                shape: one.shape.as_ref().map(|shape| *shape.get_ref()),
                grade: *one.grade.get_ref(),
                kind: one.kind,
                sources: sources.map(|source| source.get_ref().clone()).collect(),
                note: one.note.clone().unwrap_or_default(),
                left_out: one.left_out.clone(),
                decisive: one.decisive.as_ref().is_some_and(|decisive| *decisive.get_ref()),
            });
        }
    }

    fn check_param(&mut self, name: &str, param: &Spanned<WrittenParam>) {
        let (one, at) = (param.get_ref(), param.span());
        let noted = one.note.as_ref().is_some_and(|note| !note.trim().is_empty());
        let is_name = name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
        if !is_name || !name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
            self.wrong(
                at.clone(),
                format!("`{name}` is no name for a parameter"),
                "use letters a-z, digits and _, a letter first",
            );
        }
        if one.unit.get_ref().trim().is_empty() {
            self.wrong(
                one.unit.span(),
                format!("`{name}` has no unit"),
                "say what the number counts, such as \"odds ratio\"",
            );
        }
        match (one.kind, &one.source) {
            (Kind::Assumed, _) if !noted => {
                self.wrong(at.clone(), format!("`{name}` is assumed without a note"), "say in `note` why this value");
            }
            (Kind::Estimated | Kind::Calibrated, None) => {
                let help = "give a key of sources.toml as `source`, or make its kind \"assumed\"";
                self.wrong(at.clone(), format!("`{name}` has no source"), help);
            }
            _ => {}
        }
        if *one.grade.get_ref() == Grade::Assumption && one.kind != Kind::Assumed {
            self.wrong(
                one.grade.span(),
                format!("`{name}` is graded an assumption, but its kind is {}", one.kind),
                "make both say the same",
            );
        }
        for source in one.source.iter().chain(one.also.iter().flatten()) {
            self.source(source.get_ref(), source.span());
        }
        if one.left_out.as_ref().is_some_and(|why| why.trim().is_empty()) {
            self.wrong(at, format!("`{name}` is left out without a reason"), "say in `left_out` what it waits for");
        }
        let spreads = one.interval.as_ref().is_some_and(|interval| interval.get_ref()[0] < interval.get_ref()[1]);
        if let Some(decisive) = one.decisive.as_ref().filter(|decisive| *decisive.get_ref()) {
            if one.left_out.is_some() {
                self.wrong(
                    decisive.span(),
                    format!("`{name}` is left out and decides nothing"),
                    "take one of them away",
                );
            } else if !spreads {
                let help = "give an `interval`, or take `decisive` away";
                self.wrong(decisive.span(), format!("`{name}` has no ends to be decisive between"), help);
            }
        }
        self.check_spread(name, param);
    }

    fn check_spread(&mut self, name: &str, param: &Spanned<WrittenParam>) {
        let (one, at) = (param.get_ref(), param.span());
        let dist = *one.dist.get_ref();
        let Some(interval) = &one.interval else {
            if dist != Dist::Fixed {
                self.wrong(
                    at,
                    format!("`{name}` has no interval"),
                    "give `interval = [low, high]`, or dist = \"fixed\"",
                );
            }
            return;
        };
        let [low, high] = *interval.get_ref();
        if low > high {
            let message = format!("the interval of `{name}` runs from {low} to {high}");
            return self.wrong(interval.span(), message, "write [low, high]");
        }
        if !(low..=high).contains(&one.value) {
            let message = format!("the interval {low} to {high} of `{name}` does not contain {}", one.value);
            return self.wrong(interval.span(), message, "correct one of them");
        }
        let (value, span) = (one.value, one.dist.span());
        match dist {
            Dist::Lognormal if value <= 0.0 || low < 0.0 => {
                self.wrong(
                    span,
                    format!("`{name}` cannot be lognormal: it is not above 0"),
                    "choose another distribution",
                );
            }
            Dist::Beta if low < 0.0 || high > 1.0 => {
                self.wrong(span, format!("`{name}` cannot be beta: it is no share"), "choose another distribution");
            }
            Dist::Beta if one.shape.is_none() => {
                self.wrong(span, format!("`{name}` is beta without a shape"), "give `shape = [alpha, beta]`");
            }
            Dist::Fixed if low < high => {
                self.wrong(
                    span,
                    format!("`{name}` is fixed, but has an interval"),
                    "leave the interval out, or choose another distribution",
                );
            }
            _ => {}
        }
        let Some(shape) = &one.shape else { return };
        let [first, second] = *shape.get_ref();
        let centre = match dist {
            Dist::Lognormal => libm::exp(first),
            Dist::Normal => first,
            Dist::Beta => first / (first + second),
            Dist::Pert | Dist::Fixed => {
                return self.wrong(
                    shape.span(),
                    format!("`{name}` has a shape that its distribution does not need"),
                    "leave it out",
                );
            }
        };
        if second <= 0.0 || (centre - value).abs() > NEAR * value.abs().max(0.01) {
            let message = format!("the shape of `{name}` puts its centre at {centre:.4}, not at {value}");
            self.wrong(shape.span(), message, "correct one of them");
        }
    }

    /// Notes parameters that nothing uses and that do not say why.
    pub(super) fn check_uses(&mut self, written: &BTreeMap<Spanned<String>, Spanned<WrittenParam>>) {
        for (name, param) in written {
            if !self.used.contains(name.get_ref()) && param.get_ref().left_out.is_none() {
                let message = format!("nothing uses `{}`", name.get_ref());
                self.wrong(name.span(), message, "use it in a formula, or say in `left_out` why not");
            }
        }
    }
}
