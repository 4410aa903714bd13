//! Named numbers of the configuration, and the scales they are searched on.
//!
//! A parameter is named as for `--set`: the file, a dot, the key; further dots lead into tables, numbers into arrays, as in
//! `family/pairing.level` or `smoking.start_level.1`. It is moved within its interval alone. On its scale (as it is, its logarithm, its
//! log odds) the interval is stretched to all real numbers,
//!
//! ```text
//! t = ln((s(x) − s(low)) / (s(high) − s(x)))
//! ```
//!
//! so that the search cannot leave it.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Value;

use crate::config::ParameterRow;
use crate::config::names::did_you_mean;
use crate::run::model::Model;

/// Values have this many digits: what is proposed is what was simulated.
const DIGITS: usize = 5;
/// At an end of its interval a parameter is moved in by this share of it.
const INSIDE: f64 = 0.001;
/// A value is near an end of its interval within this share of it.
const NEAR: f64 = 0.05;

/// On which scale a parameter is searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// Logarithms if the interval is above 0, else as it is.
    #[default]
    Natural,
    /// As it is.
    Linear,
    /// Its logarithm.
    Log,
    /// Its log odds.
    Logit,
}

/// A number that may be moved.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// As it was named.
    pub name: String,
    /// The file, as for `--set`.
    pub file: String,
    /// The key in `[params]`.
    pub key: String,
    /// What leads further.
    pub path: Vec<String>,
    /// The value in force.
    pub value: f64,
    /// Within which it may be moved.
    pub interval: [f64; 2],
    /// On which scale.
    pub scale: Scale,
    /// The whole parameter, of which it may be a part.
    whole: Value,
}

/// What of a parameter is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its name, or what it leads to.
    Name,
    /// Its interval.
    Interval,
}

/// Why a name is no parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoParameter {
    /// Where it is wrong.
    pub part: Part,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl NoParameter {
    /// Wrong by its name, or by what that leads to.
    #[must_use]
    pub fn of_name(message: String, help: String) -> Self {
        Self { part: Part::Name, message, help }
    }

    fn of_interval(message: String, help: &str) -> Self {
        Self { part: Part::Interval, message, help: help.to_owned() }
    }
}

impl Parameter {
    /// Finds a parameter by its name.
    ///
    /// # Errors
    ///
    /// If there is none of this name, or it is no number with an interval.
    pub fn find(model: &Model, name: &str, scale: Scale, narrowed: Option<[f64; 2]>) -> Result<Self, NoParameter> {
        let wrong = NoParameter::of_name;
        let files = files(model);
        let (file, rest) = name.split_once('.').unwrap_or((name, ""));
        let Some(rows) = files.get(file) else {
            return Err(wrong(format!("unknown parameter file `{file}`"), did_you_mean(file, files.keys().copied())));
        };
        let mut steps = rest.split('.').map(str::to_owned);
        let key = steps.next().unwrap_or_default();
        let path: Vec<String> = steps.collect();
        let Some(row) = rows.iter().find(|row| row.key == key) else {
            let help = did_you_mean(&key, rows.iter().map(|row| row.key.as_str()));
            let message = if key.is_empty() {
                format!("`{file}` is a file of parameters, not one of them")
            } else {
                format!("unknown parameter `{key}` of {file}")
            };
            return Err(wrong(message, help));
        };
        let whole = parsed(&row.value);
        let place = whole.as_ref().and_then(|whole| place(whole, &path));
        let (Some(whole), Some((value, index))) = (whole, place) else {
            let help = "name one number: dots lead into tables, numbers counted from 0 into arrays".to_owned();
            return Err(wrong(format!("`{name}` is {}, not one number", row.value), help));
        };
        let given = if row.bounds.len() == 1 { row.bounds.first() } else { row.bounds.get(index) };
        if let (Some([low, high]), Some([least, most])) = (narrowed, given.copied())
            && (low < least || high > most)
        {
            let message =
                format!("`{name}` has the interval [{low}, {high}], wider than [{least}, {most}] in [evidence]");
            return Err(NoParameter::of_interval(message, "narrow it: beyond its evidence no value is proposed"));
        }
        let Some(interval) = narrowed.or_else(|| given.copied()) else {
            return Err(wrong(
                format!("`{name}` has no interval"),
                "give it one in [evidence], or in the plan of the calibration".to_owned(),
            ));
        };
        if is_whole(&whole, &path) {
            return Err(wrong(
                format!("`{name}` is a whole number, which cannot be moved step by step"),
                format!("leave it out; if it may have a fraction, write {value:?} in {file}.toml"),
            ));
        }
        let parameter = Self { name: name.to_owned(), file: file.to_owned(), key, path, value, interval, scale, whole };
        parameter.checked()
    }

