//! The tables that a run writes, one file each.

pub mod alignment;
pub mod cells;
pub mod cells_by_group;
pub mod effects;
pub mod gradients;
pub mod hindcast;
pub mod life_expectancy;
pub mod life_tables;
pub mod lives;
pub mod outcomes;
pub mod reached;
pub mod windows;

/// An age as tables write it.
fn years(age: usize) -> i32 {
    i32::try_from(age).expect("an age")
}
