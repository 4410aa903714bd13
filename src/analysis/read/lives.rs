//! Reading `lives.arrow`: life histories, person by person.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::num::NonZeroU64;
use std::path::Path;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{ArrowPrimitiveType, Float64Type, Int8Type, Int32Type, UInt64Type};
use arrow::ipc::reader::FileReader;

use crate::accounts::lives::Id;
use crate::error::RunError;
use crate::model::family::{Role, Status};
use crate::processes::family::births::CHILDREN;
use crate::processes::family::pairing::STATUS;
use crate::record::lexis::Lived;
use crate::units::Sex;

use super::broken;

/// A year of somebody's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LifeYear {
    /// The person.
    pub id: u64,
    /// Calendar year.
    pub year: i32,
    /// Age reached in it.
    pub age: i32,
    /// Registered sex.
    pub sex: Sex,
    /// How the year was lived.
    pub lived: Lived,
    /// The mother.
    pub mother: Id,
    /// The father.
    pub father: Id,
    /// The partner at the end of the year.
    pub partner: Id,
    /// The householder.
    pub household: Id,
    /// The part in the household.
    pub role: Role,
    /// Official number of the municipality.
    pub municipality: i32,
    /// Partnership at the end of the year.
    pub status: Status,
    /// Children ever.
    pub children: i32,
}

impl LifeYear {
    /// Year of birth.
    #[must_use]
    pub const fn born(&self) -> i32 {
        self.year - self.age
    }

    /// Whether the person died in the year.
    #[must_use]
    pub const fn is_death(&self) -> bool {
        matches!(self.lived, Lived::DiedBefore | Lived::DiedAfter | Lived::NewbornDied | Lived::ArrivedDied)
    }

    /// Whether the person moved out in the year.
    #[must_use]
    pub const fn is_leaving(&self) -> bool {
        matches!(self.lived, Lived::Left | Lived::NewbornLeft)
    }
}

/// The life histories of one arm.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histories {
    /// In order of person and year.
    years: Vec<LifeYear>,
    /// Parent, year of birth, child: in this order.
    children: Vec<(u64, i32, u64)>,
}

impl Histories {
    /// Histories of these years of life.
    #[must_use]
    pub fn new(mut years: Vec<LifeYear>) -> Self {
        years.sort_unstable_by_key(|row| (row.id, row.year));
        let mut children = Vec::new();
        for life in years.chunk_by(|a, b| a.id == b.id) {
            let first = life[0];
            let parents = [first.mother, first.father].into_iter().flatten();
            children.extend(parents.map(|parent| (parent.get(), first.born(), first.id)));
        }
        children.sort_unstable();
        Self { years, children }
    }

    /// Everyone's years, person by person in order of id.
    pub fn people(&self) -> impl Iterator<Item = &[LifeYear]> {
        self.years.chunk_by(|a, b| a.id == b.id)
    }

    /// The years of a person; none if the person is not in the sample.
    #[must_use]
    pub fn of(&self, id: u64) -> &[LifeYear] {
        let from = self.years.partition_point(|row| row.id < id);
        &self.years[from..self.years.partition_point(|row| row.id <= id)]
    }

    /// The children of a person who are in the sample, in order of birth.
    pub fn children(&self, parent: u64) -> impl Iterator<Item = &[LifeYear]> {
        let from = self.children.partition_point(|child| child.0 < parent);
        let of_parent = self.children[from..].iter().take_while(move |child| child.0 == parent);
        of_parent.map(|(_, _, child)| self.of(*child))
    }

    /// The last year of anybody.
    #[must_use]
    pub fn last_year(&self) -> i32 {
        self.years.iter().map(|row| row.year).max().unwrap_or_default()
    }
}

/// Reads the life histories of an arm from `lives.arrow` of a run directory.
///
/// # Errors
///
/// If it cannot be read, lacks a column or holds a value that no such table holds.
pub fn read(run: &Path, arm: &str) -> Result<Histories, RunError> {
    let path = run.join("lives.arrow");
    let years = read_years(&path, arm).map_err(|error| RunError::io("read", &path, error))?;
    Ok(Histories::new(years))
}

fn read_years(path: &Path, arm: &str) -> io::Result<Vec<LifeYear>> {
    let reader = FileReader::try_new_buffered(File::open(path)?, None).map_err(broken)?;
    let mut years = Vec::new();
    for batch in reader {
        years_of(&batch.map_err(broken)?, arm, &mut years)?;
    }
    Ok(years)
}

fn years_of(batch: &RecordBatch, arm: &str, years: &mut Vec<LifeYear>) -> io::Result<()> {
    let table = Batch(batch);
    let arms = table.column("arm")?.as_string_opt::<i32>().ok_or_else(|| wrong("arm"))?;
    let (year, age) = (table.numbers::<Int32Type>("year")?, table.numbers::<Int32Type>("age")?);
    let municipality = table.numbers::<Int32Type>("municipality")?;
    let (status, children) = (table.numbers::<Float64Type>(STATUS.name)?, table.numbers::<Float64Type>(CHILDREN.name)?);
    let id = table.numbers::<UInt64Type>("id")?;
    let [mother, father] = [table.ids("mother")?, table.ids("father")?];
    let [partner, household] = [table.ids("partner")?, table.ids("household")?];
    let (sex, lived) = (table.words("sex", Sex::WORDS)?, table.words("lived", Lived::WORDS)?);
    let role = table.words("role", Role::WORDS)?;
    for row in (0..batch.num_rows()).filter(|row| arms.value(*row) == arm) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small whole numbers")]
        let (status, children) = (status[row] as usize, children[row] as i32);
        years.push(LifeYear {
            id: id[row],
            year: year[row],
            age: age[row],
            sex: Sex::BOTH[sex[row]],
            lived: Lived::ALL[lived[row]],
            mother: mother[row],
            father: father[row],
            partner: partner[row],
            household: household[row],
            role: Role::ALL[role[row]],
            municipality: municipality[row],
            status: *Status::ALL.get(status).ok_or_else(|| wrong(STATUS.name))?,
            children,
        });
    }
    Ok(())
}

