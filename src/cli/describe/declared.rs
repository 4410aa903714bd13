//! Levers and attributes: what measures may move, and what they may ask for.

use std::fmt::Write;

use crate::model::attribute::{Attribute, Values};
use crate::model::barrier::Meeting;
use crate::model::lever::{Form, Grain, Lever};
use crate::processes::family::{households, seen};
use crate::run::model::Model;
use crate::units::Sex;

use super::super::plain::{paragraph, table, table_with};
use super::shelf::Shelf;

/// What an attribute is of.
pub fn whose(attribute: Attribute) -> &'static str {
    let is = |others: &[Attribute]| others.iter().any(|other| other.name == attribute.name);
    if is(&[households::MUNICIPALITY, seen::SIZE]) {
        "place"
    } else if is(&[seen::CHILDREN, seen::ADULTS]) {
        "household"
    } else {
        "person"
    }
}

/// Whether the risk that a lever moves is held to the record in the reference.
pub fn is_aligned(model: &Model, lever: Lever) -> bool {
    let mechanism = |name: &'static str| name.split('.').next();
    let aligned = model.declared.barriers.iter().filter(|barrier| matches!(barrier.meeting, Meeting::Align { .. }));
    aligned.into_iter().any(|barrier| mechanism(barrier.name) == mechanism(lever.name))
}

/// Whom a lever can move.
pub fn whom(lever: Lever) -> String {
    let who = match lever.sex {
        Some(Sex::Female) => "women",
        Some(Sex::Male) => "men",
        None => "everyone",
    };
    match lever.ages {
        [0, 127] => format!("{who}, all ages"),
        [first, 127] => format!("{who}, {first} and over"),
        [first, last] => format!("{who}, {first} to {last}"),
    }
}

/// By what a measure may choose those whom a lever moves.
pub const fn chosen_by(grain: Grain) -> &'static str {
    match grain {
        Grain::Person => "any attribute",
        Grain::Age => "sex and age",
    }
}

/// What a form does.
const fn meaning(form: Form) -> &'static str {
    match form {
        Form::HazardRatio => {
            "multiplies a hazard: with a hazard h of a year and a ratio r the chance of the event is 1 - exp(-r h); \
             1 changes nothing, 0 prevents the event"
        }
        Form::RateRatio => {
            "multiplies the rate of an event that may happen again: 1.05 is 5 per cent more events; 1 changes nothing"
        }
        Form::OddsRatio => {
            "multiplies the odds p / (1 - p) of a chance: 1.5 makes 0.5 to 0.6 and 0.9 to 0.93; 1 changes nothing"
        }
        Form::Ratio => "multiplies an amount: 1.3 is 30 per cent more; 1 changes nothing",
        Form::Shift => "is added, in the unit of what is moved; 0 changes nothing",
        Form::Amount => "is added, in NOK; 0 changes nothing",
    }
}

/// The unit of a value of a form, and what to write as the unit of its evidence.
fn unit(form: Form) -> String {
    match form {
        Form::HazardRatio | Form::RateRatio | Form::OddsRatio | Form::Ratio => {
            let name = form.word().replace('-', " ");
            format!("none, as of every ratio; as the `unit` of its evidence write \"{name} of …\"")
        }
        Form::Shift => "that of what is moved".to_owned(),
        Form::Amount => "NOK".to_owned(),
    }
}

/// What a measure may ask of an attribute.
pub fn values(values: Values) -> String {
    match values {
        Values::Words(words) => words.join(", "),
        Values::Range(low, high) => format!("{low} to {high}"),
    }
}

/// All levers.
pub fn levers(model: &Model) -> String {
    let heads = ["lever", "form", "can move", "chosen by", "aligned"].map(str::to_owned).to_vec();
    let row = |lever: &Lever| {
        vec![
            lever.name.to_owned(),
            lever.form.word().to_owned(),
            whom(*lever),
            chosen_by(lever.grain).to_owned(),
            yes(is_aligned(model, *lever)).to_owned(),
        ]
    };
    let rows: Vec<Vec<String>> = std::iter::once(heads).chain(model.declared.levers.iter().map(row)).collect();
    let abouts: Vec<String> = model.declared.levers.iter().map(|lever| paragraph(4, lever.about)).collect();
    table_with(0, &rows, &abouts)
}

/// All attributes.
pub fn attributes(model: &Model) -> String {
    let mut text = String::new();
    for attribute in model.declared.sights.iter().map(|sight| sight.attribute) {
        let _ = writeln!(text, "{} (of the {})", attribute.name, whose(attribute));
        text += &paragraph(4, attribute.about);
        text += &paragraph(4, &asked(attribute));
    }
    text
}

fn asked(attribute: Attribute) -> String {
    match attribute.values {
        Values::Words(_) => format!("words: {}", values(attribute.values)),
        Values::Range(..) => format!("numbers: {}, {}", values(attribute.values), attribute.unit),
    }
}

const fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

/// One lever, and the measures that move it.
pub fn lever(model: &Model, shelf: &Shelf, lever: Lever) -> String {
    let chosen = match lever.grain {
        Grain::Person => "any attribute: a measure for some people moves it for those it reaches alone",
        Grain::Age => {
            "sex and age alone: a measure that moves it may have no other condition and no coverage, uptake, delivery or capacity"
        }
    };
    let aligned = if is_aligned(model, lever) {
        "yes: in the reference it is held to the record, and arms use the reference's factors"
    } else {
        "no: nothing holds it to the record year by year"
    };
    let lines = [
        ("form", format!("{}: the value {}", lever.form.word(), meaning(lever.form))),
        ("unit", unit(lever.form)),
        ("can move", format!("{}, by the age reached in the year", whom(lever))),
        ("chosen by", chosen.to_owned()),
        ("aligned", aligned.to_owned()),
        ("moved by", or_nothing(shelf.moving(lever), "no measure of scenarios/measures")),
    ];
    page(lever.name, lever.about, &lines)
}

/// One attribute, and the measures that ask for it.
pub fn attribute(model: &Model, shelf: &Shelf, attribute: Attribute) -> String {
    let keys = match (whose(attribute), attribute.values) {
        (_, Values::Range(..)) => "for `who`",
        ("place", Values::Words(_)) => "for `who`, `delivery` and `stronger`",
        (_, Values::Words(_)) => "for `who`, `uptake` and `stronger`",
    };
    let how = match attribute.values {
        Values::Words(words) => {
            let word = words.get(1).unwrap_or(&words[0]);
            format!("{{ attribute = \"{}\", is = \"{word}\" }}", attribute.name)
        }
        Values::Range(low, high) => {
            format!("{{ attribute = \"{}\", in = [{low}, {high}] }}, or below = …, or above = …", attribute.name)
        }
    };
    let lines = [
        ("values", asked(attribute)),
        ("in tables", attribute.unit.to_owned()),
        ("of", format!("the {}; {keys}", whose(attribute))),
        ("asked as", how),
        ("asked by", or_nothing(shelf.asking(model, attribute), "no measure of scenarios/measures")),
    ];
    page(attribute.name, attribute.about, &lines)
}

fn or_nothing(names: Vec<String>, nothing: &str) -> String {
    if names.is_empty() { nothing.to_owned() } else { names.join(", ") }
}

fn page(name: &str, about: &str, lines: &[(&str, String)]) -> String {
    let rows: Vec<Vec<String>> = lines.iter().map(|(key, text)| vec![(*key).to_owned(), text.clone()]).collect();
    format!("{name}\n{}\n{}", paragraph(2, about), table(2, &rows))
}
