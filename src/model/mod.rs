//! The simulation itself: people, communities, the year, levers, attributes, alignment, snapshots.
//!
//! Nothing here knows a mechanism by name; mechanisms install themselves through [`simulation::Simulation`].

pub mod alignment;
pub mod attribute;
pub mod barrier;
pub mod columns;
pub mod community;
pub mod family;
pub mod household;
pub mod lever;
pub mod lineage;
pub mod person;
pub mod phase;
pub mod reach;
pub mod rows;
pub mod rule;
pub mod simulation;
pub mod snapshot;
pub mod twin;
pub mod within;
