//! Rules: parameters of a mechanism that an arm changes from a year on.
//!
//! A changed parameter passes through the mechanism's own type and checks, so a rule cannot say what a configuration could not.

use std::fmt;
use std::sync::Arc;

use bevy_ecs::resource::Resource;
use bevy_ecs::world::World;

use crate::error::Problems;

/// Puts parameters in force in a community.
pub type Put = Arc<dyn Fn(&mut World) + Send + Sync>;

/// Makes parameters from settings, each of the form `parameter=value`, with everything wrong among the problems.
pub type Change = Arc<dyn Fn(&[String], &mut Problems) -> Option<Put> + Send + Sync>;

/// A mechanism whose parameters rules may change.
#[derive(Clone)]
pub struct Ruled {
    /// The mechanism.
    pub mechanism: &'static str,
    /// Its parameters.
    pub parameters: Vec<String>,
    /// Puts the configuration's own parameters in force.
    pub own: Put,
    /// Makes others.
    pub change: Change,
}

impl PartialEq for Ruled {
    fn eq(&self, other: &Self) -> bool {
        (self.mechanism, &self.parameters) == (other.mechanism, &other.parameters)
    }
}

impl fmt::Debug for Ruled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.mechanism, self.parameters.join(", "))
    }
}

/// A mechanism's parameters in an arm, in a year.
#[derive(Clone)]
pub struct Rule {
    /// The mechanism.
    pub mechanism: &'static str,
    /// The settings that make it different from the configuration.
    pub settings: Vec<String>,
    /// Puts it in force.
    pub put: Put,
    /// Puts the configuration's own parameters in force again.
    pub own: Put,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        (self.mechanism, &self.settings) == (other.mechanism, &other.settings)
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.mechanism, self.settings.join(", "))
    }
}

/// The rules in force in a community.
#[derive(Resource, Clone, Debug, Default)]
pub(super) struct InForce(Vec<Rule>);

/// Puts a year's rules in force, and the configuration's own parameters where a rule has ended.
pub(super) fn put(world: &mut World, rules: &[Rule]) {
    if world.resource::<InForce>().0 == rules {
        return;
    }
    let before = std::mem::replace(&mut world.resource_mut::<InForce>().0, rules.to_vec());
    before.iter().for_each(|rule| (rule.own)(world));
    rules.iter().for_each(|rule| (rule.put)(world));
}
