//! The outbox: events written in the transaction that caused them, numbered
//! afterwards by the relay, remembered for a while per topic.

mod history;
mod nodes;
mod notice;
mod relay;
mod turns;

use protocol::Topic;
use protocol::event::Event;

pub use history::History;
pub(crate) use notice::{ElementEvent, Notice, write};
pub use turns::Turns;

/// An event with its place in its topic.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    pub topic: Topic,
    /// The database's: offsets only compare under the same one.
    pub epoch: String,
    /// From 1, without gaps.
    pub offset: u64,
    pub event: Event,
    /// False: the event only holds its place. What there is to see depends on
    /// who reads it, so it comes from the history alone.
    pub whole: bool,
}
