//! Life histories: one row a person and year, for a sample of people or for all.
//!
//! The sample is a matter of the id alone, or of the community, so the same people are in it in every arm. Lineages stay in their
//! community: a sample of whole communities has whole families.

use std::num::NonZeroU64;

use crate::draws::mix;
use crate::model::columns::Remembered;
use crate::model::community::{Circle, Community};
use crate::model::family::{Home, Kin, Link, To, Union};
use crate::model::person::{Life, Person};
use crate::model::rows::Rows;
use crate::model::simulation::{Declared, Shared};
use crate::record::Record;
use crate::units::Year;

/// Salt of the sample: unlike any other use of ids.
const SALT: u64 = 0x006c_6976_6573;

/// Who is in the sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    share: f64,
    of: Of,
}

/// What is sampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    /// People whose id's hash is below a bound.
    People,
    /// Everyone in the first communities.
    Communities,
}

impl Sample {
    /// This share of all people, 0 to 1.
    #[must_use]
    pub const fn share(share: f64) -> Self {
        Self { share, of: Of::People }
    }

    /// Everyone in as many of the communities as have at least this share of all people; in one at least.
    #[must_use]
    pub fn families(share: f64, communities: u32) -> Self {
        let all = f64::from(communities.max(1));
        Self { share: (share * all).ceil().clamp(1.0, all) / all, of: Of::Communities }
    }

    /// Whether a person of a community is in it.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share of people, not an identity")]
    pub fn holds(self, circle: Circle, id: u64) -> bool {
        match self.of {
            Of::People => (mix(id, SALT) as f64) < self.share * 18_446_744_073_709_551_616.0 || self.share >= 1.0,
            Of::Communities => f64::from(circle.number) < (self.share * f64::from(circle.of)).round(),
        }
    }

    /// The share, for estimates.
    #[must_use]
    pub const fn value(self) -> f64 {
        self.share
    }

    /// What is sampled: `people` or `communities`.
    #[must_use]
    pub const fn of(self) -> &'static str {
        match self.of {
            Of::People => "people",
            Of::Communities => "communities",
        }
    }
}

/// An id, or nobody's; none is 0, which stands for nobody in bytes.
pub type Id = Option<NonZeroU64>;

