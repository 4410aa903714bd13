//! The same people in the reference and in an arm: who belongs where, and whose life is longer.
//!
//! At the end of the year the reference tells what is new with its people, an arm hears it ([`crate::model::twin`]), and both count. Of
//! the nation's tables by group an arm keeps two: by its own groups, and by those that the same people are in in the reference
//! ([`Moved`] is all that sets one apart from the other). Of lives that have become longer or shorter it keeps [`Paired`].

use bevy_ecs::resource::Resource;
use bevy_ecs::system::{Query, Res, ResMut};
use bevy_ecs::world::World;

use crate::math::yearly_probability;
use crate::model::family::{Home, Kin, Link};
use crate::model::person::{Life, Person};
use crate::model::rows::Rows;
use crate::model::simulation::Shared;
use crate::model::twin::{Filter, GROUPINGS, Generation, Missing, News, Part, Twin, Twins, Why};
use crate::processes::death::DeathRisk;
use crate::processes::school::Schooling;
use crate::processes::smoking::Smoking;
use crate::processes::work::Work;
use crate::record::Record;
use crate::record::lexis::Lived;
use crate::sums::Fixed;
use crate::units::Year;

use super::count::Tables;
use super::moved::{AllMoved, Moved};
use super::{By, LEVELS};

/// The age before which a death is premature.
pub const PREMATURE: usize = 75;
/// The age from which people have the groups of the grown.
pub const GROWN: usize = 30;
/// Places of lives by group: all levels, then the young by education and by occupation.
pub const PLACES: usize = LEVELS + 2;
/// The place of those who are told by education and are too young for one.
pub const YOUNG_BY_EDUCATION: usize = LEVELS;
/// The same by occupation.
pub const YOUNG_BY_OCCUPATION: usize = LEVELS + 1;
/// Below this age a parent's measure makes somebody a child of the reached.
const GROWS_UP: i16 = 18;

/// Lives of the same people compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lives {
    /// People here at the end of the year who are dead in the reference, less the dead who live there.
    pub more: i32,
    /// Premature deaths of the year in the reference, less those in the arm.
    pub fewer_early: i32,
    /// People whom a measure reaches for the first time.
    pub reached: i32,
}

impl Lives {
    /// Adds others.
    pub const fn add(&mut self, other: Self) {
        self.more += other.more;
        self.fewer_early += other.fewer_early;
        self.reached += other.reached;
    }
}

/// A community's lives of a year compared with the reference's.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub struct Paired {
    /// `[generation][2][place]`: by the groups of the reference.
    pub lives: [[[Lives; PLACES]; 2]; Generation::ALL.len()],
    /// People here who were never in the reference, less those of the reference who never came, `[2]`.
    pub apart: [i32; 2],
}

impl Paired {
    fn of(&mut self, twin: Twin, young: bool) -> [&mut Lives; GROUPINGS] {
        let lives = &mut self.lives[twin.generation() as usize][twin.sex().index()];
        let [education, occupation, parents, municipality] = places(twin.groups());
        let education = if young { YOUNG_BY_EDUCATION } else { education };
        let occupation = if young { YOUNG_BY_OCCUPATION } else { occupation };
        lives.get_disjoint_mut([education, occupation, parents, municipality]).expect("places of four groupings")
    }
}

/// A level of each grouping, as places among all levels.
pub type Levels = [usize; GROUPINGS];

/// Places among all levels of a level in each grouping.
fn places(groups: [u8; GROUPINGS]) -> Levels {
    std::array::from_fn(|by| By::ALL[by].first() + usize::from(groups[by]))
}

/// Levels in each grouping from places among all.
#[expect(clippy::cast_possible_truncation, reason = "fewer than sixteen levels")]
fn groups(places: Levels) -> [u8; GROUPINGS] {
    std::array::from_fn(|by| (places[by] - By::ALL[by].first()) as u8)
}

type Grouped<'w, 's> = Query<
    'w,
    's,
    (
        &'static Person,
        &'static Life,
        &'static Kin,
        &'static Home,
        &'static Schooling,
        &'static Work,
        &'static Smoking,
        &'static DeathRisk,
    ),
>;

/// Gives a community its part; whoever is here after `year` is their own twin, unless twins are known from a snapshot.
pub fn begin(world: &mut World, part: Part, year: Year, is_new: bool) {
    let mut own = Vec::new();
    if is_new && part != Part::None {
        let tables = world.resource::<Tables>().clone();
        let used = world.resource::<Rows>().used();
        let mut query = world.query::<(&Person, &Life, &Schooling, &Work, &Home)>();
        for (people, lives, schooling, work, homes) in query.contiguous_iter(world).expect("table storage") {
            own.extend((0..used).map(|row| {
                let groups = groups(tables.levels(&schooling[row], &work[row], &homes[row]));
                if lives[row].goes_on(year) { Twin::here(groups, people[row].sex) } else { Twin::NONE }
            }));
        }
    }
    let mut twins = world.resource_mut::<Twins>();
    if is_new || part == Part::None {
        *twins = Twins { of: own, ..Twins::default() };
    }
    twins.part = part;
}

