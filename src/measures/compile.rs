//! What an arm does in a year, compiled to small tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::error::Problems;
use crate::model::lever::{Change, Levers, Within};
use crate::model::reach::{By, Counted, Order, Orders, Strata};
use crate::model::rule::{Rule, Ruled};
use crate::units::Year;

use super::check::Grouped;
use super::measure::OneEffect;
use super::written::{Per, Ramped, Supported};
use super::{Arm, Part};

impl Part {
    /// How far the measure has grown in a year, 0 to 1.
    fn grown(&self, year: Year) -> f64 {
        if !(self.years.0..=self.years.1).contains(&year) {
            return 0.0;
        }
        let lived = f64::from(year.0 - self.years.0.0 + 1);
        self.measure.ramp.map_or(1.0, |(years, _)| (lived / years.max(1.0)).min(1.0))
    }

    fn ramp(&self, year: Year, of: Ramped) -> f64 {
        match self.measure.ramp {
            Some((_, ramped)) if ramped == of => self.grown(year),
            _ => self.grown(year).ceil(),
        }
    }

    /// What is left of the effect in a year.
    fn lasts(&self, year: Year) -> f64 {
        let grown_in = self.measure.ramp.map_or(0.0, |(years, _)| years);
        let since = (f64::from(year.0 - self.years.0.0) - grown_in).max(0.0);
        self.measure.decay.map_or(1.0, |halves| libm::exp2(-since / halves))
    }

    /// What the measure costs in a year in which it reached these people, in NOK, if its file says so. Each of them stands for
    /// `weight` people.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "numbers of people")]
    pub fn cost(&self, year: Year, counted: &Counted, weight: f64) -> Option<f64> {
        let cost = self.measure.cost.as_ref()?;
        let nok = self.measure.value(&cost.nok);
        Some(match cost.per {
            Per::Person => nok * Counted::sum(&counted.anew) as f64 * weight,
            Per::PersonYear => nok * Counted::sum(&counted.reached) as f64 * weight,
            Per::Year => nok * self.grown(year).ceil(),
        })
    }

    /// Whether what it costs goes by the people it reaches.
    #[must_use]
    pub fn costs_by_person(&self) -> bool {
        self.measure.cost.as_ref().is_some_and(|cost| !matches!(cost.per, Per::Year))
    }

    /// Whether it is known whom it reaches anew.
    #[must_use]
    pub fn tells_anew(&self) -> bool {
        self.bit.is_some() || !self.strata.is_empty()
    }

    /// Whether everyone of an age is reached alike.
    pub(super) fn is_for_everyone(&self) -> bool {
        self.coverage.is_none_or(|coverage| coverage == 1.0) && self.measure.is_for_everyone()
    }
}

/// What other measures of an arm do for one.
#[derive(Clone, Copy, Debug)]
struct Support {
    coverage: f64,
    uptake: f64,
    fidelity: f64,
}

/// The columns that an arm's orders look at, each once.
#[derive(Default)]
struct Columns(Vec<usize>);

impl Columns {
    fn of(&mut self, sight: usize) -> usize {
        self.0.iter().position(|other| *other == sight).unwrap_or_else(|| {
            self.0.push(sight);
            self.0.len() - 1
        })
    }
}

impl Arm {
    /// What the arm does in a year.
    #[must_use]
    pub fn levers(&self, year: Year) -> Levers {
        let mut levers = Levers::default();
        let mut columns = Columns::default();
        let mut orders = Vec::new();
        for part in &self.parts {
            let support = self.support(part, year);
            let order = part.order(year, support, &mut columns);
            if order.is_some() {
                part.effects(year, support, &mut levers);
            }
            orders.push(order);
        }
        if orders.iter().any(Option::is_some) {
            let counted_by = self.counted_by.map(|sight| columns.of(sight));
            levers.orders = Some(Arc::new(Orders { columns: columns.0, orders, counted_by }));
        }
        levers.rules =
            self.rules.iter().rfind(|(from, _)| *from <= year).map_or_else(Vec::new, |(_, rules)| rules.clone());
        levers
    }

    /// What the other measures do for a part in a year.
    fn support(&self, of: &Part, year: Year) -> Support {
        let mut support = Support { coverage: 1.0, uptake: 1.0, fidelity: 1.0 };
        for part in &self.parts {
            let grown =
                part.strength * part.grown(year) * part.lasts(year) * part.measure.value(&part.measure.fidelity);
            for one in part.measure.supports.iter().filter(|one| one.measure == of.measure.id) {
                let into = match one.of {
                    Supported::Coverage => &mut support.coverage,
                    Supported::Uptake => &mut support.uptake,
                    Supported::Fidelity => &mut support.fidelity,
                };
                *into *= libm::pow(part.measure.value(&one.value), grown);
            }
        }
        support
    }
}

