//! The same people in the reference and in an arm.

use livslop::accounts::groups::twins::{Lives, YOUNG_BY_EDUCATION};
use livslop::accounts::groups::{By, Stock};
use livslop::accounts::paired::{Entry, YearPaired};
use livslop::model::alignment::Alignment;
use livslop::model::lever::Levers;
use livslop::model::lineage::Lineage;
use livslop::model::twin::{Generation, News, Part, Twins};
use livslop::run::legs::Outcome;
use livslop::run::model::{Model, Settings};
use livslop::run::nation::{Nation, Role};
use livslop::units::Year;

mod common;

/// The entries by education, which everyone is in once.
fn by_education(year: &YearPaired) -> impl Iterator<Item = &Entry> {
    let is_told = |place: usize| By::Education.levels().contains(&place) || place == YOUNG_BY_EDUCATION;
    year.entries.iter().filter(move |entry| is_told(entry.place.into()))
}

fn sum(year: &YearPaired, of: impl Fn(Lives) -> i32) -> i32 {
    by_education(year).map(|entry| of(entry.lives)).sum()
}

/// People at the end of a year of an arm, less those of the reference.
fn more_people(outcome: &Outcome, year: Year) -> i64 {
    let people = |ledger: &livslop::accounts::cells::Ledger| -> i64 {
        let cells = ledger.year(year).expect("a year lived");
        let stock = cells.groups.stock(Stock::People, By::Education.levels());
        stock.as_flattened().iter().sum::<u64>().cast_signed()
    };
    people(&outcome.arms[0]) - people(&outcome.reference)
}

#[test]
fn an_arm_that_does_nothing_has_the_reference_for_a_twin() {
    let model = common::model(3_000, 1, 2035);
    let arm = common::one_effect(&model, "death.all_causes", "hazard-ratio", 1.0, 2027);
    let outcome = common::simulate(&model, &[arm]);
    for year in &outcome.paired[0] {
        let is_same = |entry: &Entry| (entry.lives.more, entry.lives.fewer_early) == (0, 0);
        assert!(year.entries.iter().all(is_same), "{}", year.year);
        assert!(year.apart.iter().all(|apart| *apart == [0, 0]), "{}", year.year);
    }
    assert!(
        outcome.arms[0].years.iter().all(|cells| std::ptr::eq(cells.groups.by_reference(), &raw const cells.groups))
    );
}

#[test]
fn lives_saved_are_the_people_more() {
    let model = common::model(6_000, 1, 2060);
    let arm = common::one_effect(&model, "death.all_causes", "hazard-ratio", 0.7, 2027);
    let outcome = common::simulate(&model, &[arm]);
    let mut most = 0;
    for year in &outcome.paired[0] {
        let more = sum(year, |lives| lives.more) + year.apart.iter().flatten().sum::<i32>();
        // Whoever moves out in one alone, since they move with others who live on there, is no life saved: a few.
        let people = more_people(&outcome, year.year);
        assert!((i64::from(more) - people).abs() <= 5, "{}: {more} lives, {people} people", year.year);
        most = most.max(more);
    }
    assert!(most > 50, "{most} more at most");
    let early: i32 = outcome.paired[0].iter().map(|year| sum(year, |lives| lives.fewer_early)).sum();
    assert!(early > 20, "{early} premature deaths avoided");
}

