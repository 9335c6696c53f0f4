//! The lists that a search is made of, each within what is allowed.

use index::Bits;
use ml::bridge::QueryVectors;
use protocol::search::Why;
use protocol::value::TagName;

use super::Search;
use super::fusion::{Candidate, List};
use super::spaces::Seen;
use crate::PlatformError;
use crate::tags::TagNo;

/// Entries of each list.
const LIST: usize = 200;
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

/// Words as pictures are compared with them.
#[derive(Debug, Clone)]
pub enum Looks {
    /// By the bridge from texts to pictures.
    Bridge(QueryVectors),
    /// By the pictures' own text tower, against neutral texts.
    Tower {
        query: Vec<f32>,
        neutral: Vec<Vec<f32>>,
    },
}

impl Search {
    /// The lists of what is within for words.
    pub(super) fn candidates(
        &self,
        words: &str,
        looks: Option<&Looks>,
        within: &Bits,
    ) -> Result<Vec<List>, PlatformError> {
        Ok(vec![
            List {
                weight: TEXT,
                candidates: self.by_text(words, within)?,
            },
            List {
                weight: TAGS,
                candidates: self.by_tags(words, within),
            },
            List {
                weight: LOOKS,
                candidates: looks.map_or_else(Vec::new, |looks| self.by_looks(looks, within)),
            },
        ])
    }

    /// What pictures are compared with to find words in them; none while there
    /// are no pictures.
    pub(super) async fn looks(&self, words: &str) -> Result<Option<Looks>, PlatformError> {
        if self.spaces.is_empty() {
            return Ok(None);
        }
        let lane = ml::pool::Lane::Interactive;
        if self.spaces.image_space() == ml::space::CLIP {
            let neutral = ml::clip_text::NEUTRAL_TEXTS.iter().copied();
            let texts = std::iter::once(words).chain(neutral);
            let texts = texts.map(str::to_owned).collect();
            if let Some(mut vectors) = self.inference.embed_query(lane, texts).await? {
                let neutral = vectors.split_off(vectors.len().min(1));
                let tower = |query| Looks::Tower { query, neutral };
                return Ok(vectors.pop().map(tower));
            }
        }
        let texts = vec![words.to_owned()];
        let mut vectors = self.inference.embed_texts(lane, texts).await?;
        let bridge = &self.library.bridge;
        let vector = vectors.pop();
        Ok(vector.map(|text| Looks::Bridge(bridge.query_vectors(&text))))
    }

    fn by_text(&self, words: &str, within: &Bits) -> Result<Vec<Candidate>, PlatformError> {
        let words = telling(words);
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let hits = self.texts.search(&words, LIST, within)?;
        let best = hits.iter().map(|hit| hit.score).fold(0.0, f32::max);
        let candidate = |hit: index::TextHit| Candidate {
            at: hit.at,
            // what only begins like a word may be something else
            confident: hit.score >= best * GOOD_TEXT && !hit.guessed,
            why: Why::Text {
                field: hit.field.to_owned(),
            },
        };
        Ok(hits.into_iter().map(candidate).collect())
    }

    fn by_tags(&self, words: &str, within: &Bits) -> Vec<Candidate> {
        let tags = self.tag_numbers(words);
        if tags.is_empty() {
            return Vec::new();
        }
        let mut hits = self.facts.carrying(&tags, within);
        hits.sort_by(|a, b| b.2.total_cmp(&a.2).then_with(|| b.0.cmp(&a.0)));
        hits.truncate(LIST);
        let vocabulary = self.facts.vocabulary().read();
        let candidate = |(at, tag, score)| Candidate {
            at,
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

    fn by_looks(&self, looks: &Looks, within: &Bits) -> Vec<Candidate> {
        let (seen, confident) = match looks {
            Looks::Bridge(query) => (
                self.spaces.seen_as(query, LIST, within),
                self.library.bridge.confident(),
            ),
            Looks::Tower { query, neutral } => {
                let seen = self.spaces.seen_by_tower(query, neutral, LIST, within);
                (seen.unwrap_or_default(), ml::clip_text::CONFIDENT)
            }
        };
        let candidate = |seen: Seen| Candidate {
            at: seen.at,
            why: Why::Looks {
                confidence: seen.relevance,
            },
            confident: seen.relevance >= confident,
        };
        seen.into_iter().map(candidate).collect()
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
