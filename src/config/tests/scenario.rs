//! Files without evidence: enums, maps and places.

use std::collections::BTreeMap;

use super::*;

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    name: toml::Spanned<String>,
    measures: Vec<Measure>,
    by_year: Option<BTreeMap<u16, Share>>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Measure {
    effect: Effect,
    group: Group,
    from: u16,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Effect {
    Nothing,
    Ratio(f64),
    Ramp { from: f64, to: f64 },
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Group {
    Everyone,
    Smokers,
}

const SCENARIO: &str = r#"name = "tax"
by_year = { 2020 = 0.1, 2021 = 0.2 }
[[measures]]
effect = { ratio = 0.9 }
group = "smokers"
from = 2020
[[measures]]
effect.ramp = { from = 1, to = 0.5 }
group = "everyone"
from = 2021
[[measures]]
effect = "nothing"
group = "everyone"
from = 2021
"#;

pub(super) fn read(text: &str) -> (Option<Scenario>, Problems) {
    let mut problems = Problems::default();
    (parse(&SourceFile::new("tax.toml", text), &mut problems), problems)
}

#[test]
fn a_good_scenario_is_read_with_places() {
    let (read, problems) = read(SCENARIO);
    assert!(problems.is_empty());
    let read = read.unwrap();
    assert_eq!(&SCENARIO[read.name.span()], "\"tax\"");
    assert_eq!(read.measures[1].effect, Effect::Ramp { from: 1.0, to: 0.5 });
    assert_eq!(read.by_year.unwrap()[&2021], Share(0.2));
}

#[test]
fn errors_deep_in_a_scenario_are_all_told() {
    let text = SCENARIO
        .replacen("ratio = 0.9", "ration = 0.9", 1)
        .replacen("to = 0.5", "too = 0.5", 1)
        .replacen("\"smokers\"", "\"smoker\"", 1)
        .replacen("2021 = 0.2", "2021 = 2, soon = 0", 1)
        .replacen("from = 2021", "form = 2021", 1)
        .replacen("\"nothing\"", "\"ratio\"", 1);
    let (read, problems) = read(&text);
    assert!(read.is_none());
    insta::assert_snapshot!(rendered(problems), @r#"
      × 9 errors in the configuration

    Error:
      × `2021`: 2 is not a share from 0 to 1
       ╭─[tax.toml:2:32]
     1 │ name = "tax"
     2 │ by_year = { 2020 = 0.1, 2021 = 2, soon = 0 }
       ·                                ┬
       ·                                ╰── here
     3 │ [[measures]]
       ╰────

    Error:
      × expected a whole number from 0 to 65535, found the text "soon"
       ╭─[tax.toml:2:35]
     1 │ name = "tax"
     2 │ by_year = { 2020 = 0.1, 2021 = 2, soon = 0 }
       ·                                   ──┬─
       ·                                     ╰── here
     3 │ [[measures]]
       ╰────

    Error:
      × `ration` is not one of the choices
       ╭─[tax.toml:4:12]
     3 │ [[measures]]
     4 │ effect = { ration = 0.9 }
       ·            ───┬──
       ·               ╰── here
     5 │ group = "smoker"
       ╰────
      help: did you mean `ratio`?

    Error:
      × `group`: `smoker` is not one of the choices
       ╭─[tax.toml:5:9]
     4 │ effect = { ration = 0.9 }
     5 │ group = "smoker"
       ·         ────┬───
       ·             ╰── here
     6 │ from = 2020
       ╰────
      help: did you mean `smokers`?

    Error:
      × missing key `from` in `measures`
       ╭─[tax.toml:7:1]
     6 │ from = 2020
     7 │ [[measures]]
       · ──────┬─────
       ·       ╰── in this table
     8 │ effect.ramp = { from = 1, too = 0.5 }
       ╰────
      help: add `from = …`

    Error:
      × missing key `to` in `ramp`
       ╭─[tax.toml:8:15]
     7 │ [[measures]]
     8 │ effect.ramp = { from = 1, too = 0.5 }
       ·               ───────────┬───────────
       ·                          ╰── in this table
     9 │ group = "everyone"
       ╰────
      help: add `to = …`

    Error:
      × unknown key `too`
       ╭─[tax.toml:8:27]
     7 │ [[measures]]
     8 │ effect.ramp = { from = 1, too = 0.5 }
       ·                           ─┬─
       ·                            ╰── here
     9 │ group = "everyone"
       ╰────
      help: did you mean `to`?

    Error:
      × unknown key `form`
        ╭─[tax.toml:10:1]
      9 │ group = "everyone"
     10 │ form = 2021
        · ──┬─
        ·   ╰── here
     11 │ [[measures]]
        ╰────
      help: did you mean `from`?

    Error:
      × `effect`: expected a table { choice = value }, found a choice without a value
        ╭─[tax.toml:12:10]
     11 │ [[measures]]
     12 │ effect = "ratio"
        ·          ───┬───
        ·             ╰── here
     13 │ group = "everyone"
        ╰────
    "#);
}

#[test]
fn an_absent_option_is_not_missing_even_when_other_keys_are() {
    let (_, problems) = read("");
    let told: Vec<String> = problems.into_iter().map(|problem| problem.to_string()).collect();
    assert_eq!(told, ["missing key `name`", "missing key `measures`"]);
}
