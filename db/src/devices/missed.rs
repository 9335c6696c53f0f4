//! Devices that went without a goodbye and do not come back.

use std::time::Duration;

use protocol::device::DeviceKind;
use protocol::{DeviceId, UserId};
use surrealdb::types::{RecordId, object};

use super::row::DeviceRow;
use crate::error::Result;
use crate::id::now_millis;
use crate::limits::SWEEP_MAX;
use crate::notifications::{self, News};
use crate::row as value;
use crate::store::{Db, Tx};

impl Db {
    /// Tells the owners of cameras that went without a goodbye longer ago than
    /// that, once for each time; says of how many devices there is no more to
    /// tell.
    pub async fn tell_missed_devices(&self, patience: Duration) -> Result<usize> {
        let patience = value::int(u64::try_from(patience.as_millis()).unwrap_or(u64::MAX));
        let cutoff = now_millis().saturating_sub(patience);
        let vars = object! { cutoff: cutoff, count: value::int(SWEEP_MAX) };
        let missed: Vec<RecordId> = self.read(MISSED, vars).await?.all(0)?;
        let mut told = 0;
        for id in missed {
            let over = self
                .write("a device that is missed", move |tx| {
                    let id = id.clone();
                    Box::pin(async move { tell(tx, id, cutoff).await })
                })
                .await?;
            told += usize::from(over);
        }
        Ok(told)
    }
}

/// False when it came back meanwhile.
async fn tell(tx: &Tx, id: RecordId, cutoff: i64) -> Result<bool> {
    let vars = object! { id: id.clone(), cutoff: cutoff };
    let row: Option<DeviceRow> = tx.run(STILL, vars).await?.one(0)?;
    let Some(row) = row else {
        return Ok(false);
    };
    tx.run(
        "UPDATE $id SET missed_at = NONE RETURN NONE",
        object! { id: id },
    )
    .await?;
    // one whose credential was taken back was sent away
    if row.kind == DeviceKind::Camera && row.revoked_at.is_none() {
        let (owner, id): (UserId, DeviceId) = (row.owner()?, row.id.parse()?);
        let news = News::offline(owner, &id, &row.name);
        notifications::tell(tx, &[news]).await?;
    }
    Ok(true)
}

// no time is less than any
const MISSED: &str = "SELECT VALUE id FROM device \
    WHERE missed_at > 0 AND missed_at <= $cutoff LIMIT $count";

const STILL: &str = "SELECT * FROM $id WHERE missed_at > 0 AND missed_at <= $cutoff";
