//! The record and the futures: what is known of the nation, and what is assumed of it after the registers end.
//!
//! The tables of `configs/norway/tables` become one [`Record`]: a value for every year from 1950 to 2100. Processes read their
//! rates from it, the population its first people, the validation what it compares with. Nothing in it depends on
//! chance.
//!
//! * **Mortality**: register rates to 2023; the United Nations' rates times what closes their jump in 2024 and 2025, in every future; then
//!   those of the future chosen, the correction fading out.
//! * **Fertility**: rates by mother's age, scaled so that they give the recorded births on the recorded women. After 2025 the United
//!   Nations' path lets that scale fade; Statistics Norway's totals are met as they stand.
//! * **Migration**: net migration by age and sex as the residual of the register, then the future's; split into
//!   immigration and emigration ([`projection`]).

pub mod future;
pub mod grid;
pub mod lexis;
pub mod life_table;
pub mod moves;
pub mod observed;
pub mod parity;
pub mod places;
pub mod projection;
pub mod schooling;
pub mod smoking;
pub mod unions;
pub mod working;

use std::path::Path;

use bevy_ecs::resource::Resource;
use serde::Deserialize;

use crate::config::{Check, Misfit};
use crate::error::{BadConfig, Problems, SourceFile};
use crate::table::{Dense, Key, Spec, read_dense, read_rows};
use crate::units::{Rate, Ratio, Sex, Share, Year, Years};

use future::{Assumptions, Future, Path24};
use lexis::{COHORTS, Lexis};
use life_table::OLDEST;
use moves::Moves;
use observed::Observed;
use parity::{Parity, ParityTables};
use places::Places;
use schooling::Schooling;
use smoking::Smoking;
use unions::Unions;
use working::Working;

/// The first year of every table and the first that can be simulated.
pub const FIRST: Year = Year(1950);
/// The last year of every table and the last that can be simulated.
pub const LAST: Year = Year(2100);
/// Years from [`FIRST`] to [`LAST`].
pub const YEARS: usize = 151;
/// Single ages 0 to 110, the last open.
pub const AGES: usize = OLDEST + 1;
/// The open last age of the population register.
pub const OLDEST_REGISTERED: usize = 105;
/// The last year with recorded death rates and births.
pub const LAST_RATES: Year = Year(2023);
/// The last year whose migration and births follow from recorded populations.
pub const LAST_FLOWS: Year = Year(2025);
/// The last 1 January with a recorded population.
pub const LAST_POPULATION: Year = Year(2026);

/// `configs/norway/record.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Of infant deaths, the share in the calendar year of birth, before 1980.
    pub infant_deaths_in_birth_year_before_1980: Share,
    /// The same from 1980.
    pub infant_deaths_in_birth_year: Share,
    /// Rate ratio that lifts the United Nations' first projected female rates to the register's level.
    pub mortality_jump_female: Ratio,
    /// The same for men.
    pub mortality_jump_male: Ratio,
    /// Years from 2025 over which that ratio fades to one.
    pub mortality_fade: Years,
    /// Years after the last births on record over which the scale of fertility fades to one.
    pub fertility_fade: Years,
    /// Emigrants per person-year before the first recorded gross flow.
    pub emigration_before: Rate,
    /// Emigrants per person-year after the last recorded gross flow.
    pub emigration_after: Rate,
    /// First year of the register whose net migration by age and sex is the pattern of Statistics Norway's totals.
    pub migration_pattern_from: Year,
    /// Last year of that pattern.
    pub migration_pattern_to: Year,
}

impl Check for Params {
    fn check(&self) -> Vec<Misfit> {
        let misfit = |key, message: &str| Misfit { key, message: message.to_owned() };
        let mut misfits = Vec::new();
        if self.infant_deaths_in_birth_year.value() <= 0.5
            || self.infant_deaths_in_birth_year_before_1980.value() <= 0.5
        {
            misfits.push(misfit(
                "infant_deaths_in_birth_year",
                "most infant deaths fall in the year of birth: give a share above 0.5",
            ));
        }
        if !(FIRST <= self.migration_pattern_from && self.migration_pattern_from <= self.migration_pattern_to) {
            misfits.push(misfit(
                "migration_pattern_from",
                "the pattern must start in 1950 or later and not after it ends",
            ));
        }
        if self.migration_pattern_to > LAST_FLOWS {
            misfits.push(misfit("migration_pattern_to", "recorded migration ends in 2025"));
        }
        misfits
    }
}

