//! What a measure's file says, in words: for `livslop describe`.

use std::fmt;

use crate::model::attribute::{Sight, Values};
use crate::model::lever::Lever;
use crate::model::reach::Holds;
use crate::record::lexis::COHORTS;
use crate::units::{Sex, Year};

use super::check::Grouped;
use super::formula::{Formula, Operator};
use super::measure::Measure;
use super::rule::RuleValue;
use super::written::{Dist, Per, Ramped, Supported};
use super::{Arm, Part};

/// The oldest age there is.
const OLDEST: usize = COHORTS - 1;

/// A key of the file, and what it says there.
pub type Line = (&'static str, String);

/// An effect at a lever, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct ToldEffect {
    /// The lever.
    pub lever: Lever,
    /// What it is multiplied by, or what is added, at central values.
    pub value: f64,
    /// The formula, unless the file gives a number.
    pub formula: Option<String>,
    /// Whom of those reached it moves.
    pub whom: String,
    /// By how much it is stronger in which groups, if it is.
    pub stronger: Option<String>,
}

impl Measure {
    /// Whom it may reach, in words.
    #[must_use]
    pub fn who_in_words(&self, sights: &[Sight]) -> String {
        let mut words = vec![ages_in_words(&self.who.ages)];
        for (sight, holds) in &self.who.tests {
            let attribute = sights[*sight].attribute;
            words.push(format!("{} {}", attribute.name, asked(*holds, attribute.values)));
        }
        words.join("; ")
    }

    /// What its file says of whom it reaches, how many of them, when, and at what cost.
    #[must_use]
    pub fn told(&self, sights: &[Sight]) -> Vec<Line> {
        let mut lines = vec![("who", self.who_in_words(sights)), ("coverage", self.value_in_words(&self.coverage))];
        if self.already != Formula::Number(0.0) {
            lines.push(("already", self.value_in_words(&self.already)));
        }
        for (of, grouped) in &self.by {
            lines.push((if *of == Supported::Uptake { "uptake" } else { "delivery" }, self.grouped(grouped, sights)));
        }
        if let Some(capacity) = &self.capacity {
            lines.push(("capacity", format!("{} people in the nation a year", self.value_in_words(capacity))));
        }
        lines.push(("years", years_in_words(self.from, self.until)));
        if let Some((years, of)) = self.ramp {
            let of = match of {
                Ramped::Coverage => "all who are to be reached are",
                Ramped::Effect => "the effect is whole",
            };
            lines.push(("ramp", format!("{years} years until {of}")));
        }
        if let Some(years) = self.decay {
            lines.push(("decay", format!("the effect halves every {years} years")));
        }
        if self.fidelity != Formula::Number(1.0) {
            lines.push(("fidelity", self.value_in_words(&self.fidelity)));
        }
        lines.push(("cost", self.cost_in_words()));
        lines
    }

    fn cost_in_words(&self) -> String {
        let Some(cost) = &self.cost else { return "none is given".to_owned() };
        let per = match cost.per {
            Per::Person => "for each person newly reached",
            Per::PersonYear => "for each person reached, a year",
            Per::Year => "a year",
        };
        let formula = of_formula(&cost.nok);
        format!("{} NOK {per}, in prices of {}{formula}", short(self.value(&cost.nok)), cost.prices)
    }

    /// Its effects at levers.
    #[must_use]
    pub fn effects_told(&self, sights: &[Sight]) -> Vec<ToldEffect> {
        let of = |(effect, moves): (&super::measure::OneEffect, super::Move)| ToldEffect {
            lever: effect.lever,
            value: moves.value,
            formula: formula_in_words(&effect.value),
            whom: ages_in_words(&moves.ages),
            stronger: effect.stronger.as_ref().map(|grouped| self.grouped(grouped, sights)),
        };
        self.effects.iter().zip(self.moves()).map(of).collect()
    }

    /// The parameters of mechanisms that it changes, and to what.
    #[must_use]
    pub fn rules_told(&self) -> Vec<(String, String)> {
        let of = |rule: &super::rule::OneRule| {
            let value = match &rule.value {
                RuleValue::Formula(formula) => self.value_in_words(formula),
                RuleValue::Toml(value) => value.clone(),
            };
            (format!("{}.{}", rule.mechanism, rule.parameter), value)
        };
        self.rules.iter().map(of).collect()
    }

