//! Factors of alignment that are far from 1: there the model's own risks do not meet the record.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::analysis::read::{Cell, Frame};

/// The columns that are read.
pub const COLUMNS: &[&str] = &["process", "year", "sex", "age", "group", "factor", "simulated", "recorded"];
/// A factor beyond this, or its inverse, is far from 1.
const FAR: f64 = 1.1;
/// Bands of fewer events are left out: chance moves them.
const EVENTS: f64 = 30.0;

/// The factors of one process and class.
#[derive(Default)]
struct Factors {
    all: usize,
    far: usize,
    farthest: f64,
    at: String,
}

/// What `alignment.arrow` says.
pub fn told(alignment: &Frame) -> String {
    let word = |name: &str, row: usize| match alignment.column(name).map(|column| &column[row]) {
        Some(Cell::Word(word)) => word.clone(),
        Some(Cell::Integer(number)) => number.to_string(),
        Some(Cell::Number(_) | Cell::Id(_)) | None => String::new(),
    };
    let number = |name: &str, row: usize| match alignment.column(name).map(|column| &column[row]) {
        Some(Cell::Number(Some(number))) => *number,
        Some(Cell::Number(None) | Cell::Word(_) | Cell::Integer(_) | Cell::Id(_)) | None => f64::NAN,
    };
    let mut of: BTreeMap<String, Factors> = BTreeMap::new();
    for row in 0..alignment.rows() {
        let factor = number("factor", row);
        // A band without risks, or without events, says nothing.
        if number("simulated", row).min(number("recorded", row)) < EVENTS || !(factor > 0.0 && factor.is_finite()) {
            continue;
        }
        let class = format!("{} {} {}", word("process", row), word("sex", row), word("group", row));
        let factors =
            of.entry(class.trim_end().to_owned()).or_insert_with(|| Factors { farthest: 1.0, ..Factors::default() });
        factors.all += 1;
        factors.far += usize::from(distance(factor) > distance(FAR));
        if distance(factor) > distance(factors.farthest) {
            factors.farthest = factor;
            factors.at = format!("{}, from age {}", word("year", row), word("age", row));
        }
    }
    let mut text = format!("{:44}{:>8}{:>16}{:>10}  at\n", "alignment", "factors", "far from 1", "farthest");
    for (class, factors) in &of {
        let _ =
            writeln!(text, "{class:44}{:>8}{:>16}{:>10.3}  {}", factors.all, factors.far, factors.farthest, factors.at);
    }
    let _ = writeln!(text, "far from 1: above {FAR} or below 1/{FAR}, of bands of {EVENTS} events and more");
    text
}

fn distance(factor: f64) -> f64 {
    libm::log(factor).abs()
}
