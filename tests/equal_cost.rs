//! Packages at equal public cost, and measures that a package narrows or sets otherwise.

use std::path::{Path, PathBuf};

use livslop::error::RunError;
use livslop::measures::Arm;
use livslop::model::reach::Counted;
use livslop::run::equal_cost::Met;
use livslop::run::legs::Outcome;
use livslop::run::model::Model;
use livslop::units::Year;

mod common;

const TITLE: &str = "title = { en = \"Test\", no = \"Prøve\" }";
const TARGET: &str = "[equal_cost]\nas = \"other\"\nyears = 10\nsolve = \"coverage\"\n";

/// A folder of packages: the other one, and one that is to cost as much.
struct Folder(tempfile::TempDir);

impl Folder {
    fn of(other: &str) -> Self {
        let folder = Self(tempfile::tempdir().expect("a directory"));
        folder.write("other", &format!("id = \"other\"\n{TITLE}\nfrom = 2027\n{other}"));
        folder
    }

    fn write(&self, id: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(format!("{id}.toml"));
        std::fs::write(&path, text).expect("written");
        path
    }

    fn solved(&self, model: &Model, measures: &str) -> Arm {
        let text = format!("id = \"solved\"\n{TITLE}\nfrom = 2027\nmeasures = [{measures}]\n{TARGET}");
        model.arms(&[self.write("solved", &text)]).expect("in order").remove(0)
    }
}

/// What the measures of an arm cost in some years of a run.
fn cost(model: &Model, arm: &Arm, outcome: &Outcome, place: usize, years: (Year, Year)) -> f64 {
    let of = |year: &livslop::accounts::reached::YearReached| -> f64 {
        let parts = arm.parts.iter().zip(&year.measures);
        parts.filter_map(|(part, counted)| part.cost(year.year, counted, model.weight())).sum()
    };
    outcome.reached[place].iter().filter(|one| (years.0..=years.1).contains(&one.year)).map(of).sum()
}

fn paths(ids: [&str; 2]) -> Vec<PathBuf> {
    ids.iter().map(|id| Path::new("scenarios/packages").join(format!("{id}.toml"))).collect()
}

#[test]
fn a_targeted_package_costs_what_the_universal_one_costs_and_reaches_its_group_alone() {
    let model = common::model(30_000, 1, 2037);
    let arms = model.arms(&paths(["cessation-universal", "cessation-targeted"])).expect("in order");
    let outcome = common::simulate(&model, &arms);
    assert_eq!(outcome.solutions[0], None);
    let solution = outcome.solutions[1].expect("a solution");
    assert_eq!((solution.met, solution.years), (Met::Equal, (Year(2027), Year(2036))));
    // A fifth of everyone; of those with compulsory school, a third or so of the smokers, more.
    assert!((0.3..1.0).contains(&solution.coverage), "{solution:?}");
    assert!((solution.cost.nominal / solution.other.nominal - 1.0).abs() < 0.01, "{solution:?}");
    assert!(solution.cost.discounted < solution.cost.nominal);
    // What was found is what the arms of the run then cost, to the krone.
    assert_eq!(cost(&model, &arms[0], &outcome, 0, solution.years), solution.other.nominal);
    assert_eq!(cost(&model, &arms[1], &outcome, 1, solution.years), solution.cost.nominal);
    let last = &outcome.reached[1].last().expect("years").measures[0];
    assert!(Counted::sum(&last.reached) > 50);
    assert_eq!(last.reached[1..].iter().flatten().flatten().sum::<u32>(), 0, "other levels of education");
    assert_eq!(last.eligible[1..].iter().flatten().flatten().sum::<u32>(), 0);
    let everyone = &outcome.reached[0].last().expect("years").measures[0];
    assert!(everyone.reached[1..].iter().flatten().flatten().sum::<u32>() > 50);
}

