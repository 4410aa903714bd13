//! Births: which women have a child this year.
//!
//! The recorded or assumed rate of the mother's age and year, times how much likelier a (further) child is for women who already have
//! as many children as she, times how much less likely it is without a partner, times the arm's effect, aligned to the record by age
//! and number of children, against the woman's luck.
//!
//! ```text
//! rate = rate(age, year) · ratio(children, age, cohort) / mean ratio of women of her age · ratio(partner, year) · effect
//! h    = −ln(1 − rate), so that the chance of a child in the year is the rate
//! ```
//!
//! Births of an age add up to the record; how they divide over numbers of children follows the ratios. Since alignment is by age
//! *and* number of children, partnership says which women of an age and number have the next child, and
//! changes neither how many do nor the distribution of women by children.
//!
//! The father is the mother's partner. Of a mother without one he is a single man near in age, whom she does not live with; he is
//! unknown of a few children. Reads [`Person`], [`Life`], [`Union`], [`Home`]. Owns [`Offspring`], and makes new
//! people with their [`Kin`] and [`Home`]. Runs in [`Phase::Birth`], before everything that a newborn child may meet in the year. The
//! child's key comes from its mother's and its order.
//!
//! Leaves out: twins (a woman has at most one child a year; alignment makes up the number), and births to women who arrive this
//! year. Evidence: `configs/norway/family/births.toml`, `configs/norway/tables/fertility_*.csv`, `births_*.csv`,
//! `parity_rate_ratios.csv`.

use bevy_ecs::component::Component;
use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::IntoScheduleConfigs;
use bevy_ecs::system::{Query, Res, ResMut};
use bevy_ecs::world::World;
use bytemuck::{CheckedBitPattern, NoUninit};
use serde::Deserialize;

use crate::config::Check;
use crate::draws::{Decision, Draws, uniform};
use crate::math::yearly_probability;
use crate::model::alignment::{Aligned, Class, InForce, Tallied, band};
use crate::model::attribute::{Attribute, Values};
use crate::model::columns::with_column;
use crate::model::community::{Counts, Newcomer, Newcomers, admit};
use crate::model::family::{Home, Kin, Link, Role, Status, Union};
use crate::model::lever::{Form, Grain, Lever, Levers};
use crate::model::person::{Life, Origin, Person, SEX_OF_CHILD, luck};
use crate::model::phase::Phase;
use crate::model::rows::Rows;
use crate::model::simulation::{Axis, Counter, CounterPlaces, Process, Shared, Shown, Simulation};
use crate::record::Record;
use crate::record::lexis::COHORTS;
use crate::record::parity::CLASSES;
use crate::sums::Fixed;
use crate::units::{Ratio, Sex, Share, Year, Years};

use super::pairing::{Market, wish};

/// Children ever born.
pub const CHILDREN: Attribute = Attribute {
    name: "births.children",
    unit: "children",
    values: Values::Range(0.0, 255.0),
    about: "children somebody has ever had, by mother or father; of those dealt to women who founded the population or moved in, 3 stands for three or more; fathers start with the children they came with",
};

/// The rate of births.
pub const FERTILITY: Lever = Lever {
    name: "births.fertility",
    form: Form::RateRatio,
    grain: Grain::Age,
    sex: Some(Sex::Female),
    ages: [12, 52],
    about: "rate of having a child, by the age the mother reaches",
};

/// Children born, by the mother's age.
pub const BORN: Counter = Counter {
    column: "births",
    about: "children born alive, by the age their mother reaches in the year",
    axis: Axis::Age,
};
/// Children expected, by the mother's age.
pub const EXPECTED: Counter = Counter {
    column: "expected_births",
    about: "children expected from each woman's own risk, by the age she reaches in the year",
    axis: Axis::Age,
};
/// Children of cohabiting mothers.
pub const BORN_COHABITING: Counter = Counter {
    column: "births_cohabiting",
    about: "children of cohabiting mothers, by the age their mother reaches",
    axis: Axis::Age,
};
/// Children of mothers without a partner; in the place of men, all children by the age of a known father.
pub const BORN_SINGLE: Counter = Counter {
    column: "births_single",
    about: "children of mothers without a partner (female), by the age their mother reaches; children by the age their father reaches (male)",
    axis: Axis::Age,
};

