//! Smoking: the order of habits, what moves them, and what children meet.

use livslop::processes::smoking::{Habit, PRICE, STARTING, STOPPING, exposed};
use livslop::run::model::Model;

use crate::common;
use crate::people::{Fork, Seen, share, watch, watch_steps};

#[test]
fn habits_follow_each_other_in_order_and_begin_in_youth() {
    let model = common::model(6_000, 1, 2010);
    let [mut started, mut stopped, mut again] = [0; 3];
    watch_steps(&model, 1951, |year, was, now| {
        let (age, was, now) = (now.person.age_reached(year), was.smoking, now.smoking);
        match (was.habit, now.habit) {
            (Habit::Never, Habit::Daily) => {
                started += 1;
                assert!((13..=29).contains(&age) && usize::from(now.since) == age, "{year}: starts at {age}");
                assert!((1..=60).contains(&now.cigarettes), "{year}: {now:?}");
            }
            (Habit::Daily, Habit::Former) => {
                stopped += 1;
                let years = u8::try_from(age).expect("an age") - was.since;
                assert_eq!(now.smoked, was.smoked + years, "{year}: {was:?} to {now:?}");
            }
            (Habit::Former, Habit::Daily) => {
                again += 1;
                assert_eq!((now.smoked, now.cigarettes), (was.smoked, was.cigarettes));
            }
            (before, after) => assert_eq!(before, after, "{year}, {age}"),
        }
        assert!(now.pack_years(age) >= was.pack_years(age - 1), "{year}: {was:?} to {now:?}");
        assert!(was.exposed & !now.exposed == 0, "exposure is for life");
    });
    assert!(started > 500 && stopped > 500 && again > 100, "{started} {stopped} {again}");
}

/// A model in which nobody's death, and so nobody's family, depends on smoking.
fn without_deaths(people: u32, until: i16) -> Model {
    common::model_with(&common::NO_RELATIVE_RISKS, people, 1, until)
}

#[test]
fn whoever_stops_more_easily_stops_no_later() {
    let fork = Fork::of(&without_deaths(6_000, 2050), STOPPING, 1.5);
    // Those who smoke in the first year of both, until they first do not.
    let smokers = fork.reference[0].iter().filter(|(_, seen)| seen.smoking.habit == Habit::Daily).map(|(id, _)| *id);
    let stops = |leg: &[crate::people::Everyone], id: u64| {
        leg.iter()
            .position(|year| year.get(&id).is_none_or(|seen| seen.smoking.habit != Habit::Daily))
            .unwrap_or(leg.len())
    };
    let pairs: Vec<(usize, usize)> = smokers.map(|id| (stops(&fork.reference, id), stops(&fork.arm, id))).collect();
    assert!(pairs.iter().all(|(reference, arm)| arm <= reference), "{pairs:?}");
    let earlier = pairs.iter().filter(|(reference, arm)| arm < reference).count();
    assert!(earlier * 2 > pairs.len(), "{earlier} of {}", pairs.len());
}

fn smokes(seen: &Seen) -> bool {
    seen.smoking.habit == Habit::Daily
}

fn has_smoked(seen: &Seen) -> bool {
    seen.smoking.habit != Habit::Never
}

#[test]
fn a_lower_hazard_of_starting_makes_nobody_start_who_would_not_have() {
    // Children of those who do not start are exposed to less, too: nobody's hazard is higher.
    let fork = Fork::of(&without_deaths(8_000, 2050), STARTING, 0.3);
    let grown = |(before, after): &(&Seen, &Seen)| {
        assert!(has_smoked(before) || !has_smoked(after), "{before:?} {after:?}");
        has_smoked(before) && !has_smoked(after)
    };
    let spared = fork.at_the_end().filter(grown).count();
    assert!(spared > 20, "{spared}");
}

#[test]
fn dearer_tobacco_means_fewer_smokers() {
    let fork = Fork::of(&without_deaths(8_000, 2045), PRICE, 2.0);
    let prevalence = |leg: &[crate::people::Everyone]| share(leg.last().expect("years").values(), smokes);
    let (before, after) = (prevalence(&fork.reference), prevalence(&fork.arm));
    println!("{before:.4} {after:.4}");
    // Same luck in both: stopping is 2^0.4 = 1.3 times, starting 2^-0.4 = 0.76 times as likely.
    assert!(after < 0.9 * before, "{after} instead of {before}");
}

#[test]
fn children_of_smokers_start_more_often() {
    let model = common::model(20_000, 1, 2000);
    watch(&model, 2000, |year, everyone| {
        let of = |bit: u8| {
            let youth = everyone.values().filter(|seen| (30..50).contains(&seen.person.age_reached(year)));
            let youth: Vec<&Seen> = youth
                .filter(|seen| (seen.smoking.exposed & exposed::PARENT == bit) && !seen.person.entered.gt(&1970))
                .collect();
            (youth.len(), share(youth.iter().copied(), has_smoked))
        };
        let ((alone, without), (with_parent, with)) = (of(0), of(exposed::PARENT));
        println!("{alone} {without:.3} {with_parent} {with:.3}");
        // Thousands in each; a hazard ratio of 1.7 on top of what schooling makes of it.
        assert!(alone > 500 && with_parent > 500 && with > without + 0.08, "{with} against {without}");
    });
}

#[test]
fn mothers_who_smoke_are_counted_before_and_after_pregnancy() {
    let model = common::model(20_000, 1, 2024);
    let outcome = common::simulate(&model, &[]);
    let counted = |from: i16, to: i16, column: &str| -> f64 {
        let years = outcome.reference.years.iter().filter(|cells| (from..=to).contains(&cells.year.0));
        let sums = years.map(|cells| cells.counted(model.shape, common::counter(&model, column)));
        sums.map(|of| of.as_flattened().iter().copied().map(|n| u32::try_from(n).expect("few")).sum::<u32>())
            .map(f64::from)
            .sum()
    };
    for (from, to, stops) in [(1960, 1979, 0.15), (2015, 2024, 0.4)] {
        let [start, end, births] =
            ["mothers_smoking_at_start", "mothers_smoking_at_end", "births"].map(|column| counted(from, to, column));
        println!("{from}-{to}: {start} of {births} at the start, {end} at the end");
        assert!(start > 0.01 * births && start < 0.6 * births && end <= start);
        // Of n mothers a share p stops: standard error √(p(1 − p)/n); bound 4.
        let bound = 4.0 * (stops * (1.0 - stops) / start).sqrt();
        assert!((1.0 - end / start - stops).abs() < bound, "{} stop, bound {bound}", 1.0 - end / start);
    }
}
