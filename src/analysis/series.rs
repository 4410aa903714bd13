//! Life tables of every year and every cohort of an arm, with their jackknife replicates.
//!
//! * **Period**: person-years and deaths of one year by completed age.
//! * **Cohort**: those of one year of birth. At age x a cohort born in b lives the lower Lexis triangle of year b + x, after its
//!   birthday, and the upper one of year b + x + 1, before the next. It is followed completely from 1950, or from birth, to
//!   age 105 at least, else it is left out; so e(x) is known of cohorts born from 1950 − x to 105 years before the last year.
//!   The table closes at the open age with what was lived there until the last year. Those who moved in or out count while here.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::accounts::cells::{Exposed, GROUPS, Ledger, Shape, YearCells};
use crate::record::lexis::COHORTS;
use crate::record::{self, AGES, Record};
use crate::units::{Sex, Year};

use super::jackknife::Replicated;
use super::lifetable::{AT, FIGURES, figures, open_age, together, without};

/// The age to which a cohort must be followed.
const FOLLOWED_TO: i16 = 105;

/// The accounts of an arm.
#[derive(Clone, Copy)]
pub struct Accounts<'a> {
    /// The columns of every year.
    pub shape: Shape,
    /// Which expectation is that of deaths.
    pub deaths: usize,
    /// The nation, for what is lived before and after a birthday.
    pub record: &'a Record,
    /// The years before the arm.
    pub history: &'a Ledger,
    /// The years of the arm.
    pub ledger: &'a Ledger,
}

impl Accounts<'_> {
    /// A year of the arm, or of its history.
    #[must_use]
    pub fn year(&self, year: Year) -> Option<&YearCells> {
        self.ledger.year(year).or_else(|| self.history.year(year))
    }

    fn last(&self) -> Option<Year> {
        self.ledger.years.last().map(|cells| cells.year)
    }
}

/// Of whom a life table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// Of those who lived a calendar year.
    Period,
    /// Of those born in a year.
    Cohort,
}

impl Basis {
    /// The words of the column `basis`.
    pub const WORDS: &'static [&'static str] = &["period", "cohort"];
}

/// The words of the column `sex`.
pub const SEXES: &[&str] = &["female", "male", "both"];
/// The sexes in the order of [`SEXES`]; both without one.
pub const SEX: [Option<Sex>; 3] = [Some(Sex::Female), Some(Sex::Male), None];

/// Whose figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Period or cohort.
    pub basis: Basis,
    /// Calendar year, of a cohort that of birth.
    pub year: Year,
    /// A place in [`SEXES`].
    pub sex: usize,
}

/// A life table and its figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// The first age observed: 0 but for cohorts born before 1950.
    pub first: usize,
    /// The open age; none if there are too few people for any.
    pub open: Option<usize>,
    /// What was lived by completed age, `[111]`.
    pub ages: Vec<Exposed>,
    /// The figures, in the order of [`super::lifetable::figure`].
    pub figures: Replicated<FIGURES>,
}

/// All life tables of a part of the people, in order of basis, year and sex.
pub type Series = BTreeMap<Key, Estimate>;

/// What each group of communities lived, `[64]` of `[111]` ages.
type Groups<'a> = Vec<&'a [Exposed]>;

/// Period and cohort tables of the years `from` on; cohorts are those of whom somebody may still live then.
///
/// Open ages are those of the reference, if one is given, else they are found here.
#[must_use]
pub fn series(accounts: Accounts, from: Year, reference: Option<&Series>) -> Series {
    let Some(last) = accounts.last() else { return Series::new() };
    let years: Vec<Year> = from.to(last).collect();
    let mut series: Series = years.into_par_iter().flat_map_iter(|year| period(accounts, year, reference)).collect();
    series.extend(cohorts(accounts, from, last, reference));
    series
}

fn period(accounts: Accounts, year: Year, reference: Option<&Series>) -> Vec<(Key, Estimate)> {
    let Some(cells) = accounts.year(year) else { return Vec::new() };
    let groups: Vec<[Vec<Exposed>; 2]> =
        (0..GROUPS).map(|group| group_of(accounts, cells, group).map(|triangles| triangles.by_age())).collect();
    let by_sex = Sex::BOTH.map(|sex| groups.iter().map(|group| &group[sex.index()][..]).collect());
    estimates(Basis::Period, year, 0, by_sex, reference)
}

