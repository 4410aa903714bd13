//! Death: who dies this year, of all causes together.
//!
//! The recorded or assumed rate of the person's sex, age and year, turned into the hazard of a cohort in a calendar year
//! ([`crate::record::lexis`]), times the arm's effect, aligned to the record, against the person's luck.
//!
//! Reads [`Person`], [`Life`]. Owns [`DeathRisk`] and ends [`Life`]. Runs in [`Phase::Death`], so everyone lives the year they
//! die in; newborn children are at risk from birth, arrivals and leavers for half the year.
//!
//! Leaves out: causes, and everything but sex and age that makes one person's risk differ from another's. Evidence:
//! `configs/norway/death.toml`, `configs/norway/tables/mortality_*.csv`.

use bevy_ecs::component::Component;
use bevy_ecs::resource::Resource;
use bevy_ecs::system::{Query, Res, ResMut};
use serde::Deserialize;

use crate::config::{Check, Misfit};
use crate::draws::{BLOCK, Decision, Draws, uniform};
use crate::math::yearly_probability;
use crate::model::alignment::{Aligned, Tallied};
use crate::model::attribute::Attribute;
use crate::model::community::{Counts, Rows};
use crate::model::lever::{Form, Lever, Levers};
use crate::model::person::{Life, Person, exposure, luck};
use crate::model::phase::Phase;
use crate::model::simulation::{Counter, CounterPlaces, Process, Shared, Shown, Simulation};
use crate::record::Record;
use crate::sums::Fixed;
use crate::units::{Ratio, Sex, Year};

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
    Counter { column: "expected_deaths", about: "deaths expected from each person's own risk" };

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
            .aligns::<DeathRisk, _, _>(Phase::Death, assess, die);
    }
}

fn assess(
    (year, rows, record): (Res<Year>, Res<Rows>, Res<Shared<Record>>),
    (params, levers): (Res<Shared<Params>>, Res<Levers>),
    mut tallied: ResMut<Tallied<DeathRisk>>,
    mut people: Query<(&Life, &mut DeathRisk)>,
) {
    let (year, effect) = (*year, levers.at(ALL_CAUSES));
    for (lives, mut risk) in people.contiguous_iter_mut().expect("table storage") {
        let risk = risk.bypass_change_detection();
        for run in rows.runs(year) {
            let recorded = record.lexis(year, run.sex).hazard[run.age];
            let hazard = recorded * params.level(run.sex) * effect.ratio(run.sex, run.age);
            let (lives, risk) = (&lives[run.rows.clone()], &mut risk[run.rows]);
            for (risk, life) in risk.iter_mut().zip(lives) {
                *risk = DeathRisk(hazard * exposure(*life, run.arrives, year));
            }
            if let Some(tally) = &mut tallied.tally {
                let sums = &mut tally.0[run.sex.index()][run.age];
                let exposed = |part: f32| {
                    lives.iter().map(|life| i64::from(exposure(*life, run.arrives, year) == part)).sum::<i64>()
                };
                for part in [0.5, 1.0] {
                    sums.recorded += Fixed(exposed(part) * Fixed::of(yearly_probability(recorded * part)).0);
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

fn die(
    (year, rows, draws, record): (Res<Year>, Res<Rows>, Res<Draws>, Res<Shared<Record>>),
    (places, mut counts): (Res<CounterPlaces>, ResMut<Counts>),
    mut people: Query<(&Person, &DeathRisk, &mut Life)>,
) {
    let year = *year;
    let expected = &mut counts.expected[places.of(EXPECTED)];
    for (people, risk, mut lives) in people.contiguous_iter_mut().expect("table storage") {
        let lives = lives.bypass_change_detection();
        for run in rows.runs(year) {
            let before_birthday = record.lexis(year, run.sex).before_birthday[run.age];
            let mut sum = 0;
            for block in run.blocks(BLOCK) {
                let [first, second] = luck(*draws, &people[block.clone()], year, DIES);
                let mut chances = [0.0; BLOCK];
                chances
                    .iter_mut()
                    .zip(&risk[block.clone()])
                    .for_each(|(chance, risk)| *chance = yearly_probability(risk.0));
                sum += chances.iter().map(|chance| Fixed::of(*chance).0).sum::<i64>();
                let dies: [bool; BLOCK] = std::array::from_fn(|i| uniform(first[i]) < chances[i]);
                if dies.contains(&true) {
                    for (i, life) in lives[block].iter_mut().enumerate().filter(|(i, _)| dies[*i]) {
                        life.die(year, uniform(second[i]) < before_birthday);
                    }
                }
            }
            expected[run.sex.index()][run.age].0 += sum;
        }
    }
}
