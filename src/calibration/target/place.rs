//! Where the fields of a table stand.

use std::ops::Range;

use csv::ReaderBuilder;

/// The bytes of a field of a row, quotes and all; rows are counted from 0 without the header.
pub(super) fn place(text: &str, row: usize, column: &str) -> Option<Range<usize>> {
    let mut reader = ReaderBuilder::new().flexible(true).has_headers(false).from_reader(text.as_bytes());
    let mut records = reader.byte_records().filter_map(Result::ok);
    let header = records.next()?;
    let field = header.iter().position(|name| name.trim_ascii() == column.as_bytes())?;
    let start = usize::try_from(records.nth(row)?.position()?.byte()).ok()?;
    // Empty lines before a row belong to its place.
    let start = text.len() - text.get(start..)?.trim_start_matches(['\r', '\n']).len();
    fields(text, start).nth(field)
}

/// The fields of the row that starts there.
fn fields(text: &str, start: usize) -> impl Iterator<Item = Range<usize>> {
    let mut next = Some(start);
    std::iter::from_fn(move || {
        let start = next?;
        let mut is_quoted = false;
        let ends = |(_, byte): &(usize, u8)| {
            is_quoted ^= *byte == b'"';
            !is_quoted && matches!(byte, b',' | b'\n' | b'\r')
        };
        let end = text.bytes().enumerate().skip(start).find(ends);
        next = end.filter(|(_, byte)| *byte == b',').map(|(end, _)| end + 1);
        Some(start..end.map_or(text.len(), |(end, _)| end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a,b,c\r\n1,\"two\nlines, \"\"or\"\" more\",\r\n\r\n4,4,6\n,,x";

    fn at(row: usize, column: &str) -> Option<&'static str> {
        place(TEXT, row, column).map(|place| &TEXT[place])
    }

    #[test]
    fn fields_are_found_by_their_columns_after_line_breaks_in_quotes_and_empty_lines() {
        assert_eq!([at(0, "a"), at(0, "c")], [Some("1"), Some("")]);
        assert_eq!(at(0, "b"), Some("\"two\nlines, \"\"or\"\" more\""));
        assert_eq!([at(1, "a"), at(1, "b"), at(1, "c")], [Some("4"), Some("4"), Some("6")]);
        assert_eq!(place(TEXT, 1, "b").map(|place| place.start), TEXT.find("4,6"));
        assert_eq!([at(2, "b"), at(2, "c"), at(3, "a"), at(0, "d")], [Some(""), Some("x"), None, None]);
    }
}
