//! Cameras over MQTT: what was acked is an element, whatever happens, and what
//! is refused is refused alone.

mod client;
mod frames;
mod hubs;
mod owners;
mod pieces;
mod refusals;
mod world;
