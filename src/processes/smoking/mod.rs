//! Smoking: who starts, who stops, who starts again.
//!
//! Whoever has never smoked daily starts at the hazard of their sex, year of birth and way through school between 13 and 29, more if a
//! parent smoked when they were 13 and with less favourable background, less if tobacco is dearer; smokers stop at the rate of
//! their year, sex, age and education; whoever has stopped may start again in the first years. Mothers may stop while pregnant. The
//! mean chance of those who may start is the one on record: the nation is asked once a year how far parents and background lift it
//! ([`year::Norms`]), in the reference only.
//!
//! Each habit ends when the hazard cumulated in it passes an exponential number that is drawn when the habit begins
//! ([`Smoking::left`]): one draw a habit instead of one a year, and with a lower hazard the same person stops later, never somebody
//! else instead.
//!
//! Reads [`Schooling`], [`Background`], [`Kin`](crate::model::family::Kin). Owns [`Smoking`]. Runs in [`Phase::Behaviour`]. Leaves out: occasional smoking,
//! snus, changes in the number of cigarettes. Evidence: `configs/norway/smoking.toml`, `configs/norway/tables/smoking_*.csv`.

pub mod dealt;
pub mod year;

use bevy_ecs::component::Component;
use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::IntoScheduleConfigs;
use bevy_ecs::world::World;
use bytemuck::{CheckedBitPattern, NoUninit};
use serde::Deserialize;

use crate::config::Check;
use crate::draws::Decision;
use crate::model::attribute::{Attribute, Values};
use crate::model::lever::{Form, Grain, Lever};
use crate::model::phase::Phase;
use crate::model::simulation::{Axis, Counter, Process, Shared, Shown, Simulation};
use crate::units::{Coefficient, Rate, Ratio, Share};

use super::background::Background;
use super::school::Schooling;

/// The habit, for histories.
pub const HABIT: Attribute = Attribute {
    name: "smoking.habit",
    unit: "0 never daily, 1 daily, 2 former",
    values: Values::Words(Habit::WORDS),
    about: "whether somebody smokes every day",
};

/// How much somebody smokes.
pub const CIGARETTES: Attribute = Attribute {
    name: "smoking.cigarettes",
    unit: "cigarettes a day",
    values: Values::Range(0.0, 60.0),
    about: "cigarettes a day while smoking; of those who have stopped, before",
};

/// The hazard of starting.
pub const STARTING: Lever = Lever {
    name: "smoking.starting",
    form: Form::HazardRatio,
    grain: Grain::Person,
    sex: None,
    ages: [13, 29],
    about: "hazard of starting to smoke daily",
};
/// The hazard of stopping.
pub const STOPPING: Lever = Lever {
    name: "smoking.stopping",
    form: Form::HazardRatio,
    grain: Grain::Person,
    sex: None,
    ages: [13, 110],
    about: "hazard of a daily smoker of stopping",
};
/// The price of tobacco.
pub const PRICE: Lever = Lever {
    name: "smoking.price",
    form: Form::Ratio,
    grain: Grain::Person,
    sex: None,
    ages: [13, 110],
    about: "real price of tobacco relative to the reference's of the year; moves starting and stopping by elasticities",
};

/// Mothers who smoke when pregnancy begins.
pub const SMOKES_AT_START: Counter = Counter {
    column: "mothers_smoking_at_start",
    about: "children whose mother smoked daily when pregnancy began, by the age she reaches in the year of birth",
    axis: Axis::Age,
};
/// Mothers who smoke when it ends.
pub const SMOKES_AT_END: Counter = Counter {
    column: "mothers_smoking_at_end",
    about: "children whose mother smoked daily at the end of pregnancy, by the age she reaches in the year of birth",
    axis: Axis::Age,
};

/// Whether somebody smokes every day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(u8)]
pub enum Habit {
    /// Has never smoked daily.
    #[default]
    Never = 0,
    /// Smokes daily.
    Daily = 1,
    /// Has smoked daily and stopped.
    Former = 2,
}

impl Habit {
    /// The words, in order.
    pub const WORDS: &'static [&'static str] = &["never", "daily", "former"];
}

/// Somebody's smoking.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, NoUninit, CheckedBitPattern)]
#[repr(C)]
pub struct Smoking {
    /// Cumulated hazard left until the habit ends; of those who never smoked, until they start.
    pub left: f32,
    /// The habit.
    pub habit: Habit,
    /// Cigarettes a day while smoking.
    pub cigarettes: u8,
    /// The age reached in the year the habit began.
    pub since: u8,
    /// Years smoked before the habit began.
    pub smoked: u8,
    /// Smoke of others: bits of [`exposed`].
    pub exposed: u8,
    pub(super) spare: [u8; 3],
}

