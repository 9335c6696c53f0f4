//! Jobs that did not work out: again later, not counted, or given up.

use protocol::ElementId;
use protocol::element::{StageName, StageState};
use surrealdb::types::object;

use super::progress::Progress;
use super::queue::{FAILED, JobRow, blocked_queue, open_queue};
use super::{Lease, Retry, complete, waits_for};
use crate::elements::viewer::{OWNED, Viewer};
use crate::error::Result;
use crate::id::now_millis;
use crate::limits::{JOB_ATTEMPTS, JOB_LOST};
use crate::people::IdRow;
use crate::row;
use crate::store::{Db, Tx};

/// State of a job whose input took workers down again and again.
pub(super) const QUARANTINED: &str = "quarantined";
/// Why stages behind a failed preview are given up.
const NO_PREVIEW: &str = "the preview could not be made";

impl Db {
    /// Gives a job back as failed: tried again after a while, a bounded
    /// number of times, or given up at once. False when the lease is over.
    pub async fn fail(&self, lease: &Lease, reason: &str, retry: Retry) -> Result<bool> {
        let (lease, reason) = (lease.clone(), reason.to_owned());
        self.write("a failure", move |tx| {
            let (lease, reason) = (lease.clone(), reason.clone());
            Box::pin(async move { failed(tx, &lease, &reason, retry).await })
        })
        .await
    }

    /// Gives a job back because something it needs is missing or busy: tried
    /// again after `millis`, not counted. False when the lease is over.
    pub async fn defer(&self, lease: &Lease, reason: &str, millis: u64) -> Result<bool> {
        let (lease, reason) = (lease.clone(), reason.to_owned());
        self.write("a delay", move |tx| {
            let (lease, reason) = (lease.clone(), reason.clone());
            Box::pin(async move {
                let Some(job) = JobRow::held(tx, &lease).await? else {
                    return Ok(false);
                };
                let tries = Tries {
                    attempts: job.attempts,
                    lost: job.lost,
                };
                again(tx, &lease, &reason, millis, tries).await?;
                Ok(true)
            })
        })
        .await
    }

    /// Puts the failed stages of an element to work again; says how many.
    /// None of another's elements.
    pub async fn retry_failed(&self, viewer: &Viewer, id: &ElementId) -> Result<usize> {
        let (viewer, id) = (viewer.clone(), id.clone());
        self.write("a retry", move |tx| {
            let (viewer, id) = (viewer.clone(), id.clone());
            Box::pin(async move { retry(tx, &viewer, &id).await })
        })
        .await
    }
}

/// Marks a stage as given up; without a preview nothing else can be made.
pub(super) fn give_up(progress: &mut Progress, stage: StageName, reason: &str) {
    if stage == StageName::Preview {
        let rest: Vec<StageName> = progress
            .stages
            .iter()
            .filter(|s| s.name != stage && s.state == StageState::Waiting)
            .map(|s| s.name)
            .collect();
        // the preview last: with it the element's state is settled
        for other in rest {
            progress.set(other, StageState::Failed, Some(NO_PREVIEW));
        }
    }
    progress.set(stage, StageState::Failed, Some(reason));
}

/// Gives up the jobs that waited for a preview.
pub(super) async fn give_up_blocked(tx: &Tx, id: &ElementId) -> Result<()> {
    let vars = object! {
        jobs: super::keys(id),
        reason: NO_PREVIEW.to_owned(),
        blocked: vec![blocked_queue(StageName::Preview), blocked_queue(StageName::Embed)],
        failed: FAILED.to_owned(),
    };
    tx.run(GIVE_UP_BLOCKED, vars).await.map(drop)
}

