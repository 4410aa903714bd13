//! Alignment: the factors that make simulated totals meet the record, as a step of its own.
//!
//! A mechanism assesses everyone's own risk and tallies, in the reference, two sums by class of people (mostly sex) and age: the
//! events expected from those risks, and the events the record expects of the same people. At a barrier the sums of all communities
//! are added up and one factor on the hazard is solved for each class and age band. The factors are written out and stored; other arms reuse
//! them unchanged and never solve their own, which would wipe out the effect under study.
//!
//! ```text
//! f = 1 + x,   own + (slope + k)·x − curve·x²/2 = recorded,   never below 0
//! own = Σ (1 − exp(−h)),   slope = Σ h·exp(−h),   curve = Σ h²·exp(−h)
//! ```
//!
//! That is one step, of second order where the curve is tallied and Newton's where it is not; exact enough because risks of a year are
//! small. `k` events of shrinkage hold thin bands at 1.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;

use bevy_ecs::component::{Component, Mutable};
use bevy_ecs::resource::Resource;
use bevy_ecs::system::{Query, Res};
use bytemuck::{Pod, Zeroable};

use crate::record::lexis::COHORTS;
use crate::sums::Fixed;
use crate::units::{Sex, Year};

/// People whose factors are solved together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Class {
    /// Their sex.
    pub sex: Sex,
    /// What else they have in common, in `alignment.arrow`.
    pub group: &'static str,
}

/// The classes of most risks.
pub const BY_SEX: &[Class] = &[Class { sex: Sex::Female, group: "all" }, Class { sex: Sex::Male, group: "all" }];

/// A risk that is aligned to the record.
pub trait Aligned: Send + Sync + 'static {
    /// `process.event`, in `alignment.arrow`.
    const NAME: &'static str;
    /// The classes of people that have factors of their own.
    const CLASSES: &'static [Class] = BY_SEX;
}

/// An aligned risk that everyone has of their own.
pub trait OwnRisk: Aligned + Component<Mutability = Mutable> + Copy {
    /// The same risk with its hazard times a factor.
    #[must_use]
    fn times(self, factor: f32) -> Self;
}

/// Bands of age reached in the year: the newborn, then 1-4, 5-9, …
pub const BANDS: usize = 27;

/// The band of an age reached in the year.
#[must_use]
pub const fn band(age_reached: usize) -> usize {
    if age_reached == 0 { 0 } else { 1 + age_reached / 5 }
}

/// The youngest age of a band.
#[must_use]
pub const fn band_from(band: usize) -> usize {
    match band {
        0 => 0,
        1 => 1,
        _ => (band - 1) * 5,
    }
}

/// Sums of one band.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Events expected from the risks of the people themselves.
    pub own: Fixed,
    /// Its derivative by the logarithm of a factor on all hazards.
    pub slope: Fixed,
    /// Minus its second derivative; zero where risks start near the record.
    pub curve: Fixed,
    /// Events the record expects of them.
    pub recorded: Fixed,
    /// Events the record expects of them as people of their age, whatever their class. Where it is tallied, what the record expects of
    /// the classes of a band is scaled to add up to it.
    pub overall: Fixed,
}

/// The sums of a community, or of the nation, by class and age reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally(pub Vec<[Sums; COHORTS]>);

impl Tally {
    /// Nothing yet, of these classes.
    #[must_use]
    pub fn of(classes: &[Class]) -> Self {
        Self(vec![[Sums::default(); COHORTS]; classes.len()])
    }

    /// Adds another community's sums.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().flatten().zip(other.0.iter().flatten()) {
            mine.own += theirs.own;
            mine.slope += theirs.slope;
            mine.curve += theirs.curve;
            mine.recorded += theirs.recorded;
            mine.overall += theirs.overall;
        }
    }
}

/// The tally of one risk in one community; `None` outside the reference, where nothing is solved.
#[derive(Resource)]
pub struct Tallied<R: Aligned> {
    /// The sums of the year.
    pub tally: Option<Tally>,
    risk: PhantomData<fn() -> R>,
}

impl<R: Aligned> Tallied<R> {
    /// A tally, or none.
    #[must_use]
    pub const fn new(tally: Option<Tally>) -> Self {
        Self { tally, risk: PhantomData }
    }
}

