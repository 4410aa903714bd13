//! Chance as a pure function of (seed, replicate; person, age, decision).
//!
//! Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3") turns a 128-bit
//! counter and a 64-bit key into four random words. The key is (seed, replicate), the counter (person, age, decision):
//! there is no state, so a number does not depend on threads, row order, other people or a restart, and the same person has
//! the same luck in every arm. Keyed by age, not by year: a birth that a measure shifts in time keeps its luck.
//!
//! [`Draws::fill`] draws for a block of people in one stroke, [`Draws::words`] for one person; both give the same
//! numbers.

use std::convert::Infallible;

use bevy_ecs::resource::Resource;
use rand::TryRng;

use crate::math::cumulated_hazard;

/// People drawn for in one stroke: the state of 16 fits the vector registers.
pub const BLOCK: usize = 16;

/// A named place where chance enters, such as `death.dies`.
///
/// Its word of the counter is a hash of its name; the catalogue's tests check that no two names share a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    name: &'static str,
    word: u32,
}

impl Decision {
    /// The decision of this name, `process.event`.
    #[must_use]
    pub const fn named(name: &'static str) -> Self {
        Self { name, word: hash(name, OFFSET) }
    }

    /// The decision of this name whose thing is only known from a file, such as `reach` of a measure.
    #[must_use]
    pub const fn of(name: &'static str, thing: &str) -> Self {
        Self { name, word: hash(thing, hash(".", hash(name, OFFSET))) }
    }

    /// `process.event`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// This decision's word of the counter.
    #[must_use]
    pub const fn word(self) -> u32 {
        self.word
    }
}

const OFFSET: u32 = 0x811c_9dc5;

/// FNV-1a (Fowler, Noll & Vo), 32 bits.
const fn hash(text: &str, mut word: u32) -> u32 {
    let (bytes, mut i) = (text.as_bytes(), 0);
    while i < bytes.len() {
        word = (word ^ bytes[i] as u32).wrapping_mul(0x0100_0193);
        i += 1;
    }
    word
}

/// The four random words of one block, each uniform on 0 to 2³² − 1.
pub type Words = [u32; 4];

/// Uniform draws for the people of one replicate of one seed.
///
/// ```
/// use livslop::draws::{Decision, Draws, uniform};
///
/// const DIES: Decision = Decision::named("death.dies");
/// let draws = Draws::new(1, 0);
/// let luck = uniform(draws.words(42, 67, DIES)[0]);
/// assert!((0.0..1.0).contains(&luck));
/// assert_eq!(draws.words(42, 67, DIES), Draws::new(1, 0).words(42, 67, DIES));
/// ```
#[derive(Resource, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draws {
    key: [u32; 2],
}

impl Draws {
    /// The draws of a seed and a replicate.
    #[must_use]
    pub const fn new(seed: u32, replicate: u32) -> Self {
        Self { key: [seed, replicate] }
    }

    /// The four words of one person's decision at one age.
    #[inline]
    #[must_use]
    pub fn words(self, id: u64, age: u32, decision: Decision) -> Words {
        let [low, high] = halves(id);
        philox([low, high, age, decision.word], self.key)
    }

    /// The first two words for each person of a block: the same as [`Draws::words`] gives one by one.
    #[inline]
    #[must_use]
    #[expect(
        clippy::many_single_char_names,
        reason = "the four words of the counter and the two products, as published"
    )]
    pub fn fill(self, ids: &[u64; BLOCK], ages: &[u32; BLOCK], decision: Decision) -> [[u32; BLOCK]; 2] {
        let mut a = ids.map(|id| id & LOW);
        let mut b = ids.map(|id| id >> 32);
        let mut c = ages.map(u64::from);
        let mut d = [u64::from(decision.word); BLOCK];
        let mut key = self.key;
        for _ in 0..ROUNDS {
            for i in 0..BLOCK {
                let (p, q) = ((a[i] & LOW) * MULTIPLIERS[0], (c[i] & LOW) * MULTIPLIERS[1]);
                a[i] = (q >> 32) ^ (b[i] & LOW) ^ u64::from(key[0]);
                c[i] = (p >> 32) ^ (d[i] & LOW) ^ u64::from(key[1]);
                b[i] = q;
                d[i] = p;
            }
            key = next(key);
        }
        #[expect(clippy::cast_possible_truncation, reason = "the low 32 bits are the word")]
        [a.map(|word| word as u32), b.map(|word| word as u32)]
    }

    /// An endless stream of words for one person's decision, for the distributions of `rand_distr`.
    ///
    /// Its numbers are none of those that [`Draws::words`] gives. Off the hot path only: a rejection sampler uses a varying number of words, which loosens the pairing of arms.
    #[must_use]
    pub const fn stream(self, id: u64, age: u16, decision: Decision) -> Stream {
        Stream { draws: self, id, age, decision, block: 1, words: [0; 4], used: 4 }
    }
}