async fn failed(tx: &Tx, lease: &Lease, reason: &str, retry: Retry) -> Result<bool> {
    let Some(job) = JobRow::held(tx, lease).await? else {
        return Ok(false);
    };
    let attempts = job.attempts + 1;
    let lost = job.lost + 1;
    match retry {
        Retry::After(millis) if attempts < JOB_ATTEMPTS => {
            let tries = Tries { attempts, lost: 0 };
            again(tx, lease, reason, millis, tries).await?;
        }
        Retry::WorkerFault(millis) if lost < JOB_LOST => {
            let tries = Tries {
                attempts: job.attempts,
                lost,
            };
            again(tx, lease, reason, millis, tries).await?;
        }
        _ => {
            let quarantined = matches!(retry, Retry::WorkerFault(_));
            let vars = object! {
                id: lease.key(),
                state: if quarantined { QUARANTINED } else { "failed" }.to_owned(),
                queue: FAILED.to_owned(),
                attempts: row::int(attempts),
                lost: row::int(if quarantined { lost } else { job.lost }),
                reason: reason.to_owned(),
            };
            tx.run(GIVE_UP, vars).await?;
            if lease.stage == StageName::Preview {
                give_up_blocked(tx, &lease.element).await?;
            }
            if let Some(mut progress) = Progress::read(tx, &lease.element).await? {
                progress.made_in(job.lane);
                give_up(&mut progress, lease.stage, reason);
                complete::unblock(tx, &progress, lease.stage, job.lane).await?;
                progress.write(tx).await?;
            }
        }
    }
    Ok(true)
}

/// How often a job was tried, and how often that took a worker down.
struct Tries {
    attempts: u32,
    lost: u32,
}

async fn again(tx: &Tx, lease: &Lease, reason: &str, millis: u64, tries: Tries) -> Result<()> {
    let vars = object! {
        id: lease.key(),
        due: now_millis().saturating_add(row::int(millis)),
        attempts: row::int(tries.attempts),
        lost: row::int(tries.lost),
        reason: reason.to_owned(),
    };
    tx.run(AGAIN, vars).await?;
    if let Some(mut progress) = Progress::read(tx, &lease.element).await? {
        progress.set(lease.stage, StageState::Waiting, Some(reason));
        progress.write(tx).await?;
    }
    Ok(())
}

async fn retry(tx: &Tx, viewer: &Viewer, id: &ElementId) -> Result<usize> {
    let mut vars = object! { id: row::element(id) };
    viewer.bind(&mut vars);
    let mine: Option<IdRow> = tx
        .run(format!("SELECT id FROM $id WHERE {OWNED}"), vars)
        .await?
        .one(0)?;
    let progress = Progress::read(tx, id).await?;
    let (Some(_), Some(mut progress)) = (mine, progress) else {
        return Ok(0);
    };
    let vars = object! { jobs: super::keys(id), failed: FAILED.to_owned() };
    let jobs: Vec<JobRow> = tx
        .run("SELECT * FROM $jobs WHERE queue = $failed", vars)
        .await?
        .all(0)?;
    for job in &jobs {
        progress.set(job.stage()?, StageState::Waiting, None);
    }
    for job in &jobs {
        let stage = job.stage()?;
        // what comes before is at work again too, or done, or given up
        let before = waits_for(stage).filter(|before| progress.is_open(*before));
        let queue = before.map_or_else(|| open_queue(stage, job.lane), blocked_queue);
        let vars = object! { id: super::key(id, stage), queue: queue, now: now_millis() };
        tx.run(RETRY, vars).await?;
    }
    progress.write(tx).await?;
    // what came with a newer version while it had failed
    super::stages::add(tx, id).await?;
    Ok(jobs.len())
}

const AGAIN: &str = "UPDATE $id SET state = 'waiting', due = $due, attempts = $attempts, \
    lost = $lost, token = NONE, worker = NONE, reason = $reason RETURN NONE";

const GIVE_UP: &str = "UPDATE $id SET state = $state, queue = $queue, attempts = $attempts, \
    lost = $lost, token = NONE, worker = NONE, reason = $reason RETURN NONE";

const GIVE_UP_BLOCKED: &str = "UPDATE $jobs SET state = 'failed', queue = $failed, \
    reason = $reason WHERE queue IN $blocked RETURN NONE";

pub(super) const RETRY: &str = "UPDATE $id SET state = 'waiting', queue = $queue, due = $now, \
    attempts = 0, lost = 0, token = NONE, worker = NONE, reason = NONE RETURN NONE";
