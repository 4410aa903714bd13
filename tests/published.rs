//! Published figures: official rates give official life expectancies.

use std::collections::BTreeMap;

use livslop::record::life_table::LifeTable;
use livslop::units::Sex;

const TABLES: &str = "configs/norway/tables";

fn rows(file: &str) -> Vec<csv::StringRecord> {
    let mut reader = csv::Reader::from_path(format!("{TABLES}/{file}")).expect("the table is there");
    reader.records().map(|row| row.expect("a row")).collect()
}

fn number(row: &csv::StringRecord, column: usize) -> f64 {
    row[column].parse().expect("a number")
}

/// The Human Mortality Database's rates of 1950-2023 against its own life expectancies at birth, both sexes, every year.
#[test]
fn register_rates_give_the_register_life_expectancy_within_a_hundredth_of_a_year() {
    let mut rates: BTreeMap<(String, String), Vec<f64>> = BTreeMap::new();
    for row in rows("mortality_register.csv") {
        let column = rates.entry((row[0].to_owned(), row[1].to_owned())).or_default();
        assert_eq!(column.len(), row[2].parse::<usize>().expect("an age"), "ages in order");
        column.push(number(&row, 3));
    }
    let published = rows("life_expectancy_register.csv");
    assert_eq!((published.len(), rates.len()), (148, 148), "74 years of two sexes");
    let mut wrong = Vec::new();
    for row in published {
        let sex = Sex::BOTH.into_iter().find(|sex| sex.word() == &row[1]);
        let mx = rates[&(row[0].to_owned(), row[1].to_owned())].clone();
        let (found, official) = (LifeTable::new(mx, 0, sex).ex[0], number(&row, 2));
        if (found - official).abs() > 0.01 {
            wrong.push(format!("{} {}: {found:.3}, published {official}", &row[0], &row[1]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
