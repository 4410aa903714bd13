//! A measure: what its file says, checked.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use toml::Spanned;

use crate::config::names::did_you_mean;
use crate::draws::Decision;
use crate::model::lever::{Form, Grain, Lever, Within};
use crate::model::reach::of_ages;
use crate::record::future::Text;
use crate::record::lexis::COHORTS;
use crate::units::{Sex, Year};

use super::check::{Checker, Grouped};
use super::formula::Formula;
use super::params::Param;
use super::rule::OneRule;
use super::who::Who;
use super::written::{Per, Ramped, SexWord, Supported, Value, Written, WrittenEffect};

/// Ratios that a file may give.
const RATIOS: RangeInclusive<f64> = 0.0..=100.0;
/// Numbers that a file may add, in any unit.
pub(super) const SHIFTS: RangeInclusive<f64> = -1e7..=1e7;
/// Shares.
const SHARES: RangeInclusive<f64> = 0.0..=1.0;
/// Factors on shares.
const FACTORS: RangeInclusive<f64> = 0.0..=10.0;

/// Years whose prices a cost may be in.
const PRICES: RangeInclusive<i16> = 1950..=2100;

/// A measure: whom it reaches, when, what it moves, what it costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// Its name, also the name of its file.
    pub id: String,
    /// What it is.
    pub title: Text,
    /// What it is, at length.
    pub about: Option<Text>,
    /// The area of policy.
    pub area: Option<String>,
    /// Its parameters.
    pub params: Vec<Param>,
    /// What it costs.
    pub cost: Option<Cost>,
    /// The first year, if its file says so; else the branch year.
    pub from: Option<Year>,
    /// The last year, if there is one.
    pub until: Option<Year>,
    pub(super) who: Who,
    pub(super) ramp: Option<(f64, Ramped)>,
    pub(super) decay: Option<f64>,
    pub(super) coverage: Formula,
    pub(super) already: Formula,
    pub(super) fidelity: Formula,
    pub(super) by: Vec<(Supported, Grouped)>,
    pub(super) capacity: Option<Formula>,
    pub(super) effects: Vec<OneEffect>,
    pub(super) rules: Vec<OneRule>,
    pub(super) supports: Vec<OneSupport>,
}

/// What a measure costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    pub(super) nok: Formula,
    /// What it is counted by.
    pub per: Per,
    /// The year whose prices it is in.
    pub prices: i16,
}

/// What an effect moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Move {
    /// The lever.
    pub lever: Lever,
    /// What it is multiplied by, or what is added to it.
    pub value: f64,
    /// The sexes and ages reached at which it is moved.
    pub ages: [[bool; COHORTS]; 2],
}

/// An effect at a lever.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OneEffect {
    pub lever: Lever,
    pub value: Formula,
    pub within: Within,
    /// By how much the effect is stronger in some groups, on the scale of logarithms.
    pub stronger: Option<Grouped>,
}

/// What a measure does for another.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OneSupport {
    pub measure: String,
    pub of: Supported,
    pub value: Formula,
}

impl Measure {
    /// Where chance enters when people are reached.
    #[must_use]
    pub fn decision(&self) -> Decision {
        Decision::of("reach", &self.id)
    }

    /// The value of a formula.
    pub(super) fn value(&self, formula: &Formula) -> f64 {
        formula
            .value(&|name| self.params.iter().find(|param| param.name == name).map(|param| param.value))
            .expect("names were looked up when the file was read")
    }

    /// NOK of the year of its prices for each unit of what is counted; none if the file says nothing of a cost.
    #[must_use]
    pub fn cost_nok(&self) -> Option<f64> {
        self.cost.as_ref().map(|cost| self.value(&cost.nok))
    }

    /// Its shares: coverage, coverage already there, fidelity.
    pub(super) fn shares(&self) -> [f64; 3] {
        [&self.coverage, &self.already, &self.fidelity].map(|share| self.value(share))
    }

    /// Whether everyone of an age is reached alike.
    pub(super) fn is_for_everyone(&self) -> bool {
        self.who.tests.is_empty()
            && self.by.is_empty()
            && self.capacity.is_none()
            && self.value(&self.coverage) == 1.0
            && self.value(&self.already) == 0.0
            && self.ramp.is_none_or(|(_, of)| of == Ramped::Effect)
    }

    /// Whether it changes parameters of a mechanism.
    pub(super) fn changes(&self, mechanism: &str) -> bool {
        self.rules.iter().any(|rule| rule.mechanism == mechanism)
    }

    /// Whether sex and age alone tell whom it reaches.
    #[must_use]
    pub fn who_is_told_by_age(&self) -> bool {
        self.is_for_everyone()
    }

