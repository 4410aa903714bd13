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
//! `configs/norway/tables/moves_rates.csv`, `moves_levels.csv`, `municipality_register.csv`.

use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::IntoScheduleConfigs;
use bevy_ecs::system::{Query, Res, ResMut};
use serde::Deserialize;

use crate::config::Check;
use crate::draws::{Decision, Draws, uniform};
use crate::model::community::Counts;
use crate::model::family::{Home, Role, Union};
use crate::model::household::{AGE_GROUPS, HouseholdSums, Households, age_group};
use crate::model::lever::{Form, Grain, Lever, Levers};
use crate::model::person::{Life, Person, luck};
use crate::model::phase::Phase;
use crate::model::rows::{Rows, blocks};
use crate::model::simulation::{Answered, Asked, Asks, Axis, Counter, CounterPlaces, Process, Shared, Simulation};
use crate::record::Record;
use crate::record::lexis::COHORTS;
use crate::record::places::Places;
use crate::units::{Ratio, Sex, Share, Year};

/// The chance of moving.
pub const MOVING: Lever = Lever {
    name: "moves.rate",
    form: Form::RateRatio,
    grain: Grain::Age,
    sex: None,
    ages: [16, 127],
    about: "rate of moving to another municipality, by the householder's age",
};

/// People who move to another municipality.
pub const MOVES: Counter = Counter {
    column: "moves",
    about: "people who move to another municipality with their household, by sex and age reached",
    axis: Axis::Age,
};

const MOVES_OUT: Decision = Decision::named("moves.moves");
const WHERE_TO: Decision = Decision::named("moves.where_to");

/// Kinds of household by where they look: families with a child under 5, other families, then others by the householder's group of
/// age.
const KINDS: usize = FAMILIES + AGE_GROUPS;
/// Kinds of families.
const FAMILIES: usize = 2;

/// The groups of age whose free places a kind of household looks at.
const fn looks_at(kind: usize) -> std::ops::Range<usize> {
    match kind {
        0 => 0..1,
        1 => 1..3,
        _ => kind - FAMILIES..kind - FAMILIES + 1,
    }
}

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

/// The households on the move, and their people.
#[derive(Resource, Clone, Debug, Default)]
struct Movers {
    /// By row of the householder: 1 + the place of its household among those on the move, 0 for those who stay.
    of: Vec<u16>,
    households: Vec<OnTheMove>,
    /// Where each household goes.
    to: Vec<u16>,
    people: Vec<Moving>,
}

/// A household on the move.
#[derive(Clone, Copy, Debug)]
struct OnTheMove {
    householder: Person,
    /// The county it leaves.
    county: u16,
    kind: u8,
    /// Whether it stays in the county.
    within: bool,
}

