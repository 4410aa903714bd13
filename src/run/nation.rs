//! The nation: all communities of a run, living through years side by side.

use std::sync::{Arc, Mutex};

use bevy_ecs::world::World;
use rayon::prelude::*;

use crate::accounts::cells::YearCells;
use crate::accounts::groups::count::Pot;
use crate::accounts::groups::twins;
use crate::accounts::paired::YearPaired;
use crate::accounts::reached::YearReached;
use crate::model::alignment::{Alignment, Factors, Tally};
use crate::model::community::Community;
use crate::model::lever::Levers;
use crate::model::simulation::{Barrier, Meeting};
use crate::model::snapshot::{Snapshot, identity};
use crate::model::twin::{News, Part, Twins};
use crate::population::families::settle;
use crate::population::founders;
use crate::population::lives;
use crate::record;
use crate::units::Year;

use super::model::Model;

/// Years between deals of the rows; `benches/rows.rs` is the reason for the number.
pub const DEAL_EVERY: i16 = 6;

/// Whether alignment is solved or reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Factors are solved and kept.
    Reference,
    /// The reference's factors are reused.
    Arm,
}

/// What all communities get at a barrier, and how.
enum Reply {
    Factors(Factors, fn(&mut World, Factors)),
    Answer(Arc<[f32]>, fn(&mut World, Arc<[f32]>)),
}

impl Reply {
    fn put(&self, world: &mut World) {
        match self {
            Self::Factors(factors, put) => put(world, factors.clone()),
            Self::Answer(answer, put) => put(world, answer.clone()),
        }
    }
}

/// All communities of a run.
pub struct Nation<'m> {
    model: &'m Model,
    /// In order of number.
    pub communities: Vec<Community>,
    /// Years between deals; more often in a community whose reserve runs out.
    pub deal_every: i16,
    pots: Pots,
}

/// Sums of the nation, one for each thread that lives a community: the nation's sums by group would not fit into every community.
#[derive(Default)]
struct Pots(Mutex<Vec<Pot>>);

impl Pots {
    /// Lives a segment with a pot lent to the community. Which one it is does not matter, since their sums are added up.
    fn live(&self, community: &mut Community, segment: usize) {
        const HELD: &str = "nobody panics while holding the pots";
        let mut pot = self.0.lock().expect(HELD).pop().unwrap_or_default();
        std::mem::swap(&mut pot, &mut community.world.resource_mut::<Pot>());
        community.live(segment);
        std::mem::swap(&mut pot, &mut community.world.resource_mut::<Pot>());
        self.0.lock().expect(HELD).push(pot);
    }
}

impl<'m> Nation<'m> {
    /// Empty communities with room for the people of every year up to `last`.
    #[must_use]
    pub fn empty(model: &'m Model, last: Year) -> Self {
        let count = model.communities();
        let most = record::FIRST.to(last).map(|year| model.expected_people(year)).fold(0.0, f64::max);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some thousands of rows")]
        let rows = (most / model.weight() / f64::from(count) * 1.06) as usize + 48;
        let communities = (0..count)
            .into_par_iter()
            .map(|number| {
                let mut community = model.community(number);
                community.reserve(rows);
                community
            })
            .collect();
        Self { model, communities, deal_every: DEAL_EVERY, pots: Pots::default() }
    }

    /// The people of 1 January of the first year.
    #[must_use]
    pub fn founded(model: &'m Model, first: Year, last: Year) -> Self {
        let mut nation = Self::empty(model, last);
        nation.communities.par_iter_mut().for_each(|community| {
            community.world.insert_resource(first);
            let circle = *community.world.resource();
            community.admit(founders(&model.record, first, circle));
            settle(&mut community.world, first);
            lives::deal(&mut community.world);
        });
        nation
    }

    /// The people of a snapshot.
    ///
    /// # Errors
    ///
    /// If the snapshot does not fit the model; the text says how.
    pub fn restored(model: &'m Model, snapshot: &Snapshot, last: Year) -> Result<Self, String> {
        let mut nation = Self::empty(model, last);
        snapshot.restore(&mut nation.communities)?;
        Ok(nation)
    }

