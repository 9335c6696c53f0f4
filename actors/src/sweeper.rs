//! Forgets for good what was deleted and can no longer be taken back.

use std::time::Duration;

use db::Db;

use crate::PlatformError;
use crate::platform::now_millis;

/// Longest pause between two looks.
const LOOK: Duration = Duration::from_secs(60);
/// Shortest one, where deletions can hardly be taken back at all.
const HURRY: Duration = Duration::from_millis(500);

/// Looks by itself, from the start on: what a stop or a kill interrupted is
/// taken up again. `undo` is how long deletions can be taken back.
pub async fn sweep(db: Db, undo: Duration) {
    let pause = (undo / 4).clamp(HURRY, LOOK);
    loop {
        if let Err(error) = once(&db, undo).await {
            tracing::warn!(%error, "deleted things cannot be swept");
        }
        tokio::time::sleep(pause).await;
    }
}

async fn once(db: &Db, undo: Duration) -> Result<(), PlatformError> {
    let before = since(undo);
    let elements = db.sweep_elements(before).await?;
    let clusters = db.sweep_clusters(before).await?;
    if elements + clusters > 0 {
        tracing::debug!(elements, clusters, "deleted things swept");
    }
    Ok(())
}

/// Deletions from before that cannot be taken back, in milliseconds since 1970.
pub fn since(undo: Duration) -> i64 {
    now_millis().saturating_sub(millis(undo))
}

/// Until when a deletion of that moment can be taken back.
pub fn until(at: i64, undo: Duration) -> i64 {
    at.saturating_add(millis(undo))
}

fn millis(undo: Duration) -> i64 {
    i64::try_from(undo.as_millis()).unwrap_or(i64::MAX)
}
