//! Indices of inequality between groups in how long they live: pure functions of the groups' years and sizes.
//!
//! Groups come in order, lowest first, with weights: the people of 30 and over in them. With shares `s`, mean `μ = Σ s·e` and
//! fractional rank `r`, the middle of the group's part of the people (`r = Σ of shares below + s / 2`, whose mean is ½):
//!
//! ```text
//! gap                     e of the top group − e of the bottom group                                    years
//! sii                     slope of the weighted regression of e on r: Σ s(e − μ)(r − ½) / Σ s(r − ½)²   years
//! rii                     (μ + sii/2) / (μ − sii/2): fitted at the top over fitted at the bottom        ratio
//! concentration_index     2/μ · Σ s·e·(r − ½)                                                           1
//! between_group_variance  Σ s(e − μ)²                                                                   years²
//! ede                     (Σ s·e^(1−ε))^(1/(1−ε)), for ε = 1 exp(Σ s·ln e)                              years
//! lifespan_sd             √(Σ s·(sd² + (e − μ)²)): of everyone's age at death, groups taken together    years
//! ```
//!
//! The slope and relative indices are those of Mackenbach & Kunst (1997), the concentration index that of Kakwani, Wagstaff & van
//! Doorslaer (1997), for grouped data. Years of life have no upper bound that all could reach, so Erreygers' (2009) correction for
//! bounded variables does not apply. The equally distributed equivalent is Atkinson's (1970) with ε = 1, a relative aversion: the
//! years that, lived by everyone alike, would be worth the same. Kolm's absolute form would ask for an aversion per year of
//! life, for which there is no settled figure.

/// Aversion to inequality in the equally distributed equivalent.
pub const EPSILON: f64 = 1.0;

/// A group as the indices see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Group {
    /// Its weight: people.
    pub weight: f64,
    /// Remaining years of life.
    pub years: f64,
    /// Standard deviation of the age at death, years.
    pub spread: f64,
}

/// An index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Index {
    /// Top group less bottom group.
    Gap,
    /// Slope index of inequality.
    Sii,
    /// Relative index of inequality.
    Rii,
    /// Concentration index.
    Concentration,
    /// Variance between groups.
    Variance,
    /// Equally distributed equivalent.
    Ede,
    /// Standard deviation of the age at death of all groups together.
    LifespanSd,
}

/// How many indices there are.
pub const INDICES: usize = 7;

impl Index {
    /// Every index, in the order of [`indices`].
    pub const ALL: [Self; INDICES] =
        [Self::Gap, Self::Sii, Self::Rii, Self::Concentration, Self::Variance, Self::Ede, Self::LifespanSd];
    /// The words of the column `index`.
    pub const WORDS: &'static [&'static str] =
        &["gap", "sii", "rii", "concentration_index", "between_group_variance", "ede", "lifespan_sd"];
    /// The words of the column `unit`.
    pub const UNITS: &'static [&'static str] = &["years", "ratio", "1", "years²"];

    /// The place of its unit among [`Index::UNITS`].
    #[must_use]
    pub const fn unit(self) -> usize {
        match self {
            Self::Gap | Self::Sii | Self::Ede | Self::LifespanSd => 0,
            Self::Rii => 1,
            Self::Concentration => 2,
            Self::Variance => 3,
        }
    }

    /// Whether it needs groups in an order.
    #[must_use]
    pub const fn needs_order(self) -> bool {
        matches!(self, Self::Sii | Self::Rii | Self::Concentration)
    }
}

