//! What holds of every measure there is.

use std::collections::BTreeMap;

use livslop::measures::Arm;
use livslop::model::alignment::Alignment;
use livslop::model::columns::with_column;
use livslop::model::lever::Levers;
use livslop::model::person::Person;
use livslop::model::reach::{Counted, Reached, Tallies};
use livslop::processes::school::Schooling;
use livslop::processes::smoking::{Habit, Smoking};
use livslop::run::legs::Outcome;
use livslop::run::model::Model;
use livslop::run::nation::{Nation, Role};
use livslop::units::{Sex, Year};

mod common;

/// The people of the branch, and the factors of the years before.
struct Branch {
    model: Model,
    people: livslop::model::snapshot::Snapshot,
    alignment: Alignment,
}

fn branch(people: u32) -> Branch {
    let model = common::model(people, 1, 2035);
    let mut alignment = Alignment::default();
    let mut nation = Nation::founded(&model, Year(1950), Year(2035));
    for year in Year(1950).to(Year(2024)) {
        nation.live(year, &Levers::default(), &mut alignment, Role::Reference);
    }
    let people = nation.snapshot(Year(2024));
    drop(nation);
    Branch { model, people, alignment }
}

impl Branch {
    /// Lives an arm up to a year.
    fn live(&self, arm: &Arm, until: i16) -> Nation<'_> {
        let mut nation = Nation::restored(&self.model, &self.people, Year(2035)).expect("a sound snapshot");
        let mut alignment = self.alignment.clone();
        for year in Year(2025).to(Year(until)) {
            nation.live(year, &arm.levers(year), &mut alignment, Role::Arm);
        }
        nation
    }
}

#[test]
fn every_measure_moves_its_levers_on_those_it_reaches_and_on_nobody_else() {
    let branch = branch(6_000);
    for arm in common::measures(&branch.model) {
        let (year, id) = (Year(2035), &arm.id);
        let (levers, moves) = (arm.levers(year), arm.parts[0].measure.moves());
        let mut nation = branch.live(&arm, year.0);
        let (mut moved, mut counted) = (0, 0);
        for community in &mut nation.communities {
            counted += Counted::sum(&community.world.resource::<Tallies>().0[0].reached);
            let reached = community.world.resource::<Reached>().clone();
            let rows = reached.bits().len();
            let people = with_column::<Person, _>(&mut community.world, |people| people[..rows].to_vec());
            for (row, person) in people.iter().enumerate() {
                let (sex, age, bits) = (person.sex, person.age_reached(year), reached.of(row));
                let mut is_moved = false;
                for lever in moves.iter().map(|one| one.lever) {
                    let ratio = levers.at(lever).ratio_of(sex, age, bits);
                    let mine = moves.iter().filter(|one| one.lever == lever && one.ages[sex.index()][age]);
                    let values: Vec<f64> = mine.map(|one| one.value).collect();
                    let goes = |up: fn(&f64) -> bool| !values.is_empty() && values.iter().all(up);
                    assert!(ratio <= 1.0 || goes(|value| *value > 1.0), "{id} raises {} at {age}", lever.name);
                    assert!(ratio >= 1.0 || goes(|value| *value < 1.0), "{id} lowers {} at {age}", lever.name);
                    is_moved |= ratio != 1.0;
                }
                moved += u64::from(is_moved);
            }
        }
        assert!(moved > 10, "{id} moves {moved} people");
        // The dead and the moved keep their rows, but nobody reaches them; of those not told apart by a bit everyone is moved.
        assert!(
            moved == counted || arm.parts[0].measure.who_is_told_by_age() && moved >= counted,
            "{id}: {moved}, {counted}"
        );
    }
}

fn same_as_the_reference(outcome: &Outcome, arms: &[Arm]) {
    for (i, arm) in arms.iter().enumerate() {
        assert_eq!(outcome.end_identities[0], outcome.end_identities[i + 1], "people of {}", arm.id);
        assert!(outcome.reference.years[75..] == outcome.arms[i].years[..], "accounts of {}", arm.id);
    }
}

