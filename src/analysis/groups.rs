//! Life tables by group: of one year, or of the years of a window together, with errors.
//!
//! Below 30 a group's table has everybody's rates: education, occupation and the like are those of adults, and what somebody died of at 5
//! says nothing of a level that was never reached. From 30 on it has the group's own. An age that nobody of the group
//! lived takes everybody's rate, and so does the open age if nobody of the group died there.
//!
//! **Errors.** The 64 groups of communities are known by bands of age only. Leaving one out changes the rates of a band by the factor
//!
//! ```text
//! k = (1 − Dᵍ/D) / (1 − Rᵍ/R)      D deaths, counted or expected; R the deaths that recorded rates would give those people
//! ```
//!
//! and a figure by its slope times k − 1, summed over bands, everybody's ages below 30 being one of them. One group in 64 moves a rate
//! by little, so the straight line is as good as the table itself, and costs a sixth.

use crate::accounts::cells::{Exposed, GROUPS, YearCells};
use crate::accounts::groups::ledger::{OfBand, YearGroups};
use crate::accounts::groups::{ADULTS, BANDS, By, band, place_of, twins};
use crate::record::life_table::LifeTable;
use crate::record::{AGES, Record};
use crate::run::model::Model;
use crate::units::{Sex, Year};

use super::jackknife::Replicated;
use super::lifetable::{AT, Estimator, pooled, together};
use super::part::Membership;
use super::series::SEX;

/// The exact age from which a group has its own rates.
pub const OWN_FROM: usize = twins::GROWN;
/// The age before which deaths are premature.
pub const PREMATURE: usize = twins::PREMATURE;
/// The exact ages from which the chance of a premature death is told.
pub const PREMATURE_AT: [usize; 2] = [0, 30];
/// Deaths that a group must have from 30 on, or nothing is told of it.
const ENOUGH_DEATHS: f64 = 5.0;
/// A change of rates that is small, and large enough to compute with.
const SMALL: f64 = 1e-3;

/// Figures of one estimator: e(x) and its spread at six ages, the chance of dying early from two.
const OF_ESTIMATOR: usize = 2 * AT.len() + PREMATURE_AT.len();
/// Figures of a group.
pub const FIGURES: usize = 2 * OF_ESTIMATOR;

/// What is told of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Remaining years of life at a place in [`AT`].
    Years(usize),
    /// Standard deviation of the age at death at a place in [`AT`].
    Spread(usize),
    /// Probability of dying before 75 at a place in [`PREMATURE_AT`].
    Premature(usize),
}

/// The place of a figure.
#[must_use]
pub const fn figure(estimator: Estimator, told: Told) -> usize {
    estimator as usize * OF_ESTIMATOR
        + match told {
            Told::Years(at) => at,
            Told::Spread(at) => AT.len() + at,
            Told::Premature(at) => 2 * AT.len() + at,
        }
}

/// What people are grouped by in tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grouping {
    /// The word of the column `by`.
    pub by: &'static str,
    /// The grouping of the accounts.
    pub of: By,
    /// The words of its groups.
    pub words: &'static [&'static str],
    /// Places of the bottom and the top group; alike if there is no gap to tell.
    pub between: [usize; 2],
    /// Whether groups have an order.
    pub is_ordered: bool,
    /// The place of people of whom the group is not known, or who have none: left out of gradients.
    pub besides: Option<usize>,
}