    /// Puts the people of a snapshot in the place of those who are here.
    ///
    /// # Errors
    ///
    /// As [`Nation::restored`].
    pub fn restore(&mut self, snapshot: &Snapshot) -> Result<(), String> {
        snapshot.restore(&mut self.communities)
    }

    /// The same from a reader, some communities at a time.
    ///
    /// # Errors
    ///
    /// As [`Nation::restored`].
    pub fn restore_from(&mut self, from: &mut dyn std::io::Read) -> Result<(), String> {
        Snapshot::restore_from(from, &mut self.communities)
    }

    /// Writes everyone still here after a year, some communities at a time.
    ///
    /// # Errors
    ///
    /// If the writer fails.
    pub fn stream(&mut self, year: Year, into: &mut dyn std::io::Write) -> std::io::Result<()> {
        Snapshot::stream(&mut self.communities, year, into)
    }

    /// Everyone still here after a year.
    pub fn snapshot(&mut self, year: Year) -> Snapshot {
        Snapshot::take(&mut self.communities, year)
    }

    /// The hash of everyone still here after a year.
    pub fn identity(&mut self, year: Year) -> String {
        identity(&mut self.communities, year)
    }

    /// Whom the measures of the arm reached in the year just lived.
    #[must_use]
    pub fn reached(&self, year: Year) -> YearReached {
        YearReached::gather(year, &self.communities)
    }

    /// How the lives of the same people compare with the reference's in the year just lived.
    #[must_use]
    pub fn paired(&self, year: Year) -> YearPaired {
        YearPaired::gather(year, &self.communities)
    }

    /// Gives every community its part in what is told of people in the reference; unless twins are known from a snapshot (`is_new` is
    /// false), those here after `year` are their own.
    pub fn begin_twins(&mut self, part: Part, year: Year, is_new: bool) {
        self.communities.par_iter_mut().for_each(|community| twins::begin(&mut community.world, part, year, is_new));
    }

    /// What the reference tells of the year just lived, by community.
    #[must_use]
    pub fn told(&mut self) -> Vec<Vec<News>> {
        let take = |community: &mut Community| std::mem::take(&mut community.world.resource_mut::<Twins>().news);
        self.communities.iter_mut().map(take).collect()
    }

    /// Lets an arm hear what the reference told of the year it is about to live.
    pub fn hear(&mut self, told: Vec<Vec<News>>) {
        for (community, news) in self.communities.iter_mut().zip(told) {
            community.world.resource_mut::<Twins>().news = news;
        }
    }

    /// Lives one year and returns its accounts.
    pub fn live(&mut self, year: Year, levers: &Levers, alignment: &mut Alignment, role: Role) -> YearCells {
        let barriers = &self.model.declared.barriers;
        let pots = std::mem::take(&mut self.pots);
        // Some answers serve the year after; whoever starts from a snapshot has not heard them.
        let last_answers: Vec<Reply> = barriers
            .iter()
            .enumerate()
            .filter_map(|(place, barrier)| {
                let Meeting::Ask { put, .. } = barrier.meeting else { return None };
                let answer = alignment.kept(u8::try_from(place).expect("few barriers"), year.plus(-1))?;
                Some(Reply::Answer(answer, put))
            })
            .collect();
        // All barriers of a phase are one: communities wait once, get every answer, and go on.
        let mut phases = barriers.chunk_by(|a, b| a.phase == b.phase);
        let deals = (year.0 - record::FIRST.0) % self.deal_every == 0;
        let mut ahead = phases.next().unwrap_or_default();
        let mut sums = self.side_by_side(ahead, role, |community| {
            if deals || community.is_nearly_full() {
                community.deal_anew(year.plus(-1));
            }
            community.begin_year(year, levers, barriers, role == Role::Reference);
            last_answers.iter().for_each(|answer| answer.put(&mut community.world));
            pots.live(community, 0);
        });
        let mut segment = 0;
        while !ahead.is_empty() {
            let answers =
                ahead.iter().zip(sums).map(|(barrier, sums)| self.reply(barrier, sums, year, alignment, role));
            let answers: Vec<Reply> = answers.collect();
            ahead = phases.next().unwrap_or_default();
            segment += 1;
            sums = self.side_by_side(ahead, role, |community| {
                answers.iter().for_each(|answer| answer.put(&mut community.world));
                pots.live(community, segment);
            });
        }
        let mut pots = pots.0.into_inner().expect("nobody panics while holding the pots");
        let cells = YearCells::gather(year, self.model.shape, &self.communities, &mut pots);
        self.pots = Pots(Mutex::new(pots));
        cells
    }

