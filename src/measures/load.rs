//! Loading an arm: its file, the files of its measures, and what they are together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use toml::Spanned;

use crate::config::names::did_you_mean;
use crate::config::parse;
use crate::error::{BadConfig, Problems, SourceFile};
use crate::model::rule::Ruled;
use crate::units::Year;

use super::check::Checker;
use super::compile::rules;
use super::head::{check_head, check_order, check_supports, check_unused, is_blank};
use super::measure::Measure;
use super::shelf::{Folders, Named, Shelf};
use super::written::{Written, WrittenEntry, WrittenPart};
use super::{Against, Arm, Part};

/// The attribute that those reached are counted by.
const COUNTED_BY: &str = "school.level";
/// The strongest that a package may make a measure.
const STRONGEST: f64 = 5.0;
/// Bits there are for the measures and groups of an arm.
const BITS: usize = 64;

impl Arm {
    /// Reads and checks a scenario file and the measures it names.
    ///
    /// Everything wrong is added to `problems`; then there is no arm.
    pub fn load(path: &Path, against: Against, problems: &mut Problems) -> Option<Self> {
        let shelf = Folders(path);
        let file = shelf.read(path, problems)?;
        Self::read(&file, path, &shelf, against, problems)
    }

    /// The same of a file that was read already; those it names are on a shelf.
    pub fn read(
        file: &SourceFile,
        path: &Path,
        shelf: &dyn Shelf,
        against: Against,
        problems: &mut Problems,
    ) -> Option<Self> {
        if is_blank(&file.text) {
            let help = "`livslop new measure ID` writes one to begin with";
            problems.push(BadConfig::in_file(file, "the file is empty").help(help));
            return None;
        }
        let written: Written = parse(file, problems)?;
        let before = problems.len();
        check_head(&written, path, file, against, problems);
        check_supports(&written, file, &known(shelf, &written), problems);
        let mut loader = Loader { shelf, file, against, problems, text: file.text.to_string(), parts: Vec::new() };
        loader.own(&written);
        for entry in written.measures.iter().flat_map(Spanned::get_ref) {
            loader.entry(&written, entry);
        }
        loader.check_together(&written);
        let equal_cost = loader.equal_cost(&written);
        let (text, mut parts) = (loader.text, loader.parts);
        if problems.len() > before {
            return None;
        }
        let solved = equal_cost.as_ref().map_or(&[][..], |equal| &equal.parts);
        if !deal_bits(&mut parts, solved) {
            let at = written.measures.as_ref().map_or_else(|| written.id.span(), Spanned::span);
            let message = format!("the measures tell more than {BITS} groups of people apart");
            problems.push(
                BadConfig::at(file, at, message).help("take some of them out, or let them use the same attributes"),
            );
            return None;
        }
        let ruled: Vec<Ruled> = against
            .ruled
            .iter()
            .filter(|ruled| parts.iter().any(|part| part.measure.changes(ruled.mechanism)))
            .map(|ruled| (*ruled).clone())
            .collect();
        let years = (against.branch, against.until);
        let rules = rules(&parts, &ruled, years).map_err(|wrong| {
            let help = "rules pass the same checks as a configuration, also together";
            problems.push(BadConfig::at(file, written.id.span(), wrong).help(help));
        });
        Some(Self {
            rules: rules.ok()?,
            ruled,
            span: years,
            id: written.id.into_inner(),
            title: written.title,
            default: written.default.unwrap_or(false),
            text,
            path: path.to_owned(),
            parts,
            equal_cost,
            variant: None,
            counted_by: against.sights.iter().position(|sight| sight.attribute.name == COUNTED_BY),
        })
    }
}

/// A scenario file being read.
pub(super) struct Loader<'a> {
    pub shelf: &'a dyn Shelf,
    pub file: &'a SourceFile,
    pub against: Against<'a>,
    pub problems: &'a mut Problems,
    pub text: String,
    pub parts: Vec<Part>,
}

