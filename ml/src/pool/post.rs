use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Kind;
use super::job::Job;

/// What one worker has in hand. Shared with the crew, which takes the work
/// away from a worker that hangs; whoever takes the jobs answers them.
#[derive(Default)]
pub(super) struct Post(Mutex<Hand>);

#[derive(Default)]
enum Hand {
    #[default]
    Idle,
    Busy {
        jobs: Vec<Job>,
        since: Instant,
    },
    /// The worker was given up; it must touch nothing more.
    Relieved,
}

impl Post {
    pub fn begin(&self, jobs: Vec<Job>) {
        let since = Instant::now();
        *self.lock() = Hand::Busy { jobs, since };
    }

    /// The jobs that were in hand; none when the worker was given up meanwhile.
    pub fn end(&self) -> Option<Vec<Job>> {
        let mut hand = self.lock();
        match std::mem::take(&mut *hand) {
            Hand::Busy { jobs, .. } => Some(jobs),
            Hand::Idle => Some(Vec::new()),
            Hand::Relieved => {
                *hand = Hand::Relieved;
                None
            }
        }
    }

    /// Gives the worker up if it is over its deadline, and takes its jobs.
    pub fn relieve(&self, deadline: fn(Kind) -> Duration) -> Option<Vec<Job>> {
        let mut hand = self.lock();
        let overdue = match &*hand {
            Hand::Busy { jobs, since } => jobs
                .first()
                .is_some_and(|job| since.elapsed() > deadline(job.task.kind())),
            Hand::Idle | Hand::Relieved => false,
        };
        if !overdue {
            return None;
        }
        match std::mem::replace(&mut *hand, Hand::Relieved) {
            Hand::Busy { jobs, .. } => Some(jobs),
            Hand::Idle | Hand::Relieved => None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Hand> {
        // every change is one assignment
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
