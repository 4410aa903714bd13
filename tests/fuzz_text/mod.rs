//! Texts for the reader of scenarios, made of numbers.

use std::fmt::Write;
use std::sync::LazyLock;

/// Texts that once made the reader fail.
pub const ONCE_WRONG: &[&str] = &[];

/// Words of the format, right and wrong.
static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "id title about area default from until who ramp decay coverage already fidelity uptake delivery capacity cost \
     params effect rule support measures equal_cost attribute is in below above years of by values nok per prices \
     value unit interval dist shape grade kind source also note left_out decisive lever form sex ages stronger \
     evidence mechanism parameter set measure strength as solve en no x help"
        .split_whitespace()
        .collect()
});

/// Values that stand somewhere in a scenario, or could.
const VALUES: &[&str] = &[
    "0",
    "1",
    "-1",
    "2",
    "10",
    "0.5",
    "1.5",
    "0.05",
    "2027",
    "2030",
    "2101",
    "-9223372036854775808",
    "9223372036854775807",
    "99999999999999999999",
    "1e308",
    "1e400",
    "-1e-320",
    "inf",
    "-inf",
    "nan",
    "0x7fff",
    "1_000",
    "true",
    "false",
    "\"\"",
    "\"coverage\"",
    "\"effect\"",
    "\"daily\"",
    "\"compulsory\"",
    "\"help\"",
    "\"1 + help / 2\"",
    "\"help ^ (0 - help)\"",
    "\"((((1))))\"",
    "\"1 / 0\"",
    "\"é^2\"",
    "\"smoking.stopping\"",
    "\"smoking.habit\"",
    "\"person.age\"",
    "\"school.level\"",
    "\"hazard-ratio\"",
    "\"rate-ratio\"",
    "\"odds-ratio\"",
    "\"death.all_causes\"",
    "\"births.fertility\"",
    "\"male\"",
    "\"smoking\"",
    "\"pattern\"",
    "\"start_price\"",
    "\"long-educated\"",
    "\"smoking-cessation\"",
    "\"five-percent\"",
    "\"cessation-universal\"",
    "\"assumed\"",
    "\"estimated\"",
    "\"thomas2021\"",
    "\"lognormal\"",
    "\"beta\"",
    "\"pert\"",
    "\"weak\"",
    "\"assumption\"",
    "\"person reached\"",
    "\"person-year reached\"",
    "\"year\"",
    "\"test\"",
    "\"\\u0000\"",
    "\"\u{1F6AD}\u{0301}\"",
    "'''a\nb'''",
    "\"\"\"a\n\"\"\"",
    "[]",
    "{}",
    "[1, 2]",
    "[2, 1]",
    "[18, 70]",
    "[0.1, 0.9]",
    "[\"daily\", \"former\"]",
    "[nan, nan]",
    "1979-05-27T07:32:00Z",
    "[[effect]]",
    "{ x = 1 }",
    "{ en = \"Test\", no = \"Prøve\" }",
    "{ years = 2, of = \"coverage\" }",
    "{ years = 0, of = \"effect\" }",
    "[{ attribute = \"smoking.habit\", is = \"daily\" }]",
    "[{ attribute = \"person.age\", in = [18, 40] }]",
    "[{ attribute = \"person.age\", below = nan }]",
    "[\"smoking-cessation\"]",
    "[{ id = \"smoking-cessation\", who = [{ attribute = \"school.level\", is = \"compulsory\" }] }]",
    "[{ id = \"smoking-cessation\", set = { outreach = 1 } }]",
    "{ nok = 100, per = \"person reached\", prices = 2018 }",
    "{ by = \"school.level\", values = { compulsory = 1, upper_secondary = 1, tertiary_short = 0.5, tertiary_long = 0 } }",
    "{ unit = \"ratio\", interval = [0, 100], kind = \"assumed\", note = \"a\" }",
    "{ value = 2, unit = \"a\", interval = [1, 3], dist = \"pert\", grade = \"assumption\", kind = \"assumed\", note = \"a\", decisive = true }",
];

/// Pieces of text, put anywhere.
const PIECES: &[&str] = &[
    "[",
    "]",
    "{",
    "}",
    "[[",
    "]]",
    "=",
    ",",
    ".",
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "#",
    "\\",
    "\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "-",
    "^",
    "(",
    ")",
    "*",
    "/",
    "+",
    "0",
    "9",
    "_",
    "e",
    "\u{0}",
    "\u{7f}",
    "é",
    "\u{202e}",
    "\u{feff}",
    "\u{10ffff}",
    "👩‍👩‍👧",
];

/// What is put where a section begins.
const SECTIONS: &[&str] = &[
    "[params]",
    "[params.help]",
    "[params.x]",
    "[[effect]]",
    "[effect.stronger]",
    "[effect.stronger.values]",
    "[[rule]]",
    "[[support]]",
    "[uptake]",
    "[uptake.values]",
    "[equal_cost]",
    "[cost]",
    "[[who]]",
    "[[measures]]",
    "[title]",
    "[a.b.c]",
    "[[effect.stronger]]",
    "[]",
];

/// A head that is in order, and something to do.
const SOUND: &str = "id = \"test\"\ntitle = { en = \"Test\", no = \"Prøve\" }\n";
const EFFECT: &str = "[[effect]]\nlever = \"smoking.stopping\"\nform = \"hazard-ratio\"\nvalue = 1.5\n\
    evidence = { unit = \"ratio\", interval = [0, 100], kind = \"assumed\", note = \"a\" }\n";