/// The factors of one risk and year, by class and band.
#[derive(Clone, Debug, PartialEq)]
pub struct Factors(pub Vec<[f32; BANDS]>);

impl Factors {
    /// Factors of one, for these classes.
    #[must_use]
    pub fn ones(classes: &[Class]) -> Self {
        Self(vec![[1.0; BANDS]; classes.len()])
    }
}

/// The factors in force for one risk in one community.
#[derive(Resource)]
pub struct InForce<R: Aligned> {
    /// The factors of the year.
    pub factors: Factors,
    risk: PhantomData<fn() -> R>,
}

impl<R: Aligned> InForce<R> {
    /// These factors.
    #[must_use]
    pub const fn new(factors: Factors) -> Self {
        Self { factors, risk: PhantomData }
    }
}

/// Multiplies everyone's risk by the factor of their sex and age: for risks with [`BY_SEX`] classes.
pub fn align<R: OwnRisk>(
    year: Res<Year>,
    rows: Res<super::rows::Rows>,
    factors: Res<InForce<R>>,
    mut people: Query<&mut R>,
) {
    let (year, factors) = (*year, &factors.factors);
    if factors.0.iter().flatten().all(|factor| *factor == 1.0) {
        return;
    }
    let by_age: [[f32; COHORTS]; 2] = std::array::from_fn(|sex| std::array::from_fn(|age| factors.0[sex][band(age)]));
    for mut risk in people.contiguous_iter_mut().expect("table storage") {
        let risk = risk.bypass_change_detection();
        for run in rows.runs(year) {
            let factor = by_age[run.sex.index()][run.age];
            if factor == 1.0 {
                continue;
            }
            risk[run.rows].iter_mut().for_each(|risk| *risk = risk.times(factor));
        }
    }
}

/// One row of `alignment.arrow`.
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct Solved {
    /// Events the record expects, of the people simulated.
    pub recorded: f64,
    /// Events their own risks expect before alignment.
    pub simulated: f64,
    /// The factor on the hazard.
    pub factor: f32,
    /// Calendar year.
    pub year: i16,
    /// The place of the risk among those declared.
    pub process: u8,
    /// The place of the class among those of the risk.
    pub class: u8,
    /// Youngest age reached of the band.
    pub age: u8,
    spare: [u8; 7],
}

/// What the barriers of a reference solved, in order of year.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Alignment {
    /// The factors of aligned risks.
    pub solved: Vec<Solved>,
    /// The answers to other sums, by the place of the barrier and the year.
    answers: BTreeMap<(u8, i16), Arc<[f32]>>,
}

impl Alignment {
    /// Solves one risk's factors for a year from the nation's sums, keeps and returns them.
    ///
    /// `shrinkage` is in events. Bands without any expected event keep factor 1 and get no row.
    pub fn solve(&mut self, process: u8, year: Year, nation: &Tally, shrinkage: f64) -> Factors {
        let mut factors = Factors(vec![[1.0; BANDS]; nation.0.len()]);
        let classes: Vec<[Sums; BANDS]> = nation.0.iter().map(in_bands).collect();
        let scales: [f64; BANDS] = std::array::from_fn(|band| {
            let sum = |of: fn(&Sums) -> Fixed| classes.iter().map(|bands| of(&bands[band]).value()).sum::<f64>();
            let (overall, recorded) = (sum(|sums| sums.overall), sum(|sums| sums.recorded));
            if overall > 0.0 && recorded > 0.0 { overall / recorded } else { 1.0 }
        });
        for (class, bands) in classes.iter().enumerate() {
            for (i, sums) in bands.iter().enumerate() {
                if sums.own.0 == 0 && sums.recorded.0 == 0 {
                    continue;
                }
                let (own, slope, recorded) = (sums.own.value(), sums.slope.value(), scales[i] * sums.recorded.value());
                #[expect(clippy::cast_possible_truncation, reason = "state is f32; class, age and band are small")]
                let (factor, class_code, age) = (
                    (1.0 + step(recorded - own, slope + shrinkage, sums.curve.value())).max(0.0) as f32,
                    class as u8,
                    band_from(i) as u8,
                );
                factors.0[class][i] = factor;
                self.solved.push(Solved {
                    recorded,
                    simulated: own,
                    factor,
                    year: year.0,
                    process,
                    class: class_code,
                    age,
                    spare: [0; 7],
                });
            }
        }
        factors
    }

