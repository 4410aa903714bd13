//! The accounts of a run as sums to be asked for: by sex, ages, years and group.
//!
//! They are read from the files of a finished run, or from its tables as they are made. Only the reference is kept. Ages of stocks and
//! events are those reached in the year; ages of person-years and deaths are completed ages.

use std::collections::BTreeMap;
use std::path::Path;

use crate::accounts::arrow::{Data, Table};
use crate::accounts::cells::Exposed;
use crate::analysis::part::REFERENCE;
use crate::analysis::read::{Cell, Frame, read};
use crate::error::RunError;
use crate::record::AGES;
use crate::units::Sex;

use super::indicator::PEOPLE;
use super::target::By;

/// The columns kept, where a table has them.
const COLUMNS: &[&str] = &[
    PEOPLE,
    "person_years",
    "deaths",
    "expected_deaths",
    "daily_smokers",
    "former_smokers",
    "employed",
    "unemployed",
    "sick_long_term",
    "disabled",
    "upper_secondary_started",
    "marks_sum",
    "marks_people",
    "started_general",
    "started_vocational",
    "completed_general",
    "completed_vocational",
];
/// Disabled people who work by the labour force survey, which the model counts as disabled only.
pub const DISABLED_AT_WORK: &str = "disabled_at_work";
/// Their share of the disabled by level of education, as `tables/disabled_at_work.csv` has it.
const SHARES_AT_WORK: [f64; 4] = [0.19, 0.23, 0.33, 0.33];
/// The tables read, and what they are grouped by.
const TABLES: [(&str, By); 3] =
    [("cells", By::Education), ("cells_parents_education", By::ParentsEducation), ("cells_occupation", By::Occupation)];
/// The table of standard errors.
const ERRORS: &str = "life_expectancy";

/// Of whom something is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Select<'a> {
    /// What people are grouped by.
    pub by: By,
    /// The groups, all of them if none is named.
    pub groups: Vec<&'a str>,
    /// The sex; none for both.
    pub sex: Option<Sex>,
    /// The youngest and the oldest age.
    pub ages: [usize; 2],
    /// The first and the last year.
    pub years: [i16; 2],
}

impl<'a> Select<'a> {
    /// The same people in other groups.
    #[must_use]
    pub fn groups(&self, groups: &[&'a str]) -> Self {
        Self { groups: groups.to_vec(), ..self.clone() }
    }

    /// The same people in other years.
    #[must_use]
    pub fn years(&self, from: i16, to: i16) -> Self {
        Self { years: [from, to], ..self.clone() }
    }

    /// The same people at other ages.
    #[must_use]
    pub fn ages(&self, from: usize, to: usize) -> Self {
        Self { ages: [from, to], ..self.clone() }
    }
}

/// The accounts of a run.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    grids: Vec<Grid>,
    /// Standard errors of life expectancy from expected deaths, by grouping, group, sex, age and year.
    errors: BTreeMap<(String, String, String, i64, i64), f64>,
}

/// Sums by year, sex, age and group, `[year][2][111][group]`.
#[derive(Clone, Debug)]
struct Grid {
    by: By,
    groups: Vec<String>,
    first: i16,
    last: i16,
    columns: BTreeMap<&'static str, Vec<f64>>,
}

/// A table to be taken in, of either kind.
enum Source<'a> {
    Made(&'a Table),
    Read(Frame),
}

/// Words by row, each kept once.
struct Words {
    words: Vec<String>,
    keys: Vec<u32>,
}

impl Words {
    fn of(words: impl Iterator<Item = Option<String>>) -> Option<Self> {
        let mut places: BTreeMap<String, u32> = BTreeMap::new();
        let key = |word: Option<String>| {
            let next = u32::try_from(places.len()).expect("fewer than 2³² words");
            Some(*places.entry(word?).or_insert(next))
        };
        let keys = words.map(key).collect::<Option<_>>()?;
        let mut words = vec![String::new(); places.len()];
        places.into_iter().for_each(|(word, key)| words[key as usize] = word);
        Some(Self { words, keys })
    }

    fn rows(&self) -> usize {
        self.keys.len()
    }

