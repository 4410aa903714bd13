//! Schooling, smoking, work and background, and what they do to death, person by person.

#[path = "../common/mod.rs"]
mod common;

mod background;
mod dealt;
mod death;
mod exact;
mod people;
mod school;
mod smoking;
mod work;
