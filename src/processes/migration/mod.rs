//! Migration: abroad.

pub mod abroad;
