//! Policy as data, as an author of measures meets it: `describe`, `new`, `check`, and the guide's examples.

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;

use livslop::model::reach::Counted;

mod common;

fn livslop(arguments: &[&str]) -> Output {
    let mut command = Command::cargo_bin("livslop").expect("the program is built");
    command.env("NO_COLOR", "1").env("COLUMNS", "100").args(arguments).output().expect("run")
}

/// What it says on standard output.
fn told(arguments: &[&str]) -> String {
    let output = livslop(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// What it says on standard error, with paths of this machine taken out.
fn refused(arguments: &[&str], directory: &Path) -> String {
    let output = livslop(arguments);
    let text = String::from_utf8_lossy(&output.stderr).replace("\n  │ ", " ");
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
    let text = text.replace(&directory.display().to_string(), "DIR");
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// The answers to several wrong files, each under its heading.
fn refusals(files: &[(&str, Vec<u8>)]) -> String {
    let directory = tempfile::tempdir().expect("a directory");
    let mut text = String::new();
    for (what, bytes) in files {
        let path = directory.path().join("arm.toml");
        std::fs::write(&path, bytes).expect("written");
        let answer = refused(&["check", &path.display().to_string()], directory.path());
        text.extend(["# ", what, "\n", &answer, "\n"]);
    }
    text
}

const MEASURE: &str = r#"id = "test"
title = { en = "Test", no = "Prøve" }
from = 2027
ramp = { years = 2, of = "coverage" }
who = [{ attribute = "smoking.habit", is = "daily" }, { attribute = "person.age", in = [18, 70] }]
cost = { nok = "price", per = "person reached", prices = 2018 }

[params]
help = { value = 2.0, unit = "odds ratio", interval = [1.5, 2.5], dist = "lognormal", grade = "weak", kind = "assumed", note = "a test" }
price = { value = 2000, unit = "NOK", interval = [1500, 2500], dist = "normal", grade = "weak", kind = "assumed", note = "a test" }

[[effect]]
lever = "smoking.stopping"
form = "hazard-ratio"
value = "1 + help / 2"
"#;

/// The measure with a piece of it changed.
fn with<'a>(what: &'a str, from: &str, to: &str) -> (&'a str, Vec<u8>) {
    assert!(MEASURE.contains(from), "{from}");
    (what, MEASURE.replacen(from, to, 1).into_bytes())
}

/// The measure with something at its end.
fn and<'a>(what: &'a str, end: &str) -> (&'a str, Vec<u8>) {
    (what, format!("{MEASURE}{end}").into_bytes())
}

/// A package.
fn package<'a>(what: &'a str, keys: &str) -> (&'a str, Vec<u8>) {
    (what, format!("id = \"test\"\ntitle = {{ en = \"Test\", no = \"Prøve\" }}\n{keys}\n").into_bytes())
}

#[test]
fn a_measure_a_lever_an_attribute_and_a_package_are_told_in_words() {
    insta::assert_snapshot!("describe_measure", told(&["describe", "measure", "smoking-cessation"]));
    insta::assert_snapshot!("describe_lever", told(&["describe", "lever", "smoking.stopping"]));
    insta::assert_snapshot!("describe_attribute", told(&["describe", "attribute", "school.level"]));
    insta::assert_snapshot!("describe_package", told(&["describe", "package", "three-measures"]));
    let measure = told(&["describe", "tobacco-alcohol-price-availability"]);
    assert!(measure.contains("\nrules\n  smoking.start_price  -0.5 (tobacco_initiation_elasticity)\n"), "{measure}");
    assert!(measure.contains("parameters left out"), "{measure}");
    assert_eq!(told(&["describe", "lever", "births.fertility"]), told(&["describe", "births.fertility"]));
}

#[test]
fn the_lists_name_everything_there_is() {
    insta::assert_snapshot!("describe_measures", told(&["describe", "measure"]));
    insta::assert_snapshot!("describe_packages", told(&["describe", "packages"]));
    insta::assert_snapshot!("describe_levers", told(&["describe", "lever"]));
    insta::assert_snapshot!("describe_attributes", told(&["describe", "attribute"]));
}

#[test]
fn a_wrong_name_is_answered_with_the_nearest() {
    let here = Path::new("nowhere-in-particular");
    for (arguments, near) in [
        (&["describe", "measure", "smoking-cesation"][..], "smoking-cessation"),
        (&["describe", "package", "three-measure"], "three-measures"),
        (&["describe", "lever", "work.findng"], "work.finding"),
        (&["describe", "attribute", "school.levels"], "school.level"),
        (&["describe", "levr", "work.finding"], "lever"),
        (&["describe", "tobacco-alon"], "tobacco-alone"),
    ] {
        let message = refused(arguments, here);
        assert!(message.contains(&format!("did you mean `{near}`?")), "{arguments:?}: {message}");
    }
    assert!(refused(&["describe", "measure", "no-such.toml"], here).contains("the file is missing"));
}

