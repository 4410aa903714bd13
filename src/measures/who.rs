//! Who may be reached: conditions on attributes.

use toml::Spanned;

use crate::model::attribute::Values;
use crate::model::reach::{Holds, of_ages};
use crate::model::simulation::{AGE, SEX};
use crate::record::lexis::COHORTS;
use crate::units::Sex;

use crate::config::names::did_you_mean;

use super::check::Checker;
use super::measure::Measure;
use super::written::WrittenCondition;

/// Who may be reached.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Who {
    /// By sex and age reached.
    pub ages: [[bool; COHORTS]; 2],
    /// What else is asked: an attribute, as its place among those declared, and what of it.
    pub tests: Vec<(usize, Holds)>,
}

impl Who {
    /// Everyone.
    pub fn everyone() -> Self {
        Self { ages: [[true; COHORTS]; 2], tests: Vec::new() }
    }

    /// The sexes and ages, as text.
    pub fn ages_in_words(&self) -> String {
        let of = |sex: Sex| {
            let ages = &self.ages[sex.index()];
            let (first, last) = (ages.iter().position(|is| *is)?, ages.iter().rposition(|is| *is)?);
            Some(format!("{} of ages {first} to {last}", if sex == Sex::Female { "women" } else { "men" }))
        };
        Sex::BOTH.into_iter().filter_map(of).collect::<Vec<_>>().join(" and ")
    }
}

