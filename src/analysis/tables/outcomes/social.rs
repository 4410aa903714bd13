//! School, work and smoking by group: shares of stocks of 31 December.

use rayon::prelude::*;

use crate::accounts::cells::{GROUPS, Ledger, YearCells};
use crate::accounts::groups::ledger::YearGroups;
use crate::accounts::groups::{By as Kept, Stock, Sum, Way, place_of};
use crate::analysis::answer::{Change, EDUCATION, OutcomeChange};
use crate::analysis::groups::{GROUPINGS, PREMATURE};
use crate::analysis::jackknife::Replicated;
use crate::analysis::part::Membership;
use crate::analysis::series::{SEX, SEXES};
use crate::record::lexis;
use crate::units::{Sex, Year};

use super::figures::{OUTCOMES, UNITS, place};
use super::{Row, grouped, measured};

/// A share of people of some ages.
struct Share {
    outcome: &'static str,
    stock: Stock,
    ages: [usize; 2],
    /// Whether groupings tell it too; else it is told of everybody alone.
    of: Of,
}

/// Of whom a share is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Everybody,
    Groups,
    Both,
    /// All but the groupings by own education, which it would only repeat.
    ButEducation,
}

const fn share(outcome: &'static str, stock: Stock, ages: [usize; 2], of: Of) -> Share {
    Share { outcome, stock, ages, of }
}

/// Smoking of everybody is told as surveys do; of groups from the age at which most have the education they will have.
const SHARES: [Share; 15] = [
    share("daily_smoking", Stock::DailySmokers, [16, 74], Of::Everybody),
    share("daily_smoking", Stock::DailySmokers, [25, 74], Of::Groups),
    share("former_smoking", Stock::FormerSmokers, [16, 74], Of::Everybody),
    share("former_smoking", Stock::FormerSmokers, [25, 74], Of::Groups),
    share("employment", Stock::Employed, [20, 66], Of::Both),
    share("unemployment", Stock::Unemployed, [20, 66], Of::Both),
    share("sick_long_term", Stock::SickLongTerm, [18, 67], Of::Both),
    share("disability", Stock::Disabled, [18, 67], Of::Both),
    share("absence_full", Stock::AbsentFull, [20, 66], Of::Both),
    share("absence_graded", Stock::AbsentGraded, [20, 66], Of::Both),
    share("heavy_work", Stock::HeavyWork, [20, 66], Of::Both),
    share("upper_secondary_completed", Stock::UpperSecondary, [25, 34], Of::ButEducation),
    share("tertiary_completed", Stock::Tertiary, [30, 39], Of::ButEducation),
    share("in_education_16_19", Stock::InEducation, [16, 19], Of::ButEducation),
    share("in_education_20_24", Stock::InEducation, [20, 24], Of::ButEducation),
];

/// What comes of school, one sum over another, by parents' education.
const SCHOOL: [(&str, &str, Way, Way); 4] = [
    ("marks", "points", Way::MarksSum, Way::MarksPeople),
    ("started_vocational", "share", Way::StartedVocational, Way::People21),
    ("completed_general", "share", Way::CompletedGeneral, Way::StartedGeneral),
    ("completed_vocational", "share", Way::CompletedVocational, Way::StartedVocational),
];

/// Rows by year and arm.
pub(super) fn rows(reference: &Ledger, ledgers: &[&Ledger], weight: f64) -> Vec<Vec<Vec<Row>>> {
    let years: Vec<Year> = reference.years.iter().map(|cells| cells.year).collect();
    let of_year = |year: Year| {
        let reference = reference.year(year).map(|cells| Lived::of(&cells.groups));
        let of_arm = |arm: usize| {
            let other = reference.as_ref().filter(|_| arm > 0);
            let memberships = if arm == 0 { &[Membership::Own][..] } else { &[Membership::Own, Membership::Reference] };
            let rows = |membership: &Membership| {
                let lived = ledgers[arm].year(year).map(|cells| Lived::of(membership.of(cells)));
                lived.map_or_else(Vec::new, |lived| rows_of(year, *membership, &lived, other, weight))
            };
            memberships.iter().flat_map(rows).collect()
        };
        (0..ledgers.len()).map(of_arm).collect()
    };
    years.into_par_iter().map(of_year).collect()
}

