//! One family's story, as text.

use std::fmt::Write;

use crate::analysis::read::lives::LifeYear;
use crate::model::family::Status;
use crate::record::lexis::Lived;

use super::events::{About, Event, Teller, age_at_death, by_sex, possessive};

/// Columns of a terminal that text is broken at.
const WIDTH: usize = 100;
/// Where the text of a year begins.
const INDENT: usize = 13;

impl Teller<'_> {
    /// The story of somebody and, in brief, of the family; `life` has one row at least.
    pub fn story(&self, life: &[LifeYear]) -> String {
        let (Some(first), Some(last)) = (life.first(), life.last()) else { return String::new() };
        let mut text = self.opening(first);
        text.push_str("\n  year  age\n");
        let mut events = self.events(life);
        if !last.is_death() && !last.is_leaving() {
            let (year, age, text) = (last.year, last.age, self.standing(last));
            events.push(Event { year, age, about: About::End, text });
        }
        for year in events.chunk_by(|a, b| a.year == b.year) {
            let told = year.iter().map(|event| event.text.as_str()).collect::<Vec<_>>().join("; ");
            let _ = writeln!(text, "{:>6}  {:>3}  {}", year[0].year, year[0].age, wrapped(&told, INDENT));
        }
        let family = self.family(life);
        if !family.is_empty() {
            text.push_str("\nThe family in brief\n\n");
            for (who, told) in family {
                let _ = writeln!(text, "  {}", wrapped(&format!("{who}: {told}"), 4));
            }
        }
        text
    }

    /// Who it is, of whom, among how many.
    fn opening(&self, first: &LifeYear) -> String {
        let she = by_sex(first.sex, ["She", "He"]);
        let mut text = format!("Person {}, a {}\n\n", first.id, by_sex(first.sex, ["woman", "man"]));
        let parent = |id, word: &str| match self.known(id) {
            Some(life) => {
                let (born, age) = (life[0].born(), first.born() - life[0].born());
                format!("a {word} born in {born}, then {age}")
            }
            None if id.is_some() => format!("a {word} not in the sample"),
            None => format!("an unknown {word}"),
        };
        let arrived = matches!(first.lived, Lived::Arrived | Lived::ArrivedDied);
        let line = if arrived && first.mother.is_none() {
            format!("{she} was born abroad in {}, of parents who are not in the model.", first.born())
        } else {
            let (mother, father) = (parent(first.mother, "mother"), parent(first.father, "father"));
            format!("{she} was born in {}, of {mother}, and of {father}.", first.born())
        };
        let _ = writeln!(text, "{}", wrapped(&line, 0));
        let siblings = self.siblings(first).into_iter().map(|(life, half)| {
            let half = if half { "half-" } else { "" };
            format!("a {half}{} born in {}", by_sex(life[0].sex, ["sister", "brother"]), life[0].born())
        });
        let siblings: Vec<String> = siblings.collect();
        if !siblings.is_empty() {
            let _ = writeln!(text, "{}", wrapped(&format!("{she} had {}.", listed(&siblings)), 0));
        }
        text
    }

    /// How somebody who is still here lives.
    fn standing(&self, last: &LifeYear) -> String {
        let (their, word) = (possessive(last.sex), by_sex(last.sex, ["husband", "wife"]));
        let how = match last.status {
            Status::Never => "never in a union".to_owned(),
            Status::Cohabiting => format!("living with {their} partner"),
            Status::Married => format!("living with {their} {word}"),
            Status::Separated => "separated".to_owned(),
            Status::Divorced => "divorced".to_owned(),
            Status::Widowed => "widowed".to_owned(),
        };
        format!("alive at the end of the run in {}, {how}", self.place(last.municipality))
    }

    /// Parents, partners and children: who they were to the person, and their lives in brief.
    fn family(&self, life: &[LifeYear]) -> Vec<(String, String)> {
        let (Some(first), Some(last)) = (life.first(), life.last()) else { return Vec::new() };
        let mut told = Vec::new();
        let mut tell = |who: String, life: Option<&[LifeYear]>| told.extend(life.map(|life| (who, self.brief(life))));
        let their = possessive(first.sex);
        for (parent, word) in [(first.mother, "mother"), (first.father, "father")] {
            tell(format!("{their} {word}"), self.known(parent));
        }
        let mut partners: Vec<_> = life.iter().filter_map(|row| row.partner).collect();
        partners.dedup();
        let several = partners.len() > 1;
        for (place, partner) in partners.into_iter().enumerate() {
            let married = life.iter().any(|row| row.partner == Some(partner) && row.status == Status::Married);
            let word = if married { by_sex(first.sex, ["husband", "wife"]) } else { "partner" };
            let nth = if several { format!(" ({})", place + 1) } else { String::new() };
            tell(format!("{their} {word}{nth}"), self.known(Some(partner)));
        }
        let children: Vec<&[LifeYear]> = self.lives.children(first.id).collect();
        for child in &children {
            tell(format!("{their} {}", by_sex(child[0].sex, ["daughter", "son"])), Some(child));
        }
        let unseen = usize::try_from(last.children).unwrap_or(0).saturating_sub(children.len());
        if unseen > 0 {
            told.push((format!("{their} children"), format!("{unseen} more, not in the sample")));
        }
        told
    }

    /// A life in a line.
    fn brief(&self, life: &[LifeYear]) -> String {
        let (Some(first), Some(last)) = (life.first(), life.last()) else { return String::new() };
        let born = matches!(first.lived, Lived::Newborn | Lived::NewbornDied | Lived::NewbornLeft);
        let mut parts = Vec::new();
        if !born {
            parts.push(format!("born in {}", first.born()));
        }
        let is_told = |event: &&Event| matches!(event.about, About::Entry | About::Union);
        parts.extend(self.events(life).iter().filter(is_told).map(|event| format!("{} {}", event.year, event.text)));
        let children: Vec<String> = self.lives.children(first.id).map(|child| child[0].born().to_string()).collect();
        match (children.len(), last.children) {
            (0, 0) => {}
            (0, 1) => parts.push("one child".to_owned()),
            (0, number) => parts.push(format!("{number} children")),
            (1, _) => parts.push(format!("a child in {}", children[0])),
            _ => parts.push(format!("children in {}", listed(&children))),
        }
        parts.push(if last.is_death() {
            format!("{} dies in {}, aged {}", last.year, self.place(last.municipality), age_at_death(last))
        } else if last.is_leaving() {
            format!("{} moves abroad, aged {}", last.year, last.age)
        } else {
            format!("alive in {}, aged {}, in {}", last.year, last.age, self.place(last.municipality))
        });
        format!("{}. Id {}", parts.join("; "), first.id)
    }
}

/// `a, b and c`.
fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Text in lines of a terminal's width, those after the first set in.
fn wrapped(text: &str, indent: usize) -> String {
    let (mut lines, mut length) = (String::new(), indent);
    for word in text.split(' ') {
        let width = word.chars().count();
        if length > indent && length + 1 + width > WIDTH {
            let _ = write!(lines, "\n{:indent$}", "");
            length = indent;
        } else if length > indent {
            lines.push(' ');
            length += 1;
        }
        lines.push_str(word);
        length += width;
    }
    lines
}
