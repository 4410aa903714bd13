//! Births: which women have a child this year.
//!
//! The recorded or assumed rate of the mother's age and year, times how much likelier a (further) child is for women who already have
//! as many children as she, times the arm's effect, aligned to the record by age, against the woman's luck.
//!
//! ```text
//! rate = rate(age, year) · ratio(children, age, cohort) / mean ratio of women of her age · effect
//! h    = −ln(1 − rate), so that the chance of a child in the year is the rate
//! ```
//!
//! Reads [`Person`], [`Life`]. Owns [`Motherhood`] and [`BirthRisk`], and makes new people. Runs in [`Phase::Birth`], before
//! everything that a newborn child may meet in the year. The child's key comes from its mother's and its order.
//!
//! Leaves out: twins (a woman has at most one child a year; alignment makes up the number), fathers, and births to women
//! who arrive this year. Evidence: `configs/norway/family/births.toml`, `configs/norway/tables/fertility_*.csv`,
//! `births_*.csv`, `parity_rate_ratios.csv`.

use bevy_ecs::component::Component;
use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::IntoScheduleConfigs;
use bevy_ecs::system::{Query, Res, ResMut};
use bytemuck::{CheckedBitPattern, NoUninit};
use serde::Deserialize;

use crate::config::Check;
use crate::draws::{Decision, Draws, uniform};
use crate::math::yearly_probability;
use crate::model::alignment::{Aligned, Tallied};
use crate::model::attribute::Attribute;
use crate::model::community::{Counts, Newcomers, Rows, admit, blocks};
use crate::model::lever::{Form, Lever, Levers};
use crate::model::person::{Life, Origin, Person, SEX_OF_CHILD, luck};
use crate::model::phase::Phase;
use crate::model::simulation::{Counter, CounterPlaces, Process, Shared, Shown, Simulation};
use crate::record::Record;
use crate::record::parity::CLASSES;
use crate::sums::Fixed;
use crate::units::{Ratio, Sex, Year};

/// Children ever born.
pub const CHILDREN: Attribute = Attribute {
    name: "births.children",
    unit: "children",
    about: "children a woman has ever borne; of those dealt to founders and immigrants, 3 stands for three or more",
};

/// The rate of births.
pub const FERTILITY: Lever = Lever {
    name: "births.fertility",
    form: Form::RateRatio,
    sex: Some(Sex::Female),
    ages: [12, 52],
    about: "rate of having a child",
};

/// Children born, by the mother's age.
pub const BORN: Counter =
    Counter { column: "births", about: "children born alive, by the age their mother reaches in the year" };
/// Children expected, by the mother's age.
pub const EXPECTED: Counter = Counter {
    column: "expected_births",
    about: "children expected from each woman's own risk, by the age she reaches in the year",
};

const GIVES_BIRTH: Decision = Decision::named("births.gives_birth");
const HAD_CHILDREN: Decision = Decision::named("births.had_children");

/// Children a woman has borne.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(C)]
pub struct Motherhood {
    /// Their number.
    pub children: u8,
}

impl Shown for Motherhood {
    fn shown(&self) -> f64 {
        self.children.into()
    }
}

/// The hazard of having a child this year, 0 for men and for women out of age.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq)]
pub struct BirthRisk(pub f32);

impl Aligned for BirthRisk {
    const NAME: &'static str = "births.gives_birth";

    fn times(self, factor: f32) -> Self {
        Self(self.0 * factor)
    }
}

/// `configs/norway/family/births.toml`.
#[derive(Resource, Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Rate of births relative to the record and the future.
    pub level: Ratio,
}

impl Check for Params {}

/// The most children a woman has in a year, as a rate: beyond it the one child that the model lets her have is all but certain.
const MOST: f64 = 0.95;

/// The hazard at which the chance of a child in the year is the rate; rates above 0.95 count as 0.95, since a second child in the
/// year is not simulated.
#[expect(clippy::cast_possible_truncation, reason = "state is f32")]
fn hazard_of(rate: f64) -> f32 {
    -libm::log1p(-rate.min(MOST)) as f32
}

/// See the [module](self).
pub struct Births;

impl Process for Births {
    const NAME: &'static str = "family/births";
    type Params = Params;

    fn install(sim: &mut Simulation) {
        sim.everyone_has::<Motherhood>()
            .everyone_gets_yearly::<BirthRisk>()
            .decision(GIVES_BIRTH)
            .decision(HAD_CHILDREN)
            .decision(SEX_OF_CHILD)
            .lever(FERTILITY)
            .shows::<Motherhood>(CHILDREN)
            .counts(BORN)
            .expects(EXPECTED)
            .on_arrival(deal_motherhood)
            .aligns::<BirthRisk, _, _>(Phase::Birth, assess, (give_birth, admit).chain());
    }
}

