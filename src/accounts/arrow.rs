//! Arrow: the one file that writes it.
//!
//! A [`Table`] is columns with a unit and a description each; [`write()`] makes it `<name>.arrow`, an IPC file whose
//! schema carries the [`Provenance`]. The same run gives the same bytes: no time stamp, no host, no number of threads.
//! Closed vocabularies are dictionaries with every word from the start, one dictionary a file, since delta dictionaries
//! do not load in polars; an empty table has one batch without rows, so that its dictionaries are in the file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, DictionaryArray, Float64Array, Int8Array, Int32Array, Int64Array, RecordBatch, StringArray, UInt64Array,
};
use arrow::datatypes::{DataType, Field, Int8Type, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::ipc::CompressionType;
use arrow::ipc::writer::{FileWriter, IpcWriteOptions};

use crate::error::RunError;
use crate::store::sha256;

/// Raised whenever a table or column of the contract is renamed, dropped or redefined.
pub const SCHEMA_VERSION: u32 = 2;

/// Rows of a batch, at most.
const BATCH: usize = 131_072;

/// A table to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The file's name without `.arrow`.
    pub name: &'static str,
    /// All of one length.
    pub columns: Vec<Column>,
}

/// A column with what a reader must know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its unit; `1` for numbers without one, `word` for words.
    pub unit: String,
    /// What it is, in a sentence.
    pub about: String,
    /// The values.
    pub data: Data,
}

/// The values of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// `Int32`: years and ages.
    Int32(Vec<i32>),
    /// `Int64`: counts and amounts.
    Int64(Vec<i64>),
    /// `UInt64`, nullable: ids, which are 64 random bits and no amounts; null stands for nobody.
    UInt64(Vec<Option<u64>>),
    /// `Float64`, nullable: measures; what is not a finite number is null.
    Number(Vec<f64>),
    /// `Dictionary(Int8, Utf8)`, ordered: a closed vocabulary.
    Word {
        /// The whole vocabulary, in its order.
        words: &'static [&'static str],
        /// Places in it.
        keys: Vec<i8>,
    },
    /// `Utf8`: an open vocabulary.
    Text {
        /// Every word there is, once.
        words: Vec<Arc<str>>,
        /// Places among them.
        keys: Vec<u32>,
    },
}

impl Column {
    /// A column.
    pub fn new(name: impl Into<String>, unit: impl Into<String>, about: impl Into<String>, data: Data) -> Self {
        Self { name: name.into(), unit: unit.into(), about: about.into(), data }
    }

    /// Years, ages and other small whole numbers.
    pub fn int32(name: &str, unit: &str, about: &str, values: impl IntoIterator<Item = i32>) -> Self {
        Self::new(name, unit, about, Data::Int32(values.into_iter().collect()))
    }

    /// Counts.
    pub fn int64(name: &str, unit: &str, about: &str, values: impl IntoIterator<Item = i64>) -> Self {
        Self::new(name, unit, about, Data::Int64(values.into_iter().collect()))
    }

    /// Measures; what is not a finite number becomes null.
    pub fn number(name: &str, unit: &str, about: &str, values: impl IntoIterator<Item = f64>) -> Self {
        Self::new(name, unit, about, Data::Number(values.into_iter().collect()))
    }

    /// Ids.
    pub fn id(name: &str, about: &str, values: impl IntoIterator<Item = Option<u64>>) -> Self {
        Self::new(name, "1", about, Data::UInt64(values.into_iter().collect()))
    }

