//! What a run says of each arm: without it and with it, who gains, when, at what cost, how sure.

use std::fmt::Write;

use crate::analysis::answer::{Answer, BOTH, Change, EDUCATION, OfSex};
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
    add_effects(&mut text, arm, answer);
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
            line(text, &format!("    {level}"), *change, 100.0);
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

fn add_effects(text: &mut String, arm: &Arm, answer: &Answer) {
    let (last, ends) = (answer.last(), answer.ends());
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
    for end in ends.iter().filter(|end| **end != last) {
        add(&format!("everybody, {from}-{end}"), answer.effect(*end, BOTH, Whom::Group(0, 0), None));
    }
    let _ = write!(text, "\nreached: {} people, {} person-years", count(all.people), count(all.reached[1]));
    if all.cost > 0.0 {
        let _ = write!(text, "; cost {:.2} billion NOK", all.cost / 1e9);
        if all.gained[0] > 2.0 * all.gained[1] {
            let _ = write!(text, ", {} NOK for each year gained", count(all.cost / all.gained[0]));
        }
    } else if arm.parts.iter().any(|part| part.measure.cost.is_none()) {
        text.push_str("; its measures say nothing of a cost");
    }
    text.push('\n');
}

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
    format!("{} ({} to {})", count(value), count(value - WIDTH * error), count(value + WIDTH * error))
}

/// A number of people, deaths or NOK to three digits, thousands apart.
fn count(value: f64) -> String {
    if !value.is_finite() {
        return "-".to_owned();
    }
    let size = value.abs();
    let step = if size < 1.0 { 0.01 } else { libm::pow(10.0, (libm::floor(libm::log10(size)) - 2.0).max(0.0)) };
    let rounded = libm::round(value / step) * step;
    if size < 10.0 {
        return format!("{rounded:.1}");
    }
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