/// National figures for every year and sex, a future included.
#[derive(Resource, Clone, Debug)]
pub struct Record {
    /// Death rates by completed age, `[151][2][111]`, per person-year; the last age is open.
    pub mortality: Vec<[Vec<f64>; 2]>,
    /// What those rates mean for cohorts, `[151][2]`.
    pub lexis: Vec<[Lexis; 2]>,
    /// Births per woman by age reached in the year, `[151][128]`: the mean of the rates of her two completed ages, at the
    /// recorded level.
    pub fertility: Vec<[f64; COHORTS]>,
    /// Women by children, and the ratios of their rates.
    pub parity: Parity,
    /// Boys among the newborn, `[151]`.
    pub boys: Vec<f64>,
    /// Net migration by age reached in the year, `[151][2][128]`, persons.
    pub net_migration: Vec<[Vec<f64>; 2]>,
    /// Immigrants by age reached in the year, `[151][2][128]`, persons.
    pub immigrants: Vec<[Vec<f64>; 2]>,
    /// Probability of moving out within the year by age reached in it, `[151][2][128]`, for those here on 1 January.
    pub emigration: Vec<[Vec<f64>; 2]>,
    /// People on 1 January by completed age, `[77][2][106]`, 1950 to 2026; the last age is open.
    pub population: Vec<[Vec<f64>; 2]>,
    /// Live births by sex, `[76][2]`, 1950 to 2025, the last two derived from the children registered at the end of the year.
    pub births: Vec<[f64; 2]>,
    /// The expected population on 1 January by age reached in the year before, `[152][2][128]`, from a projection of the
    /// recorded one.
    pub projected: Vec<[Vec<f64>; 2]>,
    /// Forming and ending unions.
    pub unions: Unions,
    /// Municipalities.
    pub places: Places,
    /// Moves between them.
    pub moves: Moves,
    /// Education.
    pub schooling: Schooling,
    /// Smoking.
    pub smoking: Smoking,
    /// Work.
    pub working: Working,
    /// Families and places, for comparison.
    pub observed: Observed,
    /// Rates of births by age reached before the first year, `[45][128]`, 1905 to 1949.
    pub fertility_before: Vec<[f64; COHORTS]>,
}

impl Record {
    /// Reads the tables beside the configuration and applies a future.
    ///
    /// Everything wrong with them is added to `problems`; then there is no record.
    pub fn load(tables: &Path, params: &Params, future: &Future, problems: &mut Problems) -> Option<Self> {
        let raw = RawTables::read(tables, problems);
        let (unions, places) = (Unions::read(tables, problems), Places::read(tables, problems));
        let moves = Moves::read(tables, problems);
        let (schooling, smoking) = (Schooling::read(tables, problems), Smoking::read(tables, problems));
        let working = Working::read(tables, problems);
        let observed = Observed::read(tables, places.as_ref(), problems);
        Some(Self {
            unions: unions?,
            places: places?,
            moves: moves?,
            schooling: schooling?,
            smoking: smoking?,
            working: working?,
            observed: observed?,
            ..raw?.compile(params, future)
        })
    }

    /// A record without any figure, for tests of what does not read it.
    #[cfg(test)]
    pub(crate) fn empty() -> Self {
        Self {
            mortality: Vec::new(),
            lexis: Vec::new(),
            fertility: Vec::new(),
            parity: Parity::empty(),
            boys: Vec::new(),
            net_migration: Vec::new(),
            immigrants: Vec::new(),
            emigration: Vec::new(),
            population: Vec::new(),
            births: Vec::new(),
            projected: Vec::new(),
            unions: Unions::default(),
            places: Places::default(),
            moves: Moves::default(),
            schooling: Schooling::default(),
            smoking: Smoking::default(),
            working: Working::default(),
            observed: Observed::default(),
            fertility_before: Vec::new(),
        }
    }

    /// The rows of a year.
    ///
    /// # Panics
    ///
    /// If the year is outside 1950 to 2100; a run is checked against that before it starts.
    #[must_use]
    pub fn at(year: Year) -> usize {
        assert!((FIRST..=LAST).contains(&year), "{year} is outside {FIRST}-{LAST}");
        year.since(FIRST)
    }

