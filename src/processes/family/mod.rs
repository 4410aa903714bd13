//! Families: who pairs with whom and parts, who is born to whom, who lives with whom.

pub mod arrivals;
pub mod births;
pub mod households;
pub mod market;
pub mod pairing;
pub mod parting;
pub mod seen;
