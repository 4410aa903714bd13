//! Death: who dies this year, of all causes together.
//!
//! The recorded or assumed rate of the person's sex, age and year, turned into the hazard of a cohort in a calendar year
//! ([`crate::record::lexis`]), times the person's relative risks by smoking, background, education and work ([`risks`]), less for
//! those who live with a partner, times the arm's effect, aligned to the record, against the person's luck.
//!
//! Relative risks say who dies, not how many: hazards are divided by the mean risk of the sex and age, which the nation is asked for
//! a year before ([`MeanRisk`]), and alignment does the rest. Both are the reference's in every arm, so that there fewer smokers are
//! fewer deaths.
//!
//! That people with a partner die later is an association: protection and selection together. Their share among people of the sex
//! and age, which is asked of the nation, keeps the mean hazard at the record: partnership does not say how many die, but who, so that
//! couples grow old together as often as they do.
//!
//! Reads [`Person`], [`Life`], [`Union`], [`Smoking`], [`Background`], [`Schooling`], [`Work`]. Owns [`DeathRisk`] and ends [`Life`]. Runs in [`Phase::Death`], so everyone lives the year they
//! die in; newborn children are at risk from birth, arrivals and leavers for half the year.
//!
//! Leaves out: causes of death, income and conditions. Evidence:
//! `configs/norway/death.toml`, `configs/norway/tables/mortality_*.csv`.

pub mod risks;

use std::sync::OnceLock;

use bevy_ecs::component::Component;
use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::IntoScheduleConfigs;
use bevy_ecs::system::{Query, Res, ResMut};
use serde::Deserialize;

use crate::config::{Check, Misfit};
use crate::draws::{BLOCK, Decision, Draws, uniform};
use crate::math::yearly_probability;
use crate::model::alignment::{Aligned, InForce, OwnRisk, Tallied, band};
use crate::model::attribute::{Attribute, Values};
use crate::model::community::Counts;
use crate::model::family::Union;
use crate::model::lever::{Form, Grain, Lever, Levers};
use crate::model::person::{Life, Person, exposure, luck};
use crate::model::phase::Phase;
use crate::model::reach::Reached;
use crate::model::rows::{Rows, blocks};
use crate::model::simulation::{
    Answered, Asked, Asks, Axis, Counter, CounterPlaces, Process, Shared, Shown, Simulation,
};
use crate::record::Record;
use crate::record::lexis::COHORTS;
use crate::sums::Fixed;
use crate::units::{Coefficient, Ratio, Sex, Share, Year, Years};

use super::background::Background;
use super::migration::abroad::Coupled;
use super::school::Schooling;
use super::smoking::Smoking;
use super::work::Work;
use risks::Risks;

/// The chance of dying this year, which the accounts sum to expected deaths.
pub const RISK: Attribute = Attribute {
    name: "death.risk",
    unit: "probability",
    values: Values::Range(0.0, 1.0),
    about: "chance of dying this year, given the person's own risk",
};

/// The hazard of death.
pub const ALL_CAUSES: Lever = Lever {
    name: "death.all_causes",
    form: Form::HazardRatio,
    grain: Grain::Person,
    sex: None,
    ages: [0, 127],
    about: "hazard of death from any cause",
};

/// Deaths expected from everyone's own risk.
pub const EXPECTED: Counter =
    Counter { column: "expected_deaths", about: "deaths expected from each person's own risk", axis: Axis::Age };

const DIES: Decision = Decision::named("death.dies");

/// The cumulated hazard of death this year, 0 for those not at risk.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq)]
pub struct DeathRisk(pub f32);

impl Shown for DeathRisk {
    fn shown(&self) -> f64 {
        yearly_probability(self.0).into()
    }
}

impl Aligned for DeathRisk {
    const NAME: &'static str = "death.dies";
}

impl OwnRisk for DeathRisk {
    fn times(self, factor: f32) -> Self {
        Self(self.0 * factor)
    }
}