    /// Words of a closed vocabulary, by their places in it.
    ///
    /// # Panics
    ///
    /// If a place is not below 128.
    pub fn word(
        name: &str,
        about: &str,
        words: &'static [&'static str],
        keys: impl IntoIterator<Item = usize>,
    ) -> Self {
        let keys = keys.into_iter().map(|key| i8::try_from(key).expect("a short vocabulary")).collect();
        Self::new(name, "word", about, Data::Word { words, keys })
    }

    /// Words of an open vocabulary.
    pub fn text(name: &str, about: &str, values: impl IntoIterator<Item = Arc<str>>) -> Self {
        let mut places: BTreeMap<Arc<str>, u32> = BTreeMap::new();
        let mut last: Option<(Arc<str>, u32)> = None;
        let key = |value: Arc<str>| {
            // Neighbouring rows mostly share one text.
            if let Some((_, key)) = last.as_ref().filter(|(last, _)| Arc::ptr_eq(last, &value)) {
                return *key;
            }
            let next = u32::try_from(places.len()).expect("fewer than 2³² words");
            let key = *places.entry(value.clone()).or_insert(next);
            last = Some((value, key));
            key
        };
        let keys: Vec<u32> = values.into_iter().map(key).collect();
        let mut words: Vec<(Arc<str>, u32)> = places.into_iter().collect();
        words.sort_unstable_by_key(|(_, key)| *key);
        let words = words.into_iter().map(|(word, _)| word).collect();
        Self::new(name, "word", about, Data::Text { words, keys })
    }

    fn field(&self) -> Field {
        let word = || DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8));
        let (kind, nullable) = match self.data {
            Data::Int32(_) => (DataType::Int32, false),
            Data::Int64(_) => (DataType::Int64, false),
            Data::UInt64(_) => (DataType::UInt64, true),
            Data::Number(_) => (DataType::Float64, true),
            Data::Word { .. } => (word(), false),
            Data::Text { .. } => (DataType::Utf8, false),
        };
        let about = [("description", self.about.as_str()), ("unit", self.unit.as_str())];
        let metadata: BTreeMap<String, String> =
            about.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        Field::new(&self.name, kind, nullable)
            .with_dict_is_ordered(matches!(self.data, Data::Word { .. }))
            .with_metadata(metadata)
    }

    /// The dictionary of a closed vocabulary: one array for all batches of a file.
    fn vocabulary(&self) -> ArrayRef {
        match &self.data {
            Data::Word { words, .. } => Arc::new(StringArray::from(words.to_vec())),
            Data::Int32(_) | Data::Int64(_) | Data::UInt64(_) | Data::Number(_) | Data::Text { .. } => {
                Arc::new(StringArray::from(Vec::<&str>::new()))
            }
        }
    }

    fn array(&self, rows: std::ops::Range<usize>, vocabulary: &ArrayRef) -> Result<ArrayRef, ArrowError> {
        Ok(match &self.data {
            Data::Int32(values) => Arc::new(Int32Array::from(values[rows].to_vec())),
            Data::Int64(values) => Arc::new(Int64Array::from(values[rows].to_vec())),
            Data::UInt64(values) => Arc::new(UInt64Array::from(values[rows].to_vec())),
            Data::Number(values) => {
                Arc::new(values[rows].iter().map(|value| value.is_finite().then_some(*value)).collect::<Float64Array>())
            }
            Data::Word { keys, .. } => {
                let keys = Int8Array::from(keys[rows].to_vec());
                Arc::new(DictionaryArray::<Int8Type>::try_new(keys, vocabulary.clone())?)
            }
            Data::Text { words, keys } => {
                Arc::new(StringArray::from_iter_values(keys[rows].iter().map(|key| &words[*key as usize])))
            }
        })
    }
}