/// The children that women have when they come into the simulation: the distribution of their age and year.
fn deal_motherhood(
    (year, rows, draws, record): (Res<Year>, Res<Rows>, Res<Draws>, Res<Shared<Record>>),
    mut people: Query<(&Person, &mut Motherhood)>,
) {
    let year = *year;
    for (people, mut motherhood) in people.contiguous_iter_mut().expect("table storage") {
        let motherhood = motherhood.bypass_change_detection();
        for row in rows.new_people() {
            let person = people[row];
            if person.sex == Sex::Male || person.origin == Origin::Born {
                continue;
            }
            let age = person.age_reached(year);
            #[expect(clippy::cast_possible_truncation, reason = "an age below 128")]
            let luck = uniform(draws.words(person.id, age as u32, HAD_CHILDREN)[0]);
            motherhood[row].children = record.parity.deal(year, age, luck);
        }
    }
}

fn assess(
    (year, rows, record): (Res<Year>, Res<Rows>, Res<Shared<Record>>),
    (params, levers): (Res<Shared<Params>>, Res<Levers>),
    mut tallied: ResMut<Tallied<BirthRisk>>,
    mut people: Query<(&Life, &Motherhood, &mut BirthRisk)>,
) {
    let (year, effect) = (*year, levers.at(FERTILITY));
    let rates = &record.fertility[Record::at(year)];
    for (lives, motherhood, mut risk) in people.contiguous_iter_mut().expect("table storage") {
        let risk = risk.bypass_change_detection();
        for run in rows.runs(year) {
            let rate = rates[run.age];
            if run.sex == Sex::Male || rate == 0.0 {
                risk[run.rows].fill(BirthRisk(0.0));
                continue;
            }
            let level = rate * params.level.value() * f64::from(effect.ratio(run.sex, run.age));
            let hazards = record.parity.ratios(year, run.age).map(|ratio| hazard_of(ratio * level));
            #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
            let recorded = rate as f32;
            for row in run.rows.clone() {
                let class = usize::from(motherhood[row].children).min(CLASSES - 1);
                risk[row] = BirthRisk(if lives[row].is_here(year) { hazards[class] } else { 0.0 });
            }
            if let Some(tally) = &mut tallied.tally {
                let sums = &mut tally.0[run.sex.index()][run.age];
                for row in run.rows {
                    let (h, p) = (risk[row].0, yearly_probability(risk[row].0));
                    sums.own.add(p);
                    sums.slope.add(h * (1.0 - p));
                    sums.recorded.add(if lives[row].is_here(year) { recorded } else { 0.0 });
                }
            }
        }
    }
}

fn give_birth(
    (year, rows, draws, record): (Res<Year>, Res<Rows>, Res<Draws>, Res<Shared<Record>>),
    places: Res<CounterPlaces>,
    (mut counts, mut newcomers): (ResMut<Counts>, ResMut<Newcomers>),
    mut people: Query<(&Person, &BirthRisk, &mut Motherhood)>,
) {
    let year = *year;
    let (born, expected) = (places.of(BORN), places.of(EXPECTED));
    let rates = &record.fertility[Record::at(year)];
    #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
    let boys = record.boys[Record::at(year)] as f32;
    for (people, risk, mut motherhood) in people.contiguous_iter_mut().expect("table storage") {
        let motherhood = motherhood.bypass_change_detection();
        for run in rows.runs(year).filter(|run| run.sex == Sex::Female && rates[run.age] > 0.0) {
            let sum: i64 = risk[run.rows].iter().map(|risk| Fixed::of(yearly_probability(risk.0)).0).sum();
            counts.expected[expected][0][run.age].0 += sum;
        }
        for block in blocks(rows.used()) {
            if risk[block.clone()].iter().all(|risk| risk.0 == 0.0) {
                continue;
            }
            let [words, _] = luck(*draws, &people[block.clone()], year, GIVES_BIRTH);
            for (row, word) in block.zip(words) {
                if uniform(word) < yearly_probability(risk[row].0) {
                    let mother = &mut motherhood[row];
                    newcomers.0.push(Person::child(people[row], mother.children, year, *draws, boys));
                    mother.children = mother.children.saturating_add(1);
                    counts.events[born][0][people[row].age_reached(year)] += 1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chance_of_a_child_is_the_rate() {
        for rate in [0.0, 0.001, 0.1, 0.4, 0.9] {
            assert!((f64::from(yearly_probability(hazard_of(rate))) - rate).abs() < 1e-6, "rate {rate}");
        }
        assert!(yearly_probability(hazard_of(3.0)) < 1.0);
    }
}
