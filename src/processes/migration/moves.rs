//! Moves between municipalities.
//!
//! **Who moves.** Households move as one: the householder's recorded rate by age, times a ratio for couples and for families with
//! children, against the householder's luck. **Where to.** A share of the moves stays within the county. Among municipalities people choose in
//! proportion to the places that are free for people like them there: what the record (or the assumption about other years,
//! [`crate::record::places`]) has of their group of age on the coming 1 January, less those who stay. Families with children go where
//! children are missing, others where people of their own age are. So each municipality keeps its size and its ages, and nobody
//! moves who would not have.
//!
//! The free places are solved in the reference and reused by other arms. Reads [`Person`], [`Life`], [`Union`], [`Households`]. Changes
//! [`Home`]. Runs in [`Phase::Moving`]. Evidence: `configs/norway/migration/moves.toml`,
//! `configs/norway/tables/moves_register.csv`, `municipality_register.csv`.

use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::IntoScheduleConfigs;
use bevy_ecs::system::{Query, Res, ResMut};
use serde::Deserialize;

use crate::config::Check;
use crate::draws::{Decision, Draws, uniform};
use crate::model::community::Counts;
use crate::model::family::{Home, Role, Union};
use crate::model::household::{AGE_GROUPS, Households, age_group, sum_up};
use crate::model::lever::{Form, Lever, Levers};
use crate::model::person::{Life, Person, luck};
use crate::model::phase::Phase;
use crate::model::rows::{Rows, blocks};
use crate::model::simulation::{Answered, Asked, Asks, Axis, Counter, CounterPlaces, Process, Shared, Simulation};
use crate::record::Record;
use crate::record::lexis::COHORTS;
use crate::record::places::Places;
use crate::units::{Ratio, Share, Year};

/// The chance of moving.
pub const MOVING: Lever = Lever {
    name: "moves.moves",
    form: Form::RateRatio,
    sex: None,
    ages: [16, 127],
    about: "rate of moving to another municipality, by the householder's age",
};

/// People who move to another municipality.
pub const MOVES: Counter =
    Counter { column: "moves", about: "people who move to another municipality with their household, by sex and age reached", axis: Axis::Age };

const MOVES_OUT: Decision = Decision::named("moves.moves");
const WHERE_TO: Decision = Decision::named("moves.where_to");

/// Kinds of household by where they look: families, then others by the householder's group of age.
const KINDS: usize = 1 + AGE_GROUPS;
/// Groups of age whose free places families look at: 0-14.
const YOUNG: usize = 3;

/// `configs/norway/migration/moves.toml`.
#[derive(Resource, Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Rate of moving relative to the record.
    pub level: Ratio,
    /// Rate of single adults without children, relative to everyone of the age.
    pub single: Ratio,
    /// The same of couples without children.
    pub couple: Ratio,
    /// The same of households with children.
    pub family: Ratio,
    /// Share of moves that stay within the county, where it has other municipalities.
    pub within_county: Share,
}

impl Check for Params {}

/// A household on the move: its householder's row, whether it stays in the county, and its kind; by row of the householder.
#[derive(Resource, Clone, Debug, Default)]
struct Movers {
    /// 0 for those who stay, else 1 + kind, plus 64 if within the county.
    of: Vec<u8>,
}

const WITHIN: u8 = 64;

/// Free places by kind of household.
pub struct FreePlaces;

/// See the [module](self).
pub struct Moves;

impl Process for Moves {
    const NAME: &'static str = "migration/moves";
    type Params = Params;

    fn install(sim: &mut Simulation) {
        sim.decision(MOVES_OUT)
            .decision(WHERE_TO)
            .lever(MOVING)
            .counts(MOVES)
            .resource(Movers::default())
            .asks::<FreePlaces, _, _>(Phase::Moving, (begin, sum_up, choose, tally).chain(), settle);
    }
}

/// Rows of the sums that communities hand in.
struct Layout {
    municipalities: usize,
    counties: usize,
}

impl Layout {
    fn of(places: &Places) -> Self {
        Self { municipalities: places.municipalities.len(), counties: places.counties.len() }
    }

    const fn stays(&self, municipality: usize, group: usize) -> usize {
        municipality * AGE_GROUPS + group
    }

    /// Those who move within a county, in the unit of their kind: children of families, else people.
    const fn within(&self, kind: usize, county: usize) -> usize {
        self.municipalities * AGE_GROUPS + kind * self.counties + county
    }

    /// All those who move.
    const fn all(&self, kind: usize) -> usize {
        self.within(KINDS, 0) + kind
    }

    /// People of moving families, by group of age.
    const fn in_families(&self, group: usize) -> usize {
        self.all(KINDS) + group
    }

    const fn length(&self) -> usize {
        self.in_families(AGE_GROUPS)
    }

