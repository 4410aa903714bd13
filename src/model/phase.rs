//! The order of a year.

/// The phases of a year, in their order; each says why it stands where it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Who is offered a measure: first, so that the whole year is lived under it.
    Reach,
    /// Whose union ends: first of the family, so that those who part may pair anew.
    Parting,
    /// Who finds a partner, and who marries: before births, which depend on it.
    Pairing,
    /// Who is born: before everything that a child born this year may meet in it.
    Birth,
    /// Kindergarten, services, endowments: before school, which builds on them.
    Childhood,
    /// Marks, completion, degrees: before work, which asks for them.
    School,
    /// Work, occupation, absence: before income, which it earns.
    Work,
    /// Earnings, benefits, tax: before behaviour and health, which read last year's income and this year's prices.
    Income,
    /// Smoking and other habits: before health, which they damage.
    Behaviour,
    /// Conditions and their course: before care, which treats them.
    Health,
    /// Need, use and quality: before death, which it postpones.
    Care,
    /// Who moves in and out: before death, because arrivals and leavers are at risk for half the year only.
    Migration,
    /// Who dies: after all that raises or lowers the risk, so that everyone lives the year they die in.
    Death,
    /// Who is bereaved, leaves home, and with whom everyone lives: after death, so that the year ends with households as they are.
    Dwelling,
    /// What is counted: when everything about the year is known but where people live next.
    Accounts,
    /// Who moves to another municipality at the end of the year: last, since households, which move as one, must be known, and nothing
    /// else that is counted depends on it.
    Moving,
}

impl Phase {
    /// Every phase, in order.
    pub const ALL: [Self; 16] = [
        Self::Reach,
        Self::Parting,
        Self::Pairing,
        Self::Birth,
        Self::Childhood,
        Self::School,
        Self::Work,
        Self::Income,
        Self::Behaviour,
        Self::Health,
        Self::Care,
        Self::Migration,
        Self::Death,
        Self::Dwelling,
        Self::Accounts,
        Self::Moving,
    ];

    /// Why the phase stands where it does, in a few words for the guide.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Reach => "first, so that the whole year is lived under a measure",
            Self::Parting => "before pairing, so that those who part may pair anew",
            Self::Pairing => "before births, which depend on who lives with whom",
            Self::Birth => "before everything that a child born this year may meet in it",
            Self::Childhood => "before school, which builds on it",
            Self::School => "before work, which asks for marks and degrees",
            Self::Work => "before income, which it earns",
            Self::Income => "before behaviour and health, which read it",
            Self::Behaviour => "before health, which it damages",
            Self::Health => "before care, which treats conditions",
            Self::Care => "before death, which it postpones",
            Self::Migration => "before death: arrivals and leavers are at risk for half the year only",
            Self::Death => "after all that changes the risk, so that everyone lives the year they die in",
            Self::Dwelling => "after death: the year ends with households as they are",
            Self::Accounts => "when all that is counted of the year is known",
            Self::Moving => "last: households move as one at the end of the year; only municipalities change",
        }
    }
}

/// The two beats of an aligned phase: everyone's risk is assessed before the nation's sums are compared with the record, and
/// decided after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    /// Up to the barrier.
    Assess(Phase),
    /// From the barrier on.
    Decide(Phase),
}

impl Beat {
    /// Its place in the year.
    #[must_use]
    pub const fn order(self) -> (Phase, u8) {
        match self {
            Self::Assess(phase) => (phase, 0),
            Self::Decide(phase) => (phase, 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_the_order_of_the_year() {
        assert!(Phase::ALL.is_sorted());
    }
}
