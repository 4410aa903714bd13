//! Packages at equal public cost: what a file says of it, checked. [`crate::run::equal_cost`] finds the coverage.
//!
//! What a package costs the public is at present what its measures cost; taxes and benefits come with incomes.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::config::names::did_you_mean;
use crate::config::parse;
use crate::error::BadConfig;
use crate::model::lever::Grain;

use super::load::Loader;
use super::shelf::Named;
use super::written::{Written, WrittenEqualCost};
use super::{Arm, Part};

/// Years that a cost may be counted over.
const YEARS: std::ops::RangeInclusive<u8> = 1..=75;

/// A package whose coverage is solved, so that it costs the public as much as another package.
#[derive(Clone, Debug, PartialEq)]
pub struct EqualCost {
    /// The other package.
    pub other: Box<Arm>,
    /// Years from the first year of either package on, in which both cost the same.
    pub years: u8,
    /// The measures whose coverage is solved, as places in the arm.
    pub parts: Vec<usize>,
}

impl Part {
    /// Whether another coverage would reach other people.
    fn has_coverage(&self) -> bool {
        let effects = &self.measure.effects;
        !effects.is_empty() && effects.iter().all(|effect| effect.lever.grain != Grain::Age)
    }
}

impl Arm {
    /// The arm with a coverage in place of the one that is solved.
    #[must_use]
    pub fn with_coverage(&self, coverage: f64) -> Self {
        let mut other = self.clone();
        for part in self.equal_cost.iter().flat_map(|equal| &equal.parts) {
            other.parts[*part].coverage = Some(coverage);
        }
        other
    }
}

impl Loader<'_> {
    /// What the package says of equal cost; what is wrong with it is among the problems.
    pub(super) fn equal_cost(&mut self, written: &Written) -> Option<EqualCost> {
        let equal = written.equal_cost.as_ref()?;
        let (equal, at) = (equal.get_ref(), equal.span());
        if !YEARS.contains(equal.years.get_ref()) {
            let message = format!("a cost over {} years", equal.years.get_ref());
            self.wrong(equal.years.span(), message, format!("give {} to {} years", YEARS.start(), YEARS.end()));
        }
        let parts = self.solved(equal, written, &at);
        let other = self.other(written, equal);
        self.check_prices(other.as_ref(), &at);
        Some(EqualCost { other: Box::new(other?), years: *equal.years.get_ref(), parts: parts? })
    }

    /// The measures whose coverage is solved.
    fn solved(&mut self, equal: &WrittenEqualCost, written: &Written, at: &Range<usize>) -> Option<Vec<usize>> {
        let all = || self.parts.iter().enumerate();
        let parts: Vec<usize> = match &equal.measure {
            None => all().filter(|(_, part)| part.has_coverage()).map(|(place, _)| place).collect(),
            Some(measure) => {
                let id = measure.get_ref();
                let Some((place, part)) = all().find(|(_, part)| part.measure.id == *id) else {
                    let help = did_you_mean(id, self.parts.iter().map(|part| part.measure.id.as_str()));
                    self.wrong(measure.span(), format!("there is no measure `{id}` in the package"), help);
                    return None;
                };
                if part.has_coverage() { vec![place] } else { Vec::new() }
            }
        };
        let at = equal.measure.as_ref().map_or_else(|| at.clone(), toml::Spanned::span);
        if parts.is_empty() {
            let help = "name a measure that reaches some people and not others: one with effects, none of them on levers by sex and age alone";
            self.wrong(at, "nothing has a coverage to solve", help);
            return None;
        }
        if self.parts.iter().all(|part| part.measure.cost.is_none()) {
            self.wrong(at, "no measure of the package has a cost", "give the measure's file a `cost`");
            return None;
        }
        if !parts.iter().any(|part| self.parts[*part].costs_by_person()) {
            let help =
                "give `cost` per \"person reached\" or \"person-year reached\" to a measure whose coverage is solved";
            self.wrong(at, "the package costs the same at every coverage", help);
            return None;
        }
        let entries = written.measures.iter().flat_map(toml::Spanned::get_ref);
        let given = entries.filter_map(|entry| entry.get_ref().part()).filter_map(|part| {
            let is_solved = parts.iter().any(|place| self.parts[*place].measure.id == *part.id.get_ref());
            part.coverage.as_ref().filter(|_| is_solved).map(toml::Spanned::span)
        });
        let own = written
            .coverage
            .as_ref()
            .filter(|_| parts.iter().any(|place| self.parts[*place].measure.id == *written.id.get_ref()));
        let given: Vec<Range<usize>> = given.chain(own.map(toml::Spanned::span)).collect();
        for at in given {
            self.wrong(
                at,
                "this coverage is solved",
                "leave `coverage` out, or name another `measure` in [equal_cost]",
            );
        }
        Some(parts)
    }

    /// The package of the same cost.
    fn other(&mut self, written: &Written, equal: &WrittenEqualCost) -> Option<Arm> {
        let (id, at) = (equal.other.get_ref(), equal.other.span());
        if id == written.id.get_ref() {
            self.wrong(at, "a package costs as much as itself", "name another package");
            return None;
        }
        let Some(path) = self.shelf.find(Named::Package, id) else {
            let known: BTreeSet<String> = self.shelf.known(Named::Package);
            let help = did_you_mean(id, known.iter().map(String::as_str));
            self.wrong(at, format!("there is no package `{id}`"), help);
            return None;
        };
        let file = self.shelf.read(&path, self.problems)?;
        let other = parse::<Written>(&file, self.problems)?;
        if other.id.get_ref() != id {
            let message = format!("the file is called `{id}`, its id is `{}`", other.id.get_ref());
            self.problems.push(BadConfig::at(&file, other.id.span(), message).help("make them the same"));
        }
        if other.equal_cost.is_some() {
            self.wrong(at, format!("the cost of `{id}` is itself solved"), "name a package without [equal_cost]");
            return None;
        }
        let other = Arm::read(&file, &path, self.shelf, self.against, self.problems)?;
        if other.parts.iter().all(|part| part.measure.cost.is_none()) {
            let message = format!("no measure of `{id}` has a cost");
            self.wrong(at, message, "name another package, or give one of its measures a `cost`");
            return None;
        }
        self.text.extend(["\n# the package of the same cost: ", id, "\n", &other.text]);
        Some(other)
    }

    /// Costs in the prices of different years cannot be compared.
    fn check_prices(&mut self, other: Option<&Arm>, at: &Range<usize>) {
        let parts = self.parts.iter().chain(other.iter().flat_map(|other| &other.parts));
        let prices: BTreeSet<i16> = parts.filter_map(|part| Some(part.measure.cost.as_ref()?.prices)).collect();
        if let (Some(first), Some(last)) = (prices.first(), prices.last())
            && first != last
        {
            let message = format!("costs in prices of {first} and of {last} cannot be compared");
            self.wrong(at.clone(), message, "give the measures' costs in the prices of one year");
        }
    }
}
