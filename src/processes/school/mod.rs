//! School: marks at 16, upper secondary and higher education, and what is attained in the end.
//!
//! A child gets marks at the age reached of 16: the mean of the parents' education and the child's sex, more or less by background and
//! luck. Then, year by year, the steps of [`Transition`]: start and track of upper secondary school, leaving it, finishing in time or
//! late, higher education, degrees, school as an adult. The chance of a step has log odds that rise with marks and parents' education;
//! their level is such that the mean chance of those who face the step in a year is the one on record for their sex and year of birth.
//! The nation is asked for that level once a year ([`steps::Levels`]), in the reference only: in other arms better marks mean more
//! degrees.
//!
//! The people of the first year and immigrants are dealt what their year of birth had attained at their age, in the order of
//! background and luck ([`dealt`]).
//!
//! Reads [`Background`], [`Kin`](crate::model::family::Kin). Owns [`Schooling`]. Asks in
//! [`Phase::Birth`], when marks are given, and runs in [`Phase::School`]. Leaves out: schools as places, repeated years, marks of
//! upper secondary school. Evidence: `configs/norway/school.toml`, `configs/norway/tables/school_transitions.csv`,
//! `education_attained.csv`.

pub mod dealt;
pub mod steps;

use bevy_ecs::component::Component;
use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::IntoScheduleConfigs;
use bytemuck::{CheckedBitPattern, NoUninit};
use serde::Deserialize;

use crate::config::Check;
use crate::model::attribute::{Attribute, Values};
use crate::model::lever::{Form, Grain, Lever};
use crate::model::phase::Phase;
use crate::model::simulation::{Process, Shown, Simulation};
use crate::record::schooling::{TRANSITIONS, Transition};
use crate::units::{Coefficient, Points, Sex, Share, Year};

use super::background::Background;

/// The level attained, for histories.
pub const LEVEL: Attribute = Attribute {
    name: "school.level",
    unit: "0 compulsory, 1 upper secondary, 2 short tertiary, 3 long tertiary",
    values: Values::Words(Level::WORDS),
    about: "highest education completed",
};

/// The track of upper secondary school.
pub const TRACK: Attribute = Attribute {
    name: "school.track",
    unit: "0 none, 1 general, 2 vocational",
    values: Values::Words(Track::WORDS),
    about: "track of upper secondary school started, for life",
};
/// What goes on in education.
pub const STAGE: Attribute = Attribute {
    name: "school.stage",
    unit: "0 child, 1 out, 2 upper, 3 short, 4 long, 5 extending",
    values: Values::Words(Stage::WORDS),
    about: "what somebody is doing in education: in upper secondary school, studying for a short or a long degree, extending a short one",
};
/// Marks.
pub const MARKS: Attribute = Attribute {
    name: "school.points",
    unit: "points",
    values: Values::Range(10.0, 60.0),
    about: "marks at the end of compulsory school; not known of those who were older when the simulation met them",
};
/// The education of the parents.
pub const PARENTS: Attribute = Attribute {
    name: "school.parents",
    unit: "0 unknown, 1 compulsory, 2 upper secondary, 3 short tertiary, 4 long tertiary",
    values: Values::Words(Parents::WORDS),
    about: "highest education of either parent when the child was 16; of the younger at birth",
};

/// The odds of finishing upper secondary school.
pub const COMPLETION: Lever = Lever {
    name: "school.completion",
    form: Form::OddsRatio,
    grain: Grain::Person,
    sex: None,
    ages: [17, 21],
    about: "odds of staying in and finishing upper secondary school, in each year of it",
};

/// The odds of entering higher education.
pub const HIGHER: Lever = Lever {
    name: "school.higher_education",
    form: Form::OddsRatio,
    grain: Grain::Person,
    sex: None,
    ages: [19, 54],
    about: "odds of entering higher education, in each year of an age at which people do",
};

/// The highest level completed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, NoUninit, CheckedBitPattern)]
#[repr(u8)]
pub enum Level {
    /// Nothing beyond compulsory school, or still in it.
    #[default]
    Compulsory = 0,
    /// Upper secondary school completed, vocational college included.
    UpperSecondary = 1,
    /// Higher education up to four years.
    TertiaryShort = 2,
    /// Higher education of more than four years.
    TertiaryLong = 3,
}

