//! Sums over the people who live together: of a household, and of a municipality.
//!
//! One fused pass over everyone fills both, in integers, once a year when it is known who lives where
//! ([`Phase::Dwelling`](super::phase::Phase::Dwelling)). They are of the end
//! of a year: households go by row, so they may be read until the rows are dealt anew at the next new year; people by municipality
//! follow the moves that come after.

use std::ops::Range;

use bevy_ecs::resource::Resource;
use bevy_ecs::system::{Query, Res, ResMut};

use crate::units::Year;

use super::family::{Home, Role};
use super::person::Life;
use super::rows::Rows;

/// Groups of completed age that municipalities are counted by: 0-4, 5-9, …, 90 and over.
pub const AGE_GROUPS: usize = 19;

/// The group of an age.
#[inline]
#[must_use]
pub const fn age_group(age: usize) -> usize {
    if age / 5 < AGE_GROUPS { age / 5 } else { AGE_GROUPS - 1 }
}

/// The youngest adults.
pub const ADULT: usize = 18;

/// Sums over the people of a household.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HouseholdSums {
    /// People of 18 and over.
    pub adults: u8,
    /// People under 18.
    pub children: u8,
    /// People under 5.
    pub small: u8,
    /// People of any age who live in it as children.
    pub dependants: u8,
}

impl HouseholdSums {
    /// Everyone in the household.
    #[must_use]
    pub const fn members(self) -> usize {
        self.adults as usize + self.children as usize
    }
}

/// The households and municipalities of a community.
#[derive(Resource, Clone, Debug, Default)]
pub struct Households {
    /// By the row of the householder, see [`packed`].
    of: Vec<u32>,
    /// People of the community by municipality and group of age.
    pub municipalities: Vec<[u32; AGE_GROUPS]>,
}

impl Households {
    /// The sums of the household with this householder.
    #[inline]
    #[must_use]
    pub fn of(&self, householder: usize) -> HouseholdSums {
        unpacked(self.of.get(householder).copied().unwrap_or_default())
    }

    /// The sums of the households with householders in these rows, or nothing if there are none.
    #[inline]
    pub fn of_rows(&self, householders: Range<usize>) -> impl Iterator<Item = HouseholdSums> {
        self.of.get(householders).unwrap_or_default().iter().copied().map(unpacked)
    }

    /// How many municipalities are counted.
    pub fn count(&mut self, municipalities: usize) {
        self.municipalities = vec![[0; AGE_GROUPS]; municipalities];
    }
}

/// The four numbers of [`HouseholdSums`] in one word, so that a person is added in one stroke: no household has 256 people.
const fn packed(sums: [u8; 4]) -> u32 {
    u32::from_le_bytes(sums)
}

#[inline]
const fn unpacked(sums: u32) -> HouseholdSums {
    let [adults, children, small, dependants] = sums.to_le_bytes();
    HouseholdSums { adults, children, small, dependants }
}

/// Fills the sums with everyone who stays beyond the year.
pub fn sum_up((year, rows): (Res<Year>, Res<Rows>), mut households: ResMut<Households>, people: Query<(&Life, &Home)>) {
    let year = *year;
    let Households { of, municipalities } = &mut *households;
    of.clear();
    of.resize(rows.used(), 0);
    municipalities.iter_mut().for_each(|groups| *groups = [0; AGE_GROUPS]);
    for (lives, homes) in people.contiguous_iter().expect("table storage") {
        for run in rows.runs(year) {
            let (group, is_adult) = (age_group(run.age), run.age >= ADULT);
            let [as_child, as_adult] = [1, 0].map(|dependants| {
                let small = u8::from(group == 0);
                packed([u8::from(is_adult), u8::from(!is_adult), small, dependants])
            });
            for (life, home) in lives[run.rows.clone()].iter().zip(&homes[run.rows]) {
                if !life.goes_on(year) {
                    continue;
                }
                if let Some(groups) = municipalities.get_mut(usize::from(home.municipality)) {
                    groups[group] += 1;
                }
                if let Some(sums) = home.household.as_row().and_then(|row| of.get_mut(row)) {
                    *sums += if home.role == Role::Child { as_child } else { as_adult };
                }
            }
        }
    }
}
