//! The delete-one-group jackknife: how far chance may have moved a figure.
//!
//! People are dealt to 64 groups. A figure is computed from all of them, and again without each in turn; the spread of those
//! replicates is its standard error. Replicates of two arms leave out the same group, so that a difference computed replicate by
//! replicate has the error of the pair. A group without people is a group like any other: leaving it out changes nothing.
//!
//! ```text
//! se = √((n − 1)/n · Σ (θᵢ − mean θ)²)
//! ```
//!
//! Efron & Stein (1981), "The jackknife estimate of variance".

/// Figures of the whole, and the same without each group in turn; not a number where a figure is not defined.
#[derive(Clone, Debug, PartialEq)]
pub struct Replicated<const N: usize> {
    /// From all groups.
    pub whole: [f64; N],
    /// Without each group, `[group][figure]`.
    pub without: Vec<[f64; N]>,
}

impl<const N: usize> Replicated<N> {
    /// The standard errors of the figures.
    #[must_use]
    pub fn errors(&self) -> [f64; N] {
        std::array::from_fn(|i| standard_error(self.without.iter().map(|figures| figures[i])))
    }

    /// The differences to the same figures of another arm, group by group.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let minus = |a: &[f64; N], b: &[f64; N]| std::array::from_fn(|i| a[i] - b[i]);
        Self {
            whole: minus(&self.whole, &other.whole),
            without: self.without.iter().zip(&other.without).map(|(a, b)| minus(a, b)).collect(),
        }
    }

    /// The mean of the figures of several years, whose groups are the same people; none of no years.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a few years")]
    pub fn mean(years: &[Self]) -> Option<Self> {
        let mean = |of: &dyn Fn(&Self) -> [f64; N]| {
            let mut sum = [0.0; N];
            for year in years {
                sum.iter_mut().zip(of(year)).for_each(|(sum, term)| *sum += term);
            }
            sum.map(|sum| sum / years.len() as f64)
        };
        let groups = years.first()?.without.len();
        Some(Self {
            whole: mean(&|year| year.whole),
            without: (0..groups).map(|group| mean(&|year| year.without[group])).collect(),
        })
    }
}

/// The standard error of a figure from its replicates.
///
/// ```
/// use livslop::analysis::jackknife::standard_error;
///
/// // The mean of 1, 2, 4 and 9 without each of them; its classical standard error is √(38 / (3 · 4)) = 1.7795.
/// let without = [15.0 / 3.0, 14.0 / 3.0, 12.0 / 3.0, 7.0 / 3.0];
/// assert!((standard_error(without.into_iter()) - 1.7795).abs() < 1e-4);
/// ```
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "64 groups")]
pub fn standard_error(replicates: impl Iterator<Item = f64> + Clone) -> f64 {
    let n = replicates.clone().count() as f64;
    let mean = replicates.clone().sum::<f64>() / n;
    ((n - 1.0) / n * replicates.map(|replicate| (replicate - mean).powi(2)).sum::<f64>()).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replicated(whole: f64, without: [f64; 4]) -> Replicated<1> {
        Replicated { whole: [whole], without: without.map(|figure| [figure]).to_vec() }
    }

    #[test]
    fn the_error_of_a_mean_is_the_classical_one() {
        // 2, 4, 4, 10: mean 5, squares 9 + 1 + 1 + 25 = 36, se = √(36 / (3 · 4)) = √3. Without each: 6, 16/3, 16/3, 10/3.
        let error = standard_error([6.0, 16.0 / 3.0, 16.0 / 3.0, 10.0 / 3.0].into_iter());
        assert!((error - 3.0_f64.sqrt()).abs() < 1e-12, "{error}");
    }

    #[test]
    fn a_constant_shift_of_every_replicate_has_no_error() {
        let reference = replicated(5.0, [6.0, 5.0, 5.5, 3.5]);
        let arm = replicated(5.25, [6.25, 5.25, 5.75, 3.75]);
        let difference = arm.minus(&reference);
        assert_eq!((difference.whole, difference.errors()), ([0.25], [0.0]));
    }

    #[test]
    fn a_mean_over_years_keeps_what_the_years_share() {
        // The second year swings against the first: their mean does not swing at all.
        let (first, second) = (replicated(1.0, [0.0, 2.0, 0.0, 2.0]), replicated(3.0, [4.0, 2.0, 4.0, 2.0]));
        assert!(first.errors()[0] > 1.0);
        let mean = Replicated::mean(&[first, second]).expect("two years");
        assert_eq!((mean.whole, mean.errors()), ([2.0], [0.0]));
        assert_eq!(Replicated::<1>::mean(&[]), None);
    }

    #[test]
    fn a_replicate_that_is_not_a_number_leaves_no_error() {
        assert!(standard_error([1.0, f64::NAN, 2.0].into_iter()).is_nan());
    }
}
