//! Pairing: who finds a partner, and which cohabiting couples marry.
//!
//! A woman without a partner enters a union at the rate of her age and year, by whether she has been in one before, times the arm's
//! effect, against her luck. She looks for a man older by a gap drawn from the recorded ones, first in her county, then in the whole
//! community, and gets whom the stable matching ([`super::market`]) gives her; who finds nobody within reach stays single this year.
//! The union begins with marriage or cohabitation, as was the custom of the year; cohabiting couples marry at the rate of their years
//! together.
//!
//! Close kin do not pair: parents, children, sisters and brothers. Reads [`Person`], [`Life`], [`Kin`]. Begins [`Union`] and changes
//! [`Home`]. Runs in [`Phase::Pairing`]. Owns [`Market`], the single men of the year.
//!
//! Leaves out: couples of one sex, and education until it exists. Evidence: `configs/norway/family/pairing.toml`,
//! `configs/norway/tables/union_*.csv`, `partner_age_gap.csv`.

use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::IntoScheduleConfigs;
use bevy_ecs::system::{Query, Res, ResMut};
use serde::Deserialize;

use crate::config::Check;
use crate::draws::{Decision, Draws, uniform};
use crate::math::yearly_probability;
use crate::model::attribute::{Attribute, Values};
use crate::model::community::Counts;
use crate::model::family::{Home, Kin, Link, Role, Status, Union};
use crate::model::lever::{Form, Grain, Lever, Levers};
use crate::model::person::{Life, Person, luck};
use crate::model::phase::Phase;
use crate::model::rows::Rows;
use crate::model::simulation::{Axis, Counter, CounterPlaces, Process, Shared, Shown, Simulation};
use crate::record::Record;
use crate::record::lexis::COHORTS;
use crate::record::unions::AGES;
use crate::units::{Ratio, Sex, Year, Years};

use super::market::{Pool, Seeker, Single, date_of_birth, matched};

/// Whether somebody has a partner, and how.
pub const STATUS: Attribute = Attribute {
    name: "pairing.status",
    unit: "0 never in a union, 1 cohabiting, 2 married, 3 separated, 4 divorced, 5 widowed",
    values: Values::Words(&["never", "cohabiting", "married", "separated", "divorced", "widowed"]),
    about: "partnership at the end of the year",
};

/// The rate of entering a union.
pub const FORMATION: Lever = Lever {
    name: "pairing.forms",
    form: Form::RateRatio,
    grain: Grain::Age,
    sex: Some(Sex::Female),
    ages: [16, 79],
    about: "rate at which women without a partner enter a union, by the age they reach",
};

/// Unions formed, by the woman's age.
pub const UNIONS: Counter =
    Counter { column: "unions", about: "unions formed, by the age the woman reaches", axis: Axis::Age };
/// People who move to another municipality because they move in with a partner.
pub const MOVES_IN: Counter = Counter {
    column: "moves_to_partner",
    about: "people who move to another municipality to live with a partner, by sex and age reached",
    axis: Axis::Age,
};
/// Marriages, by the age of each spouse.
pub const MARRIAGES: Counter =
    Counter { column: "marriages", about: "people who marry, by sex and age reached", axis: Axis::Age };

const SEEKS: Decision = Decision::named("pairing.seeks");
const WISHES: Decision = Decision::named("pairing.wishes");

/// Men under this age do not pair.
const YOUNGEST_MAN: usize = 17;
/// Men over this age do not pair.
const OLDEST_MAN: usize = 95;

impl Shown for Union {
    fn shown(&self) -> f64 {
        (self.status as u8).into()
    }
}

/// `configs/norway/family/pairing.toml`.
#[derive(Resource, Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Rate of forming unions relative to the derived one.
    pub level: Ratio,
    /// Rate of marriage among the cohabiting relative to the derived one.
    pub marriage: Ratio,
    /// How far the age of a partner in the same county may be from the wish.
    pub reach_in_county: Years,
    /// How far it may be in the whole community.
    pub reach: Years,
}

impl Check for Params {}

/// The men who may be found this year.
#[derive(Resource, Clone, Debug, Default)]
pub struct Market {
    /// By county.
    counties: Vec<Pool>,
    /// All of them.
    all: Pool,
}

impl Market {
    /// The man nearest to a date of birth, in the county if one is within reach there; `accepts` is asked of his row.
    pub fn nearest(&self, county: usize, wants: f64, reach: f64, accepts: impl Fn(usize) -> bool) -> Option<usize> {
        let nearest = |pool: &Pool| pool.nearest(wants, reach).map(|(_, row)| row).find(|row| accepts(*row));
        self.counties.get(county).and_then(nearest).or_else(|| nearest(&self.all))
    }
}

