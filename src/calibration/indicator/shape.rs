//! What the targets of an indicator may be about: groupings, groups, ages, values.

use crate::calibration::target::By;

use super::{Indicator, Unit};

/// Which groups a target may name, unless it is of everyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Groups {
    /// None: it is of all groups together.
    All,
    /// One.
    One,
    /// Some, joined by `|`.
    Some,
}

/// What a target may be compared with in `versus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versus {
    /// Nothing.
    Nothing,
    /// Groups, or nothing.
    MayBeGroups,
    /// Groups.
    Groups,
    /// A set.
    Set,
}

/// Which ages a target may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ages {
    /// Any span.
    Span,
    /// One exact age.
    One,
    /// These alone.
    Only(usize, usize),
}

/// What the targets of an indicator may be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// What people may be grouped by.
    pub by: &'static [By],
    /// Which groups it may name.
    pub groups: Groups,
    /// What it may be compared with.
    pub versus: Versus,
    /// Which ages it may have.
    pub ages: Ages,
}

const LEVELS: &[By] = &[By::Education, By::Education3];
/// The disabled who work are known by level alone.
const WORK: &[By] = &[By::All, By::Education, By::Education3];
/// Groupings with a lowest and a highest group.
const ORDERED: &[By] = &[By::Education, By::Education3, By::ParentsEducation];
const GROUPED: &[By] = &[By::Education, By::Education3, By::ParentsEducation, By::Occupation];
const EVERY: &[By] = &[By::All, By::Education, By::Education3, By::ParentsEducation, By::Occupation];

const fn shape(by: &'static [By], groups: Groups, versus: Versus, ages: Ages) -> Shape {
    Shape { by, groups, versus, ages }
}

impl Indicator {
    /// What its targets may be about.
    #[must_use]
    pub const fn shape(self) -> Shape {
        match self {
            Self::Education => shape(LEVELS, Groups::Some, Versus::Nothing, Ages::Span),
            // People move between two levels: of several together it would not be known which.
            Self::EducationOld => shape(LEVELS, Groups::One, Versus::Nothing, Ages::Span),
            Self::Marks => shape(&[By::All, By::ParentsEducation], Groups::Some, Versus::Nothing, Ages::Only(16, 16)),
            // Told of those who start at any age.
            Self::CompletedWithinFiveYears | Self::CompletedGeneral | Self::CompletedVocational => {
                shape(&[By::All, By::ParentsEducation], Groups::Some, Versus::Nothing, Ages::Only(16, 110))
            }
            Self::Employed | Self::LabourForce | Self::Unemployment => {
                shape(WORK, Groups::Some, Versus::Nothing, Ages::Span)
            }
            Self::Disabled | Self::SickLongTerm | Self::DailySmokers | Self::FormerSmokers | Self::NeverSmokers => {
                shape(EVERY, Groups::Some, Versus::Nothing, Ages::Span)
            }
            Self::OccupationShare => shape(&[By::Occupation], Groups::Some, Versus::Nothing, Ages::Span),
            Self::LifeExpectancy => shape(EVERY, Groups::Some, Versus::MayBeGroups, Ages::One),
            Self::LifeExpectancyWidening => shape(GROUPED, Groups::Some, Versus::Groups, Ages::One),
            Self::LifeExpectancyOrder => shape(ORDERED, Groups::All, Versus::Nothing, Ages::One),
            Self::MortalityRii => shape(ORDERED, Groups::All, Versus::Nothing, Ages::Span),
            Self::MortalityRatio => shape(GROUPED, Groups::Some, Versus::Nothing, Ages::Span),
            Self::MortalityRatioRank => shape(GROUPED, Groups::All, Versus::Set, Ages::Span),
        }
    }
}

impl Unit {
    /// The least and the greatest value that a figure of this unit can have.
    #[must_use]
    pub const fn range(self) -> [f64; 2] {
        match self {
            Self::Percent => [0.0, 100.0],
            Self::Points => [10.0, 60.0],
            // Leads over other groups may be below 0.
            Self::Years => [-110.0, 110.0],
            Self::Ratio => [0.0, f64::INFINITY],
            Self::Correlation => [-1.0, 1.0],
        }
    }
}