    fn at(&self, row: usize) -> &str {
        &self.words[self.keys[row] as usize]
    }

    /// The place of each row's word in a list.
    fn places<T: AsRef<str>>(&self, list: &[T]) -> Vec<Option<usize>> {
        let place = |word: &String| list.iter().position(|own| own.as_ref() == word);
        let places: Vec<Option<usize>> = self.words.iter().map(place).collect();
        self.keys.iter().map(|key| places[*key as usize]).collect()
    }
}

impl Source<'_> {
    fn words(&self, name: &str) -> Option<Words> {
        match self {
            Self::Made(table) => match &table.column(name)?.data {
                Data::Word { words, keys } => {
                    let key = |key: &i8| u32::try_from(*key).expect("a place");
                    let words = words.iter().map(|word| (*word).to_owned()).collect();
                    Some(Words { words, keys: keys.iter().map(key).collect() })
                }
                Data::Text { words, keys } => {
                    Some(Words { words: words.iter().map(ToString::to_string).collect(), keys: keys.clone() })
                }
                Data::Int32(_) | Data::Int64(_) | Data::UInt64(_) | Data::Number(_) => None,
            },
            Self::Read(frame) => Words::of(frame.column(name)?.iter().map(word_of)),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
    fn numbers(&self, name: &str) -> Option<Vec<f64>> {
        match self {
            Self::Made(table) => match &table.column(name)?.data {
                Data::Int32(values) => Some(values.iter().map(|value| f64::from(*value)).collect()),
                Data::Int64(values) => Some(values.iter().map(|value| *value as f64).collect()),
                Data::Number(values) => {
                    Some(values.iter().map(|value| if value.is_finite() { *value } else { f64::NAN }).collect())
                }
                Data::UInt64(_) | Data::Word { .. } | Data::Text { .. } => None,
            },
            Self::Read(frame) => frame.column(name)?.iter().map(number_of).collect(),
        }
    }
}

fn word_of(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Word(word) => Some(word.clone()),
        Cell::Integer(_) | Cell::Id(_) | Cell::Number(_) => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
fn number_of(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Integer(value) => Some(*value as f64),
        Cell::Number(value) => Some(value.unwrap_or(f64::NAN)),
        Cell::Id(_) | Cell::Word(_) => None,
    }
}

impl Figures {
    /// Whether figures are taken from this table.
    #[must_use]
    pub fn reads(table: &Table) -> bool {
        table.name == ERRORS || TABLES.iter().any(|(name, _)| *name == table.name)
    }

    /// From the tables of a run as they were made; from no others than those that it [reads](Self::reads).
    ///
    /// # Errors
    ///
    /// If a table lacks a column that all have.
    pub fn of_tables(tables: &[Table]) -> Result<Self, RunError> {
        let find = |name: &str| tables.iter().find(|table| table.name == name).map(Source::Made);
        Self::gather(Path::new(""), |name| Ok(find(name)))
    }

    /// From the files of a finished run.
    ///
    /// # Errors
    ///
    /// If one is missing, cannot be read, or lacks a column that all have.
    pub fn of_run(run: &Path) -> Result<Self, RunError> {
        Self::gather(run, |name| read(&run.join(file(name))).map(|frame| Some(Source::Read(frame))))
    }

    fn gather<'a>(run: &Path, find: impl Fn(&str) -> Result<Option<Source<'a>>, RunError>) -> Result<Self, RunError> {
        let mut figures = Self::default();
        let lacks = |name: &str, column: &str| foreign(&run.join(file(name)), column);
        for (name, by) in TABLES {
            if let Some(source) = find(name)? {
                figures.grids.extend(Grid::of(&source, by).map_err(|column| lacks(name, column))?);
            }
        }
        if let Some(source) = find(ERRORS)? {
            figures.errors = errors(&source).map_err(|column| lacks(ERRORS, column))?;
        }
        Ok(figures)
    }

    /// The sum of some columns; none if no table has them, or not by these groups, or not of all these years.
    #[must_use]
    pub fn sum(&self, select: &Select, columns: &[&str]) -> Option<f64> {
        let of = |grid: &Grid| columns.iter().map(|name| grid.sum(select, name)).sum::<Option<f64>>();
        self.grids.iter().filter(|grid| grid.fits(select.by)).find_map(of)
    }

    /// What was lived by completed age, `[111]`.
    #[must_use]
    pub fn lived(&self, select: &Select) -> Option<Vec<Exposed>> {
        let grid =
            self.grids.iter().find(|grid| grid.fits(select.by) && grid.columns.contains_key("expected_deaths"))?;
        (0..AGES)
            .map(|age| {
                let at = select.ages(age, age);
                Some(Exposed {
                    person_years: grid.sum(&at, "person_years")?,
                    deaths: grid.sum(&at, "deaths")?,
                    expected: grid.sum(&at, "expected_deaths")?,
                })
            })
            .collect()
    }

    /// The standard error of the life expectancy of one group: the mean of those of the years, whose people are mostly the same.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a few years")]
    pub fn error(&self, select: &Select, age: usize) -> Option<f64> {
        let [group] = select.groups[..] else { return None };
        let sex = select.sex.map_or("both", |sex| Sex::WORDS[sex.index()]);
        let age = i64::try_from(age).ok()?;
        let key = |year: i16| (select.by.word().to_owned(), group.to_owned(), sex.to_owned(), age, year.into());
        let [from, to] = select.years;
        let errors: Option<Vec<f64>> = (from..=to).map(|year| self.errors.get(&key(year)).copied()).collect();
        errors.map(|errors| errors.iter().sum::<f64>() / errors.len() as f64)
    }
}

