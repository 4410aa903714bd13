//! A year of work.

use std::cell::OnceCell;

use bevy_ecs::resource::Resource;
use bevy_ecs::system::{Query, Res, ResMut};

use crate::draws::{Draws, exponential, uniform};
use crate::model::community::Counts;
use crate::model::lever::Levers;
use crate::model::person::{Life, Person};
use crate::model::reach::Reached;
use crate::model::rows::Rows;
use crate::model::simulation::{Answered, Asked, CounterPlaces, Shared};
use crate::processes::background::Background;
use crate::processes::school::Schooling;
use crate::record::Record;
use crate::record::working::{OCCUPATIONS, OLDEST, YOUNGEST};
use crate::units::{Sex, Year};

use super::flows::{CELLS, Flows, GROUPS, Group, Rates, STEPS, SUMS, cell};
use super::job::Applicant;
use super::{
    Absence, DISABILITY, EVENT, FINDING, INJURIES, JOB_LOSS, LEVERS, NEW_DISABLED, Occupation, Params, RETURNING,
    SICKNESS, State, Work, exposure,
};

/// Levels of education.
const LEVELS: usize = 4;
/// Years in which the loss of a job tells.
const TELLS: usize = 5;
/// The age beyond which nobody changes class.
const SETTLED: usize = 50;
/// Whoever may leave school at this age or later is at school in the year in which [`YOUNGEST`] is reached.
const YOUNGEST_AT_SCHOOL: f32 = 15.0;
/// The first age of retirement.
const RETIREMENT: usize = 62;

/// How prone people are to fall ill, relative to the mean.
#[derive(Resource, Clone, Debug)]
pub struct Proneness {
    /// By background.
    background: [f32; 256],
    /// By exposures.
    exposures: [f32; 64],
    /// By absence of the year before.
    absence: [f32; 3],
    lost: f32,
    /// To lose a job, by background.
    loses: [f32; 256],
}

impl Proneness {
    /// As the parameters have it.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
    pub fn of(params: &Params) -> Self {
        let (ill, loss) = (params.ill_background.value() as f32, params.loss_background.value() as f32);
        let factor = |bits: usize, bit: u8, ratio: f64| if bits & usize::from(bit) > 0 { ratio as f32 } else { 1.0 };
        Self {
            background: Background::table(|trait_| libm::expf(ill * trait_ - ill * ill / 2.0)),
            exposures: std::array::from_fn(|bits| {
                factor(bits, exposure::HEAVY, params.ill_heavy.value())
                    * factor(bits, exposure::LOW_CONTROL, params.ill_low_control.value())
            }),
            absence: [1.0, params.ill_absent.value() as f32, params.ill_absent_graded.value() as f32],
            lost: params.ill_lost_job.value() as f32,
            loses: Background::table(|trait_| libm::expf(loss * trait_ - loss * loss / 2.0)),
        }
    }

    #[inline]
    fn to_fall_ill(&self, background: Background, work: Work, age: usize) -> f32 {
        let lost = if work.lost > 0 && age <= usize::from(work.lost) + TELLS { self.lost } else { 1.0 };
        self.background[background.place()]
            * self.exposures[usize::from(work.exposures & 63)]
            * self.absence[work.absence as usize]
            * lost
    }
}

/// The hazards of one sex and age, arms' effects included.
struct Hazards {
    rates: [Rates; LEVELS],
    /// Of a long absence, for a proneness of one.
    absence: f32,
    /// Of a long absence being in part.
    graded: f32,
    changes: f32,
}

/// What somebody's hazards depend on beside the state.
#[derive(Clone, Copy)]
struct Situation {
    /// Of education.
    level: usize,
    student: bool,
    /// How prone to fall ill.
    ill: f32,
    /// How prone to lose work.
    loses: f32,
    /// Of the occupation: absence relative to all, injuries a year.
    job: [f32; 2],
}

/// What happened.
#[derive(Clone, Copy)]
enum Event {
    Becomes(State),
    Absent,
    Injured,
    ChangesClass,
}

