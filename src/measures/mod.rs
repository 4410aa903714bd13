//! Policy as data: what an arm does, read from TOML files.
//!
//! A scenario file is a *measure*, a *package* of measures, or both: a package with effects of its own. A measure says whom it
//! reaches (conditions on attributes, coverage, uptake, delivery, capacity), when (from, until, ramp, decay) and how it acts: effects
//! at levers, rules (parameters of a mechanism changed), support of other measures of the package. It names levers, attributes and
//! mechanisms, and no mechanism knows it: a new measure adds no Rust.
//!
//! [`Arm::load`] reads and checks; [`Arm::levers`] compiles what the arm does in a year to small tables.
//!
//! ```text
//! reached in a year   luck of (person, measure) < ramp · (coverage − already) · uptake(group) · delivery(place)
//! ratio at a lever    value ^ (strength · fidelity · ramp · decay · stronger(group))
//! ```

pub mod formula;
pub mod shelf;

mod bounds;
mod check;
mod compile;
mod equal_cost;
mod head;
mod load;
mod measure;
mod params;
mod rule;
mod told;
mod who;
mod written;

use std::path::PathBuf;

use crate::config::Sources;
use crate::draws::Decision;
use crate::model::attribute::Sight;
use crate::model::lever::Lever;
use crate::model::rule::{Rule, Ruled};
use crate::record::future::Text;
use crate::units::Year;

pub use bounds::{End, Variant};
pub use equal_cost::EqualCost;
pub use head::wrong_id;
pub use measure::{Cost, Measure, Move};
pub use params::Param;
pub use told::{Line, ToldEffect};
pub use written::{Dist, Grade, Per};

/// Where measures are found by id.
pub const SHELF: &str = "scenarios/measures";
/// Where packages are found by id.
pub const PACKAGES: &str = "scenarios/packages";

/// One arm beside the reference.
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    /// Its name in every output.
    pub id: String,
    /// What it is.
    pub title: Text,
    /// Whether it is run when no scenario is named.
    pub default: bool,
    /// The text of its file and of its measures' files, for the manifest and for hashes.
    pub text: String,
    /// Where it was read.
    pub path: PathBuf,
    /// What it is made of.
    pub parts: Vec<Part>,
    /// Another package that it is to cost as much as, if its file says so.
    pub equal_cost: Option<EqualCost>,
    /// What makes it a variant of another arm, if it is one; such an arm is no package of its own.
    pub variant: Option<Variant>,
    /// The rules in force, each list from a year on.
    rules: Vec<(Year, Vec<Rule>)>,
    /// The mechanisms whose parameters they change.
    ruled: Vec<Ruled>,
    /// The first year in which arms may differ, and the last simulated.
    span: (Year, Year),
    /// The attribute that those reached are counted by.
    counted_by: Option<usize>,
}

/// A measure in an arm.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The measure.
    pub measure: Measure,
    /// How strong its effects are, on the scale of logarithms; 1 is as its file says.
    pub strength: f64,
    /// Its coverage, if not as its file says.
    pub coverage: Option<f64>,
    /// First and last year.
    pub years: (Year, Year),
    /// The bit of those it reaches, if its effects need one.
    bit: Option<u8>,
    /// The bits of groups among them: an attribute, as its place among those declared, the bit of its first word, and how many words.
    strata: Vec<(usize, u8, u8)>,
}

/// What an arm is checked against.
#[derive(Clone, Copy)]
pub struct Against<'a> {
    /// The levers that mechanisms declare.
    pub levers: &'a [Lever],
    /// The attributes that they declare.
    pub sights: &'a [Sight],
    /// The decisions that they declare.
    pub decisions: &'a [Decision],
    /// The mechanisms whose parameters rules may change.
    pub ruled: &'a [&'a Ruled],
    /// The sources that may be cited.
    pub sources: &'a Sources,
    /// The first year in which arms may differ.
    pub branch: Year,
    /// The last year simulated.
    pub until: Year,
}

impl Arm {
    /// The first and the last year in which the arm does something.
    #[must_use]
    pub fn years(&self) -> (Year, Year) {
        let years = |pick: fn(&Part) -> Year| self.parts.iter().map(pick);
        let first = years(|part| part.years.0).min().expect("an arm has a part");
        (first, years(|part| part.years.1).max().expect("an arm has a part").max(first))
    }

    /// The arm with another value of a parameter; none if a measure of it has no such parameter, or if a rule then gives a mechanism
    /// what it refuses.
    #[must_use]
    pub fn with_parameter(&self, measure: &str, name: &str, value: f64) -> Option<Self> {
        let mut other = self.clone();
        let part = other.parts.iter_mut().find(|part| part.measure.id == measure)?;
        part.measure.params.iter_mut().find(|param| param.name == name)?.value = value;
        other.rules = compile::rules(&other.parts, &other.ruled, other.span).ok()?;
        // Another share may tell those reached from others where the first one reached everyone.
        other.parts.iter_mut().for_each(|part| (part.bit, part.strata) = (None, Vec::new()));
        let solved = other.equal_cost.as_ref().map_or_else(Vec::new, |equal| equal.parts.clone());
        load::deal_bits(&mut other.parts, &solved).then_some(other)
    }
}