    /// In the answer: counties, cumulated, then municipalities, cumulated within each county.
    const fn answer(&self, kind: usize) -> usize {
        kind * (self.counties + self.municipalities)
    }
}

fn begin(record: Res<Shared<Record>>, mut households: ResMut<Households>) {
    if households.municipalities.is_empty() {
        households.count(record.places.municipalities.len());
    }
}

fn choose(
    (year, rows, draws, record): (Res<Year>, Res<Rows>, Res<Draws>, Res<Shared<Record>>),
    (params, levers, households): (Res<Shared<Params>>, Res<Levers>, Res<Households>),
    mut movers: ResMut<Movers>,
    people: Query<(&Person, &Life, &Union, &Home)>,
) {
    let (year, effect) = (*year, levers.at(MOVING));
    let rates = record.moves.rates(year);
    #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
    let [single, couple, family] =
        [params.single, params.couple, params.family].map(|ratio| (ratio.value() * params.level.value()) as f32);
    #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
    let within_county = params.within_county.value() as f32;
    // The most that any household's chance can be, so that hopeless luck is told at once.
    let most: [f32; COHORTS] = std::array::from_fn(|age| rates[age] * single.max(couple).max(family));
    movers.of.clear();
    movers.of.resize(rows.used(), 0);
    for (people, lives, unions, homes) in people.contiguous_iter().expect("table storage") {
        for block in blocks(rows.used()) {
            let is_householder =
                |row: usize| homes[row].role == Role::Adult && homes[row].household.is_row(row) && lives[row].goes_on(year);
            if !block.clone().any(is_householder) {
                continue;
            }
            let [words, others] = luck(*draws, &people[block.clone()], year, MOVES_OUT);
            for ((row, word), other) in block.zip(words).zip(others) {
                let person = people[row];
                let age = person.age_reached(year);
                let change = effect.ratio(person.sex, age);
                if uniform(word) >= most[age] * change || !is_householder(row) {
                    continue;
                }
                let sums = households.of(row);
                let ratio = match (sums.children > 0, unions[row].is_coupled()) {
                    (true, _) => family,
                    (false, true) => couple,
                    (false, false) => single,
                };
                if uniform(word) < rates[age] * ratio * change {
                    let county = &record.places.counties[record.places.county_of(homes[row].municipality)];
                    let within = uniform(other) < within_county && county.municipalities.len() > 1;
                    #[expect(clippy::cast_possible_truncation, reason = "twenty kinds")]
                    let kind = if sums.children > 0 { 0 } else { 1 + age_group(age) as u8 };
                    movers.of[row] = 1 + kind + if within { WITHIN } else { 0 };
                }
            }
        }
    }
}

/// Whose household moves, and how: the kind and whether within the county.
fn mover(movers: &Movers, home: Home) -> Option<(usize, bool)> {
    let code = home.household.as_row().map_or(0, |row| movers.of.get(row).copied().unwrap_or(0));
    (code > 0).then(|| (usize::from(code % WITHIN) - 1, code >= WITHIN))
}

fn tally(
    (year, rows, record): (Res<Year>, Res<Rows>, Res<Shared<Record>>),
    (households, movers): (Res<Households>, Res<Movers>),
    mut asked: ResMut<Asked<FreePlaces>>,
    people: Query<(&Life, &Home)>,
) {
    let (year, layout) = (*year, Layout::of(&record.places));
    let sums = &mut asked.sums;
    sums.clear();
    sums.resize(layout.length(), 0);
    let everyone = households.municipalities.as_flattened();
    sums.iter_mut().zip(everyone).for_each(|(sum, people)| *sum = i64::from(*people));
    for (lives, homes) in people.contiguous_iter().expect("table storage") {
        for run in rows.runs(year) {
            let group = age_group(run.age);
            for (life, home) in lives[run.rows.clone()].iter().zip(&homes[run.rows]) {
                let Some((kind, within)) = mover(&movers, *home).filter(|_| life.goes_on(year)) else { continue };
                sums[layout.stays(home.municipality.into(), group)] -= 1;
                if kind == 0 {
                    sums[layout.in_families(group)] += 1;
                }
                if kind > 0 || group < YOUNG {
                    sums[layout.all(kind)] += 1;
                    if within {
                        sums[layout.within(kind, record.places.county_of(home.municipality))] += 1;
                    }
                }
            }
        }
    }
}

