//! Packages at equal public cost: the coverage at which an arm costs as much as another package.
//!
//! Both are lived from the branch on, the other package once and the arm at one coverage after another, until the costs of the years
//! counted differ by less than [`NEAR`]. Draws of reach are monotone in the coverage, and so is the cost. As in a bisection the
//! coverage looked for always lies between two that were tried; but the next one is not the middle, it is where a straight line between
//! their costs meets the cost looked for (the Illinois method), which for costs that grow nearly in step with coverage is there at once.
//!
//! Costs are those of the measures, in NOK of their price year; taxes and benefits come with incomes. They are compared undiscounted.
//! One nation is in memory at a time. What is lived here is in no account.

use crate::error::RunError;
use crate::measures::Arm;
use crate::model::alignment::Alignment;
use crate::model::reach::Counted;
use crate::model::twin::Part;
use crate::store;
use crate::units::Year;

use super::legs::{Runner, Start};
use super::nation::{Nation, Role};

/// The relative difference of two costs that count as equal.
pub const NEAR: f64 = 0.005;
/// Coverages tried at most, none and all of it included.
const TRIES: u8 = 12;
/// The yearly discount of the first forty years: the Ministry of Finance's circular R-109/2021.
pub const DISCOUNT: f64 = 0.04;
/// Until which year after the first each rate of a discounted sum holds, and the last.
const STEPS: [(i32, f64); 2] = [(40, DISCOUNT), (75, 0.03)];
const LATER: f64 = 0.02;

/// What a year is worth, `since` the first.
///
/// ```
/// use livslop::run::equal_cost::worth;
///
/// assert_eq!(worth(0.0, 10), 1.0);
/// assert!((worth(0.04, 2) - 1.0 / 1.04_f64.powi(2)).abs() < 1e-12);
/// assert!((worth(0.04, 41) - 1.04_f64.powi(-40) / 1.03).abs() < 1e-12);
/// ```
#[must_use]
pub fn worth(rate: f64, since: i32) -> f64 {
    if rate == 0.0 {
        return 1.0;
    }
    let (mut worth, mut before) = (1.0, 0);
    for (until, rate) in STEPS.into_iter().chain([(i32::MAX, LATER)]) {
        worth *= libm::pow(1.0 + rate, -f64::from((since.min(until) - before).max(0)));
        before = until;
    }
    worth
}

/// What the years counted cost, in NOK.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    /// As they are.
    pub nominal: f64,
    /// Discounted by 4 % a year to the first of the years.
    pub discounted: f64,
}

/// How near the costs came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// They are equal.
    Equal,
    /// They are as near as the number of people simulated, or of tries, allows.
    Nearly,
    /// Even full coverage does not cost as much.
    BeyondAll,
    /// Even without any coverage it costs more.
    BelowNone,
}

impl Met {
    const ALL: [Self; 4] = [Self::Equal, Self::Nearly, Self::BeyondAll, Self::BelowNone];

    /// The word in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Nearly => "nearly equal",
            Self::BeyondAll => "full coverage costs less",
            Self::BelowNone => "no coverage costs more",
        }
    }
}

/// The coverage found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Solution {
    /// The coverage at which the arm is run.
    pub coverage: f64,
    /// The years counted, both included.
    pub years: (Year, Year),
    /// What the arm costs at that coverage.
    pub cost: Cost,
    /// What the other package costs.
    pub other: Cost,
    /// Coverages tried.
    pub tries: u8,
    /// How near the costs came.
    pub met: Met,
}

impl Solution {
    /// A line for people.
    #[must_use]
    pub fn told(&self, arm: &Arm) -> String {
        let (id, other) = (&arm.id, arm.equal_cost.as_ref().map_or("another package", |equal| &equal.other.id));
        let cost =
            |cost: Cost| format!("{:.4} billion NOK ({:.4} discounted)", cost.nominal / 1e9, cost.discounted / 1e9);
        let found = format!(
            "{id}: at a coverage of {:.4} it costs {} in {}-{}, `{other}` {}; {} tries",
            self.coverage,
            cost(self.cost),
            self.years.0,
            self.years.1,
            cost(self.other),
            self.tries
        );
        match self.met {
            Met::Equal => found,
            Met::Nearly => format!("{found}\n{id}: the costs are not nearer: simulate more people"),
            Met::BeyondAll => format!("{found}\n{id}: not of equal cost: even full coverage costs less"),
            Met::BelowNone => format!("{found}\n{id}: not of equal cost: it costs more even if nobody is reached"),
        }
    }

