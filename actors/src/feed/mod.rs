//! Home: what grows from an account's clusters, then what is new.

mod actor;
mod herald;
mod news;
mod ranking;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use actix::{Actor, Addr, Handler, Message};
use db::{Db, Scope};
use protocol::search::{Found, Hit, Why};
use protocol::{Cursor, ElementId, UserId};
use tokio::sync::watch;

use crate::live::Hub;
use crate::paging::expired;
use crate::recommend::{Arrival, Pick, Recommender};
use crate::supervise::{self, Home, Kind, Supervised};
use crate::{PlatformError, Viewer};
pub(crate) use actor::FeedActor;
use actor::{Arrived, Ask, Left, Ranking, Stale};
pub(crate) use herald::Herald;

/// The feeds of all accounts; an actor for each that is read.
#[derive(Clone)]
pub struct Feeds {
    db: Db,
    recommender: Recommender,
    hub: Supervised<Hub>,
    home: Home,
    actors: Arc<Mutex<HashMap<UserId, Addr<FeedActor>>>>,
}

/// The name of no ranking.
const NONE: u32 = 0;

/// Where a page begins.
enum Place {
    Ranking {
        id: Option<u32>,
        from: usize,
    },
    /// Behind the ranking: what is new.
    Newest {
        /// What was shown; none where nothing was.
        ranking: Option<u32>,
        after: Option<Cursor>,
    },
}

impl Feeds {
    pub(crate) fn new(db: Db, recommender: Recommender, hub: Supervised<Hub>, home: Home) -> Self {
        Self {
            db,
            recommender,
            hub,
            home,
            actors: Arc::default(),
        }
    }

    /// A page of the home feed. Pages of one ranking fit together, whatever
    /// comes meanwhile; the first one begins to count what is new.
    ///
    /// # Errors
    /// A cursor of somebody else; `cursor_expired` for one of a ranking that is
    /// no longer kept; the database does not answer.
    pub async fn page(
        &self,
        viewer: &Viewer,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Found, PlatformError> {
        let (wanted, from) = match Place::read(cursor)? {
            Place::Newest {
                ranking: None,
                after,
            } => return self.newest(viewer, None, after, limit).await,
            Place::Newest {
                ranking: Some(id),
                after,
            } => {
                let ranking = self.ranking(viewer, Some(id)).await?;
                return self.newest(viewer, Some(&ranking), after, limit).await;
            }
            Place::Ranking { id, from } => (id, from),
        };
        let ranking = self.ranking(viewer, wanted).await?;
        if ranking.picks.is_empty() {
            return self.newest(viewer, None, None, limit).await;
        }
        let from = from.min(ranking.picks.len());
        let end = (from + limit).min(ranking.picks.len());
        let items = hits(&self.db, viewer, &ranking.picks[from..end]).await?;
        if end < ranking.picks.len() {
            let next = format!("r.{}.{end}", ranking.id);
            return Ok(found(items, next.parse().ok()));
        }
        // the page is filled with what comes behind the ranking
        let room = limit.saturating_sub(items.len()).max(1);
        let mut page = self.newest(viewer, Some(&ranking), None, room).await?;
        page.items.splice(0..0, items);
        Ok(page)
    }

    async fn ranking(&self, viewer: &Viewer, id: Option<u32>) -> Result<Ranking, PlatformError> {
        let ask = Ask {
            viewer: viewer.scope(),
            ranking: id,
        };
        let ranking = self.actor(&viewer.user.id).send(ask).await;
        let ranking = ranking.map_err(|_| PlatformError::Gone("the feed"))??;
        ranking.ok_or_else(expired)
    }

    /// What the account's feed grows from changed.
    pub fn stale(&self, user: &UserId) {
        let actors = self.actors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(actor) = actors.get(user) {
            actor.do_send(Stale);
        }
    }

    /// Has every feed made anew that was made of half a library, as soon as all
    /// of it is in memory.
    pub(crate) async fn renew(self, mut loaded: watch::Receiver<bool>) {
        if loaded.wait_for(|loaded| *loaded).await.is_ok() {
            let actors = self.actors.lock().unwrap_or_else(PoisonError::into_inner);
            actors.values().for_each(|actor| actor.do_send(Stale));
        }
    }

    /// New public elements: every feed that is read judges them.
    fn arrived(&self, arrived: Arc<Vec<Arrival>>) {
        self.tell_all(&Arrived(arrived));
    }

    /// Elements that are gone, or no longer everybody's.
    fn left(&self, left: Arc<Vec<ElementId>>) {
        self.tell_all(&Left(left));
    }

    /// What a feed is too busy to hear is missing from a count alone.
    fn tell_all<M>(&self, message: &M)
    where
        M: Message<Result = ()> + Clone + Send + 'static,
        FeedActor: Handler<M>,
    {
        let actors = self.actors.lock().unwrap_or_else(PoisonError::into_inner);
        for actor in actors.values() {
            if actor.try_send(message.clone()).is_err() {
                tracing::debug!("a feed is too busy for news");
            }
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
        ranking: Option<&Ranking>,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Found, PlatformError> {
        let page = self
            .db
            .list_elements(&viewer.scope(), Scope::Explore, after, limit)
            .await?;
        let picks = ranking.map_or(&[][..], |ranking| &ranking.picks);
        let shown = |id: &ElementId| picks.iter().any(|pick| pick.element == *id);
        let items = page.items.into_iter().filter(|e| !shown(&e.id));
        let items = items.map(|element| Hit {
            element,
            score: None,
            why: vec![Why::Recent],
            because: None,
        });
        let next = page.next_cursor.and_then(|next| {
            let id = ranking.map_or(NONE, |ranking| ranking.id);
            format!("n.{id}.{}", next.as_str()).parse().ok()
        });
        Ok(found(items.collect(), next))
    }

    fn actor(&self, user: &UserId) -> Addr<FeedActor> {
        let mut actors = self.actors.lock().unwrap_or_else(PoisonError::into_inner);
        actors.retain(|_, actor| actor.connected());
        actors
            .entry(user.clone())
            .or_insert_with(|| {
                let (recommender, hub) = (self.recommender.clone(), self.hub.clone());
                let feed = FeedActor::new(user.clone(), recommender, hub);
                let feed = FeedActor::start_in_arbiter(&self.home.handle(), move |ctx| {
                    ctx.set_mailbox_capacity(FeedActor::MAILBOX);
                    feed
                });
                supervise::enter(&feed, user.to_string(), 0);
                feed
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
            (Some("n"), Some(ranking), Some(after)) => {
                let after = after.parse().ok();
                after.map(|after| Place::Newest {
                    ranking: Some(ranking).filter(|id| *id != NONE),
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
