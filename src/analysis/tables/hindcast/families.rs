//! Families and places beside registers and surveys ([`crate::record::observed`]).
//!
//! | indicator | tolerance |
//! | --- | --- |
//! | shares of people, of women by children, of births, of marriages divorced | 3 points; 5 points of surveys |
//! | marriages, divorces | 10 % or three standard deviations of the simulated count, whichever is more |
//! | people of municipalities, of counties by age | 3 %; up to 20,000 people three standard deviations more |
//!
//! If a person stands for several, shares get three standard errors more, and places of any size three standard deviations.

use std::ops::RangeInclusive;
use std::sync::Arc;

use rayon::prelude::*;

use super::{Indicator, Of, Row, number, sampling};
use crate::accounts::cells::{GROUPS, Ledger, Shape, YearCells};
use crate::accounts::families::{ALONE, CHILD, CHILDREN, COHABITING, INSTITUTION, LONE_PARENT, MARRIED, WIDOWED};
use crate::analysis::jackknife::standard_error;
use crate::analysis::marriages::{DURATIONS, divorced};
use crate::analysis::series::SEX;
use crate::analysis::tables::outcomes::figures::counter;
use crate::model::household::age_group;
use crate::model::simulation::Counter;
use crate::processes::family::births::{BORN, BORN_COHABITING, BORN_SINGLE};
use crate::processes::family::pairing::MARRIAGES;
use crate::processes::family::parting::{BY_DURATION, DIVORCES};
use crate::record::observed::{Figure, Living, What};
use crate::record::places::Places;
use crate::run::model::Model;
use crate::units::Sex;

/// How far a share of a register may be off.
const POINTS: f64 = 0.03;
/// How far a share of a survey may be off.
const SURVEY_POINTS: f64 = 0.05;
/// How far yearly events may be off, of the record.
const EVENTS: f64 = 0.1;
/// How far the people of a place may be off, of the record.
const PEOPLE: f64 = 0.03;
/// Up to this number of people a place is also granted chance at 1:1.
const SMALL: f64 = 20_000.0;

const MARRIED_REGISTER: &str = "marital_status_register.csv";
const HOUSEHOLDS: &str = "household_register.csv";

/// A figure of the simulation and its standard error.
type Measured = [f64; 2];

/// The comparisons of all figures whose years were lived.
pub(super) fn rows(model: &Model, ledger: &Ledger) -> Vec<Row> {
    let lived = |figure: &Figure| -> Option<Vec<&YearCells>> {
        figure.lived[0].to(figure.lived[1]).map(|year| ledger.year(year)).collect()
    };
    let row = |figure: &Figure| {
        let years = lived(figure)?;
        let [simulated, se] = simulated(model, &years, figure)?;
        Some(Row {
            of: Of {
                year: figure.year,
                sex: SEX.iter().position(|sex| *sex == figure.sex).expect("women, men or both"),
                ages: figure.ages,
            },
            indicator: indicator(figure),
            detail: detail(figure, &model.record.places),
            simulated,
            recorded: figure.value,
            se,
            tolerance: tolerance(figure, se, years.len(), model.weight()),
            source: figure.source,
        })
    };
    model.record.observed.figures.par_iter().filter_map(row).collect()
}

fn indicator(figure: &Figure) -> Indicator {
    match figure.what {
        What::Living(_) if figure.is_survey => Indicator::CouplesSurvey,
        What::Living(_) if figure.source == MARRIED_REGISTER => Indicator::MaritalStatus,
        What::Living(_) if figure.source == HOUSEHOLDS => Indicator::Household,
        What::Living(_) => Indicator::Couples,
        What::Children(..) => Indicator::Children,
        What::DivorcedAfter(_) => Indicator::Divorced,
        What::Marriages => Indicator::Marriages,
        What::Divorces => Indicator::Divorces,
        What::BornTo(_) => Indicator::BirthsByUnion,
        What::InMunicipality(_) => Indicator::Municipality,
        What::InCounty(_) => Indicator::County,
    }
}