impl Asks for FreePlaces {
    const NAME: &'static str = "moves.free_places";

    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "people of a nation; state is f32")]
    fn answer(record: &Record, year: Year, sums: &[i64]) -> Vec<f32> {
        let (places, layout) = (&record.places, Layout::of(&record.places));
        let next = year.plus(1);
        let count = |at: usize| sums[at] as f64;
        // Who is to be where on the coming 1 January, less those who stay.
        let mut free = vec![[0.0; AGE_GROUPS]; layout.municipalities];
        for group in 0..AGE_GROUPS {
            let stay: f64 = (0..layout.municipalities).map(|at| count(layout.stays(at, group))).sum();
            let moving = if group < YOUNG { 0.0 } else { count(layout.all(1 + group)) };
            let people = stay + moving + count(layout.in_families(group));
            for (at, free) in free.iter_mut().enumerate() {
                free[group] = people * places.share(next, group, at) - count(layout.stays(at, group));
            }
        }
        let mut answer = Vec::with_capacity(layout.answer(KINDS));
        let mut families = vec![0.0; layout.municipalities];
        for kind in 0..KINDS {
            let wanted: Vec<f64> = if kind == 0 {
                free.iter().map(|free| free[..YOUNG].iter().sum::<f64>().max(0.0)).collect()
            } else {
                let group = kind - 1;
                let arrive = count(layout.in_families(group));
                let others = families.iter().map(|share| arrive * share);
                free.iter().zip(others).map(|(free, others)| (free[group] - others).max(0.0)).collect()
            };
            let total: f64 = wanted.iter().sum();
            let group = if kind == 0 { 0 } else { kind - 1 };
            // Where nothing is free, people choose like everyone of their age.
            let shares: Vec<f64> = if total > 0.0 {
                wanted.iter().map(|wanted| wanted / total).collect()
            } else {
                (0..layout.municipalities).map(|at| places.share(next, group, at)).collect()
            };
            let moving = count(layout.all(kind));
            // What those who stay in their county take is not free for those who come from others.
            let from_others: Vec<f64> = places
                .counties
                .iter()
                .enumerate()
                .map(|(i, county)| {
                    let share: f64 = shares[county.municipalities.clone()].iter().sum();
                    (share * moving - count(layout.within(kind, i))).max(0.0)
                })
                .collect();
            cumulate(&from_others, &mut answer);
            for county in &places.counties {
                cumulate(&shares[county.municipalities.clone()], &mut answer);
            }
            if kind == 0 {
                families = shares;
            }
        }
        answer
    }
}

/// Adds shares, cumulated to 1; equal ones if all are zero.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "state is f32")]
fn cumulate(weights: &[f64], into: &mut Vec<f32>) {
    let total: f64 = weights.iter().sum();
    let mut sum = 0.0;
    for weight in weights {
        sum += if total > 0.0 { weight / total } else { 1.0 / weights.len() as f64 };
        into.push(sum as f32);
    }
}

/// The place in cumulated shares that luck falls on.
fn place(cumulated: &[f32], luck: f32) -> usize {
    cumulated.partition_point(|sum| *sum <= luck).min(cumulated.len().saturating_sub(1))
}

fn settle(
    (year, rows, draws, record): (Res<Year>, Res<Rows>, Res<Draws>, Res<Shared<Record>>),
    (movers, free, places): (Res<Movers>, Res<Answered<FreePlaces>>, Res<CounterPlaces>),
    (mut counts, mut households): (ResMut<Counts>, ResMut<Households>),
    mut people: Query<(&Person, &Life, &mut Home)>,
) {
    let (year, layout, moves) = (*year, Layout::of(&record.places), places.of(MOVES));
    if free.answer.is_empty() {
        return;
    }
    for (people, lives, mut homes) in people.contiguous_iter_mut().expect("table storage") {
        let homes = homes.bypass_change_detection();
        for run in rows.runs(year) {
            let group = age_group(run.age);
            for row in run.rows {
                let home = homes[row];
                let (Some((kind, within)), Some(householder)) = (mover(&movers, home), home.household.as_row()) else {
                    continue;
                };
                if !lives[row].goes_on(year) {
                    continue;
                }
                // Everyone of the household asks the householder's luck, and so goes to the same place.
                let leader = people[householder];
                let [first, second, ..] = draws.words(leader.id, leader.age_of_luck(year), WHERE_TO);
                let (counties, municipalities) =
                    free.answer[layout.answer(kind)..layout.answer(kind + 1)].split_at(layout.counties);
                let county =
                    if within { record.places.county_of(home.municipality) } else { place(counties, uniform(first)) };
                let range = record.places.counties[county].municipalities.clone();
                let to = range.start + place(&municipalities[range.clone()], uniform(second));
                if to == usize::from(home.municipality) {
                    continue;
                }
                households.municipalities[usize::from(home.municipality)][group] -= 1;
                households.municipalities[to][group] += 1;
                #[expect(clippy::cast_possible_truncation, reason = "fewer municipalities than 2¹⁶")]
                let to = to as u16;
                homes[row] = Home::new(home.household, to, home.role);
                counts.events[moves][run.sex.index()][run.age] += 1;
            }
        }
    }
}
