//! `hindcast.arrow`: what was simulated beside what is on record, with the difference that chance and the method may make.
//!
//! Numbers are of real people: simulated ones times their weight. Tolerances:
//!
//! | indicator | tolerance |
//! | --- | --- |
//! | population | 1 % of the record or three standard deviations of the simulated count, whichever is more; at 1:1 only three standard deviations up to 50,000 people, only 1 % above |
//! | births | the same; at 1:1 only 1 % |
//! | deaths | three standard deviations of the simulated count |
//! | net migration | 1 % of those moving or three standard deviations of their number, whichever is more |
//! | life expectancy, expected deaths | 0.02 years; three standard errors more if a person stands for several |
//! | life expectancy, counted deaths | three standard errors |
//!
//! ```text
//! standard deviation of a simulated count of `real` people = weight · √(real / weight)
//! ```
//!
//! Families and places have their own tolerances, in `hindcast/families.rs`.

mod families;

use std::sync::Arc;

use crate::accounts::arrow::{Column, Table};
use crate::accounts::cells::{GROUPS, Triangles, YearCells};
use crate::analysis::lifetable::{AT, Estimator, Measure, figure};
use crate::analysis::series::{Basis, Key, SEX, SEXES, Series};
use crate::record::lexis::{COHORTS, Lived};
use crate::record::life_table::{OLDEST, life_expectancy};
use crate::record::{self, LAST_FLOWS, LAST_POPULATION, LAST_RATES, OLDEST_REGISTERED, Record};
use crate::run::legs::Outcome;
use crate::run::model::Model;
use crate::units::{Sex, Year};

/// The words of the column `indicator`.
pub const INDICATORS: &[&str] = &[
    "population",
    "births",
    "deaths",
    "net_migration",
    "life_expectancy",
    "life_expectancy_counted",
    "couples",
    "couples_survey",
    "marital_status",
    "household",
    "children",
    "divorced",
    "marriages",
    "divorces",
    "births_by_union",
    "municipality",
    "county",
];
/// Those of them that compare shares.
pub const SHARES: &[&str] =
    &["couples", "couples_survey", "marital_status", "household", "children", "divorced", "births_by_union"];
/// Those of them that compare years of life.
pub const YEARS: &[&str] = &["life_expectancy", "life_expectancy_counted"];
/// The words of the column `within`.
pub const VERDICTS: &[&str] = &["no", "yes", "unknown"];

/// Above this number of people at 1:1 the tolerance is a share of it.
const LARGE: f64 = 50_000.0;
/// That share.
const SHARE: f64 = 0.01;
/// Years that expected deaths may err by.
const EXPECTED_YEARS: f64 = 0.02;
/// The youngest age of the last group of the population.
const OLDEST_GROUP: usize = 100;
/// The places in [`AT`] of ages 0, 35 and 65.
const TOLD_AT: [usize; 3] = [0, 2, 4];

const POPULATION: &str = "population_register.csv";
const BIRTHS: &str = "births_register.csv";
const BIRTHS_IMPLIED: &str = "births_implied.csv";
const DEATHS: &str = "mortality_register.csv, population_register.csv";
const MIGRATION: &str = "migration_register.csv";
const MORTALITY: &str = "mortality_register.csv";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Indicator {
    Population,
    Births,
    Deaths,
    NetMigration,
    LifeExpectancy,
    LifeExpectancyCounted,
    Couples,
    CouplesSurvey,
    MaritalStatus,
    Household,
    Children,
    Divorced,
    Marriages,
    Divorces,
    BirthsByUnion,
    Municipality,
    County,
}

/// What is compared: a place in [`SEXES`] and a range of ages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Of {
    year: Year,
    sex: usize,
    ages: [usize; 2],
}

#[derive(Clone, Debug, PartialEq)]
struct Row {
    of: Of,
    indicator: Indicator,
    detail: Arc<str>,
    simulated: f64,
    recorded: f64,
    se: f64,
    tolerance: f64,
    source: &'static str,
}

impl Row {
    fn verdict(&self) -> usize {
        let difference = (self.simulated - self.recorded).abs();
        match (difference.is_finite() && self.tolerance.is_finite(), difference <= self.tolerance) {
            (false, _) => 2,
            (true, within) => usize::from(within),
        }
    }
}

/// The standard deviation of a simulated count that stands for `real` people.
fn sampling(real: f64, weight: f64) -> f64 {
    weight * (real.max(0.0) / weight).sqrt()
}

/// How far a simulated count may be off.
fn tolerance(recorded: f64, weight: f64) -> f64 {
    let (share, chance) = (SHARE * recorded, 3.0 * sampling(recorded, weight));
    match (weight > 1.0, recorded > LARGE) {
        (true, _) => share.max(chance),
        (false, true) => share,
        (false, false) => chance,
    }
}

