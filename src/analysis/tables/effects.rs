//! `effects.arrow`: what each arm does to the same people, by the groups they are in in the reference.

use std::sync::Arc;

use crate::accounts::arrow::{Column, Table};
use crate::analysis::effects::{RATES, Row, Whom, is_told, rows};
use crate::analysis::groups::GROUPINGS;
use crate::analysis::numbers::Labels;
use crate::analysis::series::SEXES;
use crate::measures::Arm;
use crate::model::twin::Generation;
use crate::run::legs::Outcome;
use crate::run::model::Model;

/// The words of the column `generation`: those of [`Generation`], then everyone.
const GENERATIONS: &[&str] = &["reached", "children", "grandchildren", "others", "all"];
/// The group of those too young for another.
const YOUNG: &str = "under_30";
/// The group of those who were born, or came, in one arm only.
const APART: &str = "in_one_arm_only";

/// The table.
#[must_use]
pub fn table(model: &Model, arms: &[Arm], outcome: &Outcome) -> Table {
    let of_arm = |place: usize| {
        let ledgers = [&outcome.reference, &outcome.arms[place]];
        rows(&arms[place], &outcome.paired[place], &outcome.reached[place], ledgers, model.weight(), is_told)
    };
    let names: Vec<Arc<str>> = arms.iter().map(|arm| arm.id.as_str().into()).collect();
    let rows: Vec<(usize, Row)> =
        (0..arms.len()).flat_map(|place| of_arm(place).into_iter().map(move |row| (place, row))).collect();
    let labels = Labels::default();
    let [young, apart]: [Arc<str>; 2] = [YOUNG.into(), APART.into()];
    let number = |name: &str, unit: &str, about: &str, of: fn(&Row) -> f64| {
        Column::number(name, unit, about, rows.iter().map(|(_, row)| of(row)))
    };
    let columns = vec![
        Column::text("arm", "the id of the package", rows.iter().map(|(arm, _)| names[*arm].clone())),
        Column::int32(
            "from",
            "calendar year",
            "the arm's first year",
            rows.iter().map(|(_, row)| row.years[0].0.into()),
        ),
        Column::int32("to", "calendar year", "the last year summed", rows.iter().map(|(_, row)| row.years[1].0.into())),
        Column::word("sex", "registered sex", SEXES, rows.iter().map(|(_, row)| row.sex)),
        Column::text(
            "by",
            "what people are grouped by, as in the reference",
            rows.iter().map(|(_, row)| labels.by(grouping(row.whom))),
        ),
        Column::text(
            "group",
            "the group of it; under_30: too young for one; in_one_arm_only: born, or come, in one arm alone",
            rows.iter().map(|(_, row)| match row.whom {
                Whom::Group(by, group) => labels.group(by, group),
                Whom::Young(_) => young.clone(),
                Whom::Apart => apart.clone(),
            }),
        ),
        Column::word(
            "generation",
            "reached: by a measure, themselves; children: of those reached before they were 18; grandchildren: the same of \
             these; others; all",
            GENERATIONS,
            rows.iter().map(|(_, row)| row.generation.map_or(Generation::ALL.len(), |generation| generation as usize)),
        ),
        number("discount_rate", "1", "by which years gained and costs of later years count less", |row| {
            RATES[row.rate]
        }),
        number(
            "years_gained",
            "person-years of the nation",
            "life lived beyond the reference, of the same people",
            |row| row.gained[0],
        ),
        number("years_gained_se", "person-years of the nation", ERROR, |row| row.gained[1]),
        number("quality_adjusted_years_gained", "person-years", "null until health is simulated", |_| f64::NAN),
        number("premature_deaths_avoided", "deaths of the nation", "before 75, of the same people", |row| {
            row.avoided[0]
        }),
        number("premature_deaths_avoided_se", "deaths of the nation", ERROR, |row| row.avoided[1]),
        number(
            "expected_premature_deaths_avoided",
            "deaths of the nation",
            "the same from each person's own risk, at ages reached of 30 to 74; of all generations together",
            |row| row.expected[0],
        ),
        number("expected_premature_deaths_avoided_se", "deaths of the nation", ERROR, |row| row.expected[1]),
        number(
            "eligible_person_years",
            "person-years of the nation",
            "of people who met the conditions of a measure, for each measure; null by groupings other than education",
            |row| row.reached[0],
        ),
        number("reached_person_years", "person-years of the nation", "those in which a measure reached them", |row| {
            row.reached[1]
        }),
        number("people_reached", "persons of the nation", "people whom a measure has ever reached", |row| row.people),
        number(
            "net_public_cost_nok",
            "NOK of the measures' price years",
            "what the measures cost; null where it is not known by group",
            |row| row.cost,
        ),
        number(
            "cost_per_year_gained_nok",
            "NOK per person-year",
            "`net_public_cost_nok` over `years_gained`; null unless years are gained by more than two standard errors",
            |row| if row.gained[0] > 2.0 * row.gained[1] { row.cost / row.gained[0] } else { f64::NAN },
        ),
    ];
    Table { name: "effects", columns }
}

const ERROR: &str = "Monte Carlo standard error: jackknife over 64 groups of communities";

/// The grouping; of those apart everyone's.
const fn grouping(whom: Whom) -> usize {
    match whom {
        Whom::Group(by, _) | Whom::Young(by) => by,
        Whom::Apart => 0,
    }
}

const _: () = assert!(GROUPINGS.len() == 6 && GENERATIONS.len() == Generation::ALL.len() + 1);
