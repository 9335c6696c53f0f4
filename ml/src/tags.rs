//! From ImageNet classes to the curated vocabulary.

use std::collections::HashMap;

use serde::Deserialize;

use crate::MlError;
use crate::models::CLASSES;
use crate::pool::Classification;

/// Most tags that a picture is given.
pub const MAX_SUGGESTIONS: usize = 12;

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
}

/// How sure a suggestion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confidence {
    /// Worth asking about.
    Suggested,
    /// Above the tag's own bar.
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

const FORMAT_VERSION: u32 = 1;

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

    /// Tags whose score reaches their bar: the highest score first, of equal
    /// scores the more specific, at most [`MAX_SUGGESTIONS`].
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
            .filter(|&tag| scores[tag] >= self.thresholds[tag].suggest)
            .collect();
        found.sort_by(|&a, &b| {
            scores[b]
                .total_cmp(&scores[a])
                .then(depth[a].cmp(&depth[b]))
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
        } else {
            Confidence::Suggested
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
