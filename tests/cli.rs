//! The program as its users meet it: one test a command, one a way to fail.

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
    // Messages are wrapped according to the length of the directory's name; the lines of source are not.
    let text =
        String::from_utf8_lossy(&output.stderr).replace("\n  │ ", " ").replace(&directory.display().to_string(), "DIR");
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// A small run into a directory.
fn small_run(out: &Path) -> Command {
    let mut command = livslop();
    let cache = out.with_file_name("cache");
    command.args(["run", "--people", "2000", "--until", "2027", "--progress", "none"]);
    command.arg("--out").arg(out).arg("--cache").arg(cache);
    command
}

/// A copy of the configuration with one file changed.
fn changed(directory: &Path, file: &str, change: impl Fn(String) -> String) {
    copy(Path::new("configs/norway"), directory);
    let path = directory.join(file);
    std::fs::write(&path, change(std::fs::read_to_string(&path).expect("text"))).expect("written");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for entry in std::fs::read_dir(from).expect("a directory").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

/// The error of checking a changed configuration.
fn refused(file: &str, change: impl Fn(String) -> String) -> String {
    let directory = tempfile::tempdir().expect("a directory");
    changed(directory.path(), file, change);
    let output = livslop().arg("check").arg("--config").arg(directory.path()).output().expect("run");
    assert_eq!(output.status.code(), Some(2), "{}", said(&output, directory.path()));
    said(&output, directory.path())
}

/// The error of checking a scenario.
fn refused_scenario(text: &str) -> String {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("arm.toml");
    std::fs::write(&path, text).expect("written");
    let output = livslop().arg("check").arg(&path).output().expect("run");
    assert_eq!(output.status.code(), Some(2));
    said(&output, directory.path())
}

#[test]
fn a_run_writes_every_file_and_prints_life_expectancy() {
    let directory = tempfile::tempdir().expect("a directory");
    let out = directory.path().join("run");
    let output = small_run(&out).output().expect("run");
    assert!(output.status.success(), "{}", said(&output, directory.path()));
    for file in [
        "manifest.json",
        "scenario.resolved.toml",
        "cells.arrow",
        "life_tables.arrow",
        "life_expectancy.arrow",
        "outcomes.arrow",
        "hindcast.arrow",
        "alignment.arrow",
    ] {
        assert!(out.join(file).is_file(), "{file}");
    }
    assert!(!directory.path().join("run.partial").exists());
    let printed = String::from_utf8(output.stdout).expect("text");
    assert!(printed.contains("Life expectancy at birth") && printed.contains("three-measures"), "{printed}");
    assert!(!printed.contains('\u{1b}'), "no colour codes when redirected");

    let again = small_run(&out).output().expect("run");
    assert_eq!(again.status.code(), Some(2));
    insta::assert_snapshot!(said(&again, directory.path()));

    let compared = livslop().arg("compare").arg(&out).args(["--every", "1"]).assert().success();
    assert!(String::from_utf8_lossy(&compared.get_output().stdout).contains("three-measures"));
    let table = livslop().arg("compare").arg(&out).args(["--csv", "alignment"]).assert().success();
    assert!(
        String::from_utf8_lossy(&table.get_output().stdout)
            .starts_with("process,year,sex,age,factor,recorded,simulated")
    );
    let wrong = livslop().arg("compare").arg(&out).args(["--csv", "cell"]).output().expect("run");
    insta::assert_snapshot!(said(&wrong, directory.path()));
    livslop().arg("validate").arg(&out).assert().success();
}

#[test]
fn a_killed_run_goes_on_to_the_same_bytes() {
    let directory = tempfile::tempdir().expect("a directory");
    let (whole, killed) = (directory.path().join("whole"), directory.path().join("killed"));
    let start = |out: &Path, resume: bool| {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("livslop"));
        command.args([
            "run",
            "--people",
            "20000",
            "--until",
            "2060",
            "--progress",
            "none",
            "--no-cache",
            "--checkpoint",
            "0",
            "--lives",
            "50",
        ]);
        command.arg("--out").arg(out).stdout(std::process::Stdio::null());
        if resume {
            command.arg("--resume");
        }
        command
    };
    assert!(start(&whole, false).status().expect("run").success());
    let mut kills = 0;
    for wait in [300, 700, 1100] {
        let mut child = start(&killed, kills > 0).spawn().expect("run");
        std::thread::sleep(std::time::Duration::from_millis(wait));
        if child.try_wait().expect("a child").is_some() {
            break;
        }
        child.kill().expect("killed");
        child.wait().expect("ended");
        if directory.path().join("killed.partial").exists() {
            kills += 1;
        }
        assert!(!killed.exists(), "a killed run must not appear");
    }
    assert!(kills > 0, "the run was too fast to be killed");
    if !killed.exists() {
        assert!(start(&killed, true).status().expect("run").success());
    }
    for file in [
        "cells.arrow",
        "life_tables.arrow",
        "life_expectancy.arrow",
        "outcomes.arrow",
        "hindcast.arrow",
        "alignment.arrow",
        "lives.arrow",
        "scenario.resolved.toml",
    ] {
        let bytes = |run: &Path| std::fs::read(run.join(file)).expect("a file");
        assert!(bytes(&whole) == bytes(&killed), "{file} differs");
    }
}

