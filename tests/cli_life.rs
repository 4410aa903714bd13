//! `livslop life` as its users meet it.

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;

/// The program, in the project's folder.
fn livslop() -> Command {
    let mut command = Command::cargo_bin("livslop").expect("the program is built");
    command.env("NO_COLOR", "1").env("COLUMNS", "100");
    command
}

/// What it says on standard error, with paths of this machine taken out.
fn said(output: &Output, directory: &Path) -> String {
    let text =
        String::from_utf8_lossy(&output.stderr).replace("\n  │ ", " ").replace(&directory.display().to_string(), "DIR");
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// A small run into a directory.
fn run(out: &Path, lives: &[&str]) {
    let mut command = livslop();
    command.args([
        "run",
        "--people",
        "8000",
        "--until",
        "2030",
        "--reference-only",
        "--progress",
        "none",
        "--no-cache",
    ]);
    command.args(lives).arg("--out").arg(out).assert().success();
}

/// What it tells of a run, line by line.
fn told(run: &Path, arguments: &[&str]) -> Vec<String> {
    let output = livslop().arg("life").arg(run).args(arguments).assert().success();
    let text = String::from_utf8(output.get_output().stdout.clone()).expect("text");
    assert!(!text.contains('\u{1b}'), "no colour codes when redirected");
    text.lines().map(str::to_owned).collect()
}

fn refused(arguments: &[&str], directory: &Path) -> String {
    let output = livslop().arg("life").args(arguments).output().expect("run");
    assert_eq!(output.status.code(), Some(2), "{}", said(&output, directory));
    said(&output, directory)
}

#[test]
fn one_family_is_told_year_by_year() {
    let directory = tempfile::tempdir().expect("a directory");
    let out = directory.path().join("run");
    run(&out, &["--lives", "1", "--families"]);

    let story = told(&out, &[]);
    let has = |story: &[String], text: &str| story.iter().any(|line| line.contains(text));
    for text in ["Person ", "was born in ", " of a mother born in ", "year  age", " is born"] {
        assert!(has(&story, text), "{text}: {}", story.join("\n"));
    }
    // Whoever is told of without being asked for has parents, a partner and children in the sample.
    assert!(has(&story, "The family in brief"));
    for who in ["mother", "father"] {
        assert!(has(&story, &format!("her {who}: ")) || has(&story, &format!("his {who}: ")), "{}", story.join("\n"));
    }

    let second = told(&out, &["--person", "2"]);
    let id = second[0].split([' ', ',']).nth(1).expect("an id").to_owned();
    assert_eq!(told(&out, &["--id", &id]), second, "the same person by id and by place");
    assert_ne!(second, told(&out, &["--person", "3"]));

    // Without names of municipalities their numbers are told.
    assert!(has(&told(&out, &["--config", "nowhere"]), "municipality "));

    insta::assert_snapshot!(refused(&[&out.display().to_string(), "--id", "1"], directory.path()));
    assert!(
        refused(&[&out.display().to_string(), "--person", "0"], directory.path()).contains("give a number from 1 to")
    );
    insta::assert_snapshot!(refused(&[&out.display().to_string(), "--arm", "none-such"], directory.path()));
    insta::assert_snapshot!(refused(&[&out.display().to_string(), "--id", "1", "--person", "1"], directory.path()));
}

#[test]
fn lives_sampled_one_by_one_are_told_without_their_relatives() {
    let directory = tempfile::tempdir().expect("a directory");
    let out = directory.path().join("run");
    run(&out, &["--lives", "40"]);
    let story = told(&out, &[]).join(" ");
    assert!(story.contains("not in the sample") || story.contains("an unknown"), "{story}");
}

#[test]
fn a_run_without_lives_and_a_directory_that_is_no_run_are_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let out = directory.path().join("run");
    std::fs::create_dir(&out).expect("a directory");
    insta::assert_snapshot!(refused(&[&out.display().to_string()], directory.path()));
    std::fs::write(out.join("manifest.json"), "{\"model\": \"livslop\", \"schema_version\": 2}").expect("written");
    insta::assert_snapshot!(refused(&[&out.display().to_string()], directory.path()));
    std::fs::write(out.join("lives.arrow"), "no table").expect("written");
    let output = livslop().arg("life").arg(&out).output().expect("run");
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output, directory.path()).contains("cannot read"), "{}", said(&output, directory.path()));
    // In a folder without runs.
    let output = livslop().current_dir(directory.path()).arg("life").output().expect("run");
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(said(&output, directory.path()));
}

#[test]
fn help_tells_every_option() {
    let output = livslop().args(["life", "--help"]).output().expect("run");
    let text = String::from_utf8_lossy(&output.stdout);
    insta::assert_snapshot!(text.lines().map(|line| line.trim_end().to_owned() + "\n").collect::<String>());
}
