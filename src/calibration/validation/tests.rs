//! Verdicts, and what sets come to.

use super::*;
use crate::calibration::indicator::{Indicator, Unit};
use crate::calibration::target::{By, Set};

fn target(value: f64, role: Role) -> Target {
    Target {
        set: "smokers".to_owned(),
        indicator: Indicator::DailySmokers,
        sex: Who::Both,
        age_from: 16,
        age_to: 74,
        by: By::All,
        group: "all".to_owned(),
        versus: None,
        year_from: 1990,
        year_to: 1990,
        value,
        unit: Unit::Percent,
        tolerance: None,
        role,
        verified: Verified::Yes,
        source: "survey".to_owned(),
        note: None,
    }
}

fn targets(rows: Vec<Target>) -> Targets {
    let set =
        Set { set: "smokers".to_owned(), mean_tolerance: 2.0, tolerance: 5.0, title: "Smokers".to_owned(), note: None };
    Targets { rows, sets: vec![set] }
}

fn one(target: &Target, simulated: f64, verdict: Verdict) -> Comparison<'_> {
    Comparison { target, simulated: Some(simulated), se: 0.1, tolerance: 5.0, verdict }
}

#[test]
fn a_set_is_met_if_each_is_within_and_the_mean_is_small() {
    let targets = targets(vec![target(30.0, Role::Fit), target(30.0, Role::Fit), target(30.0, Role::Held)]);
    let met = |errors: [f64; 2]| {
        let judge = |error: f64| if error.abs() <= 5.0 { Verdict::Within } else { Verdict::Outside };
        let rows: Vec<Comparison> =
            targets.rows.iter().zip(errors).map(|(row, error)| one(row, 30.0 + error, judge(error))).collect();
        by_set(&targets, &rows)[0].is_met()
    };
    assert_eq!(met([1.0, -3.0]), Some(true), "2 on average");
    assert_eq!(met([1.0, -3.5]), Some(false), "2.25 on average");
    assert_eq!(met([0.0, 5.5]), Some(false), "one outside");
}

#[test]
fn noise_and_what_is_not_told_have_no_part_in_a_set() {
    let targets = targets(vec![target(30.0, Role::Fit), target(30.0, Role::Fit), target(30.0, Role::Held)]);
    let rows = [one(&targets.rows[0], 60.0, Verdict::Noise), one(&targets.rows[2], 33.0, Verdict::Within)];
    let results = by_set(&targets, &rows);
    assert_eq!((results[0].role, results[0].judged, results[0].is_met()), (Role::Fit, 0, None));
    assert_eq!((results[1].role, results[1].judged, results[1].worst), (Role::Held, 1, 3.0));
}

#[test]
fn what_must_be_reached_errs_only_below() {
    let order =
        Target { indicator: Indicator::LifeExpectancyOrder, value: 0.0, unit: Unit::Years, ..target(0.0, Role::Fit) };
    assert_eq!(one(&order, 1.5, Verdict::Within).error(), 0.0);
    assert_eq!(one(&order, -0.5, Verdict::Outside).error(), -0.5);
}

#[test]
fn what_must_be_reached_and_is_not_told_has_no_error() {
    let order = Target { indicator: Indicator::LifeExpectancyOrder, ..target(0.0, Role::Fit) };
    let rows = [Comparison { simulated: None, ..one(&order, 0.0, Verdict::Unknown) }];
    assert!(rows[0].error().is_nan());
    let frame = crate::analysis::read::Frame::from(&table(&rows));
    let told = |name: &str| frame.column(name).expect("a column")[0].to_string();
    assert_eq!([told("simulated"), told("error")], ["", ""]);
}

#[test]
fn without_accounts_everything_is_unknown() {
    let targets = targets(vec![target(30.0, Role::Fit)]);
    let rows = compare(&targets, &Figures::default(), Judging::Everything);
    assert_eq!((rows[0].verdict, rows[0].simulated), (Verdict::Unknown, None));
    let made = table(&rows);
    assert_eq!((made.name, made.rows()), ("validation", 1));
}
