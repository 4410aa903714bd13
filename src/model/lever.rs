//! Levers: what a measure may move.
//!
//! A mechanism declares a lever and asks for its effect on a person; it never learns which measure, if any, pulls it. What an arm
//! does in a year stands in small tables: for everyone by sex and age, and on top of that for those whom a measure has reached
//! ([`Reached`](super::reach::Reached)).
//!
//! Effects on one lever multiply. What they take off together is capped: overlapping measures never bring a lever below one half,
//! unless one of them does so alone (`EVIDENCE.md`, reading rules).

use std::sync::Arc;

use bevy_ecs::resource::Resource;
use serde::{Deserialize, Serialize};

use crate::record::lexis::COHORTS;
use crate::units::Sex;

use super::reach::Orders;
use super::rule::Rule;

pub use super::within::Within;

/// How a lever may be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// A ratio that multiplies a hazard.
    HazardRatio,
    /// A ratio that multiplies a rate of repeatable events.
    RateRatio,
    /// A ratio that multiplies the odds of a chance.
    OddsRatio,
    /// A ratio that multiplies an amount, such as a price.
    Ratio,
    /// A number that is added, in the unit of what is moved.
    Shift,
    /// An amount in NOK that is added.
    Amount,
}

impl Form {
    /// The word used in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::HazardRatio => "hazard-ratio",
            Self::RateRatio => "rate-ratio",
            Self::OddsRatio => "odds-ratio",
            Self::Ratio => "ratio",
            Self::Shift => "shift",
            Self::Amount => "amount",
        }
    }

    /// Whether effects multiply; others add up.
    #[must_use]
    pub const fn multiplies(self) -> bool {
        match self {
            Self::HazardRatio | Self::RateRatio | Self::OddsRatio | Self::Ratio => true,
            Self::Shift | Self::Amount => false,
        }
    }

    /// The value that changes nothing.
    #[must_use]
    pub const fn neutral(self) -> f64 {
        if self.multiplies() { 1.0 } else { 0.0 }
    }
}

/// Whom a lever tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// Everyone by themselves.
    Person,
    /// People of one sex and age are moved alike.
    Age,
}

/// A quantity that measures may move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lever {
    /// `process.quantity`.
    pub name: &'static str,
    /// How it may be moved.
    pub form: Form,
    /// Whom it tells apart.
    pub grain: Grain,
    /// Whom it can reach: one sex, or both.
    pub sex: Option<Sex>,
    /// The first and last age reached in the year that it can reach.
    pub ages: [u8; 2],
    /// What it is, for the guide.
    pub about: &'static str,
}

/// So much overlapping measures may leave of a lever together.
const FLOOR: f32 = 0.5;

/// Several effects on one lever together.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Joint {
    product: f32,
    /// The smallest of the ratios.
    least: f32,
    sum: f32,
}

impl Joint {
    const NONE: Self = Self { product: 1.0, least: 1.0, sum: 0.0 };

    fn with(self, change: Change) -> Self {
        match change {
            Change::Times(ratio) => Self { product: self.product * ratio, least: self.least.min(ratio), ..self },
            Change::Plus(amount) => Self { sum: self.sum + amount, ..self },
        }
    }

    /// The ratio, capped.
    fn ratio(self) -> f32 {
        self.product.max(FLOOR.min(self.least))
    }
}

/// What one effect does to a lever.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// Multiplies it.
    Times(f32),
    /// Adds to it.
    Plus(f32),
}

impl Change {
    /// Whether it changes nothing.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        match self {
            Self::Times(ratio) => ratio == 1.0,
            Self::Plus(amount) => amount == 0.0,
        }
    }
}

/// An effect on those who carry a bit of [`Reached`](super::reach::Reached).
#[derive(Clone, Copy, Debug, PartialEq)]
struct OnReached {
    bit: u64,
    within: Within,
    change: Change,
}

