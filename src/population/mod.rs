//! Who lives in the first year: the register's people by sex and age, dealt evenly to the communities.

pub mod families;
pub mod lives;

use crate::model::community::Circle;
use crate::model::person::Person;
use crate::record::lexis::COHORTS;
use crate::record::{OLDEST_REGISTERED, Record};
use crate::units::{Sex, Year};

/// A community's people on 1 January of the first year.
///
/// The register's last age is open (105 and over); its few people are taken to be 105.
#[must_use]
pub fn founders(record: &Record, year: Year, circle: Circle) -> Vec<Person> {
    let registered = &record.population[Record::at(year)];
    let by_age_reached = Sex::BOTH.map(|sex| {
        let mut people = vec![0.0; COHORTS];
        people[1..=OLDEST_REGISTERED + 1].copy_from_slice(&registered[sex.index()]);
        people
    });
    circle
        .deal(&by_age_reached, 1.0, 0.5)
        .into_iter()
        .map(|one| Person::founder(year, one.sex, one.age, one.nth))
        .collect()
}