/// Every grouping of tables; first everybody in one group.
pub const GROUPINGS: [Grouping; 6] = [
    Grouping { by: "all", of: By::Education, words: &["all"], between: [0, 0], is_ordered: false, besides: None },
    Grouping {
        by: "education",
        of: By::Education,
        words: By::Education.words(),
        between: [0, 3],
        is_ordered: true,
        besides: None,
    },
    Grouping {
        by: "education3",
        of: By::Education,
        words: &["compulsory", "upper_secondary", "tertiary"],
        between: [0, 2],
        is_ordered: true,
        besides: None,
    },
    // Elementary occupations and professionals.
    Grouping {
        by: "occupation",
        of: By::Occupation,
        words: By::Occupation.words(),
        between: [9, 2],
        is_ordered: false,
        besides: Some(0),
    },
    Grouping {
        by: "parents_education",
        of: By::ParentsEducation,
        words: By::ParentsEducation.words(),
        between: [1, 4],
        is_ordered: true,
        besides: Some(0),
    },
    Grouping {
        by: "municipality_group",
        of: By::MunicipalityGroup,
        words: By::MunicipalityGroup.words(),
        between: [0, 4],
        is_ordered: false,
        besides: None,
    },
];

impl Grouping {
    /// The levels of the accounts that make a group; the last of fewer groups has the rest.
    #[must_use]
    pub fn levels(&self, group: usize) -> std::ops::Range<usize> {
        let all = self.of.levels();
        let end = if group + 1 == self.words.len() { all.end } else { all.start + group + 1 };
        all.start + group..end
    }
}

/// What everybody lived in some years, for what groups take from it.
pub struct Everybody {
    /// By completed age, women, men, both, `[3][111]`.
    pub ages: [Vec<Exposed>; 3],
    /// Those below 30 in each group of communities, in one sum, `[64][3]`.
    young: Vec<[Exposed; 3]>,
}

/// A group's life table and figures.
#[derive(Clone, Debug)]
pub struct GroupTable {
    /// By whose grouping people belong to the group.
    pub membership: Membership,
    /// A place in [`GROUPINGS`].
    pub by: usize,
    /// The group.
    pub group: usize,
    /// Women, men or both.
    pub sex: usize,
    /// What the group lived by completed age from 30 on, and everybody below, `[111]`.
    pub ages: Vec<Exposed>,
    /// The open age.
    pub open: usize,
    /// Rates from 0 to the open age, by estimator.
    pub rates: [Vec<f64>; 2],
    /// The figures, in the order of [`figure`].
    pub figures: Replicated<FIGURES>,
    /// People of 30 and over, in person-years of the years together.
    pub weight: Replicated<1>,
}

impl GroupTable {
    /// Whether both are of the same people, be it in another arm.
    #[must_use]
    pub fn is_of(&self, other: &Self) -> bool {
        (self.by, self.group, self.sex) == (other.by, other.group, other.sex)
    }
}

impl Everybody {
    /// Adds up years.
    #[must_use]
    pub fn of(model: &Model, years: &[&YearCells]) -> Self {
        let deaths = super::deaths(model);
        let by_age = |groups: std::ops::Range<usize>| {
            let mut sums = [vec![Exposed::default(); AGES], vec![Exposed::default(); AGES]];
            for cells in years {
                let triangles = cells.triangles(model.shape, deaths, &model.record, groups.clone());
                for (sums, triangles) in sums.iter_mut().zip(triangles) {
                    *sums = together(sums, &triangles.by_age());
                }
            }
            let both = together(&sums[0], &sums[1]);
            let [women, men] = sums;
            [women, men, both]
        };
        let young = (0..GROUPS).map(|group| by_age(group..group + 1).map(|ages| pooled(&ages[..OWN_FROM]))).collect();
        Self { ages: by_age(0..GROUPS), young }
    }
}

/// Deaths and people of a part of ages, whole and in each group of communities: counted, expected, by recorded rates.
#[derive(Clone)]
struct Part {
    groups: Vec<[f64; 3]>,
}

impl Part {
    /// The factors on the rates of an estimator when each group is left out, less one.
    fn factors(&self, estimator: Estimator) -> impl Iterator<Item = f64> {
        let all = self.groups.iter().fold([0.0; 3], |sum, of| std::array::from_fn(|i| sum[i] + of[i]));
        let (deaths, size) = (all[estimator as usize], all[2]);
        self.groups.iter().map(move |of| {
            let rest = 1.0 - of[2] / size;
            let factor = (1.0 - of[estimator as usize] / deaths) / rest;
            // A part in which nobody dies, or of one group alone, has a rate that nothing moves.
            if deaths > 0.0 && size > 0.0 && rest > 1e-9 { factor - 1.0 } else { 0.0 }
        })
    }
}

