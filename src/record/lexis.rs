//! From rates by age to what happens to a birth cohort in a calendar year.
//!
//! A year runs from 1 January to 31 December. Those who reach age `a` during it were `a − 1` on 1 January and are `a` from their
//! birthday on: their hazard mixes the rates of two completed ages, and what they live and die of in the year is split
//! between them. Birthdays are taken as spread evenly over the year and the rate as constant within an age; then survival has a
//! closed form. With `b` the date of the birthday, m the rate before and n the rate after it:
//!
//! ```text
//! survival            ∫ exp(−(b·m + (1−b)·n)) db         = (exp(−n) − exp(−m)) / (m − n)
//! dies before it      1 − ∫ exp(−b·m) db                 = 1 − (1 − exp(−m)) / m
//! ```
//!
//! Children of the year are at risk from birth only (the lower Lexis triangle of age 0); most infant deaths fall there.

use libm::{exp, expm1, log1p};

use crate::units::Sex;

use super::life_table::{OLDEST, infant_probability, infant_years_lived};

/// Rows of every table by age reached in the year: 0 to 127.
pub const COHORTS: usize = 128;

/// What a year holds for each cohort of one sex, by age reached in the year, `[128]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Lexis {
    /// Cumulated hazard of death of someone at risk all year (of a newborn: from birth).
    pub hazard: [f32; COHORTS],
    /// Of those who die, the share who die before their birthday, at completed age `a − 1`; 0 for newborns.
    pub before_birthday: [f32; COHORTS],
    /// Person-years lived by a child who dies in the calendar year of birth.
    pub newborn_years: f64,
}

impl Lexis {
    /// The tables of one sex and year from its death rates by completed age, `[111]`, the last age open.
    ///
    /// `in_birth_year` is the share of a cohort's infant deaths that fall in the calendar year of birth. The rate of age 0 belongs to
    /// two cohorts, of which the older, `births_before` times as many as the younger, gives fewer deaths than person-years: the
    /// probability of dying is set so that deaths over person-years of the year are the rate.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
    pub fn new(rates: &[f64], sex: Sex, in_birth_year: f64, births_before: f64) -> Self {
        let mut lexis = Self { hazard: [0.0; COHORTS], before_birthday: [0.0; COHORTS], newborn_years: 0.0 };
        let lived = 0.5 * (1.0 + births_before);
        let dying = in_birth_year + (1.0 - in_birth_year) * births_before;
        let infant = infant_probability(Some(sex), rates[0]) * lived / dying;
        let newborn = -log1p(-in_birth_year * infant);
        let rest_of_infancy = -log1p(-infant) - newborn;
        lexis.hazard[0] = newborn as f32;
        for a in 1..COHORTS {
            let (dies_before, dies) = if a == 1 {
                let before = -expm1(-rest_of_infancy);
                (before, before + (1.0 - before) * -expm1(-0.5 * rates[1]))
            } else {
                let (m, n) = (rates[(a - 1).min(OLDEST)], rates[a.min(OLDEST)]);
                (dies_before_birthday(m), 1.0 - survival(m, n))
            };
            lexis.hazard[a] = -log1p(-dies) as f32;
            lexis.before_birthday[a] = if dies > 0.0 { (dies_before / dies).clamp(0.0, 1.0) as f32 } else { 0.5 };
        }
        // The years lived at age 0 by the children of one year add up to 1 − q·(1 − a0); the survivors of each triangle live half
        // a year in it and those who die in the upper one a third.
        let lost = (1.0 - infant_years_lived(Some(sex), rates[0])) - (1.0 - in_birth_year) * (0.5 - 1.0 / 3.0);
        lexis.newborn_years = 0.5 - (lost / in_birth_year - 0.5).clamp(0.0, 0.5);
        lexis
    }
}

/// Survival of the year by a cohort whose rate changes from `m` to `n` on a birthday spread evenly over it.
fn survival(m: f64, n: f64) -> f64 {
    let difference = m - n;
    if difference.abs() < 1e-6 { exp(-0.5 * (m + n)) } else { (exp(-n) - exp(-m)) / difference }
}

/// The probability of dying at rate `m` before a birthday spread evenly over the year.
fn dies_before_birthday(m: f64) -> f64 {
    if m < 1e-6 { 0.5 * m } else { 1.0 + expm1(-m) / m }
}

/// How the year of one person went, for person-years and deaths by completed age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Lived {
    /// All of it: half at each age.
    Whole,
    /// Born this year and alive at its end.
    Newborn,
    /// Moved in during the year, on average in the middle.
    Arrived,
    /// Moved out during the year.
    Left,
    /// Died before the birthday.
    DiedBefore,
    /// Died after the birthday.
    DiedAfter,
    /// Born and died this year.
    NewbornDied,
    /// Moved in and died this year.
    ArrivedDied,
    /// Born this year and moved out.
    NewbornLeft,
}

impl Lived {
    /// Every way, in the order of the accounts' columns.
    pub const ALL: [Self; 9] = [
        Self::Whole,
        Self::Newborn,
        Self::Arrived,
        Self::Left,
        Self::DiedBefore,
        Self::DiedAfter,
        Self::NewbornDied,
        Self::ArrivedDied,
        Self::NewbornLeft,
    ];

