//! Rankings that may be asked for their next page.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use protocol::UserId;

use super::fusion::Ranked;

/// Rankings that are kept; a few hundred entries each.
const PLACES: usize = 128;

/// Who asked for what.
pub type Key = (UserId, String);
/// A ranking and the hints that came with it.
pub type Kept = (Arc<Vec<Ranked>>, Vec<String>);

/// The latest rankings; oldest out first. Losing one costs a new search.
#[derive(Default)]
pub struct Snapshots(Mutex<VecDeque<(Key, Kept)>>);

impl Snapshots {
    pub fn put(&self, key: Key, kept: Kept) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(other, _)| *other != key);
        if all.len() == PLACES {
            all.pop_front();
        }
        all.push_back((key, kept));
    }

    pub fn get(&self, key: &Key) -> Option<Kept> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter()
            .find(|(other, _)| other == key)
            .map(|(_, kept)| kept.clone())
    }
}
