//! Smoking on record: rates of starting and of stopping, and how many smoked, `smoking_*.csv`.

use std::path::Path;

use crate::error::Problems;
use crate::table::Key;
use crate::units::{Sex, Year};

use super::grid::{Between, Grid, SEX};
use super::lexis::COHORTS;
use super::{FIRST, LAST};

const BORN: &[i32] = &[
    1865, 1870, 1875, 1880, 1885, 1890, 1895, 1900, 1905, 1910, 1915, 1920, 1925, 1930, 1935, 1940, 1945, 1950, 1955,
    1960, 1965, 1970, 1975, 1980, 1985, 1990, 1995, 2000, 2005, 2010,
];
const BORN_BY_TEN: &[i32] = &[1870, 1880, 1890, 1900, 1910, 1920, 1930, 1940, 1950, 1960, 1970, 1980, 1990, 2000, 2010];
const YEARS: &[i32] = &[1950, 1955, 1960, 1965, 1970, 1975, 1980, 1985, 1990, 1995, 2000, 2005, 2010, 2015, 2020, 2025];
const QUIT_AGES: &[i32] = &[20, 30, 40, 50, 60, 70];
const STOCK_AGES: &[i32] = &[15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90];
const EDUCATION: Key = Key::Word { name: "education", words: &["compulsory", "upper_secondary", "tertiary"] };

/// Ages reached at which people start: the first of each span, and the end.
pub const STARTS: [usize; 5] = [13, 16, 19, 25, 30];

/// Smoking on record.
#[derive(Clone, Debug, Default)]
pub struct Smoking {
    /// Hazards by sex and year of birth, way through school and span.
    initiation: Vec<[[f32; 4]; 3]>,
    /// Hazards by year, sex and age, by education.
    cessation: Vec<[f32; 3]>,
    stock: Grid,
    intensity: Grid,
}

impl Smoking {
    pub(super) fn read(tables: &Path, problems: &mut Problems) -> Option<Self> {
        let group = Key::Word { name: "group", words: &["left_school", "vocational", "general"] };
        let born = |at| Key::Grid { name: "birth_year", at };
        let years = || Key::Grid { name: "year", at: YEARS };
        let ages = |at| Key::Grid { name: "age", at };
        let mut read = |name: &str, keys, values, max| Grid::read(&tables.join(name), keys, values, max, problems);
        let spans = &["hazard_13_15", "hazard_16_18", "hazard_19_24", "hazard_25_29"];
        let initiation = read("smoking_initiation.csv", vec![SEX, born(BORN), group], spans, 2.0);
        let keys = vec![SEX, years(), ages(QUIT_AGES), EDUCATION];
        let cessation = read("smoking_cessation.csv", keys, &["probability"], 1.0);
        let keys = vec![SEX, years(), ages(STOCK_AGES), EDUCATION];
        let intensity =
            read("smoking_intensity.csv", vec![SEX, born(BORN_BY_TEN), EDUCATION], &["cigarettes_per_day"], 60.0);
        let stock =
            Grid::read_parts(&tables.join("smoking_stock.csv"), keys, &["daily", "former"], [0.0, 1.0], problems);
        let (initiation, cessation) = (initiation?, cessation?);
        // Looked up for every run of rows each year: kept for single years.
        let births = BORN[0]..=BORN[BORN.len() - 1];
        let initiation = Sex::BOTH.into_iter().flat_map(|sex| {
            let (births, initiation) = (births.clone(), &initiation);
            births.map(move |born| {
                let way = Between::of(BORN, born);
                std::array::from_fn(|group| initiation.between::<4>(&[sex.index(), 0, group], 1, way))
            })
        });
        let years = FIRST.to(LAST).flat_map(|year| Sex::BOTH.map(|sex| (year, sex)));
        let hazards = years.flat_map(|(year, sex)| {
            let cessation = &cessation;
            (0..COHORTS).map(move |age| {
                std::array::from_fn(|education| -libm::log1pf(-stops(cessation, year, sex, age, education)))
            })
        });
        Some(Self {
            initiation: initiation.collect(),
            cessation: hazards.collect(),
            stock: stock?,
            intensity: intensity?,
        })
    }

    /// Hazards of starting in the spans of [`STARTS`], of a sex and year of birth, by way through school: left it, vocational track,
    /// general track.
    #[must_use]
    pub fn initiation(&self, sex: Sex, born: i16) -> &[[f32; 4]; 3] {
        let births = BORN[BORN.len() - 1] - BORN[0];
        let place = (i32::from(born) - BORN[0]).clamp(0, births);
        &self.initiation[sex.index() * usize::try_from(births + 1).unwrap_or(0) + usize::try_from(place).unwrap_or(0)]
    }

    /// Hazards of stopping in a year, by education in three groups.
    #[must_use]
    pub fn cessation(&self, year: Year, sex: Sex, age: usize) -> &[f32; 3] {
        &self.cessation[(year.since(FIRST) * 2 + sex.index()) * COHORTS + age]
    }

    /// The shares who smoke daily and who have stopped, by year, sex, age and education in three groups.
    #[must_use]
    pub fn stock(&self, year: Year, sex: Sex, age: usize, education: usize) -> [f32; 2] {
        if age < 13 {
            return [0.0; 2];
        }
        let of_age = Between::of(STOCK_AGES, i32::try_from(age).unwrap_or(0));
        let way = Between::of(YEARS, year.0.into());
        let at = |place: usize| self.stock.between::<2>(&[sex.index(), 0, place, education], 1, way);
        let lower = at(of_age.lower);
        let upper = if of_age.part == 0.0 { lower } else { at(of_age.lower + 1) };
        std::array::from_fn(|i| lower[i] + (upper[i] - lower[i]) * of_age.part)
    }

    /// Mean cigarettes a day of those who smoke daily.
    #[must_use]
    pub fn cigarettes(&self, sex: Sex, born: i16, education: usize) -> f32 {
        self.intensity.between::<1>(&[sex.index(), 0, education], 1, Between::of(BORN_BY_TEN, born.into()))[0]
    }
}

/// The probability of stopping in a year, between the points of the table.
fn stops(cessation: &Grid, year: Year, sex: Sex, age: usize, education: usize) -> f32 {
    let of_age = Between::of(QUIT_AGES, i32::try_from(age).unwrap_or(0));
    let way = Between::of(YEARS, year.0.into());
    let at = |place: usize| cessation.between::<1>(&[sex.index(), 0, place, education], 1, way)[0];
    let lower = at(of_age.lower);
    if of_age.part == 0.0 { lower } else { lower + (at(of_age.lower + 1) - lower) * of_age.part }
}
