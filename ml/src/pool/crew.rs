use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::job::Job;
use super::post::Post;
use super::queue::Diet;
use super::{Shared, worker};
use crate::MlError;

/// Threads that may hang at once before lost ones are replaced no more: each
/// keeps its stack, its scratch and the model that it uses.
pub(super) const MOST_HANGING: usize = 4;
/// How often the crew looks while it waits for the last workers to end.
const CLOSING_TICK: Duration = Duration::from_millis(5);

/// The workers' threads, watched by one thread of its own: a worker that
/// overruns its deadline is given up and replaced, one that died is replaced.
pub(super) struct Crew {
    shared: Arc<Shared>,
    members: Vec<Member>,
}

struct Member {
    name: String,
    diet: Diet,
    post: Arc<Post>,
    /// None while it waits for its replacement.
    thread: Option<JoinHandle<()>>,
}

impl Crew {
    pub fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            members: Vec::new(),
        }
    }

    /// Hires one more worker.
    ///
    /// # Errors
    /// `WorkerLost` when the system gives no thread.
    pub fn hire(&mut self, name: String, diet: Diet) -> Result<(), MlError> {
        let post = Arc::<Post>::default();
        let thread = Some(self.start(&name, diet, &post)?);
        self.members.push(Member {
            name,
            diet,
            post,
            thread,
        });
        self.count();
        Ok(())
    }

    /// Watches until the queue is closed (`closing` disconnects) and the last
    /// worker has finished the work in hand or was given up.
    pub fn watch(mut self, closing: &Receiver<()>, each_tick: &dyn Fn()) {
        while let Err(RecvTimeoutError::Timeout) = closing.recv_timeout(self.shared.rules.tick) {
            self.give_up_overdue();
            self.replace();
            each_tick();
        }
        while self.members.iter().any(Member::works) {
            std::thread::sleep(CLOSING_TICK);
            self.give_up_overdue();
        }
    }

    fn give_up_overdue(&mut self) {
        let shared = &self.shared;
        for member in &mut self.members {
            if let Some(jobs) = member.post.relieve(shared.rules.deadline) {
                tracing::error!(
                    worker = member.name,
                    task = jobs.first().map(|job| job.task.kind().as_str()),
                    "inference worker hangs and is given up"
                );
                // the thread goes on by itself; nobody waits for it
                member.thread = None;
                shared.counters.hung.fetch_add(1, Ordering::Relaxed);
                shared.hanging.fetch_add(1, Ordering::Relaxed);
                settle(shared, jobs);
            } else if member.thread.as_ref().is_some_and(JoinHandle::is_finished) {
                // it panicked outside a job: the backend could not be made
                member.thread = None;
                for job in member.post.end().unwrap_or_default() {
                    let lost = MlError::WorkerLost("the worker ended".into());
                    shared.answer(job, Err(lost));
                }
            }
        }
    }

    fn replace(&mut self) {
        for at in 0..self.members.len() {
            if self.members[at].thread.is_some()
                || self.shared.hanging.load(Ordering::Relaxed) > MOST_HANGING
            {
                continue;
            }
            let post = Arc::<Post>::default();
            let (name, diet) = (self.members[at].name.clone(), self.members[at].diet);
            match self.start(&name, diet, &post) {
                Ok(thread) => {
                    let counters = &self.shared.counters;
                    counters.replaced.fetch_add(1, Ordering::Relaxed);
                    self.members[at].post = post;
                    self.members[at].thread = Some(thread);
                }
                Err(error) => tracing::error!(%error, "inference worker not replaced"),
            }
        }
        self.count();
    }

    fn start(&self, name: &str, diet: Diet, post: &Arc<Post>) -> Result<JoinHandle<()>, MlError> {
        let (shared, post) = (self.shared.clone(), post.clone());
        std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || worker::run(&shared, &post, diet))
            .map_err(|error| MlError::WorkerLost(error.to_string()))
    }

    /// Tells how many work, and the queue whether anybody takes everything.
    fn count(&self) {
        let working = self.members.iter().filter(|member| member.works());
        self.shared
            .workers
            .store(working.count(), Ordering::Relaxed);
        let staffed = self
            .members
            .iter()
            .any(|member| member.diet == Diet::All && member.works());
        self.shared.queue.staff(staffed);
    }
}

impl Member {
    fn works(&self) -> bool {
        self.thread.as_ref().is_some_and(|t| !t.is_finished())
    }
}

/// A job that hung alone is at fault; those of a batch are tried one by one.
fn settle(shared: &Shared, jobs: Vec<Job>) {
    match <[Job; 1]>::try_from(jobs) {
        Ok([job]) => {
            let kind = job.task.kind();
            let hung = MlError::Hung {
                task: kind.as_str(),
                seconds: (shared.rules.deadline)(kind).as_secs(),
            };
            shared.answer(job, Err(hung));
        }
        Err(jobs) => shared.queue.give_back(jobs),
    }
}
