//! The year in numbers: how everyone lived it, by sex and age reached, in 64 groups of communities; by group of people in
//! [`groups`](super::groups).
//!
//! People are counted by the way they lived the year ([`Lived`]); person-years and deaths by completed age follow from those counts,
//! so they are exact integers until the very end. Groups give standard errors: each published figure is computed again without each
//! group in turn (the delete-one-group jackknife).

use std::ops::{Range, RangeInclusive};

use crate::model::community::{Community, Counts};
use crate::model::household::{AGE_GROUPS, Households};
use crate::model::simulation::{Declared, Simulation};
use crate::record::lexis::{COHORTS, Lexis, Lived};
use crate::record::{AGES, Record};
use crate::sums::Fixed;
use crate::units::{Sex, Year};

use super::groups::count::{OfCommunity, Pot};
use super::groups::ledger::{self, YearGroups};

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
    /// `[64][column][2][128]`, people or events.
    counts: Counted,
    /// `[64][column][2][128]`, events in steps of [`Fixed`].
    expected: Vec<i64>,
    /// People on 31 December, `[municipality][19]`, by groups of completed age.
    places: Vec<u32>,
    /// By education, occupation and so on.
    pub groups: YearGroups,
}

/// Counts in as few bytes as they need: two, unless communities are very large.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    Narrow(Vec<u16>),
    Wide(Vec<u32>),
}

impl Default for Counted {
    fn default() -> Self {
        Self::Narrow(Vec::new())
    }
}

impl Counted {
    pub(super) fn of(counts: Vec<u32>) -> Self {
        if counts.iter().all(|count| *count <= u16::MAX.into()) {
            #[expect(clippy::cast_possible_truncation, reason = "looked at just now")]
            return Self::Narrow(counts.iter().map(|count| *count as u16).collect());
        }
        Self::Wide(counts)
    }

    /// Adds some of them to sums.
    pub(super) fn add(&self, range: Range<usize>, sums: &mut [u64]) {
        match self {
            Self::Narrow(counts) => {
                sums.iter_mut().zip(&counts[range]).for_each(|(sum, term)| *sum += u64::from(*term));
            }
            Self::Wide(counts) => sums.iter_mut().zip(&counts[range]).for_each(|(sum, term)| *sum += u64::from(*term)),
        }
    }

    pub(super) fn sum(&self, range: Range<usize>) -> u64 {
        match self {
            Self::Narrow(counts) => counts[range].iter().copied().map(u64::from).sum(),
            Self::Wide(counts) => counts[range].iter().copied().map(u64::from).sum(),
        }
    }

    pub(super) fn wide(&self) -> Vec<u32> {
        match self {
            Self::Narrow(counts) => counts.iter().map(|count| u32::from(*count)).collect(),
            Self::Wide(counts) => counts.clone(),
        }
    }
}

impl YearCells {
    /// Gathers the communities' accounts of the year just lived.
    pub fn gather(year: Year, shape: Shape, communities: &[Community], pots: &mut [Pot]) -> Self {
        let mut counted = vec![0; GROUPS * shape.counts * CELLS];
        let mut expected = vec![0; GROUPS * shape.expected * CELLS];
        let mut places = vec![0; shape.places * AGE_GROUPS];
        for (number, community) in communities.iter().enumerate() {
            let group = number % GROUPS;
            let counts = community.world.resource::<Counts>();
            let lived = &community.world.resource::<OfCommunity>().lived;
            let into = &mut counted[group * shape.counts * CELLS..][..shape.counts * CELLS];
            let from = lived.as_flattened().as_flattened().iter().chain(counts.events.as_flattened().as_flattened());
            into.iter_mut().zip(from).for_each(|(sum, term)| *sum += term);
            let into = &mut expected[group * shape.expected * CELLS..][..shape.expected * CELLS];
            let from = counts.expected.as_flattened().as_flattened();
            into.iter_mut().zip(from).for_each(|(sum, term)| *sum += term.0);
            let from = community.world.resource::<Households>().municipalities.as_flattened();
            places.iter_mut().zip(from).for_each(|(sum, term)| *sum += term);
        }
        Self { year, counts: Counted::of(counted), expected, places, groups: YearGroups::gather(communities, pots) }
    }

    /// People on 31 December by municipality and group of completed age, `[municipality][19]`.
    #[must_use]
    pub fn places(&self) -> &[[u32; AGE_GROUPS]] {
        self.places.as_chunks().0
    }

