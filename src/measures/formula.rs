//! Formulas: a value made of parameters.
//!
//! ```text
//! price_rise * (1 - leakage)          1 + attempts * (helped / unhelped - 1)          odds_ratio ^ per_step
//! ```
//!
//! Names are parameters of the measure, which have evidence; numbers are whole and at most 10, for a number that says something about
//! the world needs a name. `^` binds tighter than `*` and `/`, these tighter than `+` and `-`; what stands first goes first, and
//! brackets go before all.

use std::ops::Range;

/// So deep brackets may stand in brackets.
const DEEPEST: usize = 16;
/// So long a formula may be.
const LONGEST: usize = 400;

/// A formula, read.
#[derive(Clone, Debug, PartialEq)]
pub enum Formula {
    /// A whole number, or one with evidence of its own.
    Number(f64),
    /// A parameter.
    Name(String),
    /// Two formulas and what is done to them.
    Of(Box<Self>, Operator, Box<Self>),
}

/// What is done to two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `a + b`
    Plus,
    /// `a - b`
    Minus,
    /// `a * b`
    Times,
    /// `a / b`
    By,
    /// `a ^ b`
    Power,
}

impl Operator {
    const fn of(letter: char) -> Option<Self> {
        Some(match letter {
            '+' => Self::Plus,
            '-' => Self::Minus,
            '*' => Self::Times,
            '/' => Self::By,
            '^' => Self::Power,
            _ => return None,
        })
    }

    pub(super) const fn binds(self) -> u8 {
        match self {
            Self::Plus | Self::Minus => 1,
            Self::Times | Self::By => 2,
            Self::Power => 3,
        }
    }
}

/// What is wrong in a formula, and where in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// What is wrong.
    pub message: String,
    /// Where, in bytes.
    pub at: Range<usize>,
}

impl Formula {
    /// Reads a formula.
    ///
    /// ```
    /// use livslop::measures::formula::Formula;
    /// let formula = Formula::read("1 + rise * (1 - leakage)").unwrap();
    /// let value = formula.value(&|name| Some(if name == "rise" { 0.4 } else { 0.25 })).unwrap();
    /// assert!((value - 1.3).abs() < 1e-12);
    /// ```
    ///
    /// # Errors
    ///
    /// What is wrong, with its place.
    pub fn read(text: &str) -> Result<Self, Slip> {
        if text.len() > LONGEST {
            return Err(Slip { message: format!("a formula of {} letters", text.len()), at: 0..text.len() });
        }
        let mut reader = Reader { words: words(text)?, next: 0, end: text.len() };
        let formula = reader.sum(0, 0)?;
        match reader.words.get(reader.next) {
            None => Ok(formula),
            Some((")", at)) => Err(Slip { message: "this bracket was never opened".to_owned(), at: at.clone() }),
            Some((word, at)) => {
                let none = if *word == "(" { "; there are no functions" } else { "" };
                Err(Slip { message: format!("`{word}` follows without a sign between{none}"), at: at.clone() })
            }
        }
    }

    /// Its value, if every name has one.
    ///
    /// # Errors
    ///
    /// The name that has none.
    pub fn value(&self, of: &impl Fn(&str) -> Option<f64>) -> Result<f64, &str> {
        Ok(match self {
            Self::Number(number) => *number,
            Self::Name(name) => of(name).ok_or(&name[..])?,
            Self::Of(a, operator, b) => {
                let (a, b) = (a.value(of)?, b.value(of)?);
                match operator {
                    Operator::Plus => a + b,
                    Operator::Minus => a - b,
                    Operator::Times => a * b,
                    Operator::By => a / b,
                    Operator::Power => libm::pow(a, b),
                }
            }
        })
    }

    /// Why it has no value, or none that is a number: the first step at which that happens.
    #[must_use]
    pub fn breaks_at(&self, of: &impl Fn(&str) -> Option<f64>) -> Option<&'static str> {
        let Self::Of(a, operator, b) = self else { return None };
        if let Some(why) = a.breaks_at(of).or_else(|| b.breaks_at(of)) {
            return Some(why);
        }
        if self.value(of).ok()?.is_finite() {
            return None;
        }
        let (a, b) = (a.value(of).ok()?, b.value(of).ok()?);
        Some(match operator {
            Operator::By if b == 0.0 => "divides by 0",
            Operator::Power if a == 0.0 => "divides by 0: it raises 0 to a power below 0",
            Operator::Power if a < 0.0 && b.fract() != 0.0 => "takes a root of a number below 0",
            Operator::Plus | Operator::Minus | Operator::Times | Operator::By | Operator::Power => {
                "grows beyond all bounds"
            }
        })
    }

    /// The parameters it is made of, each as often as it stands there.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Number(_) => Vec::new(),
            Self::Name(name) => vec![name],
            Self::Of(a, _, b) => a.names().into_iter().chain(b.names()).collect(),
        }
    }
}

type Word<'a> = (&'a str, Range<usize>);

