//! `alignment.arrow`: the factors that made the reference meet the record, which other arms reuse.

use crate::accounts::arrow::{Column, Table};
use crate::model::alignment::Alignment;
use crate::model::simulation::{Barrier, Meeting};
use crate::units::Sex;

/// The table of all factors, in order of year, process, sex and age.
#[must_use]
pub fn table(alignment: &Alignment, barriers: &[Barrier]) -> Table {
    let rows = &alignment.solved;
    let class = |process: u8, class: u8| match barriers[usize::from(process)].meeting {
        Meeting::Align { classes, .. } => classes[usize::from(class)],
        Meeting::Ask { .. } => unreachable!("answers are no factors"),
    };
    let columns = vec![
        Column::text(
            "process",
            "the aligned risk, `process.event`",
            rows.iter().map(|row| barriers[usize::from(row.process)].name.into()),
        ),
        Column::int32("year", "calendar year", "the year", rows.iter().map(|row| row.year.into())),
        Column::word(
            "sex",
            "registered sex",
            Sex::WORDS,
            rows.iter().map(|row| class(row.process, row.class).sex.index()),
        ),
        Column::int32(
            "age",
            "years",
            "youngest age reached in the year of the band; bands are 0, 1-4, 5-9, …",
            rows.iter().map(|row| row.age.into()),
        ),
        Column::number(
            "factor",
            "ratio of hazards",
            "what every hazard of the band was multiplied with",
            rows.iter().map(|row| row.factor.into()),
        ),
        Column::number(
            "recorded",
            "events",
            "expected by the record of the people simulated",
            rows.iter().map(|row| row.recorded),
        ),
        Column::number(
            "simulated",
            "events",
            "expected from the people's own risks before alignment",
            rows.iter().map(|row| row.simulated),
        ),
        Column::text(
            "group",
            "what else the people of the factor have in common",
            rows.iter().map(|row| class(row.process, row.class).group.into()),
        ),
    ];
    Table { name: "alignment", columns }
}
