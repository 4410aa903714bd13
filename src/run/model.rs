//! Everything a run needs from files, read and checked; nothing is simulated yet.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bevy_ecs::resource::Resource;
use serde::Deserialize;

use crate::accounts::cells::{self, Shape};
use crate::config::names::did_you_mean;
use crate::config::{Check, Overrides, ParameterRow, Sources, describe, load};
use crate::draws::Draws;
use crate::error::{BadConfigs, Problems, RunError};
use crate::measures::{Against, Arm};
use crate::model::community::{Circle, Community};
use crate::model::rule::Ruled;
use crate::model::simulation::{Declared, Simulation};
use crate::population::families::DECISIONS;
use crate::processes::{CATALOGUE, Loaded};
use crate::record::future::{Future, Futures};
use crate::record::{self, Record};
use crate::store::sha256;
use crate::units::{Events, Year};

/// How many people are simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum People {
    /// Everyone, 1:1.
    All,
    /// About this many at the branch year.
    Number(u32),
}

/// What the user decides about a run, arms aside.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The directory of the configuration.
    pub config: PathBuf,
    /// People at the branch year.
    pub people: People,
    /// Seed of all chance.
    pub seed: u32,
    /// Replicate under that seed.
    pub replicate: u32,
    /// First year in which arms may differ.
    pub branch: Year,
    /// Last year simulated.
    pub until: Year,
    /// The future, if not the default one.
    pub future: Option<String>,
    /// Parameters set on the command line.
    pub set: Vec<String>,
}

/// People per community at the branch, at most. Fewer stand in shorter runs, and every community has its fixed costs: at 14,000 a year
/// takes a tenth more time, and memory is a sixth more. With 60,000 a year is no faster.
const CIRCLE: f64 = 30_000.0;

/// `configs/norway/alignment.toml`.
#[derive(Resource, Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlignmentParams {
    /// Events that hold the factor of a thin band at one.
    pub shrinkage: Events,
}

impl Check for AlignmentParams {}

/// A file the run depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its path as given.
    pub path: String,
    /// Its content's hash.
    pub sha256: String,
}

/// A model that makes sense: every file read, checked, cited.
pub struct Model {
    /// The settings it was loaded with.
    pub settings: Settings,
    /// National figures under the future chosen.
    pub record: Arc<Record>,
    /// The mechanisms, in the order of the catalogue.
    pub mechanisms: Vec<Loaded>,
    /// What they declare.
    pub declared: Declared,
    /// Parameters of files that are no mechanism's.
    pub parameters: Vec<(&'static str, Vec<ParameterRow>)>,
    /// Citations.
    pub sources: Sources,
    /// The future in force.
    pub future: String,
    /// Every future there is.
    pub futures: BTreeMap<String, Future>,
    /// Every file read, with its hash.
    pub inputs: Vec<Input>,
    /// The shape of accounts.
    pub shape: Shape,
    shrinkage: f64,
}

impl Model {
    /// Reads and checks everything below the configuration directory.
    ///
    /// # Errors
    ///
    /// All that is wrong, in every file.
    pub fn load(settings: Settings) -> Result<Self, RunError> {
        let (directory, mut problems) = (settings.config.clone(), Problems::default());
        if !directory.is_dir() {
            return Err(RunError::Usage {
                message: format!("there is no configuration directory {}", directory.display()),
                help: "run livslop in the project's folder, or give the directory with --config".to_owned(),
            });
        }
        let overrides = Overrides::parse(&settings.set, &mut problems);
        let names: Vec<&str> = CATALOGUE.iter().map(|entry| entry.name).chain(["record", "alignment"]).collect();
        problems.extend(overrides.unused(&names));
        let sources = Sources::load(&directory.join("sources.toml"), &mut problems);
        let record_file =
            load::<record::Params>(&directory.join("record.toml"), "record", &sources, &overrides, &mut problems);
        let alignment_file = load::<AlignmentParams>(
            &directory.join("alignment.toml"),
            "alignment",
            &sources,
            &overrides,
            &mut problems,
        );
        let futures = Futures::load(&directory.join("futures.toml"), &mut problems);
        let mechanisms: Vec<Loaded> =
            CATALOGUE.iter().filter_map(|entry| entry.load(&directory, &sources, &overrides, &mut problems)).collect();
        let id = futures.as_ref().map(|futures| settings.future.clone().unwrap_or_else(|| futures.default.clone()));
        let future = futures.as_ref().zip(id.as_ref()).map(|(futures, id)| {
            futures.future.get(id).ok_or_else(|| RunError::Usage {
                message: format!("there is no future `{id}`"),
                help: did_you_mean(id, futures.future.keys().map(String::as_str)),
            })
        });
        let future = future.transpose()?;
        let record = match (&record_file, future) {
            (Some(file), Some(future)) => Record::load(&directory.join("tables"), &file.params, future, &mut problems),
            _ => None,
        };
        problems.in_order().into_result()?;
        let complete = "without problems everything was read";
        let (record, record_file, alignment_file) =
            (Arc::new(record.expect(complete)), record_file.expect(complete), alignment_file.expect(complete));
        let declared = simulation(&record, &mechanisms, &settings, Circle { number: 0, of: 1, weight: 1.0 }).declared();
        Ok(Self {
            inputs: inputs(&directory)?,
            shape: Shape::of(&declared, &record),
            parameters: vec![("record", describe(&record_file)), ("alignment", describe(&alignment_file))],
            shrinkage: alignment_file.params.shrinkage.value(),
            future: id.expect(complete),
            futures: futures.expect(complete).future,
            settings,
            record,
            mechanisms,
            declared,
            sources,
        })
    }

