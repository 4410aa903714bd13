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

/// The hazard at which an event comes with a probability: `−ln(1 − probability)`, for probabilities from 0 to below 1.
///
/// Relative error below 2.1 · 10⁻⁷, most of it from `1 − probability`. With `1 − probability = 2ᵏ · (1 + f)` and
/// `s = f / (2 + f)`, `ln(1 + f)` is a short series in `s²`, whose coefficients are those of `logf` in Sun's fdlibm; small probabilities are `−f` themselves, so that they lose no digits.
#[inline]
#[must_use]
pub fn cumulated_hazard(probability: f32) -> f32 {
    const LN_2_HIGH: f32 = 0.693_138_1;
    const LN_2_LOW: f32 = 9.058_001e-6;
    /// The bits of the square root of one half.
    const ROOT: u32 = 0x3f35_04f3;
    let left = (1.0 - probability).to_bits();
    let exponent = left.wrapping_sub(ROOT).cast_signed() >> 23;
    let digits = f32::from_bits(left.wrapping_sub((exponent << 23).cast_unsigned()));
    #[expect(clippy::cast_precision_loss, reason = "an exponent above -25")]
    let (k, f) = if probability < 0.25 { (0.0, -probability) } else { (exponent as f32, digits - 1.0) };
    let s = f / (2.0 + f);
    let z = s * s;
    let series = z * (0.666_666_6 + z * (0.400_009_72 + z * (0.284_987_87 + z * 0.242_790_8)));
    let half = 0.5 * f * f;
    let low = s * (half + series) + k * LN_2_LOW - half;
    -(k * LN_2_HIGH + (f + low))
}

/// The probability whose log odds are `x`.
#[inline]
#[must_use]
pub fn logistic(x: f32) -> f32 {
    1.0 / (2.0 + exp_minus_one((-x).clamp(-80.0, 80.0)))
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
    fn the_hazard_of_a_probability_agrees_with_the_exact_logarithm() {
        let off = |p: f32| (f64::from(cumulated_hazard(p)) / -(-f64::from(p)).ln_1p() - 1.0).abs();
        for step in 1..1_000_000_u32 {
            #[expect(clippy::cast_precision_loss, reason = "below 2²⁴")]
            let p = step as f32 / 1e6;
            assert!(off(p) < 2.1e-7, "{p} is off by {}", off(p));
        }
        assert!(off(1e-30) < 2.1e-7 && off(1.0 - f32::EPSILON / 2.0) < 2.1e-7);
        assert_eq!(cumulated_hazard(0.0), 0.0);
    }

    #[test]
    fn the_probability_of_log_odds_agrees_with_the_exact_function() {
        for step in -900_i16..=900 {
            let x = f32::from(step) / 10.0;
            let exact = 1.0 / (1.0 + (-f64::from(x)).clamp(-80.0, 80.0).exp());
            assert!((f64::from(logistic(x)) / exact - 1.0).abs() < 5e-7, "logistic({x})");
        }
    }

    #[test]
    fn a_certain_hazard_gives_a_certain_event() {
        assert_eq!(yearly_probability(80.0), 1.0);
        assert_eq!(yearly_probability(f32::INFINITY), 1.0);
    }
}