#[test]
fn what_costs_nothing_is_met_by_nobody_reached() {
    let model = common::model(3_000, 1, 2033);
    let folder = Folder::of("measures = [{ id = \"smoking-cessation\", coverage = 0 }]\n");
    let arm = folder.solved(&model, "\"smoking-cessation\"");
    let outcome = common::simulate(&model, &[arm]);
    let solution = outcome.solutions[0].expect("a solution");
    assert_eq!((solution.coverage, solution.cost.nominal, solution.met), (0.0, 0.0, Met::Equal));
    // The run ends before ten years have passed.
    assert_eq!(solution.years, (Year(2027), Year(2033)));
    assert_eq!(outcome.end_identities[0], outcome.end_identities[1]);
}

#[test]
fn what_cannot_be_met_is_run_at_the_nearest_bound() {
    let model = common::model(3_000, 1, 2033);
    let folder = Folder::of("measures = [{ id = \"smoking-cessation\", coverage = 1 }]\n");
    let old = "{ id = \"smoking-cessation\", who = [{ attribute = \"person.age\", above = 60 }] }";
    let arm = folder.solved(&model, old);
    let outcome = common::simulate(&model, std::slice::from_ref(&arm));
    let solution = outcome.solutions[0].expect("a solution");
    assert_eq!((solution.coverage, solution.met), (1.0, Met::BeyondAll));
    assert!(solution.told(&arm).contains("even full coverage costs less"), "{}", solution.told(&arm));
}

#[test]
fn a_run_that_was_interrupted_while_solving_or_after_it_finds_the_same() {
    let model = common::model(3_000, 1, 2034);
    let folder = Folder::of("measures = [{ id = \"smoking-cessation\", set = { outreach = 1 } }]\n");
    let women = "{ id = \"smoking-cessation\", who = [{ attribute = \"person.sex\", is = \"female\" }] }";
    let arms = [folder.solved(&model, women)];
    let whole = common::simulate(&model, &arms);
    let tries = usize::from(whole.solutions[0].expect("a solution").tries);
    // 75 years of history, 10 of the reference; the other package takes 10 years, as does each try.
    let work = tempfile::tempdir().expect("a directory");
    let live = |resume, after: Option<usize>| {
        let mut watch = after.map_or_else(common::Unwatched::to_the_end, common::Unwatched::stops_after);
        common::simulate_in(&model, &arms, work.path(), resume, &mut watch)
    };
    let is_kept = || work.path().join("solved.solution.leg").exists();
    assert!(live(false, Some(75 + 10 + 15)).is_err() && !is_kept());
    assert!(live(true, Some(10 * (1 + tries) + 5)).is_err() && is_kept());
    let resumed = live(true, None).expect("the run goes on");
    assert_eq!(whole.solutions, resumed.solutions);
    assert_eq!(whole.end_identities, resumed.end_identities);
}

