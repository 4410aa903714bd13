//! The manifest of a run and the scenario as resolved: what was simulated, from what, by what, how fast.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::accounts::arrow::Written;
use crate::accounts::lives::Sample;
use crate::error::RunError;
use crate::measures::Arm;
use crate::store::sha256;

use super::equal_cost::Solution;
use super::legs::{Outcome, Pace};
use super::model::{Model, People};

/// Raised whenever a column or file of a run directory is renamed or dropped.
pub use crate::accounts::arrow::SCHEMA_VERSION;

/// Everything in force after defaults and settings, as TOML.
///
/// It holds all that decides the results, and nothing that does not (threads, directories): the same scenario gives the same bytes.
#[must_use]
pub fn resolved(model: &Model, arms: &[Arm], solutions: &[Option<Solution>], sample: Option<Sample>) -> String {
    let settings = &model.settings;
    let people = match settings.people {
        People::All => "\"all\"".to_owned(),
        People::Number(number) => number.to_string(),
    };
    let mut text = format!(
        "# Everything in force after defaults and settings.\n\n[run]\nmodel_version = \"{}\"\npeople = {people}\nweight = {:?}\nseed = {}\nreplicate = {}\nbranch = {}\nuntil = {}\nfuture = \"{}\"\nlives = {:?}\nlives_of = \"{}\"\n",
        env!("CARGO_PKG_VERSION"),
        model.weight(),
        settings.seed,
        settings.replicate,
        settings.branch,
        settings.until,
        model.future,
        sample.map_or(0.0, Sample::value),
        sample.map_or("people", Sample::of),
    );
    let mechanisms = model.mechanisms.iter().map(|mechanism| (mechanism.name, &mechanism.parameters));
    for (name, parameters) in model.parameters.iter().map(|(name, rows)| (*name, rows)).chain(mechanisms) {
        let _ = write!(text, "\n[parameters.\"{name}\"]\n");
        for row in parameters {
            let _ = writeln!(text, "{} = {}", row.key, row.value);
        }
    }
    for (arm, solution) in arms.iter().zip(solutions) {
        let _ = write!(text, "\n[[arm]]\nid = \"{}\"\nsha256 = \"{}\"\n", arm.id, sha256(arm.text.as_bytes()));
        let _ = writeln!(text, "text = {}", toml::Value::String(arm.text.clone()));
        if let Some(variant) = &arm.variant {
            let _ = write!(
                text,
                "[arm.variant]\nof = \"{}\"\nmeasure = \"{}\"\nparameter = \"{}\"\nend = \"{}\"\nvalue = {:?}\n",
                variant.of,
                variant.measure,
                variant.parameter,
                variant.end.word(),
                variant.value,
            );
        }
        if let Some((equal, solution)) = arm.equal_cost.as_ref().zip(*solution) {
            let _ = write!(
                text,
                "[arm.equal_cost]\nas = \"{}\"\nyears = [{}, {}]\ncoverage = {:?}\ncost_nok = {:?}\ncost_nok_discounted = {:?}\nother_cost_nok = {:?}\nother_cost_nok_discounted = {:?}\ntries = {}\nresult = \"{}\"\n",
                equal.other.id,
                solution.years.0,
                solution.years.1,
                solution.coverage,
                solution.cost.nominal,
                solution.cost.discounted,
                solution.other.nominal,
                solution.other.discounted,
                solution.tries,
                solution.met.word(),
            );
        }
    }
    for input in &model.inputs {
        let _ = write!(text, "\n[[input]]\npath = \"{}\"\nsha256 = \"{}\"\n", input.path, input.sha256);
    }
    text
}

/// `manifest.json`.
pub struct Manifest(Value);

