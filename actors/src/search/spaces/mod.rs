//! The vector spaces in memory: derived, rebuilt at start, kept fresh by
//! events. The database is the truth.

mod alike;
mod tower;

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use db::{Access, Db, Viewer};
use index::{Bits, Part, VectorIndex};
use ml::bridge::QueryVectors;
use protocol::ElementId;
use protocol::admin::SpaceReport;

use super::{FactIndex, Library};
use crate::PlatformError;
pub use alike::Alike;
use alike::centre;
use tower::Tower;

/// Numbers of a picture's own vector, and of those in the space of texts.
const CLIP_DIM: usize = 512;
const TEXT_DIM: usize = 384;

/// How well a picture fits words.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub at: u32,
    /// Probability that the picture shows it.
    pub relevance: f32,
}

/// All spaces, by the ordinals of [`FactIndex`], which also says who may see
/// what. Whoever holds both holds the facts first.
pub struct Spaces {
    library: Arc<Library>,
    facts: Arc<FactIndex>,
    inner: RwLock<Inner>,
}

struct Inner {
    /// The space in which pictures are compared.
    image_space: String,
    /// What all pictures have in common there.
    mean: Vec<f32>,
    /// Picture vectors less that.
    alike: VectorIndex,
    /// The space that is being filled to take its place.
    filling: Option<String>,
    /// Pictures in the space of texts, by the bridge.
    looks: VectorIndex,
    /// Pictures in the space of texts, by what the classifier calls them.
    concepts: VectorIndex,
    /// What a text tower needs of every picture, once one has asked.
    tower: Tower,
}

impl Spaces {
    pub fn new(library: Arc<Library>, facts: Arc<FactIndex>) -> Self {
        Self {
            inner: RwLock::new(Inner::empty(library.bridge.image_mean())),
            library,
            facts,
        }
    }

    /// The space in which pictures are compared just now.
    pub fn image_space(&self) -> String {
        self.read().image_space.clone()
    }

    /// Says which space is being filled to take the present one's place.
    pub fn set_filling(&self, space: Option<String>) {
        self.write().filling = space;
    }

    /// Compares pictures in another space from now on.
    pub fn switch(&self, alike: Alike) {
        // facts are not asked while vectors are held
        let alike = alike.without_gone(&self.facts);
        let mut inner = self.write();
        inner.image_space = alike.space;
        inner.mean = alike.mean;
        inner.alike = alike.index;
        inner.filling = None;
        inner.tower = Tower::default();
    }