    /// The factors that were solved for a risk and year.
    #[must_use]
    pub fn stored(&self, process: u8, year: Year, classes: &[Class]) -> Factors {
        let mut factors = Factors::ones(classes);
        let from = self.solved.partition_point(|row| row.year < year.0);
        for row in self.solved[from..].iter().take_while(|row| row.year == year.0).filter(|row| row.process == process)
        {
            factors.0[usize::from(row.class)][band(usize::from(row.age))] = row.factor;
        }
        factors
    }

    /// Keeps the nation's answer to the sums of a barrier and year.
    pub fn keep(&mut self, process: u8, year: Year, answer: Arc<[f32]>) {
        self.answers.insert((process, year.0), answer);
    }

    /// The answer that was kept.
    #[must_use]
    pub fn kept(&self, process: u8, year: Year) -> Option<Arc<[f32]>> {
        self.answers.get(&(process, year.0)).cloned()
    }

    /// As bytes: the factors, and the answers.
    #[must_use]
    pub fn to_bytes(&self) -> [Vec<u8>; 2] {
        let mut answers = Vec::new();
        for ((process, year), answer) in &self.answers {
            answers.push(*process);
            answers.extend_from_slice(&year.to_le_bytes());
            answers.extend_from_slice(&u32::try_from(answer.len()).expect("a short answer").to_le_bytes());
            answers.extend_from_slice(bytemuck::cast_slice(answer));
        }
        [bytemuck::cast_slice(&self.solved).to_vec(), answers]
    }

    /// The reverse of [`Alignment::to_bytes`]; `None` if the bytes are not such tables.
    #[must_use]
    pub fn from_bytes(solved: &[u8], mut answers: &[u8]) -> Option<Self> {
        if !solved.len().is_multiple_of(size_of::<Solved>()) {
            return None;
        }
        let mut alignment = Self { solved: bytemuck::pod_collect_to_vec(solved), answers: BTreeMap::new() };
        while !answers.is_empty() {
            let (head, rest) = answers.split_at_checked(7)?;
            let year = i16::from_le_bytes([head[1], head[2]]);
            let bytes = 4 * u32::from_le_bytes([head[3], head[4], head[5], head[6]]) as usize;
            let (values, rest) = rest.split_at_checked(bytes)?;
            alignment.answers.insert((head[0], year), bytemuck::pod_collect_to_vec::<u8, f32>(values).into());
            answers = rest;
        }
        Some(alignment)
    }
}

/// What to add to a factor of one so that events rise by `missing`, given their first derivative and minus their second.
fn step(missing: f64, slope: f64, curve: f64) -> f64 {
    if slope <= 0.0 {
        return 0.0;
    }
    let inner = slope * slope - 2.0 * curve * missing;
    // Beyond the top of the parabola more events are not to be had: the top itself is the best there is.
    2.0 * missing / (slope + inner.max(0.0).sqrt())
}

