//! What a run says of each arm: without it and with it, who gains, when, at what cost, how sure.

use std::fmt::Write;

use crate::analysis::answer::{Answer, BOTH, Change, EDUCATION, Moment, OfSex};
use crate::analysis::effects::{Row, Whom};
use crate::measures::{Arm, Variant};
use crate::model::twin::Generation;

/// Levels of education in words.
pub const LEVELS: [&str; 4] = ["compulsory school", "upper secondary", "higher, up to 4 years", "higher, over 4 years"];
/// Women and men.
const SEXES: [&str; 2] = ["women", "men"];
/// Half the width of an interval of 95 per cent, in standard errors.
const WIDTH: f64 = 1.96;

/// What each arm of a run does, with its decisive parameters at the ends of their intervals where they were run too.
pub fn texts(arms: &[Arm], answers: &[Option<Answer>], people: f64) -> String {
    let both = || arms.iter().zip(answers);
    let of = |(arm, answer): (&Arm, &Option<Answer>)| {
        let variants: Vec<(&Variant, &Answer)> = both()
            .filter_map(|(other, answer)| Some((other.variant.as_ref()?, answer.as_ref()?)))
            .filter(|(variant, _)| variant.of == arm.id)
            .collect();
        text(arm, answer.as_ref(), &variants, people)
    };
    both().filter(|(arm, _)| arm.variant.is_none()).map(of).collect()
}

/// What an arm does.
fn text(arm: &Arm, answer: Option<&Answer>, variants: &[(&Variant, &Answer)], people: f64) -> String {
    let mut text = format!("\n{} ({})\n", arm.title.en, arm.id);
    let Some(answer) = answer else { return text };
    let [from, to] = answer.years;
    let _ = writeln!(
        text,
        "\n{:<40}{:>9}{:>9}{:>9}   {}",
        format!("In {from}-{to}"),
        "without",
        "with",
        "change",
        INTERVAL
    );
    for of_sex in &answer.by_sex {
        add_years(&mut text, of_sex);
    }
    add_lives(&mut text, answer);
    add_moments(&mut text, answer);
    add_effects(&mut text, answer);
    add_reach(&mut text, answer);
    add_variants(&mut text, answer, variants);
    add_hidden(&mut text, answer, people);
    text
}

const INTERVAL: &str = "95 % interval";

fn add_years(text: &mut String, of_sex: &OfSex) {
    let sex = SEXES[of_sex.sex];
    line(text, &format!("life expectancy at birth, {sex}"), of_sex.at_birth, 1.0);
    let _ = writeln!(text, "years left at 35, {sex}");
    for (level, change) in LEVELS.iter().zip(&of_sex.at_35) {
        line(text, &format!("  {level}"), *change, 1.0);
    }
    line(text, "  longest less shortest", of_sex.gap, 1.0);
    line(text, "  slope index of inequality", of_sex.slope, 1.0);
}

fn add_lives(text: &mut String, answer: &Answer) {
    let _ = writeln!(text, "per cent of people in {}", answer.last());
    for lived in &answer.lived {
        let word = lived.outcome.replace('_', " ");
        line(text, &format!("  {word}"), lived.all, 100.0);
        for (level, change) in LEVELS.iter().zip(&lived.by_education) {
            line(text, &format!("    {level}, 25-74"), *change, 100.0);
        }
    }
}

/// A line of a figure without and with the arm.
fn line(text: &mut String, what: &str, change: Option<Change>, times: f64) {
    let Some(change) = change.filter(|change| change.without.is_finite()) else { return };
    let [value, error] = change.change.map(|number| number * times);
    let _ = writeln!(
        text,
        "{what:<40}{:>9.2}{:>9.2}{value:>+9.3}   {:+.3} to {:+.3}",
        change.without * times,
        change.with * times,
        value - WIDTH * error,
        value + WIDTH * error
    );
}

