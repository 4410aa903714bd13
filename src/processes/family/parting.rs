//! Parting: which unions end while both partners live.
//!
//! The hazard of divorce by completed years of marriage, fitted to the record, or the derived hazard of a cohabitation by years together, times
//! the arm's effect at the woman's age, against the woman's luck. She keeps the household; he heads one of his own in the same
//! municipality. With whom their children live is decided in [`super::households`].
//!
//! A marriage ends here when the couple part, about a year before the divorce that registers count. Reads [`Person`], [`Life`]. Ends [`Union`] and
//! changes [`Home`]. Runs in [`Phase::Parting`].
//!
//! Leaves out: children and education of the couple. Evidence: `configs/norway/family/parting.toml`,
//! `configs/norway/tables/divorce_rates.csv`, `union_breakup.csv`.

use bevy_ecs::resource::Resource;
use bevy_ecs::system::{Query, Res, ResMut};
use serde::Deserialize;

use crate::config::Check;
use crate::draws::{Decision, Draws, uniform};
use crate::math::yearly_probability;
use crate::model::community::Counts;
use crate::model::family::{Home, Link, Role, Status, Union};
use crate::model::lever::{Form, Grain, Lever, Levers};
use crate::model::person::{Life, Person, luck};
use crate::model::phase::Phase;
use crate::model::rows::Rows;
use crate::model::simulation::{Axis, Counter, CounterPlaces, Process, Shared, Simulation};
use crate::record::Record;
use crate::record::lexis::COHORTS;
use crate::units::{Ratio, Sex, Year};

/// The hazard of parting.
pub const PARTING: Lever = Lever {
    name: "parting.hazard",
    form: Form::HazardRatio,
    grain: Grain::Age,
    sex: Some(Sex::Female),
    ages: [16, 110],
    about: "hazard of divorce and of the end of a cohabitation, by the woman's age",
};

/// Divorces, by the woman's age.
pub const DIVORCES: Counter =
    Counter { column: "divorces", about: "marriages ended by divorce, by the age the woman reaches", axis: Axis::Age };
/// Cohabitations ended.
pub const SEPARATIONS: Counter = Counter {
    column: "separations",
    about: "cohabitations ended while both live, by the age the woman reaches",
    axis: Axis::Age,
};
/// Marriages at the beginning of the year (female) and divorces (male), by completed years of marriage.
pub const BY_DURATION: Counter = Counter {
    column: "marriages_by_duration",
    about: "marriages on 1 January, and divorces in the year, by years of marriage",
    axis: Axis::Duration,
};

const PARTS: Decision = Decision::named("parting.parts");

/// `configs/norway/family/parting.toml`.
#[derive(Resource, Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Hazard of divorce relative to the record.
    pub divorce: Ratio,
    /// Hazard of the end of a cohabitation relative to the derived one.
    pub breakup: Ratio,
}

impl Check for Params {}

/// The youngest women who may have a partner.
const YOUNGEST: usize = 16;

/// See the [module](self).
pub struct Parting;

impl Process for Parting {
    const NAME: &'static str = "family/parting";
    type Params = Params;

    fn install(sim: &mut Simulation) {
        sim.decision(PARTS)
            .lever(PARTING)
            .counts(DIVORCES)
            .counts(SEPARATIONS)
            .counts(BY_DURATION)
            .every_year(Phase::Parting, part);
    }
}

fn part(
    (year, rows, draws, record): (Res<Year>, Res<Rows>, Res<Draws>, Res<Shared<Record>>),
    (params, levers, places): (Res<Shared<Params>>, Res<Levers>, Res<CounterPlaces>),
    mut counts: ResMut<Counts>,
    mut people: Query<(&Person, &Life, &mut Union, &mut Home)>,
) {
    let (year, effect) = (*year, levers.at(PARTING));
    let [divorces, separations, by_duration] = [DIVORCES, SEPARATIONS, BY_DURATION].map(|counter| places.of(counter));
    #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
    let levels = [params.breakup.value() as f32, params.divorce.value() as f32];
    let hazards = [record.unions.breakup(year), record.unions.divorce(year)];
    let largest = effect.largest(Sex::Female);
    // A little more than the chance can be, by status and years; nothing for those without a partner. So hopeless luck is told at
    // once, without asking who has one.
    let mut hopes = [[0.0; COHORTS]; Status::ALL.len()];
    for (status, kind) in [(Status::Cohabiting, 0), (Status::Married, 1)] {
        for (years, hope) in hopes[status as usize].iter_mut().enumerate() {
            let hazard = hazards[kind][years.min(hazards[kind].len() - 1)] * levels[kind];
            *hope = yearly_probability(hazard * largest) * 1.001;
        }
    }
    // By completed years of marriage: those who were married, and those who part.
    let mut marriages = [[0_u32; COHORTS]; 2];
    for (people, lives, mut unions, mut homes) in people.contiguous_iter_mut().expect("table storage") {
        let (unions, homes) = (unions.bypass_change_detection(), homes.bypass_change_detection());
        for block in rows.blocks_of(year, |sex, age| sex == Sex::Female && age >= YOUNGEST) {
            let [words, _] = luck(*draws, &people[block.clone()], year, PARTS);
            for (row, word) in block.zip(words) {
                let union = unions[row];
                let (married, duration) = (union.status == Status::Married, union.duration(year));
                let years = duration.min(COHORTS - 1);
                let is_wife = people[row].sex == Sex::Female && lives[row].is_here(year);
                marriages[0][years] += u32::from(married && is_wife);
                if uniform(word) >= hopes[union.status as usize][years] || !is_wife {
                    continue;
                }
                let kind = usize::from(married);
                let hazard = hazards[kind][duration.min(hazards[kind].len() - 1)];
                let age = people[row].age_reached(year);
                if uniform(word) >= yearly_probability(hazard * levels[kind] * effect.ratio(Sex::Female, age)) {
                    continue;
                }
                marriages[1][years] += u32::from(married);
                counts.events[if married { divorces } else { separations }][0][age] += 1;
                unions[row].part(year);
                if let Some(man) = union.partner.as_row() {
                    unions[man].part(year);
                    if homes[man].role == Role::Adult {
                        homes[man] = Home::new(Link::row(man), homes[man].municipality, Role::Adult);
                    }
                }
            }
        }
    }
    counts.events[by_duration] = marriages;
}