#[test]
fn those_reached_their_children_and_grandchildren_are_told_apart() {
    let text = "id = \"test\"\ntitle = { en = \"Test\", no = \"Prøve\" }\nfrom = 1951\nuntil = 1951\n\
                who = [{ attribute = \"person.age\", in = [20, 21] }]\n[[effect]]\nlever = \"death.all_causes\"\n\
                form = \"hazard-ratio\"\nvalue = 0.9\n\
                evidence = { unit = \"ratio\", interval = [0, 10], kind = \"assumed\", note = \"for a test\" }\n";
    let settings = Settings { branch: Year(1950), ..common::settings(3_000, 1, 2020) };
    let model = Model::load(settings).expect("the configuration is in order");
    let arm = common::arm(&model, text);
    let mut alignment = Alignment::default();
    let lives = |nation: &mut Nation, part: Part, told: &mut Vec<Vec<Vec<News>>>, alignment: &mut Alignment| {
        nation.begin_twins(part, Year(1949), true);
        for (place, year) in Year(1950).to(Year(2020)).enumerate() {
            let (levers, role) = match part {
                Part::Hears => (arm.levers(year), Role::Arm),
                Part::None | Part::Tells => (Levers::default(), Role::Reference),
            };
            if part == Part::Hears {
                nation.hear(told[place].clone());
            }
            nation.live(year, &levers, alignment, role);
            if part == Part::Tells {
                told.push(nation.told());
            }
        }
    };
    let mut told = Vec::new();
    let (first, last) = (Year(1950), Year(2020));
    lives(&mut Nation::founded(&model, first, last), Part::Tells, &mut told, &mut alignment);
    let mut nation = Nation::founded(&model, first, last);
    lives(&mut nation, Part::Hears, &mut told, &mut alignment);
    let mut seen = [0; Generation::ALL.len()];
    for community in &nation.communities {
        let lineage = Lineage::of(&community.world);
        let twins = community.world.resource::<Twins>();
        for person in lineage.everyone().filter_map(|link| lineage.relative(link)) {
            let Some(row) = person.row else { continue };
            let generation = twins.of[row].generation();
            seen[generation as usize] += 1;
            let own = [1929, 1930, 1931].contains(&person.born.0);
            assert!(own || generation != Generation::Reached, "born in {} and reached", person.born);
            let parents = [lineage.mother(person.link), lineage.father(person.link)];
            let of_reached = parents.iter().flatten().any(|parent| (1930..=1931).contains(&parent.born.0));
            assert!(of_reached || generation != Generation::Children, "a child of nobody reached");
        }
    }
    assert!(seen.iter().all(|people| *people > 10), "{seen:?}");
}

#[test]
fn whom_an_arm_moves_the_reference_s_groups_do_not_lose() {
    let model = common::model(6_000, 1, 2060);
    let arm = common::one_effect(&model, "school.completion", "odds-ratio", 5.0, 2027);
    let outcome = common::simulate(&model, &[arm]);
    let (arm, reference) = (&outcome.arms[0], &outcome.reference);
    let cells = arm.year(Year(2060)).expect("a year lived");
    let there = &reference.year(Year(2060)).expect("a year lived").groups;
    let people = |groups: &livslop::accounts::groups::ledger::YearGroups, level: usize| -> u64 {
        groups.stock(Stock::People, level..level + 1).as_flattened().iter().sum()
    };
    let compulsory = By::Education.first();
    let [own, by_reference, reference] =
        [&cells.groups, cells.groups.by_reference(), there].map(|groups| people(groups, compulsory));
    assert!(own + 20 < reference, "{own} with compulsory school alone instead of {reference}");
    // Education moves deaths and births a little.
    assert!(by_reference.abs_diff(reference) <= reference / 100, "{by_reference} of the same people, {reference}");
}

#[test]
fn a_run_that_is_stopped_compares_the_same_lives() {
    let model = common::model(3_000, 1, 2040);
    let arm = || common::one_effect(&model, "death.all_causes", "hazard-ratio", 0.8, 2027);
    let whole = common::simulate(&model, &[arm()]);
    for stop in [75 + 8, 75 + 16 + 9] {
        let work = tempfile::tempdir().expect("a directory");
        let stopped =
            common::simulate_in(&model, &[arm()], work.path(), false, &mut common::Unwatched::stops_after(stop));
        assert!(stopped.is_err(), "it was stopped");
        let mut watch = common::Unwatched::to_the_end();
        let again = common::simulate_in(&model, &[arm()], work.path(), true, &mut watch).expect("the rest");
        assert!(again.paired == whole.paired && again.arms == whole.arms, "stopped after {stop} years");
    }
}
