//! Reading targets, and refusing them.

use std::path::PathBuf;

use super::*;
use crate::error::{SourceFile, rendered};

const HEADER: &str = "set,indicator,sex,age_from,age_to,by,group,versus,year_from,year_to,value,unit,tolerance,role,verified,source,note\n";

fn read(sets: &str, rows: &str) -> (Option<Targets>, Problems) {
    let folder = tempfile::tempdir().expect("a directory");
    std::fs::write(folder.path().join("sets.csv"), format!("set,mean_tolerance,tolerance,title,note\n{sets}"))
        .expect("written");
    std::fs::write(folder.path().join("smoking.csv"), format!("{HEADER}{rows}")).expect("written");
    let mut problems = Problems::default();
    let file = SourceFile::new(
        "sources.toml",
        "[survey]\ncitation = \"A survey\"\nlicence = \"none\"\nretrieved = \"2025-01-01\"\n",
    );
    let sources = Sources::read(&file, &mut problems);
    (Targets::load(folder.path(), &sources, &mut problems), problems)
}

const SET: &str = "smokers,2,5,Smokers,\n";
const GOOD: &str = "smokers,daily_smokers,both,16,74,all,all,,1990,1992,35,percent,,fit,yes,survey,\n";

#[test]
fn every_target_of_the_project_is_sound_and_has_its_source() {
    let mut problems = Problems::default();
    let sources = Sources::load(&PathBuf::from("configs/norway/sources.toml"), &mut problems);
    let targets = Targets::load(&PathBuf::from("configs/norway/targets"), &sources, &mut problems);
    problems.into_result().expect("nothing is wrong");
    let targets = targets.expect("targets");
    assert!(targets.rows.len() > 1500, "{}", targets.rows.len());
    let recalled = targets.rows.iter().filter(|row| row.verified == Verified::Recalled);
    assert!(recalled.clone().count() > 10 && recalled.into_iter().all(|row| row.role == Role::Held));
}

#[test]
fn a_row_without_a_tolerance_has_that_of_its_set() {
    let (targets, problems) =
        read(SET, &format!("{GOOD}{}", GOOD.replace("percent,,", "percent,3,").replace("1990", "1991")));
    assert!(problems.is_empty());
    let targets = targets.expect("targets");
    assert_eq!(targets.rows.iter().map(|row| targets.tolerance(row)).collect::<Vec<_>>(), [5.0, 3.0]);
    assert_eq!((targets.rows[0].year_to, targets.rows[0].sex.sex()), (1992, None));
}

#[test]
fn mistakes_are_told_with_line_and_nearest_name() {
    let wrong = |from: &str, to: &str| {
        let (targets, problems) = read(SET, &format!("{GOOD}{}", GOOD.replacen(from, to, 1)));
        assert!(targets.is_none(), "{to}");
        rendered(problems)
    };
    for (from, to, told, help) in [
        ("daily_smokers", "daily_smoker", "`daily_smoker` is not one of the choices", "did you mean `daily_smokers`?"),
        ("smokers,daily", "smoker,daily", "unknown set `smoker`", "did you mean `smokers`?"),
        ("survey", "surveys", "unknown source `surveys`", "did you mean `survey`?"),
        ("all,all", "education,compulsary", "unknown group `compulsary` of education", "did you mean `compulsory`?"),
        ("percent", "years", "`daily_smokers` in years", "is told in percent"),
        ("16,74", "74,16", "the ages 74 to 16", "put the younger first"),
        ("1990,1992", "1992,1990", "the years 1992 to 1990", "put the earlier first"),
        (",35,", ",many,", "`value`", ""),
    ] {
        let text = wrong(from, to);
        assert!(text.contains(told) && text.contains(help) && text.contains("smoking.csv:3"), "{text}");
    }
}

/// What is told of a table of these rows after the sound one.
fn told(rows: &[&str]) -> String {
    let rows: String = rows.iter().map(|row| format!("{row}\n")).collect();
    let (targets, problems) =
        read(&format!("{SET}ratios,0.1,0.1,Ratios,\nranks,0.1,0,Ranks,\n"), &format!("{GOOD}{rows}"));
    assert!(targets.is_none(), "{rows}");
    rendered(problems)
}

