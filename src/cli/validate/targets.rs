//! The targets of the social gradient, set by set.

use std::fmt::Write;

use crate::calibration::target::{Role, Targets, Verified};
use crate::calibration::validation::{Comparison, Verdict, by_set};

/// What came of the targets, and how many sets that are judged, and to be fitted to, are not met.
pub fn told(targets: &Targets, comparisons: &[Comparison], worst: usize) -> (String, usize) {
    let results = by_set(targets, comparisons);
    let mut text = format!(
        "{:28}{:>6}{:>9}{:>8}{:>8}{:>12}{:>10}{:>9}  {:12}verdict\n",
        "targets", "role", "figures", "judged", "within", "mean error", "allowed", "worst", "unit"
    );
    for result in &results {
        let number = |value: f64| if value.is_finite() { format!("{value:.2}") } else { "-".to_owned() };
        let verdict = result.is_met().map_or("not judged", |met| if met { "met" } else { "missed" });
        let _ = writeln!(
            text,
            "{:28}{:>6}{:>9}{:>8}{:>8}{:>12}{:>10.2}{:>9}  {:12}{verdict}",
            result.set,
            Role::WORDS[result.role as usize],
            result.targets,
            result.judged,
            result.within,
            number(result.mean_error),
            result.mean_tolerance,
            number(result.worst),
            result.unit,
        );
    }
    let mut outside: Vec<&Comparison> = comparisons.iter().filter(|one| one.verdict == Verdict::Outside).collect();
    let share = |one: &Comparison| one.in_tolerances(targets).abs();
    outside.sort_by(|a, b| share(b).total_cmp(&share(a)));
    list(&mut text, "farthest outside", outside.into_iter().take(worst));
    let of_each = results.iter().filter_map(|result| {
        let of_set = comparisons.iter().filter(|one| one.verdict.is_judged() && one.target.set == result.set);
        let of_role = of_set.filter(|one| one.target.role == result.role);
        of_role.max_by(|a, b| a.error().abs().total_cmp(&b.error().abs()))
    });
    list(&mut text, "worst of each set", of_each);
    let count = |verdict: Verdict| comparisons.iter().filter(|one| one.verdict == verdict).count();
    let missed = results.iter().filter(|result| result.role == Role::Fit && result.is_met() == Some(false)).count();
    let _ = writeln!(
        text,
        "\n{} of {} targets are within their tolerance, {} outside; of {} chance is too large to judge in so small a run, \
         and of {} the run does not tell",
        count(Verdict::Within),
        comparisons.len(),
        count(Verdict::Outside),
        count(Verdict::Noise),
        count(Verdict::Unknown)
    );
    (text, missed)
}

fn list<'a>(text: &mut String, heading: &str, comparisons: impl Iterator<Item = &'a Comparison<'a>>) {
    let mut comparisons = comparisons.peekable();
    if comparisons.peek().is_none() {
        return;
    }
    let _ = writeln!(
        text,
        "\n{heading:74}{:>10}{:>10}{:>9}{:>8}{:>11}  note",
        "simulated", "recorded", "error", "se", "tolerance"
    );
    for one in comparisons {
        let recalled = if one.target.verified == Verified::Recalled { "recalled; " } else { "" };
        let note = one.target.note.as_deref().unwrap_or("");
        let _ = writeln!(
            text,
            "{:74}{:>10.2}{:>10.2}{:>+9.2}{:>8.2}{:>11.2}  {recalled}{note}",
            one.label(),
            one.simulated.unwrap_or(f64::NAN),
            one.target.value,
            one.error(),
            one.se,
            one.tolerance
        );
    }
}
