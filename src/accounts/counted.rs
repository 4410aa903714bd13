//! Counts in few bytes.
//!
//! Counters by sex and age are empty at most ages and small at the others. They are kept in blocks of 128, the ages of one sex: each
//! without the zeros at its ends, in one, two, four or eight bytes a count, as its largest needs. A year of a hundred thousand people
//! takes a tenth of what it would with four bytes for every cell.

use std::ops::Range;

/// Counts of a block.
const BLOCK: usize = 128;

/// Counts, of which any range may be added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    blocks: Vec<Block>,
    bytes: Vec<u8>,
}

/// Where the counts of a block are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Block {
    /// The first of its bytes.
    at: u32,
    /// The place of the first count that is kept.
    first: u8,
    /// How many are kept.
    kept: u8,
    /// Bytes of each.
    width: u8,
}

impl Counted {
    /// Of these counts; a block that is not full is filled up with zeros.
    pub(super) fn of<T: Copy + Into<u64>>(counts: &[T]) -> Self {
        let mut all = Self { blocks: Vec::with_capacity(counts.len().div_ceil(BLOCK)), bytes: Vec::new() };
        all.extend(counts);
        all.bytes.shrink_to_fit();
        all
    }

    /// Adds the blocks of more counts.
    pub(super) fn extend<T: Copy + Into<u64>>(&mut self, counts: &[T]) {
        counts.chunks(BLOCK).for_each(|block| self.push(block));
    }

    fn push<T: Copy + Into<u64>>(&mut self, counts: &[T]) {
        let at = u32::try_from(self.bytes.len()).expect("fewer than 2³² bytes");
        let is_there = |count: &T| (*count).into() != 0;
        let Some(first) = counts.iter().position(is_there) else {
            return self.blocks.push(Block { at, first: 0, kept: 0, width: 1 });
        };
        let end = counts.iter().rposition(is_there).map_or(first, |last| last + 1);
        let counts = &counts[first..end];
        let bits = counts.iter().fold(0, |bits, count| bits | (*count).into());
        let width: u8 = match bits {
            0..0x100 => 1,
            0x100..0x1_0000 => 2,
            0x1_0000..0x1_0000_0000 => 4,
            _ => 8,
        };
        for count in counts {
            self.bytes.extend_from_slice(&(*count).into().to_le_bytes()[..width.into()]);
        }
        let place = |place: usize| u8::try_from(place).expect("a block of 128");
        self.blocks.push(Block { at, first: place(first), kept: place(end - first), width });
    }

    /// Tells the counts of a range that are kept, each with its place in it.
    #[inline]
    fn each(&self, range: Range<usize>, mut tell: impl FnMut(usize, u64)) {
        let mut start = range.start;
        while start < range.end {
            let block = &self.blocks[start / BLOCK];
            let from_block = start - start % BLOCK;
            let end = range.end.min(from_block + BLOCK);
            let first = from_block + usize::from(block.first);
            let (from, to) = (start.max(first), end.min(first + usize::from(block.kept)));
            if from < to {
                let width = usize::from(block.width);
                let at = block.at as usize;
                let bytes = &self.bytes[at + (from - first) * width..at + (to - first) * width];
                let place = from - range.start;
                match width {
                    1 => told::<1>(bytes, place, &mut tell),
                    2 => told::<2>(bytes, place, &mut tell),
                    4 => told::<4>(bytes, place, &mut tell),
                    _ => told::<8>(bytes, place, &mut tell),
                }
            }
            start = end;
        }
    }

    /// Adds some of them to sums.
    pub(super) fn add(&self, range: Range<usize>, sums: &mut [u64]) {
        self.each(range, |place, count| sums[place] = sums[place].wrapping_add(count));
    }

    /// The sum of some of them.
    pub(super) fn sum(&self, range: Range<usize>) -> u64 {
        let mut sum = 0;
        self.each(range, |_, count| sum += count);
        sum
    }

