//! What the accounts mean: life tables, their errors, and the tables of a run.
//!
//! Accounts go in as ledgers ([`crate::accounts::cells`]); life tables of every year and cohort come out as [`mod@series`], with 64
//! jackknife replicates each, from which all errors and differences follow. [`tables()`] makes the files of a run of them,
//! [`summary`] the lines for the terminal, and [`read`] reads finished runs back.

pub mod answer;
pub mod by_group;
pub mod effects;
pub mod gradients;
pub mod groups;
pub mod jackknife;
pub mod lifetable;
pub mod marriages;
pub mod numbers;
pub mod part;
pub mod read;
pub mod series;
pub mod summary;
pub mod tables;

use rayon::prelude::*;

use crate::accounts::arrow::Table;
use crate::accounts::cells::Ledger;
use crate::accounts::groups::By;
use crate::measures::Arm;
use crate::record;
use crate::run::legs::Outcome;
use crate::run::model::Model;

use by_group::ByGroup;
use part::{Part, REFERENCE};
use series::{Accounts, series};

/// The expectation that life tables are made of.
const EXPECTED_DEATHS: &str = "expected_deaths";
/// The counter of children born.
const BIRTHS: &str = "births";

/// The life tables of a run: everyone in the reference, then everyone in each arm.
///
/// # Panics
///
/// If no mechanism declares expected deaths.
#[must_use]
pub fn parts(model: &Model, arms: &[Arm], outcome: &Outcome) -> Vec<Part> {
    let reference = series(accounts(model, outcome, &outcome.reference), record::FIRST, None);
    let of_arm = |(arm, ledger): (&Arm, &Ledger)| {
        let from = ledger.years.first().map_or(model.settings.branch, |cells| cells.year);
        Part::everyone(&arm.id, series(accounts(model, outcome, ledger), from, Some(&reference)))
    };
    let of_arms: Vec<Part> = arms.iter().zip(&outcome.arms).map(of_arm).collect();
    [Part::everyone(REFERENCE, reference)].into_iter().chain(of_arms).collect()
}

/// Every table of a run, from its life tables.
///
/// # Panics
///
/// If the parts are not those of [`parts`], the reference first.
#[must_use]
pub fn tables(model: &Model, arms: &[Arm], outcome: &Outcome, parts: &[Part]) -> Vec<Table> {
    each_table(model, arms, outcome, parts, |table| table)
}

/// What becomes of every table of a run, in the same order: tables are made side by side, and none is kept longer than needed.
///
/// # Panics
///
/// If the parts are not those of [`parts`], the reference first.
pub fn each_table<T: Send>(
    model: &Model,
    arms: &[Arm],
    outcome: &Outcome,
    parts: &[Part],
    done: impl Fn(Table) -> T + Sync,
) -> Vec<T> {
    let births = model.declared.counters.iter().position(|counter| counter.column == BIRTHS);
    let reference = &parts.first().expect("the reference").series;
    let names: Vec<&str> = [REFERENCE].into_iter().chain(arms.iter().map(|arm| &arm.id[..])).collect();
    let (groups, windows) =
        rayon::join(|| ByGroup::of(model, arms, outcome, reference), || ByGroup::of_windows(model, arms, outcome));
    let in_order: Vec<_> =
        names.iter().flat_map(|arm| groups.gradients.iter().filter(|row| *row.arm == **arm)).collect();
    let make: Vec<Box<dyn Fn() -> Option<Table> + Sync + '_>> = vec![
        Box::new(|| Some(tables::life_expectancy::table(parts, &groups.figures))),
        Box::new(|| Some(tables::life_tables::table(parts, &groups.tables))),
        Box::new(|| Some(tables::gradients::table(&in_order))),
        Box::new(|| Some(tables::windows::table(&windows.figures))),
        Box::new(|| Some(tables::windows::gradients(&windows.gradients))),
        Box::new(|| Some(tables::cells::table(model, arms, outcome, deaths(model)))),
        Box::new(|| Some(tables::outcomes::table(model, arms, outcome, &groups.figures))),
        Box::new(|| Some(tables::hindcast::table(model, outcome, reference, births, deaths(model)))),
        Box::new(|| Some(tables::alignment::table(&outcome.alignment, &model.declared.barriers))),
    ];
    let by_group = By::ALL.map(|by| move || Some(tables::cells_by_group::table(by, model, arms, outcome)));
    let make = make.into_iter().chain(by_group.into_iter().map(|make| -> Box<dyn Fn() -> _ + Sync> { Box::new(make) }));
    let last: [Box<dyn Fn() -> Option<Table> + Sync + '_>; 3] = [
        Box::new(|| (!arms.is_empty()).then(|| tables::reached::table(model, arms, outcome))),
        Box::new(|| (!arms.is_empty()).then(|| tables::effects::table(model, arms, outcome))),
        Box::new(|| tables::lives::table(&names, &outcome.lives, &model.declared)),
    ];
    let make: Vec<_> = make.chain(last).collect();
    make.par_iter().with_max_len(1).filter_map(|make| make().map(&done)).collect()
}

