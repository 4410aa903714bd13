//! Stories of a family made by hand.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use crate::accounts::lives::Id;
use crate::analysis::read::lives::{Histories, LifeYear};
use crate::model::family::{Role, Status};
use crate::record::lexis::Lived;
use crate::units::Sex;

use super::events::Teller;

const MOTHER: u64 = 1;
const DAUGHTER: u64 = 2;
const HUSBAND: u64 = 3;
const SON: u64 = 4;

fn id(id: u64) -> Id {
    NonZeroU64::new(id)
}

fn row(person: u64, year: i32, born: i32, sex: Sex) -> LifeYear {
    LifeYear {
        id: person,
        year,
        age: year - born,
        sex,
        lived: if year == born { Lived::Newborn } else { Lived::Whole },
        mother: None,
        father: None,
        partner: None,
        household: id(person),
        role: Role::Adult,
        municipality: 301,
        status: Status::Never,
        children: 0,
    }
}

/// A daughter (2) of 1960 and a founder (1): she leaves home for Bergen in 1979, lives with a man (3) from 1982, has a son (4) in 1984,
/// marries in 1985, loses her mother in 1990 and is divorced in 1992; the son moves abroad in 1993, and the run ends.
fn family() -> Histories {
    let mut years = Vec::new();
    for year in 1960..=1990 {
        let mut mother = row(MOTHER, year, 1935, Sex::Female);
        mother.children = 1;
        if year == 1990 {
            mother.lived = Lived::DiedBefore;
        }
        years.push(mother);
    }
    for year in 1960..=1993 {
        let mut daughter = LifeYear { mother: id(MOTHER), ..row(DAUGHTER, year, 1960, Sex::Female) };
        if year < 1979 {
            (daughter.role, daughter.household) = (Role::Child, id(MOTHER));
        } else {
            daughter.municipality = 4601;
        }
        (daughter.partner, daughter.status) = match year {
            ..1982 => (None, Status::Never),
            1982..1985 => (id(HUSBAND), Status::Cohabiting),
            1985..1992 => (id(HUSBAND), Status::Married),
            _ => (None, Status::Divorced),
        };
        daughter.children = i32::from(year >= 1984) + i32::from(year >= 1987);
        years.push(daughter);
    }
    for year in 1960..=1993 {
        let mut husband = row(HUSBAND, year, 1957, Sex::Male);
        husband.partner = if (1982..1992).contains(&year) { id(DAUGHTER) } else { None };
        husband.status = match year {
            ..1982 => Status::Never,
            1982..1985 => Status::Cohabiting,
            1985..1992 => Status::Married,
            _ => Status::Divorced,
        };
        years.push(husband);
    }
    for year in 1984..=1993 {
        let mut son = LifeYear { mother: id(DAUGHTER), father: id(HUSBAND), ..row(SON, year, 1984, Sex::Male) };
        (son.role, son.household, son.municipality) = (Role::Child, id(DAUGHTER), 4601);
        if year == 1993 {
            son.lived = Lived::Left;
        }
        years.push(son);
    }
    Histories::new(years)
}

fn story(lives: &Histories, of: u64) -> String {
    let names = BTreeMap::from([(301, "Oslo".to_owned()), (4601, "Bergen".to_owned())]);
    Teller { lives, names: &names }.story(lives.of(of))
}

#[test]
fn a_life_is_told_with_its_family() {
    insta::assert_snapshot!(story(&family(), DAUGHTER));
}

#[test]
fn relatives_outside_the_sample_are_told_by_what_the_persons_own_rows_know() {
    let lives = family();
    let alone = Histories::new(lives.of(DAUGHTER).to_vec());
    insta::assert_snapshot!(story(&alone, DAUGHTER));
}

#[test]
fn the_first_and_the_last_of_a_family_are_told_as_they_came_and_went() {
    insta::assert_snapshot!(story(&family(), MOTHER));
    insta::assert_snapshot!(story(&family(), SON));
}

#[test]
fn a_widow_is_told_of_her_husbands_death_and_who_moves_out_together_of_no_parting() {
    let mut years = Vec::new();
    for year in 1970..=1972 {
        let mut wife = row(7, year, 1940, Sex::Female);
        let mut husband = row(8, year, 1938, Sex::Male);
        (wife.partner, wife.status) = (id(8), Status::Married);
        (husband.partner, husband.status) = (id(7), Status::Married);
        if year == 1972 {
            (wife.lived, husband.lived) = (Lived::Left, Lived::Left);
            (husband.partner, husband.status) = (None, Status::Divorced);
        }
        years.extend([wife, husband]);
    }
    for year in 1980..=1981 {
        let mut wife = row(9, year, 1910, Sex::Female);
        let mut husband = row(10, year, 1905, Sex::Male);
        (husband.partner, husband.status) = (id(9), Status::Married);
        (wife.partner, wife.status) = if year == 1980 { (id(10), Status::Married) } else { (None, Status::Widowed) };
        husband.lived = if year == 1981 { Lived::DiedAfter } else { Lived::Whole };
        years.extend([wife, husband]);
    }
    let lives = Histories::new(years);
    assert!(story(&lives, 7).contains("1972   32  moves abroad with her husband\n"), "{}", story(&lives, 7));
    assert!(!story(&lives, 8).contains("divorce"), "{}", story(&lives, 8));
    assert!(
        story(&lives, 9).contains("1981   71  her husband dies, aged 76; alive at the end"),
        "{}",
        story(&lives, 9)
    );
}
