//! Search: words to pictures, and pictures to pictures.

mod abreast;
mod candidates;
mod facts;
mod filtered;
mod fusion;
mod indexes;
mod keeper;
mod learner;
mod library;
mod loading;
mod respace;
mod snapshots;
mod spaces;
#[cfg(test)]
pub(crate) mod testing;
mod vocabulary;
mod working;

use std::collections::HashMap;
use std::sync::Arc;

use db::Db;
use index::TextIndex;
use ml::pool::Inference;
use protocol::query;
use protocol::search::{Found, Hit};
use protocol::{Cursor, ElementId, Problem, limits};
use tokio::sync::watch;

use crate::{PlatformError, Viewer};
use snapshots::{Entry, Ranking, Snapshots};
use working::Working;

pub(crate) use abreast::Abreast;
pub(crate) use facts::{Fact, FactIndex, Known};
pub(crate) use indexes::{Indexes, access};
pub(crate) use keeper::IndexKeeper;
pub(crate) use learner::Learner;
pub(crate) use library::Library;
pub(crate) use loading::start_loading;
pub use respace::ImageModel;
pub(crate) use respace::Respace;
pub(crate) use spaces::Spaces;

/// What a search says while the library is being read after a start.
const LOADING: &str = "The library is still being read: some pictures are not found yet.";

/// Answers searches.
#[derive(Clone)]
pub struct Search {
    db: Db,
    inference: Arc<dyn Inference>,
    library: Arc<Library>,
    spaces: Arc<Spaces>,
    facts: Arc<FactIndex>,
    texts: Arc<TextIndex>,
    loaded: watch::Receiver<bool>,
    abreast: Abreast,
    snapshots: Arc<Snapshots>,
    working: Working,
}

impl Search {
    pub(crate) fn new(
        db: Db,
        inference: Arc<dyn Inference>,
        indexes: &Indexes,
        abreast: Abreast,
    ) -> Self {
        Self {
            db,
            inference,
            library: indexes.library.clone(),
            spaces: indexes.spaces.clone(),
            facts: indexes.facts.clone(),
            texts: indexes.texts.clone(),
            loaded: indexes.loaded(),
            abreast,
            snapshots: Arc::default(),
            working: Working::default(),
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
        let ranking = match kept {
            Some(kept) => kept,
            None => {
                self.abreast.wait().await;
                let (query, said) = query::parse(words);
                let mut ranking = self.ranking(viewer, &query).await?;
                let said = said.into_iter().map(|hint| hint.text);
                ranking.hints.splice(0..0, said);
                if !*self.loaded.borrow() {
                    ranking.hints.push(LOADING.to_owned());
                }
                let ranking = Arc::new(ranking);
                self.snapshots.put(key, ranking.clone());
                ranking
            }
        };
        self.page(viewer, &ranking, place.unwrap_or(0), limit).await
    }

    async fn page(
        &self,
        viewer: &Viewer,
        ranking: &Ranking,
        from: usize,
        limit: usize,
    ) -> Result<Found, PlatformError> {
        let entries = &ranking.entries;
        let until = (from + limit).min(entries.len());
        let shown = entries.get(from..until).unwrap_or_default();
        let ids: Vec<ElementId> = shown.iter().map(|entry| entry.element.clone()).collect();
        let elements = self.db.elements(&viewer.scope(), &ids).await?;
        let ranked: HashMap<&ElementId, &Entry> =
            shown.iter().map(|entry| (&entry.element, entry)).collect();
        let mut items = Vec::with_capacity(elements.len());
        let mut confident = 0;
        for element in elements {
            let Some(entry) = ranked.get(&element.id) else {
                continue;
            };
            confident += usize::from(entry.confident);
            items.push(Hit {
                because: None,
                element,
                score: Some(entry.score),
                why: entry.why.clone(),
            });
        }
        // Confident ones come first, so their number is the divider's place.
        let divider_after = (confident < items.len()).then(|| confident as i64 - 1);
        let next_cursor = (until < entries.len())
            .then(|| until.to_string().parse().ok())
            .flatten();
        let (facets, narrow) = match from {
            0 => (ranking.facets.clone(), ranking.narrow.clone()),
            _ => Default::default(),
        };
        Ok(Found {
            items,
            divider_after,
            next_cursor,
            facets,
            narrow,
            hints: ranking.hints.clone(),
        })
    }
}

fn refused(field: &str, detail: &str) -> PlatformError {
    PlatformError::Refused(Problem::field(field, detail))
}
