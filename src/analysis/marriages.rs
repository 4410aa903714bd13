//! How many marriages end by divorce under the rates of a year.
//!
//! A synthetic cohort of marriages lives through the year's rates at all durations, as a life table's people live through its ages;
//! deaths do not count. In the model a couple parts about a year before the divorce is recorded, so those who part with `j` completed
//! years of marriage on 1 January are in registers as divorced after j + ½ to j + 1½ years: of the last year only half counts.
//!
//! ```text
//! q(j) = divorces(j) / marriages(j)          share after D years = 1 − Π (1 − q(j)) for j < D − 1, times √(1 − q(D − 1))
//! ```

use crate::accounts::cells::{GROUPS, Shape, YearCells};
use crate::record::lexis::COHORTS;

use super::jackknife::Replicated;

/// Years of marriage that shares are told for.
pub const DURATIONS: [usize; 7] = [3, 5, 10, 20, 30, 40, 60];

/// Marriages on 1 January, and how many of them end in the year, by completed years.
pub type ByDuration = [[u64; COHORTS]; 2];

/// The share of marriages that have ended by divorce after some years; not a number if there are none so young.
///
/// ```
/// use livslop::analysis::marriages::divorced_after;
///
/// let (mut marriages, mut divorces) = ([0; 128], [0; 128]);
/// (marriages[1], divorces[1]) = (100, 10);
/// (marriages[2], divorces[2]) = (100, 19);
/// // Nobody parts in the year of the wedding; 0.9 · √0.81 = 0.81 stay together.
/// assert!((divorced_after(&[marriages, divorces], 3) - 0.19).abs() < 1e-12);
/// ```
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
pub fn divorced_after([marriages, divorces]: &ByDuration, years: usize) -> f64 {
    let lasting = |j: usize| if marriages[j] == 0 { 1.0 } else { 1.0 - divorces[j] as f64 / marriages[j] as f64 };
    let Some(last) = years.checked_sub(1) else { return 0.0 };
    if marriages[..years].iter().all(|marriages| *marriages == 0) {
        return f64::NAN;
    }
    1.0 - (0..last).map(lasting).product::<f64>() * lasting(last).sqrt()
}

/// The shares after each of [`DURATIONS`] in a year, with replicates.
#[must_use]
pub fn divorced(cells: &YearCells, shape: Shape, counter: usize) -> Replicated<7> {
    let all = cells.counted(shape, counter);
    let shares = |counts: &ByDuration| DURATIONS.map(|years| divorced_after(counts, years));
    let without = |group: usize| shares(&less(&all, &cells.counted_in(shape, counter, group..group + 1)));
    Replicated { whole: shares(&all), without: (0..GROUPS).map(without).collect() }
}

fn less(all: &ByDuration, group: &ByDuration) -> ByDuration {
    let mut rest = *all;
    rest.as_flattened_mut().iter_mut().zip(group.as_flattened()).for_each(|(rest, term)| *rest -= term);
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constant(marriages: u64, divorces: u64) -> ByDuration {
        [[marriages; COHORTS], [divorces; COHORTS]]
    }

    #[test]
    fn a_constant_rate_leaves_a_geometric_share_married() {
        // A tenth parts each year; after 5 years 0.9^4.5 = 0.62241 are left.
        assert!((divorced_after(&constant(1000, 100), 5) - (1.0 - 0.9_f64.powf(4.5))).abs() < 1e-12);
        assert_eq!(divorced_after(&constant(1000, 0), 60), 0.0);
    }

    #[test]
    fn more_years_never_mean_fewer_divorces() {
        let shares = DURATIONS.map(|years| divorced_after(&constant(50, 1), years));
        assert!(shares.is_sorted(), "{shares:?}");
    }

    #[test]
    fn without_marriages_nothing_is_known() {
        assert!(divorced_after(&constant(0, 0), 10).is_nan());
    }

    #[test]
    fn a_group_is_left_out_by_subtraction() {
        let rest = less(&constant(10, 3), &constant(4, 1));
        assert_eq!(rest, constant(6, 2));
    }
}