#[test]
fn without_coverage_strength_time_or_effect_an_arm_is_the_reference_to_the_bit() {
    let model = common::model(3_000, 1, 2033);
    let mut arms = Vec::new();
    for measure in common::measures(&model) {
        let id = &measure.id;
        for (name, how) in [("coverage", "coverage = 0"), ("strength", "strength = 0"), ("late", "from = 2034")] {
            arms.push(common::package(&model, &format!("{name}-{id}"), &format!("{{ id = \"{id}\", {how} }}")));
        }
    }
    let with = |id: &str, values: &[(&str, f64)]| {
        let arm = common::package(&model, &format!("ratio-{id}"), &format!("\"{id}\""));
        values.iter().fold(arm, |arm, (name, value)| arm.with_parameter(id, name, *value).expect("a parameter"))
    };
    let nothing = [("tobacco_price_rise", 0.0), ("tobacco_availability_prevalence_rr", 1.0)];
    arms.push(with("tobacco-alcohol-price-availability", &nothing));
    arms.push(with("smoking-cessation", &[("or_varenicline", 1.0), ("or_nrt", 1.0)]));
    arms.push(with("flexible-practice-curricula", &[("completion_or_lowgpa_vet", 1.0)]));
    // One with rules goes before one without: the configuration's own parameters must be back.
    arms.insert(0, common::package(&model, "ruled", "{ id = \"tobacco-alcohol-price-availability\", strength = 1 }"));
    let outcome = common::simulate(&model, &arms);
    assert_ne!(outcome.end_identities[0], outcome.end_identities[1], "the first arm does something");
    let nulls = Outcome {
        end_identities: outcome
            .end_identities
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != 1)
            .map(|(_, id)| id.clone())
            .collect(),
        arms: outcome.arms[1..].to_vec(),
        ..outcome
    };
    same_as_the_reference(&nulls, &arms[1..]);
}

#[test]
fn an_arm_with_measures_that_was_interrupted_ends_the_same() {
    let model = common::model(3_000, 1, 2034);
    let arms = [common::package(
        &model,
        "test",
        "\"tobacco-alcohol-price-availability\", \"smoking-cessation\", \"flexible-practice-curricula\"",
    )];
    let whole = common::simulate(&model, &arms);
    // 75 years of history, 10 of the reference, 5 of the arm.
    let work = tempfile::tempdir().expect("a directory");
    let mut watch = common::Unwatched::stops_after(90);
    assert!(common::simulate_in(&model, &arms, work.path(), false, &mut watch).is_err());
    let resumed = common::simulate_in(&model, &arms, work.path(), true, &mut common::Unwatched::to_the_end());
    let resumed = resumed.expect("the run goes on");
    assert_eq!(whole.end_identities, resumed.end_identities);
    assert!(whole.arms == resumed.arms && whole.reached == resumed.reached);
    let reached = &whole.reached[0].last().expect("years").measures;
    assert!(reached.iter().all(|counted| Counted::sum(&counted.reached) > 0));
}

/// Who is reached, by id, and what they smoke.
fn reached(nation: &mut Nation) -> BTreeMap<u64, bool> {
    let mut all = BTreeMap::new();
    for community in &mut nation.communities {
        let reached = community.world.resource::<Reached>().clone();
        with_column::<Person, _>(&mut community.world, |people| {
            let rows = people.iter().take(reached.bits().len()).enumerate();
            all.extend(rows.map(|(row, person)| (person.id, reached.of(row) != 0)));
        });
    }
    all
}

#[test]
fn whoever_is_reached_at_a_coverage_is_reached_at_every_larger_one() {
    let branch = branch(6_000);
    let reached_at = |coverage: f64| {
        let entry = format!("{{ id = \"smoking-cessation\", coverage = {coverage}, from = 2025 }}");
        let arm = common::package(&branch.model, "test", &entry);
        reached(&mut branch.live(&arm, 2025))
    };
    let (few, many) = (reached_at(0.2), reached_at(0.7));
    assert!(few.iter().all(|(id, reached)| !reached || many[id]));
    let count = |all: &BTreeMap<u64, bool>| all.values().filter(|reached| **reached).count();
    // A third of the coverage in the first year: 0.05 against 0.22 of some 400 smokers.
    assert!(count(&few) > 5 && count(&many) > 2 * count(&few), "{} and {}", count(&few), count(&many));
}