const GIVES_BIRTH: Decision = Decision::named("births.gives_birth");
const HAD_CHILDREN: Decision = Decision::named("births.had_children");
const HAS_FATHER: Decision = Decision::named("births.has_father");

/// Children somebody has had.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(C)]
pub struct Offspring {
    /// Their number.
    pub children: u8,
}

impl Shown for Offspring {
    fn shown(&self) -> f64 {
        self.children.into()
    }
}

/// The risk of having a child this year. Women of an age, number of children and partnership share it.
pub struct BirthRisk;

/// The risks of women who reach an age, `[4 numbers of children][single, cohabiting, married]`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct AgeRisks {
    /// Hazards before alignment.
    hazards: [[f32; UNIONS]; CLASSES],
    /// Chances of a child this year.
    chances: [[f32; UNIONS]; CLASSES],
    /// Women at risk.
    women: [[u32; UNIONS]; CLASSES],
}

/// The risks of a community's women, by age reached.
#[derive(Resource, Clone, Debug)]
struct BirthRisks(Vec<AgeRisks>);

impl Aligned for BirthRisk {
    const NAME: &'static str = "births.gives_birth";
    const CLASSES: &'static [Class] = &[
        Class { sex: Sex::Female, group: "0 children" },
        Class { sex: Sex::Female, group: "1 child" },
        Class { sex: Sex::Female, group: "2 children" },
        Class { sex: Sex::Female, group: "3 or more children" },
    ];
}

/// `configs/norway/family/births.toml`.
#[derive(Resource, Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Rate of births relative to the record and the future.
    pub level: Ratio,
    /// Rate of women without a partner relative to the married, until 1960.
    pub single_until_1960: Ratio,
    /// The same from 2000; in between it changes at an even pace.
    pub single_from_2000: Ratio,
    /// Rate of cohabiting women relative to the married, until 1975.
    pub cohabiting_until_1975: Ratio,
    /// The same from 1995; in between it changes at an even pace.
    pub cohabiting_from_1995: Ratio,
    /// Share of children of mothers without a partner whose father is known.
    pub father_known: Share,
    /// How far the date of birth of such a father may be from what the mother would look for.
    pub father_reach: Years,
}

impl Check for Params {}

impl Params {
    /// Rates relative to the married in a year: single, cohabiting, married.
    fn by_union(&self, year: Year) -> [f64; UNIONS] {
        let between = |[from, to]: [i16; 2], [first, last]: [f64; 2]| {
            let way = (f64::from(year.0 - from) / f64::from(to - from)).clamp(0.0, 1.0);
            first + (last - first) * way
        };
        [
            between([1960, 2000], [self.single_until_1960.value(), self.single_from_2000.value()]),
            between([1975, 1995], [self.cohabiting_until_1975.value(), self.cohabiting_from_1995.value()]),
            1.0,
        ]
    }
}

/// Single, cohabiting, married.
const UNIONS: usize = 3;

/// The place of a status among single, cohabiting, married.
const fn union_class(union: Union) -> usize {
    match union.status {
        Status::Cohabiting => 1,
        Status::Married => 2,
        _ => 0,
    }
}

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
        sim.everyone_has_and_leaves::<Offspring>()
            .resource(BirthRisks(vec![AgeRisks::default(); COHORTS]))
            .decision(GIVES_BIRTH)
            .decision(HAD_CHILDREN)
            .decision(HAS_FATHER)
            .decision(SEX_OF_CHILD)
            .lever(FERTILITY)
            .shows::<Offspring>(CHILDREN)
            .counts(BORN)
            .counts(BORN_COHABITING)
            .counts(BORN_SINGLE)
            .expects(EXPECTED)
            .on_arrival(deal_motherhood)
            .aligns_itself::<BirthRisk, _, _>(Phase::Birth, assess, (align_births, give_birth, admit).chain());
    }
}

