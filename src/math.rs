//! Elementary functions that give the same bits on every machine.
//!
//! The system's `exp` differs between platforms and instruction sets, and a fused multiply-add changes the last bit.
//! These are short polynomials of plain multiplications and additions, which Rust never fuses and which a loop over a
//! column vectorises.

/// The probability of at least one event in a year at cumulated hazard `hazard`: `1 − exp(−hazard)`.
///
/// Relative error below 3 · 10⁻⁷ for hazards from 0 to 80; hazards above 80 count as 80. Zero gives exactly zero.
///
/// ```
/// use livslop::math::yearly_probability;
///
/// assert_eq!(yearly_probability(0.0), 0.0);
/// assert!((yearly_probability(0.1) - 0.095_162_58).abs() < 1e-8);
/// assert!((f64::from(yearly_probability(1e-6)) - 1e-6).abs() < 1e-12);
/// ```
#[inline]
#[must_use]
pub fn yearly_probability(hazard: f32) -> f32 {
    -exp_minus_one(-hazard.min(80.0))
}

/// `exp(x) − 1` for `x` from −80 to 80, relative error below 3 · 10⁻⁷.
///
/// With `x = n · ln 2 + r` and |r| ≤ ln 2 / 2: `2ⁿ · (eʳ − 1) + (2ⁿ − 1)`, so that small `x` loses no digits.
#[inline]
#[must_use]
pub fn exp_minus_one(x: f32) -> f32 {
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    // Adding and subtracting 1.5 · 2²³ rounds to the nearest integer without a branch.
    const ROUND: f32 = 12_582_912.0;
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let series = 1.0 / 720.0 + r * (1.0 / 5_040.0 + r * (1.0 / 40_320.0));
    let series = 1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r * series));
    let small = r + r * r * (0.5 + r * series);
    // The last digits of the shifted number are n, between -116 and 116: no conversion, which would end vectors.
    let power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(127 << 23));
    power * small + (power - 1.0)
}

/// The share of a standard normal population below `x`.
#[must_use]
pub fn normal_share_below(x: f32) -> f32 {
    0.5 * libm::erfcf(-x * std::f32::consts::FRAC_1_SQRT_2)
}

/// The probability whose log odds are `x`.
#[must_use]
pub fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + libm::expf(-x))
}

/// The log odds of a probability, which is held between 10⁻⁶ and 1 − 10⁻⁶.
#[must_use]
pub fn logit(p: f32) -> f32 {
    let p = p.clamp(1e-6, 1.0 - 1e-6);
    libm::logf(p / (1.0 - p))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_polynomial_agrees_with_the_exact_function() {
        for step in -800_i16..=800 {
            let x = f32::from(step) / 10.0;
            let exact = f64::from(x).exp_m1();
            let error = (f64::from(exp_minus_one(x)) - exact).abs();
            assert!(
                error <= 3e-7 * exact.abs().max(f64::from(f32::MIN_POSITIVE)),
                "exp_minus_one({x}) is off by {error}"
            );
        }
    }

    #[test]
    fn small_hazards_keep_their_digits() {
        for exponent in 1..30 {
            let hazard = 0.5_f32.powi(exponent);
            let exact = -(-f64::from(hazard)).exp_m1();
            assert!((f64::from(yearly_probability(hazard)) / exact - 1.0).abs() < 3e-7, "hazard {hazard}");
        }
    }

    #[test]
    fn a_certain_hazard_gives_a_certain_event() {
        assert_eq!(yearly_probability(80.0), 1.0);
        assert_eq!(yearly_probability(f32::INFINITY), 1.0);
    }
}
