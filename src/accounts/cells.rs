//! The year in numbers: how everyone lived it, by sex and age reached, in 64 groups of communities; by group of people in
//! [`groups`](super::groups).
//!
//! People are counted by the way they lived the year ([`Lived`]); person-years and deaths by completed age follow from those counts,
//! so they are exact integers until the very end. Groups give standard errors: each published figure is computed again without each
//! group in turn (the delete-one-group jackknife).

use std::ops::{Range, RangeInclusive};

use rayon::prelude::*;

use crate::model::community::{Community, Counts};
use crate::model::household::{AGE_GROUPS, Households};
use crate::model::simulation::{Declared, Simulation};
use crate::record::lexis::{COHORTS, Lexis, Lived};
use crate::record::{AGES, Record};
use crate::sums::Fixed;
use crate::units::{Sex, Year};

use super::counted::Counted;
use super::groups::count::{OfCommunity, Pot};
use super::groups::ledger::YearGroups;

/// Groups of communities, for standard errors.
pub const GROUPS: usize = 64;

/// Cells of one column: sexes times ages reached.
const CELLS: usize = 2 * COHORTS;

/// Installs the counting.
pub fn install(sim: &mut Simulation, record: &Record) {
    super::groups::count::install(sim, record);
    super::families::install(sim);
}

/// The columns of a year's accounts: the ways of living it, then the counters of mechanisms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Columns of counts.
    pub counts: usize,
    /// Columns of expected events.
    pub expected: usize,
    /// Municipalities.
    pub places: usize,
}

impl Shape {
    /// The shape of a run's accounts.
    #[must_use]
    pub const fn of(declared: &Declared, record: &Record) -> Self {
        Self {
            counts: Lived::ALL.len() + declared.counters.len(),
            expected: declared.expectations.len(),
            places: record.places.municipalities.len(),
        }
    }
}

/// The accounts of one year, by group.
#[derive(Clone, Debug, PartialEq)]
pub struct YearCells {
    /// The year.
    pub year: Year,
    /// `[64]` of `[column][2][128]`, people or events.
    counts: Vec<Counted>,
    /// `[64]` of `[column][2][128]`, events in steps of [`Fixed`].
    expected: Vec<Counted>,
    /// People on 31 December, `[municipality][19]`, by groups of completed age.
    places: Vec<u32>,
    /// By education, occupation and so on.
    pub groups: YearGroups,
}

impl YearCells {
    /// Gathers the communities' accounts of the year just lived.
    pub fn gather(year: Year, shape: Shape, communities: &[Community], pots: &mut [Pot]) -> Self {
        let groups = || {
            let of_group = |group: usize| Self::group(shape, communities.iter().skip(group).step_by(GROUPS));
            (0..GROUPS).into_par_iter().map(of_group).unzip()
        };
        let nation = || YearGroups::gather(communities, pots);
        let ((counts, expected), groups): ((Vec<Counted>, Vec<Counted>), YearGroups) = rayon::join(groups, nation);
        let mut places = vec![0; shape.places * AGE_GROUPS];
        for community in communities {
            let from = community.world.resource::<Households>().municipalities.as_flattened();
            places.iter_mut().zip(from).for_each(|(sum, term)| *sum += term);
        }
        Self { year, counts, expected, places, groups }
    }

