//! Education on record: what those who face a step in school do, `school_transitions.csv`, and what people of a year of birth have
//! attained at an age, `education_attained.csv`.

use std::path::Path;

use crate::error::Problems;
use crate::math::logit;
use crate::table::Key;
use crate::units::Sex;

use super::grid::{Between, Grid, SEX};

/// The steps in school, in the order of [`TRANSITIONS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Transition {
    /// Enters upper secondary school at 16.
    Start,
    /// Of those, on the general track.
    General,
    /// Leaves the general track in a year (17, 18).
    LeaveGeneral,
    /// Leaves the vocational track in a year (17 to 19).
    LeaveVocational,
    /// Finishes the general track at 19.
    FinishGeneral,
    /// Finishes the vocational track at 20.
    FinishVocational,
    /// Finishes either track at 21.
    FinishLate,
    /// Enters higher education in a year, from the general track (19 to 24).
    TertiaryGeneral,
    /// Enters higher education in a year, from the vocational track (20 to 25).
    TertiaryVocational,
    /// Enters higher education in a year from 26 to 34.
    TertiaryLater,
    /// Of those who enter, aims at a long degree.
    Long,
    /// Gives up studies in a year.
    LeaveTertiary,
    /// Completes upper secondary school as an adult, in a year (22 to 49).
    AdultUpper,
    /// Takes a short degree as an adult, in a year (35 to 54).
    AdultTertiary,
    /// Goes on from a short to a long degree, in each of the four years after it.
    Extend,
}

/// How many steps there are.
pub const TRANSITIONS: usize = 15;

/// Their words in the table.
const WORDS: [&str; TRANSITIONS] = [
    "start",
    "general",
    "leave_general",
    "leave_vocational",
    "finish_general",
    "finish_vocational",
    "finish_late",
    "tertiary_general",
    "tertiary_vocational",
    "tertiary_later",
    "long",
    "leave_tertiary",
    "adult_upper",
    "adult_tertiary",
    "extend",
];

const BORN: &[i32] =
    &[1930, 1935, 1940, 1945, 1950, 1955, 1960, 1965, 1970, 1975, 1980, 1985, 1990, 1995, 2000, 2005, 2010];
const BORN_LONG: &[i32] = &[
    1855, 1860, 1865, 1870, 1875, 1880, 1885, 1890, 1895, 1900, 1905, 1910, 1915, 1920, 1925, 1930, 1935, 1940, 1945,
    1950, 1955, 1960, 1965, 1970, 1975, 1980, 1985, 1990, 1995, 2000, 2005, 2010,
];
const AGES: &[i32] = &[20, 25, 30, 35, 40, 50, 60];

/// The chances of the steps, and their log odds, for one sex and year of birth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chances {
    /// Mean probabilities.
    pub mean: [f32; TRANSITIONS],
    /// Their log odds.
    pub log_odds: [f32; TRANSITIONS],
}

/// Education on record.
#[derive(Clone, Debug, Default)]
pub struct Schooling {
    /// By sex and year of birth.
    chances: Vec<Chances>,
    attained: Grid,
    /// Years of compulsory school and the age at its end, by year of birth.
    leaving: Vec<[f32; 2]>,
}

/// Years of compulsory school and the age at its end, without a table.
const LAW: [f32; 2] = [9.0, 16.0];
/// The first and the last year of birth with a law about leaving school.
const LEAVERS: [i16; 2] = [1855, 2010];
/// The first year of birth with chances of its own.
const FIRST_BORN: i16 = 1930;
/// Years of birth with chances of their own; later ones have the last one's.
const BIRTH_YEARS: usize = 81;

impl Schooling {
    pub(super) fn read(tables: &Path, problems: &mut Problems) -> Option<Self> {
        let keys =
            vec![SEX, Key::Grid { name: "birth_year", at: BORN }, Key::Word { name: "transition", words: &WORDS }];
        let transitions = Grid::read(&tables.join("school_transitions.csv"), keys, &["probability"], 1.0, problems);
        let keys = vec![SEX, Key::Grid { name: "birth_year", at: BORN_LONG }, Key::Grid { name: "age", at: AGES }];
        let levels = &["compulsory", "upper_secondary", "tertiary_short", "tertiary_long"];
        let attained = Grid::read_parts(&tables.join("education_attained.csv"), keys, levels, [1.0, 1.0], problems);
        let keys = vec![Key::Int { name: "birth_year", first: LEAVERS[0].into(), last: LEAVERS[1].into() }];
        let laws = &["compulsory_years", "leaving_age", "nine_year_school"];
        let leaving = Grid::read(&tables.join("school_leaving.csv"), keys, laws, 20.0, problems);
        let (transitions, attained, leaving) = (transitions?, attained?, leaving?);
        let births = usize::from((LEAVERS[1] - LEAVERS[0]).unsigned_abs()) + 1;
        let leaving = (0..births).map(|birth| [0, 1].map(|column| leaving.row(&[birth])[column])).collect();
        let chances = Sex::BOTH.into_iter().flat_map(|sex| (0..BIRTH_YEARS).map(move |year| (sex, year)));
        let chances = chances.map(|(sex, year)| {
            let way = Between::of(BORN, i32::from(FIRST_BORN) + i32::try_from(year).expect("some tens"));
            let mean = std::array::from_fn(|step| transitions.between::<1>(&[sex.index(), 0, step], 1, way)[0]);
            Chances { mean, log_odds: mean.map(logit) }
        });
        Some(Self { chances: chances.collect(), attained, leaving })
    }

    /// The mean chances of the steps of those of a sex and year of birth who face them.
    #[must_use]
    pub fn chances(&self, sex: Sex, born: i16) -> &Chances {
        let year = usize::try_from(born - FIRST_BORN).unwrap_or(0).min(BIRTH_YEARS - 1);
        &self.chances[sex.index() * BIRTH_YEARS + year]
    }

    /// Years of compulsory school of those born in a year: a mean while a reform spreads.
    #[must_use]
    pub fn compulsory_years(&self, born: i16) -> f32 {
        self.law(born)[0]
    }

    /// The age at which they may leave it.
    #[must_use]
    pub fn leaving_age(&self, born: i16) -> f32 {
        self.law(born)[1]
    }

    fn law(&self, born: i16) -> [f32; 2] {
        let [first, last] = LEAVERS;
        let birth = usize::from((born.clamp(first, last) - first).unsigned_abs());
        self.leaving.get(birth).copied().unwrap_or(LAW)
    }

    /// The shares of the four levels among people of a sex, year of birth and age.
    #[must_use]
    pub fn attained(&self, sex: Sex, born: i16, age: usize) -> [f32; 4] {
        let (of_birth, of_age) =
            (Between::of(BORN_LONG, born.into()), Between::of(AGES, i32::try_from(age).unwrap_or(0)));
        let at = |place: usize| self.attained.between::<4>(&[sex.index(), 0, place], 1, of_birth);
        let lower = at(of_age.lower);
        if of_age.part == 0.0 {
            return lower;
        }
        let upper = at(of_age.lower + 1);
        std::array::from_fn(|level| lower[level] + (upper[level] - lower[level]) * of_age.part)
    }
}
