//! Migration: to and from abroad, and between municipalities.

pub mod abroad;
pub mod moves;