impl Smoking {
    /// Pack-years (20 cigarettes a day for a year) at an age.
    #[must_use]
    pub fn pack_years(self, age: usize) -> f32 {
        let now = if self.habit == Habit::Daily { age.saturating_sub(self.since.into()) } else { 0 };
        #[expect(clippy::cast_precision_loss, reason = "years of a life")]
        let years = f32::from(self.smoked) + now as f32;
        years * f32::from(self.cigarettes) / 20.0
    }
}

/// The bits of [`Smoking::exposed`].
pub mod exposed {
    /// The mother smoked at the end of pregnancy.
    pub const BEFORE_BIRTH: u8 = 1;
    /// A parent smoked when the child was 13.
    pub const PARENT: u8 = 2;
}

impl Shown for Smoking {
    fn shown(&self) -> f64 {
        (self.habit as u8).into()
    }
}

/// `configs/norway/smoking.toml`.
#[derive(Resource, Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Hazard of starting relative to the derived one: women, men.
    pub start_level: [Ratio; 2],
    /// Hazard of stopping relative to the derived one: women, men.
    pub stop_level: [Ratio; 2],
    /// Hazard ratio of starting with a parent who smokes.
    pub parent_smokes: Ratio,
    /// Log hazard of starting per standard deviation of background.
    pub start_background: Coefficient,
    /// Correlation of background and not smoking among those whose smoking is dealt.
    pub dealt_background: Share,
    /// Hazard of starting again in the first year after stopping.
    pub relapse: Rate,
    /// Its ratio from one year to the next.
    pub relapse_fades: Share,
    /// Chance of a smoking mother of stopping in pregnancy, until 1980 and from 2015; in between it changes at an even pace.
    pub stops_in_pregnancy: [Share; 2],
    /// Of those who stop in pregnancy, the share who smoke again within a year of the birth.
    pub resumes_after_birth: Share,
    /// Spread of cigarettes a day, relative to the mean.
    pub cigarettes_spread: Share,
    /// Elasticity of the hazard of starting to the price.
    pub start_price: Coefficient,
    /// Elasticity of the hazard of stopping to the price.
    pub stop_price: Coefficient,
    /// Whose recorded hazards and amounts people have.
    pub pattern: Pattern,
}

/// Whose recorded hazards of starting and stopping, and whose number of cigarettes, people have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pattern {
    /// Those of their own education.
    #[default]
    Own,
    /// Those of the general track and of the tertiary educated.
    LongEducated,
}

impl Pattern {
    /// The group of three, lowest first, whose figures somebody of a group has.
    #[must_use]
    pub const fn of(self, group: usize) -> usize {
        match self {
            Self::Own => group,
            Self::LongEducated => 2,
        }
    }
}

impl Check for Params {}

const STARTS: Decision = Decision::named("smoking.starts");
const STOPS: Decision = Decision::named("smoking.stops");
const RELAPSES: Decision = Decision::named("smoking.relapses");
const PREGNANT: Decision = Decision::named("smoking.pregnant");
const DEALT: Decision = Decision::named("smoking.dealt");

/// See the [module](self).
pub struct SmokingProcess;

impl Process for SmokingProcess {
    const NAME: &'static str = "smoking";
    type Params = Params;

    fn renew(world: &mut World) {
        let lifts = year::Lifts::of(world.resource::<Shared<Params>>());
        world.insert_resource(lifts);
    }

    fn install(sim: &mut Simulation) {
        let lifts = year::Lifts::of(&sim.params::<Params>());
        sim.reads::<Schooling>().reads::<Background>();
        sim.everyone_has_and_leaves::<Smoking>()
            .resource(lifts)
            .shows::<Smoking>(HABIT)
            .sees::<Smoking>(CIGARETTES, |smoking| f32::from(smoking.cigarettes))
            .lever(STARTING)
            .lever(STOPPING)
            .lever(PRICE)
            .counts(SMOKES_AT_START)
            .counts(SMOKES_AT_END)
            .on_arrival(dealt::deal.after(crate::processes::school::dealt::deal))
            .asks_for_next_year::<year::Norms>(Phase::Death)
            .every_year(Phase::Behaviour, (year::bear, year::smoke).chain());
        for decision in [STARTS, STOPS, RELAPSES, PREGNANT, DEALT] {
            sim.decision(decision);
        }
    }
}
