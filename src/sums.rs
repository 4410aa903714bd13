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

    /// One term between 0 and 1, rounded down to steps; larger ones count as 1.
    ///
    /// Its 24 digits are shifted to their place by the exponent: a conversion, which looks after every number there is, would keep a
    /// loop over people from working on several at once.
    #[inline]
    #[must_use]
    pub fn of(term: f32) -> Self {
        debug_assert!((0.0..=1.0).contains(&term), "{term} is no probability");
        let bits = term.min(1.0).to_bits();
        let digits = bits << 8 | 1 << 31;
        let steps = digits.checked_shr(127_u32.wrapping_sub(bits >> 23)).unwrap_or(0);
        Self(steps.min(i32::MAX.unsigned_abs()).into())
    }

    /// The same term so many times.
    #[inline]
    #[must_use]
    pub fn times(self, number: u32) -> Self {
        Self(self.0 * i64::from(number))
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

    #[test]
    fn digits_are_shifted_to_where_a_conversion_puts_them() {
        #[expect(clippy::cast_possible_truncation, reason = "the conversion saturates, as is meant")]
        let converted = |term: f32| i64::from((term * STEPS) as i32);
        let next = |term: f32, up: u32| f32::from_bits(term.to_bits() + up);
        for exponent in 0..40 {
            let power = 0.5_f32.powi(exponent);
            for term in [power, 0.75 * power, next(0.5 * power, 1), next(0.5 * power, 4_321_987), 0.0] {
                assert_eq!(Fixed::of(term).0, converted(term), "{term}");
            }
        }
    }

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
