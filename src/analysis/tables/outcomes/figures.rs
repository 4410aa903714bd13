//! What is told of families, as ratios of counters, and the sums they are made of.

use crate::accounts::cells::{GROUPS, Shape, YearCells};
use crate::accounts::families::{
    ALONE, CHILD, CHILDREN, COHABITING, FATHER_ALIVE, FATHER_KNOWN, GAP, GAP_OFFSET, INSTITUTION, LONE_PARENT, MARRIED,
    MOTHER_ALIVE, MOTHER_KNOWN, SIBLINGS, WIDOWED,
};
use crate::analysis::jackknife::Replicated;
use crate::model::household::{AGE_GROUPS, age_group};
use crate::model::simulation::{Counter, Declared};
use crate::processes::family::births::{BORN, BORN_COHABITING, BORN_SINGLE};
use crate::processes::family::pairing::UNIONS;
use crate::processes::family::parting::DIVORCES;
use crate::record::lexis::COHORTS;

/// The words of the column `outcome`.
pub const OUTCOMES: &[&str] = &[
    "married",
    "cohabiting",
    "in_union",
    "widowed",
    "living_alone",
    "lone_parent",
    "child_at_home",
    "institution",
    "children_0",
    "children_1",
    "children_2",
    "children_3",
    "children_4",
    "mean_children",
    "mother_alive",
    "father_alive",
    "mean_siblings",
    "partner_age_gap",
    "unions",
    "divorces",
    "births_cohabiting",
    "births_single",
    "divorced",
    "population",
    "premature_death",
    "premature_death_from_30",
    "premature_deaths",
    "daily_smoking",
    "former_smoking",
    "employment",
    "unemployment",
    "sick_long_term",
    "disability",
    "absence_full",
    "absence_graded",
    "heavy_work",
    "upper_secondary_completed",
    "tertiary_completed",
    "in_education_16_19",
    "in_education_20_24",
    "marks",
    "started_vocational",
    "completed_general",
    "completed_vocational",
];

/// The words of the column `unit`.
pub const UNITS: &[&str] =
    &["share", "per 1,000", "children", "siblings", "years", "people", "probability", "deaths", "points"];

/// The place of a word of a vocabulary.
pub fn place(words: &[&str], word: &str) -> usize {
    words.iter().position(|own| *own == word).expect("a word of the vocabulary")
}

/// The cell of everyone, after those of the groups of age.
pub const ALL: usize = AGE_GROUPS;
/// The cell of everyone of 15 and over.
const GROWN: usize = AGE_GROUPS + 1;
const CELLS: usize = AGE_GROUPS + 2;
/// The group from 15 to 19.
const FROM_15: usize = 3;
/// Women, men, both.
const SEXES: usize = 3;

/// Weighted counters.
type Terms = &'static [(Counter, f64)];

const PEOPLE: Terms =
    &[(CHILDREN[0], 1.0), (CHILDREN[1], 1.0), (CHILDREN[2], 1.0), (CHILDREN[3], 1.0), (CHILDREN[4], 1.0)];
const PARTNERLESS: Terms = &[
    (CHILDREN[0], 1.0),
    (CHILDREN[1], 1.0),
    (CHILDREN[2], 1.0),
    (CHILDREN[3], 1.0),
    (CHILDREN[4], 1.0),
    (MARRIED, -1.0),
    (COHABITING, -1.0),
];
const COUPLED: Terms = &[(MARRIED, 1.0), (COHABITING, 1.0)];

/// Whom an outcome is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    /// Each sex and both; all, and by groups of age from this one on.
    AllAndAges(usize),
    /// Each sex and both, by groups of age from this one on.
    Ages(usize),
    /// Women as a whole and by group of age from one on.
    Women(usize),
    /// Women of 15 and over.
    GrownWomen,
    /// Children, by their mothers.
    Newborn,
}

/// An outcome: one sum over another.
pub struct Figure {
    /// A place in [`OUTCOMES`].
    pub outcome: usize,
    /// A place in [`UNITS`].
    pub unit: usize,
    of: Of,
    sum: Terms,
    per: Terms,
    times: f64,
    less: f64,
}

/// Where a figure stands: its sex in the table, and the sex and cell of its sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// Women, men, both.
    pub sex: usize,
    /// A group of age, or [`ALL`].
    pub cell: usize,
    from: [usize; 2],
}

impl Figure {
    fn share(outcome: &str, of: Of, sum: Terms, per: Terms) -> Self {
        Self { outcome: place(OUTCOMES, outcome), unit: 0, of, sum, per, times: 1.0, less: 0.0 }
    }

    fn with(self, unit: &str, times: f64, less: f64) -> Self {
        Self { unit: place(UNITS, unit), times, less, ..self }
    }

