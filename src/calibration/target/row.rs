//! Rules across the fields of one target: what its indicator may be about.

use crate::calibration::history::LAST;
use crate::calibration::indicator::{Ages, Groups, Indicator, Versus};
use crate::calibration::measure::AROUND;
use crate::config::names::did_you_mean;
use crate::record::FIRST;

use super::{By, OLDEST, Role, Target, Verified};

/// Takes what is wrong with a row: the column, what it is, what to do.
pub(super) type Blame<'a> = &'a mut dyn FnMut(&str, String, String);

/// Blames whatever contradicts the indicator, or itself.
pub(super) fn check(target: &Target, blame: Blame) {
    numbers(target, blame);
    ages(target, blame);
    years(target, blame);
    by(target, blame);
    versus(target, blame);
    if (target.role, target.verified) == (Role::Fit, Verified::Recalled) {
        let help = "make its role `held`, or look it up in its source".to_owned();
        blame("role", "a figure from memory to be fitted to".to_owned(), help);
    }
}

fn numbers(target: &Target, blame: Blame) {
    let (indicator, unit) = (target.indicator.word(), target.indicator.unit());
    if target.unit != unit {
        let message = format!("`{indicator}` in {}", target.unit.word());
        return blame("unit", message, format!("`{indicator}` is told in {}", unit.word()));
    }
    let [least, most] = unit.range();
    if !(least..=most).contains(&target.value) {
        let message = format!("{} {}", target.value, unit.word());
        blame("value", message, format!("{} are from {least} to {most}", unit.word()));
    }
    if let Some(tolerance) = target.tolerance.filter(|tolerance| *tolerance <= 0.0) {
        blame("tolerance", format!("a tolerance of {tolerance}"), "make it above 0, or leave it out".to_owned());
    }
}

fn ages(target: &Target, blame: Blame) {
    let (from, to, indicator) = (target.age_from, target.age_to, target.indicator.word());
    let message = format!("the ages {from} to {to}");
    if from > to || to > OLDEST {
        return blame("age_from", message, format!("put the younger first; {OLDEST} is the oldest"));
    }
    match target.indicator.shape().ages {
        Ages::One if from != to => {
            blame("age_to", message, format!("`{indicator}` is of one exact age: give it twice"));
        }
        Ages::Only(youngest, oldest) if (from, to) != (youngest, oldest) => {
            blame("age_from", message, format!("`{indicator}` is told of the ages {youngest} to {oldest}"));
        }
        Ages::One | Ages::Only(..) | Ages::Span => {}
    }
}

fn years(target: &Target, blame: Blame) {
    let (from, to) = (target.year_from, target.year_to);
    let message = format!("the years {from} to {to}");
    if from > to || from < FIRST.0 || to > LAST.0 {
        let help = format!("put the earlier first; the history is from {FIRST} to {LAST}");
        return blame("year_from", message, help);
    }
    if target.indicator != Indicator::LifeExpectancyWidening {
        return;
    }
    if from == to {
        blame("year_to", message, "a widening is from one year to a later one".to_owned());
    } else if from - AROUND < FIRST.0 || to + AROUND > LAST.0 {
        let help = format!("of each, the year before and after are taken too; the history is from {FIRST} to {LAST}");
        blame("year_from", message, help);
    }
}

fn by(target: &Target, blame: Blame) {
    let (shape, indicator) = (target.indicator.shape(), target.indicator.word());
    if !shape.by.contains(&target.by) {
        let message = format!("`{indicator}` by {}", target.by.word());
        let known: Vec<&str> = shape.by.iter().map(|by| by.word()).collect();
        return blame("by", message, format!("`{indicator}` is told by {}", known.join(", ")));
    }
    let message = format!("`{indicator}` by {} of `{}`", target.by.word(), target.group);
    if target.by == By::All || shape.groups == Groups::All {
        if target.group != "all" {
            blame("group", message, "make the group `all`".to_owned());
        }
        return;
    }
    if target.group == "all" {
        return blame("group", message, "name a group; what is of everyone is by `all`".to_owned());
    }
    if shape.groups == Groups::One && target.group.contains('|') {
        return blame("group", message, format!("`{indicator}` is told of one group at a time"));
    }
    named("group", &target.group, target.by, blame);
}

fn versus(target: &Target, blame: Blame) {
    let indicator = target.indicator.word();
    let kind = target.indicator.shape().versus;
    match (kind, &target.versus) {
        (Versus::Nothing | Versus::MayBeGroups, None) | (Versus::Set, _) => {}
        (Versus::Nothing, Some(versus)) => {
            let message = format!("`{indicator}` against `{versus}`");
            blame("versus", message, format!("`{indicator}` is compared with nothing: leave it empty"));
        }
        (Versus::Groups, None) => {
            let help = "name the group it is seen from".to_owned();
            blame("versus", format!("`{indicator}` without `versus`"), help);
        }
        (Versus::MayBeGroups | Versus::Groups, Some(versus)) if *versus == target.group || target.by == By::All => {
            let message = format!("`{}` against `{versus}`", target.group);
            blame("versus", message, "name another group of the same grouping".to_owned());
        }
        (Versus::MayBeGroups | Versus::Groups, Some(versus)) => named("versus", versus, target.by, blame),
    }
}

/// Names of groups joined by `|`, each once.
fn named(column: &str, names: &str, by: By, blame: Blame) {
    let groups = || by.groups().iter().copied();
    let mut seen: Vec<&str> = Vec::new();
    for name in names.split('|') {
        if groups().all(|group| group != name) {
            let message = format!("unknown group `{name}` of {}", by.word());
            blame(column, message, did_you_mean(name, groups()));
        } else if seen.contains(&name) {
            blame(column, format!("`{name}` stands twice"), "leave one out".to_owned());
        }
        seen.push(name);
    }
}