    /// One column of counts of some groups, `[2][128]`.
    fn count(&self, shape: Shape, column: usize, groups: Range<usize>) -> [[u64; COHORTS]; 2] {
        let mut sums = [[0; COHORTS]; 2];
        for group in groups {
            let from = (group * shape.counts + column) * CELLS;
            self.counts.add(from..from + CELLS, sums.as_flattened_mut());
        }
        sums
    }

    /// One column of expected events of some groups, `[2][128]`.
    fn expectation(&self, shape: Shape, column: usize, groups: Range<usize>) -> [[f64; COHORTS]; 2] {
        let mut sums = [[Fixed(0); COHORTS]; 2];
        for group in groups {
            let from = &self.expected[(group * shape.expected + column) * CELLS..][..CELLS];
            sums.as_flattened_mut().iter_mut().zip(from).for_each(|(sum, term)| sum.0 += term);
        }
        sums.map(|ages| ages.map(Fixed::value))
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
        let from = (group * shape.counts + Lived::ALL.len() + counter) * CELLS + sex.index() * COHORTS;
        self.counts.sum(from + ages.start()..from + ages.end() + 1)
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

    fn year_of(year: &[u8], [counts, expected, places]: [&[u8]; 3], groups: YearGroups) -> YearCells {
        YearCells {
            year: Year(i16::from_le_bytes([year[0], year[1]])),
            counts: Counted::of(bytemuck::allocation::pod_collect_to_vec(counts)),
            expected: bytemuck::allocation::pod_collect_to_vec(expected),
            places: bytemuck::allocation::pod_collect_to_vec(places),
            groups,
        }
    }

    /// As compressed bytes.
    ///
    /// # Errors
    ///
    /// Only if the compression library fails, which for memory means it is exhausted.
    pub fn to_bytes(&self) -> std::io::Result<Vec<u8>> {
        let mut bytes = zstd::Encoder::new(Vec::new(), 1)?;
        let count = u64::try_from(self.years.len()).expect("a few years");
        std::io::Write::write_all(&mut bytes, &count.to_le_bytes())?;
        for cells in &self.years {
            std::io::Write::write_all(&mut bytes, &cells.year.0.to_le_bytes())?;
            std::io::Write::write_all(&mut bytes, bytemuck::cast_slice(&cells.counts.wide()))?;
            std::io::Write::write_all(&mut bytes, bytemuck::cast_slice(&cells.expected))?;
            std::io::Write::write_all(&mut bytes, bytemuck::cast_slice(&cells.places))?;
            cells.groups.write(&mut bytes)?;
        }
        for cells in &self.years {
            cells.groups.write_by_reference(&mut bytes)?;
        }
        bytes.finish()
    }

    /// The reverse of [`Ledger::to_bytes`] for accounts of this shape.
    ///
    /// # Errors
    ///
    /// If the bytes are not such accounts.
    pub fn from_bytes(bytes: &[u8], shape: Shape) -> std::io::Result<Self> {
        let bytes = zstd::decode_all(bytes)?;
        let bad = || std::io::Error::from(std::io::ErrorKind::InvalidData);
        let lengths =
            [4 * GROUPS * shape.counts * CELLS, 8 * GROUPS * shape.expected * CELLS, 4 * shape.places * AGE_GROUPS];
        let length = 2 + lengths.iter().sum::<usize>() + ledger::BYTES;
        let (count, bytes) = bytes.split_first_chunk().ok_or_else(bad)?;
        let count = usize::try_from(u64::from_le_bytes(*count)).ok().and_then(|count| count.checked_mul(length));
        let (entries, mut by_reference) = bytes.split_at_checked(count.ok_or_else(bad)?).ok_or_else(bad)?;
        let years = entries.chunks(length).map(|entry| {
            let (year, entry) = entry.split_at_checked(2)?;
            let (counts, entry) = entry.split_at_checked(lengths[0])?;
            let (expected, entry) = entry.split_at_checked(lengths[1])?;
            let (places, groups) = entry.split_at_checked(lengths[2])?;
            Some(Self::year_of(year, [counts, expected, places], YearGroups::read(groups)?))
        });
        let mut years: Vec<YearCells> = years.collect::<Option<_>>().ok_or_else(bad)?;
        for year in &mut years {
            by_reference = year.groups.read_by_reference(by_reference).ok_or_else(bad)?;
        }
        if by_reference.is_empty() { Ok(Self { years }) } else { Err(bad()) }
    }
}
