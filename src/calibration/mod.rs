//! Targets of the social gradient, held against the model and fitted to.
//!
//! [`target`] reads what is on record, one row a figure, from `configs/norway/targets`; [`figures`] reads the accounts of a run, as
//! files or as they are made; [`measure`] computes the simulated side of a target from them; [`validation`] sets both beside each
//! other. [`search`] moves named parameters until the targets are met, on histories simulated again and again with the same luck,
//! and [`patch`] writes what it found as a proposal, which a person reads and applies.
//!
//! Targets of the role `held` are compared and never fitted to.

pub mod figures;
pub mod history;
pub mod indicator;
pub mod measure;
pub mod parameter;
pub mod patch;
pub mod plan;
pub mod search;
pub mod statistics;
pub mod target;
pub mod validation;
