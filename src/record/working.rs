//! Work on record: how many are in each state, what the employed do, and what that exposes them to. `work_stocks.csv`,
//! `occupation_entry.csv`, `exposure.csv`, `absence*.csv`.

use std::path::Path;

use crate::error::Problems;
use crate::table::Key;
use crate::units::{Sex, Year};

use super::grid::{Between, Grid, SEX};
use super::{FIRST, LAST};

/// Ages at which the bands of [`Working::stocks`] start; the last ends at [`OLDEST`].
pub const BANDS: &[i32] = &[15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 62, 65, 67, 70];
/// The oldest age reached of working age.
pub const OLDEST: usize = 74;
/// The youngest age reached of working age.
pub const YOUNGEST: usize = 15;
/// States that have a stock, in the order of the table; who is in none of them is in education.
pub const STOCKS: &[&str] = &["employed", "unemployed", "sick", "disabled", "retired", "other"];
/// Occupational classes.
pub const OCCUPATIONS: usize = 9;

const YEARS: &[i32] = &[1950, 1955, 1960, 1965, 1970, 1975, 1980, 1985, 1990, 1995, 2000, 2005, 2010, 2015, 2020, 2025];
const ENTRY_YEARS: &[i32] = &[1930, 1950, 1970, 1980, 1990, 2000, 2010, 2020];
const LEVELS: &[&str] = &["compulsory", "upper_secondary", "tertiary_short", "tertiary_long"];
const CLASSES: &[&str] = &[
    "managers",
    "professionals",
    "technicians",
    "clerical",
    "service_sales",
    "agriculture_fishery",
    "craft",
    "operators",
    "elementary",
];

/// Work on record.
#[derive(Clone, Debug, Default)]
pub struct Working {
    stocks: Grid,
    entry: Grid,
    exposure: Grid,
    /// Certified absence by year, sex and age, days lost per day.
    absence: Vec<f32>,
    /// By sex and occupation, none first: absence relative to all, injuries a year.
    jobs: [[[f32; 2]; OCCUPATIONS + 1]; 2],
}

const ABSENCE_YEARS: &[i32] = &[
    2001, 2002, 2003, 2004, 2005, 2006, 2007, 2008, 2009, 2010, 2011, 2012, 2013, 2014, 2015, 2016, 2017, 2018, 2019,
    2020, 2021,
];
const ABSENCE_AGES: &[i32] = &[15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65];

impl Working {
    pub(super) fn read(tables: &Path, problems: &mut Problems) -> Option<Self> {
        let level = || Key::Word { name: "level", words: LEVELS };
        let keys = vec![SEX, Key::Grid { name: "year", at: YEARS }, Key::Grid { name: "age", at: BANDS }, level()];
        let stocks = Grid::read_parts(&tables.join("work_stocks.csv"), keys, STOCKS, [0.0, 1.0], problems);
        let keys = vec![SEX, Key::Grid { name: "year", at: ENTRY_YEARS }, level()];
        let entry = Grid::read_parts(&tables.join("occupation_entry.csv"), keys, CLASSES, [1.0, 1.0], problems);
        let mut read = |name: &str, keys, values, max| Grid::read(&tables.join(name), keys, values, max, problems);
        let keys = vec![SEX, Key::Word { name: "occupation", words: CLASSES }];
        let exposures = &["heavy", "noise", "cold", "vibration", "low_control", "strain", "injuries_per_1000"];
        let exposure = read("exposure.csv", keys, exposures, 1000.0);
        let keys =
            vec![SEX, Key::Grid { name: "year", at: ABSENCE_YEARS }, Key::Grid { name: "age", at: ABSENCE_AGES }];
        let absence = read("absence.csv", keys, &["percent"], 100.0);
        let keys = vec![SEX, Key::Word { name: "occupation", words: CLASSES }];
        let by_class = read("absence_occupation.csv", keys, &["ratio", "graded"], 10.0);
        let (exposure, absence, by_class) = (exposure?, absence?, by_class?);
        let years = FIRST.to(LAST).flat_map(|year| Sex::BOTH.map(|sex| (year, sex)));
        let rates = years.flat_map(|(year, sex)| {
            let absence = &absence;
            (0..=OLDEST).map(move |age| {
                let band = ABSENCE_AGES
                    .partition_point(|start| usize::try_from(*start).is_ok_and(|start| start <= age))
                    .saturating_sub(1);
                let way = Between::of(ABSENCE_YEARS, year.0.into());
                absence.between::<1>(&[sex.index(), 0, band], 1, way)[0] / 100.0
            })
        });
        let jobs = std::array::from_fn(|sex| {
            std::array::from_fn(|occupation| match occupation {
                0 => [1.0, 0.0],
                class => [by_class.row(&[sex, class - 1])[0], exposure.row(&[sex, class - 1])[6] / 1000.0],
            })
        });
        Some(Self { stocks: stocks?, entry: entry?, absence: rates.collect(), jobs, exposure })
    }

    /// Days lost to certified sickness absence, per day of work.
    #[must_use]
    pub fn absence(&self, year: Year, sex: Sex, age: usize) -> f32 {
        self.absence[(year.since(FIRST) * 2 + sex.index()) * (OLDEST + 1) + age.min(OLDEST)]
    }

    /// By sex and occupation, none first: absence relative to all of the sex, and injuries a year.
    #[must_use]
    pub const fn jobs(&self) -> &[[[f32; 2]; OCCUPATIONS + 1]; 2] {
        &self.jobs
    }

    /// Shares of the states of [`STOCKS`] by year, sex, band of age and level.
    #[must_use]
    pub fn stocks(&self, year: Year, sex: Sex, band: usize, level: usize) -> [f32; 6] {
        self.stocks.between(&[sex.index(), 0, band, level], 1, Between::of(YEARS, year.0.into()))
    }

    /// Shares of the nine classes among the employed of a sex and level.
    #[must_use]
    pub fn classes(&self, year: Year, sex: Sex, level: usize) -> [f32; OCCUPATIONS] {
        self.entry.between(&[sex.index(), 0, level], 1, Between::of(ENTRY_YEARS, year.0.into()))
    }

    /// Of those in a class: the shares with heavy work, noise, cold, vibration, low control and strain, and injuries a year per 1000.
    #[must_use]
    pub fn exposure(&self, sex: Sex, class: usize) -> [f32; 7] {
        self.exposure.row(&[sex.index(), class]).try_into().expect("seven columns")
    }
}

/// The band of an age reached from [`YOUNGEST`] to [`OLDEST`].
#[must_use]
pub fn band(age: usize) -> usize {
    BANDS.partition_point(|start| usize::try_from(*start).is_ok_and(|start| start <= age)).saturating_sub(1)
}
