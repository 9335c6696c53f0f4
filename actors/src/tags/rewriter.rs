//! Brings elements up to what their tags are called and imply now, a few at a
//! time, behind what people wait for.

use std::sync::Arc;
use std::time::Duration;

use db::{Db, Rewriting};
use tokio::sync::Notify;

use crate::platform::now_millis;

/// Elements of one transaction.
const BATCH: usize = 32;
/// Pause between transactions: others want to write too.
const PAUSE: Duration = Duration::from_millis(4);
/// How often it looks by itself: another process may have left work.
const LOOK: Duration = Duration::from_secs(3);
/// Pause after the database failed.
const RETRY: Duration = Duration::from_secs(2);
/// How long a bulk change of tags can be taken back, and how often those that
/// are older are forgotten.
const UNDO_MS: i64 = 30 * 24 * 3_600_000;
const SWEEP_MS: i64 = 3_600_000;

/// Runs until it is aborted; what it was at is begun anew by the next one.
pub(crate) struct Rewriter {
    db: Db,
    /// Told when there is something to do.
    wake: Arc<Notify>,
}

impl Rewriter {
    pub fn new(db: Db, wake: Arc<Notify>) -> Self {
        Self { db, wake }
    }

    pub async fn run(self) {
        let mut swept = 0;
        loop {
            let now = now_millis();
            if now - swept > SWEEP_MS {
                swept = now;
                if let Err(error) = self.db.sweep_bulk_tags(now - UNDO_MS).await {
                    tracing::warn!(%error, "old changes of tags cannot be forgotten");
                }
            }
            let pause = match self.db.rewrite_tags(BATCH).await {
                Ok(Rewriting::More) => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
                Ok(Rewriting::Later(millis)) => LOOK.min(Duration::from_millis(millis)),
                Ok(Rewriting::Done) => LOOK,
                Err(db::DbError::Closed) => return,
                Err(error) => {
                    tracing::warn!(%error, "tags of elements cannot be rewritten just now");
                    RETRY
                }
            };
            // either is fine: it looks again
            let _ = tokio::time::timeout(pause, self.wake.notified()).await;
        }
    }
}
