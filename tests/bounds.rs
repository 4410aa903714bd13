//! Decisive parameters at the ends of their intervals.

use std::path::Path;

use assert_cmd::Command;
use livslop::measures::{Arm, End};
use livslop::run::model::Model;
use livslop::units::Year;

mod common;

fn package(model: &Model, id: &str) -> Arm {
    model.arms(&[Path::new("scenarios/packages").join(format!("{id}.toml"))]).expect("in order").remove(0)
}

#[test]
fn every_decisive_parameter_has_two_arms_that_say_what_they_are() {
    let model = common::model(2_000, 1, 2100);
    let bounds = package(&model, "three-measures").bounds().expect("sound ends");
    let told = |arm: &Arm| format!("{}\n    {}\n    {}\n", arm.id, arm.title.en, arm.title.no);
    insta::assert_snapshot!(bounds.iter().map(told).collect::<String>());
}

#[test]
fn every_measure_has_one_or_two_decisive_parameters() {
    for arm in common::measures(&common::model(2_000, 1, 2100)) {
        let decisive = arm.parts[0].measure.params.iter().filter(|param| param.decisive).count();
        assert!((1..=2).contains(&decisive), "{}: {decisive}", arm.id);
    }
}

#[test]
fn at_an_end_one_parameter_is_other_and_rules_follow_it() {
    let model = common::model(2_000, 1, 2100);
    let arm = package(&model, "three-measures");
    for bound in arm.bounds().expect("sound ends") {
        let variant = bound.variant.clone().expect("a variant");
        assert_eq!(variant.of, arm.id);
        let back = |arm: &Arm| {
            let part = arm.parts.iter().find(|part| part.measure.id == variant.measure).expect("a measure");
            part.measure.params.iter().find(|param| param.name == variant.parameter).expect("a parameter").clone()
        };
        let interval = back(&arm).interval.expect("an interval");
        let end = if variant.end == End::Low { interval[0] } else { interval[1] };
        assert_eq!((variant.value, back(&bound).value), (end, end));
        let central = bound.with_parameter(&variant.measure, &variant.parameter, back(&arm).value).expect("as before");
        assert_eq!(central.parts, arm.parts);
        assert_ne!(bound.levers(Year(2050)), arm.levers(Year(2050)), "{}", bound.id);
    }
    let low = arm.bounds().expect("sound ends").into_iter().find(|arm| arm.id.contains("prevalence_elasticity-low"));
    let levers = low.expect("a variant").levers(Year(2050));
    let settings: Vec<&String> = levers.rules.iter().flat_map(|rule| &rule.settings).collect();
    // An elasticity of prevalence of -0.35, times -1.5.
    assert!(settings.iter().any(|setting| setting.starts_with("stop_price=0.52")), "{settings:?}");
}

#[test]
fn what_a_package_sets_or_its_coverage_replaces_has_no_bounds() {
    let model = common::model(2_000, 1, 2100);
    let parameters = |entry: &str| -> Vec<String> {
        let bounds = common::package(&model, "test", entry).bounds().expect("sound ends");
        bounds.into_iter().filter_map(|arm| Some(arm.variant?.parameter)).collect()
    };
    let all = ["supported_share_policy", "weaker_when_short"].map(|name| [name, name]).concat();
    assert_eq!(parameters("\"smoking-cessation\""), all);
    assert_eq!(parameters("{ id = \"smoking-cessation\", set = { weaker_when_short = 1 } }"), all[..2]);
    assert_eq!(parameters("{ id = \"smoking-cessation\", coverage = 0.3 }"), all[2..]);
    assert!(parameters("{ id = \"smoking-cessation\", strength = 0 }").is_empty());
}

#[test]
fn parameters_of_one_name_are_told_apart_by_their_measures() {
    let model = common::model(2_000, 1, 2100);
    let folder = tempfile::tempdir().expect("a directory");
    let title = "title = { en = \"Test\", no = \"Prøve\" }\n";
    for id in ["one", "two"] {
        let text = format!(
            "id = \"{id}\"\n{title}[params]\nratio = {{ value = 1.2, unit = \"hazard ratio\", interval = [1, 2], dist = \"pert\", \
             grade = \"assumption\", kind = \"assumed\", note = \"a test\", decisive = true }}\n[[effect]]\n\
             lever = \"smoking.stopping\"\nform = \"hazard-ratio\"\nvalue = \"ratio\"\n"
        );
        std::fs::write(folder.path().join(format!("{id}.toml")), text).expect("written");
    }
    let path = folder.path().join("both.toml");
    std::fs::write(&path, format!("id = \"both\"\n{title}measures = [\"one\", \"two\"]\n")).expect("written");
    let bounds = model.arms(&[path]).expect("in order")[0].bounds().expect("sound ends");
    let ids: Vec<String> = bounds.into_iter().map(|arm| arm.id).collect();
    assert_eq!(ids, ["both~one.ratio-low", "both~one.ratio-high", "both~two.ratio-low", "both~two.ratio-high"]);
}

