//! The lists that a search is made of, each within what the viewer may see.

use std::collections::HashSet;

use protocol::ElementId;
use protocol::search::Why;
use protocol::value::TagName;

use super::Search;
use super::fusion::{Candidate, List};
use crate::tags::TagNo;
use crate::{PlatformError, Viewer};

/// Entries of each list.
const LIST: usize = 200;
/// Entries that are read of lists that filters make shorter.
const FILTERED: usize = 5_000;
/// A tag may consist of this many words of the query.
const TAG_WORDS: usize = 4;
/// Part of the best text's score from which a text is a confident match: with
/// several words asked for, one of them alone is not.
const GOOD_TEXT: f32 = 0.5;
/// Words that stand in every text and tell nothing.
const COMMON: [&str; 30] = [
    "a", "an", "and", "are", "as", "at", "by", "for", "from", "in", "into", "is", "it", "its",
    "of", "on", "or", "over", "photo", "picture", "image", "that", "the", "their", "there", "this",
    "to", "under", "was", "with",
];
/// How sure a model's tag must be to count as a confident match.
const SURE_TAG: f32 = 0.5;

/// Weights of the lists in the fusion.
const TEXT: f32 = 1.2;
const TAGS: f32 = 1.0;
const LOOKS: f32 = 1.0;

impl Search {
    /// The lists, and hints on what could not be searched.
    pub(super) async fn candidates(
        &self,
        viewer: &Viewer,
        words: &str,
        within: Option<&HashSet<ElementId>>,
    ) -> Result<(Vec<List>, Vec<String>), PlatformError> {
        let tags = self.by_tags(viewer, words, within);
        let (text, looks) = tokio::join!(
            self.by_text(viewer, words, within),
            self.by_looks(viewer, words, within),
        );
        let mut hints = Vec::new();
        let looks = match looks {
            Ok(looks) => looks,
            // Words still find words while the models are away.
            Err(error @ (PlatformError::Ml(_) | PlatformError::Gone(_))) => {
                tracing::warn!(%error, "search without looking at pictures");
                hints.push(
                    "Pictures themselves could not be searched just now, only words and tags."
                        .to_owned(),
                );
                Vec::new()
            }
            Err(error) => return Err(error),
        };
        let lists = vec![
            List {
                weight: TEXT,
                candidates: text?,
            },
            List {
                weight: TAGS,
                candidates: tags,
            },
            List {
                weight: LOOKS,
                candidates: looks,
            },
        ];
        Ok((lists, hints))
    }

    async fn by_text(
        &self,
        viewer: &Viewer,
        words: &str,
        within: Option<&HashSet<ElementId>>,
    ) -> Result<Vec<Candidate>, PlatformError> {
        let words = telling(words);
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let most = if within.is_some() { FILTERED } else { LIST };
        let mut hits = self.db.search_text(&viewer.scope(), &words, most).await?;
        hits.retain(|hit| within.is_none_or(|ids| ids.contains(&hit.element)));
        hits.truncate(LIST);
        let best = hits.iter().map(|hit| hit.score).fold(0.0, f32::max);
        let candidate = |hit: db::TextHit| Candidate {
            confident: hit.score >= best * GOOD_TEXT,
            element: hit.element,
            why: Why::Text {
                field: hit.field.to_string(),
            },
        };
        Ok(hits.into_iter().map(candidate).collect())
    }

    fn by_tags(
        &self,
        viewer: &Viewer,
        words: &str,
        within: Option<&HashSet<ElementId>>,
    ) -> Vec<Candidate> {
        let tags = self.tag_numbers(words);
        if tags.is_empty() {
            return Vec::new();
        }
        let wanted = |id: &ElementId| within.is_none_or(|ids| ids.contains(id));
        let mut hits = self.facts.carrying(&viewer.scope(), &tags, wanted);
        hits.sort_by(|a, b| b.2.total_cmp(&a.2).then_with(|| b.0.cmp(&a.0)));
        hits.truncate(LIST);
        let vocabulary = self.facts.vocabulary().read();
        let candidate = |(element, tag, score)| Candidate {
            element,
            why: Why::Tag {
                name: vocabulary.name(tag).to_owned(),
                score,
            },
            confident: score >= SURE_TAG,
        };
        hits.into_iter().map(candidate).collect()
    }

