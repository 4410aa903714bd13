//! Work: whether somebody works, as what, and what it does to them.
//!
//! From 15 to 74 everybody is in one of seven states: education, employed, unemployed, long-term sick, disabled, retired, other.
//! Yearly flows between them are such that the stocks on record by sex, age, year and education are met in the reference ([`flows`]);
//! whom they take is a matter of background, of what the job exposes to, of absence and of lost jobs. Whoever begins to work gets a
//! class of occupation by sex, year and education, in the order of background and luck, and with it physical exposures, control and
//! strain ([`job`]); some change class. The employed may be absent for long, in full or in part, and be injured.
//!
//! Each state ends when the hazard cumulated in it passes an exponential number drawn when it begins, as smoking does.
//!
//! Reads [`Schooling`], [`Background`]. Owns [`Work`]. Runs in
//! [`Phase::Work`]. Leaves out: hours, employers, industries; short absence. Evidence: `configs/norway/work.toml`,
//! `configs/norway/tables/work_stocks.csv`, `occupation_entry.csv`, `exposure.csv`, `absence.csv`.

pub mod flows;
pub mod job;
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

/// The state, for histories.
pub const STATE: Attribute = Attribute {
    name: "work.state",
    unit: "0 child, 1 education, 2 employed, 3 unemployed, 4 sick, 5 disabled, 6 retired, 7 other",
    values: Values::Words(State::WORDS),
    about: "what somebody mainly lives by",
};

/// The class of the occupation.
pub const OCCUPATION: Attribute = Attribute {
    name: "work.occupation",
    unit: "0 none, 1 to 9 as in STYRK-08",
    values: Values::Words(Occupation::WORDS),
    about: "class of the present or last occupation",
};

/// The hazard of losing work.
pub const JOB_LOSS: Lever = Lever {
    name: "work.job_loss",
    form: Form::HazardRatio,
    grain: Grain::Person,
    sex: None,
    ages: [15, 74],
    about: "hazard of the employed of becoming unemployed",
};
/// The hazard of finding work.
pub const FINDING: Lever = Lever {
    name: "work.finding",
    form: Form::HazardRatio,
    grain: Grain::Person,
    sex: None,
    ages: [15, 74],
    about: "hazard of the unemployed of finding work",
};
/// The hazard of falling long-term sick.
pub const SICKNESS: Lever = Lever {
    name: "work.sickness",
    form: Form::HazardRatio,
    grain: Grain::Person,
    sex: None,
    ages: [15, 74],
    about: "hazard of falling long-term sick",
};
/// The hazard of recovering.
pub const RETURNING: Lever = Lever {
    name: "work.returning",
    form: Form::HazardRatio,
    grain: Grain::Person,
    sex: None,
    ages: [15, 74],
    about: "hazard of the long-term sick of working again",
};
/// The hazard of disability.
pub const DISABILITY: Lever = Lever {
    name: "work.disability",
    form: Form::HazardRatio,
    grain: Grain::Person,
    sex: None,
    ages: [15, 66],
    about: "hazard of being granted a disability pension",
};

/// Every lever of work.
const LEVERS: [Lever; 5] = [JOB_LOSS, FINDING, SICKNESS, RETURNING, DISABILITY];

/// Injuries at work.
pub const INJURIES: Counter = Counter {
    column: "injuries_at_work",
    about: "injuries at work in the year, by sex and age reached",
    axis: Axis::Age,
};
/// New disability pensions.
pub const NEW_DISABLED: Counter = Counter {
    column: "new_disabled",
    about: "disability pensions granted in the year, by sex and age reached",
    axis: Axis::Age,
};

/// What somebody mainly lives by this year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, NoUninit, CheckedBitPattern)]
#[repr(u8)]
pub enum State {
    /// Not yet of working age.
    #[default]
    Child = 0,
    /// In education and not employed.
    Education = 1,
    /// Employed; students with a job too.
    Employed = 2,
    /// Out of work and looking for it.
    Unemployed = 3,
    /// Long-term sick, or on work assessment allowance.
    Sick = 4,
    /// On disability pension.
    Disabled = 5,
    /// Retired.
    Retired = 6,
    /// Looks after a home, or is outside for another reason.
    Other = 7,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Child,
        Self::Education,
        Self::Employed,
        Self::Unemployed,
        Self::Sick,
        Self::Disabled,
        Self::Retired,
        Self::Other,
    ];
    /// The words of [`State::ALL`], in its order.
    pub const WORDS: &'static [&'static str] =
        &["child", "education", "employed", "unemployed", "sick", "disabled", "retired", "other"];
}

