//! Job rows: how they are made, found and held.

use protocol::element::{Stage, StageName};
use protocol::{ElementId, UserId};
use surrealdb::types::{Array, Object, RecordId, SurrealValue, object};

use super::{Lease, order};
use crate::elements::row::newest_first;
use crate::error::{DbError, Result};
use crate::id::now_millis;
use crate::row::{self, Key};
use crate::store::Tx;

/// State of jobs that were given up because workers vanished with them.
pub(super) const QUARANTINED: &str = "quarantined";
/// Queue of jobs that were given up, whatever the reason.
pub(super) const FAILED: &str = "failed";

/// Lanes in the order in which they are served.
pub(super) const LANES: [i64; 2] = [0, 1];

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

/// What a new job is about.
pub(crate) struct Work<'a> {
    pub id: &'a ElementId,
    pub owner: RecordId,
    pub media: String,
    pub mime: String,
    pub backfill: bool,
    /// All of the element's stages as they are.
    pub stages: &'a [Stage],
}

/// Makes the jobs of these stages of an element.
pub(crate) async fn enqueue(tx: &Tx, work: Work<'_>, names: &[StageName]) -> Result<()> {
    let lane = if work.backfill { LANES[1] } else { LANES[0] };
    let now = now_millis();
    let rows: Vec<Object> = names
        .iter()
        .map(|name| {
            object! {
                id: key(work.id, *name),
                element: row::element(work.id),
                owner: work.owner.clone(),
                media: work.media.clone(),
                mime: work.mime.clone(),
                stage: name.as_str().to_owned(),
                lane: lane,
                state: "waiting".to_owned(),
                queue: order::queue(*name, lane, work.stages),
                place: newest_first(work.id),
                due: now,
                attempts: 0,
                lost: 0,
                created_at: now,
            }
        })
        .collect();
    tx.run("INSERT INTO job $rows RETURN NONE", object! { rows: rows })
        .await
        .map(drop)
}