/// An arm's year, its sums taken out once for all figures.
struct Lived<'a> {
    groups: &'a YearGroups,
    /// As [`YearGroups::sums`] has them.
    sums: Vec<u64>,
}

impl<'a> Lived<'a> {
    fn of(groups: &'a YearGroups) -> Self {
        Self { groups, sums: groups.sums() }
    }
}

fn rows_of(year: Year, membership: Membership, own: &Lived, other: Option<&Lived>, weight: f64) -> Vec<Row> {
    let mut rows = Vec::new();
    for (by, grouping) in GROUPINGS.iter().enumerate() {
        for group in 0..grouping.words.len() {
            for sex in 0..SEXES.len() {
                let mut add = |outcome: &str, unit: &str, of: &dyn Fn(&Lived) -> Replicated<1>| {
                    let [value, difference] = measured(&of(own), other.map(of).as_ref(), 0);
                    let (outcome, unit) = (place(OUTCOMES, outcome), place(UNITS, unit));
                    rows.push(Row { year, sex, by: grouped(by), group, membership, outcome, unit, value, difference });
                };
                for share in SHARES.iter().filter(|share| share.is_told(by)) {
                    let place = |stock: Stock| place_of(Sum { stock, from: share.ages[0], to: share.ages[1] });
                    let (sum, per) = (place(share.stock), place(Stock::People));
                    add(share.outcome, "share", &|lived| {
                        let of = |place: usize| {
                            in_groups(by, group, sex, |circle, level, sex| {
                                lived.sums[YearGroups::place_of_sum(circle, level, sex, place)]
                            })
                        };
                        ratio(&of(sum), &of(per))
                    });
                }
                for (outcome, unit, sum, per) in
                    SCHOOL.into_iter().filter(|_| by == 0 || grouping.of == Kept::ParentsEducation)
                {
                    add(outcome, unit, &|lived| {
                        let of = |way: Way| {
                            in_school(by, group, sex, |circle, parents, sex| {
                                lived.groups.school(circle, parents, sex, way)
                            })
                        };
                        ratio(&of(sum), &of(per))
                    });
                }
                let others = other.map(|other| other.groups);
                let row = premature_deaths(year, own.groups, others, [by, group, sex], weight);
                rows.push(Row { membership, ..row });
            }
        }
    }
    rows.retain(|row| row.value[0].is_finite());
    rows
}

impl Share {
    fn is_told(&self, by: usize) -> bool {
        match self.of {
            Of::Everybody => by == 0,
            Of::Groups => by > 0,
            Of::Both => true,
            Of::ButEducation => by == 0 || GROUPINGS[by].of != Kept::Education,
        }
    }
}

