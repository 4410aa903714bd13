//! Plain tables and paragraphs for the terminal.

use std::fmt::Write;

/// Lines are not longer than this, if words allow.
const WIDTH: usize = 100;

/// Columns side by side, each as wide as its widest entry; the last is broken into lines.
pub fn table(indent: usize, rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|entry| letters(entry)).max();
    let widths: Vec<usize> = (0..columns.saturating_sub(1)).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = " ".repeat(indent);
        for (entry, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{entry}{}", " ".repeat(width - letters(entry) + 2));
        }
        let last = row.get(widths.len()).map_or("", String::as_str);
        text += &hung(&line, last);
    }
    text
}

/// Rows of short entries, a line each, with another text below each but the first.
pub fn table_with(indent: usize, rows: &[Vec<String>], below: &[String]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| letters(&row[column])).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let below = std::iter::once("").chain(below.iter().map(String::as_str));
    rows.iter().zip(below).fold(String::new(), |mut text, (row, below)| {
        let mut line = " ".repeat(indent);
        for (entry, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{entry}{}", " ".repeat(width - letters(entry) + 2));
        }
        let _ = write!(text, "{}\n{below}", line.trim_end());
        text
    })
}

/// A paragraph, indented.
pub fn paragraph(indent: usize, words: &str) -> String {
    hung(&" ".repeat(indent), words)
}

/// Words after a beginning, broken into lines that hang below where they start.
fn hung(start: &str, words: &str) -> String {
    let (hang, mut text, mut line) = (letters(start), String::new(), start.to_owned());
    let mut is_first = true;
    for word in words.split_whitespace() {
        if !is_first && letters(&line) + 1 + letters(word) > WIDTH {
            text += line.trim_end();
            text.push('\n');
            line = " ".repeat(hang);
            is_first = true;
        }
        if !is_first {
            line.push(' ');
        }
        line += word;
        is_first = false;
    }
    text += line.trim_end();
    text.push('\n');
    text
}

fn letters(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other_and_the_last_is_broken() {
        let long = "word ".repeat(30);
        let rows = [vec!["å".to_owned(), "b".to_owned()], vec!["long".to_owned(), long]];
        let text = table(2, &rows);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "  å     b");
        assert!(lines[1].starts_with("  long  word word") && lines[2].starts_with("        word"), "{text}");
        assert!(lines.iter().all(|line| letters(line) <= WIDTH), "{text}");
    }

    #[test]
    fn a_word_too_long_for_a_line_stands_alone() {
        let word = "w".repeat(120);
        assert_eq!(paragraph(2, &word), format!("  {word}\n"));
    }
}
