//! What in an element's picture is worth a search of its own.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use ml::pool::Lane;
use ml::subjects::Spot;
use ml::tags::{Confidence, TagMap};
use ml::{Classification, Rgb8};
use protocol::value::TagName;
use protocol::visual::{Region, Subject, Subjects};
use protocol::{ElementId, MediaHash};

use super::{Sample, Visual, blocking};
use crate::{PlatformError, Viewer};

/// Pictures of which the subjects are kept; a few hundred bytes each.
const KEPT: usize = 2_000;
/// Width of what the model is shown: small things in it are cut out.
const WIDTH: u32 = 800;
/// Score from which a tag is named: a wrong word is worse than none.
const NAMED: f32 = 0.7;

/// The latest ones by media; oldest out first.
#[derive(Default)]
pub struct KnownSubjects(Mutex<VecDeque<(MediaHash, Arc<Subjects>)>>);

impl KnownSubjects {
    fn get(&self, media: &MediaHash) -> Option<Arc<Subjects>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().rev().find(|(other, _)| other == media);
        found.map(|(_, subjects)| subjects.clone())
    }

    fn put(&self, media: MediaHash, subjects: Arc<Subjects>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(other, _)| *other != media);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back((media, subjects));
    }
}

impl Visual {
    /// What in an element's picture stands out, the most striking first;
    /// computed when it is first asked for.
    ///
    /// # Errors
    /// `not_found`, also when it is hidden from the viewer; `model_missing` and
    /// `unavailable` while there is no model to ask.
    pub async fn subjects(
        &self,
        viewer: &Viewer,
        id: &ElementId,
    ) -> Result<Subjects, PlatformError> {
        let media = self.db.element_media(&viewer.scope(), id).await?;
        let media = media.ok_or_else(|| PlatformError::not_found("element"))?;
        if let Some(known) = self.known.get(&media) {
            return Ok((*known).clone());
        }
        let picture = self.picture(viewer, Sample::Element(id.clone())).await?;
        let shown = blocking(move || {
            let rgb = picture.resized(WIDTH).to_rgb();
            Ok(Arc::new(Rgb8::new(rgb.width, rgb.height, rgb.data)?))
        })
        .await?;
        let found = self
            .inference
            .find_subjects(Lane::Interactive, shown)
            .await?;
        let tags = self.library.tags();
        let items = found.into_iter().filter_map(|spot| subject(&tags, spot));
        let subjects = Subjects {
            items: items.collect(),
        };
        self.known.put(media, Arc::new(subjects.clone()));
        Ok(subjects)
    }
}

fn subject(tags: &TagMap, spot: Spot) -> Option<Subject> {
    let [x, y, w, h] = spot.region;
    // a sliver cannot be searched by
    let region = Region { x, y, w, h }.checked().ok()?;
    let classes = Classification {
        space: ml::space::FEATURES.into(),
        probabilities: spot.probabilities,
        features: Vec::new(),
    };
    let sure = tags.suggest(&classes).into_iter();
    let sure = sure.filter(|tag| tag.confidence == Confidence::Sure && tag.score >= NAMED);
    // what is more special has the lower score, as it is a part of the wider
    let named = sure.min_by(|a, b| a.score.total_cmp(&b.score));
    Some(Subject {
        region,
        tag: named.and_then(|tag| tag.name.parse::<TagName>().ok()),
        score: spot.score,
    })
}
