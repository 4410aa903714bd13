//! The way of a proposal into the configuration.
//!
//! Applying it writes the new values into the files of the parameters, makes their kind `calibrated`, cites what they were fitted to
//! and notes it; nothing else of the files changes, and a parameter that was not moved is left alone. A file whose value is no longer
//! the old one is refused, and so is everything else then: all files change or none.

use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, TableLike, Value};

use crate::calibration::parameter::NoParameter;
use crate::config::names::did_you_mean;
use crate::error::RunError;
use crate::run::model::{Model, Settings};

use super::{Change, Patch};

/// A file of parameters.
struct Changed {
    path: PathBuf,
    /// As it was.
    text: String,
    document: DocumentMut,
}

impl Patch {
    /// Writes the new values into the configuration; gives the files changed.
    ///
    /// # Errors
    ///
    /// If a parameter is not there or has another value than the old one, or the model refuses the new ones: then nothing is
    /// changed.
    pub fn apply(&self, settings: &Settings) -> Result<Vec<PathBuf>, RunError> {
        let mut files: Vec<Changed> = Vec::new();
        for change in self.parameter.iter().filter(|change| change.value.to_bits() != change.was.to_bits()) {
            let (file, rest) = change.name.split_once('.').unwrap_or((&change.name, ""));
            let path = settings.config.join(format!("{file}.toml"));
            if files.iter().all(|own| own.path != path) {
                files.push(Changed::read(path.clone())?);
            }
            let file = files.iter_mut().find(|own| own.path == path).expect("just read");
            change.write(&mut file.document, rest).map_err(|no| refused(&path, no))?;
        }
        let texts: Vec<(&Path, String)> = files.iter().map(|file| (&*file.path, file.document.to_string())).collect();
        let before: Vec<(&Path, String)> = files.iter().map(|file| (&*file.path, file.text.clone())).collect();
        let applied = replace(&texts).and_then(|()| Model::load(settings.clone()).map(drop));
        if let Err(error) = applied {
            replace(&before)?;
            return Err(error);
        }
        Ok(files.into_iter().map(|file| file.path).collect())
    }
}

impl Changed {
    fn read(path: PathBuf) -> Result<Self, RunError> {
        let text = std::fs::read_to_string(&path).map_err(|error| RunError::io("read", &path, error))?;
        match text.parse::<DocumentMut>() {
            Ok(document) => Ok(Self { path, text, document }),
            Err(error) => Err(refused(&path, elsewhere(error.to_string()))),
        }
    }
}

/// Gives files new texts: all are written beside them before the first is renamed.
fn replace(texts: &[(&Path, String)]) -> Result<(), RunError> {
    let beside = |path: &Path| path.with_extension("toml.new");
    let write = |(path, text): &(&Path, String)| {
        std::fs::write(beside(path), text).map_err(|error| RunError::io("write", beside(path), error))
    };
    let rename = |(path, _): &(&Path, String)| {
        std::fs::rename(beside(path), path).map_err(|error| RunError::io("write", *path, error))
    };
    let done = texts.iter().try_for_each(write).and_then(|()| texts.iter().try_for_each(rename));
    if done.is_err() {
        // What was written in vain goes; what was renamed is there no longer.
        texts.iter().for_each(|(path, _)| drop(std::fs::remove_file(beside(path))));
    }
    done
}

fn refused(path: &Path, no: NoParameter) -> RunError {
    RunError::Usage { message: format!("{}: {}", path.display(), no.message), help: no.help }
}

/// What another configuration has.
fn elsewhere(message: String) -> NoParameter {
    let help = "the proposal was made for another configuration: calibrate again, or change the value by hand";
    NoParameter::of_name(message, help.to_owned())
}

/// An item of this name; one that was never written does not count.
fn written<'i>(item: &'i mut Item, key: &str) -> Option<&'i mut Item> {
    item.as_table_like_mut()?.get_mut(key).filter(|item| !item.is_none())
}

impl Change {
    fn write(&self, document: &mut DocumentMut, rest: &str) -> Result<(), NoParameter> {
        let mut steps = rest.split('.');
        let key = steps.next().unwrap_or_default();
        let params = document.get_mut("params").ok_or_else(|| elsewhere("there is no table [params]".to_owned()))?;
        let keys = params.as_table_like().into_iter().flat_map(|table| table.iter().map(|(key, _)| key.to_owned()));
        let keys: Vec<String> = keys.collect();
        let mut item = written(params, key).ok_or_else(|| {
            let help = did_you_mean(key, keys.iter().map(String::as_str));
            NoParameter::of_name(format!("there is no parameter `{key}`"), help)
        })?;
        for step in steps {
            let next = match step.parse::<usize>() {
                Ok(index) => item.get_mut(index),
                Err(_) => written(item, step),
            };
            item = next.ok_or_else(|| elsewhere(format!("`{}` leads to nothing", self.name)))?;
        }
        let value = item.as_value_mut().ok_or_else(|| elsewhere(format!("`{}` is no number", self.name)))?;
        self.exchange(value)?;
        let evidence = document.get_mut("evidence").and_then(|evidence| written(evidence, key));
        let evidence = evidence.and_then(Item::as_table_like_mut);
        self.cite(evidence.ok_or_else(|| elsewhere(format!("`{key}` has no evidence")))?);
        Ok(())
    }

