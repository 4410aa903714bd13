//! Policy as data: what an arm does to the levers, read from a TOML file.
//!
//! An arm names levers, never mechanisms, and no mechanism knows an arm. An effect multiplies what a lever moves, for
//! everyone or for one sex or some ages, from a year on.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use crate::config::names::did_you_mean;
use crate::config::{Evidence, Kind, Sources, parse};
use crate::error::{BadConfig, Problems, SourceFile};
use crate::model::lever::{Change, Form, Lever, Levers, Within};
use crate::record::future::Text;
use crate::units::{Ratio, Sex, Year};

/// Ids name files and columns of tables.
const LONGEST_ID: usize = 60;

/// A scenario file, read but not yet checked against the levers there are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: Spanned<String>,
    title: Text,
    default: Option<bool>,
    from: Spanned<i16>,
    until: Option<Spanned<i16>>,
    effect: Spanned<Vec<WrittenEffect>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEffect {
    lever: Spanned<String>,
    form: Spanned<Form>,
    value: Spanned<Ratio>,
    sex: Option<SexWord>,
    ages: Option<Spanned<[u8; 2]>>,
    evidence: Spanned<Evidence>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SexWord {
    Female,
    Male,
}

impl SexWord {
    const fn sex(self) -> Sex {
        match self {
            Self::Female => Sex::Female,
            Self::Male => Sex::Male,
        }
    }
}

/// One arm beside the reference.
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    /// Its name in every output.
    pub id: String,
    /// What it is.
    pub title: Text,
    /// Whether it is run when no scenario is named.
    pub default: bool,
    /// The file's text, for the manifest and for hashes.
    pub text: String,
    /// Where it was read.
    pub path: PathBuf,
    from: Year,
    until: Year,
    effects: Vec<ArmEffect>,
}

#[derive(Clone, Debug, PartialEq)]
struct ArmEffect {
    lever: Lever,
    ratio: f32,
    sex: Option<SexWord>,
    ages: [u8; 2],
}

/// What an arm is checked against.
#[derive(Clone, Copy)]
pub struct Against<'a> {
    /// The levers that mechanisms declare.
    pub levers: &'a [Lever],
    /// The sources that may be cited.
    pub sources: &'a Sources,
    /// The first year in which arms may differ.
    pub branch: Year,
    /// The last year simulated.
    pub until: Year,
}

impl Arm {
    /// Reads and checks a scenario file.
    ///
    /// Everything wrong is added to `problems`; then there is no arm.
    pub fn load(path: &Path, against: Against, problems: &mut Problems) -> Option<Self> {
        let file = SourceFile::read(path, problems)?;
        let written: Written = parse(&file, problems)?;
        let before = problems.len();
        written.check(&file, against, problems);
        let effects =
            written.effect.get_ref().iter().filter_map(|effect| effect.resolve(&file, against, problems)).collect();
        (problems.len() == before).then(|| Self {
            id: written.id.into_inner(),
            title: written.title,
            default: written.default.unwrap_or(false),
            text: file.text.to_string(),
            path: path.to_owned(),
            from: Year(written.from.into_inner()),
            until: written.until.map_or(against.until, |until| Year(until.into_inner())),
            effects,
        })
    }

    /// The first and the last year in which the arm does something.
    #[must_use]
    pub const fn years(&self) -> (Year, Year) {
        (self.from, self.until)
    }

    /// What the arm does to the levers in a year.
    #[must_use]
    pub fn levers(&self, year: Year) -> Levers {
        let mut levers = Levers::default();
        if !(self.from..=self.until).contains(&year) {
            return levers;
        }
        for effect in &self.effects {
            let within = Within { sex: effect.sex.map(SexWord::sex), ages: effect.ages };
            levers.change(effect.lever, Change::Times(effect.ratio), within);
        }
        levers
    }
}

impl Written {
    fn check(&self, file: &SourceFile, against: Against, problems: &mut Problems) {
        let (id, from) = (self.id.get_ref(), *self.from.get_ref());
        let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        if id.is_empty() || !id.chars().all(plain) {
            let message = format!("`{id}` is not an identifier");
            problems
                .push(BadConfig::at(file, self.id.span(), message).help("use small letters a-z, digits and hyphens"));
        } else if id.len() > LONGEST_ID {
            let message = format!("an id of {} letters", id.len());
            problems.push(BadConfig::at(file, self.id.span(), message).help(format!("use at most {LONGEST_ID}")));
        } else if id == "history" {
            problems.push(
                BadConfig::at(file, self.id.span(), "`history` is the name of the years before the branch")
                    .help("choose another id"),
            );
        } else if id == "reference" {
            problems.push(
                BadConfig::at(file, self.id.span(), "`reference` is the name of the arm without measures")
                    .help("choose another id"),
            );
        }
        if !(against.branch.0..=against.until.0).contains(&from) {
            let message = format!("{from} is outside the years in which arms may differ");
            let help = format!("give a year from {} to {}", against.branch, against.until);
            problems.push(BadConfig::at(file, self.from.span(), message).help(help));
        }
        if let Some(until) = &self.until
            && *until.get_ref() < from
        {
            let message = format!("the arm ends in {} before it starts in {from}", until.get_ref());
            problems.push(
                BadConfig::at(file, until.span(), message).help("give a year not before `from`, or leave `until` out"),
            );
        }
        if self.effect.get_ref().is_empty() {
            problems.push(BadConfig::at(file, self.effect.span(), "the arm has no effect").help("add an [[effect]]"));
        }
    }
}

