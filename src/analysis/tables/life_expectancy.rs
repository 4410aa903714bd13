//! `life_expectancy.arrow`: remaining years of life and how much lifespans vary, with errors and differences to the reference.

use crate::accounts::arrow::{Column, Table};
use crate::analysis::jackknife::Replicated;
use crate::analysis::lifetable::{AT, Estimator, FIGURES, Measure, figure};
use crate::analysis::part::{MEMBERSHIPS, Part};
use crate::analysis::series::{Basis, Estimate, Key, SEXES};

/// A value and its standard error.
type Measured = [f64; 2];

struct Row<'a> {
    part: &'a Part,
    key: Key,
    at: usize,
    measure: Measure,
    counted: Measured,
    expected: Measured,
    counted_difference: Measured,
    expected_difference: Measured,
}

/// The table of all parts, in their order, then by basis, year, sex, age and measure.
#[must_use]
pub fn table(parts: &[Part]) -> Table {
    let rows: Vec<Row> = parts.iter().flat_map(|part| rows(part, parts)).collect();
    let numbers =
        |name: &str, about: &str, of: fn(&Row) -> f64| Column::number(name, "years", about, rows.iter().map(of));
    let columns = vec![
        Column::text("arm", "`reference` or the id of the package", rows.iter().map(|row| row.part.arm.clone())),
        Column::int32(
            "year",
            "calendar year",
            "the year lived; of cohorts the year of birth",
            rows.iter().map(|row| row.key.year.0.into()),
        ),
        Column::word(
            "basis",
            "whose life: a calendar year's (period) or a year of birth's (cohort)",
            Basis::WORDS,
            rows.iter().map(|row| row.key.basis as usize),
        ),
        Column::word("sex", "registered sex", SEXES, rows.iter().map(|row| row.key.sex)),
        Column::text("by", "what people are grouped by", rows.iter().map(|row| row.part.by.clone())),
        Column::text("group", "the group of it", rows.iter().map(|row| row.part.group.clone())),
        Column::word(
            "membership",
            "by whose grouping: the arm's own or the reference's",
            MEMBERSHIPS,
            rows.iter().map(|row| row.part.membership as usize),
        ),
        Column::int32(
            "age",
            "years",
            "exact age from which years are counted",
            rows.iter().map(|row| super::years(AT[row.at])),
        ),
        Column::word(
            "measure",
            "life_expectancy: remaining years, e(x); lifespan_sd: standard deviation of the age at death",
            Measure::WORDS,
            rows.iter().map(|row| row.measure.key()),
        ),
        numbers("value", "from the deaths counted; null where too few people lived", |row| row.counted[0]),
        numbers("se", "Monte Carlo standard error of `value`: jackknife over 64 groups of communities", |row| {
            row.counted[1]
        }),
        numbers("expected_value", "from the deaths expected of each person's own risk", |row| row.expected[0]),
        numbers("expected_se", "Monte Carlo standard error of `expected_value`", |row| row.expected[1]),
        numbers("difference", "`expected_value` less that of the reference; null in the reference", |row| {
            row.expected_difference[0]
        }),
        numbers("difference_se", "Monte Carlo standard error of `difference`, paired group by group", |row| {
            row.expected_difference[1]
        }),
        numbers("counted_difference", "`value` less that of the reference; null in the reference", |row| {
            row.counted_difference[0]
        }),
        numbers(
            "counted_difference_se",
            "Monte Carlo standard error of `counted_difference`, paired group by group",
            |row| row.counted_difference[1],
        ),
        numbers("lower", "lower bound from uncertain parameters; null until parameters are drawn", |_| f64::NAN),
        numbers("upper", "upper bound from uncertain parameters; null until parameters are drawn", |_| f64::NAN),
    ];
    Table { name: "life_expectancy", columns }
}

fn rows<'a>(part: &'a Part, parts: &[Part]) -> Vec<Row<'a>> {
    let reference = part.reference(parts);
    let of_one = |(key, estimate): (&Key, &'a Estimate)| {
        let other = reference.and_then(|reference| reference.series.get(key));
        rows_of_one(part, *key, estimate, other.map(|other| estimate.figures.minus(&other.figures)).as_ref())
    };
    part.series.iter().flat_map(of_one).collect()
}

fn rows_of_one<'a>(
    part: &'a Part,
    key: Key,
    estimate: &Estimate,
    difference: Option<&Replicated<FIGURES>>,
) -> Vec<Row<'a>> {
    let with_errors = |figures: &Replicated<FIGURES>| {
        let errors = figures.errors();
        // A figure that is not known has no error either.
        std::array::from_fn::<Measured, FIGURES, _>(|i| {
            [figures.whole[i], if figures.whole[i].is_finite() { errors[i] } else { f64::NAN }]
        })
    };
    let (values, differences) =
        (with_errors(&estimate.figures), difference.map_or([[f64::NAN; 2]; FIGURES], with_errors));
    let observed = (0..AT.len()).filter(|at| AT[*at] >= estimate.first);
    let row = |at: usize, measure: Measure| {
        let (counted, expected) = (figure(Estimator::Counted, measure, at), figure(Estimator::Expected, measure, at));
        Row {
            part,
            key,
            at,
            measure,
            counted: values[counted],
            expected: values[expected],
            counted_difference: differences[counted],
            expected_difference: differences[expected],
        }
    };
    observed.flat_map(|at| Measure::ALL.map(|measure| row(at, measure))).collect()
}
