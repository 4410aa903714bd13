//! How far a measure that reaches very few people spreads: never out of their communities, and within them over partners, children
//! and households.
//!
//! In an arm the nation's answers are those that the reference got, so that national feedback is frozen; municipalities ask nothing.

use std::collections::BTreeMap;

use livslop::measures::Arm;
use livslop::model::alignment::Alignment;
use livslop::model::columns::with_column;
use livslop::model::lever::Levers;
use livslop::model::person::{Life, Person};
use livslop::model::reach::{Counted, Tallies};
use livslop::run::model::Model;
use livslop::run::nation::{Nation, Role};
use livslop::units::Year;

mod common;

const FIRST: Year = Year(2025);
const LAST: Year = Year(2099);
/// Years whose people are compared.
const TOLD: [i16; 5] = [2027, 2036, 2051, 2076, 2099];

/// By id, all that is shown of the people of a community who are here.
type People = BTreeMap<u64, Vec<u64>>;

fn shown(model: &Model, nation: &mut Nation, year: Year) -> Vec<People> {
    let of = |community: &mut livslop::model::community::Community| {
        let rows = community.living(year);
        let mut all: Vec<Vec<f64>> = Vec::new();
        for reader in &model.declared.readers {
            let mut numbers = Vec::new();
            reader.read(&mut community.world, &rows, &mut numbers);
            all.push(numbers);
        }
        let ids = with_column::<Person, _>(&mut community.world, |people| {
            rows.iter().map(|row| people[*row as usize].id).collect::<Vec<u64>>()
        });
        with_column::<Life, _>(&mut community.world, |lives| {
            assert!(rows.iter().all(|row| lives[*row as usize].goes_on(year)));
        });
        ids.into_iter()
            .enumerate()
            .map(|(i, id)| (id, all.iter().map(|numbers| numbers[i].to_bits()).collect()))
            .collect()
    };
    nation.communities.iter_mut().map(of).collect()
}

/// Lives the years from the branch on, and returns the people of some years and, by community, whom measures reached.
fn live(
    model: &Model,
    nation: &mut Nation,
    alignment: &mut Alignment,
    arm: Option<&Arm>,
) -> (Vec<Vec<People>>, Vec<u64>) {
    let (mut told, mut reached) = (Vec::new(), vec![0; nation.communities.len()]);
    for year in FIRST.to(LAST) {
        let levers = arm.map_or_else(Levers::default, |arm| arm.levers(year));
        nation.live(year, &levers, alignment, if arm.is_some() { Role::Arm } else { Role::Reference });
        for (sum, community) in reached.iter_mut().zip(&nation.communities) {
            let tallies = &community.world.resource::<Tallies>().0;
            *sum += tallies.iter().map(|counted| Counted::sum(&counted.reached)).sum::<u64>();
        }
        if TOLD.contains(&year.0) {
            told.push(shown(model, nation, year));
        }
    }
    (told, reached)
}

fn changed(own: &People, other: &People) -> usize {
    let differs = own.iter().filter(|(id, numbers)| other.get(*id) != Some(numbers)).count();
    differs + other.keys().filter(|id| !own.contains_key(id)).count()
}

#[test]
fn a_measure_that_reaches_one_person_changes_nobody_outside_the_community() {
    let model = common::model(20_000, 1, LAST.0);
    // Room for six of the people simulated, shared out to 64 communities: a few get one.
    let text = format!(
        "id = \"test\"\ntitle = {{ en = \"Test\", no = \"Prøve\" }}\nfrom = 2027\nuntil = 2027\ncapacity = {}\n\
         who = [{{ attribute = \"smoking.habit\", is = \"daily\" }}, {{ attribute = \"person.age\", in = [20, 40] }}]\n\
         [[effect]]\nlever = \"smoking.stopping\"\nform = \"hazard-ratio\"\nvalue = 100\n\
         evidence = {{ unit = \"ratio\", interval = [0, 100], kind = \"assumed\", note = \"for a test\" }}\n",
        6.0 * model.weight()
    );
    let arm = common::arm(&model, &text);
    let mut alignment = Alignment::default();
    let mut nation = Nation::founded(&model, Year(1950), LAST);
    for year in Year(1950).to(FIRST.plus(-1)) {
        nation.live(year, &Levers::default(), &mut alignment, Role::Reference);
    }
    let people = nation.snapshot(FIRST.plus(-1));
    let (reference, _) = live(&model, &mut nation, &mut alignment, None);
    nation.restore(&people).expect("a sound snapshot");
    let (told, reached) = live(&model, &mut nation, &mut alignment, Some(&arm));
    let touched = reached.iter().filter(|people| **people > 0).count();
    assert!((1..=16).contains(&touched), "{touched} communities are touched");
    for ((year, own), other) in TOLD.iter().zip(&told).zip(&reference) {
        let changed: Vec<usize> = own.iter().zip(other).map(|(own, other)| changed(own, other)).collect();
        for (community, people) in changed.iter().enumerate() {
            assert!(*people == 0 || reached[community] > 0, "{people} of community {community} in {year}");
        }
        let (all, people): (usize, usize) = (changed.iter().sum(), own.iter().map(BTreeMap::len).sum());
        let inside: usize =
            own.iter().zip(&reached).filter(|(_, reached)| **reached > 0).map(|(own, _)| own.len()).sum();
        eprintln!("{year}: {all} people differ, of {inside} in {touched} communities reached, of {people} in all");
        assert!(*year > 2027 || (1..=4 * touched).contains(&all), "{all} people at once");
    }
}
