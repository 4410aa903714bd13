//! Families and places in numbers, on 31 December: how people live, how many children they have had, whether their parents live, and
//! how many people each municipality has.

use bevy_ecs::schedule::IntoScheduleConfigs;
use bevy_ecs::system::{Query, Res, ResMut};

use crate::model::columns::{Remembered, RememberedOf};
use crate::model::community::Counts;
use crate::model::family::{Home, Kin, Link, Role, Status, To, Union};
use crate::model::household::Households;
use crate::model::person::{Life, Person};
use crate::model::phase::Phase;
use crate::model::rows::Rows;
use crate::model::simulation::{Axis, Counter, CounterPlaces, Simulation};
use crate::processes::family::births::Offspring;
use crate::processes::family::households::YOUNGEST_ADULT;
use crate::units::{Sex, Year};

const fn people(column: &'static str, about: &'static str) -> Counter {
    Counter { column, about, axis: Axis::Age }
}

/// Married.
pub const MARRIED: Counter = people("married", "people who live with a spouse on 31 December");
/// Cohabiting.
pub const COHABITING: Counter =
    people("cohabiting", "people who live with a partner they are not married to, on 31 December");
/// Widowed.
pub const WIDOWED: Counter = people("widowed", "people without a partner whose last one died, on 31 December");
/// Living alone.
pub const ALONE: Counter = people("living_alone", "people alone in a private household on 31 December");
/// Lone parents.
pub const LONE_PARENT: Counter = people(
    "lone_parent",
    "people who head a household with children of it, of any age, and without a partner, on 31 December",
);
/// Living as a child.
pub const CHILD: Counter =
    people("child_at_home", "people of any age who live as children of a household, on 31 December");
/// In institutions.
pub const INSTITUTION: Counter = people("institution", "people in institutions on 31 December");
/// By number of children.
pub const CHILDREN: [Counter; 5] = [
    people("children_0", "people without children ever on 31 December"),
    people("children_1", "people with one child ever"),
    people("children_2", "people with two children ever"),
    people(
        "children_3",
        "people with three children ever; of women who founded the population or moved in, three or more",
    ),
    people("children_4", "people with four or more children ever"),
];
/// Whose mother is in the model.
pub const MOTHER_KNOWN: Counter =
    people("mother_known", "people with a link to their mother; like all of kin in years divisible by 5");
/// Whose mother is alive.
pub const MOTHER_ALIVE: Counter = people("mother_alive", "people whose mother is alive, here or abroad");
/// Whose father is in the model.
pub const FATHER_KNOWN: Counter = people("father_known", "people with a link to their father");
/// Whose father is alive.
pub const FATHER_ALIVE: Counter = people("father_alive", "people whose father is alive, here or abroad");
/// Siblings.
pub const SIBLINGS: Counter =
    people("siblings", "sum over people with a link to their mother of the other children she has ever borne");
/// Age gap of partners.
pub const GAP: Counter = people(
    "partner_gap",
    "sum over women with a partner of the years by which he was born earlier, plus 20 each; gaps beyond 20 years count as 20",
);
/// What is added to each gap, so that sums are not negative.
pub const GAP_OFFSET: i16 = 20;

/// Parents and siblings are counted in years divisible by this: it takes a look at both parents of everybody.
pub const PARENTS_EVERY: i16 = 5;

/// Every stock that is counted here.
pub const STOCKS: [Counter; 18] = [
    MARRIED,
    COHABITING,
    WIDOWED,
    ALONE,
    LONE_PARENT,
    CHILD,
    INSTITUTION,
    CHILDREN[0],
    CHILDREN[1],
    CHILDREN[2],
    CHILDREN[3],
    CHILDREN[4],
    MOTHER_KNOWN,
    MOTHER_ALIVE,
    FATHER_KNOWN,
    FATHER_ALIVE,
    SIBLINGS,
    GAP,
];

/// Installs the counting.
pub fn install(sim: &mut Simulation) {
    STOCKS.iter().for_each(|counter| {
        sim.counts(*counter);
    });
    sim.every_year(Phase::Accounts, (count_unions, count_kin).chain());
}

