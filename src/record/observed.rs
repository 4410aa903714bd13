//! What registers and surveys say of families and places, to be compared with what is simulated.
//!
//! Every figure is brought to one form: a share or a number of people or events, of people of a sex and a range of completed ages,
//! and the simulated years it belongs to. What is counted on 1 January of a year belongs to 31 December of the year before; what is
//! asked in the course of a year, to its 31 December.
//!
//! * `couples_register.csv`, `couples_survey.csv`, `marital_status_register.csv` (mean population of the year),
//!   `household_register.csv` (census of November): shares of the people of a sex and age.
//! * `parity_register.csv`: shares of women by children on 31 December of the year a cohort reaches an age; the later edition where
//!   there are two. Women of cohorts born before 1950 founded the population with "three or more", so their classes of three and of
//!   four or more are taken together.
//! * `divorce_register.csv`, `marriages_register.csv`: a couple parts in the model about a year before the divorce is recorded, so
//!   divorces of a year are compared with the partings of the year before. Figures of several years are yearly means.
//! * `births_by_union_register.csv`: shares of the live births.
//! * `municipality_register.csv` and `county_register.csv`: people on 1 January 2025.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::{BadConfig, Problems, SourceFile};
use crate::table::read_rows;
use crate::units::{Sex, Year};

use super::life_table::OLDEST;
use super::places::{GROUPS, Places, RECORDED};
use super::{FIRST, LAST};

/// The last cohort whose women with three and with more children are taken together.
const LAST_FOUNDERS: i16 = 1949;
/// How far printed shares may be from adding up to a hundred, per cent.
const ROUNDING: f64 = 0.6;
/// The last single age of the county register.
const OLDEST_IN_COUNTY: usize = 105;

/// How somebody lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Living {
    /// With a spouse.
    Married,
    /// With a partner, not married.
    Cohabiting,
    /// After the death of the partner.
    Widowed,
    /// Alone.
    Alone,
    /// With children and without a partner.
    LoneParent,
    /// As a child of a household.
    Child,
    /// In a household of two or more families, which the model does not have.
    SeveralFamilies,
    /// In no private household.
    Institution,
}

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Of the people, the share who live so.
    Living(Living),
    /// Of the people, the share with this many children, from the first to the second number; 4 stands for four or more.
    Children(usize, usize),
    /// Of the marriages, the share that have ended by divorce after so many years, under the rates of the year.
    DivorcedAfter(usize),
    /// Marriages of a year.
    Marriages,
    /// Divorces of a year.
    Divorces,
    /// Of the live births, the share with a mother who lives so; single if none is given.
    BornTo(Option<Living>),
    /// People of a municipality, by its place in the list.
    InMunicipality(usize),
    /// People of a county, by its place in the list.
    InCounty(usize),
}

/// A figure on record.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The table it is from.
    pub source: &'static str,
    /// Whether it was asked of a sample.
    pub is_survey: bool,
    /// The year of the source.
    pub year: Year,
    /// The first and the last simulated year it belongs to.
    pub lived: [Year; 2],
    /// Of whom; both sexes if none is given.
    pub sex: Option<Sex>,
    /// The youngest and the oldest completed age.
    pub ages: [usize; 2],
    /// What is counted.
    pub what: What,
    /// The share, or the number.
    pub value: f64,
}

/// Everything on record to compare with.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// The figures, table by table.
    pub figures: Vec<Figure>,
}

