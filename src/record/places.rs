//! Municipalities: who lives where by age, on record for 1 January 2025, and what is assumed of other years.
//!
//! **Before 2025.** Whoever is 75 or older in 2025 was alive in 1950, and most live near where they lived then. So the weight of a
//! municipality in 1950 is taken to be its share of those people, and its weight in between to have changed at an even pace:
//!
//! ```text
//! share(m, g, t) ∝ share(m, g, 2025) · level(m)^((2025 − t) / 75)      for each group of age g
//! level(m) = share of people 75 and over / share of all people, both 2025
//! ```
//!
//! so that every group of age keeps the pattern of 2025. **After 2025** the shares by age stay. Both are assumptions; borders are
//! those of 2025 in every year.

use std::path::Path;

use serde::Deserialize;

use crate::error::{BadConfig, Problems, SourceFile};
use crate::table::read_rows;
use crate::units::Year;

use super::{FIRST, LAST, YEARS};

/// Groups of age: 0-4, 5-9, …, 90 and over.
pub const GROUPS: usize = 19;
/// The year of the register's figures.
pub const RECORDED: Year = Year(2025);
/// The first group of those who were alive in 1950.
const ALIVE_THEN: usize = 15;

/// A municipality with the borders of 2025.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Municipality {
    /// The official number.
    pub code: u16,
    /// The official name.
    pub name: String,
    /// The place of its county in the list of counties.
    pub county: usize,
}

/// A county.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct County {
    /// The official number.
    pub code: u16,
    /// The official name.
    pub name: String,
    /// Its municipalities, as places in the list of municipalities.
    pub municipalities: std::ops::Range<usize>,
}

/// All municipalities and who lives in them.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// In order of code.
    pub municipalities: Vec<Municipality>,
    /// In order of code.
    pub counties: Vec<County>,
    /// People on 1 January 2025, `[municipality][19][2]`: women, men.
    pub recorded: Vec<[[f64; 2]; GROUPS]>,
    /// Shares of each group of age on 1 January, `[152][19][municipality]`, cumulated over municipalities.
    cumulated: Vec<f32>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NameRow {
    municipality: u16,
    name: String,
    county: u16,
    county_name: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PeopleRow {
    municipality: u16,
    age_from: usize,
    female: f64,
    male: f64,
}

impl Places {
    pub(super) fn read(tables: &Path, problems: &mut Problems) -> Option<Self> {
        let (names_path, people_path) = (tables.join("municipalities.csv"), tables.join("municipality_register.csv"));
        let names: Option<Vec<NameRow>> = read_rows(&names_path, problems);
        let people: Option<Vec<PeopleRow>> = read_rows(&people_path, problems);
        let (names, people) = (names?, people?);
        let mut refuse = |path: &Path, message: String, help: &str| {
            let file = SourceFile::new(path.display().to_string(), "");
            problems.push(BadConfig::in_file(&file, message).help(help));
        };
        let in_order = names.is_sorted_by(|a, b| a.municipality < b.municipality && a.county <= b.county)
            && !names.is_empty()
            && names.len() < usize::from(u16::MAX);
        if !in_order {
            refuse(
                &names_path,
                "municipalities are not in order of number and county".into(),
                "sort the rows by number",
            );
            return None;
        }
        let mut places = Self::default();
        for row in &names {
            let at = places.municipalities.len();
            match places.counties.last_mut() {
                Some(county) if county.code == row.county => county.municipalities.end += 1,
                _ => places.counties.push(County {
                    code: row.county,
                    name: row.county_name.clone(),
                    municipalities: at..at + 1,
                }),
            }
            let county = places.counties.len() - 1;
            places.municipalities.push(Municipality { code: row.municipality, name: row.name.clone(), county });
        }
        let mut recorded = vec![[[f64::NAN; 2]; GROUPS]; names.len()];
        for row in &people {
            let at = names.binary_search_by_key(&row.municipality, |name| name.municipality);
            let (Ok(at), 0, group @ 0..GROUPS) = (at, row.age_from % 5, row.age_from / 5) else {
                let message = format!("no municipality {} or no group of age from {}", row.municipality, row.age_from);
                refuse(&people_path, message, "use the numbers of municipalities.csv and ages 0, 5, …, 90");
                return None;
            };
            recorded[at][group] = [row.female, row.male];
        }
        if people.len() != names.len() * GROUPS {
            let message = format!("{} rows for {} municipalities of {GROUPS} groups of age", people.len(), names.len());
            refuse(&people_path, message, "give every municipality one row for each group of age");
            return None;
        }
        if recorded.as_flattened().as_flattened().iter().any(|people| !(0.0..=1e7).contains(people)) {
            let message = "a municipality without people of some age and sex".to_owned();
            refuse(&people_path, message, "give every municipality 19 rows with numbers from 0 to 10,000,000");
            return None;
        }
        places.recorded = recorded;
        places.cumulate();
        Some(places)
    }

    /// Shares by year and group, cumulated.
    fn cumulate(&mut self) {
        let groups: Vec<[f64; GROUPS]> =
            self.recorded.iter().map(|groups| groups.map(|sexes| sexes[0] + sexes[1])).collect();
        let all: f64 = groups.as_flattened().iter().sum();
        let then: f64 = groups.iter().flat_map(|groups| &groups[ALIVE_THEN..]).sum();
        let level = |groups: &[f64; GROUPS]| {
            let (total, alive) = (groups.iter().sum::<f64>(), groups[ALIVE_THEN..].iter().sum::<f64>());
            if total > 0.0 { (alive / then).max(1e-9) / (total / all) } else { 1.0 }
        };
        let levels: Vec<f64> = groups.iter().map(level).collect();
        self.cumulated = Vec::with_capacity((YEARS + 1) * GROUPS * groups.len());
        for year in FIRST.to(LAST.plus(1)) {
            let back = (f64::from(RECORDED.0 - year.0) / f64::from(RECORDED.0 - FIRST.0)).max(0.0);
            let weights: Vec<f64> = levels.iter().map(|level| libm::pow(*level, back)).collect();
            for group in 0..GROUPS {
                let share = |at: usize| groups[at][group] * weights[at];
                let total: f64 = (0..groups.len()).map(share).sum();
                let mut sum = 0.0;
                for at in 0..groups.len() {
                    sum += share(at) / total;
                    #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
                    self.cumulated.push(sum as f32);
                }
            }
        }
    }

    fn cumulated(&self, year: Year, group: usize) -> &[f32] {
        let count = self.municipalities.len();
        &self.cumulated[(year.since(FIRST) * GROUPS + group) * count..][..count]
    }

    /// A municipality's share of the people of a group of age on 1 January.
    #[must_use]
    pub fn share(&self, year: Year, group: usize, municipality: usize) -> f64 {
        let cumulated = self.cumulated(year, group);
        let before = municipality.checked_sub(1).map_or(0.0, |before| cumulated[before]);
        f64::from(cumulated[municipality]) - f64::from(before)
    }

    /// The municipality of somebody of a group of age with this luck, in proportion to the people there on 1 January.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "fewer municipalities than 2¹⁶")]
    pub fn deal(&self, year: Year, group: usize, luck: f32) -> u16 {
        let cumulated = self.cumulated(year, group);
        if cumulated.is_empty() {
            return 0;
        }
        cumulated.partition_point(|sum| *sum <= luck).min(cumulated.len() - 1) as u16
    }

    /// The county of a municipality.
    #[must_use]
    pub fn county_of(&self, municipality: u16) -> usize {
        self.municipalities.get(usize::from(municipality)).map_or(0, |place| place.county)
    }
}
