//! Relative risks of death: by smoking, background, education, work and what it exposes to.
//!
//! Each is the causal part of an association (the guide, "association and cause"); what is left of it background carries. Risks
//! multiply. They are looked up in tables that all communities share.

use crate::processes::background::Background;
use crate::processes::school::Schooling;
use crate::processes::smoking::{Habit, Smoking};
use crate::processes::work::{Occupation, State, Work, exposure};
use crate::record::lexis::COHORTS;
use crate::units::{Sex, Year};

use super::Params;

/// The age from which education and work tell.
const GROWN: f64 = 25.0;
/// Years of schooling of the four levels, the first after the law of those born in 1960.
const YEARS: [f64; 4] = [9.0, 12.5, 15.5, 18.0];
/// Ages between which the risk of stopping late takes over from that of stopping early.
const EARLY: f64 = 40.0;
const LATE: f64 = 50.0;
/// Cigarettes a day to which ratios refer.
const TYPICAL: f64 = 12.0;
/// Cigarettes a day that are told apart.
const MOST: usize = COHORTS / 2;
/// Places for occupations: a power of two, so that no place is outside.
const OCCUPATIONS: usize = 16;

/// The relative risks of one sex and age.
#[derive(Clone, Debug)]
pub struct AtAge {
    /// By smoking: first of those who never did, then, from [`MOST`], of those who do by cigarettes a day, then, from [`COHORTS`], of those
    /// who have stopped by the age at which they did. In one table, so that no branch has to guess who smokes.
    smoking: [f32; 2 * COHORTS],
    /// By background.
    background: [f32; 256],
    /// By level of education and state of work.
    education_and_work: [[f32; 8]; 4],
    /// By exposures.
    exposures: [f32; 64],
    /// Log hazard per year of schooling.
    per_year: f32,
    /// By the last occupation.
    occupations: [f32; OCCUPATIONS],
}

impl AtAge {
    /// What changes for those with so many years of compulsory school, when so much of background tells.
    #[must_use]
    pub fn born(&self, compulsory_years: f32, told: i16) -> Born {
        #[expect(clippy::cast_possible_truncation, reason = "nine")]
        let compulsory = libm::expf(self.per_year * (compulsory_years - YEARS[0] as f32));
        Born { told, levels: [compulsory, 1.0, 1.0, 1.0] }
    }

    /// The relative risk of somebody.
    #[inline]
    #[must_use]
    pub fn of(&self, smoking: Smoking, background: Background, schooling: Schooling, work: Work, born: Born) -> f32 {
        let daily = MOST + usize::from(smoking.cigarettes) % MOST;
        let former = COHORTS + usize::from(smoking.since) % COHORTS;
        let place = match smoking.habit {
            Habit::Never => 0,
            Habit::Daily => daily,
            Habit::Former => former,
        };
        self.smoking[place]
            * self.background[background.times(born.told).place()]
            * self.education_and_work[schooling.level as usize][work.state as usize]
            * born.levels[schooling.level as usize]
            * self.exposures[usize::from(work.exposures & 63)]
            * self.occupations[work.occupation as usize & (OCCUPATIONS - 1)]
    }
}

/// What the year and the year of birth change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Born {
    /// How much of the effect of background tells, in 256ths.
    told: i16,
    /// Factors on the risk by level of education: compulsory school was not always as long.
    levels: [f32; 4],
}

/// The relative risks of every sex and age reached.
#[derive(Clone, Debug)]
pub struct Risks(Vec<AtAge>);

impl Risks {
    /// As the parameters have it.
    #[must_use]
    pub fn of(params: &Params) -> Self {
        Self(Sex::BOTH.into_iter().flat_map(|sex| (0..COHORTS).map(move |age| at_age(params, sex, age))).collect())
    }

    /// Those of a sex and age reached.
    #[inline]
    #[must_use]
    pub fn at(&self, sex: Sex, age: usize) -> &AtAge {
        &self.0[sex.index() * COHORTS + age]
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "state is f32; ages below 128")]
fn at_age(params: &Params, sex: Sex, age: usize) -> AtAge {
    let years = age as f64;
    let fade = params.fade(years);
    let background = params.background[sex.index()].value() * fade;
    let education = params.education[sex.index()].value() * fade;
    let of_level = YEARS.map(|schooling| libm::exp(education * (schooling - YEARS[1])));
    let working_age = (18.0..67.0).contains(&years);
    let of_state = |state: usize| match State::ALL[state] {
        State::Unemployed => params.unemployed.value(),
        State::Disabled if working_age => params.disabled.value(),
        _ => 1.0,
    };
    let in_agriculture = libm::exp(libm::log(params.agriculture[sex.index()].value()) * fade) as f32;
    AtAge {
        smoking: std::array::from_fn(|place| match place {
            ..MOST => 1.0,
            MOST..COHORTS => libm::exp(params.log_smoking(years, (place - MOST) as f64)) as f32,
            _ => libm::exp(params.log_former(years, (place - COHORTS) as f64)) as f32,
        }),
        background: Background::table(|trait_| {
            let slope = if trait_ < 0.0 { background * params.background_below.value() } else { background };
            libm::exp(slope * f64::from(trait_)) as f32
        }),
        education_and_work: std::array::from_fn(|level| {
            std::array::from_fn(|state| if years < GROWN { 1.0 } else { (of_level[level] * of_state(state)) as f32 })
        }),
        exposures: std::array::from_fn(|bits| {
            // What a job did is taken to tell for some years after it ends.
            let tells = years < 75.0;
            let factor = |bit: u8, ratio: f64| if tells && bits & usize::from(bit) > 0 { ratio } else { 1.0 };
            let heavy = params.heavy_work[sex.index()].value();
            (factor(exposure::HEAVY, heavy) * factor(exposure::STRAIN, params.strain.value())) as f32
        }),
        per_year: if years < GROWN { 0.0 } else { education as f32 },
        occupations: std::array::from_fn(|occupation| {
            if occupation == Occupation::AgricultureFishery as usize { in_agriculture } else { 1.0 }
        }),
    }
}

