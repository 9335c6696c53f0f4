//! What models know beyond a single picture.

use std::sync::{Arc, PoisonError, RwLock};

use ml::bridge::Bridge;
use ml::heads::Heads;
use ml::tags::TagMap;
use ml::taste::Taste;

/// The bridge from words to pictures, the vocabulary as people here have
/// corrected it, the trained heads, and this instance's taste.
pub(crate) struct Library {
    pub bridge: Bridge,
    pub heads: Heads,
    /// As it ships; what people said to its tags comes on top.
    shipped: TagMap,
    tags: RwLock<Arc<TagMap>>,
    taste: RwLock<Option<Arc<Taste>>>,
}

impl Library {
    pub fn new(bridge: Bridge, tags: TagMap, heads: Heads) -> Self {
        Self {
            bridge,
            heads,
            tags: RwLock::new(Arc::new(tags.clone())),
            shipped: tags,
            taste: RwLock::default(),
        }
    }

    /// The vocabulary with the thresholds that hold now.
    pub fn tags(&self) -> Arc<TagMap> {
        let tags = self.tags.read().unwrap_or_else(PoisonError::into_inner);
        tags.clone()
    }

    /// The vocabulary as it ships.
    pub fn shipped_tags(&self) -> &TagMap {
        &self.shipped
    }

    pub fn set_tags(&self, tags: TagMap) {
        *self.tags.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(tags);
    }

    /// How well a picture fits what people here keep, in 0…1; none until
    /// enough was kept. `centred` is the picture's vector less the mean.
    pub fn taste_of(&self, centred: &[f32]) -> Option<f32> {
        let taste = self.taste.read().unwrap_or_else(PoisonError::into_inner);
        taste.as_ref().map(|taste| taste.score(centred))
    }

    pub fn set_taste(&self, taste: Option<Taste>) {
        *self.taste.write().unwrap_or_else(PoisonError::into_inner) = taste.map(Arc::new);
    }
}
