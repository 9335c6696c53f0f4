//! Jobs that did not work out: again later, not counted, or given up.

use protocol::ElementId;
use protocol::element::{StageName, StageState};
use surrealdb::types::{RecordId, object};

use super::lease::STOPPED;
use super::progress::Progress;
use super::queue::{FAILED, JobRow, QUARANTINED};
use super::{Lease, Retry, order};
use crate::error::Result;
use crate::id::now_millis;
use crate::limits::{FAULT_PAUSE_MS, JOB_ATTEMPTS, JOB_LOST};
use crate::row;
use crate::store::{Db, Tx};

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
                again(tx, &lease, &reason, millis, Counts::of(&job)).await?;
                Ok(true)
            })
        })
        .await
    }
}

/// Marks a stage as given up and sees to those that waited for it: without a
/// preview nothing else can be made, and what else is missing is done without.
pub(super) async fn give_up(
    tx: &Tx,
    progress: &mut Progress,
    stage: StageName,
    reason: &str,
) -> Result<()> {
    if stage != StageName::Preview {
        progress.set(stage, StageState::Failed, Some(reason));
        return order::release(tx, progress, stage).await;
    }
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
    progress.set(stage, StageState::Failed, Some(reason));
    let vars = object! {
        jobs: stage_jobs(&progress.id),
        reason: NO_PREVIEW.to_owned(),
        blocked: order::all_blocked(),
        failed: FAILED.to_owned(),
    };
    tx.run(GIVE_UP_BLOCKED, vars).await.map(drop)
}

async fn failed(tx: &Tx, lease: &Lease, reason: &str, retry: Retry) -> Result<bool> {
    let Some(job) = JobRow::held(tx, lease).await? else {
        return Ok(false);
    };
    let (mut counts, mut state, mut said) = (Counts::of(&job), "failed", reason.to_owned());
    match retry {
        Retry::WorkerFault => {
            counts.lost += 1;
            if counts.lost < JOB_LOST {
                again(tx, lease, reason, FAULT_PAUSE_MS, counts).await?;
                return Ok(true);
            }
            state = QUARANTINED;
            said = format!("{STOPPED}: {reason}");
        }
        Retry::After(_) | Retry::Never => {
            counts.attempts += 1;
            // it failed by itself: the worker is still there
            counts.lost = 0;
            if let Retry::After(millis) = retry
                && counts.attempts < JOB_ATTEMPTS
            {
                again(tx, lease, reason, millis, counts).await?;
                return Ok(true);
            }
        }
    }
    let vars = object! {
        id: lease.key(),
        state: state.to_owned(),
        queue: FAILED.to_owned(),
        attempts: row::int(counts.attempts),
        lost: row::int(counts.lost),
        reason: said.clone(),
    };
    tx.run(GIVE_UP, vars).await?;
    if let Some(mut progress) = Progress::read(tx, &lease.element).await? {
        give_up(tx, &mut progress, lease.stage, &said).await?;
        progress.write(tx).await?;
    }
    Ok(true)
}

/// What has been counted against a job.
#[derive(Clone, Copy)]
struct Counts {
    attempts: u32,
    lost: u32,
}

impl Counts {
    fn of(job: &JobRow) -> Self {
        Self {
            attempts: job.attempts,
            lost: job.lost,
        }
    }
}

async fn again(tx: &Tx, lease: &Lease, reason: &str, millis: u64, counts: Counts) -> Result<()> {
    let vars = object! {
        id: lease.key(),
        due: now_millis().saturating_add(row::int(millis)),
        attempts: row::int(counts.attempts),
        lost: row::int(counts.lost),
        reason: reason.to_owned(),
    };
    tx.run(AGAIN, vars).await?;
    if let Some(mut progress) = Progress::read(tx, &lease.element).await? {
        progress.set(lease.stage, StageState::Waiting, Some(reason));
        progress.write(tx).await?;
    }
    Ok(())
}

/// The jobs that an element may have.
pub(super) fn stage_jobs(id: &ElementId) -> Vec<RecordId> {
    StageName::ALL
        .into_iter()
        .map(|stage| super::key(id, stage))
        .collect()
}

const AGAIN: &str = "UPDATE $id SET state = 'waiting', due = $due, attempts = $attempts, \
    lost = $lost, token = NONE, worker = NONE, reason = $reason RETURN NONE";

const GIVE_UP: &str = "UPDATE $id SET state = $state, queue = $queue, attempts = $attempts, \
    lost = $lost, token = NONE, worker = NONE, reason = $reason RETURN NONE";

const GIVE_UP_BLOCKED: &str = "UPDATE $jobs SET state = 'failed', queue = $failed, \
    reason = $reason WHERE queue IN $blocked RETURN NONE";