/// The class of the present or last occupation: the major groups of STYRK-08 (armed forces among the professionals).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(u8)]
pub enum Occupation {
    /// Never employed.
    #[default]
    None = 0,
    /// STYRK-08 1.
    Managers = 1,
    /// STYRK-08 2.
    Professionals = 2,
    /// STYRK-08 3.
    Technicians = 3,
    /// STYRK-08 4.
    Clerical = 4,
    /// STYRK-08 5.
    ServiceSales = 5,
    /// STYRK-08 6.
    AgricultureFishery = 6,
    /// STYRK-08 7.
    Craft = 7,
    /// STYRK-08 8.
    Operators = 8,
    /// STYRK-08 9.
    Elementary = 9,
}

impl Occupation {
    /// The words, in order.
    pub const WORDS: &'static [&'static str] = &[
        "none",
        "managers",
        "professionals",
        "technicians",
        "clerical",
        "service_sales",
        "agriculture_fishery",
        "craft",
        "operators",
        "elementary",
    ];
}

/// Sickness absence certified by a doctor in the year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(u8)]
pub enum Absence {
    /// None, or short.
    #[default]
    None = 0,
    /// A long spell, away from work altogether.
    Full = 1,
    /// A long spell, at work in part.
    Graded = 2,
}

/// Somebody's working life.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, NoUninit, CheckedBitPattern)]
#[repr(C)]
pub struct Work {
    /// Cumulated hazard left until something happens.
    pub left: f32,
    /// The state of the year.
    pub state: State,
    /// The class of the present or last occupation.
    pub occupation: Occupation,
    /// What the present or last job exposes to: bits of [`exposure`].
    pub exposures: u8,
    /// Absence of the year.
    pub absence: Absence,
    /// The age reached in the year the state began.
    pub since: u8,
    /// Years employed before the state began.
    pub employed: u8,
    /// Injuries at work in all.
    pub injuries: u8,
    /// The age reached in the year of the last loss of a job; 0 if none was lost.
    pub lost: u8,
}

/// The bits of [`Work::exposures`].
pub mod exposure {
    /// Heavy physical work.
    pub const HEAVY: u8 = 1;
    /// Strong noise.
    pub const NOISE: u8 = 2;
    /// Cold.
    pub const COLD: u8 = 4;
    /// Vibration.
    pub const VIBRATION: u8 = 8;
    /// Low control over one's work.
    pub const LOW_CONTROL: u8 = 16;
    /// High demands and low control.
    pub const STRAIN: u8 = 32;
}

impl Shown for Work {
    fn shown(&self) -> f64 {
        (self.state as u8).into()
    }
}

/// `configs/norway/work.toml`.
#[derive(Resource, Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Log hazard of falling ill (long-term sickness, disability, long absence) per standard deviation of background.
    pub ill_background: Coefficient,
    /// Hazard ratio of falling ill with heavy physical work.
    pub ill_heavy: Ratio,
    /// The same with low control over one's work.
    pub ill_low_control: Ratio,
    /// The same in the five years after losing a job.
    pub ill_lost_job: Ratio,
    /// The same after a long absence in full.
    pub ill_absent: Ratio,
    /// The same after a long absence in part.
    pub ill_absent_graded: Ratio,
    /// Log hazard of losing a job per standard deviation of background.
    pub loss_background: Coefficient,
    /// Long absences a year for each unit of the absence rate (days lost to certified absence per day).
    pub absences: Ratio,
    /// Of long absences, the share in part, until 1990 and from 2010.
    pub graded: [Share; 2],
    /// Correlation of background and the order of occupational classes among people of one education.
    pub class_background: Share,
    /// Yearly rate at which the employed under 50 change class.
    pub changes_class: Rate,
}

impl Check for Params {}

const EVENT: Decision = Decision::named("work.event");
const JOB: Decision = Decision::named("work.job");
const EXPOSED: Decision = Decision::named("work.exposed");
const DEALT: Decision = Decision::named("work.dealt");

/// See the [module](self).
pub struct WorkProcess;

impl Process for WorkProcess {
    const NAME: &'static str = "work";
    type Params = Params;

    fn renew(world: &mut World) {
        let proneness = year::Proneness::of(world.resource::<Shared<Params>>());
        world.insert_resource(proneness);
    }

    fn install(sim: &mut Simulation) {
        let proneness = year::Proneness::of(&sim.params::<Params>());
        sim.reads::<Schooling>().reads::<Background>();
        sim.everyone_has::<Work>()
            .shows::<Work>(STATE)
            .sees::<Work>(OCCUPATION, |work| f32::from(work.occupation as u8))
            .counts(INJURIES)
            .counts(NEW_DISABLED)
            .resource(proneness)
            .on_arrival(job::deal.after(crate::processes::school::dealt::deal))
            .asks_for_next_year::<flows::Flows>(Phase::Death)
            .every_year(Phase::Work, year::work);
        for lever in LEVERS {
            sim.lever(lever);
        }
        for decision in [EVENT, JOB, EXPOSED, DEALT] {
            sim.decision(decision);
        }
    }
}
