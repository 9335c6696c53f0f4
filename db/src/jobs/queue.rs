//! Job rows: how they are made, found and held.

use protocol::element::StageName;
use protocol::{ElementId, UserId};
use surrealdb::types::{Array, Object, RecordId, SurrealValue, object};

use super::Lease;
use crate::elements::{NewElement, newest_first};
use crate::error::{DbError, Result};
use crate::row::{self, Key};
use crate::store::Tx;

/// The stage that must be over before this one begins: nothing can be made
/// without a preview, and the screen looks at the picture's vector.
pub(super) fn waits_for(stage: StageName) -> Option<StageName> {
    match stage {
        StageName::Preview => None,
        StageName::Screen => Some(StageName::Embed),
        _ => Some(StageName::Preview),
    }
}

/// Queue of jobs that wait for that stage of their element.
pub(super) fn blocked_queue(before: StageName) -> String {
    format!("blocked:{}", before.as_str())
}

/// Queue of jobs that were given up.
pub(super) const FAILED: &str = "failed";

/// Lanes in the order in which they are served.
pub(super) const LANES: [i64; 2] = [0, 1];

/// The lane of work that somebody waits for.
pub(super) const INTERACTIVE: i64 = LANES[0];

/// A job row.
#[derive(Debug, Clone, SurrealValue)]
pub(super) struct JobRow {
    pub element: Key,
    owner: Key,
    media: String,
    mime: String,
    pub stage: String,
    pub lane: i64,
    pub state: String,
    pub queue: String,
    pub due: i64,
    pub attempts: u32,
    pub lost: u32,
    /// Stops of the server while it was at work; absent before the first.
    pub restarts: Option<u32>,
    pub token: Option<String>,
}

impl JobRow {
    /// The row, while this lease holds it; None once it is over.
    pub(super) async fn held(tx: &Tx, lease: &Lease) -> Result<Option<Self>> {
        let vars = object! { id: lease.key(), proof: lease.token.clone() };
        tx.run("SELECT * FROM $id WHERE token = $proof", vars)
            .await?
            .one(0)
    }

    pub(super) fn stage(&self) -> Result<StageName> {
        StageName::parse(&self.stage)
            .ok_or_else(|| DbError::Damaged(format!("{:?} is no stage", self.stage)))
    }

    pub(super) fn element_id(&self) -> Result<ElementId> {
        self.element.parse()
    }

    pub(super) fn lease(&self, token: String) -> Result<Lease> {
        Ok(Lease {
            element: self.element.parse()?,
            owner: self.owner.parse::<UserId>()?,
            media: row::parse(&self.media)?,
            mime: self.mime.clone(),
            stage: self.stage()?,
            attempt: self.attempts + self.lost + 1,
            token,
            backfill: self.lane != LANES[0],
        })
    }
}

impl Lease {
    pub(super) fn key(&self) -> RecordId {
        key(&self.element, self.stage)
    }
}

/// The job of that stage of that element.
pub(crate) fn key(element: &ElementId, stage: StageName) -> RecordId {
    let parts = vec![
        element.to_string().into_value(),
        stage.as_str().to_owned().into_value(),
    ];
    RecordId::new("job", Array::from(parts))
}

/// The queue of jobs that may be taken.
pub(super) fn open_queue(stage: StageName, lane: i64) -> String {
    format!("{}:{lane}", stage.as_str())
}

/// Makes an element's jobs, each behind what it waits for.
pub(crate) async fn enqueue(tx: &Tx, new: &NewElement, id: &ElementId, now: i64) -> Result<()> {
    let lane = if new.backfill { LANES[1] } else { LANES[0] };
    let job = NewJobs {
        element: id,
        owner: &new.owner,
        media: new.media.to_string(),
        mime: new.mime.clone(),
        lane,
        now,
    };
    let rows: Vec<Object> = new
        .stages
        .iter()
        .map(|stage| {
            let before = waits_for(*stage).filter(|before| new.stages.contains(before));
            job.row(*stage, before)
        })
        .collect();
    insert(tx, rows).await
}

pub(super) async fn insert(tx: &Tx, rows: Vec<Object>) -> Result<()> {
    tx.run("INSERT INTO job $rows RETURN NONE", object! { rows: rows })
        .await
        .map(drop)
}

/// What all new jobs of an element share.
pub(super) struct NewJobs<'a> {
    pub element: &'a ElementId,
    pub owner: &'a UserId,
    pub media: String,
    pub mime: String,
    pub lane: i64,
    pub now: i64,
}

impl NewJobs<'_> {
    /// A waiting job, behind another stage or open.
    pub(super) fn row(&self, stage: StageName, before: Option<StageName>) -> Object {
        object! {
            id: key(self.element, stage),
            element: row::element(self.element),
            owner: row::user(self.owner),
            media: self.media.clone(),
            mime: self.mime.clone(),
            stage: stage.as_str().to_owned(),
            lane: self.lane,
            state: "waiting".to_owned(),
            queue: before.map_or_else(|| open_queue(stage, self.lane), blocked_queue),
            due: self.now,
            attempts: 0,
            lost: 0,
            created_at: self.now,
            place: newest_first(self.element),
        }
    }
}
