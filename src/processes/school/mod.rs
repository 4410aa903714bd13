//! School: marks at 16, upper secondary and higher education, and what is attained in the end.

use bevy_ecs::component::Component;
use bytemuck::{CheckedBitPattern, NoUninit};

/// The highest level completed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, NoUninit, CheckedBitPattern)]
#[repr(u8)]
pub enum Level {
    /// Nothing beyond compulsory school, or still in it.
    #[default]
    Compulsory = 0,
    /// Upper secondary school completed, vocational college included.
    UpperSecondary = 1,
    /// Higher education up to four years.
    TertiaryShort = 2,
    /// Higher education of more than four years.
    TertiaryLong = 3,
}

impl Level {
    /// Every level, lowest first.
    pub const ALL: [Self; 4] = [Self::Compulsory, Self::UpperSecondary, Self::TertiaryShort, Self::TertiaryLong];
    /// The words of [`Level::ALL`], in its order.
    pub const WORDS: &'static [&'static str] = &["compulsory", "upper_secondary", "tertiary_short", "tertiary_long"];
    /// The words of the three groups that join the two tertiary ones.
    pub const WORDS3: &'static [&'static str] = &["compulsory", "upper_secondary", "tertiary"];

    /// The place among three groups.
    #[inline]
    #[must_use]
    pub const fn of_three(self) -> usize {
        if self as usize > 2 { 2 } else { self as usize }
    }
}

/// The track of upper secondary school somebody started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(u8)]
pub enum Track {
    /// Not started.
    #[default]
    None = 0,
    /// Prepares for higher education; three years.
    General = 1,
    /// Prepares for a trade; four years.
    Vocational = 2,
}

/// What somebody is doing in education.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(u8)]
pub enum Stage {
    /// Below the age at which upper secondary school starts.
    #[default]
    Child = 0,
    /// Not in education.
    Out = 1,
    /// In upper secondary school, on the person's track.
    Upper = 2,
    /// Studies for a short degree.
    Short = 3,
    /// Studies for a long degree.
    Long = 4,
    /// Adds to a short degree what a long one takes.
    Extending = 5,
}

/// The highest level of either parent, as it was when the child was 16.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(u8)]
pub enum Parents {
    /// Not in the model.
    #[default]
    Unknown = 0,
    /// Compulsory school.
    Compulsory = 1,
    /// Upper secondary.
    UpperSecondary = 2,
    /// Short tertiary.
    TertiaryShort = 3,
    /// Long tertiary.
    TertiaryLong = 4,
}

impl Parents {
    /// The words, in order.
    pub const WORDS: &'static [&'static str] =
        &["unknown", "compulsory", "upper_secondary", "tertiary_short", "tertiary_long"];
}

/// Somebody's way through education.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(C)]
pub struct Schooling {
    /// The highest level completed.
    pub level: Level,
    /// What is going on.
    pub stage: Stage,
    /// The track started.
    pub track: Track,
    /// The age reached in the year the stage began.
    pub since: u8,
    /// Marks at 16, in points (10 to 60); 0 if unknown.
    pub marks: u8,
    /// Parents' education.
    pub parents: Parents,
}
