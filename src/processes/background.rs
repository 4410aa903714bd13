//! Background: what somebody brings into life and no measure moves.
//!
//! A latent trait, standard normal in the population, dealt in infancy: partly the mean of the parents', partly the child's own luck. It
//! makes marks, work, smoking and death go together beyond what one causes in the other, so that hazards read only what is cause. It has
//! no lever, and nothing changes it.
//!
//! Reads [`Kin`]. Owns [`Background`]. Runs when people are admitted; for those of the first year once their parents are known
//! ([`inherit`]). Leaves out: what genes and homes each contribute, and couples who resemble each other beyond their education.
//! Evidence: `configs/norway/background.toml`.

use bevy_ecs::component::Component;
use bevy_ecs::resource::Resource;
use bevy_ecs::system::{Query, Res};
use bytemuck::{CheckedBitPattern, NoUninit};
use serde::Deserialize;

use crate::config::Check;
use crate::draws::{Decision, Draws, normal};
use crate::model::attribute::{Attribute, Values};
use crate::model::columns::RememberedOf;
use crate::model::family::{Kin, Link, To};
use crate::model::person::Person;
use crate::model::rows::Rows;
use crate::model::simulation::{Process, Shared, Shown, Simulation};
use crate::units::Share;

/// The trait, for histories.
pub const TRAIT: Attribute = Attribute {
    name: "background.trait",
    unit: "standard deviations",
    values: Values::Range(-5.0, 5.0),
    about: "latent background: what nobody can change and what goes with long schooling and long life",
};

const DEALT: Decision = Decision::named("background.dealt");

/// The trait, in steps of 1/32 standard deviations from −4 to 4.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, Eq, NoUninit, CheckedBitPattern)]
#[repr(transparent)]
pub struct Background(i8);

/// Steps of a standard deviation.
const STEPS: f32 = 32.0;

impl Background {
    /// The nearest step to a number of standard deviations.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the conversion saturates, as is meant")]
    pub fn of(deviations: f32) -> Self {
        Self(libm::roundf(deviations * STEPS) as i8)
    }

    /// Standard deviations from the mean.
    #[inline]
    #[must_use]
    pub fn deviations(self) -> f32 {
        f32::from(self.0) / STEPS
    }

    /// A part of the trait, in 256ths.
    #[inline]
    #[must_use]
    pub const fn times(self, part: i16) -> Self {
        Self(((self.0 as i16 * part) >> 8) as i8)
    }

    /// Its place in tables of 256 values.
    #[inline]
    #[must_use]
    pub const fn place(self) -> usize {
        self.0.cast_unsigned() as usize
    }

    /// A function of the trait as a table by [`place`](Self::place).
    #[must_use]
    pub fn table(of: impl Fn(f32) -> f32) -> [f32; 256] {
        std::array::from_fn(|place| {
            #[expect(clippy::cast_possible_truncation, reason = "256 places")]
            of(Self((place as u8).cast_signed()).deviations())
        })
    }
}

impl Shown for Background {
    fn shown(&self) -> f64 {
        self.deviations().into()
    }
}

/// `configs/norway/background.toml`.
#[derive(Resource, Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// How much of the mean of the parents' trait a child has.
    pub inherited: Share,
    /// Correlation of the trait between parents, for the spread of the children's.
    pub couples: Share,
}

impl Check for Params {}

impl Params {
    /// The trait of somebody with the traits of the parents who are known, and a standard normal number of their own.
    #[expect(clippy::cast_possible_truncation, reason = "state is f32")]
    fn trait_of(&self, parents: [Option<f32>; 2], own: f32) -> Background {
        let (inherited, couples) = (self.inherited.value() as f32, self.couples.value() as f32);
        let (mean, variance) = match parents {
            [Some(mother), Some(father)] => {
                (inherited * (mother + father) / 2.0, inherited * inherited * (1.0 + couples) / 2.0)
            }
            // The other parent's is not known, but resembles this one's.
            [Some(one), None] | [None, Some(one)] => {
                let weight = inherited * (1.0 + couples) / 2.0;
                (weight * one, weight * weight)
            }
            [None, None] => (0.0, 0.0),
        };
        Background::of(mean + libm::sqrtf(1.0 - variance) * own)
    }
}

