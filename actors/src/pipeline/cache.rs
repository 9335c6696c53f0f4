//! Small copies of pictures that several stages want.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use ml::Rgb8;
use protocol::MediaHash;

/// Copies that are kept: at most about 1 MB each.
const PLACES: usize = 24;

/// The latest small copies by media; oldest out first.
#[derive(Default)]
pub struct SmallCopies(Mutex<VecDeque<(MediaHash, Arc<Rgb8>)>>);

impl SmallCopies {
    pub fn put(&self, media: MediaHash, picture: Arc<Rgb8>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(other, _)| *other != media);
        if kept.len() == PLACES {
            kept.pop_front();
        }
        kept.push_back((media, picture));
    }

    pub fn get(&self, media: &MediaHash) -> Option<Arc<Rgb8>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter()
            .find(|(other, _)| other == media)
            .map(|(_, p)| p.clone())
    }
}
