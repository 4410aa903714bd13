//! `outcomes.arrow`: how people live, by sex and age; how unions begin and end; how many people places have.
//!
//! Stocks are of 31 December, flows of the calendar year. Errors are those of the delete-one-group jackknife, and differences to the
//! reference are paired group by group. Rows without a value (nobody in the group) are left out.

pub(super) mod figures;
mod social;

pub use social::shares;

use std::sync::Arc;

use rayon::prelude::*;

use crate::accounts::arrow::{Column, Table};
use crate::accounts::cells::{Ledger, YearCells};
use crate::analysis::groups::{GROUPINGS, PREMATURE_AT, Told};
use crate::analysis::jackknife::{Replicated, standard_error};
use crate::analysis::marriages::{DURATIONS, divorced};
use crate::analysis::part::{MEMBERSHIPS, Membership, REFERENCE};
use crate::analysis::series::SEXES;
use crate::measures::Arm;
use crate::model::household::AGE_GROUPS;
use crate::processes::family::parting::BY_DURATION;
use crate::record::Record;
use crate::record::places::RECORDED;
use crate::run::legs::Outcome;
use crate::run::model::Model;
use crate::units::Year;

use super::windows;
use figures::{ALL, Figure, OUTCOMES, Sums, UNITS, place};

/// Both sexes.
const BOTH: usize = 2;

/// What people are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    All,
    Age,
    Duration,
    County,
    Municipality,
    /// A place in [`GROUPINGS`].
    Grouping(usize),
}

impl By {
    const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Age => "age_group",
            Self::Duration => "marriage_duration",
            Self::County => "county",
            Self::Municipality => "municipality",
            Self::Grouping(by) => GROUPINGS[by].by,
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Row {
    year: Year,
    sex: usize,
    by: By,
    group: usize,
    membership: Membership,
    outcome: usize,
    unit: usize,
    value: [f64; 2],
    difference: [f64; 2],
}

/// What every year's rows are made with.
struct Making<'a> {
    model: &'a Model,
    figures: Vec<Figure>,
    counters: Vec<usize>,
    by_duration: usize,
    last: Year,
}

/// What is known of one arm's year.
struct Lived<'a> {
    cells: &'a YearCells,
    sums: Sums,
    divorced: Replicated<7>,
}

/// The table of the reference, its history included, and of each arm.
#[must_use]
pub fn table(model: &Model, arms: &[Arm], outcome: &Outcome, by_group: &[windows::Row]) -> Table {
    let ledgers: Vec<&Ledger> = [&outcome.reference].into_iter().chain(&outcome.arms).collect();
    let names: Vec<Arc<str>> =
        [REFERENCE].into_iter().chain(arms.iter().map(|arm| &arm.id[..])).map(Arc::from).collect();
    let by_year = making(model, outcome).map_or_else(Vec::new, |making| {
        let years: Vec<Year> = outcome.reference.years.iter().map(|cells| cells.year).collect();
        years.into_par_iter().map(|year| making.rows_of(year, &ledgers)).collect()
    });
    let social = social::rows(&outcome.reference, &ledgers, model.weight());
    let mut rows: Vec<(usize, Row)> = Vec::new();
    for arm in 0..names.len() {
        rows.extend(by_year.iter().flat_map(|arms: &Vec<Vec<Row>>| &arms[arm]).map(|row| (arm, *row)));
        let premature = by_group.iter().filter(|row| row.arm == names[arm]).filter_map(premature);
        rows.extend(premature.map(|row| (arm, row)));
        rows.extend(social.iter().flat_map(|arms: &Vec<Vec<Row>>| &arms[arm]).map(|row| (arm, *row)));
    }
    let labels = Labels::of(&model.record);
    let number = |name: &str, about: &str, of: fn(&Row) -> f64| {
        Column::number(name, "that of the column `unit`", about, rows.iter().map(|(_, row)| of(row)))
    };
    let columns = vec![
        Column::text("arm", "`reference` or the id of the package", rows.iter().map(|(arm, _)| names[*arm].clone())),
        Column::int32(
            "year",
            "calendar year",
            "the year lived; stocks are of its 31 December",
            rows.iter().map(|(_, row)| row.year.0.into()),
        ),
        Column::word("sex", "registered sex", SEXES, rows.iter().map(|(_, row)| row.sex)),
        Column::text(
            "by",
            "what people are grouped by: all, age_group (age reached in the year), marriage_duration, county, municipality",
            rows.iter().map(|(_, row)| labels.by(row.by)),
        ),
        Column::text(
            "group",
            "the group of it: five-year ages, years of marriage, official number of the place",
            rows.iter().map(|(_, row)| labels.group(row)),
        ),
        Column::word(
            "membership",
            "by whose grouping: the arm's own or the reference's",
            MEMBERSHIPS,
            rows.iter().map(|(_, row)| row.membership as usize),
        ),
        Column::word("outcome", "what is told; see the guide", OUTCOMES, rows.iter().map(|(_, row)| row.outcome)),
        Column::word("unit", "the unit of the numbers", UNITS, rows.iter().map(|(_, row)| row.unit)),
        number("value", "the outcome", |row| row.value[0]),
        number(
            "se",
            "Monte Carlo standard error of `value`: jackknife over 64 groups of communities; null of places",
            |row| row.value[1],
        ),
        number("difference", "`value` less that of the reference; null in the reference", |row| row.difference[0]),
        number("difference_se", "Monte Carlo standard error of `difference`, paired group by group", |row| {
            row.difference[1]
        }),
        number("lower", "lower bound from uncertain parameters; null until parameters are drawn", |_| f64::NAN),
        number("upper", "upper bound from uncertain parameters; null until parameters are drawn", |_| f64::NAN),
    ];
    Table { name: "outcomes", columns }
}