#[test]
#[cfg(unix)]
fn an_interrupt_is_told_and_keeps_what_was_done() {
    let directory = tempfile::tempdir().expect("a directory");
    let out = directory.path().join("run");
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("livslop"))
        .args(["run", "--people", "300000", "--progress", "none", "--no-cache"])
        .arg("--out")
        .arg(&out)
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("run");
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(killed.success());
    assert_eq!(child.wait().expect("ended").code(), Some(130));
    assert!(!out.exists() && directory.path().join("run.partial").is_dir());
}

#[test]
fn wrong_arguments_are_refused_before_anything_is_simulated() {
    for arguments in [
        &["run", "--threads", "0"][..],
        &["run", "--seed", "4294967296"],
        &["run", "--seed", "-1"],
        &["run", "--people", "12"],
        &["run", "--people", "6000000"],
        &["run", "--people", "many"],
        &["run", "--until", "2101"],
        &["run", "--until", "1949"],
        &["run", "--branch", "1949"],
        &["run", "--lives", "none"],
        &["run", "--future", "ssb-mian"],
        &["run", "five-per-cent"],
        &["run", "--config", "nowhere"],
        &["run", "--resume", "--out", "nowhere"],
        &["run", "--set", "death.level_mal=1.1"],
        &["run", "--set", "deaths.level_male=1.1"],
        &["run", "--set", "death.level_male=-1"],
        &["run", "--set", "death.level_male"],
        &["compare", "nowhere"],
        &["describe", "death.al_causes"],
        &["rnu"],
    ] {
        let directory = tempfile::tempdir().expect("a directory");
        let mut command = livslop();
        command.args(arguments);
        if arguments[0] == "run" && !arguments.contains(&"--out") {
            command.arg("--out").arg(directory.path().join("run"));
        }
        let output = command.output().expect("run");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", said(&output, directory.path()));
        assert!(!output.stderr.is_empty(), "{arguments:?} is refused in silence");
        assert_eq!(
            std::fs::read_dir(directory.path()).expect("a directory").count(),
            0,
            "{arguments:?} left something"
        );
    }
}

#[test]
fn messages_of_wrong_arguments_say_what_to_do() {
    let here = Path::new("nowhere-in-particular");
    let message = |arguments: &[&str]| said(&livslop().args(arguments).output().expect("run"), here);
    insta::assert_snapshot!(message(&["run", "--threads", "0"]));
    insta::assert_snapshot!(message(&["run", "--people", "12"]));
    insta::assert_snapshot!(message(&["run", "--future", "ssb-mian"]));
    insta::assert_snapshot!(message(&["run", "five-per-cent"]));
    insta::assert_snapshot!(message(&["run", "--config", "nowhere"]));
    insta::assert_snapshot!(message(&["run", "--set", "death.level_mal=1.1"]));
    insta::assert_snapshot!(message(&["run", "--set", "death.level_male=-1"]));
    insta::assert_snapshot!(message(&["describe", "death.al_causes"]));
}

