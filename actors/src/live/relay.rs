//! Carries events from the outbox to the hub.
//!
//! Numbering is durable before delivery; if delivery fails in between, sessions
//! find the gap and read the history. Where the database is this server's own,
//! nobody else numbers, and what was numbered is handed on at once. Where servers
//! share it, each numbers what it finds waiting, and hands on what any of them
//! numbered: by the turns that are kept in the database.

use std::time::Duration;

use std::sync::Arc;

use actix::{
    Actor, ActorContext, ActorFutureExt, AsyncContext, Context, Recipient, Running, WrapFuture,
};
use db::{Db, DbError, Published, Turns};
use tokio::sync::watch;

use super::hub::Deliver;

/// Events numbered in one transaction.
const BATCH: usize = 128;
/// The outbox is looked at this often even when no commit was seen here,
/// because another process may have written.
const POLL: Duration = Duration::from_millis(500);
/// The same where other servers do write.
const POLL_SHARED: Duration = Duration::from_millis(100);
/// Turns that are handed on together.
const TURNS: usize = 16;
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
    /// Where servers share the database: the last turn that was handed on.
    turn: Option<u64>,
}

/// How a round ended.
enum Round {
    Done,
    /// Up to this turn everything was handed on.
    Upto(u64),
    /// What was told meanwhile is not kept any more.
    Missed,
}

impl Relay {
    /// `turn`: none where the database is this server's own; else the turn that
    /// was the last before anything was read from it.
    pub fn new(db: Db, takers: Vec<Recipient<Deliver>>, turn: Option<u64>) -> Self {
        let commits = db.subscribe_commits();
        Self {
            db,
            takers,
            commits,
            delivered: watch::Sender::new(0),
            turn,
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
        let (delivered, turn) = (self.delivered.clone(), self.turn);
        let work = async move {
            let told = match turn {
                None => alone(&db).await,
                Some(turn) => shared(&db, turn).await,
            };
            let (events, round) = match told {
                Ok(told) => told,
                Err(error) => {
                    tracing::warn!(%error, "outbox cannot be read");
                    tokio::time::sleep(RETRY).await;
                    return Round::Done;
                }
            };
            if events.is_empty() {
                delivered.send_replace(committed);
                let poll = turn.map_or(POLL, |_| POLL_SHARED);
                // A closed channel means that the database is closing.
                let _ = tokio::time::timeout(poll, commits.changed()).await;
                return round;
            }
            metrics::counter!("asterism_events_total").increment(events.len() as u64);
            let events = Deliver(events.into_iter().map(Arc::new).collect());
            for taker in takers {
                if let Err(error) = taker.send(events.clone()).await {
                    tracing::error!(%error, "events were not taken");
                    tokio::time::sleep(RETRY).await;
                }
            }
            round
        };
        ctx.spawn(work.into_actor(self).map(|round, relay, ctx| {
            match round {
                Round::Done => {}
                Round::Upto(turn) => relay.turn = Some(turn),
                Round::Missed => {
                    // what is derived in memory misses it too: only a start
                    // reads everything, and health asks for one
                    tracing::error!("events of other servers were missed, start again");
                    return ctx.stop();
                }
            }
            relay.round(ctx);
        }));
    }
}

/// What waits, numbered.
async fn alone(db: &Db) -> Result<(Vec<Published>, Round), DbError> {
    Ok((db.relay_batch(BATCH).await?, Round::Done))
}

/// What waits is numbered; what followed is what all servers numbered.
async fn shared(db: &Db, turn: u64) -> Result<(Vec<Published>, Round), DbError> {
    db.relay_turn(BATCH).await?;
    Ok(match db.turns_after(turn, TURNS).await? {
        Turns::Told { events, upto } => (events, Round::Upto(upto)),
        Turns::Missed => (Vec::new(), Round::Missed),
    })
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