impl Hazards {
    /// The hazards of those whom the same measures have reached.
    fn of(
        params: &Params,
        record: &Record,
        levers: &Levers,
        flows: &[f32],
        (year, sex, age, reached): (Year, Sex, usize, u64),
    ) -> Self {
        let ratio = |lever| levers.at(lever).ratio_of(sex, age, reached);
        let rates = std::array::from_fn(|level| {
            let mut rates = Rates::of(flows, cell(sex, age, level));
            rates.loses *= ratio(JOB_LOSS);
            rates.finds *= ratio(FINDING);
            rates.sick *= ratio(SICKNESS);
            rates.recovers *= ratio(RETURNING);
            rates.disabled *= ratio(DISABILITY);
            rates.disabled_from_sick *= ratio(DISABILITY);
            rates
        });
        #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
        let (absences, [before, after]) =
            (params.absences.value() as f32, params.graded.map(|share| share.value() as f32));
        let way = (f32::from(year.0 - 1990) / 20.0).clamp(0.0, 1.0);
        #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
        let changes = if age < SETTLED { params.changes_class.value() as f32 } else { 0.0 };
        Self {
            rates,
            absence: absences * record.working.absence(year, sex, age),
            graded: before + (after - before) * way,
            changes,
        }
    }

    /// The hazard of anything happening.
    #[inline]
    fn total(&self, work: Work, of: Situation) -> f32 {
        let rates = &self.rates[of.level];
        let falls_ill = of.ill * (rates.sick + rates.disabled);
        match work.state {
            State::Education => rates.student_works + falls_ill,
            State::Employed => {
                let at_work = falls_ill + self.absence * of.job[0] * of.ill + of.job[1] + self.changes;
                if of.student {
                    rates.student_quits + at_work
                } else {
                    rates.loses * of.loses + rates.stays_home + rates.retires + at_work
                }
            }
            State::Unemployed => rates.finds + rates.retires + falls_ill,
            State::Other => rates.enters + rates.retires + falls_ill,
            State::Sick => rates.recovers + rates.disabled_from_sick + rates.retires,
            State::Disabled => rates.leaves_disability,
            State::Child | State::Retired => 0.0,
        }
    }

    /// What happened, when something did; `luck` is uniform.
    fn event(&self, work: Work, of: Situation, age: usize, luck: f32) -> Event {
        let rates = &self.rates[of.level];
        let becomes = |state: State, hazard: f32| (Event::Becomes(state), hazard);
        let mut events = match work.state {
            State::Education => padded([becomes(State::Employed, rates.student_works)]),
            State::Employed => padded(self.events_at_work(of)),
            State::Unemployed => {
                padded([becomes(State::Employed, rates.finds), becomes(State::Retired, rates.retires)])
            }
            State::Other => padded([becomes(State::Employed, rates.enters), becomes(State::Retired, rates.retires)]),
            State::Sick => padded([
                becomes(State::Employed, rates.recovers),
                becomes(State::Disabled, rates.disabled_from_sick),
                becomes(State::Retired, rates.retires),
            ]),
            State::Disabled | State::Child | State::Retired => {
                let next = if age >= RETIREMENT { State::Retired } else { State::Employed };
                return Event::Becomes(next);
            }
        };
        if work.state != State::Sick {
            events[AT_WORK] = becomes(State::Sick, of.ill * rates.sick);
            events[AT_WORK + 1] = becomes(State::Disabled, of.ill * rates.disabled);
        }
        let all: f32 = events.iter().map(|(_, hazard)| hazard).sum();
        let mut rest = luck * all;
        let mut last = Event::Becomes(work.state);
        for (event, hazard) in events {
            if rest < hazard {
                return event;
            }
            rest -= hazard;
            if hazard > 0.0 {
                last = event;
            }
        }
        last
    }

    /// What may happen to the employed, and the hazards of it.
    fn events_at_work(&self, of: Situation) -> [(Event, f32); AT_WORK] {
        let rates = &self.rates[of.level];
        let [first, second, third] = if of.student {
            [(Event::Becomes(State::Education), rates.student_quits), NOTHING, NOTHING]
        } else {
            [
                (Event::Becomes(State::Unemployed), rates.loses * of.loses),
                (Event::Becomes(State::Other), rates.stays_home),
                (Event::Becomes(State::Retired), rates.retires),
            ]
        };
        [
            (Event::Absent, self.absence * of.job[0] * of.ill),
            (Event::Injured, of.job[1]),
            (Event::ChangesClass, self.changes),
            first,
            second,
            third,
        ]
    }
}

/// Events at work; falling ill and disability come on top.
const AT_WORK: usize = 6;
/// What never happens, in the place of an event.
const NOTHING: (Event, f32) = (Event::Absent, 0.0);

/// Events, and nothing up to the most that there are: a list without an allocation.
fn padded<const N: usize>(events: [(Event, f32); N]) -> [(Event, f32); AT_WORK + 2] {
    let mut all = [NOTHING; AT_WORK + 2];
    all[..N].copy_from_slice(&events);
    all
}