fn group_of(accounts: Accounts, cells: &YearCells, group: usize) -> [crate::accounts::cells::Triangles; 2] {
    cells.triangles(accounts.shape, accounts.deaths, accounts.record, group..group + 1)
}

fn cohorts(accounts: Accounts, from: Year, last: Year, reference: Option<&Series>) -> Vec<(Key, Estimate)> {
    let oldest = i16::try_from(AT[AT.len() - 1]).expect("an age");
    let eldest = i16::try_from(AGES - 1).expect("an age");
    let first_born = record::FIRST.plus(-oldest).max(from.plus(-eldest));
    let born: Vec<Year> = first_born.to(last.plus(-FOLLOWED_TO)).collect();
    if born.is_empty() {
        return Vec::new();
    }
    let groups: Vec<Vec<[Vec<Exposed>; 2]>> =
        (0..GROUPS).into_par_iter().map(|group| followed(accounts, group, first_born, born.len(), last)).collect();
    let one = |(i, year): (usize, Year)| {
        let by_sex = Sex::BOTH.map(|sex| groups.iter().map(|group| &group[i][sex.index()][..]).collect());
        estimates(Basis::Cohort, year, record::FIRST.since(year), by_sex, reference)
    };
    born.into_par_iter().enumerate().flat_map_iter(one).collect()
}

/// What the cohorts of one group lived by completed age, `[cohort][2][111]`.
fn followed(accounts: Accounts, group: usize, first_born: Year, cohorts: usize, last: Year) -> Vec<[Vec<Exposed>; 2]> {
    let mut lived = vec![[vec![Exposed::default(); AGES], vec![Exposed::default(); AGES]]; cohorts];
    for cells in record::FIRST.to(last).filter_map(|year| accounts.year(year)) {
        let triangles = group_of(accounts, cells, group);
        // Of each age reached in the year the cohort is known; the youngest of them belong to later cohorts.
        for (cohort, lived) in lived.iter_mut().enumerate() {
            let born = first_born.plus(i16::try_from(cohort).expect("few cohorts"));
            let reached = cells.year.since(born);
            if cells.year < born || reached >= COHORTS {
                continue;
            }
            for (sex, ages) in lived.iter_mut().enumerate() {
                ages[reached.saturating_sub(1).min(AGES - 1)] += triangles[sex].cells[0][reached];
                ages[reached.min(AGES - 1)] += triangles[sex].cells[1][reached];
            }
        }
    }
    lived
}

/// The tables of women, men and both, from what their groups lived.
fn estimates(
    basis: Basis,
    year: Year,
    first: usize,
    [women, men]: [Groups; 2],
    reference: Option<&Series>,
) -> Vec<(Key, Estimate)> {
    let both: Vec<Vec<Exposed>> = women.iter().zip(&men).map(|(a, b)| together(a, b)).collect();
    let both: Groups = both.iter().map(|group| &group[..]).collect();
    let keyed = [women, men, both].into_iter().enumerate().map(|(sex, groups)| {
        let key = Key { basis, year, sex };
        let ages = groups.iter().fold(vec![Exposed::default(); AGES], |sum, group| together(&sum, group));
        let open = match reference {
            Some(reference) => reference.get(&key).and_then(|estimate| estimate.open),
            None => open_age(&ages, first),
        };
        (key, estimate(ages, &groups, first, open, SEX[sex]))
    });
    keyed.collect()
}

