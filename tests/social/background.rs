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

/// The traits of those who were born in a year, and of their parents.
fn families(nation: &mut Nation, year: Year) -> Vec<Family> {
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
                (life.is_here(year) && person.born == year.0, person.origin, of(kin.mother), of(kin.father))
            {
                families.push([own.deviations().into(), mother, father]);
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
    let mut generations: [Vec<Family>; 3] = [const { Vec::new() }; 3];
    for year in Year(1950).to(Year(2024)) {
        nation.live(year, &Levers::default(), &mut alignment, Role::Reference);
        generations[year.since(Year(1950)) / 25].extend(families(&mut nation, year));
    }
    for (generation, of) in generations.iter().enumerate() {
        let couples = correlation(of, 1, 2);
        let [mother, father] = [1, 2].map(|parent| correlation(of, 0, parent));
        let (spread, middle) = (spread(of, 0), mean(of.iter().map(|family| family[0])));
        println!("{generation}: {} children, mean {middle:.3}, spread {spread:.3}", of.len());
        println!("couples {couples:.3}, mother {mother:.3}, father {father:.3}");
        // Some 5,000 children: standard errors of a mean 0.014, of a standard deviation 0.010, of a correlation 0.014. Couples do not
        // choose each other by the trait, so the spread is √(0.766 / 0.82) = 0.967 instead of 1; bounds 4 sd.
        assert!((spread - 0.98).abs() < 0.05, "{spread}");
        // Half of what is inherited, 0.6 / 2, and a little through the other parent.
        let expected = 0.3 * (1.0 + couples);
        assert!((mother - expected).abs() < 0.056 && (father - expected).abs() < 0.056, "{mother} {father}");
        // Parents are those who lived to have children, a little better placed than all.
        assert!(middle.abs() < 0.08, "{middle}");
    }
}
