//! What serde finds wrong with one value, in the words of a user.

use std::fmt;

use serde::de::{Error, Expected, Unexpected};

use super::names::did_you_mean;

/// Why a value could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slip {
    /// Something within it, which is reported already.
    Known,
    /// A key is missing.
    Missing(&'static str),
    /// The value itself is wrong.
    Wrong {
        /// What is wrong.
        message: String,
        /// What to do.
        help: String,
    },
}

impl fmt::Display for Slip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known => f.write_str("reported already"),
            Self::Missing(key) => write!(f, "missing key `{key}`"),
            Self::Wrong { message, .. } => f.write_str(message),
        }
    }
}

impl std::error::Error for Slip {}

impl Error for Slip {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Wrong { message: message.to_string(), help: String::new() }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = plain(expected);
        let message = format!("expected {expected}, found {}", seen(found));
        Self::Wrong { message, help: instead(found, &expected).to_owned() }
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        let expected = plain(expected);
        let message = format!("expected {expected}, found {length}");
        Self::Wrong { message, help: instead(Unexpected::Seq, &expected).to_owned() }
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::Wrong {
            message: format!("`{variant}` is not one of the choices"),
            help: did_you_mean(variant, expected.iter().copied()),
        }
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::Wrong { message: format!("unknown key `{field}`"), help: did_you_mean(field, expected.iter().copied()) }
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }
}

/// What serde expected, without the names of Rust's types.
fn plain(expected: &dyn Expected) -> String {
    let expected = expected.to_string();
    match expected.as_str() {
        "f32" | "f64" => "a number".to_owned(),
        "u8" => "a whole number from 0 to 255".to_owned(),
        "u16" => "a whole number from 0 to 65535".to_owned(),
        "u32" | "u64" | "u128" | "usize" => "a whole number, 0 or more".to_owned(),
        "i8" => "a whole number from -128 to 127".to_owned(),
        "i16" => "a whole number, such as a year".to_owned(),
        "i32" | "i64" | "i128" | "isize" => "a whole number".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a string" => "a text".to_owned(),
        "a sequence" => "an array".to_owned(),
        "a map" => "a table".to_owned(),
        "an array of length 2" => "an array of two values".to_owned(),
        _ if expected.starts_with("struct ") => "a table".to_owned(),
        _ if expected.starts_with("tuple struct ") => "an array".to_owned(),
        _ if expected.contains(" variant") => "a table { choice = value }".to_owned(),
        _ => expected,
    }
}

/// What to write instead, for slips that are common; else nothing.
fn instead(found: Unexpected<'_>, expected: &str) -> &'static str {
    match found {
        // A table of text, which has no quotes, has numbers that are wrong for another reason.
        Unexpected::Str(text) if expected == "a number" && text.parse::<f64>().is_ok() => {
            "write the number without quotes"
        }
        Unexpected::Str(text) if expected.starts_with("a whole number") && text.parse::<u16>().is_ok() => {
            "write the number without quotes"
        }
        Unexpected::Str(_) if expected == "true or false" => "write true or false, without quotes",
        Unexpected::Map if expected == "an array" => "put it in an array: `[{ … }]`, or as a table of its own `[[…]]`",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) | Unexpected::Seq
            if expected == "an array of two values" =>
        {
            "give the first and the last, such as [18, 67]"
        }
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) if expected == "a text" => {
            "put it in quotes"
        }
        _ => "",
    }
}

/// What was found instead.
fn seen(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(truth) => truth.to_string(),
        Unexpected::Unsigned(number) => number.to_string(),
        Unexpected::Signed(number) => number.to_string(),
        Unexpected::Float(number) => number.to_string(),
        Unexpected::Str(text) => format!("the text {text:?}"),
        Unexpected::Seq => "an array".to_owned(),
        Unexpected::Map => "a table".to_owned(),
        Unexpected::UnitVariant => "a choice without a value".to_owned(),
        other => other.to_string(),
    }
}
