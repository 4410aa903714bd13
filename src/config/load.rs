//! Loading: a parameter file, its evidence and its rules, with everything that is wrong.

use std::collections::BTreeMap;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::collect::collect;
use super::evidence::{Evidence, Judge, Kind};
use super::names::did_you_mean;
use super::overrides::Overrides;
use super::sources::Sources;
use super::tree::{Node, Tree, Value};
use crate::error::{BadConfig, Problems, SourceFile};

/// The two tables of a parameter file.
const TABLES: [&str; 2] = ["params", "evidence"];

/// A rule across parameters that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The parameter to point at; dots lead into tables.
    pub key: &'static str,
    /// What is wrong.
    pub message: String,
}

/// Rules across the parameters of one file.
pub trait Check {
    /// The rules that do not hold.
    fn check(&self) -> Vec<Misfit> {
        Vec::new()
    }
}

/// One parameter file, read and checked.
#[derive(Clone, Debug)]
pub struct ConfigFile<P> {
    /// `[params]`.
    pub params: P,
    /// `[evidence]`, by parameter.
    pub evidence: BTreeMap<String, Evidence>,
    /// The file as read.
    pub file: SourceFile,
    /// Each parameter's value as TOML text, in the order of the file.
    values: Vec<(String, String)>,
}

/// One parameter, for `describe` and the guide.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterRow {
    /// The parameter.
    pub key: String,
    /// Its value as TOML text.
    pub value: String,
    /// Its unit.
    pub unit: String,
    /// Low and high, as text; empty if there is none.
    pub interval: String,
    /// The same as numbers: of the whole parameter, or of each number of an array.
    pub bounds: Vec<[f64; 2]>,
    /// How the number came to be.
    pub kind: Kind,
    /// A key of `sources.toml`; may be empty.
    pub source: String,
    /// What a reader must know; may be empty.
    pub note: String,
}

/// The parameters of a file, in its order.
pub fn describe<P>(file: &ConfigFile<P>) -> Vec<ParameterRow> {
    let row = |(key, value): &(String, String)| {
        let evidence = file.evidence.get(key)?;
        Some(ParameterRow {
            key: key.clone(),
            value: value.clone(),
            unit: evidence.unit.clone(),
            interval: evidence.interval_text(),
            bounds: evidence.bounds(),
            kind: evidence.kind,
            source: evidence.source.clone().unwrap_or_default(),
            note: evidence.note.clone().unwrap_or_default(),
        })
    };
    file.values.iter().filter_map(row).collect()
}

/// Reads a parameter file. `file_key` is its name in overrides, such as "family/births".
///
/// Everything wrong is added to `problems`; then there is no file.
pub fn load<P: DeserializeOwned + Check>(
    path: &Path,
    file_key: &str,
    sources: &Sources,
    overrides: &Overrides,
    problems: &mut Problems,
) -> Option<ConfigFile<P>> {
    let file = SourceFile::read(path, problems)?;
    load_text(file, file_key, sources, overrides, problems)
}

/// The same for text that is read already.
pub fn load_text<P: DeserializeOwned + Check>(
    file: SourceFile,
    file_key: &str,
    sources: &Sources,
    overrides: &Overrides,
    problems: &mut Problems,
) -> Option<ConfigFile<P>> {
    let mut tree = Tree::parse(&file, problems)?;
    overrides.of(file_key).for_each(|setting| tree.graft("params", setting));
    let mut found = Problems::default();
    let [params, evidence] = tables(&tree, &mut found);

    let read = params.map(|params| collect::<P>(&tree, params, &mut found));
    let fields = read.as_ref().and_then(|read| read.fields);
    let by_param = match (params, evidence) {
        (Some(params), Some(evidence)) => Citing { tree: &tree, params, fields }.check(evidence, sources, &mut found),
        (_, None) | (None, _) => BTreeMap::new(),
    };
    let values = params.map_or(&[][..], Node::entries).iter();
    let values = values.map(|param| (param.name.clone(), tree.text(param))).collect();
    let read = read.and_then(|read| read.value);
    if let (Some(read), Some(params)) = (&read, params) {
        found.extend(read.check().into_iter().map(|misfit| place(&tree, params, misfit)));
    }

    let sound = found.is_empty();
    problems.extend(found.in_order());
    read.filter(|_| sound).map(|params| ConfigFile { params, evidence: by_param, file, values })
}

