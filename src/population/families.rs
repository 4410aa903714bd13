//! The families of the first year: who is married to whom, whose child everyone is, where they live.
//!
//! Registers say how many of each sex and age there were, how many children women had borne, and, with the derived rates of forming
//! unions, how many women were married. The rest is put together:
//!
//! * **Couples.** Women are never, now or no longer married in the shares of their age; mothers almost always were. Husbands are found
//!   by the same stable matching as any partner.
//! * **Parents.** A mother is alive with the probability that women survive from the child's birth to 1950 at the rates of 1950. Her age
//!   follows the fertility of the year of birth and the women alive; among women of that age one with fewer children than she has
//!   borne is taken. The father is her husband; without one he is taken to be dead or unknown.
//! * **Homes.** The unmarried with a parent alive live with the parents until the first year's leavers leave; everyone else heads a household, in a
//!   municipality dealt by the shares of their age.
//!
//! What is assumed is in the constants below, each with an interval.

use bevy_ecs::system::SystemState;
use bevy_ecs::system::{Query, Res};
use bevy_ecs::world::World;

use crate::draws::{Decision, Draws, mix, uniform};
use crate::model::family::{Home, Kin, Link, Role, Status, Union};
use crate::model::household::age_group;
use crate::model::person::Person;
use crate::model::simulation::Shared;
use crate::processes::family::births::{Offspring, count_founders_children};
use crate::processes::family::market::{Pool, Seeker, Single, date_of_birth, matched};
use crate::processes::family::pairing::wish;
use crate::record::Record;
use crate::record::lexis::COHORTS;
use crate::units::{Sex, Year};

const UNION: Decision = Decision::named("families.union");
const MARRIED_AT: Decision = Decision::named("families.married_at");
const MOTHER: Decision = Decision::named("families.mother");
const LIVES_IN: Decision = Decision::named("families.lives_in");

/// Share of mothers who are or were married; assumed, 0.94 to 0.99: 4 % of births were outside marriage.
const MOTHERS_EVER_MARRIED: f32 = 0.97;
/// Mean and standard deviation of women's age at marriage; assumed, 24 to 27 and 4 to 6.
const MARRIED_AT_AGE: [f32; 2] = [25.5, 5.0];
/// Share of unmatched men who are widowers, relative to the share of women of their age who are no longer married; assumed, 0.3 to 0.7.
const WIDOWERS: f32 = 0.5;
/// How far a husband's date of birth may be from the wish, in years.
const REACH: f64 = 10.0;
/// Mean number of children of women with three or more, less three; assumed, 0.8 to 1.4.
const MORE_CHILDREN: f32 = 1.0;
/// Years by which a mother's age may differ from the age drawn.
const NEAR: usize = 5;

/// The decisions that chance makes about the first year's families.
pub const DECISIONS: [Decision; 4] = [UNION, MARRIED_AT, MOTHER, LIVES_IN];

/// Gives the people of a community who have just been admitted their families and homes.
pub fn settle(world: &mut World, year: Year) {
    #[expect(clippy::type_complexity, reason = "the columns of a family")]
    let mut state: SystemState<(
        Res<Draws>,
        Res<Shared<Record>>,
        Query<(&Person, &Offspring, &mut Kin, &mut Union, &mut Home)>,
    )> = SystemState::new(world);
    let rows = world.resource::<crate::model::rows::Rows>().used();
    let (draws, record, mut people) = state.get_mut(world).expect("resources of every community");
    for (people, offspring, mut kin, mut unions, mut homes) in people.contiguous_iter_mut().expect("table storage") {
        let founders = Founders { year, draws: *draws, record: &record, people: &people[..rows], offspring };
        let (kin, unions, homes) =
            (kin.bypass_change_detection(), unions.bypass_change_detection(), homes.bypass_change_detection());
        founders.marry(unions);
        founders.find_mothers(kin, unions);
        founders.house(kin, unions, homes);
    }
    count_founders_children(world);
}

struct Founders<'a> {
    year: Year,
    draws: Draws,
    record: &'a Record,
    people: &'a [Person],
    offspring: &'a [Offspring],
}

