//! How often an actor was made anew, and waiting for the next time. Who waits
//! is woken in the order of waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

/// No count: there will be no other one.
const OVER: u64 = u64::MAX;

/// Shared by the factory, its actors and who depends on them.
#[derive(Clone, Default)]
pub(crate) struct Restarts(Arc<Inner>);

#[derive(Default)]
struct Inner {
    count: AtomicU64,
    changed: Notify,
}

impl Restarts {
    pub fn count(&self) -> u64 {
        self.0.count.load(Ordering::Acquire)
    }

    /// One was made.
    pub(super) fn set(&self, count: u64) {
        self.0.count.store(count, Ordering::Release);
        self.0.changed.notify_waiters();
    }

    /// None will be made any more.
    pub(super) fn end(&self) {
        self.set(OVER);
    }

    /// Waits until another one is made than that one; false when none will be.
    pub async fn beyond(&self, seen: u64) -> bool {
        loop {
            let mut changed = std::pin::pin!(self.0.changed.notified());
            // from here on no change is missed
            changed.as_mut().enable();
            match self.count() {
                OVER => return false,
                count if count != seen => return true,
                _ => changed.await,
            }
        }
    }
}
