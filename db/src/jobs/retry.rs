//! Putting given-up jobs to work again.

use protocol::ElementId;
use protocol::element::{StageName, StageState};
use surrealdb::types::object;

use super::fail::stage_jobs;
use super::order;
use super::progress::Progress;
use super::queue::{FAILED, JobRow};
use crate::accounts::IdRow;
use crate::elements::viewer::{OWNED, Viewer};
use crate::error::Result;
use crate::id::now_millis;
use crate::row;
use crate::store::{Db, Tx};

impl Db {
    /// Puts the failed stages of an element to work again; says how many.
    /// None of another's elements.
    pub async fn retry_failed(&self, viewer: &Viewer, id: &ElementId) -> Result<usize> {
        let (viewer, id) = (viewer.clone(), id.clone());
        self.write("a retry", move |tx| {
            let (viewer, id) = (viewer.clone(), id.clone());
            Box::pin(async move {
                let mut vars = object! { id: row::element(&id) };
                viewer.bind(&mut vars);
                let query = format!("SELECT id FROM $id WHERE {OWNED}");
                match tx.run(query, vars).await?.one::<IdRow>(0)? {
                    Some(_) => retry(tx, &id, None).await,
                    None => Ok(0),
                }
            })
        })
        .await
    }
}

/// Puts an element's given-up jobs of one stage, or of all, to work again. A
/// preview that failed comes along: without it nothing can be done.
pub(super) async fn retry(tx: &Tx, id: &ElementId, only: Option<StageName>) -> Result<usize> {
    let Some(mut progress) = Progress::read(tx, id).await? else {
        return Ok(0);
    };
    let vars = object! { jobs: stage_jobs(id), failed: FAILED.to_owned() };
    let jobs: Vec<JobRow> = tx
        .run("SELECT * FROM $jobs WHERE queue = $failed", vars)
        .await?
        .all(0)?;
    let mut again = Vec::new();
    for job in jobs {
        let stage = job.stage()?;
        if only.is_none_or(|one| one == stage || stage == StageName::Preview) {
            progress.set(stage, StageState::Waiting, None);
            again.push((stage, job.lane));
        }
    }
    for (stage, lane) in &again {
        let vars = object! {
            id: super::key(id, *stage),
            queue: order::queue(*stage, *lane, &progress.stages),
            now: now_millis(),
        };
        tx.run(RETRY, vars).await?;
    }
    progress.write(tx).await?;
    Ok(again.len())
}

const RETRY: &str = "UPDATE $id SET state = 'waiting', queue = $queue, due = $now, \
    attempts = 0, lost = 0, restarts = NONE, token = NONE, worker = NONE, reason = NONE \
    RETURN NONE";