/// What an arm does to one lever in one year.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// By sex and age reached, for those whom nothing has reached.
    everyone: [[Joint; COHORTS]; 2],
    reached: Vec<OnReached>,
    /// All bits of `reached`.
    mask: u64,
}

impl Effect {
    /// No effect on anybody.
    pub const NONE: Self = Self { everyone: [[Joint::NONE; COHORTS]; 2], reached: Vec::new(), mask: 0 };

    /// The ratio for everyone of a sex and age, whom no measure has reached.
    #[inline]
    #[must_use]
    pub fn ratio(&self, sex: Sex, age_reached: usize) -> f32 {
        self.everyone[sex.index()][age_reached & (COHORTS - 1)].ratio()
    }

    /// The number to add for everyone of a sex and age.
    #[inline]
    #[must_use]
    pub const fn shift(&self, sex: Sex, age_reached: usize) -> f32 {
        self.everyone[sex.index()][age_reached & (COHORTS - 1)].sum
    }

    /// Whether the effect on somebody differs from that on everyone. Never so in the reference.
    #[inline]
    #[must_use]
    pub const fn touches(&self, reached: u64) -> bool {
        self.mask & reached != 0
    }

    /// The bits of those on whom the effect differs from that on everyone; none in the reference.
    #[inline]
    #[must_use]
    pub const fn mask(&self) -> u64 {
        self.mask
    }

    /// The ratio for a person.
    #[inline]
    #[must_use]
    pub fn ratio_of(&self, sex: Sex, age_reached: usize, reached: u64) -> f32 {
        if self.touches(reached) { self.joint(sex, age_reached, reached).ratio() } else { self.ratio(sex, age_reached) }
    }

    /// The number to add for a person.
    #[inline]
    #[must_use]
    pub fn shift_of(&self, sex: Sex, age_reached: usize, reached: u64) -> f32 {
        if self.touches(reached) { self.joint(sex, age_reached, reached).sum } else { self.shift(sex, age_reached) }
    }

    /// The largest ratio that anybody of a sex may have.
    #[must_use]
    pub fn largest(&self, sex: Sex) -> f32 {
        let ages = 0..COHORTS;
        ages.map(|age| self.ratio(sex, age)).fold(0.0, f32::max)
    }

    #[cold]
    fn joint(&self, sex: Sex, age: usize, reached: u64) -> Joint {
        let everyone = self.everyone[sex.index()][age & (COHORTS - 1)];
        let mine = self.reached.iter().filter(|one| one.bit & reached != 0 && one.within.holds(sex, age));
        mine.fold(everyone, |joint, one| joint.with(one.change))
    }
}

/// What an arm does this year: to every lever, whom its measures reach, and which rules are in force.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Levers {
    effects: Vec<(&'static str, Effect)>,
    /// Whom measures are to reach; nothing in the reference.
    pub orders: Option<Arc<Orders>>,
    /// Parameters other than the configuration's.
    pub rules: Vec<Rule>,
}

impl Levers {
    /// Adds an effect on everyone of the sexes and ages given.
    pub fn change(&mut self, lever: Lever, change: Change, within: Within) {
        if change.is_nothing() {
            return;
        }
        let effect = self.of(lever);
        for sex in Sex::BOTH {
            for age in (0..COHORTS).filter(|age| within.holds(sex, *age)) {
                let joint = &mut effect.everyone[sex.index()][age];
                *joint = joint.with(change);
            }
        }
    }

    /// Adds an effect on those who carry a bit and are of the sexes and ages given.
    pub fn change_reached(&mut self, lever: Lever, change: Change, within: Within, bit: u64) {
        if change.is_nothing() {
            return;
        }
        let effect = self.of(lever);
        effect.reached.push(OnReached { bit, within, change });
        effect.mask |= bit;
    }

    fn of(&mut self, lever: Lever) -> &mut Effect {
        let place = self.effects.iter().position(|(name, _)| *name == lever.name).unwrap_or_else(|| {
            self.effects.push((lever.name, Effect::NONE));
            self.effects.len() - 1
        });
        &mut self.effects[place].1
    }

