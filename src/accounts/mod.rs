//! What is counted, and what is written.

pub mod arrow;
pub mod cells;
mod counted;
pub mod families;
pub mod groups;
pub mod lives;
pub mod paired;
pub mod reached;
