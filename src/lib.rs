//! livslop
pub mod accounts;
pub mod analysis;
pub mod cli;
pub mod config;
pub mod draws;
pub mod error;
pub mod math;
pub mod measures;
pub mod model;
pub mod population;
pub mod processes;
pub mod record;
pub mod run;
pub mod store;
pub mod sums;
pub mod table;
pub mod units;