impl Checker<'_> {
    /// The people who meet every condition.
    pub(super) fn who(&mut self, conditions: &[Spanned<WrittenCondition>]) -> Who {
        let mut who = Who::everyone();
        for condition in conditions {
            let Some((sight, holds)) = self.condition(condition) else { continue };
            let name = self.against.sights[sight].attribute.name;
            let before = who.tests.iter().find(|(other, _)| *other == sight).map(|(_, holds)| *holds);
            let joint = before.map_or(Some(holds), |before| both(before, holds));
            match joint {
                None => {
                    let message = format!("nobody meets this and the other condition on `{name}`");
                    self.wrong(condition.span(), message, "several conditions must all be met");
                }
                Some(joint) => {
                    who.tests.retain(|(other, _)| *other != sight);
                    who.tests.push((sight, joint));
                }
            }
        }
        // Sex and age are known without a column.
        let place = |name| self.against.sights.iter().position(|sight| sight.attribute.name == name);
        let (sex, age) = (place(SEX.name), place(AGE.name));
        for (sight, holds) in std::mem::take(&mut who.tests) {
            #[expect(clippy::cast_precision_loss, reason = "an age below 128")]
            let is_met = |of_sex: Sex, of_age: usize| match Some(sight) {
                one if one == sex => holds.of(f32::from(of_sex as u8)),
                one if one == age => holds.of(of_age as f32),
                _ => true,
            };
            let met = of_ages(is_met);
            for (mine, met) in who.ages.as_flattened_mut().iter_mut().zip(met.as_flattened()) {
                *mine &= met;
            }
            if Some(sight) != sex && Some(sight) != age {
                who.tests.push((sight, holds));
            }
        }
        who
    }

    /// Those of a measure's people who also meet the conditions of a package.
    pub(super) fn narrowed(&mut self, measure: &Measure, conditions: &Spanned<Vec<Spanned<WrittenCondition>>>) -> Who {
        let (id, before) = (&measure.id, self.problems.len());
        if conditions.get_ref().is_empty() {
            self.wrong(conditions.span(), "this narrows nothing", "give a condition, or leave `who` out");
        }
        let more = self.who(conditions.get_ref());
        let mut who = measure.who.clone();
        for (mine, more) in who.ages.as_flattened_mut().iter_mut().zip(more.ages.as_flattened()) {
            *mine &= more;
        }
        for (sight, holds) in more.tests {
            let own = who.tests.iter().find(|(other, _)| *other == sight).map(|(_, own)| *own);
            let Some(joint) = own.map_or(Some(holds), |own| both(own, holds)) else {
                let name = self.against.sights[sight].attribute.name;
                let message = format!("nobody meets this and the condition of `{id}` on `{name}`");
                self.wrong(conditions.span(), message, "a package may narrow a measure, not widen it");
                continue;
            };
            who.tests.retain(|(other, _)| *other != sight);
            who.tests.push((sight, joint));
        }
        let is_empty = who.ages.as_flattened().iter().all(|is| !is);
        if self.problems.len() == before && (is_empty || !measure.has_effect_on(&who)) {
            let help = format!("`{id}` is for {}", measure.who.ages_in_words());
            self.wrong(conditions.span(), format!("`{id}` reaches nobody of these"), help);
        }
        who
    }

    fn condition(&mut self, condition: &Spanned<WrittenCondition>) -> Option<(usize, Holds)> {
        let one = condition.get_ref();
        let sight = self.sight(&one.attribute)?;
        let attribute = self.against.sights[sight].attribute;
        let asked = [one.is.is_some(), one.within.is_some(), one.below.is_some(), one.above.is_some()];
        if asked.iter().filter(|asked| **asked).count() != 1 {
            let help = "give one of `is`, `in`, `below` and `above`; repeat the condition for more";
            self.wrong(condition.span(), format!("one thing is asked of `{}` at a time", attribute.name), help);
            return None;
        }
        match (attribute.values, &one.is) {
            (Values::Words(words), Some(is)) => {
                self.words(attribute.name, words, is.get_ref(), is.span()).map(|holds| (sight, holds))
            }
            (Values::Words(words), None) => {
                let help = format!("give `is` with one or more of {}", words.join(", "));
                self.wrong(condition.span(), format!("`{}` has words, no numbers", attribute.name), help);
                None
            }
            (Values::Range(..), Some(is)) => {
                self.wrong(
                    is.span(),
                    format!("`{}` has numbers, no words", attribute.name),
                    "give `in`, `below` or `above`",
                );
                None
            }
            (Values::Range(least, most), None) => {
                #[expect(clippy::cast_possible_truncation, reason = "attributes are f32")]
                let (low, high, at) = match (&one.within, &one.below, &one.above) {
                    (Some(within), ..) => (within.get_ref()[0] as f32, within.get_ref()[1] as f32, within.span()),
                    (_, Some(below), _) => (f32::NEG_INFINITY, (*below.get_ref() as f32).next_down(), below.span()),
                    (_, _, above) => {
                        let above = above.as_ref().expect("one of four");
                        ((*above.get_ref() as f32).next_up(), f32::INFINITY, above.span())
                    }
                };
                if low > high {
                    self.wrong(at, format!("nothing is from {low} to {high}"), "give the lower number first");
                    return None;
                }
                if f64::from(high) < least || f64::from(low) > most {
                    let message = format!("nobody is reached: `{}` goes from {least} to {most}", attribute.name);
                    self.wrong(at, message, format!("its unit is {}", attribute.unit));
                    return None;
                }
                Some((sight, Holds::Between(low, high)))
            }
        }
    }

    fn words(
        &mut self,
        name: &str,
        words: &[&str],
        asked: &super::written::Words,
        at: std::ops::Range<usize>,
    ) -> Option<Holds> {
        if asked.0.is_empty() {
            self.wrong(at, "nobody is reached: no word is given", format!("give one or more of {}", words.join(", ")));
            return None;
        }
        let mut bits = 0;
        for word in &asked.0 {
            let Some(place) = words.iter().position(|known| known == word) else {
                self.wrong(at, format!("`{word}` is no word of `{name}`"), did_you_mean(word, words.iter().copied()));
                return None;
            };
            bits |= 1 << place;
        }
        Some(Holds::OneOf(bits))
    }
}

/// What meets two conditions on one attribute; nothing if nothing does.
fn both(one: Holds, other: Holds) -> Option<Holds> {
    match (one, other) {
        (Holds::OneOf(one), Holds::OneOf(other)) => Some(Holds::OneOf(one & other)).filter(|_| one & other != 0),
        (Holds::Between(low, high), Holds::Between(other_low, other_high)) => {
            let (low, high) = (low.max(other_low), high.min(other_high));
            (low <= high).then_some(Holds::Between(low, high))
        }
        _ => None,
    }
}
