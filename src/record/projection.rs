//! A cohort-component projection of the record, and with it the split of net migration into two flows.
//!
//! The projection is deterministic: expected survivors, births and migrants by single age and sex. It serves twice. It gives the
//! population on which the emigrants of future years are counted, so that immigrants (net migration plus emigrants) are a
//! number known in advance, the same in every arm. And it is what the simulated population must agree with, up to luck.

use crate::math::yearly_probability;
use crate::units::{Sex, Year};

use super::lexis::COHORTS;
use super::{FIRST, LAST, LAST_POPULATION, OLDEST_REGISTERED, Record};

/// What is known of emigration.
pub(super) struct GrossFlows<'a> {
    /// Emigrants per person-year by age, the pattern, `[106]`.
    pub schedule: &'a [f64],
    /// Crude rate before the first recorded total.
    pub before: f64,
    /// Crude rate after the last recorded total.
    pub after: f64,
    /// Recorded totals, persons, in order of year.
    pub recorded: Vec<(Year, f64)>,
}

impl GrossFlows<'_> {
    /// Emigrants of a year among `people`: recorded, or from a crude rate interpolated between the years on record.
    fn total(&self, year: Year, people: impl Fn(Year) -> f64) -> f64 {
        let (Some(first), Some(last)) = (self.recorded.first(), self.recorded.last()) else {
            return self.before * people(year);
        };
        if year < first.0 {
            return self.before * people(year);
        }
        if year > last.0 {
            return self.after * people(year);
        }
        let next =
            self.recorded.iter().position(|(on_record, _)| *on_record >= year).expect("the last one is not earlier");
        let (to, emigrants) = self.recorded[next];
        if to == year {
            return emigrants;
        }
        let (from, before) = self.recorded[next - 1];
        let (start, end) = (before / people(from), emigrants / people(to));
        let way = f64::from(year.0 - from.0) / f64::from(to.0 - from.0);
        (start + (end - start) * way) * people(year)
    }
}

/// The mean share of each sex and age in the net migration of some years.
pub(super) fn pattern(years: &[[Vec<f64>; 2]]) -> [Vec<f64>; 2] {
    let total: f64 = years.iter().flatten().flatten().sum();
    Sex::BOTH
        .map(|sex| (0..COHORTS).map(|a| years.iter().map(|year| year[sex.index()][a]).sum::<f64>() / total).collect())
}

/// Fills `immigrants`, `emigration` and `projected` of the record, year after year.
///
/// Emigrants follow the schedule by age, at the year's total. Immigrants are what must come in for the net to be right, given
/// that those who leave, or arrive, are at risk of death for part of the year. Where more leave than the schedule says, the
/// probability of leaving is raised and nobody arrives.
pub(super) fn split_migration(record: &mut Record, gross: &GrossFlows) {
    let mut people = founders(record);
    for year in FIRST.to(LAST) {
        let at = Record::at(year);
        // As long as the register lasts, every year starts from it: errors of the split do not add up.
        if year <= LAST_POPULATION {
            people = registered(&record.population[at]);
        }
        record.projected.push(people.clone());
        let on_record = |year: Year| record.people(year).unwrap_or_else(|| people.iter().flatten().sum());
        let pattern: f64 =
            people.iter().flat_map(|ages| ages.iter().enumerate()).map(|(a, n)| n * scheduled(gross, a)).sum();
        let level = gross.total(year, on_record) / pattern;
        let (mut immigrants, mut emigration) = (Vec::new(), Vec::new());
        let mut next = [vec![0.0; COHORTS], vec![0.0; COHORTS]];
        let births: f64 = people[0].iter().zip(&record.fertility[at]).map(|(women, rate)| women * rate).sum();
        for sex in Sex::BOTH {
            let (s, lexis) = (sex.index(), record.lexis(year, sex));
            let (mut moving_in, mut moving_out) = (vec![0.0; COHORTS], vec![0.0; COHORTS]);
            for a in 0..COHORTS {
                let survival = 1.0 - f64::from(yearly_probability(lexis.hazard[a]));
                let balance = record.net_migration[at][s][a];
                let staying = if a == 0 {
                    births * if sex == Sex::Male { record.boys[at] } else { 1.0 - record.boys[at] } * survival
                } else {
                    people[s][a] * survival
                };
                let leaving = if a == 0 { 0.0 } else { level * scheduled(gross, a) };
                let arriving = balance + staying * leaving;
                if arriving >= 0.0 {
                    moving_in[a] = arriving / survival.sqrt();
                    moving_out[a] = leaving;
                } else if staying > 0.0 {
                    moving_out[a] = (-balance / staying).min(0.9);
                }
                next[s][(a + 1).min(COHORTS - 1)] += staying * (1.0 - moving_out[a]) + moving_in[a] * survival.sqrt();
            }
            immigrants.push(moving_in);
            emigration.push(moving_out);
        }
        record.immigrants.push(pair(immigrants));
        record.emigration.push(pair(emigration));
        people = next;
    }
    record.projected.push(people);
}

fn pair(columns: Vec<Vec<f64>>) -> [Vec<f64>; 2] {
    <[Vec<f64>; 2]>::try_from(columns).expect("one column a sex")
}

fn scheduled(gross: &GrossFlows, a: usize) -> f64 {
    gross.schedule.get(a).copied().unwrap_or(0.0)
}

fn founders(record: &Record) -> [Vec<f64>; 2] {
    registered(&record.population[0])
}

/// People on 1 January by the age they reach in the year; those in the register's open age count as its first.
fn registered(population: &[Vec<f64>; 2]) -> [Vec<f64>; 2] {
    Sex::BOTH.map(|sex| {
        let mut people = vec![0.0; COHORTS];
        people[1..=OLDEST_REGISTERED + 1].copy_from_slice(&population[sex.index()]);
        people
    })
}
