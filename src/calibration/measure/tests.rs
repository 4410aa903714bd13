//! Targets measured on tables made by hand.

use super::*;
use crate::accounts::arrow::{Column, Table};
use crate::calibration::target::{Role, Set, Verified, Who};
use crate::processes::school::Level;
use crate::processes::work::Occupation;
use crate::units::Sex;

/// A table of every year of 1960 to 1969, sex, age and group; `of` gives columns from sex, age and group.
fn table(
    name: &'static str,
    by: &str,
    words: &'static [&'static str],
    columns: &[(&str, fn(usize, usize, usize) -> f64)],
) -> Table {
    let keys = || {
        let ages = |year: i32| (0..2).flat_map(move |sex| (0..111_usize).map(move |age| (year, sex, age)));
        (1960..1970).flat_map(ages).flat_map(move |at| (0..words.len()).map(move |group| (at, group)))
    };
    let mut made = vec![
        Column::text("arm", "", keys().map(|_| "reference".into())),
        Column::int32("year", "", "", keys().map(|((year, ..), _)| year)),
        Column::word("sex", "", Sex::WORDS, keys().map(|((_, sex, _), _)| sex)),
        Column::int32("age", "", "", keys().map(|((.., age), _)| i32::try_from(age).expect("an age"))),
        Column::word(by, "", words, keys().map(|(_, group)| group)),
    ];
    for (name, of) in columns {
        made.push(Column::number(name, "", "", keys().map(|((_, sex, age), group)| of(sex, age, group))));
    }
    Table { name, columns: made }
}

/// 100, 200, 300 and 400 people of the four levels at every age; a tenth of the lowest and men only smoke; the hazard falls by
/// level from 30 on.
fn education() -> Table {
    fn people(_: usize, _: usize, group: usize) -> f64 {
        [100.0, 200.0, 300.0, 400.0][group]
    }
    fn deaths(sex: usize, age: usize, group: usize) -> f64 {
        people(sex, age, group) * if age < 30 { 0.001 } else { [0.04, 0.03, 0.02, 0.02][group] }
    }
    table(
        "cells",
        "education",
        Level::WORDS,
        &[
            ("people_at_end", people),
            ("person_years", people),
            ("deaths", deaths),
            ("expected_deaths", deaths),
            ("daily_smokers", |sex, _, group| if sex == 1 && group == 0 { 10.0 } else { 0.0 }),
            ("former_smokers", |_, _, group| if group == 0 { 5.0 } else { 0.0 }),
            ("employed", |_, age, group| if age < 67 { 0.5 * [100.0, 200.0, 300.0, 400.0][group] } else { 0.0 }),
            ("unemployed", |_, age, group| if age < 67 { 0.1 * [100.0, 200.0, 300.0, 400.0][group] } else { 0.0 }),
            ("disabled", |_, _, _| 0.0),
            ("upper_secondary_started", |_, _, group| [25.0, 200.0, 300.0, 400.0][group]),
        ],
    )
}

fn occupation() -> Table {
    table(
        "cells_occupation",
        "occupation",
        Occupation::WORDS,
        &[
            ("person_years", |_, _, _| 100.0),
            ("deaths", |_, _, group| if group == 0 { 50.0 } else { f64::from(u8::try_from(group).expect("few")) }),
            (
                "expected_deaths",
                |_, _, group| {
                    if group == 0 { 50.0 } else { f64::from(u8::try_from(group).expect("few")) }
                },
            ),
        ],
    )
}

fn target(indicator: Indicator, by: By, group: &str) -> Target {
    Target {
        set: "a".to_owned(),
        indicator,
        sex: Who::Both,
        age_from: 30,
        age_to: 40,
        by,
        group: group.to_owned(),
        versus: None,
        year_from: 1961,
        year_to: 1963,
        value: 1.0,
        unit: indicator.unit(),
        tolerance: None,
        role: Role::Fit,
        verified: Verified::Yes,
        source: "survey".to_owned(),
        note: None,
    }
}

fn value(target: &Target) -> Option<f64> {
    let figures = Figures::of_tables(&[education(), occupation()]).expect("sound tables");
    measured(target, &Targets::default(), &figures).map(|measured| measured.value)
}

fn near(target: &Target, expected: f64) {
    let value = value(target).expect("a figure");
    assert!((value - expected).abs() < 1e-9, "{value} instead of {expected}");
}

#[test]
fn shares_are_of_the_people_of_the_group() {
    let smokers = target(Indicator::DailySmokers, By::Education, "compulsory");
    // 10 of 100 men, no women.
    near(&smokers, 5.0);
    near(&Target { sex: Who::Male, ..smokers.clone() }, 10.0);
    near(&Target { group: "compulsory|upper_secondary".to_owned(), ..smokers.clone() }, 10.0 / 600.0 * 100.0);
    near(&target(Indicator::DailySmokers, By::All, "all"), 10.0 / 2000.0 * 100.0);
    near(&target(Indicator::NeverSmokers, By::Education, "compulsory"), 90.0);
    near(&target(Indicator::Employed, By::All, "all"), 50.0);
    near(&target(Indicator::Unemployment, By::All, "all"), 100.0 / 6.0);
    near(&Target { age_to: 103, ..target(Indicator::LabourForce, By::All, "all") }, 30.0);
}

