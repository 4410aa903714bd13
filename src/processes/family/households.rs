//! Households: who is bereaved, who leaves home, who lives with whom at the end of the year.
//!
//! **Bereaved.** Whoever's partner died or moved out this year has none any more. **Institutions.** An old person lives in a nursing home
//! as soon as the share of people of their sex and age who do exceeds a number that is theirs for life. **Leaving home.** The same with
//! the share of the unpartnered who no longer live with their parents. **Children** live with their mother, or with their
//! father if the parents have parted and the luck of the mother's children says so, or if only he is here; without either, with whom they
//! lived with, or a grandparent, or foster parents.
//!
//! A share compared with a lasting number gives the recorded share at every age, and nobody goes back and forth. Reads [`Person`],
//! [`Life`], [`Kin`]. Ends [`Union`] and changes [`Home`]. Runs in [`Phase::Dwelling`], after death, so that the year ends with
//! households as they are.
//!
//! Leaves out: shared residence, adult children who come back or take in a parent, flats shared by friends. Evidence:
//! `configs/norway/family/households.toml`.

use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::IntoScheduleConfigs;
use bevy_ecs::system::{Local, Query, Res, ResMut};
use bevy_ecs::world::World;
use serde::Deserialize;

use crate::config::Check;
use crate::draws::{Decision, Draws, mix, uniform};
use crate::model::attribute::{Attribute, Values};
use crate::model::columns::Remembered;
use crate::model::community::Counts;
use crate::model::family::{Home, Kin, Link, Role, Status, To, Union};
use crate::model::household::{Households, sum_up};
use crate::model::person::{Life, Person, lasting_luck};
use crate::model::phase::Phase;
use crate::model::rows::{Rows, blocks};
use crate::model::simulation::{Axis, Counter, CounterPlaces, Process, Shared, Shown, Simulation};
use crate::record::Record;
use crate::record::lexis::COHORTS;
use crate::units::{Ratio, Sex, Share, Year, Years};

/// Where somebody lives.
pub const MUNICIPALITY: Attribute = Attribute {
    name: "households.municipality",
    unit: "place in the list of municipalities",
    values: Values::Range(0.0, 1000.0),
    about: "municipality at the end of the year, counted from 0 in order of number",
};

/// People who lose a partner by death.
pub const BEREAVED: Counter =
    Counter { column: "bereaved", about: "people whose partner died, by sex and age reached", axis: Axis::Age };

const LEAVES_HOME: Decision = Decision::named("households.leaves_home");
const INSTITUTION: Decision = Decision::named("households.institution");
const CUSTODY: Decision = Decision::named("households.custody");

/// Nobody leaves home on their own before this age.
pub const YOUNGEST_ADULT: usize = 16;
/// Years of age that are looked at in one pass: mothers are at least as much older than their children.
const BAND: usize = 12;
/// Nobody lives in a home for the old before this age.
const OLD: usize = 67;
/// Children may stay children of the household as long as this, by age reached.
const CHILD: usize = 18;

impl Shown for Home {
    fn shown(&self) -> f64 {
        self.municipality.into()
    }
}

/// `configs/norway/family/households.toml`.
#[derive(Resource, Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Age at which half of the women without a partner have left home.
    pub leaving_median_female: Years,
    /// The same for men.
    pub leaving_median_male: Years,
    /// Years by which the share at home falls from a half to 27 %.
    pub leaving_spread: Years,
    /// Share of women without a partner who stay with their parents as long as these live.
    pub stays_female: Share,
    /// The same for men.
    pub stays_male: Share,
    /// Share of children of parted parents who live with the father.
    pub with_father: Share,
    /// Share of people of 67-74 in institutions, both sexes.
    pub institution_67: Share,
    /// The same at 75-79.
    pub institution_75: Share,
    /// The same at 80-84.
    pub institution_80: Share,
    /// The same at 85-89.
    pub institution_85: Share,
    /// The same at 90 and over.
    pub institution_90: Share,
    /// Women's share in institutions relative to men's of the age.
    pub institution_women: Ratio,
}

impl Check for Params {}

impl Params {
    /// Share of people without a partner who live with their parents, by age, `[2][128]`.
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "state is f32")]
    fn at_home(&self) -> [[f32; COHORTS]; 2] {
        let of = |median: Years, stays: Share| {
            std::array::from_fn(|age| {
                let x = (age as f64 - median.value()) / self.leaving_spread.value().max(0.1);
                let share = 1.0 / (1.0 + libm::exp(x));
                (stays.value() + (1.0 - stays.value()) * share) as f32
            })
        };
        [of(self.leaving_median_female, self.stays_female), of(self.leaving_median_male, self.stays_male)]
    }

    /// Share of people in institutions, by age, `[2][128]`.
    #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
    fn in_institutions(&self) -> [[f32; COHORTS]; 2] {
        let both = |age: usize| match age {
            ..OLD => 0.0,
            OLD..75 => self.institution_67.value(),
            75..80 => self.institution_75.value(),
            80..85 => self.institution_80.value(),
            85..90 => self.institution_85.value(),
            _ => self.institution_90.value(),
        };
        // Women are about 60 % of the old: their share and men's average to the share of both.
        let ratio = self.institution_women.value();
        let men = 1.0 / (0.6 * ratio + 0.4);
        [ratio * men, men].map(|level| std::array::from_fn(|age| (both(age) * level).min(1.0) as f32))
    }
}

