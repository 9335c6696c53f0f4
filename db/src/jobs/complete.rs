//! The end of a job: its results, its stage and its events, all or nothing.

use protocol::element::{Media, StageName, StageState};
use surrealdb::types::{Object, SerdeWrapper, object};

use super::progress::Progress;
use super::queue::{JobRow, blocked_queue, open_queue, waits_for};
use super::{Lease, Outcome};
use crate::elements::{labels, tags};
use crate::embeddings;
use crate::error::Result;
use crate::id::now_millis;
use crate::store::{Db, Tx};

impl Db {
    /// Writes what a job made and ends it. False when the lease is over:
    /// then somebody else has the job or did it, and nothing is written.
    pub async fn complete(&self, lease: &Lease, outcome: Outcome) -> Result<bool> {
        let lease = lease.clone();
        self.write("the end of a job", move |tx| {
            let (lease, outcome) = (lease.clone(), outcome.clone());
            Box::pin(async move { complete(tx, &lease, outcome).await })
        })
        .await
    }
}

async fn complete(tx: &Tx, lease: &Lease, outcome: Outcome) -> Result<bool> {
    let Some(job) = JobRow::held(tx, lease).await? else {
        return Ok(false);
    };
    let Some(mut progress) = Progress::read(tx, &lease.element).await? else {
        return Ok(false);
    };
    progress.made_in(job.lane);
    match outcome {
        Outcome::Preview {
            thumbhash,
            colors,
            phash,
            media,
        } => {
            let before = progress.shown();
            progress.put("thumbhash", thumbhash);
            progress.put("colors", SerdeWrapper(colors));
            // the same bits: the database's numbers have a sign
            progress.put("phash", phash as i64);
            progress.put("bands", crate::elements::labels::bands(phash));
            show(&mut progress, media);
            if progress.shown() && !before {
                progress.announce();
            }
        }
        Outcome::Embedded { embeddings } => {
            embeddings::store(tx, &lease.element, &embeddings).await?;
        }
        Outcome::Tagged {
            model,
            tags,
            embeddings,
        } => {
            let tags = tags::suggest(tx, &lease.element, &model, &tags).await?;
            progress.put("tags", SerdeWrapper(tags));
            embeddings::store(tx, &lease.element, &embeddings).await?;
        }
        Outcome::Compressed { media } => show(&mut progress, media),
        Outcome::Screened { labels } => labels::judged(tx, &mut progress, labels).await?,
        Outcome::Scored { quality } => {
            progress.put("quality", quality.percentile);
            progress.put("quality_parts", SerdeWrapper(quality));
        }
        Outcome::Read { text } => progress.put("text", text),
    }
    tx.run("DELETE $id", object! { id: lease.key() }).await?;
    unblock(tx, &progress, lease.stage, job.lane).await?;
    progress.set(lease.stage, StageState::Done, None);
    progress.write(tx).await?;
    Ok(true)
}

/// Adds files to show.
fn show(progress: &mut Progress, new: Vec<Media>) {
    progress.files = together(std::mem::take(&mut progress.files), new);
    progress.put("files", SerdeWrapper(progress.files.clone()));
}

/// Opens the stages that waited for this one.
pub(super) async fn unblock(
    tx: &Tx,
    progress: &Progress,
    over: StageName,
    lane: i64,
) -> Result<()> {
    let jobs: Vec<Object> = progress
        .stages
        .iter()
        .filter(|stage| waits_for(stage.name) == Some(over))
        .map(|stage| {
            object! {
                id: super::key(&progress.id, stage.name),
                queue: open_queue(stage.name, lane),
            }
        })
        .collect();
    if jobs.is_empty() {
        return Ok(());
    }
    let vars = object! { jobs: jobs, blocked: blocked_queue(over), now: now_millis() };
    tx.run(UNBLOCK, vars).await.map(drop)
}

/// Old and new files, the new one of a variant replacing the old; smallest first.
pub(crate) fn together(old: Vec<Media>, new: Vec<Media>) -> Vec<Media> {
    let mut all: Vec<Media> = old
        .into_iter()
        .filter(|file| new.iter().all(|n| n.variant != file.variant))
        .collect();
    all.extend(new);
    all.sort_by_key(|file| file.width);
    all
}

const UNBLOCK: &str = "FOR $job IN $jobs { UPDATE $job.id SET queue = $job.queue, \
    due = $now WHERE queue = $blocked RETURN NONE }";
