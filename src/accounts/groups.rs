//! The year by group: people by education, occupation, parents' education and kind of municipality.
//!
//! A **grouping** ([`By`]) has **levels**; all levels of all groupings stand in one row of [`LEVELS`]. Everyone is in one level of each,
//! by what they are at the end of the year, or of their life in it. Of the nation we keep, by level, sex and single age reached, how
//! the year was lived, deaths expected, and **stocks** of 31 December ([`Stock`]). Of each of the 64 groups that standard errors are
//! made of we keep less: deaths, expected deaths and the deaths that recorded rates would give, by [`BANDS`] of age from 30 on;
//! stocks of some ranges of age ([`Sum`]); and how those who reach 16 and 21 fare in school.
//!
//! [`count`](mod@count) goes through the people once a year; [`ledger`] holds what becomes of it. In an arm [`twins`] compares everyone
//! with the same person in the reference, and [`moved`] tells the sums by the reference's groups from those by the arm's own.

pub mod count;
pub mod ledger;
pub mod moved;
pub mod twins;

use crate::processes::school::{Level, Parents};
use crate::processes::work::Occupation;
use crate::record::places::Places;

/// What people are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// The person's own highest level of education.
    Education,
    /// The class of the present or last occupation.
    Occupation,
    /// The highest level of either parent; unknown below 16.
    ParentsEducation,
    /// How many people lived in the municipality on 1 January 2025.
    MunicipalityGroup,
}

impl By {
    /// Every grouping.
    pub const ALL: [Self; 4] = [Self::Education, Self::Occupation, Self::ParentsEducation, Self::MunicipalityGroup];

    /// The word of the column `by`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Education => "education",
            Self::Occupation => "occupation",
            Self::ParentsEducation => "parents_education",
            Self::MunicipalityGroup => "municipality_group",
        }
    }

    /// The words of its levels, in order.
    #[must_use]
    pub const fn words(self) -> &'static [&'static str] {
        match self {
            Self::Education => Level::WORDS,
            Self::Occupation => Occupation::WORDS,
            Self::ParentsEducation => Parents::WORDS,
            Self::MunicipalityGroup => MUNICIPALITY_GROUPS,
        }
    }

    /// The place of its first level among all.
    #[must_use]
    pub const fn first(self) -> usize {
        match self {
            Self::Education => 0,
            Self::Occupation => 4,
            Self::ParentsEducation => 14,
            Self::MunicipalityGroup => 19,
        }
    }

    /// The places of its levels among all.
    #[must_use]
    pub const fn levels(self) -> std::ops::Range<usize> {
        self.first()..self.first() + self.words().len()
    }
}

/// Levels of all groupings together.
pub const LEVELS: usize = 24;

/// The words of the groups of municipalities.
pub const MUNICIPALITY_GROUPS: &[&str] = &["under_5000", "5000_19999", "20000_49999", "50000_and_over", "oslo"];
/// Where they end, people on record for 2025.
const SIZES: [f64; 3] = [5_000.0, 20_000.0, 50_000.0];
/// The official number of Oslo.
const OSLO: u16 = 301;

/// The group of each municipality, `[municipality]`.
#[must_use]
pub fn municipality_groups(places: &Places) -> Vec<u8> {
    let group = |(place, code): (usize, u16)| {
        let people: f64 = places.recorded[place].iter().flatten().sum();
        let by_size = SIZES.iter().filter(|size| people >= **size).count();
        u8::try_from(if code == OSLO { MUNICIPALITY_GROUPS.len() - 1 } else { by_size }).expect("five groups")
    };
    places.municipalities.iter().map(|place| place.code).enumerate().map(group).collect()
}

/// What is counted of people on 31 December.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Stock {
    /// Everyone here.
    People = 0,
    /// Daily smokers.
    DailySmokers = 1,
    /// Former daily smokers.
    FormerSmokers = 2,
    /// Upper secondary school or more completed.
    UpperSecondary = 3,
    /// Higher education completed.
    Tertiary = 4,
    /// In upper secondary or higher education.
    InEducation = 5,
    /// Employed in physically heavy work.
    HeavyWork = 6,
    /// A year of upper secondary school passed, or more.
    UpperSecondaryStarted = 7,
    /// Employed, students with a job included.
    Employed = 8,
    /// Unemployed.
    Unemployed = 9,
    /// Long-term sick, or on work assessment allowance.
    SickLongTerm = 10,
    /// On disability pension.
    Disabled = 11,
    /// Retired.
    Retired = 12,
    /// Homemakers and others outside.
    HomemakersAndOther = 13,
    /// Away from work altogether for a long spell this year.
    AbsentFull = 14,
    /// At work in part during a long spell of sickness this year.
    AbsentGraded = 15,
}

