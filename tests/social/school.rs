//! School: levels rise, chances are the recorded ones, and marks and parents tell.

use livslop::model::person::Origin;
use livslop::processes::school::{COMPLETION, Level, Parents, Schooling, Stage, Track};
use livslop::record::schooling::{TRANSITIONS, Transition};
use livslop::units::Sex;

use crate::common;
use crate::people::{Everyone, Fork, Seen, share, watch, watch_steps};

#[test]
fn levels_only_rise_and_marks_are_given_once() {
    let model = common::model(5_000, 1, 2010);
    let mut with_marks = 0;
    watch_steps(&model, 1951, |year, was, now| {
        let (age, was, now) = (now.person.age_reached(year), was.schooling, now.schooling);
        assert!(now.level >= was.level, "{year}: from {was:?} to {now:?}");
        assert!(was.marks == 0 || now.marks == was.marks, "{year}: from {was:?} to {now:?}");
        assert!(now.marks == 0 || (10..=60).contains(&now.marks), "{year}: {now:?}");
        assert!(age < 17 || (now.parents, now.track) == (was.parents, was.track), "{year}, {age}: {was:?} to {now:?}");
        assert_eq!(now.stage == Stage::Child, age < 16, "{year}, {age}: {now:?}");
        assert!(now.stage != Stage::Upper || age <= 21, "{year}, {age}: {now:?}");
        with_marks += u32::from(now.marks > 0 && was.marks == 0);
    });
    // Some 70 reach 16 a year, 60 years long.
    assert!(with_marks > 2_500, "{with_marks}");
}

#[test]
fn everyone_born_here_has_marks_at_16() {
    let model = common::model(5_000, 1, 1990);
    watch(&model, 1985, |year, everyone| {
        let of_school = |seen: &&Seen| seen.person.origin == Origin::Born && seen.person.age_reached(year) >= 16;
        assert!(everyone.values().filter(of_school).all(|seen| seen.schooling.marks > 0));
    });
}

/// The step somebody faced at an age, and whether they took it: the first one of the year only.
fn faced(was: Schooling, now: Schooling, age: usize) -> Option<(Transition, bool)> {
    let finished = now.level >= Level::UpperSecondary;
    let general = was.track == Track::General;
    let young = if was.gave_up { 26..=34 } else { 19..=34 };
    Some(match was.stage {
        Stage::Child if age == 16 => (Transition::Start, now.stage == Stage::Upper),
        Stage::Upper => match (general, age) {
            (true, 17 | 18) => (Transition::LeaveGeneral, now.stage == Stage::Out),
            (false, 17..=19) => (Transition::LeaveVocational, now.stage == Stage::Out),
            (true, 19) => (Transition::FinishGeneral, finished),
            (false, 20) => (Transition::FinishVocational, finished),
            (_, 21) => (Transition::FinishLate, finished),
            _ => return None,
        },
        Stage::Short | Stage::Long | Stage::Extending => (Transition::LeaveTertiary, now.gave_up && !was.gave_up),
        Stage::Out if was.level == Level::UpperSecondary && young.contains(&age) => {
            let entry = match (general, age) {
                (true, ..=24) => Transition::TertiaryGeneral,
                (false, ..=25) => Transition::TertiaryVocational,
                _ => Transition::TertiaryLater,
            };
            (entry, matches!(now.stage, Stage::Short | Stage::Long))
        }
        _ => return None,
    })
}