/// None if a mechanism whose counters are needed is left out.
fn making<'a>(model: &'a Model, outcome: &Outcome) -> Option<Making<'a>> {
    Some(Making {
        model,
        figures: Figure::all(),
        counters: figures::counters(&model.declared)?,
        by_duration: figures::counter(&model.declared, BY_DURATION)?,
        last: outcome.reference.years.last()?.year,
    })
}

impl Making<'_> {
    /// The rows of a year, arm by arm.
    fn rows_of(&self, year: Year, ledgers: &[&Ledger]) -> Vec<Vec<Row>> {
        let lived: Vec<Option<Lived>> =
            ledgers.iter().map(|ledger| ledger.year(year).map(|cells| self.lived(cells))).collect();
        let reference = lived[0].as_ref();
        let of_one = |(arm, own): (usize, &Option<Lived>)| {
            own.as_ref().map_or_else(Vec::new, |own| self.rows(year, own, reference.filter(|_| arm > 0)))
        };
        lived.iter().enumerate().map(of_one).collect()
    }

    fn lived<'a>(&self, cells: &'a YearCells) -> Lived<'a> {
        Lived {
            cells,
            sums: Sums::of(cells, self.model.shape, &self.counters),
            divorced: divorced(cells, self.model.shape, self.by_duration),
        }
    }

    fn rows(&self, year: Year, own: &Lived, reference: Option<&Lived>) -> Vec<Row> {
        let mut rows = Vec::with_capacity(1200);
        for figure in &self.figures {
            for at in figure.places() {
                let replicated = figure.replicated(at, &own.sums);
                let other = reference.map(|reference| figure.replicated(at, &reference.sums));
                let [value, difference] = measured(&replicated, other.as_ref(), 0);
                let by = if at.cell == ALL { By::All } else { By::Age };
                let (outcome, unit) = (figure.outcome, figure.unit);
                rows.push(Row {
                    year,
                    sex: at.sex,
                    by,
                    group: at.cell,
                    membership: Membership::Own,
                    outcome,
                    unit,
                    value,
                    difference,
                });
            }
        }
        let outcome = place(OUTCOMES, "divorced");
        for group in 0..DURATIONS.len() {
            let [value, difference] = measured(&own.divorced, reference.map(|other| &other.divorced), group);
            rows.push(Row {
                year,
                sex: BOTH,
                by: By::Duration,
                group,
                membership: Membership::Own,
                outcome,
                unit: 0,
                value,
                difference,
            });
        }
        self.add_places(year, own, reference, &mut rows);
        rows.retain(|row| row.value[0].is_finite());
        rows
    }

    /// People of counties, and in some years of municipalities.
    fn add_places(&self, year: Year, own: &Lived, reference: Option<&Lived>, rows: &mut Vec<Row>) {
        let weight = self.model.weight();
        let people = |lived: &Lived, places: std::ops::Range<usize>| {
            let groups = lived.cells.places().get(places).unwrap_or_default();
            weight * groups.as_flattened().iter().copied().map(f64::from).sum::<f64>()
        };
        let (outcome, unit) = (place(OUTCOMES, "population"), place(UNITS, "people"));
        let mut add = |by: By, group: usize, places: std::ops::Range<usize>| {
            let value = people(own, places.clone());
            let difference = reference.map_or(f64::NAN, |other| value - people(other, places));
            let [value, difference] = [value, difference].map(|number| [number, f64::NAN]);
            rows.push(Row {
                year,
                sex: BOTH,
                by,
                group,
                membership: Membership::Own,
                outcome,
                unit,
                value,
                difference,
            });
        };
        let places = &self.model.record.places;
        for (group, county) in places.counties.iter().enumerate() {
            add(By::County, group, county.municipalities.clone());
        }
        if year.0 % 10 == 9 || year.plus(1) == RECORDED || year == self.last {
            (0..places.municipalities.len()).for_each(|group| add(By::Municipality, group, group..group + 1));
        }
    }
}