    /// The sexes and ages that an effect reaches.
    fn reach_of(who: &Who, lever: &Lever, within: Within) -> [[bool; COHORTS]; 2] {
        let of_lever = Within { sex: lever.sex, ages: lever.ages };
        of_ages(|sex, age| who.ages[sex.index()][age] && of_lever.holds(sex, age) && within.holds(sex, age))
    }

    /// Whether an effect reaches some of these people, or there is none.
    pub(super) fn has_effect_on(&self, who: &Who) -> bool {
        let reaches = |effect: &OneEffect| {
            Self::reach_of(who, &effect.lever, effect.within).as_flattened().iter().any(|reached| *reached)
        };
        self.effects.is_empty() || self.effects.iter().any(reaches)
    }

    /// What its effects move, whole and at their central values.
    #[must_use]
    pub fn moves(&self) -> Vec<Move> {
        let of = |one: &OneEffect| Move {
            lever: one.lever,
            value: self.value(&one.value),
            ages: Self::reach_of(&self.who, &one.lever, one.within),
        };
        self.effects.iter().map(of).collect()
    }
}

impl Checker<'_> {
    /// The measure that a file describes, with some parameters set by a package; what is wrong with it is among the problems.
    pub(super) fn measure(&mut self, written: &Written, set: &BTreeMap<String, f64>) -> Measure {
        let before = self.problems.len();
        if let Some(params) = &written.params {
            self.take_params(params);
        }
        for param in &mut self.params {
            if let Some(value) = set.get(&param.name) {
                // What a package chooses is not uncertain in it.
                (param.value, param.decisive) = (*value, false);
            }
        }
        let who = self.who(written.who.as_deref().unwrap_or_default());
        if who.ages.as_flattened().iter().all(|is| !is)
            && let Some(first) = written.who.as_ref().and_then(|who| who.first())
        {
            self.wrong(first.span(), "nobody is reached", "the conditions on sex and age exclude each other");
        }
        let one = Formula::Number(1.0);
        let share = |checker: &mut Self, value: &Option<Spanned<Value>>, what: &str| {
            value.as_ref().and_then(|value| checker.formula(value, SHARES, what))
        };
        let coverage = share(self, &written.coverage, "coverage").unwrap_or_else(|| one.clone());
        let already = share(self, &written.already, "coverage already there").unwrap_or(Formula::Number(0.0));
        let fidelity = share(self, &written.fidelity, "fidelity").unwrap_or(one);
        if let Some(value) = written.already.as_ref().filter(|_| self.central(&already) > self.central(&coverage)) {
            let message = format!(
                "{} are served already, more than the coverage of {}",
                self.central(&already),
                self.central(&coverage)
            );
            self.wrong(value.span(), message, "only the increment is reached: give a larger coverage");
        }
        let mut by = Vec::new();
        for (of, written) in [(Supported::Uptake, &written.uptake), (Supported::Coverage, &written.delivery)] {
            let grouped = written.as_ref().and_then(|written| self.grouped(written, FACTORS, "the factor"));
            by.extend(grouped.map(|grouped| (of, grouped)));
        }
        let ramp = written.ramp.as_ref().map(|ramp| (f64::from(ramp.get_ref().years), ramp.get_ref().of));
        if let Some(decay) = written.decay.as_ref().filter(|decay| *decay.get_ref() <= 0.0) {
            self.wrong(
                decay.span(),
                format!("an effect cannot halve in {} years", decay.get_ref()),
                "give a number above 0",
            );
        }
        let mut measure = Measure {
            id: written.id.get_ref().clone(),
            title: written.title.clone(),
            about: written.about.clone(),
            area: written.area.clone(),
            params: self.params.clone(),
            cost: written.cost.as_ref().and_then(|cost| {
                let (at, cost) = (cost.span(), cost.get_ref());
                if !PRICES.contains(&cost.prices) {
                    let help = "give the year whose prices the cost is in, such as 2018";
                    self.wrong(at, format!("prices of the year {}", cost.prices), help);
                }
                let nok = self.formula(&cost.nok, -1e13..=1e13, "the cost")?;
                Some(Cost { nok, per: cost.per, prices: cost.prices })
            }),
            from: written.from.as_ref().map(|from| Year(*from.get_ref())),
            until: written.until.as_ref().map(|until| Year(*until.get_ref())),
            who,
            ramp,
            decay: written.decay.as_ref().map(|decay| *decay.get_ref()),
            coverage,
            already,
            fidelity,
            by,
            capacity: written.capacity.as_ref().and_then(|value| self.formula(value, 0.0..=1e8, "the capacity")),
            effects: Vec::new(),
            rules: Vec::new(),
            supports: Vec::new(),
        };
        let effects = written.effect.as_ref().map_or(&[][..], |effects| effects.get_ref());
        measure.effects = effects.iter().filter_map(|effect| self.effect(effect.get_ref(), &measure)).collect();
        let rules = written.rule.as_deref().unwrap_or_default();
        measure.rules = rules.iter().filter_map(|rule| self.rule(rule)).collect();
        for support in written.support.as_deref().unwrap_or_default() {
            let support = support.get_ref();
            if let Value::Number(number) = support.value.get_ref() {
                let help = "give it a name and evidence in [params], and write the name in quotes";
                self.wrong(support.value.span(), format!("the factor {number} has no evidence"), help);
            }
            let Some(value) = self.formula(&support.value, FACTORS, "the factor") else { continue };
            measure.supports.push(OneSupport { measure: support.measure.get_ref().clone(), of: support.of, value });
        }
        if let Some(params) = written.params.as_ref().filter(|_| self.problems.len() == before) {
            self.check_uses(params);
        }
        measure
    }

    fn effect(&mut self, written: &WrittenEffect, measure: &Measure) -> Option<OneEffect> {
        let before = self.problems.len();
        let (name, form) = (written.lever.get_ref(), *written.form.get_ref());
        let lever = self.against.levers.iter().find(|lever| lever.name == name.as_str()).copied();
        match lever {
            None => {
                let help = did_you_mean(name, self.against.levers.iter().map(|lever| lever.name));
                self.wrong(written.lever.span(), format!("there is no lever `{name}`"), help);
            }
            Some(lever) if lever.form != form => {
                let help = format!("its form is `{}`", lever.form.word());
                self.wrong(written.form.span(), format!("`{name}` is not moved by a {}", form.word()), help);
            }
            Some(_) => {}
        }
        let ages = written.ages.as_ref().map_or([0, 127], |ages| *ages.get_ref());
        if ages[0] > ages[1] {
            let span = written.ages.as_ref().map_or(0..0, Spanned::span);
            self.wrong(span, format!("ages run from {} to {}", ages[0], ages[1]), "give the lower age first");
        } else if usize::from(ages[1]) >= COHORTS {
            let span = written.ages.as_ref().map_or(0..0, Spanned::span);
            let help = format!("the oldest are {}: give that, or leave `ages` out", COHORTS - 1);
            self.wrong(span, format!("nobody reaches an age of {}", ages[1]), help);
        }
        let within = Within { sex: written.sex.map(SexWord::sex), ages };
        let stronger = written.stronger.as_ref().and_then(|by| self.grouped(by, FACTORS, "the factor"));
        if let Some(lever) = lever.filter(|_| ages[0] <= ages[1]) {
            self.check_reach(written, lever, within, measure);
        }
        let value = self.effect_value(written, form);
        let effect = lever.zip(value).map(|(lever, value)| OneEffect { lever, value, within, stronger });
        effect.filter(|_| self.problems.len() == before)
    }

    fn check_reach(&mut self, written: &WrittenEffect, lever: Lever, within: Within, measure: &Measure) {
        let name = lever.name;
        if Measure::reach_of(&measure.who, &lever, within).as_flattened().iter().all(|is| !is) {
            let whom = lever.sex.map_or("everyone", |sex| match sex {
                Sex::Female => "women",
                Sex::Male => "men",
            });
            let can = format!("it can reach {whom} of ages {} to {}", lever.ages[0], lever.ages[1]);
            let help = if measure.who == Who::everyone() {
                can
            } else {
                format!("{can}; the measure is for {}", measure.who.ages_in_words())
            };
            self.wrong(written.lever.span(), format!("the effect on `{name}` reaches nobody"), help);
        }
        if lever.grain == Grain::Age && (!measure.is_for_everyone() || written.stronger.is_some()) {
            let message = format!("`{name}` moves everyone of a sex and age alike");
            let help = "leave out what tells people apart: conditions beyond sex and age, coverage, uptake, delivery, capacity, groups";
            self.wrong(written.lever.span(), message, help);
        }
    }

    fn effect_value(&mut self, written: &WrittenEffect, form: Form) -> Option<Formula> {
        let (range, what) = if form.multiplies() { (RATIOS, "the ratio") } else { (SHIFTS, "the change") };
        let formula = self.formula(&written.value, range, what)?;
        match (written.value.get_ref(), &written.evidence) {
            (Value::Number(number), Some(evidence)) => self.evidence(evidence, Some(*number)),
            (Value::Number(_), None) => {
                let help = "add `evidence = { … }`, or give a formula of [params]";
                self.wrong(written.value.span(), "the value has no evidence", help);
            }
            (Value::Text(_), Some(evidence)) => {
                self.wrong(evidence.span(), "a formula takes its evidence from [params]", "leave this out");
            }
            (Value::Text(_), None) => {}
        }
        Some(formula)
    }
}