/// See the [module](self).
pub struct BackgroundProcess;

impl Process for BackgroundProcess {
    const NAME: &'static str = "background";
    type Params = Params;

    fn install(sim: &mut Simulation) {
        sim.everyone_has_and_leaves::<Background>().decision(DEALT).shows::<Background>(TRAIT).on_arrival(deal);
    }
}

/// Deals newcomers their trait, from the parents' if they are known.
pub fn deal(
    (rows, draws, params): (Res<Rows>, Res<Draws>, Res<Shared<Params>>),
    remembered: Res<RememberedOf<Background>>,
    mut people: Query<(&Person, &Kin, &mut Background)>,
) {
    for (people, kin, mut traits) in people.contiguous_iter_mut().expect("table storage") {
        let traits = traits.bypass_change_detection();
        for row in rows.new_people() {
            let parents = [kin[row].mother, kin[row].father].map(|parent| trait_of(parent, traits, &remembered.0));
            let [first, second, ..] = draws.words(people[row].id, 0, DEALT);
            traits[row] = params.trait_of(parents, normal([first, second]));
        }
    }
}

fn trait_of(parent: Link, traits: &[Background], remembered: &[Background]) -> Option<f32> {
    match parent.to() {
        To::Nobody => None,
        To::Row(row) => Some(traits[row].deviations()),
        To::Remembered(place) => Some(remembered[place].deviations()),
    }
}

/// Deals the people of the first year anew, the oldest first, once it is known whose children they are.
pub fn inherit(
    (draws, params): (Res<Draws>, Option<Res<Shared<Params>>>),
    mut people: Query<(&Person, &Kin, &mut Background)>,
    rows: Res<Rows>,
) {
    let Some(params) = params else { return };
    for (people, kin, mut traits) in people.contiguous_iter_mut().expect("table storage") {
        let traits = traits.bypass_change_detection();
        let mut children: Vec<usize> = (0..rows.used()).filter(|row| kin[*row].mother.is_known()).collect();
        children.sort_by_key(|row| people[*row].born);
        for row in children {
            let parents = [kin[row].mother, kin[row].father].map(|parent| trait_of(parent, traits, &[]));
            let [first, second, ..] = draws.words(people[row].id, 0, DEALT);
            traits[row] = params.trait_of(parents, normal([first, second]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> Params {
        Params { inherited: Share::try_from(0.6).unwrap(), couples: Share::try_from(0.3).unwrap() }
    }

    #[test]
    fn the_spread_is_the_same_in_every_generation() {
        let draws = Draws::new(1, 0);
        let own = |id: u64| {
            let [first, second, ..] = draws.words(id, 0, DEALT);
            normal([first, second])
        };
        let spread = |traits: &[f32]| {
            #[expect(clippy::cast_precision_loss, reason = "some thousands")]
            let n = traits.len() as f32;
            let mean = traits.iter().sum::<f32>() / n;
            libm::sqrtf(traits.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / n)
        };
        let mut traits: Vec<f32> = (0..20_000).map(own).collect();
        for generation in 1..5_u64 {
            // Mother and father resemble each other as the parameters say.
            let pairs: Vec<[f32; 2]> = traits.chunks(2).map(|two| [two[0], 0.3 * two[0] + 0.954 * two[1]]).collect();
            let child = |i: usize| {
                let [mother, father] = pairs[i % pairs.len()];
                params().trait_of([Some(mother), Some(father)], own(generation * 100_000 + i as u64)).deviations()
            };
            traits = (0..20_000).map(child).collect();
            // Standard error of a standard deviation of 20,000: 0.005.
            assert!((spread(&traits) - 1.0).abs() < 0.025, "{}", spread(&traits));
        }
        let alone: Vec<f32> = (0..20_000)
            .map(|i| params().trait_of([Some(traits[i]), None], own(900_000 + i as u64)).deviations())
            .collect();
        assert!((spread(&alone) - 1.0).abs() < 0.025);
    }

    #[test]
    fn tables_are_read_at_the_place_of_the_trait() {
        let table = Background::table(|x| x * 2.0);
        assert!(
            [-3.5, -0.03125, 0.0, 1.0, 3.9]
                .iter()
                .all(|x| table[Background::of(*x).place()] == 2.0 * Background::of(*x).deviations())
        );
    }
}