/// See [`Draws::stream`].
#[derive(Clone, Debug)]
pub struct Stream {
    draws: Draws,
    id: u64,
    age: u16,
    decision: Decision,
    block: u16,
    words: Words,
    used: usize,
}

impl TryRng for Stream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        if self.used == self.words.len() {
            // Ages stay below 2¹⁶, so the block number has the high half of their word to itself.
            let age = u32::from(self.age) | (u32::from(self.block) << 16);
            self.words = self.draws.words(self.id, age, self.decision);
            self.block = self.block.wrapping_add(1);
            self.used = 0;
        }
        self.used += 1;
        Ok(self.words[self.used - 1])
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let low = u64::from(self.try_next_u32()?);
        Ok(low | u64::from(self.try_next_u32()?) << 32)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(4) {
            chunk.copy_from_slice(&self.try_next_u32()?.to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

/// A word as a number from 0 up to, but not including, 1.
///
/// A 32-bit float keeps 24 digits of the word, relative to its size: thin probabilities are as exact as thick ones.
#[inline]
#[must_use]
pub fn uniform(word: u32) -> f32 {
    const BELOW_ONE: f32 = 1.0 - f32::EPSILON / 2.0;
    #[expect(clippy::cast_precision_loss, reason = "rounding to 24 digits is what is wanted")]
    let luck = word as f32 * (1.0 / 4_294_967_296.0);
    luck.min(BELOW_ONE)
}

/// Two words as a standard normal number (Box & Muller 1958).
#[must_use]
pub fn normal(words: [u32; 2]) -> f32 {
    let radius = libm::sqrtf(-2.0 * libm::logf(1.0 - uniform(words[0])));
    radius * libm::cosf(std::f32::consts::TAU * uniform(words[1]))
}

/// A word as a standard exponential number: the cumulated hazard at which an event comes.
#[inline]
#[must_use]
pub fn exponential(word: u32) -> f32 {
    cumulated_hazard(uniform(word))
}

/// A 64-bit hash of two numbers, for ids: a bijection of `x` for each `y`.
#[inline]
#[must_use]
pub const fn mix(x: u64, y: u64) -> u64 {
    finish(x ^ finish(y.wrapping_add(0x9e37_79b9_7f4a_7c15)))
}

/// The finaliser of `SplitMix64` (Steele, Lea & Flood 2014).
const fn finish(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

const ROUNDS: usize = 10;
const LOW: u64 = 0xffff_ffff;
const MULTIPLIERS: [u64; 2] = [0xd251_1f53, 0xcd9e_8d57];

const fn next(key: [u32; 2]) -> [u32; 2] {
    [key[0].wrapping_add(0x9e37_79b9), key[1].wrapping_add(0xbb67_ae85)]
}

#[expect(clippy::cast_possible_truncation, reason = "the two halves of the number")]
const fn halves(x: u64) -> [u32; 2] {
    [x as u32, (x >> 32) as u32]
}

fn philox(counter: Words, key: [u32; 2]) -> Words {
    let ([mut a, mut b, mut c, mut d], mut key) = (counter, key);
    for _ in 0..ROUNDS {
        let [p_low, p_high] = halves(u64::from(a) * MULTIPLIERS[0]);
        let [q_low, q_high] = halves(u64::from(c) * MULTIPLIERS[1]);
        (a, b, c, d) = (q_high ^ b ^ key[0], q_low, p_high ^ d ^ key[1], p_low);
        key = next(key);
    }
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use rand::Rng;
    use rand_distr::{Distribution, StandardNormal};

    use super::*;

    #[test]
    fn the_published_vectors_come_out() {
        // Random123 1.14, tests/kat_vectors, philox4x32 10.
        let all = u32::MAX;
        assert_eq!(philox([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(philox([all; 4], [all; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        assert_eq!(
            philox([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0]),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn a_block_gives_what_single_draws_give() {
        let draws = Draws::new(7, 3);
        let decision = Decision::named("test.block");
        let ids: [u64; BLOCK] = std::array::from_fn(|i| mix(i as u64, 11));
        let ages: [u32; BLOCK] = std::array::from_fn(|i| u32::try_from(i * 7).expect("small"));
        let [first, second] = draws.fill(&ids, &ages, decision);
        for i in 0..BLOCK {
            let words = draws.words(ids[i], ages[i], decision);
            assert_eq!([first[i], second[i]], [words[0], words[1]], "person {i}");
        }
    }

    #[test]
    fn every_part_of_the_key_matters() {
        let decision = Decision::named("test.key");
        let words = Draws::new(1, 0).words(1 << 40, 30, decision);
        assert_ne!(words, Draws::new(2, 0).words(1 << 40, 30, decision));
        assert_ne!(words, Draws::new(1, 1).words(1 << 40, 30, decision));
        assert_ne!(words, Draws::new(1, 0).words(1 << 41, 30, decision));
        assert_ne!(words, Draws::new(1, 0).words(1 << 40, 31, decision));
        assert_ne!(words, Draws::new(1, 0).words(1 << 40, 30, Decision::named("test.kez")));
    }

    #[test]
    fn the_mean_of_many_draws_is_one_half() {
        // 1,000,000 draws: expected 0.5, sd 0.000289, bound 5 sd.
        let draws = Draws::new(1, 0);
        let decision = Decision::named("test.mean");
        let sum: f64 = (0..1_000_000).map(|i| f64::from(uniform(draws.words(mix(i, 1), 40, decision)[0]))).sum();
        assert!((sum / 1e6 - 0.5).abs() < 0.001_45, "mean {}", sum / 1e6);
    }

    #[test]
    fn neighbouring_decisions_are_uncorrelated() {
        // 1,000,000 pairs: correlation 0 expected, sd 0.001, bound 5 sd.
        let draws = Draws::new(1, 0);
        let (a, b) = (Decision::named("test.a"), Decision::named("test.b"));
        let centred = |id, decision| f64::from(uniform(draws.words(id, 40, decision)[0])) - 0.5;
        let sum: f64 = (0..1_000_000).map(|i| mix(i, 1)).map(|id| centred(id, a) * centred(id, b)).sum();
        assert!((sum / 1e6 * 12.0).abs() < 0.005, "correlation {}", sum / 1e6 * 12.0);
    }

    #[test]
    fn a_stream_repeats_itself_and_feeds_rand_distr() {
        let decision = Decision::named("test.stream");
        let mut stream = Draws::new(1, 0).stream(5, 30, decision);
        let numbers: Vec<u32> = (0..9).map(|_| stream.next_u32()).collect();
        assert_eq!(numbers[..4], Draws::new(1, 0).words(5, 30 + (1 << 16), decision));
        assert_ne!(numbers[..4], Draws::new(1, 0).words(5, 30, decision));
        assert_ne!(numbers[..4], numbers[4..8]);
        let normal: f64 = StandardNormal.sample(&mut Draws::new(1, 0).stream(5, 30, decision));
        assert_eq!(
            normal,
            <StandardNormal as Distribution<f64>>::sample(
                &StandardNormal,
                &mut Draws::new(1, 0).stream(5, 30, decision)
            )
        );
    }

    #[test]
    fn a_word_never_becomes_one() {
        assert!(uniform(u32::MAX) < 1.0);
        assert_eq!(uniform(0), 0.0);
    }
}
