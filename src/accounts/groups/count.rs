//! One pass over everyone, at the end of the year: how it was lived and what people are, by level of every grouping.
//!
//! Every person is a *word* of sixteen lanes of eight bits, one lane a stock, found in small tables by state. Words and the chance of
//! dying are added to the person's level of each grouping: four additions of 32 bytes in the first cache, since runs of one sex and age
//! follow each other. When these change, and after 255 people, before a lane could overflow, the lanes are taken apart and added to
//! the sums: those of the community, which are small, and those of the nation by single age, which are not, and of which there is
//! one [`Pot`] a thread: communities get it lent while they live. All sums are integers, so it does not matter who used which.

use std::ops::Range;

use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::IntoScheduleConfigs;
use bevy_ecs::system::{Query, Res, ResMut};

use crate::math::yearly_probability;
use crate::model::family::Home;
use crate::model::person::{Life, Person};
use crate::model::phase::Phase;
use crate::model::rows::{Rows, Run};
use crate::model::simulation::{Shared, Simulation};
use crate::processes::death::DeathRisk;
use crate::processes::school::{Level, Schooling, Stage, Track};
use crate::processes::smoking::{Habit, Smoking};
use crate::processes::work::{Absence, State, Work, exposure};
use crate::record::Record;
use crate::record::lexis::{COHORTS, Lived};
use crate::sums::Fixed;
use crate::units::Year;

use super::moved::{AllMoved, ways};
use super::twins::{Levels, Paired, meet};
use super::{BANDS, By, LANES, LEVELS, RANGES, Stock, Way, band, municipality_groups, range};

/// People whose words are added before lanes are taken apart: what eight bits hold.
const PEOPLE: usize = 255;
/// Cells of the nation: sexes times ages reached.
pub(super) const CELLS: usize = 2 * COHORTS;
/// Places for levels, a power of two.
const PLACES: usize = 32;
/// Groups of parents' education.
pub(super) const PARENTS: usize = 5;

/// Sums of the nation by single age, of all communities that one thread lived.
#[derive(Resource, Clone, Debug, Default)]
pub struct Pot {
    /// Stocks, `[2 · 128][level][lane]`.
    pub(super) stocks: Vec<[[u32; LANES]; LEVELS]>,
    /// Deaths expected, `[2 · 128][level]`, in steps of [`Fixed`].
    pub(super) expected: Vec<[i64; LEVELS]>,
    /// People by way of living the year, `[way · level][2 · 128]`; all who stay are among the stocks, so `Whole` is empty.
    pub(super) ways: Vec<[u32; CELLS]>,
}

impl Pot {
    fn ready(&mut self) {
        if self.stocks.is_empty() {
            self.stocks = vec![[[0; LANES]; LEVELS]; CELLS];
            self.expected = vec![[0; LEVELS]; CELLS];
            self.ways = vec![[0; CELLS]; Lived::ALL.len() * LEVELS];
        }
    }

    /// Takes everything out.
    pub(super) fn empty(&mut self) {
        self.stocks.as_flattened_mut().as_flattened_mut().fill(0);
        self.expected.as_flattened_mut().fill(0);
        self.ways.as_flattened_mut().fill(0);
    }

    /// Adds another pot and empties it.
    pub(super) fn pour(&mut self, from: &mut Self) {
        if from.stocks.is_empty() {
            return;
        }
        self.ready();
        let stocks = |pot: &mut Self| -> Vec<u32> { pot.stocks.as_flattened().as_flattened().to_vec() };
        let terms = stocks(from);
        let into = self.stocks.as_flattened_mut().as_flattened_mut();
        into.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
        let (into, terms) = (self.expected.as_flattened_mut(), from.expected.as_flattened());
        into.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
        let into = self.ways.as_flattened_mut();
        into.iter_mut().zip(from.ways.as_flattened()).for_each(|(sum, term)| *sum += term);
        from.empty();
    }
}

/// A community's sums of a year.
#[derive(Resource, Clone, Debug)]
pub struct OfCommunity {
    /// How everyone lived the year, `[way][2][128]`.
    pub(in crate::accounts) lived: [[[u32; COHORTS]; 2]; Lived::ALL.len()],
    /// Deaths, `[level][2][band]`.
    pub(super) deaths: [[[u32; BANDS.len()]; 2]; LEVELS],
    /// Deaths expected, and those that recorded rates would give, `[level][2][band]`, in steps of [`Fixed`].
    pub(super) risks: [[[[i64; 2]; BANDS.len()]; 2]; LEVELS],
    /// Stocks, `[2 · range][level][lane]`.
    pub(super) stocks: Vec<[[u32; LANES]; LEVELS]>,
    /// Those who reach 16 and 21, `[parents' education][2][way]`.
    pub(super) school: [[[u32; Way::ALL.len()]; 2]; PARENTS],
}

