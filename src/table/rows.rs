//! Small irregular tables, one struct a row.

use std::path::Path;

use csv::ByteRecord;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::text::{Faults, columns, has_width, next_row, place, reader};
use crate::config::slip::Slip;
use crate::error::{Problems, SourceFile};

/// Reads a small table into one `T` a row; `T` is a struct, the columns are its fields.
///
/// Everything wrong is added to `problems`; then there are no rows. An empty field is `None` for an `Option`.
pub fn read_rows<T: DeserializeOwned>(path: &Path, problems: &mut Problems) -> Option<Vec<T>> {
    let file = SourceFile::read(path, problems)?;
    rows_of(&file, problems)
}

/// The same for text that is read already.
pub(super) fn rows_of<T: DeserializeOwned>(file: &SourceFile, problems: &mut Problems) -> Option<Vec<T>> {
    let mut faults = Faults::new(file);
    let mut fields: &[&str] = &[];
    // Always an error: it only asks the type for its fields.
    let _ = T::deserialize(Fields(&mut fields));
    let rows = fill(fields, &mut faults);
    faults.settle(rows, problems)
}

fn fill<T: DeserializeOwned>(fields: &'static [&'static str], faults: &mut Faults<'_>) -> Vec<T> {
    let mut reader = reader(faults.file);
    let Some(columns) = columns(fields, &mut reader, faults) else { return Vec::new() };
    let mut rows = Vec::new();
    let mut row = ByteRecord::new();
    while next_row(&mut reader, &mut row) {
        if !has_width(&row, columns.len(), faults) {
            continue;
        }
        let mut next = 0;
        match T::deserialize(Row { fields, columns: &columns, record: &row, next: &mut next }) {
            Ok(read) => rows.push(read),
            Err(slip) => {
                let at = next.saturating_sub(1);
                let help = match &slip {
                    Slip::Wrong { help, .. } => help.as_str(),
                    Slip::Known | Slip::Missing(_) => "",
                };
                let name = fields.get(at).copied().unwrap_or_default();
                let message = || format!("`{name}`: {slip}");
                faults.add_at(&place(&row), columns.get(at).copied().unwrap_or(0), message, help);
            }
        }
    }
    rows
}

/// Learns the fields of a struct.
struct Fields<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Fields<'_> {
    type Error = Slip;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Slip> {
        Err(Slip::Known)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Slip> {
        *self.0 = fields;
        Err(Slip::Known)
    }

    forward_to_deserialize_any! {
        bool u8 u16 u32 u64 u128 i8 i16 i32 i64 i128 f32 f64 char str string seq bytes byte_buf map option unit
        ignored_any unit_struct newtype_struct tuple_struct tuple enum identifier
    }
}

/// A row as a struct; `next` tells how far it was read.
struct Row<'a> {
    fields: &'static [&'static str],
    columns: &'a [usize],
    record: &'a ByteRecord,
    next: &'a mut usize,
}

impl<'de> Deserializer<'de> for Row<'_> {
    type Error = Slip;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        visitor.visit_map(self)
    }

    forward_to_deserialize_any! {
        bool u8 u16 u32 u64 u128 i8 i16 i32 i64 i128 f32 f64 char str string seq bytes byte_buf map option unit
        ignored_any unit_struct newtype_struct tuple_struct tuple struct enum identifier
    }
}

impl<'de> MapAccess<'de> for Row<'_> {
    type Error = Slip;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Slip> {
        self.fields.get(*self.next).map(|name| seed.deserialize(StrDeserializer::new(name))).transpose()
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Slip> {
        let bytes = &self.record[self.columns[*self.next]];
        *self.next += 1;
        seed.deserialize(Field(std::str::from_utf8(bytes).expect("the whole file is UTF-8")))
    }
}

/// A field, read as its type asks.
struct Field<'a>(&'a str);

macro_rules! parsed {
    ($($method:ident $visit:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
            match self.0.parse() {
                Ok(value) => visitor.$visit(value),
                Err(_) => visitor.visit_str(self.0),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Field<'_> {
    type Error = Slip;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        visitor.visit_str(self.0)
    }

    parsed! {
        deserialize_bool visit_bool
        deserialize_u8 visit_u8 deserialize_u16 visit_u16 deserialize_u32 visit_u32 deserialize_u64 visit_u64
        deserialize_i8 visit_i8 deserialize_i16 visit_i16 deserialize_i32 visit_i32 deserialize_i64 visit_i64
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        match self.0.parse::<f32>() {
            Ok(number) if number.is_finite() => visitor.visit_f32(number),
            Ok(_) => Err(Slip::custom("expected a finite number")),
            Err(_) => visitor.visit_str(self.0),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        match self.0.parse::<f64>() {
            Ok(number) if number.is_finite() => visitor.visit_f64(number),
            Ok(_) => Err(Slip::custom("expected a finite number")),
            Err(_) => visitor.visit_str(self.0),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        if self.0.is_empty() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Slip> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Slip> {
        visitor.visit_enum(StrDeserializer::new(self.0))
    }

    forward_to_deserialize_any! {
        <V: Visitor<'de>>
        u128 i128 char str string seq bytes byte_buf map unit ignored_any unit_struct tuple_struct tuple struct
        identifier
    }
}