    /// Every outcome that is a ratio of counters.
    pub fn all() -> Vec<Self> {
        let (everyone, grown) = (Of::AllAndAges(0), Of::AllAndAges(FROM_15));
        let (share, parents) = (Self::share, Of::Ages(FROM_15));
        vec![
            share("married", grown, &[(MARRIED, 1.0)], PEOPLE),
            share("cohabiting", grown, &[(COHABITING, 1.0)], PEOPLE),
            share("in_union", grown, COUPLED, PEOPLE),
            share("widowed", grown, &[(WIDOWED, 1.0)], PEOPLE),
            share("living_alone", grown, &[(ALONE, 1.0)], PEOPLE),
            share("lone_parent", grown, &[(LONE_PARENT, 1.0)], PEOPLE),
            share("child_at_home", everyone, &[(CHILD, 1.0)], PEOPLE),
            share("institution", everyone, &[(INSTITUTION, 1.0)], PEOPLE),
            share("children_0", parents, &[(CHILDREN[0], 1.0)], PEOPLE),
            share("children_1", parents, &[(CHILDREN[1], 1.0)], PEOPLE),
            share("children_2", parents, &[(CHILDREN[2], 1.0)], PEOPLE),
            share("children_3", parents, &[(CHILDREN[3], 1.0)], PEOPLE),
            share("children_4", parents, &[(CHILDREN[4], 1.0)], PEOPLE),
            share("mean_children", parents, MEAN, PEOPLE).with("children", 1.0, 0.0),
            share("mother_alive", everyone, &[(MOTHER_ALIVE, 1.0)], &[(MOTHER_KNOWN, 1.0)]),
            share("father_alive", everyone, &[(FATHER_ALIVE, 1.0)], &[(FATHER_KNOWN, 1.0)]),
            share("mean_siblings", everyone, &[(SIBLINGS, 1.0)], &[(MOTHER_KNOWN, 1.0)]).with("siblings", 1.0, 0.0),
            share("partner_age_gap", Of::Women(FROM_15), &[(GAP, 1.0)], COUPLED).with("years", 1.0, GAP_OFFSET.into()),
            share("unions", Of::GrownWomen, &[(UNIONS, 1.0)], PARTNERLESS).with("per 1,000", 1000.0, 0.0),
            share("divorces", Of::GrownWomen, &[(DIVORCES, 1.0)], &[(MARRIED, 1.0)]).with("per 1,000", 1000.0, 0.0),
            share("births_cohabiting", Of::Newborn, &[(BORN_COHABITING, 1.0)], &[(BORN, 1.0)]),
            share("births_single", Of::Newborn, &[(BORN_SINGLE, 1.0)], &[(BORN, 1.0)]),
        ]
    }

    /// Where it is told.
    pub fn places(&self) -> Vec<At> {
        let of_sexes = |cells: Vec<usize>| {
            let at = |sex: usize| cells.clone().into_iter().map(move |cell| At { sex, cell, from: [sex, cell] });
            (0..SEXES).flat_map(at).collect()
        };
        match self.of {
            Of::AllAndAges(first) => of_sexes([ALL].into_iter().chain(first..AGE_GROUPS).collect()),
            Of::Women(first) => {
                [ALL].into_iter().chain(first..AGE_GROUPS).map(|cell| At { sex: 0, cell, from: [0, cell] }).collect()
            }
            Of::Ages(first) => of_sexes((first..AGE_GROUPS).collect()),
            Of::GrownWomen => vec![At { sex: 0, cell: ALL, from: [0, GROWN] }],
            // The counters hold mothers; of men they count other things.
            Of::Newborn => vec![At { sex: 2, cell: ALL, from: [0, ALL] }],
        }
    }

    /// The figure and its replicates.
    pub fn replicated(&self, at: At, sums: &Sums) -> Replicated<1> {
        let (sum, per) = (sums.total(self.sum, at), sums.total(self.per, at));
        let value = |sum: f64, per: f64| if per > 0.0 { self.times * sum / per - self.less } else { f64::NAN };
        let all = |groups: &[f64; GROUPS]| groups.iter().sum::<f64>();
        let (whole, base) = (all(&sum), all(&per));
        Replicated {
            whole: [value(whole, base)],
            without: sum.iter().zip(&per).map(|(sum, per)| [value(whole - sum, base - per)]).collect(),
        }
    }
}

const MEAN: Terms = &[(CHILDREN[1], 1.0), (CHILDREN[2], 2.0), (CHILDREN[3], 3.0), (CHILDREN[4], 4.0)];

/// Every counter that is used.
const COUNTERS: [Counter; 23] = [
    MARRIED,
    COHABITING,
    WIDOWED,
    ALONE,
    LONE_PARENT,
    CHILD,
    INSTITUTION,
    CHILDREN[0],
    CHILDREN[1],
    CHILDREN[2],
    CHILDREN[3],
    CHILDREN[4],
    MOTHER_KNOWN,
    MOTHER_ALIVE,
    FATHER_KNOWN,
    FATHER_ALIVE,
    SIBLINGS,
    GAP,
    UNIONS,
    DIVORCES,
    BORN,
    BORN_COHABITING,
    BORN_SINGLE,
];

/// The place of a counter among a run's; none if its mechanism is left out.
pub fn counter(declared: &Declared, counter: Counter) -> Option<usize> {
    declared.counters.iter().position(|own| own.column == counter.column)
}