impl Loader<'_> {
    pub fn wrong(&mut self, at: std::ops::Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(BadConfig::at(self.file, at, message).help(help));
    }

    /// The file's own instruments, if it has any.
    fn own(&mut self, written: &Written) {
        if !has_instruments(written) {
            if written.measures.as_ref().is_none_or(|entries| entries.get_ref().is_empty()) {
                let (at, help) = match (&written.effect, &written.measures) {
                    (Some(effects), _) => (effects.span(), "add an [[effect]]"),
                    (None, Some(entries)) => (entries.span(), "name a measure"),
                    (None, None) => (written.id.span(), "add an [[effect]], a [[rule]] or `measures = [ … ]`"),
                };
                self.wrong(at, "the arm has no effect", help);
            } else {
                check_unused(written, self.file, self.problems);
            }
            return;
        }
        let measure = self.checker(self.file).measure(written, &BTreeMap::new());
        let years = (measure.from.unwrap_or(self.against.branch), measure.until.unwrap_or(self.against.until));
        self.parts.push(Part { measure, strength: 1.0, coverage: None, years, bit: None, strata: Vec::new() });
    }

    /// A measure of the package.
    fn entry(&mut self, package: &Written, entry: &Spanned<WrittenEntry>) {
        let at = entry.span();
        let part = entry.get_ref().part();
        let (id, id_at) = match entry.get_ref() {
            WrittenEntry::Id(id) => (id.as_str(), at.clone()),
            WrittenEntry::Part(part) => (part.id.get_ref().as_str(), part.id.span()),
        };
        if id == package.id.get_ref() {
            return self.wrong(id_at, "a package cannot be one of its own measures", "name a measure");
        }
        if self.parts.iter().any(|part| part.measure.id == id) {
            return self.wrong(id_at, format!("`{id}` is in the package twice"), "take one away");
        }
        let Some(path) = self.shelf.find(Named::Measure, id) else {
            if self.shelf.find(Named::Package, id).is_some() {
                return self.wrong(id_at, format!("`{id}` is a package"), "name its measures instead");
            }
            let known = known(self.shelf, package);
            let help = did_you_mean(id, known.iter().map(String::as_str));
            return self.wrong(id_at, format!("there is no measure `{id}`"), help);
        };
        let Some(file) = self.shelf.read(&path, self.problems) else { return };
        let Some(written) = parse::<Written>(&file, self.problems) else { return };
        self.text.extend(["\n# ", id, "\n", &file.text]);
        if *written.id.get_ref() != id {
            let message = format!("the file is called `{id}`, its id is `{}`", written.id.get_ref());
            self.problems.push(BadConfig::at(&file, written.id.span(), message).help("make them the same"));
        }
        if written.measures.is_some() || written.equal_cost.is_some() || !has_instruments(&written) {
            return self.wrong(id_at, format!("`{id}` is a package"), "name its measures instead");
        }
        if let Some(until) = &written.until {
            check_order(&file, until, written.from.as_ref(), self.problems);
        }
        check_supports(&written, &file, &known(self.shelf, package), self.problems);
        let set = part.map_or_else(BTreeMap::new, |part| self.set(part, &written));
        let mut measure = self.checker(&file).measure(&written, &set);
        if let Some(who) = part.and_then(|part| part.who.as_ref()) {
            measure.who = self.checker(self.file).narrowed(&measure, who);
        }
        self.part(package, part, measure, at);
    }

    /// The parameters of a measure that the package sets, each within its interval.
    fn set(&mut self, part: &WrittenPart, written: &Written) -> BTreeMap<String, f64> {
        let mut set = BTreeMap::new();
        for (name, value) in part.set.iter().flatten() {
            let params = written.params.iter().flatten();
            let Some((_, param)) = params.clone().find(|(other, _)| other.get_ref() == name.get_ref()) else {
                let message = format!("`{}` has no parameter `{}`", part.id.get_ref(), name.get_ref());
                let help = did_you_mean(name.get_ref(), params.map(|(other, _)| other.get_ref().as_str()));
                self.wrong(name.span(), message, help);
                continue;
            };
            let param = param.get_ref();
            let interval = param.interval.as_ref().map_or([param.value; 2], |interval| *interval.get_ref());
            if param.left_out.is_some() {
                let message = format!("`{}` of `{}` is left out", name.get_ref(), part.id.get_ref());
                self.wrong(name.span(), message, "nothing uses it: do not set it");
            } else if !(interval[0]..=interval[1]).contains(value.get_ref()) {
                let message = format!("`{}` is set to {}, outside its interval", name.get_ref(), value.get_ref());
                self.wrong(value.span(), message, format!("it must be from {} to {}", interval[0], interval[1]));
            }
            set.insert(name.get_ref().clone(), *value.get_ref());
        }
        set
    }

    /// A file of the package under examination.
    fn checker<'c>(&'c mut self, file: &'c SourceFile) -> Checker<'c> {
        Checker { file, against: self.against, problems: self.problems, params: Vec::new(), used: BTreeSet::new() }
    }

    /// A measure as the package wants it.
    fn part(&mut self, package: &Written, part: Option<&WrittenPart>, measure: Measure, at: std::ops::Range<usize>) {
        let branch = self.against.branch;
        let (of_part, of_package) = (part.and_then(|part| part.from.as_ref()), package.from.as_ref());
        let from = of_part.or(of_package).map(|from| Year(*from.get_ref())).or(measure.from).unwrap_or(branch);
        let until = part.and_then(|part| part.until.as_ref()).or(package.until.as_ref());
        let last = until.map(|until| Year(*until.get_ref())).or(measure.until);
        let until = last.unwrap_or(self.against.until);
        if from < branch {
            let help = format!("give `from`, not before {branch}, or let the run branch earlier with --branch");
            self.wrong(at.clone(), format!("`{}` starts in {from}, before arms may differ", measure.id), help);
        }
        if last.is_some_and(|last| last < from) {
            let message = format!("`{}` ends in {until} before it starts in {from}", measure.id);
            self.wrong(at.clone(), message, "give a year not before `from`");
        }
        let mut number = |value: Option<&Spanned<f64>>, most: f64, what: &str| {
            let value = value?;
            if !(0.0..=most).contains(value.get_ref()) {
                let message = format!("a {what} of {}", value.get_ref());
                self.wrong(value.span(), message, format!("it must be from 0 to {most}"));
            }
            Some(*value.get_ref())
        };
        let strength = number(part.and_then(|part| part.strength.as_ref()), STRONGEST, "strength").unwrap_or(1.0);
        let coverage = number(part.and_then(|part| part.coverage.as_ref()), 1.0, "coverage");
        self.parts.push(Part { measure, strength, coverage, years: (from, until), bit: None, strata: Vec::new() });
    }

    /// What can only be wrong with all measures together.
    fn check_together(&mut self, written: &Written) {
        let mut words: BTreeMap<u32, String> =
            self.against.decisions.iter().map(|decision| (decision.word(), decision.name().to_owned())).collect();
        let mut wrong = Vec::new();
        for part in &self.parts {
            let id = &part.measure.id;
            if let Some(other) = words.insert(part.measure.decision().word(), id.clone()) {
                wrong.push((format!("`{id}` would share its luck with `{other}`"), "choose another id".to_owned()));
            }
            let moved_by_age =
                part.measure.effects.iter().find(|effect| effect.lever.grain == crate::model::lever::Grain::Age);
            if let Some(effect) = moved_by_age.filter(|_| !part.is_for_everyone()) {
                let help = "leave `coverage` and `who` out".to_owned();
                wrong.push((format!("`{}` moves everyone of a sex and age alike", effect.lever.name), help));
            }
            if !part.measure.rules.is_empty() && !part.is_for_everyone() && part.measure.effects.is_empty() {
                wrong.push((
                    format!("`{id}` has rules, which are for everyone"),
                    "leave out whom it reaches".to_owned(),
                ));
            }
        }
        let at = written.measures.as_ref().map_or_else(|| written.id.span(), Spanned::span);
        wrong.into_iter().for_each(|(message, help)| self.wrong(at.clone(), message, help));
    }
}

