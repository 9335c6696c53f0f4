//! Pictures that somebody is drawing boxes on just now.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use media::Picture;
use protocol::MediaHash;

/// Width in which they are kept: a tenth of it is still seen by a model.
pub const WIDTH: u32 = 1_600;
/// Pictures that are kept; about 8 MB each.
const PLACES: usize = 6;

/// The latest ones by media; oldest out first. Losing one costs a decoding.
#[derive(Default)]
pub struct RecentPictures(Mutex<VecDeque<(MediaHash, Arc<Picture>)>>);

impl RecentPictures {
    pub fn put(&self, media: MediaHash, picture: Arc<Picture>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(other, _)| *other != media);
        if kept.len() == PLACES {
            kept.pop_front();
        }
        kept.push_back((media, picture));
    }

    pub fn get(&self, media: &MediaHash) -> Option<Arc<Picture>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|(other, _)| other == media);
        found.map(|(_, picture)| picture.clone())
    }
}
