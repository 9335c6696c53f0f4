//! Two servers on one database and one broker.

mod devices;
mod events;
mod world;