#[test]
fn a_capacity_is_not_exceeded() {
    let model = common::model(20_000, 1, 2026);
    let text = "id = \"test\"\ntitle = { en = \"Test\", no = \"Prøve\" }\nfrom = 2025\ncapacity = 100_000\n\
                who = [{ attribute = \"smoking.habit\", is = \"daily\" }]\n[[effect]]\nlever = \"smoking.stopping\"\n\
                form = \"hazard-ratio\"\nvalue = 2.0\n\
                evidence = { unit = \"ratio\", interval = [0, 10], kind = \"assumed\", note = \"for a test\" }\n";
    let outcome = common::simulate(&model, &[common::arm(&model, text)]);
    let counted = &outcome.reached[0][1].measures[0];
    // 100,000 people are 358 of those simulated, each standing for 280; up to one more or less in each of 64 communities.
    let (eligible, reached) = (Counted::sum(&counted.eligible), Counted::sum(&counted.reached));
    assert!(eligible > 600 && (290..=420).contains(&reached), "{reached} of {eligible}");
}

#[test]
fn a_rule_moves_those_it_is_about() {
    let branch = branch(20_000);
    let smokers = |arm: &Arm| {
        let mut nation = branch.live(arm, 2035);
        let mut smokers = 0;
        for community in &mut nation.communities {
            let rows = community.living(Year(2035));
            let short: Vec<bool> = with_column::<Schooling, _>(&mut community.world, |all| {
                rows.iter().map(|row| all[*row as usize].level.of_three() < 2).collect()
            });
            with_column::<Smoking, _>(&mut community.world, |all| {
                let daily = rows.iter().map(|row| all[*row as usize].habit == Habit::Daily);
                smokers += daily.zip(short).filter(|(daily, short)| *daily && *short).count();
            });
        }
        smokers
    };
    let path = "scenarios/packages/everyone-smokes-like-the-long-educated.toml".into();
    let like = smokers(&branch.model.arms(&[path]).expect("in order").remove(0));
    let own = smokers(&common::one_effect(&branch.model, "smoking.starting", "hazard-ratio", 1.0, 2027));
    // Those with short education stop at twice the rate after eleven years.
    assert!(like * 10 < own * 9, "{like} against {own}");
}

#[test]
fn support_lifts_what_another_measure_does() {
    let model = common::model(2_000, 1, 2035);
    let directory = tempfile::tempdir().expect("a directory");
    let write = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).expect("written");
    let title = "title = { en = \"Test\", no = \"Prøve\" }";
    let supporter = format!(
        "id = \"coordination\"\n{title}\nfrom = 2027\n[params]\nlift = {{ value = 1.5, unit = \"factor\", interval = [1, 2], \
         dist = \"lognormal\", grade = \"weak\", kind = \"assumed\", note = \"a test\" }}\n[[support]]\n\
         measure = \"smoking-cessation\"\nof = \"coverage\"\nvalue = \"lift\"\n"
    );
    write("coordination.toml", &supporter);
    let share = |measures: &str| {
        write("package.toml", &format!("id = \"package\"\n{title}\nmeasures = [{measures}]\n"));
        let arm = model.arms(&[directory.path().join("package.toml")]).expect("in order").remove(0);
        let orders = arm.levers(Year(2035)).orders.expect("in force");
        orders.orders[0].as_ref().expect("in force").share
    };
    // Of 25 % and 37.5 %, 5 % are served already.
    assert!((share("\"smoking-cessation\"") - 0.2).abs() < 1e-6);
    assert!((share("\"smoking-cessation\", \"coordination\"") - 0.325).abs() < 1e-6);
}

#[test]
fn what_a_measure_costs_follows_those_it_reaches() {
    let model = common::model(2_000, 1, 2035);
    let arm = common::package(&model, "test", "\"smoking-cessation\"");
    let mut counted = Counted::default();
    counted.reached[0][Sex::Male.index()][40] = 10;
    let cost = arm.parts[0].cost(Year(2030), &counted, 100.0).expect("a cost");
    // 1,000 people, 0.3 attempts each, 5,250 NOK an attempt.
    assert!((cost - 1_000.0 * 0.3 * 5_250.0).abs() < 1e-3, "{cost}");
}