fn count_unions(
    (year, rows, places): (Res<Year>, Res<Rows>, Res<CounterPlaces>),
    (households, mut counts): (Res<Households>, ResMut<Counts>),
    people: Query<(&Person, &Life, &Union, &Home)>,
) {
    let year = *year;
    let [married, cohabiting, widowed, alone, lone_parent, child, institution, gap] =
        [MARRIED, COHABITING, WIDOWED, ALONE, LONE_PARENT, CHILD, INSTITUTION, GAP].map(|counter| places.of(counter));
    for (people, lives, unions, homes) in people.contiguous_iter().expect("table storage") {
        for run in rows.runs(year) {
            let (sex, age) = (run.sex.index(), run.age);
            let lives = &lives[run.rows.clone()];
            // Counted in registers and without branches: a run is one cell.
            let mut sums = [0_u32; 8];
            for (life, home) in lives.iter().zip(&homes[run.rows.clone()]) {
                let here = life.goes_on(year);
                sums[5] += u32::from(here && home.role == Role::Child);
                sums[6] += u32::from(here && home.role == Role::Institution);
            }
            if age >= YOUNGEST_ADULT {
                let (unions, homes) = (&unions[run.rows.clone()], &homes[run.rows.clone()]);
                for (life, union) in lives.iter().zip(unions) {
                    let here = life.goes_on(year);
                    sums[0] += u32::from(here && union.status == Status::Married);
                    sums[1] += u32::from(here && union.status == Status::Cohabiting);
                    sums[2] += u32::from(here && union.status == Status::Widowed);
                }
                let households = run.rows.clone().zip(households.of_rows(run.rows.clone()));
                for (((row, household), life), (union, home)) in households.zip(lives).zip(unions.iter().zip(homes)) {
                    let heads = life.goes_on(year) && home.role == Role::Adult && home.household.is_row(row);
                    sums[3] += u32::from(heads && household.members() == 1);
                    sums[4] += u32::from(heads && !union.is_coupled() && household.dependants > 0);
                }
                if run.sex == Sex::Female {
                    for ((row, life), union) in run.rows.zip(lives).zip(unions) {
                        // Without a branch: of women without a partner a gap to themselves is looked up, and not counted.
                        let man = union.partner.as_row();
                        let years = (people[row].born - people[man.unwrap_or(row)].born).clamp(-GAP_OFFSET, GAP_OFFSET);
                        let counts = u32::from(life.goes_on(year) & man.is_some());
                        sums[7] += counts * u32::from((years + GAP_OFFSET).unsigned_abs());
                    }
                }
            }
            let into = [married, cohabiting, widowed, alone, lone_parent, child, institution, gap];
            for (place, sum) in into.iter().zip(sums).filter(|(_, sum)| *sum > 0) {
                counts.events[*place][sex][age] += sum;
            }
        }
    }
}

fn count_kin(
    (year, rows, places): (Res<Year>, Res<Rows>, Res<CounterPlaces>),
    (remembered, their_children): (Res<Remembered>, Option<Res<RememberedOf<Offspring>>>),
    mut counts: ResMut<Counts>,
    people: Query<(&Life, &Kin, &Offspring)>,
) {
    let year = *year;
    let with_parents = year.0 % PARENTS_EVERY == 0;
    let by_children = CHILDREN.map(|counter| places.of(counter));
    let of_kin = [MOTHER_KNOWN, MOTHER_ALIVE, FATHER_KNOWN, FATHER_ALIVE, SIBLINGS].map(|counter| places.of(counter));
    for (lives, kin, offspring) in people.contiguous_iter().expect("table storage") {
        // Whoever has moved out is taken to live on: nothing is known of them.
        let is_alive = |parent: Link| match parent.to() {
            To::Nobody => false,
            To::Row(row) => lives[row].goes_on(year) || lives[row].has_left(),
            To::Remembered(place) => remembered.people[place].left == 1,
        };
        let borne = |mother: Link| match mother.to() {
            To::Nobody => 0,
            To::Row(row) => offspring[row].children,
            To::Remembered(place) => their_children.as_ref().map_or(0, |theirs| theirs.0[place].children),
        };
        for run in rows.runs(year) {
            let (sex, age) = (run.sex.index(), run.age);
            let (mut children, mut sums) = ([0_u32; 5], [0_u32; 5]);
            for (life, offspring) in lives[run.rows.clone()].iter().zip(&offspring[run.rows.clone()]) {
                let (here, number) = (life.goes_on(year), offspring.children.min(4));
                children.iter_mut().zip(0..).for_each(|(sum, of)| *sum += u32::from(here && number == of));
            }
            for row in run.rows.filter(|row| with_parents && lives[*row].goes_on(year)) {
                let Kin { mother, father } = kin[row];
                if mother.is_known() {
                    sums[0] += 1;
                    sums[1] += u32::from(is_alive(mother));
                    sums[4] += u32::from(borne(mother).saturating_sub(1));
                }
                if father.is_known() {
                    sums[2] += 1;
                    sums[3] += u32::from(is_alive(father));
                }
            }
            let all = by_children.iter().zip(children).chain(of_kin.iter().zip(sums));
            for (place, sum) in all.filter(|(_, sum)| *sum > 0) {
                counts.events[*place][sex][age] += sum;
            }
        }
    }
}
