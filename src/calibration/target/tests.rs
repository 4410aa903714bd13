//! Reading targets, and refusing them.

use std::path::PathBuf;

use super::*;
use crate::error::rendered;

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
    let (targets, problems) = read(SET, &format!("{GOOD}{}", GOOD.replace("percent,,", "percent,3,")));
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
