//! Background: what somebody brings into life and no measure moves.
//!
//! A latent trait, standard normal in the population, dealt in infancy: an even mixture of what the parents have and the child's own
//! luck. It makes marks, work, smoking and death go together beyond what one causes in the other, so that hazards need only read what
//! is cause (`MODEL` of the guide, "association and cause"). It has no lever, and nothing changes it.

use bevy_ecs::component::Component;
use bytemuck::{CheckedBitPattern, NoUninit};

/// The trait, in steps of 1/32 standard deviations from −4 to 4.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(transparent)]
pub struct Background(i8);

/// Steps of a standard deviation.
const STEPS: f32 = 32.0;

impl Background {
    /// The nearest step to a number of standard deviations.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the conversion saturates, as is meant")]
    pub fn of(deviations: f32) -> Self {
        Self(libm::roundf(deviations * STEPS) as i8)
    }

    /// Standard deviations from the mean.
    #[inline]
    #[must_use]
    pub fn deviations(self) -> f32 {
        f32::from(self.0) / STEPS
    }

    /// Its place in tables of 256 values.
    #[inline]
    #[must_use]
    pub const fn place(self) -> usize {
        self.0.cast_unsigned() as usize
    }

    /// A function of the trait as a table by [`place`](Self::place).
    #[must_use]
    pub fn table(of: impl Fn(f32) -> f32) -> [f32; 256] {
        std::array::from_fn(|place| {
            #[expect(clippy::cast_possible_truncation, reason = "256 places")]
            of(Self((place as u8).cast_signed()).deviations())
        })
    }
}