/// The places of all counters used.
pub fn counters(declared: &Declared) -> Option<Vec<usize>> {
    COUNTERS.into_iter().map(|own| counter(declared, own)).collect()
}

/// A year's sums by counter, sex, cell and group, `[23][3][21][64]`.
pub struct Sums(Vec<[f64; GROUPS]>);

impl Sums {
    /// Adds up a year.
    pub fn of(cells: &YearCells, shape: Shape, counters: &[usize]) -> Self {
        let mut sums = vec![[0.0; GROUPS]; counters.len() * SEXES * CELLS];
        for (own, into) in counters.iter().zip(sums.chunks_mut(SEXES * CELLS)) {
            (0..GROUPS).for_each(|group| add(into, group, &cells.counted_in(shape, *own, group..group + 1)));
        }
        Self(sums)
    }

    fn total(&self, terms: Terms, at: At) -> [f64; GROUPS] {
        let [sex, cell] = at.from;
        let mut total = [0.0; GROUPS];
        for (counter, weight) in terms {
            let own = COUNTERS.iter().position(|own| own.column == counter.column).expect("a counter used");
            let from = &self.0[(own * SEXES + sex) * CELLS + cell];
            total.iter_mut().zip(from).for_each(|(total, term)| *total += weight * term);
        }
        total
    }
}

/// Adds a group's counts to its place in all cells of a counter.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
fn add(into: &mut [[f64; GROUPS]], group: usize, counted: &[[u64; COHORTS]; 2]) {
    for (sex, ages) in counted.iter().enumerate() {
        let mut by_age = [0_u64; CELLS];
        for (five, ages) in ages.chunks(5).enumerate() {
            by_age[age_group(5 * five)] += ages.iter().sum::<u64>();
        }
        by_age[ALL] = by_age[..AGE_GROUPS].iter().sum();
        by_age[GROWN] = by_age[FROM_15..AGE_GROUPS].iter().sum();
        for (cell, count) in by_age.into_iter().enumerate() {
            into[sex * CELLS + cell][group] += count as f64;
            into[(SEXES - 1) * CELLS + cell][group] += count as f64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::jackknife::standard_error;

    /// Sums in which every counter has the same people in every cell, group `g` having `g` of them.
    fn rising() -> Sums {
        let groups = std::array::from_fn(|group| f64::from(u8::try_from(group).expect("64 groups")));
        Sums(vec![groups; COUNTERS.len() * SEXES * CELLS])
    }

    #[test]
    fn every_outcome_has_its_words_and_counters() {
        let figures = Figure::all();
        assert!(figures.iter().enumerate().all(|(i, figure)| figure.outcome == i), "in the order of the vocabulary");
        for figure in figures {
            let at = figure.places()[0];
            let _ = figure.replicated(at, &rising());
        }
    }

    #[test]
    fn a_group_is_left_out_of_both_sums() {
        // Half as many with the mark as people in each group: leaving one out changes nothing, so the share has no error.
        let mut sums = rising();
        sums.0[0] = sums.0[0].map(|people| 2.5 * people);
        let figure = Figure::share("married", Of::Ages(0), &[(MARRIED, 1.0)], PEOPLE);
        let at = At { sex: 0, cell: 0, from: [0, 0] };
        let share = figure.replicated(at, &sums);
        assert!((share.whole[0] - 0.5).abs() < 1e-12 && share.errors()[0] < 1e-12, "{:?}", share.whole);
    }

    #[test]
    fn the_error_is_that_of_the_shares_without_each_group() {
        // One of two people is married in group 0, one of two in none of the others: 1/128 of all, 0 of 126 without group 0.
        let mut sums = Sums(vec![[0.0; GROUPS]; COUNTERS.len() * SEXES * CELLS]);
        sums.0[0][0] = 1.0;
        sums.0[7 * SEXES * CELLS] = [2.0; GROUPS];
        let figure = Figure::share("married", Of::Ages(0), &[(MARRIED, 1.0)], PEOPLE);
        let share = figure.replicated(At { sex: 0, cell: 0, from: [0, 0] }, &sums);
        assert_eq!((share.whole[0], share.without[0][0], share.without[1][0]), (1.0 / 128.0, 0.0, 1.0 / 126.0));
        let by_hand = standard_error([0.0].into_iter().chain([1.0 / 126.0; 63]));
        assert!((share.errors()[0] - by_hand).abs() < 1e-15);
    }

    #[test]
    fn both_sexes_and_all_ages_are_sums() {
        let mut into = vec![[0.0; GROUPS]; SEXES * CELLS];
        add(&mut into, 5, &[[1; COHORTS], [2; COHORTS]]);
        let people = |sex: usize, cell: usize| into[sex * CELLS + cell][5];
        // Ages 0-4; 90 to 127; everyone; 15 to 127.
        assert_eq!([0, 18, ALL, GROWN].map(|cell| people(0, cell)), [5.0, 38.0, 128.0, 113.0]);
        assert_eq!([0, 18, ALL, GROWN].map(|cell| people(2, cell)), [15.0, 114.0, 384.0, 339.0]);
    }
}