/// The children that women have when they come into the simulation: the distribution of their age and year.
fn deal_motherhood(
    (year, rows, draws, record): (Res<Year>, Res<Rows>, Res<Draws>, Res<Shared<Record>>),
    mut people: Query<(&Person, &mut Offspring)>,
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
    (mut tallied, mut risks): (ResMut<Tallied<BirthRisk>>, ResMut<BirthRisks>),
    people: Query<(&Life, &Union, &Offspring)>,
) {
    let (year, effect) = (*year, levers.at(FERTILITY));
    let rates = &record.fertility[Record::at(year)];
    let by_union = params.by_union(year);
    for (risks, (age, rate)) in risks.0.iter_mut().zip(rates.iter().enumerate()) {
        *risks = AgeRisks::default();
        if *rate != 0.0 {
            let level = rate * params.level.value() * f64::from(effect.ratio(Sex::Female, age));
            let ratios = record.parity.ratios(year, age);
            risks.hazards = ratios.map(|ratio| by_union.map(|union| hazard_of(ratio * level * union)));
        }
    }
    for (lives, unions, offspring) in people.contiguous_iter().expect("table storage") {
        for run in rows.runs(year).filter(|run| run.sex == Sex::Female && rates[run.age] != 0.0) {
            let women = &mut risks.0[run.age].women;
            let rows = run.rows;
            for ((life, union), offspring) in
                lives[rows.clone()].iter().zip(&unions[rows.clone()]).zip(&offspring[rows])
            {
                women[class(*offspring)][union_class(*union)] += u32::from(life.is_here(year));
            }
        }
    }
    let Some(tally) = &mut tallied.tally else { return };
    for (age, risks) in risks.0.iter().enumerate().filter(|(_, risks)| risks.women != [[0; UNIONS]; CLASSES]) {
        let (rate, ratios) = (rates[age], record.parity.ratios(year, age));
        for (class, (women, hazards)) in risks.women.iter().zip(&risks.hazards).enumerate() {
            let sums = &mut tally.0[class][age];
            #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
            let (recorded, overall) = ((ratios[class] * rate).min(MOST) as f32, rate as f32);
            for (women, h) in women.iter().zip(hazards) {
                let p = yearly_probability(*h);
                sums.own += Fixed::of(p).times(*women);
                sums.slope += Fixed::of(h * (1.0 - p)).times(*women);
                sums.curve += Fixed::of(h * h * (1.0 - p)).times(*women);
                sums.recorded += Fixed::of(recorded).times(*women);
                sums.overall += Fixed::of(overall).times(*women);
            }
        }
    }
}

/// The class of women with so many children.
fn class(offspring: Offspring) -> usize {
    usize::from(offspring.children).min(CLASSES - 1)
}

/// Multiplies risks by the factors of age and number of children, which the barrier has solved, and adds up the births expected.
fn align_births(
    (places, factors): (Res<CounterPlaces>, Res<InForce<BirthRisk>>),
    (mut risks, mut counts): (ResMut<BirthRisks>, ResMut<Counts>),
) {
    let expected = &mut counts.expected[places.of(EXPECTED)][Sex::Female.index()];
    let with_women = |(_, (risks, _)): &(usize, (&mut AgeRisks, &mut Fixed))| risks.women != [[0; UNIONS]; CLASSES];
    for (age, (risks, expected)) in risks.0.iter_mut().zip(expected).enumerate().filter(with_women) {
        for (class, women) in risks.women.iter().enumerate() {
            let factor = factors.factors.0[class][band(age)];
            for (union, women) in women.iter().enumerate() {
                let chance = yearly_probability(risks.hazards[class][union] * factor);
                risks.chances[class][union] = chance;
                *expected += Fixed::of(chance).times(*women);
            }
        }
    }
}

