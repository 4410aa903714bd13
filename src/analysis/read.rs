//! Reading the tables of finished runs.

pub mod lives;
mod made;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Float64Type, Int8Type, Int32Type, Int64Type, UInt64Type};
use arrow::error::ArrowError;
use arrow::ipc::reader::FileReader;

use crate::error::RunError;

/// A table as read.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// The provenance: the schema's metadata.
    pub metadata: BTreeMap<String, String>,
    /// Names of the columns.
    pub names: Vec<String>,
    /// Values, `[column][row]`.
    columns: Vec<Vec<Cell>>,
}

/// A value of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A year, an age, a count.
    Integer(i64),
    /// An id.
    Id(u64),
    /// A measure; none if it, or an id, is null.
    Number(Option<f64>),
    /// A word.
    Word(String),
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Integer(value) => value.fmt(f),
            Self::Id(value) => value.fmt(f),
            Self::Number(Some(value)) => value.fmt(f),
            Self::Number(None) => Ok(()),
            Self::Word(word) => word.fmt(f),
        }
    }
}

impl Frame {
    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    /// A column by its name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&[Cell]> {
        self.names.iter().position(|own| own == name).map(|place| &self.columns[place][..])
    }

    /// As CSV text: a header, then the rows; nulls are empty.
    ///
    /// # Panics
    ///
    /// Never: memory does not fail to be written to.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut text = csv::Writer::from_writer(Vec::new());
        let in_memory = "written to memory";
        text.write_record(&self.names).expect(in_memory);
        for row in 0..self.rows() {
            text.write_record(self.columns.iter().map(|column| column[row].to_string())).expect(in_memory);
        }
        String::from_utf8(text.into_inner().expect(in_memory)).expect("made of texts")
    }
}

/// Reads any table of a run.
///
/// # Errors
///
/// If the file cannot be read or holds anything that no table of ours holds.
pub fn read(path: &Path) -> Result<Frame, RunError> {
    read_frame(path).map_err(|error| RunError::io("read", path, error))
}

/// A table of a run as CSV text, words for dictionaries and nothing for nulls.
///
/// # Errors
///
/// As [`read`].
pub fn to_csv(path: &Path) -> Result<String, RunError> {
    Ok(read(path)?.to_csv())
}

fn read_frame(path: &Path) -> io::Result<Frame> {
    let reader = FileReader::try_new_buffered(File::open(path)?, None).map_err(broken)?;
    let schema = reader.schema();
    let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
    let metadata = schema.metadata().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    let mut columns = vec![Vec::new(); names.len()];
    for batch in reader {
        let batch: RecordBatch = batch.map_err(broken)?;
        for (column, array) in columns.iter_mut().zip(batch.columns()) {
            column.extend(cells(array)?);
        }
    }
    Ok(Frame { metadata, names, columns })
}

fn broken(error: ArrowError) -> io::Error {
    match error {
        ArrowError::IoError(_, error) => error,
        other => io::Error::new(ErrorKind::InvalidData, other.to_string()),
    }
}

fn cells(array: &ArrayRef) -> io::Result<Vec<Cell>> {
    let rows = 0..array.len();
    Ok(match array.data_type() {
        DataType::Int32 => {
            array.as_primitive::<Int32Type>().values().iter().map(|value| Cell::Integer((*value).into())).collect()
        }
        DataType::Int64 => {
            array.as_primitive::<Int64Type>().values().iter().map(|value| Cell::Integer(*value)).collect()
        }
        DataType::UInt64 => {
            array.as_primitive::<UInt64Type>().iter().map(|value| value.map_or(Cell::Number(None), Cell::Id)).collect()
        }
        DataType::Float64 => array.as_primitive::<Float64Type>().iter().map(Cell::Number).collect(),
        DataType::Utf8 => rows.map(|row| Cell::Word(array.as_string::<i32>().value(row).to_owned())).collect(),
        DataType::Dictionary(_, _) => {
            let other = || io::Error::new(ErrorKind::InvalidData, "a dictionary of another kind than words");
            let dictionary = array.as_dictionary_opt::<Int8Type>().ok_or_else(other)?;
            let words = dictionary.values().as_string_opt::<i32>().ok_or_else(other)?;
            let word = |row: usize| dictionary.key(row).map_or_else(String::new, |key| words.value(key).to_owned());
            rows.map(|row| Cell::Word(word(row))).collect()
        }
        other => {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                format!("a column of {other}, which no table of livslop has"),
            ));
        }
    })
}

/// A row of `life_expectancy.arrow`, without bounds.
#[derive(Clone, Debug, PartialEq)]
pub struct LifeExpectancy {
    /// `reference` or the package's id.
    pub arm: String,
    /// Calendar year; of cohorts that of birth.
    pub year: i64,
    /// `period` or `cohort`.
    pub basis: String,
    /// `female`, `male` or `both`.
    pub sex: String,
    /// What people are grouped by.
    pub by: String,
    /// The group.
    pub group: String,
    /// `own` or `reference`.
    pub membership: String,
    /// Exact age.
    pub age: i64,
    /// `life_expectancy`, `lifespan_sd`, ….
    pub measure: String,
    /// From deaths counted, years, and its standard error.
    pub counted: [Option<f64>; 2],
    /// From expected deaths, years, and its standard error.
    pub expected: [Option<f64>; 2],
    /// Of expected deaths to the reference, years, and its standard error.
    pub difference: [Option<f64>; 2],
    /// Of deaths counted to the reference, years, and its standard error.
    pub counted_difference: [Option<f64>; 2],
}

/// Reads `life_expectancy.arrow` of a run directory.
///
/// # Errors
///
/// If it cannot be read or lacks a column.
pub fn life_expectancy(run: &Path) -> Result<Vec<LifeExpectancy>, RunError> {
    let path = run.join("life_expectancy.arrow");
    let frame = read(&path)?;
    rows(&frame).map_err(|message| RunError::io("read", &path, io::Error::new(ErrorKind::InvalidData, message)))
}

fn rows(frame: &Frame) -> Result<Vec<LifeExpectancy>, String> {
    let column = |name: &str| frame.column(name).ok_or_else(|| format!("the table has no column `{name}`"));
    let word = |name: &'static str, row: usize| match &column(name)?[row] {
        Cell::Word(word) => Ok(word.clone()),
        Cell::Integer(_) | Cell::Id(_) | Cell::Number(_) => Err(format!("column `{name}` holds no words")),
    };
    let integer = |name: &'static str, row: usize| match column(name)?[row] {
        Cell::Integer(value) => Ok(value),
        Cell::Word(_) | Cell::Id(_) | Cell::Number(_) => Err(format!("column `{name}` holds no whole numbers")),
    };
    let number = |name: &'static str, row: usize| match column(name)?[row] {
        Cell::Number(value) => Ok(value),
        Cell::Word(_) | Cell::Id(_) | Cell::Integer(_) => Err(format!("column `{name}` holds no measures")),
    };
    let one = |row: usize| {
        Ok(LifeExpectancy {
            arm: word("arm", row)?,
            year: integer("year", row)?,
            basis: word("basis", row)?,
            sex: word("sex", row)?,
            by: word("by", row)?,
            group: word("group", row)?,
            membership: word("membership", row)?,
            age: integer("age", row)?,
            measure: word("measure", row)?,
            counted: [number("value", row)?, number("se", row)?],
            expected: [number("expected_value", row)?, number("expected_se", row)?],
            difference: [number("difference", row)?, number("difference_se", row)?],
            counted_difference: [number("counted_difference", row)?, number("counted_difference_se", row)?],
        })
    };
    (0..frame.rows()).map(one).collect()
}
