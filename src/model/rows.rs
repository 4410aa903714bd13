//! The rows of a community's table of people.
//!
//! The dead and the moved stay where they are, skipped, until the rows are *dealt anew*: the living are moved to the front, ordered by
//! sex, year of birth and id, and the rows behind them are free for newcomers. Nothing is despawned, and only a community that
//! outgrows its reserve spawns. The order of rows is speed, never meaning.

use std::ops::Range;

use bevy_ecs::resource::Resource;

use crate::draws::BLOCK;
use crate::units::{Sex, Year};

use super::person::{Origin, Person, row_of};

/// Which rows hold people, dead or alive; those behind are vacant.
#[derive(Resource, Clone, Debug, Default)]
pub struct Rows {
    pub(super) used: usize,
    /// Rows there are, vacant ones included.
    pub(super) room: usize,
    pub(super) before_this_year: usize,
    pub(super) new: Range<usize>,
    runs: Vec<StoredRun>,
}

#[derive(Clone, Debug)]
struct StoredRun {
    rows: Range<usize>,
    sex: Sex,
    born: i16,
    origin: Origin,
}

/// Neighbouring rows of people of one sex and year of birth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The rows.
    pub rows: Range<usize>,
    /// Their sex.
    pub sex: Sex,
    /// The year they were born in.
    pub born: i16,
    /// The age they reach in the year.
    pub age: usize,
    /// Whether they came into the population this year.
    pub new: bool,
    /// Whether they moved in this year.
    pub arrives: bool,
}

/// Rows in blocks of people that are drawn for in one stroke; the last may be shorter.
///
/// Draws go by blocks, not by runs: the people who came since the last deal stand in runs of one or two, and each run would cost the
/// draws of a whole block.
pub fn blocks(rows: usize) -> impl Iterator<Item = Range<usize>> {
    (0..rows).step_by(BLOCK).map(move |start| start..(start + BLOCK).min(rows))
}

/// The people of some runs and, where runs are short, a few neighbours: rows in blocks, see [`Rows::blocks_of`].
struct Spans<I> {
    runs: I,
    open: Range<usize>,
}

impl<I: Iterator<Item = Range<usize>>> Iterator for Spans<I> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        loop {
            match self.runs.next() {
                // A gap of less than a block costs more than its rows.
                Some(run) if run.start < self.open.end + BLOCK => self.open.end = run.end,
                Some(run) => {
                    let whole = std::mem::replace(&mut self.open, run);
                    if !whole.is_empty() {
                        return Some(whole);
                    }
                }
                None => return Some(std::mem::take(&mut self.open)).filter(|last| !last.is_empty()),
            }
        }
    }
}

impl Rows {
    /// The number of rows in use: systems look at these and no others.
    #[inline]
    #[must_use]
    pub const fn used(&self) -> usize {
        self.used
    }

    /// The rows of the people admitted last, for systems that deal newcomers their first state.
    #[must_use]
    pub fn new_people(&self) -> Range<usize> {
        self.new.clone()
    }

    /// All rows in use as runs of one sex and year of birth: what depends on these alone is looked up once a run, and the loop over
    /// its rows is short and even. Runs are long where rows have been dealt, and no shorter than right elsewhere.
    pub fn runs(&self, year: Year) -> impl Iterator<Item = Run> {
        self.runs.iter().map(move |run| {
            let new = run.rows.start >= self.before_this_year;
            Run {
                rows: run.rows.clone(),
                sex: run.sex,
                born: run.born,
                age: row_of(year.0 - run.born),
                new,
                arrives: new && run.origin == Origin::Immigrant,
            }
        })
    }

    /// Blocks of rows with everyone whose sex and age reached fit. A few who do not fit stand between them: the caller looks again.
    ///
    /// ```text
    /// runs    women of 15 │ women of 16 │ … │ men of 90 │ a newborn girl │ a woman of 30, just arrived
    /// blocks                [    16    ] [ 16 ] …        [                  some                     ]
    /// ```
    pub fn blocks_of(&self, year: Year, fits: impl Fn(Sex, usize) -> bool) -> impl Iterator<Item = Range<usize>> {
        let fit = self.runs.iter().filter(move |run| fits(run.sex, row_of(year.0 - run.born)));
        let spans = Spans { runs: fit.map(|run| run.rows.clone()), open: 0..0 };
        spans.flat_map(|span| blocks(span.len()).map(move |block| span.start + block.start..span.start + block.end))
    }

    /// A table with this much room in which the first rows hold these people.
    pub(super) fn filled(room: usize, people: &[Person]) -> Self {
        let mut rows = Self { room, ..Self::default() };
        rows.take(people);
        Self { new: 0..0, before_this_year: rows.used, ..rows }
    }

    /// Takes rows into use that `people` are in, as runs.
    pub(super) fn take(&mut self, people: &[Person]) {
        self.new = self.used..self.used + people.len();
        for person in people {
            match self.runs.last_mut() {
                // A run does not reach from one admission into the next.
                Some(run) if (run.sex, run.born) == (person.sex, person.born) && run.rows.end > self.new.start => {
                    run.rows.end += 1;
                }
                _ => self.runs.push(StoredRun {
                    rows: self.used..self.used + 1,
                    sex: person.sex,
                    born: person.born,
                    origin: person.origin,
                }),
            }
            self.used += 1;
        }
    }
}
