//! The legs of a run: the history, the reference after it, and each arm; what is kept of them, and how a killed run goes on.
//!
//! A leg's state is the people, its accounts, its share of the alignment and the life histories so far. It is saved when the leg ends,
//! and now and then on the way, always whole (written beside, then renamed). A finished history is kept in the cache under the
//! hash of everything it depends on, and serves every later run that shares it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::accounts::cells::Ledger;
use crate::accounts::lives::{Lives, Sample};
use crate::accounts::paired::YearPaired;
use crate::accounts::reached::YearReached;
use crate::error::RunError;
use crate::measures::{Arm, Variant};
use crate::model::alignment::Alignment;
use crate::model::lever::Levers;
use crate::model::twin::Part;
use crate::record;
use crate::store::{self, sha256};
use crate::units::Year;

use super::equal_cost::Solution;
use super::model::Model;
use super::nation::{Nation, Role};
use super::told;

/// Where a run keeps what it must not lose.
#[derive(Clone, Debug)]
pub struct Keep {
    /// Finished histories, if they are to be reused.
    pub cache: Option<PathBuf>,
    /// The working directory of the run, which disappears when it is done.
    pub work: PathBuf,
    /// Whether what is found there is to be continued.
    pub resume: bool,
    /// Time between checkpoints.
    pub every: Duration,
}

/// Who watches the run.
pub trait Watch {
    /// A year of a leg has been lived; `done` of `all` years of the run.
    fn year(&mut self, leg: &str, year: Year, done: usize, all: usize);
    /// Whether the run should stop after this year.
    fn stops(&self) -> bool;
}

/// What a run found out.
#[derive(Debug)]
pub struct Outcome {
    /// The reference's accounts, history included.
    pub reference: Ledger,
    /// The accounts of each arm from the branch year on, in the order given.
    pub arms: Vec<Ledger>,
    /// Whom the measures of each arm reached, in the same order.
    pub reached: Vec<Vec<YearReached>>,
    /// How the lives of the same people compare with the reference's, in the same order.
    pub paired: Vec<Vec<YearPaired>>,
    /// The coverage of each arm that was solved for its cost, in the same order.
    pub solutions: Vec<Option<Solution>>,
    /// The factors of every year.
    pub alignment: Alignment,
    /// Life histories by arm, the reference first; empty without a sample.
    pub lives: Vec<Lives>,
    /// Time in the year loops of this program run.
    pub lived: Duration,
    /// Person-years lived in them.
    pub person_years: f64,
    /// The same of each leg lived by this program run.
    pub pace: Vec<Pace>,
    /// Whether the history came from the cache.
    pub cached: bool,
    /// The hash of the people at the branch.
    pub branch_identity: String,
    /// The hash of the people at the end of each arm, the reference first.
    pub end_identities: Vec<String>,
}

impl Outcome {
    /// What was solved for the arm that a variant is of.
    fn solution_of(&self, arms: &[Arm], variant: &Variant) -> Option<Solution> {
        let place = arms.iter().position(|arm| arm.id == variant.of)?;
        self.solutions.get(place).copied().flatten()
    }
}

/// How fast a leg was lived.
#[derive(Clone, Debug, PartialEq)]
pub struct Pace {
    /// `history`, `reference` or the arm's id.
    pub leg: String,
    /// Time in its years.
    pub lived: Duration,
    /// Person-years lived in them.
    pub person_years: f64,
}

/// A leg of a run.
struct Leg<'a> {
    name: &'a str,
    years: (Year, Year),
    role: Role,
    arm: Option<&'a Arm>,
    is_history: bool,
    /// Whether it tells of its people, or hears of them.
    part: Part,
}

/// What a leg has got to.
struct State {
    year: Year,
    /// The hash of the people at the end of the leg; empty before.
    identity: String,
    ledger: Ledger,
    alignment: Alignment,
    lives: Lives,
    /// Whom the arm's measures reached.
    reached: Vec<YearReached>,
    /// How the arm's lives compare with the reference's.
    paired: Vec<YearPaired>,
}

/// Where the people are from whom a leg goes on: the file of another leg, or of its own last checkpoint.
pub(super) struct Start<'a> {
    path: PathBuf,
    identity: &'a str,
}

