//! What a target is about: the words of the column `indicator`, and how each is made from the accounts.

mod shape;

use serde::Deserialize;

use super::figures::DISABLED_AT_WORK;

pub use shape::{Ages, Groups, Shape, Versus};

/// The unit of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Of a hundred people.
    Percent,
    /// Points of marks, 10 to 60.
    Points,
    /// Years of life.
    Years,
    /// A ratio of rates.
    Ratio,
    /// A correlation.
    Correlation,
}

impl Unit {
    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Percent => "percent",
            Self::Points => "points",
            Self::Years => "years",
            Self::Ratio => "ratio",
            Self::Correlation => "correlation",
        }
    }
}

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Indicator {
    /// The share of people whose highest level is that of the group.
    Education,
    /// The same, where one year of upper secondary school is upper secondary.
    EducationOld,
    /// Mean marks at 16.
    Marks,
    /// Upper secondary school completed at 21, of those who started.
    CompletedWithinFiveYears,
    /// The same of the general track.
    CompletedGeneral,
    /// The same of vocational tracks.
    CompletedVocational,
    /// Employed, of all.
    Employed,
    /// Employed or unemployed, of all.
    LabourForce,
    /// Unemployed, of the labour force.
    Unemployment,
    /// On disability pension, of all.
    Disabled,
    /// Long-term sick, of all.
    SickLongTerm,
    /// The share of the employed who are of the group.
    OccupationShare,
    /// Daily smokers, of all.
    DailySmokers,
    /// Former daily smokers, of all.
    FormerSmokers,
    /// Those who never smoked daily, of all.
    NeverSmokers,
    /// Remaining years of life of a group, or its lead over another.
    LifeExpectancy,
    /// By how much the lead of a group over another grew from the first year to the last.
    LifeExpectancyWidening,
    /// The smallest step of life expectancy from a group to the next higher one.
    LifeExpectancyOrder,
    /// The relative index of inequality of the mortality of people of those ages in the first year, until the last.
    MortalityRii,
    /// Deaths over those expected at the rates of all groups together, age by age.
    MortalityRatio,
    /// The rank correlation of simulated and recorded mortality ratios of a set.
    MortalityRatioRank,
}

/// What is added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sum {
    /// These columns of the group.
    Of(&'static [&'static str]),
    /// These columns of all groups together.
    OfAll(&'static [&'static str]),
}

/// A share or a mean: one sum over another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// Added.
    pub above: Sum,
    /// Taken off `above`.
    pub less: Sum,
    /// What it is divided by.
    pub below: Sum,
    /// The standard deviation of one person's figure, if it is not a share.
    pub deviation: Option<f64>,
}

/// How the simulated side is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Making {
    /// One sum over another.
    Ratio(Ratio),
    /// From life tables.
    LifeTable,
    /// From death rates.
    Rates,
    /// From other targets of a set.
    Set,
}

/// People here on 31 December.
pub const PEOPLE: &str = "people_at_end";
/// The standard deviation of marks between pupils, points.
const MARKS_DEVIATION: f64 = 11.0;
const NOTHING: Sum = Sum::Of(&[]);
const EVERYBODY: Sum = Sum::Of(&[PEOPLE]);

const fn share(above: &'static [&'static str], below: &'static [&'static str]) -> Making {
    Making::Ratio(Ratio { above: Sum::Of(above), less: NOTHING, below: Sum::Of(below), deviation: None })
}

const fn of_people(above: &'static [&'static str]) -> Making {
    share(above, &[PEOPLE])
}

