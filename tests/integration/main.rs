//! The platform over real embedded engines, with models that do as they are
//! told: what happens when they are away, refuse, or hang up.

mod assets;
mod pipeline;
mod scale;
mod search;
mod stand_in;
mod world;