#[test]
fn the_mean_chance_of_each_step_is_the_recorded_one() {
    let model = common::model(40_000, 3, 2024);
    let (mut expected, mut variance, mut taken) =
        ([[0.0; TRANSITIONS]; 2], [[0.0; TRANSITIONS]; 2], [[0.0; TRANSITIONS]; 2]);
    watch_steps(&model, 1985, |year, was, now| {
        let (person, age) = (now.person, now.person.age_reached(year));
        let chances = model.record.schooling.chances(person.sex, person.born);
        let mut face = |step: Transition, takes: bool| {
            let (sex, step) = (person.sex.index(), step as usize);
            let chance = f64::from(chances.mean[step]);
            expected[sex][step] += chance;
            variance[sex][step] += chance * (1.0 - chance);
            taken[sex][step] += f64::from(u8::from(takes));
        };
        // Whoever gives up a second time shows it no more.
        if was.schooling.gave_up && was.schooling.is_student() {
            return;
        }
        if let Some((step, takes)) = faced(was.schooling, now.schooling, age) {
            face(step, takes);
            if step == Transition::Start && takes {
                face(Transition::General, now.schooling.track == Track::General);
            }
        }
    });
    for sex in Sex::BOTH {
        for step in 0..TRANSITIONS {
            let (expected, taken) = (expected[sex.index()][step], taken[sex.index()][step]);
            if expected < 30.0 {
                continue;
            }
            let deviations = (taken - expected) / variance[sex.index()][step].sqrt();
            println!("{sex:?} step {step}: {taken} instead of {expected:.0}, {deviations:.1} sd");
            // Bins a quarter wide and rows added after the question leave a percent or two; the rest is chance.
            assert!((taken - expected).abs() < 0.03 * expected + 4.0 * variance[sex.index()][step].sqrt());
        }
    }
    assert!(expected[0][Transition::Start as usize] > 3_000.0 && expected[1][Transition::FinishLate as usize] > 100.0);
}

/// Those born here in some years.
fn cohort(everyone: &Everyone, born: std::ops::Range<i16>) -> impl Iterator<Item = &Seen> {
    everyone.values().filter(move |seen| seen.person.origin == Origin::Born && born.contains(&seen.person.born))
}

fn has_completed(seen: &Seen) -> bool {
    seen.schooling.level >= Level::UpperSecondary
}

#[test]
fn more_complete_the_better_their_marks_and_the_longer_their_parents_went_to_school() {
    let model = common::model(20_000, 1, 2020);
    watch(&model, 2020, |_, everyone| {
        // Some 4,500 people; each share has a standard error below 2 %.
        let of_marks = |marks: std::ops::Range<u8>| {
            share(cohort(everyone, 1975..1996).filter(|seen| marks.contains(&seen.schooling.marks)), has_completed)
        };
        let by_marks = [of_marks(10..33), of_marks(33..40), of_marks(40..47), of_marks(47..61)];
        let of_parents = |parents: &[Parents]| {
            share(cohort(everyone, 1975..1996).filter(|seen| parents.contains(&seen.schooling.parents)), has_completed)
        };
        let by_parents = [
            of_parents(&[Parents::Compulsory]),
            of_parents(&[Parents::UpperSecondary]),
            of_parents(&[Parents::TertiaryShort, Parents::TertiaryLong]),
        ];
        println!("{by_marks:.3?} {by_parents:.3?}");
        assert!(by_marks.windows(2).all(|two| two[1] > two[0] + 0.05), "{by_marks:?}");
        assert!(by_parents.windows(2).all(|two| two[1] > two[0] + 0.03), "{by_parents:?}");
    });
}

#[test]
fn an_arm_that_raises_completion_raises_it_for_somebody_and_lowers_it_for_nobody() {
    // Until 2035 nobody who turns 16 has a parent whom the arm reached.
    let fork = Fork::of(&common::model(6_000, 1, 2035), COMPLETION, 2.0);
    let mut gained = 0;
    for (before, after) in fork.at_the_end() {
        let (was, is) = (before.schooling, after.schooling);
        assert_eq!(was.marks, is.marks);
        // Children below the age of marks know of their parents what the arm has made of them.
        assert!(was.marks == 0 || was.parents == is.parents, "{was:?} {is:?}");
        assert!(has_completed(after) || !has_completed(before), "{before:?} {after:?}");
        gained += u32::from(has_completed(after) && !has_completed(before));
    }
    // Some 75 a year leave school at the age at which the arm reaches them, a fifth of them without having completed it.
    assert!(gained > 40, "{gained}");
}