/// Tells what is new, or hears it.
pub(super) fn meet(
    (year, rows, record, tables): (Res<Year>, Res<Rows>, Res<Shared<Record>>, Res<Tables>),
    (mut twins, mut paired, mut moved): (ResMut<Twins>, ResMut<Paired>, ResMut<AllMoved>),
    people: Grouped,
) {
    moved.0.clear();
    if twins.part == Part::None {
        return;
    }
    let twins = &mut *twins;
    twins.of.resize(rows.used(), Twin::NONE);
    for (persons, lives, kin, homes, schooling, work, smoking, risks) in
        people.contiguous_iter().expect("table storage")
    {
        let all = All { year: *year, tables: &tables, persons, lives, kin, homes, schooling, work, smoking, risks };
        match twins.part {
            Part::None => {}
            Part::Tells => all.tell(twins),
            Part::Hears => {
                all.hear(twins, &mut paired);
                all.find_moved(twins, &record, &mut moved.0);
            }
        }
    }
}

/// Everyone, column by column.
struct All<'a> {
    year: Year,
    tables: &'a Tables,
    persons: &'a [Person],
    lives: &'a [Life],
    kin: &'a [Kin],
    homes: &'a [Home],
    schooling: &'a [Schooling],
    work: &'a [Work],
    smoking: &'a [Smoking],
    risks: &'a [DeathRisk],
}