impl Start<'_> {
    /// Puts the people of the file in the place of those who are here; whole nations are never in memory twice.
    pub fn restore(&self, nation: &mut Nation) -> Result<(), RunError> {
        let (_, mut rest) = store::open(&self.path, self.identity)?;
        let restored = nation.restore_from(&mut rest);
        rest.finish()?;
        restored.map_err(|message| RunError::BadSnapshot {
            path: self.path.clone(),
            message,
            help: "delete it; it is made anew from the configuration".to_owned(),
        })
    }

    /// The same people in a nation of their own.
    pub fn nation<'m>(&self, model: &'m Model) -> Result<Nation<'m>, RunError> {
        let mut nation = Nation::empty(model, model.settings.until);
        self.restore(&mut nation)?;
        Ok(nation)
    }
}

/// A run in progress.
pub(super) struct Runner<'a> {
    pub model: &'a Model,
    pub keep: &'a Keep,
    sample: Option<Sample>,
    pub watch: &'a mut dyn Watch,
    pub years_done: usize,
    pub years_all: usize,
    pace: Vec<Pace>,
}

/// Simulates the history, the reference and the arms.
///
/// # Errors
///
/// If files cannot be read or written, or the watcher stops the run; what was finished is kept for `--resume`.
pub fn run(
    model: &Model,
    arms: &[Arm],
    sample: Option<Sample>,
    keep: &Keep,
    watch: &mut dyn Watch,
) -> Result<Outcome, RunError> {
    let (branch, until) = (model.settings.branch.min(model.settings.until.plus(1)), model.settings.until);
    let after = if until >= branch { until.since(branch) + 1 } else { 0 };
    let years_all = branch.since(record::FIRST) + after * (1 + arms.len());
    let mut runner = Runner { model, keep, sample, watch, years_done: 0, years_all, pace: Vec::new() };
    let history_identity = sha256(format!("{} {branch} {sample:?}", model.history_identity()).as_bytes());
    let cache = keep.cache.as_ref().map(|cache| cache.join(format!("history-{}.livslop", &history_identity[..24])));
    let history = Leg {
        name: "history",
        years: (record::FIRST, branch.plus(-1)),
        role: Role::Reference,
        arm: None,
        is_history: true,
        part: Part::None,
    };
    let cached = cache
        .as_ref()
        .and_then(|path| State::read(path, &history_identity, model).ok())
        .filter(|state| state.year == branch.plus(-1));
    let was_cached = cached.is_some();
    let (start, nation) = match cached {
        Some(state) => {
            runner.years_done = branch.since(record::FIRST);
            (state, None)
        }
        None => runner.live(&history, None, None, Alignment::default(), &history_identity)?,
    };
    let of_history = keep.work.join("history.leg");
    let people = match &cache {
        Some(path) if was_cached => Start { path: path.clone(), identity: &history_identity },
        Some(_) | None => Start { path: of_history.clone(), identity: &history_identity },
    };
    if let (Some(path), false) = (&cache, was_cached) {
        // A cache that cannot be written costs time at the next run, nothing else.
        let beside = path.with_extension("new");
        let _ = std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))
            .and_then(|()| std::fs::copy(&of_history, &beside))
            .and_then(|_| std::fs::rename(&beside, path));
    }
    let identity = |arm: &str, text: &str| sha256(format!("{history_identity} {until} {arm}\n{text}").as_bytes());
    let mut outcome = Outcome {
        branch_identity: start.identity.clone(),
        end_identities: Vec::new(),
        reference: start.ledger,
        arms: Vec::new(),
        reached: Vec::new(),
        paired: Vec::new(),
        solutions: Vec::new(),
        alignment: start.alignment,
        lives: vec![start.lives],
        lived: Duration::ZERO,
        person_years: 0.0,
        pace: Vec::new(),
        cached: was_cached,
    };
    if after > 0 {
        // One that told nothing of its people cannot be followed by arms.
        let of_reference = if arms.is_empty() { "" } else { "tells" };
        let leg = Leg {
            name: "reference",
            years: (branch, until),
            role: Role::Reference,
            arm: None,
            is_history: false,
            part: if arms.is_empty() { Part::None } else { Part::Tells },
        };
        let (reference, mut nation) =
            runner.live(&leg, nation, Some(&people), outcome.alignment, &identity("reference", of_reference))?;
        outcome.alignment = reference.alignment;
        outcome.end_identities.push(reference.identity);
        outcome.reference.years.extend(reference.ledger.years);
        outcome.lives[0].append(reference.lives);
        for arm in arms {
            let (solution, state);
            let of_solution = identity(&format!("solution of {}", arm.id), &arm.text);
            (solution, nation) = match &arm.variant {
                None => runner.solve(arm, nation, &people, &mut outcome.alignment, &of_solution)?,
                Some(_) => (None, nation),
            };
            // A variant has the coverage that was found for the arm it is of: all but the parameter stays as it is.
            let found = solution.or_else(|| outcome.solution_of(arms, arm.variant.as_ref()?));
            let solved = found.map(|found| arm.with_coverage(found.coverage));
            let lived = Some(solved.as_ref().unwrap_or(arm));
            let (years, part) = ((branch, until), Part::Hears);
            let leg = Leg { name: &arm.id, years, role: Role::Arm, arm: lived, is_history: false, part };
            (state, nation) =
                runner.live(&leg, nation, Some(&people), outcome.alignment, &identity(&arm.id, &arm.text))?;
            outcome.alignment = state.alignment;
            outcome.end_identities.push(state.identity);
            outcome.arms.push(state.ledger);
            outcome.reached.push(state.reached);
            outcome.paired.push(state.paired);
            outcome.solutions.push(solution);
            outcome.lives.push(state.lives);
        }
    }
    let pace = runner.pace;
    let (lived, person_years) = (pace.iter().map(|leg| leg.lived).sum(), pace.iter().map(|leg| leg.person_years).sum());
    Ok(Outcome { lived, person_years, pace, ..outcome })
}

