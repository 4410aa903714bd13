//! Parts of the people, each with its own life tables.

use std::sync::Arc;

use crate::accounts::cells::YearCells;
use crate::accounts::groups::ledger::YearGroups;

use super::series::Series;

/// The arm that others are compared with.
pub const REFERENCE: &str = "reference";

/// The words of the column `membership`.
pub const MEMBERSHIPS: &[&str] = &["own", "reference"];

/// By whose grouping people belong to a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    /// The arm's own.
    Own,
    /// The reference's: the same people, whatever the arm makes of them; those who are in one arm only are left out.
    Reference,
}

impl Membership {
    /// A year's sums by those groups.
    #[must_use]
    pub fn of(self, cells: &YearCells) -> &YearGroups {
        match self {
            Self::Own => &cells.groups,
            Self::Reference => cells.groups.by_reference(),
        }
    }
}

/// A part of an arm's people and its life tables.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// `reference` or the package's id.
    pub arm: Arc<str>,
    /// What people are grouped by; `all` if they are not.
    pub by: Arc<str>,
    /// The group; `all` if there is none.
    pub group: Arc<str>,
    /// By whose grouping.
    pub membership: Membership,
    /// The life tables.
    pub series: Series,
}

impl Part {
    /// Everyone in an arm.
    #[must_use]
    pub fn everyone(arm: &str, series: Series) -> Self {
        Self { arm: arm.into(), by: "all".into(), group: "all".into(), membership: Membership::Own, series }
    }

    /// The same part of the reference; none for the reference itself.
    #[must_use]
    pub fn reference<'a>(&self, parts: &'a [Self]) -> Option<&'a Self> {
        let is_same = |other: &&Self| {
            (&*other.arm, &other.by, &other.group, other.membership)
                == (REFERENCE, &self.by, &self.group, self.membership)
        };
        if &*self.arm == REFERENCE { None } else { parts.iter().find(is_same) }
    }
}
