//! Taking back what a process held that is no more.

use protocol::element::StageName;
use surrealdb::types::{Object, object};

use super::queue::JobRow;
use super::{complete, fail, lease, progress::Progress};
use crate::error::Result;
use crate::id::now_millis;
use crate::limits::{JOB_RESTARTS, RESTART_PAUSES_MS};
use crate::row;
use crate::store::{Db, Tx};

/// Why a job is given up after many restarts.
const RESTARTED: &str = "the server stopped again and again while it worked on this";

impl Db {
    /// Gives leased jobs back at once, when no other process can hold them:
    /// an embedded database belongs to one process, which has just started.
    /// A stop is not the input's fault, so it does not count as a lost worker;
    /// but an input that was at work at stop after stop is tried at growing
    /// intervals, and given up in the end, so that others go on. Answers how
    /// many came back.
    pub async fn recover_leases(&self) -> Result<usize> {
        if !self.is_embedded() {
            return Ok(0);
        }
        self.write("recovery", |tx| Box::pin(recover(tx))).await
    }
}

async fn recover(tx: &Tx) -> Result<usize> {
    let held: Vec<JobRow> = tx
        .run("SELECT * FROM job WHERE state = 'leased'", Object::new())
        .await?
        .all(0)?;
    let count = held.len();
    let mut rows: Vec<Object> = Vec::with_capacity(count);
    for job in held {
        let (id, stage) = (job.element_id()?, job.stage()?);
        let restarts = job.restarts.unwrap_or(0) + 1;
        if restarts >= JOB_RESTARTS {
            rows.push(lease::given_up(&job, stage, RESTARTED)?);
            if let Some(mut progress) = Progress::read(tx, &id).await? {
                progress.made_in(job.lane);
                fail::give_up(&mut progress, stage, RESTARTED);
                complete::unblock(tx, &progress, stage, job.lane).await?;
                progress.write(tx).await?;
            }
            if stage == StageName::Preview {
                fail::give_up_blocked(tx, &id).await?;
            }
            continue;
        }
        let last = RESTART_PAUSES_MS.len() - 1;
        let pause = RESTART_PAUSES_MS[(restarts as usize).min(last)];
        rows.push(object! {
            id: super::key(&id, stage),
            set: object! {
                state: "waiting".to_owned(),
                due: now_millis() + pause,
                token: Option::<String>::None,
                worker: Option::<String>::None,
                restarts: row::int(restarts),
            },
        });
    }
    if !rows.is_empty() {
        tx.run(lease::LEND, object! { rows: rows }).await?;
    }
    Ok(count)
}
