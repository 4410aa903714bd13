//! What an arm does to the same people: years of life gained, premature deaths avoided, whom its measures reached, what they cost.
//!
//! Everyone is compared with the same person in the reference, by the groups they are in there. With D the people who are here at the
//! end of a year and dead in the reference, less the dead of the arm who live in the reference, the years gained in it are
//!
//! ```text
//! (D at the end of the year before + D at its end) / 2
//! ```
//!
//! Whoever moves out is followed no longer. Those born in one arm only are told apart. The net public cost is at present what the
//! measures themselves cost. Years and costs of later years count less where a discount rate is asked for: 4 % a year for forty years,
//! 3 % until the seventy-fifth, 2 % then (Norwegian Ministry of Finance, R-109/2021); numbers of people and deaths never do.

use crate::accounts::cells::{GROUPS, Ledger};
use crate::accounts::groups::ledger::YearGroups;
use crate::accounts::groups::twins::{PLACES, YOUNG_BY_EDUCATION, YOUNG_BY_OCCUPATION};
use crate::accounts::groups::{BANDS, By};
use crate::accounts::paired::YearPaired;
use crate::accounts::reached::YearReached;
use crate::measures::Arm;
use crate::model::reach::{Counted, GROUPS as LEVELS_REACHED};
use crate::model::twin::Generation;
use crate::record::lexis::COHORTS;
use crate::run::equal_cost::{DISCOUNT, worth};
use crate::units::{Sex, Year};

use super::groups::{GROUPINGS, OWN_FROM, PREMATURE};
use super::jackknife::standard_error;
use super::numbers::Measured;
use super::series::SEX;

/// Discount rates of the first forty years.
pub const RATES: [f64; 2] = [0.0, DISCOUNT];
/// Years between the ends of the times told of.
const EVERY: i16 = 5;

/// Whom a row is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// A group of a grouping of tables.
    Group(usize, usize),
    /// Those who are too young for a group, by the grouping.
    Young(usize),
    /// Those who were born, or came, in one arm only.
    Apart,
}

/// A row: what an arm did from its first year to another.
#[derive(Clone, Debug)]
pub struct Row {
    /// First and last year.
    pub years: [Year; 2],
    /// Women, men or both.
    pub sex: usize,
    /// Who.
    pub whom: Whom,
    /// Everyone without one.
    pub generation: Option<Generation>,
    /// A place in [`RATES`].
    pub rate: usize,
    /// Years of life gained.
    pub gained: Measured,
    /// Premature deaths avoided.
    pub avoided: Measured,
    /// The same at 30 to 74 from each person's own risk.
    pub expected: Measured,
    /// Person-years of those who met a measure's conditions, and of those reached.
    pub reached: [f64; 2],
    /// People whom any measure has reached.
    pub people: f64,
    /// NOK.
    pub cost: f64,
}

/// Cells of lives compared: generation, sex, place.
const CELLS: usize = Generation::ALL.len() * 2 * PLACES;

const fn cell(generation: Generation, sex: Sex, place: usize) -> usize {
    (generation as usize * 2 + sex.index()) * PLACES + place
}

/// Sums so far, by group of communities and cell.
struct Sums {
    /// Years gained, `[rate][64 · cell]`.
    gained: [Vec<f64>; RATES.len()],
    avoided: Vec<f64>,
    people: Vec<f64>,
    /// People more at the end of the year before.
    before: Vec<f64>,
    /// Years gained by those apart, `[rate][64 · 2]`, and people more at the end of the year before.
    apart: [Vec<f64>; RATES.len()],
    apart_before: Vec<f64>,
    /// `[2][level][2]`: by sex, level of education, and whether too young for one.
    reached: [[[[f64; 2]; 2]; LEVELS_REACHED]; 2],
    cost: [[[[f64; 2]; LEVELS_REACHED]; 2]; RATES.len()],
    whole_cost: [f64; RATES.len()],
    costs_by_person: bool,
    has_cost: bool,
}

