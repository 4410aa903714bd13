//! `livslop new`: the file of a measure or package to begin with, which is in order and runs.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::error::RunError;
use crate::measures::{PACKAGES, SHELF, wrong_id};

use super::{run, say};

const MEASURE: &str = include_str!("measure.toml");
const PACKAGE: &str = include_str!("package.toml");

/// Arguments of `new`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What to begin
    kind: Kind,
    /// Its id, which names the file: small letters, digits and hyphens
    id: String,
    /// Folder to write to [default: scenarios/measures or scenarios/packages]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// What can be begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Whom it reaches, and what it moves
    Measure,
    /// Several measures together
    Package,
}

impl Kind {
    const fn shelf(self) -> &'static str {
        match self {
            Self::Measure => SHELF,
            Self::Package => PACKAGES,
        }
    }
}

/// Writes the file.
pub fn act(arguments: &Arguments) -> Result<(), RunError> {
    let (kind, id) = (arguments.kind, arguments.id.as_str());
    if let Some((message, help)) = wrong_id(id) {
        return Err(RunError::Usage { message, help });
    }
    for shelf in [SHELF, PACKAGES] {
        let taken = Path::new(shelf).join(format!("{id}.toml"));
        if taken.exists() {
            return Err(exists(&taken));
        }
    }
    let text = match kind {
        Kind::Measure => MEASURE.to_owned(),
        Kind::Package => PACKAGE.replace("MEASURES", &entries()?),
    };
    let folder = arguments.out.as_deref().unwrap_or(Path::new(kind.shelf()));
    if arguments.out.is_some() {
        std::fs::create_dir_all(folder).map_err(|error| RunError::io("create", folder, error))?;
    } else if !folder.is_dir() {
        return Err(RunError::Usage {
            message: format!("there is no folder {}", folder.display()),
            help: "run livslop in the project's folder, or name another one with --out".to_owned(),
        });
    }
    let path = folder.join(format!("{id}.toml"));
    write(&path, &text.replace("\"ID\"", &format!("\"{id}\"")))?;
    let name = if arguments.out.is_some() { path.display().to_string() } else { id.to_owned() };
    say(&format!(
        "wrote {}\n\nIt is in order and runs as it is. Change it, and then:\n\n  livslop check {name}\n  livslop describe {name}\n  \
         livslop run {name} --people 20000\n",
        path.display()
    ))
}

/// Writes a file that is not there yet.
fn write(path: &Path, text: &str) -> Result<(), RunError> {
    let file = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => exists(path),
        _ => RunError::io("write", path, error),
    })
}

fn exists(path: &Path) -> RunError {
    RunError::Usage {
        message: format!("{} exists already", path.display()),
        help: "choose another id, or change that file".to_owned(),
    }
}

/// The first two measures there are, as entries of a package.
fn entries() -> Result<String, RunError> {
    let paths = run::measures()?;
    let ids = paths.iter().filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()));
    let entry = |(place, id): (usize, String)| match place {
        0 => format!("    \"{id}\",\n"),
        _ => format!("    {{ id = \"{id}\", strength = 0.5 }},\n"),
    };
    let mut text = String::new();
    ids.take(2).enumerate().for_each(|one| {
        let _ = write!(text, "{}", entry(one));
    });
    if text.is_empty() {
        return Err(RunError::Usage {
            message: format!("there is no measure in {SHELF} that a package could name"),
            help: "begin with `livslop new measure ID`".to_owned(),
        });
    }
    Ok(text)
}