    /// The mechanisms whose parameters rules may change.
    #[must_use]
    pub fn ruled(&self) -> Vec<&Ruled> {
        self.mechanisms.iter().map(|mechanism| &mechanism.ruled).collect()
    }

    /// What scenario files are checked against.
    #[must_use]
    pub fn against<'a>(&'a self, ruled: &'a [&'a Ruled]) -> Against<'a> {
        Against {
            levers: &self.declared.levers,
            sights: &self.declared.sights,
            decisions: &self.declared.decisions,
            ruled,
            sources: &self.sources,
            branch: self.settings.branch,
            until: self.settings.until,
        }
    }

    /// Reads and checks scenario files against this model.
    ///
    /// # Errors
    ///
    /// All that is wrong, in every file; two arms of one id.
    pub fn arms(&self, paths: &[PathBuf]) -> Result<Vec<Arm>, RunError> {
        let mut problems = Problems::default();
        let ruled = self.ruled();
        let against = self.against(&ruled);
        let arms: Vec<Arm> = paths.iter().filter_map(|path| Arm::load(path, against, &mut problems)).collect();
        problems.in_order().into_result().map_err(|errors: BadConfigs| RunError::Config(errors))?;
        let mut seen = BTreeMap::new();
        for arm in &arms {
            if let Some(other) = seen.insert(&arm.id, &arm.path) {
                return Err(RunError::Usage {
                    message: format!("{} and {} have the same id `{}`", other.display(), arm.path.display(), arm.id),
                    help: "give each scenario its own id".to_owned(),
                });
            }
        }
        Ok(arms)
    }

    /// Leaves out every mechanism but these, to measure or to test one alone.
    pub fn keep_only(&mut self, names: &[&str]) {
        self.mechanisms.retain(|mechanism| names.contains(&mechanism.name));
        let circle = Circle { number: 0, of: 1, weight: 1.0 };
        self.declared = simulation(&self.record, &self.mechanisms, &self.settings, circle).declared();
        self.shape = Shape::of(&self.declared, &self.record);
    }

    /// How many real people each simulated one stands for.
    #[must_use]
    pub fn weight(&self) -> f64 {
        match self.settings.people {
            People::All => 1.0,
            People::Number(number) => self.people_at_branch() / f64::from(number),
        }
    }

    /// Real people on 1 January of the branch year: recorded, or projected.
    #[must_use]
    pub fn people_at_branch(&self) -> f64 {
        self.record.people(self.settings.branch).unwrap_or_else(|| self.expected_people(self.settings.branch))
    }

    /// Real people expected on 1 January of a year.
    #[must_use]
    pub fn expected_people(&self, year: Year) -> f64 {
        self.record.projected[year.since(record::FIRST)].iter().flatten().sum()
    }

    /// How many communities the people live in: a multiple of 64, of at most some 30,000 people at the branch.
    #[must_use]
    pub fn communities(&self) -> u32 {
        let people = self.people_at_branch() / self.weight();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few hundred")]
        let rounds = (people / (CIRCLE * 64.0)).ceil().max(1.0) as u32;
        rounds * 64
    }

    /// An empty community.
    #[must_use]
    pub fn community(&self, number: u32) -> Community {
        let circle = Circle { number, of: self.communities(), weight: self.weight() };
        simulation(&self.record, &self.mechanisms, &self.settings, circle).build()
    }

    /// Events of shrinkage in alignment.
    #[must_use]
    pub const fn shrinkage(&self) -> f64 {
        self.shrinkage
    }

    /// The hash of everything that the years before the branch depend on.
    #[must_use]
    pub fn history_identity(&self) -> String {
        let settings = &self.settings;
        let inputs: String = self.inputs.iter().map(|input| format!("{} {}\n", input.path, input.sha256)).collect();
        let all = format!(
            "{} {}\n{inputs}{:?} {} {} {} {} {:?}",
            env!("CARGO_PKG_VERSION"),
            env!("LIVSLOP_SOURCE_SHA256"),
            settings.people,
            settings.seed,
            settings.replicate,
            settings.branch,
            self.future,
            settings.set
        );
        sha256(all.as_bytes())
    }
}

fn simulation(record: &Arc<Record>, mechanisms: &[Loaded], settings: &Settings, circle: Circle) -> Simulation {
    let mut sim = Simulation::new(record.clone(), Draws::new(settings.seed, settings.replicate), circle);
    mechanisms.iter().for_each(|mechanism| mechanism.install(&mut sim));
    DECISIONS.iter().for_each(|decision| {
        sim.decision(*decision);
    });
    cells::install(&mut sim, record);
    sim
}

/// Every TOML and CSV file below a directory, in order of path.
fn inputs(directory: &Path) -> Result<Vec<Input>, RunError> {
    let mut files = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(folder) = open.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| RunError::io("read", &folder, error))?;
        for entry in entries {
            let path = entry.map_err(|error| RunError::io("read", &folder, error))?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|kind| kind == "toml" || kind == "csv") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
        .iter()
        .map(|path| {
            let bytes = std::fs::read(path).map_err(|error| RunError::io("read", path, error))?;
            let name = path.strip_prefix(directory).expect("found below it").display().to_string();
            Ok(Input { path: name, sha256: sha256(&bytes) })
        })
        .collect()
}
