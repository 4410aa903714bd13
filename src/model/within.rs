//! One sex or both, and a range of ages.

use crate::record::lexis::COHORTS;
use crate::units::Sex;

/// One sex or both, and some ages reached in the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Within {
    /// One sex, or both.
    pub sex: Option<Sex>,
    /// The first and the last age.
    pub ages: [u8; 2],
}

impl Within {
    /// Everyone.
    pub const ALL: Self = Self { sex: None, ages: [0, 127] };

    /// The runs of ages of a table by sex and age.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "an age below 128")]
    pub fn of(table: &[[bool; COHORTS]; 2]) -> Vec<Self> {
        if *table == [[true; COHORTS]; 2] {
            return vec![Self::ALL];
        }
        let mut runs: Vec<Self> = Vec::new();
        for sex in Sex::BOTH {
            for age in (0..COHORTS).filter(|age| table[sex.index()][*age]).map(|age| age as u8) {
                match runs.last_mut() {
                    Some(run) if run.sex == Some(sex) && run.ages[1] + 1 == age => run.ages[1] = age,
                    _ => runs.push(Self { sex: Some(sex), ages: [age, age] }),
                }
            }
        }
        runs
    }

    /// Those who are meant by both.
    #[must_use]
    pub fn and(self, other: Self) -> Option<Self> {
        let ages = [self.ages[0].max(other.ages[0]), self.ages[1].min(other.ages[1])];
        let sexes_meet = self.sex.is_none() || other.sex.is_none() || self.sex == other.sex;
        (sexes_meet && ages[0] <= ages[1]).then_some(Self { sex: self.sex.or(other.sex), ages })
    }

    /// Whether somebody is meant.
    #[inline]
    #[must_use]
    pub fn holds(self, sex: Sex, age: usize) -> bool {
        usize::from(self.ages[0]) <= age && age <= usize::from(self.ages[1]) && self.sex.is_none_or(|one| one == sex)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reach::of_ages;

    #[test]
    fn a_table_is_the_runs_it_is_made_of() {
        let holds = |sex, age: usize| (20..=30).contains(&age) || (sex == Sex::Male && age == 40);
        let of = |sex, first, last| Within { sex: Some(sex), ages: [first, last] };
        let runs = [of(Sex::Female, 20, 30), of(Sex::Male, 20, 30), of(Sex::Male, 40, 40)];
        assert_eq!(Within::of(&of_ages(holds)), runs);
        assert_eq!(Within::of(&of_ages(|_, _| true)), [Within::ALL]);
    }

    #[test]
    fn both_is_what_both_mean() {
        let women = Within { sex: Some(Sex::Female), ages: [0, 50] };
        let old = Within { sex: None, ages: [40, 127] };
        assert_eq!(women.and(old), Some(Within { sex: Some(Sex::Female), ages: [40, 50] }));
        assert_eq!(women.and(Within { sex: Some(Sex::Male), ages: [0, 127] }), None);
        assert_eq!(women.and(Within { sex: None, ages: [51, 60] }), None);
    }
}