/// The tables of every group in some years of an arm, women, men and both; groups of too few deaths are left out.
#[must_use]
pub fn tables(
    record: &Record,
    years: &[&YearCells],
    everybody: &Everybody,
    open: [Option<usize>; 3],
    membership: Membership,
) -> Vec<GroupTable> {
    let groups: Vec<(Year, &YearGroups)> = years.iter().map(|cells| (cells.year, membership.of(cells))).collect();
    let lived: Vec<[Vec<Exposed>; 2]> =
        (0..crate::accounts::groups::LEVELS).map(|level| by_age(record, &groups, level)).collect();
    let bands: Vec<Vec<OfBand>> = groups.iter().map(|(_, groups)| groups.bands()).collect();
    let mut tables = Vec::new();
    for (by, grouping) in GROUPINGS.iter().enumerate() {
        for group in 0..grouping.words.len() {
            for (sex, open) in open.iter().enumerate() {
                let Some(open) = *open else { continue };
                let sexes = Sex::BOTH.into_iter().filter(|own| SEX[sex].is_none_or(|sex| sex == *own));
                let levels: Vec<(usize, Sex)> =
                    sexes.flat_map(|own| grouping.levels(group).map(move |level| (level, own))).collect();
                let zero = vec![Exposed::default(); AGES];
                let own = levels.iter().fold(zero, |sum, (level, own)| together(&sum, &lived[*level][own.index()]));
                if pooled(&own[OWN_FROM..]).deaths < ENOUGH_DEATHS {
                    continue;
                }
                let table = table([by, group, sex], own, &levels, (&groups, &bands), everybody, open);
                tables.push(GroupTable { membership, ..table });
            }
        }
    }
    tables
}

/// What a level lived in some years, women and men, `[2][111]`.
fn by_age(record: &Record, years: &[(Year, &YearGroups)], level: usize) -> [Vec<Exposed>; 2] {
    let mut sums = [vec![Exposed::default(); AGES], vec![Exposed::default(); AGES]];
    for (year, groups) in years {
        let triangles = groups.triangles(*year, level..level + 1, record);
        for (sums, triangles) in sums.iter_mut().zip(triangles) {
            *sums = together(sums, &triangles.by_age());
        }
    }
    sums
}

fn table(
    [by, group, sex]: [usize; 3],
    mut ages: Vec<Exposed>,
    levels: &[(usize, Sex)],
    (years, bands): (&[(Year, &YearGroups)], &[Vec<OfBand>]),
    everybody: &Everybody,
    open: usize,
) -> GroupTable {
    let all = &everybody.ages[sex];
    ages[..OWN_FROM].copy_from_slice(&all[..OWN_FROM]);
    let parts = parts(levels, bands, everybody, sex);
    let mut figures = Replicated { whole: [f64::NAN; FIGURES], without: vec![[f64::NAN; FIGURES]; GROUPS] };
    let rates = [Estimator::Counted, Estimator::Expected].map(|estimator| {
        let rates = rates(&ages, all, open, estimator);
        let place = estimator as usize * OF_ESTIMATOR;
        let own = figures_of(&rates, SEX[sex]);
        figures.whole[place..place + OF_ESTIMATOR].copy_from_slice(&own);
        let mut without = vec![own; GROUPS];
        for (part, of_part) in parts.iter().enumerate() {
            let moved = figures_of(&scaled(&rates, part), SEX[sex]);
            for (figures, factor) in without.iter_mut().zip(of_part.factors(estimator)) {
                for (figure, (moved, own)) in figures.iter_mut().zip(moved.iter().zip(own)) {
                    *figure += (moved - own) / SMALL * factor;
                }
            }
        }
        for (into, from) in figures.without.iter_mut().zip(&without) {
            into[place..place + OF_ESTIMATOR].copy_from_slice(from);
        }
        rates
    });
    let (membership, weight) = (Membership::Own, weight(levels, years));
    GroupTable { membership, by, group, sex, ages, open, rates, figures, weight }
}