impl Default for OfCommunity {
    fn default() -> Self {
        Self {
            lived: [[[0; COHORTS]; 2]; Lived::ALL.len()],
            deaths: [[[0; BANDS.len()]; 2]; LEVELS],
            risks: [[[[0; 2]; BANDS.len()]; 2]; LEVELS],
            stocks: vec![[[0; LANES]; LEVELS]; 2 * RANGES.len()],
            school: [[[0; Way::ALL.len()]; 2]; PARENTS],
        }
    }
}

impl OfCommunity {
    fn empty(&mut self) {
        let stocks = std::mem::take(&mut self.stocks);
        *self = Self { stocks, ..Self::without_stocks() };
        self.stocks.as_flattened_mut().as_flattened_mut().fill(0);
    }

    fn without_stocks() -> Self {
        Self { stocks: Vec::new(), ..Self::default() }
    }
}

/// Words by state, and the place of each municipality among the levels.
#[derive(Resource, Clone, Debug)]
pub(super) struct Tables {
    /// By level and stage.
    school: [[u64; 8]; 4],
    smoking: [u64; 3],
    work: [u64; 8],
    absence: [u64; 3],
    municipality: Vec<u8>,
}

/// A word in which one stock counts one: its half, and its bits.
const fn lane(stock: Stock) -> u64 {
    1 << (8 * (stock as u64 % 8))
}

impl Tables {
    fn of(record: &Record) -> Self {
        let mut school = [[0; 8]; 4];
        for level in Level::ALL {
            for stage in [Stage::Child, Stage::Out, Stage::Upper, Stage::Short, Stage::Long, Stage::Extending] {
                let word = &mut school[level as usize][stage as usize];
                *word = lane(Stock::People);
                let completed = lane(Stock::UpperSecondary) + lane(Stock::UpperSecondaryStarted);
                *word += if level >= Level::UpperSecondary { completed } else { 0 };
                *word += if level >= Level::TertiaryShort { lane(Stock::Tertiary) } else { 0 };
                *word += if matches!(stage, Stage::Child | Stage::Out) { 0 } else { lane(Stock::InEducation) };
            }
        }
        let mut smoking = [0; 3];
        smoking[Habit::Daily as usize] = lane(Stock::DailySmokers);
        smoking[Habit::Former as usize] = lane(Stock::FormerSmokers);
        let of_state = |state: State| match state {
            State::Child | State::Education => 0,
            State::Employed => lane(Stock::Employed),
            State::Unemployed => lane(Stock::Unemployed),
            State::Sick => lane(Stock::SickLongTerm),
            State::Disabled => lane(Stock::Disabled),
            State::Retired => lane(Stock::Retired),
            State::Other => lane(Stock::HomemakersAndOther),
        };
        let mut absence = [0; 3];
        absence[Absence::Full as usize] = lane(Stock::AbsentFull);
        absence[Absence::Graded as usize] = lane(Stock::AbsentGraded);
        let municipality = municipality_groups(&record.places);
        Self { school, smoking, work: State::ALL.map(of_state), absence, municipality }
    }

    /// The two halves of the word of somebody who reaches an age.
    #[inline]
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "single bytes are read where they stand; a copy is put together first"
    )]
    pub(super) fn word(&self, age: usize, schooling: &Schooling, work: &Work, smoking: &Smoking) -> [u64; 2] {
        let employed = work.state == State::Employed;
        let heavy = u64::from(employed && work.exposures & exposure::HEAVY != 0);
        let passed = schooling.stage == Stage::Out || usize::from(schooling.since) < age;
        let started = u64::from(schooling.level == Level::Compulsory && schooling.track != Track::None && passed);
        [
            self.school[schooling.level as usize % 4][schooling.stage as usize % 8]
                + self.smoking[smoking.habit as usize]
                + (heavy << (8 * Stock::HeavyWork as u64))
                + (started << (8 * Stock::UpperSecondaryStarted as u64)),
            self.work[work.state as usize] + self.absence[work.absence as usize],
        ]
    }

    /// Somebody's level in each grouping.
    #[inline]
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "single bytes are read where they stand; a copy is put together first"
    )]
    pub(super) fn levels(&self, schooling: &Schooling, work: &Work, home: &Home) -> Levels {
        let group = self.municipality.get(usize::from(home.municipality)).copied().unwrap_or_default();
        [
            By::Education.first() + schooling.level as usize,
            By::Occupation.first() + work.occupation as usize,
            By::ParentsEducation.first() + schooling.parents as usize,
            By::MunicipalityGroup.first() + usize::from(group),
        ]
    }
}

