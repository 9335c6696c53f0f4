//! A space of pictures, read in full before it takes another's place.

use db::Db;
use index::VectorIndex;
use protocol::ElementId;

use crate::PlatformError;
use crate::search::{FactIndex, Library};

/// Rows read at once.
const PAGE: usize = 500;

pub struct Alike {
    pub(super) space: String,
    pub(super) mean: Vec<f32>,
    pub(super) index: VectorIndex,
    /// Whose the ordinals were when it was read; some 40 bytes each, until it is
    /// in place.
    ids: Vec<(u32, ElementId)>,
}

impl Alike {
    /// Reads every vector of a space. What its pictures have in common is
    /// learned from them; of the bundled space it is known.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn read(
        db: &Db,
        library: &Library,
        facts: &FactIndex,
        space: &str,
    ) -> Result<Self, PlatformError> {
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
        let mut ids = Vec::with_capacity(rows.len());
        for row in rows {
            if let Some(at) = facts.ordinal(&row.element) {
                index.insert(at, &centre(&row.vector, &mean));
                ids.push((at, row.element));
            }
        }
        Ok(Self {
            space: space.to_owned(),
            mean,
            index,
            ids,
        })
    }

    /// Forgets what has gone since it was read: its ordinal may become another
    /// element's.
    pub(super) fn without_gone(mut self, facts: &FactIndex) -> Self {
        for (at, id) in std::mem::take(&mut self.ids) {
            if facts.ordinal(&id) != Some(at) {
                self.index.remove(at);
            }
        }
        self
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

/// A vector brought to length one, less what all have in common.
pub(super) fn centre(clip: &[f32], mean: &[f32]) -> Vec<f32> {
    let mut unit = clip.to_vec();
    ml::vector::normalise(&mut unit);
    unit.iter().zip(mean).map(|(x, m)| x - m).collect()
}
