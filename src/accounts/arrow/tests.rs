//! Tests of what is written, by reading it back.

use arrow::array::{Array, AsArray};
use arrow::datatypes::Float64Type;
use arrow::ipc::reader::FileReader;

use super::*;

const WORDS: &[&str] = &["female", "male", "both"];

fn table(rows: usize) -> Table {
    let keys = |i: usize| i8::try_from(i % 2).expect("small");
    #[expect(clippy::cast_precision_loss, reason = "small")]
    let number = |i: usize| if i.is_multiple_of(3) { f64::NAN } else { i as f64 };
    let columns = vec![
        Column::new(
            "year",
            "calendar year",
            "the year",
            Data::Int32((0..rows).map(|i| i32::try_from(i).expect("small")).collect()),
        ),
        Column::new("people", "people", "people on 1 January", Data::Int64(vec![1 << 40; rows])),
        Column::new("id", "1", "who", Data::UInt64(vec![Some(u64::MAX); rows])),
        Column::new("value", "years", "years of life", Data::Number((0..rows).map(number).collect())),
        Column::new("sex", "word", "registered sex", Data::Word { words: WORDS, keys: (0..rows).map(keys).collect() }),
        Column::text("arm", "the arm", vec![Arc::from("reference"); rows]),
    ];
    Table { name: "test", columns }
}

fn provenance() -> Provenance {
    Provenance {
        model_version: "0.1.0".to_owned(),
        git_commit: "abc".to_owned(),
        seed: 7,
        scenario_sha256: "def".to_owned(),
        weight: 56.5,
        extra: BTreeMap::from([("future".to_owned(), "main".to_owned())]),
    }
}

fn read(directory: &Path) -> (SchemaRef, Vec<RecordBatch>) {
    let file = std::fs::File::open(directory.join("test.arrow")).expect("the file");
    let reader = FileReader::try_new(file, None).expect("an Arrow file");
    (reader.schema(), reader.map(|batch| batch.expect("a batch")).collect())
}

#[test]
fn what_was_written_is_read_back_from_several_batches() {
    let directory = tempfile::tempdir().expect("a directory");
    let rows = 2 * BATCH + 5;
    for compression in [Compression::Zstd, Compression::None] {
        let written = write(directory.path(), &table(rows), &provenance(), compression).expect("written");
        let (_, batches) = read(directory.path());
        assert_eq!((written.rows, written.file.as_str()), (rows, "test.arrow"));
        assert_eq!(batches.iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), [BATCH, BATCH, 5]);
        let last = &batches[2];
        // Row 2 · 131,072 + 4 = 262,148: not a multiple of three; even, hence `female`.
        assert_eq!(last["value"].as_primitive::<Float64Type>().value(4), 262_148.0);
        let words = last["sex"].as_dictionary::<Int8Type>().downcast_dict::<StringArray>().expect("words");
        assert_eq!((words.into_iter().nth(4), words.values().len()), (Some(Some("female")), 3));
        // Row 262,146 is a multiple of three: null.
        assert!(last["value"].is_null(2) && last["value"].null_count() == 1, "{:?}", last["value"]);
    }
    assert_eq!(std::fs::read_dir(directory.path()).expect("readable").count(), 1, "nothing is left beside the file");
}

#[test]
fn the_schema_says_where_it_comes_from_and_what_the_columns_are() {
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), &table(3), &provenance(), Compression::Zstd).expect("written");
    let (schema, _) = read(directory.path());
    let entries: Vec<(&str, &str)> =
        schema.metadata().iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let expected = [
        ("future", "main"),
        ("git_commit", "abc"),
        ("model", "livslop"),
        ("model_version", "0.1.0"),
        ("scenario_sha256", "def"),
        ("schema_version", "2"),
        ("seed", "7"),
        ("weight", "56.5"),
    ];
    assert_eq!(entries, expected);
    let value = schema.field_with_name("value").expect("a column");
    assert_eq!(value.metadata().get("unit").map(String::as_str), Some("years"));
    assert_eq!(value.metadata().get("description").map(String::as_str), Some("years of life"));
    assert!(value.is_nullable());
    let ordered: Vec<Option<bool>> = schema.fields().iter().map(|field| field.dict_is_ordered()).collect();
    assert_eq!(ordered, [None, None, None, None, Some(true), None]);
}

#[test]
fn an_empty_table_keeps_its_schema_and_its_words() {
    let directory = tempfile::tempdir().expect("a directory");
    let written = write(directory.path(), &table(0), &provenance(), Compression::Zstd).expect("written");
    let (schema, batches) = read(directory.path());
    assert_eq!((written.rows, schema.fields().len(), batches.len()), (0, 6, 1));
    assert_eq!(batches[0]["sex"].as_dictionary::<Int8Type>().values().len(), 3);
}

#[test]
fn the_same_table_gives_the_same_bytes() {
    let directory = tempfile::tempdir().expect("a directory");
    let first = write(directory.path(), &table(1000), &provenance(), Compression::Zstd).expect("written");
    let bytes = std::fs::read(directory.path().join("test.arrow")).expect("bytes");
    assert_eq!((first.sha256.clone(), first.bytes), (sha256(&bytes), bytes.len() as u64));
    assert_eq!(write(directory.path(), &table(1000), &provenance(), Compression::Zstd).expect("written"), first);
}

#[test]
fn a_missing_directory_is_an_error() {
    let directory = tempfile::tempdir().expect("a directory");
    let missing = directory.path().join("missing");
    assert!(matches!(write(&missing, &table(1), &provenance(), Compression::None), Err(RunError::Io { .. })));
}
