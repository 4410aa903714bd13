//! Background: how parents and children resemble each other.

use livslop::model::alignment::Alignment;
use livslop::model::columns::RememberedOf;
use livslop::model::family::{Kin, Link, To};
use livslop::model::lever::Levers;
use livslop::model::person::{Life, Origin, Person};
use livslop::processes::background::Background;
use livslop::run::nation::{Nation, Role};
use livslop::units::Year;

use crate::common;

/// Child, mother and father.
type Family = [f64; 3];

/// The traits of all who were born here and live, with those of their parents, by year of birth.
fn families(nation: &mut Nation, year: Year) -> Vec<(i16, Family)> {
    let mut families = Vec::new();
    for community in &mut nation.communities {
        let mut query = community.world.query::<(&Person, &Life, &Kin, &Background)>();
        let rows: Vec<(Person, Life, Kin, Background)> =
            query.iter(&community.world).map(|(person, life, kin, of)| (*person, *life, *kin, *of)).collect();
        let remembered = &community.world.resource::<RememberedOf<Background>>().0;
        let of = |parent: Link| match parent.to() {
            To::Nobody => None,
            To::Row(row) => Some(f64::from(rows[row].3.deviations())),
            To::Remembered(place) => Some(f64::from(remembered[place].deviations())),
        };
        for (person, life, kin, own) in &rows {
            if let (true, Origin::Born, Some(mother), Some(father)) =
                (life.is_here(year), person.origin, of(kin.mother), of(kin.father))
            {
                families.push((person.born, [own.deviations().into(), mother, father]));
            }
        }
    }
    families
}

fn mean(numbers: impl Iterator<Item = f64> + Clone) -> f64 {
    let (sum, n) = numbers.fold((0.0, 0.0), |(sum, n), number| (sum + number, n + 1.0));
    sum / n
}

/// Means, standard deviations and the correlation of two of a family.
fn correlation(families: &[Family], one: usize, other: usize) -> f64 {
    let of = |i: usize| families.iter().map(move |family| family[i]);
    let (m, n) = (mean(of(one)), mean(of(other)));
    let covariance = mean(families.iter().map(|family| (family[one] - m) * (family[other] - n)));
    covariance / (spread(families, one) * spread(families, other))
}

fn spread(families: &[Family], i: usize) -> f64 {
    let of = families.iter().map(|family| family[i]);
    let m = mean(of.clone());
    mean(of.map(|x| (x - m) * (x - m))).sqrt()
}

#[test]
fn every_generation_has_the_same_spread_and_children_resemble_their_parents() {
    let model = common::model(20_000, 4, 2024);
    let (mut nation, mut alignment) = (Nation::founded(&model, Year(1950), Year(2024)), Alignment::default());
    for year in Year(1950).to(Year(2024)) {
        nation.live(year, &Levers::default(), &mut alignment, Role::Reference);
    }
    let all = families(&mut nation, Year(2024));
    for born in [1960, 1980, 2000] {
        let of: Vec<Family> =
            all.iter().filter(|(year, _)| (born..born + 20).contains(year)).map(|(_, family)| *family).collect();
        let couples = correlation(&of, 1, 2);
        let [mother, father] = [1, 2].map(|parent| correlation(&of, 0, parent));
        println!(
            "{born}: {} children, spread {:.3}, couples {couples:.3}, mother {mother:.3}, father {father:.3}",
            of.len(),
            spread(&of, 0)
        );
        // Some 4,000 children: standard error of a standard deviation 0.011, of a correlation 0.015. Couples do not choose each other by
        // the trait yet, which leaves a spread of √(1 − 0.18 · 0.3) = 0.973 instead of 1; bound 3 to 5 sd.
        assert!((spread(&of, 0) - 0.985).abs() < 0.045);
        // Half of what is inherited, 0.6 / 2, and a little through the other parent.
        let expected = 0.3 * (1.0 + couples);
        assert!((mother - expected).abs() < 0.06 && (father - expected).abs() < 0.06, "{mother} {father}");
        assert!(mean(of.iter().map(|family| family[0])).abs() < 0.08);
    }
}