/// Numbers, one after the other; zeros when they are used up.
struct Numbers<'a>(std::slice::Iter<'a, u32>);

impl Numbers<'_> {
    fn next(&mut self) -> usize {
        self.0.next().map_or(0, |number| *number as usize)
    }

    fn below(&mut self, most: usize) -> usize {
        self.next() % most.max(1)
    }

    fn of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[self.below(all.len())]
    }

    fn is_over(&self) -> bool {
        self.0.as_slice().is_empty()
    }
}

/// The text that some numbers stand for.
pub fn text(numbers: &[u32], files: &[&str]) -> String {
    let mut numbers = Numbers(numbers.iter());
    match numbers.below(4) {
        0 => grown(&mut numbers),
        _ => changed(&mut numbers, files),
    }
}

/// A file made of words, some of them in their places.
fn grown(numbers: &mut Numbers) -> String {
    let mut text = String::new();
    if numbers.below(4) > 0 {
        text.push_str(SOUND);
    }
    while !numbers.is_over() {
        let _ = match numbers.below(8) {
            0 => writeln!(text, "{}", numbers.of(SECTIONS)),
            1 => writeln!(text, "{}{} = {}", numbers.of(PIECES), numbers.of(&WORDS), numbers.of(VALUES)),
            2 => writeln!(text, "{} = {{ {} = {} }}", numbers.of(&WORDS), numbers.of(&WORDS), numbers.of(VALUES)),
            _ => writeln!(text, "{} = {}", numbers.of(&WORDS), numbers.of(VALUES)),
        };
    }
    if text.len().is_multiple_of(2) {
        text.push_str(EFFECT);
    }
    text
}

/// One of the files, changed here and there.
fn changed(numbers: &mut Numbers, files: &[&str]) -> String {
    let mut text = numbers.of(files).to_owned();
    // Few changes leave much in order.
    let changes = 1 + numbers.below(4) * numbers.below(3);
    for _ in 0..changes {
        change(&mut text, numbers, files);
    }
    text
}

fn change(text: &mut String, numbers: &mut Numbers, files: &[&str]) {
    let at = |numbers: &mut Numbers, text: &str| text.floor_char_boundary(numbers.below(text.len() + 1));
    match numbers.below(12) {
        0 => lines(text, |lines| {
            lines.remove(numbers.below(lines.len()));
        }),
        1 => lines(text, |lines| lines.insert(numbers.below(lines.len()), lines[numbers.below(lines.len())].clone())),
        2 => lines(text, |lines| {
            let (one, other) = (numbers.below(lines.len()), numbers.below(lines.len()));
            lines.swap(one, other);
        }),
        3 => {
            let start = at(numbers, text);
            let end = text.ceil_char_boundary((start + numbers.below(12)).min(text.len()));
            text.replace_range(start..end, "");
        }
        4 => text.insert_str(at(numbers, text), numbers.of(PIECES)),
        5 => replace(text, numbers, |letter| letter.is_ascii_digit() || letter == '.', VALUES),
        6 => replace(text, numbers, |letter| letter.is_ascii_alphabetic() || letter == '_', &WORDS),
        7 => value(text, numbers.next(), numbers.of(VALUES)),
        8 => {
            let other = numbers.of(files);
            let (start, end) = (at(numbers, other), at(numbers, other));
            text.insert_str(at(numbers, text), &other[start.min(end)..start.max(end)]);
        }
        9 => {
            let piece = numbers.of(&["[", "{ a = ", "(", "a.", "[[", "\"", "\n[[effect]]", "1", "-", "é"]);
            text.insert_str(at(numbers, text), &piece.repeat(1 << numbers.below(10)));
        }
        10 => lines(text, |lines| lines.insert(numbers.below(lines.len()), numbers.of(SECTIONS).to_owned())),
        _ => {
            let line = format!("{} = {}", numbers.of(&WORDS), numbers.of(VALUES));
            lines(text, |lines| lines.insert(numbers.below(lines.len()), line));
        }
    }
}

/// Changes the lines of a text.
fn lines(text: &mut String, change: impl FnOnce(&mut Vec<String>)) {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.is_empty() {
        lines.push(String::new());
    }
    change(&mut lines);
    *text = lines.join("\n") + "\n";
}

/// Puts a word in the place of some run of letters.
fn replace(text: &mut String, numbers: &mut Numbers, is_of: impl Fn(char) -> bool, words: &[&str]) {
    let start = text.floor_char_boundary(numbers.below(text.len() + 1));
    let Some(first) = text[start..].find(&is_of).map(|first| start + first) else { return };
    let end = text[first..].find(|letter| !is_of(letter)).map_or(text.len(), |end| first + end);
    text.replace_range(first..end, numbers.of(words));
}

/// Puts a value after some sign of equality, to the end of the line.
fn value(text: &mut String, place: usize, value: &str) {
    let signs: Vec<usize> = text.match_indices(" = ").map(|(at, sign)| at + sign.len()).collect();
    if signs.is_empty() {
        return;
    }
    let start = signs[place % signs.len()];
    let end = text[start..].find('\n').map_or(text.len(), |end| start + end);
    text.replace_range(start..end, value);
}
