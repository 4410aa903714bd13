//! What must hold on average: fixed seeds, stated bounds.

use livslop::units::Year;
use livslop::run::model::{Model, Settings};

mod common;

#[test]
fn the_population_follows_the_projection_to_2100() {
    // 60,000 people at the branch. Births and deaths of a century make a standard deviation of some 0.6 % of the people of 2100
    // (simulated births of a year: 520, sd 23; 75 years of them and their children); bound 2.5 %.
    for future in ["ssb-main", "un-medium"] {
        let model = Model::load(Settings { future: Some(future.to_owned()), ..common::settings(60_000, 3, 2100) }).expect("in order");
        let outcome = common::simulate(&model, &[]);
        for year in [1975, 2000, 2025, 2050, 2075, 2100] {
            let cells = outcome.reference.year(Year(year)).expect("a year");
            #[expect(clippy::cast_precision_loss, reason = "people")]
            let simulated = cells.on_new_year(model.shape).as_flattened().iter().sum::<u64>() as f64 * model.weight();
            let ratio = simulated / model.expected_people(Year(year));
            assert!((ratio - 1.0).abs() < 0.025, "{future} {year}: {ratio}");
        }
    }
}

#[test]
fn births_follow_the_record() {
    // 60,000 people of 2025, weight 93: 1950-2023 hold 4.2 million births, 45,000 simulated, sd 0.47 %; bound 4 sd and the
    // sampling of women.
    let model = common::model(60_000, 5, 2023);
    let outcome = common::simulate(&model, &[]);
    let recorded: f64 = model.record.births[..74].iter().flatten().sum();
    #[expect(clippy::cast_precision_loss, reason = "births")]
    let simulated: f64 = outcome
        .reference
        .years
        .iter()
        .map(|cells| cells.counted(model.shape, 0).as_flattened().iter().sum::<u64>() as f64 * model.weight())
        .sum();
    assert!((simulated / recorded - 1.0).abs() < 0.02, "{simulated} births instead of {recorded}");
}

#[test]
fn alignment_undoes_a_wrong_level() {
    let settings = Settings { set: vec!["death.level_male=1.25".to_owned()], ..common::settings(20_000, 1, 1960) };
    let model = Model::load(settings).expect("in order");
    let outcome = common::simulate(&model, &[]);
    let old_men = |row: &&livslop::model::alignment::Solved| model.declared.barriers[usize::from(row.process)].name == "death.dies" && row.sex == 1 && row.age >= 70;
    let factors: Vec<f32> = outcome.alignment.0.iter().filter(old_men).filter(|row| row.simulated > 20.0).map(|row| row.factor).collect();
    assert!(factors.len() > 20);
    // 1 / 1.25 = 0.8, less what shrinkage keeps of bands with few deaths.
    assert!(factors.iter().all(|factor| (0.79..0.82).contains(factor)), "{factors:?}");
}