    fn to_bytes(self) -> Vec<u8> {
        let numbers =
            [self.coverage, self.cost.nominal, self.cost.discounted, self.other.nominal, self.other.discounted];
        let met = Met::ALL.iter().position(|met| *met == self.met).and_then(|place| u8::try_from(place).ok());
        let mut bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        bytes.extend([self.years.0, self.years.1].iter().flat_map(|year| year.0.to_le_bytes()));
        bytes.extend([self.tries, met.expect("one of four")]);
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (numbers, rest) = bytes.split_at_checked(5 * size_of::<f64>())?;
        let [coverage, nominal, discounted, other_nominal, other_discounted] =
            <[f64; 5]>::try_from(numbers.as_chunks().0.iter().map(|one| f64::from_le_bytes(*one)).collect::<Vec<_>>())
                .ok()?;
        let &[a, b, c, d, tries, met] = rest else { return None };
        Some(Self {
            coverage,
            years: (Year(i16::from_le_bytes([a, b])), Year(i16::from_le_bytes([c, d]))),
            cost: Cost { nominal, discounted },
            other: Cost { nominal: other_nominal, discounted: other_discounted },
            tries,
            met: *Met::ALL.get(usize::from(met))?,
        })
    }
}

/// A coverage, and what it costs.
type Tried = (f64, Cost);

/// Looks for the coverage of a cost, which no larger coverage lowers.
fn search<E>(wanted: f64, mut cost_at: impl FnMut(f64) -> Result<Cost, E>) -> Result<(Tried, u8, Met), E> {
    let off = |one: &Tried| one.1.nominal - wanted;
    let is_near = |one: &Tried| off(one).abs() <= NEAR * wanted.abs();
    let mut low = (0.0, cost_at(0.0)?);
    if is_near(&low) || off(&low) > 0.0 {
        return Ok((low, 1, if is_near(&low) { Met::Equal } else { Met::BelowNone }));
    }
    let mut high = (1.0, cost_at(1.0)?);
    if is_near(&high) || off(&high) < 0.0 {
        return Ok((high, 2, if is_near(&high) { Met::Equal } else { Met::BeyondAll }));
    }
    let mut best = if off(&low).abs() < off(&high).abs() { low } else { high };
    // An end that stays twice counts half from then on, so that a bent line does not keep it for ever.
    let (mut of_low, mut of_high, mut was_below) = (off(&low), off(&high), None);
    for tries in 3..=TRIES {
        let coverage = low.0 + (high.0 - low.0) * -of_low / (of_high - of_low);
        let one = (coverage, cost_at(coverage)?);
        if off(&one).abs() < off(&best).abs() {
            best = one;
        }
        if is_near(&one) {
            return Ok((one, tries, Met::Equal));
        }
        let is_below = off(&one) < 0.0;
        let (moves, stays) =
            if is_below { ((&mut low, &mut of_low), &mut of_high) } else { ((&mut high, &mut of_high), &mut of_low) };
        (*moves.0, *moves.1) = (one, off(&one));
        if was_below == Some(is_below) {
            *stays /= 2.0;
        }
        was_below = Some(is_below);
    }
    Ok((best, TRIES, Met::Nearly))
}

impl<'m> Runner<'m> {
    /// The coverage at which an arm costs as much as the package its file names, or as found before; none if it names none.
    ///
    /// The nation lent is given back; one is made if none is lent.
    pub(super) fn solve(
        &mut self,
        arm: &Arm,
        nation: Option<Nation<'m>>,
        people: &Start,
        alignment: &mut Alignment,
        identity: &str,
    ) -> Result<(Option<Solution>, Option<Nation<'m>>), RunError> {
        let Some(equal) = &arm.equal_cost else { return Ok((None, nation)) };
        let path = self.keep.work.join(format!("{}.solution.leg", arm.id));
        let bad = |message: String| RunError::BadSnapshot {
            path: path.clone(),
            message,
            help: "delete it; it is made anew from the configuration".to_owned(),
        };
        if self.keep.resume && path.exists() {
            let sections = store::read(&path, identity)?;
            let found = sections.first().and_then(|(_, bytes)| Solution::from_bytes(bytes));
            return Ok((Some(found.ok_or_else(|| bad("without a readable solution".to_owned()))?), nation));
        }
        let until = self.model.settings.until;
        let first = arm.years().0.min(equal.other.years().0);
        let years = (first, first.plus(i16::from(equal.years) - 1).min(until));
        let mut nation = match nation {
            Some(nation) => nation,
            None => people.nation(self.model)?,
        };
        let mut cost = |arm: &Arm| self.cost(arm, years, &mut nation, people, alignment);
        let other = cost(&equal.other)?;
        let ((coverage, own), tries, met) = search(other.nominal, |coverage| cost(&arm.with_coverage(coverage)))?;
        let solution = Solution { coverage, years, cost: own, other, tries, met };
        store::write(&path, identity, &[("solution", &solution.to_bytes())])?;
        Ok((Some(solution), Some(nation)))
    }

