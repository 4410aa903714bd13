//! Lineage: who descends from whom in a community, to be read and never written.
//!
//! A view over one [`World`], made in one pass over its people. It sees those in rows, dead or alive, and the
//! [`Remembered`]: so an ancestor is found for life. A child who died or moved out without descendants here is forgotten at the next
//! deal, and is then no longer among anybody's children or siblings.

use bevy_ecs::world::World;

use crate::units::{Sex, Year};

use super::columns::Remembered;
use super::family::{Kin, Link, To, Union};
use super::person::{Life, Person};
use super::rows::Rows;

/// How somebody's stay in the population ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// They died in the year.
    Died(Year),
    /// They moved out in the year.
    Left(Year),
}

/// Somebody, in brief.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relative {
    /// Where they are found, to ask for relatives of theirs.
    pub link: Link,
    /// The id.
    pub id: u64,
    /// Registered sex.
    pub sex: Sex,
    /// Year of birth.
    pub born: Year,
    /// How and when their stay ended; none while they are here.
    pub ended: Option<Ended>,
    /// Their row, while they are here.
    pub row: Option<usize>,
}

/// A sister or brother.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sibling {
    /// Who it is.
    pub relative: Relative,
    /// Whether the mother is the same.
    pub by_mother: bool,
    /// Whether the father is the same.
    pub by_father: bool,
}

impl Sibling {
    /// Whether both parents are the same.
    #[must_use]
    pub const fn is_full(self) -> bool {
        self.by_mother && self.by_father
    }
}

/// The lineage of a community.
pub struct Lineage<'w> {
    people: &'w [Person],
    lives: &'w [Life],
    kin: &'w [Kin],
    unions: &'w [Union],
    gone: &'w Remembered,
    /// Where each one's children begin: rows, then the remembered, then the end.
    first_child: Vec<usize>,
    /// Children of all, in order of birth within each.
    children: Vec<Link>,
}

impl<'w> Lineage<'w> {
    /// The lineage of a community's World.
    ///
    /// # Panics
    ///
    /// If the World is no community's.
    #[must_use]
    pub fn of(world: &'w World) -> Self {
        let used = world.resource::<Rows>().used();
        let mut query = world.try_query::<(&Person, &Life, &Kin, &Union)>().expect("components of every community");
        let (people, lives, kin, unions) =
            query.contiguous_iter(world).expect("table storage").next().unwrap_or((&[], &[], &[], &[]));
        let mut lineage = Self {
            people: &people[..used],
            lives: &lives[..used],
            kin: &kin[..used],
            unions: &unions[..used],
            gone: world.resource::<Remembered>(),
            first_child: Vec::new(),
            children: Vec::new(),
        };
        lineage.gather_children();
        lineage
    }

    /// Counts everyone's children, then puts them in their places.
    fn gather_children(&mut self) {
        let mut first = vec![0; self.len() + 1];
        for child in self.everyone() {
            self.parent_places(child).for_each(|place| first[place + 1] += 1);
        }
        (1..first.len()).for_each(|place| first[place] += first[place - 1]);
        let (mut next, mut children) = (first.clone(), vec![Link::NOBODY; first[self.len()]]);
        for child in self.everyone() {
            for place in self.parent_places(child) {
                children[next[place]] = child;
                next[place] += 1;
            }
        }
        for bounds in first.windows(2) {
            children[bounds[0]..bounds[1]].sort_unstable_by_key(|child| {
                let child = self.relative(*child).expect("a child is somebody");
                (child.born, child.id)
            });
        }
        (self.first_child, self.children) = (first, children);
    }

