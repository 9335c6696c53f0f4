use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

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
    /// When each kind of work last succeeded.
    last: Mutex<[Option<Instant>; 3]>,
}

/// Kinds of work, each of which needs its own model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Embed,
    Classify,
    Texts,
}

impl Counters {
    pub fn succeeded(&self, kind: Kind) {
        self.done.fetch_add(1, Ordering::Relaxed);
        self.last()[kind as usize] = Some(Instant::now());
    }

    /// Whether work of this kind succeeded within `age`.
    pub fn fresh(&self, kind: Kind, age: Duration) -> bool {
        self.last()[kind as usize].is_some_and(|at| at.elapsed() < age)
    }

    fn last(&self) -> MutexGuard<'_, [Option<Instant>; 3]> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

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
