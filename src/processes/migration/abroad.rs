//! Migration to and from abroad.
//!
//! Who leaves: the probability of the person's sex, age and year, against the luck of the family: partners share the woman's, children
//! their mother's, so that families mostly leave together and everyone's own probability is still the recorded one. Who comes: a number by sex, age and year known in advance, the
//! same in every arm, dealt evenly to the communities. Both come from the record, whose net migration they add up to
//! ([`crate::record::projection`]).
//!
//! Reads [`Person`], [`Kin`], [`Union`], [`Home`]. Ends [`Life`] of those who leave. Runs in [`Phase::Migration`], before death, because arrivals and leavers
//! are at risk for half the year.
//!
//! Leaves out: origin, the reason for moving, and return: a returning emigrant is a new arrival. Evidence:
//! `configs/norway/migration/abroad.toml`, `configs/norway/tables/migration_*.csv`, `emigration_schedule.csv`.

use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::IntoScheduleConfigs;
use bevy_ecs::system::{Query, Res, ResMut};
use serde::Deserialize;

use crate::config::Check;
use crate::draws::{BLOCK, Decision, Draws, uniform};
use crate::model::community::{Circle, Newcomer, Newcomers, admit};
use crate::model::family::{Home, Kin, Link, Role, Union};
use crate::model::household::age_group;
use crate::model::person::{Life, Person, luck};
use crate::model::phase::Phase;
use crate::model::rows::{Rows, blocks};
use crate::model::simulation::{Process, Shared, Simulation};
use crate::record::Record;
use crate::record::lexis::COHORTS;
use crate::units::{Ratio, Sex, Year};

const LEAVES: Decision = Decision::named("abroad.leaves");
const ROUNDS: Decision = Decision::named("abroad.rounds");
const SETTLES: Decision = Decision::named("abroad.settles");

/// `configs/norway/migration/abroad.toml`.
#[derive(Resource, Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Immigrants, relative to the record and the future.
    pub immigration: Ratio,
    /// Probability of moving out, relative to the record and the future.
    pub emigration: Ratio,
}

impl Check for Params {}

/// See the [module](self).
pub struct Abroad;

impl Process for Abroad {
    const NAME: &'static str = "migration/abroad";
    type Params = Params;

    fn install(sim: &mut Simulation) {
        sim.decision(LEAVES).decision(ROUNDS).decision(SETTLES).every_year(Phase::Migration, (leave, arrive, admit).chain());
    }
}

fn leave(
    (year, rows, draws, record): (Res<Year>, Res<Rows>, Res<Draws>, Res<Shared<Record>>),
    params: Res<Shared<Params>>,
    mut people: Query<(&Person, &Kin, &Union, &Home, &mut Life)>,
) {
    let year = *year;
    let ratio = params.emigration.value();
    #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
    let chances: [[f32; COHORTS]; 2] = Sex::BOTH.map(|sex| {
        let on_record = &record.emigration[Record::at(year)][sex.index()];
        std::array::from_fn(|age| (on_record[age] * ratio) as f32)
    });
    for (people, kin, unions, homes, mut lives) in people.contiguous_iter_mut().expect("table storage") {
        let lives = lives.bypass_change_detection();
        for block in blocks(rows.used()) {
            // Whose luck it is: the mother's, the woman's of a couple, or one's own.
            let leader = |row: usize| {
                let link = match (homes[row].role, people[row].sex) {
                    (Role::Child, _) => kin[row].mother,
                    (_, Sex::Male) => unions[row].partner,
                    (_, Sex::Female) => Link::NOBODY,
                };
                people[link.as_row().unwrap_or(row)]
            };
            let leaders: [Person; BLOCK] = std::array::from_fn(|i| leader(block.start + i.min(block.len() - 1)));
            let [words, _] = luck(*draws, &leaders, year, LEAVES);
            let people = &people[block.clone()];
            for ((life, person), word) in lives[block].iter_mut().zip(people).zip(words) {
                let leaves = uniform(word) < chances[person.sex.index()][person.age_reached(year)];
                if leaves && life.goes_on(year) {
                    life.leave(year);
                }
            }
        }
    }
}

fn arrive(
    (year, draws, circle, record): (Res<Year>, Res<Draws>, Res<Circle>, Res<Shared<Record>>),
    params: Res<Shared<Params>>,
    mut newcomers: ResMut<Newcomers>,
) {
    // The luck of rounding is the year's: one draw, whatever the community.
    let round = f64::from(uniform(draws.words(0, year.0.unsigned_abs().into(), ROUNDS)[0]));
    let dealt = circle.deal(&record.immigrants[Record::at(*year)], params.immigration.value(), round);
    newcomers.0.extend(dealt.iter().map(|one| {
        let person = Person::immigrant(*year, one.sex, one.age, one.nth);
        let luck = uniform(draws.words(person.id, person.age_of_luck(*year), SETTLES)[0]);
        let municipality = record.places.deal(year.plus(1), age_group(one.age), luck);
        Newcomer { person, kin: Kin::default(), home: Home::new(Link::NOBODY, municipality, Role::Adult) }
    }));
}
