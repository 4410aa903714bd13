//! A history simulated in memory for its accounts alone: nothing is written, nothing is kept.

use std::time::Duration;

use crate::accounts::cells::Ledger;
use crate::accounts::lives::Lives;
use crate::analysis;
use crate::error::RunError;
use crate::model::alignment::Alignment;
use crate::model::lever::Levers;
use crate::record;
use crate::run::legs::{Outcome, Watch};
use crate::run::model::Model;
use crate::run::nation::{Nation, Role};
use crate::units::Year;

use super::figures::Figures;

/// The last year that anything is on record of.
pub const LAST: Year = Year(2025);

/// Lives the years from 1950 to `until`.
///
/// # Errors
///
/// If the watcher stops it.
pub fn live(model: &Model, until: Year, watch: &mut dyn Watch) -> Result<Outcome, RunError> {
    let mut nation = Nation::founded(model, record::FIRST, until);
    let (mut alignment, mut ledger) = (Alignment::default(), Ledger::default());
    let all = until.since(record::FIRST) + 1;
    let mut person_years = 0.0;
    for (done, year) in record::FIRST.to(until).enumerate() {
        let cells = nation.live(year, &Levers::default(), &mut alignment, Role::Reference);
        person_years += cells.person_years(model.shape);
        ledger.years.push(cells);
        watch.year("history", year, done + 1, all);
        if watch.stops() {
            return Err(RunError::Interrupted);
        }
    }
    Ok(Outcome {
        reference: ledger,
        arms: Vec::new(),
        reached: Vec::new(),
        paired: Vec::new(),
        solutions: Vec::new(),
        alignment,
        lives: vec![Lives::default()],
        lived: Duration::ZERO,
        person_years,
        pace: Vec::new(),
        cached: false,
        branch_identity: String::new(),
        end_identities: Vec::new(),
    })
}

/// The figures of a history.
///
/// # Errors
///
/// If the watcher stops it.
pub fn figures(model: &Model, until: Year, watch: &mut dyn Watch) -> Result<Figures, RunError> {
    let outcome = live(model, until, watch)?;
    Figures::of_tables(&analysis::cells(model, &outcome))
}