/// Installs the counting; what a run has no mechanism for stays as it is at birth.
pub fn install(sim: &mut Simulation, record: &Record) {
    sim.reads::<Schooling>()
        .reads::<Work>()
        .reads::<Smoking>()
        .reads::<DeathRisk>()
        .resource(Pot::default())
        .resource(OfCommunity::default())
        .resource(Tables::of(record))
        .resource(AllMoved::default())
        .resource(Paired::default())
        .every_year(Phase::Accounts, (count, meet).chain());
}

/// The columns that are read.
#[derive(Clone, Copy)]
struct Columns<'a> {
    persons: &'a [Person],
    lives: &'a [Life],
    homes: &'a [Home],
    schooling: &'a [Schooling],
    work: &'a [Work],
    smoking: &'a [Smoking],
    risks: &'a [DeathRisk],
}

fn count(
    (year, rows, record, tables): (Res<Year>, Res<Rows>, Res<Shared<Record>>, Res<Tables>),
    (mut pot, mut own): (ResMut<Pot>, ResMut<OfCommunity>),
    people: Query<(&Person, &Life, &Home, &Schooling, &Work, &Smoking, &DeathRisk)>,
) {
    let (pot, own) = (&mut *pot, &mut *own);
    pot.ready();
    own.empty();
    let mut sums = [Added::default(); PLACES];
    let mut expected = [0; PEOPLE];
    for (people, lives, homes, schooling, work, smoking, risks) in people.contiguous_iter().expect("table storage") {
        let all = Columns { persons: people, lives, homes, schooling, work, smoking, risks };
        // Newcomers stand in runs of one or two: all runs of one kind are counted in one stroke.
        let kind = |run: &Run| (run.sex.index(), run.age, run.new, run.arrives);
        let mut runs: Vec<Run> = rows.runs(*year).collect();
        runs.sort_by_key(kind);
        for alike in runs.chunk_by(|run, next| kind(run) == kind(next)) {
            let run = &alike[0];
            let recorded = record.lexis(*year, run.sex).hazard[run.age];
            let recorded = Fixed::of(yearly_probability(recorded)).0;
            let mut counting = Counting { tables: &tables, year: *year, recorded, run, pot, own };
            let (mut ending, mut held) = (0, 0);
            for rows in alike.iter().map(|run| run.rows.clone()) {
                for start in rows.clone().step_by(PEOPLE) {
                    let part = start..(start + PEOPLE).min(rows.end);
                    if held + part.len() > PEOPLE {
                        ending += counting.flush(&mut sums);
                        held = 0;
                    }
                    held += part.len();
                    counting.add(all, part, &mut sums, &mut expected);
                }
            }
            ending += counting.flush(&mut sums);
            if ending > 0 {
                alike.iter().for_each(|run| counting.add_those_who_end(all, run.rows.clone()));
            }
            if run.age == Way::MarksSum.age() || run.age == Way::People21.age() {
                alike.iter().for_each(|run| counting.add_school(all, run.rows.clone()));
            }
        }
    }
}

/// Runs of one kind being counted.
struct Counting<'a> {
    tables: &'a Tables,
    year: Year,
    /// The recorded chance of dying at the age, in steps of [`Fixed`].
    recorded: i64,
    /// One of them.
    run: &'a Run,
    pot: &'a mut Pot,
    own: &'a mut OfCommunity,
}

/// What is added up of a level: two halves of a word, deaths expected, people who die or leave.
type Added = [u64; 4];