/// The parts of a group's ages in each group of communities; `years` are of [`YearGroups::bands`].
fn parts(levels: &[(usize, Sex)], years: &[Vec<OfBand>], everybody: &Everybody, sex: usize) -> Vec<Part> {
    let young = everybody.young.iter().map(|of| {
        let of = of[sex];
        [of.deaths, of.expected, of.person_years]
    });
    let mut parts = vec![Part { groups: young.collect() }];
    for band in 0..BANDS.len() {
        let of_group = |group: usize| {
            let mut sum = [0.0; 3];
            for (bands, (level, own)) in years.iter().flat_map(|bands| levels.iter().map(move |level| (bands, level))) {
                let of = bands[YearGroups::place_of_band(group, *level, *own, band)];
                sum = [sum[0] + of.deaths, sum[1] + of.expected, sum[2] + of.recorded];
            }
            sum
        };
        parts.push(Part { groups: (0..GROUPS).map(of_group).collect() });
    }
    parts
}

/// People of 30 and over, and without each group of communities.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
fn weight(levels: &[(usize, Sex)], years: &[(Year, &YearGroups)]) -> Replicated<1> {
    let adults = place_of(ADULTS);
    let of_group = |group: usize| {
        let of = |(_, groups): &(Year, &YearGroups)| {
            levels.iter().map(|(level, sex)| groups.sum(group, *level, *sex, adults)).sum::<u64>()
        };
        years.iter().map(of).sum::<u64>() as f64
    };
    let groups: Vec<f64> = (0..GROUPS).map(of_group).collect();
    let whole: f64 = groups.iter().sum();
    Replicated { whole: [whole], without: groups.into_iter().map(|group| [whole - group]).collect() }
}

/// Rates of a group from 0 to the open age; everybody's where the group has none.
fn rates(own: &[Exposed], all: &[Exposed], open: usize, estimator: Estimator) -> Vec<f64> {
    let rate = |own: Exposed, all: Exposed, needs_deaths: bool| {
        let has_own = own.person_years > 1e-6 && (!needs_deaths || estimator.deaths(&own) > 0.0);
        let from = if has_own { own } else { all };
        if from.person_years > 0.0 { estimator.deaths(&from) / from.person_years } else { 0.0 }
    };
    let below = (0..open).map(|age| rate(own[age], all[age], false));
    below.chain([rate(pooled(&own[open..]), pooled(&all[open..]), true)]).collect()
}

/// The rates with those of one part a little higher.
fn scaled(rates: &[f64], part: usize) -> Vec<f64> {
    let of = |age: usize| band(age).filter(|_| age >= OWN_FROM).map_or(0, |band| 1 + band);
    rates.iter().enumerate().map(|(age, rate)| if of(age) == part { rate * (1.0 + SMALL) } else { *rate }).collect()
}

fn figures_of(rates: &[f64], sex: Option<Sex>) -> [f64; OF_ESTIMATOR] {
    let mut figures = [f64::NAN; OF_ESTIMATOR];
    let table = LifeTable::new(rates.to_vec(), 0, sex);
    let open = rates.len() - 1;
    for (at, x) in AT.into_iter().enumerate().filter(|(_, x)| *x <= open) {
        figures[at] = table.ex[x];
        figures[AT.len() + at] = table.lifespan_sd(x);
    }
    for (at, x) in PREMATURE_AT.into_iter().enumerate() {
        figures[2 * AT.len() + at] = 1.0 - table.lx[PREMATURE] / table.lx[x];
    }
    figures
}

#[cfg(test)]
mod tests;