    /// Puts the new value in the place of the old one.
    fn exchange(&self, value: &mut Value) -> Result<(), NoParameter> {
        if value.as_float() != Some(self.was) {
            // Without the blanks and the comment around it.
            let now = value.clone().decorated("", "").to_string();
            return Err(elsewhere(format!("`{}` is {} now, not {:?}", self.name, now.trim(), self.was)));
        }
        let decor = value.decor().clone();
        *value = Value::from(self.value);
        *value.decor_mut() = decor;
        Ok(())
    }

    /// Says in the evidence what the number is now, and what it was before it was ever fitted.
    fn cite(&self, evidence: &mut dyn TableLike) {
        let text = |item: Option<&Item>| item.and_then(Item::as_str).unwrap_or_default().to_owned();
        let [kind, source, note] = ["kind", "source", "note"].map(|key| text(evidence.get(key)));
        let earlier = note.split("fitted to `").next().unwrap_or_default().trim_end_matches("; ").to_owned();
        let origin = match (kind.as_str(), source.as_str()) {
            // Where it was taken from is what was fitted to before.
            ("calibrated", _) => String::new(),
            (kind, "") => format!("{kind} before"),
            (kind, source) => format!("{kind} from {source} before"),
        };
        let parts = [earlier, origin, self.note.clone()];
        let note: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        evidence.insert("kind", toml_edit::value(&self.kind));
        evidence.insert("source", toml_edit::value(&self.source));
        evidence.insert("note", toml_edit::value(note.join("; ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "[params]\nrate = 0.97 # a year\nages = [1.5, 2.5]\nwhole = 8\n\n[evidence]\n\
        rate = { unit = \"share\", kind = \"estimated\", source = \"ssb\", note = \"of men\" }\n\
        ages = { unit = \"years\", kind = \"assumed\", note = \"a guess\" }\n";

    fn change(name: &str, was: f64, value: f64) -> Change {
        Change {
            name: format!("school.{name}"),
            was,
            value,
            interval: [0.0, 9.0],
            kind: "calibrated".to_owned(),
            source: "survey".to_owned(),
            note: "fitted to `smokers` by 5 histories".to_owned(),
            at_an_end: false,
        }
    }

    fn refused(name: &str, was: f64) -> (String, String) {
        let mut document: DocumentMut = FILE.parse().expect("TOML");
        let no = change(name, was, 1.0).write(&mut document, name).expect_err("refused");
        (no.message, no.help)
    }

    #[test]
    fn a_fitted_number_cites_what_it_was_fitted_to_and_notes_where_it_came_from() {
        let mut document: DocumentMut = FILE.parse().expect("TOML");
        change("rate", 0.97, 0.5).write(&mut document, "rate").expect("written");
        change("rate", 0.5, 0.25).write(&mut document, "rate").expect("written again");
        change("ages.1", 2.5, 3.5).write(&mut document, "ages.1").expect("written");
        let text = document.to_string();
        for line in [
            "rate = 0.25 # a year\nages = [1.5, 3.5]\nwhole = 8\n",
            "kind = \"calibrated\", source = \"survey\", \
             note = \"of men; estimated from ssb before; fitted to `smokers` by 5 histories\" }",
            "note = \"a guess; assumed before; fitted to `smokers` by 5 histories\", source = \"survey\" }",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
    }

    #[test]
    fn what_is_not_there_or_has_another_value_is_told() {
        assert_eq!(refused("rat", 0.97), ("there is no parameter `rat`".to_owned(), "did you mean `rate`?".to_owned()));
        assert_eq!(refused("rate", 0.9).0, "`school.rate` is 0.97 now, not 0.9");
        assert_eq!(refused("whole", 8.0).0, "`school.whole` is 8 now, not 8.0");
        assert_eq!(refused("ages", 1.5).0, "`school.ages` is [1.5, 2.5] now, not 1.5");
        assert_eq!(refused("ages.2", 1.5).0, "`school.ages.2` leads to nothing");
    }

    #[test]
    fn all_files_are_replaced_or_none() {
        let folder = tempfile::tempdir().expect("a directory");
        let [first, second] = ["a.toml", "b.toml"].map(|name| folder.path().join(name));
        std::fs::write(&first, "old").expect("written");
        // In its way stands a directory.
        std::fs::create_dir(folder.path().join("b.toml.new")).expect("a directory");
        let texts = [(&*first, "new".to_owned()), (&*second, "new".to_owned())];
        assert!(replace(&texts).is_err());
        assert_eq!(std::fs::read_to_string(&first).expect("a file"), "old");
        std::fs::remove_dir(folder.path().join("b.toml.new")).expect("removed");
        replace(&texts).expect("replaced");
        assert_eq!(std::fs::read_to_string(&second).expect("a file"), "new");
        assert_eq!(std::fs::read_dir(folder.path()).expect("a directory").count(), 2);
    }
}