fn wrong(name: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("column `{name}` is not as livslop writes it"))
}

/// Columns by name and kind.
struct Batch<'a>(&'a RecordBatch);

impl Batch<'_> {
    fn column(&self, name: &str) -> io::Result<&arrow::array::ArrayRef> {
        let missing = || io::Error::new(ErrorKind::InvalidData, format!("the table has no column `{name}`"));
        self.0.column_by_name(name).ok_or_else(missing)
    }

    fn numbers<T: ArrowPrimitiveType>(&self, name: &str) -> io::Result<&[T::Native]> {
        Ok(self.column(name)?.as_primitive_opt::<T>().ok_or_else(|| wrong(name))?.values())
    }

    fn ids(&self, name: &str) -> io::Result<Vec<Id>> {
        let column = self.column(name)?.as_primitive_opt::<UInt64Type>().ok_or_else(|| wrong(name))?;
        Ok(column.iter().map(|id| id.and_then(NonZeroU64::new)).collect())
    }

    /// Places in a vocabulary.
    fn words(&self, name: &str, words: &[&str]) -> io::Result<Vec<usize>> {
        let wrong = || wrong(name);
        let column = self.column(name)?.as_dictionary_opt::<Int8Type>().ok_or_else(wrong)?;
        let found = column.values().as_string_opt::<i32>().ok_or_else(wrong)?;
        if !found.iter().eq(words.iter().map(|word| Some(*word))) {
            return Err(wrong());
        }
        column.keys().iter().map(|key| key.and_then(|key| usize::try_from(key).ok()).ok_or_else(wrong)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::arrow::{Column, Compression, Data, Provenance, Table, write};

    /// A daughter (8) and her mother (7) in one year, and the daughter in the next.
    fn table(words: &'static [&'static str]) -> Table {
        let id = |name: &str, ids: [u64; 3]| Column::id(name, "an id", ids.map(|id| Some(id).filter(|id| *id > 0)));
        let columns = vec![
            Column::text("arm", "the arm", ["reference".into(), "reference".into(), "reference".into()]),
            Column::int32("year", "calendar year", "the year", [1981, 1980, 1980]),
            Column::int32("age", "years", "age", [1, 30, 0]),
            Column::word("sex", "sex", Sex::WORDS, [0, 0, 0]),
            Column::word("lived", "how", Lived::WORDS, [3, 0, 1]),
            Column::word("role", "role", words, [0, 1, 0]),
            id("id", [8, 7, 8]),
            id("mother", [7, 0, 7]),
            id("father", [0, 0, 0]),
            id("partner", [0, 9, 0]),
            id("household", [7, 7, 7]),
            Column::int32("municipality", "official number", "place", [301, 301, 1103]),
            Column::number(STATUS.name, "1", "status", [0.0, 2.0, 0.0]),
            Column::number(CHILDREN.name, "1", "children", [0.0, 1.0, 0.0]),
        ];
        Table { name: "lives", columns }
    }

    fn written(table: &Table) -> Result<Histories, RunError> {
        let directory = tempfile::tempdir().expect("a directory");
        let provenance = Provenance {
            model_version: "0".to_owned(),
            git_commit: "0".to_owned(),
            seed: 1,
            scenario_sha256: "0".to_owned(),
            weight: 1.0,
            extra: std::collections::BTreeMap::new(),
        };
        write(directory.path(), table, &provenance, Compression::Zstd).expect("written");
        read(directory.path(), "reference")
    }

    #[test]
    fn histories_come_back_in_order_of_person_and_year() {
        let lives = written(&table(Role::WORDS)).expect("histories");
        let of_daughter: Vec<_> = lives.of(8).iter().map(|row| (row.year, row.municipality, row.lived)).collect();
        assert_eq!(of_daughter, [(1980, 1103, Lived::Newborn), (1981, 301, Lived::Left)]);
        let mother = lives.of(7)[0];
        assert_eq!((mother.status, mother.partner, mother.mother), (Status::Married, NonZeroU64::new(9), None));
        assert_eq!(lives.children(7).map(|child| child[0].id).collect::<Vec<_>>(), [8]);
        assert!(lives.of(9).is_empty() && lives.children(8).next().is_none());
        assert_eq!((lives.people().count(), lives.last_year()), (2, 1981));
    }

    #[test]
    fn another_table_is_refused_by_the_name_of_the_column() {
        let told = |table: &Table| match written(table).expect_err("refused") {
            RunError::Io { source, .. } => source.to_string(),
            other => panic!("{other}"),
        };
        let mut without = table(Role::WORDS);
        without.columns.retain(|column| column.name != "partner");
        assert_eq!(told(&without), "the table has no column `partner`");
        assert!(told(&table(&["parent", "child"])).starts_with("column `role`"));
        let mut numbers = table(Role::WORDS);
        numbers.columns[1].data = Data::Int64(vec![1, 2, 3]);
        assert!(told(&numbers).starts_with("column `year`"));
    }
}
