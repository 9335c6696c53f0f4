//! Cameras over MQTT: what was acked is an element, whatever happens, and what
//! is refused is refused alone.

pub mod client;
mod frames;
mod hubs;
mod owners;
mod pieces;
mod refusals;
pub mod world;