/// Places of stocks.
pub const LANES: usize = 16;

impl Stock {
    /// Every stock but the people themselves, in the order of the columns of `cells.arrow`.
    pub const ALL: [Self; 15] = [
        Self::DailySmokers,
        Self::FormerSmokers,
        Self::Employed,
        Self::Unemployed,
        Self::SickLongTerm,
        Self::Disabled,
        Self::Retired,
        Self::InEducation,
        Self::HomemakersAndOther,
        Self::UpperSecondaryStarted,
        Self::UpperSecondary,
        Self::Tertiary,
        Self::HeavyWork,
        Self::AbsentFull,
        Self::AbsentGraded,
    ];

    /// The column of `cells.arrow`.
    #[must_use]
    pub const fn column(self) -> &'static str {
        match self {
            Self::People => "people_at_end",
            Self::DailySmokers => "daily_smokers",
            Self::FormerSmokers => "former_smokers",
            Self::UpperSecondary => "upper_secondary_completed",
            Self::Tertiary => "tertiary_completed",
            Self::InEducation => "in_education",
            Self::HeavyWork => "heavy_work",
            Self::UpperSecondaryStarted => "upper_secondary_started",
            Self::Employed => "employed",
            Self::Unemployed => "unemployed",
            Self::SickLongTerm => "sick_long_term",
            Self::Disabled => "disabled",
            Self::Retired => "retired",
            Self::HomemakersAndOther => "homemakers_and_other",
            Self::AbsentFull => "absent_full",
            Self::AbsentGraded => "absent_graded",
        }
    }

    /// What it counts.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::People => "people on 31 December",
            Self::DailySmokers => "people who smoke daily",
            Self::FormerSmokers => "people who have smoked daily and stopped",
            Self::UpperSecondary => "people who have completed upper secondary school, or more",
            Self::Tertiary => "people who have completed higher education, short or long",
            Self::InEducation => "people in upper secondary or higher education, with or without a job",
            Self::HeavyWork => "people employed in physically heavy work",
            Self::UpperSecondaryStarted => "people who have passed a year of upper secondary school, or have more",
            Self::Employed => "people employed, students with a job included",
            Self::Unemployed => "people out of work and looking for it",
            Self::SickLongTerm => "people long-term sick, or on work assessment allowance",
            Self::Disabled => "people on disability pension",
            Self::Retired => "people retired",
            Self::HomemakersAndOther => "people who look after a home, or are outside for another reason",
            Self::AbsentFull => "people who were away from work altogether in a long spell of sickness this year",
            Self::AbsentGraded => "people who were at work in part in a long spell of sickness this year",
        }
    }
}

/// Bands of age reached by which deaths are kept in each group of communities: the youngest ages; the last is open.
pub const BANDS: [usize; 10] = [30, 40, 50, 60, 65, 70, 75, 80, 85, 90];

/// The band of an age reached; none below 30.
#[must_use]
pub const fn band(age: usize) -> Option<usize> {
    let (mut band, mut place) = (None, 0);
    while place < BANDS.len() {
        if age >= BANDS[place] {
            band = Some(place);
        }
        place += 1;
    }
    band
}

/// Ranges of age reached by which stocks are kept in each group of communities: their youngest ages.
const RANGES: [usize; 11] = [0, 16, 18, 20, 25, 30, 35, 40, 67, 68, 75];

const fn range(age: usize) -> usize {
    let mut place = RANGES.len() - 1;
    while age < RANGES[place] {
        place -= 1;
    }
    place
}

/// A stock of some ages, kept in each group of communities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    /// What is counted.
    pub stock: Stock,
    /// The youngest age reached.
    pub from: usize,
    /// The oldest; 127 is no end.
    pub to: usize,
}

const fn sum(stock: Stock, from: usize, to: usize) -> Sum {
    Sum { stock, from, to }
}

/// Everyone of 30 and over: the weights of groups in gradients.
pub const ADULTS: Sum = sum(Stock::People, 30, 127);

