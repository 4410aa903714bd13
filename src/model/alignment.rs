//! Alignment: the factors that make simulated totals meet the record, as a step of its own.
//!
//! A mechanism assesses everyone's own risk and tallies, in the reference, two sums by sex and age: the events expected from
//! those risks, and the events the record expects of the same people. At a barrier the sums of all communities are added up
//! and one factor on the hazard is solved for each sex and age band. The factors are written out and stored; other arms reuse
//! them unchanged and never solve their own, which would wipe out the effect under study.
//!
//! ```text
//! f = 1 + (recorded − own) / (slope + k)        own = Σ (1 − exp(−h)),  slope = Σ h·exp(−h),  never below 0
//! ```
//!
//! That is one Newton step, exact enough because risks of a year are small; `k` events of shrinkage hold thin bands at 1.

use std::marker::PhantomData;

use bevy_ecs::component::{Component, Mutable};
use bevy_ecs::resource::Resource;
use bevy_ecs::system::{Query, Res};
use bytemuck::{Pod, Zeroable};

use crate::record::lexis::COHORTS;
use crate::sums::Fixed;
use crate::units::{Sex, Year};

/// A risk that is aligned to the record.
pub trait Aligned: Component<Mutability = Mutable> + Copy {
    /// `process.event`, in `alignment.arrow`.
    const NAME: &'static str;

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
    /// Events the record expects of them.
    pub recorded: Fixed,
}

/// The sums of a community, or of the nation, by sex and age reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally(pub Box<[[Sums; COHORTS]; 2]>);

impl Default for Tally {
    fn default() -> Self {
        Self(Box::new([[Sums::default(); COHORTS]; 2]))
    }
}

impl Tally {
    /// Adds another community's sums.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().flatten().zip(other.0.iter().flatten()) {
            mine.own += theirs.own;
            mine.slope += theirs.slope;
            mine.recorded += theirs.recorded;
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

/// The factors of one risk and year, by sex and band.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factors(pub [[f32; BANDS]; 2]);

impl Default for Factors {
    fn default() -> Self {
        Self([[1.0; BANDS]; 2])
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

/// Multiplies everyone's risk by the factor of their sex and age.
pub fn align<R: Aligned>(
    year: Res<Year>,
    rows: Res<super::community::Rows>,
    factors: Res<InForce<R>>,
    mut people: Query<&mut R>,
) {
    let (year, factors) = (*year, &factors.factors);
    if factors.0.iter().flatten().all(|factor| *factor == 1.0) {
        return;
    }
    let by_age: [[f32; COHORTS]; 2] = factors.0.map(|bands| std::array::from_fn(|age| bands[band(age)]));
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
    /// 0 female, 1 male.
    pub sex: u8,
    /// Youngest age reached of the band.
    pub age: u8,
    spare: [u8; 7],
}

/// The factors of all risks and years of a reference, in order of year.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Alignment(pub Vec<Solved>);

impl Alignment {
    /// Solves one risk's factors for a year from the nation's sums, keeps and returns them.
    ///
    /// `shrinkage` is in events. Bands without any expected event keep factor 1 and get no row.
    pub fn solve(&mut self, process: u8, year: Year, nation: &Tally, shrinkage: f64) -> Factors {
        let mut factors = Factors::default();
        for sex in Sex::BOTH {
            let mut bands = [Sums::default(); BANDS];
            for (age, sums) in nation.0[sex.index()].iter().enumerate() {
                let into = &mut bands[band(age)];
                into.own += sums.own;
                into.slope += sums.slope;
                into.recorded += sums.recorded;
            }
            for (i, sums) in bands.iter().enumerate() {
                if sums.own.0 == 0 && sums.recorded.0 == 0 {
                    continue;
                }
                let (own, slope, recorded) = (sums.own.value(), sums.slope.value(), sums.recorded.value());
                #[expect(clippy::cast_possible_truncation, reason = "state is f32; sex, age and band are small")]
                let (factor, sex_code, age) = (
                    (1.0 + (recorded - own) / (slope + shrinkage)).max(0.0) as f32,
                    sex.index() as u8,
                    band_from(i) as u8,
                );
                factors.0[sex.index()][i] = factor;
                self.0.push(Solved {
                    recorded,
                    simulated: own,
                    factor,
                    year: year.0,
                    process,
                    sex: sex_code,
                    age,
                    spare: [0; 7],
                });
            }
        }
        factors
    }

    /// The factors that were solved for a risk and year.
    #[must_use]
    pub fn stored(&self, process: u8, year: Year) -> Factors {
        let mut factors = Factors::default();
        let from = self.0.partition_point(|row| row.year < year.0);
        for row in self.0[from..].iter().take_while(|row| row.year == year.0).filter(|row| row.process == process) {
            factors.0[usize::from(row.sex)][band(usize::from(row.age))] = row.factor;
        }
        factors
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::yearly_probability;

    /// One man of 42 for each hazard; the record expects `ratio` times the events that they expect.
    fn tally(hazards: &[f32], ratio: f32) -> Tally {
        let mut tally = Tally::default();
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
    fn thin_bands_are_held_near_one() {
        let thin = tally(&[0.001], 100.0);
        let factor = |shrinkage| Alignment::default().solve(0, Year(1990), &thin, shrinkage).0[1][band(42)];
        assert!(factor(0.0) > 90.0 && factor(5.0) < 1.03, "{} {}", factor(0.0), factor(5.0));
    }

    #[test]
    fn what_was_solved_is_found_again() {
        let mut alignment = Alignment::default();
        let first = alignment.solve(0, Year(1990), &tally(&[0.1], 1.2), 1.0);
        let other = alignment.solve(1, Year(1990), &tally(&[0.1], 0.5), 1.0);
        let later = alignment.solve(0, Year(1991), &tally(&[0.2], 0.5), 1.0);
        assert_eq!(
            [alignment.stored(0, Year(1990)), alignment.stored(1, Year(1990)), alignment.stored(0, Year(1991))],
            [first, other, later]
        );
        assert_eq!(alignment.stored(0, Year(1992)), Factors::default());
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
