//! The vector spaces in memory: derived, rebuilt at start, kept fresh by
//! events. The database is the truth.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use db::{Access, VectorIndex, Viewer};
use ml::bridge::QueryVectors;
use protocol::ElementId;

use super::Library;

/// Numbers of a picture's own vector, and of those in the space of texts.
const CLIP_DIM: usize = 512;
const TEXT_DIM: usize = 384;

/// How well a picture fits words.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub element: ElementId,
    /// Fused score: higher is better.
    pub score: f32,
    /// Probability that the picture shows it.
    pub relevance: f32,
}

/// All spaces, with who may see what.
pub struct Spaces {
    library: Arc<Library>,
    inner: RwLock<Inner>,
}

struct Inner {
    /// Picture vectors without what all pictures have in common.
    alike: VectorIndex,
    /// Pictures in the space of texts, by the bridge.
    looks: VectorIndex,
    /// Pictures in the space of texts, by what the classifier calls them.
    concepts: VectorIndex,
}

impl Spaces {
    pub fn new(library: Arc<Library>) -> Self {
        Self {
            library,
            inner: RwLock::new(Inner::empty()),
        }
    }

    /// Elements that can be found by their looks.
    pub fn len(&self) -> usize {
        self.read().looks.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes a stored picture vector over.
    pub fn put_clip(&self, id: &ElementId, access: &Access, clip: &[f32]) {
        self.write().put_clip(&self.library, id, access, clip);
    }

    pub fn put_concept(&self, id: &ElementId, access: &Access, vector: &[f32]) {
        self.write()
            .concepts
            .insert(id.clone(), access.clone(), vector);
    }

    pub fn set_access(&self, id: &ElementId, access: &Access) {
        let mut inner = self.write();
        inner.alike.set_access(id, access.clone());
        inner.looks.set_access(id, access.clone());
        inner.concepts.set_access(id, access.clone());
    }

    pub fn remove(&self, id: &ElementId) {
        let mut inner = self.write();
        inner.alike.remove(id);
        inner.looks.remove(id);
        inner.concepts.remove(id);
    }

    /// The k most alike elements that the viewer may see, with their cosine.
    pub fn similar(&self, viewer: &Viewer, id: &ElementId, k: usize) -> Vec<(ElementId, f32)> {
        let inner = self.read();
        let Some(vector) = inner.alike.get(id) else {
            return Vec::new();
        };
        let visible = |other: &ElementId, access: &Access| other != id && viewer.lists(access);
        inner.alike.search(vector, k, visible)
    }

    /// The k elements that fit words best, among those the viewer may see.
    /// Scores are on the scales of the bridge's training, so that they mean
    /// the same in every library: see `docs/models/bridge.md`.
    pub fn seen_as(&self, viewer: &Viewer, query: &QueryVectors, k: usize) -> Vec<Seen> {
        let inner = self.read();
        let visible = |_: &ElementId, access: &Access| viewer.lists(access);
        let looks = inner.looks.score_all(&query.bridge, visible);
        let concepts: HashMap<ElementId, f32> = inner
            .concepts
            .score_all(&query.conse, visible)
            .into_iter()
            .collect();
        let bridge = &self.library.bridge;
        let mut seen: Vec<Seen> = looks
            .into_iter()
            .map(|(element, look)| {
                // Not classified yet: related to nothing in particular.
                let concept = concepts.get(&element).copied().unwrap_or(0.0);
                let (score, relevance) =
                    (bridge.score(look, concept), bridge.relevance(look, concept));
                Seen {
                    element,
                    score,
                    relevance,
                }
            })
            .collect();
        seen.sort_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then_with(|| b.element.cmp(&a.element))
        });
        seen.truncate(k);
        seen
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn empty() -> Self {
        Self {
            alike: VectorIndex::new(CLIP_DIM),
            looks: VectorIndex::new(TEXT_DIM),
            concepts: VectorIndex::new(TEXT_DIM),
        }
    }

    fn put_clip(&mut self, library: &Library, id: &ElementId, access: &Access, clip: &[f32]) {
        let mean = library.bridge.image_mean();
        let look = library.bridge.image_vector(clip, mean);
        self.alike
            .insert(id.clone(), access.clone(), &centre(clip, mean));
        self.looks.insert(id.clone(), access.clone(), &look);
    }
}

fn centre(clip: &[f32], mean: &[f32]) -> Vec<f32> {
    let mut unit = clip.to_vec();
    ml::vector::normalise(&mut unit);
    unit.iter().zip(mean).map(|(x, m)| x - m).collect()
}