/// Whether a run of so many years from the arm's first is told of in the table: every fifth, and the last.
#[must_use]
pub const fn is_told(lived: i16, is_last: bool) -> bool {
    is_last || lived % EVERY == 0
}

/// The rows of an arm, up to every year of which `is_end` holds: how many years it has lived, and whether it is the last.
#[must_use]
pub fn rows(
    arm: &Arm,
    paired: &[YearPaired],
    reached: &[YearReached],
    ledgers: [&Ledger; 2],
    weight: f64,
    is_end: impl Fn(i16, bool) -> bool,
) -> Vec<Row> {
    let (first, _) = arm.years();
    let Some(last) = paired.last().map(|year| year.year) else { return Vec::new() };
    let mut sums = Sums::new(arm);
    let mut rows = Vec::new();
    for (paired, reached) in paired.iter().zip(reached).filter(|(paired, _)| paired.year >= first) {
        let since = i32::from(paired.year.0 - first.0);
        sums.add_lives(paired, since);
        sums.add_reached(arm, reached, since, weight);
        let lived = paired.year.0 - first.0 + 1;
        if is_end(lived, paired.year == last) {
            let years = [first, paired.year];
            let expected = Expected::of(ledgers, years);
            sums.tell(years, &expected, weight, &mut rows);
        }
    }
    rows
}

impl Sums {
    fn new(arm: &Arm) -> Self {
        let zero = || vec![0.0; GROUPS * CELLS];
        let none = || vec![0.0; GROUPS * 2];
        Self {
            gained: [zero(), zero()],
            avoided: zero(),
            people: zero(),
            before: zero(),
            apart: [none(), none()],
            apart_before: none(),
            reached: Default::default(),
            cost: Default::default(),
            whole_cost: [0.0; RATES.len()],
            has_cost: arm.parts.iter().any(|part| part.measure.cost.is_some()),
            costs_by_person: arm.parts.iter().all(|part| part.measure.cost.is_none() || part.costs_by_person()),
        }
    }

    fn add_lives(&mut self, paired: &YearPaired, since: i32) {
        let mut more = vec![0.0; GROUPS * CELLS];
        for entry in &paired.entries {
            let cell = usize::from(entry.circle) * CELLS + cell(entry.generation, entry.sex, entry.place.into());
            more[cell] += f64::from(entry.lives.more);
            self.avoided[cell] += f64::from(entry.lives.fewer_early);
            self.people[cell] += f64::from(entry.lives.reached);
        }
        let apart: Vec<f64> = paired.apart.iter().flatten().map(|people| f64::from(*people)).collect();
        for (rate, discount) in RATES.into_iter().enumerate() {
            let worth = worth(discount, since);
            add_mean(&mut self.gained[rate], &self.before, &more, worth);
            add_mean(&mut self.apart[rate], &self.apart_before, &apart, worth);
        }
        (self.before, self.apart_before) = (more, apart);
    }

    fn add_reached(&mut self, arm: &Arm, reached: &YearReached, since: i32, weight: f64) {
        for (part, counted) in arm.parts.iter().zip(&reached.measures) {
            for (sex, level, young) in classes() {
                let of = among(counted, sex, level, young);
                let sums = &mut self.reached[sex.index()][level][young];
                for (sum, people) in sums.iter_mut().zip([&of.eligible, &of.reached]) {
                    *sum += people_in(people) * weight;
                }
                if part.costs_by_person() {
                    let nok = part.cost(reached.year, &of, weight).unwrap_or_default();
                    for (rate, discount) in RATES.into_iter().enumerate() {
                        self.cost[rate][sex.index()][level][young] += nok * worth(discount, since);
                    }
                }
            }
            let nok = part.cost(reached.year, counted, weight).unwrap_or_default();
            for (rate, discount) in RATES.into_iter().enumerate() {
                self.whole_cost[rate] += nok * worth(discount, since);
            }
        }
    }