/// What a year of work takes, beside the person.
#[derive(Clone, Copy)]
struct YearOfWork<'a> {
    params: &'a Params,
    record: &'a Record,
    proneness: &'a Proneness,
    draws: Draws,
    year: Year,
    /// The age reached in it.
    age: usize,
    hazards: &'a Hazards,
    /// By occupation, none first: absence relative to all, injuries a year.
    jobs: &'a [[f32; 2]; OCCUPATIONS + 1],
}

/// How somebody lived a year of work.
struct Lived {
    event: Option<Event>,
    of: Situation,
    hazard: f32,
}

impl YearOfWork<'_> {
    /// Lives a year: whoever comes of age or has left education enters work first.
    #[inline]
    fn live(&self, who: Applicant, student: bool, work: &mut Work) -> Lived {
        let level = who.level as usize;
        if work.state <= State::Education && !(student && work.state == State::Education) {
            self.enter(who, student, work);
        } else if student && matches!(work.state, State::Unemployed | State::Other) {
            become_state(work, State::Education, self.age);
        }
        let of = Situation {
            level,
            student,
            ill: self.proneness.to_fall_ill(who.background, *work, self.age),
            loses: self.proneness.loses[who.background.place()],
            job: self.jobs[work.occupation as usize],
        };
        work.absence = Absence::None;
        let hazard = self.hazards.total(*work, of);
        if hazard < work.left {
            work.left -= hazard;
            return Lived { event: None, of, hazard };
        }
        let words = self.words(who);
        work.left = exponential(words[1]);
        let event = self.hazards.event(*work, of, self.age, uniform(words[0]));
        self.happens(event, who, uniform(words[2]), work);
        Lived { event: Some(event), of, hazard }
    }

    fn words(&self, who: Applicant) -> [u32; 4] {
        self.draws.words(who.person.id, who.person.age_of_luck(self.year), EVENT)
    }

    /// Something happens; `luck` is uniform.
    fn happens(&self, event: Event, who: Applicant, luck: f32, work: &mut Work) {
        match event {
            Event::Becomes(state) => {
                let was = work.state;
                become_state(work, state, self.age);
                if state == State::Unemployed {
                    work.lost = narrow(self.age);
                }
                if state == State::Employed && (work.occupation == Occupation::None || was == State::Education) {
                    self.employ(who, work);
                }
            }
            Event::Absent => work.absence = if luck < self.hazards.graded { Absence::Graded } else { Absence::Full },
            Event::Injured => work.injuries = work.injuries.saturating_add(1),
            Event::ChangesClass => self.employ(who, work),
        }
    }

    fn employ(&self, who: Applicant, work: &mut Work) {
        self.params.employ(work, self.record, self.draws, who, self.year, who.person.age_of_luck(self.year));
    }

    /// Somebody comes of age, or leaves education without a job.
    fn enter(&self, who: Applicant, student: bool, work: &mut Work) {
        let words = self.words(who);
        let (luck, rates) = (uniform(words[2]), &self.hazards.rates[who.level as usize]);
        let state = match luck {
            luck if student && luck >= rates.student_share => State::Education,
            luck if student || luck < rates.entrants_employed => State::Employed,
            luck if luck < rates.entrants_employed + rates.entrants_unemployed => State::Unemployed,
            _ => State::Other,
        };
        work.left = exponential(words[3]);
        become_state(work, state, self.age);
        if state == State::Employed {
            self.employ(who, work);
        }
    }
}