fn give_birth(
    (year, rows, draws, record): (Res<Year>, Res<Rows>, Res<Draws>, Res<Shared<Record>>),
    (params, market, places): (Res<Shared<Params>>, Res<Market>, Res<CounterPlaces>),
    (risks, mut counts, mut newcomers): (Res<BirthRisks>, ResMut<Counts>, ResMut<Newcomers>),
    mut people: Query<(&Person, &Life, &Union, &Kin, &Home, &mut Offspring)>,
) {
    let year = *year;
    let [born, cohabiting, single] = [BORN, BORN_COHABITING, BORN_SINGLE].map(|counter| places.of(counter));
    #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
    let (boys, father_known) = (record.boys[Record::at(year)] as f32, params.father_known.value() as f32);
    let reach = params.father_reach.value();
    let is_at_risk = |sex: Sex, age: usize| sex == Sex::Female && risks.0[age].women != [[0; UNIONS]; CLASSES];
    for (people, lives, unions, kin, homes, mut offspring) in people.contiguous_iter_mut().expect("table storage") {
        let offspring = offspring.bypass_change_detection();
        let first_child = newcomers.0.len();
        for block in rows.blocks_of(year, is_at_risk) {
            let [words, _] = luck(*draws, &people[block.clone()], year, GIVES_BIRTH);
            for (row, word) in block.zip(words) {
                let age = people[row].age_reached(year);
                let chance = risks.0[age].chances[class(offspring[row])][union_class(unions[row])];
                if uniform(word) >= chance || people[row].sex == Sex::Male || !lives[row].is_here(year) {
                    continue;
                }
                let father = unions[row].partner.as_row().or_else(|| {
                    let known = uniform(draws.words(people[row].id, people[row].age_of_luck(year), HAS_FATHER)[0]);
                    let free = |man: usize| {
                        lives[man].is_here(year) && !unions[man].is_coupled() && !kin[row].shares_parent(kin[man])
                    };
                    let before = unions[row].status != Status::Never;
                    let wants = wish(*draws, &record, people[row], year, before);
                    let county = record.places.county_of(homes[row].municipality);
                    let man = (known < father_known).then(|| market.nearest(county, wants, reach, free)).flatten();
                    man.filter(|man| !kin[row].father.is_row(*man) && !kin[*man].mother.is_row(row))
                });
                newcomers.0.push(Newcomer {
                    person: Person::child(people[row], offspring[row].children, year, *draws, boys),
                    kin: Kin { mother: Link::row(row), father: father.map_or(Link::NOBODY, Link::row) },
                    home: Home::new(homes[row].household, homes[row].municipality, Role::Child),
                });
                counts.events[born][0][age] += 1;
                match union_class(unions[row]) {
                    0 => counts.events[single][0][age] += 1,
                    1 => counts.events[cohabiting][0][age] += 1,
                    _ => {}
                }
                if let Some(father) = father {
                    counts.events[single][1][people[father].age_reached(year)] += 1;
                }
            }
        }
        for child in &newcomers.0[first_child..] {
            for parent in [child.kin.mother, child.kin.father].into_iter().filter_map(Link::as_row) {
                offspring[parent].children = offspring[parent].children.saturating_add(1);
            }
        }
    }
}

/// Counts the children whom the men of the first year came with, once their families are known.
pub fn count_founders_children(world: &mut World) {
    let mut query = world.query::<(&Person, &Kin)>();
    let mut fathers = Vec::new();
    for (people, kin) in query.contiguous_iter(world).expect("table storage") {
        fathers.extend(people.iter().zip(kin).filter_map(|(_, kin)| kin.father.as_row()));
    }
    with_column::<Offspring, _>(world, |offspring| {
        fathers.iter().for_each(|father| offspring[*father].children = offspring[*father].children.saturating_add(1));
    });
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
