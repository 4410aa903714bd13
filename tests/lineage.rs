//! Families over a hundred years: whose child everyone is, through deaths, moves, deals and snapshots.

use std::collections::BTreeMap;

use livslop::draws::mix;
use livslop::model::alignment::Alignment;
use livslop::model::columns::with_column;
use livslop::model::community::Community;
use livslop::model::family::{Home, Link, Role};
use livslop::model::lever::Levers;
use livslop::model::lineage::{Ended, Lineage, Relative};
use livslop::model::person::{Life, Origin, Person};
use livslop::model::snapshot::Snapshot;
use livslop::run::nation::{self, Nation};
use livslop::units::{Sex, Year};

mod common;

/// What was known of somebody in the year they came.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Entry {
    person: Person,
    mother: Option<u64>,
    father: Option<u64>,
}

/// Everyone who ever came, and how the stays of those who are no longer here ended.
#[derive(Default)]
struct Register {
    entries: BTreeMap<u64, Entry>,
    ends: BTreeMap<u64, Ended>,
}

/// The rows of those who are here after a year.
fn here(community: &mut Community, year: Year) -> Vec<usize> {
    let mut rows: Vec<usize> = community.living(year).into_iter().map(|row| row as usize).collect();
    rows.sort_unstable();
    rows
}

impl Register {
    /// Enters the newcomers of a year and the ends of it.
    fn enter(&mut self, community: &Community, year: Year) {
        let lineage = Lineage::of(&community.world);
        let mut query = community.world.try_query::<(&Person, &Life)>().expect("people");
        let people: Vec<(Person, Life)> = query.iter(&community.world).map(|(person, life)| (*person, *life)).collect();
        for (row, (person, life)) in people.iter().enumerate() {
            if lineage.relative(Link::row(row)).is_none() || life.until() < year.0 {
                continue;
            }
            let parent = |relative: Option<Relative>| relative.map(|relative| relative.id);
            let (mother, father) = (parent(lineage.mother(Link::row(row))), parent(lineage.father(Link::row(row))));
            let now = Entry { person: *person, mother, father };
            let first = self.entries.entry(person.id).or_insert(now);
            assert_eq!(*first, now, "parents are for life");
            if life.until() == year.0 {
                let end = if life.has_left() { Ended::Left(year) } else { Ended::Died(year) };
                assert_eq!(self.ends.insert(person.id, end), None, "a stay ends once");
            }
        }
    }

    /// Checks what the lineage says of somebody against what was entered.
    fn confirm(&self, relative: Relative) {
        let entry = self.entries[&relative.id];
        assert_eq!((relative.sex, relative.born.0), (entry.person.sex, entry.person.born));
        assert_eq!(relative.ended, self.ends.get(&relative.id).copied());
        assert_eq!(relative.row.is_some(), relative.ended.is_none());
    }
}

/// What must hold at the end of every year.
fn check_year(community: &mut Community, year: Year) {
    let rows = here(community, year);
    let homes = with_column::<Home, _>(&mut community.world, |homes| homes.to_vec());
    let people = with_column::<Person, _>(&mut community.world, |people| people.to_vec());
    let lineage = Lineage::of(&community.world);
    let mut with_adult = vec![false; people.len()];
    for row in &rows {
        let household = homes[*row].household.as_row().expect("everyone lives in a household");
        assert!(rows.binary_search(&household).is_ok(), "{year}: a householder who is not here");
        with_adult[household] |= people[*row].age_reached(year) >= 18;
        if let Some(partner) = lineage.partner(Link::row(*row)) {
            let partner = partner.row.expect("a partner is here");
            let back = lineage.partner(Link::row(partner)).expect("partners have each other");
            assert_eq!(back.row, Some(*row), "{year}: partners are mutual");
        }
        for sibling in lineage.siblings(Link::row(*row)) {
            assert!(sibling.by_mother || sibling.by_father, "{year}: siblings share a parent");
            assert!(sibling.relative.link != Link::row(*row));
        }
    }
    for row in rows.iter().filter(|row| people[**row].age_reached(year) < 18) {
        // The young may leave home from 16 on, and a child of theirs lives with them.
        let householder = homes[*row].household.as_row().expect("seen above");
        let heads = homes[householder].role == Role::Adult && people[householder].age_reached(year) >= 16;
        assert!(with_adult[householder] || heads, "{year}: a child lives without an adult");
    }
}

/// Parents are older, hence nobody is an ancestor of their own; mothers have children at ages that occur.
fn check_ages(lineage: &Lineage) {
    for child in lineage.everyone() {
        let one = lineage.relative(child).expect("somebody");
        for parent in lineage.parents(child) {
            let age = one.born.0 - parent.born.0;
            match parent.sex {
                Sex::Female => assert!((12..=55).contains(&age), "a mother of {age}"),
                Sex::Male => assert!(age >= 14, "a father of {age}"),
            }
            assert!(lineage.children(parent.link).any(|one| one.link == child), "a parent knows the child");
        }
    }
}

