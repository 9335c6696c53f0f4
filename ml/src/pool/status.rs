use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use crate::engine::EngineStatus;

/// What the pool is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct PoolStatus {
    /// Threads.
    pub workers: usize,
    /// Budget, resident bytes and loaded models.
    pub engine: EngineStatus,
    /// One entry per lane, the more urgent first.
    pub lanes: Vec<LaneStatus>,
    /// Since the start.
    pub counts: Counts,
}

/// One lane's queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LaneStatus {
    /// Its name.
    pub lane: &'static str,
    /// Jobs that wait.
    pub queued: usize,
    /// Jobs that may wait.
    pub capacity: usize,
}

/// Jobs by how they ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Answered.
    pub done: u64,
    /// Answered with an error.
    pub failed: u64,
    /// Dropped because the asker had hung up.
    pub skipped: u64,
    /// Panics, each of which cost a worker its backend.
    pub panics: u64,
}

#[derive(Default)]
pub(super) struct Counters {
    pub done: AtomicU64,
    pub failed: AtomicU64,
    pub skipped: AtomicU64,
    pub panics: AtomicU64,
}

impl Counters {
    pub fn snapshot(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            done: read(&self.done),
            failed: read(&self.failed),
            skipped: read(&self.skipped),
            panics: read(&self.panics),
        }
    }
}