impl WrittenEffect {
    fn resolve(&self, file: &SourceFile, against: Against, problems: &mut Problems) -> Option<ArmEffect> {
        let before = problems.len();
        let (name, form, ratio) = (self.lever.get_ref(), *self.form.get_ref(), self.value.get_ref().value());
        let lever = against.levers.iter().find(|lever| lever.name == name.as_str());
        match lever {
            None => {
                let message = format!("there is no lever `{name}`");
                let help = did_you_mean(name, against.levers.iter().map(|lever| lever.name));
                problems.push(BadConfig::at(file, self.lever.span(), message).help(help));
            }
            Some(lever) if lever.form != form => {
                let message = format!("`{name}` is not moved by a {}", form.word());
                let help = format!("its form is `{}`", lever.form.word());
                problems.push(BadConfig::at(file, self.form.span(), message).help(help));
            }
            Some(_) => {}
        }
        let ages = self.ages.as_ref().map_or([0, 127], |ages| *ages.get_ref());
        if ages[0] > ages[1] {
            let span = self.ages.as_ref().map_or(0..0, Spanned::span);
            problems.push(
                BadConfig::at(file, span, format!("ages run from {} to {}", ages[0], ages[1]))
                    .help("give the lower age first"),
            );
        }
        if let Some(lever) = lever {
            let other_sex = lever.sex.zip(self.sex).is_some_and(|(reached, meant)| reached != meant.sex());
            let other_ages = ages[1] < lever.ages[0] || lever.ages[1] < ages[0];
            if other_sex || other_ages {
                let whom = lever.sex.map_or("everyone", |sex| match sex {
                    Sex::Female => "women",
                    Sex::Male => "men",
                });
                let message = format!("the effect on `{name}` reaches nobody");
                let help = format!("it can reach {whom} of ages {} to {}", lever.ages[0], lever.ages[1]);
                problems.push(BadConfig::at(file, self.lever.span(), message).help(help));
            }
        }
        self.check_evidence(file, ratio, against.sources, problems);
        #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
        let effect = lever.map(|lever| ArmEffect { lever: *lever, ratio: ratio as f32, sex: self.sex, ages });
        effect.filter(|_| problems.len() == before)
    }

    fn check_evidence(&self, file: &SourceFile, ratio: f64, sources: &Sources, problems: &mut Problems) {
        let evidence = self.evidence.get_ref();
        let mut wrong = |message: String, help: String| {
            problems.push(BadConfig::at(file, self.evidence.span(), message).help(help));
        };
        match (evidence.kind, &evidence.source, &evidence.note) {
            (Kind::Assumed, _, note) if note.as_ref().is_none_or(|note| note.trim().is_empty()) => {
                wrong("an assumption needs a note".to_owned(), "say in `note` why this value".to_owned());
            }
            (Kind::Estimated | Kind::Calibrated, None, _) => {
                wrong(
                    "the value has no source".to_owned(),
                    "give a key of sources.toml as `source`, or call it assumed".to_owned(),
                );
            }
            _ => {}
        }
        if evidence.unit.trim().is_empty() {
            wrong("the value has no unit".to_owned(), "name it in `unit`, such as \"hazard ratio\"".to_owned());
        }
        if let Some(source) = &evidence.source
            && sources.get(source).is_none()
        {
            let help = did_you_mean(source, sources.iter().map(|(key, _)| key));
            wrong(format!("there is no source `{source}` in sources.toml"), help);
        }
        match evidence.interval {
            None => wrong("the value has no interval".to_owned(), "give `interval = [low, high]`".to_owned()),
            Some([low, high]) if !(low..=high).contains(&ratio) => {
                wrong(
                    format!("the interval {low} to {high} does not contain the value {ratio}"),
                    "correct one of them".to_owned(),
                );
            }
            Some(_) => {}
        }
    }
}
