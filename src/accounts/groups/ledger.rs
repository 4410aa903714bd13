//! A year's sums by group, as they are kept: of the nation by single age, of each group of communities in few numbers.

use std::borrow::Cow;
use std::ops::Range;

use crate::accounts::cells::{GROUPS, Triangles};
use crate::accounts::counted::Counted;
use crate::model::community::Community;
use crate::record::Record;
use crate::record::lexis::{COHORTS, Lived};
use crate::sums::Fixed;
use crate::units::{Sex, Year};

use super::count::{CELLS, OfCommunity, PARENTS, Pot};
use super::moved::AllMoved;
use super::{BANDS, LANES, LEVELS, RANGES, SUMS, Stock, Way};

/// A year by group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct YearGroups {
    /// How people lived the year, `[way][level][2 · 128]`.
    ways: Counted,
    /// Stocks, `[lane][level][2 · 128]`.
    stocks: Counted,
    /// Deaths expected, `[level][2 · 128]`, in steps of [`Fixed`].
    expected: Vec<i64>,
    /// Deaths, `[64][level][2][band]`.
    deaths: Counted,
    /// Deaths expected, and by recorded rates, `[64][level][2][band][2]`.
    risks: Vec<f32>,
    /// Stocks of some ages, `[64][level][2][sum]`.
    sums: Counted,
    /// Those who reach 16 and 21, `[64][parents' education][2][way]`.
    school: Counted,
    /// The same people by the groups they are in in the reference, if some are in others.
    by_reference: Option<Box<Self>>,
}

/// Deaths of a band in one group of communities: counted, expected, and by recorded rates.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OfBand {
    /// Deaths counted.
    pub deaths: f64,
    /// Deaths expected from each person's own risk.
    pub expected: f64,
    /// Deaths that recorded rates would give: how many people, each by how old.
    pub recorded: f64,
}

/// Lengths of the parts.
const WAYS: usize = Lived::ALL.len() * LEVELS * CELLS;
const STOCKS: usize = LANES * LEVELS * CELLS;
const EXPECTED: usize = LEVELS * CELLS;
const DEATHS: usize = GROUPS * LEVELS * 2 * BANDS.len();
const SUMMED: usize = GROUPS * LEVELS * 2 * SUMS.len();
const SCHOOL: usize = GROUPS * PARENTS * 2 * Way::ALL.len();

impl YearGroups {
    /// Gathers the communities' sums of the year just lived, and those of the pots, which are emptied.
    #[must_use]
    pub fn gather(communities: &[Community], pots: &mut [Pot]) -> Self {
        if let Some((pot, others)) = pots.split_first_mut() {
            others.iter_mut().for_each(|other| pot.pour(other));
        }
        let own: Vec<Cow<OfCommunity>> =
            communities.iter().map(|community| Cow::Borrowed(community.world.resource())).collect();
        let mut year = Self::of(pots.first(), &own);
        let moved: Vec<&AllMoved> = communities.iter().map(|community| community.world.resource()).collect();
        if moved.iter().any(|moved| !moved.0.is_empty()) {
            moved.iter().flat_map(|moved| &moved.0).for_each(|one| {
                pots.iter_mut().take(1).for_each(|pot| one.in_nation(pot));
            });
            let by_reference = own.into_iter().zip(moved).map(|(own, moved)| moved.in_community(own));
            year.by_reference = Some(Box::new(Self::of(pots.first(), &by_reference.collect::<Vec<_>>())));
        }
        pots.iter_mut().take(1).for_each(Pot::empty);
        year
    }

    fn of(nation: Option<&Pot>, communities: &[Cow<OfCommunity>]) -> Self {
        let (mut year, mut groups) = (Self { expected: vec![0; EXPECTED], ..Self::default() }, Self::default());
        rayon::join(|| year.take_nation(nation), || groups.take_groups(communities));
        let Self { deaths, risks, sums, school, .. } = groups;
        Self { deaths, risks, sums, school, ..year }
    }

    /// By the groups that the same people are in in the reference; in the reference, and where nobody has moved, by their own.
    #[must_use]
    pub fn by_reference(&self) -> &Self {
        self.by_reference.as_deref().unwrap_or(self)
    }

    fn take_nation(&mut self, pot: Option<&Pot>) {
        let (mut ways, mut stocks) = (vec![0_u32; WAYS], vec![0_u32; STOCKS]);
        pot.into_iter().for_each(|pot| self.take_pot(pot, &mut ways, &mut stocks));
        (self.ways, self.stocks) = (Counted::of(&ways), Counted::of(&stocks));
    }