    /// Runs a step in all communities and adds up what each then hands in at the barriers ahead, while it is still in the cache.
    fn side_by_side(
        &mut self,
        ahead: &[Barrier],
        role: Role,
        step: impl Fn(&mut Community) + Sync + Send,
    ) -> Vec<NationSums> {
        let nothing = || -> Vec<NationSums> { ahead.iter().map(|_| NationSums::default()).collect() };
        let lived = self.communities.par_iter_mut().fold(nothing, |mut sums, community| {
            step(community);
            if role == Role::Reference {
                sums.iter_mut().zip(ahead).for_each(|(sums, barrier)| sums.take(&mut community.world, barrier.meeting));
            }
            sums
        });
        lived.reduce(nothing, |mut sums, others| {
            sums.iter_mut().zip(others).for_each(|(sums, others)| sums.merge(others));
            sums
        })
    }

    /// What the nation says at a barrier.
    fn reply(&self, barrier: &Barrier, sums: NationSums, year: Year, alignment: &mut Alignment, role: Role) -> Reply {
        let place = self.model.declared.barriers.iter().position(|other| other.name == barrier.name);
        let process = place.and_then(|place| u8::try_from(place).ok()).expect("few barriers");
        match (barrier.meeting, role) {
            (Meeting::Align { classes, put, .. }, Role::Reference) => {
                let tally = sums.tally.unwrap_or_else(|| Tally::of(classes));
                Reply::Factors(alignment.solve(process, year, &tally, self.model.shrinkage()), put)
            }
            (Meeting::Align { classes, put, .. }, Role::Arm) => {
                Reply::Factors(alignment.stored(process, year, classes), put)
            }
            (Meeting::Ask { answer, put, .. }, Role::Reference) => {
                let answer: Arc<[f32]> = answer(&self.model.record, year, &sums.asked).into();
                alignment.keep(process, year, answer.clone());
                Reply::Answer(answer, put)
            }
            (Meeting::Ask { put, .. }, Role::Arm) => {
                Reply::Answer(alignment.kept(process, year).unwrap_or_else(|| [].into()), put)
            }
        }
    }
}

/// What communities have handed in at a barrier.
#[derive(Default)]
struct NationSums {
    tally: Option<Tally>,
    asked: Vec<i64>,
}

impl NationSums {
    /// Adds what a community hands in.
    fn take(&mut self, world: &mut World, meeting: Meeting) {
        match meeting {
            Meeting::Align { take, .. } => self.add_tally(take(world).expect("the reference tallies")),
            Meeting::Ask { sums, .. } => self.add_asked(sums(world)),
        }
    }

    fn merge(&mut self, other: Self) {
        other.tally.into_iter().for_each(|tally| self.add_tally(tally));
        self.add_asked(&other.asked);
    }

    fn add_tally(&mut self, tally: Tally) {
        match &mut self.tally {
            Some(mine) => mine.merge(&tally),
            none => *none = Some(tally),
        }
    }

    fn add_asked(&mut self, sums: &[i64]) {
        self.asked.resize(sums.len().max(self.asked.len()), 0);
        self.asked.iter_mut().zip(sums).for_each(|(sum, term)| *sum += term);
    }
}