#[test]
fn levels_are_shares_of_everyone() {
    near(&target(Indicator::Education, By::Education, "tertiary_short"), 30.0);
    near(&target(Indicator::Education, By::Education3, "tertiary"), 70.0);
}

#[test]
fn by_the_old_definition_a_start_is_enough() {
    // A quarter of those of compulsory school have started.
    near(&target(Indicator::EducationOld, By::Education, "compulsory"), 7.5);
    near(&target(Indicator::EducationOld, By::Education, "upper_secondary"), 22.5);
    near(&target(Indicator::EducationOld, By::Education, "tertiary_long"), 40.0);
}

#[test]
fn what_the_run_does_not_tell_is_none() {
    assert_eq!(value(&target(Indicator::Marks, By::All, "all")), None, "no table by parents");
    assert_eq!(value(&target(Indicator::SickLongTerm, By::All, "all")), None, "no such column");
    assert_eq!(value(&target(Indicator::DailySmokers, By::Occupation, "craft")), None, "not by occupation");
    let late = Target { year_to: 1970, ..target(Indicator::DailySmokers, By::All, "all") };
    assert_eq!(value(&late), None, "a year not lived");
}

#[test]
fn a_share_has_the_error_of_as_many_people_as_lived_a_year() {
    let figures = Figures::of_tables(&[education()]).expect("a sound table");
    let smokers = Target { sex: Who::Male, ..target(Indicator::DailySmokers, By::Education, "compulsory") };
    let measured = measured(&smokers, &Targets::default(), &figures).expect("a figure");
    // √(0.1 · 0.9 / 1,100) of eleven ages.
    assert!((measured.se - 100.0 * libm::sqrt(0.09 / 1100.0)).abs() < 1e-9);
}

#[test]
fn life_expectancy_differs_from_30_on() {
    let of = |group: &str, age: usize| Target {
        age_from: age,
        age_to: age,
        ..target(Indicator::LifeExpectancy, By::Education3, group)
    };
    // Constant hazards of 0.04 and 0.02: 25 and 50 years.
    assert!((value(&of("compulsory", 30)).expect("a figure") - 25.0).abs() < 0.01);
    assert!((value(&of("tertiary", 30)).expect("a figure") - 50.0).abs() < 0.01);
    let lead = Target { versus: Some("compulsory".to_owned()), ..of("tertiary", 30) };
    assert!((value(&lead).expect("a figure") - 25.0).abs() < 0.01);
    // At birth: 30 years at 0.001, of whom exp(−0.03) = 97 % reach 30.
    let at_birth = value(&of("compulsory", 0)).expect("a figure");
    assert!((at_birth - (29.55 + 0.9704 * 25.0)).abs() < 0.02, "{at_birth}");
    // Steps of 33.3 − 25 and 50 − 33.3 years.
    let order = target(Indicator::LifeExpectancyOrder, By::Education3, "all");
    assert!((value(&order).expect("a figure") - 25.0 / 3.0).abs() < 0.01);
    let widening = Target {
        versus: Some("compulsory".to_owned()),
        year_to: 1967,
        ..target(Indicator::LifeExpectancyWidening, By::Education3, "tertiary")
    };
    assert!(value(&widening).expect("a figure").abs() < 1e-9, "nothing changes over time");
}

#[test]
fn mortality_ratios_are_against_all_who_ever_worked() {
    // Deaths of 1 to 9 in equal numbers of people: 5 on average.
    near(&target(Indicator::MortalityRatio, By::Occupation, "craft"), 7.0 / 5.0);
    near(&target(Indicator::MortalityRatio, By::Occupation, "managers|professionals"), 1.5 / 5.0);
}

#[test]
fn ranks_are_of_the_rows_of_a_set() {
    let row = |group: &str, value: f64| Target {
        set: "classes".to_owned(),
        value,
        ..target(Indicator::MortalityRatio, By::Occupation, group)
    };
    let rows = vec![row("managers", 0.8), row("clerical", 1.0), row("operators", 1.2), row("elementary", 1.1)];
    let targets = Targets { rows, sets: Vec::<Set>::new() };
    let figures = Figures::of_tables(&[occupation()]).expect("a sound table");
    let rank =
        Target { versus: Some("classes".to_owned()), ..target(Indicator::MortalityRatioRank, By::Occupation, "all") };
    // Two neighbours of four change places: 1 − 6 · 2 / (4 · 15).
    let value = measured(&rank, &targets, &figures).expect("a figure").value;
    assert!((value - 0.8).abs() < 1e-12, "{value}");
}

#[test]
fn the_index_follows_people_as_they_grow_older() {
    let rii = |group: &str| Target {
        age_to: 64,
        year_to: 1969,
        year_from: 1960,
        ..target(Indicator::MortalityRii, By::Education, group)
    };
    // Rates of 4, 3, 2 and 2 % at ranks 0.95, 0.8, 0.55 and 0.2.
    let value = value(&rii("all")).expect("a figure");
    assert!((2.0..2.6).contains(&value), "{value}");
}
