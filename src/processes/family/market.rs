//! Finding a partner: a stable matching by proximity in age.
//!
//! Everyone stands on a line of dates of birth. A seeker looks for somebody born at a date of their own (their own date less the gap
//! they wish for), and the pair's *distance* is how far the other is from it. The closest pair of all matches first, then the closest of
//! those left, and so on. Distances are the same from both sides, so this is the one stable matching: no two people would rather
//! have each other than whom they got, and no order of rows or seekers shows in it.
//!
//! It is also robust. Take one person away, and only a chain of pairs changes: who would have got that person gets the next
//! best, who may lose theirs in turn, each at a greater distance; the chain ends where somebody is left or finds somebody free.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

use crate::draws::mix;
use crate::model::person::Person;

/// Somebody who looks for a partner.
#[derive(Clone, Copy, Debug)]
pub struct Seeker {
    /// Their row.
    pub row: usize,
    /// The date of birth they look for, in years.
    pub wants: f64,
    /// Where they live: the place of the county.
    pub county: usize,
}

/// Somebody who may be found.
#[derive(Clone, Copy, Debug)]
pub struct Single {
    /// Their row.
    pub row: usize,
    /// Their date of birth, in years.
    pub at: f64,
}

/// Singles, in order of date of birth.
#[derive(Clone, Debug, Default)]
pub struct Pool(Vec<Single>);

impl Pool {
    /// A pool of these.
    #[must_use]
    pub fn of(mut singles: Vec<Single>) -> Self {
        singles.sort_unstable_by(|a, b| a.at.total_cmp(&b.at));
        Self(singles)
    }

    /// Nobody, keeping the memory.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Everyone, in order.
    pub fn iter(&self) -> impl Iterator<Item = Single> + '_ {
        self.0.iter().copied()
    }

    /// Adds somebody; [`Pool::sort`] before anybody looks, unless they come in order.
    pub fn push(&mut self, single: Single) {
        self.0.push(single);
    }

    /// Puts everyone in order; quick where long parts of the pool are in order already.
    pub fn sort(&mut self) {
        self.0.sort_by(|a, b| a.at.total_cmp(&b.at));
    }

    /// Puts those from a place on in order, among themselves.
    pub fn sort_from(&mut self, place: usize) {
        self.0[place..].sort_unstable_by(|a, b| a.at.total_cmp(&b.at));
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those born within `reach` years of a date, the nearest first, with their distance.
    #[must_use]
    pub fn nearest(&self, wants: f64, reach: f64) -> Nearest<'_> {
        let above = self.0.partition_point(|single| single.at < wants);
        Nearest { pool: &self.0, wants, reach, below: above, above }
    }
}

/// See [`Pool::nearest`].
#[derive(Clone, Debug)]
pub struct Nearest<'p> {
    pool: &'p [Single],
    wants: f64,
    reach: f64,
    /// Those below this place, and those from the next on, are still to come.
    below: usize,
    above: usize,
}

impl Iterator for Nearest<'_> {
    type Item = (f64, usize);

    fn next(&mut self) -> Option<(f64, usize)> {
        let distance = |place: usize| self.pool.get(place).map(|single| (single.at - self.wants).abs());
        let (under, over) = (self.below.checked_sub(1).and_then(distance), distance(self.above));
        let take_over = match (under, over) {
            (Some(under), Some(over)) => over < under,
            (None, Some(_)) => true,
            (Some(_), None) => false,
            (None, None) => return None,
        };
        let (place, distance) = if take_over { (self.above, over?) } else { (self.below - 1, under?) };
        if distance > self.reach {
            return None;
        }
        if take_over {
            self.above += 1;
        } else {
            self.below -= 1;
        }
        Some((distance, self.pool[place].row))
    }
}