/// Whether a file does anything by itself.
fn has_instruments(written: &Written) -> bool {
    written.effect.as_ref().is_some_and(|effects| !effects.get_ref().is_empty())
        || written.rule.is_some()
        || written.support.is_some()
}

/// The ids of all measures that a package may name.
fn known(shelf: &dyn Shelf, written: &Written) -> BTreeSet<String> {
    let own = has_instruments(written).then(|| written.id.get_ref().clone());
    shelf.known(Named::Measure).into_iter().chain(own).collect()
}

/// Gives each part the bits it needs; false if there are not enough.
pub(super) fn deal_bits(parts: &mut [Part], solved: &[usize]) -> bool {
    let mut next = 0;
    for (place, part) in parts.iter_mut().enumerate() {
        let everyone = part.is_for_everyone() && !solved.contains(&place);
        let by_person = part.measure.cost.as_ref().is_some_and(|cost| cost.per == super::Per::Person);
        if by_person || (!everyone && part.measure.effects.iter().any(|effect| effect.stronger.is_none())) {
            part.bit = u8::try_from(next).ok();
            next += 1;
        }
        for grouped in part.measure.effects.iter().filter_map(|effect| effect.stronger.as_ref()) {
            if part.strata.iter().all(|(sight, ..)| *sight != grouped.sight) {
                let words = u8::try_from(grouped.factors.len()).expect("an attribute has at most 64 words");
                part.strata.push((grouped.sight, u8::try_from(next).unwrap_or(u8::MAX), words));
                next += grouped.factors.len();
            }
        }
    }
    next <= BITS
}