/// Cumulates the year's hazards; to whom none are left, something happens.
pub fn work(
    (year, rows, draws, record): (Res<Year>, Res<Rows>, Res<Draws>, Res<Shared<Record>>),
    (params, levers, flows): (Res<Shared<Params>>, Res<Levers>, Res<Answered<Flows>>),
    (proneness, places, reached): (Res<Proneness>, Res<CounterPlaces>, Res<Reached>),
    (mut asked, mut counts): (ResMut<Asked<Flows>>, ResMut<Counts>),
    mut people: Query<(&Person, &Life, &Schooling, &Background, &mut Work)>,
) {
    let year = *year;
    let [injuries, new_disabled] = [INJURIES, NEW_DISABLED].map(|counter| places.of(counter));
    asked.sums.clear();
    asked.sums.resize(CELLS * SUMS, 0);
    // Kept for every sex and age: newcomers stand in runs of one or two.
    let hazards = Sex::BOTH.map(|_| (0..=OLDEST).map(|_| OnceCell::new()).collect::<Vec<_>>());
    let mask = LEVERS.into_iter().fold(0, |mask, lever| mask | levers.at(lever).mask());
    let hazards_of =
        |sex, age, reached| Hazards::of(&params, &record, &levers, &flows.answer, (year, sex, age, reached));
    for (people, lives, schooling, traits, mut work) in people.contiguous_iter_mut().expect("table storage") {
        let work = work.bypass_change_detection();
        for run in rows.runs(year) {
            let (sex, age) = (run.sex, run.age);
            if age + 1 == YOUNGEST {
                let children = lives[run.rows].iter().map(|life| i64::from(life.is_here(year))).sum::<i64>();
                asked.sums[cell(sex, YOUNGEST, 0) * SUMS + Group::Child as usize] += children;
                continue;
            }
            if !(YOUNGEST..=OLDEST + 1).contains(&age) {
                continue;
            }
            if age > OLDEST {
                work[run.rows].iter_mut().for_each(|work| retire(work, age));
                continue;
            }
            let year_of_work = YearOfWork {
                params: &params,
                record: &record,
                proneness: &proneness,
                draws: *draws,
                year,
                age,
                hazards: hazards[sex.index()][age].get_or_init(|| hazards_of(sex, age, 0)),
                jobs: &record.working.jobs()[sex.index()],
            };
            let mut last_reached: Option<(u64, Hazards)> = None;
            // Seven years of school ended at 14.
            let at_school = age == YOUNGEST && record.schooling.leaving_age(run.born) >= YOUNGEST_AT_SCHOOL;
            let mut of_the_oldest = [[0; SUMS]; LEVELS];
            let sums = if age < OLDEST {
                &mut asked.sums.as_chunks_mut().0[cell(sex, age + 1, 0)..][..LEVELS]
            } else {
                &mut of_the_oldest
            };
            for row in run.rows.filter(|row| lives[*row].is_here(year)) {
                let who = Applicant { person: people[row], level: schooling[row].level, background: traits[row] };
                let student = schooling[row].is_student() || at_school;
                let lived = match reached.among(mask, row) {
                    0 => year_of_work.live(who, student, &mut work[row]),
                    bits => {
                        let known = last_reached.take().filter(|(of, _)| *of == bits);
                        let (_, hazards) =
                            last_reached.insert(known.unwrap_or_else(|| (bits, hazards_of(sex, age, bits))));
                        YearOfWork { hazards, ..year_of_work }.live(who, student, &mut work[row])
                    }
                };
                match lived.event {
                    Some(Event::Becomes(State::Disabled)) => counts.events[new_disabled][sex.index()][age] += 1,
                    Some(Event::Injured) => counts.events[injuries][sex.index()][age] += 1,
                    _ => {}
                }
                count(&mut sums[lived.of.level], group(work[row].state, student), &lived);
            }
        }
    }
}

/// Adds somebody to next year's sums: with the hazard of this year, which tells how much of the next one somebody is exposed.
#[inline]
fn count(sums: &mut [i64; SUMS], group: Group, lived: &Lived) {
    // (1 − exp(−h)) / h, within 1 % up to h = 3.
    let exposed = 1.0 / (1.0 + lived.hazard * (0.5 + lived.hazard / 12.0)) * STEPS;
    #[expect(clippy::cast_possible_truncation, reason = "in steps of 1/256")]
    let steps = |exposure: f32| exposure as i64;
    sums[group as usize] += 1;
    sums[GROUPS + group as usize] += steps(exposed);
    if !matches!(group, Group::Sick | Group::Disabled | Group::Retired) {
        sums[2 * GROUPS] += steps(exposed * lived.of.ill);
    }
    if matches!(group, Group::Employed) {
        sums[2 * GROUPS + 1] += steps(exposed * lived.of.loses);
    }
}

const fn group(state: State, student: bool) -> Group {
    match (state, student) {
        (State::Child | State::Education, _) => Group::Student,
        (State::Employed, true) => Group::WorkingStudent,
        (State::Employed, false) => Group::Employed,
        (State::Unemployed, _) => Group::Unemployed,
        (State::Sick, _) => Group::Sick,
        (State::Disabled, _) => Group::Disabled,
        (State::Retired, _) => Group::Retired,
        (State::Other, _) => Group::Other,
    }
}

fn narrow(age: usize) -> u8 {
    u8::try_from(age).unwrap_or(u8::MAX)
}

/// Ends one state and begins another.
fn become_state(work: &mut Work, state: State, age: usize) {
    if work.state == State::Employed && state != State::Employed {
        work.employed = work.employed.saturating_add(narrow(age.saturating_sub(work.since.into())));
    }
    (work.state, work.since) = (state, narrow(age));
}

fn retire(work: &mut Work, age: usize) {
    if work.state != State::Retired {
        become_state(work, State::Retired, age);
        work.absence = Absence::None;
    }
}