impl Manifest {
    /// The manifest of a finished run.
    #[must_use]
    pub fn of(
        model: &Model,
        arms: &[Arm],
        outcome: &Outcome,
        sample: Option<Sample>,
        written: &[Written],
        threads: usize,
    ) -> Self {
        let settings = &model.settings;
        let outputs: Vec<Value> = written
            .iter()
            .map(|file| json!({ "path": file.file, "sha256": file.sha256, "rows": file.rows, "bytes": file.bytes }))
            .collect();
        let inputs: Vec<Value> =
            model.inputs.iter().map(|input| json!({ "path": input.path, "sha256": input.sha256 })).collect();
        let arm = |(arm, solution): (&Arm, &Option<Solution>)| {
            let mut of_arm = json!({ "id": arm.id, "title": arm.title, "sha256": sha256(arm.text.as_bytes()) });
            if let Some((equal, solution)) = arm.equal_cost.as_ref().zip(*solution) {
                of_arm["equal_cost"] = json!({
                    "as": equal.other.id,
                    "years": [solution.years.0, solution.years.1],
                    "coverage": solution.coverage,
                    "cost_nok": solution.cost.nominal,
                    "cost_nok_discounted": solution.cost.discounted,
                    "other_cost_nok": solution.other.nominal,
                    "other_cost_nok_discounted": solution.other.discounted,
                    "tries": solution.tries,
                    "result": solution.met.word(),
                });
            }
            if let Some(variant) = &arm.variant {
                of_arm["variant"] = json!({
                    "of": variant.of,
                    "measure": variant.measure,
                    "parameter": variant.parameter,
                    "end": variant.end.word(),
                    "value": variant.value,
                });
            }
            of_arm
        };
        let arms = arms.iter().zip(&outcome.solutions).map(arm);
        let speed =
            |lived: Duration, person_years: f64| (person_years > 0.0).then(|| lived.as_secs_f64() * 1e9 / person_years);
        let of_leg = |leg: &Pace| {
            json!({
                "leg": leg.leg,
                "person_years": leg.person_years.round(),
                "wall_s": leg.lived.as_secs_f64(),
                "ns_per_person_year": speed(leg.lived, leg.person_years),
            })
        };
        Self(json!({
            "model": "livslop",
            "version": env!("CARGO_PKG_VERSION"),
            "schema_version": SCHEMA_VERSION,
            "git_commit": env!("LIVSLOP_GIT_COMMIT"),
            "git_dirty": env!("LIVSLOP_GIT_DIRTY") == "true",
            "source_sha256": env!("LIVSLOP_SOURCE_SHA256"),
            "command": std::env::args().collect::<Vec<_>>(),
            "seed": settings.seed,
            "replicate": settings.replicate,
            "people": match settings.people { People::All => json!("all"), People::Number(number) => json!(number) },
            "weight": model.weight(),
            "communities": model.communities(),
            "branch": settings.branch,
            "until": settings.until,
            "future": model.future,
            "set": settings.set,
            "lives_share": sample.map(Sample::value),
            "lives_of": sample.map(Sample::of),
            "arms": std::iter::once(json!({ "id": "reference" })).chain(arms).collect::<Vec<_>>(),
            "inputs": inputs,
            "outputs": outputs,
            "people_at_branch_sha256": outcome.branch_identity,
            "people_at_end_sha256": outcome.end_identities,
            "history_from_cache": outcome.cached,
            "timing": {
                "person_years": outcome.person_years.round(),
                "wall_s": outcome.lived.as_secs_f64(),
                "cpu_s": cpu_seconds(),
                "ns_per_person_year": speed(outcome.lived, outcome.person_years),
                "peak_rss_bytes": peak_bytes(),
                "legs": outcome.pace.iter().map(of_leg).collect::<Vec<_>>(),
            },
            "threads": threads,
            "host_class": format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
        }))
    }

    /// Writes `manifest.json`.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn write(&self, directory: &Path) -> Result<(), RunError> {
        let path = directory.join("manifest.json");
        let text = format!("{:#}\n", self.0);
        std::fs::write(&path, text).map_err(|error| RunError::io("write", path, error))
    }

    /// Speed and memory in one line.
    #[must_use]
    pub fn speed(&self) -> String {
        let timing = &self.0["timing"];
        let number = |key: &str| timing[key].as_f64();
        match (number("ns_per_person_year"), number("wall_s"), number("peak_rss_bytes")) {
            (Some(ns), Some(wall), Some(peak)) => {
                format!("{ns:.1} ns per person-year, {wall:.2} s in the year loop, {:.2} GB at the peak", peak / 1e9)
            }
            (Some(ns), Some(wall), None) => format!("{ns:.1} ns per person-year, {wall:.2} s in the year loop"),
            _ => "nothing simulated: all of it was there already".to_owned(),
        }
    }
}

/// Processor time of this process in seconds, where the system tells it.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The fields after the command's name, which may hold spaces; 14 and 15 of the whole line are user and system ticks of 1/100 s.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |field: usize| fields.get(field)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / 100.0)
}

/// The most memory this process had resident, in bytes, where the system tells it.
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
