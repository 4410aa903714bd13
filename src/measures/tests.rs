//! The parser against files that nobody would write. `PROPTEST_CASES=10000000 cargo test --lib measures` takes it further.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;

use crate::config::{Sources, parse};
use crate::error::{Problems, SourceFile};
use crate::model::attribute::{Attribute, Sight, Values};
use crate::model::lever::{Form, Grain, Lever};
use crate::units::Year;

use super::Against;
use super::check::Checker;
use super::written::Written;

const LEVER: Lever = Lever {
    name: "smoking.stopping",
    form: Form::HazardRatio,
    grain: Grain::Person,
    sex: None,
    ages: [13, 110],
    about: "",
};
const HABIT: Attribute =
    Attribute { name: "smoking.habit", unit: "", values: Values::Words(&["never", "daily", "former"]), about: "" };
const AGE: Attribute = Attribute { name: "person.age", unit: "years", values: Values::Range(0.0, 127.0), about: "" };

const TEXT: &str = r#"id = "test"
title = { en = "Test", no = "Prøve" }
from = 2027
until = 2040
ramp = { years = 2, of = "coverage" }
decay = 5.0
who = [{ attribute = "smoking.habit", is = ["daily"] }, { attribute = "person.age", in = [18, 70] }]
coverage = 0.5
already = "now / 2"
uptake = { by = "smoking.habit", values = { never = 1, daily = 0.5, former = "help ^ 2" } }
capacity = 1000
cost = { nok = 100, per = "person reached", prices = 2020 }

[params]
help = { value = 2.0, unit = "odds ratio", interval = [1.5, 2.5], dist = "lognormal", grade = "weak", kind = "assumed", note = "a" }
now = { value = 0.2, unit = "share", interval = [0.1, 0.3], dist = "beta", shape = [2.0, 8.0], grade = "weak", kind = "assumed", note = "a" }

[[effect]]
lever = "smoking.stopping"
form = "hazard-ratio"
value = "1 + help / (2 - now)"
ages = [20, 60]

[[effect]]
lever = "smoking.stopping"
form = "hazard-ratio"
value = 0.9
evidence = { unit = "ratio", interval = [0.8, 1.0], kind = "assumed", note = "a test" }

[[support]]
measure = "other"
of = "fidelity"
value = "help"
"#;

static SOURCES: LazyLock<Sources> =
    LazyLock::new(|| Sources::load(Path::new("configs/norway/sources.toml"), &mut Problems::default()));

/// Reads and checks a text; how much is wrong with it.
fn wrong(text: &str) -> usize {
    let file = SourceFile::new("test.toml", text);
    let sights = [HABIT, AGE].map(|attribute| Sight { attribute, column: std::sync::Arc::new(|_| Vec::new()) });
    let mut problems = Problems::default();
    let against = Against {
        levers: &[LEVER],
        sights: &sights,
        decisions: &[],
        ruled: &[],
        sources: &SOURCES,
        branch: Year(2025),
        until: Year(2100),
    };
    if let Some(written) = parse::<Written>(&file, &mut problems) {
        let mut checker =
            Checker { file: &file, against, problems: &mut problems, params: Vec::new(), used: BTreeSet::new() };
        checker.measure(&written, &std::collections::BTreeMap::new());
    }
    problems.len()
}

#[test]
fn the_text_that_is_changed_is_in_order() {
    assert_eq!(wrong(TEXT), 0);
}

proptest! {
    #[test]
    fn no_change_of_a_file_makes_the_reader_panic(
        at in 0..TEXT.len(),
        cut in 0..12_usize,
        put in "[a-z0-9_.,=\"{}()^*/ \\[\\]\n-]{0,8}",
    ) {
        let start = TEXT.floor_char_boundary(at);
        let end = TEXT.ceil_char_boundary((at + cut).min(TEXT.len()));
        wrong(&format!("{}{put}{}", &TEXT[..start], &TEXT[end..]));
    }
}
