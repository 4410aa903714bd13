//! The life course: a file for each mechanism, and the list of them.

pub mod background;
pub mod death;
pub mod family;
pub mod migration;
pub mod school;
pub mod smoking;
pub mod work;

use std::path::Path;
use std::sync::Arc;

use bevy_ecs::world::World;

use crate::config::{ConfigFile, Overrides, ParameterRow, Sources, describe, load, load_text};
use crate::error::Problems;
use crate::model::rule::{Put, Ruled};
use crate::model::simulation::{Process, Shared, Simulation};

/// A mechanism of the catalogue: its name and how to load it.
#[derive(Clone, Copy)]
pub struct Entry {
    /// The name of its configuration file below `configs/norway`, without `.toml`.
    pub name: &'static str,
    load: fn(&Path, &Sources, &Overrides, &mut Problems) -> Option<Loaded>,
}

/// A mechanism whose configuration has been read and checked.
#[derive(Clone)]
pub struct Loaded {
    /// Its name.
    pub name: &'static str,
    /// Its parameters, for tables.
    pub parameters: Vec<ParameterRow>,
    /// How rules change its parameters.
    pub ruled: Ruled,
    install: Arc<dyn Fn(&mut Simulation) + Send + Sync>,
}

impl std::fmt::Debug for Loaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loaded").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Loaded {
    /// Installs the mechanism with its parameters.
    pub fn install(&self, sim: &mut Simulation) {
        (self.install)(sim);
    }
}

impl Entry {
    /// The entry of a mechanism.
    #[must_use]
    pub const fn of<P: Process>() -> Self {
        Self {
            name: P::NAME,
            load: |directory, sources, overrides, problems| {
                let path = directory.join(format!("{}.toml", P::NAME));
                let file: ConfigFile<P::Params> = load(&path, P::NAME, sources, overrides, problems)?;
                let parameters = describe(&file);
                let ruled = ruled::<P>(&file, sources, overrides);
                let params = Arc::new(file.params);
                let install = Arc::new(move |sim: &mut Simulation| sim.install::<P>(params.clone()));
                Some(Loaded { name: P::NAME, parameters, ruled, install })
            },
        }
    }

    /// Reads and checks the mechanism's configuration.
    ///
    /// Everything wrong is added to `problems`; then there is nothing to install.
    pub fn load(
        &self,
        directory: &Path,
        sources: &Sources,
        overrides: &Overrides,
        problems: &mut Problems,
    ) -> Option<Loaded> {
        (self.load)(directory, sources, overrides, problems)
    }
}

/// How rules change the parameters of a mechanism: they go the way of `--set`.
fn ruled<P: Process>(file: &ConfigFile<P::Params>, sources: &Sources, overrides: &Overrides) -> Ruled {
    let put = |params: P::Params| -> Put {
        let params = Arc::new(params);
        Arc::new(move |world: &mut World| {
            world.insert_resource(Shared(params.clone()));
            P::renew(world);
        })
    };
    let (text, sources, overrides) = (file.file.clone(), sources.clone(), overrides.clone());
    let change = move |settings: &[String], problems: &mut Problems| {
        let settings: Vec<String> = settings.iter().map(|setting| format!("{}.{setting}", P::NAME)).collect();
        let overrides = overrides.and(&settings, problems);
        let file: ConfigFile<P::Params> = load_text(text.clone(), P::NAME, &sources, &overrides, problems)?;
        Some(put(file.params))
    };
    Ruled {
        mechanism: P::NAME,
        parameters: describe(file).into_iter().map(|row| row.key).collect(),
        own: put(file.params.clone()),
        change: Arc::new(change),
    }
}

/// Every mechanism there is.
pub const CATALOGUE: &[Entry] = &[
    Entry::of::<family::parting::Parting>(),
    Entry::of::<family::pairing::Pairing>(),
    Entry::of::<family::births::Births>(),
    Entry::of::<family::arrivals::Arrivals>(),
    Entry::of::<family::households::HouseholdsProcess>(),
    Entry::of::<migration::abroad::Abroad>(),
    Entry::of::<migration::moves::Moves>(),
    Entry::of::<background::BackgroundProcess>(),
    Entry::of::<school::School>(),
    Entry::of::<work::WorkProcess>(),
    Entry::of::<smoking::SmokingProcess>(),
    Entry::of::<death::Death>(),
];