    fn tell(&self, years: [Year; 2], expected: &Expected, weight: f64, rows: &mut Vec<Row>) {
        for rate in 0..RATES.len() {
            for (sex, of_sex) in SEX.into_iter().enumerate() {
                for whom in everyone() {
                    let of_education = matches!(whom, Whom::Group(0 | 1, _) | Whom::Young(1));
                    let generations = Generation::ALL.map(Some);
                    let told = [None].into_iter().chain(generations.into_iter().filter(|_| of_education));
                    for generation in told {
                        let cells = cells(sex, whom, generation);
                        let by_circle = |sums: &[f64]| -> Measured {
                            total((0..GROUPS).map(|circle| {
                                weight * cells.iter().map(|cell| sums[circle * CELLS + cell]).sum::<f64>()
                            }))
                        };
                        let is_all = generation.is_none();
                        rows.push(Row {
                            years,
                            sex,
                            whom,
                            generation,
                            rate,
                            gained: by_circle(&self.gained[rate]),
                            avoided: by_circle(&self.avoided),
                            expected: if is_all { expected.avoided(sex, whom, weight) } else { [f64::NAN; 2] },
                            reached: if is_all { self.reached_of(sex, whom) } else { [f64::NAN; 2] },
                            people: by_circle(&self.people)[0],
                            cost: if is_all { self.cost_of(rate, sex, whom) } else { f64::NAN },
                        });
                    }
                }
                let apart = |circle: usize| {
                    let of = Sex::BOTH.into_iter().filter(|own| of_sex.is_none_or(|sex| sex == *own));
                    weight * of.map(|own| self.apart[rate][2 * circle + own.index()]).sum::<f64>()
                };
                rows.push(Row {
                    years,
                    sex,
                    whom: Whom::Apart,
                    generation: None,
                    rate,
                    gained: total((0..GROUPS).map(apart)),
                    avoided: [f64::NAN; 2],
                    expected: [f64::NAN; 2],
                    reached: [f64::NAN; 2],
                    people: f64::NAN,
                    cost: f64::NAN,
                });
            }
        }
    }

    /// Whom measures reached; known of everyone and by education.
    fn reached_of(&self, sex: usize, whom: Whom) -> [f64; 2] {
        let Some(of) = reached_in(sex, whom) else { return [f64::NAN; 2] };
        let mut sums = [0.0; 2];
        for (sex, level, young) in of {
            let terms = self.reached[sex.index()][level][young];
            sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
        }
        sums
    }

    fn cost_of(&self, rate: usize, sex: usize, whom: Whom) -> f64 {
        match whom {
            Whom::Group(..) | Whom::Young(_) | Whom::Apart if !self.has_cost => f64::NAN,
            Whom::Group(0, _) if SEX[sex].is_none() => self.whole_cost[rate],
            Whom::Group(..) | Whom::Young(_) | Whom::Apart if self.costs_by_person => reached_in(sex, whom)
                .map_or(f64::NAN, |of| of.map(|(sex, level, young)| self.cost[rate][sex.index()][level][young]).sum()),
            Whom::Group(..) | Whom::Young(_) | Whom::Apart => f64::NAN,
        }
    }
}

fn add_mean(sums: &mut [f64], before: &[f64], after: &[f64], worth: f64) {
    sums.iter_mut().zip(before.iter().zip(after)).for_each(|(sum, (before, after))| {
        *sum += worth * 0.5 * (before + after);
    });
}

/// Sexes, levels of education, and whether too young for one.
fn classes() -> impl Iterator<Item = (Sex, usize, usize)> {
    Sex::BOTH
        .into_iter()
        .flat_map(|sex| (0..LEVELS_REACHED).flat_map(move |level| [0, 1].map(move |young| (sex, level, young))))
}

