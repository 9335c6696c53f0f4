//! From ImageNet classes to the curated vocabulary.

use std::collections::HashMap;

use serde::Deserialize;

use crate::MlError;
use crate::models::CLASSES;
use crate::pool::Classification;

mod implications;

/// Most tags that a picture is given.
pub const MAX_SUGGESTIONS: usize = 12;
/// Of them, most that are below their bar: for a person to decide.
pub const MAX_UNSURE: usize = 3;
/// Part of its bar from which a tag is worth that question.
const UNSURE_FROM: f32 = 0.6;
/// What is expected of a tag before anybody said anything: so many of these
/// suggestions right, so many wrong. A Beta prior of the mean that the
/// thresholds were chosen for (`docs/models/tags.md`).
const PRIOR: (f32, f32) = (8.0, 2.0);
/// How far people's words can move a bar, as a factor.
const MOVED: (f32, f32) = (0.7, 2.0);
/// No bar is above this: a tag that is always refused still needs a chance.
const HIGHEST: f32 = 0.95;

/// The vocabulary, and which tags each class implies.
#[derive(Debug, Clone, PartialEq)]
pub struct TagMap {
    tags: Vec<Tag>,
    /// Tag indices per class, the most specific first.
    classes: Vec<Vec<usize>>,
    /// Per tag.
    thresholds: Vec<Threshold>,
}

/// A word of the vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Tag {
    /// Lower case, singular.
    pub name: String,
    /// Such as `animal` or `food`.
    pub category: String,
    /// Other words for the same thing.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Tags that it is a kind of, without others between them.
    #[serde(default)]
    pub implies: Vec<String>,
}

/// How sure a suggestion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confidence {
    /// Below the tag's bar, but worth asking a person.
    Unsure,
    /// Above the bar.
    Suggested,
    /// Above the upper bar.
    Sure,
}

/// A tag for a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct TagSuggestion {
    /// The tag's name.
    pub name: String,
    /// The tag's category.
    pub category: String,
    /// Summed probability of the classes that imply the tag, 0..=1.
    pub score: f32,
    /// On which side of the tag's bar the score is.
    pub confidence: Confidence,
}

/// What people said to the suggestions of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TagFeedback {
    /// Suggestions that somebody accepted.
    pub accepted: u32,
    /// Suggestions that somebody refused.
    pub rejected: u32,
}

impl TagFeedback {
    /// By what a tag's bars are multiplied: the precision that was meant over
    /// the one that is seen, a posterior mean, within [`MOVED`].
    fn factor(self) -> f32 {
        let (right, wrong) = (
            PRIOR.0 + self.accepted as f32,
            PRIOR.1 + self.rejected as f32,
        );
        let meant = PRIOR.0 / (PRIOR.0 + PRIOR.1);
        (meant * (right + wrong) / right).clamp(MOVED.0, MOVED.1)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
struct Threshold {
    suggest: f32,
    sure: f32,
}

#[derive(Deserialize)]
struct File {
    version: u32,
    tags: Vec<Tag>,
    classes: Vec<Vec<usize>>,
    thresholds: Thresholds,
}

#[derive(Deserialize)]
struct Thresholds {
    #[serde(flatten)]
    common: Threshold,
    #[serde(default)]
    tags: HashMap<String, Threshold>,
}

const FORMAT_VERSION: u32 = 2;

impl TagMap {
    /// Parses the text of `assets/tags/imagenet.json`.
    ///
    /// # Errors
    /// [`MlError::Manifest`] saying what is wrong with it.
    pub fn parse(json: &str) -> Result<Self, MlError> {
        let bad = |detail: String| MlError::Manifest(format!("tags: {detail}"));
        let file: File = serde_json::from_str(json).map_err(|error| bad(error.to_string()))?;
        if file.version != FORMAT_VERSION {
            return Err(bad(format!("format {} is unknown", file.version)));
        }
        if file.classes.len() != CLASSES {
            return Err(bad(format!(
                "{} classes, not {CLASSES}",
                file.classes.len()
            )));
        }
        let known = file.tags.len();
        if let Some(at) = file.classes.iter().flatten().find(|&&at| at >= known) {
            return Err(bad(format!("tag {at} of {known}")));
        }
        let names: Vec<&str> = file.tags.iter().map(|tag| tag.name.as_str()).collect();
        if let Some(name) = file
            .thresholds
            .tags
            .keys()
            .find(|name| !names.contains(&name.as_str()))
        {
            return Err(bad(format!("a threshold for {name}, which is no tag")));
        }
        implications::check(&file.tags, &file.classes).map_err(bad)?;
        let of = |tag: &Tag| file.thresholds.tags.get(&tag.name).copied();
        let thresholds = file
            .tags
            .iter()
            .map(|tag| of(tag).unwrap_or(file.thresholds.common))
            .collect();
        Ok(Self {
            tags: file.tags,
            classes: file.classes,
            thresholds,
        })
    }

    /// The whole vocabulary.
    pub fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// The same vocabulary with bars that follow what people said.
    #[must_use]
    pub fn with_feedback(&self, feedback: &HashMap<String, TagFeedback>) -> Self {
        let mut map = self.clone();
        for (tag, threshold) in map.tags.iter().zip(&mut map.thresholds) {
            if let Some(feedback) = feedback.get(&tag.name) {
                let factor = feedback.factor();
                threshold.suggest = (threshold.suggest * factor).min(HIGHEST);
                threshold.sure = (threshold.sure * factor).clamp(threshold.suggest, HIGHEST);
            }
        }
        map
    }

    /// Tags whose score reaches their bar: the highest score first, of equal
    /// scores the more specific, at most [`MAX_SUGGESTIONS`]; among them a few
    /// that are nearly there.
    pub fn suggest(&self, classes: &Classification) -> Vec<TagSuggestion> {
        let mut scores = vec![0f32; self.tags.len()];
        let mut depth = vec![usize::MAX; self.tags.len()];
        for (tags, probability) in self.classes.iter().zip(&classes.probabilities) {
            for (steps, &tag) in tags.iter().enumerate() {
                scores[tag] += probability;
                depth[tag] = depth[tag].min(steps);
            }
        }
        let mut found: Vec<usize> = (0..self.tags.len())
            .filter(|&tag| scores[tag] >= UNSURE_FROM * self.thresholds[tag].suggest)
            .collect();
        found.sort_by(|&a, &b| {
            scores[b]
                .total_cmp(&scores[a])
                .then(depth[a].cmp(&depth[b]))
        });
        let mut unsure = 0;
        found.retain(|&tag| {
            let below = scores[tag] < self.thresholds[tag].suggest;
            unsure += usize::from(below);
            !below || unsure <= MAX_UNSURE
        });
        found.truncate(MAX_SUGGESTIONS);
        found
            .into_iter()
            .map(|tag| self.suggestion(tag, scores[tag].min(1.0)))
            .collect()
    }

    fn suggestion(&self, tag: usize, score: f32) -> TagSuggestion {
        let Tag { name, category, .. } = self.tags[tag].clone();
        let confidence = if score >= self.thresholds[tag].sure {
            Confidence::Sure
        } else if score >= self.thresholds[tag].suggest {
            Confidence::Suggested
        } else {
            Confidence::Unsure
        };
        TagSuggestion {
            name,
            category,
            score,
            confidence,
        }
    }
}

#[cfg(test)]
mod tests;
