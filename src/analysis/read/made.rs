//! Tables as they were made, without a file between.

use std::collections::BTreeMap;

use crate::accounts::arrow::{Data, Table};

use super::{Cell, Frame};

impl From<&Table> for Frame {
    fn from(table: &Table) -> Self {
        let cells = |data: &Data| match data {
            Data::Int32(values) => values.iter().map(|value| Cell::Integer((*value).into())).collect(),
            Data::Int64(values) => values.iter().map(|value| Cell::Integer(*value)).collect(),
            Data::UInt64(values) => {
                values.iter().map(|value| value.map_or(Cell::Number(None), Cell::Id)).collect::<Vec<Cell>>()
            }
            Data::Number(values) => {
                values.iter().map(|value| Cell::Number(Some(*value).filter(|value| value.is_finite()))).collect()
            }
            Data::Word { words, keys } => {
                let word = |key: &i8| words[usize::try_from(*key).expect("a place among words")].to_owned();
                keys.iter().map(|key| Cell::Word(word(key))).collect()
            }
            Data::Text { words, keys } => keys.iter().map(|key| Cell::Word(words[*key as usize].to_string())).collect(),
        };
        Self {
            metadata: BTreeMap::new(),
            names: table.columns.iter().map(|column| column.name.clone()).collect(),
            columns: table.columns.iter().map(|column| cells(&column.data)).collect(),
        }
    }
}