#[test]
fn all_errors_of_a_configuration_are_told_at_once() {
    let directory = tempfile::tempdir().expect("a directory");
    changed(directory.path(), "death.toml", |text| text.replace("level_male = 1.0", "level_mael = 1.0"));
    let births = directory.path().join("family/births.toml");
    let text = std::fs::read_to_string(&births)
        .expect("text")
        .replace("level = 1.0", "level = -1.0")
        .replace("\"assumed\"", "\"asumed\"");
    std::fs::write(&births, text).expect("written");
    let record = directory.path().join("record.toml");
    let text = std::fs::read_to_string(&record).expect("text").replace("source = \"wpp2024\"", "source = \"wpp2042\"");
    std::fs::write(&record, text).expect("written");
    let output = livslop().arg("check").arg("--config").arg(directory.path()).output().expect("run");
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(said(&output, directory.path()));
}

#[test]
fn a_wrong_table_is_refused_with_file_and_line() {
    let mortality = std::fs::read_to_string("configs/norway/tables/mortality_register.csv").expect("a table");
    let row = mortality.lines().nth(1).expect("a row").to_owned();
    assert!(row.starts_with("1950,female,0,"), "{row}");
    let with = |text: String, new: &str| text.replacen(&row, new, 1);
    let file = "tables/mortality_register.csv";
    insta::assert_snapshot!(refused(file, |text| with(text, "1950,female,0,-0.02")));
    insta::assert_snapshot!(refused(file, |text| with(text, "1949,female,0,0.02")));
    insta::assert_snapshot!(refused(file, |text| with(text, "")));
    insta::assert_snapshot!(refused(file, |text| with(text, &format!("{row}\n{row}"))));
    insta::assert_snapshot!(refused(file, |text| with(text, "1950,femal,0,0.02")));
    insta::assert_snapshot!(refused(file, |text| text.replacen("rate", "rates", 1)));
    insta::assert_snapshot!(refused(file, |_| String::new()));
}

#[test]
fn a_missing_table_is_refused_by_name() {
    let directory = tempfile::tempdir().expect("a directory");
    copy(Path::new("configs/norway"), directory.path());
    std::fs::remove_file(directory.path().join("tables/mortality_un.csv")).expect("removed");
    std::fs::remove_file(directory.path().join("sources.toml")).expect("removed");
    let output = livslop().arg("check").arg("--config").arg(directory.path()).output().expect("run");
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(said(&output, directory.path()));
}

const ARM: &str = "id = \"test\"\ntitle = { en = \"Test\", no = \"Prøve\" }\nfrom = 2027\n\n[[effect]]\nlever = \"death.all_causes\"\nform = \"hazard-ratio\"\nvalue = 0.9\nevidence = { unit = \"ratio\", interval = [0.8, 1.0], kind = \"assumed\", note = \"a test\" }\n";

#[test]
fn a_wrong_scenario_is_refused_with_its_place_and_the_nearest_name() {
    let with = |from: &str, to: &str| {
        assert!(ARM.contains(from), "{from}");
        refused_scenario(&ARM.replace(from, to))
    };
    insta::assert_snapshot!(with("death.all_causes", "death.all_cause"));
    insta::assert_snapshot!(with("hazard-ratio", "rate-ratio"));
    insta::assert_snapshot!(with("hazard-ratio", "hazardratio"));
    insta::assert_snapshot!(with("from = 2027", "from = 1999"));
    insta::assert_snapshot!(with("value = 0.9", "value = -0.9"));
    insta::assert_snapshot!(with("value = 0.9", "vaule = 0.9"));
    insta::assert_snapshot!(with("interval = [0.8, 1.0]", "interval = [0.95, 1.0]"));
    insta::assert_snapshot!(with(", note = \"a test\"", ""));
    insta::assert_snapshot!(with("id = \"test\"", "id = \"reference\""));
    insta::assert_snapshot!(with("from = 2027\n", "from = 2027\nuntil = 2020\n"));
}

const MEASURE: &str = r#"id = "test"
title = { en = "Test", no = "Prøve" }
from = 2027
ramp = { years = 2, of = "coverage" }
who = [{ attribute = "smoking.habit", is = "daily" }, { attribute = "person.age", in = [18, 70] }]
coverage = 0.5
uptake = { by = "person.sex", values = { female = 1, male = 0.5 } }

[params]
help = { value = 2.0, unit = "odds ratio", interval = [1.5, 2.5], dist = "lognormal", grade = "strong", kind = "estimated", source = "thomas2021" }

[[effect]]
lever = "smoking.stopping"
form = "hazard-ratio"
value = "1 + help / 2"
"#;