#[test]
fn a_new_measure_is_in_order_is_told_and_reaches_people() {
    let directory = tempfile::tempdir().expect("a directory");
    let out = directory.path().display().to_string();
    let new = |kind: &str, id: &str| livslop(&["new", kind, id, "--out", &out]);
    assert!(new("measure", "a-new-one").status.success());
    let path = directory.path().join("a-new-one.toml");
    let file = path.display().to_string();
    assert!(told(&["check", &file]).contains("in order"));
    assert!(told(&["describe", &file]).contains("smoking.stopping: hazard-ratio 1.3"));
    let model = common::model(6_000, 1, 2031);
    let outcome = common::simulate(&model, &model.arms(std::slice::from_ref(&path)).expect("in order"));
    let counted = &outcome.reached[0].last().expect("years").measures[0];
    let (eligible, reached) = (Counted::sum(&counted.eligible), Counted::sum(&counted.reached));
    // 0.35 of daily smokers at work, somewhat fewer of those with compulsory school.
    assert!(eligible > 50 && reached * 5 > eligible && reached * 2 < eligible, "{reached} of {eligible}");

    let before = std::fs::read(&path).expect("a file");
    let again = refused(&["new", "measure", "a-new-one", "--out", &out], directory.path());
    assert!(again.contains("exists already") && again.contains("choose another id"), "{again}");
    assert_eq!(std::fs::read(&path).expect("a file"), before);
}

#[test]
fn a_new_package_is_in_order() {
    let directory = tempfile::tempdir().expect("a directory");
    let out = directory.path().display().to_string();
    told(&["new", "package", "some-together", "--out", &out]);
    let file = directory.path().join("some-together.toml").display().to_string();
    assert!(told(&["check", &file]).contains("in order"));
    assert!(told(&["describe", &file]).contains("strength"));
}

#[test]
fn a_wrong_or_taken_id_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let out = directory.path().display().to_string();
    let long = "a".repeat(61);
    let mut text = String::new();
    for id in ["My measure", "", "../up", "reference", "smoking-cessation", &long] {
        text += &refused(&["new", "measure", id, "--out", &out], directory.path());
    }
    insta::assert_snapshot!("new_with_a_wrong_id", text);
    assert_eq!(livslop(&["new", "mesure", "an-id"]).status.code(), Some(2));
    assert_eq!(std::fs::read_dir(directory.path()).expect("a directory").count(), 0);
}

#[test]
fn wrong_keys_and_types_are_answered() {
    insta::assert_snapshot!(
        "check_keys_and_types",
        refusals(&[
            with("unknown key of a condition", "is = \"daily\"", "is = \"daily\", iss = 1"),
            with("unknown key of a cost", "prices = 2018", "prices = 2018, pirces = 2"),
            with("unknown key of a parameter", "unit = \"NOK\"", "unit = \"NOK\", uint = \"x\""),
            and("key below the tables", "coverage = 0.4\n"),
            with("one bracket", "[[effect]]", "[effect]"),
            with("text for a year", "from = 2027", "from = \"2027\""),
            with("number for a text", "id = \"test\"", "id = 5"),
            with("one age", "form = \"haz", "ages = 30\nform = \"haz"),
            with("value in quotes", "value = 2.0", "value = \"2.0\""),
            with("no grade", ", grade = \"weak\"", ""),
            with("key twice", "from = 2027", "from = 2027\nfrom = 2028"),
            with("percent", "from = 2027", "coverage = 50%"),
            with("decimal comma", "from = 2027", "coverage = 0,5"),
            with("text not closed", "id = \"test\"", "id = \"test"),
        ])
    );
}

#[test]
fn wrong_meanings_are_answered() {
    insta::assert_snapshot!(
        "check_meanings",
        refusals(&[
            with("no title", "en = \"Test\"", "en = \"\""),
            with("ages reversed", "form = \"haz", "ages = [50, 30]\nform = \"haz"),
            with("ages beyond all", "form = \"haz", "ages = [18, 200]\nform = \"haz"),
            with("until before the branch", "from = 2027", "until = 2020"),
            with("prices of no year", "prices = 2018", "prices = 18"),
            with("interval reversed", "[1.5, 2.5]", "[2.5, 1.5]"),
            and("words without a value", "stronger = { by = \"school.level\", values = { compulsory = 1 } }\n"),
            and("support of itself", "[[support]]\nmeasure = \"test\"\nof = \"uptake\"\nvalue = \"help\"\n"),
            and(
                "support of nobody",
                "[[support]]\nmeasure = \"smoking-cesation\"\nof = \"uptake\"\nvalue = \"help\"\n"
            ),
            and(
                "support without evidence",
                "[[support]]\nmeasure = \"smoking-cessation\"\nof = \"uptake\"\nvalue = 1.5\n"
            ),
            package("package in itself", "measures = [\"test\"]"),
            package("package in a package", "measures = [\"three-measures\"]"),
            package("nothing to act on", "coverage = 0.3\nmeasures = [\"smoking-cessation\"]"),
        ])
    );
}

