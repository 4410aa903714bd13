//! One round of reading a tree with serde; see [`collect`](super::collect).

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::collect::Ledger;
use super::key::{KeyReader, whole};
use super::names::did_you_mean;
use super::slip::Slip;
use super::spanned::{SPANNED, Spanned};
use super::tree::{Node, Value};

/// Reads one node.
#[derive(Clone, Copy)]
pub(super) struct Reader<'t> {
    pub node: &'t Node,
    pub ledger: &'t Ledger<'t>,
}

impl<'t> Reader<'t> {
    fn on(self, node: &'t Node) -> Self {
        Self { node, ..self }
    }

    /// The entries that are not passed over.
    fn entries(self) -> Vec<Entry<'t>> {
        self.node.entries().iter().filter(|entry| !self.ledger.is_wrong(entry)).map(Entry::There).collect()
    }

    fn entries_of(self, fields: &'static [&'static str]) -> Vec<Entry<'t>> {
        for entry in self.node.entries() {
            if !fields.contains(&entry.name.as_str()) {
                self.ledger.unknown(entry, did_you_mean(&entry.name, fields.iter().copied()));
            }
        }
        let absent = self.ledger.sought(self.node, fields).into_iter().map(Entry::Absent);
        self.entries().into_iter().chain(absent).collect()
    }
}

