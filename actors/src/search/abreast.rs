//! Lets a search find what was saved before it.

use std::time::Duration;

use actix::Message;
use tokio::sync::watch;

use crate::supervise::Port;

/// How long a search waits for the indexes at most: while much is saved, it
/// rather misses the latest of it.
const PATIENCE: Duration = Duration::from_millis(40);

/// Answered once all is in the indexes that was delivered before.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Settle;

/// Knows how far the indexes are behind the database.
#[derive(Clone)]
pub(crate) struct Abreast {
    /// Commits made here, and those of which all events were handed over.
    committed: watch::Receiver<u64>,
    delivered: watch::Receiver<u64>,
    keeper: Port<Settle>,
}

impl Abreast {
    pub fn new(
        committed: watch::Receiver<u64>,
        delivered: watch::Receiver<u64>,
        keeper: Port<Settle>,
    ) -> Self {
        Self {
            committed,
            delivered,
            keeper,
        }
    }

    /// Waits until what is committed here by now is in the indexes, but not for
    /// long. Costs a message when nothing is behind.
    pub async fn wait(&self) {
        let now = *self.committed.borrow();
        let mut delivered = self.delivered.clone();
        let settled = async {
            if delivered.wait_for(|upto| *upto >= now).await.is_ok() {
                // a keeper that is gone has nothing left to do
                let _ = self.keeper.send(Settle).await;
            }
        };
        if tokio::time::timeout(PATIENCE, settled).await.is_err() {
            tracing::debug!("a search is ahead of its indexes");
        }
    }
}