/// The table of the years that are both simulated and on record.
#[must_use]
pub fn table(model: &Model, outcome: &Outcome, reference: &Series, births: Option<usize>, deaths: usize) -> Table {
    let (record, weight) = (&*model.record, model.weight());
    let mut rows = Vec::new();
    for cells in &outcome.reference.years {
        let year = cells.year;
        if year <= LAST_POPULATION {
            rows.extend(population(record, cells, weight, &cells.on_new_year(model.shape)));
        }
        if let Some(counter) = births.filter(|_| year <= LAST_FLOWS) {
            let born: u64 = cells.counted(model.shape, counter).as_flattened().iter().sum();
            rows.push(births_row(record, year, weight * number(born), weight));
        }
        if year <= LAST_RATES {
            let died: f64 = cells
                .triangles(model.shape, deaths, record, 0..GROUPS)
                .iter()
                .flat_map(Triangles::by_age)
                .map(|lived| lived.deaths)
                .sum();
            rows.push(deaths_row(record, year, weight * died, weight));
            rows.extend(life_expectancies(record, year, reference, weight));
        }
        if year <= LAST_FLOWS {
            let people =
                |way: Lived| cells.lived(model.shape, way).as_flattened().iter().copied().map(number).sum::<f64>();
            let moved =
                [people(Lived::Arrived) + people(Lived::ArrivedDied), people(Lived::Left) + people(Lived::NewbornLeft)];
            rows.push(migration_row(record, year, moved.map(|people| people * weight), weight));
        }
    }
    rows.extend(families::rows(model, &outcome.reference));
    rows.sort_by_key(|row| (row.indicator as usize, row.of.year, row.of.sex, row.of.ages));
    let number = |name: &str, unit: &str, about: &str, of: fn(&Row) -> f64| {
        Column::number(name, unit, about, rows.iter().map(of))
    };
    let age = |name: &str, about: &str, end: usize| {
        Column::int32(name, "years", about, rows.iter().map(move |row| super::years(row.of.ages[end])))
    };
    let columns = vec![
        Column::int32(
            "year",
            "calendar year",
            "the year of the source; population and places are those of its 1 January",
            rows.iter().map(|row| row.of.year.0.into()),
        ),
        Column::word("sex", "registered sex", SEXES, rows.iter().map(|row| row.of.sex)),
        age("age_from", "youngest completed age; of life expectancy the exact age", 0),
        age("age_to", "oldest completed age; 110 and over in the last", 1),
        Column::word(
            "indicator",
            "what is compared; life_expectancy is from expected deaths, life_expectancy_counted from deaths counted",
            INDICATORS,
            rows.iter().map(|row| row.indicator as usize),
        ),
        Column::text(
            "detail",
            "status, number of children, years of marriage, or official number of the place; empty of other indicators",
            rows.iter().map(|row| row.detail.clone()),
        ),
        number("simulated", "people, events, years or a share", "of the model, as real people", |row| row.simulated),
        number("recorded", "people, events, years or a share", "of the source", |row| row.recorded),
        Column::text("source", "tables of configs/norway/tables", rows.iter().map(|row| Arc::from(row.source))),
        number(
            "se",
            "people, events, years or a share",
            "Monte Carlo standard error of `simulated`; null where unknown",
            |row| row.se,
        ),
        number("tolerance", "people, events, years or a share", "how far `simulated` may be from `recorded`", |row| {
            row.tolerance
        }),
        Column::word("within", "whether it is no farther", VERDICTS, rows.iter().map(Row::verdict)),
    ];
    Table { name: "hindcast", columns }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
fn number(count: u64) -> f64 {
    count as f64
}

/// The population on 1 January in five-year groups of each sex, and as a whole.
fn population(record: &Record, cells: &YearCells, weight: f64, people: &[[u64; COHORTS]; 2]) -> Vec<Row> {
    let row = |sex: usize, [from, to]: [usize; 2]| {
        let among = |i: usize| SEX[sex].is_none_or(|sex| sex.index() == i);
        let of_sexes = || (0..2).filter(|i| among(*i));
        let recorded = of_sexes().map(|i| {
            record.population[cells.year.since(record::FIRST)][i][from..=to.min(OLDEST_REGISTERED)].iter().sum::<f64>()
        });
        // Whoever reaches an age in the year completed one year less on 1 January.
        let last = if to == OLDEST { COHORTS - 1 } else { to + 1 };
        let simulated = of_sexes().map(|i| number(people[i][from + 1..=last].iter().sum()));
        let (recorded, simulated) = (recorded.sum::<f64>(), weight * simulated.sum::<f64>());
        Row {
            of: Of { year: cells.year, sex, ages: [from, to] },
            indicator: Indicator::Population,
            detail: none(),
            simulated,
            recorded,
            se: f64::NAN,
            tolerance: tolerance(recorded, weight),
            source: POPULATION,
        }
    };
    let groups = || (0..OLDEST_GROUP).step_by(5).map(|from| [from, from + 4]).chain([[OLDEST_GROUP, OLDEST]]);
    let of_a_sex = (0..2).flat_map(|sex| groups().map(move |ages| (sex, ages)));
    of_a_sex.chain([(2, [0, OLDEST])]).map(|(sex, ages)| row(sex, ages)).collect()
}

/// The detail of what has none.
fn none() -> Arc<str> {
    Arc::from("")
}

/// Both sexes and all ages.
const fn everyone(year: Year) -> Of {
    Of { year, sex: 2, ages: [0, OLDEST] }
}

fn births_row(record: &Record, year: Year, simulated: f64, weight: f64) -> Row {
    let recorded: f64 = record.births[year.since(record::FIRST)].iter().sum();
    let source = if year <= LAST_RATES { BIRTHS } else { BIRTHS_IMPLIED };
    let chance = if weight > 1.0 { 3.0 * sampling(recorded, weight) } else { 0.0 };
    let tolerance = (SHARE * recorded).max(chance);
    Row {
        of: everyone(year),
        indicator: Indicator::Births,
        detail: none(),
        simulated,
        recorded,
        se: f64::NAN,
        tolerance,
        source,
    }
}

/// Deaths on record: the register's rates times the mean of the populations on both 1 Januaries.
///
/// The population's open age of 105 takes the rate of 105.
fn deaths_row(record: &Record, year: Year, simulated: f64, weight: f64) -> Row {
    let at = year.since(record::FIRST);
    let (before, after) = (&record.population[at], &record.population[at + 1]);
    let of_sex = |sex: usize| {
        let ages = before[sex].iter().zip(&after[sex]).zip(&record.mortality[at][sex]);
        ages.map(|((before, after), rate)| 0.5 * (before + after) * rate).sum::<f64>()
    };
    let recorded = of_sex(0) + of_sex(1);
    let tolerance = 3.0 * sampling(recorded, weight);
    Row {
        of: everyone(year),
        indicator: Indicator::Deaths,
        detail: none(),
        simulated,
        recorded,
        se: f64::NAN,
        tolerance,
        source: DEATHS,
    }
}

fn migration_row(record: &Record, year: Year, [arrived, left]: [f64; 2], weight: f64) -> Row {
    let recorded = record.net_migration[year.since(record::FIRST)].iter().flatten().sum();
    let tolerance = (SHARE * (arrived + left)).max(3.0 * sampling(arrived + left, weight));
    Row {
        of: everyone(year),
        indicator: Indicator::NetMigration,
        detail: none(),
        simulated: arrived - left,
        recorded,
        se: f64::NAN,
        tolerance,
        source: MIGRATION,
    }
}

fn life_expectancies(record: &Record, year: Year, reference: &Series, weight: f64) -> Vec<Row> {
    let mut rows = Vec::new();
    for sex in Sex::BOTH {
        let key = Key { basis: Basis::Period, year, sex: sex.index() };
        let Some(estimate) = reference.get(&key) else { continue };
        let errors = estimate.figures.errors();
        for at in TOLD_AT {
            let recorded = life_expectancy(&record.mortality[Record::at(year)][sex.index()], Some(sex), AT[at]);
            let [counted, expected] =
                [Estimator::Counted, Estimator::Expected].map(|by| figure(by, Measure::LifeExpectancy, at));
            let chance = if weight > 1.0 { 3.0 * errors[expected] } else { 0.0 };
            let tolerances = [
                (Indicator::LifeExpectancy, expected, EXPECTED_YEARS + chance),
                (Indicator::LifeExpectancyCounted, counted, 3.0 * errors[counted]),
            ];
            rows.extend(tolerances.map(|(indicator, figure, tolerance)| Row {
                of: Of { year, sex: sex.index(), ages: [AT[at], AT[at]] },
                indicator,
                detail: none(),
                simulated: estimate.figures.whole[figure],
                recorded,
                se: errors[figure],
                tolerance,
                source: MORTALITY,
            }));
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_held_to_a_share_and_small_ones_to_chance() {
        // At 1:1: 1 % of 60,000; 3 · √40,000. With one person for a hundred: 3 · 100 · √600 = 7,348 is more than 600.
        assert_eq!(tolerance(60_000.0, 1.0), 600.0);
        assert_eq!(tolerance(40_000.0, 1.0), 600.0);
        assert!((tolerance(60_000.0, 100.0) - 7348.5).abs() < 0.1);
        // With one for two: 3 · 2 · √(8,000,000 / 2) = 12,000 is less than 1 %.
        assert_eq!(tolerance(8e6, 2.0), 80_000.0);
    }

    #[test]
    fn the_verdict_is_unknown_without_a_tolerance() {
        let of = everyone(Year(1990));
        let row = |simulated, tolerance| Row {
            of,
            indicator: Indicator::Births,
            detail: none(),
            simulated,
            recorded: 100.0,
            se: 1.0,
            tolerance,
            source: BIRTHS,
        };
        let verdicts = [row(103.0, 3.0), row(103.1, 3.0), row(100.0, f64::NAN), row(f64::NAN, 3.0)]
            .map(|row| VERDICTS[row.verdict()]);
        assert_eq!(verdicts, ["yes", "no", "unknown", "unknown"]);
    }
}