    fn take_pot(&mut self, pot: &Pot, ways: &mut [u32], stocks: &mut [u32]) {
        ways[..pot.ways.len() * CELLS].copy_from_slice(pot.ways.as_flattened());
        for (cell, levels) in pot.stocks.iter().enumerate() {
            for (level, lanes) in levels.iter().enumerate() {
                lanes.iter().enumerate().for_each(|(lane, sum)| stocks[(lane * LEVELS + level) * CELLS + cell] = *sum);
                // Whoever stays has lived all of the year, unless born or arrived in it.
                let came = [Lived::Newborn, Lived::Arrived].map(|way| pot.ways[way as usize * LEVELS + level][cell]);
                ways[(Lived::Whole as usize * LEVELS + level) * CELLS + cell] =
                    lanes[Stock::People as usize] - came.iter().sum::<u32>();
                self.expected[level * CELLS + cell] = pot.expected[cell][level];
            }
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "seven digits are enough for a standard error")]
    fn take_groups(&mut self, communities: &[Cow<OfCommunity>]) {
        let (mut deaths, mut risks) = (vec![0_u32; DEATHS], vec![0_i64; 2 * DEATHS]);
        let (mut sums, mut school) = (vec![0_u32; SUMMED], vec![0_u32; SCHOOL]);
        let ranges_of = SUMS.map(|sum| {
            let until = |age: usize| RANGES.iter().filter(|from| **from < age).count();
            until(sum.from)..until(sum.to + 1)
        });
        for (number, own) in communities.iter().enumerate() {
            let group = number % GROUPS;
            add(&mut deaths, group, own.deaths.as_flattened().as_flattened());
            add(&mut risks, group, own.risks.as_flattened().as_flattened().as_flattened());
            add(&mut school, group, own.school.as_flattened().as_flattened());
            for (sex, ranges) in own.stocks.chunks(RANGES.len()).enumerate() {
                for level in 0..LEVELS {
                    let into = &mut sums[((group * LEVELS + level) * 2 + sex) * SUMS.len()..][..SUMS.len()];
                    for ((into, sum), of) in into.iter_mut().zip(&SUMS).zip(&ranges_of) {
                        *into += ranges[of.clone()].iter().map(|levels| levels[level][sum.stock as usize]).sum::<u32>();
                    }
                }
            }
        }
        (self.deaths, self.sums, self.school) = (Counted::of(&deaths), Counted::of(&sums), Counted::of(&school));
        self.risks = risks.into_iter().map(|steps| Fixed(steps).value() as f32).collect();
    }

    /// People of some levels who lived the year in a way, `[2][128]` by age reached.
    #[must_use]
    pub fn lived(&self, way: Lived, levels: Range<usize>) -> [[u64; COHORTS]; 2] {
        Self::of_nation(&self.ways, way as usize, levels)
    }

    /// A stock of some levels on 31 December, `[2][128]` by age reached.
    #[must_use]
    pub fn stock(&self, stock: Stock, levels: Range<usize>) -> [[u64; COHORTS]; 2] {
        Self::of_nation(&self.stocks, stock as usize, levels)
    }

    fn of_nation(counts: &Counted, column: usize, levels: Range<usize>) -> [[u64; COHORTS]; 2] {
        let mut sums = [[0; COHORTS]; 2];
        for level in levels {
            let from = (column * LEVELS + level) * CELLS;
            counts.add(from..from + CELLS, sums.as_flattened_mut());
        }
        sums
    }

    /// Deaths expected among some levels, `[2][128]` by age reached.
    #[must_use]
    pub fn expected(&self, levels: Range<usize>) -> [[f64; COHORTS]; 2] {
        let mut sums = [[Fixed(0); COHORTS]; 2];
        for level in levels {
            let from = &self.expected[level * CELLS..][..CELLS];
            sums.as_flattened_mut().iter_mut().zip(from).for_each(|(sum, term)| sum.0 += term);
        }
        sums.map(|ages| ages.map(Fixed::value))
    }

    /// Person-years and deaths of some levels by Lexis triangle.
    #[must_use]
    pub fn triangles(&self, year: Year, levels: Range<usize>, record: &Record) -> [Triangles; 2] {
        let ways = Lived::ALL.map(|way| self.lived(way, levels.clone()));
        Triangles::of_both(year, record, &self.expected(levels), &ways)
    }

