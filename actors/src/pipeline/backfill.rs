//! Stages that came with an update, for elements from before it.

use std::time::Duration;

use db::Db;

/// Elements that are given their stages at once.
const CHUNK: usize = 200;
/// Pause between two chunks: people's writes go first.
const PAUSE: Duration = Duration::from_millis(50);
/// Pause after the database failed.
const RETRY: Duration = Duration::from_secs(5);

/// Gives every element the stages that it lacks, behind what people wait for.
/// Ends when none lacks any; what a stop cuts short goes on at the next start.
pub async fn add_missing_stages(db: Db) {
    let mut total = 0;
    loop {
        match db.add_missing_stages(CHUNK).await {
            Ok(0) => break,
            Ok(elements) => {
                total += elements;
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => {
                tracing::warn!(%error, "new stages cannot be queued for older elements just now");
                tokio::time::sleep(RETRY).await;
            }
        }
    }
    if total > 0 {
        tracing::info!(elements = total, "older elements wait for new stages");
    }
}
