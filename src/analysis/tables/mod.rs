//! The tables that a run writes, one file each.

pub mod alignment;
pub mod cells;
pub mod hindcast;
pub mod life_expectancy;
pub mod life_tables;
pub mod lives;
