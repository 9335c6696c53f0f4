//! Keeps the indexes in memory: loads them at start, then follows the events.

use std::collections::BTreeSet;

use actix::fut::wrap_future;
use actix::{Actor, AsyncContext, Context, Handler, Message, ResponseFuture};
use db::Db;
use protocol::element::{StageName, StageState};
use protocol::event::Event;
use protocol::{ElementId, TagId, Topic, UserId};

use super::abreast::Settle;
use super::indexes::Indexes;
use super::loading;
use crate::PlatformError;
use crate::live::Deliver;
use crate::tags;

/// Read everything that is stored. Events may come meanwhile.
#[derive(Message)]
#[rtype(result = "Result<(), PlatformError>")]
pub struct Load;

pub struct IndexKeeper {
    db: Db,
    indexes: Indexes,
    /// It takes another one's place, and reads everything again.
    anew: bool,
}

impl IndexKeeper {
    pub fn new(db: Db, indexes: Indexes, anew: bool) -> Self {
        Self { db, indexes, anew }
    }

    /// Words changed, results of elements were stored: takes them over, and
    /// lets texts be found.
    fn refresh(
        &self,
        words: Vec<TagId>,
        ids: BTreeSet<ElementId>,
        accounts: BTreeSet<UserId>,
        ctx: &mut Context<Self>,
    ) {
        let (db, indexes) = (self.db.clone(), self.indexes.clone());
        let work = async move {
            if let Err(error) = tags::refresh(&db, &indexes.facts, &words).await {
                tracing::warn!(%error, "the vocabulary misses a change until the next start");
            }
            for id in accounts {
                match db.user(&id).await {
                    Ok(Some(user)) => indexes.facts.name(&id, &user.handle),
                    Ok(None) => {}
                    Err(error) => {
                        tracing::warn!(%error, "search misses a handle until the next start");
                    }
                }
            }
            for id in ids {
                if let Err(error) = refresh(&db, &indexes, &id).await {
                    tracing::warn!(%error, element = %id, "search misses an element until the next start");
                }
            }
            if let Err(error) = indexes.commit_texts().await {
                tracing::warn!(%error, "search misses texts until the next change");
            }
        };
        // `wait`: the relay's next batch is held back meanwhile.
        ctx.wait(wrap_future(work));
    }
}

impl Actor for IndexKeeper {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        if self.anew {
            // what its predecessor had in hand is not taken over
            let (db, indexes) = (self.db.clone(), self.indexes.clone());
            let work = async move {
                if let Err(error) = loading::load(&db, &indexes).await {
                    tracing::warn!(%error, "search may miss something until the next start");
                }
            };
            ctx.spawn(wrap_future(work));
        }
    }
}

impl Handler<Load> for IndexKeeper {
    type Result = ResponseFuture<Result<(), PlatformError>>;

    fn handle(&mut self, _: Load, _: &mut Self::Context) -> Self::Result {
        let (db, indexes) = (self.db.clone(), self.indexes.clone());
        Box::pin(async move { loading::load(&db, &indexes).await })
    }
}

impl Handler<Deliver> for IndexKeeper {
    type Result = ();

    fn handle(&mut self, events: Deliver, ctx: &mut Self::Context) {
        let mut stale = BTreeSet::new();
        let mut words = BTreeSet::new();
        let mut accounts = BTreeSet::new();
        let mut changed = false;
        for published in &events.0 {
            match &published.event {
                Event::ElementStage(change)
                    if change.stage.state == StageState::Done
                        && matches!(
                            change.stage.name,
                            StageName::Preview
                                | StageName::Embed
                                | StageName::Tag
                                | StageName::Screen
                                | StageName::Score
                                | StageName::Read
                        ) =>
                {
                    stale.insert(change.id.clone());
                }
                Event::ElementAdded(element) | Event::ElementChanged(element) => {
                    self.indexes.put(element);
                    changed = true;
                    // with results already: it was deleted and came back
                    if matches!(published.event, Event::ElementAdded(_))
                        && !element.media.is_empty()
                        && published.topic != Topic::Explore
                    {
                        stale.insert(element.id.clone());
                    }
                }
                Event::AccountChanged(touched) => {
                    accounts.insert(touched.id.clone());
                }
                Event::TagsChanged(touched) => {
                    words.extend(touched.tags.iter().cloned());
                    stale.extend(touched.elements.iter().cloned());
                }
                // Leaving `explore` is not leaving the library.
                Event::ElementRemoved(gone) if published.topic != Topic::Explore => {
                    self.indexes.remove(&gone.id);
                    changed = true;
                }
                _ => {}
            }
        }
        if changed || !stale.is_empty() || !words.is_empty() || !accounts.is_empty() {
            self.refresh(words.into_iter().collect(), stale, accounts, ctx);
        }
    }
}

impl Handler<Settle> for IndexKeeper {
    type Result = ();

    // what was delivered before has been waited for
    fn handle(&mut self, _: Settle, _: &mut Self::Context) {}
}

/// Takes an element over as it is stored now.
async fn refresh(db: &Db, indexes: &Indexes, id: &ElementId) -> Result<(), PlatformError> {
    let Some(element) = db.element(&db::Viewer::System, id).await? else {
        return Ok(());
    };
    indexes.put(&element);
    for (space, vector) in db.embeddings_of(id).await? {
        indexes.put_vector(&space, id, &vector);
    }
    Ok(())
}
