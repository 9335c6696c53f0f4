use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::inference::Lane;
use super::job::Job;
use super::status::LaneStatus;
use crate::MlError;

/// Texts that go through the network together; beyond that a batch gains
/// nothing and only makes the first asker wait.
const TEXT_BATCH: usize = 64;

/// A bounded queue per lane.
pub(super) struct Queue {
    capacity: usize,
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    interactive: VecDeque<Job>,
    backfill: VecDeque<Job>,
    closed: bool,
}

/// What a worker takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Diet {
    /// Everything, interactive first.
    All,
    /// Only interactive texts: a few milliseconds each, so that a search never
    /// waits behind pictures.
    Queries,
}

/// What a worker takes at once: one picture, or the texts that were waiting.
pub(super) struct Batch {
    pub jobs: Vec<Job>,
    /// Jobs dropped on the way because nobody waits for them.
    pub skipped: u64,
}

impl Queue {
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            state: Mutex::default(),
            arrived: Condvar::new(),
        }
    }

    /// # Errors
    /// `Busy` when the lane is full, `WorkerLost` when the pool is stopping.
    pub fn push(&self, lane: Lane, job: Job) -> Result<(), MlError> {
        let mut state = self.lock();
        if state.closed {
            return Err(MlError::WorkerLost("the pool is stopping".into()));
        }
        let jobs = state.lane(lane);
        if jobs.len() >= self.capacity {
            // the places of those who hung up are free
            jobs.retain(|job| !job.abandoned());
        }
        if jobs.len() >= self.capacity {
            return Err(MlError::Busy {
                lane: lane.as_str(),
            });
        }
        jobs.push_back(job);
        drop(state);
        // not every worker takes everything, so the right one must hear of it
        self.arrived.notify_all();
        Ok(())
    }

    /// Waits for work; `None` once the queue is closed.
    pub fn take(&self, diet: Diet) -> Option<Batch> {
        let mut state = self.lock();
        let mut skipped = 0;
        loop {
            if state.closed {
                return None;
            }
            for &lane in diet.lanes() {
                let jobs = state.lane(lane);
                let waiting = jobs.len();
                jobs.retain(|job| !job.abandoned());
                skipped += (waiting - jobs.len()) as u64;
                let first = jobs.iter().position(|job| diet.wants(job));
                if let Some(jobs) = first.and_then(|at| batch(jobs, at)) {
                    return Some(Batch { jobs, skipped });
                }
            }
            state = self
                .arrived
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Refuses new work, wakes every worker, and drops what waits: its askers
    /// learn that the pool is stopping.
    pub fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.interactive.clear();
        state.backfill.clear();
        drop(state);
        self.arrived.notify_all();
    }

    pub fn status(&self) -> Vec<LaneStatus> {
        let mut state = self.lock();
        Lane::ALL
            .into_iter()
            .map(|lane| LaneStatus {
                lane: lane.as_str(),
                queued: state.lane(lane).len(),
                capacity: self.capacity,
            })
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn lane(&mut self, lane: Lane) -> &mut VecDeque<Job> {
        match lane {
            Lane::Interactive => &mut self.interactive,
            Lane::Backfill => &mut self.backfill,
        }
    }
}

impl Diet {
    fn lanes(self) -> &'static [Lane] {
        match self {
            Diet::All => &Lane::ALL,
            Diet::Queries => &[Lane::Interactive],
        }
    }

    fn wants(self, job: &Job) -> bool {
        self == Diet::All || job.texts().is_some()
    }
}

/// The job at `at` and, if it is texts, those that stand right behind it, while
/// they fit one batch. Nothing is waited for.
fn batch(queue: &mut VecDeque<Job>, at: usize) -> Option<Vec<Job>> {
    let first = queue.remove(at)?;
    let texts = first.texts();
    let mut jobs = vec![first];
    if let Some(mut total) = texts {
        while let Some(texts) = queue.get(at).and_then(Job::texts) {
            total += texts;
            if total > TEXT_BATCH {
                break;
            }
            jobs.extend(queue.remove(at));
        }
    }
    Some(jobs)
}