    /// The words of [`Lived::ALL`], in its order.
    pub const WORDS: &'static [&'static str] = &[
        "whole",
        "newborn",
        "arrived",
        "left",
        "died_before_birthday",
        "died_after_birthday",
        "newborn_died",
        "arrived_died",
        "newborn_left",
    ];

    /// Person-years at the age before the birthday and at the age after it, of a cohort with this hazard in the year.
    ///
    /// Dates of birthdays, moves and deaths are even and independent: with the birthday first, the two dates cut the year into thirds.
    /// Where the hazard is high, deaths come earlier: to first order by a sixth of it before the birthday and a twelfth after.
    #[must_use]
    pub const fn person_years(self, newborn_years: f64, hazard: f64) -> [f64; 2] {
        let (before, after) = ((1.0 - hazard / 6.0) / 3.0, (1.0 - hazard / 12.0) / 3.0);
        match self {
            Self::Whole => [0.5, 0.5],
            Self::Newborn => [0.0, 0.5],
            Self::Arrived => [1.0 / 6.0, 1.0 / 3.0],
            Self::Left => [1.0 / 3.0, 1.0 / 6.0],
            Self::DiedBefore => [before, 0.0],
            Self::DiedAfter => [after, after],
            Self::NewbornDied => [0.0, newborn_years],
            Self::ArrivedDied => [1.0 / 6.0, 1.0 / 6.0],
            Self::NewbornLeft => [0.0, 1.0 / 3.0],
        }
    }

    /// Deaths at the age before the birthday and at the age after it.
    #[must_use]
    pub const fn deaths(self) -> [f64; 2] {
        match self {
            Self::Whole | Self::Newborn | Self::Arrived | Self::Left | Self::NewbornLeft => [0.0, 0.0],
            Self::DiedBefore => [1.0, 0.0],
            Self::DiedAfter | Self::NewbornDied | Self::ArrivedDied => [0.0, 1.0],
        }
    }

    /// Whether the person was here on 1 January.
    #[must_use]
    pub const fn from_new_year(self) -> bool {
        matches!(self, Self::Whole | Self::Left | Self::DiedBefore | Self::DiedAfter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_has_its_place_and_its_word() {
        assert!(Lived::ALL.iter().enumerate().all(|(place, way)| *way as usize == place));
        assert_eq!(Lived::WORDS.len(), Lived::ALL.len());
    }

    #[test]
    fn the_closed_forms_agree_with_sums_over_birthdays() {
        let (m, n) = (0.31, 0.36);
        let birthdays = (0..100_000).map(|i| (f64::from(i) + 0.5) / 1e5);
        let alive: f64 = birthdays.clone().map(|b| (-(b * m + (1.0 - b) * n)).exp()).sum::<f64>() / 1e5;
        let before: f64 = birthdays.map(|b| 1.0 - (-b * m).exp()).sum::<f64>() / 1e5;
        assert!((survival(m, n) - alive).abs() < 1e-9);
        assert!((dies_before_birthday(m) - before).abs() < 1e-9);
        assert!((survival(0.2, 0.2 + 1e-9) - survival(0.2, 0.2 + 1e-5)).abs() < 1e-5);
    }

    #[test]
    fn official_rates_come_back_from_deaths_over_person_years() {
        // A stationary population of 1,000,000 births a year under a Gompertz rate with an infant peak of 2.5 %.
        let rates: Vec<f64> =
            (0_u32..=110).map(|x| if x == 0 { 0.025 } else { 5e-5 * (0.095 * f64::from(x)).exp() }).collect();
        let lexis = Lexis::new(&rates, Sex::Female, 0.87, 1.0);
        let (mut alive, mut deaths, mut lived) = (1e6, [0.0; COHORTS + 1], [0.0; COHORTS + 1]);
        for a in 0..COHORTS {
            let dying = alive * f64::from(crate::math::yearly_probability(lexis.hazard[a]));
            let before = dying * f64::from(lexis.before_birthday[a]);
            let kinds = if a == 0 {
                vec![(Lived::Newborn, alive - dying), (Lived::NewbornDied, dying)]
            } else {
                vec![(Lived::Whole, alive - dying), (Lived::DiedBefore, before), (Lived::DiedAfter, dying - before)]
            };
            for (kind, people) in kinds {
                let ([y0, y1], [d0, d1]) =
                    (kind.person_years(lexis.newborn_years, f64::from(lexis.hazard[a])), kind.deaths());
                lived[a] += people * y0;
                lived[a + 1] += people * y1;
                deaths[a] += people * d0;
                deaths[a + 1] += people * d1;
            }
            alive -= dying;
        }
        // Index x + 1 holds age x. The error is of second order in the rate: bound 0.05 %, for infancy, and 1 % of the rate.
        for x in 0..100 {
            let error = deaths[x + 1] / lived[x + 1] / rates[x] - 1.0;
            assert!(error.abs() < 0.0005 + 0.01 * rates[x], "age {x}: rate off by {error}");
        }
    }
}
