//! Tables: tidy CSV files beside the configuration.
//!
//! [`read_dense`] reads one value for every combination of keys into an array, [`read_wide`] several; [`read_rows`] reads small irregular
//! tables, one struct a row. The first row names the columns, in any order. Every error has its line and its field.

mod dense;
mod rows;
mod text;

pub use dense::{Dense, Key, Spec, WideSpec, read_dense, read_wide};
pub use rows::read_rows;

#[cfg(test)]
mod tests;