impl<'m> Runner<'m> {
    /// Lives a leg from its start, or from its last checkpoint, to its end; the nation is returned unless the leg was finished
    /// before.
    ///
    /// A leg starts from the nation it is given, else from a snapshot, else from the people of the first year.
    fn live(
        &mut self,
        leg: &Leg,
        nation: Option<Nation<'m>>,
        start: Option<&Start>,
        alignment: Alignment,
        identity: &str,
    ) -> Result<(State, Option<Nation<'m>>), RunError> {
        let ((first, last), until) = (leg.years, self.model.settings.until);
        let path = self.keep.work.join(format!("{}.leg", leg.name));
        let found =
            if self.keep.resume && path.exists() { Some(State::read(&path, identity, self.model)?) } else { None };
        let (mut nation, mut state) = match (found, nation, start) {
            (Some(state), ..) => {
                self.years_done += state.year.plus(1).since(first);
                if state.year == last {
                    return Ok((state, None));
                }
                (Start { path: path.clone(), identity }.nation(self.model)?, state)
            }
            (None, Some(mut nation), start) => {
                // The reference goes on with the people of the history; an arm starts from the branch again, in the same rooms.
                if let (Some(start), true) = (start, leg.arm.is_some()) {
                    start.restore(&mut nation)?;
                }
                (nation, State::new(first, alignment))
            }
            (None, None, Some(start)) => (start.nation(self.model)?, State::new(first, alignment)),
            (None, None, None) => (Nation::founded(self.model, first, until), State::new(first, alignment)),
        };
        nation.begin_twins(leg.part, state.year, state.year.plus(1) == first);
        let mut pace = Pace { leg: leg.name.to_owned(), lived: Duration::ZERO, person_years: 0.0 };
        let mut saved = now();
        for year in state.year.plus(1).to(last) {
            if leg.part == Part::Hears {
                nation.hear(told::hear(&self.keep.work, year, nation.communities.len())?);
            }
            let started = now();
            let levers = leg.arm.map_or_else(Levers::default, |arm| arm.levers(year));
            let cells = nation.live(year, &levers, &mut state.alignment, leg.role);
            if let Some(sample) = self.sample {
                state.lives.record(year, sample, &self.model.declared, &mut nation.communities);
            }
            pace.lived += started.elapsed();
            pace.person_years += cells.person_years(self.model.shape);
            state.ledger.years.push(cells);
            match leg.part {
                Part::None => {}
                Part::Tells => told::keep(&self.keep.work, year, &nation.told())?,
                Part::Hears => {
                    state.reached.push(nation.reached(year));
                    state.paired.push(nation.paired(year));
                }
            }
            state.year = year;
            self.years_done += 1;
            self.watch.year(leg.name, year, self.years_done, self.years_all);
            let stops = self.watch.stops() && year < last;
            if stops || (saved.elapsed() >= self.keep.every && year < last) {
                state.write(&path, identity, Some(&mut nation))?;
                saved = now();
            }
            if stops {
                return Err(RunError::Interrupted);
            }
        }
        self.pace.push(pace);
        state.identity = nation.identity(last);
        // Nobody starts from the end of another leg.
        state.write(&path, identity, Some(&mut nation).filter(|_| leg.is_history))?;
        if self.watch.stops() {
            return Err(RunError::Interrupted);
        }
        Ok((state, Some(nation)))
    }
}

