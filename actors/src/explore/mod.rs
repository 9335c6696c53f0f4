//! Explore: what public pictures are about, and which clusters grow just now.
//!
//! Topics are found behind the scenes, on a thread of their own, and kept in
//! memory; the database remembers what they are around, so that a topic keeps
//! its id. Who asks is shown of them what it may see.

mod compute;
mod groups;
mod keeper;
mod listing;
mod naming;
mod rising;
mod topics;
mod words;

use std::sync::{Arc, PoisonError, RwLock};

use db::Db;
use protocol::ElementId;

use crate::paging::Lists;
use crate::search::{FactIndex, Spaces};
pub(crate) use keeper::TopicKeeper;
use rising::Stir;
use topics::Topics;

/// Lists of topics' elements whose next pages may be asked for.
const LISTS: usize = 128;

/// Answers what explore shows beside what is new.
#[derive(Clone)]
pub struct Explore {
    db: Db,
    spaces: Arc<Spaces>,
    facts: Arc<FactIndex>,
    /// As they were last found.
    topics: Arc<RwLock<Arc<Topics>>>,
    lists: Arc<Lists<Entry>>,
    stir: Arc<Stir>,
}

/// An element of a topic's list.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    element: ElementId,
    /// Cosine with the topic's centre.
    score: f32,
    /// It stands here because it is new.
    new: bool,
}

impl Explore {
    pub(crate) fn new(db: Db, spaces: Arc<Spaces>, facts: Arc<FactIndex>) -> Self {
        Self {
            db,
            spaces,
            facts,
            topics: Arc::default(),
            lists: Arc::new(Lists::new(LISTS)),
            stir: Arc::default(),
        }
    }

    fn now(&self) -> Arc<Topics> {
        let topics = self.topics.read().unwrap_or_else(PoisonError::into_inner);
        topics.clone()
    }

    fn set(&self, topics: Topics) {
        let mut now = self.topics.write().unwrap_or_else(PoisonError::into_inner);
        *now = Arc::new(topics);
    }
}