#[test]
fn what_an_indicator_cannot_be_about_is_refused_with_what_it_can() {
    for (row, about, help) in [
        ("employed,both,16,74,education,compulsory,tertiary_long", "against `tertiary_long`", "leave it empty"),
        ("education,both,16,74,parents_education,compulsory,", "by parents_education", "by education, education3"),
        ("education,both,16,74,education,all,", "of `all`", "name a group"),
        ("education,both,16,74,education,all|compulsory,", "unknown group `all`", "compulsory"),
        ("education,both,16,74,education,compulsory|compulsory,", "stands twice", "leave one out"),
        ("education_old,both,16,74,education,compulsory|upper_secondary,", "of `compulsory|", "one group at a time"),
        ("education_old,both,16,74,education,all,", "of `all`", "name a group"),
        ("employed,both,16,74,parents_education,compulsory,", "by parents_education", "by all, education, education3"),
        ("employed,both,16,74,all,compulsory,", "of `compulsory`", "make the group `all`"),
        ("completed_general,both,21,21,all,all,", "the ages 21 to 21", "of the ages 16 to 110"),
    ] {
        let text = told(&[&format!("smokers,{row},1990,1992,35,percent,,fit,yes,survey,")]);
        assert!(text.contains(about) && text.contains(help) && text.contains("smoking.csv:3"), "{row}: {text}");
    }
    for (row, about, help) in [
        ("marks,both,15,17,all,all,,1990,1990,35,points", "the ages 15 to 17", "of the ages 16 to 16"),
        ("marks,both,16,16,education,compulsory,,1990,1990,35,points", "by education", "by all, parents_education"),
        ("occupation_share,both,16,74,occupation,all,,1990,1990,35,percent", "of `all`", "name a group"),
        ("life_expectancy,both,30,35,all,all,,1990,1990,50,years", "the ages 30 to 35", "one exact age"),
        ("life_expectancy,both,30,30,all,all,all,1990,1990,50,years", "`all` against `all`", "another group"),
        ("life_expectancy_order,both,30,30,all,all,,1990,1990,0,years", "by all", "education3, parents_education"),
        (
            "life_expectancy_order,both,30,30,education3,tertiary,,1990,1990,0,years",
            "`tertiary`",
            "make the group `all`",
        ),
        ("life_expectancy_widening,both,35,35,education3,tertiary,,1970,1990,2,years", "without `versus`", "seen from"),
        (
            "life_expectancy_widening,both,35,35,education3,tertiary,compulsory,1990,1990,2,years",
            "1990 to 1990",
            "later one",
        ),
        (
            "life_expectancy_widening,both,35,35,education3,tertiary,compulsory,1950,1990,2,years",
            "1950 to 1990",
            "before and",
        ),
        ("daily_smokers,both,16,74,all,all,,2020,2026,35,percent", "2020 to 2026", "from 1950 to 2025"),
    ] {
        let text = told(&[&format!("smokers,{row},,held,yes,survey,")]);
        assert!(text.contains(about) && text.contains(help) && text.contains("smoking.csv:3"), "{row}: {text}");
    }
}

#[test]
fn figures_that_cannot_be_are_refused() {
    let row = |value: &str, tolerance: &str, end: &str| {
        told(&[&format!(
            "smokers,daily_smokers,male,16,74,all,all,,1990,1992,{value},percent,{tolerance},{end},survey,"
        )])
    };
    for value in ["-1", "100.5"] {
        let text = row(value, "", "fit,yes");
        assert!(text.contains(&format!("{value} percent")) && text.contains("from 0 to 100"), "{text}");
    }
    for tolerance in ["0", "-2"] {
        assert!(row("3", tolerance, "fit,yes").contains(&format!("a tolerance of {tolerance}")));
    }
    assert!(row("3", "", "fit,recalled").contains("from memory to be fitted to"));
    assert!(told(&[GOOD.trim_end()]).contains("the same figure stands twice"));
}

#[test]
fn ranks_are_of_three_mortality_ratios_of_another_set() {
    let rank = |versus: &str| {
        format!(
            "ranks,mortality_ratio_rank,male,30,79,occupation,all,{versus},1960,1965,0.9,correlation,,held,yes,survey,"
        )
    };
    let ratio = |group: &str| {
        format!("ratios,mortality_ratio,male,30,79,occupation,{group},,1960,1965,1,ratio,,held,yes,survey,")
    };
    let ratios = ["craft", "clerical", "managers"].map(ratio);
    let of =
        |versus: &str, count: usize| -> Vec<String> { ratios[..count].iter().cloned().chain([rank(versus)]).collect() };
    let told = |versus: &str, count: usize| {
        let rows = of(versus, count);
        told(&rows.iter().map(String::as_str).collect::<Vec<_>>())
    };
    assert!(told("ranks", 3).contains("holds `mortality_ratio_rank`"), "its own set");
    assert!(told("smokers", 3).contains("holds `daily_smokers`"));
    assert!(told("ratio", 3).contains("did you mean `ratios`?"));
    assert!(told("ratios", 2).contains("has 2 mortality ratios"));
    let sets = format!("{SET}ratios,0.1,0.1,Ratios,\nranks,0.1,0,Ranks,\n");
    let (targets, _) = read(&sets, &format!("{GOOD}{}\n", of("ratios", 3).join("\n")));
    assert!(targets.is_some());
}

#[test]
fn sets_are_told_once_and_with_sound_tolerances() {
    let (_, problems) = read(&format!("{SET}{SET}zero,0,-1,Zero,\n"), GOOD);
    let text = rendered(problems);
    for words in ["`smokers` stands twice", "mean tolerance of 0", "a tolerance of -1", "sets.csv:3", "sets.csv:4"] {
        assert!(text.contains(words), "{words} in {text}");
    }
}

#[test]
fn one_bad_cell_is_one_error() {
    let (targets, problems) = read(&format!("{SET}marks,1,1,Marks,\n"), &GOOD.replace(",35,", ",many,"));
    assert!(targets.is_none());
    assert_eq!(problems.len(), 1, "no set is blamed for what was not read: {}", rendered(problems));
}

#[test]
fn a_place_is_found_after_a_line_break_in_a_note_and_of_an_empty_field() {
    let noted = GOOD.replace("survey,", "survey,\"two\nlines\"").replace("1990", "1989");
    let row = "smokers,life_expectancy_widening,both,35,35,education3,tertiary,,1970,1990,2,years,,held,yes,survey,";
    let text = told(&[noted.trim_end(), row]);
    assert!(text.contains("smoking.csv:5:65"), "the empty column `versus`: {text}");
}

#[test]
fn a_set_without_targets_and_a_missing_column_are_refused() {
    let (_, problems) = read(&format!("{SET}marks,1,1,Marks,\n"), GOOD);
    assert!(rendered(problems).contains("no target is of the set `marks`"));
    let folder = tempfile::tempdir().expect("a directory");
    std::fs::write(folder.path().join("sets.csv"), "set,mean_tolerance,title,note\n").expect("written");
    let mut problems = Problems::default();
    assert!(Targets::load(folder.path(), &Sources::default(), &mut problems).is_none());
    assert!(rendered(problems).contains("missing column `tolerance`"));
}