impl Indicator {
    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Education => "education",
            Self::EducationOld => "education_old",
            Self::Marks => "marks",
            Self::CompletedWithinFiveYears => "completed_within_five_years",
            Self::CompletedGeneral => "completed_general",
            Self::CompletedVocational => "completed_vocational",
            Self::Employed => "employed",
            Self::LabourForce => "labour_force",
            Self::Unemployment => "unemployment",
            Self::Disabled => "disabled",
            Self::SickLongTerm => "sick_long_term",
            Self::OccupationShare => "occupation_share",
            Self::DailySmokers => "daily_smokers",
            Self::FormerSmokers => "former_smokers",
            Self::NeverSmokers => "never_smokers",
            Self::LifeExpectancy => "life_expectancy",
            Self::LifeExpectancyWidening => "life_expectancy_widening",
            Self::LifeExpectancyOrder => "life_expectancy_order",
            Self::MortalityRii => "mortality_rii",
            Self::MortalityRatio => "mortality_ratio",
            Self::MortalityRatioRank => "mortality_ratio_rank",
        }
    }

    /// The unit of its targets.
    #[must_use]
    pub const fn unit(self) -> Unit {
        match self {
            Self::Marks => Unit::Points,
            Self::LifeExpectancy | Self::LifeExpectancyWidening | Self::LifeExpectancyOrder => Unit::Years,
            Self::MortalityRii | Self::MortalityRatio => Unit::Ratio,
            Self::MortalityRatioRank => Unit::Correlation,
            Self::Education
            | Self::EducationOld
            | Self::CompletedWithinFiveYears
            | Self::CompletedGeneral
            | Self::CompletedVocational
            | Self::Employed
            | Self::LabourForce
            | Self::Unemployment
            | Self::Disabled
            | Self::SickLongTerm
            | Self::OccupationShare
            | Self::DailySmokers
            | Self::FormerSmokers
            | Self::NeverSmokers => Unit::Percent,
        }
    }

    /// Whether the recorded value is the least that is asked for.
    #[must_use]
    pub fn is_least(self) -> bool {
        matches!(self, Self::LifeExpectancyOrder | Self::MortalityRatioRank)
    }

    /// How the simulated side is made.
    #[must_use]
    pub const fn making(self) -> Making {
        match self {
            // Levels are the groups of `education`; the old definition has a column of its own, see `measure`.
            Self::Education | Self::EducationOld => {
                Making::Ratio(Ratio { above: EVERYBODY, less: NOTHING, below: Sum::OfAll(&[PEOPLE]), deviation: None })
            }
            Self::OccupationShare => Making::Ratio(Ratio {
                above: Sum::Of(&["employed"]),
                less: NOTHING,
                below: Sum::OfAll(&["employed"]),
                deviation: None,
            }),
            Self::Marks => Making::Ratio(Ratio {
                above: Sum::Of(&["marks_sum"]),
                less: NOTHING,
                below: Sum::Of(&["marks_people"]),
                deviation: Some(MARKS_DEVIATION),
            }),
            Self::CompletedWithinFiveYears => {
                share(&["completed_general", "completed_vocational"], &["started_general", "started_vocational"])
            }
            Self::CompletedGeneral => share(&["completed_general"], &["started_general"]),
            Self::CompletedVocational => share(&["completed_vocational"], &["started_vocational"]),
            Self::Employed => of_people(&["employed", DISABLED_AT_WORK]),
            Self::LabourForce => of_people(&["employed", DISABLED_AT_WORK, "unemployed"]),
            Self::Unemployment => share(&["unemployed"], &["employed", DISABLED_AT_WORK, "unemployed"]),
            Self::Disabled => of_people(&["disabled"]),
            Self::SickLongTerm => of_people(&["sick_long_term"]),
            Self::DailySmokers => of_people(&["daily_smokers"]),
            Self::FormerSmokers => of_people(&["former_smokers"]),
            Self::NeverSmokers => Making::Ratio(Ratio {
                above: EVERYBODY,
                less: Sum::Of(&["daily_smokers", "former_smokers"]),
                below: EVERYBODY,
                deviation: None,
            }),
            Self::LifeExpectancy | Self::LifeExpectancyWidening | Self::LifeExpectancyOrder => Making::LifeTable,
            Self::MortalityRii | Self::MortalityRatio => Making::Rates,
            Self::MortalityRatioRank => Making::Set,
        }
    }

    /// Whether its figures stand by parents' education, whatever the target is grouped by.
    #[must_use]
    pub const fn is_of_school(self) -> bool {
        matches!(
            self,
            Self::Marks | Self::CompletedWithinFiveYears | Self::CompletedGeneral | Self::CompletedVocational
        )
    }
}
