//! A year of smoking.

use std::cell::RefCell;

use bevy_ecs::resource::Resource;
use bevy_ecs::system::{Query, Res, ResMut};

use crate::draws::{Draws, exponential, uniform};
use crate::model::columns::RememberedOf;
use crate::model::community::Counts;
use crate::model::family::{Kin, Link, To};
use crate::model::lever::Levers;
use crate::model::person::{Life, Origin, Person};
use crate::model::reach::Reached;
use crate::model::rows::Rows;
use crate::model::simulation::{Answered, Asked, Asks, CounterPlaces, Shared};
use crate::processes::background::Background;
use crate::processes::school::{Level, Schooling, Stage, Track};
use crate::record::Record;
use crate::record::lexis::COHORTS;
use crate::record::smoking::STARTS as SPANS;
use crate::units::{Sex, Year};

use super::dealt::narrow;
use super::{
    Habit, PREGNANT, PRICE, Params, RELAPSES, SMOKES_AT_END, SMOKES_AT_START, STARTING, STARTS, STOPPING, STOPS,
    Smoking, exposed,
};

/// The youngest age reached at which anybody starts.
pub const FIRST_AGE: usize = SPANS[0];
/// The first at which nobody does.
const END: usize = SPANS[4];
/// Ages at which people start.
const AGES: usize = END - FIRST_AGE;
/// Ways through school, of those who may start: left it, vocational track, general track.
const WAYS: usize = 3;
/// Years after stopping in which people start again.
const RELAPSE_YEARS: usize = 15;
/// The mean of factors is summed up in these steps.
const STEPS: f32 = 1024.0;

/// By how much parents and background lift the hazard of starting, on average, among those who never smoked, by sex, age and way
/// through school: what the recorded hazards are divided by in the year after.
pub struct Norms;

impl Asks for Norms {
    const NAME: &'static str = "smoking.norms";

    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "state is f32")]
    fn answer(_: &Record, _: Year, sums: &[i64]) -> Vec<f32> {
        let mean = |cell: &[i64; 2]| {
            if cell[0] == 0 { 1.0 } else { (cell[1] as f64 / cell[0] as f64) as f32 / STEPS }
        };
        sums.as_chunks().0.iter().map(mean).collect()
    }
}

const fn cell(sex: Sex, age: usize, way: usize) -> usize {
    (sex.index() * AGES + (age - FIRST_AGE)) * WAYS + way
}

/// The way through school, as far as it goes with smoking.
const fn way(schooling: Schooling) -> usize {
    match (schooling.track, schooling.stage, schooling.level) {
        (Track::None, ..) | (_, Stage::Out, Level::Compulsory) => 0,
        (Track::Vocational, ..) => 1,
        (Track::General, ..) => 2,
    }
}

/// Mothers who smoke may stop in pregnancy; children learn whether their mother smoked.
pub fn bear(
    (year, rows, draws): (Res<Year>, Res<Rows>, Res<Draws>),
    (params, places, mut counts): (Res<Shared<Params>>, Res<CounterPlaces>, ResMut<Counts>),
    mut people: Query<(&Person, &Kin, &mut Smoking)>,
) {
    let year = *year;
    let stops = params.stops_in_pregnancy(year);
    let [at_start, at_end] = [SMOKES_AT_START, SMOKES_AT_END].map(|counter| places.of(counter));
    for (people, kin, mut smoking) in people.contiguous_iter_mut().expect("table storage") {
        let smoking = smoking.bypass_change_detection();
        for run in rows.runs(year).filter(|run| run.new && run.age == 0) {
            for row in run.rows.filter(|row| people[*row].origin == Origin::Born) {
                let Some(mother) = kin[row].mother.as_row().filter(|mother| smoking[*mother].habit == Habit::Daily)
                else {
                    continue;
                };
                let age = people[mother].age_reached(year);
                counts.events[at_start][0][age] += 1;
                let words = draws.words(people[mother].id, people[mother].age_of_luck(year), PREGNANT);
                if uniform(words[0]) < stops {
                    // Whoever smokes again soon after the birth has only paused.
                    if uniform(words[2]) >= params.resumes() {
                        stop(&mut smoking[mother], age, words[1]);
                    }
                } else {
                    counts.events[at_end][0][age] += 1;
                    smoking[row].exposed |= exposed::BEFORE_BIRTH;
                }
            }
        }
    }
}

fn stop(smoking: &mut Smoking, age: usize, word: u32) {
    let years = narrow(age.saturating_sub(smoking.since.into()));
    smoking.smoked = smoking.smoked.saturating_add(years);
    (smoking.habit, smoking.since, smoking.left) = (Habit::Former, narrow(age), exponential(word));
}

