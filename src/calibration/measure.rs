//! The simulated side of a target.
//!
//! Shares are sums of the years' counts over one another. Life expectancy is that of the years' person-years and expected deaths
//! taken together; below 30 a group has everybody's mortality, and the open age is that of everybody. A standard error is that of
//! the jackknife where the run has told it; else that of as many independent people or deaths, which is too much for expected
//! deaths.

use crate::accounts::cells::Exposed;
use crate::analysis::lifetable::{Estimator, open_age, rates};
use crate::record::life_table::LifeTable;

use super::figures::{Figures, Select};
use super::indicator::{Indicator, Making, PEOPLE, Ratio, Sum, Unit};
use super::statistics::{Stratum, rank_correlation, relative_index};
use super::target::{By, Target, Targets};

/// Groups by education, occupation and so on have their own mortality from this age on.
const GROUPED_FROM: usize = 30;
/// Years before and after each end of a change that are taken together.
pub const AROUND: i16 = 1;
/// Mortality ratios whose standard errors are below this are told apart.
const CLEAR: f64 = 0.05;
/// Ages of one stratum of death rates.
const STRATUM: usize = 5;
/// People who have started upper secondary school.
const STARTED: &str = "upper_secondary_started";

/// A figure of the model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// In the target's unit.
    pub value: f64,
    /// Its standard error; not a number if unknown.
    pub se: f64,
}

/// The simulated side of a target; none if the run does not tell it.
#[must_use]
pub fn measured(target: &Target, targets: &Targets, figures: &Figures) -> Option<Measured> {
    let select = select(target);
    let measured = match target.indicator.making() {
        Making::Ratio(_) if target.indicator == Indicator::EducationOld => old_definition(target, &select, figures),
        Making::Ratio(of) => ratio(&of, target.unit, &select, figures),
        Making::LifeTable => life_table(target, &select, figures),
        Making::Rates if target.indicator == Indicator::MortalityRii => index(&select, figures),
        Making::Rates => mortality_ratio(&select, figures),
        Making::Set => rank(target, targets, figures),
    };
    measured.filter(|measured| measured.value.is_finite())
}

fn select(target: &Target) -> Select<'_> {
    let groups = target.group.split('|').filter(|group| *group != "all").collect();
    // Marks and completion are told at one age by parents' education, of everyone too.
    let ages = if target.indicator.is_of_school() { [0, 110] } else { [target.age_from, target.age_to] };
    Select { by: target.by, groups, sex: target.sex.sex(), ages, years: [target.year_from, target.year_to] }
}

fn total(sum: Sum, select: &Select, figures: &Figures) -> Option<f64> {
    match sum {
        Sum::Of([]) => Some(0.0),
        Sum::Of(columns) => figures.sum(select, columns),
        Sum::OfAll(columns) => figures.sum(&select.groups(&[]), columns),
    }
}

fn ratio(of: &Ratio, unit: Unit, select: &Select, figures: &Figures) -> Option<Measured> {
    let above = total(of.above, select, figures)? - total(of.less, select, figures)?;
    let below = total(of.below, select, figures)?;
    Some(share(above, below, of.deviation, unit, select))
}

/// Years add no people: nearly all are the same.
fn share(above: f64, below: f64, deviation: Option<f64>, unit: Unit, select: &Select) -> Measured {
    let value = above / below;
    let deviation = deviation.unwrap_or_else(|| libm::sqrt((value * (1.0 - value)).max(0.0)));
    let years = f64::from(select.years[1] - select.years[0] + 1);
    let scale = if unit == Unit::Percent { 100.0 } else { 1.0 };
    Measured { value: scale * value, se: scale * deviation / libm::sqrt(below / years) }
}

/// Levels of the old definition: those of compulsory school who have started upper secondary belong to it.
fn old_definition(target: &Target, select: &Select, figures: &Figures) -> Option<Measured> {
    let all = figures.sum(&select.groups(&[]), &[PEOPLE])?;
    let own = figures.sum(select, &[PEOPLE])?;
    let moved = || figures.sum(&select.groups(&["compulsory"]), &[STARTED]);
    let own = match target.group.as_str() {
        "compulsory" => own - moved()?,
        "upper_secondary" => own + moved()?,
        _ => own,
    };
    Some(share(own, all, None, target.unit, select))
}

/// A life expectancy and its standard error.
fn life_expectancy(select: &Select, age: usize, figures: &Figures) -> Option<Measured> {
    let everyone = figures.lived(&Select { by: By::All, ..select.groups(&[]) })?;
    let mut lived = figures.lived(select)?;
    let open = open_age(&everyone, 0)?;
    if select.by != By::ParentsEducation {
        lived[..GROUPED_FROM].copy_from_slice(&everyone[..GROUPED_FROM]);
    }
    // Where nobody of a group lives, as at 100 once, it has everybody's rates.
    for (lived, everyone) in lived.iter_mut().zip(&everyone).filter(|(lived, _)| lived.person_years == 0.0) {
        *lived = *everyone;
    }
    let table = LifeTable::new(rates(&lived, 0, open, Estimator::Expected)?, 0, select.sex);
    if age > open {
        return None;
    }
    let se = figures.error(select, age).unwrap_or_else(|| counted_error(&lived, &table, age, open));
    Some(Measured { value: table.ex[age], se })
}