/// Names, numbers and signs with their places.
fn words(text: &str) -> Result<Vec<Word<'_>>, Slip> {
    let mut words = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, letter)) = rest.next() {
        let mut end = start + letter.len_utf8();
        if letter.is_whitespace() {
            continue;
        }
        if is_of_name(letter) {
            let number = letter.is_ascii_digit();
            let goes_on = |letter: char| is_of_name(letter) || (number && letter == '.');
            while let Some((at, letter)) = rest.next_if(|(_, letter)| goes_on(*letter)) {
                end = at + letter.len_utf8();
            }
        } else if Operator::of(letter).is_none() && letter != '(' && letter != ')' {
            return Err(Slip { message: format!("`{letter}` has no meaning in a formula"), at: start..end });
        }
        words.push((&text[start..end], start..end));
    }
    Ok(words)
}

const fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

struct Reader<'a> {
    words: Vec<Word<'a>>,
    next: usize,
    end: usize,
}

impl Reader<'_> {
    /// Reads what binds tighter than `than`.
    fn sum(&mut self, than: u8, depth: usize) -> Result<Formula, Slip> {
        let mut formula = self.one(depth)?;
        while let Some(operator) = self.operator().filter(|operator| operator.binds() > than) {
            self.next += 1;
            let other = self.sum(operator.binds(), depth)?;
            formula = Formula::Of(Box::new(formula), operator, Box::new(other));
        }
        Ok(formula)
    }

    fn operator(&self) -> Option<Operator> {
        self.words.get(self.next).and_then(|(word, _)| word.chars().next()).and_then(Operator::of)
    }

    fn one(&mut self, depth: usize) -> Result<Formula, Slip> {
        let Some((word, at)) = self.words.get(self.next).cloned() else {
            return Err(Slip { message: "the formula breaks off".to_owned(), at: 0..self.end });
        };
        self.next += 1;
        let slip = |message: String| Err(Slip { message, at: at.clone() });
        match word {
            "(" if depth == DEEPEST => slip("too many brackets".to_owned()),
            "(" => {
                let formula = self.sum(0, depth + 1)?;
                match self.words.get(self.next) {
                    Some((")", _)) => self.next += 1,
                    _ => return slip("this bracket is never closed".to_owned()),
                }
                Ok(formula)
            }
            word if word.starts_with(|letter: char| letter.is_ascii_digit()) => match word.parse::<u8>() {
                Ok(number) if number <= 10 => Ok(Formula::Number(number.into())),
                _ => slip(format!("`{word}` is no whole number up to 10: give it a name and evidence in [params]")),
            },
            word if word.starts_with(is_of_name) => Ok(Formula::Name(word.to_owned())),
            "-" => slip("a formula does not begin with `-`: write `0 - …`".to_owned()),
            word => slip(format!("`{word}` has no place here")),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(text: &str) -> f64 {
        let of = |name: &str| match name {
            "a" => Some(2.5),
            "b" => Some(0.5),
            _ => None,
        };
        Formula::read(text).expect("a formula").value(&of).expect("known names")
    }

    #[test]
    fn powers_bind_before_products_and_these_before_sums() {
        assert_eq!(value("1 + a * b ^ 2"), 1.0 + 2.5 * 0.25);
        assert_eq!(value("(1 + a) * b"), 1.75);
        assert_eq!(value("10 - 3 - 2"), 5.0);
        assert_eq!(value("8 / 2 / 2"), 2.0);
        assert_eq!(value("4^(1/2)"), 2.0);
    }

    #[test]
    fn a_slip_has_its_place() {
        let slip = |text: &str| Formula::read(text).expect_err("a slip");
        assert_eq!(slip("a * 0.5").at, 4..7);
        assert_eq!(slip("a * 12").at, 4..6);
        assert_eq!(slip("a b").message, "`b` follows without a sign between");
        assert_eq!(slip("a b").at, 2..3);
        assert_eq!(slip("a)").message, "this bracket was never opened");
        assert_eq!(slip("(a + b").at, 0..1);
        assert_eq!(slip("a *").message, "the formula breaks off");
        assert_eq!(slip("").message, "the formula breaks off");
        assert_eq!(slip(&"(".repeat(100)).message, "too many brackets");
    }

    #[test]
    fn a_formula_without_a_value_says_why() {
        let of = |name: &str| Some(if name == "zero" { 0.0 } else { -2.0 });
        let why = |text: &str| Formula::read(text).expect("a formula").breaks_at(&of);
        assert_eq!(why("1 + 2 / zero"), Some("divides by 0"));
        assert_eq!(why("zero / zero * 2"), Some("divides by 0"));
        assert_eq!(why("1 / zero ^ a"), Some("divides by 0: it raises 0 to a power below 0"));
        assert_eq!(why("a ^ (1 / 2)"), Some("takes a root of a number below 0"));
        assert_eq!(why("10 ^ (10 ^ 10)"), Some("grows beyond all bounds"));
        assert_eq!(why("a ^ 2 / 3"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,60}") {
            let _ = Formula::read(&text);
        }

        #[test]
        fn formulas_of_any_shape_are_read(text in "[ab1-9+*/^() -]{0,60}") {
            if let Ok(formula) = Formula::read(&text) {
                let _ = formula.value(&|_| Some(1.5));
            }
        }
    }
}
