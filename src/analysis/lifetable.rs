//! From person-years and deaths by age to life expectancies: pure functions of one group of people.
//!
//! The rate of an age is deaths over person-years, either of the deaths counted or of those expected from each person's own risk. Old
//! ages are pooled from the [open age](open_age) on, where the remaining years are person-years over deaths.

use crate::accounts::cells::Exposed;
use crate::record::AGES;
use crate::record::life_table::LifeTable;
use crate::units::Sex;

/// The exact ages at which life expectancy is told.
pub const AT: [usize; 6] = [0, 30, 35, 40, 65, 80];

/// The person-years that an open age must hold.
const OPEN_PERSON_YEARS: f64 = 20.0;
/// The deaths that an open age must hold.
const OPEN_DEATHS: f64 = 5.0;
/// The youngest open age.
const YOUNGEST_OPEN: usize = 85;
/// Fewer person-years than these are none: the shortest stay is longer, and subtraction leaves crumbs.
const NONE: f64 = 1e-6;

/// Which deaths make the rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Estimator {
    /// The deaths that happened.
    Counted,
    /// The deaths expected from each person's own risk, which have less noise.
    Expected,
}

impl Estimator {
    /// Both, in the order of the figures.
    pub const ALL: [Self; 2] = [Self::Counted, Self::Expected];

    /// The deaths it goes by.
    #[must_use]
    pub const fn deaths(self, cell: &Exposed) -> f64 {
        match self {
            Self::Counted => cell.deaths,
            Self::Expected => cell.expected,
        }
    }
}

/// What is told of a life table at an age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Remaining years of life, e(x).
    LifeExpectancy,
    /// Standard deviation of the age at death.
    LifespanSd,
}

impl Measure {
    /// Both, in the order of the figures.
    pub const ALL: [Self; 2] = [Self::LifeExpectancy, Self::LifespanSd];
    /// Every word of the column `measure`; not all are told yet.
    pub const WORDS: &'static [&'static str] = &["life_expectancy", "healthy_life_expectancy", "lifespan_sd"];

    /// Its place among [`Measure::WORDS`].
    #[must_use]
    pub const fn key(self) -> usize {
        match self {
            Self::LifeExpectancy => 0,
            Self::LifespanSd => 2,
        }
    }
}

/// Figures of a life table: two estimators, two measures, six ages.
pub const FIGURES: usize = 2 * 2 * AT.len();

/// The place of a figure; `at` is a place in [`AT`].
#[must_use]
pub const fn figure(estimator: Estimator, measure: Measure, at: usize) -> usize {
    (estimator as usize * 2 + measure as usize) * AT.len() + at
}

/// What was lived at and above an age.
#[must_use]
pub fn pooled(ages: &[Exposed]) -> Exposed {
    ages.iter().fold(Exposed::default(), |mut sum, cell| {
        sum += *cell;
        sum
    })
}

/// The highest age at and above which there are at least 20 person-years and 5 deaths counted, of `[111]` ages, but never below 85.
///
/// It is found once in the reference, for the whole nation, and used for every arm, group and replicate: were it found anew for each, a
/// difference could be one of tables instead of lives. None if there are so few people that no age holds as much.
///
/// One rate for all ages above an open age is that of a mix of ages which no life table has: on the register's rates and people of 1950
/// to 2023 it moves e0 by up to 0.03 years for 90 and over, 0.13 for 85, 0.6 for 80, and 6 for 65.
#[must_use]
pub fn open_age(ages: &[Exposed], first: usize) -> Option<usize> {
    let holds_enough = |age: &usize| {
        let sum = pooled(&ages[*age..]);
        sum.person_years >= OPEN_PERSON_YEARS && sum.deaths >= OPEN_DEATHS
    };
    (first..ages.len()).rev().find(holds_enough).map(|age| age.max(YOUNGEST_OPEN))
}

/// Death rates by age from `first` to the open age, per person-year; none if nobody lived, or died, at the open age.
///
/// An age that nobody lived takes the rate of the nearest ages that somebody did: those within one year of it, then two, and so on.
#[must_use]
pub fn rates(ages: &[Exposed], first: usize, open: usize, estimator: Estimator) -> Option<Vec<f64>> {
    let at_open = pooled(&ages[open..]);
    if open < first || at_open.person_years < NONE || estimator.deaths(&at_open) <= 0.0 {
        return None;
    }
    let near = |age: usize| {
        let (mut sum, mut reach) = (ages[age], 0);
        while sum.person_years < NONE && reach < open {
            reach += 1;
            let neighbours =
                [age.checked_sub(reach).filter(|age| *age >= first), Some(age + reach).filter(|age| *age <= open)];
            neighbours.into_iter().flatten().for_each(|neighbour| sum += ages[neighbour]);
        }
        let sum = if sum.person_years < NONE { at_open } else { sum };
        estimator.deaths(&sum) / sum.person_years
    };
    let below = (first..open).map(near);
    Some(below.chain([estimator.deaths(&at_open) / at_open.person_years]).collect())
}

