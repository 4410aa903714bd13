//! Arms beside an arm: one of its decisive parameters at the low or the high end of its interval, all else as it is.
//!
//! Their ids are `<package>~<parameter>-low` and `<package>~<parameter>-high`; where two measures have a decisive parameter of one
//! name, `<package>~<measure>.<parameter>-low`. No file may have such an id, and every file system takes it as a name.

use crate::record::future::Text;

use super::{Arm, Measure, Param};

/// Which end of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The lower one.
    Low,
    /// The upper one.
    High,
}

impl End {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Low, Self::High];

    /// The word in ids and files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::High => "high",
        }
    }

    const fn of(self, interval: [f64; 2]) -> f64 {
        match self {
            Self::Low => interval[0],
            Self::High => interval[1],
        }
    }

    const fn words(self) -> [&'static str; 2] {
        match self {
            Self::Low => ["low", "nedre"],
            Self::High => ["high", "øvre"],
        }
    }
}

/// What makes an arm another arm's variant.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// The id of the other arm.
    pub of: String,
    /// The measure.
    pub measure: String,
    /// Its parameter.
    pub parameter: String,
    /// Which end of its interval.
    pub end: End,
    /// The value there.
    pub value: f64,
}

impl Arm {
    /// Two arms for each decisive parameter; none for one that changes nothing in this arm.
    ///
    /// # Errors
    ///
    /// If a parameter at an end of its interval makes what no measure may say; the text says which.
    pub fn bounds(&self) -> Result<Vec<Self>, String> {
        let mut arms = Vec::new();
        for (measure, param, interval) in self.decisive() {
            for end in End::BOTH {
                let value = end.of(interval);
                let at = self.with_parameter(&measure.id, &param.name, value);
                let wrong = || {
                    format!(
                        "`{}` of `{}` cannot be {value}, the {} end of its interval",
                        param.name,
                        measure.id,
                        end.word()
                    )
                };
                let at = at.filter(Self::is_sound).ok_or_else(wrong)?;
                arms.push(Self {
                    id: format!("{}~{}-{}", self.id, self.short_name(measure, param), end.word()),
                    title: self.title_at(param, end, value),
                    default: false,
                    variant: Some(Variant {
                        of: self.id.clone(),
                        measure: measure.id.clone(),
                        parameter: param.name.clone(),
                        end,
                        value,
                    }),
                    ..at
                });
            }
        }
        // A coverage that the package gives takes the place of parameters.
        let is_other = |arm: &Self| {
            let (own, arm) = (self.with_coverage(0.5), arm.with_coverage(0.5));
            self.span.0.to(self.span.1).any(|year| own.levers(year) != arm.levers(year))
        };
        Ok(arms.chunks(2).filter(|ends| ends.iter().any(is_other)).flatten().cloned().collect())
    }

    fn decisive(&self) -> Vec<(&Measure, &Param, [f64; 2])> {
        let of_measure = |measure: &'_ Measure| -> Vec<usize> {
            let all = measure.params.iter().enumerate();
            all.filter(|(_, param)| param.decisive).map(|(place, _)| place).collect()
        };
        let pairs = self.parts.iter().flat_map(|part| {
            of_measure(&part.measure).into_iter().map(|place| (&part.measure, &part.measure.params[place]))
        });
        pairs.filter_map(|(measure, param)| Some((measure, param, param.interval?))).collect()
    }

    /// The parameter's name, after the measure's if another one has a decisive parameter of this name.
    fn short_name(&self, measure: &Measure, param: &Param) -> String {
        let alike = self.decisive().iter().filter(|(_, other, _)| other.name == param.name).count();
        if alike > 1 { format!("{}.{}", measure.id, param.name) } else { param.name.clone() }
    }

    fn title_at(&self, param: &Param, end: End, value: f64) -> Text {
        let [en, no] = end.words();
        Text {
            en: format!("{}, `{}` at the {en} end, {value}", self.title.en, param.name),
            no: format!("{}, `{}` i {no} ende, {value}", self.title.no, param.name),
        }
    }

    /// Whether every effect and share has a value that a file may give.
    fn is_sound(&self) -> bool {
        let moves = self.parts.iter().flat_map(|part| part.measure.moves());
        let has_shares =
            self.parts.iter().all(|part| part.measure.shares().iter().all(|share| (0.0..=1.0).contains(share)));
        has_shares
            && moves.into_iter().all(|one| one.value.is_finite() && (one.value >= 0.0 || !one.lever.form.multiplies()))
    }
}
