//! A TOML file as a tree that knows where everything stands.
//!
//! Overrides from the command line are grafted onto it, so a node also knows which text it comes from.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{BadConfig, Problems, SourceFile};

/// The texts and the tree.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    files: Vec<SourceFile>,
    pub root: Node,
}

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// The key, or that of the array it stands in.
    pub name: String,
    /// Where its key stands.
    pub key: Range<usize>,
    /// Where it stands itself; of a table in brackets, its header.
    pub span: Range<usize>,
    /// In which of the tree's texts.
    file: usize,
    pub value: Value,
}

/// What stands there.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Whole(i128),
    Real(f64),
    Truth(bool),
    List(Vec<Node>),
    /// In the order of the file.
    Table(Vec<Node>),
    /// Valid TOML that no parameter can be, and why.
    Refused(&'static str),
}

impl Tree {
    /// Parses a file; an error of TOML's syntax becomes a problem and ends it.
    pub fn parse(file: &SourceFile, problems: &mut Problems) -> Option<Self> {
        Self::parse_as(&file.text, file, problems)
    }

    /// The same for TOML that stands at the same places in a file which is not all TOML.
    pub fn parse_as(toml: &str, file: &SourceFile, problems: &mut Problems) -> Option<Self> {
        match DeTable::parse(toml) {
            Ok(table) => {
                let at = Node { name: String::new(), key: 0..0, span: 0..0, file: 0, value: Value::Truth(false) };
                let root = Node { value: Value::Table(entries(table.get_ref())), ..at };
                Some(Self { files: vec![file.clone()], root })
            }
            Err(error) => {
                let (span, message) = (error.span().unwrap_or(0..0), error.message());
                problems.push(BadConfig::at(file, span, format!("not valid TOML: {message}")).help(toml_help(message)));
                None
            }
        }
    }

    /// An error at a node's value.
    pub fn at(&self, node: &Node, message: impl Into<String>) -> BadConfig {
        BadConfig::at(&self.files[node.file], node.span.clone(), message)
    }

    /// An error at a node's key.
    pub fn at_key(&self, node: &Node, message: impl Into<String>) -> BadConfig {
        BadConfig::at(&self.files[node.file], node.key.clone(), message)
    }

    /// Puts another text's values, given as a table, into the table `under` of the root.
    pub fn graft(&mut self, under: &str, other: &Self) {
        let mut branch = other.root.clone();
        branch.moved_by(self.files.len());
        self.files.extend(other.files.iter().cloned());
        if let Value::Table(tables) = &mut self.root.value
            && let Some(table) = tables.iter_mut().find(|table| table.name == under)
        {
            table.merge(branch);
        }
    }

    /// The value as TOML on one line.
    pub fn text(&self, node: &Node) -> String {
        match &node.value {
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(|item| self.text(item)).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Table(items) if items.is_empty() => "{}".to_owned(),
            Value::Table(items) => {
                let items: Vec<String> =
                    items.iter().map(|item| format!("{} = {}", item.name, self.text(item))).collect();
                format!("{{ {} }}", items.join(", "))
            }
            Value::Text(_) | Value::Whole(_) | Value::Real(_) | Value::Truth(_) | Value::Refused(_) => {
                self.files[node.file].text.get(node.span.clone()).unwrap_or_default().to_owned()
            }
        }
    }
}

/// What to do about an error of TOML's syntax, where the parser's words do not say it.
fn toml_help(message: &str) -> &'static str {
    if message.starts_with("duplicate key") {
        "take one of the two away, or give it another name"
    } else if message.contains("must be quoted") {
        "write text in straight quotes, \"like this\", and numbers plainly: 0.5, not 50 %"
    } else if message.starts_with("unexpected key or value") {
        "write one `key = value` a line, and decimals with a point: 0.5"
    } else if message.starts_with("invalid basic string") {
        "close the text with `\"` on the same line"
    } else {
        ""
    }
}

impl Node {
    /// The entries of a table, or nothing.
    pub fn entries(&self) -> &[Node] {
        match &self.value {
            Value::Table(entries) => entries,
            Value::Text(_)
            | Value::Whole(_)
            | Value::Real(_)
            | Value::Truth(_)
            | Value::List(_)
            | Value::Refused(_) => &[],
        }
    }

    /// The entry of this name in a table.
    pub fn entry(&self, name: &str) -> Option<&Node> {
        self.entries().iter().find(|entry| entry.name == name)
    }

    /// Whether the node, or any node within, was set on the command line.
    pub fn is_grafted(&self) -> bool {
        self.file > 0 || self.entries().iter().any(Node::is_grafted)
    }

    /// All numbers within, in order, each with its node.
    #[expect(clippy::cast_precision_loss, reason = "intervals are checked in f64, whatever the parameter's type")]
    pub fn numbers(&self) -> Vec<(f64, &Node)> {
        match &self.value {
            Value::Whole(number) => vec![(*number as f64, self)],
            Value::Real(number) => vec![(*number, self)],
            Value::List(nodes) | Value::Table(nodes) => nodes.iter().flat_map(Node::numbers).collect(),
            Value::Text(_) | Value::Truth(_) | Value::Refused(_) => Vec::new(),
        }
    }

    fn moved_by(&mut self, files: usize) {
        self.file += files;
        if let Value::List(nodes) | Value::Table(nodes) = &mut self.value {
            for node in nodes {
                node.moved_by(files);
            }
        }
    }

    fn merge(&mut self, other: Node) {
        match (&mut self.value, other.value) {
            (Value::Table(ours), Value::Table(theirs)) => {
                for their in theirs {
                    match ours.iter_mut().find(|our| our.name == their.name) {
                        Some(our) => our.merge(their),
                        None => ours.push(their),
                    }
                }
            }
            (_, value) => *self = Node { value, ..other },
        }
    }
}

fn entries(table: &DeTable<'_>) -> Vec<Node> {
    let mut entries: BTreeMap<usize, Node> = BTreeMap::new();
    for (key, value) in table {
        entries.insert(key.span().start, node(key.get_ref(), key.span(), value));
    }
    entries.into_values().collect()
}

fn node(name: &str, key: Range<usize>, value: &Spanned<DeValue<'_>>) -> Node {
    let span = value.span();
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => i128::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::Refused("this number is too large"), Value::Whole),
        DeValue::Float(number) => match number.as_str().parse::<f64>() {
            Ok(number) if number.is_finite() => Value::Real(number),
            Ok(_) | Err(_) => Value::Refused("expected a finite number"),
        },
        DeValue::Boolean(truth) => Value::Truth(*truth),
        DeValue::Datetime(_) => Value::Refused("dates are written as text, in quotes"),
        DeValue::Array(items) => Value::List(items.iter().map(|item| node(name, item.span(), item)).collect()),
        DeValue::Table(table) => Value::Table(entries(table)),
    };
    Node { name: name.to_owned(), key, span, file: 0, value }
}