impl All<'_> {
    /// Somebody as they are now.
    #[inline]
    fn now(&self, row: usize) -> Twin {
        let groups = groups(self.tables.levels(&self.schooling[row], &self.work[row], &self.homes[row]));
        Twin::here(groups, self.persons[row].sex)
    }

    /// The age completed at death in the year.
    fn age_at_death(&self, row: usize) -> usize {
        let before = matches!(self.lives[row].lived(self.persons[row], self.year), Some(Lived::DiedBefore));
        self.persons[row].age_reached(self.year) - usize::from(before)
    }

    /// What is new with people is told.
    fn tell(&self, twins: &mut Twins) {
        twins.news.clear();
        for (row, twin) in twins.of.iter_mut().enumerate() {
            let life = self.lives[row];
            if !life.is_here(self.year) {
                continue;
            }
            let mut now = self.now(row);
            if life.is_leaving(self.year) {
                now = now.leaving();
            } else if !life.goes_on(self.year) {
                let age = self.age_at_death(row);
                now = now.dying(age < GROWN, age < PREMATURE);
            }
            if now != *twin {
                *twin = now;
                twins.news.push(News { id: self.persons[row].id, twin: now });
            }
        }
        twins.news.sort_unstable_by_key(|news| news.id);
    }

    /// News of the reference is heard, and lives are compared.
    fn hear(&self, twins: &mut Twins, paired: &mut Paired) {
        *paired = Paired::default();
        let newly = self.touch(twins);
        let (filter, news) = (Filter::of(&twins.news), std::mem::take(&mut twins.news));
        let mut heard = vec![false; news.len()];
        for row in 0..twins.of.len() {
            let (life, person) = (self.lives[row], &self.persons[row]);
            if !life.is_here(self.year) {
                continue;
            }
            let mut twin = twins.of[row];
            if person.entered == self.year.0 {
                twin = twins.missing.remove(&person.id).map_or(twin, |missing| twin.after(missing.twin));
            }
            let had_died = twin.has_died();
            if filter.lets(person.id)
                && let Ok(place) = news.binary_search_by_key(&person.id, |news| news.id)
            {
                heard[place] = true;
                twin = twin.after(news[place].twin);
            }
            twins.of[row] = twin;
            if !twin.is_known() {
                paired.apart[person.sex.index()] += i32::from(life.goes_on(self.year));
                continue;
            }
            if !had_died && twin.died_early() {
                paired.of(twin, twin.died_young()).into_iter().for_each(|lives| lives.fewer_early += 1);
            }
            if life.goes_on(self.year) {
                if twin.has_died() {
                    paired.of(twin, twin.died_young()).into_iter().for_each(|lives| lives.more += 1);
                }
                continue;
            }
            let why = if life.is_leaving(self.year) { Why::Left } else { Why::Died };
            if why == Why::Died && !twin.has_left() && self.age_at_death(row) < PREMATURE {
                let young = twin.died_young() || twin.is_here() && person.age_reached(self.year) < GROWN;
                paired.of(twin, young).into_iter().for_each(|lives| lives.fewer_early -= 1);
            }
            if twin.is_here() {
                twins.missing.insert(person.id, Missing { twin, born: person.born, why });
            }
        }
        for row in newly {
            let (twin, age) = (twins.of[row], self.persons[row].age_reached(self.year));
            if twin.is_known() {
                let young = if twin.has_died() { twin.died_young() } else { age < GROWN };
                paired.of(twin, young).into_iter().for_each(|lives| lives.reached += 1);
            }
        }
        let left: Vec<&News> = news.iter().zip(heard).filter(|(_, heard)| !heard).map(|(news, _)| news).collect();
        left.into_iter().for_each(|news| self.hear_of_missing(*news, &mut twins.missing, paired));
        for missing in twins.missing.values() {
            self.count_missing(*missing, paired);
        }
        twins.news = news;
        twins.news.clear();
    }

    /// News of somebody whom the arm has not.
    fn hear_of_missing(&self, news: News, missing: &mut std::collections::BTreeMap<u64, Missing>, paired: &mut Paired) {
        let before = missing.get(&news.id).copied();
        let Missing { twin, born, why } =
            before.unwrap_or(Missing { twin: Twin::NONE, born: self.year.0, why: Why::NotCome });
        let twin = twin.after(news.twin);
        if twin.is_here() {
            missing.insert(news.id, Missing { twin, born, why });
            return;
        }
        missing.remove(&news.id);
        // Who was alive there and dead here, and now dies there, has died too early here or not; there it is told now.
        if why == Why::Died && twin.died_early() {
            paired.of(twin, twin.died_young()).into_iter().for_each(|lives| lives.fewer_early += 1);
        }
    }

    fn count_missing(&self, missing: Missing, paired: &mut Paired) {
        match missing.why {
            Why::NotCome => paired.apart[missing.twin.sex().index()] -= 1,
            Why::Died => {
                let young = usize::try_from(self.year.0 - missing.born).is_ok_and(|age| age < GROWN);
                paired.of(missing.twin, young).into_iter().for_each(|lives| lives.more -= 1);
            }
            Why::Left => {}
        }
    }

    /// Finds the generation of everyone: first those reached, then the children of all who are touched by then. Returns the rows of
    /// those reached for the first time.
    fn touch(&self, twins: &mut Twins) -> Vec<usize> {
        let is_new = |row: &usize| twins.is_reached(*row) && twins.of[*row].generation() != Generation::Reached;
        let newly: Vec<usize> = (0..twins.of.len()).filter(is_new).collect();
        for row in &newly {
            twins.of[*row] = twins.of[*row].of_generation(Generation::Reached);
        }
        loop {
            let children = self.children(&twins.of);
            if children.is_empty() {
                return newly;
            }
            // A grandchild may be found by a parent found just now.
            for (row, generation) in children {
                twins.of[row] = twins.of[row].of_generation(generation);
            }
        }
    }

    /// Those who, by what their parents are, are of an earlier generation than is known.
    fn children(&self, of: &[Twin]) -> Vec<(usize, Generation)> {
        let is_child = |row: &usize| {
            self.year.0 - self.persons[*row].born < GROWS_UP
                && self.lives[*row].is_here(self.year)
                && of[*row].generation() > Generation::Children
        };
        let child = |row: usize| {
            let of_parent = |parent: Link| Some(of.get(parent.as_row()?)?.generation().child());
            let (Kin { mother, father }, own) = (self.kin[row], of[row].generation());
            let generation = [mother, father].into_iter().filter_map(of_parent).fold(own, Generation::min);
            (generation < own).then_some((row, generation))
        };
        (0..of.len()).filter(is_child).filter_map(child).collect()
    }

    /// Finds those who are in other groups than their twins.
    fn find_moved(&self, twins: &Twins, record: &Record, moved: &mut Vec<Moved>) {
        for (row, twin) in twins.of.iter().enumerate() {
            let life = self.lives[row];
            if !life.is_here(self.year) || twin.is_in(self.now(row)) {
                continue;
            }
            let Some(way) = life.lived(self.persons[row], self.year) else { continue };
            let (sex, age) = (self.persons[row].sex, self.persons[row].age_reached(self.year));
            let recorded = record.lexis(self.year, sex).hazard[age];
            moved.push(Moved {
                sex,
                age,
                way,
                stays: life.goes_on(self.year),
                from: self.tables.levels(&self.schooling[row], &self.work[row], &self.homes[row]),
                to: twin.is_known().then(|| places(twin.groups())),
                word: self.tables.word(age, &self.schooling[row], &self.work[row], &self.smoking[row]),
                expected: Fixed::of(yearly_probability(self.risks[row].0)).0,
                recorded: Fixed::of(yearly_probability(recorded)).0,
                schooling: self.schooling[row],
            });
        }
    }
}