/// Somebody on the move.
#[derive(Clone, Copy, Debug)]
struct Moving {
    row: u32,
    /// The place of the household among those on the move.
    household: u16,
    /// The municipality left.
    from: u16,
    sex: Sex,
    age: u8,
}

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
            .asks::<FreePlaces, _>(Phase::Moving, (choose, tally).chain())
            .every_year(Phase::Moving, settle);
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

    #[expect(clippy::unused_self, reason = "one of the rows of the layout")]
    const fn stays(&self, municipality: usize, group: usize) -> usize {
        municipality * AGE_GROUPS + group
    }

    /// Those who move within a county: of each kind of household the people of the ages that it looks at.
    const fn within(&self, kind: usize, county: usize) -> usize {
        self.municipalities * AGE_GROUPS + kind * self.counties + county
    }

    /// All those who move.
    const fn all(&self, kind: usize) -> usize {
        self.within(KINDS, 0) + kind
    }

    /// Everyone of the households of a kind, by group of age.
    const fn people(&self, kind: usize, group: usize) -> usize {
        self.all(KINDS) + kind * AGE_GROUPS + group
    }

    const fn length(&self) -> usize {
        self.people(KINDS, 0)
    }

    /// In the answer: counties, cumulated, then municipalities, cumulated within each county.
    const fn answer(&self, kind: usize) -> usize {
        kind * (self.counties + self.municipalities)
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
    let most: [[f32; COHORTS]; 2] = Sex::BOTH
        .map(|sex| std::array::from_fn(|age| rates[age] * single.max(couple).max(family) * effect.ratio(sex, age)));
    let Movers { of, households: on_the_move, .. } = &mut *movers;
    on_the_move.clear();
    of.clear();
    of.resize(rows.used(), 0);
    for (people, lives, unions, homes) in people.contiguous_iter().expect("table storage") {
        for block in blocks(rows.used()) {
            let is_householder = |row: usize| homes[row].role == Role::Adult && homes[row].household.is_row(row);
            if !block.clone().any(is_householder) {
                continue;
            }
            let [words, others] = luck(*draws, &people[block.clone()], year, MOVES_OUT);
            for ((row, word), other) in block.zip(words).zip(others) {
                let person = people[row];
                let age = person.age_reached(year);
                if uniform(word) >= most[person.sex.index()][age] {
                    continue;
                }
                if !is_householder(row) || !lives[row].goes_on(year) {
                    continue;
                }
                let sums = households.of(row);
                let ratio = match (sums.children > 0, unions[row].is_coupled()) {
                    (true, _) => family,
                    (false, true) => couple,
                    (false, false) => single,
                };
                if uniform(word) >= rates[age] * ratio * effect.ratio(person.sex, age) {
                    continue;
                }
                let county = record.places.county_of(homes[row].municipality);
                let within = uniform(other) < within_county && record.places.counties[county].municipalities.len() > 1;
                #[expect(clippy::cast_possible_truncation, reason = "twenty kinds")]
                let kind = match sums {
                    HouseholdSums { small: 1.., .. } => 0,
                    HouseholdSums { children: 1.., .. } => 1,
                    _ => (FAMILIES + age_group(age)) as u8,
                };
                let county = u16::try_from(county).expect("some tens of counties");
                on_the_move.push(OnTheMove { householder: person, county, kind, within });
                of[row] = u16::try_from(on_the_move.len()).expect("a part of a community's households");
            }
        }
    }
}

fn tally(
    (year, rows, record): (Res<Year>, Res<Rows>, Res<Shared<Record>>),
    (households, mut movers): (Res<Households>, ResMut<Movers>),
    mut asked: ResMut<Asked<FreePlaces>>,
    people: Query<(&Person, &Life, &Home)>,
) {
    let (year, layout) = (*year, Layout::of(&record.places));
    let sums = &mut asked.sums;
    sums.clear();
    sums.resize(layout.length(), 0);
    let everyone = households.municipalities.as_flattened();
    sums.iter_mut().zip(everyone).for_each(|(sum, people)| *sum = i64::from(*people));
    let Movers { of, households, people: moving, .. } = &mut *movers;
    moving.clear();
    for (people, lives, homes) in people.contiguous_iter().expect("table storage") {
        for (row, home) in homes[..rows.used()].iter().enumerate() {
            let place = home.household.as_row().and_then(|householder| of.get(householder)).copied().unwrap_or(0);
            if place == 0 || !lives[row].goes_on(year) {
                continue;
            }
            let OnTheMove { kind, within, .. } = households[usize::from(place) - 1];
            let (kind, sex, age) = (usize::from(kind), people[row].sex, people[row].age_reached(year));
            let (group, from) = (age_group(age), home.municipality);
            #[expect(clippy::cast_possible_truncation, reason = "few rows, and ages below 128")]
            moving.push(Moving { row: row as u32, household: place - 1, from, sex, age: age as u8 });
            sums[layout.stays(from.into(), group)] -= 1;
            sums[layout.people(kind, group)] += 1;
            if looks_at(kind).contains(&group) {
                sums[layout.all(kind)] += 1;
                if within {
                    sums[layout.within(kind, record.places.county_of(from))] += 1;
                }
            }
        }
    }
}

impl Asks for FreePlaces {
    const NAME: &'static str = "moves.free_places";