#[test]
fn a_wrong_measure_is_refused_with_its_place_and_the_nearest_name() {
    let with = |from: &str, to: &str| {
        assert!(MEASURE.contains(from), "{from}");
        refused_scenario(&MEASURE.replace(from, to))
    };
    insta::assert_snapshot!(with("smoking.habit", "smoking.habits"));
    insta::assert_snapshot!(with("is = \"daily\"", "is = \"dayly\""));
    insta::assert_snapshot!(with("is = \"daily\"", "below = 2"));
    insta::assert_snapshot!(with("is = \"daily\"", "is = []"));
    insta::assert_snapshot!(with("in = [18, 70]", "in = [70, 18]"));
    insta::assert_snapshot!(with("in = [18, 70]", "below = 10"));
    insta::assert_snapshot!(with("in = [18, 70] }", "below = 30 }, { attribute = \"person.age\", above = 40 }"));
    insta::assert_snapshot!(with("coverage = 0.5", "coverage = 1.5"));
    insta::assert_snapshot!(with("coverage = 0.5", "coverage = 0.5\nalready = 0.6"));
    insta::assert_snapshot!(with("male = 0.5", "mael = 0.5"));
    insta::assert_snapshot!(with("1 + help / 2", "1 + halp / 2"));
    insta::assert_snapshot!(with("1 + help / 2", "1 + help / 2.5"));
    insta::assert_snapshot!(with("1 + help / 2", "1 - help"));
    insta::assert_snapshot!(with("value = \"1 + help / 2\"", "value = 2"));
    insta::assert_snapshot!(with("source = \"thomas2021\"", "source = \"thomas2012\""));
    insta::assert_snapshot!(with(", source = \"thomas2021\"", ""));
    insta::assert_snapshot!(with("interval = [1.5, 2.5]", "interval = [2.5, 3.5]"));
    insta::assert_snapshot!(with(", interval = [1.5, 2.5]", ""));
    insta::assert_snapshot!(with("dist = \"lognormal\"", "dist = \"beta\""));
    insta::assert_snapshot!(with("grade = \"strong\"", "grade = \"certain\""));
    insta::assert_snapshot!(with("of = \"coverage\"", "of = \"covrage\""));
    insta::assert_snapshot!(with("1 + help / 2", "2"));
    let births = MEASURE.replace("smoking.stopping", "births.fertility").replace("hazard-ratio", "rate-ratio");
    insta::assert_snapshot!(refused_scenario(&births));
    insta::assert_snapshot!(with("from = 2027", "from = 2027\nfrmo = 2028"));
}

#[test]
fn a_wrong_rule_or_package_is_refused_with_its_place_and_the_nearest_name() {
    let head = "id = \"test\"\ntitle = { en = \"Test\", no = \"Prøve\" }\n";
    let rule = |text: &str| {
        let evidence = "evidence = { unit = \"ratio\", interval = [0, 9], kind = \"assumed\", note = \"a test\" }";
        refused_scenario(&format!("{head}[[rule]]\n{text}\n{evidence}\n"))
    };
    insta::assert_snapshot!(rule("mechanism = \"smokin\"\nparameter = \"relapse\"\nset = 0.1"));
    insta::assert_snapshot!(rule("mechanism = \"smoking\"\nparameter = \"relapses\"\nset = 0.1"));
    insta::assert_snapshot!(rule("mechanism = \"smoking\"\nparameter = \"relapse\"\nset = 7.0"));
    insta::assert_snapshot!(rule("mechanism = \"smoking\"\nparameter = \"pattern\"\nset = \"short-educated\""));
    let package = |measures: &str| refused_scenario(&format!("{head}measures = [{measures}]\n"));
    insta::assert_snapshot!(package("\"smoking-cesation\""));
    insta::assert_snapshot!(package("\"smoking-cessation\", \"smoking-cessation\""));
    insta::assert_snapshot!(package("{ id = \"smoking-cessation\", strenght = 2 }"));
    insta::assert_snapshot!(package("{ id = \"smoking-cessation\", strength = 20 }"));
    insta::assert_snapshot!(package("{ id = \"smoking-cessation\", from = 2040, until = 2030 }"));
    insta::assert_snapshot!(package("{ id = \"smoking-cessation\", from = 2020 }"));
    insta::assert_snapshot!(package("").replace("2100", "the end"));
}