/// All indices of groups in order, `between` being the places of the bottom and the top of the gap; groups of nobody count for
/// nothing, and what needs them is not a number.
///
/// ```
/// use livslop::analysis::gradients::{Group, Index, indices};
///
/// // Two halves of the people that live 50 and 54 years: ranks ¼ and ¾, so the slope is 4 / ½ = 8 years.
/// let half = |years| Group { weight: 100.0, years, spread: 10.0 };
/// let indices = indices(&[half(50.0), half(54.0)], [0, 1]);
/// assert_eq!((indices[Index::Gap as usize], indices[Index::Sii as usize]), (4.0, 8.0));
/// ```
#[must_use]
pub fn indices(groups: &[Group], between: [usize; 2]) -> [f64; INDICES] {
    let all: f64 = groups.iter().map(|group| group.weight).sum();
    let there = || groups.iter().filter(|group| group.weight > 0.0).map(|group| (group.weight / all, *group));
    let sum = |of: &dyn Fn(f64, Group) -> f64| there().map(|(share, group)| of(share, group)).sum::<f64>();
    let mean = sum(&|share, group| share * group.years);
    let variance = sum(&|share, group| share * (group.years - mean).powi(2));
    let (mut below, mut covariance, mut of_ranks) = (0.0, 0.0, 0.0);
    for (share, group) in there() {
        let rank = below + share / 2.0 - 0.5;
        covariance += share * (group.years - mean) * rank;
        of_ranks += share * rank * rank;
        below += share;
    }
    let slope = covariance / of_ranks;
    let [bottom, top] = between.map(|place| if groups[place].weight > 0.0 { groups[place].years } else { f64::NAN });
    let ede = if EPSILON == 1.0 {
        libm::exp(sum(&|share, group| share * libm::log(group.years)))
    } else {
        libm::pow(sum(&|share, group| share * libm::pow(group.years, 1.0 - EPSILON)), 1.0 / (1.0 - EPSILON))
    };
    let within = sum(&|share, group| share * group.spread.powi(2));
    [
        top - bottom,
        slope,
        (mean + slope / 2.0) / (mean - slope / 2.0),
        2.0 * covariance / mean,
        variance,
        ede,
        (within + variance).sqrt(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A quarter, a half and a quarter of the people, who live 40, 44 and 52 years.
    fn three() -> [Group; 3] {
        [(1.0, 40.0), (2.0, 44.0), (1.0, 52.0)].map(|(weight, years)| Group { weight, years, spread: 12.0 })
    }

    fn of(index: Index) -> f64 {
        indices(&three(), [0, 2])[index as usize]
    }

    fn is_close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    #[test]
    fn the_gap_is_the_top_less_the_bottom() {
        assert_eq!(of(Index::Gap), 12.0);
        // Between groups that are not the ends of an order.
        assert_eq!(indices(&three(), [1, 0])[Index::Gap as usize], -4.0);
    }

    #[test]
    fn the_slope_index_is_the_slope_over_ranks() {
        // Ranks less a half: −3/8, 0, 3/8; mean 45. Σ s·e·r = ¼·40·(−3/8) + ¼·52·3/8 = 1.125; Σ s·r² = ½·9/64 = 0.0703125.
        assert!(is_close(of(Index::Sii), 16.0));
    }

    #[test]
    fn the_relative_index_is_the_ratio_of_the_fitted_ends() {
        // 45 ± 8: 53 / 37.
        assert!(is_close(of(Index::Rii), 53.0 / 37.0));
    }

    #[test]
    fn the_concentration_index_is_twice_the_covariance_with_rank_over_the_mean() {
        // 2 · 1.125 / 45.
        assert!(is_close(of(Index::Concentration), 0.05));
    }

    #[test]
    fn the_variance_between_groups_is_weighted() {
        // ¼·25 + ½·1 + ¼·49 = 19.
        assert!(is_close(of(Index::Variance), 19.0));
    }

    #[test]
    fn the_equivalent_is_the_geometric_mean() {
        // (40 · 44² · 52)^¼ = (4,026,880)^¼ = 44.796…, below the mean of 45.
        assert!((of(Index::Ede) - 44.796_2).abs() < 1e-3, "{}", of(Index::Ede));
    }

    #[test]
    fn lifespans_of_all_vary_within_and_between_groups() {
        // √(12² + 19).
        assert!(is_close(of(Index::LifespanSd), 163.0_f64.sqrt()));
    }

    #[test]
    fn groups_alike_have_no_inequality() {
        let alike = three().map(|group| Group { years: 50.0, ..group });
        let indices = indices(&alike, [0, 2]);
        let expected = [0.0, 0.0, 1.0, 0.0, 0.0, 50.0, 12.0];
        assert!(indices.iter().zip(expected).all(|(own, expected)| is_close(*own, expected)), "{indices:?}");
    }

    #[test]
    fn a_group_of_nobody_counts_for_nothing() {
        let mut groups = three().to_vec();
        groups.insert(1, Group { weight: 0.0, years: f64::NAN, spread: f64::NAN });
        assert_eq!(indices(&groups, [0, 3]), indices(&three(), [0, 2]));
        assert!(indices(&groups, [1, 3])[Index::Gap as usize].is_nan());
    }
}