/// `configs/norway/death.toml`.
#[derive(Resource, Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Hazard ratio of the simulated women to the recorded rates, before alignment.
    pub level_female: Ratio,
    /// The same for men.
    pub level_male: Ratio,
    /// Hazard ratio of women with a partner to women of the age without.
    pub partner_female: Ratio,
    /// The same for men.
    pub partner_male: Ratio,
    /// Hazard ratio of those who smoke 12 cigarettes a day to those who never smoked, at 35, 50, 65, 80 and 90 and over; 1 below 35.
    pub smoking_ratio: [Ratio; 5],
    /// Log hazard for each cigarette a day more or less.
    pub smoking_amount: Coefficient,
    /// Hazard ratio of those who stopped before 40, at once.
    pub stopped_early: Ratio,
    /// Years in which the log hazard ratio of those who stopped halves.
    pub stopped_halves: Years,
    /// Share of the log hazard ratios of smoking that is cause.
    pub smoking_causal: Share,
    /// Log hazard per standard deviation of background up to 60: women, men.
    pub background: [Coefficient; 2],
    /// How much steeper that is below the mean than above.
    pub background_below: Ratio,
    /// How much of the effect of background told until 1960, of what tells from 2000 on.
    pub background_in_1960: Share,
    /// Log hazard per year of schooling, net of all else in the model: women, men.
    pub education: [Coefficient; 2],
    /// What is left at 90 of the effects of background, education and agriculture.
    pub left_at_90: Share,
    /// Hazard ratio of the unemployed, as far as it is cause.
    pub unemployed: Ratio,
    /// The same of the disabled of working age.
    pub disabled: Ratio,
    /// The same of heavy physical work, women and men.
    pub heavy_work: [Ratio; 2],
    /// The same of strain at work.
    pub strain: Ratio,
    /// Hazard ratio up to 60 of those last employed in agriculture, forestry and fishing, net of all else in the model: women, men.
    pub agriculture: [Ratio; 2],
    /// What follows from all that, computed once.
    #[serde(skip)]
    risks: OnceLock<Risks>,
}

/// The mean relative risk of those alive, by sex and age reached, in the year after.
pub struct MeanRisk;

/// Relative risks are summed up in these steps.
const STEPS: f32 = 1024.0;

impl Asks for MeanRisk {
    const NAME: &'static str = "death.mean_risk";

    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "state is f32")]
    fn answer(_: &Record, _: Year, sums: &[i64]) -> Vec<f32> {
        let mean = |cell: &[i64; 2]| {
            // A few people tell little: they are held near one.
            let (people, risks) = (cell[0] as f64 + 2.0, cell[1] as f64 / f64::from(STEPS) + 2.0);
            (risks / people) as f32
        };
        sums.as_chunks().0.iter().map(mean).collect()
    }
}

impl Check for Params {
    fn check(&self) -> Vec<Misfit> {
        let below_one = |ratio: &Ratio| ratio.value() < 1.0;
        let ratios = self.smoking_ratio.iter().any(below_one).then_some("smoking_ratio");
        let stopped = below_one(&self.stopped_early).then_some("stopped_early");
        let protects = ratios.into_iter().chain(stopped).map(|key| Misfit {
            key,
            message: "smoking is not taken to lower the risk of death: give 1 or more".to_owned(),
        });
        let halves = (self.stopped_halves.value() <= 0.0).then(|| Misfit {
            key: "stopped_halves",
            message: "a risk that halves at once is none: give more than 0 years".to_owned(),
        });
        protects.chain(halves).collect()
    }
}

