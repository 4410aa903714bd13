//! Attributes: what may be seen of a person.

use std::sync::Arc;

use bevy_ecs::world::World;

/// What the numbers of an attribute mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Values {
    /// The place of a word, from 0.
    Words(&'static [&'static str]),
    /// A number between two ends.
    Range(f64, f64),
}

/// Something of a person that histories, cells and measures may see.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attribute {
    /// `process.quantity`.
    pub name: &'static str,
    /// Its unit; for a coded state the codes.
    pub unit: &'static str,
    /// What its numbers mean.
    pub values: Values,
    /// What it is, for the guide and for Arrow metadata.
    pub about: &'static str,
}

/// An attribute and how to see it of everyone at once.
///
/// A column has a number for each row in use, of which those of vacant rows mean nothing; what is not known is not a number.
#[derive(Clone)]
pub struct Sight {
    /// What is seen.
    pub attribute: Attribute,
    /// Makes the column.
    pub column: Arc<dyn Fn(&mut World) -> Vec<f32> + Send + Sync>,
}

impl std::fmt::Debug for Sight {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sight").field("attribute", &self.attribute).finish_non_exhaustive()
    }
}
