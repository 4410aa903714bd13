//! The people of a run, year by year, and those of two legs that fork.

use std::collections::BTreeMap;

use livslop::model::alignment::Alignment;
use livslop::model::lever::{Change, Lever, Levers, Within};
use livslop::model::person::{Life, Person};
use livslop::processes::background::Background;
use livslop::processes::school::Schooling;
use livslop::processes::smoking::Smoking;
use livslop::processes::work::Work;
use livslop::run::model::Model;
use livslop::run::nation::{Nation, Role};
use livslop::units::Year;

/// Somebody after a year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    pub person: Person,
    pub background: Background,
    pub schooling: Schooling,
    pub smoking: Smoking,
    pub work: Work,
    /// Whether they died in the year.
    pub died: bool,
}

/// Everyone who was here in a year, by id.
pub type Everyone = BTreeMap<u64, Seen>;

/// Everyone who was here in a year that has just been lived.
pub fn everyone(nation: &mut Nation, year: Year) -> Everyone {
    let mut everyone = Everyone::new();
    for community in &mut nation.communities {
        let mut query = community.world.query::<(&Person, &Life, &Background, &Schooling, &Smoking, &Work)>();
        for (person, life, background, schooling, smoking, work) in query.iter(&community.world) {
            if life.is_here(year) {
                let died = life.until() == year.0 && !life.has_left();
                let (background, schooling, smoking, work) = (*background, *schooling, *smoking, *work);
                everyone.insert(person.id, Seen { person: *person, background, schooling, smoking, work, died });
            }
        }
    }
    everyone
}

/// Lives the reference from 1950 on and looks at everyone after each year from `from` on.
pub fn watch(model: &Model, from: i16, mut look: impl FnMut(Year, &Everyone)) {
    let mut nation = Nation::founded(model, Year(1950), model.settings.until);
    let mut alignment = Alignment::default();
    for year in Year(1950).to(model.settings.until) {
        nation.live(year, &Levers::default(), &mut alignment, Role::Reference);
        if year.0 >= from {
            look(year, &everyone(&mut nation, year));
        }
    }
}

/// Two successive years of everyone who was here in both, from `from` on.
pub fn watch_steps(model: &Model, from: i16, mut look: impl FnMut(Year, &Seen, &Seen)) {
    let mut before = Everyone::new();
    watch(model, from - 1, |year, now| {
        for (id, seen) in now {
            if let Some(was) = before.get(id) {
                look(year, was, seen);
            }
        }
        before.clone_from(now);
    });
}

/// Everyone in each year after the branch, in the reference and in an arm with the reference's answers.
pub struct Fork {
    pub reference: Vec<Everyone>,
    pub arm: Vec<Everyone>,
}

impl Fork {
    /// An arm that moves one lever for all whom it reaches.
    pub fn of(model: &Model, lever: Lever, ratio: f32) -> Self {
        let (branch, until) = (model.settings.branch, model.settings.until);
        let mut nation = Nation::founded(model, Year(1950), until);
        let mut alignment = Alignment::default();
        for year in Year(1950).to(branch.plus(-1)) {
            nation.live(year, &Levers::default(), &mut alignment, Role::Reference);
        }
        let snapshot = nation.snapshot(branch.plus(-1));
        let mut leg = |nation: &mut Nation, levers: &Levers, role: Role| -> Vec<Everyone> {
            let years = branch.to(until);
            years
                .map(|year| {
                    nation.live(year, levers, &mut alignment, role);
                    everyone(nation, year)
                })
                .collect()
        };
        let reference = leg(&mut nation, &Levers::default(), Role::Reference);
        let mut levers = Levers::default();
        levers.change(lever, Change::Times(ratio), Within { sex: lever.sex, ages: lever.ages });
        nation.restore(&snapshot).expect("it fits");
        let arm = leg(&mut nation, &levers, Role::Arm);
        Self { reference, arm }
    }

    /// Everyone at the end who is in both.
    pub fn at_the_end(&self) -> impl Iterator<Item = (&Seen, &Seen)> {
        let (reference, arm) = (self.reference.last().expect("years"), self.arm.last().expect("years"));
        reference.iter().filter_map(|(id, seen)| arm.get(id).map(|other| (seen, other)))
    }
}

/// The share of some people of whom something is true; NaN of none.
pub fn share<'a>(people: impl IntoIterator<Item = &'a Seen>, is: impl Fn(&Seen) -> bool) -> f64 {
    let (mut all, mut true_of) = (0.0, 0.0);
    for seen in people {
        all += 1.0;
        true_of += f64::from(u8::from(is(seen)));
    }
    true_of / all
}
