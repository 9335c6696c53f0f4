//! Nudity and gore in pictures: which regions are looked at, by which model,
//! and what the scores amount to.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::engine::Engine;
use crate::judgement::Reason;
use crate::models::{ImageSafety, OpenNsfw};
use crate::{MlError, Rgb8};

/// What the models say of a picture: the whole of it first, then crops.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NsfwScores {
    /// At least the whole picture.
    pub regions: Vec<RegionScore>,
}

/// What the models say of one region.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RegionScore {
    /// x, y, width, height, each 0…1 of the picture.
    pub region: [f32; 4],
    /// The first model's probability of "not safe for work".
    pub open_nsfw: f32,
    /// The second model's probabilities: safe, not safe for work, not safe for
    /// life. Only the whole picture and the worst crop are shown to it.
    pub second: Option<[f32; 3]>,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Band {
    /// Nothing found.
    None,
    /// The models disagree, or one alone is worried: for a person to look at.
    Unsure,
    /// Nudity, or what may upset.
    Sensitive,
    /// Both models are certain.
    Explicit,
}

/// What the scores amount to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judgement {
    /// The band.
    pub verdict: Band,
    /// 0…1: how far the scores are from the next band.
    pub confidence: f32,
    /// What it rests on, the strongest first.
    pub evidence: Vec<Reason>,
}

/// A score from which a model counts as certain.
const CERTAIN: f32 = 0.9;
/// A score from which a model counts as worried.
const WORRIED: f32 = 0.6;
/// A crop alone must score this much to count: crops lack their context.
const WORRIED_CROP: f32 = 0.85;
/// The model of gore has no second opinion: from here on a person looks.
const GORE: f32 = 0.7;
/// Crops smaller than this in pixels are mostly blur once enlarged.
const SMALLEST_CROP: u32 = 112;
/// From this ratio of the sides on, squares along the long side are looked at.
const LONG: f32 = 1.2;
/// Share of each side that the four corner crops take.
const CORNER: f32 = 0.6;
/// Share of each side that the middle crop takes.
const MIDDLE: f32 = 0.5;

/// Scores the whole picture and at most eight crops.
///
/// # Errors
/// [`MlError::ModelMissing`] until both models are there.
pub fn score(engine: &Arc<Engine>, picture: &Rgb8) -> Result<NsfwScores, MlError> {
    let first = engine.lease::<OpenNsfw>()?;
    let mut scored = Vec::new();
    for region in regions(picture.width(), picture.height()) {
        let part = cut(picture, region);
        scored.push((first.score(&part)?, region));
    }
    drop(first);
    let second = engine.lease::<ImageSafety>()?;
    let worst = (1..scored.len()).max_by(|&a, &b| scored[a].0.total_cmp(&scored[b].0));
    let mut regions = Vec::with_capacity(scored.len());
    for (at, (open_nsfw, region)) in scored.into_iter().enumerate() {
        let asked = at == 0 || Some(at) == worst;
        let part = asked.then(|| cut(picture, region));
        regions.push(RegionScore {
            region,
            open_nsfw,
            second: part.map(|part| second.score(&part)).transpose()?,
        });
    }
    Ok(NsfwScores { regions })
}

/// The bands that the scores fall into; see the models' cards for how they were
/// measured.
pub fn judge(scores: &NsfwScores) -> Judgement {
    let mut verdict = Band::None;
    let mut strongest = 0f32;
    let mut evidence = Vec::new();
    for (at, score) in scores.regions.iter().enumerate() {
        let found = look(score, at == 0);
        verdict = verdict.max(found.band);
        strongest = strongest.max(found.strength);
        evidence.extend(found.reasons);
    }
    let score = |reason: &Reason| reason.score.unwrap_or(0.0);
    evidence.sort_by(|a, b| score(b).total_cmp(&score(a)));
    let confidence = match verdict {
        Band::None => 1.0 - strongest,
        Band::Unsure => 0.5,
        Band::Sensitive | Band::Explicit => strongest,
    };
    Judgement {
        verdict,
        confidence,
        evidence,
    }
}

struct Found {
    band: Band,
    /// Of both models together.
    strength: f32,
    reasons: Vec<Reason>,
}

fn look(score: &RegionScore, whole: bool) -> Found {
    let place = place(score.region, whole);
    let worried = if whole { WORRIED } else { WORRIED_CROP };
    let first = score.open_nsfw;
    let reason = |kind, detail, score| Reason {
        kind,
        detail,
        score: Some(score),
    };
    let mut reasons = Vec::new();
    if first >= worried {
        reasons.push(reason(
            "model",
            format!("OpenNSFW: nudity in {place}"),
            first,
        ));
    }
    let Some([safe, nudity, gore]) = score.second else {
        // a crop that nobody else looked at is less worrying than the one that was
        return Found {
            band: Band::None,
            strength: 0.0,
            reasons: Vec::new(),
        };
    };
    if nudity >= worried {
        let detail = format!("image safety classifier: nudity in {place}");
        reasons.push(reason("model", detail, nudity));
    }
    let both = first.min(nudity);
    let band = if both >= CERTAIN {
        Band::Explicit
    } else if both >= worried || (first + nudity) / 2.0 >= worried && both >= 1.0 - worried {
        Band::Sensitive
    } else if first.max(nudity) >= worried {
        let detail = format!("the models disagree about {place}");
        reasons.push(reason("disagreement", detail, (first - nudity).abs()));
        Band::Unsure
    } else {
        Band::None
    };
    let mut found = Found {
        band,
        strength: (first + nudity) / 2.0,
        reasons,
    };
    if gore >= GORE && gore > safe {
        found.band = found.band.max(Band::Unsure);
        let detail = format!("image safety classifier: gore or shock in {place}");
        found.reasons.push(reason("model", detail, gore));
    }
    found
}

fn place([x, y, width, height]: [f32; 4], whole: bool) -> String {
    if whole {
        return "the whole picture".to_owned();
    }
    let percent = |v: f32| (v * 100.0).round() as u32;
    format!(
        "the part from {} % to {} % across and {} % to {} % down",
        percent(x),
        percent(x + width),
        percent(y),
        percent(y + height)
    )
}

/// The whole picture; squares along the long side; corners that overlap; the
/// middle. Crops that would be too small are left out.
fn regions(width: u32, height: u32) -> Vec<[f32; 4]> {
    let mut regions = vec![[0.0, 0.0, 1.0, 1.0]];
    let (wide, high) = (width as f32, height as f32);
    let short = wide.min(high);
    if wide.max(high) / short >= LONG {
        let (w, h) = (short / wide, short / high);
        for share in [0.0, 0.5, 1.0] {
            regions.push([(1.0 - w) * share, (1.0 - h) * share, w, h]);
        }
    }
    for (x, y) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
        let rest = 1.0 - CORNER;
        regions.push([x * rest, y * rest, CORNER, CORNER]);
    }
    let margin = (1.0 - MIDDLE) / 2.0;
    regions.push([margin, margin, MIDDLE, MIDDLE]);
    let large = |[_, _, w, h]: &[f32; 4]| (w * wide).min(h * high) >= SMALLEST_CROP as f32;
    let mut at = 0;
    regions.retain(|region| {
        at += 1;
        at == 1 || large(region)
    });
    regions
}

fn cut(picture: &Rgb8, [x, y, width, height]: [f32; 4]) -> Rgb8 {
    let across = |share: f32| (share * picture.width() as f32).round() as u32;
    let down = |share: f32| (share * picture.height() as f32).round() as u32;
    picture.part(across(x), down(y), across(width), down(height))
}

#[cfg(test)]
mod tests;
