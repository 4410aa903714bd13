//! Rates of moving to another municipality: `moves_rates.csv`, and the level of each year, `moves_levels.csv`.

use std::path::Path;

use serde::Deserialize;

use crate::error::{BadConfig, Problems, SourceFile};
use crate::table::{Key, Spec, read_dense, read_rows};
use crate::units::Year;

use super::lexis::COHORTS;
use super::{FIRST, LAST};

/// The youngest age of the last group, which is open.
const OPEN_AGE: usize = 70;

/// Rates of moving by age and year.
#[derive(Clone, Debug, Default)]
pub struct Moves {
    by_year: Vec<[f32; COHORTS]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RateRow {
    age_from: usize,
    rate: f64,
}

impl Moves {
    pub(super) fn read(tables: &Path, problems: &mut Problems) -> Option<Self> {
        let path = tables.join("moves_rates.csv");
        let rows: Option<Vec<RateRow>> = read_rows(&path, problems);
        let years = Key::Int { name: "year", first: FIRST.0.into(), last: LAST.0.into() };
        let spec = Spec { keys: vec![years], value: "level", min: 0.0, max: 10.0, missing: None };
        let levels = read_dense(&tables.join("moves_levels.csv"), &spec, problems);
        let (rows, levels) = (rows?, levels?);
        let in_order = rows.iter().map(|row| row.age_from).eq((0..=OPEN_AGE).step_by(5))
            && rows.iter().all(|row| (0.0..=1.0).contains(&row.rate));
        if !in_order {
            let file = SourceFile::new(path.display().to_string(), "");
            let message = "rates of moving must be from 0 to 1, one row each for ages from 0, 5, … to 70";
            problems.push(BadConfig::in_file(&file, message).help("sort the rows, correct the numbers"));
            return None;
        }
        let rate = |age: usize| rows.iter().rfind(|row| row.age_from <= age).map_or(0.0, |row| row.rate);
        #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
        let by_year = levels.values.iter().map(|level| std::array::from_fn(|age| (rate(age) * level) as f32)).collect();
        Some(Self { by_year })
    }

    /// Yearly rates by age reached.
    #[must_use]
    pub fn rates(&self, year: Year) -> &[f32; COHORTS] {
        &self.by_year[year.since(FIRST)]
    }
}
