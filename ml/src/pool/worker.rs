use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::Shared;
use super::backend::Backend;
use super::job::Job;
use super::post::Post;
use super::queue::Diet;
use super::task::Task;
use crate::MlError;
use crate::pool::Answer;

/// A worker's thread: takes batches until the queue closes or the crew has
/// given it up.
pub(super) fn run(shared: &Shared, post: &Post, diet: Diet) {
    let mut worker = Worker {
        backend: (shared.factory)(),
        shared,
    };
    while let Some(batch) = shared.queue.take(diet) {
        let skipped = &shared.counters.skipped;
        skipped.fetch_add(batch.skipped, Ordering::Relaxed);
        if worker.work(post, batch.jobs).is_none() {
            tracing::warn!("inference worker that had been given up came back");
            shared.hanging.fetch_sub(1, Ordering::Relaxed);
            return;
        }
    }
}

struct Worker<'a> {
    backend: Box<dyn Backend>,
    shared: &'a Shared,
}

impl Worker<'_> {
    /// None when the crew has taken the jobs away.
    fn work(&mut self, post: &Post, jobs: Vec<Job>) -> Option<()> {
        let tasks: Vec<Task> = jobs.iter().map(|job| job.task.clone()).collect();
        post.begin(jobs);
        let answers = self.run(tasks);
        let jobs = post.end()?;
        match answers {
            Ok(answers) => {
                for (job, answer) in jobs.into_iter().zip(answers) {
                    self.shared.answer(job, Ok(answer));
                }
            }
            Err(error) => match <[Job; 1]>::try_from(jobs) {
                Ok([job]) => self.shared.answer(job, Err(error)),
                // one of them is at fault: find out which
                Err(jobs) => self.shared.queue.give_back(jobs),
            },
        }
        Some(())
    }

    /// One answer per task; several tasks are texts of one kind.
    fn run(&mut self, mut tasks: Vec<Task>) -> Result<Vec<Answer>, MlError> {
        if tasks.len() == 1 {
            return Ok(vec![self.guarded(&tasks.remove(0))?]);
        }
        let batch = Task::merge(&tasks).ok_or(MlError::WrongAnswer("batch"))?;
        let counts: Vec<usize> = tasks
            .iter()
            .map(|t| t.texts().map_or(0, <[_]>::len))
            .collect();
        let kind = batch.kind().as_str();
        let answer = self.guarded(&batch)?;
        answer.split(&counts).ok_or(MlError::WrongAnswer(kind))
    }

    /// Calls the backend; a panic becomes an error and a new backend.
    fn guarded(&mut self, task: &Task) -> Result<Answer, MlError> {
        let (backend, counters) = (self.backend.as_mut(), &self.shared.counters);
        let started = Instant::now();
        // a backend that panicked is thrown away, so nothing broken is seen again
        let outcome = catch_unwind(AssertUnwindSafe(|| backend.run(task)));
        counters.ran(task.kind(), started.elapsed());
        match outcome {
            Ok(answer) => answer,
            Err(panic) => {
                let message = panic_message(panic.as_ref());
                tracing::error!(panic = message, "inference worker panicked");
                counters.panics.fetch_add(1, Ordering::Relaxed);
                self.backend = (self.shared.factory)();
                counters.replaced.fetch_add(1, Ordering::Relaxed);
                Err(MlError::WorkerLost(message.to_owned()))
            }
        }
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a message")
}
