//! Targets beside what was simulated, with verdicts: `validation.arrow`.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::accounts::arrow::{Column, Table};

use super::figures::Figures;
use super::measure::measured;
use super::target::{Role, Target, Targets, Verified, Who};

/// A standard error up to this share of the tolerance lets a figure be judged.
const JUDGED: f64 = 0.5;

/// What must only be reached is judged as well if it is so many standard errors away.
const FAR: f64 = 2.0;

/// What a comparison came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The run does not tell the figure.
    Unknown,
    /// Chance is too large to judge.
    Noise,
    /// Farther off than tolerated.
    Outside,
    /// No farther off than tolerated.
    Within,
}

impl Verdict {
    /// The words, in order.
    pub const WORDS: &'static [&'static str] = &["unknown", "noise", "outside", "within"];

    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }

    /// Whether there is a verdict.
    #[must_use]
    pub fn is_judged(self) -> bool {
        self >= Self::Outside
    }
}

/// Which figures are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judging {
    /// Those whose standard error is small beside the tolerance.
    WhatChanceAllows,
    /// All that the run tells.
    Everything,
}

/// A target and its simulated side.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison<'t> {
    /// What is on record.
    pub target: &'t Target,
    /// What was simulated; none if the run does not tell it.
    pub simulated: Option<f64>,
    /// Its standard error.
    pub se: f64,
    /// How far it may be off.
    pub tolerance: f64,
    /// What it came to.
    pub verdict: Verdict,
}

impl Comparison<'_> {
    /// How far the simulated figure is off; of a figure that must be at least the recorded one, how much it lacks.
    ///
    /// Not a number if the run does not tell it.
    #[must_use]
    pub fn error(&self) -> f64 {
        self.simulated.map_or(f64::NAN, |simulated| self.target.error(simulated))
    }

    /// The error in tolerances of its set.
    #[must_use]
    pub fn in_tolerances(&self, targets: &Targets) -> f64 {
        self.error() / targets.set(self.target).mean_tolerance.max(self.tolerance)
    }

    /// The target in a line.
    #[must_use]
    pub fn label(&self) -> String {
        let target = self.target;
        let span = |from: String, to: String| if from == to { from } else { format!("{from}-{to}") };
        let years = span(target.year_from.to_string(), target.year_to.to_string());
        let ages = span(target.age_from.to_string(), target.age_to.to_string());
        let sex = Who::WORDS[target.sex as usize];
        let group = if target.group == "all" { "" } else { &target.group };
        let versus = target.versus.as_ref().map_or_else(String::new, |versus| format!(" against {versus}"));
        format!("{} {years} {sex} {ages} {group}{versus}", target.set).trim_end().to_owned()
    }
}

/// Every target beside its simulated side, in order.
#[must_use]
pub fn compare<'t>(targets: &'t Targets, figures: &Figures, judging: Judging) -> Vec<Comparison<'t>> {
    let one = |target: &'t Target| {
        let measured = measured(target, targets, figures);
        let (simulated, se) = (measured.map(|it| it.value), measured.map_or(f64::NAN, |it| it.se));
        let tolerance = targets.tolerance(target);
        let scale = tolerance.max(targets.set(target).mean_tolerance);
        let mut comparison = Comparison { target, simulated, se, tolerance, verdict: Verdict::Unknown };
        if let Some(simulated) = simulated {
            let is_far = target.indicator.is_least() && ((simulated - target.value) / se).abs() > FAR;
            let is_clear = judging == Judging::Everything || se <= JUDGED * scale || is_far;
            // Figures are told with few digits: what is exactly at the tolerance is within.
            let is_within = comparison.error().abs() <= tolerance + 1e-9;
            comparison.verdict = match (is_clear, is_within) {
                (false, _) => Verdict::Noise,
                (true, true) => Verdict::Within,
                (true, false) => Verdict::Outside,
            };
        }
        comparison
    };
    targets.rows.iter().map(one).collect()
}

/// A set as a whole, of one role.
#[derive(Clone, Debug, PartialEq)]
pub struct SetResult<'t> {
    /// Its name.
    pub set: &'t str,
    /// The role of its targets.
    pub role: Role,
    /// Targets, and those of them judged and within.
    pub targets: usize,
    /// Judged.
    pub judged: usize,
    /// Judged to be within.
    pub within: usize,
    /// The mean of the absolute errors of those judged; not a number of none.
    pub mean_error: f64,
    /// How large it may be.
    pub mean_tolerance: f64,
    /// The largest absolute error of those judged.
    pub worst: f64,
    /// The unit of the errors.
    pub unit: &'static str,
}

