//! Migration to and from abroad.
//!
//! Who leaves: the probability of the person's sex, age and year, against the luck of the household: everyone shares the
//! householder's, so that families mostly leave together, and everyone's own probability is still the recorded one. People with a
//! partner leave less often than others of their age and sex; so that all of them together leave as recorded, the nation is asked for
//! their share. Who comes: a number by sex, age and year known in advance, the same in every arm, dealt evenly to the communities.
//! Both come from the record, whose net migration they add up to ([`crate::record::projection`]).
//!
//! Reads [`Person`], [`Union`], [`Home`]. Ends [`Life`] of those who leave. Runs in [`Phase::Migration`], before death, because
//! arrivals and leavers are at risk for half the year.
//!
//! Leaves out: origin, the reason for moving, and return: a returning emigrant is a new arrival. Evidence:
//! `configs/norway/migration/abroad.toml`, `configs/norway/tables/migration_*.csv`, `emigration_schedule.csv`.

use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::IntoScheduleConfigs;
use bevy_ecs::system::{Local, Query, Res, ResMut};
use serde::Deserialize;

use crate::config::Check;
use crate::draws::{Decision, Draws, uniform};
use crate::model::community::{Circle, Newcomer, Newcomers, admit};
use crate::model::family::{Home, Kin, Link, Role, Union};
use crate::model::household::age_group;
use crate::model::person::{Life, Person, luck};
use crate::model::phase::Phase;
use crate::model::rows::Rows;
use crate::model::simulation::{Answered, Asked, Asks, Process, Shared, Simulation};
use crate::record::Record;
use crate::record::lexis::COHORTS;
use crate::units::{Ratio, Sex, Year};

const LEAVES: Decision = Decision::named("abroad.leaves");
const ROUNDS: Decision = Decision::named("abroad.rounds");
const SETTLES: Decision = Decision::named("abroad.settles");

/// Householders are hardly ever younger: luck is drawn for all from this age on, and for others one by one.
const GROWN: usize = 18;
/// In the place of luck not drawn yet. Whose word it is by chance has it drawn twice.
const NOT_DRAWN: u32 = 0;

/// `configs/norway/migration/abroad.toml`.
#[derive(Resource, Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Immigrants, relative to the record and the future.
    pub immigration: Ratio,
    /// Probability of moving out, relative to the record and the future.
    pub emigration: Ratio,
    /// Probability of moving out of people with a partner relative to people without.
    pub coupled: Ratio,
}

impl Check for Params {}

/// See the [module](self).
pub struct Abroad;

impl Process for Abroad {
    const NAME: &'static str = "migration/abroad";
    type Params = Params;

    fn install(sim: &mut Simulation) {
        sim.decision(LEAVES)
            .decision(ROUNDS)
            .decision(SETTLES)
            .asks::<Coupled, _>(Phase::Birth, count)
            .every_year(Phase::Migration, (leave, arrive, admit).chain());
    }
}

/// The share of people with a partner by sex and age reached.
pub struct Coupled;

impl Asks for Coupled {
    const NAME: &'static str = "abroad.coupled";

    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "state is f32")]
    fn answer(_: &Record, _: Year, sums: &[i64]) -> Vec<f32> {
        sums.as_chunks::<2>().0.iter().map(|[coupled, all]| (*coupled as f64 / (*all).max(1) as f64) as f32).collect()
    }
}

impl Answered<Coupled> {
    /// The share of people of a sex and age reached who have a partner; none before the nation has answered.
    #[must_use]
    pub fn share(&self, sex: Sex, age: usize) -> f32 {
        self.answer.get(sex.index() * COHORTS + age).copied().unwrap_or(0.0)
    }
}

fn count((year, rows): (Res<Year>, Res<Rows>), mut asked: ResMut<Asked<Coupled>>, people: Query<(&Life, &Union)>) {
    let sums = &mut asked.sums;
    sums.clear();
    sums.resize(2 * 2 * COHORTS, 0);
    for (lives, unions) in people.contiguous_iter().expect("table storage") {
        for run in rows.runs(*year) {
            let (lives, unions) = (&lives[run.rows.clone()], &unions[run.rows]);
            let (mut coupled, mut all) = (0, 0);
            for (life, union) in lives.iter().zip(unions) {
                let is_here = life.goes_on(*year);
                all += i64::from(is_here);
                coupled += i64::from(is_here && union.is_coupled());
            }
            let cell = 2 * (run.sex.index() * COHORTS + run.age);
            sums[cell] += coupled;
            sums[cell + 1] += all;
        }
    }
}

fn leave(
    (year, rows, draws, record): (Res<Year>, Res<Rows>, Res<Draws>, Res<Shared<Record>>),
    (params, coupled): (Res<Shared<Params>>, Res<Answered<Coupled>>),
    mut words: Local<Vec<u32>>,
    mut people: Query<(&Person, &Union, &Home, &mut Life)>,
) {
    let year = *year;
    let ratio = params.emigration.value();
    // By whether there is a partner: the mean over people of a sex and age is what is on record.
    #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
    let chances: [[[f32; 2]; COHORTS]; 2] = Sex::BOTH.map(|sex| {
        let on_record = &record.emigration[Record::at(year)][sex.index()];
        std::array::from_fn(|age| {
            let share = coupled.share(sex, age);
            let mean = 1.0 + f64::from(share) * (params.coupled.value() - 1.0);
            let alone = on_record[age] * ratio / mean.max(0.01);
            [alone as f32, (alone * params.coupled.value()) as f32]
        })
    });
    for (people, unions, homes, mut lives) in people.contiguous_iter_mut().expect("table storage") {
        let lives = lives.bypass_change_detection();
        words.clear();
        words.resize(rows.used(), NOT_DRAWN);
        for block in rows.blocks_of(year, |_, age| age >= GROWN) {
            let [first, _] = luck(*draws, &people[block.clone()], year, LEAVES);
            words[block.clone()].copy_from_slice(&first[..block.len()]);
        }
        for run in rows.runs(year) {
            let chances = chances[run.sex.index()][run.age];
            let most = chances[0].max(chances[1]);
            for row in run.rows {
                // Whose luck it is: the householder's, who is here or was at the end of last year.
                let leader = homes[row].household.as_row().unwrap_or(row);
                let word = match words[leader] {
                    NOT_DRAWN => draws.words(people[leader].id, people[leader].age_of_luck(year), LEAVES)[0],
                    word => word,
                };
                if uniform(word) < most
                    && uniform(word) < chances[usize::from(unions[row].is_coupled())]
                    && lives[row].goes_on(year)
                {
                    lives[row].leave(year);
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