    /// What the year holds for the cohorts of a sex.
    #[must_use]
    pub fn lexis(&self, year: Year, sex: Sex) -> &Lexis {
        &self.lexis[Self::at(year)][sex.index()]
    }

    /// Everyone on 1 January, if it is on record.
    #[must_use]
    pub fn people(&self, year: Year) -> Option<f64> {
        (FIRST..=LAST_POPULATION).contains(&year).then(|| self.population[year.since(FIRST)].iter().flatten().sum())
    }
}

/// The tables as published, before a future is applied.
struct RawTables {
    mortality_register: Dense,
    mortality_un: Dense,
    fertility_un: Dense,
    sex_ratio: Dense,
    births: Dense,
    births_implied: Dense,
    population: Dense,
    migration_register: Dense,
    migration_un: Dense,
    emigration_schedule: Dense,
    gross: Vec<GrossFlow>,
    assumptions: Assumptions,
    parity: ParityTables,
}

/// A row of `migration_gross.csv`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GrossFlow {
    year: i16,
    #[expect(
        dead_code,
        reason = "the immigrants of a year follow from net migration and emigration; the column is checked to be a number"
    )]
    immigration: f64,
    emigration: f64,
}

const FERTILE: std::ops::RangeInclusive<usize> = 12..=51;
const OLDEST_MIGRANT: i32 = 99;

fn years(first: Year, last: Year) -> Key {
    Key::Int { name: "year", first: first.0.into(), last: last.0.into() }
}

fn ages(first: i32, last: i32) -> Key {
    Key::Int { name: "age", first, last }
}

const SEX: Key = Key::Word { name: "sex", words: Sex::WORDS };