    #[expect(clippy::cast_precision_loss, reason = "people of a nation")]
    fn answer(record: &Record, year: Year, sums: &[i64]) -> Vec<f32> {
        let (places, layout) = (&record.places, Layout::of(&record.places));
        let next = year.plus(1);
        let count = |at: usize| sums[at] as f64;
        // Who is to be where on the coming 1 January, less those who stay.
        let mut free = vec![[0.0; AGE_GROUPS]; layout.municipalities];
        for group in 0..AGE_GROUPS {
            let stay: f64 = (0..layout.municipalities).map(|at| count(layout.stays(at, group))).sum();
            let moving: f64 = (0..KINDS).map(|kind| count(layout.people(kind, group))).sum();
            for (at, free) in free.iter_mut().enumerate() {
                free[group] = (stay + moving) * places.share(next, group, at) - count(layout.stays(at, group));
            }
        }
        let mut answer = Vec::with_capacity(layout.answer(KINDS));
        for kind in 0..KINDS {
            let groups = looks_at(kind);
            let wanted: Vec<f64> = free.iter().map(|free| free[groups.clone()].iter().sum::<f64>().max(0.0)).collect();
            let total: f64 = wanted.iter().sum();
            let like_everyone = |at: usize| places.share(next, groups.start, at);
            // Where nothing is free, people choose like everyone of their age.
            let shares: Vec<f64> = if total > 0.0 {
                wanted.iter().map(|wanted| wanted / total).collect()
            } else {
                (0..layout.municipalities).map(like_everyone).collect()
            };
            let moving = count(layout.all(kind));
            let (mut from_others, mut arrive) = (Vec::new(), vec![0.0; layout.municipalities]);
            let mut within_counties = Vec::new();
            for (i, county) in places.counties.iter().enumerate() {
                let of_county = || county.municipalities.clone();
                let within = count(layout.within(kind, i));
                let wanted: f64 = shares[of_county()].iter().sum::<f64>() * moving;
                // What those who stay in their county take is not free for those who come from others; and those who stay beyond
                // what is free spread over the county like everyone of their age.
                from_others.push((wanted - within).max(0.0));
                let beyond = (within - wanted).max(0.0);
                let everyone: f64 = of_county().map(like_everyone).sum();
                for at in of_county() {
                    let of_beyond = if everyone > 0.0 { beyond * like_everyone(at) / everyone } else { 0.0 };
                    arrive[at] = shares[at] * moving + of_beyond;
                }
                within_counties.push(of_county());
            }
            cumulate(&from_others, &mut answer);
            within_counties.into_iter().for_each(|county| cumulate(&arrive[county], &mut answer));
            // Whoever comes with them takes places, too.
            let all: f64 = arrive.iter().sum();
            for (group, at) in (0..AGE_GROUPS).flat_map(|group| (0..layout.municipalities).map(move |at| (group, at))) {
                if all > 0.0 && !groups.contains(&group) {
                    free[at][group] -= count(layout.people(kind, group)) * arrive[at] / all;
                }
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
    (year, draws, record): (Res<Year>, Res<Draws>, Res<Shared<Record>>),
    (free, places): (Res<Answered<FreePlaces>>, Res<CounterPlaces>),
    (mut movers, mut counts, mut households): (ResMut<Movers>, ResMut<Counts>, ResMut<Households>),
    mut homes: Query<&mut Home>,
) {
    let (year, layout, moves) = (*year, Layout::of(&record.places), places.of(MOVES));
    if free.answer.is_empty() {
        return;
    }
    let Movers { households: on_the_move, to, people: moving, .. } = &mut *movers;
    to.clear();
    to.extend(on_the_move.iter().map(|household| {
        // Everyone of the household goes where its householder's luck says.
        let (kind, person) = (usize::from(household.kind), household.householder);
        let [first, second, ..] = draws.words(person.id, person.age_of_luck(year), WHERE_TO);
        let (counties, municipalities) =
            free.answer[layout.answer(kind)..layout.answer(kind + 1)].split_at(layout.counties);
        let county = if household.within { household.county.into() } else { place(counties, uniform(first)) };
        let range = record.places.counties[county].municipalities.clone();
        let at = range.start + place(&municipalities[range], uniform(second));
        u16::try_from(at).expect("fewer municipalities than 2¹⁶")
    }));
    for mut homes in homes.contiguous_iter_mut().expect("table storage") {
        let homes = homes.bypass_change_detection();
        for one in moving.iter() {
            let to = to[usize::from(one.household)];
            if to == one.from {
                continue;
            }
            let group = age_group(one.age.into());
            households.municipalities[usize::from(one.from)][group] -= 1;
            households.municipalities[usize::from(to)][group] += 1;
            homes[one.row as usize].municipality = to;
            counts.events[moves][one.sex.index()][usize::from(one.age)] += 1;
        }
    }
}