/// The error of a life expectancy from deaths counted (Chiang 1984).
fn counted_error(lived: &[Exposed], table: &LifeTable, age: usize, open: usize) -> f64 {
    let variance = |x: usize| {
        let deaths = lived[x].deaths.max(1.0);
        let left = table.ex[x + 1] + 0.5;
        let share = table.lx[x] / table.lx[age] * left * table.qx[x];
        share * share * (1.0 - table.qx[x]) / deaths
    };
    libm::sqrt((age..open).map(variance).sum())
}

fn life_table(target: &Target, select: &Select, figures: &Figures) -> Option<Measured> {
    let age = target.age_from;
    let versus: Vec<&str> = target.versus.iter().flat_map(|versus| versus.split('|')).collect();
    let lead = |select: &Select| {
        let own = life_expectancy(select, age, figures)?;
        if versus.is_empty() {
            return Some(own);
        }
        Some(minus(own, life_expectancy(&select.groups(&versus), age, figures)?))
    };
    match target.indicator {
        Indicator::LifeExpectancyWidening => {
            let around = |year: i16| lead(&select.years(year - AROUND, year + AROUND));
            Some(minus(around(target.year_to)?, around(target.year_from)?))
        }
        Indicator::LifeExpectancyOrder => {
            let groups = target.by.groups();
            let of = |group: &'static str| life_expectancy(&select.groups(&[group]), age, figures);
            let all: Option<Vec<Measured>> = groups.iter().map(|group| of(group)).collect();
            let all = all?;
            let steps = all.windows(2).map(|pair| minus(pair[1], pair[0]));
            steps.min_by(|a, b| a.value.total_cmp(&b.value))
        }
        _ => lead(select),
    }
}

/// As if both were of other people.
fn minus(a: Measured, b: Measured) -> Measured {
    Measured { value: a.value - b.value, se: libm::hypot(a.se, b.se) }
}

/// People of some ages in the first year, followed until the last.
fn index(select: &Select, figures: &Figures) -> Option<Measured> {
    let groups = select.by.groups();
    let [from, to] = select.years;
    let mut strata = vec![vec![[0.0; 2]; groups.len()]; 110 / STRATUM + 1];
    for year in from..=to {
        let since = usize::try_from(year - from).expect("later");
        for (group, name) in groups.iter().enumerate() {
            let lived = figures.lived(&select.groups(&[name]).years(year, year))?;
            for age in select.ages[0] + since..=(select.ages[1] + since).min(109) {
                let cell: &mut [f64; 2] = &mut strata[age / STRATUM][group];
                cell[0] += lived[age].expected;
                cell[1] += lived[age].person_years;
            }
        }
    }
    let strata: Vec<Stratum> = strata.into_iter().filter(|stratum| stratum.iter().any(|cell| cell[1] > 0.0)).collect();
    let deaths: f64 = strata.iter().flatten().map(|cell| cell[0]).sum();
    let value = relative_index(&strata)?;
    // Ranks are spread evenly: their variance is 1/12.
    Some(Measured { value, se: value * libm::sqrt(12.0 / deaths) })
}

/// Deaths of a group over those at the rates of all groups but those outside of them.
fn mortality_ratio(select: &Select, figures: &Figures) -> Option<Measured> {
    let counted: Vec<&str> = select.by.groups().iter().copied().filter(|group| *group != "none").collect();
    let (all, own) = (figures.lived(&select.groups(&counted))?, figures.lived(select)?);
    let [from, to] = select.ages;
    let ages = || all[from..=to].iter().zip(&own[from..=to]).filter(|(all, _)| all.person_years > 0.0);
    let expected: f64 = ages().map(|(all, own)| all.expected / all.person_years * own.person_years).sum();
    let deaths: f64 = ages().map(|(_, own)| own.expected).sum();
    let value = deaths / expected;
    Some(Measured { value, se: value / libm::sqrt(deaths) })
}

/// The rank correlation of the mortality ratios of a set that are of the same sex and years.
fn rank(target: &Target, targets: &Targets, figures: &Figures) -> Option<Measured> {
    let set = target.versus.as_deref()?;
    // Ranks of ranks, which are refused when they are read, would have no end.
    let is_meant =
        |row: &&Target| row.set == set && row.indicator == Indicator::MortalityRatio && row.is_ranked_by(target);
    let rows = || targets.rows.iter().filter(is_meant);
    let recorded: Vec<f64> = rows().map(|row| row.value).collect();
    let simulated: Option<Vec<Measured>> = rows().map(|row| measured(row, targets, figures)).collect();
    let simulated = simulated?;
    // An order is told once chance moves no ratio by more than a fraction of what lies between them.
    let se = if simulated.iter().all(|ratio| ratio.se < CLEAR) { 0.0 } else { f64::NAN };
    let values: Vec<f64> = simulated.iter().map(|ratio| ratio.value).collect();
    rank_correlation(&values, &recorded).map(|value| Measured { value, se })
}

#[cfg(test)]
mod tests;