impl<'t> Deserializer<'t> for Reader<'t> {
    type Error = Slip;

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Slip> {
        match &self.node.value {
            Value::Text(text) => visitor.visit_borrowed_str(text),
            Value::Whole(number) => whole(*number, visitor),
            Value::Real(number) => visitor.visit_f64(*number),
            Value::Truth(truth) => visitor.visit_bool(*truth),
            Value::List(items) => {
                let items: Vec<&Node> = items.iter().filter(|item| !self.ledger.is_wrong(item)).collect();
                visitor.visit_seq(Items { reader: self, items: items.into_iter() })
            }
            Value::Table(_) => visitor.visit_map(Entries::new(self, self.entries())),
            Value::Refused(why) => Err(Slip::custom(why)),
        }
    }

    fn deserialize_f32<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Slip> {
        match &self.node.value {
            Value::Real(number) if number.abs() > f64::from(f32::MAX) => Err(Slip::custom("this number is too large")),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Slip> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(self, _: &'static str, visitor: V) -> Result<V::Value, Slip> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'t>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Slip> {
        match &self.node.value {
            _ if name == SPANNED => visitor.visit_map(Spanned::new(fields, &self.node.span, self)),
            Value::Table(_) => visitor.visit_map(Entries::new(self, self.entries_of(fields))),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'t>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Slip> {
        match (&self.node.value, self.node.entries()) {
            (Value::Text(variant), _) => visitor.visit_enum(StrDeserializer::new(variant)),
            (Value::Table(_), [entry]) if self.ledger.is_wrong(entry) => Err(Slip::custom("the choice is wrong")),
            (Value::Table(_), [entry]) => visitor.visit_enum(Choice(self.on(entry))),
            (Value::Table(_), []) => Err(Slip::Wrong {
                message: "the choice is missing".to_owned(),
                help: did_you_mean("", variants.iter().copied()),
            }),
            (Value::Table(_), [_, _, ..]) => Err(Slip::Wrong {
                message: "only one choice is possible".to_owned(),
                help: did_you_mean("", variants.iter().copied()),
            }),
            _ => Err(Slip::custom("expected a choice: a text, or a table { choice = value }")),
        }
    }

    fn deserialize_tuple<V: Visitor<'t>>(self, length: usize, visitor: V) -> Result<V::Value, Slip> {
        match &self.node.value {
            Value::List(items) if items.len() > length => {
                Err(Slip::custom(format_args!("expected an array of {length} values, found {}", items.len())))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        <V: Visitor<'t>>
        bool u8 u16 u32 u64 u128 i8 i16 i32 i64 i128 f64 char str string seq bytes byte_buf map unit ignored_any
        unit_struct tuple_struct identifier
    }
}

/// The elements of an array.
struct Items<'t> {
    reader: Reader<'t>,
    items: std::vec::IntoIter<&'t Node>,
}

impl<'t> SeqAccess<'t> for Items<'t> {
    type Error = Slip;

    fn next_element_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<Option<T::Value>, Slip> {
        let Some(item) = self.items.next() else { return Ok(None) };
        self.reader.ledger.judge(item, seed.deserialize(self.reader.on(item))).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// An entry of a table, or one that should be there.
#[derive(Clone, Copy)]
enum Entry<'t> {
    There(&'t Node),
    Absent(&'static str),
}

/// The entries of a table.
struct Entries<'t> {
    reader: Reader<'t>,
    rest: std::vec::IntoIter<Entry<'t>>,
    current: Option<Entry<'t>>,
}

impl<'t> Entries<'t> {
    fn new(reader: Reader<'t>, entries: Vec<Entry<'t>>) -> Self {
        Self { reader, rest: entries.into_iter(), current: None }
    }
}

impl<'t> MapAccess<'t> for Entries<'t> {
    type Error = Slip;

    fn next_key_seed<K: DeserializeSeed<'t>>(&mut self, seed: K) -> Result<Option<K::Value>, Slip> {
        self.current = self.rest.next();
        match self.current {
            Some(Entry::There(entry)) => {
                self.reader.ledger.judge_key(entry, seed.deserialize(KeyReader(entry))).map(Some)
            }
            Some(Entry::Absent(name)) => seed.deserialize(StrDeserializer::new(name)).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<T::Value, Slip> {
        match self.current.take().expect("serde asks for a key before its value") {
            Entry::There(entry) => self.reader.ledger.judge(entry, seed.deserialize(self.reader.on(entry))),
            Entry::Absent(name) => {
                seed.deserialize(Absent).map_err(|_| self.reader.ledger.lacks(self.reader.node, name))
            }
        }
    }
}

/// A value that is not there: `None` for an option, an error for all else.
struct Absent;

impl<'t> Deserializer<'t> for Absent {
    type Error = Slip;

    fn deserialize_any<V: Visitor<'t>>(self, _: V) -> Result<V::Value, Slip> {
        Err(Slip::Known)
    }

    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Slip> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        <V: Visitor<'t>>
        bool u8 u16 u32 u64 u128 i8 i16 i32 i64 i128 f32 f64 char str string seq bytes byte_buf map unit ignored_any
        unit_struct newtype_struct tuple_struct tuple struct enum identifier
    }
}

/// A choice with a value: a table with one entry.
struct Choice<'t>(Reader<'t>);

impl<'t> EnumAccess<'t> for Choice<'t> {
    type Error = Slip;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'t>>(self, seed: V) -> Result<(V::Value, Self), Slip> {
        let variant = self.0.ledger.judge_key(self.0.node, seed.deserialize(KeyReader(self.0.node)))?;
        Ok((variant, self))
    }
}

impl<'t> VariantAccess<'t> for Choice<'t> {
    type Error = Slip;

    fn unit_variant(self) -> Result<(), Slip> {
        let read = Err(Slip::custom("this choice takes no value: write it as a text"));
        self.0.ledger.judge(self.0.node, read)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'t>>(self, seed: T) -> Result<T::Value, Slip> {
        self.0.ledger.judge(self.0.node, seed.deserialize(self.0))
    }

    fn tuple_variant<V: Visitor<'t>>(self, _: usize, visitor: V) -> Result<V::Value, Slip> {
        self.0.ledger.judge(self.0.node, self.0.deserialize_any(visitor))
    }

    fn struct_variant<V: Visitor<'t>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Slip> {
        self.0.ledger.judge(self.0.node, self.0.deserialize_struct("", fields, visitor))
    }
}
