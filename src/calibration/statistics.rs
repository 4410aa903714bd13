//! Statistics of inequality: pure functions of numbers.

/// Deaths and person-years of the groups of one age, lowest group first.
pub type Stratum = Vec<[f64; 2]>;

/// So many steps of Newton are enough by far.
const STEPS: usize = 50;
/// The step at which the search ends.
const SMALL: f64 = 1e-10;

/// The relative index of inequality: the ratio of the death rate at the bottom of the groups to that at the top.
///
/// Groups have the mean rank of their people, from 0 at the top to 1 at the bottom, within each age. The log rate is a level by age
/// plus a slope on the rank; the slope is that of greatest likelihood.
///
/// ```text
/// U(β) = Σ_a [Σ_g d_ag r_ag − D_a r̄_a(β)],   r̄_a(β) = Σ_g w r / Σ_g w,   w = y_ag exp(β r_ag)
/// ```
///
/// None without deaths, or if one group alone lives.
#[must_use]
pub fn relative_index(strata: &[Stratum]) -> Option<f64> {
    let ranked: Vec<(&Stratum, Vec<f64>)> = strata.iter().map(|stratum| (stratum, ranks(stratum))).collect();
    let mut slope = 0.0;
    for _ in 0..STEPS {
        let (mut score, mut information) = (0.0, 0.0);
        for (stratum, ranks) in &ranked {
            let deaths: f64 = stratum.iter().map(|[deaths, _]| deaths).sum();
            let observed: f64 = stratum.iter().zip(ranks).map(|([deaths, _], rank)| deaths * rank).sum();
            let weights: Vec<f64> =
                stratum.iter().zip(ranks).map(|([_, years], rank)| years * libm::exp(slope * rank)).collect();
            let all: f64 = weights.iter().sum();
            if all <= 0.0 || deaths <= 0.0 {
                continue;
            }
            let moment = |power: i32| {
                weights.iter().zip(ranks).map(|(weight, rank)| weight * rank.powi(power)).sum::<f64>() / all
            };
            let (mean, square) = (moment(1), moment(2));
            score += observed - deaths * mean;
            information += deaths * (square - mean * mean);
        }
        if information <= 0.0 {
            return None;
        }
        let step = (score / information).clamp(-1.0, 1.0);
        slope += step;
        if step.abs() < SMALL {
            return Some(libm::exp(slope));
        }
    }
    None
}

/// The mean rank of each group, from 0 at the top to 1 at the bottom; groups stand lowest first.
fn ranks(stratum: &Stratum) -> Vec<f64> {
    let all: f64 = stratum.iter().map(|[_, years]| years).sum();
    let mut below = 0.0;
    let mut rank = |years: f64| {
        let middle = 1.0 - (below + 0.5 * years) / all;
        below += years;
        middle
    };
    stratum.iter().map(|[_, years]| rank(*years)).collect()
}

/// The rank correlation of two lists, equal values sharing their mean rank; none of fewer than three or of constant ones.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a few groups")]
pub fn rank_correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.len() != b.len() || a.len() < 3 {
        return None;
    }
    let (a, b) = (places(a), places(b));
    let mean = (a.len() as f64 - 1.0) / 2.0;
    let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum::<f64>();
    let spread = libm::sqrt(product(&a, &a) * product(&b, &b));
    (spread > 0.0).then(|| product(&a, &b) / spread)
}

/// The place of each value in order of size, from 0.
#[expect(clippy::cast_precision_loss, reason = "a few groups")]
fn places(values: &[f64]) -> Vec<f64> {
    let place = |value: &f64| {
        let smaller = values.iter().filter(|other| *other < value).count() as f64;
        let equal = values.iter().filter(|other| *other == value).count() as f64;
        smaller + (equal - 1.0) / 2.0
    };
    values.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_on_a_line_of_the_log_give_its_slope() {
        // Four groups of a quarter: ranks 7/8, 5/8, 3/8, 1/8; rates 0.01 · 3^rank at one age, twice that at another.
        let stratum = |level: f64| {
            [0.875, 0.625, 0.375, 0.125].map(|rank| [1000.0 * level * libm::pow(3.0, rank), 1000.0]).to_vec()
        };
        let index = relative_index(&[stratum(0.01), stratum(0.02)]).expect("deaths");
        assert!((index - 3.0).abs() < 1e-9, "{index}");
    }

    #[test]
    fn equal_rates_have_an_index_of_one() {
        let index = relative_index(&[vec![[5.0, 500.0], [20.0, 2000.0]]]).expect("deaths");
        assert!((index - 1.0).abs() < 1e-9);
        assert_eq!(relative_index(&[vec![[0.0, 500.0], [0.0, 2000.0]]]), None);
        assert_eq!(relative_index(&[vec![[5.0, 500.0], [0.0, 0.0]]]), None, "one group alone");
    }

    #[test]
    fn ranks_correlate_by_order_alone() {
        assert_eq!(rank_correlation(&[1.0, 2.0, 30.0], &[0.1, 0.2, 0.3]), Some(1.0));
        assert_eq!(rank_correlation(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]), Some(-1.0));
        // Places 0, 1.5, 1.5, 3 against 0, 1, 2, 3: 4.5 over √(4.5 · 5).
        let tied = rank_correlation(&[1.0, 2.0, 2.0, 3.0], &[1.0, 2.0, 3.0, 4.0]).expect("a spread");
        assert!((tied - 4.5 / libm::sqrt(22.5)).abs() < 1e-12);
        assert_eq!(rank_correlation(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), None);
    }
}