/// The table of some groups of people, from what they lived together and each by itself.
fn estimate(
    ages: Vec<Exposed>,
    groups: &[&[Exposed]],
    first: usize,
    open: Option<usize>,
    sex: Option<Sex>,
) -> Estimate {
    let figures_of = |ages: &[Exposed]| open.map_or([f64::NAN; FIGURES], |open| figures(ages, first, open, sex));
    let without = groups.iter().map(|group| figures_of(&without(&ages, group))).collect();
    Estimate { first, open, figures: Replicated { whole: figures_of(&ages), without }, ages }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::lifetable::{Estimator, Measure, figure};
    use crate::math::yearly_probability;
    use crate::record::LAST;
    use crate::record::lexis::Lived;
    use crate::record::life_table::LifeTable;
    use crate::run::model::{Model, People, Settings};
    use crate::sums::Fixed;

    const BORN: Year = Year(1950);
    const BIRTHS: f64 = 1e6;

    fn model() -> Model {
        let settings = Settings {
            config: "configs/norway".into(),
            people: People::Number(1000),
            seed: 1,
            replicate: 0,
            branch: Year(2025),
            until: LAST,
            future: None,
            set: Vec::new(),
        };
        Model::load(settings).expect("a sound configuration")
    }

    /// A cohort of a million girls and a million boys in every group, alone in the world, dying as the record has it.
    fn one_cohort(model: &Model) -> Ledger {
        let (shape, mut alive, mut years) = (model.shape, [BIRTHS; 2], Vec::new());
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a million")]
        for year in BORN.to(LAST) {
            let a = year.since(BORN);
            let (mut counts, mut expected) =
                (vec![0_u32; shape.counts * 2 * COHORTS], vec![0_i64; shape.expected * 2 * COHORTS]);
            for sex in Sex::BOTH.into_iter().filter(|_| a < COHORTS) {
                let lexis = model.record.lexis(year, sex);
                let dying = alive[sex.index()] * f64::from(yearly_probability(lexis.hazard[a]));
                let before = dying * f64::from(lexis.before_birthday[a]);
                alive[sex.index()] -= dying;
                let mut live = |way: Lived, people: f64| {
                    counts[(way as usize * 2 + sex.index()) * COHORTS + a] =
                        format!("{people:.0}").parse().expect("a count");
                };
                live(if a == 0 { Lived::Newborn } else { Lived::Whole }, alive[sex.index()]);
                live(if a == 0 { Lived::NewbornDied } else { Lived::DiedAfter }, dying - before);
                live(Lived::DiedBefore, before);
                expected[(deaths(model) * 2 + sex.index()) * COHORTS + a] =
                    (dying * 2.0 * Fixed::of(0.5).0 as f64) as i64;
            }
            years.push(YearCells::alike(year, &counts, &expected));
        }
        Ledger { years }
    }

    fn deaths(model: &Model) -> usize {
        model.declared.expectations.iter().position(|counter| counter.column == "expected_deaths").expect("death")
    }

    #[test]
    fn a_cohort_is_followed_along_its_diagonal() {
        let model = model();
        let ledger = one_cohort(&model);
        let accounts = Accounts {
            shape: model.shape,
            deaths: deaths(&model),
            record: &model.record,
            history: &ledger,
            ledger: &ledger,
        };
        let series: Series = cohorts(accounts, BORN, LAST, None).into_iter().collect();
        for sex in Sex::BOTH {
            // Age x is lived in two years, half of it in each; but of infant deaths 84 % fall in the year of birth.
            let rate = |year: usize, x: usize| model.record.mortality[year.min(150)][sex.index()][x];
            let first_half = |x: usize| if x == 0 { 0.84 } else { 0.5 };
            let rates =
                (0..AGES).map(|x| first_half(x) * rate(x, x) + (1.0 - first_half(x)) * rate(x + 1, x)).collect();
            let exact = LifeTable::new(rates, 0, Some(sex));
            let estimate = &series[&Key { basis: Basis::Cohort, year: BORN, sex: sex.index() }];
            for (at, x) in AT.into_iter().enumerate() {
                let places =
                    [Estimator::Counted, Estimator::Expected].map(|by| figure(by, Measure::LifeExpectancy, at));
                for (place, years) in places.map(|place| (place, estimate.figures.whole[place])) {
                    assert!((years - exact.ex[x]).abs() < 0.02, "{sex:?} at {x}: {years}, exactly {}", exact.ex[x]);
                    assert!(estimate.figures.errors()[place] < 1e-6, "groups do not differ");
                }
            }
            // A million girls and boys in each of 64 groups; the first Lexis triangle holds half a year of each.
            assert_eq!(estimate.first, 0);
            assert!((estimate.ages[0].person_years / (BIRTHS * 64.0) - 1.0).abs() < 0.03, "{:?}", estimate.ages[0]);
        }
        let born: Vec<Year> = series.keys().filter(|key| key.sex == 2).map(|key| key.year).collect();
        assert_eq!((born[0], born[born.len() - 1]), (Year(1870), Year(1995)));
        let others = &series[&Key { basis: Basis::Cohort, year: Year(1951), sex: 2 }];
        assert!(others.open.is_none() && others.figures.whole.iter().all(|figure| figure.is_nan()));
        assert_eq!(series[&Key { basis: Basis::Cohort, year: Year(1880), sex: 0 }].first, 70);
    }
}