macro_rules! checked {
    ($(#[$about:meta])* $name:ident($of:ty, $from:literal), $holds:expr, $says:literal) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Deserialize)]
        #[serde(try_from = $from)]
        struct $name($of);

        impl TryFrom<$of> for $name {
            type Error = String;

            fn try_from(number: $of) -> Result<Self, String> {
                let holds: fn($of) -> bool = $holds;
                if holds(number) { Ok(Self(number)) } else { Err(format!(concat!("{} is not ", $says), number)) }
            }
        }
    };
}

checked!(Percent(f64, "f64"), |x| (0.0..=100.0).contains(&x), "a percentage from 0 to 100");
checked!(Count(f64, "f64"), |x| (0.0..=1e8).contains(&x), "a number from 0 to 100,000,000");
checked!(Age(usize, "usize"), |x| x <= OLDEST, "an age from 0 to 110");
checked!(
    /// A year whose year before can be simulated.
    On(i16, "i16"), |x| FIRST.0 < x && x <= LAST.0, "a year from 1951 to 2100"
);
checked!(Cohort(i16, "i16"), |x| (1850..=LAST.0).contains(&x), "a year of birth from 1850 to 2100");

impl On {
    const fn year(self) -> Year {
        Year(self.0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Who {
    Female,
    Male,
    Both,
}

impl Who {
    const fn sex(self) -> Option<Sex> {
        match self {
            Self::Female => Some(Sex::Female),
            Self::Male => Some(Sex::Male),
            Self::Both => None,
        }
    }
}

/// Every status of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    NeverMarried,
    Married,
    Cohabiting,
    Widowed,
    Separated,
    Divorced,
    RegisteredPartner,
    FormerRegisteredPartner,
    NotInCouple,
    LivingAlone,
    LoneParent,
    ChildLivingWithParent,
    TwoOrMoreFamilyHousehold,
    NotInPrivateHousehold,
}

impl Status {
    /// What of the model it is compared with.
    const fn living(self) -> Option<Living> {
        match self {
            Self::Married => Some(Living::Married),
            Self::Cohabiting => Some(Living::Cohabiting),
            Self::Widowed => Some(Living::Widowed),
            Self::LivingAlone => Some(Living::Alone),
            Self::LoneParent => Some(Living::LoneParent),
            Self::ChildLivingWithParent => Some(Living::Child),
            Self::TwoOrMoreFamilyHousehold => Some(Living::SeveralFamilies),
            Self::NotInPrivateHousehold => Some(Living::Institution),
            Self::NeverMarried
            | Self::Separated
            | Self::Divorced
            | Self::RegisteredPartner
            | Self::FormerRegisteredPartner
            | Self::NotInCouple => None,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StatusRow {
    year: On,
    sex: Who,
    age_from: Age,
    age_to: Age,
    status: Status,
    count: Count,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MaritalRow {
    year: On,
    age_from: Age,
    age_to: Age,
    status: Status,
    count: Count,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SurveyRow {
    year: On,
    sex: Who,
    age_from: Age,
    age_to: Age,
    status: Status,
    percent: Percent,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DivorceRow {
    year: On,
    duration: usize,
    percent: Percent,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MarriagesRow {
    year_from: On,
    year_to: On,
    indicator: String,
    value: Count,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ParityRow {
    edition: i16,
    age: Age,
    birth_cohort: Cohort,
    children_0: Percent,
    children_1: Percent,
    children_2: Percent,
    children_3: Percent,
    children_4_or_more: Percent,
    #[expect(dead_code, reason = "it follows from the shares; the column is checked to be a number")]
    mean_children: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BirthsRow {
    year: On,
    married: Count,
    cohabiting: Count,
    single: Count,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CountyRow {
    county: u16,
    age: Age,
    female: Count,
    male: Count,
}

mod figures;

impl Observed {
    /// Reads the tables beside the configuration; everything wrong with them is added to `problems`.
    pub(super) fn read(tables: &Path, places: Option<&Places>, problems: &mut Problems) -> Option<Self> {
        let mut tables = Tables { folder: tables, problems, figures: Vec::new(), complete: true };
        tables.couples();
        tables.survey();
        tables.marital();
        tables.households();
        tables.divorces();
        tables.marriages();
        tables.parity();
        tables.births();
        if let Some(places) = places {
            tables.places(places);
        }
        tables.complete.then_some(Self { figures: tables.figures })
    }
}

/// The tables being read.
struct Tables<'a> {
    folder: &'a Path,
    problems: &'a mut Problems,
    figures: Vec<Figure>,
    complete: bool,
}

impl Tables<'_> {
    fn rows<T: DeserializeOwned>(&mut self, name: &str) -> Vec<T> {
        let rows = read_rows(&self.folder.join(name), self.problems);
        self.complete &= rows.is_some();
        rows.unwrap_or_default()
    }

    fn refuse(&mut self, name: &str, message: &str, help: &str) {
        let file = SourceFile::new(self.folder.join(name).display().to_string(), "");
        self.problems.push(BadConfig::in_file(&file, message).help(help));
        self.complete = false;
    }

    /// Shares of the people of each sex and range of ages, from counts by status.
    fn shares(&mut self, source: &'static str, rows: &[StatusRow], lived: fn(Year) -> [Year; 2]) {
        let key = |row: &StatusRow| (row.year.0, row.sex as u8, row.age_from.0, row.age_to.0);
        let mut all = BTreeMap::new();
        rows.iter().for_each(|row| *all.entry(key(row)).or_insert(0.0) += row.count.0);
        if let Some(((year, _, from, to), _)) = all.iter().find(|(key, people)| **people <= 0.0 || key.2 > key.3) {
            let message = format!("nobody of age {from} to {to} in {year}");
            self.refuse(source, &message, "every year, sex and range of ages needs people");
            return;
        }
        self.figures.extend(rows.iter().filter_map(|row| {
            Some(Figure {
                source,
                is_survey: false,
                year: row.year.year(),
                lived: lived(row.year.year()),
                sex: row.sex.sex(),
                ages: ages(row.age_from, row.age_to),
                what: What::Living(row.status.living()?),
                value: row.count.0 / all[&key(row)],
            })
        }));
    }
}

/// A range of ages; register tables end theirs with an open 105.
const fn ages(from: Age, to: Age) -> [usize; 2] {
    [from.0, if to.0 == OLDEST_IN_COUNTY { OLDEST } else { to.0 }]
}

#[cfg(test)]
mod tests;