/// See the [module](self).
pub struct Pairing;

impl Process for Pairing {
    const NAME: &'static str = "family/pairing";
    type Params = Params;

    fn install(sim: &mut Simulation) {
        sim.decision(SEEKS)
            .decision(WISHES)
            .lever(FORMATION)
            .shows::<Union>(STATUS)
            .counts(UNIONS)
            .counts(MARRIAGES)
            .counts(MOVES_IN)
            .resource(Market::default())
            .every_year(Phase::Pairing, (open_market, pair).chain());
    }
}

fn open_market(
    (year, rows, record): (Res<Year>, Res<Rows>, Res<Shared<Record>>),
    mut market: ResMut<Market>,
    people: Query<(&Person, &Life, &Union, &Home)>,
) {
    let year = *year;
    let Market { counties, all } = &mut *market;
    counties.resize_with(record.places.counties.len().max(1), Pool::default);
    counties.iter_mut().for_each(Pool::clear);
    all.clear();
    for (people, lives, unions, homes) in people.contiguous_iter().expect("table storage") {
        for run in rows.runs(year).filter(|run| run.sex == Sex::Male && (YOUNGEST_MAN..=OLDEST_MAN).contains(&run.age))
        {
            let first = all.len();
            for row in run.rows {
                if !unions[row].is_coupled() && lives[row].is_here(year) && homes[row].role != Role::Institution {
                    all.push(Single { row, at: date_of_birth(people[row]) });
                }
            }
            all.sort_from(first);
        }
        // Sorted once: counties get theirs in order.
        all.sort();
        for single in all.iter() {
            counties[record.places.county_of(homes[single.row].municipality)].push(single);
        }
    }
}

/// Whether two people are too close to pair.
fn are_kin(woman: (usize, Kin), man: (usize, Kin)) -> bool {
    woman.1.shares_parent(man.1) || man.1.mother.is_row(woman.0) || woman.1.father.is_row(man.0)
}

/// A standard normal number of two uniform ones.
fn normal(words: [u32; 2]) -> f32 {
    let radius = libm::sqrtf(-2.0 * libm::logf(1.0 - uniform(words[0])));
    radius * libm::cosf(std::f32::consts::TAU * uniform(words[1]))
}

/// The date of birth that a woman of this age looks for.
#[must_use]
pub fn wish(draws: Draws, record: &Record, woman: Person, year: Year, before: bool) -> f64 {
    let age = woman.age_reached(year);
    let [mean, sd] = record.unions.gap(age, before);
    let [first, second, ..] = draws.words(woman.id, woman.age_of_luck(year), WISHES);
    date_of_birth(woman) - f64::from(mean + sd * normal([first, second]))
}

