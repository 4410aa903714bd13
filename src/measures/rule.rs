//! Rules: parameters of mechanisms that a measure changes.

use std::ops::Range;

use toml::Spanned;

use crate::config::names::did_you_mean;
use crate::error::Problems;
use crate::model::rule::Ruled;

use super::check::Checker;
use super::formula::Formula;
use super::measure::{Measure, SHIFTS};
use super::written::{Value, WrittenRule};

/// A parameter changed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OneRule {
    pub mechanism: &'static str,
    pub parameter: String,
    pub value: RuleValue,
}

/// The new value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum RuleValue {
    /// A number made of parameters.
    Formula(Formula),
    /// Anything that TOML can say, as TOML.
    Toml(String),
}

impl Checker<'_> {
    /// A rule that the mechanism takes.
    pub(super) fn rule(&mut self, written: &Spanned<WrittenRule>) -> Option<OneRule> {
        let (rule, against) = (written.get_ref(), self.against);
        let Some(ruled) = against.ruled.iter().find(|ruled| ruled.mechanism == rule.mechanism.get_ref()) else {
            let help = did_you_mean(rule.mechanism.get_ref(), against.ruled.iter().map(|ruled| ruled.mechanism));
            self.wrong(rule.mechanism.span(), format!("there is no mechanism `{}`", rule.mechanism.get_ref()), help);
            return None;
        };
        let parameter = rule.parameter.get_ref();
        if !ruled.parameters.contains(parameter) {
            let help = did_you_mean(parameter, ruled.parameters.iter().map(String::as_str));
            self.wrong(rule.parameter.span(), format!("`{}` has no parameter `{parameter}`", ruled.mechanism), help);
            return None;
        }
        let (value, at) = match (&rule.value, &rule.set) {
            (Some(value), None) => {
                if rule.evidence.is_some() || matches!(value.get_ref(), Value::Number(_)) {
                    self.wrong(
                        value.span(),
                        "`value` is a formula of [params]",
                        "give anything else as `set`, with evidence",
                    );
                    return None;
                }
                (RuleValue::Formula(self.formula(value, SHIFTS, "the value")?), value.span())
            }
            (None, Some(set)) => {
                match &rule.evidence {
                    Some(evidence) => self.evidence(evidence, set.get_ref().as_float()),
                    None => self.wrong(set.span(), "the value has no evidence", "add `evidence = { … }`"),
                }
                (RuleValue::Toml(set.get_ref().to_string()), set.span())
            }
            (Some(_), Some(_)) | (None, None) => {
                self.wrong(
                    written.span(),
                    "a rule has either `value` or `set`",
                    "`value` is a formula of [params], `set` a value as in the configuration",
                );
                return None;
            }
        };
        let one = OneRule { mechanism: ruled.mechanism, parameter: parameter.clone(), value };
        let text = match &one.value {
            RuleValue::Formula(formula) => setting(parameter, &format!("{:?}", self.central(formula))),
            RuleValue::Toml(toml) => setting(parameter, toml),
        };
        self.try_rule(ruled, &text, at).then_some(one)
    }

    /// Whether the mechanism takes the new parameter.
    fn try_rule(&mut self, ruled: &Ruled, setting: &str, at: Range<usize>) -> bool {
        let mut wrong = Problems::default();
        let sound = (ruled.change)(&[setting.to_owned()], &mut wrong).is_some();
        for problem in wrong {
            let message = format!("`{}` refuses it: {problem}", ruled.mechanism);
            self.wrong(at.clone(), message, "a rule passes the same checks as a configuration");
        }
        sound
    }
}

/// A parameter and its value.
fn setting(parameter: &str, value: &str) -> String {
    format!("{parameter}={value}")
}

impl OneRule {
    /// The parameter and its value.
    pub fn setting(&self, measure: &Measure) -> String {
        match &self.value {
            RuleValue::Formula(formula) => setting(&self.parameter, &format!("{:?}", measure.value(formula))),
            RuleValue::Toml(toml) => setting(&self.parameter, toml),
        }
    }
}