    /// What an arm costs in some years.
    fn cost(
        &mut self,
        arm: &Arm,
        years: (Year, Year),
        nation: &mut Nation<'m>,
        people: &Start,
        alignment: &mut Alignment,
    ) -> Result<Cost, RunError> {
        people.restore(nation)?;
        nation.begin_twins(Part::None, self.model.settings.branch, true);
        let (leg, nobody) = (format!("{} for its cost", arm.id), Counted::default());
        let mut cost = Cost::default();
        for year in self.model.settings.branch.to(years.1) {
            nation.live(year, &arm.levers(year), alignment, Role::Arm);
            if year >= years.0 {
                let counted = nation.reached(year).measures;
                let of_part = |(place, part): (usize, &crate::measures::Part)| {
                    part.cost(year, counted.get(place).unwrap_or(&nobody), self.model.weight())
                };
                let nominal: f64 = arm.parts.iter().enumerate().filter_map(of_part).sum();
                cost.nominal += nominal;
                cost.discounted += nominal * worth(DISCOUNT, (year.0 - years.0.0).into());
            }
            self.watch.year(&leg, year, self.years_done, self.years_all);
            if self.watch.stops() {
                return Err(RunError::Interrupted);
            }
        }
        Ok(cost)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;

    fn found(wanted: f64, cost: impl Fn(f64) -> f64) -> (f64, f64, u8, Met) {
        let at = |coverage| Ok::<_, Infallible>(Cost { nominal: cost(coverage), discounted: 0.0 });
        let Ok(((coverage, cost), tries, met)) = search(wanted, at);
        (coverage, cost.nominal, tries, met)
    }

    #[test]
    fn a_cost_on_a_straight_line_is_found_at_once() {
        assert_eq!(found(25.0, |coverage| 100.0 * coverage), (0.25, 25.0, 3, Met::Equal));
    }

    #[test]
    fn what_cannot_be_met_gives_the_nearest_bound() {
        assert_eq!(found(200.0, |coverage| 100.0 * coverage), (1.0, 100.0, 2, Met::BeyondAll));
        assert_eq!(found(5.0, |coverage| 10.0 + coverage), (0.0, 10.0, 1, Met::BelowNone));
        assert_eq!(found(0.0, |coverage| 100.0 * coverage), (0.0, 0.0, 1, Met::Equal));
        // Costs of few people come in steps: of 0 and 100, 0 is nearer to 40.
        assert_eq!(found(40.0, |coverage| if coverage > 0.3 { 100.0 } else { 0.0 }).3, Met::Nearly);
    }

    #[test]
    fn a_solution_comes_back_from_its_bytes() {
        let solution = Solution {
            coverage: 0.1 + 0.2,
            years: (Year(2027), Year(2036)),
            cost: Cost { nominal: 1.0, discounted: 0.9 },
            other: Cost { nominal: 1.1, discounted: 0.8 },
            tries: 7,
            met: Met::BeyondAll,
        };
        assert_eq!(Solution::from_bytes(&solution.to_bytes()), Some(solution));
        assert_eq!(Solution::from_bytes(&solution.to_bytes()[1..]), None);
    }

    proptest! {
        /// As of a measure that some have already: nothing up to a coverage, then a curve that bends down or up.
        #[test]
        fn every_smooth_cost_is_found(already in 0.0..0.3_f64, bend in 0.7..1.5_f64, share in 0.05..0.98_f64) {
            let (_, cost, _, met) = found(share, |coverage| ((coverage - already) / (1.0 - already)).max(0.0).powf(bend));
            prop_assert_eq!(met, Met::Equal);
            prop_assert!((cost - share).abs() <= NEAR * share);
        }
    }
}