    fn checked(self) -> Result<Self, NoParameter> {
        let [low, high] = self.interval;
        let wrong = |message: String, help: &str| Err(NoParameter::of_interval(message, help));
        if low >= high {
            let message = format!("`{}` has the interval [{low}, {high}]", self.name);
            return wrong(message, "put the lower end first");
        }
        if !(low..=high).contains(&self.value) {
            let message = format!("`{}` is {}, not within [{low}, {high}]", self.name, self.value);
            return wrong(message, "correct the interval");
        }
        let is_fit = match self.scale {
            Scale::Natural | Scale::Linear => true,
            Scale::Log => low > 0.0,
            Scale::Logit => low > 0.0 && high < 1.0,
        };
        if !is_fit {
            let message = format!("`{}` has the interval [{low}, {high}], which its scale does not hold", self.name);
            return wrong(message, "use another scale, or a narrower interval");
        }
        Ok(self)
    }

    /// The place on the line of the search of a value.
    #[must_use]
    pub fn place_of(&self, value: f64) -> f64 {
        let [low, high] = self.interval.map(|end| self.scaled(end));
        let share = ((self.scaled(value) - low) / (high - low)).clamp(INSIDE, 1.0 - INSIDE);
        libm::log(share / (1.0 - share))
    }

    /// The value of a place on the line of the search, with as many digits as are proposed.
    #[must_use]
    pub fn value_at(&self, place: f64) -> f64 {
        let [low, high] = self.interval.map(|end| self.scaled(end));
        let share = 1.0 / (1.0 + libm::exp(-place));
        let value = self.unscaled(low + share * (high - low));
        rounded(value).clamp(self.interval[0], self.interval[1])
    }

    /// Whether a value is within a twentieth of an end of the interval, on its scale: beyond the end the best value may be.
    #[must_use]
    pub fn is_near_an_end(&self, value: f64) -> bool {
        let [low, high] = self.interval.map(|end| self.scaled(end));
        let share = (self.scaled(value) - low) / (high - low);
        !(NEAR..=1.0 - NEAR).contains(&share)
    }

    fn scale(&self) -> Scale {
        match self.scale {
            Scale::Natural if self.interval[0] > 0.0 => Scale::Log,
            Scale::Natural => Scale::Linear,
            own => own,
        }
    }

    fn scaled(&self, value: f64) -> f64 {
        match self.scale() {
            Scale::Log => libm::log(value),
            Scale::Logit => libm::log(value / (1.0 - value)),
            Scale::Linear | Scale::Natural => value,
        }
    }

    fn unscaled(&self, value: f64) -> f64 {
        match self.scale() {
            Scale::Log => libm::exp(value),
            Scale::Logit => 1.0 / (1.0 + libm::exp(-value)),
            Scale::Linear | Scale::Natural => value,
        }
    }
}

/// The settings, as for `--set`, that give parameters these values.
#[must_use]
pub fn settings(parameters: &[Parameter], values: &[f64]) -> Vec<String> {
    let mut wholes: BTreeMap<(&str, &str), Value> = BTreeMap::new();
    for (parameter, value) in parameters.iter().zip(values) {
        let whole = wholes.entry((&parameter.file, &parameter.key)).or_insert_with(|| parameter.whole.clone());
        if let Some(number) = number(whole, &parameter.path) {
            *number = Value::Float(*value);
        }
    }
    wholes.into_iter().map(|((file, key), whole)| format!("{file}.{key}={whole}")).collect()
}

/// Five digits.
fn rounded(value: f64) -> f64 {
    format!("{value:.*e}", DIGITS - 1).parse().expect("a number")
}

/// The parameters of every file, by its name.
fn files(model: &Model) -> BTreeMap<&str, &[ParameterRow]> {
    let others = model.parameters.iter().map(|(file, rows)| (*file, &rows[..]));
    model.mechanisms.iter().map(|mechanism| (mechanism.name, &mechanism.parameters[..])).chain(others).collect()
}

fn parsed(text: &str) -> Option<Value> {
    format!("it = {text}").parse::<toml::Table>().ok()?.remove("it")
}

/// The number a path leads to.
fn number<'v>(value: &'v mut Value, path: &[String]) -> Option<&'v mut Value> {
    path.iter().try_fold(value, |value, step| match value {
        Value::Table(table) => table.get_mut(step),
        Value::Array(items) => items.get_mut(index(step)?),
        Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => None,
    })
}

/// A place in an array, which is written in one way only.
fn index(step: &str) -> Option<usize> {
    step.parse().ok().filter(|index: &usize| index.to_string() == step)
}

/// Whether a path leads to a whole number.
fn is_whole(whole: &Value, path: &[String]) -> bool {
    number(&mut whole.clone(), path).is_some_and(|value| value.is_integer())
}

