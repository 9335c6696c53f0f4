//! Carries events from the outbox to the hub.
//!
//! The only one who numbers events. Numbering is durable before delivery; if
//! delivery fails in between, sessions find the gap and read the history.

use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, ActorFutureExt, AsyncContext, Context, Running, WrapFuture};
use tokio::sync::watch;

use super::ground::Outbox;
use super::hub::{Deliver, Doubt};
use crate::supervise::Port;
use crate::time;

/// Events numbered in one transaction.
const BATCH: usize = 128;
/// The outbox is looked at this often even when no commit was seen here,
/// because another process may have written.
const POLL: Duration = Duration::from_millis(500);
/// Pause after the database failed.
const RETRY: Duration = Duration::from_millis(500);
/// How often events are given to one who ends with them.
const TRIES: usize = 5;
/// How long events can be replayed.
const KEEP: Duration = Duration::from_secs(24 * 3600);
const PRUNE_EVERY: Duration = Duration::from_secs(600);

pub struct Relay {
    outbox: Arc<dyn Outbox>,
    /// Who wants every event. Each is waited for: a full mailbox slows the
    /// relay down and loses nothing.
    takers: Vec<Port<Deliver>>,
    /// Who is told when events may have been numbered without an answer.
    doubters: Port<Doubt>,
    /// An answer was lost: they are to be told when the outbox answers again.
    doubt: bool,
    commits: watch::Receiver<u64>,
    delivered: Arc<watch::Sender<u64>>,
}

impl Relay {
    /// `delivered` is told up to which commit, as
    /// [`Db::subscribe_commits`](db::Db::subscribe_commits) counts them, all
    /// events were handed over.
    pub fn new(
        outbox: Arc<dyn Outbox>,
        takers: Vec<Port<Deliver>>,
        doubters: Port<Doubt>,
        delivered: Arc<watch::Sender<u64>>,
    ) -> Self {
        let commits = outbox.commits();
        Self {
            outbox,
            takers,
            doubters,
            // one before it may have numbered what it did not hand over
            doubt: true,
            commits,
            delivered,
        }
    }

    /// One round: number and deliver what there is, then wait for more.
    fn round(&mut self, ctx: &mut Context<Self>) {
        let (outbox, takers) = (self.outbox.clone(), self.takers.clone());
        let doubters = self.doubt.then(|| self.doubters.clone());
        let mut commits = self.commits.clone();
        let committed = *commits.borrow_and_update();
        let delivered = self.delivered.clone();
        let work = async move {
            let numbered = outbox.number(BATCH).await;
            if let (Ok(_), Some(doubters)) = (&numbered, doubters) {
                // who is gone has nobody to tell
                let _ = doubters.send(Doubt).await;
            }
            match numbered {
                Ok(events) if events.is_empty() => {
                    delivered.send_replace(committed);
                    // A closed channel means that the database is closing.
                    let _ = time::within(POLL, commits.changed()).await;
                    false
                }
                Ok(events) => {
                    metrics::counter!("asterism_events_total").increment(events.len() as u64);
                    let events = Deliver(events.into_iter().map(Arc::new).collect());
                    for taker in takers {
                        hand_over(&taker, &events).await;
                    }
                    false
                }
                Err(error) => {
                    tracing::warn!(%error, "outbox cannot be read");
                    time::sleep(RETRY).await;
                    true
                }
            }
        };
        ctx.spawn(work.into_actor(self).map(|doubt, relay, ctx| {
            relay.doubt = doubt;
            relay.round(ctx);
        }));
    }
}

/// Hands events over. A taker that ends with them is made anew and given them
/// again, but not for ever: they may be what it ends of.
async fn hand_over(taker: &Port<Deliver>, events: &Deliver) {
    for _ in 0..TRIES {
        let Err(error) = taker.send(events.clone()).await else {
            return;
        };
        tracing::error!(%error, "events were not taken");
        time::sleep(RETRY).await;
    }
}

impl Actor for Relay {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.round(ctx);
        time::every(ctx, PRUNE_EVERY, |relay: &mut Self, ctx| {
            let outbox = relay.outbox.clone();
            let prune = async move {
                if let Err(error) = outbox.prune(KEEP).await {
                    tracing::warn!(%error, "event history cannot be pruned");
                }
                if let Err(error) = outbox.sweep_logins().await {
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
