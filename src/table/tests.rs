//! What tables are refused for, as the user sees it.

use proptest::prelude::*;
use serde::Deserialize;

use super::dense::{dense_of, wide_of};
use super::rows::rows_of;
use super::*;
use crate::error::{Problems, SourceFile, rendered};

const GOOD: &str = "year,sex,rate\n2000,women,0.1\n2000,men,0.2\n2001,women,0.3\n2001,men,0.4\n";

fn spec() -> Spec {
    Spec {
        keys: vec![
            Key::Int { name: "year", first: 2000, last: 2001 },
            Key::Word { name: "sex", words: &["women", "men"] },
        ],
        value: "rate",
        min: 0.0,
        max: 1.0,
        missing: None,
    }
}

fn read(text: &str, spec: &Spec) -> (Option<Dense>, Problems) {
    let mut problems = Problems::default();
    (dense_of(&SourceFile::new("rates.csv", text), spec, &mut problems), problems)
}

/// The errors of the good table with one text replaced.
fn refused(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    let (table, problems) = read(&GOOD.replacen(from, to, 1), &spec());
    assert!(table.is_none());
    rendered(problems)
}

#[test]
fn a_table_is_dense_whatever_the_order_of_rows_and_columns() {
    let expected = Dense { shape: vec![2, 2], values: vec![0.1, 0.2, 0.3, 0.4] };
    assert_eq!(read(GOOD, &spec()).0, Some(expected.clone()));
    let mixed = "rate,sex,year\r\n0.4,men,2001\r\n\"0.1\",women,2000\r\n\r\n0.3,women,2001\r\n0.2,men,2000";
    assert_eq!(read(mixed, &spec()).0, Some(expected));
}

#[test]
fn missing_cells_take_the_default_if_there_is_one() {
    let spec = Spec { missing: Some(0.0), ..spec() };
    assert_eq!(read("year,sex,rate\n2001,men,1\n", &spec).0.unwrap().values, [0.0, 0.0, 0.0, 1.0]);
}