/// The stable matching of seekers and the singles within `reach` of what they look for, as pairs of rows, the closest first.
///
/// `accepts` says whether a seeker's row and a single's row may pair at all. Seekers who find nobody are left out. Each seeker goes
/// outward from the date looked for; of all who are on their way, the one with the shortest way so far goes next.
pub fn matched<'p>(
    seekers: &[Seeker],
    pool: impl Fn(&Seeker) -> &'p Pool,
    reach: f64,
    accepts: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, usize)> {
    let mut ways: Vec<Nearest<'p>> = seekers.iter().map(|seeker| pool(seeker).nearest(seeker.wants, reach)).collect();
    let mut taken = HashSet::new();
    let mut next = BinaryHeap::new();
    let step = |i: usize, ways: &mut [Nearest<'p>], taken: &HashSet<usize>| {
        let found = ways[i].find(|(_, row)| !taken.contains(row) && accepts(seekers[i].row, *row));
        // Distances are not negative, so their bits stand in their order.
        found.map(|(distance, row)| Reverse((distance.to_bits(), i, row)))
    };
    next.extend((0..seekers.len()).filter_map(|i| step(i, &mut ways, &taken)));
    let mut pairs = Vec::new();
    while let Some(Reverse((_, i, row))) = next.pop() {
        if taken.insert(row) {
            pairs.push((seekers[i].row, row));
        } else {
            next.extend(step(i, &mut ways, &taken));
        }
    }
    pairs
}

/// A date of birth in years: the calendar year, and a part of it that is the person's own.
#[inline]
#[must_use]
pub fn date_of_birth(person: Person) -> f64 {
    // 40 bits of the year: no two people of a community share a date, so no pair is as close as another.
    #[expect(clippy::cast_precision_loss, reason = "40 bits fit")]
    let part = (mix(person.id, BIRTHDAY) >> 24) as f64 / (1_u64 << 40) as f64;
    f64::from(person.born) + part
}

/// Salt of the day in the year, unlike any other use of ids.
const BIRTHDAY: u64 = 0x6269_7274_6864_6179;

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(at: &[f64]) -> Pool {
        Pool::of(at.iter().enumerate().map(|(row, at)| Single { row, at: *at }).collect())
    }

    fn seekers(wants: &[f64]) -> Vec<Seeker> {
        wants.iter().enumerate().map(|(row, wants)| Seeker { row, wants: *wants, county: 0 }).collect()
    }

    #[test]
    fn the_closest_pair_first() {
        // The second seeker is closer to the first single; the first takes the other one.
        let (pool, seekers) = (pool(&[0.0, 2.0]), seekers(&[0.5, 0.1]));
        let mut pairs = matched(&seekers, |_| &pool, 5.0, |_, _| true);
        pairs.sort_unstable();
        assert_eq!(pairs, [(0, 1), (1, 0)]);
    }

    #[test]
    fn nobody_beyond_reach_or_not_accepted() {
        let (pool, seekers) = (pool(&[0.0, 2.0]), seekers(&[0.1]));
        assert_eq!(matched(&seekers, |_| &pool, 1.0, |_, single| single != 0), []);
        assert_eq!(matched(&seekers, |_| &pool, 2.0, |_, single| single != 0), [(0, 1)]);
    }

    /// No seeker and single would rather have each other.
    #[test]
    fn the_matching_is_stable_and_robust() {
        let at: Vec<f64> = (0_u32..300).map(|i| f64::from(i * 7919 % 1009) / 10.0).collect();
        let wants: Vec<f64> = (0_u32..150).map(|i| f64::from(i * 6353 % 1013) / 10.0).collect();
        let (pool, all) = (pool(&at), seekers(&wants));
        let pairs = matched(&all, |_| &pool, 5.0, |_, _| true);
        let distance = |seeker: usize, single: usize| (wants[seeker] - at[single]).abs();
        let of_seeker =
            |seeker| pairs.iter().find(|pair| pair.0 == seeker).map_or(5.0, |pair| distance(seeker, pair.1));
        let of_single =
            |single| pairs.iter().find(|pair| pair.1 == single).map_or(5.0, |pair| distance(pair.0, single));
        for (seeker, single) in (0..150).flat_map(|seeker| (0..300).map(move |single| (seeker, single))) {
            let here = distance(seeker, single);
            assert!(here >= of_seeker(seeker) || here >= of_single(single), "{seeker} and {single} would rather");
        }
        // Without one seeker, few others change: the mean over all seekers is below two pairs.
        let changed: usize = (0..150)
            .map(|gone| {
                let rest: Vec<Seeker> = all.iter().filter(|seeker| seeker.row != gone).copied().collect();
                let again = matched(&rest, |_| &pool, 5.0, |_, _| true);
                pairs.iter().filter(|pair| pair.0 != gone && !again.contains(pair)).count()
            })
            .sum();
        assert!(changed < 300, "{changed} pairs changed for 150 people taken away");
    }
}