impl Data {
    /// How many values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Int32(values) => values.len(),
            Self::Int64(values) => values.len(),
            Self::UInt64(values) => values.len(),
            Self::Number(values) => values.len(),
            Self::Word { keys, .. } => keys.len(),
            Self::Text { keys, .. } => keys.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Table {
    /// How many rows there are.
    ///
    /// # Panics
    ///
    /// If the columns differ in length.
    #[must_use]
    pub fn rows(&self) -> usize {
        let rows = self.columns.first().map_or(0, |column| column.data.len());
        for column in &self.columns {
            assert_eq!(column.data.len(), rows, "column {} of {}", column.name, self.name);
        }
        rows
    }

    /// A column by its name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The whole file.
    fn to_bytes(&self, provenance: &Provenance, compression: Compression) -> Result<Vec<u8>, ArrowError> {
        let fields: Vec<Field> = self.columns.iter().map(Column::field).collect();
        let schema: SchemaRef = Arc::new(Schema::new(fields).with_metadata(provenance.entries()));
        let options = IpcWriteOptions::default().try_with_compression(match compression {
            Compression::Zstd => Some(CompressionType::ZSTD),
            Compression::None => None,
        })?;
        let mut file = FileWriter::try_new_with_options(Vec::new(), &schema, options)?;
        let vocabularies: Vec<ArrayRef> = self.columns.iter().map(Column::vocabulary).collect();
        let rows = self.rows();
        for start in (0..rows.max(1)).step_by(BATCH) {
            let batch = start..(start + BATCH).min(rows);
            let columns = self.columns.iter().zip(&vocabularies);
            let arrays = columns
                .map(|(column, vocabulary)| column.array(batch.clone(), vocabulary))
                .collect::<Result<_, _>>()?;
            file.write(&RecordBatch::try_new(schema.clone(), arrays)?)?;
        }
        file.into_inner()
    }
}

/// Where a table comes from: the metadata of every schema.
#[derive(Clone, Debug, PartialEq)]
pub struct Provenance {
    /// The version of the program.
    pub model_version: String,
    /// The commit it was built from.
    pub git_commit: String,
    /// The seed of all chance.
    pub seed: u32,
    /// The hash of the scenario as resolved.
    pub scenario_sha256: String,
    /// Real people that one simulated person stands for.
    pub weight: f64,
    /// More, by name.
    pub extra: BTreeMap<String, String>,
}

impl Provenance {
    /// As metadata.
    #[must_use]
    pub fn entries(&self) -> BTreeMap<String, String> {
        let mut entries = self.extra.clone();
        let own = [
            ("schema_version", SCHEMA_VERSION.to_string()),
            ("model", "livslop".to_owned()),
            ("model_version", self.model_version.clone()),
            ("git_commit", self.git_commit.clone()),
            ("seed", self.seed.to_string()),
            ("scenario_sha256", self.scenario_sha256.clone()),
            ("weight", self.weight.to_string()),
        ];
        entries.extend(own.into_iter().map(|(key, value)| (key.to_owned(), value)));
        entries
    }
}

/// Whether batches are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// Zstandard.
    #[default]
    Zstd,
    /// Not at all.
    None,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its name in the directory.
    pub file: String,
    /// Rows in it.
    pub rows: usize,
    /// The hash of its bytes.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// Writes `<name>.arrow` into a directory, beside its final name first, so that it appears whole or not at all.
///
/// # Errors
///
/// If the directory cannot be written to or the disk is full.
///
/// # Panics
///
/// If the columns of the table differ in length or a word is outside its vocabulary.
pub fn write(
    directory: &Path,
    table: &Table,
    provenance: &Provenance,
    compression: Compression,
) -> Result<Written, RunError> {
    let bytes = table.to_bytes(provenance, compression).expect("columns of one length and words of the vocabulary");
    let file = format!("{}.arrow", table.name);
    let path: PathBuf = directory.join(&file);
    let beside = path.with_extension("new");
    std::fs::write(&beside, &bytes).and_then(|()| std::fs::rename(&beside, &path)).map_err(|error| {
        // What could not be finished must not take up the room that a second attempt needs.
        let _ = std::fs::remove_file(&beside);
        RunError::io("write", &path, error)
    })?;
    Ok(Written { file, rows: table.rows(), sha256: sha256(&bytes), bytes: bytes.len() as u64 })
}

#[cfg(test)]
mod tests;
