//! The simulation itself: people, communities, the year, levers, attributes, alignment, snapshots.
//!
//! Nothing here knows a mechanism by name; mechanisms install themselves through [`simulation::Simulation`].

pub mod alignment;
pub mod attribute;
pub mod community;
pub mod lever;
pub mod person;
pub mod phase;
pub mod simulation;
pub mod snapshot;