    /// The counts and expected events of the communities of a group.
    fn group<'a>(shape: Shape, communities: impl Iterator<Item = &'a Community>) -> (Counted, Counted) {
        let (mut counted, mut expected) = (vec![0_u32; shape.counts * CELLS], vec![0_i64; shape.expected * CELLS]);
        for community in communities {
            let counts = community.world.resource::<Counts>();
            let lived = &community.world.resource::<OfCommunity>().lived;
            let from = lived.as_flattened().as_flattened().iter().chain(counts.events.as_flattened().as_flattened());
            counted.iter_mut().zip(from).for_each(|(sum, term)| *sum += term);
            let from = counts.expected.as_flattened().as_flattened();
            expected.iter_mut().zip(from).for_each(|(sum, term)| *sum += term.0);
        }
        (Counted::of(&counted), Counted::of(bytemuck::cast_slice::<i64, u64>(&expected)))
    }

    fn write(&self, into: &mut impl std::io::Write) -> std::io::Result<()> {
        into.write_all(&self.year.0.to_le_bytes())?;
        self.counts.iter().chain(&self.expected).try_for_each(|counts| counts.write(into))?;
        into.write_all(bytemuck::cast_slice(&self.places))?;
        self.groups.write(into)
    }

    /// A year off the front of some bytes; none if they are no such accounts.
    fn read(from: &mut &[u8], shape: Shape) -> Option<Self> {
        let year = Year(i16::from_le_bytes([*from.split_off_first()?, *from.split_off_first()?]));
        let mut counts = |columns: usize| (0..GROUPS).map(|_| Counted::read(from, columns * CELLS)).collect();
        let (counts, expected): (Option<_>, Option<_>) = (counts(shape.counts), counts(shape.expected));
        let places = from.split_off(..4 * shape.places * AGE_GROUPS)?;
        let places = bytemuck::allocation::pod_collect_to_vec(places);
        Some(Self { year, counts: counts?, expected: expected?, places, groups: YearGroups::read(from)? })
    }

    /// A year that all groups lived alike, `[column][2][128]` each, without places and groups of people.
    #[cfg(test)]
    pub(crate) fn alike(year: Year, counts: &[u32], expected: &[i64]) -> Self {
        let expected = vec![Counted::of(bytemuck::cast_slice::<i64, u64>(expected)); GROUPS];
        let counts = vec![Counted::of(counts); GROUPS];
        Self { year, counts, expected, places: Vec::new(), groups: YearGroups::default() }
    }

    /// People on 31 December by municipality and group of completed age, `[municipality][19]`.
    #[must_use]
    pub fn places(&self) -> &[[u32; AGE_GROUPS]] {
        self.places.as_chunks().0
    }

    /// One column of counts of some groups, `[2][128]`.
    fn count(&self, shape: Shape, column: usize, groups: Range<usize>) -> [[u64; COHORTS]; 2] {
        let mut sums = [[0; COHORTS]; 2];
        debug_assert!(column < shape.counts, "a column of the shape");
        for counts in &self.counts[groups] {
            counts.add(column * CELLS..(column + 1) * CELLS, sums.as_flattened_mut());
        }
        sums
    }

    /// One column of expected events of some groups, `[2][128]`.
    fn expectation(&self, shape: Shape, column: usize, groups: Range<usize>) -> [[f64; COHORTS]; 2] {
        debug_assert!(column < shape.expected, "a column of the shape");
        let mut sums = [[0; COHORTS]; 2];
        for expected in &self.expected[groups] {
            expected.add(column * CELLS..(column + 1) * CELLS, sums.as_flattened_mut());
        }
        sums.map(|ages: [u64; COHORTS]| ages.map(|sum| Fixed(sum.cast_signed()).value()))
    }

    /// People, births and the like of the whole nation: a counter of a mechanism, by sex and age reached.
    #[must_use]
    pub fn counted(&self, shape: Shape, counter: usize) -> [[u64; COHORTS]; 2] {
        self.counted_in(shape, counter, 0..GROUPS)
    }

    /// The same of some groups.
    #[must_use]
    pub fn counted_in(&self, shape: Shape, counter: usize, groups: Range<usize>) -> [[u64; COHORTS]; 2] {
        self.count(shape, Lived::ALL.len() + counter, groups)
    }

    /// A counter of one group, summed over some ages of a sex.
    #[must_use]
    pub fn among(&self, shape: Shape, counter: usize, group: usize, sex: Sex, ages: RangeInclusive<usize>) -> u64 {
        debug_assert!(Lived::ALL.len() + counter < shape.counts, "a column of the shape");
        let from = (Lived::ALL.len() + counter) * CELLS + sex.index() * COHORTS;
        self.counts[group].sum(from + ages.start()..from + ages.end() + 1)
    }

    /// Expected events of the whole nation, by sex and age reached.
    #[must_use]
    pub fn expected(&self, shape: Shape, counter: usize) -> [[f64; COHORTS]; 2] {
        self.expectation(shape, counter, 0..GROUPS)
    }

    /// How many of the nation lived the year in a way, by sex and age reached.
    #[must_use]
    pub fn lived(&self, shape: Shape, way: Lived) -> [[u64; COHORTS]; 2] {
        self.count(shape, way as usize, 0..GROUPS)
    }

    /// People here on 1 January, by sex and age reached in the year.
    #[must_use]
    pub fn on_new_year(&self, shape: Shape) -> [[u64; COHORTS]; 2] {
        let mut people = [[0; COHORTS]; 2];
        for way in Lived::ALL.into_iter().filter(|way| way.from_new_year()) {
            let counts = self.lived(shape, way);
            people.as_flattened_mut().iter_mut().zip(counts.as_flattened()).for_each(|(sum, term)| *sum += term);
        }
        people
    }

    /// Person-years lived by the whole nation, infants' last weeks aside.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
    pub fn person_years(&self, shape: Shape) -> f64 {
        let years = |way: Lived| {
            let people: u64 = self.lived(shape, way).as_flattened().iter().sum();
            people as f64 * way.person_years(0.0, 0.0).iter().sum::<f64>()
        };
        Lived::ALL.into_iter().map(years).sum()
    }

    /// Person-years and deaths of some groups by Lexis triangle.
    #[must_use]
    pub fn triangles(&self, shape: Shape, deaths: usize, record: &Record, groups: Range<usize>) -> [Triangles; 2] {
        let expected = self.expectation(shape, deaths, groups.clone());
        let ways = Lived::ALL.map(|way| self.count(shape, way as usize, groups.clone()));
        Triangles::of_both(self.year, record, &expected, &ways)
    }
}

