//! Smoking: who starts, who stops, who starts again.

use bevy_ecs::component::Component;
use bytemuck::{CheckedBitPattern, NoUninit};

/// Whether somebody smokes every day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(u8)]
pub enum Habit {
    /// Has never smoked daily.
    #[default]
    Never = 0,
    /// Smokes daily.
    Daily = 1,
    /// Has smoked daily and stopped.
    Former = 2,
}

impl Habit {
    /// The words, in order.
    pub const WORDS: &'static [&'static str] = &["never", "daily", "former"];
}

/// Somebody's smoking.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(C)]
pub struct Smoking {
    /// The habit.
    pub habit: Habit,
    /// Cigarettes a day while smoking.
    pub cigarettes: u8,
    /// Completed years since the habit began: of smoking, or of having stopped.
    pub years: u8,
    /// Years smoked in all; with cigarettes a day they make pack-years.
    pub smoked: u8,
    /// Smoke of others: bits of [`exposed`].
    pub exposed: u8,
}

/// The bits of [`Smoking::exposed`].
pub mod exposed {
    /// The mother smoked at the end of pregnancy.
    pub const BEFORE_BIRTH: u8 = 1;
    /// A parent smoked when the child was 13.
    pub const PARENT: u8 = 2;
}