    /// How many people are in the lineage, gone or here.
    #[must_use]
    pub fn len(&self) -> usize {
        self.people.len() + self.gone.people.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Links to everyone in the lineage.
    pub fn everyone(&self) -> impl Iterator<Item = Link> + use<> {
        (0..self.people.len()).map(Link::row).chain((0..self.gone.people.len()).map(Link::remembered))
    }

    fn place(&self, link: Link) -> Option<usize> {
        match link.to() {
            To::Nobody => None,
            To::Row(row) => Some(row).filter(|row| *row < self.people.len()),
            To::Remembered(place) => Some(self.people.len() + place).filter(|place| *place < self.len()),
        }
    }

    fn parent_places(&self, child: Link) -> impl Iterator<Item = usize> + use<> {
        let Kin { mother, father } = self.kin_of(child);
        [self.place(mother), self.place(father)].into_iter().flatten()
    }

    fn kin_of(&self, link: Link) -> Kin {
        self.place(link).map_or_else(Kin::default, |place| {
            self.kin.get(place).copied().unwrap_or_else(|| self.gone.kin[place - self.people.len()])
        })
    }

    /// Who a link leads to.
    #[must_use]
    pub fn relative(&self, link: Link) -> Option<Relative> {
        let ended = |until: i16, left: bool| if left { Ended::Left(Year(until)) } else { Ended::Died(Year(until)) };
        Some(match link.to() {
            To::Nobody => return None,
            To::Row(row) => {
                let (person, life) = (self.people.get(row)?, self.lives[row]);
                let is_here = life.until() == i16::MAX;
                Relative {
                    link,
                    id: person.id,
                    sex: person.sex,
                    born: Year(person.born),
                    ended: (!is_here).then(|| ended(life.until(), life.has_left())),
                    row: is_here.then_some(row),
                }
            }
            To::Remembered(place) => {
                let gone = self.gone.people.get(place)?;
                Relative {
                    link,
                    id: gone.id,
                    sex: gone.sex,
                    born: Year(gone.born),
                    ended: Some(ended(gone.until, gone.left == 1)),
                    row: None,
                }
            }
        })
    }

    /// Who has an id, here or gone; looks at everyone.
    #[must_use]
    pub fn find(&self, id: u64) -> Option<Relative> {
        let row = self.people.iter().position(|person| person.id == id).map(Link::row);
        let gone = || self.gone.people.binary_search_by_key(&id, |gone| gone.id).ok().map(Link::remembered);
        row.or_else(gone).and_then(|link| self.relative(link))
    }

    /// The mother.
    #[must_use]
    pub fn mother(&self, of: Link) -> Option<Relative> {
        self.relative(self.kin_of(of).mother)
    }

    /// The father.
    #[must_use]
    pub fn father(&self, of: Link) -> Option<Relative> {
        self.relative(self.kin_of(of).father)
    }

    /// The parents known: mother, father.
    pub fn parents(&self, of: Link) -> impl Iterator<Item = Relative> + use<> {
        [self.mother(of), self.father(of)].into_iter().flatten()
    }

    /// The grandparents known: the mother's parents, then the father's.
    pub fn grandparents(&self, of: Link) -> impl Iterator<Item = Relative> + use<'_> {
        self.parents(of).flat_map(|parent| self.parents(parent.link))
    }