impl Level {
    /// Every level, lowest first.
    pub const ALL: [Self; 4] = [Self::Compulsory, Self::UpperSecondary, Self::TertiaryShort, Self::TertiaryLong];
    /// The words of [`Level::ALL`], in its order.
    pub const WORDS: &'static [&'static str] = &["compulsory", "upper_secondary", "tertiary_short", "tertiary_long"];
    /// The words of the three groups that join the two tertiary ones.
    pub const WORDS3: &'static [&'static str] = &["compulsory", "upper_secondary", "tertiary"];

    /// The place among three groups.
    #[inline]
    #[must_use]
    pub const fn of_three(self) -> usize {
        if self as usize > 2 { 2 } else { self as usize }
    }
}

/// The track of upper secondary school somebody started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(u8)]
pub enum Track {
    /// Not started.
    #[default]
    None = 0,
    /// Prepares for higher education; three years.
    General = 1,
    /// Prepares for a trade; four years.
    Vocational = 2,
}

impl Track {
    /// The words, in order.
    pub const WORDS: &'static [&'static str] = &["none", "general", "vocational"];
}

/// What somebody is doing in education.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(u8)]
pub enum Stage {
    /// Below the age at which upper secondary school starts.
    #[default]
    Child = 0,
    /// Not in education.
    Out = 1,
    /// In upper secondary school, on the person's track.
    Upper = 2,
    /// Studies for a short degree.
    Short = 3,
    /// Studies for a long degree.
    Long = 4,
    /// Adds to a short degree what a long one takes.
    Extending = 5,
}

impl Stage {
    /// The words, in order.
    pub const WORDS: &'static [&'static str] = &["child", "out", "upper", "short", "long", "extending"];
}

/// The highest level of either parent, as it was when the child was 16.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(u8)]
pub enum Parents {
    /// Not in the model.
    #[default]
    Unknown = 0,
    /// Compulsory school.
    Compulsory = 1,
    /// Upper secondary.
    UpperSecondary = 2,
    /// Short tertiary.
    TertiaryShort = 3,
    /// Long tertiary.
    TertiaryLong = 4,
}

impl Parents {
    /// The words, in order.
    pub const WORDS: &'static [&'static str] =
        &["unknown", "compulsory", "upper_secondary", "tertiary_short", "tertiary_long"];
}

/// Somebody's way through education.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(C)]
pub struct Schooling {
    /// The highest level completed.
    pub level: Level,
    /// What is going on.
    pub stage: Stage,
    /// The track started.
    pub track: Track,
    /// The age reached in the year the stage began.
    pub since: u8,
    /// Marks at 16, in points (10 to 60); 0 if unknown.
    pub marks: u8,
    /// Parents' education.
    pub parents: Parents,
    /// Whether somebody has given up higher education, and does not enter it again while young.
    pub gave_up: bool,
}

impl Shown for Schooling {
    fn shown(&self) -> f64 {
        (self.level as u8).into()
    }
}

impl Schooling {
    /// Whether somebody is in education at the end of the year; children of compulsory school age are not counted.
    #[inline]
    #[must_use]
    pub const fn is_student(self) -> bool {
        matches!(self.stage, Stage::Upper | Stage::Short | Stage::Long | Stage::Extending)
    }
}

/// `configs/norway/school.toml`.
#[derive(Resource, Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Mean marks by the parents' education, lowest first.
    pub marks_by_parents: [Points; 4],
    /// By how much the marks of girls are above the mean of their parents' education, and those of boys below.
    pub marks_girls: Points,
    /// Standard deviation of marks among children of one sex and parents' education.
    pub marks_spread: Points,
    /// Correlation of marks and background among them.
    pub marks_background: Share,
    /// By how much the mean of marks rises a year between 2002 and 2020; [`Params::marks_by_parents`] is of 2014.
    pub marks_rise: Coefficient,
    /// Log odds of starting upper secondary school, per point of marks and per level of parents' education; so the others.
    pub start: [Coefficient; 2],
    /// Of the general track.
    pub general: [Coefficient; 2],
    /// Of leaving upper secondary school.
    pub leave: [Coefficient; 2],
    /// Of finishing it in time.
    pub finish: [Coefficient; 2],
    /// Of finishing it late.
    pub finish_late: [Coefficient; 2],
    /// Of entering higher education up to 25.
    pub tertiary: [Coefficient; 2],
    /// Of entering it later.
    pub tertiary_later: [Coefficient; 2],
    /// Of aiming at a long degree.
    pub long: [Coefficient; 2],
    /// Of giving up studies.
    pub leave_tertiary: [Coefficient; 2],
    /// Of going on from a short to a long degree.
    pub extend: [Coefficient; 2],
    /// Correlation of background and attained education among those whose way through school is not simulated, of those born until 1890
    /// and from 1940; in between it changes at an even pace.
    pub dealt_background: [Share; 2],
}