impl Counting<'_> {
    const fn cell(&self) -> usize {
        self.run.sex.index() * COHORTS + self.run.age
    }

    /// Adds people of a run, no more than lanes hold.
    #[inline]
    fn add(&self, all: Columns, rows: Range<usize>, sums: &mut [Added; PLACES], expected: &mut [i64; PEOPLE]) {
        let expected = &mut expected[..rows.len()];
        for (expected, risk) in expected.iter_mut().zip(&all.risks[rows.clone()]) {
            *expected = Fixed::of(yearly_probability(risk.0)).0;
        }
        let (lives, homes) = (&all.lives[rows.clone()], &all.homes[rows.clone()]);
        let (schooling, work) = (&all.schooling[rows.clone()], &all.work[rows.clone()]);
        let people = lives.iter().zip(homes).zip(schooling).zip(work).zip(&all.smoking[rows]).zip(&*expected);
        for (((((life, home), schooling), work), smoking), expected) in people {
            let stays = life.goes_on(self.year);
            let here = u64::from(stays).wrapping_neg();
            let ends = u64::from(life.is_here(self.year) && !stays);
            let [first, second] = self.tables.word(self.run.age, schooling, work, smoking);
            let terms = [first & here, second & here, expected.cast_unsigned(), ends];
            for level in self.tables.levels(schooling, work, home) {
                let sum = &mut sums[level % PLACES];
                *sum = std::array::from_fn(|i| sum[i].wrapping_add(terms[i]));
            }
        }
    }

    /// Takes the lanes apart, leaves them empty and returns how many people die or leave.
    fn flush(&mut self, sums: &mut [Added; PLACES]) -> u64 {
        let (cell, sex, age) = (self.cell(), self.run.sex.index(), self.run.age);
        let way = match (self.run.new, self.run.arrives) {
            (false, _) => Lived::Whole,
            (true, false) => Lived::Newborn,
            (true, true) => Lived::Arrived,
        };
        let mut ending = 0;
        let of_range = &mut self.own.stocks[sex * RANGES.len() + range(age)];
        for (level, added) in sums[..LEVELS].iter_mut().enumerate() {
            if added[0] | added[2] | added[3] == 0 {
                continue;
            }
            for sums in [&mut self.pot.stocks[cell][level], &mut of_range[level]] {
                sums.iter_mut().zip(lanes(added)).for_each(|(sum, lane)| *sum += u32::from(*lane));
            }
            let (people, expected) = (u32::from(lanes(added)[Stock::People as usize]), added[2].cast_signed());
            ending += if level < By::Occupation.first() { added[3] } else { 0 };
            *added = Added::default();
            self.pot.expected[cell][level] += expected;
            if let Some(band) = band(age) {
                let risks = &mut self.own.risks[level][sex][band];
                let recorded = if self.run.arrives { self.recorded / 2 } else { self.recorded };
                risks[0] += expected;
                risks[1] += i64::from(people) * recorded;
            }
            if self.run.new {
                self.pot.ways[way as usize * LEVELS + level][cell] += people;
            }
            if level < By::Occupation.first() {
                self.own.lived[way as usize][sex][age] += people;
            }
        }
        ending
    }

    /// Adds those who die or leave, one by one.
    fn add_those_who_end(&mut self, all: Columns, rows: Range<usize>) {
        let (cell, sex, age) = (self.cell(), self.run.sex.index(), self.run.age);
        for row in rows.filter(|row| !all.lives[*row].goes_on(self.year)) {
            let Some(way) = all.lives[row].lived(all.persons[row], self.year) else { continue };
            let dies = way.deaths() != [0.0, 0.0];
            for level in self.tables.levels(&all.schooling[row], &all.work[row], &all.homes[row]) {
                self.pot.ways[way as usize * LEVELS + level][cell] += 1;
                if let Some(band) = band(age) {
                    self.own.deaths[level][sex][band] += u32::from(dies);
                    self.own.risks[level][sex][band][1] += if dies { self.recorded } else { self.recorded / 2 };
                }
            }
            self.own.lived[way as usize][sex][age] += 1;
        }
    }

    /// Adds those who reach 16 or 21.
    fn add_school(&mut self, all: Columns, rows: Range<usize>) {
        let sex = self.run.sex.index();
        for row in rows.filter(|row| all.lives[*row].goes_on(self.year)) {
            let schooling = all.schooling[row];
            let sums = &mut self.own.school[schooling.parents as usize][sex];
            ways(self.run.age, schooling).for_each(|(way, people)| sums[way as usize] += people);
        }
    }
}

/// The sixteen lanes of a word, read where they stand.
#[inline]
fn lanes(added: &Added) -> &[u8; LANES] {
    const { assert!(cfg!(target_endian = "little"), "lanes are bytes, the lowest first") };
    bytemuck::cast_slice(added).first_chunk().expect("two halves")
}

#[cfg(test)]
mod tests;
