//! Immigrants' families: with whom those who arrive in a year come.
//!
//! A share of the women who arrive between 23 and 60 come with a man who arrives in the same year, found by the same stable matching as
//! any partner. Children under 18 come with a woman, or else a man, of those who arrive old enough to be a parent; if there is none, they
//! join a family that is here. Their parents are not in the model: they live in the household without a link of kin.
//!
//! Reads [`Person`]. Begins [`Union`] and [`Home`] of newcomers. Runs when immigrants are admitted. Evidence:
//! `configs/norway/family/arrivals.toml`.

use bevy_ecs::resource::Resource;
use bevy_ecs::system::{Query, Res};
use serde::Deserialize;

use crate::config::Check;
use crate::draws::{Decision, Draws, mix, uniform};
use crate::model::family::{Home, Link, Role, Status, Union};
use crate::model::person::{Life, Origin, Person};
use crate::model::rows::Rows;
use crate::model::simulation::{Process, Shared, Simulation};
use crate::record::Record;
use crate::units::{Sex, Share, Year};

use super::market::{Pool, Seeker, Single, date_of_birth, matched};
use super::pairing::wish;

const COMES_COUPLED: Decision = Decision::named("arrivals.comes_coupled");

/// Ages reached at which immigrants may come as couples.
const COUPLES: std::ops::RangeInclusive<usize> = 23..=60;
/// Immigrants younger than this live in somebody's household.
const GROWN: usize = 18;
/// Years by which whoever comes with a child is older.
const PARENT: std::ops::RangeInclusive<i16> = 18..=45;
/// How far the age of a partner may be from the wish, in years.
const REACH: f64 = 6.0;

/// `configs/norway/family/arrivals.toml`.
#[derive(Resource, Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Share of women arriving at 23-60 who come with a partner.
    pub coupled: Share,
    /// Of these couples, the share who are married.
    pub married: Share,
}

impl Check for Params {}

/// See the [module](self).
pub struct Arrivals;

impl Process for Arrivals {
    const NAME: &'static str = "family/arrivals";
    type Params = Params;

    fn install(sim: &mut Simulation) {
        sim.decision(COMES_COUPLED).on_arrival(settle);
    }
}

fn settle(
    (year, rows, draws, record): (Res<Year>, Res<Rows>, Res<Draws>, Res<Shared<Record>>),
    params: Res<Shared<Params>>,
    mut people: Query<(&Person, &Life, &mut Union, &mut Home)>,
) {
    let (year, new) = (*year, rows.new_people());
    #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
    let (coupled, married) = (params.coupled.value() as f32, params.married.value() as f32);
    for (people, lives, mut unions, mut homes) in people.contiguous_iter_mut().expect("table storage") {
        let (unions, homes) = (unions.bypass_change_detection(), homes.bypass_change_detection());
        if !people[new.clone()].iter().any(|person| person.origin == Origin::Immigrant) {
            return;
        }
        let age = |row: usize| people[row].age_reached(year);
        let luck = |row: usize| draws.words(people[row].id, people[row].age_of_luck(year), COMES_COUPLED);
        for row in new.clone() {
            homes[row] = Home::new(Link::row(row), homes[row].municipality, Role::Adult);
        }
        let women = new.clone().filter(|row| people[*row].sex == Sex::Female && COUPLES.contains(&age(*row)));
        let seekers: Vec<Seeker> = women
            .filter(|row| uniform(luck(*row)[0]) < coupled)
            .map(|row| Seeker { row, wants: wish(*draws, &record, people[row], year, false), county: 0 })
            .collect();
        let men = new.clone().filter(|row| people[*row].sex == Sex::Male && age(*row) >= GROWN);
        let pool = Pool::of(men.map(|row| Single { row, at: date_of_birth(people[row]) }).collect());
        for (woman, man) in matched(&seekers, |_| &pool, REACH, |_, _| true) {
            let status = if uniform(luck(woman)[1]) < married { Status::Married } else { Status::Cohabiting };
            // How long they have been together is not known: half the years since she was grown.
            let since = year.plus(-i16::try_from(age(woman).saturating_sub(GROWN) / 2).unwrap_or(0));
            unions[woman] = Union::with(Link::row(man), status, since);
            unions[man] = Union::with(Link::row(woman), status, since);
            homes[man] = Home::new(Link::row(woman), homes[woman].municipality, Role::Adult);
        }
        for child in new.clone().filter(|row| age(*row) < GROWN) {
            let older = |row: &usize| PARENT.contains(&(people[child].born - people[*row].born));
            let nearest = |row: &usize| mix(people[child].id, people[*row].id);
            let of_sex = |sex: Sex| {
                let grown = new.clone().filter(move |row| people[*row].sex == sex && age(*row) >= GROWN);
                grown.filter(older).min_by_key(nearest)
            };
            let settled = || {
                let women = rows.runs(year).filter(|run| run.sex == Sex::Female && (25..=55).contains(&run.age));
                women
                    .flat_map(|run| run.rows)
                    .filter(|row| !new.contains(row) && lives[*row].goes_on(year) && homes[*row].role == Role::Adult)
                    .filter(older)
                    .min_by_key(nearest)
            };
            if let Some(host) = of_sex(Sex::Female).or_else(|| of_sex(Sex::Male)).or_else(settled) {
                homes[child] = Home::new(homes[host].household, homes[host].municipality, Role::Child);
            }
        }
    }
}