/// Some outcomes of both sexes in an arm's year, beside the reference's: of everybody, and where asked by education.
#[must_use]
pub fn shares(own: &YearCells, reference: &YearCells, outcomes: &[(&'static str, bool)]) -> Vec<OutcomeChange> {
    let [with, without] = [own, reference].map(|cells| Lived::of(&cells.groups));
    let rows = |lived: &Lived, other: Option<&Lived>| rows_of(own.year, Membership::Own, lived, other, 1.0);
    let (with, without) = (rows(&with, Some(&without)), rows(&without, None));
    let change = |outcome: &str, by: usize, group: usize| {
        let place = place(OUTCOMES, outcome);
        let is = |row: &&Row| (row.outcome, row.sex, row.by, row.group) == (place, SEXES.len() - 1, grouped(by), group);
        let (own, other) = (with.iter().find(is)?, without.iter().find(is)?);
        Some(Change { without: other.value[0], with: own.value[0], change: own.difference })
    };
    let groups = 0..GROUPINGS[EDUCATION].words.len();
    let of = |(outcome, is_by_education): &(&'static str, bool)| OutcomeChange {
        outcome,
        all: change(outcome, 0, 0),
        by_education: groups
            .clone()
            .filter(|_| *is_by_education)
            .map(|group| change(outcome, EDUCATION, group))
            .collect(),
    };
    outcomes.iter().map(of).collect()
}

/// Sums of each group of communities over the levels of a group and the sexes.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
fn in_groups(by: usize, group: usize, sex: usize, of: impl Fn(usize, usize, Sex) -> u64) -> [f64; GROUPS] {
    let levels = GROUPINGS[by].levels(group);
    std::array::from_fn(|circle| {
        let of_sex = |own: Sex| levels.clone().map(|level| of(circle, level, own)).sum::<u64>();
        Sex::BOTH.into_iter().filter(|own| SEX[sex].is_none_or(|sex| sex == *own)).map(of_sex).sum::<u64>() as f64
    })
}

/// The same over groups of parents' education; everybody is all of them.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
fn in_school(by: usize, group: usize, sex: usize, of: impl Fn(usize, usize, Sex) -> u64) -> [f64; GROUPS] {
    let parents = if by == 0 { 0..Kept::ParentsEducation.words().len() } else { group..group + 1 };
    std::array::from_fn(|circle| {
        let of_sex = |own: Sex| parents.clone().map(|parents| of(circle, parents, own)).sum::<u64>();
        Sex::BOTH.into_iter().filter(|own| SEX[sex].is_none_or(|sex| sex == *own)).map(of_sex).sum::<u64>() as f64
    })
}

/// One sum over another, and without each group.
fn ratio(sum: &[f64; GROUPS], per: &[f64; GROUPS]) -> Replicated<1> {
    let value = |sum: f64, per: f64| if per > 0.0 { sum / per } else { f64::NAN };
    let (whole, base) = (sum.iter().sum::<f64>(), per.iter().sum::<f64>());
    let without = sum.iter().zip(per).map(|(sum, per)| [value(whole - sum, base - per)]).collect();
    Replicated { whole: [value(whole, base)], without }
}

/// Deaths before 75 in the nation, times the weight; without an error, since they are counted by single age of the nation only.
fn premature_deaths(
    year: Year,
    own: &YearGroups,
    other: Option<&YearGroups>,
    [by, group, sex]: [usize; 3],
    weight: f64,
) -> Row {
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
    let deaths = |groups: &YearGroups| {
        let of_way = |way: lexis::Lived| {
            let before = way.deaths()[0] > 0.0;
            let counts = groups.lived(way, GROUPINGS[by].levels(group));
            // Whoever dies before the birthday has completed a year less than the age reached.
            let ages = ..if before { PREMATURE + 1 } else { PREMATURE };
            let sexes = Sex::BOTH.into_iter().filter(|own| SEX[sex].is_none_or(|sex| sex == *own));
            sexes.map(|sex| counts[sex.index()][ages].iter().sum::<u64>()).sum::<u64>()
        };
        let dying = lexis::Lived::ALL.into_iter().filter(|way| way.deaths() != [0.0, 0.0]);
        weight * dying.map(of_way).sum::<u64>() as f64
    };
    let value = deaths(own);
    let difference = other.map_or(f64::NAN, |other| value - deaths(other));
    let (outcome, unit) = (place(OUTCOMES, "premature_deaths"), place(UNITS, "deaths"));
    let by = grouped(by);
    let (membership, value, difference) = (Membership::Own, [value, f64::NAN], [difference, f64::NAN]);
    Row { year, sex, by, group, membership, outcome, unit, value, difference }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_told_of_each_outcome_once() {
        let told =
            |by: usize| SHARES.iter().filter(|share| share.is_told(by)).map(|share| share.outcome).collect::<Vec<_>>();
        for (by, _) in GROUPINGS.iter().enumerate() {
            let (mut names, all) = (told(by), told(by).len());
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "{}", GROUPINGS[by].by);
        }
    }

    #[test]
    fn a_ratio_leaves_a_group_out_of_both_sums() {
        let (mut sum, mut per) = ([0.0; GROUPS], [0.0; GROUPS]);
        (sum[0], per[0], per[1]) = (1.0, 2.0, 2.0);
        let ratio = ratio(&sum, &per);
        assert_eq!((ratio.whole[0], ratio.without[0][0], ratio.without[1][0]), (0.25, 0.0, 0.5));
    }
}