/// The stocks kept in each group of communities.
pub const SUMS: [Sum; 24] = [
    ADULTS,
    sum(Stock::People, 16, 74),
    sum(Stock::DailySmokers, 16, 74),
    sum(Stock::FormerSmokers, 16, 74),
    sum(Stock::People, 25, 74),
    sum(Stock::DailySmokers, 25, 74),
    sum(Stock::FormerSmokers, 25, 74),
    sum(Stock::People, 20, 66),
    sum(Stock::Employed, 20, 66),
    sum(Stock::Unemployed, 20, 66),
    sum(Stock::People, 18, 67),
    sum(Stock::SickLongTerm, 18, 67),
    sum(Stock::Disabled, 18, 67),
    sum(Stock::AbsentFull, 20, 66),
    sum(Stock::AbsentGraded, 20, 66),
    sum(Stock::HeavyWork, 20, 66),
    sum(Stock::People, 25, 34),
    sum(Stock::UpperSecondary, 25, 34),
    sum(Stock::People, 30, 39),
    sum(Stock::Tertiary, 30, 39),
    sum(Stock::People, 20, 24),
    sum(Stock::InEducation, 20, 24),
    sum(Stock::People, 16, 19),
    sum(Stock::InEducation, 16, 19),
];

/// The place of a stock of some ages among [`SUMS`].
///
/// # Panics
///
/// If it is not kept.
#[must_use]
pub fn place_of(sum: Sum) -> usize {
    SUMS.iter().position(|own| *own == sum).expect("a stock that is kept")
}

/// What is counted of those who reach 16 and 21, by parents' education.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Way {
    /// Points of marks of those who have marks, at 16.
    MarksSum,
    /// Those who have marks, at 16.
    MarksPeople,
    /// Those who have started the general track, at 21.
    StartedGeneral,
    /// Those who have started the vocational track, at 21.
    StartedVocational,
    /// Those of the general track who have completed upper secondary school, at 21.
    CompletedGeneral,
    /// The same of the vocational track.
    CompletedVocational,
    /// Everyone who reaches 21.
    People21,
}

impl Way {
    /// Every way, in order.
    pub const ALL: [Self; 7] = [
        Self::MarksSum,
        Self::MarksPeople,
        Self::StartedGeneral,
        Self::StartedVocational,
        Self::CompletedGeneral,
        Self::CompletedVocational,
        Self::People21,
    ];

    /// The column of `cells_parents_education.arrow`.
    #[must_use]
    pub const fn column(self) -> &'static str {
        match self {
            Self::MarksSum => "marks_sum",
            Self::MarksPeople => "marks_people",
            Self::StartedGeneral => "started_general",
            Self::StartedVocational => "started_vocational",
            Self::CompletedGeneral => "completed_general",
            Self::CompletedVocational => "completed_vocational",
            Self::People21 => "people_21",
        }
    }

    /// What it counts.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::MarksSum => "points of the marks of those who reach 16 and have marks",
            Self::MarksPeople => "people who reach 16 and have marks",
            Self::StartedGeneral => "people who reach 21 and have started the general track",
            Self::StartedVocational => "people who reach 21 and have started the vocational track",
            Self::CompletedGeneral => {
                "people who reach 21, have started the general track and completed upper secondary school"
            }
            Self::CompletedVocational => {
                "people who reach 21, have started the vocational track and completed upper secondary school"
            }
            Self::People21 => "people who reach 21 and are here on 31 December",
        }
    }

    /// The age reached at which it is counted.
    #[must_use]
    pub const fn age(self) -> usize {
        match self {
            Self::MarksSum | Self::MarksPeople => 16,
            Self::StartedGeneral
            | Self::StartedVocational
            | Self::CompletedGeneral
            | Self::CompletedVocational
            | Self::People21 => 21,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groupings_fill_the_levels_without_a_gap() {
        let ends: Vec<_> = By::ALL.iter().map(|by| by.levels()).collect();
        assert_eq!(ends, [0..4, 4..14, 14..19, 19..LEVELS]);
    }

    #[test]
    fn bands_and_ranges_hold_the_ages_from_their_first_on() {
        assert_eq!(
            [29, 30, 39, 40, 64, 65, 90, 127].map(band),
            [None, Some(0), Some(0), Some(1), Some(3), Some(4), Some(9), Some(9)]
        );
        assert_eq!([0, 15, 16, 66, 67, 68, 127].map(range), [0, 0, 1, 7, 8, 9, 10]);
    }

    #[test]
    fn every_sum_begins_and_ends_with_a_range() {
        for sum in SUMS {
            assert!(RANGES.contains(&sum.from), "{sum:?}");
            assert!(sum.to == 127 || RANGES.contains(&(sum.to + 1)), "{sum:?}");
        }
    }
}
