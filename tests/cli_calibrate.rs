//! `livslop calibrate` and `livslop validate` as a user calls them.

use std::path::Path;

use assert_cmd::Command;

fn livslop() -> Command {
    Command::new(assert_cmd::cargo::cargo_bin("livslop"))
}

fn refused(arguments: &[&str], code: i32) -> String {
    let output = livslop().args(arguments).output().expect("run");
    assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_search_writes_a_proposal_and_its_log_and_nothing_else() {
    let directory = tempfile::tempdir().expect("a directory");
    let out = directory.path().join("found/proposal.toml");
    let result = livslop()
        .args(["calibrate", "--people", "2000", "--until", "1972", "--evaluations", "2", "--targets", "education"])
        .args(["--parameters", "school.start.0", "--out"])
        .arg(&out)
        .assert()
        .success();
    let told = String::from_utf8_lossy(&result.get_output().stdout).into_owned();
    assert!(told.contains("mean error of education") && told.contains("2 histories up to 1970"), "{told}");
    let text = std::fs::read_to_string(&out).expect("a proposal");
    assert!(text.contains("name = \"school.start.0\"") && text.contains("kind = \"calibrated\""), "{text}");
    let files = std::fs::read_dir(out.parent().expect("a folder")).expect("a folder").count();
    assert_eq!(files, 2, "the proposal and its log");
    assert_eq!(std::fs::read_to_string(out.with_extension("csv")).expect("a log").lines().count(), 3);
}

#[test]
fn a_wrong_plan_is_refused_with_its_places_and_the_nearest_names() {
    let directory = tempfile::tempdir().expect("a directory");
    let plan = directory.path().join("plan.toml");
    let text = "[[parameter]]\nname = \"smoking.start_levl.0\"\n[[target]]\nset = \"daily_smokng\"\nweight = -1.0\n";
    std::fs::write(&plan, text).expect("written");
    let told = refused(&["calibrate", "--plan", &plan.display().to_string()], 2);
    for words in ["plan.toml:2", "`start_level`?", "plan.toml:4", "`daily_smoking`?", "plan.toml:5", "above 0"] {
        assert!(told.contains(words), "{words} in {told}");
    }
}

#[test]
fn what_contradicts_itself_in_a_plan_is_refused_at_its_place() {
    let directory = tempfile::tempdir().expect("a directory");
    let plan = directory.path().join("plan.toml");
    let one = |name: &str, more: &str| format!("[[parameter]]\nname = \"{name}\"\n{more}\n");
    let set = "[[target]]\nset = \"daily_smoking\"\n";
    let told = |text: &str| {
        std::fs::write(&plan, text).expect("written");
        refused(&["calibrate", "--plan", &plan.display().to_string()], 2)
    };
    let several = [
        one("smoking.start_level.0", "interval = [1.1, 0.9]"),
        one("smoking.start_level.1", "interval = [0.01, 90.0]"),
        one("smoking.stop_level.1", ""),
        one("smoking.stop_level.1", ""),
        one("smoking", ""),
        one("death.stopped_halves", ""),
        set.repeat(2),
    ];
    let text = told(&several.concat());
    for words in [
        "plan.toml:3:12",
        "put the lower end first",
        "plan.toml:6:12",
        "wider",
        "plan.toml:11:8",
        "is named twice",
        "plan.toml:14:8",
        "a file of parameters, not one of them",
        "is a whole number",
        "plan.toml:22:7",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    assert!(told(&format!("{}{set}weigth = 2.0\n", one("smoking.relapse", ""))).contains("`weigth`"));
}

#[test]
fn what_says_nothing_of_a_proposal_or_of_a_run_is_refused() {
    for named in [["--people", "2000"], ["--seed", "2"], ["--set", "smoking.relapse=0.1"], ["--until", "1980"]] {
        for command in [["calibrate", "--apply", "x.toml"], ["validate", "out/run-1", "--csv"]] {
            let told = refused(&[&command[..], &named[..]].concat(), 2);
            assert!(told.contains("cannot be used with"), "{told}");
        }
    }
}

#[test]
fn what_exists_is_not_overwritten() {
    let directory = tempfile::tempdir().expect("a directory");
    let out = directory.path().join("proposal.toml");
    std::fs::write(&out, "mine").expect("written");
    let told = refused(&["calibrate", "--people", "2000", "--out", &out.display().to_string()], 2);
    assert!(told.contains("exists already"), "{told}");
    let log = directory.path().join("log.csv");
    let told = refused(&["calibrate", "--people", "2000", "--out", &log.display().to_string()], 2);
    assert!(told.contains("log's name too"), "{told}");
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let told = refused(&["calibrate", "--parameters", "smoking.start_level", "--targets", "daily_smoking"], 2);
    assert!(told.contains("not one number"), "{told}");
    let told = refused(&["calibrate", "--parameters", "smoking.relapse", "--targets", "mortality_rii"], 2);
    assert!(told.contains("all targets of `mortality_rii` are held"), "{told}");
    let early = ["calibrate", "--people", "2000", "--until", "1955", "--parameters", "smoking.relapse"];
    let told = refused(&[&early[..], &["--targets", "daily_smoking"]].concat(), 2);
    assert!(told.contains("tells no figure of the set `daily_smoking` up to 1955"), "{told}");
    let told = refused(&["calibrate", "--evaluations", "4"], 2);
    assert!(told.contains("4 evaluations are too few for 4 parameters"), "{told}");
    let twice = ["calibrate", "--parameters", "smoking.relapse,smoking.relapse", "--targets", "daily_smoking"];
    assert!(refused(&twice, 2).contains("`smoking.relapse` is named twice"));
    let told = refused(&["calibrate", "--apply", "no-such-file.toml"], 2);
    assert!(told.contains("the file is missing"), "{told}");
}

#[test]
fn every_target_is_told_as_csv_and_strictness_fails() {
    let output = livslop().args(["validate", "--people", "2000", "--csv"]).output().expect("run");
    assert!(output.status.success());
    let rows = String::from_utf8(output.stdout).expect("text");
    let targets: usize = std::fs::read_dir(Path::new("configs/norway/targets"))
        .expect("the targets")
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|kind| kind == "csv") && entry.file_name() != "sets.csv")
        .map(|entry| std::fs::read_to_string(entry.path()).expect("a table").lines().count() - 1)
        .sum();
    assert_eq!(rows.lines().count(), targets + 1);
    let told = refused(&["validate", "--people", "2000", "--strict", "--csv"], 1);
    assert!(told.contains("sets of targets"), "{told}");
}