fn start(smoking: &mut Smoking, age: usize, word: u32) {
    (smoking.habit, smoking.since, smoking.left) = (Habit::Daily, narrow(age), exponential(word));
}

/// Factors on the hazard of starting by background, without and with a parent who smokes.
#[derive(Resource, Clone, Debug)]
pub struct Lifts([[f32; 256]; 2]);

impl Lifts {
    /// As the parameters have it.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
    pub fn of(params: &Params) -> Self {
        let weight = params.start_background.value() as f32;
        let of_parent = |parent: f32| Background::table(|trait_| parent * libm::expf(weight * trait_));
        Self([1.0, params.parent_smokes.value() as f32].map(of_parent))
    }
}

/// What prices make of starting and stopping: a few are asked for many times.
#[derive(Default)]
struct Prices(RefCell<Vec<(f32, [f32; 2])>>);

impl Prices {
    #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
    fn of(&self, price: f32, params: &Params) -> [f32; 2] {
        if price == 1.0 {
            return [1.0; 2];
        }
        let mut known = self.0.borrow_mut();
        if let Some((_, ratios)) = known.iter().find(|(own, _)| *own == price) {
            return *ratios;
        }
        let elasticities = [params.start_price.value(), params.stop_price.value()];
        let ratios = elasticities.map(|elasticity| libm::powf(price, elasticity as f32));
        known.push((price, ratios));
        ratios
    }
}

/// The hazards of one sex and age in a year.
#[derive(Clone)]
struct Hazards {
    /// Of starting, by way through school, for a factor of one.
    start: [f32; WAYS],
    /// Of stopping, by education.
    stop: [f32; 3],
}

#[expect(clippy::cast_possible_truncation, reason = "state is f32")]
impl Params {
    fn stops_in_pregnancy(&self, year: Year) -> f32 {
        let way = (f32::from(year.0 - 1980) / 35.0).clamp(0.0, 1.0);
        let [before, after] = self.stops_in_pregnancy.map(|share| share.value() as f32);
        before + (after - before) * way
    }

    fn resumes(&self) -> f32 {
        self.resumes_after_birth.value() as f32
    }

    /// The hazards of those whom the same measures have reached.
    fn hazards(
        &self,
        record: &Record,
        levers: &Levers,
        (norms, prices): (&[f32], &Prices),
        (year, sex, age, reached): (Year, Sex, usize, u64),
    ) -> Hazards {
        let [start_price, stop_price] = prices.of(levers.at(PRICE).ratio_of(sex, age, reached), self);
        let start = if age < END {
            let span = SPANS.iter().rposition(|first| *first <= age).unwrap_or(0).min(3);
            let lift = self.start_level[sex.index()].value() as f32
                * levers.at(STARTING).ratio_of(sex, age, reached)
                * start_price;
            let born = year.0 - i16::from(narrow(age));
            let recorded = record.smoking.initiation(sex, born);
            std::array::from_fn(|way| {
                let norm = norms.get(cell(sex, age, way)).copied().unwrap_or(1.0);
                recorded[self.pattern.of(way)][span] * lift / norm
            })
        } else {
            [0.0; WAYS]
        };
        let lift =
            self.stop_level[sex.index()].value() as f32 * levers.at(STOPPING).ratio_of(sex, age, reached) * stop_price;
        // Recorded rates hold those who stop because they are pregnant; they are in `bear`.
        let pregnant = match sex {
            Sex::Female => {
                record.fertility[Record::at(year)][age] as f32 * self.stops_in_pregnancy(year) * (1.0 - self.resumes())
            }
            Sex::Male => 0.0,
        };
        let recorded = record.smoking.cessation(year, sex, age);
        let stop = std::array::from_fn(|group| (recorded[self.pattern.of(group)] - pregnant).max(0.0) * lift);
        Hazards { start, stop }
    }
}

