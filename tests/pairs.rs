//! How far a change of a few people's lives spreads through the partner market.

use std::collections::BTreeMap;

use livslop::model::alignment::Alignment;
use livslop::model::columns::with_column;
use livslop::model::family::Union;
use livslop::model::lever::{Change, Levers, Within};
use livslop::model::person::Person;
use livslop::processes::death::ALL_CAUSES;
use livslop::run::model::Model;
use livslop::run::nation::{Nation, Role};
use livslop::units::Year;

mod common;

const BRANCH: Year = Year(2025);
const LAST: Year = Year(2054);
/// One year of birth, 1.3 % of the people of 2025, at the ages at which most find partners.
const TOUCHED: i16 = 1995;

/// The women with a partner after a year, each with the partner's id; and everyone's year of birth.
fn couples(nation: &mut Nation, year: Year) -> (BTreeMap<u64, u64>, BTreeMap<u64, i16>) {
    let (mut couples, mut born) = (BTreeMap::new(), BTreeMap::new());
    for community in &mut nation.communities {
        let rows = community.living(year);
        let people: Vec<Person> = with_column::<Person, _>(&mut community.world, |people| people.to_vec());
        let unions: Vec<Union> = with_column::<Union, _>(&mut community.world, |unions| unions.to_vec());
        for row in rows.iter().map(|row| *row as usize) {
            born.insert(people[row].id, people[row].born);
            if let Some(partner) = unions[row].partner.as_row()
                && people[row].sex == livslop::units::Sex::Female
            {
                couples.insert(people[row].id, people[partner].id);
            }
        }
    }
    (couples, born)
}

fn after_thirty_years(model: &Model, ratio: f32) -> (BTreeMap<u64, u64>, BTreeMap<u64, i16>) {
    let mut nation = Nation::founded(model, Year(1950), LAST);
    let mut alignment = Alignment::default();
    for year in Year(1950).to(LAST) {
        let mut levers = Levers::default();
        if year >= BRANCH {
            let age = u8::try_from(year.0 - TOUCHED).expect("an age");
            levers.change(ALL_CAUSES, Change::Times(ratio), Within { sex: None, ages: [age; 2] });
        }
        // After the branch nothing is solved: national feedbacks are frozen in both.
        let role = if year < BRANCH { Role::Reference } else { Role::Arm };
        nation.live(year, &levers, &mut alignment, role);
    }
    couples(&mut nation, LAST)
}

#[test]
fn a_change_of_few_lives_disturbs_few_couples() {
    let model = common::model(60_000, 1, LAST.0);
    let ((before, born), (after, born_after)) = (after_thirty_years(&model, 1.0), after_thirty_years(&model, 20.0));
    // Lives that one world has and the other has not: those touched who die of a hazard twenty times theirs, and their children to be.
    let lost = born.keys().filter(|id| !born_after.contains_key(id)).count();
    let is_touched = |id: &u64| born.get(id).is_none_or(|born| *born == TOUCHED);
    let others: Vec<_> = before.iter().filter(|(woman, man)| !is_touched(woman) && !is_touched(man)).collect();
    let differ = others.iter().filter(|(woman, man)| after.get(woman) != Some(man)).count();
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let share = differ as f64 / others.len() as f64;
    println!(
        "{lost} lives less; {differ} of {} couples without any of them differ, {:.2} %",
        others.len(),
        100.0 * share
    );
    assert!(lost > 100, "{lost} lives less: the change must be felt");
    assert!(share < 0.02, "{differ} of {} couples differ", others.len());
}
