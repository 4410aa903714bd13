//! What pairing arms and reckoning with expected deaths are worth: how many fewer people give the same error.

use std::fmt::Write;

use crate::analysis::part::REFERENCE;

use super::compare_groups::Rows;

/// The age at which the gap is told.
const AGE: i64 = 35;

/// Variances of the change of the gap by how it is found: counted or expected deaths, arms with luck of their own or the same.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Variances {
    counted_apart: f64,
    counted_paired: f64,
    expected_apart: f64,
    expected_paired: f64,
}

impl Variances {
    /// How many times fewer people paired and expected deaths need.
    fn fewer(self) -> f64 {
        self.counted_apart / self.expected_paired
    }

    /// The part of that which is due to pairing, on the scale of logarithms, the mean of both orders; the rest is due to expected deaths.
    fn due_to_pairing(self) -> f64 {
        let of = |apart: f64, paired: f64| libm::log(apart / paired);
        0.5 * (of(self.counted_apart, self.counted_paired) + of(self.expected_apart, self.expected_paired))
            / libm::log(self.fewer())
    }
}

/// The errors of each arm's change of the gap by education in the last window, in text; empty without arms.
pub fn text(rows: &Rows) -> String {
    let is_told = |row: &usize| {
        rows.word("by", *row) == "education"
            && rows.word("index", *row) == "gap"
            && rows.word("membership", *row) == "own"
            && rows.integer("age", *row) == AGE
            && rows.word("sex", *row) != "both"
    };
    let told: Vec<usize> = (0..rows.0.rows()).filter(is_told).collect();
    let Some(last) = told.iter().map(|row| rows.integer("to", *row)).max() else { return String::new() };
    let last: Vec<usize> = told.into_iter().filter(|row| rows.integer("to", *row) == last).collect();
    let mut text = String::new();
    for row in last.iter().filter(|row| rows.word("arm", **row) != REFERENCE) {
        let same = |other: &&usize| {
            rows.word("arm", **other) == REFERENCE && rows.word("sex", **other) == rows.word("sex", *row)
        };
        let Some(variances) = last.iter().find(same).and_then(|other| variances(rows, *row, *other)) else { continue };
        if text.is_empty() {
            let years = format!("{}-{}", rows.integer("from", *row), rows.integer("to", *row));
            let _ = write!(
                text,
                "\nStandard error of the change in the gap at {AGE} between the longest and the shortest education, {years}, years\n\n\
                 {:24}{:>8}{:>22}{:>22}{:>14}{:>14}\n{:32}{:>11}{:>11}{:>11}{:>11}{:>14}{:>14}\n",
                "arm",
                "sex",
                "luck of their own",
                "the same luck",
                "times fewer",
                "due to",
                "",
                "counted",
                "expected",
                "counted",
                "expected",
                "people",
                "pairing"
            );
        }
        let error = libm::sqrt;
        let _ = writeln!(
            text,
            "{:24}{:>8}{:>11.4}{:>11.4}{:>11.4}{:>11.4}{:>14.0}{:>14}",
            rows.word("arm", *row),
            rows.word("sex", *row),
            error(variances.counted_apart),
            error(variances.expected_apart),
            error(variances.counted_paired),
            error(variances.expected_paired),
            variances.fewer(),
            if variances.fewer() > 1.05 {
                format!("{:.0}%", 100.0 * variances.due_to_pairing())
            } else {
                "-".to_owned()
            }
        );
    }
    if !text.is_empty() {
        text.push_str(
            "\ncounted: from deaths counted; expected: from each person's own risk. Luck of their own is how two separate runs would\n\
             differ; arms of one run have the same. So many times fewer people give the same error as counted deaths and luck of their\n\
             own; that part of it is due to the same luck, on the scale of logarithms, the rest to expected deaths.\n",
        );
    }
    text
}

fn variances(rows: &Rows, arm: usize, reference: usize) -> Option<Variances> {
    let square = |column: &str, row: usize| rows.number(column, row).map(|error| error * error);
    let apart = |column: &str| Some(square(column, arm)? + square(column, reference)?);
    let all = Variances {
        counted_apart: apart("se")?,
        counted_paired: square("counted_difference_se", arm)?,
        expected_apart: apart("expected_se")?,
        expected_paired: square("difference_se", arm)?,
    };
    // An arm that changes nobody in a group has no error to compare.
    (all.expected_paired > 1e-12 && all.counted_paired > 1e-12).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_saved_are_shared_between_the_two_ways() {
        // Pairing divides the variance by 16 either way, expected deaths by 4: 64 times fewer people, two thirds on log scale.
        let all = Variances { counted_apart: 64.0, counted_paired: 4.0, expected_apart: 16.0, expected_paired: 1.0 };
        assert_eq!(all.fewer(), 64.0);
        assert!((all.due_to_pairing() - 2.0 / 3.0).abs() < 1e-12);
    }
}
