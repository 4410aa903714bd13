//! Tests of life tables by group.

use super::*;

fn flat(person_years: f64, deaths: f64) -> Vec<Exposed> {
    vec![Exposed { person_years, deaths, expected: deaths }; AGES]
}

#[test]
fn groups_of_a_grouping_hold_all_its_levels_once() {
    for grouping in GROUPINGS {
        let levels: Vec<usize> = (0..grouping.words.len()).flat_map(|group| grouping.levels(group)).collect();
        assert_eq!(levels, grouping.of.levels().collect::<Vec<_>>(), "{}", grouping.by);
    }
    assert_eq!(GROUPINGS[2].levels(2), 2..4, "both tertiary levels");
}

#[test]
fn an_age_without_people_and_an_open_age_without_deaths_take_everybodys_rate() {
    let (mut own, all) = (flat(100.0, 4.0), flat(1000.0, 20.0));
    own[40] = Exposed::default();
    own[90..].iter_mut().for_each(|cell| cell.deaths = 0.0);
    let rates = rates(&own, &all, 90, Estimator::Counted);
    // Ages 90 to 110 pooled.
    assert_eq!([rates[39], rates[40], rates[90]], [0.04, 0.02, 0.02]);
    assert_eq!(rates.len(), 91);
}

#[test]
fn a_part_that_loses_people_and_deaths_alike_keeps_its_rate() {
    // Two groups of communities with 10 and 30 deaths among 100 and 300: leaving out either changes nothing.
    let part = Part { groups: vec![[10.0, 5.0, 100.0], [30.0, 15.0, 300.0]] };
    assert!(part.factors(Estimator::Counted).all(|factor| factor.abs() < 1e-12));
    // With 20 and 20: without the first, 20 in 300 instead of 40 in 400.
    let part = Part { groups: vec![[20.0, 0.0, 100.0], [20.0, 0.0, 300.0]] };
    let factors: Vec<f64> = part.factors(Estimator::Counted).collect();
    assert!((factors[0] - (2.0 / 3.0 - 1.0)).abs() < 1e-12 && (factors[1] - 1.0).abs() < 1e-12, "{factors:?}");
    assert!(part.factors(Estimator::Expected).all(|factor| factor == 0.0), "nobody is expected to die");
}

#[test]
fn one_part_of_the_ages_is_moved_at_a_time() {
    let rates = vec![0.01; 96];
    let moved: Vec<usize> =
        (0..=BANDS.len()).map(|part| scaled(&rates, part).iter().filter(|rate| **rate > 0.01).count()).collect();
    // 0-29, three bands of ten years, six of five, and 90 to the open age of 95.
    assert_eq!(moved, [30, 10, 10, 10, 5, 5, 5, 5, 5, 5, 6]);
}

#[test]
fn the_straight_line_of_a_factor_is_near_the_table_itself() {
    // Gompertz rates; those from 65 to 69 fall by 2 %.
    let age = |x: usize| f64::from(u8::try_from(x).expect("an age"));
    let rates: Vec<f64> = (0..=100).map(|x| 5e-5 * libm::exp(0.095 * age(x))).collect();
    let own = figures_of(&rates, Some(Sex::Female));
    let moved = figures_of(&scaled(&rates, 5), Some(Sex::Female));
    let lower: Vec<f64> =
        rates.iter().enumerate().map(|(x, rate)| if (65..70).contains(&x) { 0.98 * rate } else { *rate }).collect();
    let exact = figures_of(&lower, Some(Sex::Female));
    for (place, own) in own.iter().enumerate() {
        let line = own + (moved[place] - own) / SMALL * -0.02;
        assert!((line - exact[place]).abs() < 1e-4 + 0.03 * (exact[place] - own).abs(), "figure {place}");
    }
}

#[test]
fn the_chance_of_an_early_death_is_that_of_the_survivors() {
    // 1 % a year: 45 and 75 years of (1 − 0.01/1.005), infancy a little less.
    let figures = figures_of(&vec![0.01; 101], None);
    let from_30 = figures[2 * AT.len() + 1];
    let q: f64 = 0.01 / 1.005;
    assert!((from_30 - (1.0 - (1.0 - q).powi(45))).abs() < 1e-12, "{from_30}");
    assert!(figures[2 * AT.len()] > from_30);
}
