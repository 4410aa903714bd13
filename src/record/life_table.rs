//! Period and cohort life tables.
//!
//! The method of the Human Mortality Database's protocol (version 6): single years of age, deaths at mid-year of age
//! except in infancy, where the mean age at death follows the rate (Andreev & Kingkade 2015), and an open last age whose
//! remaining years are the inverse of its rate.

use crate::units::Sex;

/// The oldest single age of official tables; it is open: 110 and over.
pub const OLDEST: usize = 110;

/// Years lived in the year of age 0 by infants who die in it, from the death rate of age 0.
///
/// Andreev & Kingkade (2015), table 3, as in the protocol of the Human Mortality Database, version 6. Both sexes together take the
/// mean of the two.
#[must_use]
pub fn infant_years_lived(sex: Option<Sex>, rate: f64) -> f64 {
    match sex {
        Some(Sex::Female) if rate < 0.017_24 => 0.149_03 - 2.055_27 * rate,
        Some(Sex::Female) if rate < 0.068_91 => 0.046_67 + 3.880_89 * rate,
        Some(Sex::Female) => 0.314_11,
        Some(Sex::Male) if rate < 0.023_00 => 0.149_29 - 1.995_45 * rate,
        Some(Sex::Male) if rate < 0.083_07 => 0.028_32 + 3.260_21 * rate,
        Some(Sex::Male) => 0.299_15,
        None => Sex::BOTH.map(|sex| infant_years_lived(Some(sex), rate)).iter().sum::<f64>() / 2.0,
    }
}

/// The probability of dying at age 0, of the children born alive.
#[must_use]
pub fn infant_probability(sex: Option<Sex>, rate: f64) -> f64 {
    (rate / (1.0 + (1.0 - infant_years_lived(sex, rate)) * rate)).min(1.0)
}

/// A complete life table; every column has one value an age, the last age being open.
#[derive(Clone, Debug, PartialEq)]
pub struct LifeTable {
    /// Central death rates, per person-year.
    pub mx: Vec<f64>,
    /// Probabilities of dying before the next birthday; 1 at the open age.
    pub qx: Vec<f64>,
    /// Years lived in the year of age by those who die in it; at the open age, all that are left.
    pub ax: Vec<f64>,
    /// Survivors to exact age x, of one child born.
    pub lx: Vec<f64>,
    /// Person-years lived between x and x + 1, of one child born.
    pub person_years: Vec<f64>,
    /// Remaining years of life at exact age x.
    pub ex: Vec<f64>,
}

impl LifeTable {
    /// The life table of death rates by single age, the last of them open.
    ///
    /// `first` is the age of the first rate (0 but for cohorts that are first seen later). A rate of zero at the open age would mean
    /// that nobody dies: then, as for an empty table, the remaining years are infinite or not a number, which the caller
    /// must prevent or report.
    ///
    /// ```
    /// use livslop::record::life_table::LifeTable;
    /// use livslop::units::Sex;
    ///
    /// // A constant hazard of 1 in 50: fifty years are left at every age.
    /// let table = LifeTable::new(vec![0.02; 111], 20, None);
    /// assert!((table.ex[0] - 50.0).abs() < 0.01);
    /// ```
    #[must_use]
    pub fn new(mx: Vec<f64>, first: usize, sex: Option<Sex>) -> Self {
        let ages = mx.len();
        let mut table = Self {
            qx: vec![1.0; ages],
            ax: vec![0.5; ages],
            lx: vec![0.0; ages],
            person_years: vec![0.0; ages],
            ex: vec![0.0; ages],
            mx,
        };
        let mut alive = 1.0;
        for x in 0..ages {
            let rate = table.mx[x];
            table.lx[x] = alive;
            if x + 1 == ages {
                table.person_years[x] = alive / rate;
                table.ax[x] = 1.0 / rate;
                break;
            }
            let lived = if first + x == 0 { infant_years_lived(sex, rate) } else { 0.5 };
            let dies = (rate / (1.0 + (1.0 - lived) * rate)).min(1.0);
            table.qx[x] = dies;
            table.ax[x] = lived;
            table.person_years[x] = alive * (1.0 - dies * (1.0 - lived));
            alive *= 1.0 - dies;
        }
        let mut ahead = 0.0;
        for x in (0..ages).rev() {
            ahead += table.person_years[x];
            table.ex[x] = ahead / table.lx[x];
        }
        table
    }

