//! Reading a value from a tree with all of its errors, not only the first.
//!
//! Serde gives up at the first error. So a value is read again and again: what was wrong is reported, marked, and
//! passed over in the next round, until nothing new is found. What then fails only because something was passed over is
//! not reported. A [`Reader`] does one round; the [`Ledger`] remembers between rounds.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde::de::DeserializeOwned;

use super::reader::Reader;
use super::slip::Slip;
use super::tree::{Node, Tree, Value};
use crate::error::{BadConfig, Problems};

/// So many errors in one file are enough.
const ENOUGH: usize = 100;

/// What is known about a tree after some rounds. Nodes are told apart by their address.
pub(super) struct Ledger<'t> {
    tree: &'t Tree,
    root: &'t Node,
    notes: RefCell<Notes>,
}

#[derive(Default)]
struct Notes {
    found: Vec<BadConfig>,
    /// Wrong values, passed over from now on.
    wrong: BTreeSet<*const Node>,
    /// Values with something wrong within.
    spoiled: BTreeSet<*const Node>,
    /// Tables that lack a key: their other missing keys are looked for as well.
    incomplete: BTreeSet<*const Node>,
    /// Missing keys that are reported.
    missing: BTreeSet<(*const Node, &'static str)>,
    /// Grows whenever a round found something new.
    news: usize,
    /// The keys of the outermost table, if its type is a struct.
    fields: Option<&'static [&'static str]>,
}

/// What came of reading a value.
pub(super) struct Outcome<T> {
    /// The value, if nothing was wrong.
    pub value: Option<T>,
    /// The keys it may have, if its type is a struct.
    pub fields: Option<&'static [&'static str]>,
}

/// Reads a value and adds everything wrong with it to the problems.
pub(super) fn collect<T: DeserializeOwned>(tree: &Tree, node: &Node, problems: &mut Problems) -> Outcome<T> {
    let ledger = Ledger { tree, root: node, notes: RefCell::default() };
    let value = loop {
        let before = ledger.notes.borrow().news;
        if let Ok(value) = ledger.judge(node, T::deserialize(Reader { node, ledger: &ledger })) {
            break Some(value);
        }
        let notes = ledger.notes.borrow();
        if notes.news == before || notes.found.len() >= ENOUGH || notes.wrong.contains(&std::ptr::from_ref(node)) {
            break None;
        }
    };
    let notes = ledger.notes.into_inner();
    if value.is_none() && notes.found.is_empty() {
        problems.push(tree.at(node, format!("`{}` cannot be read", node.name)));
    }
    let value = value.filter(|_| notes.found.is_empty());
    problems.extend(notes.found);
    Outcome { value, fields: notes.fields }
}

impl<'t> Ledger<'t> {
    /// What reading a node gave, after noting what is wrong with it.
    pub fn judge<T>(&self, node: &'t Node, read: Result<T, Slip>) -> Result<T, Slip> {
        let slip = match read {
            Ok(value) => return Ok(value),
            Err(slip) => slip,
        };
        let notes = &mut *self.notes.borrow_mut();
        let spoiled = notes.spoiled.contains(&std::ptr::from_ref(node));
        match slip {
            Slip::Known => {
                notes.spoiled.insert(node);
            }
            Slip::Missing(_) if notes.incomplete.insert(node) => notes.news += 1,
            Slip::Missing(key) => {
                if !spoiled {
                    notes.found.push(missing(self.tree, node, key));
                }
                notes.pass_over(node);
            }
            Slip::Wrong { message, help } => {
                if !spoiled {
                    let message = if node.name.is_empty() { message } else { format!("`{}`: {message}", node.name) };
                    notes.found.push(self.tree.at(node, message).help(help));
                }
                notes.pass_over(node);
            }
        }
        Err(Slip::Known)
    }

    /// The same for a node's key.
    pub fn judge_key<T>(&self, node: &'t Node, read: Result<T, Slip>) -> Result<T, Slip> {
        read.map_err(|slip| {
            let help = match &slip {
                Slip::Wrong { help, .. } => help.clone(),
                Slip::Known | Slip::Missing(_) => String::new(),
            };
            let notes = &mut *self.notes.borrow_mut();
            notes.found.push(self.tree.at_key(node, slip.to_string()).help(help));
            notes.pass_over(node);
            Slip::Known
        })
    }

    /// Notes a key that a struct does not have.
    pub fn unknown(&self, entry: &'t Node, help: String) {
        let notes = &mut *self.notes.borrow_mut();
        let help = match notes.fields {
            // In TOML everything below the header of a table is of that table.
            Some(fields) if self.root.name.is_empty() && fields.contains(&entry.name.as_str()) => {
                format!("`{}` is a key of the file itself: put it above the first [table]", entry.name)
            }
            _ => help,
        };
        if notes.pass_over(entry) {
            notes.found.push(self.tree.at_key(entry, format!("unknown key `{}`", entry.name)).help(help));
        }
    }

    /// Notes a key that a table lacks.
    pub fn lacks(&self, table: &'t Node, key: &'static str) -> Slip {
        let notes = &mut *self.notes.borrow_mut();
        if notes.missing.insert((table, key)) {
            notes.news += 1;
            notes.found.push(missing(self.tree, table, key));
        }
        Slip::Known
    }

    /// Whether a node is passed over.
    pub fn is_wrong(&self, node: &'t Node) -> bool {
        self.notes.borrow().wrong.contains(&std::ptr::from_ref(node))
    }

    /// The keys to look for in a table beyond those it has: if it lacks one, all that are not reported.
    pub fn sought(&self, table: &'t Node, fields: &'static [&'static str]) -> Vec<&'static str> {
        let notes = &mut *self.notes.borrow_mut();
        if std::ptr::eq(table, self.root) {
            notes.fields = Some(fields);
        }
        let is_sought = |field: &&&'static str| {
            table.entry(field).is_none() && !notes.missing.contains(&(std::ptr::from_ref(table), **field))
        };
        let incomplete = notes.incomplete.contains(&std::ptr::from_ref(table));
        if incomplete { fields.iter().filter(is_sought).copied().collect() } else { Vec::new() }
    }
}

impl Notes {
    fn pass_over(&mut self, node: &Node) -> bool {
        let new = self.wrong.insert(node);
        self.news += usize::from(new);
        new
    }
}

fn missing(tree: &Tree, table: &Node, key: &str) -> BadConfig {
    let message = match table.name.as_str() {
        "" => format!("missing key `{key}`"),
        name => format!("missing key `{key}` in `{name}`"),
    };
    let inline = matches!(table.value, Value::Table(_)) && table.key != table.span;
    let at = if inline { tree.at(table, message) } else { tree.at_key(table, message) };
    at.label("in this table").help(format!("add `{key} = …`"))
}