    /// The measures that it supports, and how.
    #[must_use]
    pub fn supports_told(&self) -> Vec<(String, String)> {
        let of = |support: &super::measure::OneSupport| {
            let what = match support.of {
                Supported::Coverage => "coverage",
                Supported::Uptake => "uptake",
                Supported::Fidelity => "fidelity",
            };
            (support.measure.clone(), format!("multiplies its {what} by {}", self.value_in_words(&support.value)))
        };
        self.supports.iter().map(of).collect()
    }

    /// The attributes that it asks for, each as its place among those declared, with the key that asks.
    #[must_use]
    pub fn asks(&self, sights: &[Sight]) -> Vec<(usize, &'static str)> {
        let place = |name| sights.iter().position(|sight| sight.attribute.name == name);
        let [women, men] = &self.who.ages;
        let some = |ages: &[bool]| ages.iter().any(|is| !is);
        let by_sex = (women != men).then(|| place(crate::model::simulation::SEX.name)).flatten();
        let by_age = (some(women) || some(men)).then(|| place(crate::model::simulation::AGE.name)).flatten();
        let tests = self.who.tests.iter().map(|(sight, _)| *sight);
        let mut all: Vec<_> = by_sex.into_iter().chain(by_age).chain(tests).map(|sight| (sight, "who")).collect();
        for (of, grouped) in &self.by {
            all.push((grouped.sight, if *of == Supported::Uptake { "uptake" } else { "delivery" }));
        }
        for grouped in self.effects.iter().filter_map(|effect| effect.stronger.as_ref()) {
            all.push((grouped.sight, "stronger"));
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    fn grouped(&self, grouped: &Grouped, sights: &[Sight]) -> String {
        let attribute = sights[grouped.sight].attribute;
        let Values::Words(words) = attribute.values else { unreachable!("groups are of words: looked at when read") };
        let values = words.iter().zip(&grouped.factors);
        let values: Vec<String> =
            values.map(|(word, factor)| format!("{word} {}", self.value_in_words(factor))).collect();
        format!("by {}: {}", attribute.name, values.join(", "))
    }

    fn value_in_words(&self, formula: &Formula) -> String {
        short(self.value(formula)) + &of_formula(formula)
    }
}

impl Part {
    /// Its coverage, with the formula if the measure's file gives one.
    #[must_use]
    pub fn coverage_in_words(&self) -> String {
        match self.coverage {
            Some(coverage) => short(coverage),
            None => self.measure.value_in_words(&self.measure.coverage),
        }
    }
}

impl Arm {
    /// Whether a part is the arm's own, not a measure that it names.
    #[must_use]
    pub fn is_own(&self, part: &Part) -> bool {
        part.measure.id == self.id
    }
}

impl Dist {
    /// The word in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lognormal => "lognormal",
            Self::Normal => "normal",
            Self::Beta => "beta",
            Self::Pert => "pert",
            Self::Fixed => "fixed",
        }
    }
}

impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let binds = |formula: &Self| match formula {
            Self::Number(_) | Self::Name(_) => u8::MAX,
            Self::Of(_, operator, _) => operator.binds(),
        };
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Name(name) => f.write_str(name),
            Self::Of(a, operator, b) => {
                // What stands first goes first, so only the second needs brackets when both bind alike.
                if binds(a) < operator.binds() {
                    write!(f, "({a})")?;
                } else {
                    write!(f, "{a}")?;
                }
                write!(f, " {} ", operator.sign())?;
                if binds(b) <= operator.binds() { write!(f, "({b})") } else { write!(f, "{b}") }
            }
        }
    }
}

impl Operator {
    const fn sign(self) -> char {
        match self {
            Self::Plus => '+',
            Self::Minus => '-',
            Self::Times => '*',
            Self::By => '/',
            Self::Power => '^',
        }
    }
}

