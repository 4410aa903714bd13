//! Running: the model as loaded, the nation, the legs of a run, what is kept of them.

pub mod equal_cost;
pub mod legs;
pub mod manifest;
pub mod model;
pub mod nation;
pub mod told;