/// What is said of a package beside the other one.
fn refused(model: &Model, other: &str, text: &str) -> String {
    let folder = Folder::of(other);
    let path = folder.write("solved", &format!("id = \"solved\"\n{TITLE}\nfrom = 2027\n{text}"));
    let Err(RunError::Config(wrong)) = model.arms(&[path]) else { panic!("{text} is not refused") };
    let theme = miette::GraphicalTheme::unicode_nocolor();
    let mut said = String::new();
    let handler = miette::GraphicalReportHandler::new_themed(theme).with_width(100);
    handler.render_report(&mut said, &wrong).expect("rendered");
    let said = said.replace(&folder.0.path().display().to_string(), "DIR");
    said.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

#[test]
fn a_wrong_equal_cost_is_refused_with_its_place_and_what_to_do() {
    let model = common::model(2_000, 1, 2100);
    let cessation = "measures = [\"smoking-cessation\"]\n";
    let with = |other: &str, text: &str| refused(&model, other, text);
    let target = |from: &str, to: &str| with(cessation, &format!("{cessation}{}", TARGET.replace(from, to)));
    insta::assert_snapshot!(target("\"other\"", "\"othr\""));
    insta::assert_snapshot!(target("\"other\"", "\"solved\""));
    insta::assert_snapshot!(target("10", "0"));
    insta::assert_snapshot!(target("10", "ten"));
    insta::assert_snapshot!(target("\"coverage\"", "\"strength\""));
    insta::assert_snapshot!(target("solve = \"coverage\"\n", ""));
    insta::assert_snapshot!(target("years = 10\n", "years = 10\nmeasure = \"smoking-cesation\"\n"));
    insta::assert_snapshot!(with(
        &format!("{cessation}{}", TARGET.replace("other", "third")),
        &format!("{cessation}{TARGET}")
    ));
    let dear = "measures = [\"tobacco-alcohol-price-availability\"]\n";
    insta::assert_snapshot!(with(dear, &format!("{cessation}{TARGET}")));
    insta::assert_snapshot!(with(cessation, &format!("{dear}{TARGET}")));
    let smokers = "measures = [{ id = \"smoking-cessation\", coverage = 0.5 }]\n";
    insta::assert_snapshot!(with(cessation, &format!("{smokers}{TARGET}")));
    let effect = "[[effect]]\nlever = \"smoking.stopping\"\nform = \"hazard-ratio\"\nvalue = 1.1\n\
                  evidence = { unit = \"ratio\", interval = [1, 2], kind = \"assumed\", note = \"a test\" }\n";
    let births = effect.replace("smoking.stopping", "births.fertility").replace("hazard-ratio", "rate-ratio");
    let cost = |per: &str, prices: u16| format!("cost = {{ nok = 100, per = \"{per}\", prices = {prices} }}\n");
    insta::assert_snapshot!(with(cessation, &format!("{}{TARGET}{births}", cost("person reached", 2018))));
    insta::assert_snapshot!(with(cessation, &format!("{}{TARGET}{effect}", cost("year", 2018))));
    insta::assert_snapshot!(with(cessation, &format!("{}{TARGET}{effect}", cost("person reached", 2020))));
    insta::assert_snapshot!(with(
        cessation,
        &format!("coverage = 0.5\n{}{TARGET}{effect}", cost("person reached", 2018))
    ));
}

#[test]
fn a_measure_narrowed_or_set_otherwise_than_it_can_be_is_refused() {
    let model = common::model(2_000, 1, 2100);
    let entry = |more: &str| refused(&model, "", &format!("measures = [{{ id = \"smoking-cessation\", {more} }}]\n"));
    insta::assert_snapshot!(entry("who = []"));
    insta::assert_snapshot!(entry("who = [{ attribute = \"person.age\", below = 18 }]"));
    insta::assert_snapshot!(entry("who = [{ attribute = \"smoking.habit\", is = \"never\" }]"));
    insta::assert_snapshot!(entry("who = [{ attribute = \"school.levl\", is = \"compulsory\" }]"));
    insta::assert_snapshot!(entry("who = { attribute = \"school.level\", is = \"compulsory\" }"));
    insta::assert_snapshot!(entry("set = { outrech = 1 }"));
    insta::assert_snapshot!(entry("set = { outreach = 2 }"));
    insta::assert_snapshot!(entry("set = { late_relapse = 0.3 }"));
    insta::assert_snapshot!(entry("set = { supported_share_policy = \"all\" }"));
}

#[test]
fn a_package_sets_a_parameter_and_leaves_the_others() {
    let model = common::model(2_000, 1, 2035);
    let own = common::package(&model, "own", "\"smoking-cessation\"");
    let set = common::package(&model, "set", "{ id = \"smoking-cessation\", set = { outreach = 1 } }");
    let same = own.with_parameter("smoking-cessation", "outreach", 1.0).expect("a parameter");
    assert_eq!(set.parts, same.parts);
    assert_ne!(set.parts, own.parts);
    assert_eq!(set.levers(Year(2035)).orders, same.levers(Year(2035)).orders);
}
