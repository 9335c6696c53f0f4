//! The outbox: events written in the transaction that caused them, numbered
//! afterwards by the relay.

use protocol::Topic;
use protocol::event::Event;

use crate::{Db, Result};

/// An event with its place in its topic.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    pub topic: Topic,
    pub epoch: String,
    /// From 1, without gaps.
    pub offset: u64,
    pub event: Event,
}

/// What a topic still remembers.
#[derive(Debug, Clone, PartialEq)]
pub enum History {
    /// What followed, oldest first; fewer than asked for only at the end.
    Events(Vec<Published>),
    /// It does not reach back that far (or the offset was never reached).
    TooOld,
}

impl Db {
    pub async fn relay_batch(&self, _limit: usize) -> Result<Vec<Published>> {
        todo!()
    }
    pub async fn position(&self, _topic: &Topic) -> Result<u64> {
        todo!()
    }
    pub async fn history(&self, _topic: &Topic, _after: u64, _limit: usize) -> Result<History> {
        todo!()
    }
    pub async fn prune_outbox(&self, _keep_millis: u64) -> Result<usize> {
        todo!()
    }
}
