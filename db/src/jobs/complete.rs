//! The end of a job: its results, its stage and its events, all or nothing.

use protocol::element::{Media, StageState};
use protocol::limits::READ_TEXT_MAX;
use surrealdb::types::{SerdeWrapper, object};

use super::progress::Progress;
use super::queue::JobRow;
use super::{Lease, Outcome, order};
use crate::elements::{labels, tags};
use crate::embeddings;
use crate::error::Result;
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
    if JobRow::held(tx, lease).await?.is_none() {
        return Ok(false);
    }
    let Some(mut progress) = Progress::read(tx, &lease.element).await? else {
        return Ok(false);
    };
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
        Outcome::Screened { labels, model } => {
            let judged = labels::judged(labels, &model);
            labels::judge(tx, &lease.element, &mut progress, judged).await?;
        }
        Outcome::Scored { quality } => {
            progress.put("quality", quality.percentile);
            progress.put("quality_parts", SerdeWrapper(quality));
        }
        Outcome::Read { text, model } => {
            let kept: String = text.chars().take(READ_TEXT_MAX).collect();
            progress.put("text", kept);
            progress.put("text_model", model);
        }
        Outcome::Compressed { media } => show(&mut progress, media),
    }
    tx.run("DELETE $id", object! { id: lease.key() }).await?;
    progress.set(lease.stage, StageState::Done, None);
    order::release(tx, &progress, lease.stage).await?;
    progress.write(tx).await?;
    Ok(true)
}

/// Adds files to show.
fn show(progress: &mut Progress, new: Vec<Media>) {
    progress.files = together(std::mem::take(&mut progress.files), new);
    progress.put("files", SerdeWrapper(progress.files.clone()));
}

/// Old and new files, the new one of a variant replacing the old; smallest first.
fn together(old: Vec<Media>, new: Vec<Media>) -> Vec<Media> {
    let mut all: Vec<Media> = old
        .into_iter()
        .filter(|file| new.iter().all(|n| n.variant != file.variant))
        .collect();
    all.extend(new);
    all.sort_by_key(|file| file.width);
    all
}