    /// All of so many counts, one by one.
    pub(super) fn all(&self, counts: usize) -> Vec<u64> {
        let mut all = vec![0; counts];
        self.each(0..counts, |place, count| all[place] = count);
        all
    }

    /// Writes them.
    pub(super) fn write(&self, into: &mut impl std::io::Write) -> std::io::Result<()> {
        into.write_all(&u64::try_from(self.bytes.len()).expect("fewer than 2⁶⁴").to_le_bytes())?;
        for block in &self.blocks {
            into.write_all(&[block.first, block.kept, block.width])?;
        }
        into.write_all(&self.bytes)
    }

    /// The reverse of [`Counted::write`] for so many counts, which are taken off the front; none if the bytes are not such.
    pub(super) fn read(from: &mut &[u8], counts: usize) -> Option<Self> {
        let (length, left) = from.split_first_chunk()?;
        let (heads, left) = left.split_at_checked(3 * counts.div_ceil(BLOCK))?;
        let (bytes, left) = left.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
        *from = left;
        let mut at = 0;
        let block = |[first, kept, width]: &[u8; 3]| {
            let (first, kept, width) = (*first, *kept, *width);
            let block = Block { at, first, kept, width };
            at += u32::from(kept) * u32::from(width);
            let fits = usize::from(first) + usize::from(kept) <= BLOCK && matches!(width, 1 | 2 | 4 | 8);
            fits.then_some(block)
        };
        let blocks = heads.as_chunks().0.iter().map(block).collect::<Option<Vec<Block>>>()?;
        (at as usize == bytes.len()).then(|| Self { blocks, bytes: bytes.to_vec() })
    }
}

/// Tells counts of a width, from a place on.
#[inline]
fn told<const WIDTH: usize>(bytes: &[u8], place: usize, tell: &mut impl FnMut(usize, u64)) {
    for (i, count) in bytes.as_chunks::<WIDTH>().0.iter().enumerate() {
        let mut wide = [0; 8];
        wide[..WIDTH].copy_from_slice(count);
        tell(place + i, u64::from_le_bytes(wide));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block of small counts, an empty one, one of large counts at its ends, one of counts beyond 32 bits, and a part of one.
    fn counts() -> Vec<u64> {
        let mut counts = vec![0; 4 * BLOCK + 5];
        counts[10..20].fill(7);
        (counts[2 * BLOCK], counts[3 * BLOCK - 1]) = (300, 70_000);
        counts[3 * BLOCK + 1] = 1 << 40;
        counts[4 * BLOCK + 4] = 256;
        counts
    }

    #[test]
    fn any_range_adds_up_as_if_all_were_kept() {
        let (counts, kept) = (counts(), Counted::of(&counts()));
        for start in (0..counts.len()).step_by(3) {
            for end in (start..=counts.len()).step_by(7) {
                assert_eq!(kept.sum(start..end), counts[start..end].iter().sum::<u64>(), "{start}..{end}");
                let mut sums = vec![1; end - start];
                kept.add(start..end, &mut sums);
                assert!(sums.iter().zip(&counts[start..end]).all(|(sum, count)| *sum == 1 + count), "{start}..{end}");
            }
        }
    }

    #[test]
    fn each_block_takes_no_more_bytes_than_it_needs() {
        // 10 of one byte, none, 128 of four, 1 of eight, 1 of two.
        assert_eq!(Counted::of(&counts()).bytes.len(), 10 + 128 * 4 + 8 + 2);
    }

    #[test]
    fn they_come_back_from_bytes() {
        let (length, kept) = (counts().len(), Counted::of(&counts()));
        let mut bytes = Vec::new();
        kept.write(&mut bytes).expect("written");
        bytes.push(9);
        let mut left = &bytes[..];
        assert_eq!(Counted::read(&mut left, length), Some(kept));
        assert_eq!(left, [9]);
        assert_eq!(Counted::read(&mut &bytes[1..], length), None);
        assert_eq!(Counted::read(&mut &bytes[..], length + BLOCK), None);
    }
}
