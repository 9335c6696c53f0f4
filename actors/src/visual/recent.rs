//! Pictures that somebody is drawing boxes on just now.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use media::Picture;

/// Width in which they are kept: a tenth of it is still seen by a model.
pub const WIDTH: u32 = 1_600;
/// Pictures that are kept; about 8 MB each.
const PLACES: usize = 6;

/// The latest ones by what names them; oldest out first. Losing one costs a
/// decoding.
pub struct RecentPictures<K> {
    kept: Mutex<VecDeque<Kept<K>>>,
    /// How long a name stands for the same picture; none: for ever.
    lasts: Option<Duration>,
}

struct Kept<K> {
    name: K,
    since: Instant,
    picture: Arc<Picture>,
}

impl<K: PartialEq> RecentPictures<K> {
    pub fn new(lasts: Option<Duration>) -> Self {
        Self {
            kept: Mutex::default(),
            lasts,
        }
    }

    pub fn put(&self, name: K, picture: Arc<Picture>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|other| other.name != name);
        if kept.len() == PLACES {
            kept.pop_front();
        }
        kept.push_back(Kept {
            name,
            since: Instant::now(),
            picture,
        });
    }

    pub fn get(&self, name: &K) -> Option<Arc<Picture>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lasts) = self.lasts {
            kept.retain(|other| other.since.elapsed() < lasts);
        }
        let found = kept.iter().find(|other| other.name == *name);
        found.map(|other| other.picture.clone())
    }
}