fn add_effects(text: &mut String, answer: &Answer) {
    let last = answer.last();
    let Some(all) = answer.effect(last, BOTH, Whom::Group(0, 0), None) else { return };
    let from = all.years[0];
    let _ = writeln!(
        text,
        "\nWho gains, {from}-{last}: the same people, in the groups they have without it\n{:<40}{:>28}{:>30}",
        "", "years of life gained", "premature deaths avoided"
    );
    let mut add = |what: &str, row: Option<&Row>| {
        if let Some(row) = row {
            let _ = writeln!(text, "{what:<40}{:>28}{:>30}", with_interval(row.gained), with_interval(row.avoided));
        }
    };
    add("everybody", Some(all));
    for (sex, word) in SEXES.iter().enumerate() {
        add(&format!("  {word}"), answer.effect(last, sex, Whom::Group(0, 0), None));
    }
    for (group, level) in LEVELS.iter().enumerate() {
        add(&format!("  {level}"), answer.effect(last, BOTH, Whom::Group(EDUCATION, group), None));
    }
    add("  under 30", answer.effect(last, BOTH, Whom::Young(EDUCATION), None));
    for (generation, word) in Generation::ALL.into_iter().zip(GENERATIONS) {
        add(word, answer.effect(last, BOTH, Whom::Group(0, 0), Some(generation)));
    }
}

/// What becomes of the effect over time.
fn add_moments(text: &mut String, answer: &Answer) {
    let _ = write!(text, "\n{:<34}", "When: the change");
    answer.moments.iter().for_each(|moment| {
        let _ = write!(text, "{:>16}", format!("{}-{}", moment.years[0], moment.years[1]));
    });
    text.push('\n');
    let mut add = |what: &str, times: f64, of: &dyn Fn(&Moment) -> Option<Change>| {
        let _ = write!(text, "{what:<34}");
        for moment in &answer.moments {
            let change = of(moment).map(|change| change.change.map(|number| number * times));
            let told =
                change.map_or_else(|| "-".to_owned(), |[value, error]| format!("{value:+.3} ±{:.3}", WIDTH * error));
            let _ = write!(text, "{told:>16}");
        }
        text.push('\n');
    };
    for (sex, word) in SEXES.iter().enumerate() {
        add(&format!("life expectancy at birth, {word}"), 1.0, &|moment| moment.at_birth[sex]);
    }
    for (sex, word) in SEXES.iter().enumerate() {
        add(&format!("slope index at 35, {word}"), 1.0, &|moment| moment.slope[sex]);
    }
    add("per cent who smoke daily", 100.0, &|moment| moment.smoking.all);
    for (group, level) in LEVELS.iter().enumerate() {
        let of = move |moment: &Moment| moment.smoking.by_education.get(group).copied().flatten();
        add(&format!("  {level}"), 100.0, &of);
    }
    let _ = write!(text, "{:<34}", "years of life gained so far");
    for moment in &answer.moments {
        let row = answer.effect(moment.years[1], BOTH, Whom::Group(0, 0), None);
        let told = row.map_or_else(
            || "-".to_owned(),
            |row| format!("{} ±{}", count(row.gained[0]), count(WIDTH * row.gained[1])),
        );
        let _ = write!(text, "{told:>16}");
    }
    text.push_str("\n±: half of the interval of 95 %\n");
}

/// Whom each measure reached, and what it cost.
fn add_reach(text: &mut String, answer: &Answer) {
    let Some(from) = answer.effects.first().map(|row| row.years[0]) else { return };
    let _ = writeln!(
        text,
        "\n{:<40}{:>13}{:>13}{:>13}{:>25}",
        format!("Whom measures reached, {from}-{}", answer.last()),
        "eligible",
        "reached",
        "simulated",
        "cost"
    );
    for reach in &answer.reach {
        let cost = reach.cost.map_or_else(
            || "not said".to_owned(),
            |cost| format!("{} mill. NOK of {}", count(cost / 1e6), reach.prices),
        );
        let [eligible, reached] = reach.person_years.map(count);
        let _ =
            writeln!(text, "{:<40}{eligible:>13}{reached:>13}{:>13}{cost:>25}", reach.measure, count(reach.simulated));
    }
    text.push_str("person-years; simulated: person-years of the people simulated, each of whom stands for many\n");
    if answer.reach.iter().any(|reach| (1.0..FEW).contains(&reach.simulated)) {
        text.push_str("Fewer than 1,000 were simulated of some: simulate more people before you tell them by group.\n");
    }
    let all = answer.effect(answer.last(), BOTH, Whom::Group(0, 0), None);
    if let Some(all) = all.filter(|all| all.cost > 0.0 && all.gained[0] > 2.0 * all.gained[1]) {
        let _ = writeln!(text, "{} NOK for each year of life gained, undiscounted", count(all.cost / all.gained[0]));
    }
}

