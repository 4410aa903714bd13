//! Tests of the count against people counted one by one.

use super::*;

#[test]
fn every_stock_has_a_lane_of_its_own() {
    let mut lanes: Vec<usize> =
        Stock::ALL.iter().map(|stock| *stock as usize).chain([Stock::People as usize]).collect();
    lanes.sort_unstable();
    lanes.dedup();
    assert_eq!((lanes.len(), lanes[lanes.len() - 1]), (LANES, LANES - 1));
}

#[test]
fn a_word_counts_each_stock_once() {
    let tables = Tables::of(&Record::empty());
    let schooling = Schooling { level: Level::TertiaryShort, stage: Stage::Long, ..Schooling::default() };
    let work = Work { state: State::Employed, exposures: exposure::HEAVY, absence: Absence::Graded, ..Work::default() };
    let mut smoking = Smoking::default();
    smoking.habit = Habit::Former;
    let [first, second] = tables.word(40, &schooling, &work, &smoking);
    let expected = [
        Stock::People,
        Stock::FormerSmokers,
        Stock::UpperSecondaryStarted,
        Stock::UpperSecondary,
        Stock::Tertiary,
        Stock::InEducation,
        Stock::HeavyWork,
        Stock::Employed,
        Stock::AbsentGraded,
    ];
    for (lane, count) in lanes(&[first, second, 0, 0]).iter().enumerate() {
        assert_eq!(*count, u8::from(expected.iter().any(|stock| *stock as usize == lane)), "lane {lane}");
    }
}

#[test]
fn heavy_work_is_that_of_the_employed() {
    let tables = Tables::of(&Record::empty());
    let work = Work { state: State::Disabled, exposures: exposure::HEAVY, ..Work::default() };
    let [first, second] = tables.word(40, &Schooling::default(), &work, &Smoking::default());
    let added = [first, second, 0, 0];
    let lanes = lanes(&added);
    assert_eq!((lanes[Stock::HeavyWork as usize], lanes[Stock::Disabled as usize]), (0, 1));
}

#[test]
fn whoever_gave_up_upper_secondary_school_has_started_it() {
    let tables = Tables::of(&Record::empty());
    let started = |age: usize, stage: Stage, track: Track| {
        let schooling = Schooling { track, stage, since: 16, ..Schooling::default() };
        let [first, second] = tables.word(age, &schooling, &Work::default(), &Smoking::default());
        let added = [first, second, 0, 0];
        let lanes = lanes(&added);
        [lanes[Stock::UpperSecondaryStarted as usize], lanes[Stock::UpperSecondary as usize]]
    };
    assert_eq!([started(40, Stage::Out, Track::Vocational), started(40, Stage::Out, Track::None)], [[1, 0], [0, 0]]);
    // One year of it is asked for.
    assert_eq!([16, 17].map(|age| started(age, Stage::Upper, Track::General)), [[0, 0], [1, 0]]);
}

#[test]
fn lanes_hold_as_many_people_as_are_added_before_they_are_taken_apart() {
    let people = PEOPLE as u64;
    let [first, second] = [lane(Stock::People) * people + lane(Stock::HeavyWork), lane(Stock::AbsentGraded) * people];
    let added = [first, second, 0, 0];
    let lanes = lanes(&added);
    assert_eq!((lanes[0], lanes[6], lanes[15], lanes[1]), (255, 1, 255, 0));
}
