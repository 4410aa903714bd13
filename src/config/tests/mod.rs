//! What loading accepts; what it refuses, as the user sees it, stands in the files beside.

mod evidence;
mod parameters;
mod scenario;

use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::error::{Problems, SourceFile, rendered};

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(try_from = "f32")]
struct Share(f32);

impl TryFrom<f32> for Share {
    type Error = String;

    fn try_from(share: f32) -> Result<Self, String> {
        if (0.0..=1.0).contains(&share) { Ok(Self(share)) } else { Err(format!("{share} is not a share from 0 to 1")) }
    }
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Params {
    infant_share: Share,
    ratio: [f64; 2],
    first_year: u16,
    level: Option<Level>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Level {
    low: Share,
    high: Share,
}

impl Check for Params {
    fn check(&self) -> Vec<Misfit> {
        let falls = self.ratio[0] > self.ratio[1];
        falls.then(|| Misfit { key: "ratio", message: "`ratio` falls".to_owned() }).into_iter().collect()
    }
}

const SOURCES: &str = "[hmd]\ncitation = \"HMD\"\nlicence = \"CC BY 4.0\"\nretrieved = \"2025-08-19\"\n";

const GOOD: &str = r#"[params]
infant_share = 0.87
ratio = [1.0, 2]
first_year = 1950
[params.level]
low = 0.1
high = 0.3
[evidence]
infant_share = { unit = "share", interval = [0.80, 0.90], kind = "estimated", source = "hmd", note = "so" }
ratio = { unit = "ratio", intervals = [[0.5, 1.5], [1, 3]], kind = "calibrated", source = "hmd" }
first_year = { unit = "year", kind = "assumed", note = "the first with data" }
level = { unit = "share", kind = "assumed", note = "a guess" }
"#;

fn sources() -> Sources {
    let mut problems = Problems::default();
    let sources = Sources::read(&SourceFile::new("sources.toml", SOURCES), &mut problems);
    assert!(problems.is_empty());
    sources
}

fn load_with(text: &str, settings: &[&str]) -> (Option<ConfigFile<Params>>, Problems) {
    let mut problems = Problems::default();
    let overrides = Overrides::parse(settings, &mut problems);
    let file = SourceFile::new("births.toml", text);
    let loaded = load_text(file, "family/births", &sources(), &overrides, &mut problems);
    problems.extend(overrides.unused(&["family/births", "death"]));
    (loaded, problems)
}

/// The errors of the good file with one text replaced.
fn refused(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    let (loaded, problems) = load_with(&GOOD.replacen(from, to, 1), &[]);
    assert!(loaded.is_none());
    rendered(problems)
}

fn refused_setting(setting: &str) -> String {
    rendered(load_with(GOOD, &[setting]).1)
}

#[test]
fn a_good_file_is_read() {
    let (loaded, problems) = load_with(GOOD, &[]);
    assert!(problems.is_empty());
    let loaded = loaded.unwrap();
    let level = Some(Level { low: Share(0.1), high: Share(0.3) });
    assert_eq!(loaded.params, Params { infant_share: Share(0.87), ratio: [1.0, 2.0], first_year: 1950, level });
    assert!(sources().uncited(loaded.evidence.values()).is_empty());
    assert_eq!(sources().uncited([]), ["hmd"]);
}

#[test]
fn describe_gives_the_parameters_in_the_order_of_the_file() {
    let rows = describe(&load_with(GOOD, &[]).0.unwrap());
    let values: Vec<&str> = rows.iter().map(|row| row.value.as_str()).collect();
    assert_eq!(values, ["0.87", "[1.0, 2]", "1950", "{ low = 0.1, high = 0.3 }"]);
    assert_eq!((rows[1].interval.as_str(), rows[1].source.as_str()), ("[0.5, 1.5], [1, 3]", "hmd"));
}

#[test]
fn a_setting_replaces_a_value_and_may_leave_the_interval() {
    let (loaded, problems) = load_with(GOOD, &["family/births.infant_share=0.3", "family/births.level.low=0.2"]);
    assert!(problems.is_empty());
    let loaded = loaded.unwrap();
    assert_eq!(loaded.params.infant_share, Share(0.3));
    assert_eq!(loaded.params.level, Some(Level { low: Share(0.2), high: Share(0.3) }));
    assert_eq!(describe(&loaded)[0].value, "0.3");
}

#[test]
fn numbers_that_are_not_finite_or_too_large_are_refused() {
    for number in ["nan", "inf", "1e999", "1e39", "99999999999999999999999999999999999999999999", "1979-05-27"] {
        assert!(!load_with(&GOOD.replacen("0.87", number, 1), &[]).1.is_empty(), "{number}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_loader_panic(
        text in concat!(
            "(\\[{1,2}(params|evidence|measures|a)(\\.level)?\\]{1,2}\n",
            "|(name|ratio|infant_share|effect|from|low|é)(\\.b)? ?= ?",
            "(-?[0-9.e]{1,5}|\"x\"|\\[1, ?\"é\"\\]|\\{ (ratio|unit) = 1 \\}|nan)\n|.){0,12}",
        ),
        setting in ".{0,20}|family/births\\.(ratio|level\\.low|infant_share)=.{0,6}",
    ) {
        let (_, problems) = load_with(&text, &[&setting]);
        if !problems.is_empty() {
            rendered(problems);
        }
        let (_, problems) = scenario::read(&text);
        if !problems.is_empty() {
            rendered(problems);
        }
    }

    #[test]
    fn a_good_file_with_a_hole_never_panics(start in 0..GOOD.len(), length in 0..30_usize, fill in ".{0,4}") {
        let end = GOOD.len().min(start + length);
        let text = format!("{}{fill}{}", &GOOD[..start], &GOOD[end..]);
        let (loaded, problems) = load_with(&text, &[]);
        prop_assert_eq!(loaded.is_none(), !problems.is_empty());
    }
}
