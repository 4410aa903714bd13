//! The lives that the people of the first year have behind them: background, schooling, smoking and work, once their families are known.

use bevy_ecs::system::RunSystemOnce;
use bevy_ecs::world::World;

use crate::model::columns::RememberedOf;
use crate::processes::background::{self, Background};
use crate::processes::school::{self, Schooling};
use crate::processes::smoking::Smoking;
use crate::processes::{smoking, work};

/// Deals the people of a community who have just been admitted and have families, in the order in which one depends on the other.
///
/// Mechanisms that are left out are passed over.
///
/// # Panics
///
/// If a resource of a mechanism that is there is missing.
pub fn deal(world: &mut World) {
    let there = "a mechanism installs what it reads";
    if world.contains_resource::<RememberedOf<Background>>() {
        world.run_system_once(background::inherit).expect(there);
    }
    if world.contains_resource::<RememberedOf<Schooling>>() {
        world.run_system_once(school::dealt::deal_founders).expect(there);
    }
    if world.contains_resource::<RememberedOf<Smoking>>() {
        world.run_system_once(smoking::dealt::deal).expect(there);
    }
    world.run_system_once(work::job::deal).expect(there);
}
