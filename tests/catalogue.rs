//! What mechanisms declare is unique, named by rule, and backed by files and sources.

use std::collections::BTreeSet;
use std::path::Path;

use livslop::calibration::target::Targets;
use livslop::processes::CATALOGUE;

mod common;

#[test]
fn names_are_unique_and_belong_to_a_mechanism() {
    let model = common::model(2_000, 1, 1960);
    let declared = &model.declared;
    let names: Vec<&str> = declared
        .levers
        .iter()
        .map(|lever| lever.name)
        .chain(declared.sights.iter().map(|sight| sight.attribute.name))
        .chain(declared.decisions.iter().map(|decision| decision.name()))
        .collect();
    let different: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(different.len(), names.len(), "{names:?}");
    for name in names {
        let process = name.split('.').next().expect("process.quantity");
        assert!(
            // What the first year's families are dealt belongs to the population, not to a mechanism.
            // Sex and age belong to everyone.
            ["families", "person"].contains(&process)
                || CATALOGUE.iter().any(|entry| entry.name.rsplit('/').next() == Some(process)),
            "{name} belongs to no mechanism"
        );
    }
}

#[test]
fn no_two_decisions_share_a_word() {
    let model = common::model(2_000, 1, 1960);
    let words: BTreeSet<u32> = model.declared.decisions.iter().map(|decision| decision.word()).collect();
    assert_eq!(words.len(), model.declared.decisions.len());
}

#[test]
fn every_decision_in_the_sources_is_declared() {
    let model = common::model(2_000, 1, 1960);
    let declared: BTreeSet<&str> = model.declared.decisions.iter().map(|decision| decision.name()).collect();
    let mut written = BTreeSet::new();
    let mut open = vec![std::path::PathBuf::from("src/processes"), "src/model".into(), "src/population".into()];
    while let Some(folder) = open.pop() {
        for path in std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let text = std::fs::read_to_string(path).expect("text");
            let names = text.split("Decision::named(\"").skip(1).filter_map(|rest| rest.split('"').next());
            written.extend(names.map(str::to_owned));
        }
    }
    assert_eq!(written.iter().map(String::as_str).collect::<BTreeSet<_>>(), declared);
}

#[test]
fn every_mechanism_has_its_file_and_every_source_is_cited() {
    for entry in CATALOGUE {
        assert!(Path::new("configs/norway").join(format!("{}.toml", entry.name)).is_file(), "{}", entry.name);
    }
    let model = common::model(2_000, 1, 2100);
    let rows = model
        .parameters
        .iter()
        .map(|(_, rows)| rows)
        .chain(model.mechanisms.iter().map(|mechanism| &mechanism.parameters));
    let targets = Targets::beside(&model.settings.config, &model.sources).expect("sound targets");
    let arms = common::measures(&model);
    let params = arms.iter().flat_map(|arm| &arm.parts[0].measure.params);
    let cited: BTreeSet<&str> = rows
        .flatten()
        .map(|row| row.source.as_str())
        .chain(targets.rows.iter().map(|row| &row.source[..]))
        .chain(params.flat_map(|param| param.sources.iter().map(String::as_str)))
        .collect();
    for (key, _) in model.sources.iter() {
        assert!(cited.contains(key), "nobody cites {key}");
    }
}

#[test]
fn every_table_is_described_and_none_is_missing() {
    let readme = std::fs::read_to_string("configs/norway/tables/README.md").expect("the tables' description");
    let mut tables = 0;
    for entry in std::fs::read_dir("configs/norway/tables").expect("a folder of tables") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        if Path::new(&name).extension().is_some_and(|kind| kind == "csv") {
            tables += 1;
            assert!(readme.contains(&name), "{name} is not described in tables/README.md");
        }
    }
    assert!(tables > 15, "{tables} tables");
}