/// The classes that a row is of; none if they do not tell.
fn reached_in(sex: usize, whom: Whom) -> Option<impl Iterator<Item = (Sex, usize, usize)>> {
    let levels = match whom {
        Whom::Group(0, _) => 0..LEVELS_REACHED,
        Whom::Young(by) if GROUPINGS[by].of == By::Education => 0..LEVELS_REACHED,
        Whom::Group(by, group) if GROUPINGS[by].of == By::Education => {
            let levels = GROUPINGS[by].levels(group);
            levels.start - By::Education.first()..levels.end - By::Education.first()
        }
        Whom::Group(..) | Whom::Young(_) | Whom::Apart => return None,
    };
    let is_told = move |young: usize| match whom {
        Whom::Group(0, _) => true,
        Whom::Group(..) => young == 0,
        Whom::Young(_) | Whom::Apart => young == 1,
    };
    let of_sex = move |own: Sex| SEX[sex].is_none_or(|sex| sex == own);
    Some(classes().filter(move |(own, level, young)| of_sex(*own) && levels.contains(level) && is_told(*young)))
}

/// Those of a class among people counted.
fn among(counted: &Counted, sex: Sex, level: usize, young: usize) -> Counted {
    let ages = if young == 1 { 0..OWN_FROM } else { OWN_FROM..COHORTS };
    let mut own = Counted::default();
    for (into, from) in
        [(&mut own.eligible, &counted.eligible), (&mut own.reached, &counted.reached), (&mut own.anew, &counted.anew)]
    {
        into[level][sex.index()][ages.clone()].copy_from_slice(&from[level][sex.index()][ages.clone()]);
    }
    own
}

#[expect(clippy::cast_precision_loss, reason = "numbers of people")]
fn people_in(people: &crate::model::reach::People) -> f64 {
    Counted::sum(people) as f64
}

/// Every group of every grouping, and the young.
fn everyone() -> impl Iterator<Item = Whom> {
    GROUPINGS.iter().enumerate().flat_map(|(by, grouping)| {
        let young = (by > 0 && matches!(grouping.of, By::Education | By::Occupation)).then_some(Whom::Young(by));
        (0..grouping.words.len()).map(move |group| Whom::Group(by, group)).chain(young)
    })
}

/// The cells of a row.
fn cells(sex: usize, whom: Whom, generation: Option<Generation>) -> Vec<usize> {
    let places: Vec<usize> = match whom {
        Whom::Group(0, _) => By::Education.levels().chain([YOUNG_BY_EDUCATION]).collect(),
        Whom::Group(by, group) => GROUPINGS[by].levels(group).collect(),
        Whom::Young(by) if GROUPINGS[by].of == By::Education => vec![YOUNG_BY_EDUCATION],
        Whom::Young(_) => vec![YOUNG_BY_OCCUPATION],
        Whom::Apart => Vec::new(),
    };
    let generations = Generation::ALL.into_iter().filter(move |own| generation.is_none_or(|one| one == *own));
    let of = |generation: Generation| {
        let sexes = Sex::BOTH.into_iter().filter(|own| SEX[sex].is_none_or(|sex| sex == *own));
        sexes.flat_map(|sex| places.iter().map(move |place| cell(generation, sex, *place))).collect::<Vec<_>>()
    };
    generations.flat_map(of).collect()
}

/// A sum over the groups of communities and its standard error.
#[expect(clippy::cast_precision_loss, reason = "64 groups")]
fn total(groups: impl Iterator<Item = f64>) -> Measured {
    let groups: Vec<f64> = groups.collect();
    let whole: f64 = groups.iter().sum();
    // The others, scaled up to all.
    let scale = groups.len() as f64 / (groups.len() as f64 - 1.0);
    [whole, standard_error(groups.iter().map(|group| (whole - group) * scale))]
}

/// Premature deaths expected in the reference less those in the arm: of everybody by the arm's own groups, so that those who are in one
/// arm only are on both sides; of groups by the reference's, in which the arm has them not.
struct Expected {
    /// `[64][level][2]`, from 30 to 74.
    fewer: Vec<[[f64; 2]; crate::accounts::groups::LEVELS]>,
    /// `[64][2]`.
    of_all: Vec<[f64; 2]>,
}

