//! `reached.arrow`: whom the measures of each arm reached, year by year, and what it cost.

use std::sync::Arc;

use crate::accounts::arrow::{Column, Table};
use crate::accounts::reached::YearReached;
use crate::measures::{Arm, Part};
use crate::model::reach::{Counted, GROUPS, People};
use crate::processes::school::Level;
use crate::run::legs::Outcome;
use crate::run::model::Model;
use crate::units::Year;

/// The words of the column `by`.
const BY: &[&str] = &["all", "education"];

/// A row: a measure in a year, for everyone or a group.
struct Row {
    arm: Arc<str>,
    measure: Arc<str>,
    year: Year,
    /// A level of education; none for everyone.
    level: Option<usize>,
    eligible: f64,
    reached: f64,
    anew: f64,
    cost: f64,
}

/// The table.
#[must_use]
pub fn table(model: &Model, arms: &[Arm], outcome: &Outcome) -> Table {
    let weight = model.weight();
    let of_arm = |(arm, years): (&Arm, &Vec<YearReached>)| rows_of(arm, years, weight);
    let rows: Vec<Row> = arms.iter().zip(&outcome.reached).flat_map(of_arm).collect();
    let levels: [Arc<str>; GROUPS] = std::array::from_fn(|level| Level::WORDS[level].into());
    let all: Arc<str> = "all".into();
    let people = |name: &str, about: &str, of: fn(&Row) -> f64| {
        Column::number(name, "persons of the nation", about, rows.iter().map(of))
    };
    let columns = vec![
        Column::text("arm", "the id of the package", rows.iter().map(|row| row.arm.clone())),
        Column::int32("year", "calendar year", "the year", rows.iter().map(|row| row.year.0.into())),
        Column::text("measure", "the id of the measure", rows.iter().map(|row| row.measure.clone())),
        Column::word("by", "what people are grouped by", BY, rows.iter().map(|row| usize::from(row.level.is_some()))),
        Column::text(
            "group",
            "the group of it: highest level of education at the start of the year",
            rows.iter().map(|row| row.level.map_or_else(|| all.clone(), |level| levels[level].clone())),
        ),
        people("eligible", "people who met the conditions of the measure", |row| row.eligible),
        people("reached", "those of them whom it reached, beyond those already served", |row| row.reached),
        people(
            "reached_anew",
            "those of them whom it had not reached the year before; null if it reaches everyone of an age",
            |row| row.anew,
        ),
        Column::number(
            "cost_nok",
            "NOK of the measure's price year",
            "what the measure cost; null if its file does not say, and by group if it costs the same whomever it reaches",
            rows.iter().map(|row| row.cost),
        ),
    ];
    Table { name: "reached", columns }
}

fn rows_of(arm: &Arm, years: &[YearReached], weight: f64) -> Vec<Row> {
    let id: Arc<str> = arm.id.as_str().into();
    let mut rows = Vec::new();
    for one in years {
        for (part, counted) in arm.parts.iter().zip(&one.measures) {
            let measure: Arc<str> = part.measure.id.as_str().into();
            for level in std::iter::once(None).chain((0..GROUPS).map(Some)) {
                let counted = level.map_or_else(|| counted.clone(), |level| of_level(counted, level));
                let [eligible, reached, anew] = [&counted.eligible, &counted.reached, &counted.anew].map(sum);
                rows.push(Row {
                    arm: id.clone(),
                    measure: measure.clone(),
                    year: one.year,
                    level,
                    eligible: eligible * weight,
                    reached: reached * weight,
                    anew: if part.tells_anew() { anew * weight } else { f64::NAN },
                    cost: cost(part, one.year, &counted, level, weight),
                });
            }
        }
    }
    rows
}

/// Not a number where nothing is said.
fn cost(part: &Part, year: Year, counted: &Counted, level: Option<usize>, weight: f64) -> f64 {
    if level.is_some() && !part.costs_by_person() {
        return f64::NAN;
    }
    part.cost(year, counted, weight).unwrap_or(f64::NAN)
}

#[expect(clippy::cast_precision_loss, reason = "numbers of people")]
fn sum(people: &People) -> f64 {
    Counted::sum(people) as f64
}

/// The people of one group alone.
fn of_level(counted: &Counted, level: usize) -> Counted {
    let mut alone = Counted::default();
    alone.eligible[level] = counted.eligible[level];
    alone.reached[level] = counted.reached[level];
    alone.anew[level] = counted.anew[level];
    alone
}