#[test]
fn a_variant_of_a_package_of_equal_cost_keeps_its_coverage() {
    let model = common::model(3_000, 1, 2029);
    let arm = package(&model, "cessation-targeted");
    let bounds = arm.bounds().expect("sound ends");
    assert_eq!(bounds.len(), 2, "the coverage takes the place of a parameter");
    let arms = [vec![arm], bounds].concat();
    let outcome = common::simulate(&model, &arms);
    assert!(outcome.solutions[0].is_some() && outcome.solutions[1..] == [None, None]);
    // In the first year nobody has stopped yet who would not have.
    let first = |arm: usize| &outcome.reached[arm][2].measures[0].reached;
    assert!(first(0) == first(1) && first(0) == first(2));
    assert_ne!(outcome.end_identities[2], outcome.end_identities[3]);
}

#[test]
fn a_share_at_the_ends_of_its_interval_is_a_share_and_tells_people_apart() {
    let model = common::model(2_000, 1, 2100);
    let arm = |interval: &str| {
        let text = format!(
            "id = \"test\"\ntitle = {{ en = \"Test\", no = \"Prøve\" }}\ncoverage = \"share\"\n[params]\nshare = {{ value = 1, \
             unit = \"share\", interval = {interval}, dist = \"pert\", grade = \"assumption\", kind = \"assumed\", \
             note = \"a test\", decisive = true }}\n[[effect]]\nlever = \"smoking.stopping\"\nform = \"hazard-ratio\"\n\
             value = 2\nevidence = {{ unit = \"ratio\", interval = [1, 3], kind = \"assumed\", note = \"a test\" }}\n"
        );
        common::arm(&model, &text)
    };
    // At 1 everyone is reached alike; at a half people are told apart.
    let ends = arm("[0.5, 1]").bounds().expect("sound ends");
    let bit = |arm: &Arm| arm.levers(Year(2030)).orders.expect("an order").orders[0].as_ref().expect("in force").bit;
    assert_eq!([bit(&ends[0]), bit(&ends[1])], [Some(0), None]);
    assert!(arm("[0.5, 1.5]").bounds().is_err(), "a share above 1");
}

fn said(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::cargo_bin("livslop").expect("the program is built");
    let output = command.env("NO_COLOR", "1").env("COLUMNS", "100").args(arguments).output().expect("run");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).expect("text");
    (output.status.code(), text.lines().map(|line| line.trim_end().to_owned() + "\n").collect())
}

#[test]
fn without_a_decisive_parameter_there_are_no_bounds() {
    let (code, text) = said(&["run", "five-percent", "--bounds", "--dry-run"]);
    assert_eq!(code, Some(2));
    insta::assert_snapshot!(text);
    let (code, text) = said(&["run", "three-measures", "--bounds", "--dry-run"]);
    assert_eq!(code, Some(0));
    assert_eq!(text.matches("three-measures").count(), 11, "{text}");
}

#[test]
fn a_parameter_that_cannot_be_decisive_is_refused() {
    let folder = tempfile::tempdir().expect("a directory");
    let refused = |name: &str, from: &str, to: &str| {
        let text = std::fs::read_to_string(format!("scenarios/measures/{name}.toml")).expect("text");
        assert!(text.contains(from), "{from}");
        let path = folder.path().join(format!("{name}.toml"));
        std::fs::write(&path, text.replacen(from, to, 1)).expect("written");
        let (code, text) = said(&["check", &path.display().to_string()]);
        assert_eq!(code, Some(2));
        text.replace("\n  │ ", " ").replace(&folder.path().display().to_string(), "DIR")
    };
    let left_out = "note = \"Hughes 2008 and Hawkins 2010, from memory\"";
    insta::assert_snapshot!(refused("smoking-cessation", left_out, &format!("{left_out}\ndecisive = true")));
    let fixed =
        "value = 70000\nunit = \"NOK for each extra apprentice-year\"\ninterval = [60000, 80000]\ndist = \"normal\"";
    let to = fixed.replace("interval = [60000, 80000]\ndist = \"normal\"", "decisive = true\ndist = \"fixed\"");
    insta::assert_snapshot!(refused("flexible-practice-curricula", fixed, &to));
}