/// The life table of the ages from `first` on, by rates of an estimator; both sexes together without one.
#[must_use]
pub fn table(ages: &[Exposed], first: usize, open: usize, sex: Option<Sex>, estimator: Estimator) -> Option<LifeTable> {
    Some(LifeTable::new(rates(ages, first, open, estimator)?, first, sex))
}

/// All figures of people observed from age `first` on, in the order of [`figure`]; not a number where the ages do not reach.
#[must_use]
pub fn figures(ages: &[Exposed], first: usize, open: usize, sex: Option<Sex>) -> [f64; FIGURES] {
    let mut figures = [f64::NAN; FIGURES];
    for estimator in Estimator::ALL {
        let Some(table) = table(ages, first, open, sex, estimator) else { continue };
        for (i, x) in AT.into_iter().enumerate().filter(|(_, x)| (first..=open).contains(x)) {
            figures[figure(estimator, Measure::LifeExpectancy, i)] = table.ex[x - first];
            // Where everyone has died before the open age, nothing is known of the years lived there.
            if table.lx[open - first] > 0.0 {
                figures[figure(estimator, Measure::LifespanSd, i)] = table.lifespan_sd(x - first);
            }
        }
    }
    figures
}

/// The sum of two groups, age by age.
#[must_use]
pub fn together(a: &[Exposed], b: &[Exposed]) -> Vec<Exposed> {
    let mut sum = a.to_vec();
    sum.iter_mut().zip(b).for_each(|(sum, term)| *sum += *term);
    sum
}

/// Everyone but a group, age by age.
#[must_use]
pub fn without(all: &[Exposed], group: &[Exposed]) -> [Exposed; AGES] {
    std::array::from_fn(|age| {
        let mut rest = all[age];
        rest -= group[age];
        rest
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lived(person_years: f64, deaths: f64) -> Exposed {
        Exposed { person_years, deaths, expected: 0.5 * deaths }
    }

    #[test]
    fn a_constant_hazard_gives_its_inverse_by_both_estimators() {
        // 20 deaths in 1,000 person-years at every age: 50 years; half the deaths expected: 100 years.
        let ages = vec![lived(1000.0, 20.0); AGES];
        let open = open_age(&ages, 0).expect("deaths at 110");
        let figures = figures(&ages, 0, open, None);
        assert_eq!(open, 110);
        // Age 0 is left out: infants die early in their year.
        for i in 1..AT.len() {
            assert!(
                (figures[figure(Estimator::Counted, Measure::LifeExpectancy, i)] - 50.0).abs() < 0.01,
                "{figures:?}"
            );
            assert!(
                (figures[figure(Estimator::Expected, Measure::LifeExpectancy, i)] - 100.0).abs() < 0.01,
                "{figures:?}"
            );
        }
    }

    #[test]
    fn the_open_age_holds_twenty_person_years_and_five_deaths() {
        let mut ages = vec![lived(100.0, 10.0); AGES];
        ages[100..].fill(lived(1.0, 0.5));
        // From 99 on 100 + 11 person-years; from 100 on only 11.
        assert_eq!(open_age(&ages, 0), Some(99));
        ages[95..].fill(lived(10.0, 0.3));
        // From 95 on 160 person-years but 4.8 deaths.
        assert_eq!(open_age(&ages, 0), Some(94));
        ages[85..].fill(lived(10.0, 0.0));
        assert_eq!(open_age(&ages, 0), Some(85), "never younger");
        assert_eq!(open_age(&ages, 85), None);
        assert_eq!(open_age(&[lived(0.5, 0.0); AGES], 0), None);
    }

    #[test]
    fn an_age_without_people_takes_the_rate_of_its_neighbours() {
        let mut ages = vec![lived(100.0, 1.0); AGES];
        ages[50..53].fill(Exposed::default());
        ages[53] = lived(300.0, 9.0);
        let rates = rates(&ages, 0, 110, Estimator::Counted).expect("rates");
        // 50 sees 49 within a year; 51 sees 49 and 53 within two: 10 deaths in 400 years; 52 sees 53.
        assert_eq!(rates[49..54], [0.01, 0.01, 0.025, 0.03, 0.03]);
    }

    #[test]
    fn what_the_ages_do_not_reach_is_not_a_number() {
        let ages = vec![lived(1000.0, 20.0); AGES];
        let figures = figures(&ages, 35, 70, Some(Sex::Male));
        let known: Vec<bool> = (0..AT.len())
            .map(|i| figures[figure(Estimator::Counted, Measure::LifeExpectancy, i)].is_finite())
            .collect();
        assert_eq!(known, [false, false, true, true, true, false]);
        let nobody = vec![Exposed::default(); AGES];
        assert!(super::figures(&nobody, 0, 90, None).iter().all(|figure| figure.is_nan()));
    }
}