/// Somebody's line of mothers, from themselves up.
fn maternal_line(lineage: &Lineage, from: Link) -> Vec<Relative> {
    std::iter::successors(lineage.relative(from), |one| lineage.mother(one.link)).collect()
}

/// The order of a child among its mother's, if its id comes from hers.
fn order(child: u64, mother: u64) -> Option<u64> {
    (0..30).find(|order| mix(mother, order | 1 << 48) == child)
}

/// What the lineage says of everyone here, by ids.
fn told(community: &mut Community, year: Year) -> BTreeMap<u64, Vec<u64>> {
    let rows = here(community, year);
    let lineage = Lineage::of(&community.world);
    let of = |row: usize| {
        let link = Link::row(row);
        let siblings = lineage.siblings(link).into_iter().map(|sibling| sibling.relative);
        let living = siblings.chain(lineage.children(link)).filter(|one| one.ended.is_none());
        let known = lineage.parents(link).chain(lineage.grandparents(link)).chain(lineage.partner(link));
        (lineage.relative(link).expect("here").id, known.chain(living).map(|one| one.id).collect())
    };
    rows.into_iter().map(of).collect()
}

fn told_of_all(nation: &mut Nation, year: Year) -> Vec<BTreeMap<u64, Vec<u64>>> {
    nation.communities.iter_mut().map(|community| told(community, year)).collect()
}

fn live(nation: &mut Nation, alignment: &mut Alignment, years: (i16, i16), register: &mut Register) {
    for year in Year(years.0).to(Year(years.1)) {
        nation.live(year, &Levers::default(), alignment, nation::Role::Reference);
        for community in &mut nation.communities {
            register.enter(community, year);
            check_year(community, year);
        }
        if year.0 % 10 == 0 {
            nation.communities.iter().for_each(|community| check_ages(&Lineage::of(&community.world)));
        }
    }
}

#[test]
fn four_generations_can_be_followed_through_a_hundred_years() {
    let model = common::model(100_000, 1, 2050);
    let (mut register, mut alignment) = (Register::default(), Alignment::default());
    let mut nation = Nation::founded(&model, Year(1950), Year(2050));
    live(&mut nation, &mut alignment, (1950, 2020), &mut register);

    // A snapshot keeps every relative who is here or an ancestor; another nation goes on from it.
    let before = told_of_all(&mut nation, Year(2020));
    let snapshot = Snapshot::take(&mut nation.communities, Year(2020));
    assert!(told_of_all(&mut nation, Year(2020)) == before, "a deal changes no relative");
    let mut nation = Nation::restored(&model, &snapshot, Year(2050)).expect("it fits");
    assert!(told_of_all(&mut nation, Year(2020)) == before, "a snapshot changes no relative");
    drop((before, snapshot));
    live(&mut nation, &mut alignment, (2021, 2050), &mut register);

    let (mut lines, mut dead, mut moved, mut grandparents) = (0, 0, 0, 0);
    for community in &mut nation.communities {
        let rows = here(community, Year(2050));
        let lineage = Lineage::of(&community.world);
        for link in rows.into_iter().map(Link::row) {
            let line = maternal_line(&lineage, link);
            line.iter().for_each(|one| register.confirm(*one));
            for pair in line.windows(2) {
                let (child, mother) = (pair[0], pair[1]);
                assert!(mother.born < child.born, "nobody is their own ancestor");
                let entry = register.entries[&child.id];
                assert_eq!(entry.mother, Some(mother.id), "the mother of the year of birth");
                if entry.person.origin == Origin::Born {
                    assert!(order(child.id, mother.id).is_some(), "a child's id comes from its mother's");
                }
            }
            let in_simulation = |one: &Relative| register.entries[&one.id].person.origin == Origin::Born;
            if line[0].born.0 > 2020 && line.len() >= 4 && line[..3].iter().all(in_simulation) {
                lines += 1;
                dead += usize::from(line[1..4].iter().any(|one| matches!(one.ended, Some(Ended::Died(_)))));
                moved += usize::from(line[1..4].iter().any(|one| matches!(one.ended, Some(Ended::Left(_)))));
                // From the great-grandmother's id alone: three orders lead down to this person.
                let orders = [2, 1, 0].map(|step| order(line[step].id, line[step + 1].id).expect("seen above"));
                let id = orders.iter().fold(line[3].id, |mother, order| mix(mother, order | 1 << 48));
                assert_eq!(id, line[0].id);
            }
            for grandparent in lineage.grandparents(link) {
                register.confirm(grandparent);
                grandparents += usize::from(matches!(grandparent.ended, Some(Ended::Died(_))));
            }
        }
    }
    println!(
        "{lines} lines of four, {dead} with a dead link, {moved} with a moved one; {grandparents} dead grandparents"
    );
    // Some 30,000 of 100,000 are born after 2020; most have grandmothers born here, some of them dead, a few abroad.
    assert!(
        lines > 5_000 && dead > 2_000 && moved > 100,
        "{lines} lines, {dead} with a dead link, {moved} with a moved one"
    );
    assert!(grandparents > 20_000, "{grandparents} dead grandparents are still found");
}