#[expect(clippy::disallowed_methods, reason = "time is measured here, and changes no result")]
fn now() -> Instant {
    Instant::now()
}

impl State {
    fn new(first: Year, alignment: Alignment) -> Self {
        Self {
            year: first.plus(-1),
            identity: String::new(),
            ledger: Ledger::default(),
            alignment,
            lives: Lives::default(),
            reached: Vec::new(),
            paired: Vec::new(),
        }
    }

    /// Writes the state, and last the people of its year, if there are to be any.
    fn write(&self, path: &Path, identity: &str, people: Option<&mut Nation>) -> Result<(), RunError> {
        let io = |error| RunError::io("write", path, error);
        let (ledger, lives) = (self.ledger.to_bytes().map_err(io)?, self.lives.to_bytes().map_err(io)?);
        let [factors, answers] = self.alignment.to_bytes();
        let (reached, paired) = (YearReached::to_bytes(&self.reached), YearPaired::to_bytes(&self.paired));
        let sections: [(&str, &[u8]); 8] = [
            ("year", &self.year.0.to_le_bytes()),
            ("identity", self.identity.as_bytes()),
            ("ledger", &ledger),
            ("alignment", &factors),
            ("answers", &answers),
            ("lives", &lives),
            ("reached", &reached),
            ("paired", &paired),
        ];
        let Some(nation) = people else { return store::write(path, identity, &sections) };
        let mut write = |into: &mut dyn std::io::Write| nation.stream(self.year, into);
        store::write_with(path, identity, &sections, Some(("people", &mut write)))
    }

    fn read(path: &Path, identity: &str, model: &Model) -> Result<Self, RunError> {
        let mut sections = store::read(path, identity)?.into_iter();
        let mut next = || sections.next().map(|(_, bytes)| bytes).unwrap_or_default();
        let (year, identity, ledger) = (next(), next(), next());
        let (factors, answers, lives, reached, paired) = (next(), next(), next(), next(), next());
        let bad = |what: &str| RunError::BadSnapshot {
            path: path.to_owned(),
            message: format!("without readable {what}"),
            help: "delete it; it is made anew from the configuration".to_owned(),
        };
        Ok(Self {
            year: Year(i16::from_le_bytes(year.try_into().map_err(|_| bad("year"))?)),
            identity: String::from_utf8(identity).map_err(|_| bad("identity"))?,
            ledger: Ledger::from_bytes(&ledger, model.shape).map_err(|_| bad("accounts"))?,
            alignment: Alignment::from_bytes(&factors, &answers).ok_or_else(|| bad("alignment"))?,
            lives: Lives::from_bytes(&lives, model.declared.readers.len()).map_err(|_| bad("life histories"))?,
            reached: YearReached::from_bytes(&reached).ok_or_else(|| bad("people reached"))?,
            paired: YearPaired::from_bytes(&paired).ok_or_else(|| bad("lives compared"))?,
        })
    }
}
