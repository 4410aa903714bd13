//! Life histories: one row a person and year, for a sample of people or for all.
//!
//! The sample is a matter of the id alone, so the same people are in it in every arm.

use crate::draws::mix;
use crate::model::community::Community;
use crate::model::person::{Life, Person};
use crate::model::rows::Rows;
use crate::model::simulation::Declared;
use crate::units::Year;

/// Salt of the sample: unlike any other use of ids.
const SALT: u64 = 0x006c_6976_6573;

/// Who is in the sample: ids whose hash is below a bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    share: f64,
}

impl Sample {
    /// This share of all people, 0 to 1.
    #[must_use]
    pub const fn share(share: f64) -> Self {
        Self { share }
    }

    /// Whether a person is in it.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share of people, not an identity")]
    pub fn holds(self, id: u64) -> bool {
        (mix(id, SALT) as f64) < self.share * 18_446_744_073_709_551_616.0 || self.share >= 1.0
    }

    /// The share, for hashes and estimates.
    #[must_use]
    pub const fn value(self) -> f64 {
        self.share
    }
}

/// Rows of life histories, column by column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lives {
    /// Calendar year.
    pub year: Vec<i16>,
    /// The person.
    pub id: Vec<u64>,
    /// 0 female, 1 male.
    pub sex: Vec<u8>,
    /// Age reached in the year.
    pub age: Vec<u8>,
    /// How the year was lived: a place in [`crate::record::lexis::Lived::ALL`].
    pub lived: Vec<u8>,
    /// Attributes, `[attribute][row]`.
    pub attributes: Vec<Vec<f32>>,
}

impl Lives {
    /// Adds the year of everyone in the sample, in order of community and id.
    pub fn record(&mut self, year: Year, sample: Sample, declared: &Declared, communities: &mut [Community]) {
        self.attributes.resize(declared.readers.len(), Vec::new());
        let (mut rows, mut values) = (Vec::new(), Vec::new());
        for community in communities {
            rows.clear();
            let used = community.world.resource::<Rows>().used();
            let mut query = community.world.query::<(&Person, &Life)>();
            for (people, lives) in query.contiguous_iter(&community.world).expect("table storage") {
                let in_sample = |row: &u32| sample.holds(people[*row as usize].id);
                let lived = |row: u32| lives[row as usize].lived(people[row as usize], year);
                let used = u32::try_from(used).expect("fewer rows than 2³²");
                rows.extend((0..used).filter(in_sample).filter(|row| lived(*row).is_some()));
                // The order of rows is no property of the people, and must not show.
                rows.sort_unstable_by_key(|row| people[*row as usize].id);
                for row in &rows {
                    let person = people[*row as usize];
                    self.year.push(year.0);
                    self.id.push(person.id);
                    self.sex.push(person.sex as u8);
                    self.age.push(u8::try_from(person.age_reached(year)).expect("below 128"));
                    self.lived.push(lived(*row).expect("filtered for it") as u8);
                }
            }
            for (reader, column) in declared.readers.iter().zip(&mut self.attributes) {
                values.clear();
                reader.read(&mut community.world, &rows, &mut values);
                #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
                column.extend(values.iter().map(|value| *value as f32));
            }
        }
    }

    /// Adds another table's rows.
    pub fn append(&mut self, mut other: Self) {
        self.attributes.resize(other.attributes.len().max(self.attributes.len()), Vec::new());
        self.year.append(&mut other.year);
        self.id.append(&mut other.id);
        self.sex.append(&mut other.sex);
        self.age.append(&mut other.age);
        self.lived.append(&mut other.lived);
        for (mine, theirs) in self.attributes.iter_mut().zip(&mut other.attributes) {
            mine.append(theirs);
        }
    }

    /// As compressed bytes.
    ///
    /// # Errors
    ///
    /// Only if memory is exhausted.
    pub fn to_bytes(&self) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&(self.year.len() as u64).to_le_bytes());
        bytes.extend_from_slice(bytemuck::cast_slice(&self.year));
        bytes.extend_from_slice(bytemuck::cast_slice(&self.id));
        [&self.sex, &self.age, &self.lived].iter().for_each(|column| bytes.extend_from_slice(column));
        self.attributes.iter().for_each(|column| bytes.extend_from_slice(bytemuck::cast_slice(column)));
        zstd::encode_all(&bytes[..], 1)
    }

    /// The reverse of [`Lives::to_bytes`] for this many attributes.
    ///
    /// # Errors
    ///
    /// If the bytes are not such a table.
    pub fn from_bytes(bytes: &[u8], attributes: usize) -> std::io::Result<Self> {
        let bytes = zstd::decode_all(bytes)?;
        let Some((rows, bytes)) = bytes.split_first_chunk::<8>() else {
            return Err(std::io::ErrorKind::InvalidData.into());
        };
        let rows = usize::try_from(u64::from_le_bytes(*rows)).map_err(|_| std::io::ErrorKind::InvalidData)?;
        if bytes.len() != rows.saturating_mul(13 + 4 * attributes) {
            return Err(std::io::ErrorKind::InvalidData.into());
        }
        let mut left = bytes;
        let mut column = |width: usize| {
            let (column, after) = left.split_at(rows * width);
            left = after;
            column
        };
        Ok(Self {
            year: bytemuck::allocation::pod_collect_to_vec(column(2)),
            id: bytemuck::allocation::pod_collect_to_vec(column(8)),
            sex: column(1).to_vec(),
            age: column(1).to_vec(),
            lived: column(1).to_vec(),
            attributes: (0..attributes).map(|_| bytemuck::allocation::pod_collect_to_vec(column(4))).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_has_its_share() {
        // 100,000 ids at 10 %: 10,000 expected, sd 95, bound 5 sd.
        let count = (0..100_000).filter(|id| Sample::share(0.1).holds(mix(*id, 3))).count();
        assert!((9_525..=10_475).contains(&count), "{count}");
        assert!((0..1000).all(|id| Sample::share(1.0).holds(id)));
    }

    #[test]
    fn bytes_come_back_as_the_table_they_were() {
        let lives = Lives {
            year: vec![1950, 1951],
            id: vec![1, u64::MAX],
            sex: vec![0, 1],
            age: vec![3, 4],
            lived: vec![0, 5],
            attributes: vec![vec![0.5, 0.25], vec![1.0, 2.0]],
        };
        assert_eq!(Lives::from_bytes(&lives.to_bytes().expect("bytes"), 2).expect("a table"), lives);
        assert!(Lives::from_bytes(&lives.to_bytes().expect("bytes"), 3).is_err());
    }
}
