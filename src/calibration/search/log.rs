//! The log of a search as CSV: a line an evaluation, a column a parameter and a set.

use crate::calibration::plan::Plan;

use super::Evaluation;

/// The line that names the columns.
#[must_use]
pub fn header(plan: &Plan) -> String {
    let names = plan.parameters.iter().map(|parameter| parameter.name.clone());
    let sets = plan.sets.iter().map(|(set, _)| format!("mean error {set}"));
    row(["evaluation", "objective"].map(str::to_owned).into_iter().chain(names).chain(sets))
}

/// The line of an evaluation; the first has the number 1.
#[must_use]
pub fn line(number: usize, evaluation: &Evaluation) -> String {
    let numbers = [evaluation.objective].into_iter().chain(evaluation.values.iter().copied());
    let numbers = numbers.chain(evaluation.errors.iter().copied()).map(|number| number.to_string());
    row([number.to_string()].into_iter().chain(numbers))
}

/// All lines.
#[must_use]
pub fn log(plan: &Plan, evaluations: &[Evaluation]) -> String {
    let lines = evaluations.iter().enumerate().map(|(before, evaluation)| line(before + 1, evaluation));
    std::iter::once(header(plan)).chain(lines).collect()
}

fn row(fields: impl Iterator<Item = String>) -> String {
    let in_memory = "written to memory";
    let mut text = csv::Writer::from_writer(Vec::new());
    text.write_record(fields).expect(in_memory);
    String::from_utf8(text.into_inner().expect(in_memory)).expect("made of texts")
}
