//! The pipeline: leases jobs from the database and carries them out.
//!
//! Jobs wait in the database, never here: a job is leased only when there is
//! a place to run it. Stages of one kind share a number of places.

mod backfill;
mod cache;
mod stages;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use actix::fut::wrap_future;
use actix::{
    Actor, ActorFutureExt, AsyncContext, Context, Handler, Message, ResponseActFuture, WrapFuture,
};
use db::{Db, Lease, LeaseRequest};
use protocol::element::StageName;
use tokio::sync::{Notify, watch};

use crate::PlatformConfig;
pub(crate) use backfill::add_missing_stages;
pub(crate) use stages::Stages;

/// Jobs are looked for this often even when no commit was seen, because
/// leases expire and other processes write.
const POLL: Duration = Duration::from_secs(1);
/// Pause after the database failed.
const RETRY: Duration = Duration::from_secs(1);
/// How often the drain looks whether all are done.
const DRAIN_POLL: Duration = Duration::from_millis(50);

/// Lease no more; answers when what runs is done.
#[derive(Message)]
#[rtype(result = "()")]
pub struct StopLeasing;

/// Kinds of work that must not take each other's places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Class {
    Preview,
    Models,
    Compress,
}

impl Class {
    const ALL: [Class; 3] = [Class::Preview, Class::Models, Class::Compress];

    fn stages(self) -> Vec<StageName> {
        match self {
            Class::Preview => vec![StageName::Preview],
            Class::Models => vec![
                StageName::Tag,
                StageName::Embed,
                StageName::Screen,
                StageName::Score,
                StageName::Read,
            ],
            Class::Compress => vec![StageName::Compress],
        }
    }

    /// Jobs of the class that run at once.
    fn places(self, config: &PlatformConfig) -> usize {
        match self {
            Class::Preview => config.media_threads,
            // Enough to keep every worker busy while results are written.
            Class::Models => config.media_threads * 2,
            // One on one thread: it must not slow down what somebody waits for.
            Class::Compress => 1,
        }
    }
}

pub struct Pipeline {
    db: Db,
    stages: Stages,
    commits: watch::Receiver<u64>,
    worker: String,
    lease_millis: u64,
    places: HashMap<Class, usize>,
    running: HashMap<Class, usize>,
    stopping: bool,
    /// A place became free.
    freed: Arc<Notify>,
}

impl Pipeline {
    pub fn new(config: &PlatformConfig, db: Db, stages: Stages) -> Self {
        Self {
            commits: db.subscribe_commits(),
            db,
            stages,
            worker: config.worker.clone(),
            lease_millis: config.lease_millis,
            places: Class::ALL.map(|c| (c, c.places(config).max(1))).into(),
            running: HashMap::new(),
            stopping: false,
            freed: Arc::default(),
        }
    }

    fn free(&self, class: Class) -> usize {
        let running = self.running.get(&class).copied().unwrap_or(0);
        self.places[&class].saturating_sub(running)
    }

    /// One round: lease for every free place, then wait for something to do.
    fn round(&mut self, ctx: &mut Context<Self>) {
        if self.stopping {
            return;
        }
        let mut commits = self.commits.clone();
        commits.mark_unchanged();
        let wishes: Vec<(Class, LeaseRequest)> = Class::ALL
            .into_iter()
            .filter(|class| self.free(*class) > 0)
            .map(|class| (class, self.request(class)))
            .collect();
        let db = self.db.clone();
        let work = async move {
            let mut leased = Vec::new();
            for (class, wish) in wishes {
                match db.lease_jobs(wish).await {
                    Ok(leases) => leased.extend(leases.into_iter().map(|l| (class, l))),
                    Err(error) => {
                        tracing::warn!(%error, "jobs cannot be leased");
                        tokio::time::sleep(RETRY).await;
                        break;
                    }
                }
            }
            leased
        };
        ctx.spawn(wrap_future(work).map(
            move |leased: Vec<_>, pipeline: &mut Self, ctx: &mut Context<Self>| {
                let idle = leased.is_empty();
                for (class, lease) in leased {
                    pipeline.begin(class, lease, ctx);
                }
                if !idle {
                    return pipeline.round(ctx);
                }
                let freed = pipeline.freed.clone();
                let pause = async move {
                    tokio::select! {
                        _ = commits.changed() => {}
                        () = freed.notified() => {}
                        () = tokio::time::sleep(POLL) => {}
                    }
                };
                ctx.spawn(
                    wrap_future(pause).map(|(), pipeline: &mut Self, ctx| pipeline.round(ctx)),
                );
            },
        ));
    }

    fn request(&self, class: Class) -> LeaseRequest {
        LeaseRequest {
            stages: class.stages(),
            limit: self.free(class),
            worker: self.worker.clone(),
            millis: self.lease_millis,
        }
    }

    fn begin(&mut self, class: Class, lease: Lease, ctx: &mut Context<Self>) {
        *self.running.entry(class).or_default() += 1;
        let (stages, db) = (self.stages.clone(), self.db.clone());
        let beat = Duration::from_millis(self.lease_millis / 3);
        let millis = self.lease_millis;
        let work = async move {
            let run = stages.run(&lease);
            tokio::pin!(run);
            loop {
                tokio::select! {
                    () = &mut run => break,
                    () = tokio::time::sleep(beat) => match db.extend_lease(&lease, millis).await {
                        // Somebody else has it now; our result would be refused.
                        Ok(false) => break,
                        Ok(true) => {}
                        Err(error) => tracing::warn!(%error, "lease cannot be extended"),
                    },
                }
            }
        };
        ctx.spawn(wrap_future(work).map(move |(), pipeline: &mut Self, _| {
            if let Some(running) = pipeline.running.get_mut(&class) {
                *running = running.saturating_sub(1);
            }
            // A place is free: look for work now rather than at the next poll.
            pipeline.freed.notify_one();
        }));
    }
}

impl Actor for Pipeline {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.round(ctx);
    }
}

impl Handler<StopLeasing> for Pipeline {
    type Result = ResponseActFuture<Self, ()>;

    fn handle(&mut self, _: StopLeasing, ctx: &mut Self::Context) -> Self::Result {
        self.stopping = true;
        let (done, wait) = tokio::sync::oneshot::channel();
        let mut done = Some(done);
        ctx.run_interval(DRAIN_POLL, move |pipeline, _| {
            if pipeline.running.values().all(|n| *n == 0)
                && let Some(done) = done.take()
            {
                // The one who asked may have stopped waiting.
                let _ = done.send(());
            }
        });
        Box::pin(async move { wait.await.unwrap_or(()) }.into_actor(self))
    }
}
