//! Quantities of the field as types, checked when they are made.
//!
//! A hazard, a rate, a share and a ratio are different things; each has its type where configuration or modules meet.
//! Inside a loop they are plain `f32`, named for what they are.

use std::fmt;

use bevy_ecs::resource::Resource;
use bytemuck::{CheckedBitPattern, NoUninit};
use serde::{Deserialize, Serialize};

/// A calendar year, 1 January to 31 December.
#[derive(Resource, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Year(pub i16);

impl Year {
    /// The year `years` later.
    #[must_use]
    pub const fn plus(self, years: i16) -> Self {
        Self(self.0 + years)
    }

    /// Every year from this one to `last`, both included.
    pub fn to(self, last: Self) -> impl DoubleEndedIterator<Item = Self> + Clone {
        (self.0..=last.0).map(Self)
    }

    /// Years from `earlier` to this one; zero if this is the earlier one.
    #[must_use]
    pub fn since(self, earlier: Self) -> usize {
        usize::try_from(self.0 - earlier.0).unwrap_or(0)
    }
}

impl fmt::Display for Year {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Registered sex, as the population register records it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, NoUninit, CheckedBitPattern)]
#[repr(u8)]
pub enum Sex {
    /// Index 0 of every array by sex.
    Female = 0,
    /// Index 1.
    Male = 1,
}

impl Sex {
    /// Both, in the order of every array by sex.
    pub const BOTH: [Self; 2] = [Self::Female, Self::Male];
    /// The words of tables and outputs, in the same order.
    pub const WORDS: &'static [&'static str] = &["female", "male"];

    /// 0 or 1.
    #[inline]
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// `female` or `male`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        Self::WORDS[self.index()]
    }
}

/// A checked number of configuration: `$name` holds an `f64` for which `$holds` is true.
macro_rules! checked_number {
    ($(#[$doc:meta])* $name:ident, $holds:expr, $says:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Deserialize, Serialize)]
        #[serde(try_from = "f64")]
        pub struct $name(f64);

        impl $name {
            /// The number itself.
            #[must_use]
            pub const fn value(self) -> f64 {
                self.0
            }
        }

        impl TryFrom<f64> for $name {
            type Error = String;

            fn try_from(number: f64) -> Result<Self, String> {
                let holds: fn(f64) -> bool = $holds;
                if holds(number) { Ok(Self(number)) } else { Err(format!(concat!("{} is not ", $says), number)) }
            }
        }
    };
}

checked_number!(
    /// A part of a whole, 0 to 1.
    Share, |x| (0.0..=1.0).contains(&x), "a share from 0 to 1"
);
checked_number!(
    /// Events per person-year, 0 to 5.
    Rate, |x| (0.0..=5.0).contains(&x), "a rate from 0 to 5 per person-year"
);
checked_number!(
    /// A ratio of rates or hazards, above 0 and at most 100, or exactly 0.
    Ratio, |x| (0.0..=100.0).contains(&x), "a ratio from 0 to 100"
);
checked_number!(
    /// A whole number of years, 0 to 200.
    Years, |x| (0.0..=200.0).contains(&x) && x.fract() == 0.0, "a whole number of years from 0 to 200"
);
checked_number!(
    /// A coefficient on a scale of logarithms or standard deviations, −20 to 20.
    Coefficient, |x| (-20.0..=20.0).contains(&x), "a coefficient from -20 to 20"
);
checked_number!(
    /// Marks at the end of compulsory school, or a difference of them, 0 to 60.
    Points, |x| (0.0..=60.0).contains(&x), "marks from 0 to 60 points"
);
checked_number!(
    /// A number of events, 0 to 10⁶.
    Events, |x| (0.0..=1e6).contains(&x), "a number of events from 0 to a million"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_outside_their_range_are_refused() {
        assert_eq!(Share::try_from(1.2), Err("1.2 is not a share from 0 to 1".to_owned()));
        assert!(Rate::try_from(f64::NAN).is_err());
        assert!(Ratio::try_from(-0.1).is_err());
        assert!(Years::try_from(2.5).is_err());
        assert!(Share::try_from(0.0).is_ok() && Share::try_from(1.0).is_ok());
    }

    #[test]
    fn years_count_from_first_to_last() {
        assert_eq!(Year(1950).to(Year(1952)).count(), 3);
        assert_eq!(Year(2025).since(Year(1950)), 75);
        assert_eq!(Year(1950).since(Year(2025)), 0);
    }
}