fn pair(
    (year, rows, draws, record): (Res<Year>, Res<Rows>, Res<Draws>, Res<Shared<Record>>),
    (params, levers, places): (Res<Shared<Params>>, Res<Levers>, Res<CounterPlaces>),
    (market, mut counts): (Res<Market>, ResMut<Counts>),
    mut people: Query<(&Person, &Life, &Kin, &mut Union, &mut Home)>,
) {
    let (year, effect) = (*year, levers.at(FORMATION));
    let [formed, marriages, moves] = [UNIONS, MARRIAGES, MOVES_IN].map(|counter| places.of(counter));
    #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
    let level = params.level.value() as f32;
    let reaches = [params.reach_in_county.value(), params.reach.value()];
    // By status and age; nothing for those with a partner.
    let mut forming = [[0.0; COHORTS]; Status::ALL.len()];
    for status in Status::ALL.into_iter().filter(|status| !matches!(status, Status::Cohabiting | Status::Married)) {
        for (age, rates) in AGES.zip(record.unions.formation(year)) {
            let rate = rates[usize::from(status != Status::Never)];
            forming[status as usize][age] = yearly_probability(rate * level * effect.ratio(Sex::Female, age));
        }
    }
    let marries_directly = record.unions.marries_directly(year);
    #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
    let marriage = params.marriage.value() as f32;
    let chances: Vec<f32> =
        record.unions.marriage(year).iter().map(|rate| yearly_probability(rate * marriage)).collect();
    let last = chances.len() - 1;
    // By status and years together; nothing for those who do not cohabit.
    let marrying_at = Status::ALL.map(|status| match status {
        Status::Cohabiting => chances.clone(),
        Status::Never | Status::Married | Status::Separated | Status::Divorced | Status::Widowed => {
            vec![0.0; chances.len()]
        }
    });
    for (people, lives, kin, mut unions, mut homes) in people.contiguous_iter_mut().expect("table storage") {
        let (unions, homes) = (unions.bypass_change_detection(), homes.bypass_change_detection());
        let (mut seekers, mut marrying) = (Vec::new(), Vec::new());
        for block in rows.blocks_of(year, |sex, age| sex == Sex::Female && age >= *AGES.start()) {
            let [firsts, seconds] = luck(*draws, &people[block.clone()], year, SEEKS);
            for (row, (first, second)) in block.zip(firsts.into_iter().zip(seconds)) {
                let (person, union) = (people[row], unions[row]);
                let age = person.age_reached(year);
                let seeks = uniform(first) < forming[union.status as usize][age];
                let marries = uniform(second) < marrying_at[union.status as usize][union.duration(year).min(last)];
                if !(seeks || marries) || person.sex == Sex::Male || !lives[row].is_here(year) {
                    continue;
                }
                if marries {
                    marrying.push(row);
                } else if homes[row].role != Role::Institution {
                    let county = record.places.county_of(homes[row].municipality);
                    let wants = wish(*draws, &record, person, year, union.status != Status::Never);
                    seekers.push(Seeker { row, wants, county });
                }
            }
        }
        let accepts = |woman: usize, man: usize| !are_kin((woman, kin[woman]), (man, kin[man]));
        let mut pairs = matched(&seekers, |seeker| &market.counties[seeker.county], reaches[0], accepts);
        let (mut found, mut taken) = (vec![false; rows.used()], vec![false; rows.used()]);
        pairs.iter().for_each(|(woman, man)| (found[*woman], taken[*man]) = (true, true));
        seekers.retain(|seeker| !found[seeker.row]);
        let still_free = |woman: usize, man: usize| !taken[man] && accepts(woman, man);
        pairs.extend(matched(&seekers, |_| &market.all, reaches[1], still_free));
        for (woman, man) in pairs {
            let [.., third, fourth] = draws.words(people[woman].id, people[woman].age_of_luck(year), WISHES);
            unions[woman] = Union::with(Link::row(man), Status::Cohabiting, year);
            unions[man] = Union::with(Link::row(woman), Status::Cohabiting, year);
            let [_, second, ..] = draws.words(people[woman].id, people[woman].age_of_luck(year), SEEKS);
            if uniform(third) < marries_directly || uniform(second) < chances[0] {
                marrying.push(woman);
            }
            // Whoever has a home of their own takes the other in; of two with one, or two without, luck decides.
            let has_home = [woman, man].map(|row| homes[row].role == Role::Adult);
            let at_hers = if has_home[0] == has_home[1] { uniform(fourth) < 0.5 } else { has_home[0] };
            let municipality = homes[if at_hers { woman } else { man }].municipality;
            for row in [woman, man] {
                if homes[row].municipality != municipality {
                    counts.events[moves][people[row].sex.index()][people[row].age_reached(year)] += 1;
                }
                homes[row] = Home::new(Link::row(woman), municipality, Role::Adult);
            }
            counts.events[formed][0][people[woman].age_reached(year)] += 1;
        }
        for woman in marrying {
            for row in [Some(woman), unions[woman].partner.as_row()].into_iter().flatten() {
                unions[row].marry(year);
                counts.events[marriages][people[row].sex.index()][people[row].age_reached(year)] += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_kin_do_not_pair() {
        let kin = |mother, father| Kin { mother: Link::row(mother), father: Link::row(father) };
        assert!(are_kin((3, kin(1, 2)), (4, kin(1, 5))), "a half-brother");
        assert!(are_kin((1, kin(8, 9)), (4, kin(1, 5))), "a son");
        assert!(are_kin((3, kin(1, 2)), (2, kin(6, 7))), "a father");
        assert!(!are_kin((3, kin(1, 2)), (4, kin(6, 7))), "a stranger");
    }

    #[test]
    fn normal_numbers_have_mean_zero_and_sd_one() {
        let draws = Draws::new(1, 0);
        let numbers: Vec<f32> = (0..20_000)
            .map(|id| {
                let [first, second, ..] = draws.words(id, 30, WISHES);
                normal([first, second])
            })
            .collect();
        let mean = numbers.iter().sum::<f32>() / 20_000.0;
        let variance = numbers.iter().map(|number| number * number).sum::<f32>() / 20_000.0;
        // Standard errors 0.007 and 0.010; bounds four of them.
        assert!(mean.abs() < 0.028 && (variance - 1.0).abs() < 0.04, "mean {mean}, variance {variance}");
    }
}
