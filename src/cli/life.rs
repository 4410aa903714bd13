//! `livslop life`: one family of a finished run, year by year.

mod events;
mod story;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;

use crate::analysis::read::lives::{Histories, LifeYear, read};
use crate::error::{Problems, RunError};
use crate::record::lexis::Lived;
use crate::table::read_rows;

use super::run::RUNS;
use super::{finished, say};
use events::Teller;

/// How a run with life histories is made.
const HOW: &str = "make one with `livslop run --lives 2000 --families`, which keeps the lives of whole families";

/// Arguments of `life`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Directory of a finished run; the newest with life histories in out/ if not given
    run: Option<PathBuf>,
    /// Whose life: an id of lives.arrow
    #[arg(long, value_name = "ID", conflicts_with = "person")]
    id: Option<u64>,
    /// Whose life: the n-th of those with the longest record
    #[arg(long, value_name = "N")]
    person: Option<usize>,
    /// `reference`, or the id of a scenario: then from its first year on
    #[arg(long, value_name = "ID", default_value = "reference")]
    arm: String,
    /// Directory of the configuration, for the names of municipalities
    #[arg(long, value_name = "DIR", default_value = "configs/norway")]
    config: PathBuf,
}

/// Prints one family's story.
pub fn act(arguments: &Arguments) -> Result<(), RunError> {
    let run = match &arguments.run {
        Some(run) => run.clone(),
        None => newest()?,
    };
    finished(&run)?;
    if !run.join("lives.arrow").is_file() {
        return Err(RunError::Usage {
            message: format!("{} has no life histories", run.display()),
            help: HOW.to_owned(),
        });
    }
    let names = names(&arguments.config)?;
    let lives = read(&run, &arguments.arm)?;
    let id = chosen(&lives, arguments, &run)?;
    let teller = Teller { lives: &lives, names: &names };
    say(&teller.story(lives.of(id)))
}

/// The newest run that has life histories.
fn newest() -> Result<PathBuf, RunError> {
    let entries = std::fs::read_dir(RUNS).into_iter().flatten().flatten().map(|entry| entry.path());
    let runs = entries.filter(|path| path.join("lives.arrow").is_file()).filter_map(|path| {
        let made = std::fs::metadata(path.join("manifest.json")).and_then(|file| file.modified()).ok()?;
        Some((made, path))
    });
    runs.max().map(|(_, path)| path).ok_or_else(|| RunError::Usage {
        message: format!("there is no run with life histories in {RUNS}"),
        help: HOW.to_owned(),
    })
}

#[derive(Clone, Debug, Deserialize)]
#[expect(dead_code, reason = "a row has every column of the table")]
struct NameRow {
    municipality: i32,
    name: String,
    county: i32,
    county_name: String,
}

/// Names of municipalities by official number; none if the configuration is not there, and then numbers are told.
fn names(config: &Path) -> Result<BTreeMap<i32, String>, RunError> {
    let path = config.join("tables/municipalities.csv");
    if !path.is_file() {
        return Ok(BTreeMap::new());
    }
    let mut problems = Problems::default();
    let rows: Vec<NameRow> = read_rows(&path, &mut problems).unwrap_or_default();
    problems.into_result()?;
    Ok(rows.into_iter().map(|row| (row.municipality, row.name)).collect())
}

/// Whose life is told.
fn chosen(lives: &Histories, arguments: &Arguments, run: &Path) -> Result<u64, RunError> {
    let usage = |message: String, help: String| RunError::Usage { message, help };
    if let Some(id) = arguments.id {
        if lives.of(id).is_empty() {
            let help = "leave --id out for somebody with a family, or take one of `livslop compare RUN --csv lives`";
            return Err(usage(format!("nobody in {} has the id {id}", run.display()), help.to_owned()));
        }
        return Ok(id);
    }
    let mut people: Vec<&[LifeYear]> = lives.people().collect();
    let Some(place) = arguments.person.unwrap_or(1).checked_sub(1).filter(|place| *place < people.len()) else {
        let (message, help) = if people.is_empty() {
            (format!("{} has no life histories of `{}`", run.display(), arguments.arm), "give another --arm".to_owned())
        } else {
            ("there is no such person".to_owned(), format!("give a number from 1 to {}", people.len()))
        };
        return Err(usage(message, help));
    };
    let longest = |life: &[LifeYear]| (std::cmp::Reverse(life.len()), life[0].id);
    if arguments.person.is_some() {
        people.sort_unstable_by_key(|life| longest(life));
    } else {
        people.sort_unstable_by_key(|life| (std::cmp::Reverse(family(lives, life)), longest(life)));
    }
    Ok(people[place][0].id)
}

/// How much there is to tell of somebody: a family in the sample, a life from birth to death.
fn family(lives: &Histories, life: &[LifeYear]) -> usize {
    let seen = |id: Option<std::num::NonZeroU64>| id.is_some_and(|id| !lives.of(id.get()).is_empty());
    let (first, last) = (life[0], life[life.len() - 1]);
    let has_partner = life.iter().any(|row| seen(row.partner));
    let has_child = lives.children(first.id).next().is_some();
    let is_whole = [first.lived == Lived::Newborn, last.is_death()];
    let relatives = [seen(first.mother), seen(first.father), has_partner, has_child];
    // Whoever has a partner or children at all, even if they are not in the sample, comes before who has none.
    let alone = life.iter().all(|row| row.partner.is_none()) || last.children == 0;
    relatives.into_iter().chain(is_whole).filter(|told| *told).count() + if alone { 0 } else { 6 }
}
