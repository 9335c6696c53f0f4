//! Jobs of deleted elements: put aside, and taken up when they come back.

use protocol::ElementId;
use protocol::element::{StageName, StageState};
use surrealdb::types::{Object, RecordId, object};

use super::progress::Progress;
use super::queue::JobRow;
use super::{lease, stages};
use crate::error::{DbError, Result};
use crate::id::now_millis;
use crate::store::Tx;

/// State of a job whose element is deleted. Its queue tells what it was.
const ASIDE: &str = "aside";

/// The keys of all jobs that an element can have.
pub(crate) fn keys(id: &ElementId) -> Vec<RecordId> {
    StageName::ALL
        .into_iter()
        .map(|stage| super::key(id, stage))
        .collect()
}

/// Puts an element's jobs where nobody finds them. Who holds one holds it no
/// longer: what it makes is thrown away, and made again after a return.
pub(crate) async fn put_aside(tx: &Tx, id: &ElementId) -> Result<()> {
    let vars = object! { jobs: keys(id), aside: ASIDE.to_owned() };
    tx.run(PUT_ASIDE, vars).await.map(drop)
}

/// Puts them back where they were; what was under way waits. Answers how far
/// the element is, to be written.
pub(crate) async fn take_up(tx: &Tx, id: &ElementId) -> Result<Option<Progress>> {
    let vars = object! { jobs: keys(id), aside: ASIDE.to_owned() };
    let jobs: Vec<JobRow> = tx
        .run("SELECT * FROM $jobs WHERE state = $aside", vars)
        .await?
        .all(0)?;
    let mut rows: Vec<Object> = Vec::with_capacity(jobs.len());
    for job in jobs {
        let was = job.queue.strip_prefix("aside:");
        let was = was.and_then(|was| was.split_once(':'));
        let (state, queue) =
            was.ok_or_else(|| DbError::Damaged(format!("{:?} is no queue", job.queue)))?;
        let state = if state == "leased" { "waiting" } else { state };
        rows.push(object! {
            id: super::key(id, job.stage()?),
            set: object! {
                state: state.to_owned(),
                queue: queue.to_owned(),
                due: now_millis(),
            },
        });
    }
    tx.run(lease::LEND, object! { rows: rows }).await?;
    // what a newer version makes, if one came meanwhile
    stages::add(tx, id).await?;
    let mut progress = Progress::read(tx, id).await?;
    if let Some(progress) = &mut progress {
        for stage in StageName::ALL {
            if progress.stage(stage) == Some(StageState::Running) {
                progress.set(stage, StageState::Waiting, None);
            }
        }
    }
    Ok(progress)
}

// the queue first: it notes the state from before
const PUT_ASIDE: &str = "UPDATE $jobs SET queue = string::concat('aside:', state, ':', queue), \
    state = $aside, token = NONE, worker = NONE WHERE state != $aside RETURN NONE";