/// Bytes of a row without attributes.
const ROW: usize = 2 + 8 + 1 + 1 + 1 + 4 * 8 + 2 + 1;

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
    /// The mother.
    pub mother: Vec<Id>,
    /// The father.
    pub father: Vec<Id>,
    /// The partner at the end of the year; of those who die or leave, the one they lived with.
    pub partner: Vec<Id>,
    /// The householder.
    pub household: Vec<Id>,
    /// The official number of the municipality.
    pub municipality: Vec<u16>,
    /// The part in the household: a place in [`Role::WORDS`](crate::model::family::Role::WORDS).
    pub role: Vec<u8>,
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
            let world = &mut community.world;
            let mut query = world.query::<(&Person, &Life, &Kin, &Union, &Home)>();
            let (circle, gone) = (*world.resource::<Circle>(), world.resource::<Remembered>());
            let used = u32::try_from(world.resource::<Rows>().used()).expect("fewer rows than 2³²");
            let places = &world.resource::<Shared<Record>>().places.municipalities;
            for (people, lives, kin, unions, homes) in query.contiguous_iter(world).expect("table storage") {
                let in_sample = |row: &u32| sample.holds(circle, people[*row as usize].id);
                let lived = |row: u32| lives[row as usize].lived(people[row as usize], year);
                rows.extend((0..used).filter(in_sample).filter(|row| lived(*row).is_some()));
                // The order of rows is no property of the people, and must not show.
                rows.sort_unstable_by_key(|row| people[*row as usize].id);
                let id_of = |link: Link| match link.to() {
                    To::Nobody => None,
                    To::Row(row) => NonZeroU64::new(people[row].id),
                    To::Remembered(place) => NonZeroU64::new(gone.people[place].id),
                };
                for row in &rows {
                    let lived = lived(*row).expect("filtered for it");
                    let row = *row as usize;
                    let (person, kin, union, home) = (people[row], kin[row], unions[row], homes[row]);
                    self.year.push(year.0);
                    self.id.push(person.id);
                    self.sex.push(person.sex as u8);
                    self.age.push(u8::try_from(person.age_reached(year)).expect("below 128"));
                    self.lived.push(lived as u8);
                    self.mother.push(id_of(kin.mother));
                    self.father.push(id_of(kin.father));
                    self.partner.push(if union.is_coupled() { id_of(union.partner) } else { None });
                    self.household.push(id_of(home.household));
                    self.municipality.push(places[usize::from(home.municipality)].code);
                    self.role.push(home.role as u8);
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
        self.mother.append(&mut other.mother);
        self.father.append(&mut other.father);
        self.partner.append(&mut other.partner);
        self.household.append(&mut other.household);
        self.municipality.append(&mut other.municipality);
        self.role.append(&mut other.role);
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
        let ids = [&self.mother, &self.father, &self.partner, &self.household];
        ids.iter().for_each(|column| bytes.extend_from_slice(bytemuck::cast_slice(column)));
        bytes.extend_from_slice(bytemuck::cast_slice(&self.municipality));
        bytes.extend_from_slice(&self.role);
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
        if bytes.len() != rows.saturating_mul(ROW + 4 * attributes) {
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
            mother: bytemuck::allocation::pod_collect_to_vec(column(8)),
            father: bytemuck::allocation::pod_collect_to_vec(column(8)),
            partner: bytemuck::allocation::pod_collect_to_vec(column(8)),
            household: bytemuck::allocation::pod_collect_to_vec(column(8)),
            municipality: bytemuck::allocation::pod_collect_to_vec(column(2)),
            role: column(1).to_vec(),
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
        let circle = Circle { number: 63, of: 64, weight: 1.0 };
        let count = (0..100_000).filter(|id| Sample::share(0.1).holds(circle, mix(*id, 3))).count();
        assert!((9_525..=10_475).contains(&count), "{count}");
        assert!((0..1000).all(|id| Sample::share(1.0).holds(circle, id)));
    }

    #[test]
    fn a_sample_of_families_has_whole_communities_and_at_least_one() {
        let held = |share: f64| -> Vec<u32> {
            let sample = Sample::families(share, 7);
            (0..7).filter(|number| sample.holds(Circle { number: *number, of: 7, weight: 1.0 }, 5)).collect()
        };
        assert_eq!(held(1e-9), [0]);
        // 7 · 0.3 = 2.1, hence three communities.
        assert_eq!(held(0.3), [0, 1, 2]);
        assert_eq!(held(1.0).len(), 7);
        assert_eq!(Sample::families(0.3, 7).value(), 3.0 / 7.0);
    }

    #[test]
    fn bytes_come_back_as_the_table_they_were() {
        let lives = Lives {
            year: vec![1950, 1951],
            id: vec![1, u64::MAX],
            sex: vec![0, 1],
            age: vec![3, 4],
            lived: vec![0, 5],
            mother: vec![NonZeroU64::new(7), None],
            father: vec![None, NonZeroU64::new(u64::MAX)],
            partner: vec![None, NonZeroU64::new(1)],
            household: vec![NonZeroU64::new(1), NonZeroU64::new(1)],
            municipality: vec![301, 5636],
            role: vec![1, 0],
            attributes: vec![vec![0.5, 0.25], vec![1.0, 2.0]],
        };
        assert_eq!(Lives::from_bytes(&lives.to_bytes().expect("bytes"), 2).expect("a table"), lives);
        assert!(Lives::from_bytes(&lives.to_bytes().expect("bytes"), 3).is_err());
    }
}
