//! Imports point down, and a component is written by the module that owns it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The floor of each module; modules of one floor do not see each other.
const FLOORS: &[(&str, u8)] = &[
    ("units", 1),
    ("draws", 1),
    ("math", 1),
    ("sums", 1),
    ("error", 1),
    ("table", 3),
    ("store", 1),
    ("config", 2),
    ("record", 4),
    ("model", 5),
    ("processes", 6),
    ("measures", 7),
    ("population", 7),
    ("accounts", 7),
    ("run", 8),
    ("analysis", 9),
    ("calibration", 10),
    ("cli", 11),
    ("guide", 11),
];

/// Modules of the lowest floor may use each other: they are small, and none knows anything of the model.
const LOWEST: u8 = 1;

fn floor(module: &str) -> u8 {
    FLOORS
        .iter()
        .find(|(name, _)| *name == module)
        .unwrap_or_else(|| panic!("`{module}` has no floor: add it to FLOORS"))
        .1
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            files.push(path);
        }
    }
}

fn texts() -> BTreeMap<String, String> {
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    let name = |path: &Path| path.strip_prefix("src").expect("below src").display().to_string();
    files.iter().map(|path| (name(path), std::fs::read_to_string(path).expect("text"))).collect()
}

fn module(file: &str) -> &str {
    file.split('/').next().expect("a path").trim_end_matches(".rs")
}

#[test]
fn imports_point_down() {
    let mut upward = Vec::new();
    let mut seen = 0;
    for (file, text) in texts() {
        let here = module(&file);
        if here == "lib" || here == "main" {
            continue;
        }
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for import in line.split("crate::").skip(1) {
                let there: String =
                    import.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
                assert!(!import.starts_with('{'), "{file} imports several modules at once: give each its line");
                if there.is_empty() || there == here {
                    continue;
                }
                seen += 1;
                let (from, to) = (floor(here), floor(&there));
                if to > from || (to == from && from != LOWEST) {
                    upward.push(format!("{file} (floor {from}) imports {there} (floor {to})"));
                }
            }
        }
    }
    assert!(seen > 50, "the test must see the imports; it saw {seen}");
    assert!(upward.is_empty(), "{}", upward.join("\n"));
}

#[test]
fn a_component_is_written_only_by_the_mechanism_that_owns_it() {
    let texts = texts();
    let mut owners = BTreeMap::new();
    for (file, text) in texts.iter().filter(|(file, _)| file.starts_with("processes/")) {
        for (i, _) in text.match_indices("#[derive(Component") {
            let name = text[i..].split("pub struct ").nth(1).expect("a component is a public struct");
            let name: String = name.chars().take_while(|letter| letter.is_alphanumeric()).collect();
            owners.insert(name, file.clone());
        }
    }
    assert!(owners.len() >= 2, "the test must see the components; it saw {owners:?}");
    // A mechanism of several files has a folder, and its component in the `mod.rs` of it.
    let is_of = |file: &str, owner: &str| {
        file == owner || owner.strip_suffix("mod.rs").is_some_and(|folder| file.starts_with(folder))
    };
    for (file, text) in &texts {
        for (component, owner) in &owners {
            assert!(
                !text.contains(&format!("&mut {component}")) || is_of(file, owner),
                "{file} writes {component} of {owner}"
            );
        }
    }
}

#[test]
fn no_source_names_a_scenario() {
    let texts = texts();
    let files =
        |folder| std::fs::read_dir(folder).expect("a folder of scenarios").map(|entry| entry.expect("an entry").path());
    for path in files("scenarios/packages").chain(files("scenarios/measures")) {
        let id = path.file_stem().expect("a name").to_string_lossy().into_owned();
        for (file, text) in &texts {
            assert!(!text.contains(&id), "{file} names the scenario {id}");
        }
    }
}
