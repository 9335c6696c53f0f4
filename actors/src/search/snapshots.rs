//! Rankings that may be asked for their next page.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use protocol::search::{Facet, Narrowing, Why};
use protocol::{ElementId, UserId};

/// Rankings that are kept; a few hundred entries each.
const PLACES: usize = 128;

/// One entry of a ranking.
#[derive(Debug, Clone)]
pub struct Entry {
    pub element: ElementId,
    pub score: f32,
    pub why: Vec<Why>,
    pub confident: bool,
}

/// What a search found, and what can be told of it.
#[derive(Debug)]
pub struct Ranking {
    pub entries: Vec<Entry>,
    /// Over all that was found.
    pub facets: Vec<Facet>,
    pub narrow: Narrowing,
    pub hints: Vec<String>,
}

/// Who asked for what.
pub type Key = (UserId, String);

/// The latest rankings; oldest out first. Losing one costs a new search.
#[derive(Default)]
pub struct Snapshots(Mutex<VecDeque<(Key, Arc<Ranking>)>>);

impl Snapshots {
    pub fn put(&self, key: Key, ranking: Arc<Ranking>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(other, _)| *other != key);
        if all.len() == PLACES {
            all.pop_front();
        }
        all.push_back((key, ranking));
    }

    pub fn get(&self, key: &Key) -> Option<Arc<Ranking>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter()
            .find(|(other, _)| other == key)
            .map(|(_, ranking)| ranking.clone())
    }
}