/// The tables of counts of the reference alone, which need no life tables.
#[must_use]
pub fn cells(model: &Model, outcome: &Outcome) -> Vec<Table> {
    let everyone = tables::cells::table(model, &[], outcome, deaths(model));
    tables::cells_by_group::tables(model, &[], outcome).into_iter().chain([everyone]).collect()
}

fn accounts<'a>(model: &'a Model, outcome: &'a Outcome, ledger: &'a Ledger) -> Accounts<'a> {
    Accounts { shape: model.shape, deaths: deaths(model), record: &model.record, history: &outcome.reference, ledger }
}

fn deaths(model: &Model) -> usize {
    model
        .declared
        .expectations
        .iter()
        .position(|counter| counter.column == EXPECTED_DEATHS)
        .expect("death is a mechanism")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::accounts::arrow::{Compression, Data, Provenance, write};
    use crate::accounts::lives::Sample;
    use crate::run::legs::{self, Keep, Watch};
    use crate::run::model::{People, Settings};
    use crate::units::Year;

    const NAMES: [&str; 16] = [
        "life_expectancy",
        "life_tables",
        "gradients",
        "windows",
        "window_gradients",
        "cells_all",
        "outcomes",
        "hindcast",
        "alignment",
        "cells",
        "cells_occupation",
        "cells_parents_education",
        "cells_municipality_group",
        "reached",
        "effects",
        "lives",
    ];

    struct Nobody;

    impl Watch for Nobody {
        fn year(&mut self, _: &str, _: Year, _: usize, _: usize) {}

        fn stops(&self) -> bool {
            false
        }
    }

    /// A run until 2027 of about this many people, its only arm a copy of the reference.
    fn run(people: u32) -> (Model, Vec<Arm>, Outcome) {
        let settings = Settings {
            config: "configs/norway".into(),
            people: People::Number(people),
            seed: 1,
            replicate: 0,
            branch: Year(2025),
            until: Year(2027),
            future: None,
            set: Vec::new(),
        };
        let model = Model::load(settings).expect("a sound configuration");
        let work = tempfile::tempdir().expect("a directory");
        let package = work.path().join("test.toml");
        let text = "id = \"test\"\ntitle = { en = \"Test\", no = \"Prøve\" }\nfrom = 2027\n[[effect]]\n\
                    lever = \"death.all_causes\"\nform = \"hazard-ratio\"\nvalue = 1.0\n\
                    evidence = { unit = \"ratio\", interval = [1, 1], kind = \"assumed\", note = \"a test\" }\n";
        std::fs::write(&package, text).expect("written");
        let arms = model.arms(&[package]).expect("a sound scenario");
        let work = tempfile::tempdir().expect("a directory");
        let keep = Keep { cache: None, work: work.path().to_owned(), resume: false, every: Duration::from_secs(1000) };
        let outcome = legs::run(&model, &arms, Some(Sample::share(0.02)), &keep, &mut Nobody).expect("a run");
        (model, arms, outcome)
    }

    fn numbers<'a>(table: &'a Table, name: &str) -> &'a [f64] {
        match &table.column(name).expect("a column").data {
            Data::Number(values) => values,
            Data::Int32(_) | Data::Int64(_) | Data::UInt64(_) | Data::Word { .. } | Data::Text { .. } => {
                panic!("{name} is no measure")
            }
        }
    }

    #[test]
    fn a_run_becomes_tables_that_read_back_alike() {
        let (model, arms, outcome) = run(8000);
        let parts = parts(&model, &arms, &outcome);
        let tables = tables(&model, &arms, &outcome, &parts);
        let names: Vec<&str> = tables.iter().map(|table| table.name).collect();
        assert_eq!(names, NAMES);
        // 75 years of history and 3 more, then 3 of the arm; two sexes; ages 0 to 110.
        assert_eq!(tables[5].rows(), (78 + 3) * 2 * 111);

        let directory = tempfile::tempdir().expect("a directory");
        let provenance = Provenance {
            model_version: "0".to_owned(),
            git_commit: "0".to_owned(),
            seed: 1,
            scenario_sha256: "0".to_owned(),
            weight: model.weight(),
            extra: std::collections::BTreeMap::default(),
        };
        for table in &tables {
            write(directory.path(), table, &provenance, Compression::Zstd).expect("written");
        }
        let rows = read::life_expectancy(directory.path()).expect("a table");
        assert_eq!(rows.len(), tables[0].rows());
        let told = rows.iter().filter(|row| row.basis == "period" && row.measure == "life_expectancy" && row.age == 0);
        for row in told {
            // 58 to 84 years on record; a few thousand people err by some two years.
            assert!(matches!(row.expected, [Some(50.0..95.0), Some(0.0..10.0)]), "{row:?}");
            assert_eq!(
                row.difference,
                if row.arm == REFERENCE { [None; 2] } else { [Some(0.0); 2] },
                "a copy differs by nothing"
            );
        }
        assert!(rows.iter().any(|row| row.basis == "cohort" && row.counted[0].is_some()), "cohorts born until 1922");
        let csv = read::to_csv(&directory.path().join("hindcast.arrow")).expect("text");
        assert!(csv.starts_with("year,sex,age_from,age_to,indicator,"), "{}", &csv[..80]);
        assert!(csv.contains("\n1950,both,0,110,population,"));

        let summary = summary::summary(&model, &parts);
        let years: Vec<i16> = summary.years.iter().map(|year| year.year.0).collect();
        assert_eq!(years, [1950, 1975, 2000, 2023, 2025, 2027]);
        let answers = answer::answers(&model, &arms, &outcome);
        let answer = answers[0].as_ref().expect("it lived three years");
        assert_eq!(answer.last(), Year(2027));
        let all = answer.effect(Year(2027), answer::BOTH, effects::Whom::Group(0, 0), None).expect("a row");
        assert_eq!((all.years[0], all.gained, all.avoided), (Year(2027), [0.0; 2], [0.0; 2]), "a copy gains nothing");
    }

    #[test]
    fn ten_people_give_nulls_and_no_panic() {
        let (model, arms, outcome) = run(10);
        let parts = parts(&model, &arms, &outcome);
        let tables = tables(&model, &arms, &outcome, &parts);
        assert!(tables[0].rows() > 0, "the rows are there");
        for name in ["value", "se", "expected_value", "difference", "lower"] {
            assert!(numbers(&tables[0], name).iter().all(|number| number.is_nan()), "{name} of ten people");
        }
        assert_eq!(tables[1].rows(), 0);
        let _ = summary::summary(&model, &parts);
    }
}
