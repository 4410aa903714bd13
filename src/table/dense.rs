//! Dense tables: one value for every combination of keys.

use std::path::Path;

use csv::{ByteRecord, Position};

use super::text::{Faults, columns, has_width, line, next_row, place, reader};
use crate::config::names::did_you_mean;
use crate::error::{BadConfig, Problems, SourceFile};

/// One key column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// Whole numbers from `first` to `last`, both included.
    Int {
        /// The column.
        name: &'static str,
        /// The least key.
        first: i32,
        /// The greatest key.
        last: i32,
    },
    /// One of some whole numbers, in rising order.
    Grid {
        /// The column.
        name: &'static str,
        /// The keys.
        at: &'static [i32],
    },
    /// One of some words.
    Word {
        /// The column.
        name: &'static str,
        /// The words, in the order of the table.
        words: &'static [&'static str],
    },
}

impl Key {
    /// The column.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Int { name, .. } | Self::Grid { name, .. } | Self::Word { name, .. } => name,
        }
    }

    /// How many keys there are.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::Int { first, last, .. } => usize::try_from(i64::from(*last) - i64::from(*first) + 1).unwrap_or(0),
            Self::Grid { at, .. } => at.len(),
            Self::Word { words, .. } => words.len(),
        }
    }

    /// The key at a position, as it stands in the file.
    fn text(&self, index: usize) -> String {
        match self {
            Self::Int { first, last, .. } => {
                (*first..=*last).nth(index).map_or_else(String::new, |key| key.to_string())
            }
            Self::Grid { at, .. } => at[index].to_string(),
            Self::Word { words, .. } => words[index].to_owned(),
        }
    }

    /// The position of a field; `near` is that of the row before, as rows are mostly sorted.
    fn index(&self, field: &[u8], near: usize) -> Option<usize> {
        match self {
            Self::Int { first, last, .. } => {
                let key = number::<i32>(field).filter(|key| (first..=last).contains(&key))?;
                usize::try_from(i64::from(key) - i64::from(*first)).ok()
            }
            Self::Grid { at, .. } => at.binary_search(&number::<i32>(field)?).ok(),
            Self::Word { words, .. } => {
                let is_it = |&index: &usize| words[index].as_bytes() == field;
                (near..words.len()).find(is_it).or_else(|| (0..near).find(is_it))
            }
        }
    }

    /// What is wrong with a field that has no position, and what to do.
    fn refuse(&self, field: &[u8]) -> (String, String) {
        let text = String::from_utf8_lossy(field);
        match self {
            Self::Int { name, first, last } if number::<i64>(field).is_some() => {
                (format!("{name} {text} is outside {first}-{last}"), "remove the row, or correct it".to_owned())
            }
            Self::Int { name, first, last } => {
                (format!("{name} {text:?} is not a whole number"), format!("expected {first} to {last}"))
            }
            Self::Grid { name, at } => {
                let keys: Vec<String> = at.iter().map(i32::to_string).collect();
                (format!("{name} {text:?} is not one of the table's"), format!("expected {}", keys.join(", ")))
            }
            Self::Word { name, words } => {
                (format!("unknown {name} {text:?}"), did_you_mean(&text, words.iter().copied()))
            }
        }
    }
}

/// What a table must look like.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// The key columns, outermost first.
    pub keys: Vec<Key>,
    /// The column of values.
    pub value: &'static str,
    /// The least value allowed.
    pub min: f64,
    /// The greatest value allowed.
    pub max: f64,
    /// The value of cells without a row; none if every cell must have one.
    pub missing: Option<f64>,
}

/// What a table of several columns of values must look like; every combination of keys has a row.
#[derive(Clone, Debug, PartialEq)]
pub struct WideSpec {
    /// The key columns, outermost first.
    pub keys: Vec<Key>,
    /// The columns of values.
    pub values: &'static [&'static str],
    /// The least value allowed.
    pub min: f64,
    /// The greatest value allowed.
    pub max: f64,
    /// The least and the greatest sum of a row's values, if they are parts of a whole.
    pub whole: Option<[f64; 2]>,
}