    /// Deaths by band of age among all levels in each group of communities, `[64][level][2][band]`.
    #[must_use]
    pub fn bands(&self) -> Vec<OfBand> {
        #[expect(clippy::cast_precision_loss, reason = "a few deaths")]
        let of = |(deaths, [expected, recorded]): (u64, &[f32; 2])| OfBand {
            deaths: deaths as f64,
            expected: f64::from(*expected),
            recorded: f64::from(*recorded),
        };
        self.deaths.all(DEATHS).into_iter().zip(self.risks.as_chunks().0).map(of).collect()
    }

    /// The place of a level, sex and band in a group of communities among [`YearGroups::bands`].
    #[must_use]
    pub const fn place_of_band(group: usize, level: usize, sex: Sex, band: usize) -> usize {
        ((group * LEVELS + level) * 2 + sex.index()) * BANDS.len() + band
    }

    /// Deaths of a band of age among one level, in one group of communities.
    #[must_use]
    pub fn band(&self, group: usize, level: usize, sex: Sex, band: usize) -> OfBand {
        let place = Self::place_of_band(group, level, sex, band);
        #[expect(clippy::cast_precision_loss, reason = "a few deaths")]
        let deaths = self.deaths.sum(place..place + 1) as f64;
        OfBand { deaths, expected: self.risks[2 * place].into(), recorded: self.risks[2 * place + 1].into() }
    }

    /// The stocks of some ages among all levels in each group of communities, `[64][level][2][sum]`.
    #[must_use]
    pub fn sums(&self) -> Vec<u64> {
        self.sums.all(SUMMED)
    }

    /// The place of a level, sex and sum in a group of communities among [`YearGroups::sums`].
    #[must_use]
    pub const fn place_of_sum(group: usize, level: usize, sex: Sex, place: usize) -> usize {
        ((group * LEVELS + level) * 2 + sex.index()) * SUMS.len() + place
    }

    /// A stock of some ages among one level, in one group of communities; `place` is that of the sum ([`super::place_of`]).
    #[must_use]
    pub fn sum(&self, group: usize, level: usize, sex: Sex, place: usize) -> u64 {
        let place = Self::place_of_sum(group, level, sex, place);
        self.sums.sum(place..place + 1)
    }

    /// Those who reach 16 or 21 by parents' education, in one group of communities.
    #[must_use]
    pub fn school(&self, group: usize, parents: usize, sex: Sex, way: Way) -> u64 {
        let place = ((group * PARENTS + parents) * 2 + sex.index()) * Way::ALL.len() + way as usize;
        self.school.sum(place..place + 1)
    }

    /// Writes the year.
    ///
    /// # Errors
    ///
    /// If the writer fails.
    pub fn write(&self, into: &mut impl std::io::Write) -> std::io::Result<()> {
        for counts in [&self.ways, &self.stocks, &self.deaths, &self.sums, &self.school] {
            counts.write(into)?;
        }
        into.write_all(bytemuck::cast_slice(&self.expected))?;
        into.write_all(bytemuck::cast_slice(&self.risks))?;
        into.write_all(&[u8::from(self.by_reference.is_some())])?;
        self.by_reference.as_ref().map_or(Ok(()), |other| other.write(into))
    }

    /// The reverse of [`YearGroups::write`], off the front of some bytes; none if they are not such.
    #[must_use]
    pub fn read(from: &mut &[u8]) -> Option<Self> {
        let [ways, stocks, deaths, sums, school] =
            [WAYS, STOCKS, DEATHS, SUMMED, SCHOOL].map(|counts| Counted::read(from, counts));
        let (ways, stocks, deaths, sums, school) = (ways?, stocks?, deaths?, sums?, school?);
        let expected = bytemuck::allocation::pod_collect_to_vec(from.split_off(..8 * EXPECTED)?);
        let risks = bytemuck::allocation::pod_collect_to_vec(from.split_off(..8 * DEATHS)?);
        let by_reference = match from.split_off_first()? {
            0 => None,
            _ => Some(Box::new(Self::read(from)?)),
        };
        Some(Self { ways, stocks, expected, deaths, risks, sums, school, by_reference })
    }
}

/// Adds a community's numbers to those of its group.
fn add<T: Copy + std::ops::AddAssign>(sums: &mut [T], group: usize, from: &[T]) {
    sums[group * from.len()..][..from.len()].iter_mut().zip(from).for_each(|(sum, term)| *sum += *term);
}