/// A value between points of age, straight; outside them that of the nearest.
fn between(points: &[(f64, f64)], age: f64) -> f64 {
    let after = points.partition_point(|(at, _)| *at <= age);
    if after == 0 {
        return points[0].1;
    }
    let (from, value) = points[after - 1];
    points.get(after).map_or(value, |(to, next)| value + (next - value) * (age - from) / (to - from))
}

impl Params {
    /// The logarithm of the risk of somebody who smokes so many cigarettes a day, relative to those who never did.
    fn log_smoking(&self, age: f64, cigarettes: f64) -> f64 {
        if age < 35.0 {
            return 0.0;
        }
        let ratios = self.smoking_ratio.map(|ratio| libm::log(ratio.value()));
        let points = [(35.0, ratios[0]), (50.0, ratios[1]), (65.0, ratios[2]), (80.0, ratios[3]), (90.0, ratios[4])];
        let amount = self.smoking_amount.value() * (cigarettes.min(30.0) - TYPICAL);
        self.smoking_causal.value() * (between(&points, age) + amount).max(0.0)
    }

    /// The same of somebody who stopped at an age.
    fn log_former(&self, age: f64, stopped: f64) -> f64 {
        if age < 35.0 || stopped > age {
            return 0.0;
        }
        let early = self.smoking_causal.value() * libm::log(self.stopped_early.value());
        let late = self.log_smoking(stopped.max(EARLY), TYPICAL);
        let share = ((stopped - EARLY) / (LATE - EARLY)).clamp(0.0, 1.0);
        (early + (late - early) * share) * libm::exp2(-(age - stopped) / self.stopped_halves.value())
    }

    /// How much of the effect of background tells in a year, in 256ths: as much as in 1960 until then, all of it from 2000.
    #[must_use]
    pub fn told(&self, year: Year) -> i16 {
        let way = (f64::from(year.0 - 1960) / 40.0).clamp(0.0, 1.0);
        let then = self.background_in_1960.value();
        #[expect(clippy::cast_possible_truncation, reason = "0 to 256")]
        let told = libm::round((then + (1.0 - then) * way) * 256.0) as i16;
        told
    }

    /// How much of the effects of background, education and agriculture is left at an age.
    fn fade(&self, age: f64) -> f64 {
        between(&[(60.0, 1.0), (90.0, self.left_at_90.value())], age)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::processes::school::Level;

    fn risks() -> Risks {
        Risks::of(&super::super::tests::params())
    }

    #[test]
    fn those_without_any_risk_have_that_of_the_record() {
        let (nobody, schooling) =
            (Smoking::default(), Schooling { level: Level::UpperSecondary, ..Schooling::default() });
        let work = Work { state: State::Employed, ..Work::default() };
        let (risks, background) = (risks(), Background::default());
        let at = risks.at(Sex::Male, 70);
        let of = at.of(nobody, background, schooling, work, at.born(9.0, 256));
        assert!((of - 1.0).abs() < 1e-6, "{of}");
    }

    #[test]
    fn stopping_early_undoes_nearly_all_and_late_half_in_seven_years() {
        let risks = risks();
        let former = |age: usize, stopped: u8| {
            let smoking = Smoking { habit: Habit::Former, since: stopped, ..Smoking::default() };
            let at = risks.at(Sex::Female, age);
            let schooling = Schooling { level: Level::UpperSecondary, ..Schooling::default() };
            f64::from(at.of(smoking, Background::default(), schooling, Work::default(), at.born(9.0, 256)))
        };
        assert!(former(60, 30) < 1.03);
        // ln of the ratio at 60 is 0.9 · ln 2.43 = 0.80; seven years after stopping, half of it.
        assert!((libm::log(former(67, 60)) - 0.40).abs() < 0.01, "{}", libm::log(former(67, 60)));
    }

    #[test]
    fn a_year_more_of_compulsory_school_is_worth_what_a_year_of_schooling_is() {
        let risks = risks();
        let at = risks.at(Sex::Male, 50);
        let of = |years: f32, level: Level| {
            let schooling = Schooling { level, ..Schooling::default() };
            at.of(Smoking::default(), Background::default(), schooling, Work::default(), at.born(years, 256))
        };
        let ratio = of(9.0, Level::Compulsory) / of(7.0, Level::Compulsory);
        assert!((libm::logf(ratio) + 0.02).abs() < 1e-4, "{ratio}");
        assert_eq!(of(9.0, Level::UpperSecondary), of(7.0, Level::UpperSecondary));
    }
}
