//! Family: births.

pub mod births;
