//! Reading the keys of tables, which are texts, years or choices.

use serde::de::value::StrDeserializer;
use serde::de::{Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::slip::Slip;
use super::spanned::{SPANNED, Spanned};
use super::tree::Node;

/// Reads the key of a node: a text, or a whole number if the type asks for one.
pub(super) struct KeyReader<'t>(pub &'t Node);

macro_rules! numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Slip> {
            match self.0.name.parse() {
                Ok(number) => whole(number, visitor),
                Err(_) => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'t> Deserializer<'t> for KeyReader<'t> {
    type Error = Slip;

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Slip> {
        visitor.visit_borrowed_str(&self.0.name)
    }

    numbers! {
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
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
        if name == SPANNED {
            let span = self.0.key.clone();
            return visitor.visit_map(Spanned::new(fields, &span, self));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'t>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Slip> {
        visitor.visit_enum(StrDeserializer::new(&self.0.name))
    }

    forward_to_deserialize_any! {
        <V: Visitor<'t>>
        bool u128 i128 f32 f64 char str string seq bytes byte_buf map option unit ignored_any
        unit_struct tuple_struct tuple identifier
    }
}

/// Gives a whole number in the form that serde's number types take.
pub(super) fn whole<'t, V: Visitor<'t>>(number: i128, visitor: V) -> Result<V::Value, Slip> {
    match (i64::try_from(number), u64::try_from(number)) {
        (Ok(number), _) => visitor.visit_i64(number),
        (Err(_), Ok(number)) => visitor.visit_u64(number),
        (Err(_), Err(_)) => visitor.visit_i128(number),
    }
}
