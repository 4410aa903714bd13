//! The accounts by group add up to everybody, and to people counted one by one.

use livslop::accounts::cells::{GROUPS, Ledger, YearCells};
use livslop::accounts::groups::{ADULTS, BANDS, By, Stock, place_of};
use livslop::model::alignment::Alignment;
use livslop::model::lever::Levers;
use livslop::model::person::{Life, Person};
use livslop::model::rows::Rows;
use livslop::processes::school::{Level, Schooling};
use livslop::processes::smoking::{Habit, Smoking};
use livslop::processes::work::{Occupation, State, Work};
use livslop::record::lexis::{COHORTS, Lived};
use livslop::run::model::Model;
use livslop::run::nation::{Nation, Role};
use livslop::units::{Sex, Year};

mod common;

const LAST: Year = Year(1957);

fn model() -> Model {
    common::model(20_000, 3, LAST.0)
}

fn lived(model: &Model) -> (Nation<'_>, Vec<YearCells>) {
    let (mut nation, mut alignment) = (Nation::founded(model, Year(1950), LAST), Alignment::default());
    let years = Year(1950).to(LAST);
    let cells =
        years.map(|year| nation.live(year, &Levers::default(), &mut alignment, Role::Reference)).collect::<Vec<_>>();
    (nation, cells)
}

#[test]
fn groups_add_up_to_everybody_in_every_grouping() {
    let model = model();
    let (_, years) = lived(&model);
    let deaths = model.declared.expectations.iter().position(|counter| counter.column == "expected_deaths");
    for cells in &years {
        for by in By::ALL {
            for way in Lived::ALL {
                assert_eq!(cells.groups.lived(way, by.levels()), cells.lived(model.shape, way), "{by:?} {way:?}");
            }
            let expected = cells.expected(model.shape, deaths.expect("death is a mechanism"));
            assert_eq!(cells.groups.expected(by.levels()), expected, "{by:?}");
        }
    }
}

#[test]
fn groups_of_communities_add_up_to_the_nation() {
    let model = model();
    let (_, years) = lived(&model);
    let cells = years.last().expect("a year");
    for level in By::Education.levels() {
        for sex in Sex::BOTH {
            let dying = Lived::ALL.into_iter().filter(|way| way.deaths() != [0.0, 0.0]);
            let deaths: u64 =
                dying.map(|way| cells.groups.lived(way, level..level + 1)[sex.index()][30..].iter().sum::<u64>()).sum();
            let of_bands: f64 = (0..GROUPS)
                .flat_map(|group| (0..BANDS.len()).map(move |band| (group, band)))
                .map(|(group, band)| cells.groups.band(group, level, sex, band).deaths)
                .sum();
            assert_eq!(format!("{of_bands}"), format!("{deaths}"));
            let adults: u64 = (0..GROUPS).map(|group| cells.groups.sum(group, level, sex, place_of(ADULTS))).sum();
            let people = cells.groups.stock(Stock::People, level..level + 1);
            assert_eq!(adults, people[sex.index()][30..].iter().sum::<u64>());
        }
    }
}

#[test]
fn stocks_are_those_of_people_counted_one_by_one() {
    let model = model();
    let (mut nation, years) = lived(&model);
    let cells = years.last().expect("a year");
    // `[level][2][128]`: people, daily smokers, the employed; by education and by occupation.
    let mut by_hand = vec![[[[0_u64; COHORTS]; 2]; 3]; 14];
    for community in &mut nation.communities {
        let used = community.world.resource::<Rows>().used();
        let mut query = community.world.query::<(&Person, &Life, &Schooling, &Smoking, &Work)>();
        for (person, life, schooling, smoking, work) in query.iter(&community.world).take(used) {
            if !life.goes_on(LAST) {
                continue;
            }
            let (sex, age) = (person.sex.index(), person.age_reached(LAST));
            for level in [schooling.level as usize, Level::ALL.len() + work.occupation as usize] {
                by_hand[level][0][sex][age] += 1;
                by_hand[level][1][sex][age] += u64::from(smoking.habit == Habit::Daily);
                by_hand[level][2][sex][age] += u64::from(work.state == State::Employed);
            }
        }
    }
    assert_eq!(by_hand.len(), Level::WORDS.len() + Occupation::WORDS.len());
    for (level, by_hand) in by_hand.iter().enumerate() {
        for (stock, by_hand) in [Stock::People, Stock::DailySmokers, Stock::Employed].into_iter().zip(by_hand) {
            assert_eq!(cells.groups.stock(stock, level..level + 1), *by_hand, "{stock:?} of level {level}");
        }
    }
}

#[test]
fn accounts_come_back_from_bytes() {
    let model = model();
    let (_, years) = lived(&model);
    let ledger = Ledger { years };
    let bytes = ledger.to_bytes().expect("bytes");
    assert_eq!(Ledger::from_bytes(&bytes, model.shape).expect("accounts"), ledger);
    let cut = zstd::encode_all(&zstd::decode_all(&bytes[..]).expect("bytes")[1..], 1).expect("bytes");
    assert!(Ledger::from_bytes(&cut, model.shape).is_err());
}
