//! Death: what relative risks do, and what is left without them.

use livslop::model::alignment::Solved;
use livslop::processes::school::Level;
use livslop::processes::smoking::Habit;
use livslop::run::model::Model;

use crate::common;
use crate::people::{Seen, watch};

/// Deaths from 35 to 89 in 1990-2024 of those with an attribute, those expected if they died like all of their sex, age and year, and
/// the variance of the difference.
fn deaths(model: &Model, is: impl Fn(&Seen) -> bool) -> [f64; 3] {
    let [mut dead, mut expected, mut variance] = [0.0; 3];
    watch(model, 1990, |year, everyone| {
        let mut cells = [[[0.0_f64; 4]; 11]; 2];
        for seen in everyone.values() {
            let age = seen.person.age_reached(year);
            // Ages are pooled by five, in which death does not go with the attribute but by a little through age: see the bounds.
            if (35..90).contains(&age) {
                let cell = &mut cells[seen.person.sex.index()][(age - 35) / 5];
                let (is, died) = (usize::from(is(seen)), f64::from(u8::from(seen.died)));
                cell[is] += 1.0;
                cell[2 + is] += died;
            }
        }
        for [others, people, deaths_of_others, deaths_of_people] in cells.as_flattened() {
            let all = others + people;
            if *people > 0.0 && *others > 0.0 {
                let (part, deaths) = (people / all, deaths_of_others + deaths_of_people);
                dead += deaths_of_people;
                expected += part * deaths;
                variance += part * (1.0 - part) * deaths;
            }
        }
    });
    [dead, expected, variance]
}

fn is_low(seen: &Seen) -> bool {
    seen.schooling.level == Level::Compulsory
}

#[test]
fn without_relative_risks_death_knows_no_education() {
    let model = common::model_with(&common::NO_RELATIVE_RISKS, 20_000, 1, 2024);
    let [dead, expected, variance] = deaths(&model, is_low);
    let deviations = (dead - expected) / variance.sqrt();
    println!("{dead} of those with compulsory school instead of {expected:.0}, {deviations:.1} sd");
    // Within five years of age the older have less schooling: up to 2 % more deaths.
    assert!(variance > 500.0 && (dead - expected).abs() < 4.0 * variance.sqrt() + 0.02 * expected);
}

#[test]
fn with_them_the_least_educated_die_more_and_so_do_smokers() {
    let model = common::model(20_000, 1, 2024);
    for (who, is) in
        [("compulsory school", is_low as fn(&Seen) -> bool), ("smokers", |seen| seen.smoking.habit == Habit::Daily)]
    {
        let [dead, expected, variance] = deaths(&model, is);
        println!("{who}: {dead} instead of {expected:.0}, {:.1} sd", (dead - expected) / variance.sqrt());
        assert!(dead > expected + 5.0 * variance.sqrt() && dead < 2.5 * expected, "{who}");
    }
}

#[test]
fn risks_are_divided_by_their_mean_so_that_little_is_left_to_align() {
    let model = common::model(40_000, 1, 2024);
    let outcome = common::simulate(&model, &[]);
    let is_meant = |row: &&Solved| {
        model.declared.barriers[usize::from(row.process)].name == "death.dies"
            && row.year > 1950
            && (30..95).contains(&row.age)
            && row.recorded > 3.0
    };
    let rows: Vec<&Solved> = outcome.alignment.solved.iter().filter(is_meant).collect();
    assert!(rows.len() > 500, "{}", rows.len());
    let beyond = |bound: f32| rows.iter().filter(move |row| (row.factor - 1.0).abs() > bound).copied();
    println!("{} of {} beyond 0.9 to 1.1; first {:?}", beyond(0.1).count(), rows.len(), beyond(0.1).next());
    // The mean of last year's people of an age is not that of this year's: of a few hundred, some of them at ten times the risk, it
    // errs by some 5 %. Where more die there are more of them.
    assert!(beyond(0.1).count() * 100 < rows.len() && beyond(0.2).count() == 0);
    assert_eq!(beyond(0.1).find(|row| row.recorded > 20.0), None);
}