/// The number a path leads to, and its place among all numbers of an array.
#[expect(clippy::cast_precision_loss, reason = "numbers of the configuration")]
fn place(whole: &Value, path: &[String]) -> Option<(f64, usize)> {
    let mut copy = whole.clone();
    let value = match number(&mut copy, path)? {
        Value::Float(value) => *value,
        Value::Integer(value) => *value as f64,
        Value::String(_) | Value::Boolean(_) | Value::Datetime(_) | Value::Array(_) | Value::Table(_) => return None,
    };
    // Before it stand all numbers of the items before each item on its way.
    let mut before = 0;
    let mut at = whole;
    for step in path {
        at = match at {
            Value::Array(items) => {
                let index = index(step)?;
                before += items[..index].iter().map(numbers).sum::<usize>();
                &items[index]
            }
            Value::Table(table) => table.get(step)?,
            Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {
                return None;
            }
        };
    }
    Some((value, before))
}

fn numbers(value: &Value) -> usize {
    match value {
        Value::Integer(_) | Value::Float(_) => 1,
        Value::Array(items) => items.iter().map(numbers).sum(),
        Value::Table(table) => table.values().map(numbers).sum(),
        Value::String(_) | Value::Boolean(_) | Value::Datetime(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(value: f64, interval: [f64; 2], scale: Scale) -> Parameter {
        Parameter {
            name: "school.rate".to_owned(),
            file: "school".to_owned(),
            key: "rate".to_owned(),
            path: Vec::new(),
            value,
            interval,
            scale,
            whole: Value::Float(value),
        }
    }

    #[test]
    fn a_value_comes_back_from_its_place_on_every_scale() {
        for scale in [Scale::Natural, Scale::Linear, Scale::Log, Scale::Logit] {
            let parameter = parameter(0.3, [0.1, 0.8], scale);
            assert!((parameter.value_at(parameter.place_of(0.3)) - 0.3).abs() < 1e-12, "{scale:?}");
            assert!((0.1..0.11).contains(&parameter.value_at(-9.0)) && (0.79..=0.8).contains(&parameter.value_at(9.0)));
        }
    }

    #[test]
    fn the_middle_of_the_line_is_the_middle_of_the_interval_on_its_scale() {
        // √(0.1 · 10) = 1; (−1 + 3) / 2 = 1; odds of 1/9 and 9: even.
        assert_eq!(parameter(1.0, [0.1, 10.0], Scale::Natural).value_at(0.0), 1.0);
        assert_eq!(parameter(1.0, [-1.0, 3.0], Scale::Natural).value_at(0.0), 1.0);
        assert_eq!(parameter(0.5, [0.1, 0.9], Scale::Logit).value_at(0.0), 0.5);
    }

    #[test]
    fn only_the_outer_twentieths_are_near_an_end() {
        let parameter = parameter(1.0, [0.0, 10.0], Scale::Linear);
        assert_eq!(
            [0.0, 0.4, 0.6, 9.4, 9.6].map(|value| parameter.is_near_an_end(value)),
            [true, true, false, false, true]
        );
    }

    #[test]
    fn numbers_of_one_parameter_are_set_together() {
        let whole = parsed("[1, [2.5, 3], { a = 4.0 }]").expect("TOML");
        let of = |path: &[&str], value: f64| {
            let path: Vec<String> = path.iter().map(|step| (*step).to_owned()).collect();
            Parameter { path, whole: whole.clone(), ..parameter(value, [0.0, 9.0], Scale::Linear) }
        };
        let settings = settings(&[of(&["1", "0"], 2.5), of(&["2", "a"], 4.0)], &[7.0, 8.0]);
        assert_eq!(settings, ["school.rate=[1, [7.0, 3], { a = 8.0 }]"]);
        let path = |steps: &[&str]| steps.iter().map(|step| (*step).to_owned()).collect::<Vec<_>>();
        assert_eq!(place(&whole, &path(&["1", "1"])), Some((3.0, 2)));
        assert_eq!(place(&whole, &path(&["1"])), None);
    }

    #[test]
    fn values_have_five_digits() {
        assert_eq!([rounded(0.123_456_789), rounded(123_456.0), rounded(0.0)], [0.123_46, 123_460.0, 0.0]);
    }

    #[test]
    fn a_scale_must_hold_the_interval() {
        assert!(parameter(0.5, [0.0, 0.8], Scale::Log).checked().is_err());
        assert!(parameter(0.5, [0.1, 1.0], Scale::Logit).checked().is_err());
        assert!(parameter(0.5, [0.6, 0.8], Scale::Linear).checked().is_err(), "outside");
        assert!(parameter(0.5, [0.0, 0.8], Scale::Natural).checked().is_ok());
    }
}
