//! The vector spaces in memory: derived, rebuilt at start, kept fresh by
//! events. The database is the truth.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use db::{Access, Db, VectorIndex, Viewer};
use ml::bridge::QueryVectors;
use protocol::ElementId;
use protocol::admin::SpaceReport;

use super::Library;
use crate::PlatformError;

/// Rows read at once.
const PAGE: usize = 500;

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
}

impl Spaces {
    pub fn new(library: Arc<Library>) -> Self {
        Self {
            inner: RwLock::new(Inner::empty(library.bridge.image_mean())),
            library,
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
        let mut inner = self.write();
        inner.image_space = alike.space;
        inner.mean = alike.mean;
        inner.alike = alike.index;
        inner.filling = None;
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

    /// Takes a stored picture vector over, if it is of a space in use.
    pub fn put_image(&self, space: &str, id: &ElementId, access: &Access, vector: &[f32]) {
        self.write()
            .put_image(&self.library, space, id, access, vector);
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

    /// Centred vectors of these elements, and of at most so many others,
    /// spread over the library.
    pub fn kept_and_others(
        &self,
        kept: &[ElementId],
        others: usize,
    ) -> (Vec<Vec<f32>>, Vec<Vec<f32>>) {
        let inner = self.read();
        let wanted: HashSet<&ElementId> = kept.iter().collect();
        let rest: Vec<&ElementId> = inner
            .alike
            .ids()
            .filter(|id| !wanted.contains(id))
            .collect();
        let step = rest.len().div_ceil(others.max(1)).max(1);
        let vectors = |ids: &mut dyn Iterator<Item = &ElementId>| {
            ids.filter_map(|id| inner.alike.get(id))
                .map(<[f32]>::to_vec)
                .collect::<Vec<_>>()
        };
        (
            vectors(&mut kept.iter()),
            vectors(&mut rest.into_iter().step_by(step)),
        )
    }

    /// Centred unit vectors of those that have one, with their places in
    /// `ids`.
    pub fn vectors(&self, ids: &[ElementId]) -> Vec<(usize, Vec<f32>)> {
        let inner = self.read();
        let vector = |(at, id)| Some((at, inner.alike.get(id)?.to_vec()));
        ids.iter().enumerate().filter_map(vector).collect()
    }

    /// Keeps those of the elements that can be compared.
    pub fn retain_known(&self, ids: &mut Vec<ElementId>) {
        let inner = self.read();
        ids.retain(|id| inner.alike.get(id).is_some());
    }

    /// A picture's raw vector less what all pictures have in common: what
    /// [`Spaces::nearest`] takes.
    pub fn centred(&self, raw: &[f32]) -> Vec<f32> {
        centre(raw, &self.read().mean)
    }

    /// The k elements nearest to a centred vector that the viewer may see and
    /// that are wanted, with their cosine.
    pub fn nearest(
        &self,
        viewer: &Viewer,
        vector: &[f32],
        k: usize,
        wanted: impl Fn(&ElementId, &Access) -> bool,
    ) -> Vec<(ElementId, f32)> {
        let visible =
            |other: &ElementId, access: &Access| wanted(other, access) && viewer.lists(access);
        self.read().alike.search(vector, k, visible)
    }

    /// How well it fits what people here keep; none while that is not known.
    pub fn taste(&self, id: &ElementId) -> Option<f32> {
        let inner = self.read();
        self.library.taste_of(inner.alike.get(id)?)
    }

    /// The k elements that fit words best, among those the viewer may see.
    /// Scores are on the scales of the bridge's training, so that they mean
    /// the same in every library: see `docs/models/bridge.md`.
    pub fn seen_as(
        &self,
        viewer: &Viewer,
        query: &QueryVectors,
        k: usize,
        wanted: impl Fn(&ElementId) -> bool,
    ) -> Vec<Seen> {
        let inner = self.read();
        let visible = |id: &ElementId, access: &Access| wanted(id) && viewer.lists(access);
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

    /// The k elements that a text tower of the pictures' own space finds most
    /// likely to show a query, each with its probability against neutral
    /// texts. None while pictures are compared in another space.
    pub fn seen_by_tower(
        &self,
        viewer: &Viewer,
        query: &[f32],
        neutral: &[Vec<f32>],
        k: usize,
        wanted: impl Fn(&ElementId) -> bool,
    ) -> Option<Vec<Seen>> {
        let inner = self.read();
        if inner.image_space != ml::space::CLIP {
            return None;
        }
        let visible = |id: &ElementId, access: &Access| wanted(id) && viewer.lists(access);
        // rows are unit vectors u less the mean m, brought to length one: with
        // |m + s·row| = 1, the length s and so every cosine with u is known
        let mean = &inner.mean;
        let square: f32 = mean.iter().map(|x| x * x).sum();
        let score = |text: &[f32]| {
            let mut unit = text.to_vec();
            ml::vector::normalise(&mut unit);
            let offset: f32 = unit.iter().zip(mean).map(|(x, m)| x * m).sum();
            (inner.alike.score_all(&unit, visible), offset)
        };
        let along = inner.alike.score_all(mean, visible);
        let query = score(query);
        let neutral: Vec<_> = neutral.iter().map(|text| score(text)).collect();
        let mut seen: Vec<Seen> = along
            .into_iter()
            .enumerate()
            .map(|(at, (element, along))| {
                let length = (along * along + 1.0 - square).max(0.0).sqrt() - along;
                let cosine = |(scores, offset): &(Vec<(ElementId, f32)>, f32)| {
                    scores[at].1 * length + offset
                };
                let others: Vec<f32> = neutral.iter().map(cosine).collect();
                let score = cosine(&query);
                Seen {
                    element,
                    score,
                    relevance: ml::clip_text::against(score, &others),
                }
            })
            .collect();
        seen.sort_by(|a, b| {
            let by_relevance = b.relevance.total_cmp(&a.relevance);
            by_relevance.then_with(|| b.element.cmp(&a.element))
        });
        seen.truncate(k);
        Some(seen)
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
        }
    }

    fn put_image(
        &mut self,
        library: &Library,
        space: &str,
        id: &ElementId,
        access: &Access,
        vector: &[f32],
    ) {
        if space == self.image_space {
            let centred = centre(vector, &self.mean);
            self.alike.insert(id.clone(), access.clone(), &centred);
        }
        if space == ml::space::CLIP {
            // the bridge speaks of the bundled tower, whichever compares
            let look = library
                .bridge
                .image_vector(vector, library.bridge.image_mean());
            self.looks.insert(id.clone(), access.clone(), &look);
        }
    }
}

/// A space of pictures, read in full.
pub struct Alike {
    space: String,
    mean: Vec<f32>,
    index: VectorIndex,
}

impl Alike {
    /// Reads every vector of a space. What its pictures have in common is
    /// learned from them; of the bundled space it is known.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn read(db: &Db, library: &Library, space: &str) -> Result<Self, PlatformError> {
        let mut rows = Vec::new();
        let mut after = None;
        loop {
            let page = db.embeddings(space, after.clone(), PAGE).await?;
            let full = page.len() == PAGE;
            after = page.last().map(|row| row.element.clone());
            rows.extend(page);
            if !full {
                break;
            }
        }
        let mean = if space == ml::space::CLIP {
            library.bridge.image_mean().to_vec()
        } else {
            mean(rows.iter().map(|row| row.vector.as_slice()))
        };
        let mut index = VectorIndex::new(mean.len());
        for row in rows {
            let centred = centre(&row.vector, &mean);
            index.insert(row.element.clone(), row.access(), &centred);
        }
        Ok(Self {
            space: space.to_owned(),
            mean,
            index,
        })
    }
}

/// Mean of the vectors, each brought to length one first.
fn mean<'a>(vectors: impl Iterator<Item = &'a [f32]>) -> Vec<f32> {
    let mut sum: Vec<f32> = Vec::new();
    let mut count = 0.0_f32;
    for vector in vectors {
        let mut unit = vector.to_vec();
        ml::vector::normalise(&mut unit);
        sum.resize(unit.len(), 0.0);
        sum.iter_mut().zip(&unit).for_each(|(s, x)| *s += x);
        count += 1.0;
    }
    sum.iter_mut().for_each(|s| *s /= count.max(1.0));
    sum
}

fn centre(clip: &[f32], mean: &[f32]) -> Vec<f32> {
    let mut unit = clip.to_vec();
    ml::vector::normalise(&mut unit);
    unit.iter().zip(mean).map(|(x, m)| x - m).collect()
}