    /// The spaces of pictures, and how full they are.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn reports(&self, db: &Db) -> Result<Vec<SpaceReport>, PlatformError> {
        let (active, filling) = {
            let inner = self.read();
            (inner.image_space.clone(), inner.filling.clone())
        };
        let mut reports = Vec::new();
        for (space, state) in [(Some(active), "active"), (filling, "filling")] {
            let Some(space) = space else { continue };
            let (done, total) = db.space_counts(&space).await?;
            reports.push(SpaceReport {
                space,
                state: state.to_owned(),
                done: done as u64,
                total: total as u64,
            });
        }
        Ok(reports)
    }

    /// Elements that can be found by their looks.
    pub fn len(&self) -> usize {
        self.read().looks.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes a stored picture vector over, if it is of a space in use and of
    /// an element that is known.
    pub fn put_image(&self, space: &str, id: &ElementId, vector: &[f32]) {
        let Some(at) = self.facts.ordinal(id) else {
            return;
        };
        // the arithmetic is done before anybody has to wait for it
        let look = (space == ml::space::CLIP).then(|| {
            // the bridge speaks of the bundled tower, whichever compares
            let mean = self.library.bridge.image_mean();
            self.library.bridge.image_vector(vector, mean)
        });
        let mut inner = self.write();
        if space == inner.image_space {
            let centred = centre(vector, &inner.mean);
            let Inner { alike, tower, .. } = &mut *inner;
            if alike.insert(at, &centred) {
                tower.put(alike, at);
            }
        }
        if let Some(look) = look {
            inner.looks.insert(at, &look);
        }
    }

    pub fn put_concept(&self, id: &ElementId, vector: &[f32]) {
        if let Some(at) = self.facts.ordinal(id) {
            self.write().concepts.insert(at, vector);
        }
    }

    /// Forgets what was behind an ordinal.
    pub fn remove(&self, at: u32) {
        let mut inner = self.write();
        inner.alike.remove(at);
        inner.looks.remove(at);
        inner.concepts.remove(at);
    }

    /// The k most alike elements that the viewer may see, with their cosine.
    pub fn similar(&self, viewer: &Viewer, id: &ElementId, k: usize) -> Vec<(ElementId, f32)> {
        let found = self.similar_within(id, k, &self.facts.visible(viewer));
        self.facts.named(found)
    }

    /// The same by ordinal, within those given.
    pub fn similar_within(&self, id: &ElementId, k: usize, within: &Bits) -> Vec<(u32, f32)> {
        let Some(own) = self.facts.ordinal(id) else {
            return Vec::new();
        };
        let inner = self.read();
        let Some(vector) = inner.alike.get(own) else {
            return Vec::new();
        };
        inner.alike.search(&vector, k, within, |at| at != own)
    }

    /// Centred vectors of these elements, and of at most so many others,
    /// spread over the library.
    pub fn kept_and_others(
        &self,
        kept: &[ElementId],
        others: usize,
    ) -> (Vec<Vec<f32>>, Vec<Vec<f32>>) {
        let kept = self.facts.ordinals(kept);
        let wanted: HashSet<u32> = kept.iter().flatten().copied().collect();
        let inner = self.read();
        let rest: Vec<u32> = inner
            .alike
            .iter()
            .filter(|at| !wanted.contains(at))
            .collect();
        let step = rest.len().div_ceil(others.max(1)).max(1);
        let vector = |at: u32| inner.alike.get(at);
        (
            kept.into_iter().flatten().filter_map(vector).collect(),
            rest.into_iter().step_by(step).filter_map(vector).collect(),
        )
    }

    /// Centred unit vectors of those that have one, with their places in
    /// `ids`.
    pub fn vectors(&self, ids: &[ElementId]) -> Vec<(usize, Vec<f32>)> {
        let ordinals = self.facts.ordinals(ids);
        let inner = self.read();
        let vector = |(place, at): (usize, Option<u32>)| Some((place, inner.alike.get(at?)?));
        ordinals
            .into_iter()
            .enumerate()
            .filter_map(vector)
            .collect()
    }

    /// Keeps those of the elements that can be compared.
    pub fn retain_known(&self, ids: &mut Vec<ElementId>) {
        let ordinals = self.facts.ordinals(ids);
        let inner = self.read();
        let mut known = ordinals
            .into_iter()
            .map(|at| at.is_some_and(|at| inner.alike.contains(at)));
        ids.retain(|_| known.next().unwrap_or(false));
    }

    /// A picture's raw vector less what all pictures have in common: what
    /// [`Spaces::nearest`] takes.
    pub fn centred(&self, raw: &[f32]) -> Vec<f32> {
        centre(raw, &self.read().mean)
    }

    /// The k elements nearest to a centred vector that the viewer may see and
    /// that are wanted, with their cosine. `wanted` is asked of few.
    pub fn nearest(
        &self,
        viewer: &Viewer,
        vector: &[f32],
        k: usize,
        wanted: impl Fn(&ElementId, &Access) -> bool,
    ) -> Vec<(ElementId, f32)> {
        self.facts.with(|known| {
            let within = known.visible(viewer);
            let wanted = |at| {
                known
                    .at(at)
                    .is_some_and(|(id, fact)| wanted(id, fact.access()))
            };
            let found = self.read().alike.search(vector, k, &within, wanted);
            known.named(found)
        })
    }

    /// The same by ordinal, within those given.
    pub fn nearest_within(&self, vector: &[f32], k: usize, within: &Bits) -> Vec<(u32, f32)> {
        self.read().alike.search(vector, k, within, |_| true)
    }

    /// How well it fits what people here keep; none while that is not known.
    pub fn taste(&self, id: &ElementId) -> Option<f32> {
        let at = self.facts.ordinal(id)?;
        let vector = self.read().alike.get(at)?;
        self.library.taste_of(&vector)
    }

    /// The k elements within that fit words best, best first. Scores are on the
    /// scales of the bridge's training, so that they mean the same in every
    /// library: see `docs/models/bridge.md`.
    pub fn seen_as(&self, query: &QueryVectors, k: usize, within: &Bits) -> Vec<Seen> {
        let inner = self.read();
        let [look, concept] = self.library.bridge.weights();
        let parts = [
            Part {
                index: &inner.looks,
                query: &query.bridge,
                weight: look,
            },
            // what is not classified yet is related to nothing in particular
            Part {
                index: &inner.concepts,
                query: &query.conse,
                weight: concept,
            },
        ];
        let best = index::rank(&parts, k, within, None, |_| true);
        let found: Vec<u32> = best.into_iter().map(|(at, _)| at).collect();
        let relevance = self.relevance(&inner, query, &found).into_iter();
        let seen = found.iter().zip(relevance);
        seen.map(|(at, relevance)| Seen {
            at: *at,
            relevance: relevance.unwrap_or(0.0),
        })
        .collect()
    }

    /// How likely each of these shows what words say; none for what was not
    /// looked at yet.
    pub fn shows(&self, query: &QueryVectors, ids: &[ElementId]) -> Vec<Option<f32>> {
        let ordinals = self.facts.ordinals(ids);
        let found: Vec<u32> = ordinals.iter().flatten().copied().collect();
        let mut relevance = self.relevance(&self.read(), query, &found).into_iter();
        let each = ordinals.into_iter();
        each.map(|at| at.and_then(|_| relevance.next().flatten()))
            .collect()
    }

    fn relevance(&self, inner: &Inner, query: &QueryVectors, of: &[u32]) -> Vec<Option<f32>> {
        let looks = inner.looks.scores(&query.bridge, of);
        let concepts = inner.concepts.scores(&query.conse, of);
        let relevance = |(look, concept): (Option<f32>, Option<f32>)| {
            let concept = concept.unwrap_or(0.0);
            Some(self.library.bridge.relevance(look?, concept))
        };
        looks.into_iter().zip(concepts).map(relevance).collect()
    }

    /// The k elements within that a text tower of the pictures' own space finds
    /// most likely to show a query, each with its probability against neutral
    /// texts. None while pictures are compared in another space.
    pub fn seen_by_tower(
        &self,
        query: &[f32],
        neutral: &[Vec<f32>],
        k: usize,
        within: &Bits,
    ) -> Option<Vec<Seen>> {
        let mut inner = self.read();
        if inner.image_space == ml::space::CLIP && !inner.tower.knows(neutral) {
            drop(inner);
            let mut changed = self.write();
            let Inner { alike, mean, .. } = &*changed;
            let tower = Tower::new(neutral, mean, alike);
            changed.tower = tower;
            drop(changed);
            inner = self.read();
        }
        // the space may have changed in between
        let same = inner.image_space == ml::space::CLIP && inner.tower.knows(neutral);
        same.then(|| inner.tower.seen(&inner.alike, query, k, within))
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn empty(mean: &[f32]) -> Self {
        Self {
            image_space: ml::space::CLIP.to_owned(),
            mean: mean.to_vec(),
            alike: VectorIndex::new(CLIP_DIM),
            filling: None,
            looks: VectorIndex::new(TEXT_DIM),
            concepts: VectorIndex::new(TEXT_DIM),
            tower: Tower::default(),
        }
    }
}
