//! What happens in a life, year by year, from a person's own rows and those of relatives in the sample.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use crate::accounts::lives::Id;
use crate::analysis::read::lives::{Histories, LifeYear};
use crate::model::family::{Role, Status};
use crate::record::lexis::Lived;
use crate::units::Sex;

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// How somebody comes into the population.
    Entry,
    /// Where and with whom somebody lives.
    Home,
    /// Unions.
    Union,
    /// Children, siblings, parents.
    Family,
    /// How the life ends.
    End,
}

/// Something that happens in a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Calendar year.
    pub year: i32,
    /// Age reached in it.
    pub age: i32,
    /// What it is about.
    pub about: About,
    /// What happens, without a subject and a full stop.
    pub text: String,
}

/// Who tells: the histories of a sample and the names of places.
pub struct Teller<'a> {
    /// The sample.
    pub lives: &'a Histories,
    /// Names of municipalities by official number.
    pub names: &'a BTreeMap<i32, String>,
}

/// `her` or `his`.
pub const fn possessive(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "her",
        Sex::Male => "his",
    }
}

/// The first or the second word, for women and men.
pub const fn by_sex(sex: Sex, words: [&'static str; 2]) -> &'static str {
    words[sex.index()]
}

/// Completed age at death.
pub const fn age_at_death(row: &LifeYear) -> i32 {
    if matches!(row.lived, Lived::DiedBefore) { row.age - 1 } else { row.age }
}

impl Teller<'_> {
    /// The name of a municipality, or its number.
    pub fn place(&self, number: i32) -> String {
        self.names.get(&number).cloned().unwrap_or_else(|| format!("municipality {number}"))
    }

    /// The years of somebody, if they are in the sample.
    pub fn known(&self, id: Id) -> Option<&[LifeYear]> {
        id.map(|id| self.lives.of(id.get())).filter(|life| !life.is_empty())
    }

    fn in_year(&self, id: Id, year: i32) -> Option<&LifeYear> {
        self.known(id)?.iter().find(|row| row.year == year)
    }

    /// Everything that happens in a life, in order.
    pub fn events(&self, life: &[LifeYear]) -> Vec<Event> {
        let (Some(first), Some(last)) = (life.first(), life.last()) else { return Vec::new() };
        let mut events = vec![(first.year, About::Entry, self.entry(first))];
        for (place, now) in life.iter().enumerate().skip(1) {
            let before = &life[place - 1];
            let union = self.union(&life[..place], now);
            let home =
                self.home(before, now, !union.is_empty() && now.partner.is_some() && now.partner != before.partner);
            // Whoever leaves home for a partner does so in that order.
            events.extend(home.into_iter().map(|text| (now.year, About::Home, text)));
            events.extend(union.into_iter().map(|text| (now.year, About::Union, text)));
            events.extend(self.unseen_children(before, now).map(|text| (now.year, About::Family, text)));
        }
        let while_alive = |year: &i32| (first.year + 1..=last.year).contains(year);
        events.extend(self.relatives(first).filter(|(year, ..)| while_alive(year)));
        events.extend(self.end(last).map(|text| (last.year, About::End, text)));
        events.sort_by_key(|(year, about, _)| (*year, *about as u8));
        let born = first.born();
        events.into_iter().map(|(year, about, text)| Event { year, age: year - born, about, text }).collect()
    }

    fn entry(&self, first: &LifeYear) -> String {
        let place = self.place(first.municipality);
        let children = match first.children {
            0 => String::new(),
            1 => ", with a child".to_owned(),
            number => format!(", with {number} children"),
        };
        let partner = || {
            let Some(partner) = self.in_year(first.partner, first.year) else { return String::new() };
            let kind = if first.status == Status::Married { "married to" } else { "with" };
            format!(", {kind} a {} of {}", by_sex(partner.sex, ["woman", "man"]), partner.age)
        };
        match first.lived {
            Lived::Newborn | Lived::NewbornDied | Lived::NewbornLeft => format!("is born in {place}"),
            Lived::Arrived | Lived::ArrivedDied => format!("moves to Norway, to {place}{}{children}", partner()),
            Lived::Whole | Lived::Left | Lived::DiedBefore | Lived::DiedAfter => {
                format!("lives in {place} when the simulation begins{}{children}", partner())
            }
        }
    }

    /// Changes of the household and the place; a new partner's home is told with the union.
    fn home(&self, before: &LifeYear, now: &LifeYear, pairs: bool) -> Option<String> {
        if now.is_leaving() {
            return None;
        }
        let moves = before.municipality != now.municipality;
        let to = || self.place(now.municipality);
        Some(match (before.role, now.role) {
            (Role::Child, Role::Adult) if moves && !pairs => format!("leaves home for {}", to()),
            (Role::Child, Role::Adult) => "leaves home".to_owned(),
            (Role::Child | Role::Adult, Role::Institution) => "moves into a nursing home".to_owned(),
            _ if pairs => return None,
            (Role::Child, Role::Child) => match (self.host(before), self.host(now)) {
                (Some(old), Some(new)) if old != new && now.age < 18 => format!("goes to live with {new}"),
                _ if moves && now.age < 18 => format!("the family moves to {}", to()),
                _ if moves => format!("moves with the family to {}", to()),
                _ => return None,
            },
            _ if moves => format!("moves to {}", to()),
            _ => return None,
        })
    }

    /// With whom a child lives, as far as the sample tells.
    fn host(&self, row: &LifeYear) -> Option<String> {
        let lives_with = |parent: Id| self.in_year(parent, row.year).is_some_and(|one| one.household == row.household);
        let theirs = possessive(row.sex);
        match (lives_with(row.mother), lives_with(row.father)) {
            (true, _) => Some(format!("{theirs} mother")),
            (false, true) => Some(format!("{theirs} father")),
            (false, false) => None,
        }
    }

    /// Changes of the union, given the years before this one.
    fn union(&self, past: &[LifeYear], now: &LifeYear) -> Vec<String> {
        let before = past.last().expect("a year is after another");
        let mut told = Vec::new();
        if before.partner == now.partner {
            if now.partner.is_some() && (before.status, now.status) == (Status::Cohabiting, Status::Married) {
                told.push("they marry".to_owned());
            } else if now.partner.is_none() && before.status != now.status && !now.is_leaving() {
                let fate = if now.status == Status::Widowed { "dies" } else { "moves abroad" };
                told.push(format!("finds a partner, who {fate} in the same year"));
            }
            return told;
        }
        told.extend(before.partner.and_then(|partner| self.union_ends(past, now, partner)));
        if now.partner.is_some() {
            let whom = match self.in_year(now.partner, now.year) {
                Some(partner) => format!("a {} of {}", by_sex(partner.sex, ["woman", "man"]), partner.age),
                None => format!("a {}", by_sex(now.sex, ["man", "woman"])),
            };
            let how = if now.status == Status::Married { "marries" } else { "moves in with" };
            let moves = before.municipality != now.municipality;
            let place = if moves { format!(", in {}", self.place(now.municipality)) } else { String::new() };
            told.push(format!("{how} {whom}{place}"));
        }
        told
    }

    fn union_ends(&self, past: &[LifeYear], now: &LifeYear, partner: NonZeroU64) -> Option<String> {
        let before = past.last().expect("a year is after another");
        let was_married = before.status == Status::Married;
        let theirs = possessive(now.sex);
        let word = if was_married { by_sex(now.sex, ["husband", "wife"]) } else { "partner" };
        let row = self.in_year(Some(partner), now.year);
        if row.is_some_and(LifeYear::is_leaving) && now.status != Status::Widowed {
            // Who moves out together is told at the end.
            return (!now.is_leaving()).then(|| format!("{theirs} {word} moves abroad"));
        }
        if now.status == Status::Widowed {
            let age = row.map_or_else(String::new, |row| format!(", aged {}", age_at_death(row)));
            return Some(format!("{theirs} {word} dies{age}"));
        }
        let together = past
            .iter()
            .rev()
            .take_while(|row| row.partner == Some(partner) && (!was_married || row.status == Status::Married));
        let years = together.count();
        // A union that was there before the first row has no known beginning.
        let after = match (years == past.len(), years) {
            (true, _) => String::new(),
            (false, 1) => " after a year".to_owned(),
            (false, years) => format!(" after {years} years"),
        };
        Some(if was_married { format!("they divorce{after}") } else { format!("they part{after}") })
    }

    /// Children of whom only the parent's own row knows.
    fn unseen_children(&self, before: &LifeYear, now: &LifeYear) -> impl Iterator<Item = String> + use<> {
        let seen = self.lives.children(now.id).filter(|child| child[0].born() == now.year).count();
        let new = usize::try_from(now.children - before.children).unwrap_or(0);
        std::iter::repeat_n("a child is born".to_owned(), new.saturating_sub(seen))
    }

    /// What happens to parents, siblings and children of somebody, whenever it does.
    fn relatives(&self, of: &LifeYear) -> impl Iterator<Item = (i32, About, String)> {
        let theirs = possessive(of.sex);
        let mut told = Vec::new();
        for (parent, word) in [(of.mother, "mother"), (of.father, "father")] {
            told.extend(self.known(parent).and_then(|life| fate(life, &format!("{theirs} {word}"))));
        }
        for (sibling, half) in self.siblings(of) {
            let word = by_sex(sibling[0].sex, ["sister", "brother"]);
            let half = if half { "half-" } else { "" };
            told.push((sibling[0].born(), format!("a {half}{word} is born")));
        }
        let mut first_grandchild = i32::MAX;
        for child in self.lives.children(of.id) {
            let word = by_sex(child[0].sex, ["daughter", "son"]);
            told.push((child[0].born(), format!("a {word} is born")));
            told.extend(fate(child, &format!("{theirs} {word}")));
            let grandchildren = self.lives.children(child[0].id).map(|life| life[0].born());
            first_grandchild = grandchildren.min().unwrap_or(i32::MAX).min(first_grandchild);
        }
        if first_grandchild < i32::MAX {
            let word = by_sex(of.sex, ["grandmother", "grandfather"]);
            told.push((first_grandchild, format!("becomes a {word}")));
        }
        told.into_iter().map(|(year, text)| (year, About::Family, text))
    }

    /// Siblings in the sample, in order of birth, and whether they share one parent only.
    pub fn siblings(&self, of: &LifeYear) -> Vec<(&[LifeYear], bool)> {
        let children = |parent: Id| parent.into_iter().flat_map(|parent| self.lives.children(parent.get()));
        let is_half = |life: &[LifeYear]| life[0].mother != of.mother || life[0].father != of.father;
        let of_mother = children(of.mother);
        let of_father = children(of.father).filter(|life| of.mother.is_none() || life[0].mother != of.mother);
        let others = of_mother.chain(of_father).filter(|life| life[0].id != of.id);
        let mut siblings: Vec<_> = others.map(|life| (life, is_half(life))).collect();
        siblings.sort_unstable_by_key(|(life, _)| (life[0].born(), life[0].id));
        siblings
    }

    /// How a life ends, if it does.
    fn end(&self, last: &LifeYear) -> Option<String> {
        if last.is_death() {
            return Some(format!("dies in {}, aged {}", self.place(last.municipality), age_at_death(last)));
        }
        let together = self.in_year(last.partner, last.year).is_some_and(LifeYear::is_leaving);
        let word = match last.status {
            Status::Married => by_sex(last.sex, ["husband", "wife"]),
            _ => "partner",
        };
        let with = if together { format!(" with {} {word}", possessive(last.sex)) } else { String::new() };
        last.is_leaving().then(|| format!("moves abroad{with}"))
    }
}

/// The end of a relative's life, if it is known.
fn fate(life: &[LifeYear], whom: &str) -> Option<(i32, String)> {
    let last = life.last()?;
    if last.is_death() {
        return Some((last.year, format!("{whom} dies, aged {}", age_at_death(last))));
    }
    last.is_leaving().then(|| (last.year, format!("{whom} moves abroad")))
}