/// A number with four figures that count.
fn short(number: f64) -> String {
    let size = if number == 0.0 { 0.0 } else { number.abs().log10().floor() };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 12")]
    let digits = (3.0 - size).clamp(0.0, 12.0) as usize;
    let text = format!("{number:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A formula in words; none if it is a number.
fn formula_in_words(formula: &Formula) -> Option<String> {
    (!matches!(formula, Formula::Number(_))).then(|| formula.to_string())
}

/// The same in brackets.
fn of_formula(formula: &Formula) -> String {
    formula_in_words(formula).map_or_else(String::new, |formula| format!(" ({formula})"))
}

fn years_in_words(from: Option<Year>, until: Option<Year>) -> String {
    match (from, until) {
        (Some(from), Some(until)) => format!("{from} to {until}"),
        (Some(from), None) => format!("from {from} on"),
        (None, Some(until)) => format!("until {until}"),
        (None, None) => "all, from the branch year on".to_owned(),
    }
}

/// Sexes and ages, in words.
fn ages_in_words(ages: &[[bool; COHORTS]; 2]) -> String {
    let of = |sex: Sex| {
        let ages = &ages[sex.index()];
        Some([ages.iter().position(|is| *is)?, ages.iter().rposition(|is| *is)?])
    };
    let range = |[first, last]: [usize; 2]| match (first, last) {
        (0, OLDEST) => "of all ages".to_owned(),
        (first, OLDEST) => format!("aged {first} and over"),
        _ => format!("aged {first} to {last}"),
    };
    match (of(Sex::Female), of(Sex::Male)) {
        (Some([0, OLDEST]), Some([0, OLDEST])) => "everyone".to_owned(),
        (Some(women), Some(men)) if women == men => format!("everyone {}", range(men)),
        (Some(women), Some(men)) => format!("women {} and men {}", range(women), range(men)),
        (Some(women), None) => format!("women {}", range(women)),
        (None, Some(men)) => format!("men {}", range(men)),
        (None, None) => "nobody".to_owned(),
    }
}

/// What is asked of an attribute, in words.
fn asked(holds: Holds, values: Values) -> String {
    match (holds, values) {
        (Holds::OneOf(bits), Values::Words(words)) => {
            let meant: Vec<&str> =
                words.iter().enumerate().filter(|(place, _)| bits >> place & 1 == 1).map(|(_, word)| *word).collect();
            format!("is {}", meant.join(" or "))
        }
        (Holds::Between(low, high), _) if low == high => format!("is {low}"),
        (Holds::Between(low, high), _) => {
            // `below = 35` is kept as the last number below it, `above` as the first one above.
            let (above, below) = (low.next_down(), high.next_up());
            let is_plainer = |one: f32, other: f32| one.to_string().len() < other.to_string().len();
            let from = match low {
                f32::NEG_INFINITY => None,
                _ if is_plainer(above, low) => Some(format!("above {above}")),
                _ => Some(format!("at least {low}")),
            };
            let to = match high {
                f32::INFINITY => None,
                _ if is_plainer(below, high) => Some(format!("below {below}")),
                _ => Some(format!("at most {high}")),
            };
            format!("is {}", from.into_iter().chain(to).collect::<Vec<_>>().join(" and "))
        }
        (Holds::OneOf(_), Values::Range(..)) => "is one of some words".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::reach::of_ages;

    #[test]
    fn numbers_are_told_with_four_figures() {
        let told = [0.0, 1.0, 2.345_678, 0.000_123_456, 1575.0, 70_000.4, -0.333_33, 100.0].map(short);
        assert_eq!(told, ["0", "1", "2.346", "0.0001235", "1575", "70000", "-0.3333", "100"]);
    }

    #[test]
    fn sexes_and_ages_are_told_shortly() {
        let told = |holds: &dyn Fn(Sex, usize) -> bool| ages_in_words(&of_ages(holds));
        assert_eq!(told(&|_, _| true), "everyone");
        assert_eq!(told(&|_, age| age >= 18), "everyone aged 18 and over");
        assert_eq!(told(&|sex, age| sex == Sex::Male && (16..=66).contains(&age)), "men aged 16 to 66");
        assert_eq!(told(&|_, _| false), "nobody");
        let one = |sex, age| if sex == Sex::Male { age < 20 } else { age < 30 };
        assert_eq!(told(&one), "women aged 0 to 29 and men aged 0 to 19");
    }

    #[test]
    fn conditions_are_told_as_they_are_written() {
        let marks = Values::Range(10.0, 60.0);
        assert_eq!(asked(Holds::Between(f32::NEG_INFINITY, 35.0_f32.next_down()), marks), "is below 35");
        assert_eq!(asked(Holds::Between(35.0_f32.next_up(), f32::INFINITY), marks), "is above 35");
        assert_eq!(asked(Holds::Between(18.0, 70.0), marks), "is at least 18 and at most 70");
        assert_eq!(asked(Holds::OneOf(0b101), Values::Words(&["a", "b", "c"])), "is a or c");
    }

    proptest! {
        #[test]
        fn a_formula_told_is_the_same_formula(text in "[ab1-9+*/^() -]{0,40}") {
            if let Ok(formula) = Formula::read(&text) {
                prop_assert_eq!(Formula::read(&formula.to_string()), Ok(formula));
            }
        }
    }
}
