//! Home: what grows from an account's clusters, then what is new.

mod actor;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use actix::{Actor, Addr, ArbiterHandle};
use db::{Db, Scope};
use protocol::search::{Found, Hit, Why};
use protocol::{Cursor, ElementId, UserId};

use crate::recommend::{Pick, Recommender};
use crate::{PlatformError, Viewer};
use actor::{Ask, FeedActor, Stale};

/// The feeds of all accounts; an actor for each that is read.
#[derive(Clone)]
pub struct Feeds {
    db: Db,
    recommender: Recommender,
    home: ArbiterHandle,
    actors: Arc<Mutex<HashMap<UserId, Addr<FeedActor>>>>,
}

/// Where a page begins.
enum Place {
    Ranking {
        id: Option<u32>,
        from: usize,
    },
    /// Behind the ranking: what is new.
    Newest {
        ranking: u32,
        after: Option<Cursor>,
    },
}

impl Feeds {
    pub(crate) fn new(db: Db, recommender: Recommender, home: ArbiterHandle) -> Self {
        Self {
            db,
            recommender,
            home,
            actors: Arc::default(),
        }
    }

    /// A page of the home feed. Pages of one ranking fit together, whatever
    /// comes meanwhile.
    ///
    /// # Errors
    /// A cursor of somebody else; the database does not answer.
    pub async fn page(
        &self,
        viewer: &Viewer,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Found, PlatformError> {
        let place = Place::read(cursor)?;
        let wanted = match &place {
            Place::Ranking { id, .. } => *id,
            Place::Newest { ranking, .. } => Some(*ranking),
        };
        let ask = Ask {
            viewer: viewer.scope(),
            ranking: wanted,
        };
        let ranking = self
            .actor(&viewer.user.id)
            .send(ask)
            .await
            .map_err(|_| PlatformError::Gone("the feed"))??;
        match place {
            Place::Ranking { from, .. } if from < ranking.picks.len() => {
                let end = (from + limit).min(ranking.picks.len());
                let items = hits(&self.db, viewer, &ranking.picks[from..end]).await?;
                if end < ranking.picks.len() {
                    let next = format!("r.{}.{end}", ranking.id);
                    return Ok(found(items, next.parse().ok()));
                }
                // the page is filled with what comes behind the ranking
                let room = limit.saturating_sub(items.len()).max(1);
                let mut page = self.newest(viewer, &ranking, None, room).await?;
                page.items.splice(0..0, items);
                Ok(page)
            }
            Place::Ranking { .. } => self.newest(viewer, &ranking, None, limit).await,
            Place::Newest { after, .. } => self.newest(viewer, &ranking, after, limit).await,
        }
    }

    /// What the account's feed grows from changed.
    pub fn stale(&self, user: &UserId) {
        let actors = self.actors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(actor) = actors.get(user) {
            actor.do_send(Stale);
        }
    }

    /// Marks what the viewer wants to see less of, or takes that back.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn less(
        &self,
        viewer: &Viewer,
        id: &ElementId,
        less: bool,
    ) -> Result<(), PlatformError> {
        let seen = self.db.element(&viewer.scope(), id).await?;
        seen.ok_or_else(|| PlatformError::not_found("element"))?;
        self.db.see_less(&viewer.scope(), id, less).await?;
        self.stale(&viewer.user.id);
        Ok(())
    }

    async fn newest(
        &self,
        viewer: &Viewer,
        ranking: &actor::Ranking,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Found, PlatformError> {
        let page = self
            .db
            .list_elements(&viewer.scope(), Scope::Explore, after, limit)
            .await?;
        let shown = |id: &ElementId| ranking.picks.iter().any(|pick| pick.element == *id);
        let items = page.items.into_iter().filter(|e| !shown(&e.id));
        let items = items.map(|element| Hit {
            element,
            score: None,
            why: vec![Why::Recent],
            because: None,
        });
        let next = page
            .next_cursor
            .and_then(|next| format!("n.{}.{}", ranking.id, next.as_str()).parse().ok());
        Ok(found(items.collect(), next))
    }

    fn actor(&self, user: &UserId) -> Addr<FeedActor> {
        let mut actors = self.actors.lock().unwrap_or_else(PoisonError::into_inner);
        actors.retain(|_, actor| actor.connected());
        actors
            .entry(user.clone())
            .or_insert_with(|| {
                let feed = FeedActor::new(user.clone(), self.db.clone(), self.recommender.clone());
                FeedActor::start_in_arbiter(&self.home, move |_| feed)
            })
            .clone()
    }
}

impl Place {
    fn read(cursor: Option<Cursor>) -> Result<Self, PlatformError> {
        let Some(cursor) = cursor else {
            return Ok(Place::Ranking { id: None, from: 0 });
        };
        let mut parts = cursor.as_str().splitn(3, '.');
        let (kind, id, rest) = (parts.next(), parts.next(), parts.next());
        let id = id.and_then(|id| id.parse().ok());
        let place = match (kind, id, rest) {
            (Some("r"), Some(id), Some(from)) => from
                .parse()
                .ok()
                .map(|from| Place::Ranking { id: Some(id), from }),
            (Some("n"), Some(ranking), None) => Some(Place::Newest {
                ranking,
                after: None,
            }),
            (Some("n"), Some(ranking), Some(after)) => {
                let after = after.parse().ok();
                after.map(|after| Place::Newest {
                    ranking,
                    after: Some(after),
                })
            }
            _ => None,
        };
        place.ok_or(PlatformError::Db(db::DbError::BadCursor))
    }
}

/// The picks that the viewer may still see, as they are now.
pub(crate) async fn hits(
    db: &Db,
    viewer: &Viewer,
    picks: &[Pick],
) -> Result<Vec<Hit>, PlatformError> {
    let ids: Vec<ElementId> = picks.iter().map(|p| p.element.clone()).collect();
    let elements = db.elements(&viewer.scope(), &ids).await?;
    let mut elements: HashMap<ElementId, _> =
        elements.into_iter().map(|e| (e.id.clone(), e)).collect();
    let hit = |pick: &Pick| {
        Some(Hit {
            element: elements.remove(&pick.element)?,
            score: Some(pick.score),
            why: pick.why.clone(),
            because: pick.because.clone(),
        })
    };
    Ok(picks.iter().filter_map(hit).collect())
}

pub(crate) fn found(items: Vec<Hit>, next_cursor: Option<Cursor>) -> Found {
    Found {
        items,
        divider_after: None,
        next_cursor,
        facets: Vec::new(),
        hints: Vec::new(),
        narrow: Default::default(),
    }
}