/// Sums by band of sums by age.
fn in_bands(ages: &[Sums; COHORTS]) -> [Sums; BANDS] {
    let mut bands = [Sums::default(); BANDS];
    for (age, sums) in ages.iter().enumerate() {
        let into = &mut bands[band(age)];
        into.own += sums.own;
        into.slope += sums.slope;
        into.curve += sums.curve;
        into.recorded += sums.recorded;
        into.overall += sums.overall;
    }
    bands
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::yearly_probability;

    /// One man of 42 for each hazard; the record expects `ratio` times the events that they expect.
    fn tally(hazards: &[f32], ratio: f32) -> Tally {
        let mut tally = Tally::of(BY_SEX);
        let sums = &mut tally.0[1][42];
        for hazard in hazards {
            sums.own.add(yearly_probability(*hazard));
            sums.slope.add(hazard * (1.0 - yearly_probability(*hazard)));
            sums.recorded.add(ratio * yearly_probability(*hazard));
        }
        tally
    }

    #[test]
    fn the_factor_makes_expected_events_meet_the_record() {
        let hazards: Vec<f32> = (0_u8..100).map(|i| 0.01 + f32::from(i) * 0.001).collect();
        let events = |factor: f32| hazards.iter().map(|hazard| yearly_probability(factor * hazard)).sum::<f32>();
        let factors = Alignment::default().solve(0, Year(1990), &tally(&hazards, 1.1), 0.0);
        let (aligned, target) = (events(factors.0[1][band(42)]), 1.1 * events(1.0));
        // Newton's error is of second order: 10 % at a mean risk of 6 % leaves less than 0.1 %.
        assert!((aligned / target - 1.0).abs() < 1e-3, "{aligned} instead of {target}");
        assert_eq!(factors.0[0], [1.0; BANDS]);
    }

    #[test]
    fn with_the_curve_a_large_step_is_as_exact_as_a_small_one() {
        let hazards = [0.05_f32; 1000];
        let mut tally = tally(&hazards, 3.0);
        for hazard in hazards {
            tally.0[1][42].curve.add(hazard * hazard * (1.0 - yearly_probability(hazard)));
        }
        let factor = Alignment::default().solve(0, Year(1990), &tally, 0.0).0[1][band(42)];
        let (aligned, target) = (yearly_probability(factor * 0.05), 3.0 * yearly_probability(0.05));
        // Newton alone misses by 6 %.
        assert!((aligned / target - 1.0).abs() < 0.01, "{aligned} instead of {target}");
    }

    #[test]
    fn thin_bands_are_held_near_one() {
        let thin = tally(&[0.001], 100.0);
        let factor = |shrinkage| Alignment::default().solve(0, Year(1990), &thin, shrinkage).0[1][band(42)];
        assert!(factor(0.0) > 90.0 && factor(5.0) < 1.03, "{} {}", factor(0.0), factor(5.0));
    }

    #[test]
    fn classes_add_up_to_what_the_record_has_of_the_age() {
        let mut tally = tally(&[0.1; 200], 1.0);
        tally.0[0][42] = tally.0[1][42];
        // The record has twice as many events in all as its classes add up to.
        let recorded = tally.0[0][42].recorded;
        tally.0[1][42].overall = Fixed(4 * recorded.0);
        let recorded = recorded.value();
        let mut alignment = Alignment::default();
        alignment.solve(0, Year(1990), &tally, 0.0);
        let sum: f64 = alignment.solved.iter().map(|row| row.recorded).sum();
        assert!((sum / (4.0 * recorded) - 1.0).abs() < 1e-4, "{sum}");
    }

    #[test]
    fn what_was_solved_is_found_again() {
        let mut alignment = Alignment::default();
        let first = alignment.solve(0, Year(1990), &tally(&[0.1], 1.2), 1.0);
        let other = alignment.solve(1, Year(1990), &tally(&[0.1], 0.5), 1.0);
        let later = alignment.solve(0, Year(1991), &tally(&[0.2], 0.5), 1.0);
        assert_eq!(
            [(0, 1990), (1, 1990), (0, 1991)].map(|(process, year)| alignment.stored(process, Year(year), BY_SEX)),
            [first, other, later]
        );
        assert_eq!(alignment.stored(0, Year(1992), BY_SEX), Factors::ones(BY_SEX));
    }

    #[test]
    fn bytes_come_back_as_the_alignment_they_were() {
        let mut alignment = Alignment::default();
        alignment.solve(0, Year(1990), &tally(&[0.1], 1.2), 1.0);
        alignment.keep(2, Year(1990), [0.5, 0.25].into());
        alignment.keep(2, Year(1991), [].into());
        let [solved, answers] = alignment.to_bytes();
        assert_eq!(Alignment::from_bytes(&solved, &answers), Some(alignment));
        assert_eq!(Alignment::from_bytes(&solved, &answers[..answers.len() - 1]), None);
        assert_eq!(Alignment::from_bytes(&solved[1..], &answers), None);
    }

    #[test]
    fn bands_cover_every_age_once() {
        assert!(
            (1..COHORTS).all(
                |age| band(age) == band(age - 1) || (band(age) == band(age - 1) + 1 && band_from(band(age)) == age)
            )
        );
        assert_eq!(band(COHORTS - 1), BANDS - 1);
    }
}
