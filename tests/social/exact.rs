//! What must hold exactly: the state of the new mechanisms survives snapshots, threads and rows, and no effect is no effect.

use livslop::model::alignment::Alignment;
use livslop::model::columns::{RememberedOf, with_column};
use livslop::model::lever::Levers;
use livslop::model::snapshot::Snapshot;
use livslop::processes::background::Background;
use livslop::processes::school::Schooling;
use livslop::processes::smoking::Smoking;
use livslop::run::nation::{Nation, Role};
use livslop::units::Year;

use crate::common;
use crate::people::everyone;

/// What is remembered of those who are gone.
fn remembered(nation: &Nation) -> Vec<(Vec<Background>, Vec<Schooling>, Vec<Smoking>)> {
    let of = |world: &bevy_ecs::world::World| {
        (
            world.resource::<RememberedOf<Background>>().0.clone(),
            world.resource::<RememberedOf<Schooling>>().0.clone(),
            world.resource::<RememberedOf<Smoking>>().0.clone(),
        )
    };
    nation.communities.iter().map(|community| of(&community.world)).collect()
}

#[test]
fn a_snapshot_keeps_lives_and_those_who_go_on_from_it_live_the_same() {
    let model = common::model(4_000, 2, 1990);
    let (mut nation, mut alignment) = (Nation::founded(&model, Year(1950), Year(1990)), Alignment::default());
    let none = Levers::default();
    for year in Year(1950).to(Year(1978)) {
        nation.live(year, &none, &mut alignment, Role::Reference);
    }
    let snapshot = Snapshot::take(&mut nation.communities, Year(1978));
    let mut other = Nation::restored(&model, &snapshot, Year(1990)).expect("it fits");
    // The next year begins after the snapshot: who ended in 1978 is in neither.
    assert!(everyone(&mut nation, Year(1979)) == everyone(&mut other, Year(1979)));
    let gone = remembered(&nation);
    assert!(gone == remembered(&other) && gone.iter().map(|community| community.0.len()).sum::<usize>() > 300);
    // Answers of the year before are in the alignment, not among the people.
    let mut of_other = alignment.clone();
    for year in Year(1979).to(Year(1990)) {
        nation.live(year, &none, &mut alignment, Role::Reference);
        other.live(year, &none, &mut of_other, Role::Reference);
        assert!(everyone(&mut nation, year) == everyone(&mut other, year), "{year}");
    }
    assert!(alignment == of_other);
}

#[test]
fn the_order_of_rows_changes_no_life() {
    let model = common::model(4_000, 1, 1985);
    let live = |deal: fn(&mut Nation, Year)| {
        let (mut nation, mut alignment) = (Nation::founded(&model, Year(1950), Year(1985)), Alignment::default());
        for year in Year(1950).to(Year(1985)) {
            deal(&mut nation, year);
            nation.live(year, &Levers::default(), &mut alignment, Role::Reference);
        }
        (everyone(&mut nation, Year(1985)), alignment)
    };
    let usual = live(|_, _| {});
    let reversed = live(|nation, year| {
        for community in nation.communities.iter_mut().filter(|_| year.0 % 3 == 0) {
            let mut order = community.living(year.plus(-1));
            order.reverse();
            community.deal(&order);
        }
    });
    let differ = usual.0.iter().filter(|(id, seen)| reversed.0.get(id) != Some(seen)).count();
    assert_eq!(differ, 0, "of {}", usual.0.len());
    assert!(usual == reversed);
}

#[test]
fn an_arm_that_moves_every_lever_by_one_is_the_reference() {
    let model = common::model(4_000, 1, 2045);
    let effect = |lever: &livslop::model::lever::Lever| {
        format!(
            "[[effect]]\nlever = \"{}\"\nform = \"{}\"\nvalue = 1\n\
             evidence = {{ unit = \"ratio\", interval = [0, 10], kind = \"assumed\", note = \"for a test\" }}\n",
            lever.name,
            lever.form.word()
        )
    };
    let effects: String = model.declared.levers.iter().map(effect).collect();
    let text = format!("id = \"null\"\ntitle = {{ en = \"Null\", no = \"Null\" }}\nfrom = 2026\n{effects}");
    let outcome = common::simulate(&model, &[common::arm(&model, &text)]);
    assert_eq!(outcome.end_identities[0], outcome.end_identities[1], "people");
    assert!(outcome.reference.years[75..] == outcome.arms[0].years[..], "accounts");
}

#[test]
fn an_arm_answers_nothing_anew() {
    let model = common::model(4_000, 1, 2035);
    let without = common::simulate(&model, &[]);
    let arm = common::one_effect(&model, "work.disability", "hazard-ratio", 0.5, 2026);
    let with = common::simulate(&model, &[arm]);
    assert!(without.alignment == with.alignment && without.reference == with.reference);
    assert!(with.end_identities[0] != with.end_identities[1], "the arm moves somebody");
}

#[test]
fn wrong_bits_of_a_life_are_refused() {
    let model = common::model(2_000, 1, 1951);
    let (mut nation, mut alignment) = (Nation::founded(&model, Year(1950), Year(1951)), Alignment::default());
    nation.live(Year(1950), &Levers::default(), &mut alignment, Role::Reference);
    let saved = nation.communities[0].save(Year(1950));
    let of_each: Vec<(&str, usize)> = model.declared.columns.iter().copied().filter(|(_, bytes)| *bytes > 0).collect();
    for component in ["Schooling", "Smoking", "Work"] {
        let place = of_each.iter().position(|(name, _)| name.ends_with(component)).expect("a lasting column");
        let mut broken = saved.clone();
        broken[place].fill(0xff);
        let columns: Vec<&[u8]> = broken.iter().map(Vec::as_slice).collect();
        let refused = nation.communities[0].restore(&columns);
        assert!(refused.is_err_and(|message| message.contains(component)), "{component}");
    }
    let columns: Vec<&[u8]> = saved.iter().map(Vec::as_slice).collect();
    nation.communities[0].restore(&columns).expect("nothing was wrong");
    assert!(with_column::<Smoking, _>(&mut nation.communities[0].world, |column| column
        .iter()
        .any(|of| of.left > 0.0)));
}