/// What the parameters say by sex and age.
#[derive(Resource, Clone, Debug)]
struct Shares {
    at_home: [[f32; COHORTS]; 2],
    in_institutions: [[f32; COHORTS]; 2],
}

impl Shares {
    fn of(params: &Params) -> Self {
        Self { at_home: params.at_home(), in_institutions: params.in_institutions() }
    }
}

/// See the [module](self).
pub struct HouseholdsProcess;

impl Process for HouseholdsProcess {
    const NAME: &'static str = "family/households";
    type Params = Params;

    fn renew(world: &mut World) {
        let shares = Shares::of(world.resource::<Shared<Params>>());
        world.insert_resource(shares);
    }

    fn install(sim: &mut Simulation) {
        let shares = Shares::of(&sim.params::<Params>());
        super::seen::declare(sim);
        sim.resource(shares)
            .decision(LEAVES_HOME)
            .decision(INSTITUTION)
            .decision(CUSTODY)
            .shows::<Home>(MUNICIPALITY)
            .counts(BEREAVED)
            .every_year(Phase::Dwelling, (bereave, enter_institution, dwell, count_places, sum_up).chain());
    }
}

/// Ends the unions of those whose partner's life here ended this year.
fn bereave(
    (year, rows, places): (Res<Year>, Res<Rows>, Res<CounterPlaces>),
    (mut counts, mut ended): (ResMut<Counts>, Local<Vec<usize>>),
    mut people: Query<(&Person, &Life, &mut Union, &mut Home)>,
) {
    let (year, bereaved) = (*year, places.of(BEREAVED));
    for (people, lives, mut unions, mut homes) in people.contiguous_iter_mut().expect("table storage") {
        let (unions, homes) = (unions.bypass_change_detection(), homes.bypass_change_detection());
        ended.clear();
        for block in blocks(rows.used()) {
            let ends = |row: usize| lives[row].until() == year.0;
            // Most blocks are passed over at once, without a branch for each row.
            if block.clone().fold(false, |any, row| any | ends(row)) {
                ended.extend(block.filter(|row| ends(*row)));
            }
        }
        for row in ended.iter().copied() {
            if !unions[row].is_coupled() {
                continue;
            }
            let Some(left) = unions[row].partner.as_row().filter(|left| lives[*left].goes_on(year)) else { continue };
            if lives[row].has_left() {
                unions[left].part(year);
            } else {
                unions[left].bereave(year);
                counts.events[bereaved][people[left].sex.index()][people[left].age_reached(year)] += 1;
            }
            if homes[left].role == Role::Adult {
                homes[left] = Home::new(Link::row(left), homes[left].municipality, Role::Adult);
            }
        }
    }
}

fn row_number(row: usize) -> u32 {
    u32::try_from(row).expect("fewer rows than 2³²")
}

fn enter_institution(
    (year, rows, draws, shares): (Res<Year>, Res<Rows>, Res<Draws>, Res<Shares>),
    mut old: Local<Vec<u32>>,
    mut people: Query<(&Person, &Life, &Union, &mut Home)>,
) {
    let year = *year;
    for (people, lives, unions, mut homes) in people.contiguous_iter_mut().expect("table storage") {
        let homes = homes.bypass_change_detection();
        old.clear();
        for run in rows.runs(year).filter(|run| run.age >= OLD) {
            let outside = |row: &usize| homes[*row].role != Role::Institution && lives[*row].goes_on(year);
            old.extend(run.rows.filter(outside).map(row_number));
        }
        lasting_luck(*draws, people, &old, INSTITUTION, |row, luck| {
            let share = shares.in_institutions[people[row].sex.index()][people[row].age_reached(year)];
            if luck >= share {
                return;
            }
            homes[row] = Home::new(Link::row(row), homes[row].municipality, Role::Institution);
            // A spouse who stays at home heads the household alone.
            if let Some(partner) = unions[row].partner.as_row()
                && homes[partner].role == Role::Adult
            {
                homes[partner] = Home::new(Link::row(partner), homes[partner].municipality, Role::Adult);
            }
        });
    }
}

/// What is needed to say with whom children live.
struct Families<'a> {
    year: Year,
    draws: Draws,
    people: &'a [Person],
    lives: &'a [Life],
    kin: &'a [Kin],
    unions: &'a [Union],
    remembered: &'a Remembered,
    with_father: f32,
}

