//! Levers: what a measure may move.
//!
//! A mechanism declares a lever and asks for its effect; it never learns which measure, if any, pulls it.

use bevy_ecs::resource::Resource;
use serde::{Deserialize, Serialize};

use crate::record::lexis::COHORTS;
use crate::units::Sex;

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
}

impl Form {
    /// The word used in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::HazardRatio => "hazard-ratio",
            Self::RateRatio => "rate-ratio",
            Self::OddsRatio => "odds-ratio",
        }
    }
}

/// A quantity that measures may move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lever {
    /// `process.quantity`.
    pub name: &'static str,
    /// How it may be moved.
    pub form: Form,
    /// Whom it can reach: one sex, or both.
    pub sex: Option<Sex>,
    /// The first and last age reached in the year that it can reach.
    pub ages: [u8; 2],
    /// What it is, for the guide.
    pub about: &'static str,
}

/// What an arm does to one lever in one year: a ratio by sex and age reached, `[2][128]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect(pub [[f32; COHORTS]; 2]);

impl Effect {
    /// No effect on anybody.
    pub const NONE: Self = Self([[1.0; COHORTS]; 2]);

    /// The ratio for a person.
    #[inline]
    #[must_use]
    pub const fn ratio(&self, sex: Sex, age_reached: usize) -> f32 {
        self.0[sex.index()][age_reached & (COHORTS - 1)]
    }
}

/// What an arm does to every lever this year.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Levers(Vec<(&'static str, Effect)>);

impl Levers {
    /// Multiplies the effect on a lever for the sexes and ages (reached in the year) given.
    pub fn multiply(&mut self, lever: Lever, ratio: f32, reaches: impl Fn(Sex, usize) -> bool) {
        let place = self.0.iter().position(|(name, _)| *name == lever.name).unwrap_or_else(|| {
            self.0.push((lever.name, Effect::NONE));
            self.0.len() - 1
        });
        for sex in Sex::BOTH {
            for age in 0..COHORTS {
                if reaches(sex, age) {
                    self.0[place].1.0[sex.index()][age] *= ratio;
                }
            }
        }
    }

    /// The effect on a lever.
    #[must_use]
    pub fn at(&self, lever: Lever) -> &Effect {
        const NONE: &Effect = &Effect::NONE;
        self.0.iter().find(|(name, _)| *name == lever.name).map_or(NONE, |(_, effect)| effect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_on_one_lever_multiply() {
        const LEVER: Lever =
            Lever { name: "test.hazard", form: Form::HazardRatio, sex: None, ages: [0, 127], about: "" };
        let mut levers = Levers::default();
        levers.multiply(LEVER, 0.5, |_, age| age >= 30);
        levers.multiply(LEVER, 0.8, |sex, _| sex == Sex::Male);
        let ratio = |sex, age| levers.at(LEVER).ratio(sex, age);
        assert_eq!(
            [ratio(Sex::Male, 40), ratio(Sex::Female, 40), ratio(Sex::Male, 20), ratio(Sex::Female, 20)],
            [0.4, 0.5, 0.8, 1.0]
        );
    }
}
