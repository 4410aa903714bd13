//! The figures of each table.

use super::{
    BirthsRow, CountyRow, DivorceRow, Figure, GROUPS, LAST_FOUNDERS, Living, MaritalRow, MarriagesRow, OLDEST,
    OLDEST_IN_COUNTY, ParityRow, Places, RECORDED, ROUNDING, Sex, StatusRow, SurveyRow, Tables, What, Who, Year, ages,
};
use crate::record::FIRST;

const EVERY_AGE: [usize; 2] = [0, OLDEST];

impl Tables<'_> {
    pub(super) fn couples(&mut self) {
        let source = "couples_register.csv";
        let rows: Vec<StatusRow> = self.rows(source);
        self.shares(source, &rows, |year| [year.plus(-1); 2]);
    }

    pub(super) fn households(&mut self) {
        let source = "household_register.csv";
        let rows: Vec<StatusRow> = self.rows(source);
        self.shares(source, &rows, |year| [year; 2]);
    }

    /// The mean population of a year is the mean of both its ends.
    pub(super) fn marital(&mut self) {
        let source = "marital_status_register.csv";
        let rows: Vec<MaritalRow> = self.rows(source);
        let of_both = |row: &MaritalRow| StatusRow {
            year: row.year,
            sex: Who::Both,
            age_from: row.age_from,
            age_to: row.age_to,
            status: row.status,
            count: row.count,
        };
        self.shares(source, &rows.iter().map(of_both).collect::<Vec<_>>(), |year| [year.plus(-1), year]);
    }

    pub(super) fn survey(&mut self) {
        let rows: Vec<SurveyRow> = self.rows("couples_survey.csv");
        self.figures.extend(rows.iter().filter_map(|row| {
            Some(Figure {
                source: "couples_survey.csv",
                is_survey: true,
                year: row.year.year(),
                lived: [row.year.year(); 2],
                sex: row.sex.sex(),
                ages: ages(row.age_from, row.age_to),
                what: What::Living(row.status.living()?),
                value: row.percent.0 / 100.0,
            })
        }));
    }

    pub(super) fn divorces(&mut self) {
        let source = "divorce_register.csv";
        let rows: Vec<DivorceRow> = self.rows(source);
        if let Some(row) = rows.iter().find(|row| !(1..=60).contains(&row.duration)) {
            let message = format!("no share of marriages of {} years can be known", row.duration);
            self.refuse(source, &message, "give durations from 1 to 60 years");
            return;
        }
        self.figures.extend(rows.iter().map(|row| {
            let what = What::DivorcedAfter(row.duration);
            of_all(source, row.year.year(), [row.year.year().plus(-1); 2], what, row.percent.0 / 100.0)
        }));
    }

    pub(super) fn marriages(&mut self) {
        let source = "marriages_register.csv";
        let rows: Vec<MarriagesRow> = self.rows(source);
        if let Some(row) = rows.iter().find(|row| row.year_from > row.year_to) {
            let message = format!("the years {} to {} of `{}`", row.year_from.0, row.year_to.0, row.indicator);
            self.refuse(source, &message, "put the earlier year first");
            return;
        }
        self.figures.extend(rows.iter().filter_map(|row| {
            let (what, lag) = match row.indicator.as_str() {
                "marriages" => (What::Marriages, 0),
                "divorces" => (What::Divorces, -1),
                _ => return None,
            };
            let lived = [row.year_from, row.year_to].map(|on| on.year().plus(lag));
            Some(of_all(source, row.year_to.year(), lived, what, row.value.0))
        }));
    }

    pub(super) fn parity(&mut self) {
        let source = "parity_register.csv";
        let rows: Vec<ParityRow> = self.rows(source);
        let reached = |row: &ParityRow| Year(row.birth_cohort.0).plus(i16::try_from(row.age.0).expect("an age"));
        let is_odd =
            |row: &&ParityRow| (shares(row).iter().sum::<f64>() - 100.0).abs() > ROUNDING || reached(row) < FIRST;
        if let Some(row) = rows.iter().find(is_odd) {
            let message = format!("the shares of cohort {} at age {}", row.birth_cohort.0, row.age.0);
            self.refuse(source, &message, "they must add up to 100, of a cohort that reaches the age in 1950 or later");
            return;
        }
        for row in &rows {
            let is_later = |other: &ParityRow| {
                (other.birth_cohort, other.age) == (row.birth_cohort, row.age) && other.edition > row.edition
            };
            if rows.iter().any(is_later) {
                continue;
            }
            let shares = shares(row);
            let mut classes: Vec<(usize, usize)> = (0..shares.len()).map(|children| (children, children)).collect();
            if row.birth_cohort.0 <= LAST_FOUNDERS {
                classes.splice(3.., [(3, 4)]);
            }
            self.figures.extend(classes.into_iter().map(|(from, to)| Figure {
                source,
                is_survey: false,
                year: reached(row),
                lived: [reached(row); 2],
                sex: Some(Sex::Female),
                ages: [row.age.0; 2],
                what: What::Children(from, to),
                value: shares[from..=to].iter().sum::<f64>() / 100.0,
            }));
        }
    }

    pub(super) fn births(&mut self) {
        let source = "births_by_union_register.csv";
        let rows: Vec<BirthsRow> = self.rows(source);
        let all = |row: &BirthsRow| row.married.0 + row.cohabiting.0 + row.single.0;
        if let Some(row) = rows.iter().find(|row| all(row) <= 0.0) {
            self.refuse(source, &format!("no births in {}", row.year.0), "every year needs births");
            return;
        }
        self.figures.extend(rows.iter().flat_map(|row| {
            let unions = [(Some(Living::Married), row.married), (Some(Living::Cohabiting), row.cohabiting)];
            unions.into_iter().chain([(None, row.single)]).map(|(union, count)| {
                of_all(source, row.year.year(), [row.year.year(); 2], What::BornTo(union), count.0 / all(row))
            })
        }));
    }

    /// People of municipalities, and of counties in groups of five ages.
    pub(super) fn places(&mut self, places: &Places) {
        let on = |what: What, ages: [usize; 2], source: &'static str, people: f64| Figure {
            ages,
            ..of_all(source, RECORDED, [RECORDED.plus(-1); 2], what, people)
        };
        self.figures.extend(places.recorded.iter().enumerate().map(|(place, groups)| {
            let people = groups.as_flattened().iter().sum();
            on(What::InMunicipality(place), EVERY_AGE, "municipality_register.csv", people)
        }));
        let source = "county_register.csv";
        let rows: Vec<CountyRow> = self.rows(source);
        let mut counties = vec![[f64::NAN; OLDEST_IN_COUNTY + 1]; places.counties.len()];
        for row in &rows {
            let place = places.counties.iter().position(|county| county.code == row.county);
            let Some(people) = place.and_then(|place| counties[place].get_mut(row.age.0)) else {
                let message = format!("no county {} or no age {}", row.county, row.age.0);
                self.refuse(source, &message, "use the numbers of municipalities.csv and ages 0 to 105");
                return;
            };
            *people = row.female.0 + row.male.0;
        }
        if self.complete && counties.as_flattened().iter().any(|people| people.is_nan()) {
            self.refuse(
                source,
                "a county without people of some age",
                "give every county a row for each age from 0 to 105",
            );
            return;
        }
        for (place, people) in counties.iter().enumerate() {
            for group in 0..GROUPS {
                let [from, to] = if group + 1 < GROUPS { [5 * group, 5 * group + 4] } else { [5 * group, OLDEST] };
                let sum = people[from..=to.min(OLDEST_IN_COUNTY)].iter().sum();
                self.figures.push(on(What::InCounty(place), [from, to], source, sum));
            }
        }
    }
}

fn shares(row: &ParityRow) -> [f64; 5] {
    [row.children_0, row.children_1, row.children_2, row.children_3, row.children_4_or_more].map(|share| share.0)
}

const fn of_all(source: &'static str, year: Year, lived: [Year; 2], what: What, value: f64) -> Figure {
    Figure { source, is_survey: false, year, lived, sex: None, ages: EVERY_AGE, what, value }
}