#[expect(clippy::cast_possible_truncation, reason = "state is f32")]
impl Part {
    /// How the measure finds those it reaches in a year; none if it is not in force.
    fn order(&self, year: Year, support: Support, columns: &mut Columns) -> Option<Order> {
        let measure = &self.measure;
        let coverage = self.coverage.unwrap_or_else(|| measure.value(&measure.coverage)) * support.coverage;
        let more = (coverage.min(1.0) - measure.value(&measure.already)).max(0.0);
        let share = more * self.ramp(year, Ramped::Coverage);
        if share == 0.0 || self.strength == 0.0 {
            return None;
        }
        let by = |columns: &mut Columns, (of, grouped): &(Supported, Grouped)| {
            let lift = if *of == Supported::Uptake { support.uptake } else { 1.0 };
            let factors = grouped.factors.iter().map(|factor| (measure.value(factor) * lift) as f32).collect();
            By { column: columns.of(grouped.sight), factors }
        };
        let has_uptake = measure.by.iter().any(|(of, _)| *of == Supported::Uptake);
        let lift = if has_uptake { 1.0 } else { support.uptake };
        Some(Order {
            decision: measure.decision(),
            ages: measure.who.ages,
            tests: measure.who.tests.iter().map(|(sight, holds)| (columns.of(*sight), *holds)).collect(),
            share: (share * lift) as f32,
            by: measure.by.iter().map(|one| by(columns, one)).collect(),
            capacity: measure.capacity.as_ref().map(|capacity| measure.value(capacity)),
            bit: self.bit,
            strata: self
                .strata
                .iter()
                .map(|(sight, first, words)| Strata { column: columns.of(*sight), first: *first, words: *words })
                .collect(),
        })
    }

    fn effects(&self, year: Year, support: Support, levers: &mut Levers) {
        let measure = &self.measure;
        let fidelity = (measure.value(&measure.fidelity) * support.fidelity).min(1.0);
        let scale = self.strength * fidelity * self.ramp(year, Ramped::Effect) * self.lasts(year);
        for effect in &measure.effects {
            let value = measure.value(&effect.value);
            match &effect.stronger {
                Some(grouped) => {
                    let first =
                        self.strata.iter().find(|(sight, ..)| *sight == grouped.sight).expect("dealt when loaded").1;
                    for (bit, factor) in (first..).zip(&grouped.factors) {
                        let change = change(effect, value, scale * measure.value(factor));
                        levers.change_reached(effect.lever, change, effect.within, 1 << bit);
                    }
                }
                None if self.is_for_everyone() => {
                    // Ages that the conditions leave out are not of the measure.
                    for within in Within::of(&measure.who.ages).into_iter().filter_map(|run| effect.within.and(run)) {
                        levers.change(effect.lever, change(effect, value, scale), within);
                    }
                }
                None => {
                    let bit = 1 << self.bit.expect("dealt when loaded");
                    levers.change_reached(effect.lever, change(effect, value, scale), effect.within, bit);
                }
            }
        }
    }
}

/// A change on a scale: ratios are scaled as logarithms, shifts as they are.
#[expect(clippy::cast_possible_truncation, reason = "state is f32")]
fn change(effect: &OneEffect, value: f64, scale: f64) -> Change {
    if !effect.lever.form.multiplies() {
        return Change::Plus((value * scale) as f32);
    }
    // Not even rounding may come between a value and itself.
    Change::Times(if scale == 1.0 { value as f32 } else { libm::pow(value, scale) as f32 })
}

/// The settings of every mechanism that an arm's rules change in a year.
fn settings(parts: &[Part], year: Year) -> BTreeMap<&'static str, Vec<String>> {
    let mut settings: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for part in parts.iter().filter(|part| part.grown(year) > 0.0 && part.strength > 0.0) {
        for rule in &part.measure.rules {
            settings.entry(rule.mechanism).or_default().push(rule.setting(&part.measure));
        }
    }
    settings
}

/// The rules in force, each list from a year on.
///
/// # Errors
///
/// If a mechanism refuses rules that are in force together; the text says why.
pub(super) fn rules(parts: &[Part], ruled: &[Ruled], years: (Year, Year)) -> Result<Vec<(Year, Vec<Rule>)>, String> {
    let mut all: Vec<(Year, Vec<Rule>)> = Vec::new();
    let mut before = BTreeMap::new();
    for year in years.0.to(years.1) {
        let now = settings(parts, year);
        if now == before {
            continue;
        }
        let mut rules = Vec::new();
        for (mechanism, settings) in &now {
            let ruled = ruled.iter().find(|ruled| ruled.mechanism == *mechanism).expect("looked up when checked");
            let mut wrong = Problems::default();
            let Some(put) = (ruled.change)(settings, &mut wrong) else {
                let why: Vec<String> = wrong.into_iter().map(|problem| problem.to_string()).collect();
                return Err(format!("`{mechanism}` refuses the rules of {year}: {}", why.join("; ")));
            };
            rules.push(Rule { mechanism, settings: settings.clone(), put, own: ruled.own.clone() });
        }
        all.push((year, rules));
        before = now;
    }
    Ok(all)
}
