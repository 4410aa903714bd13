//! Sums that do not care about order.
//!
//! Floating-point addition depends on the order of its terms, hence on threads and rows. Expected events are therefore
//! added up as integers in steps of 2⁻³¹ and turned into numbers once, at the end.

/// A sum in steps of 2⁻³¹.
///
/// It holds up to 4 · 10⁹, far above the expected deaths of any nation and year; one term errs by 4.7 · 10⁻¹⁰ at most.
///
/// ```
/// use livslop::sums::Fixed;
///
/// let mut sum = Fixed::default();
/// sum.add(0.25);
/// sum.add(0.5);
/// assert_eq!(sum.value(), 0.75);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fixed(pub i64);

/// Steps per unit of a [`Fixed`] sum.
const STEPS: f32 = 2_147_483_648.0;

impl Fixed {
    /// Adds a probability or another number between 0 and 1.
    #[inline]
    pub fn add(&mut self, term: f32) {
        self.0 += Self::of(term).0;
    }

    /// One term between 0 and 1; larger ones count as 1. A step fits 32 bits, which lets a loop over people vectorise.
    #[inline]
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "rounding to steps is what is wanted")]
    pub fn of(term: f32) -> Self {
        debug_assert!((0.0..=1.0).contains(&term), "{term} is no probability");
        Self(i64::from((term * STEPS) as i32))
    }

    /// The sum as a number.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "53 digits suffice for a published figure")]
    pub fn value(self) -> f64 {
        self.0 as f64 / f64::from(STEPS)
    }
}

impl std::ops::AddAssign for Fixed {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_order_of_terms_changes_nothing(mut terms in proptest::collection::vec(0.0_f32..1.0, 1..200)) {
            let sum = |terms: &[f32]| terms.iter().fold(Fixed::default(), |mut sum, term| { sum.add(*term); sum });
            let forward = sum(&terms);
            terms.reverse();
            prop_assert_eq!(forward, sum(&terms));
        }
    }
}