    /// Every run of words that is the name of a tag, or another word for one.
    fn tag_numbers(&self, words: &str) -> Vec<TagNo> {
        let words: Vec<&str> = words
            .split(|c: char| c.is_whitespace() || c == ',')
            .filter(|w| !w.is_empty())
            .collect();
        let vocabulary = self.facts.vocabulary().read();
        let mut tags = Vec::new();
        for from in 0..words.len() {
            for until in from + 1..=words.len().min(from + TAG_WORDS) {
                let name = words[from..until].join(" ").parse::<TagName>();
                let tag = name.ok().and_then(|name| vocabulary.resolve(name.as_str()));
                if let Some(tag) = tag.filter(|tag| !tags.contains(tag)) {
                    tags.push(tag);
                }
            }
        }
        tags
    }

    async fn by_looks(
        &self,
        viewer: &Viewer,
        words: &str,
        within: Option<&HashSet<ElementId>>,
    ) -> Result<Vec<Candidate>, PlatformError> {
        if self.spaces.is_empty() {
            return Ok(Vec::new());
        }
        if let Some(candidates) = self.by_tower(viewer, words, within).await? {
            return Ok(candidates);
        }
        let texts = vec![words.to_owned()];
        let mut vectors = self
            .inference
            .embed_texts(ml::pool::Lane::Interactive, texts)
            .await?;
        let Some(text) = vectors.pop() else {
            return Ok(Vec::new());
        };
        let query = self.library.bridge.query_vectors(&text);
        let confident = self.library.bridge.confident();
        let seen = self.spaces.seen_as(&viewer.scope(), &query, LIST, |id| {
            within.is_none_or(|ids| ids.contains(id))
        });
        let candidate = |seen: super::spaces::Seen| Candidate {
            element: seen.element,
            why: Why::Looks {
                confidence: seen.relevance,
            },
            confident: seen.relevance >= confident,
        };
        Ok(seen.into_iter().map(candidate).collect())
    }
}

impl Search {
    /// What the pictures' own text tower sees; none where none is installed.
    async fn by_tower(
        &self,
        viewer: &Viewer,
        words: &str,
        within: Option<&HashSet<ElementId>>,
    ) -> Result<Option<Vec<Candidate>>, PlatformError> {
        let neutral = ml::clip_text::NEUTRAL_TEXTS.iter().copied();
        let texts = std::iter::once(words).chain(neutral);
        let texts = texts.map(str::to_owned).collect();
        let lane = ml::pool::Lane::Interactive;
        let Some(mut vectors) = self.inference.embed_query(lane, texts).await? else {
            return Ok(None);
        };
        let neutral = vectors.split_off(vectors.len().min(1));
        let Some(query) = vectors.pop() else {
            return Ok(None);
        };
        let seen = self
            .spaces
            .seen_by_tower(&viewer.scope(), &query, &neutral, LIST, |id| {
                within.is_none_or(|ids| ids.contains(id))
            });
        let candidate = |seen: super::spaces::Seen| Candidate {
            element: seen.element,
            why: Why::Looks {
                confidence: seen.relevance,
            },
            confident: seen.relevance >= ml::clip_text::CONFIDENT,
        };
        Ok(seen.map(|seen| seen.into_iter().map(candidate).collect()))
    }
}

/// The words of a query that tell what is looked for.
fn telling(words: &str) -> String {
    let split = words.split(|c: char| c.is_whitespace() || c == ',');
    let telling =
        split.filter(|word| !word.is_empty() && !COMMON.contains(&word.to_lowercase().as_str()));
    telling.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::telling;

    #[test]
    fn common_words_are_not_looked_up() {
        assert_eq!(
            telling("A photo of the Blue door, at night"),
            "Blue door night"
        );
        assert_eq!(telling("the"), "");
    }
}
