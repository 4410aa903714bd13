//! The record, the futures and the projection agree with what was published, without any chance.

use livslop::record::life_table::life_expectancy;
use livslop::record::{FIRST, Record};
use livslop::run::model::{Model, Settings};
use livslop::units::{Sex, Year};

mod common;

fn under(future: &str) -> Model {
    Model::load(Settings { future: Some(future.to_owned()), ..common::settings(2_000, 1, 2100) }).expect("in order")
}

fn e0(record: &Record, year: i16) -> [f64; 2] {
    Sex::BOTH.map(|sex| life_expectancy(&record.mortality[Year(year).since(FIRST)][sex.index()], Some(sex), 0))
}

fn total_fertility(record: &Record, year: i16) -> f64 {
    record.fertility[Year(year).since(FIRST)].iter().sum()
}

/// Rows of a table of the configuration, as words.
fn table(name: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(format!("configs/norway/tables/{name}")).expect("a table");
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn statistics_norways_alternatives_are_met_at_their_dates() {
    // Published: life expectancy of both sexes 84.3, 87.4, 90.4, 92.8; births per woman 1.57 in 2030, then 1.66. Until
    // 2025 rates are those that recorded migration was derived with; what separates them from the path fades to 2035, so that
    // 2030 is half of it off.
    let main = under("ssb-main").record;
    for (year, published, bound) in [(2030, 84.3, 0.15), (2050, 87.4, 0.02), (2075, 90.4, 0.02), (2100, 92.8, 0.02)] {
        let [girls, boys] = e0(&main, year);
        assert!(((girls + 1.06 * boys) / 2.06 - published).abs() < bound, "{year}: {girls} {boys}");
    }
    for (year, published) in [(2026, 1.47), (2028, 1.52), (2030, 1.57), (2050, 1.66), (2075, 1.66), (2100, 1.66)] {
        assert!((total_fertility(&main, year) - published).abs() < 0.005, "{year}: {}", total_fertility(&main, year));
    }
    let net =
        |model: &Model, year: i16| model.record.net_migration[Year(year).since(FIRST)].iter().flatten().sum::<f64>();
    let (low, high) = (under("ssb-low-migration"), under("ssb-high-migration"));
    assert!((net(&low, 2050) - 4_704.0).abs() < 1.0 && (net(&high, 2100) - 38_294.0).abs() < 1.0);
    assert!(
        e0(&under("ssb-low-life-expectancy").record, 2100)[0]
            < e0(&under("ssb-high-life-expectancy").record, 2100)[0] - 5.0
    );
}

#[test]
fn the_jump_to_the_united_nations_path_is_closed_and_fades() {
    let un = under("un-medium").record;
    // Published: 84.966 and 81.935 in 2024, 89.2 and 86.2 or so in 2050; register 84.64 and 81.39 in 2023.
    let step = [0, 1].map(|sex| e0(&un, 2024)[sex] - e0(&un, 2023)[sex]);
    assert!(step.iter().all(|step| (0.0..0.25).contains(step)), "{step:?}");
    let rates = &un.mortality[Year(2035).since(FIRST)][0];
    let published: f64 = table("mortality_un.csv")
        .iter()
        .find(|row| row[0] == "2035" && row[1] == "female" && row[2] == "70")
        .expect("a row")[3]
        .parse()
        .expect("a rate");
    assert_eq!(rates[70], published, "ten years on, the rates are the published ones");
}

#[test]
fn no_fade_leaves_the_rates_of_the_years_with_recorded_flows_as_they_are() {
    // Recorded migration was derived with the rates of 2024 and 2025: how the correction fades afterwards must not touch them.
    let with = |fade: &str| {
        let set = vec![format!("record.mortality_fade={fade}")];
        Model::load(Settings { set, ..common::settings(2_000, 1, 2100) }).expect("in order").record
    };
    let (usual, at_once) = (with("10"), with("0"));
    for year in [2024, 2025] {
        assert_eq!(usual.mortality[Year(year).since(FIRST)], at_once.mortality[Year(year).since(FIRST)], "{year}");
    }
    assert_ne!(usual.mortality[Year(2026).since(FIRST)], at_once.mortality[Year(2026).since(FIRST)]);
}

#[test]
fn the_projection_meets_the_united_nations_population() {
    // Births, migration and mortality of 2024 and 2025 are the register's here, hence some tenths of a per cent.
    let un = under("un-medium");
    for row in
        table("population_un.csv").iter().filter(|row| ["2030", "2050", "2075", "2100"].contains(&row[0].as_str()))
    {
        let (year, published): (i16, f64) = (row[0].parse().expect("a year"), row[3].parse().expect("people"));
        let ratio = un.expected_people(Year(year)) / published;
        assert!((ratio - 1.0).abs() < 0.01, "{year}: {ratio}");
    }
}

#[test]
fn rates_and_flows_carry_the_register_from_one_year_to_the_next() {
    // One step of a cohort-component calculation from each recorded population, written out here, against the next recorded one:
    // five-year groups above 50,000 within 0.2 %.
    let model = under("ssb-main");
    let record = &model.record;
    for year in Year(1950).to(Year(2025)) {
        let at = year.since(FIRST);
        let women = &record.population[at][0];
        let births: f64 = (1..=105).map(|a| women[a - 1] * record.fertility[at][a]).sum();
        for sex in Sex::BOTH {
            let (s, lexis) = (sex.index(), record.lexis(year, sex));
            let boys = [1.0 - record.boys[at], record.boys[at]][s];
            let next: Vec<f64> = (0..100)
                .map(|a| {
                    let here = if a == 0 { births * boys } else { record.population[at][s][a - 1] };
                    let survival = 1.0 - f64::from(livslop::math::yearly_probability(lexis.hazard[a]));
                    here * survival * (1.0 - record.emigration[at][s][a])
                        + record.immigrants[at][s][a] * survival.sqrt()
                })
                .collect();
            for (group, recorded) in next.chunks(5).zip(record.population[at + 1][s].chunks(5)) {
                let (expected, recorded): (f64, f64) = (group.iter().sum(), recorded.iter().sum());
                let off = (expected / recorded - 1.0).abs();
                assert!(recorded < 50_000.0 || off < 0.002, "{year} {sex:?}: {expected} instead of {recorded}");
            }
        }
    }
}

#[test]
fn women_divide_by_number_of_children_as_recorded() {
    // Register, per cent with 0, 1, 2, 3 or more at the end of the year of turning 25, 30, 35: mean error 3 points at most.
    let model = under("ssb-main");
    let (mut error, mut cells) = (0.0, 0.0);
    for row in table("parity_register.csv").iter().filter(|row| row[0] == "2011" && row[1] != "20") {
        let number = |i: usize| row[i].parse::<f64>().expect("a number");
        let (age, cohort) = (number(1), number(2));
        let recorded = [number(3), number(4), number(5), number(6) + number(7)];
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a year and an age")]
        let shares = model.record.parity.shares(Year((cohort + age) as i16 + 1), age as usize + 1);
        for (recorded, share) in recorded.iter().zip(shares) {
            error += (recorded - 100.0 * share).abs();
            cells += 1.0;
        }
    }
    assert!(cells > 100.0 && error / cells < 1.5, "mean error {} points in {cells} cells", error / cells);
}