fn file(table: &str) -> String {
    format!("{table}.arrow")
}

/// The error of a table that is none of ours.
#[must_use]
pub fn foreign(path: &Path, column: &str) -> RunError {
    RunError::Usage {
        message: format!("{} has no column `{column}`", path.display()),
        help: "it is not the table that `livslop run` wrote there: run it again".to_owned(),
    }
}

/// Standard errors by grouping, group, sex, age and year; the name of a column that is missing.
fn errors(source: &Source) -> Result<BTreeMap<(String, String, String, i64, i64), f64>, &'static str> {
    let word = |name: &'static str| source.words(name).ok_or(name);
    let number = |name: &'static str| source.numbers(name).ok_or(name);
    let (arm, basis, sex, by, group) = (word("arm")?, word("basis")?, word("sex")?, word("by")?, word("group")?);
    let (measure, membership) = (word("measure")?, word("membership")?);
    let (year, age, error) = (number("year")?, number("age")?, number("expected_se")?);
    #[expect(clippy::cast_possible_truncation, reason = "years and ages")]
    let entry = |row: usize| {
        let [by, group, sex] = [&by, &group, &sex].map(|words| words.at(row).to_owned());
        ((by, group, sex, age[row] as i64, year[row] as i64), error[row])
    };
    let is_meant = |row: &usize| {
        (arm.at(*row), basis.at(*row)) == (REFERENCE, "period")
            && (measure.at(*row), membership.at(*row)) == ("life_expectancy", "own")
            && error[*row].is_finite()
    };
    Ok((0..arm.rows()).filter(is_meant).map(entry).collect())
}

