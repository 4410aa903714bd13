//! What a run says of groups: how long people of each education live, and how unequal that is.

use std::fmt::Write;

use crate::analysis::answer::AT_35;
use crate::analysis::by_group::ByGroup;
use crate::analysis::gradients::Index;
use crate::analysis::groups::{GROUPINGS, Told};
use crate::analysis::lifetable::AT;
use crate::analysis::numbers::Measured;
use crate::analysis::part::{Membership, REFERENCE};
use crate::analysis::tables::{gradients, windows};
use crate::units::Year;

use super::answer::LEVELS;

/// The grouping that is told.
const EDUCATION: &str = "education";
/// Women and men as places in the column `sex`.
const SEXES: [(usize, &str); 2] = [(0, "women"), (1, "men")];

/// Life expectancy at 35 by education in the last ten years of the history and of the run.
pub fn closing(ends: &ByGroup) -> String {
    let mut years: Vec<[Year; 2]> = ends.figures.iter().map(|row| row.years).collect();
    years.sort_unstable();
    years.dedup();
    if years.is_empty() || ends.gradients.is_empty() {
        return String::new();
    }
    let mut text = format!("\nYears of life left at {}, by own education\n\n{:24}", AT[AT_35], "");
    for (_, word) in SEXES {
        let _ = write!(text, "{:^1$}", word, 14 * years.len());
    }
    let _ = write!(text, "\n{:24}", "");
    for [from, to] in years.iter().chain(&years) {
        let _ = write!(text, "{:>14}", format!("{from}-{to}"));
    }
    text.push('\n');
    for (group, word) in GROUPINGS[1].words.iter().zip(LEVELS) {
        line(&mut text, word, &years, |sex, years| years_left(&ends.figures, sex, years, [EDUCATION, group]));
    }
    line(&mut text, "everybody", &years, |sex, years| years_left(&ends.figures, sex, years, ["all", "all"]));
    for (index, word) in [(Index::Gap, "highest less lowest"), (Index::Sii, "slope index")] {
        line(&mut text, word, &years, |sex, years| inequality(&ends.gradients, REFERENCE, sex, years, index));
    }
    text.push_str(
        "\nfrom each person's own risk of dying, ± standard error of chance; slope index: years of life between the two ends\n\
         of the order of education, on a straight line through all groups, each weighing as many people as it has.\n",
    );
    text
}

/// A line of the table: women's numbers, then men's.
fn line(text: &mut String, word: &str, years: &[[Year; 2]], of: impl Fn(usize, [Year; 2]) -> Option<Measured>) {
    let _ = write!(text, "{word:24}");
    for (sex, _) in SEXES {
        for years in years {
            let _ = write!(text, "{:>14}", with_error(of(sex, *years)));
        }
    }
    text.push('\n');
}

fn years_left(rows: &[windows::Row], sex: usize, years: [Year; 2], of: [&str; 2]) -> Option<Measured> {
    windows::find(rows, REFERENCE, years, sex, of, Told::Years(AT_35)).map(|row| row.numbers.expected)
}

fn inequality(rows: &[gradients::Row], arm: &str, sex: usize, years: [Year; 2], index: Index) -> Option<Measured> {
    find(rows, arm, sex, years, index).map(|row| row.numbers.expected)
}

fn find<'a>(
    rows: &'a [gradients::Row],
    arm: &str,
    sex: usize,
    years: [Year; 2],
    index: Index,
) -> Option<&'a gradients::Row> {
    rows.iter().find(|row| {
        (&*row.arm, row.sex, row.years, row.at, GROUPINGS[row.by].by, row.index, row.membership)
            == (arm, sex, years, AT_35, EDUCATION, index, Membership::Own)
    })
}

fn with_error(measured: Option<Measured>) -> String {
    match measured {
        Some([value, error]) if value.is_finite() => format!("{value:.1} ±{error:.2}"),
        Some(_) | None => "-".to_owned(),
    }
}
