//! Values with their places, for `toml::Spanned`.

use std::ops::Range;

use serde::de::value::{BorrowedStrDeserializer, UsizeDeserializer};
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess};

use super::slip::Slip;

/// How `toml::Spanned` announces itself: a struct of a start, an end and a value. Private there; a test holds it.
pub(super) const SPANNED: &str = "$__serde_spanned_private_Spanned";

/// A value with its place, for `toml::Spanned`.
pub(super) struct Spanned<D> {
    names: std::slice::Iter<'static, &'static str>,
    places: std::array::IntoIter<usize, 2>,
    value: Option<D>,
}

impl<D> Spanned<D> {
    pub fn new(names: &'static [&'static str], span: &Range<usize>, value: D) -> Self {
        Self { names: names.iter(), places: [span.start, span.end].into_iter(), value: Some(value) }
    }
}

impl<'t, D: Deserializer<'t, Error = Slip>> MapAccess<'t> for Spanned<D> {
    type Error = Slip;

    fn next_key_seed<K: DeserializeSeed<'t>>(&mut self, seed: K) -> Result<Option<K::Value>, Slip> {
        self.names.next().map(|name| seed.deserialize(BorrowedStrDeserializer::new(name))).transpose()
    }

    fn next_value_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<T::Value, Slip> {
        let place: Option<UsizeDeserializer<Slip>> = self.places.next().map(IntoDeserializer::into_deserializer);
        match place {
            Some(place) => seed.deserialize(place),
            None => seed.deserialize(self.value.take().expect("serde reads the value once")),
        }
    }
}