    /// The effect on a lever.
    #[must_use]
    pub fn at(&self, lever: Lever) -> &Effect {
        const NONE: &Effect = &Effect::NONE;
        self.effects.iter().find(|(name, _)| *name == lever.name).map_or(NONE, |(_, effect)| effect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEVER: Lever = Lever {
        name: "test.hazard",
        form: Form::HazardRatio,
        grain: Grain::Person,
        sex: None,
        ages: [0, 127],
        about: "",
    };
    const MEN: Within = Within { sex: Some(Sex::Male), ages: [0, 127] };

    #[test]
    fn effects_on_one_lever_multiply() {
        let mut levers = Levers::default();
        levers.change(LEVER, Change::Times(0.75), Within { sex: None, ages: [30, 127] });
        levers.change(LEVER, Change::Times(0.8), MEN);
        let ratio = |sex, age| levers.at(LEVER).ratio(sex, age);
        assert_eq!(
            [ratio(Sex::Male, 40), ratio(Sex::Female, 40), ratio(Sex::Male, 20), ratio(Sex::Female, 20)],
            [0.75 * 0.8, 0.75, 0.8, 1.0]
        );
    }

    #[test]
    fn only_those_who_carry_the_bit_are_moved() {
        let mut levers = Levers::default();
        levers.change(LEVER, Change::Times(0.9), Within::ALL);
        levers.change_reached(LEVER, Change::Times(1.5), Within { sex: None, ages: [18, 127] }, 1 << 3);
        let effect = levers.at(LEVER);
        assert_eq!(
            [(40, 0), (40, 1 << 3), (40, 1 << 2), (17, 1 << 3)].map(|(age, bits)| effect.ratio_of(
                Sex::Female,
                age,
                bits
            )),
            [0.9, 0.9 * 1.5, 0.9, 0.9]
        );
        assert!(!effect.touches(1 << 2) && effect.touches(u64::MAX));
    }

    #[test]
    fn overlapping_reductions_take_off_one_half_at_most() {
        let ratio = |ratios: &[f32]| {
            let mut levers = Levers::default();
            ratios.iter().for_each(|ratio| levers.change(LEVER, Change::Times(*ratio), Within::ALL));
            levers.at(LEVER).ratio(Sex::Male, 50)
        };
        assert_eq!(ratio(&[0.6, 0.6]), 0.5);
        assert_eq!(ratio(&[0.9, 0.8]), 0.9 * 0.8);
        assert_eq!(ratio(&[0.3]), 0.3, "one measure alone may do more");
        assert_eq!(ratio(&[0.3, 0.6]), 0.3, "and others add nothing to it");
        assert_eq!(ratio(&[3.0, 3.0]), 9.0, "what is raised has no cap");
    }

    #[test]
    fn the_cap_is_of_all_effects_on_a_person() {
        let mut levers = Levers::default();
        levers.change(LEVER, Change::Times(0.7), Within::ALL);
        levers.change_reached(LEVER, Change::Times(0.6), Within::ALL, 1);
        assert_eq!(levers.at(LEVER).ratio_of(Sex::Male, 50, 1), 0.5);
    }

    #[test]
    fn shifts_add_up() {
        let mut levers = Levers::default();
        levers.change(LEVER, Change::Plus(2.0), Within::ALL);
        levers.change_reached(LEVER, Change::Plus(0.5), Within::ALL, 1);
        assert_eq!(levers.at(LEVER).shift_of(Sex::Male, 50, 0), 2.0);
        assert_eq!(levers.at(LEVER).shift_of(Sex::Male, 50, 1), 2.5);
    }

    #[test]
    fn what_changes_nothing_leaves_no_trace() {
        let mut levers = Levers::default();
        levers.change(LEVER, Change::Times(1.0), Within::ALL);
        levers.change_reached(LEVER, Change::Plus(0.0), Within::ALL, 1);
        assert_eq!(levers, Levers::default());
    }
}