impl SetResult<'_> {
    /// Whether the mean error is no larger than tolerated, and every figure within; none if none is judged.
    #[must_use]
    pub fn is_met(&self) -> Option<bool> {
        (self.judged > 0).then_some(self.within == self.judged && self.mean_error <= self.mean_tolerance + 1e-9)
    }
}

/// The sets as wholes, in order, those to be fitted to before those held.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "some hundred targets")]
pub fn by_set<'t>(targets: &'t Targets, comparisons: &[Comparison<'t>]) -> Vec<SetResult<'t>> {
    let mut of: BTreeMap<(Role, usize), Vec<&Comparison>> = BTreeMap::new();
    for comparison in comparisons {
        let place = targets.sets.iter().position(|set| set.set == comparison.target.set).expect("a set");
        of.entry((comparison.target.role, place)).or_default().push(comparison);
    }
    of.into_iter()
        .map(|((role, place), all)| {
            let set = &targets.sets[place];
            let judged: Vec<&&Comparison> = all.iter().filter(|one| one.verdict.is_judged()).collect();
            let errors = || judged.iter().map(|one| one.error().abs());
            SetResult {
                set: &set.set,
                role,
                targets: all.len(),
                judged: judged.len(),
                within: judged.iter().filter(|one| one.verdict == Verdict::Within).count(),
                mean_error: errors().sum::<f64>() / judged.len() as f64,
                mean_tolerance: set.mean_tolerance,
                worst: errors().fold(f64::NAN, f64::max),
                unit: all[0].target.unit.word(),
            }
        })
        .collect()
}

/// The table of a run.
#[must_use]
pub fn table(comparisons: &[Comparison]) -> Table {
    let all = || comparisons.iter();
    let text = |name: &str, about: &str, of: fn(&Target) -> &str| {
        Column::text(name, about, all().map(|one| Arc::from(of(one.target))))
    };
    let number = |name: &str, about: &str, of: fn(&Comparison) -> f64| {
        Column::number(name, "that of the column `unit`", about, all().map(of))
    };
    let whole = |name: &str, unit: &str, about: &str, of: fn(&Target) -> i32| {
        Column::int32(name, unit, about, all().map(move |one| of(one.target)))
    };
    let age = |age: usize| i32::try_from(age).expect("an age");
    let columns = vec![
        text("set", "the targets it is told with; configs/norway/targets/sets.csv", |target| &target.set),
        text("indicator", "what is compared", |target| target.indicator.word()),
        Column::word("sex", "registered sex", Who::WORDS, all().map(|one| one.target.sex as usize)),
        Column::int32(
            "age_from",
            "years",
            "youngest age; of life expectancy the exact age",
            all().map(|one| age(one.target.age_from)),
        ),
        Column::int32("age_to", "years", "oldest age; 110 is no end", all().map(|one| age(one.target.age_to))),
        text("by", "what people are grouped by", |target| target.by.word()),
        text("group", "the group, or groups joined by |", |target| &target.group),
        text("versus", "what it is compared with; empty without", |target| target.versus.as_deref().unwrap_or("")),
        whole("year_from", "calendar year", "first year", |target| target.year_from.into()),
        whole("year_to", "calendar year", "last year", |target| target.year_to.into()),
        text("unit", "the unit of the numbers", |target| target.unit.word()),
        number("simulated", "of the model; null where the run does not tell it", |one| {
            one.simulated.unwrap_or(f64::NAN)
        }),
        number("recorded", "of the source", |one| one.target.value),
        Column::number(
            "error",
            "that of the column `unit`",
            "simulated less recorded; of figures that must be reached, what is lacking",
            all().map(Comparison::error),
        ),
        number("se", "Monte Carlo standard error of `simulated`, or more; null where unknown", |one| one.se),
        number("tolerance", "how far `simulated` may be from `recorded`", |one| one.tolerance),
        Column::word(
            "verdict",
            "unknown without a figure, noise where chance is too large to judge, outside, within",
            Verdict::WORDS,
            all().map(|one| one.verdict as usize),
        ),
        Column::word(
            "role",
            "whether parameters may be fitted to it",
            Role::WORDS,
            all().map(|one| one.target.role as usize),
        ),
        Column::word(
            "verified",
            "whether the figure was read in its source",
            Verified::WORDS,
            all().map(|one| one.target.verified as usize),
        ),
        text("source", "a key of configs/norway/sources.toml", |target| &target.source),
        text("note", "what to know of the figure", |target| target.note.as_deref().unwrap_or("")),
    ];
    Table { name: "validation", columns }
}

#[cfg(test)]
mod tests;