/// Cumulates the year's hazards; whoever has none left changes habit.
pub fn smoke(
    (year, rows, draws, record): (Res<Year>, Res<Rows>, Res<Draws>, Res<Shared<Record>>),
    (params, levers, norms): (Res<Shared<Params>>, Res<Levers>, Res<Answered<Norms>>),
    (lifts, reached): (Res<Lifts>, Res<Reached>),
    (mut asked, remembered): (ResMut<Asked<Norms>>, Res<RememberedOf<Smoking>>),
    mut people: Query<(&Person, &Life, &Kin, &Schooling, &Background, &mut Smoking)>,
) {
    let year = *year;
    asked.sums.clear();
    asked.sums.resize(2 * AGES * WAYS * 2, 0);
    let relapse = params.relapse_hazards();
    // Kept for every sex and age, and those alike in what has reached them: newcomers stand in runs of one or two.
    let mut hazards = Sex::BOTH.map(|_| vec![Vec::<(u64, Hazards)>::new(); COHORTS]);
    let mask = [STARTING, STOPPING, PRICE].into_iter().fold(0, |mask, lever| mask | levers.at(lever).mask());
    let prices = Prices::default();
    let hazards_of =
        |sex, age, reached| params.hazards(&record, &levers, (&norms.answer, &prices), (year, sex, age, reached));
    for (people, lives, kin, schooling, traits, mut smoking) in people.contiguous_iter_mut().expect("table storage") {
        let smoking = smoking.bypass_change_detection();
        // Before anybody's habit changes: which parent's row comes first must not matter.
        for row in rows.runs(year).filter(|run| run.age == FIRST_AGE).flat_map(|run| run.rows) {
            meet_youth(row, people[row], kin, smoking, &remembered.0, *draws);
        }
        for run in rows.runs(year).filter(|run| run.age >= FIRST_AGE) {
            let (sex, age) = (run.sex, run.age);
            let known = &mut hazards[sex.index()][age];
            for row in run.rows.filter(|row| lives[*row].is_here(year)) {
                let now = smoking[row];
                let bits = reached.among(mask, row);
                let place = known.iter().position(|(own, _)| *own == bits).unwrap_or_else(|| {
                    known.push((bits, hazards_of(sex, age, bits)));
                    known.len() - 1
                });
                let hazards = &known[place].1;
                let since = (age - usize::from(now.since).min(age)).min(RELAPSE_YEARS);
                // Picked from all three without a branch, since nobody can guess who smokes.
                let of_habit = [0.0, hazards.stop[schooling[row].level.of_three()], relapse[since]];
                let mut hazard = of_habit[now.habit as usize];
                if age < END && now.habit == Habit::Never {
                    let way = way(schooling[row]);
                    let lift = lifts.0[usize::from(now.exposed & exposed::PARENT > 0)][traits[row].place()];
                    count_for_next_year(&mut asked.sums, sex, age, way, lift);
                    hazard = hazards.start[way] * lift;
                }
                let never_more = age >= END && now.habit == Habit::Never;
                if (hazard < now.left) | never_more {
                    smoking[row].left = now.left - hazard;
                    continue;
                }
                let words = |decision| draws.words(people[row].id, people[row].age_of_luck(year), decision);
                match now.habit {
                    Habit::Daily => stop(&mut smoking[row], age, words(STOPS)[0]),
                    Habit::Former => start(&mut smoking[row], age, words(RELAPSES)[0]),
                    Habit::Never => {
                        let [left, word, ..] = words(STARTS);
                        let group = params.pattern.of(way(schooling[row]));
                        smoking[row].cigarettes = params.cigarettes(&record, people[row], group, word);
                        start(&mut smoking[row], age, left);
                    }
                }
            }
        }
    }
}

/// This year's people are next year's, a year older; those who will be 13 are taken to be like this year's.
fn count_for_next_year(sums: &mut [i64], sex: Sex, age: usize, way: usize, lift: f32) {
    let ages = if age == FIRST_AGE { age..=age + 1 } else { age + 1..=(age + 1).min(END - 1) };
    for age in ages {
        let at = cell(sex, age, way) * 2;
        sums[at] += 1;
        #[expect(clippy::cast_possible_truncation, reason = "in steps of 1/1024")]
        let steps = (lift * STEPS) as i64;
        sums[at + 1] += steps;
    }
}

/// Somebody reaches the age at which people begin to start: luck is drawn, and parents are looked at.
fn meet_youth(row: usize, person: Person, kin: &[Kin], smoking: &mut [Smoking], remembered: &[Smoking], draws: Draws) {
    let smokes = |parent: Link| match parent.to() {
        To::Nobody => false,
        To::Row(row) => smoking[row].habit == Habit::Daily,
        To::Remembered(place) => remembered[place].habit == Habit::Daily,
    };
    let exposed = [kin[row].mother, kin[row].father].into_iter().any(smokes);
    if exposed {
        smoking[row].exposed |= exposed::PARENT;
    }
    #[expect(clippy::cast_possible_truncation, reason = "13")]
    let word = draws.words(person.id, FIRST_AGE as u32, STARTS)[2];
    if smoking[row].habit == Habit::Never {
        smoking[row].left = exponential(word);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "state is f32")]
impl Params {
    /// Hazards of starting again, by years since stopping; the last is of all later years.
    fn relapse_hazards(&self) -> [f32; RELAPSE_YEARS + 1] {
        let mut hazard = self.relapse.value() as f32;
        std::array::from_fn(|years| {
            if years == 0 || years == RELAPSE_YEARS {
                return 0.0;
            }
            let now = hazard;
            hazard *= self.relapse_fades.value() as f32;
            now
        })
    }
}
