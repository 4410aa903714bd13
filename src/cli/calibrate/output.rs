//! The two files of a search: its log, written as it goes, and the proposal, written at its end.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::calibration::patch::Patch;
use crate::calibration::plan::Plan;
use crate::calibration::search::header;
use crate::error::RunError;

/// The folder of proposals whose place is not named.
const FOLDER: &str = "out";

/// Where a search is told.
pub struct Output {
    /// The proposal.
    pub proposal: PathBuf,
    /// The log.
    pub log: PathBuf,
    file: File,
    lines: usize,
}

impl Output {
    /// Makes the folder and begins the log, so that what cannot be written is known before anything is simulated.
    pub fn prepare(named: Option<&Path>, plan: &Plan) -> Result<Self, RunError> {
        let proposal = named.map_or_else(|| free(Path::new(FOLDER)), Path::to_owned);
        let log = proposal.with_extension("csv");
        refuse(&proposal, &log)?;
        if let Some(folder) = proposal.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| RunError::io("make the directory", folder, error))?;
        }
        let file = OpenOptions::new().write(true).create_new(true).open(&log);
        let file = file.map_err(|error| RunError::io("write", &log, error))?;
        let mut output = Self { proposal, log, file, lines: 0 };
        output.append(&header(plan))?;
        Ok(output)
    }

    /// Adds a line to the log, which stands on the disk then.
    pub fn append(&mut self, line: &str) -> Result<(), RunError> {
        self.lines += 1;
        let written = self.file.write_all(line.as_bytes()).and_then(|()| self.file.flush());
        written.map_err(|error| RunError::io("write", &self.log, error))
    }

    /// Writes the proposal.
    pub fn propose(&self, patch: &Patch) -> Result<(), RunError> {
        std::fs::write(&self.proposal, patch.text()).map_err(|error| RunError::io("write", &self.proposal, error))
    }

    /// The error of a search that found nothing; a log without evaluations is taken away.
    pub fn without_proposal(&self, error: RunError) -> RunError {
        if self.lines == 1 {
            // It tells nothing: should it stay, no more is lost than its name.
            let _ = std::fs::remove_file(&self.log);
        }
        match error {
            RunError::Interrupted => RunError::Stopped { help: "no history was finished: nothing is kept".to_owned() },
            other => other,
        }
    }
}

/// Refuses names that would overwrite something.
fn refuse(proposal: &Path, log: &Path) -> Result<(), RunError> {
    let usage = |message: String, help: &str| Err(RunError::Usage { message, help: help.to_owned() });
    if proposal.file_name().is_none() || proposal.is_dir() {
        let message = format!("{} is no name that a file could be given", proposal.display());
        return usage(message, "give --out a path that ends in a name, such as out/calibration.toml");
    }
    if proposal == log {
        let message = format!("{} is the log's name too", proposal.display());
        return usage(message, "end the name of the proposal in .toml: the log beside it ends in .csv");
    }
    match [proposal, log].into_iter().find(|path| path.exists()) {
        None => Ok(()),
        Some(path) => usage(format!("{} exists already", path.display()), "choose another name, or remove this file"),
    }
}

/// The next name that neither a proposal nor a log has.
fn free(folder: &Path) -> PathBuf {
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let number = |path: PathBuf| path.file_stem()?.to_str()?.strip_prefix("calibration-")?.parse::<u32>().ok();
    let taken = names.filter_map(number).max().unwrap_or(0);
    folder.join(format!("calibration-{}.toml", taken + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        Plan { parameters: Vec::new(), sets: vec![("smokers".to_owned(), 1.0)] }
    }

    fn refused(path: &Path) -> String {
        Output::prepare(Some(path), &plan()).err().expect("refused").to_string()
    }

    #[test]
    fn what_would_be_overwritten_or_cannot_be_written_is_refused_at_once() {
        let folder = tempfile::tempdir().expect("a directory");
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("old.toml"), "").expect("written");
        std::fs::write(at("kept.csv"), "").expect("written");
        assert!(refused(folder.path()).contains("no name that a file could be given"));
        assert!(refused(&at("new.csv")).contains("is the log's name too"));
        assert!(refused(&at("old.toml")).contains("old.toml exists already"));
        assert!(refused(&at("kept.toml")).contains("kept.csv exists already"));
        assert!(refused(&at("old.toml/new.toml")).contains("make the directory"));
        assert_eq!(std::fs::read_dir(folder.path()).expect("a directory").count(), 2, "nothing was made");
    }

    #[test]
    fn a_line_stands_on_the_disk_as_soon_as_it_is_added() {
        let folder = tempfile::tempdir().expect("a directory");
        let mut output = Output::prepare(Some(&folder.path().join("a/new.toml")), &plan()).expect("prepared");
        let log = || std::fs::read_to_string(folder.path().join("a/new.csv")).expect("a log");
        assert_eq!(log(), "evaluation,objective,mean error smokers\n");
        output.append("1,2,3\n").expect("added");
        assert!(log().ends_with("smokers\n1,2,3\n"));
    }

    #[test]
    fn names_not_given_are_counted_on() {
        let folder = tempfile::tempdir().expect("a directory");
        assert_eq!(free(folder.path()), folder.path().join("calibration-1.toml"));
        std::fs::write(folder.path().join("calibration-7.csv"), "").expect("written");
        assert_eq!(free(folder.path()), folder.path().join("calibration-8.toml"));
    }

    #[test]
    fn of_a_search_without_a_history_nothing_is_kept() {
        let folder = tempfile::tempdir().expect("a directory");
        let output = Output::prepare(Some(&folder.path().join("new.toml")), &plan()).expect("prepared");
        let error = output.without_proposal(RunError::Interrupted);
        assert!(matches!(&error, RunError::Stopped { help } if help.contains("nothing is kept")), "{error:?}");
        assert_eq!((error.exit_code(), std::fs::read_dir(folder.path()).expect("a directory").count()), (130, 0));
    }
}
