//! Tells the members and followers of clusters what is new there, step by step
//! behind the scenes.

use std::time::Duration;

use db::Db;

/// Looked at this often even when no commit was seen here: another process may
/// have written.
const POLL: Duration = Duration::from_secs(5);
/// Commits that follow each other closely are looked at together.
const GATHER: Duration = Duration::from_millis(200);
/// Pause after the database failed.
const RETRY: Duration = Duration::from_secs(2);

/// Goes on from where a stop or a kill interrupted it.
pub async fn spread(db: Db) {
    let mut commits = db.subscribe_commits();
    loop {
        commits.mark_unchanged();
        match db.spread_notifications().await {
            Ok(true) => {}
            Ok(false) => {
                // a closed channel means that the database is closing
                let _ = tokio::time::timeout(POLL, commits.changed()).await;
                tokio::time::sleep(GATHER).await;
            }
            Err(error) => {
                tracing::warn!(%error, "news of clusters cannot be spread");
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}