    /// Standard deviation of the age at death of those alive at exact age `x`, in years.
    ///
    /// Within a year of age, deaths fall at its mean; beyond the open age they are exponential with its rate. Not a number where nobody
    /// is alive or nobody dies at the open age.
    #[must_use]
    pub fn lifespan_sd(&self, x: usize) -> f64 {
        let last = self.mx.len() - 1;
        let (mut mean, mut square) = (0.0, 0.0);
        for age in x..=last {
            let dying = self.lx[age] * self.qx[age] / self.lx[x];
            #[expect(clippy::cast_precision_loss, reason = "an age")]
            let years = (age - x) as f64;
            let after = self.ax[age];
            let spread = if age == last { after.powi(2) } else { 0.0 };
            mean += dying * (years + after);
            square += dying * ((years + after).powi(2) + spread);
        }
        let variance = square - mean * mean;
        if variance < 0.0 { 0.0 } else { variance.sqrt() }
    }
}

/// Remaining years of life at the ages `at`, from rates by single age starting at age 0.
#[must_use]
pub fn life_expectancy(mx: &[f64], sex: Option<Sex>, at: usize) -> f64 {
    LifeTable::new(mx.to_vec(), 0, sex).ex[at]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_gompertz_hazard_gives_its_life_expectancy() {
        // h(x) = 1e-4 exp(0.09 x); e0 by numerical integration of the survival function in steps of 1/1000 year.
        let hazard = |x: f64| 1e-4 * (0.09 * x).exp();
        let survival = |x: f64| (-(1e-4 / 0.09) * ((0.09 * x).exp() - 1.0)).exp();
        let exact: f64 = (0..130_000).map(|i| survival((f64::from(i) + 0.5) / 1000.0) / 1000.0).sum();
        // The rate of one year of age is deaths over person-years, both from the survival function.
        let rates: Vec<f64> = (0..=OLDEST)
            .map(|x| {
                let x = f64::from(u32::try_from(x).expect("an age"));
                let lived: f64 = (0..1000).map(|i| survival(x + (f64::from(i) + 0.5) / 1000.0) / 1000.0).sum();
                if x < 110.0 { (survival(x) - survival(x + 1.0)) / lived } else { hazard(x + 0.7) }
            })
            .collect();
        let found = LifeTable::new(rates, 1, None).ex[0];
        assert!((found - exact).abs() < 0.005, "found {found}, exact {exact}");
    }

    #[test]
    fn a_constant_hazard_gives_its_inverse_at_every_age() {
        let table = LifeTable::new(vec![0.025; 111], 1, None);
        assert!(table.ex.iter().all(|years| (years - 40.0).abs() < 0.01), "{:?}", table.ex);
        // The age at death is exponential: standard deviation 40 years, plus the half-year grid's 0.01.
        for x in [0, 60, 110] {
            assert!((table.lifespan_sd(x) - 40.0).abs() < 0.05, "{x}: {}", table.lifespan_sd(x));
        }
    }

    proptest! {
        #[test]
        fn a_higher_rate_never_lengthens_life(age in 0_usize..=OLDEST, factor in 1.0_f64..3.0) {
            let rates: Vec<f64> = (0..=OLDEST).map(|x| 1e-4 * (0.09 * f64::from(u32::try_from(x).expect("an age"))).exp()).collect();
            let mut higher = rates.clone();
            higher[age] *= factor;
            let (before, after) = (life_expectancy(&rates, Some(Sex::Male), 0), life_expectancy(&higher, Some(Sex::Male), 0));
            prop_assert!(after <= before + 1e-9);
        }
    }
}
