//! Configuration: TOML files with a unit, an interval and evidence for every number.
//!
//! ```toml
//! [params]
//! infant_share = 0.87
//! [evidence]
//! infant_share = { unit = "share", interval = [0.80, 0.90], kind = "estimated", source = "hmd" }
//! ```
//!
//! [`load`] reads such a file, [`parse`] one without evidence, such as a scenario. Both tell everything that is wrong,
//! each error at its place and with the nearest valid name, before anything is simulated: syntax, unknown and missing
//! keys, wrong types, values out of range (the types' `try_from`), rules across fields ([`Check`]), missing evidence and
//! unknown [`Sources`]. What is set on the command line ([`Overrides`]) passes the same checks, but may leave its
//! interval.
//!
//! Leaves out: the tables beside the files, see [`table`](crate::table). Internally tagged, untagged and flattened
//! types lose their places and are not for these files.

mod collect;
pub mod evidence;
mod key;
mod load;
pub mod names;
mod overrides;
mod reader;
pub(crate) mod slip;
pub mod sources;
mod spanned;
mod tree;

pub use evidence::{Evidence, Kind};
pub use load::{Check, ConfigFile, Misfit, ParameterRow, describe, load, load_text, parse};
pub use overrides::Overrides;
pub use sources::{Source, Sources};

#[cfg(test)]
mod tests;
