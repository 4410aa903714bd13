//! What measures may see of a household and of the municipality it lives in.

use bevy_ecs::world::World;

use crate::model::attribute::{Attribute, Values};
use crate::model::family::Home;
use crate::model::household::ADULT;
use crate::model::person::{Life, Person};
use crate::model::simulation::{Shared, Simulation};
use crate::record::Record;
use crate::units::Year;

/// Children in the household.
pub const CHILDREN: Attribute = Attribute {
    name: "households.children",
    unit: "people",
    values: Values::Range(0.0, 255.0),
    about: "people of the household who are under 18 at the end of the year",
};
/// Adults in the household.
pub const ADULTS: Attribute = Attribute {
    name: "households.adults",
    unit: "people",
    values: Values::Range(0.0, 255.0),
    about: "people of the household who are 18 or over at the end of the year",
};
/// How large the municipality is.
pub const SIZE: Attribute = Attribute {
    name: "households.municipality_size",
    unit: "0 below 5,000 people, 1 5,000 to 19,999, 2 20,000 to 99,999, 3 100,000 and over",
    values: Values::Words(&["below_5000", "below_20000", "below_100000", "large"]),
    about: "people in the municipality somebody lives in, as recorded on 1 January 2025",
};

/// Declares them.
pub(super) fn declare(sim: &mut Simulation) {
    sim.sees_of_all(CHILDREN, |world| members(world, |age| age < ADULT))
        .sees_of_all(ADULTS, |world| members(world, |age| age >= ADULT))
        .sees_of_all(SIZE, sizes);
}

/// For each row, how many people of some ages live in the household. Links are asked, not last year's sums: rows may have been dealt
/// since.
fn members(world: &mut World, of_age: impl Fn(usize) -> bool) -> Vec<f32> {
    let year = *world.resource::<Year>();
    let mut query = world.query::<(&Person, &Life, &Home)>();
    let mut tables = query.contiguous_iter(world).expect("table storage");
    let (people, lives, homes) = tables.next().unwrap_or((&[], &[], &[]));
    let mut sums = vec![0_u8; people.len()];
    let counted = |row: usize| lives[row].is_here(year) && of_age(people[row].age_reached(year));
    for row in (0..people.len()).filter(|row| counted(*row)) {
        if let Some(householder) = homes[row].household.as_row() {
            sums[householder] = sums[householder].saturating_add(1);
        }
    }
    homes.iter().map(|home| home.household.as_row().map_or(f32::NAN, |householder| sums[householder].into())).collect()
}

/// For each row, the group of size of the municipality.
fn sizes(world: &mut World) -> Vec<f32> {
    let people = |groups: &[[f64; 2]]| groups.as_flattened().iter().sum::<f64>();
    let group = |people: f64| f32::from([5e3, 2e4, 1e5].iter().map(|bound| u8::from(people >= *bound)).sum::<u8>());
    let of: Vec<f32> =
        world.resource::<Shared<Record>>().places.recorded.iter().map(|groups| group(people(groups))).collect();
    let mut query = world.query::<&Home>();
    let mut tables = query.contiguous_iter(world).expect("table storage");
    let homes = tables.next().unwrap_or(&[]);
    homes.iter().map(|home| of.get(usize::from(home.municipality)).copied().unwrap_or(f32::NAN)).collect()
}