#[test]
fn wrong_formulas_are_answered() {
    let formula = |what: &'static str, text: &str| with(what, "1 + help / 2", text);
    insta::assert_snapshot!(
        "check_formulas",
        refusals(&[
            formula("bracket not closed", "(1 + help / 2"),
            formula("bracket not opened", "1 + help) / 2"),
            formula("division by zero", "1 + help / (2 - help)"),
            formula("huge exponent", "help ^ (10 ^ 10)"),
            formula("huge value", "help ^ 10 ^ 10"),
            formula("root of a negative number", "(1 - help) ^ (1 / 2)"),
            formula("sign at the start", "-help"),
            formula("no sign between", "2 help"),
            formula("function", "exp(help)"),
            formula("nothing", ""),
        ])
    );
}

#[test]
fn wrong_files_are_answered() {
    let directory = tempfile::tempdir().expect("a directory");
    let measures = directory.path().join("measures");
    std::fs::create_dir(&measures).expect("a directory");
    std::fs::write(measures.join("another.toml"), MEASURE).expect("written");
    let path = |name: &str| directory.path().join(name).display().to_string();
    std::fs::write(path("empty.toml"), "# to be written\n").expect("written");
    std::fs::write(path("latin.toml"), b"id = \"test\"\ntitle = \"Pr\xf8ve\"\n").expect("written");
    let mut text = String::new();
    for name in ["measures", "missing.toml", "empty.toml", "latin.toml", "measures/another.toml"] {
        text += &refused(&["check", &path(name)], directory.path());
    }
    std::fs::write(path("one.toml"), MEASURE).expect("written");
    std::fs::write(path("two.toml"), MEASURE).expect("written");
    text += &refused(&["check", &path("one.toml"), &path("two.toml")], directory.path());
    insta::assert_snapshot!("check_files", text);
}

#[test]
fn everything_wrong_is_told_at_once_in_the_order_of_the_file() {
    let text = MEASURE
        .replace("smoking.habit", "smoking.habits")
        .replace("smoking.stopping", "smoking.stoping")
        .replace("1 + help", "1 + hepl")
        .replace("interval = [1500, 2500]", "interval = [1500, 1800]");
    insta::assert_snapshot!("check_all_at_once", refusals(&[("four", text.into_bytes())]));
}

#[test]
fn two_measures_may_support_each_other() {
    let directory = tempfile::tempdir().expect("a directory");
    for (id, other) in [("one", "other"), ("other", "one")] {
        let text = MEASURE.replace("id = \"test\"", &format!("id = \"{id}\""))
            + &format!("\n[[support]]\nmeasure = \"{other}\"\nof = \"fidelity\"\nvalue = \"help\"\n");
        std::fs::write(directory.path().join(format!("{id}.toml")), text).expect("written");
    }
    let path = directory.path().join("both.toml");
    let text = "id = \"both\"\ntitle = { en = \"Both\", no = \"Begge\" }\nmeasures = [\"one\", \"other\"]\n";
    std::fs::write(&path, text).expect("written");
    assert!(told(&["check", &path.display().to_string()]).contains("in order"));
}

#[test]
fn the_examples_of_the_guide_are_in_order() {
    let directory = tempfile::tempdir().expect("a directory");
    let example = std::fs::read_to_string("scenarios/examples/job-search-course.toml").expect("the worked example");
    let guide = std::fs::read_to_string("src/guide/measures.md").expect("the guide");
    assert!(guide.contains(&example), "the guide shows another example than scenarios/examples has");
    let path = "scenarios/examples/job-search-course.toml";
    let described = told(&["describe", path]);
    let shown = described.split_once('\n').expect("lines").1;
    assert!(guide.contains(shown), "the guide shows this otherwise:\n{described}");
    let readme = std::fs::read_to_string("scenarios/README.md").expect("the readme");
    let blocks = [guide, readme].join("\n");
    // Every file shown, but the one that shows what is wrong in it.
    let blocks = blocks.split("```toml\n").skip(1).filter_map(|rest| rest.split_once("```").map(|(block, _)| block));
    let mut checked = 0;
    for block in blocks.filter(|block| !block.contains("\"Quit earlier\"")) {
        let file = directory.path().join("shown.toml");
        std::fs::write(&file, block).expect("written");
        told(&["check", &file.display().to_string()]);
        checked += 1;
    }
    assert!(checked >= 3, "{checked} files");
}