impl Params {
    #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
    const fn level(&self, sex: Sex) -> f32 {
        match sex {
            Sex::Female => self.level_female.value() as f32,
            Sex::Male => self.level_male.value() as f32,
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
    const fn partner(&self, sex: Sex) -> f32 {
        match sex {
            Sex::Female => self.partner_female.value() as f32,
            Sex::Male => self.partner_male.value() as f32,
        }
    }
}

/// See the [module](self).
pub struct Death;

impl Process for Death {
    const NAME: &'static str = "death";
    type Params = Params;

    fn install(sim: &mut Simulation) {
        sim.reads::<Smoking>().reads::<Background>().reads::<Schooling>().reads::<Work>();
        sim.everyone_gets_yearly::<DeathRisk>()
            .decision(DIES)
            .lever(ALL_CAUSES)
            .shows::<DeathRisk>(RISK)
            .expects(EXPECTED)
            .asks_for_next_year::<MeanRisk>(Phase::Death)
            .aligns_itself::<DeathRisk, _, _>(Phase::Death, assess, (align_and_expect, die).chain());
    }
}

fn assess(
    (year, rows, record): (Res<Year>, Res<Rows>, Res<Shared<Record>>),
    (params, levers): (Res<Shared<Params>>, Res<Levers>),
    (mut tallied, coupled): (ResMut<Tallied<DeathRisk>>, Option<Res<Answered<Coupled>>>),
    (mut asked, means, reached): (ResMut<Asked<MeanRisk>>, Res<Answered<MeanRisk>>, Res<Reached>),
    mut people: Query<(&Life, &Union, &Smoking, &Background, &Schooling, &Work, &mut DeathRisk)>,
) {
    let (year, effect) = (*year, levers.at(ALL_CAUSES));
    let all_risks = params.risks.get_or_init(|| Risks::of(&params));
    let told = params.told(year);
    asked.sums.clear();
    asked.sums.resize(2 * COHORTS * 2, 0);
    for (lives, unions, smoking, traits, schooling, work, mut risk) in
        people.contiguous_iter_mut().expect("table storage")
    {
        let risk = risk.bypass_change_detection();
        for run in rows.runs(year) {
            let recorded = record.lexis(year, run.sex).hazard[run.age];
            let of_age = all_risks.at(run.sex, run.age);
            let born = of_age.born(record.schooling.compulsory_years(run.born), told);
            let relative = |row: usize| of_age.of(smoking[row], traits[row], schooling[row], work[row], born);
            // In the first year nobody has been asked: the mean of those here serves.
            let mean = means
                .answer
                .get(run.sex.index() * COHORTS + run.age)
                .copied()
                .unwrap_or_else(|| mean_of(run.rows.clone().filter(|row| lives[*row].is_here(year)).map(relative)));
            let hazard_at = |ratio: f32| recorded * params.level(run.sex) * ratio / mean;
            let of_everyone = hazard_at(effect.ratio(run.sex, run.age));
            let share = coupled.as_ref().map_or(0.0, |coupled| coupled.share(run.sex, run.age));
            let partner = params.partner(run.sex);
            let alone = 1.0 / (1.0 + share * (partner - 1.0));
            let ratios = [alone, alone * partner];
            let (mut whole, mut half) = (0_u32, 0_u32);
            let (mut people, mut relative_sum) = (0_i64, 0_i64);
            let rows = run.rows.clone();
            let (lives, unions, smoking) = (&lives[rows.clone()], &unions[rows.clone()], &smoking[rows.clone()]);
            let (traits, schooling, work) = (&traits[rows.clone()], &schooling[rows.clone()], &work[rows.clone()]);
            for (i, risk) in risk[rows.clone()].iter_mut().enumerate() {
                let exposure = exposure(lives[i], run.arrives, year);
                let relative = of_age.of(smoking[i], traits[i], schooling[i], work[i], born);
                let hazard = match reached.among(effect.mask(), rows.start + i) {
                    0 => of_everyone,
                    bits => hazard_at(effect.ratio_of(run.sex, run.age, bits)),
                };
                *risk = DeathRisk(hazard * relative * ratios[usize::from(unions[i].is_coupled())] * exposure);
                whole += u32::from(exposure == 1.0);
                half += u32::from(exposure == 0.5);
                let here = i64::from(exposure > 0.0);
                people += here;
                #[expect(clippy::cast_possible_truncation, reason = "in steps of 1/1024")]
                let steps = (relative * STEPS) as i64;
                relative_sum += here * steps;
            }
            // They are a year older then; next year's newborn are taken to be like this year's.
            let newborn = (run.age == 0).then_some(0);
            for age in newborn.into_iter().chain([run.age + 1]).filter(|age| *age < COHORTS) {
                let at = (run.sex.index() * COHORTS + age) * 2;
                asked.sums[at] += people;
                asked.sums[at + 1] += relative_sum;
            }
            let risk = &mut risk[run.rows];
            if let Some(tally) = &mut tallied.tally {
                let sums = &mut tally.0[run.sex.index()][run.age];
                for (people, part) in [(whole, 1.0), (half, 0.5)] {
                    sums.recorded += Fixed(i64::from(people) * Fixed::of(yearly_probability(recorded * part)).0);
                }
                let (mut own, mut slope) = (0, 0);
                for risk in risk {
                    let p = yearly_probability(risk.0);
                    own += Fixed::of(p).0;
                    slope += Fixed::of(risk.0 * (1.0 - p)).0;
                }
                sums.own += Fixed(own);
                sums.slope += Fixed(slope);
            }
        }
    }
}

/// The mean of some numbers, held near one if they are few.
fn mean_of(numbers: impl Iterator<Item = f32>) -> f32 {
    let (count, sum) = numbers.fold((2.0, 2.0), |(count, sum), number| (count + 1.0, sum + number));
    sum / count
}

/// Multiplies everyone's hazard by the factor of their sex and age, and adds up the chances of dying, in one pass.
fn align_and_expect(
    (year, rows, places): (Res<Year>, Res<Rows>, Res<CounterPlaces>),
    (factors, mut counts): (Res<InForce<DeathRisk>>, ResMut<Counts>),
    mut people: Query<&mut DeathRisk>,
) {
    let expected = &mut counts.expected[places.of(EXPECTED)];
    for mut risk in people.contiguous_iter_mut().expect("table storage") {
        let risk = risk.bypass_change_detection();
        for run in rows.runs(*year) {
            let factor = factors.factors.0[run.sex.index()][band(run.age)];
            let mut sum = 0;
            for risk in &mut risk[run.rows] {
                *risk = risk.times(factor);
                sum += Fixed::of(yearly_probability(risk.0)).0;
            }
            expected[run.sex.index()][run.age].0 += sum;
        }
    }
}

fn die(
    (year, rows, draws, record): (Res<Year>, Res<Rows>, Res<Draws>, Res<Shared<Record>>),
    mut people: Query<(&Person, &DeathRisk, &mut Life)>,
) {
    let year = *year;
    for (people, risk, mut lives) in people.contiguous_iter_mut().expect("table storage") {
        let lives = lives.bypass_change_detection();
        for block in blocks(rows.used()) {
            let mut chances = [0.0; BLOCK];
            for (chance, risk) in chances.iter_mut().zip(&risk[block.clone()]) {
                *chance = yearly_probability(risk.0);
            }
            let [first, second] = luck(*draws, &people[block.clone()], year, DIES);
            let dies: [bool; BLOCK] = std::array::from_fn(|i| uniform(first[i]) < chances[i]);
            if !dies.contains(&true) {
                continue;
            }
            for (i, row) in block.enumerate().filter(|(i, _)| dies[*i]) {
                let lexis = record.lexis(year, people[row].sex);
                lives[row].die(year, uniform(second[i]) < lexis.before_birthday[people[row].age_reached(year)]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(number: f64) -> Ratio {
        Ratio::try_from(number).expect("a ratio")
    }

    fn coefficient(number: f64) -> Coefficient {
        Coefficient::try_from(number).expect("a coefficient")
    }

    /// Parameters near those of the configuration.
    pub(super) fn params() -> Params {
        Params {
            level_female: ratio(1.0),
            level_male: ratio(1.0),
            partner_female: ratio(0.8),
            partner_male: ratio(0.7),
            smoking_ratio: [2.2, 2.5, 2.4, 1.8, 1.3].map(ratio),
            smoking_amount: coefficient(0.03),
            stopped_early: ratio(1.3),
            stopped_halves: Years::try_from(7.0).expect("years"),
            smoking_causal: Share::try_from(0.9).expect("a share"),
            background: [-0.3, -0.3].map(coefficient),
            background_below: ratio(1.5),
            background_in_1960: Share::try_from(0.4).expect("a share"),
            education: [-0.01, -0.01].map(coefficient),
            left_at_90: Share::try_from(0.3).expect("a share"),
            unemployed: ratio(1.15),
            disabled: ratio(1.05),
            heavy_work: [1.0, 1.02].map(ratio),
            strain: ratio(1.02),
            agriculture: [0.9, 0.8].map(ratio),
            risks: OnceLock::new(),
        }
    }

    #[test]
    fn a_mean_of_few_people_is_held_near_one() {
        let sums = [0, 0, 1, 5 * 1024, 1_000_000, 1_500_000 * 1024];
        let means = MeanRisk::answer(&Record::empty(), Year(2000), &sums);
        assert!(means[0] == 1.0 && means[1] < 2.5 && (means[2] - 1.5).abs() < 1e-4, "{means:?}");
    }
}