/// What shares of a whole may be off when they are added up: they are given with three or four digits.
const ROUNDED: f64 = 0.002;

/// What both kinds of table have in common.
struct Layout<'a> {
    keys: &'a [Key],
    values: &'a [&'static str],
    min: f64,
    max: f64,
    missing: Option<f64>,
    whole: Option<[f64; 2]>,
}

/// A dense table: `values[k0][k1]…`, row-major in the order of the keys; the columns of values, if several, are the last key.
#[derive(Clone, Debug, PartialEq)]
pub struct Dense {
    /// The length of each key.
    pub shape: Vec<usize>,
    /// The values.
    pub values: Vec<f64>,
}

/// Reads a dense table.
///
/// Everything wrong is added to `problems`; then there is no table.
pub fn read_dense(path: &Path, spec: &Spec, problems: &mut Problems) -> Option<Dense> {
    let file = SourceFile::read(path, problems)?;
    dense_of(&file, spec, problems)
}

/// Reads a dense table with several columns of values.
///
/// Everything wrong is added to `problems`; then there is no table.
pub fn read_wide(path: &Path, spec: &WideSpec, problems: &mut Problems) -> Option<Dense> {
    let file = SourceFile::read(path, problems)?;
    wide_of(&file, spec, problems)
}

/// The same for text that is read already.
pub(super) fn wide_of(file: &SourceFile, spec: &WideSpec, problems: &mut Problems) -> Option<Dense> {
    let WideSpec { keys, values, min, max, whole } = spec;
    let layout = Layout { keys, values, min: *min, max: *max, missing: None, whole: *whole };
    table_of(file, &layout, problems)
}

/// The same for text that is read already.
pub(super) fn dense_of(file: &SourceFile, spec: &Spec, problems: &mut Problems) -> Option<Dense> {
    let Spec { keys, value, min, max, missing } = spec;
    let layout = Layout { keys, values: &[value], min: *min, max: *max, missing: *missing, whole: None };
    let dense = table_of(file, &layout, problems)?;
    Some(Dense { shape: dense.shape[..keys.len()].to_vec(), ..dense })
}

fn table_of(file: &SourceFile, spec: &Layout<'_>, problems: &mut Problems) -> Option<Dense> {
    let mut faults = Faults::new(file);
    let cells = spec.keys.iter().map(Key::count).product();
    let shape: Vec<usize> = spec.keys.iter().map(Key::count).chain([spec.values.len()]).collect();
    let values = fill(spec, cells, &mut faults);
    faults.settle(Dense { shape, values }, problems)
}

/// Parts of a whole add up to it.
fn check_whole(
    spec: &Layout<'_>,
    cell: usize,
    parts: &[f64],
    (at, column): (&Position, usize),
    faults: &mut Faults<'_>,
) {
    let Some([least, greatest]) = spec.whole else { return };
    let sum: f64 = parts.iter().sum();
    if sum < least - ROUNDED || sum > greatest + ROUNDED {
        let message = || format!("the parts of {} add up to {sum:.4}", name_of(spec, cell));
        let help = if least < greatest { "let them add up to no more than 1" } else { "let them add up to 1" };
        faults.add_at(at, column, message, help);
    }
}

