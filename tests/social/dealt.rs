//! Those whom the simulation meets grown: as the record has people of their sex, age and schooling.

use livslop::processes::school::{Level, Stage};
use livslop::processes::smoking::Habit;
use livslop::processes::work::{Occupation, State};
use livslop::record::working::{OLDEST, YOUNGEST, band};
use livslop::run::model::Model;
use livslop::run::nation::Nation;
use livslop::units::Year;

use crate::common;
use crate::people::{Seen, everyone};

const FIRST: Year = Year(1950);

fn founders(model: &Model) -> Vec<Seen> {
    everyone(&mut Nation::founded(model, FIRST, FIRST), FIRST).into_values().collect()
}

/// What was dealt in each of some classes, and what was to be expected with which variance.
struct Classes<const N: usize>([[f64; 3]; N]);

impl<const N: usize> Classes<N> {
    fn new() -> Self {
        Self([[0.0; 3]; N])
    }

    fn add(&mut self, class: usize, shares: [f32; N]) {
        for (i, (sums, share)) in self.0.iter_mut().zip(shares.map(f64::from)).enumerate() {
            sums[0] += f64::from(u8::from(i == class));
            sums[1] += share;
            sums[2] += share * (1.0 - share);
        }
    }

    /// Each class within four standard deviations, and half a percent of all for what is rounded.
    fn check(&self, what: &str) {
        let all: f64 = self.0.iter().map(|sums| sums[0]).sum();
        assert!(all > 1_000.0, "{what}: {all}");
        for (class, [dealt, expected, variance]) in self.0.iter().enumerate() {
            println!("{what} {class}: {dealt} instead of {expected:.0}, sd {:.0}", variance.sqrt());
            assert!((dealt - expected).abs() < 4.0 * variance.sqrt() + 0.005 * all, "{what} {class}");
        }
    }
}

#[test]
fn schooling_is_that_of_the_year_of_birth() {
    let model = common::model(40_000, 1, 1950);
    let mut levels = Classes::<4>::new();
    for seen in founders(&model) {
        let age = seen.person.age_reached(FIRST);
        if age >= 30 {
            levels.add(
                seen.schooling.level as usize,
                model.record.schooling.attained(seen.person.sex, seen.person.born, age),
            );
            assert!(seen.schooling.stage == Stage::Out, "{seen:?}");
        }
        assert!(
            age >= 16 || seen.schooling.level == Level::Compulsory && seen.schooling.stage == Stage::Child,
            "{seen:?}"
        );
    }
    levels.check("level");
}

#[test]
fn smoking_is_that_of_sex_age_and_schooling() {
    let model = common::model(40_000, 1, 1950);
    let mut habits = Classes::<3>::new();
    for seen in founders(&model) {
        let (age, smoking) = (seen.person.age_reached(FIRST), seen.smoking);
        let [daily, former] = model.record.smoking.stock(FIRST, seen.person.sex, age, seen.schooling.level.of_three());
        if age >= 20 {
            habits.add(smoking.habit as usize, [1.0 - daily - former, daily, former]);
        }
        assert!(age >= 13 || smoking.habit == Habit::Never, "{seen:?}");
        assert!(smoking.habit == Habit::Never || (1..=60).contains(&smoking.cigarettes), "{seen:?}");
        assert!(usize::from(smoking.since) <= age && usize::from(smoking.smoked) <= age, "{seen:?}");
    }
    habits.check("habit");
}

#[test]
fn states_and_occupations_are_those_of_sex_age_and_schooling() {
    let model = common::model(40_000, 1, 1950);
    let working = &model.record.working;
    let (mut states, mut classes) = (Classes::<6>::new(), Classes::<9>::new());
    for seen in founders(&model) {
        let (age, person, level) = (seen.person.age_reached(FIRST), seen.person, seen.schooling.level as usize);
        let is_of_age = (YOUNGEST..=OLDEST).contains(&age);
        if is_of_age && age >= 25 && !seen.schooling.is_student() {
            let shares = working.stocks(FIRST, person.sex, band(age), level);
            let all: f32 = shares.iter().sum();
            let place = match seen.work.state {
                State::Employed => 0,
                State::Unemployed => 1,
                State::Sick => 2,
                State::Disabled => 3,
                State::Retired => 4,
                State::Other => 5,
                State::Child | State::Education => panic!("{seen:?}"),
            };
            states.add(place, shares.map(|share| share / all));
        }
        if seen.work.occupation != Occupation::None {
            let then = Year(FIRST.0.min(person.born + 25));
            classes.add(seen.work.occupation as usize - 1, working.classes(then, person.sex, level));
        }
    }
    states.check("state");
    classes.check("class");
}
