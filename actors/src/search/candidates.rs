//! The lists that a search is made of, each within what the viewer may see.

use protocol::search::Why;
use protocol::value::TagName;

use super::Search;
use super::fusion::{Candidate, List};
use crate::{PlatformError, Viewer};

/// Entries of each list.
const LIST: usize = 200;
/// A tag may consist of this many words of the query.
const TAG_WORDS: usize = 4;
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
    ) -> Result<(Vec<List>, Vec<String>), PlatformError> {
        let (text, tags, looks) = tokio::join!(
            self.by_text(viewer, words),
            self.by_tags(viewer, words),
            self.by_looks(viewer, words),
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
                candidates: tags?,
            },
            List {
                weight: LOOKS,
                candidates: looks,
            },
        ];
        Ok((lists, hints))
    }

    async fn by_text(&self, viewer: &Viewer, words: &str) -> Result<Vec<Candidate>, PlatformError> {
        let hits = self.db.search_text(&viewer.scope(), words, LIST).await?;
        let candidate = |hit: db::TextHit| Candidate {
            element: hit.element,
            why: Why::Text {
                field: hit.field.to_string(),
            },
            confident: true,
        };
        Ok(hits.into_iter().map(candidate).collect())
    }

    async fn by_tags(&self, viewer: &Viewer, words: &str) -> Result<Vec<Candidate>, PlatformError> {
        let names = self.tag_names(words);
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let mut hits = self.db.search_tags(&viewer.scope(), &names, LIST).await?;
        hits.sort_by(|a, b| b.score.total_cmp(&a.score));
        let candidate = |hit: db::TagHit| Candidate {
            element: hit.element,
            why: Why::Tag {
                name: hit.name.to_string(),
                score: hit.score,
            },
            confident: hit.score >= SURE_TAG,
        };
        Ok(hits.into_iter().map(candidate).collect())
    }

    /// Every run of words that is the name or an alias of a tag, or could be
    /// one that a person made up.
    fn tag_names(&self, words: &str) -> Vec<String> {
        let words: Vec<&str> = words
            .split(|c: char| c.is_whitespace() || c == ',')
            .filter(|w| !w.is_empty())
            .collect();
        let mut names = Vec::new();
        for from in 0..words.len() {
            for until in from + 1..=words.len().min(from + TAG_WORDS) {
                let Ok(name) = words[from..until].join(" ").parse::<TagName>() else {
                    continue;
                };
                let known = self.library.resolve(name.as_str());
                let name = known.map_or_else(|| name.to_string(), str::to_owned);
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }

    async fn by_looks(
        &self,
        viewer: &Viewer,
        words: &str,
    ) -> Result<Vec<Candidate>, PlatformError> {
        if self.spaces.is_empty() {
            return Ok(Vec::new());
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
        let seen = self.spaces.seen_as(&viewer.user.id, &query, LIST);
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