fn detail(figure: &Figure, places: &Places) -> Arc<str> {
    let living = |living: Living| match living {
        Living::Married => "married",
        Living::Cohabiting => "cohabiting",
        Living::Widowed => "widowed",
        Living::Alone => "living_alone",
        Living::LoneParent => "lone_parent",
        Living::Child => "child_at_home",
        Living::SeveralFamilies => "two_or_more_family_household",
        Living::Institution => "institution",
    };
    let cohort = || i32::from(figure.year.0) - crate::analysis::tables::years(figure.ages[0]);
    match figure.what {
        What::Living(how) | What::BornTo(Some(how)) => living(how).into(),
        What::BornTo(None) => "single".into(),
        What::Children(from, to) => {
            let number = if to == 4 { format!("{from}+") } else { from.to_string() };
            format!("{number} children, cohort {}", cohort()).into()
        }
        What::DivorcedAfter(years) => years.to_string().into(),
        What::Marriages | What::Divorces if figure.lived[0] < figure.lived[1] => {
            let years = i16::try_from(figure.lived[1].since(figure.lived[0])).expect("a few years");
            format!("mean of {}-{}", figure.year.plus(-years), figure.year).into()
        }
        What::Marriages | What::Divorces => "".into(),
        What::InMunicipality(place) => places.municipalities[place].code.to_string().into(),
        What::InCounty(place) => places.counties[place].code.to_string().into(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few years")]
fn tolerance(figure: &Figure, se: f64, years: usize, weight: f64) -> f64 {
    let several = weight > 1.0;
    match figure.what {
        What::Living(_) | What::Children(..) | What::DivorcedAfter(_) | What::BornTo(_) => {
            let points = if figure.is_survey { SURVEY_POINTS } else { POINTS };
            points + if several { 3.0 * se } else { 0.0 }
        }
        What::Marriages | What::Divorces => {
            let all = figure.value * years as f64;
            (EVENTS * figure.value).max(3.0 * sampling(all, weight) / years as f64)
        }
        What::InMunicipality(_) | What::InCounty(_) => {
            let chance = if several || figure.value <= SMALL { 3.0 * sampling(figure.value, weight) } else { 0.0 };
            PEOPLE * figure.value + chance
        }
    }
}

/// The figure as simulated; none if a mechanism it needs is left out.
fn simulated(model: &Model, years: &[&YearCells], figure: &Figure) -> Option<Measured> {
    let (shape, weight) = (model.shape, model.weight());
    let among = |counters: &[Counter], sex: Option<Sex>| -> Option<[f64; GROUPS]> {
        let places: Vec<usize> = counters.iter().map(|own| counter(&model.declared, *own)).collect::<Option<_>>()?;
        Some(sums(years, shape, &places, sex, figure.ages[0]..=figure.ages[1]))
    };
    let women = Some(Sex::Female);
    match figure.what {
        What::Living(living) => {
            let of: &[Counter] = match living {
                Living::Married => &[MARRIED],
                Living::Cohabiting => &[COHABITING],
                Living::Widowed => &[WIDOWED],
                Living::Alone => &[ALONE],
                Living::LoneParent => &[LONE_PARENT],
                Living::Child => &[CHILD],
                Living::SeveralFamilies => &[],
                Living::Institution => &[INSTITUTION],
            };
            Some(share(&among(of, figure.sex)?, &among(&CHILDREN, figure.sex)?))
        }
        What::Children(from, to) => Some(share(&among(&CHILDREN[from..=to], women)?, &among(&CHILDREN, women)?)),
        What::DivorcedAfter(duration) => {
            let at = DURATIONS.iter().position(|own| *own == duration)?;
            let shares = divorced(years.first()?, shape, counter(&model.declared, BY_DURATION)?);
            Some([shares.whole[at], shares.errors()[at]])
        }
        // Every couple that marries has one bride.
        What::Marriages => Some([mean(weight, &among(&[MARRIAGES], women)?, years.len()), f64::NAN]),
        What::Divorces => Some([mean(weight, &among(&[DIVORCES], women)?, years.len()), f64::NAN]),
        What::BornTo(union) => {
            let (all, cohabiting, single) =
                (among(&[BORN], women)?, among(&[BORN_COHABITING], women)?, among(&[BORN_SINGLE], women)?);
            let of = match union {
                Some(Living::Cohabiting) => cohabiting,
                None => single,
                Some(_) => std::array::from_fn(|group| all[group] - cohabiting[group] - single[group]),
            };
            Some(share(&of, &all))
        }
        What::InMunicipality(place) => Some([people(years, weight, place..place + 1, figure.ages), f64::NAN]),
        What::InCounty(county) => {
            let places = model.record.places.counties[county].municipalities.clone();
            Some([people(years, weight, places, figure.ages), f64::NAN])
        }
    }
}

/// Counters of some ages, summed over years, by group.
fn sums(
    years: &[&YearCells],
    shape: Shape,
    counters: &[usize],
    sex: Option<Sex>,
    ages: RangeInclusive<usize>,
) -> [f64; GROUPS] {
    let sexes = || Sex::BOTH.into_iter().filter(|own| sex.is_none_or(|sex| sex == *own));
    // The last age is open.
    let last = if *ages.end() == super::OLDEST { super::COHORTS - 1 } else { *ages.end() };
    std::array::from_fn(|group| {
        let of_year = |cells: &&YearCells| -> u64 {
            let of_sex = |sex: Sex| -> u64 {
                counters.iter().map(|own| cells.among(shape, *own, group, sex, *ages.start()..=last)).sum()
            };
            sexes().map(of_sex).sum()
        };
        number(years.iter().map(of_year).sum())
    })
}

/// A share and its standard error.
fn share(of: &[f64; GROUPS], per: &[f64; GROUPS]) -> Measured {
    let (all, base): (f64, f64) = (of.iter().sum(), per.iter().sum());
    let without = of.iter().zip(per).map(|(of, per)| (all - of) / (base - per));
    [all / base, standard_error(without)]
}

#[expect(clippy::cast_precision_loss, reason = "a few years")]
fn mean(weight: f64, events: &[f64; GROUPS], years: usize) -> f64 {
    weight * events.iter().sum::<f64>() / years as f64
}

/// People on 31 December of the first year, in whole groups of age.
fn people(years: &[&YearCells], weight: f64, places: std::ops::Range<usize>, ages: [usize; 2]) -> f64 {
    let groups = age_group(ages[0])..=age_group(ages[1]);
    let of_place = |place: &[u32; crate::model::household::AGE_GROUPS]| -> u64 {
        place[groups.clone()].iter().copied().map(u64::from).sum()
    };
    let all: u64 = years.first().map_or(0, |cells| cells.places()[places].iter().map(of_place).sum());
    weight * number(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Year;

    fn figure(what: What, value: f64, is_survey: bool) -> Figure {
        let (year, lived) = (Year(2000), [Year(2000); 2]);
        Figure { source: "a.csv", is_survey, year, lived, sex: None, ages: [0, 110], what, value }
    }

    #[test]
    fn shares_are_held_to_points_and_places_to_per_cent() {
        let married = |is_survey| figure(What::Living(Living::Married), 0.4, is_survey);
        assert_eq!(tolerance(&married(false), 0.01, 1, 1.0), 0.03);
        assert_eq!(tolerance(&married(true), 0.01, 1, 1.0), 0.05);
        assert_eq!(tolerance(&married(false), 0.01, 1, 2.0), 0.06);
        // 3 % of 40,000; 3 % of 10,000 and three times √10,000.
        assert_eq!(tolerance(&figure(What::InMunicipality(0), 40_000.0, false), f64::NAN, 1, 1.0), 1200.0);
        assert_eq!(tolerance(&figure(What::InMunicipality(0), 10_000.0, false), f64::NAN, 1, 1.0), 600.0);
        // 10 % of 20,000 marriages a year.
        assert_eq!(tolerance(&figure(What::Marriages, 20_000.0, false), f64::NAN, 5, 1.0), 2000.0);
    }

    #[test]
    fn a_share_has_the_error_of_its_groups() {
        let [same, error] = share(&[1.0; GROUPS], &[4.0; GROUPS]);
        assert_eq!((same, error), (0.25, 0.0));
    }
}
