//! Work: whether somebody works, as what, and what it does to them.

use bevy_ecs::component::Component;
use bytemuck::{CheckedBitPattern, NoUninit};

/// What somebody mainly lives by this year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(u8)]
pub enum State {
    /// Not yet of working age.
    #[default]
    Child = 0,
    /// In education and not employed.
    Education = 1,
    /// Employed; students with a job too.
    Employed = 2,
    /// Out of work and looking for it.
    Unemployed = 3,
    /// Long-term sick, or on work assessment allowance.
    Sick = 4,
    /// On disability pension.
    Disabled = 5,
    /// Retired.
    Retired = 6,
    /// Looks after a home, or is outside for another reason.
    Other = 7,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Child,
        Self::Education,
        Self::Employed,
        Self::Unemployed,
        Self::Sick,
        Self::Disabled,
        Self::Retired,
        Self::Other,
    ];
    /// The words of [`State::ALL`], in its order.
    pub const WORDS: &'static [&'static str] =
        &["child", "education", "employed", "unemployed", "sick", "disabled", "retired", "other"];
}

/// The class of the present or last occupation: the major groups of STYRK-08 (armed forces among the professionals).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(u8)]
pub enum Occupation {
    /// Never employed.
    #[default]
    None = 0,
    /// STYRK-08 1.
    Managers = 1,
    /// STYRK-08 2.
    Professionals = 2,
    /// STYRK-08 3.
    Technicians = 3,
    /// STYRK-08 4.
    Clerical = 4,
    /// STYRK-08 5.
    ServiceSales = 5,
    /// STYRK-08 6.
    AgricultureFishery = 6,
    /// STYRK-08 7.
    Craft = 7,
    /// STYRK-08 8.
    Operators = 8,
    /// STYRK-08 9.
    Elementary = 9,
}

impl Occupation {
    /// The words, in order.
    pub const WORDS: &'static [&'static str] = &[
        "none",
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
}

/// Sickness absence certified by a doctor in the year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(u8)]
pub enum Absence {
    /// None, or short.
    #[default]
    None = 0,
    /// A long spell, away from work altogether.
    Full = 1,
    /// A long spell, at work in part.
    Graded = 2,
}

/// Somebody's working life.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(C)]
pub struct Work {
    /// The state of the year.
    pub state: State,
    /// The class of the present or last occupation.
    pub occupation: Occupation,
    /// What the present or last job exposes to: bits of [`exposure`].
    pub exposures: u8,
    /// Absence of the year.
    pub absence: Absence,
    /// Completed years of the state.
    pub years: u8,
    /// Years employed in all.
    pub employed: u8,
    /// Injuries at work in all.
    pub injuries: u8,
    /// Years since the last loss of a job, plus one; 0 if none was lost.
    pub lost: u8,
}

/// The bits of [`Work::exposures`].
pub mod exposure {
    /// Heavy physical work.
    pub const HEAVY: u8 = 1;
    /// Strong noise.
    pub const NOISE: u8 = 2;
    /// Cold.
    pub const COLD: u8 = 4;
    /// Vibration.
    pub const VIBRATION: u8 = 8;
    /// Low control over one's work.
    pub const LOW_CONTROL: u8 = 16;
    /// High demands and low control.
    pub const STRAIN: u8 = 32;
}