impl Families<'_> {
    fn is_here(&self, link: Link) -> Option<usize> {
        link.as_row().filter(|row| self.lives[*row].goes_on(self.year))
    }

    /// The parent with whom somebody lives, if one is here.
    fn custodian(&self, row: usize, homes: &[Home]) -> Option<usize> {
        let kin = self.kin[row];
        match (self.is_here(kin.mother), self.is_here(kin.father)) {
            (Some(mother), Some(father)) if homes[mother].household != homes[father].household => {
                // The mother's children stay together: the luck is hers.
                let luck = uniform(self.draws.words(self.people[mother].id, 0, CUSTODY)[0]);
                Some(if luck < self.with_father { father } else { mother })
            }
            (Some(mother), _) => Some(mother),
            (None, father) => father,
        }
    }

    /// A grandparent who is here.
    fn grandparent(&self, row: usize) -> Option<usize> {
        let kin_of = |link: Link| match link.to() {
            To::Nobody => Kin::default(),
            To::Row(row) => self.kin[row],
            To::Remembered(place) => self.remembered.kin[place],
        };
        let parents = [self.kin[row].mother, self.kin[row].father].map(kin_of);
        parents.into_iter().flat_map(|parent| [parent.mother, parent.father]).find_map(|link| self.is_here(link))
    }

    /// A couple's woman who takes in a child whom nobody else is left for: the luck of child and woman decides, not the order of rows.
    fn foster(&self, row: usize, rows: &Rows) -> Option<usize> {
        let women = rows.runs(self.year).filter(|run| run.sex == Sex::Female && (25..=60).contains(&run.age));
        let couples = women.flat_map(|run| run.rows).filter(|woman| {
            self.lives[*woman].goes_on(self.year)
                && self.unions[*woman].is_coupled()
                && self.unions[*woman].status != Status::Never
        });
        couples.min_by_key(|woman| mix(self.people[row].id, self.people[*woman].id))
    }
}

/// Lets the young leave, and every child follow those it lives with.
fn dwell(
    (year, rows, draws): (Res<Year>, Res<Rows>, Res<Draws>),
    (params, shares, remembered): (Res<Shared<Params>>, Res<Shares>, Res<Remembered>),
    (mut young, mut changed): (Local<Vec<u32>>, Local<Vec<(usize, Home)>>),
    mut people: Query<(&Person, &Life, &Kin, &Union, &mut Home)>,
) {
    let year = *year;
    #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
    let with_father = params.with_father.value() as f32;
    for (people, lives, kin, unions, mut homes) in people.contiguous_iter_mut().expect("table storage") {
        let homes = homes.bypass_change_detection();
        let families =
            Families { year, draws: *draws, people, lives, kin, unions, remembered: &remembered, with_father };
        // The older before the younger, by bands no wider than a mother is older than her child: whoever follows a parent finds the
        // parent where it went. Within a band everyone looks at homes as they were before it, so that the order of rows does not show.
        for band in (0..COHORTS.div_ceil(BAND)).rev() {
            let mut stay_or_go = |row: usize, age: usize, leaves: bool, homes: &[Home]| {
                let home = home_of(&families, &rows, row, age, leaves, homes);
                if home != homes[row] {
                    changed.push((row, home));
                }
            };
            young.clear();
            for run in rows.runs(year).filter(|run| run.age / BAND == band) {
                let as_child = |row: &usize| homes[*row].role == Role::Child && lives[*row].goes_on(year);
                if run.age < YOUNGEST_ADULT {
                    run.rows.filter(as_child).for_each(|row| stay_or_go(row, run.age, false, homes));
                } else {
                    young.extend(run.rows.filter(as_child).map(row_number));
                }
            }
            lasting_luck(*draws, people, &young, LEAVES_HOME, |row, luck| {
                let age = people[row].age_reached(year);
                stay_or_go(row, age, luck >= shares.at_home[people[row].sex.index()][age], homes);
            });
            changed.drain(..).for_each(|(row, home)| homes[row] = home);
        }
    }
}

/// Lets sums be kept by municipality.
fn count_places(record: Res<Shared<Record>>, mut households: ResMut<Households>) {
    if households.municipalities.is_empty() {
        households.count(record.places.municipalities.len());
    }
}

/// Where somebody who lived as a child lives from now on.
fn home_of(families: &Families, rows: &Rows, row: usize, age: usize, leaves: bool, homes: &[Home]) -> Home {
    let own = Home::new(Link::row(row), homes[row].municipality, Role::Adult);
    if leaves {
        return own;
    }
    let with = |host: usize| Home::new(homes[host].household, homes[host].municipality, Role::Child);
    let lives_at_home = |host: &usize| homes[*host].role != Role::Institution && *host != row;
    if let Some(parent) = families.custodian(row, homes).filter(lives_at_home) {
        return with(parent);
    }
    if age >= CHILD {
        return own;
    }
    let host = homes[row].household.as_row().filter(|host| families.lives[*host].goes_on(families.year));
    host.filter(lives_at_home)
        .or_else(|| families.grandparent(row).filter(lives_at_home))
        .or_else(|| families.foster(row, rows).filter(lives_at_home))
        .map_or(own, with)
}
