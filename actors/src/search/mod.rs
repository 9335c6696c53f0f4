//! Search: words to pictures, and pictures to pictures.

mod candidates;
mod facets;
mod facts;
mod filtered;
mod fusion;
mod keeper;
mod learner;
mod library;
mod respace;
mod snapshots;
mod spaces;
#[cfg(test)]
pub(crate) mod testing;
mod vocabulary;

use std::collections::HashMap;
use std::sync::Arc;

use db::Db;
use ml::pool::Inference;
use protocol::query::{self, Query};
use protocol::search::{Found, Hit};
use protocol::{Cursor, ElementId, Problem, limits};

use crate::{PlatformError, Viewer};
use fusion::{Ranked, fuse};
use snapshots::Snapshots;

use crate::visual::Shade;
pub(crate) use facets::facets;
pub(crate) use facts::{Fact, FactIndex, Known};
pub(crate) use keeper::{IndexKeeper, Load, access};
pub(crate) use learner::Learner;
pub(crate) use library::Library;
pub use respace::ImageModel;
pub(crate) use respace::Respace;
pub(crate) use spaces::Spaces;

/// Answers searches.
#[derive(Clone)]
pub struct Search {
    db: Db,
    inference: Arc<dyn Inference>,
    library: Arc<Library>,
    spaces: Arc<Spaces>,
    facts: Arc<FactIndex>,
    snapshots: Arc<Snapshots>,
}

impl Search {
    pub(crate) fn new(
        db: Db,
        inference: Arc<dyn Inference>,
        library: Arc<Library>,
        spaces: Arc<Spaces>,
        facts: Arc<FactIndex>,
    ) -> Self {
        Self {
            db,
            inference,
            library,
            spaces,
            facts,
            snapshots: Arc::default(),
        }
    }

    /// Elements that the words describe, best first: confident ones, then,
    /// behind the divider, weaker ones. Pages of one search come from one
    /// ranking, so that they neither repeat nor miss anything.
    ///
    /// # Errors
    /// `invalid_field` for an empty or overlong query or a foreign cursor.
    pub async fn query(
        &self,
        viewer: &Viewer,
        q: &str,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Found, PlatformError> {
        let words = q.trim();
        if words.is_empty() {
            return Err(refused("q", "type what you look for"));
        }
        if words.chars().count() > limits::QUERY_MAX {
            return Err(refused(
                "q",
                &format!("at most {} characters", limits::QUERY_MAX),
            ));
        }
        let key = (viewer.user.id.clone(), words.to_lowercase());
        let place = match cursor {
            None => None,
            Some(cursor) => Some(
                cursor
                    .as_str()
                    .parse::<usize>()
                    .map_err(|_| refused("cursor", "this cursor was not made by this search"))?,
            ),
        };
        let kept = place.and_then(|_| self.snapshots.get(&key));
        let (ranking, hints) = match kept {
            Some(kept) => kept,
            None => {
                let made = self.ranking(viewer, words).await?;
                self.snapshots.put(key, made.clone());
                made
            }
        };
        self.page(viewer, &ranking, hints, place.unwrap_or(0), limit)
            .await
    }

    async fn ranking(
        &self,
        viewer: &Viewer,
        words: &str,
    ) -> Result<snapshots::Kept, PlatformError> {
        let (query, said) = query::parse(words);
        let mut hints: Vec<String> = said.into_iter().map(|hint| hint.text).collect();
        // plain words are what most people type
        let free = match &query {
            Query::Word(_) => true,
            Query::And(parts) => {
                !parts.is_empty() && parts.iter().all(|part| matches!(part, Query::Word(_)))
            }
            _ => false,
        };
        let (ranking, more) = if free {
            let (lists, more) = self.candidates(viewer, &query.to_string(), None).await?;
            (fuse(lists), more)
        } else {
            self.filtered(viewer, &query).await?
        };
        hints.extend(more);
        Ok((Arc::new(ranking), hints))
    }

    async fn page(
        &self,
        viewer: &Viewer,
        ranking: &[Ranked],
        hints: Vec<String>,
        from: usize,
        limit: usize,
    ) -> Result<Found, PlatformError> {
        let until = (from + limit).min(ranking.len());
        let shown = ranking.get(from..until).unwrap_or_default();
        let ids: Vec<ElementId> = shown.iter().map(|r| r.element.clone()).collect();
        let elements = self.db.elements(&viewer.scope(), &ids).await?;
        let facets = match from {
            0 => facets(&elements, |_| false),
            _ => Vec::new(),
        };
        let ranked: HashMap<&ElementId, &Ranked> = shown.iter().map(|r| (&r.element, r)).collect();
        let mut items = Vec::with_capacity(elements.len());
        let mut confident = 0;
        for element in elements {
            let Some(ranked) = ranked.get(&element.id) else {
                continue;
            };
            confident += usize::from(ranked.confident);
            items.push(Hit {
                because: None,
                element,
                score: Some(ranked.score),
                why: ranked.why.clone(),
            });
        }
        // Confident ones come first, so their number is the divider's place.
        let divider_after = (confident < items.len()).then(|| confident as i64 - 1);
        let next_cursor = (until < ranking.len())
            .then(|| until.to_string().parse().ok())
            .flatten();
        Ok(Found {
            items,
            divider_after,
            next_cursor,
            facets,
            narrow: Default::default(),
            hints,
        })
    }
}

fn refused(field: &str, detail: &str) -> PlatformError {
    PlatformError::Refused(Problem::field(field, detail))
}
