//! The text of a table: where its fields stand, and a bounded list of what is wrong.

use std::ops::Range;

use csv::{ByteRecord, Position, Reader, ReaderBuilder};

use crate::config::names::did_you_mean;
use crate::error::{BadConfig, Problems, SourceFile};

/// So many errors of one table are shown; of the rest only the number.
const SHOWN: usize = 20;

/// What is wrong with one table.
pub(super) struct Faults<'a> {
    pub file: &'a SourceFile,
    found: Vec<BadConfig>,
    more: usize,
}

impl<'a> Faults<'a> {
    pub fn new(file: &'a SourceFile) -> Self {
        Self { file, found: Vec::new(), more: 0 }
    }

    /// Adds an error, made only if it is shown.
    pub fn add(&mut self, fault: impl FnOnce(&SourceFile) -> BadConfig) {
        if self.found.len() < SHOWN {
            self.found.push(fault(self.file));
        } else {
            self.more += 1;
        }
    }

    /// Adds an error at a field.
    pub fn add_at(&mut self, row: &Position, field: usize, message: impl FnOnce() -> String, help: &str) {
        self.add(|file| BadConfig::at(file, field_span(&file.text, row, field), message()).help(help));
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Hands the errors over; gives the value back if there were none.
    pub fn settle<T>(self, value: T, problems: &mut Problems) -> Option<T> {
        if self.found.is_empty() {
            return Some(value);
        }
        problems.extend(self.found);
        if self.more > 0 {
            problems.push(BadConfig::in_file(self.file, format!("and {} more errors", self.more)));
        }
        None
    }
}

/// A reader of the file's text that leaves the number of fields to us.
pub(super) fn reader(file: &SourceFile) -> Reader<&[u8]> {
    ReaderBuilder::new().flexible(true).has_headers(false).from_reader(file.text.as_bytes())
}

/// Reads the next row; false at the end.
pub(super) fn next_row(reader: &mut Reader<&[u8]>, row: &mut ByteRecord) -> bool {
    reader.read_byte_record(row).expect("rows in memory of any length can be read")
}

/// The place of a row, which rows that were read have.
pub(super) fn place(row: &ByteRecord) -> Position {
    row.position().cloned().unwrap_or_else(Position::new)
}

/// The columns in the first row, checked against those that must be there.
///
/// Gives the index of each expected column; `None` if one is missing.
pub(super) fn columns(expected: &[&str], reader: &mut Reader<&[u8]>, faults: &mut Faults<'_>) -> Option<Vec<usize>> {
    let mut header = ByteRecord::new();
    let form = format!("the first row names the columns: {}", expected.join(","));
    if !next_row(reader, &mut header) {
        faults.add(|file| BadConfig::in_file(file, "the table is empty").help(form));
        return None;
    }
    let row = place(&header);
    let names: Vec<&str> = header.iter().map(|name| std::str::from_utf8(name).unwrap_or("")).collect();
    for (index, name) in names.iter().enumerate() {
        if !expected.contains(name) {
            let unused = expected.iter().copied().filter(|column| !names.contains(column));
            let help = did_you_mean(name, unused);
            let help = if help.is_empty() { "remove it".to_owned() } else { help };
            faults.add_at(&row, index, || format!("unknown column `{name}`"), &help);
        } else if names[..index].contains(name) {
            faults.add_at(&row, index, || format!("the column `{name}` is there twice"), "remove one");
        }
    }
    let mut found = Vec::with_capacity(expected.len());
    for column in expected {
        match names.iter().position(|name| name == column) {
            Some(index) => found.push(index),
            None => faults.add(|file| {
                let start = first_byte(&file.text, &row);
                let line = file.text[start..].lines().next().map_or(0, str::len);
                let help = did_you_mean(column, names.iter().copied().filter(|name| !expected.contains(name)));
                let help =
                    help.strip_prefix("did you mean").map_or_else(|| form.clone(), |near| format!("is it{near}"));
                BadConfig::at(file, start..start + line, format!("missing column `{column}`")).help(help)
            }),
        }
    }
    (found.len() == expected.len() && faults.is_empty()).then_some(found)
}

/// Adds an error and gives false if a row has another number of fields than the first row.
pub(super) fn has_width(row: &ByteRecord, width: usize, faults: &mut Faults<'_>) -> bool {
    if row.len() == width {
        return true;
    }
    let last = row.len().saturating_sub(1).min(width);
    let message = || format!("{} instead of {width} fields", row.len());
    faults.add_at(&place(row), last, message, "give every row the same number of fields");
    false
}

/// The byte at which a row begins.
fn offset(row: &Position) -> usize {
    usize::try_from(row.byte()).expect("a position in text that is in memory")
}

/// The byte at which a row's first field begins: a row's position may be that of the line breaks before it.
fn first_byte(text: &str, row: &Position) -> usize {
    let start = offset(row).min(text.len());
    let breaks = text.as_bytes()[start..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
    start + breaks
}

/// The line of a row, counted from 1.
pub(super) fn line(text: &str, row: &Position) -> usize {
    1 + text[..first_byte(text, row)].matches('\n').count()
}

/// Where a field of a row stands, with its quotes.
fn field_span(text: &str, row: &Position, field: usize) -> Range<usize> {
    let bytes = text.as_bytes();
    let mut start = first_byte(text, row);
    let (mut fields, mut quoted) = (0, false);
    for (at, &byte) in bytes.iter().enumerate().skip(start) {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted && fields == field => return start..at,
            b',' if !quoted => (fields, start) = (fields + 1, at + 1),
            b'\n' | b'\r' if !quoted => return start..at,
            _ => {}
        }
    }
    start..bytes.len()
}
