//! A scenario file as it is written: read, but not yet checked against the levers, attributes and mechanisms there are.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

use crate::config::{Evidence, Kind};
use crate::model::lever::Form;
use crate::record::future::Text;
use crate::units::Sex;

/// A scenario file: a measure, or a package of measures, or both.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    pub id: Spanned<String>,
    pub title: Text,
    pub about: Option<Text>,
    pub area: Option<String>,
    pub default: Option<bool>,
    pub from: Option<Spanned<i16>>,
    pub until: Option<Spanned<i16>>,
    pub who: Option<Vec<Spanned<WrittenCondition>>>,
    pub ramp: Option<Spanned<WrittenRamp>>,
    pub decay: Option<Spanned<f64>>,
    pub coverage: Option<Spanned<Value>>,
    pub already: Option<Spanned<Value>>,
    pub fidelity: Option<Spanned<Value>>,
    pub uptake: Option<Spanned<WrittenBy>>,
    pub delivery: Option<Spanned<WrittenBy>>,
    pub capacity: Option<Spanned<Value>>,
    pub cost: Option<Spanned<WrittenCost>>,
    pub params: Option<BTreeMap<Spanned<String>, Spanned<WrittenParam>>>,
    pub effect: Option<Spanned<Vec<Spanned<WrittenEffect>>>>,
    pub rule: Option<Vec<Spanned<WrittenRule>>>,
    pub support: Option<Vec<Spanned<WrittenSupport>>>,
    pub measures: Option<Spanned<Vec<Spanned<WrittenEntry>>>>,
    pub equal_cost: Option<Spanned<WrittenEqualCost>>,
}

/// What of a package is solved so that it costs as much as another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenEqualCost {
    #[serde(rename = "as")]
    pub other: Spanned<String>,
    pub years: Spanned<u8>,
    /// Read for its word, which is the only one there is.
    #[expect(dead_code, reason = "the word says to readers what is solved")]
    pub solve: Unknown,
    pub measure: Option<Spanned<String>>,
}

/// What is solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unknown {
    /// How many a measure is offered to.
    Coverage,
}

/// One thing asked of an attribute.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenCondition {
    pub attribute: Spanned<String>,
    pub is: Option<Spanned<Words>>,
    #[serde(rename = "in")]
    pub within: Option<Spanned<[f64; 2]>>,
    pub below: Option<Spanned<f64>>,
    pub above: Option<Spanned<f64>>,
}

/// What grows, and in how many years.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenRamp {
    pub years: u8,
    pub of: Ramped,
}

/// What a ramp is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ramped {
    /// More and more people are reached.
    Coverage,
    /// Those reached feel more and more of it.
    Effect,
}

/// A factor for each word of an attribute.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenBy {
    pub by: Spanned<String>,
    pub values: Spanned<BTreeMap<Spanned<String>, Spanned<Value>>>,
}

/// What a measure costs the public.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenCost {
    pub nok: Spanned<Value>,
    pub per: Per,
    pub prices: i16,
}

/// What a cost is counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Per {
    /// Somebody reached who was not the year before.
    #[serde(rename = "person reached")]
    Person,
    /// Somebody reached, in each year of it.
    #[serde(rename = "person-year reached")]
    PersonYear,
    /// A year of the measure.
    #[serde(rename = "year")]
    Year,
}

/// A parameter with its evidence.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenParam {
    pub value: f64,
    pub unit: Spanned<String>,
    pub interval: Option<Spanned<[f64; 2]>>,
    pub dist: Spanned<Dist>,
    pub shape: Option<Spanned<[f64; 2]>>,
    pub grade: Spanned<Grade>,
    pub kind: Kind,
    pub source: Option<Spanned<String>>,
    pub also: Option<Vec<Spanned<String>>>,
    pub note: Option<String>,
    pub left_out: Option<String>,
    pub decisive: Option<Spanned<bool>>,
}

/// How sure a parameter is spread around its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dist {
    /// The logarithm is normal; `shape` is its mean and standard deviation.
    Lognormal,
    /// Normal; `shape` is mean and standard deviation.
    Normal,
    /// A beta distribution; `shape` is alpha and beta.
    Beta,
    /// PERT: the value is the mode, the interval the ends.
    Pert,
    /// No spread.
    Fixed,
}

