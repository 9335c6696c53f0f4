//! Carries events from the outbox to the hub.
//!
//! The only one who numbers events. Numbering is durable before delivery; if
//! delivery fails in between, sessions find the gap and read the history.

use std::time::Duration;

use std::sync::Arc;

use actix::{Actor, ActorFutureExt, AsyncContext, Context, Recipient, Running, WrapFuture};
use db::Db;
use tokio::sync::watch;

use super::hub::Deliver;

/// Events numbered in one transaction.
const BATCH: usize = 128;
/// The outbox is looked at this often even when no commit was seen here,
/// because another process may have written.
const POLL: Duration = Duration::from_millis(500);
/// Pause after the database failed.
const RETRY: Duration = Duration::from_millis(500);
/// How long events can be replayed.
const KEEP: Duration = Duration::from_secs(24 * 3600);
const PRUNE_EVERY: Duration = Duration::from_secs(600);

pub struct Relay {
    db: Db,
    /// Who wants every event. Each is waited for: a full mailbox slows the
    /// relay down and loses nothing.
    takers: Vec<Recipient<Deliver>>,
    commits: watch::Receiver<u64>,
    delivered: watch::Sender<u64>,
}

impl Relay {
    pub fn new(db: Db, takers: Vec<Recipient<Deliver>>) -> Self {
        let commits = db.subscribe_commits();
        Self {
            db,
            takers,
            commits,
            delivered: watch::Sender::new(0),
        }
    }

    /// Up to which commit made through this handle, as
    /// [`Db::subscribe_commits`] counts them, all events were handed over.
    pub fn delivered(&self) -> watch::Receiver<u64> {
        self.delivered.subscribe()
    }

    /// One round: number and deliver what there is, then wait for more.
    fn round(&mut self, ctx: &mut Context<Self>) {
        let (db, takers, mut commits) =
            (self.db.clone(), self.takers.clone(), self.commits.clone());
        let committed = *commits.borrow_and_update();
        let delivered = self.delivered.clone();
        let work = async move {
            match db.relay_batch(BATCH).await {
                Ok(events) if events.is_empty() => {
                    delivered.send_replace(committed);
                    // A closed channel means that the database is closing.
                    let _ = tokio::time::timeout(POLL, commits.changed()).await;
                }
                Ok(events) => {
                    metrics::counter!("asterism_events_total").increment(events.len() as u64);
                    let events = Deliver(events.into_iter().map(Arc::new).collect());
                    for taker in takers {
                        if let Err(error) = taker.send(events.clone()).await {
                            tracing::error!(%error, "events were not taken");
                            tokio::time::sleep(RETRY).await;
                        }
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "outbox cannot be read");
                    tokio::time::sleep(RETRY).await;
                }
            }
        };
        ctx.spawn(work.into_actor(self).map(|(), relay, ctx| relay.round(ctx)));
    }
}

impl Actor for Relay {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.round(ctx);
        ctx.run_interval(PRUNE_EVERY, |relay, ctx| {
            let db = relay.db.clone();
            let prune = async move {
                if let Err(error) = db.prune_outbox(KEEP.as_millis() as u64).await {
                    tracing::warn!(%error, "event history cannot be pruned");
                }
                if let Err(error) = db.sweep_logins().await {
                    tracing::warn!(%error, "expired logins cannot be swept");
                }
            };
            ctx.spawn(prune.into_actor(relay));
        });
    }

    fn stopping(&mut self, _: &mut Self::Context) -> Running {
        tracing::debug!("relay stops");
        Running::Stop
    }
}