/// Person-years, deaths and expected deaths of one sex and year: `[128]` by age reached, before and after the birthday.
#[derive(Clone, Debug, PartialEq)]
pub struct Triangles {
    /// At completed age `a − 1` (upper triangles) and `a` (lower triangles).
    pub cells: [[Exposed; COHORTS]; 2],
}

/// What was lived and died in a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Exposed {
    /// Person-years.
    pub person_years: f64,
    /// Deaths counted.
    pub deaths: f64,
    /// Deaths expected from each person's own risk.
    pub expected: f64,
}

impl std::ops::AddAssign for Exposed {
    fn add_assign(&mut self, other: Self) {
        self.person_years += other.person_years;
        self.deaths += other.deaths;
        self.expected += other.expected;
    }
}

impl std::ops::SubAssign for Exposed {
    fn sub_assign(&mut self, other: Self) {
        self.person_years -= other.person_years;
        self.deaths -= other.deaths;
        self.expected -= other.expected;
    }
}

impl Triangles {
    /// Those of women and men, from deaths expected and the ways of living a year, each `[2][128]` by age reached.
    #[must_use]
    pub fn of_both(
        year: Year,
        record: &Record,
        expected: &[[f64; COHORTS]; 2],
        ways: &[[[u64; COHORTS]; 2]; Lived::ALL.len()],
    ) -> [Self; 2] {
        Sex::BOTH.map(|sex| {
            let lexis = record.lexis(year, sex);
            let mut triangles = Self::new(&expected[sex.index()], lexis);
            for (way, counts) in Lived::ALL.into_iter().zip(ways) {
                triangles.add(way, &counts[sex.index()], lexis);
            }
            triangles
        })
    }

    fn new(expected: &[f64; COHORTS], lexis: &Lexis) -> Self {
        let mut cells = [[Exposed::default(); COHORTS]; 2];
        for age in 0..COHORTS {
            let before = f64::from(lexis.before_birthday[age]);
            cells[0][age].expected = expected[age] * before;
            cells[1][age].expected = expected[age] * (1.0 - before);
        }
        Self { cells }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵³")]
    fn add(&mut self, way: Lived, counts: &[u64; COHORTS], lexis: &Lexis) {
        let deaths = way.deaths();
        for (age, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            // Whoever arrives in the year of birth has been born before: a third of the year is left.
            let years = match (age, way) {
                (0, Lived::Arrived) => [0.0, 1.0 / 3.0],
                _ => way.person_years(lexis.newborn_years, lexis.hazard[age].into()),
            };
            for half in 0..2 {
                self.cells[half][age].person_years += *count as f64 * years[half];
                self.cells[half][age].deaths += *count as f64 * deaths[half];
            }
        }
    }

    /// Sums by completed age, `[111]`, the last open.
    #[must_use]
    pub fn by_age(&self) -> Vec<Exposed> {
        let mut ages = vec![Exposed::default(); AGES];
        for age in 0..COHORTS {
            ages[age.saturating_sub(1).min(AGES - 1)] += self.cells[0][age];
            ages[age.min(AGES - 1)] += self.cells[1][age];
        }
        ages
    }
}

/// The accounts of an arm, or of the history, in order of year.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    /// One entry a year.
    pub years: Vec<YearCells>,
}

impl Ledger {
    /// The accounts of a year, if it was lived.
    #[must_use]
    pub fn year(&self, year: Year) -> Option<&YearCells> {
        self.years.binary_search_by_key(&year, |cells| cells.year).ok().map(|i| &self.years[i])
    }

    /// As compressed bytes.
    ///
    /// # Errors
    ///
    /// Only if the compression library fails, which for memory means it is exhausted.
    pub fn to_bytes(&self) -> std::io::Result<Vec<u8>> {
        // Some years at a time, side by side: one after the other, compressed streams are one.
        let stream = |years: &[YearCells]| {
            let mut bytes = zstd::Encoder::new(Vec::new(), 1)?;
            years.iter().try_for_each(|cells| cells.write(&mut bytes))?;
            bytes.finish()
        };
        Ok(self.years.par_chunks(YEARS_OF_A_STREAM).map(stream).collect::<std::io::Result<Vec<_>>>()?.concat())
    }

    /// The reverse of [`Ledger::to_bytes`] for accounts of this shape.
    ///
    /// # Errors
    ///
    /// If the bytes are not such accounts.
    pub fn from_bytes(bytes: &[u8], shape: Shape) -> std::io::Result<Self> {
        let bytes = zstd::decode_all(bytes)?;
        let (mut left, mut years) = (&bytes[..], Vec::new());
        while !left.is_empty() {
            years.push(YearCells::read(&mut left, shape).ok_or(std::io::ErrorKind::InvalidData)?);
        }
        Ok(Self { years })
    }
}

/// Years compressed together.
const YEARS_OF_A_STREAM: usize = 8;
