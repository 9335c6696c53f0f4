//! What in a picture stands out: parts that are worth a look of their own.
//!
//! The classifier was trained on pictures of single things, and what its last
//! feature map answers to most is where things are (Wei et al. 2017, SCDA). So
//! the map is made at two sizes of the whole picture, a coarse one for what the
//! picture is about and a finer one for what else is in it; what stands out
//! from its surroundings becomes a box, and each box is classified by itself.
//! No training, no further model. It knows nothing of persons and of whatever
//! else ImageNet has no class for, but still sees that something is there.

mod map;
mod regions;

use serde::{Deserialize, Serialize};

use crate::models::EfficientNetLite0;
use crate::{MlError, Rgb8};
use map::Map;
use regions::Candidate;

/// Most spots of a picture.
pub const MOST: usize = 5;

/// Long sides at which the picture is looked at, coarse and fine, in pixels.
const SIDES: [u32; 2] = [224, 448];
/// Points of the finer map between two of its cells.
const FINER: usize = 4;
/// What details count for beside what the picture is about.
const DETAIL: f32 = 0.8;
/// By how much boxes are widened, in parts of their sides: the map answers to
/// the middle of things more than to their edges.
const WIDER: [f32; 2] = [0.05, 0.1];
/// Contrast below which nothing stands out, and that of which nothing more is
/// to be wished.
const FAINT: f32 = 0.12;
const FULL: f32 = 0.5;
/// Part of the best one's contrast below which others are not worth it.
const BESIDE: f32 = 0.3;
/// Likeness of classes from which two boxes that overlap show one thing.
const SAME: f32 = 0.6;
/// Part of the smaller box that must be shared for that.
const SHARED: f32 = 0.25;

/// A part of a picture that stands out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spot {
    /// Left, top, width and height, in parts of the picture's sides.
    pub region: [f32; 4],
    /// How much it stands out, in 0…1.
    pub score: f32,
    /// What it may be: `[1000]`, summing to 1, by ImageNet class index.
    pub probabilities: Vec<f32>,
}

/// The spots of a picture, the most striking first; at most [`MOST`].
///
/// # Errors
/// Whatever the model says.
pub fn find(model: &EfficientNetLite0, picture: &Rgb8) -> Result<Vec<Spot>, MlError> {
    let mut spots: Vec<Spot> = Vec::new();
    for candidate in candidates(model, picture)? {
        let (logits, _) = model.classify(&around(picture, candidate.region))?;
        let classes = crate::Classification::from_logits(&logits, Vec::new());
        let spot = Spot {
            region: candidate.region,
            score: (candidate.score / FULL).min(1.0),
            probabilities: classes.probabilities,
        };
        if !spots.iter().any(|known| same(known, &spot)) {
            spots.push(spot);
        }
    }
    Ok(spots)
}

fn candidates(model: &EfficientNetLite0, picture: &Rgb8) -> Result<Vec<Candidate>, MlError> {
    let mut maps = Vec::new();
    for side in SIDES {
        let (shape, numbers) = model.answers(picture, side)?;
        maps.push(Map::summed(&shape, &numbers)?.blurred());
    }
    let [coarse, fine] = <[Map; 2]>::try_from(maps)
        .map_err(|_| MlError::BadInput("a picture without two maps".into()))?;
    let size = [fine.width * FINER, fine.height * FINER];
    let fine = fine.scaled(size).levelled();
    let both = coarse.scaled(size).levelled().mean(&fine);
    let whole = regions::standing_out(&both);
    let details = regions::standing_out(&fine);
    let widened = |mut candidate: Candidate, by: f32, counts: f32| {
        candidate.region = regions::widened(candidate.region, by);
        candidate.score *= counts;
        candidate
    };
    let whole = whole.into_iter().map(|c| widened(c, WIDER[0], 1.0));
    let details = details.into_iter().map(|c| widened(c, WIDER[1], DETAIL));
    let mut chosen = regions::apart(whole.chain(details).collect(), MOST);
    let best = chosen.first().map_or(0.0, |best| best.score);
    chosen.retain(|c| c.score >= FAINT.max(BESIDE * best));
    Ok(chosen)
}

/// The region with what stands around it, as a square as far as the picture
/// goes: what the classifier is used to.
fn around(picture: &Rgb8, [x, y, w, h]: [f32; 4]) -> Rgb8 {
    const CONTEXT: f32 = 1.12;
    let size = [picture.width() as f32, picture.height() as f32];
    let side = (w * size[0]).max(h * size[1]) * CONTEXT;
    let along = |from: f32, span: f32, whole: f32| {
        let length = side.min(whole);
        let middle = (from + span / 2.0) * whole;
        let start = (middle - length / 2.0).clamp(0.0, whole - length);
        (start as u32, length.ceil() as u32)
    };
    let (left, width) = along(x, w, size[0]);
    let (top, height) = along(y, h, size[1]);
    picture.part(left, top, width, height)
}

/// Whether two boxes that overlap are seen as the same thing.
fn same(a: &Spot, b: &Spot) -> bool {
    let pairs = a.probabilities.iter().zip(&b.probabilities);
    let alike: f32 = pairs.map(|(p, q)| (p * q).sqrt()).sum();
    alike >= SAME && regions::shared(a.region, b.region) >= SHARED
}

#[cfg(test)]
mod tests;