#[test]
fn a_missing_file_is_told() {
    let mut problems = Problems::default();
    assert!(read_dense(std::path::Path::new("none.csv"), &spec(), &mut problems).is_none());
    insta::assert_snapshot!(rendered(problems), @"
      × 1 error in the configuration

    Error:
      × none.csv: the file is missing
      help: create the file, or correct the path
    ");
}

#[test]
fn an_empty_table_is_told() {
    insta::assert_snapshot!(rendered(read("", &spec()).1), @"
      × 1 error in the configuration

    Error:
      × rates.csv: the table is empty
      help: the first row names the columns: year,sex,rate
    ");
    assert!(rendered(read("year,sex,rate\n", &spec()).1).contains("no rows"));
}

#[test]
fn missing_and_unknown_columns_are_told_with_the_nearest() {
    insta::assert_snapshot!(refused("sex,rate", "sec,rate"), @"
      × 2 errors in the configuration

    Error:
      × unknown column `sec`
       ╭─[rates.csv:1:6]
     1 │ year,sec,rate
       ·      ─┬─
       ·       ╰── here
     2 │ 2000,women,0.1
       ╰────
      help: did you mean `sex`?

    Error:
      × missing column `sex`
       ╭─[rates.csv:1:1]
     1 │ year,sec,rate
       · ──────┬──────
       ·       ╰── here
     2 │ 2000,women,0.1
       ╰────
      help: is it `sec`?
    ");
    insta::assert_snapshot!(refused("sex,rate", "rate"), @"
      × 1 error in the configuration

    Error:
      × missing column `sex`
       ╭─[rates.csv:1:1]
     1 │ year,rate
       · ────┬────
       ·     ╰── here
     2 │ 2000,women,0.1
       ╰────
      help: the first row names the columns: year,sex,rate
    ");
    assert!(refused("sex,rate", "sex,sex").contains("the column `sex` is there twice"));
}

#[test]
fn a_wrong_number_of_fields_is_told() {
    insta::assert_snapshot!(refused("2000,men,0.2", "2000,men,0,2"), @"
      × 1 error in the configuration

    Error:
      × 4 instead of 3 fields
       ╭─[rates.csv:3:12]
     2 │ 2000,women,0.1
     3 │ 2000,men,0,2
       ·            ┬
       ·            ╰── here
     4 │ 2001,women,0.3
       ╰────
      help: give every row the same number of fields
    ");
    assert!(refused("2000,men,0.2", "2000").contains("1 instead of 3 fields"));
}

#[test]
fn values_that_are_no_rates_are_all_told() {
    let text = GOOD.replace("0.1", "x").replace("0.2", "nan").replace("0.3", "-0.3").replace("0.4", "1.4");
    insta::assert_snapshot!(rendered(read(&text, &spec()).1), @r#"
      × 4 errors in the configuration

    Error:
      × rate "x" is not a finite number
       ╭─[rates.csv:2:12]
     1 │ year,sex,rate
     2 │ 2000,women,x
       ·            ┬
       ·            ╰── here
     3 │ 2000,men,nan
       ╰────
      help: write it with a decimal point, such as 0.5

    Error:
      × rate "nan" is not a finite number
       ╭─[rates.csv:3:10]
     2 │ 2000,women,x
     3 │ 2000,men,nan
       ·          ─┬─
       ·           ╰── here
     4 │ 2001,women,-0.3
       ╰────
      help: write it with a decimal point, such as 0.5

    Error:
      × -0.3 is below 0
       ╭─[rates.csv:4:12]
     3 │ 2000,men,nan
     4 │ 2001,women,-0.3
       ·            ──┬─
       ·              ╰── here
     5 │ 2001,men,1.4
       ╰────
      help: correct the value

    Error:
      × 1.4 is above 1
       ╭─[rates.csv:5:10]
     4 │ 2001,women,-0.3
     5 │ 2001,men,1.4
       ·          ─┬─
       ·           ╰── here
       ╰────
      help: correct the value
    "#);
}

#[test]
fn unknown_keys_are_all_told() {
    let text = GOOD.replace("2000,women", "2150,woman").replace("2001,men", "MMI,man");
    insta::assert_snapshot!(rendered(read(&text, &spec()).1), @r#"
      × 4 errors in the configuration

    Error:
      × year 2150 is outside 2000-2001
       ╭─[rates.csv:2:1]
     1 │ year,sex,rate
     2 │ 2150,woman,0.1
       · ──┬─
       ·   ╰── here
     3 │ 2000,men,0.2
       ╰────
      help: remove the row, or correct it

    Error:
      × unknown sex "woman"
       ╭─[rates.csv:2:6]
     1 │ year,sex,rate
     2 │ 2150,woman,0.1
       ·      ──┬──
       ·        ╰── here
     3 │ 2000,men,0.2
       ╰────
      help: did you mean `women`?

    Error:
      × year "MMI" is not a whole number
       ╭─[rates.csv:5:1]
     4 │ 2001,women,0.3
     5 │ MMI,man,0.4
       · ─┬─
       ·  ╰── here
       ╰────
      help: expected 2000 to 2001

    Error:
      × unknown sex "man"
       ╭─[rates.csv:5:5]
     4 │ 2001,women,0.3
     5 │ MMI,man,0.4
       ·     ─┬─
       ·      ╰── here
       ╰────
      help: did you mean `men`?
    "#);
}

#[test]
fn a_row_that_is_there_twice_is_told_with_the_first() {
    insta::assert_snapshot!(refused("2001,women", "2000,women"), @"
      × 1 error in the configuration

    Error:
      × year 2000, sex women is there twice: first in line 2
       ╭─[rates.csv:4:1]
     3 │ 2000,men,0.2
     4 │ 2000,women,0.3
       · ──┬─
       ·   ╰── here
     5 │ 2001,men,0.4
       ╰────
      help: remove one of the two rows
    ");
}

#[test]
fn missing_rows_are_told() {
    insta::assert_snapshot!(refused("2000,men,0.2\n2001,women,0.3\n", ""), @"
      × 1 error in the configuration

    Error:
      × rates.csv: no row for year 2000, sex men (and 1 more)
      help: add the missing rows
    ");
    assert!(refused("2000,men,0.2\n", "").contains("no row for year 2000, sex men\n"));
}

const WIDE: &str = "sex,year,low,high\nwomen,1950,0.1,0.2\nwomen,1955,0.3,0.4\nmen,1950,0.5,0.6\nmen,1955,0.7,0.8\n";

fn wide(text: &str) -> (Option<Dense>, Problems) {
    wide_parts(text, None)
}

fn wide_parts(text: &str, whole: Option<[f64; 2]>) -> (Option<Dense>, Problems) {
    let keys = vec![Key::Word { name: "sex", words: &["women", "men"] }, Key::Grid { name: "year", at: &[1950, 1955] }];
    let spec = WideSpec { keys, values: &["low", "high"], min: 0.0, max: 1.0, whole };
    let mut problems = Problems::default();
    (wide_of(&SourceFile::new("wide.csv", text), &spec, &mut problems), problems)
}

#[test]
fn the_columns_of_values_are_the_last_key_of_a_wide_table() {
    let expected = Dense { shape: vec![2, 2, 2], values: vec![0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8] };
    assert_eq!(wide(WIDE).0, Some(expected.clone()));
    let mixed = "high,year,low,sex\n0.8,1955,0.7,men\n0.4,1955,0.3,women\n0.6,1950,0.5,men\n0.2,1950,0.1,women\n";
    assert_eq!(wide(mixed).0, Some(expected));
}

#[test]
fn parts_that_are_more_than_the_whole_are_told() {
    let told = rendered(wide_parts(WIDE, Some([0.0, 1.0])).1);
    assert!(told.contains("2 errors") && told.contains("year 1950 add up to 1.1000"), "{told}");
    assert!(told.contains("wide.csv:4:10") && told.contains("no more than 1"), "{told}");
    assert!(wide_parts(&WIDE.replace("0.5,0.6", "0.5,0.5").replace("0.8", "0.3"), Some([0.0, 1.0])).0.is_some());
}

#[test]
fn wrong_cells_of_a_wide_table_are_all_told() {
    let text = WIDE.replace("0.3,0.4", "0.3,4").replace("men,1950,0.5", "men,1952,0.5").replace("0.7", "x");
    insta::assert_snapshot!(rendered(wide(&text).1), @r#"
      × 3 errors in the configuration

    Error:
      × 4 is above 1
       ╭─[wide.csv:3:16]
     2 │ women,1950,0.1,0.2
     3 │ women,1955,0.3,4
       ·                ┬
       ·                ╰── here
     4 │ men,1952,0.5,0.6
       ╰────
      help: correct the value

    Error:
      × year "1952" is not one of the table's
       ╭─[wide.csv:4:5]
     3 │ women,1955,0.3,4
     4 │ men,1952,0.5,0.6
       ·     ──┬─
       ·       ╰── here
     5 │ men,1955,x,0.8
       ╰────
      help: expected 1950, 1955

    Error:
      × low "x" is not a finite number
       ╭─[wide.csv:5:10]
     4 │ men,1952,0.5,0.6
     5 │ men,1955,x,0.8
       ·          ┬
       ·          ╰── here
       ╰────
      help: write it with a decimal point, such as 0.5
    "#);
    assert!(wide(&WIDE.replace(",high", "")).0.is_none());
    assert!(rendered(wide(&WIDE.replace("men,1955,0.7,0.8\n", "")).1).contains("no row for sex men, year 1955"));
}

#[test]
fn at_most_twenty_errors_are_shown() {
    let text = format!("year,sex,rate\n{}", "1,x,y\n".repeat(10));
    let (_, problems) = read(&text, &spec());
    assert_eq!(problems.len(), 21);
    assert_eq!(problems.into_iter().last().unwrap().to_string(), "rates.csv: and 10 more errors");
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Town {
    name: String,
    people: u32,
    coast: Option<f64>,
    zone: Zone,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Zone {
    North,
    South,
}

const TOWNS: &str = "people,name,coast,zone\n7,\"Bø, i Telemark\",,south\n9,5,1.5,north\n";

fn towns(text: &str) -> (Option<Vec<Town>>, Problems) {
    let mut problems = Problems::default();
    (rows_of(&SourceFile::new("towns.csv", text), &mut problems), problems)
}

#[test]
fn rows_are_read_by_the_types_of_their_fields() {
    let town = |name: &str, people, coast, zone| Town { name: name.to_owned(), people, coast, zone };
    let expected = vec![town("Bø, i Telemark", 7, None, Zone::South), town("5", 9, Some(1.5), Zone::North)];
    assert_eq!(towns(TOWNS).0, Some(expected));
}

#[test]
fn wrong_rows_are_told_at_their_fields() {
    let text = TOWNS.replace("south", "soth").replace("9,5,1.5", "-9,5,1.5");
    insta::assert_snapshot!(rendered(towns(&text).1), @r#"
      × 2 errors in the configuration

    Error:
      × `zone`: `soth` is not one of the choices
       ╭─[towns.csv:2:22]
     1 │ people,name,coast,zone
     2 │ 7,"Bø, i Telemark",,soth
       ·                     ──┬─
       ·                       ╰── here
     3 │ -9,5,1.5,north
       ╰────
      help: did you mean `south`?

    Error:
      × `people`: expected a whole number, 0 or more, found the text "-9"
       ╭─[towns.csv:3:1]
     2 │ 7,"Bø, i Telemark",,soth
     3 │ -9,5,1.5,north
       · ─┬
       ·  ╰── here
       ╰────
    "#);
    assert!(rendered(towns(&TOWNS.replace("coast", "cost")).1).contains("unknown column `cost`"));
}

#[test]
fn a_table_of_17_000_rows_is_read() {
    let keys = vec![
        Key::Int { name: "year", first: 1950, last: 2026 },
        Key::Word { name: "sex", words: &["women", "men"] },
        Key::Int { name: "age", first: 0, last: 110 },
    ];
    let rows = (1950..=2026).flat_map(|year| {
        ["women", "men"].into_iter().flat_map(move |sex| (0..=110).map(move |age| format!("{year},{sex},{age},0.5\n")))
    });
    let text = format!("year,sex,age,rate\n{}", rows.collect::<String>());
    // 77 years, 2 sexes, 111 ages.
    assert_eq!(read(&text, &Spec { keys, ..spec() }).0.unwrap().values.len(), 77 * 2 * 111);
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(
        header in "(year,sex,rate\n)|(name,zone,people,coast\n)|.{0,9}",
        text in "(200[01],(wo)?men,0.[0-9]{1,3}\r?\n|[\"é,\r\n \u{feff}]|.){0,12}",
    ) {
        let text = header + &text;
        for problems in [read(&text, &spec()).1, towns(&text).1] {
            if !problems.is_empty() {
                rendered(problems);
            }
        }
    }
}
