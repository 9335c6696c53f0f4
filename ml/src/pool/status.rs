use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{Answer, Kind, Lane};
use crate::MlError;
use crate::engine::EngineStatus;

/// [`PoolStatus::place`] of models in this process.
pub const IN_PROCESS: &str = "in process";

/// What the pool is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PoolStatus {
    /// Where inference runs: [`IN_PROCESS`], or the address of the model server.
    pub place: String,
    /// False while the model server cannot be reached; all else is then as it
    /// was when it last could.
    pub reachable: bool,
    /// Bytes of the process that runs the models that are in memory.
    pub process_rss: u64,
    /// Threads that work or wait for work.
    pub workers: usize,
    /// Threads that were given up because they hang, and still do.
    pub hanging: usize,
    /// Budget, resident bytes and loaded models.
    pub engine: EngineStatus,
    /// One entry per lane, the more urgent first.
    pub lanes: Vec<LaneStatus>,
    /// Since the start.
    pub counts: Counts,
    /// Since the start, one entry per kind of task.
    pub tasks: Vec<TaskStatus>,
}

/// One lane's queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneStatus {
    /// Which one.
    pub lane: Lane,
    /// Jobs that wait.
    pub queued: usize,
    /// Jobs that may wait.
    pub capacity: usize,
}

/// Jobs by how they ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Answered.
    pub done: u64,
    /// Answered with an error.
    pub failed: u64,
    /// Dropped because the asker had hung up.
    pub skipped: u64,
    /// Refused because the lane was full.
    pub refused: u64,
    /// Panics, each of which cost a worker its backend.
    pub panics: u64,
    /// Workers given up because they overran a deadline.
    pub hung: u64,
    /// Backends and threads made anew in place of lost ones.
    pub replaced: u64,
}

/// What came of one kind of task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskStatus {
    /// Which one.
    pub task: Kind,
    /// Answered.
    pub done: u64,
    /// Answered with an error.
    pub failed: u64,
    /// Times that a backend ran; a batch runs once for several jobs.
    pub runs: u64,
    /// Time that workers spent on it.
    pub busy_ms: u64,
}

const KINDS: usize = Kind::ALL.len();

#[derive(Default)]
pub(super) struct Counters {
    pub skipped: AtomicU64,
    pub refused: AtomicU64,
    pub panics: AtomicU64,
    pub hung: AtomicU64,
    pub replaced: AtomicU64,
    tasks: [TaskCounters; KINDS],
    proofs: Mutex<[Proof; KINDS]>,
}

#[derive(Default)]
struct TaskCounters {
    done: AtomicU64,
    failed: AtomicU64,
    runs: AtomicU64,
    busy_micros: AtomicU64,
}

/// What is known of a kind's model.
#[derive(Default, Clone, Copy)]
struct Proof {
    last: Option<Instant>,
    /// The latest forward pass succeeded.
    sound: bool,
}

impl Counters {
    pub fn ran(&self, kind: Kind, took: Duration) {
        let task = &self.tasks[kind as usize];
        task.runs.fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        task.busy_micros.fetch_add(micros, Ordering::Relaxed);
    }

    pub fn answered(&self, kind: Kind, answer: &Result<Answer, MlError>) {
        let task = &self.tasks[kind as usize];
        match answer {
            // said without a model
            Ok(Answer::Queries(None)) => drop(task.done.fetch_add(1, Ordering::Relaxed)),
            Ok(_) => {
                task.done.fetch_add(1, Ordering::Relaxed);
                self.proofs()[kind as usize] = Proof {
                    last: Some(Instant::now()),
                    sound: true,
                };
            }
            Err(error) => {
                task.failed.fetch_add(1, Ordering::Relaxed);
                if !error.is_input_fault() {
                    self.proofs()[kind as usize].sound = false;
                }
            }
        }
    }

    /// Whether the model of this kind answered when it was last asked.
    pub fn sound(&self, kind: Kind) -> bool {
        self.proofs()[kind as usize].sound
    }

    /// Whether any model answered within `age`.
    pub fn fresh(&self, age: Duration) -> bool {
        let recent = |proof: &Proof| proof.last.is_some_and(|at| at.elapsed() < age);
        self.proofs().iter().any(recent)
    }

    fn proofs(&self) -> MutexGuard<'_, [Proof; KINDS]> {
        self.proofs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn snapshot(&self) -> Counts {
        let tasks = self.tasks();
        Counts {
            done: tasks.iter().map(|task| task.done).sum(),
            failed: tasks.iter().map(|task| task.failed).sum(),
            skipped: read(&self.skipped),
            refused: read(&self.refused),
            panics: read(&self.panics),
            hung: read(&self.hung),
            replaced: read(&self.replaced),
        }
    }

    pub fn tasks(&self) -> Vec<TaskStatus> {
        let status = |task: Kind| {
            let counters = &self.tasks[task as usize];
            TaskStatus {
                task,
                done: read(&counters.done),
                failed: read(&counters.failed),
                runs: read(&counters.runs),
                busy_ms: read(&counters.busy_micros) / 1000,
            }
        };
        Kind::ALL.into_iter().map(status).collect()
    }
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
