//! What a run tells of groups, year by year and in windows of ten years.

use std::sync::Arc;

use rayon::prelude::*;

use crate::accounts::cells::{Ledger, YearCells};
use crate::measures::Arm;
use crate::record;
use crate::run::legs::Outcome;
use crate::run::model::Model;
use crate::units::Year;

use super::groups::{Everybody, GroupTable, tables};
use super::lifetable::open_age;
use super::part::{Membership, REFERENCE};
use super::series::{Basis, Key, SEXES, Series};
use super::tables::{gradients, life_tables, windows};

/// Years of a window.
pub const WINDOW: i16 = 10;
/// Life tables of groups are written for years divisible by this, and for the last.
const WRITTEN_EVERY: i16 = 10;

/// Whether life tables of groups become rows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LifeTables {
    Written,
    LeftOut,
}

/// Rows of tables, in order of year and then arm.
#[derive(Clone, Debug, Default)]
pub struct ByGroup {
    /// Life expectancy, its spread, premature deaths.
    pub figures: Vec<windows::Row>,
    /// Inequality between groups.
    pub gradients: Vec<gradients::Row>,
    /// Ages of life tables, of some years.
    pub tables: Vec<life_tables::Row>,
}

impl ByGroup {
    /// Every year, with the open ages of the reference's tables of everybody.
    #[must_use]
    pub fn of(model: &Model, arms: &[Arm], outcome: &Outcome, reference: &Series) -> Self {
        let open = |year: Year| {
            std::array::from_fn(|sex| reference.get(&Key { basis: Basis::Period, year, sex }).and_then(|own| own.open))
        };
        let years: Vec<Year> = outcome.reference.years.iter().map(|cells| cells.year).collect();
        let last = years.last().copied();
        let of_year = |year: Year| {
            let is_written = year.0 % WRITTEN_EVERY == 0 || Some(year) == last;
            let tables = if is_written { LifeTables::Written } else { LifeTables::LeftOut };
            Self::of_years(model, arms, outcome, [year; 2], |_| open(year), tables)
        };
        Self::together(years.into_par_iter().map(of_year).collect())
    }

    /// Every window.
    #[must_use]
    pub fn of_windows(model: &Model, arms: &[Arm], outcome: &Outcome) -> Self {
        Self::of_these(model, arms, outcome, windows_of(model.settings.branch, outcome))
    }

    /// The last window of the history and that of the run, which may be one.
    #[must_use]
    pub fn of_ends(model: &Model, arms: &[Arm], outcome: &Outcome) -> Self {
        let mut windows = windows_of(model.settings.branch, outcome);
        let last = windows.last().copied();
        windows.retain(|years| years[1] == model.settings.branch.plus(-1) || Some(*years) == last);
        Self::of_these(model, arms, outcome, windows)
    }

    /// Some windows.
    #[must_use]
    pub fn of_these(model: &Model, arms: &[Arm], outcome: &Outcome, windows: Vec<[Year; 2]>) -> Self {
        let open = |everybody: &Everybody| std::array::from_fn(|sex| open_age(&everybody.ages[sex], 0));
        let of_window = |years| Self::of_years(model, arms, outcome, years, open, LifeTables::LeftOut);
        Self::together(windows.into_par_iter().map(of_window).collect())
    }

    fn together(parts: Vec<Self>) -> Self {
        let mut all = Self::default();
        all.figures.reserve_exact(parts.iter().map(|part| part.figures.len()).sum());
        all.gradients.reserve_exact(parts.iter().map(|part| part.gradients.len()).sum());
        all.tables.reserve_exact(parts.iter().map(|part| part.tables.len()).sum());
        for part in parts {
            all.figures.extend(part.figures);
            all.gradients.extend(part.gradients);
            all.tables.extend(part.tables);
        }
        all
    }

    /// The reference and every arm that lived all of some years.
    fn of_years(
        model: &Model,
        arms: &[Arm],
        outcome: &Outcome,
        years: [Year; 2],
        open: impl Fn(&Everybody) -> [Option<usize>; SEXES.len()],
        life_tables: LifeTables,
    ) -> Self {
        let Some(cells) = lived(&outcome.reference, years) else { return Self::default() };
        let everybody = Everybody::of(model, &cells);
        let open = open(&everybody);
        let reference = tables(&model.record, &cells, &everybody, open, Membership::Own);
        let mut own = Self::default();
        own.add(&REFERENCE.into(), years, &reference, None, life_tables);
        for (arm, ledger) in arms.iter().zip(&outcome.arms) {
            let Some(cells) = lived(ledger, years) else { continue };
            let (arm, everybody) = (Arc::from(&arm.id[..]), Everybody::of(model, &cells));
            for membership in [Membership::Own, Membership::Reference] {
                let of_arm = tables(&model.record, &cells, &everybody, open, membership);
                own.add(&arm, years, &of_arm, Some(&reference), life_tables);
            }
        }
        own
    }

    fn add(
        &mut self,
        arm: &Arc<str>,
        years: [Year; 2],
        own: &[GroupTable],
        reference: Option<&[GroupTable]>,
        life_tables: LifeTables,
    ) {
        self.figures.extend(windows::rows(arm, years, own, reference));
        self.gradients.extend(gradients::rows(arm, years, own, reference));
        if life_tables == LifeTables::Written {
            let groups = own.iter().filter(|table| table.by > 0 && table.membership == Membership::Own);
            self.tables.extend(groups.flat_map(|table| life_tables::of_group(arm, years[0], table)));
        }
    }
}

/// The years from one to another, if a ledger has them all.
fn lived(ledger: &Ledger, [from, to]: [Year; 2]) -> Option<Vec<&YearCells>> {
    from.to(to).map(|year| ledger.year(year)).collect()
}

/// Calendar decades that end in 0 from 1951-1960 on, the last ten years of the history and the last ten of the run, in order.
fn windows_of(branch: Year, outcome: &Outcome) -> Vec<[Year; 2]> {
    let Some(last) = outcome.reference.years.last().map(|cells| cells.year) else { return Vec::new() };
    let mut ends: Vec<Year> = record::FIRST.plus(WINDOW).to(last).filter(|year| year.0 % WINDOW == 0).collect();
    ends.extend([branch.plus(-1), last]);
    ends.retain(|end| *end <= last);
    ends.sort_unstable();
    ends.dedup();
    ends.into_iter().map(|end| [end.plus(1 - WINDOW), end]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_decades_and_the_ends_of_history_and_run() {
        // Only the last year matters here.
        let outcome = |last: i16| {
            let year = YearCells::gather(
                Year(last),
                crate::accounts::cells::Shape { counts: 9, expected: 0, places: 0 },
                &[],
                &mut [],
            );
            Outcome {
                reference: Ledger { years: vec![year] },
                arms: Vec::new(),
                reached: Vec::new(),
                paired: Vec::new(),
                solutions: Vec::new(),
                alignment: crate::model::alignment::Alignment::default(),
                lives: Vec::new(),
                lived: std::time::Duration::ZERO,
                person_years: 0.0,
                pace: Vec::new(),
                cached: false,
                branch_identity: String::new(),
                end_identities: Vec::new(),
            }
        };
        let ends = |last: i16| -> Vec<i16> {
            windows_of(Year(2025), &outcome(last)).into_iter().map(|years| years[1].0).collect()
        };
        assert_eq!(ends(1975), [1960, 1970, 1975]);
        assert_eq!(ends(2027)[5..], [2010, 2020, 2024, 2027]);
        assert_eq!(windows_of(Year(2025), &outcome(1960)), [[Year(1951), Year(1960)]]);
    }
}
