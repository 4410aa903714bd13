//! `lives.arrow`: life histories, one row a person and year.

use std::num::NonZeroU64;
use std::sync::Arc;

use crate::accounts::arrow::{Column, Table};
use crate::accounts::lives::{Id, Lives};
use crate::model::family::Role;
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
        Column::id(
            "id",
            "the person, the same in every arm: 64 bits of lineage",
            lives.iter().flat_map(|lives| &lives.id).map(|id| Some(*id)),
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
        relative("mother", "the mother, dead or alive; null if she is not in the model", lives, |lives| &lives.mother),
        relative("father", "the father, dead or alive; null if he is unknown or not in the model", lives, |lives| {
            &lives.father
        }),
        relative(
            "partner",
            "the partner at the end of the year, and in the last year the one lived with; null without",
            lives,
            |lives| &lives.partner,
        ),
        relative(
            "household",
            "the householder at the end of the year: the woman of a couple, or the single adult",
            lives,
            |lives| &lives.household,
        ),
        Column::word(
            "role",
            "how the person belongs to the household",
            Role::WORDS,
            lives.iter().flat_map(|lives| &lives.role).map(|role| (*role).into()),
        ),
        Column::int32(
            "municipality",
            "official number",
            "municipality at the end of the year, with the borders of 2025",
            lives.iter().flat_map(|lives| &lives.municipality).map(|number| (*number).into()),
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

/// A column of ids of other people.
fn relative(name: &str, about: &str, lives: &[Lives], column: impl Fn(&Lives) -> &Vec<Id>) -> Column {
    Column::id(name, about, lives.iter().flat_map(|lives| column(lives).iter().map(|id| id.map(NonZeroU64::get))))
}
