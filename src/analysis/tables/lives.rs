//! `lives.arrow`: life histories, one row a person and year.

use std::sync::Arc;

use crate::accounts::arrow::{Column, Data, Table};
use crate::accounts::lives::Lives;
use crate::model::simulation::Declared;
use crate::record::lexis::Lived;
use crate::units::Sex;

/// The table of some arms' histories; none if nobody is in the sample.
#[must_use]
pub fn table(arms: &[&str], lives: &[Lives], declared: &Declared) -> Option<Table> {
    if lives.iter().all(|lives| lives.year.is_empty()) {
        return None;
    }
    let names =
        arms.iter().map(|arm| Arc::<str>::from(*arm)).zip(lives).flat_map(|(arm, lives)| vec![arm; lives.year.len()]);
    let mut columns = vec![
        Column::text("arm", "`reference` or the id of the package", names),
        Column::int32(
            "year",
            "calendar year",
            "the year lived",
            lives.iter().flat_map(|lives| &lives.year).map(|year| (*year).into()),
        ),
        Column::new(
            "id",
            "1",
            "the person, the same in every arm: 64 bits of lineage",
            Data::UInt64(lives.iter().flat_map(|lives| &lives.id).copied().collect()),
        ),
        Column::word(
            "sex",
            "registered sex",
            Sex::WORDS,
            lives.iter().flat_map(|lives| &lives.sex).map(|sex| (*sex).into()),
        ),
        Column::int32(
            "age",
            "years",
            "age reached in the year",
            lives.iter().flat_map(|lives| &lives.age).map(|age| (*age).into()),
        ),
        Column::word(
            "lived",
            "how the year was lived",
            Lived::WORDS,
            lives.iter().flat_map(|lives| &lives.lived).map(|way| (*way).into()),
        ),
    ];
    for (place, reader) in declared.readers.iter().enumerate() {
        let attribute = reader.attribute;
        let values = lives.iter().filter_map(|lives| lives.attributes.get(place)).flatten();
        columns.push(Column::number(
            attribute.name,
            attribute.unit,
            attribute.about,
            values.map(|value| (*value).into()),
        ));
    }
    Some(Table { name: "lives", columns })
}