/// A figure and its difference to the reference's, each with its error.
fn measured<const N: usize>(own: &Replicated<N>, other: Option<&Replicated<N>>, at: usize) -> [[f64; 2]; 2] {
    let error = standard_error(own.without.iter().map(|figures| figures[at]));
    let difference = other.map_or([f64::NAN; 2], |other| {
        let paired = own.without.iter().zip(&other.without).map(|(own, other)| own[at] - other[at]);
        [own.whole[at] - other.whole[at], standard_error(paired)]
    });
    [[own.whole[at], error], difference]
}

/// The chance of dying before 75, as life tables have it; of expected deaths, which differ least between arms by luck.
fn premature(row: &windows::Row) -> Option<Row> {
    let Told::Premature(at) = row.told else { return None };
    let outcome = place(OUTCOMES, if PREMATURE_AT[at] == 0 { "premature_death" } else { "premature_death_from_30" });
    let (by, unit) = (grouped(row.by), place(UNITS, "probability"));
    let ([value, difference], year) = ([row.numbers.expected, row.numbers.differences[1]], row.years[0]);
    let row =
        Row { year, sex: row.sex, by, group: row.group, membership: row.membership, outcome, unit, value, difference };
    row.value[0].is_finite().then_some(row)
}

/// The word of a grouping; everybody is `all`.
const fn grouped(by: usize) -> By {
    if by == 0 { By::All } else { By::Grouping(by) }
}

/// The texts of groups.
struct Labels {
    by: [Arc<str>; 5],
    all: Arc<str>,
    ages: Vec<Arc<str>>,
    durations: Vec<Arc<str>>,
    counties: Vec<Arc<str>>,
    municipalities: Vec<Arc<str>>,
    groupings: crate::analysis::numbers::Labels,
}

impl Labels {
    fn of(record: &Record) -> Self {
        let places = &record.places;
        Self {
            by: [By::All, By::Age, By::Duration, By::County, By::Municipality].map(|by| by.word().into()),
            all: "all".into(),
            ages: (0..AGE_GROUPS).map(|group| ages(group).into()).collect(),
            durations: DURATIONS.iter().map(|years| years.to_string().into()).collect(),
            counties: places.counties.iter().map(|county| county.code.to_string().into()).collect(),
            municipalities: places.municipalities.iter().map(|place| place.code.to_string().into()).collect(),
            groupings: crate::analysis::numbers::Labels::default(),
        }
    }

    fn by(&self, by: By) -> Arc<str> {
        match by {
            By::All => &self.by[0],
            By::Age => &self.by[1],
            By::Duration => &self.by[2],
            By::County => &self.by[3],
            By::Municipality => &self.by[4],
            By::Grouping(by) => return self.groupings.by(by),
        }
        .clone()
    }

    fn group(&self, row: &Row) -> Arc<str> {
        match row.by {
            By::All => &self.all,
            By::Age => &self.ages[row.group],
            By::Duration => &self.durations[row.group],
            By::County => &self.counties[row.group],
            By::Municipality => &self.municipalities[row.group],
            By::Grouping(by) => return self.groupings.group(by, row.group),
        }
        .clone()
    }
}

/// `0-4`, `5-9`, …, `90+`.
fn ages(group: usize) -> String {
    let from = 5 * group;
    if group + 1 == AGE_GROUPS { format!("{from}+") } else { format!("{from}-{}", from + 4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_group_of_age_says_that_it_is_open() {
        assert_eq!([0, 1, 18].map(ages), ["0-4", "5-9", "90+"]);
    }

    #[test]
    fn a_difference_is_paired_group_by_group() {
        let own = Replicated { whole: [0.5], without: vec![[0.5], [0.75], [0.25]] };
        let other = Replicated { whole: [0.25], without: vec![[0.25], [0.5], [0.0]] };
        let [[value, error], difference] = measured(&own, Some(&other), 0);
        assert_eq!((value, difference), (0.5, [0.25, 0.0]));
        assert!(error > 0.1);
        assert!(measured(&own, None, 0)[1].iter().all(|number| number.is_nan()));
    }
}