/// How strong the evidence is for sign and size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// Randomised or quasi-experimental, or a large consistent synthesis.
    Strong,
    /// Some of that.
    Moderate,
    /// Little of that.
    Weak,
    /// None: a choice of ours.
    Assumption,
}

impl Grade {
    /// The word in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Strong => "strong",
            Self::Moderate => "moderate",
            Self::Weak => "weak",
            Self::Assumption => "assumption",
        }
    }
}

/// An effect at a lever.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenEffect {
    pub lever: Spanned<String>,
    pub form: Spanned<Form>,
    pub value: Spanned<Value>,
    pub sex: Option<SexWord>,
    pub ages: Option<Spanned<[u8; 2]>>,
    pub stronger: Option<Spanned<WrittenBy>>,
    pub evidence: Option<Spanned<Evidence>>,
}

/// One sex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SexWord {
    /// Women.
    Female,
    /// Men.
    Male,
}

impl SexWord {
    /// The sex.
    #[must_use]
    pub const fn sex(self) -> Sex {
        match self {
            Self::Female => Sex::Female,
            Self::Male => Sex::Male,
        }
    }
}

/// A parameter of a mechanism, changed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenRule {
    pub mechanism: Spanned<String>,
    pub parameter: Spanned<String>,
    pub value: Option<Spanned<Value>>,
    pub set: Option<Spanned<toml::Value>>,
    pub evidence: Option<Spanned<Evidence>>,
}

/// What a measure does for another one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenSupport {
    pub measure: Spanned<String>,
    pub of: Supported,
    pub value: Spanned<Value>,
}

/// What of another measure is lifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Supported {
    /// How many it is offered to.
    Coverage,
    /// How many take it.
    Uptake,
    /// How well it is done.
    Fidelity,
}

/// A measure in a package.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenPart {
    pub id: Spanned<String>,
    pub strength: Option<Spanned<f64>>,
    pub coverage: Option<Spanned<f64>>,
    pub who: Option<Spanned<Vec<Spanned<WrittenCondition>>>>,
    pub set: Option<BTreeMap<Spanned<String>, Spanned<f64>>>,
    pub from: Option<Spanned<i16>>,
    pub until: Option<Spanned<i16>>,
}

/// A number, or a formula of parameters.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A formula, not yet read.
    Text(String),
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ValueVisitor;
        #[expect(clippy::cast_precision_loss, reason = "numbers of a scenario are small")]
        impl Visitor<'_> for ValueVisitor {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a number, or a formula of [params] in quotes")
            }

            fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
                Ok(Value::Number(number))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
                Ok(Value::Number(number as f64))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
                Ok(Value::Number(number as f64))
            }

            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }
        }
        deserializer.deserialize_any(ValueVisitor)
    }
}

/// One word, or several.
#[derive(Clone, Debug, PartialEq)]
pub struct Words(pub Vec<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordsVisitor;
        impl<'de> Visitor<'de> for WordsVisitor {
            type Value = Words;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a word, or an array of words")
            }

            fn visit_str<E>(self, word: &str) -> Result<Words, E> {
                Ok(Words(vec![word.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut words: A) -> Result<Words, A::Error> {
                let mut all = Vec::new();
                while let Some(word) = words.next_element()? {
                    all.push(word);
                }
                Ok(Words(all))
            }
        }
        deserializer.deserialize_any(WordsVisitor)
    }
}

/// A measure in a package: its id, or a table.
#[derive(Clone, Debug)]
pub enum WrittenEntry {
    /// As its file says.
    Id(String),
    /// Otherwise than its file says.
    Part(Box<WrittenPart>),
}

impl WrittenEntry {
    /// What is otherwise than the measure's file says.
    pub fn part(&self) -> Option<&WrittenPart> {
        match self {
            Self::Id(_) => None,
            Self::Part(part) => Some(part),
        }
    }
}

impl<'de> Deserialize<'de> for WrittenEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntryVisitor;
        impl<'de> Visitor<'de> for EntryVisitor {
            type Value = WrittenEntry;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("the id of a measure, or a table { id = … }")
            }

            fn visit_str<E>(self, id: &str) -> Result<WrittenEntry, E> {
                Ok(WrittenEntry::Id(id.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<WrittenEntry, A::Error> {
                WrittenPart::deserialize(MapAccessDeserializer::new(map)).map(|part| WrittenEntry::Part(Box::new(part)))
            }
        }
        deserializer.deserialize_any(EntryVisitor)
    }
}