/// Person-years simulated below which groups say little.
const FEW: f64 = 1000.0;

const GENERATIONS: [&str; 4] = ["  reached by a measure", "  their children", "  their grandchildren", "  others"];

/// What becomes of the effect at the ends of the intervals of decisive parameters.
fn add_variants(text: &mut String, central: &Answer, variants: &[(&Variant, &Answer)]) {
    if variants.is_empty() {
        return;
    }
    let last = central.last();
    let _ = writeln!(
        text,
        "\n{:<40}{:>18}{:>18}{:>22}",
        "One parameter at an end of its interval", "slope, women", "slope, men", "years of life gained"
    );
    let mut add = |what: &str, answer: &Answer| {
        let slope = |sex: usize| {
            answer.by_sex.get(sex).and_then(|of_sex| of_sex.slope).map_or_else(
                || "-".to_owned(),
                |slope| format!("{:+.3} ±{:.3}", slope.change[0], WIDTH * slope.change[1]),
            )
        };
        let gained = answer.effect(last, BOTH, Whom::Group(0, 0), None).map_or_else(
            || "-".to_owned(),
            |row| format!("{} ±{}", count(row.gained[0]), count(WIDTH * row.gained[1])),
        );
        let _ = writeln!(text, "{what:<40}{:>18}{:>18}{gained:>22}", slope(0), slope(1));
    };
    add("all as the files have it", central);
    for (variant, answer) in variants {
        add(&format!("{} = {}", variant.parameter, variant.value), answer);
    }
}

/// Says which effects chance hides, and how many people would show them.
fn add_hidden(text: &mut String, answer: &Answer, people: f64) {
    for of_sex in &answer.by_sex {
        let sex = SEXES[of_sex.sex];
        let told = [("life expectancy at birth", of_sex.at_birth), ("the slope index at 35", of_sex.slope)];
        for (what, change) in told {
            let Some(needed) = change.and_then(|change| change.people_needed(people)) else { continue };
            let _ = writeln!(
                text,
                "The change of {what} of {sex} is below two standard errors: a change of that size would show among {} people.",
                count(needed)
            );
        }
    }
    text.push_str("Intervals are of chance alone; those of uncertain parameters come on top.\n");
}

fn with_interval([value, error]: [f64; 2]) -> String {
    if value == 0.0 && error == 0.0 {
        return "none seen".to_owned();
    }
    format!("{} ({} to {})", count(value), count(value - WIDTH * error), count(value + WIDTH * error))
}

/// A number of people, deaths or NOK to three digits, thousands apart.
fn count(value: f64) -> String {
    if !value.is_finite() {
        return "-".to_owned();
    }
    let size = value.abs();
    if size < 10.0 {
        return format!("{value:.1}");
    }
    let step = libm::pow(10.0, (libm::floor(libm::log10(size)) - 2.0).max(0.0));
    let rounded = libm::round(value / step) * step;
    let digits = format!("{:.0}", rounded.abs());
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|part| std::str::from_utf8(part).expect("digits")).collect();
    format!("{}{}", if value < 0.0 { "-" } else { "" }, groups.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_three_digits_that_mean_something() {
        let counts = [0.0, 3.26, -41.4, 1_234.0, 987_654.0, -12_345_678.0, f64::NAN].map(count);
        assert_eq!(counts, ["0.0", "3.3", "-41", "1,230", "988,000", "-12,300,000", "-"]);
    }
}
