//! Barriers: where communities wait for the nation, which adds up what they hand in.

use std::marker::PhantomData;
use std::sync::Arc;

use bevy_ecs::resource::Resource;
use bevy_ecs::world::World;

use crate::record::Record;
use crate::units::Year;

use super::alignment::{Class, Factors, Tally};
use super::phase::Phase;

/// What communities ask of the nation once a year: sums that are added up, and an answer that all get.
///
/// Answers are given in the reference only; other arms get the same ones again, so that no arm feels its own effect through them.
pub trait Asks: Send + Sync + 'static {
    /// `process.quantity`.
    const NAME: &'static str;

    /// The answer to the nation's sums. `year` is the year being lived.
    fn answer(record: &Record, year: Year, sums: &[i64]) -> Vec<f32>;
}

/// A community's sums for an [`Asks`], as long as the answering mechanism wants them.
#[derive(Resource)]
pub struct Asked<A: Asks> {
    /// The sums of the year.
    pub sums: Vec<i64>,
    asks: PhantomData<fn() -> A>,
}

impl<A: Asks> Asked<A> {
    pub(super) const fn nothing() -> Self {
        Self { sums: Vec::new(), asks: PhantomData }
    }
}

/// The nation's answer.
#[derive(Resource)]
pub struct Answered<A: Asks> {
    /// As [`Asks::answer`] gave it.
    pub answer: Arc<[f32]>,
    asks: PhantomData<fn() -> A>,
}

impl<A: Asks> Answered<A> {
    pub(super) fn nothing() -> Self {
        Self { answer: [].into(), asks: PhantomData }
    }
}

/// What happens at a barrier.
#[derive(Clone, Copy)]
pub enum Meeting {
    /// Factors are solved.
    Align {
        /// The classes that have factors.
        classes: &'static [Class],
        /// Takes the sums of a community, leaving none.
        take: fn(&mut World) -> Option<Tally>,
        /// Puts factors in force in a community.
        put: fn(&mut World, Factors),
        /// Begins a year: with a tally in the reference, without one elsewhere.
        begin: fn(&mut World, bool),
    },
    /// Sums are answered.
    Ask {
        /// The sums of a community.
        sums: fn(&World) -> &[i64],
        /// The answer to the nation's.
        answer: fn(&Record, Year, &[i64]) -> Vec<f32>,
        /// Puts the answer where systems read it.
        put: fn(&mut World, Arc<[f32]>),
    },
}

/// A place in the year where all communities wait for each other.
#[derive(Clone, Copy)]
pub struct Barrier {
    /// The name of the aligned risk, or of what is asked.
    pub name: &'static str,
    /// The phase it belongs to.
    pub phase: Phase,
    /// What happens there.
    pub meeting: Meeting,
}
