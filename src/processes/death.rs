//! Death: who dies this year, of all causes together.
//!
//! The recorded or assumed rate of the person's sex, age and year, turned into the hazard of a cohort in a calendar year
//! ([`crate::record::lexis`]), less for those who live with a partner, times the arm's effect, aligned to the record, against the
//! person's luck.
//!
//! That people with a partner die later is an association: protection and selection together. Their share among people of the sex
//! and age, which is asked of the nation, keeps the mean hazard at the record: partnership does not say how many die, but who, so that
//! couples grow old together as often as they do.
//!
//! Reads [`Person`], [`Life`], [`Union`]. Owns [`DeathRisk`] and ends [`Life`]. Runs in [`Phase::Death`], so everyone lives the year they
//! die in; newborn children are at risk from birth, arrivals and leavers for half the year.
//!
//! Leaves out: causes, and everything but sex, age and partnership that makes one person's risk differ from another's. Evidence:
//! `configs/norway/death.toml`, `configs/norway/tables/mortality_*.csv`.

use bevy_ecs::component::Component;
use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::IntoScheduleConfigs;
use bevy_ecs::system::{Query, Res, ResMut};
use serde::Deserialize;

use crate::config::{Check, Misfit};
use crate::draws::{BLOCK, Decision, Draws, uniform};
use crate::math::yearly_probability;
use crate::model::alignment::{Aligned, InForce, Tallied, band};
use crate::model::attribute::Attribute;
use crate::model::community::Counts;
use crate::model::family::Union;
use crate::model::lever::{Form, Lever, Levers};
use crate::model::person::{Life, Person, exposure, luck};
use crate::model::phase::Phase;
use crate::model::rows::{Rows, blocks};
use crate::model::simulation::{Answered, Axis, Counter, CounterPlaces, Process, Shared, Shown, Simulation};
use crate::record::Record;
use crate::sums::Fixed;
use crate::units::{Ratio, Sex, Year};

use super::migration::abroad::Coupled;

/// The chance of dying this year, which the accounts sum to expected deaths.
pub const RISK: Attribute = Attribute {
    name: "death.risk",
    unit: "probability",
    about: "chance of dying this year, given the person's own risk",
};

/// The hazard of death.
pub const ALL_CAUSES: Lever = Lever {
    name: "death.all_causes",
    form: Form::HazardRatio,
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
}

impl Check for Params {
    fn check(&self) -> Vec<Misfit> {
        Vec::new()
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
        sim.everyone_gets_yearly::<DeathRisk>()
            .decision(DIES)
            .lever(ALL_CAUSES)
            .shows::<DeathRisk>(RISK)
            .expects(EXPECTED)
            .aligns_itself::<DeathRisk, _, _>(Phase::Death, assess, (align_and_expect, die).chain());
    }
}

fn assess(
    (year, rows, record): (Res<Year>, Res<Rows>, Res<Shared<Record>>),
    (params, levers): (Res<Shared<Params>>, Res<Levers>),
    (mut tallied, coupled): (ResMut<Tallied<DeathRisk>>, Option<Res<Answered<Coupled>>>),
    mut people: Query<(&Life, &Union, &mut DeathRisk)>,
) {
    let (year, effect) = (*year, levers.at(ALL_CAUSES));
    for (lives, unions, mut risk) in people.contiguous_iter_mut().expect("table storage") {
        let risk = risk.bypass_change_detection();
        for run in rows.runs(year) {
            let recorded = record.lexis(year, run.sex).hazard[run.age];
            let hazard = recorded * params.level(run.sex) * effect.ratio(run.sex, run.age);
            let share = coupled.as_ref().map_or(0.0, |coupled| coupled.share(run.sex, run.age));
            let partner = params.partner(run.sex);
            let alone = 1.0 / (1.0 + share * (partner - 1.0));
            let ratios = [alone, alone * partner];
            let (lives, unions, risk) = (&lives[run.rows.clone()], &unions[run.rows.clone()], &mut risk[run.rows]);
            let (mut whole, mut half) = (0_u32, 0_u32);
            for ((risk, life), union) in risk.iter_mut().zip(lives).zip(unions) {
                let exposure = exposure(*life, run.arrives, year);
                *risk = DeathRisk(hazard * ratios[usize::from(union.is_coupled())] * exposure);
                whole += u32::from(exposure == 1.0);
                half += u32::from(exposure == 0.5);
            }
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