impl RawTables {
    fn read(tables: &Path, problems: &mut Problems) -> Option<Self> {
        let after_rates = LAST_RATES.plus(1);
        let mut dense = |name: &str, keys: Vec<Key>, value: &'static str, min: f64, max: f64, missing: Option<f64>| {
            read_dense(&tables.join(name), &Spec { keys, value, min, max, missing }, problems)
        };
        let mortality_register =
            dense("mortality_register.csv", vec![years(FIRST, LAST_RATES), SEX, ages(0, 110)], "rate", 0.0, 5.0, None);
        let mortality_un =
            dense("mortality_un.csv", vec![years(after_rates, LAST), SEX, ages(0, 110)], "rate", 0.0, 5.0, None);
        let fertility_un = dense("fertility_un.csv", vec![years(FIRST, LAST), ages(12, 51)], "rate", 0.0, 1.0, None);
        let sex_ratio = dense("sex_ratio_un.csv", vec![years(FIRST, LAST)], "males_per_female", 0.9, 1.2, None);
        let births = dense("births_register.csv", vec![years(FIRST, LAST_RATES), SEX], "count", 0.0, 1e6, None);
        let births_implied =
            dense("births_implied.csv", vec![years(after_rates, LAST_FLOWS), SEX], "count", 0.0, 1e6, None);
        let population = dense(
            "population_register.csv",
            vec![years(FIRST, LAST_POPULATION), SEX, ages(0, 105)],
            "count",
            0.0,
            1e6,
            None,
        );
        let migrant_ages = || ages(0, OLDEST_MIGRANT);
        let migration_register = dense(
            "migration_register.csv",
            vec![years(FIRST, LAST_FLOWS), SEX, migrant_ages()],
            "net",
            -1e5,
            1e5,
            None,
        );
        let migration_un =
            dense("migration_un.csv", vec![years(after_rates, LAST), SEX, ages(0, 100)], "net", -1e5, 1e5, None);
        let emigration_schedule = dense("emigration_schedule.csv", vec![ages(0, 105)], "rate", 0.0, 1.0, None);
        let gross_path = tables.join("migration_gross.csv");
        let gross: Option<Vec<GrossFlow>> = read_rows(&gross_path, problems);
        if let Some(flows) = &gross
            && !(flows.is_sorted_by(|a, b| a.year < b.year) && flows.iter().all(|flow| flow.emigration > 0.0))
        {
            let file = SourceFile::new(gross_path.display().to_string(), "");
            let message = "years must rise from row to row, and emigrants be above 0";
            problems
                .push(BadConfig::in_file(&file, message).help("sort the rows, remove doubles, correct the numbers"));
        }
        let assumptions = Assumptions::read(&tables.join("assumptions_ssb.csv"), problems);
        for (name, table) in [
            ("births_register.csv", &births),
            ("births_implied.csv", &births_implied),
            ("population_register.csv", &population),
        ] {
            if let Some(table) = table {
                refuse_empty_years(&tables.join(name), table, problems);
            }
        }
        let parity = ParityTables::read(tables, problems);
        Some(Self {
            parity: parity?,
            mortality_register: mortality_register?,
            mortality_un: mortality_un?,
            fertility_un: fertility_un?,
            sex_ratio: sex_ratio?,
            births: births?,
            births_implied: births_implied?,
            population: population?,
            migration_register: migration_register?,
            migration_un: migration_un?,
            emigration_schedule: emigration_schedule?,
            gross: gross?,
            assumptions: assumptions?,
        })
    }

    fn compile(&self, params: &Params, future: &Future) -> Record {
        let population: Vec<[Vec<f64>; 2]> =
            FIRST.to(LAST_POPULATION).map(|year| by_sex(&self.population, year.since(FIRST))).collect();
        let mortality = self.mortality(params, future);
        let births = self.births();
        let lexis = FIRST
            .to(LAST)
            .map(|year| {
                let births_of = |year: Year| births.get(year.since(FIRST)).map(|births| births.iter().sum::<f64>());
                let pair = (year > FIRST).then(|| births_of(year.plus(-1)).zip(births_of(year))).flatten();
                let births_before = pair.map_or(1.0, |(before, now)| before / now);
                let in_birth_year = if year < Year(1980) {
                    params.infant_deaths_in_birth_year_before_1980
                } else {
                    params.infant_deaths_in_birth_year
                };
                Sex::BOTH.map(|sex| {
                    Lexis::new(&mortality[year.since(FIRST)][sex.index()], sex, in_birth_year.value(), births_before)
                })
            })
            .collect();
        let fertility = self.fertility(params, future, &population, &births);
        let mut record = Record {
            mortality,
            lexis,
            parity: Parity::follow(&self.parity, &fertility),
            fertility,
            boys: FIRST.to(LAST).map(|year| self.boys(year)).collect(),
            net_migration: self.net_migration(params, future),
            immigrants: Vec::new(),
            emigration: Vec::new(),
            population,
            births,
            projected: Vec::new(),
            unions: Unions::default(),
            places: Places::default(),
            moves: Moves::default(),
            schooling: Schooling::default(),
            smoking: Smoking::default(),
            working: Working::default(),
            observed: Observed::default(),
            fertility_before: self.parity.before(),
        };
        let gross = projection::GrossFlows {
            schedule: &self.emigration_schedule.values,
            before: params.emigration_before.value(),
            after: params.emigration_after.value(),
            recorded: self.gross.iter().map(|flow| (Year(flow.year), flow.emigration)).collect(),
        };
        projection::split_migration(&mut record, &gross);
        record
    }

    fn mortality(&self, params: &Params, future: &Future) -> Vec<[Vec<f64>; 2]> {
        let jump = [params.mortality_jump_female.value(), params.mortality_jump_male.value()];
        let left = |year: Year| faded(year.since(LAST_FLOWS), params.mortality_fade.value());
        let un = |year: Year| by_sex(&self.mortality_un, year.since(LAST_RATES.plus(1)));
        let joined = |year: Year| future::scaled(&un(year), |sex| 1.0 + (jump[sex.index()] - 1.0) * left(year));
        // What the last year with recorded flows is above or below a published life expectancy fades like the jump itself.
        let gap = future.mortality.gap(&joined(LAST_FLOWS), LAST_FLOWS, self.boys(LAST_FLOWS), &self.assumptions);
        let register = FIRST.to(LAST_RATES).map(|year| by_sex(&self.mortality_register, year.since(FIRST)));
        let after = LAST_RATES.plus(1).to(LAST).map(|year| {
            let rates = joined(year);
            // Net migration of the years to 2025 was derived with these very rates: no future may have others there.
            if year <= LAST_FLOWS {
                return rates;
            }
            future.mortality.rates(rates, year, gap * left(year), self.boys(year), &self.assumptions)
        });
        register.chain(after).collect()
    }

    /// Rates by age reached in the year: the mean of the two completed ages, scaled to the births on record.
    fn fertility(
        &self,
        params: &Params,
        future: &Future,
        population: &[[Vec<f64>; 2]],
        births: &[[f64; 2]],
    ) -> Vec<[f64; COHORTS]> {
        let mut scale = 1.0;
        FIRST
            .to(LAST)
            .map(|year| {
                let rates = slice(&self.fertility_un, year.since(FIRST));
                let level = if year > LAST_FLOWS {
                    future.fertility.level(rates.iter().sum(), year, &self.assumptions)
                } else {
                    1.0
                };
                let at = |age: usize| if FERTILE.contains(&age) { rates[age - FERTILE.start()] } else { 0.0 };
                let mut mixed: [f64; COHORTS] =
                    std::array::from_fn(|a| if a == 0 { 0.0 } else { 0.5 * (at(a - 1) + at(a)) * level });
                let factor = if year <= LAST_FLOWS {
                    let women = &population[year.since(FIRST)][Sex::Female.index()];
                    let implied: f64 = (1..=OLDEST_REGISTERED).map(|a| mixed[a] * women[a - 1]).sum();
                    scale = births[year.since(FIRST)].iter().sum::<f64>() / implied;
                    scale
                } else if future.fertility == Path24::UnMedium {
                    1.0 + (scale - 1.0) * faded(year.since(LAST_FLOWS), params.fertility_fade.value())
                } else {
                    // Statistics Norway's totals start from the register: there is nothing to fade.
                    1.0
                };
                mixed.iter_mut().for_each(|rate| *rate *= factor);
                mixed
            })
            .collect()
    }

    /// Boys among the newborn.
    fn boys(&self, year: Year) -> f64 {
        let ratio = self.sex_ratio.values[year.since(FIRST)];
        ratio / (1.0 + ratio)
    }

    fn births(&self) -> Vec<[f64; 2]> {
        let all = self.births.values.iter().chain(&self.births_implied.values).copied().collect::<Vec<f64>>();
        all.as_chunks::<2>().0.to_vec()
    }

    fn net_migration(&self, params: &Params, future: &Future) -> Vec<[Vec<f64>; 2]> {
        let register = |year: Year| by_sex(&self.migration_register, year.since(FIRST)).map(to_cohorts);
        let pattern_years: Vec<_> =
            params.migration_pattern_from.to(params.migration_pattern_to).map(register).collect();
        let pattern = projection::pattern(&pattern_years);
        FIRST
            .to(LAST)
            .map(|year| {
                if year <= LAST_FLOWS {
                    return register(year);
                }
                let un = by_sex(&self.migration_un, year.since(LAST_RATES.plus(1))).map(to_cohorts);
                future.migration.net(un, &pattern, year, &self.assumptions)
            })
            .collect()
    }
}

