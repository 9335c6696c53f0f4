//! The live protocol under cuts, kills, floods and people who do not read.

mod cuts;
mod listener;
mod slow;
mod world;
