//! Tables given every few years or ages, read between their points along straight lines.

use std::path::Path;

use crate::error::Problems;
use crate::table::{Dense, Key, WideSpec, read_wide};
use crate::units::Sex;

/// The key of the sex.
pub const SEX: Key = Key::Word { name: "sex", words: Sex::WORDS };

/// A table as given, in 32-bit numbers.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    shape: Vec<usize>,
    values: Vec<f32>,
}

impl Grid {
    /// Reads a table whose values are shares, probabilities or hazards: from 0 to `max`.
    pub fn read(
        path: &Path,
        keys: Vec<Key>,
        values: &'static [&'static str],
        max: f64,
        problems: &mut Problems,
    ) -> Option<Self> {
        Self::read_as(path, &WideSpec { keys, values, min: 0.0, max, whole: None }, problems)
    }

    /// Reads a table whose rows are parts of a whole; `whole` is what they add up to, at least and at most.
    pub fn read_parts(
        path: &Path,
        keys: Vec<Key>,
        values: &'static [&'static str],
        whole: [f64; 2],
        problems: &mut Problems,
    ) -> Option<Self> {
        Self::read_as(path, &WideSpec { keys, values, min: 0.0, max: 1.0, whole: Some(whole) }, problems)
    }

    fn read_as(path: &Path, spec: &WideSpec, problems: &mut Problems) -> Option<Self> {
        let Dense { shape, values } = read_wide(path, spec, problems)?;
        #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
        let values = values.into_iter().map(|value| value as f32).collect();
        Some(Self { shape, values })
    }

    /// The row of values at a place of every key.
    #[must_use]
    pub fn row(&self, places: &[usize]) -> &[f32] {
        let width = *self.shape.last().expect("a table has values");
        let cell = places.iter().zip(&self.shape).fold(0, |cell, (place, length)| cell * length + place);
        &self.values[cell * width..][..width]
    }

    /// A mixture of the rows at two neighbouring places of one key, the `along`-th.
    #[must_use]
    pub fn between<const N: usize>(&self, places: &[usize], along: usize, way: Between) -> [f32; N] {
        // Tables have up to four keys; this is looked up often enough for a vector to be felt.
        let mut four = [0; 4];
        let at = &mut four[..places.len()];
        at.copy_from_slice(places);
        at[along] = way.lower;
        let lower: [f32; N] = self.row(at).try_into().expect("a row has as many values as are asked for");
        if way.part == 0.0 {
            return lower;
        }
        at[along] = way.lower + 1;
        let upper = self.row(at);
        std::array::from_fn(|i| lower[i] + (upper[i] - lower[i]) * way.part)
    }
}

/// A place between two points of a key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Between {
    /// The point below.
    pub lower: usize,
    /// How far it is to the next, 0 to 1.
    pub part: f32,
}

impl Between {
    /// Where a number stands among rising points; outside, at the first or the last.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "years and ages")]
    pub fn of(points: &[i32], number: i32) -> Self {
        let after = points.partition_point(|point| *point <= number);
        if after == 0 {
            return Self { lower: 0, part: 0.0 };
        }
        if after == points.len() {
            return Self { lower: after - 1, part: 0.0 };
        }
        let (below, above) = (points[after - 1], points[after]);
        Self { lower: after - 1, part: (number - below) as f32 / (above - below) as f32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_between_points_are_mixed_and_those_outside_are_cut_off() {
        let points = [1950, 1955, 1965];
        assert_eq!(Between::of(&points, 1940), Between { lower: 0, part: 0.0 });
        assert_eq!(Between::of(&points, 1960), Between { lower: 1, part: 0.5 });
        assert_eq!(Between::of(&points, 1965), Between { lower: 2, part: 0.0 });
        assert_eq!(Between::of(&points, 2000), Between { lower: 2, part: 0.0 });
        let grid = Grid { shape: vec![2, 3, 1], values: vec![0.0, 0.0, 0.0, 1.0, 3.0, 5.0] };
        assert_eq!(grid.between::<1>(&[1, 0], 1, Between::of(&points, 1960)), [4.0]);
    }
}