impl Founders<'_> {
    fn age(&self, row: usize) -> usize {
        self.people[row].age_reached(self.year)
    }

    fn luck(&self, row: usize, decision: Decision) -> [f32; 4] {
        self.draws.words(self.people[row].id, 0, decision).map(uniform)
    }

    fn of_sex(&self, sex: Sex) -> impl Iterator<Item = usize> + '_ {
        (0..self.people.len()).filter(move |row| self.people[*row].sex == sex)
    }

    fn marry(&self, unions: &mut [Union]) {
        let mut seekers = Vec::new();
        for woman in self.of_sex(Sex::Female) {
            let age = self.age(woman);
            let [_, married, previously] = self.record.unions.founders(age.saturating_sub(1));
            let ever = married + previously;
            if ever <= 0.0 {
                continue;
            }
            #[expect(clippy::cast_possible_truncation, reason = "a share")]
            let childless = self.record.parity.shares(self.year, age)[0] as f32;
            // Mothers first; the share of the childless makes up the share of the age.
            let mothers = MOTHERS_EVER_MARRIED.min(ever / (1.0 - childless).max(1e-3));
            let others = ((ever - mothers * (1.0 - childless)) / childless.max(1e-3)).clamp(0.0, 1.0);
            let share = if self.offspring[woman].children > 0 { mothers } else { others };
            let [was_ever, is_still, ..] = self.luck(woman, UNION);
            if was_ever >= share {
                continue;
            }
            if is_still * ever < married {
                let wants = wish(self.draws, self.record, self.people[woman], self.year, false);
                seekers.push(Seeker { row: woman, wants, county: 0 });
            } else {
                unions[woman] = Union::with(Link::NOBODY, Status::Widowed, self.year.plus(-1));
            }
        }
        let men = self.of_sex(Sex::Male).filter(|row| self.age(*row) > 18);
        let pool = Pool::of(men.map(|row| Single { row, at: date_of_birth(self.people[row]) }).collect());
        for (woman, man) in matched(&seekers, |_| &pool, REACH, |_, _| true) {
            let [a, b, c, d] = self.luck(woman, MARRIED_AT);
            // The sum of four uniform numbers is near enough to a normal one: mean 2, variance 1/3.
            let age = MARRIED_AT_AGE[0] + MARRIED_AT_AGE[1] * (a + b + c + d - 2.0) * 1.732;
            #[expect(clippy::cast_possible_truncation, reason = "an age")]
            let age = (age as i16).max(17).min(self.year.0 - 1 - self.people[woman].born).max(16);
            let since = Year((self.people[woman].born + age).min(self.year.0 - 1));
            unions[woman] = Union::with(Link::row(man), Status::Married, since);
            unions[man] = Union::with(Link::row(woman), Status::Married, since);
        }
        seekers.retain(|seeker| !unions[seeker.row].is_coupled());
        for seeker in seekers {
            unions[seeker.row] = Union::with(Link::NOBODY, Status::Widowed, self.year.plus(-1));
        }
        for man in self.of_sex(Sex::Male).filter(|row| !unions[*row].is_coupled()).collect::<Vec<_>>() {
            let [never, _, previously] = self.record.unions.founders(self.age(man).saturating_sub(1));
            let share = WIDOWERS * previously / (never + previously).max(1e-3);
            if self.luck(man, UNION)[0] < share {
                unions[man] = Union::with(Link::NOBODY, Status::Widowed, self.year.plus(-1));
            }
        }
    }

    /// Rates of births in a year of birth, by the mother's age.
    fn fertility(&self, born: i16) -> &[f64; COHORTS] {
        let before = &self.record.fertility_before;
        let first = self.year.0 - i16::try_from(before.len()).expect("some tens of years");
        &before[usize::try_from((born - first).max(0)).expect("not negative").min(before.len() - 1)]
    }

    /// For a child who reaches an age in the first year: the probability that its mother is alive, and the ages of mothers alive,
    /// cumulated.
    fn mothers_of(&self, age: usize) -> (f32, Vec<(usize, f64)>) {
        let women = &self.record.population[Record::at(self.year)][Sex::Female.index()];
        let rates = &self.record.mortality[Record::at(self.year)][Sex::Female.index()];
        let born = self.year.0 - i16::try_from(age).expect("below 128");
        let fertility = self.fertility(born.min(self.year.0 - 1));
        let (mut alive, mut all, mut ages) = (0.0, 0.0, Vec::new());
        for (at_birth, rate) in fertility.iter().enumerate().filter(|(_, rate)| **rate > 0.0) {
            let now = at_birth + age;
            let here = women.get(now.saturating_sub(1)).copied().unwrap_or(0.0) * rate;
            let died: f64 = (at_birth..now).map(|x| rates[x.min(rates.len() - 1)]).sum();
            all += here * libm::exp(died.min(50.0));
            alive += here;
            ages.push((now, alive));
        }
        if ages.is_empty() || all <= 0.0 {
            return (0.0, Vec::new());
        }
        #[expect(clippy::cast_possible_truncation, reason = "a share")]
        let share = (alive / all) as f32;
        ages.iter_mut().for_each(|(_, sum)| *sum /= alive.max(1e-12));
        (share, ages)
    }

    fn find_mothers(&self, kin: &mut [Kin], unions: &mut [Union]) {
        // Children still to be found, woman by woman, in lists by her age; each list in an order of its own chance.
        let mut wanting: Vec<Vec<usize>> = vec![Vec::new(); COHORTS];
        for woman in self.of_sex(Sex::Female) {
            let borne = self.offspring[woman].children;
            let luck = self.luck(woman, MOTHER)[0];
            // Three stands for three or more: a geometric number more.
            let more = if borne >= 3 {
                let ratio = MORE_CHILDREN / (1.0 + MORE_CHILDREN);
                libm::floorf(libm::logf((1.0 - luck).max(1e-6)) / libm::logf(ratio))
            } else {
                0.0
            };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some children")]
            let slots = usize::from(borne) + (more as usize).min(8);
            wanting[self.age(woman)].extend(std::iter::repeat_n(woman, slots));
        }
        for list in &mut wanting {
            let mut nth = std::collections::BTreeMap::new();
            let keyed = list.iter().map(|woman| {
                let order = nth.entry(*woman).and_modify(|n| *n += 1).or_insert(0_u64);
                (mix(self.people[*woman].id, *order), *woman)
            });
            let mut keyed: Vec<_> = keyed.collect();
            keyed.sort_unstable();
            *list = keyed.into_iter().map(|(_, woman)| woman).collect();
        }
        let mut births: Vec<Vec<i16>> = vec![Vec::new(); self.people.len()];
        let by_age: Vec<_> = (0..COHORTS).map(|age| self.mothers_of(age)).collect();
        // The youngest first: they certainly have somebody to live with.
        let mut children: Vec<usize> = (0..self.people.len()).collect();
        children.sort_unstable_by_key(|row| (self.age(*row), self.people[*row].id));
        for child in children {
            let (age, born) = (self.age(child), self.people[child].born);
            let [luck, which, ..] = self.luck(child, MOTHER);
            let (alive, ages) = &by_age[age];
            if luck >= *alive {
                continue;
            }
            let at = ages.partition_point(|(_, sum)| *sum <= f64::from(which)).min(ages.len() - 1);
            let drawn = ages[at].0;
            let near = (0..=NEAR).flat_map(|by| [drawn + by, drawn.saturating_sub(by)]).filter(|age| *age < COHORTS);
            let found = near.filter(|of| *of >= age + 15).find_map(|of| {
                let list = &mut wanting[of];
                let place = list.iter().rposition(|woman| !births[*woman].contains(&born))?;
                Some(list.swap_remove(place))
            });
            let Some(mother) = found else { continue };
            births[mother].push(born);
            let husband = unions[mother].partner.as_row().filter(|row| self.people[*row].born <= born - 17);
            kin[child] = Kin { mother: Link::row(mother), father: husband.map_or(Link::NOBODY, Link::row) };
            // A couple with a child was married before it came.
            if let Some(husband) = husband
                && unions[mother].since >= born
            {
                for row in [mother, husband] {
                    let partner = unions[row].partner;
                    unions[row] = Union::with(partner, Status::Married, Year(born - 1));
                }
            }
        }
    }

    fn house(&self, kin: &[Kin], unions: &[Union], homes: &mut [Home]) {
        for row in 0..self.people.len() {
            let has_parent = kin[row].mother.is_known() || kin[row].father.is_known();
            let luck = self.luck(row, LIVES_IN)[0];
            let municipality = self.record.places.deal(self.year, age_group(self.age(row).saturating_sub(1)), luck);
            homes[row] = match unions[row].partner.as_row().filter(|_| unions[row].is_coupled()) {
                Some(partner) => {
                    let woman = if self.people[row].sex == Sex::Female { row } else { partner };
                    let luck = self.luck(woman, LIVES_IN)[0];
                    let group = age_group(self.age(woman).saturating_sub(1));
                    Home::new(Link::row(woman), self.record.places.deal(self.year, group, luck), Role::Adult)
                }
                None if has_parent || self.age(row) < 18 => Home::new(Link::NOBODY, municipality, Role::Child),
                None => Home::new(Link::row(row), municipality, Role::Adult),
            };
        }
        // Children live where their mothers do, down the generations: the oldest first.
        let mut children: Vec<usize> = (0..self.people.len()).filter(|row| homes[*row].role == Role::Child).collect();
        children.sort_unstable_by_key(|row| std::cmp::Reverse(self.age(*row)));
        for child in children {
            if let Some(parent) = kin[child].mother.as_row().or(kin[child].father.as_row()) {
                homes[child] = Home::new(homes[parent].household, homes[parent].municipality, Role::Child);
            }
        }
    }
}