/// The values of all cells, as far as they can be read.
fn fill(spec: &Layout<'_>, cells: usize, faults: &mut Faults<'_>) -> Vec<f64> {
    let mut reader = reader(faults.file);
    let names: Vec<&str> = spec.keys.iter().map(Key::name).chain(spec.values.iter().copied()).collect();
    let Some(columns) = columns(&names, &mut reader, faults) else { return Vec::new() };

    let width = spec.values.len();
    let mut values = vec![spec.missing.unwrap_or(f64::NAN); cells * width];
    let mut rows: Vec<Option<Position>> = vec![None; cells];
    let mut near = vec![0; spec.keys.len()];
    let mut row = ByteRecord::new();
    while next_row(&mut reader, &mut row) {
        if !has_width(&row, columns.len(), faults) {
            continue;
        }
        let cell = cell(spec, &columns, &row, &mut near, faults);
        let read = columns[spec.keys.len()..].iter().zip(spec.values);
        let read: Vec<f64> =
            read.map(|(column, name)| value(spec, *column, name, &row, faults).unwrap_or(f64::NAN)).collect();
        let Some(cell) = cell else { continue };
        let at = place(&row);
        check_whole(spec, cell, &read, (&at, columns[spec.keys.len()]), faults);
        if let Some(first) = &rows[cell] {
            let first = line(&faults.file.text, first);
            let message = || format!("{} is there twice: first in line {first}", name_of(spec, cell));
            faults.add_at(&at, columns[0], message, "remove one of the two rows");
        } else {
            rows[cell] = Some(at);
        }
        values[cell * width..][..width].copy_from_slice(&read);
    }
    check_complete(spec, &rows, faults);
    values
}

/// The cell of a row.
fn cell(
    spec: &Layout<'_>,
    columns: &[usize],
    row: &ByteRecord,
    near: &mut [usize],
    faults: &mut Faults<'_>,
) -> Option<usize> {
    let mut cell = Some(0);
    for ((key, &column), near) in spec.keys.iter().zip(columns).zip(near) {
        let field = &row[column];
        if let Some(index) = key.index(field, *near) {
            *near = index;
            cell = cell.map(|cell| cell * key.count() + index);
        } else {
            let (message, help) = key.refuse(field);
            faults.add_at(&place(row), column, || message, &help);
            cell = None;
        }
    }
    cell
}

/// The value of a row.
fn value(spec: &Layout<'_>, column: usize, name: &str, row: &ByteRecord, faults: &mut Faults<'_>) -> Option<f64> {
    let field = &row[column];
    let Layout { min, max, .. } = spec;
    let (message, help) = match number::<f64>(field).filter(|value| value.is_finite()) {
        Some(value) if value < *min => (format!("{value} is below {min}"), "correct the value"),
        Some(value) if value > *max => (format!("{value} is above {max}"), "correct the value"),
        Some(value) => return Some(value),
        None => {
            let text = String::from_utf8_lossy(field);
            (format!("{name} {text:?} is not a finite number"), "write it with a decimal point, such as 0.5")
        }
    };
    faults.add_at(&place(row), column, || message, help);
    None
}

/// Adds an error if cells have no row; not if rows are wrong, which may be theirs.
fn check_complete(spec: &Layout<'_>, rows: &[Option<Position>], faults: &mut Faults<'_>) {
    if spec.missing.is_some() || !faults.is_empty() {
        return;
    }
    let Some(first) = rows.iter().position(Option::is_none) else { return };
    let message = match rows[first..].iter().filter(|row| row.is_none()).count() {
        missing if missing == rows.len() => "no rows".to_owned(),
        1 => format!("no row for {}", name_of(spec, first)),
        missing => format!("no row for {} (and {} more)", name_of(spec, first), missing - 1),
    };
    let help = "add the missing rows";
    faults.add(|file| BadConfig::in_file(file, message).help(help));
}

/// A cell in words: "year 1973, sex male, age 44".
fn name_of(spec: &Layout<'_>, cell: usize) -> String {
    let mut rest = cell;
    let mut parts: Vec<String> = Vec::new();
    for key in spec.keys.iter().rev() {
        parts.push(format!("{} {}", key.name(), key.text(rest % key.count())));
        rest /= key.count();
    }
    parts.reverse();
    parts.join(", ")
}

fn number<T: std::str::FromStr>(field: &[u8]) -> Option<T> {
    std::str::from_utf8(field).ok()?.parse().ok()
}
