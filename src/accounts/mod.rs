//! What is counted, and what is written.

pub mod cells;
pub mod lives;