impl Check for Params {}

/// Marks of those of whom none are known.
const TYPICAL_MARKS: f32 = 40.0;
/// The level of parents' education of those of whom it is not known.
const TYPICAL_PARENTS: f32 = 1.5;

#[expect(clippy::cast_possible_truncation, reason = "state is f32")]
impl Params {
    /// Marks from a standard normal mixture of background and luck.
    fn marks(&self, year: Year, sex: Sex, parents: Parents, background: f32, own: f32) -> u8 {
        let mean = match parents {
            Parents::Unknown => self.marks_by_parents[1],
            known => self.marks_by_parents[known as usize - 1],
        };
        let girls = self.marks_girls.value() as f32;
        let rise = f32::from(year.0.clamp(2002, 2020) - 2014) * self.marks_rise.value() as f32;
        let mean = mean.value() as f32 + rise + if sex == Sex::Female { girls } else { -girls };
        let share = self.marks_background.value() as f32;
        let place = share * background + libm::sqrtf(1.0 - share * share) * own;
        #[expect(clippy::cast_sign_loss, reason = "held between 10 and 60")]
        let marks = libm::roundf(mean + self.marks_spread.value() as f32 * place).clamp(10.0, 60.0) as u8;
        marks
    }

    /// Correlation of background and attained education of those whose way through school is not simulated.
    fn dealt_background(&self, born: i16) -> f32 {
        let [old, new] = self.dealt_background.map(|share| share.value() as f32);
        old + (new - old) * (f32::from(born - 1890) / 50.0).clamp(0.0, 1.0)
    }

    /// What tells people apart in each step.
    fn scores(&self) -> Scores {
        let mut scores = Scores([[0.0; 2]; TRANSITIONS]);
        let steps = [
            (Transition::Start, self.start),
            (Transition::General, self.general),
            (Transition::LeaveGeneral, self.leave),
            (Transition::LeaveVocational, self.leave),
            (Transition::FinishGeneral, self.finish),
            (Transition::FinishVocational, self.finish),
            (Transition::FinishLate, self.finish_late),
            (Transition::TertiaryGeneral, self.tertiary),
            (Transition::TertiaryVocational, self.tertiary),
            (Transition::TertiaryLater, self.tertiary_later),
            (Transition::Long, self.long),
            (Transition::LeaveTertiary, self.leave_tertiary),
            (Transition::Extend, self.extend),
        ];
        for (step, coefficients) in steps {
            scores.0[step as usize] = coefficients.map(|coefficient| coefficient.value() as f32);
        }
        scores
    }
}

/// Log odds of each step per point of marks and per level of parents' education; zero of the steps of adults.
struct Scores([[f32; 2]; TRANSITIONS]);

impl Scores {
    /// The part of the log odds of a step that tells people apart.
    #[inline]
    fn of(&self, step: Transition, schooling: Schooling) -> f32 {
        let marks = if schooling.marks == 0 { 0.0 } else { f32::from(schooling.marks) - TYPICAL_MARKS };
        let parents = match schooling.parents {
            Parents::Unknown => 0.0,
            known => f32::from(known as u8 - 1) - TYPICAL_PARENTS,
        };
        let [of_marks, of_parents] = self.0[step as usize];
        marks * of_marks + parents * of_parents
    }
}

/// See the [module](self).
pub struct School;

impl Process for School {
    const NAME: &'static str = "school";
    type Params = Params;

    fn install(sim: &mut Simulation) {
        sim.reads::<Background>()
            .everyone_has_and_leaves::<Schooling>()
            .decision(steps::MARKS)
            .decision(steps::STEP)
            .decision(steps::AIM)
            .decision(dealt::ATTAINED)
            .lever(COMPLETION)
            .lever(HIGHER)
            .shows::<Schooling>(LEVEL)
            .sees::<Schooling>(TRACK, |schooling| f32::from(schooling.track as u8))
            .sees::<Schooling>(STAGE, |schooling| f32::from(schooling.stage as u8))
            .sees::<Schooling>(MARKS, |schooling| match schooling.marks {
                0 => f32::NAN,
                marks => marks.into(),
            })
            .sees::<Schooling>(PARENTS, |schooling| f32::from(schooling.parents as u8))
            .on_arrival(dealt::deal.after(super::background::deal))
            .asks::<steps::Levels, _>(Phase::Birth, steps::ask)
            .every_year(Phase::School, steps::step);
    }
}