    /// The children known, in order of birth.
    pub fn children(&self, of: Link) -> impl Iterator<Item = Relative> + use<'_> {
        let bounds = self.place(of).map_or(0..0, |place| self.first_child[place]..self.first_child[place + 1]);
        self.children[bounds].iter().filter_map(|child| self.relative(*child))
    }

    /// Sisters and brothers known: the mother's other children in order of birth, then the father's by others.
    #[must_use]
    pub fn siblings(&self, of: Link) -> Vec<Sibling> {
        let own = self.kin_of(of);
        let sibling = |relative: Relative| {
            let theirs = self.kin_of(relative.link);
            Sibling {
                relative,
                by_mother: own.mother.is_known() && own.mother == theirs.mother,
                by_father: own.father.is_known() && own.father == theirs.father,
            }
        };
        let others = |parent| self.children(parent).filter(move |child| child.link != of).map(sibling);
        others(own.mother).chain(others(own.father).filter(|sibling| !sibling.by_mother)).collect()
    }

    /// The partner, if there is one; of the dead and the moved, for as long as their rows stand, the one they lived with.
    #[must_use]
    pub fn partner(&self, of: Link) -> Option<Relative> {
        let union = self.unions.get(of.as_row()?)?;
        if union.is_coupled() { self.relative(union.partner) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::draws::Draws;
    use crate::model::columns::with_column;
    use crate::model::community::{Circle, Community};
    use crate::model::family::Status;
    use crate::model::simulation::Simulation;
    use crate::record::Record;

    const NOW: Year = Year(1990);

    /// In the order of deals: grandmother, mother, an aunt; grandfather, father, and the children by sex.
    ///
    /// Rows: 0 grandmother (1930), 1 mother (1955), 2 daughter (1980), 3 half-sister (1984); 4 grandfather (1928), 5 father (1953),
    /// 6 son (1982), 7 another man (1950), father of the half-sister.
    fn family() -> Community {
        let circle = Circle { number: 0, of: 1, weight: 1.0 };
        let mut community = Simulation::new(Arc::new(Record::empty()), Draws::new(1, 0), circle).build();
        let person = |sex, born: i16| Person::founder(NOW, sex, (NOW.0 - born).unsigned_abs().into(), 0);
        let women = [1930, 1955, 1980, 1984].map(|born| person(Sex::Female, born));
        let men = [1928, 1953, 1982, 1950].map(|born| person(Sex::Male, born));
        for one in women.into_iter().chain(men) {
            community.admit([one]);
        }
        let of = |mother, father| Kin { mother: Link::row(mother), father: Link::row(father) };
        with_column::<Kin, _>(&mut community.world, |kin| {
            (kin[1], kin[2], kin[6], kin[3]) = (of(0, 4), of(1, 5), of(1, 5), of(1, 7));
        });
        with_column::<Union, _>(&mut community.world, |unions| {
            unions[1] = Union::with(Link::row(7), Status::Married, Year(1983));
            unions[7] = Union::with(Link::row(1), Status::Married, Year(1983));
        });
        community
    }

    fn born(relatives: impl IntoIterator<Item = Relative>) -> Vec<i16> {
        relatives.into_iter().map(|relative| relative.born.0).collect()
    }

    #[test]
    fn relatives_are_found_up_down_and_sideways() {
        let community = family();
        let lineage = Lineage::of(&community.world);
        let (mother, daughter, half_sister) = (Link::row(1), Link::row(2), Link::row(3));
        assert_eq!(born(lineage.parents(daughter)), [1955, 1953]);
        assert_eq!(born(lineage.grandparents(daughter)), [1930, 1928]);
        assert_eq!(born(lineage.children(mother)), [1980, 1982, 1984]);
        let siblings = |of| -> Vec<(i16, bool)> {
            lineage.siblings(of).iter().map(|sibling| (sibling.relative.born.0, sibling.is_full())).collect()
        };
        assert_eq!(siblings(daughter), [(1982, true), (1984, false)]);
        assert_eq!(siblings(half_sister), [(1980, false), (1982, false)]);
        assert_eq!(lineage.partner(mother).map(|partner| partner.born), Some(Year(1950)));
        assert_eq!(lineage.partner(daughter), None);
    }

    #[test]
    fn strangers_have_no_relatives() {
        let community = family();
        let lineage = Lineage::of(&community.world);
        assert_eq!(born(lineage.parents(Link::row(0))), [0; 0]);
        assert!(lineage.siblings(Link::row(5)).is_empty());
        assert_eq!((lineage.relative(Link::NOBODY), lineage.relative(Link::row(8))), (None, None));
    }

    #[test]
    fn the_dead_and_the_moved_are_found_after_a_deal() {
        let mut community = family();
        with_column::<Life, _>(&mut community.world, |lives| {
            lives[0].die(NOW, true);
            lives[5].leave(NOW);
        });
        community.deal_anew(NOW);
        let lineage = Lineage::of(&community.world);
        let daughter = (0..6).map(Link::row).find(|link| lineage.relative(*link).is_some_and(|one| one.born.0 == 1980));
        let daughter = daughter.expect("she is here");
        let ends: Vec<_> =
            lineage.grandparents(daughter).map(|one| (one.born.0, one.ended, one.row.is_some())).collect();
        assert_eq!(ends, [(1930, Some(Ended::Died(NOW)), false), (1928, None, true)]);
        let father = lineage.father(daughter).expect("he is remembered");
        assert_eq!((father.born, father.ended), (Year(1953), Some(Ended::Left(NOW))));
        assert_eq!(born(lineage.children(father.link)), [1980, 1982]);
        assert_eq!(lineage.find(father.id), Some(father));
        assert_eq!(lineage.find(1), None);
    }
}
