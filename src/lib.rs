//! Livslop simulates the Norwegian population person by person from 1950 to 2100, to show what moving a lever does to how long
//! people live, for whom and when.
//!
//! This page is the crate in one view; the chapters of the [`guide`] say the rest. A run goes through four types, each made only
//! from the one before: configuration files, a [`run::model::Model`] that makes sense, a [`run::nation::Nation`] that lives through
//! years, and an [`run::legs::Outcome`], from which [`analysis`] makes tables.
//!
//! | floor | module | what |
//! | --- | --- | --- |
//! | 11 | [`cli`] | arguments, progress, exit codes |
//! | 9 | [`analysis`] | life tables, jackknife errors, differences, the tables of a run |
//! | 8 | [`run`] | model, nation, legs of a run, manifest |
//! | 7 | [`measures`], [`population`], [`accounts`] | what an arm does, who lives in 1950, what is counted and written |
//! | 6 | [`processes`] | the life course, a file for each mechanism |
//! | 5 | [`model`] | people, communities, the year, levers, attributes, alignment, snapshots |
//! | 4 | [`record`] | what is on record and what is assumed of the nation |
//! | 3, 2 | [`table`], [`config`] | tables and parameters: read, checked, cited |
//! | 1 | [`units`], [`draws`], [`math`], [`sums`], [`store`], [`error`] | quantities, chance, portable functions, files, errors |
//!
//! Imports point down; `tests/architecture.rs` holds that.
//!
//! ```
//! use livslop::model::{alignment::Alignment, lever::Levers};
//! use livslop::run::model::{Model, People, Settings};
//! use livslop::run::nation::{Nation, Role};
//! use livslop::units::Year;
//!
//! let settings = Settings {
//!     config: "configs/norway".into(),
//!     people: People::Number(2_000),
//!     seed: 1,
//!     replicate: 0,
//!     branch: Year(2025),
//!     until: Year(1955),
//!     future: None,
//!     set: Vec::new(),
//! };
//! let model = Model::load(settings)?;
//! let (mut nation, mut alignment) = (Nation::founded(&model, Year(1950), Year(1955)), Alignment::default());
//! for year in Year(1950).to(Year(1955)) {
//!     let cells = nation.live(year, &Levers::default(), &mut alignment, Role::Reference);
//!     println!("{year}: {:.0} person-years", cells.person_years(model.shape));
//! }
//! # Ok::<(), livslop::error::RunError>(())
//! ```

pub mod accounts;
pub mod analysis;
pub mod calibration;
pub mod cli;
pub mod config;
pub mod draws;
pub mod error;
pub mod guide;
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