impl Grid {
    /// None if the table is empty.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "years and ages")]
    fn of(source: &Source, by: By) -> Result<Option<Self>, &'static str> {
        let words = |name: &'static str| source.words(name).ok_or(name);
        let numbers = |name: &'static str| source.numbers(name).ok_or(name);
        let (arm, sex, year, age) = (words("arm")?, words("sex")?, numbers("year")?, numbers("age")?);
        let is_reference = |row: &usize| arm.at(*row) == REFERENCE;
        let years = || (0..arm.rows()).filter(is_reference).map(|row| year[row] as i16);
        let (Some(first), Some(last)) = (years().min(), years().max()) else { return Ok(None) };
        let group = if by == By::All { None } else { Some(words(by.word())?) };
        let groups = by.groups().iter().map(|group| (*group).to_owned()).collect();
        let mut grid = Self { by, groups, first, last, columns: BTreeMap::new() };
        let cells = grid.place(last, 1, AGES - 1, grid.groups.len() - 1) + 1;
        let (sex, group) = (sex.places(Sex::WORDS), group.as_ref().map(|group| group.places(&grid.groups)));
        let place = |row: usize| {
            let group = group.as_ref().map_or(Some(0), |group| group[row])?;
            let sex = sex[row].filter(|_| is_reference(&row))?;
            Some(grid.place(year[row] as i16, sex, age[row] as usize, group))
        };
        let places: Vec<Option<usize>> = (0..arm.rows()).map(place).collect();
        for column in COLUMNS {
            let Some(values) = source.numbers(column) else { continue };
            let mut sums = vec![0.0; cells];
            for (place, value) in places.iter().zip(values) {
                if let Some(place) = place {
                    sums[*place] += value;
                }
            }
            grid.columns.insert(column, sums);
        }
        if let (By::Education, Some(disabled)) = (by, grid.columns.get("disabled")) {
            let at_work = disabled.iter().zip(SHARES_AT_WORK.iter().cycle()).map(|(people, share)| people * share);
            let at_work = at_work.collect();
            grid.columns.insert(DISABLED_AT_WORK, at_work);
        }
        Ok(Some(grid))
    }

    fn place(&self, year: i16, sex: usize, age: usize, group: usize) -> usize {
        let year = usize::try_from(year - self.first).expect("a year of the table");
        ((year * 2 + sex) * AGES + age.min(AGES - 1)) * self.groups.len() + group
    }

    /// Whether people can be told apart by a grouping here.
    fn fits(&self, by: By) -> bool {
        match by {
            By::All => true,
            By::Education | By::Education3 => self.by == By::Education,
            By::ParentsEducation | By::Occupation => self.by == by,
        }
    }

    fn sum(&self, select: &Select, column: &str) -> Option<f64> {
        let values = self.columns.get(column)?;
        let [from, to] = select.years;
        if from < self.first || to > self.last {
            return None;
        }
        let is_meant = |own: &String| {
            let as_three = if own.starts_with("tertiary_") { "tertiary" } else { own };
            let own = if select.by == By::Education3 { as_three } else { own };
            select.by == By::All || select.groups.is_empty() || select.groups.contains(&own)
        };
        let groups: Vec<usize> = (0..self.groups.len()).filter(|group| is_meant(&self.groups[*group])).collect();
        let mut sum = 0.0;
        for year in from..=to {
            for sex in Sex::BOTH.into_iter().filter(|sex| select.sex.is_none_or(|only| only == *sex)) {
                for age in select.ages[0]..=select.ages[1].min(AGES - 1) {
                    sum += groups.iter().map(|group| values[self.place(year, sex.index(), age, *group)]).sum::<f64>();
                }
            }
        }
        Some(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::arrow::Column;

    #[test]
    fn a_run_without_its_tables_and_foreign_tables_are_refused() {
        let folder = tempfile::tempdir().expect("a directory");
        let missing = Figures::of_run(folder.path()).expect_err("no tables").to_string();
        assert!(missing.contains("cells.arrow"), "{missing}");
        for name in ["cells", "life_expectancy"] {
            let columns = vec![Column::text("arm", "", ["reference".into()].into_iter())];
            let foreign = Figures::of_tables(&[Table { name, columns }]).expect_err("a foreign table").to_string();
            assert!(foreign.contains(&format!("{name}.arrow has no column `")), "{foreign}");
        }
    }

    #[test]
    fn shares_at_work_are_those_of_the_table_in_the_order_of_levels() {
        let table = std::fs::read_to_string("configs/norway/tables/disabled_at_work.csv").expect("a table");
        let rows: Vec<(&str, f64)> = table
            .lines()
            .skip(1)
            .map(|line| {
                line.split_once(',').map(|(level, share)| (level, share.parse().expect("a share"))).expect("two")
            })
            .collect();
        let expected: Vec<(&str, f64)> = By::Education.groups().iter().copied().zip(SHARES_AT_WORK).collect();
        assert_eq!(rows, expected);
    }
}
