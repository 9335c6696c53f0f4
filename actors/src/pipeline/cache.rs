//! Small copies of pictures that several stages want.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use media::Measures;
use ml::Rgb8;
use protocol::MediaHash;

/// Copies that are kept: at most about 1 MB each.
const PLACES: usize = 24;

/// What is left of a decoded picture for those who come later.
#[derive(Clone)]
pub struct Copy {
    pub small: Arc<Rgb8>,
    pub measures: Arc<Measures>,
}

/// The latest small copies by media; oldest out first.
#[derive(Default)]
pub struct SmallCopies(Mutex<VecDeque<(MediaHash, Copy)>>);

impl SmallCopies {
    pub fn put(&self, media: MediaHash, copy: Copy) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(other, _)| *other != media);
        if kept.len() == PLACES {
            kept.pop_front();
        }
        kept.push_back((media, copy));
    }

    pub fn get(&self, media: &MediaHash) -> Option<Copy> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter()
            .find(|(other, _)| other == media)
            .map(|(_, copy)| copy.clone())
    }
}