#[test]
fn an_output_directory_that_cannot_be_made_is_refused_at_once() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("file");
    std::fs::write(&file, "in the way").expect("written");
    let output = small_run(&file.join("run")).arg("--no-cache").output().expect("run");
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(said(&output, directory.path()));
}

#[test]
#[cfg(unix)]
fn a_full_disk_is_told_and_nothing_half_written_appears() {
    // A limit on the size of files stands for the full disk: writing beyond it fails the same way.
    let directory = tempfile::tempdir().expect("a directory");
    let out = directory.path().join("run");
    let program = assert_cmd::cargo::cargo_bin("livslop");
    let line = format!(
        "trap '' XFSZ; ulimit -f 40; exec {} run --people 2000 --until 2027 --progress none --no-cache --out {}",
        program.display(),
        out.display()
    );
    let output = std::process::Command::new("bash").args(["-c", &line]).output().expect("bash");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("cannot write"),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(!out.exists());
    let left = std::fs::read_dir(directory.path().join("run.partial")).expect("the working directory");
    let new: Vec<_> =
        left.flatten().filter(|entry| entry.path().extension().is_some_and(|kind| kind == "new")).collect();
    assert!(new.is_empty(), "{new:?}");
}

#[test]
fn a_damaged_or_foreign_checkpoint_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let out = directory.path().join("run");
    let work = directory.path().join("run.partial");
    std::fs::create_dir(&work).expect("a directory");
    let resume = || small_run(&out).args(["--no-cache", "--resume"]).output().expect("run");
    std::fs::write(work.join("history.leg"), b"livslop\nnothing of the kind, but long enough to be looked at")
        .expect("written");
    let output = resume();
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(said(&output, directory.path()));
    let unfinished = small_run(&out).arg("--no-cache").output().expect("run");
    assert_eq!(unfinished.status.code(), Some(2));
    insta::assert_snapshot!(said(&unfinished, directory.path()));
}

#[test]
fn check_describe_validate_and_a_dry_run_do_their_work() {
    livslop().args(["check"]).assert().success();
    livslop().args(["check", "five-percent"]).assert().success();
    livslop().args(["describe", "--check"]).assert().success();
    let lever = livslop().args(["describe", "death.all_causes"]).assert().success();
    insta::assert_snapshot!(String::from_utf8_lossy(&lever.get_output().stdout));
    let dry = livslop().args(["run", "--dry-run", "--people", "all", "--threads", "2"]).assert().success();
    insta::assert_snapshot!(String::from_utf8_lossy(&dry.get_output().stdout));
    let past = livslop().args(["validate", "--people", "5000"]).assert().success();
    assert!(String::from_utf8_lossy(&past.get_output().stdout).contains("are outside their tolerance"));
}

#[test]
fn help_tells_every_command_and_option() {
    let help = |arguments: &[&str]| {
        let output = livslop().args(arguments).output().expect("run");
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(|line| line.trim_end().to_owned() + "\n")
            .collect::<String>()
    };
    insta::assert_snapshot!(help(&["--help"]));
    insta::assert_snapshot!(help(&["run", "--help"]));
}

#[test]
fn progress_can_be_read_by_programs() {
    let directory = tempfile::tempdir().expect("a directory");
    let output = livslop()
        .args(["run", "--people", "2000", "--until", "1960", "--progress", "json", "--no-cache"])
        .arg("--out")
        .arg(directory.path().join("run"))
        .output()
        .expect("run");
    assert!(output.status.success());
    let lines = String::from_utf8(output.stderr).expect("text");
    let years: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect();
    assert_eq!(years.len(), 11);
    assert_eq!(years[10]["year"], 1960);
}

#[test]
fn a_short_run_leaves_no_history_that_a_longer_one_would_take_for_its_own() {
    let directory = tempfile::tempdir().expect("a directory");
    let run = |out: &str, until: &str, cached: bool| {
        let mut command = livslop();
        command.args(["run", "--people", "2000", "--until", until, "--progress", "none"]);
        command.arg("--out").arg(directory.path().join(out)).arg("--cache").arg(directory.path().join("cache"));
        if !cached {
            command.arg("--no-cache");
        }
        command.assert().success();
        std::fs::read(directory.path().join(out).join("cells.arrow")).expect("a table")
    };
    run("short", "1960", true);
    let (cold, warm, alone) = (run("cold", "2027", true), run("warm", "2027", true), run("alone", "2027", false));
    assert!(cold == alone && warm == alone);
}