/// Refuses a table by year and sex in which some year has nobody of a sex: everything is relative to these people.
fn refuse_empty_years(path: &Path, table: &Dense, problems: &mut Problems) {
    let cells = table.values.len() / table.shape[0] / 2;
    if let Some(empty) = table.values.chunks(cells).position(|people| people.iter().sum::<f64>() < 1.0) {
        let file = SourceFile::new(path.display().to_string(), "");
        let message = format!("nobody of sex {} in year {} of the table", Sex::WORDS[empty % 2], empty / 2 + 1);
        problems.push(BadConfig::in_file(&file, message).help("correct the counts: each year needs people"));
    }
}

/// What is left of a correction `since` years after the last year it is whole: all of it at first, nothing after `fade` years.
#[expect(clippy::cast_precision_loss, reason = "a number of years")]
fn faded(since: usize, fade: f64) -> f64 {
    match since {
        0 => 1.0,
        _ if fade <= 0.0 => 0.0,
        _ => (1.0 - since as f64 / fade).max(0.0),
    }
}

/// Row `i` of the outermost key.
fn slice(table: &Dense, i: usize) -> &[f64] {
    let length: usize = table.shape[1..].iter().product();
    &table.values[i * length..(i + 1) * length]
}

/// Year `i` of a table by year, sex and age.
fn by_sex(table: &Dense, i: usize) -> [Vec<f64>; 2] {
    let (female, male) = slice(table, i).split_at(table.shape[2]);
    [female.to_vec(), male.to_vec()]
}

/// Padded with zeros to the length of cohort tables.
fn to_cohorts(mut values: Vec<f64>) -> Vec<f64> {
    values.resize(COHORTS, 0.0);
    values
}