impl Expected {
    fn of([reference, arm]: [&Ledger; 2], [from, to]: [Year; 2]) -> Self {
        let mut expected =
            Self { fewer: vec![[[0.0; 2]; crate::accounts::groups::LEVELS]; GROUPS], of_all: vec![[0.0; 2]; GROUPS] };
        for year in from.to(to) {
            let (Some(there), Some(here)) = (reference.year(year), arm.year(year)) else { continue };
            expected.add(&there.groups, &here.groups);
        }
        expected
    }

    fn add(&mut self, there: &YearGroups, here: &YearGroups) {
        let (fewer, by_reference) = (&mut self.fewer, here.by_reference());
        for (circle, (levels, of_all)) in fewer.iter_mut().zip(&mut self.of_all).enumerate() {
            for (level, sexes) in levels.iter_mut().enumerate() {
                for sex in Sex::BOTH {
                    let early = |groups: &YearGroups| {
                        let bands = (0..BANDS.len()).filter(|band| BANDS[*band] < PREMATURE);
                        bands.map(|band| groups.band(circle, level, sex, band).expected).sum::<f64>()
                    };
                    let of_reference = early(there);
                    sexes[sex.index()] += of_reference - early(by_reference);
                    if By::Education.levels().contains(&level) {
                        of_all[sex.index()] += of_reference - early(here);
                    }
                }
            }
        }
    }

    fn avoided(&self, sex: usize, whom: Whom, weight: f64) -> Measured {
        let Whom::Group(by, group) = whom else { return [f64::NAN; 2] };
        let levels = GROUPINGS[by].levels(group);
        let of_sex = |own: &Sex| SEX[sex].is_none_or(|sex| sex == *own);
        if by == 0 {
            return total(
                self.of_all
                    .iter()
                    .map(|of| weight * Sex::BOTH.into_iter().filter(of_sex).map(|sex| of[sex.index()]).sum::<f64>()),
            );
        }
        total(self.fewer.iter().map(|of| {
            let sexes = Sex::BOTH.into_iter().filter(of_sex);
            weight * sexes.flat_map(|sex| of[levels.clone()].iter().map(move |one| one[sex.index()])).sum::<f64>()
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_has_the_error_of_a_sum() {
        // 64 groups, half of them 1 and half 3: mean 2, variance 64/63, of the sum 64 · 64/63.
        let [whole, error] = total((0..64).map(|group| if group % 2 == 0 { 1.0 } else { 3.0 }));
        assert_eq!(whole, 128.0);
        assert!((error - (64.0 * 64.0_f64 / 63.0).sqrt()).abs() < 1e-9, "{error}");
    }

    #[test]
    fn every_grouping_has_everyone_once() {
        let all = cells(2, Whom::Group(0, 0), None);
        assert_eq!(all.len(), 4 * 2 * 5);
        for (by, grouping) in GROUPINGS.iter().enumerate().skip(1) {
            let groups = everyone().filter(|whom| matches!(whom, Whom::Group(own, _) | Whom::Young(own) if *own == by));
            let mut of: Vec<usize> = groups.flat_map(|whom| cells(2, whom, None)).collect();
            let count = of.len();
            of.sort_unstable();
            of.dedup();
            let young = usize::from(matches!(grouping.of, By::Education | By::Occupation));
            assert_eq!((of.len(), count), (count, 8 * (grouping.of.words().len() + young)), "{}", grouping.by);
        }
    }

    #[test]
    fn those_of_a_class_are_everyone_together() {
        let mut counted = Counted::default();
        (counted.reached[0][0][10], counted.reached[3][1][29], counted.reached[3][1][30]) = (5, 2, 1);
        let sum: f64 =
            classes().map(|(sex, level, young)| people_in(&among(&counted, sex, level, young).reached)).sum();
        assert_eq!(sum, 8.0);
        assert_eq!(people_in(&among(&counted, Sex::Male, 3, 1).reached), 2.0);
    }
}