/// Reads a file without evidence, such as a scenario.
///
/// Everything wrong is added to `problems`; then there is no value. All keys of structs must be known, with or
/// without `deny_unknown_fields`. Optional keys should be `Option`: where a table lacks a key, its fields with a serde
/// default are named as missing too. `toml::Spanned` gives the place of a value for later errors.
pub fn parse<T: DeserializeOwned>(file: &SourceFile, problems: &mut Problems) -> Option<T> {
    let tree = Tree::parse(file, problems)?;
    let mut found = Problems::default();
    let read = collect(&tree, &tree.root, &mut found).value;
    problems.extend(found.in_order());
    read
}

/// The tables of a parameter file; what is missing or should not be there is a problem.
fn tables<'t>(tree: &'t Tree, problems: &mut Problems) -> [Option<&'t Node>; 2] {
    for node in tree.root.entries().iter().filter(|node| !TABLES.contains(&node.name.as_str())) {
        let message = format!("unknown table `{}`", node.name);
        problems.push(tree.at_key(node, message).help(did_you_mean(&node.name, TABLES)));
    }
    TABLES.map(|name| {
        let node = tree.root.entry(name);
        match node {
            None => problems.push(tree.at(&tree.root, format!("no table [{name}]")).help(format!("add [{name}]"))),
            Some(node) if matches!(node.value, Value::Table(_)) => return Some(node),
            Some(node) => {
                problems.push(tree.at(node, format!("`{name}` is not a table")).help(format!("write [{name}]")));
            }
        }
        None
    })
}

/// The parameters that evidence speaks of.
struct Citing<'t> {
    tree: &'t Tree,
    params: &'t Node,
    /// The parameters that may be there, if their type is a struct.
    fields: Option<&'static [&'static str]>,
}

impl Citing<'_> {
    fn check(&self, evidence: &Node, sources: &Sources, problems: &mut Problems) -> BTreeMap<String, Evidence> {
        let params = self.params.entries().iter();
        for param in params.filter(|param| self.is_valid(&param.name) && evidence.entry(&param.name).is_none()) {
            let message = format!("`{}` has no evidence", param.name);
            let form = r#"{ unit = "…", interval = [low, high], kind = "estimated", source = "…" }"#;
            let help = format!("add to [evidence]: {} = {form}", param.name);
            problems.push(self.tree.at_key(param, message).help(help));
        }
        let mut by_param = BTreeMap::new();
        for entry in evidence.entries() {
            let Some(read) = collect::<Evidence>(self.tree, entry, problems).value else { continue };
            if let Some(param) = self.params.entry(&entry.name) {
                Judge { tree: self.tree, sources, param, entry }.check(&read, problems);
            } else if !self.is_valid(&entry.name) {
                problems.push(self.stray(entry));
            }
            by_param.insert(entry.name.clone(), read);
        }
        by_param
    }

    fn is_valid(&self, name: &str) -> bool {
        self.fields.map_or_else(|| self.params.entry(name).is_some(), |fields| fields.contains(&name))
    }

    fn stray(&self, entry: &Node) -> BadConfig {
        let names: Vec<&str> = match self.fields {
            Some(fields) => fields.to_vec(),
            None => self.params.entries().iter().map(|param| param.name.as_str()).collect(),
        };
        let message = format!("evidence for the unknown parameter `{}`", entry.name);
        self.tree.at_key(entry, message).help(did_you_mean(&entry.name, names))
    }
}

fn place(tree: &Tree, params: &Node, misfit: Misfit) -> BadConfig {
    let node = misfit.key.split('.').try_fold(params, |node, name| node.entry(name));
    tree.at(node.unwrap_or(params), misfit.message)
}
