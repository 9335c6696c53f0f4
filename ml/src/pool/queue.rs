use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::inference::Lane;
use super::job::Job;
use super::status::LaneStatus;
use crate::MlError;

/// Tokens that go through a text network together; beyond that a batch gains
/// nothing and only makes the first asker wait.
const BATCH_TOKENS: usize = 1024;

/// A bounded queue per lane.
pub(super) struct Queue {
    capacity: usize,
    /// How long backfill texts wait for others to share a batch with; nobody
    /// waits for those. Pictures gain nothing from a batch on one core.
    delay: Duration,
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    interactive: VecDeque<Job>,
    backfill: VecDeque<Job>,
    closed: bool,
    /// No worker is left that takes everything.
    deserted: bool,
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
    pub fn new(capacity: usize, delay: Duration) -> Self {
        Self {
            capacity,
            delay,
            state: Mutex::default(),
            arrived: Condvar::new(),
        }
    }

    /// # Errors
    /// `Busy` when the lane is full, `Unavailable` when the pool is stopping or
    /// has lost its workers.
    pub fn push(&self, job: Job) -> Result<(), MlError> {
        let mut state = self.lock();
        if state.closed {
            return Err(MlError::Unavailable("it is stopping".into()));
        }
        if state.deserted {
            return Err(MlError::Unavailable("every worker hangs".into()));
        }
        let lane = job.lane;
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

    /// Puts jobs back in front, each to be run alone.
    pub fn give_back(&self, jobs: Vec<Job>) {
        let mut state = self.lock();
        if !state.closed {
            for mut job in jobs.into_iter().rev() {
                job.alone = true;
                state.lane(job.lane).push_front(job);
            }
        }
        drop(state);
        self.arrived.notify_all();
    }

    /// Waits for work; `None` once the queue is closed.
    pub fn take(&self, diet: Diet) -> Option<Batch> {
        let mut state = self.lock();
        let mut skipped = 0;
        loop {
            if state.closed {
                return None;
            }
            let mut ripe_in = None;
            for &lane in diet.lanes() {
                let jobs = state.lane(lane);
                let waiting = jobs.len();
                jobs.retain(|job| !job.abandoned());
                skipped += (waiting - jobs.len()) as u64;
                match self.pick(jobs, lane, diet) {
                    Pick::Jobs(jobs) => return Some(Batch { jobs, skipped }),
                    Pick::Later(wait) => ripe_in = Some(wait),
                    Pick::Nothing => {}
                }
            }
            state = match ripe_in {
                None => self
                    .arrived
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(wait) => {
                    let woken = self.arrived.wait_timeout(state, wait);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// The first job that may go now, and the texts that may go with it.
    fn pick(&self, jobs: &mut VecDeque<Job>, lane: Lane, diet: Diet) -> Pick {
        let mut later = None;
        for at in 0..jobs.len() {
            if !diet.wants(&jobs[at]) {
                continue;
            }
            let companions = companions(jobs, at);
            let wait = self.unripe(&jobs[at], lane, &companions);
            match wait {
                None => {
                    let taken = companions.all.iter().rev().filter_map(|&i| jobs.remove(i));
                    let mut taken: Vec<Job> = taken.collect();
                    taken.reverse();
                    return Pick::Jobs(taken);
                }
                Some(wait) => later = later.or(Some(wait)),
            }
        }
        later.map_or(Pick::Nothing, Pick::Later)
    }

    /// How long the batch that starts with `first` should still wait.
    fn unripe(&self, first: &Job, lane: Lane, companions: &Companions) -> Option<Duration> {
        if lane == Lane::Interactive || first.cost().is_none() || companions.full {
            return None;
        }
        let ripe = first.arrived + self.delay;
        let left = ripe.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
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

    /// Whether anybody is left who takes everything; what waits is dropped
    /// otherwise, so that its askers can wait elsewhere.
    pub fn staff(&self, staffed: bool) {
        let mut state = self.lock();
        state.deserted = !staffed;
        if !staffed {
            state.interactive.clear();
            state.backfill.clear();
        }
    }

    pub fn status(&self) -> Vec<LaneStatus> {
        let mut state = self.lock();
        Lane::ALL
            .into_iter()
            .map(|lane| LaneStatus {
                lane,
                queued: state.lane(lane).len(),
                capacity: self.capacity,
            })
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Pick {
    Jobs(Vec<Job>),
    /// There is something that may still grow.
    Later(Duration),
    Nothing,
}

/// Where the jobs of one batch stand, in order.
struct Companions {
    all: Vec<usize>,
    /// There is no room for another.
    full: bool,
}

/// The job at `at` and, if it is texts, those of its kind behind it, as many as
/// fit one batch.
fn companions(jobs: &VecDeque<Job>, at: usize) -> Companions {
    let first = &jobs[at];
    let mut all = vec![at];
    let Some(mut total) = first.cost() else {
        return Companions { all, full: true };
    };
    let mut full = total >= BATCH_TOKENS;
    for (behind, job) in jobs.iter().enumerate().skip(at + 1) {
        let Some(cost) = job.cost().filter(|_| job.task.kind() == first.task.kind()) else {
            continue;
        };
        if total + cost > BATCH_TOKENS {
            full = true;
            break;
        }
        total += cost;
        all.push(behind);
    }
    Companions { all, full }
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
        self == Diet::All || job.task.texts().is_some()
    }
}
