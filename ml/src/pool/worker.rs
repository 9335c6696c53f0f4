use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use super::backend::Backend;
use super::job::{Job, Reply, Work};
use super::queue::{Diet, Queue};
use super::status::{Counters, Kind};
use crate::MlError;

/// A worker's thread: takes batches until the queue closes.
pub(super) fn run(
    queue: &Queue,
    diet: Diet,
    counters: &Counters,
    factory: &dyn Fn() -> Box<dyn Backend>,
) {
    let mut worker = Worker {
        backend: factory(),
        factory,
        counters,
    };
    while let Some(batch) = queue.take(diet) {
        counters.skipped.fetch_add(batch.skipped, Ordering::Relaxed);
        worker.work(batch.jobs);
    }
}

struct Worker<'a> {
    backend: Box<dyn Backend>,
    factory: &'a dyn Fn() -> Box<dyn Backend>,
    counters: &'a Counters,
}

impl Worker<'_> {
    fn work(&mut self, mut jobs: Vec<Job>) {
        if jobs.len() > 1 {
            jobs = match self.texts_together(jobs) {
                Ok(()) => return,
                // one of them is at fault: find out which
                Err(jobs) => jobs,
            };
        }
        for job in jobs {
            match job.work {
                Work::Embed(picture, reply) => {
                    let answer = self.guarded(|backend| backend.embed_image(&picture));
                    self.answer(Kind::Embed, reply, answer);
                }
                Work::Classify(picture, reply) => {
                    let answer = self.guarded(|backend| backend.classify(&picture));
                    self.answer(Kind::Classify, reply, answer);
                }
                Work::Texts(texts, reply) => {
                    let answer = self.guarded(|backend| backend.embed_texts(&texts));
                    self.answer(Kind::Texts, reply, answer);
                }
            }
        }
    }

    /// Runs the texts of several jobs as one batch; gives the jobs back when
    /// that fails.
    fn texts_together(&mut self, jobs: Vec<Job>) -> Result<(), Vec<Job>> {
        let mut all = Vec::new();
        for job in &jobs {
            match &job.work {
                Work::Texts(texts, _) => all.extend_from_slice(texts),
                Work::Embed(..) | Work::Classify(..) => return Err(jobs),
            }
        }
        let Ok(vectors) = self.guarded(|backend| backend.embed_texts(&all)) else {
            return Err(jobs);
        };
        let mut vectors = vectors.into_iter();
        for job in jobs {
            if let Work::Texts(texts, reply) = job.work {
                let own = vectors.by_ref().take(texts.len()).collect();
                self.answer(Kind::Texts, reply, Ok(own));
            }
        }
        Ok(())
    }

    /// Calls the backend; a panic becomes an error and a new backend.
    fn guarded<T>(
        &mut self,
        call: impl FnOnce(&mut dyn Backend) -> Result<T, MlError>,
    ) -> Result<T, MlError> {
        let backend = self.backend.as_mut();
        // a backend that panicked is thrown away, so nothing broken is seen again
        match catch_unwind(AssertUnwindSafe(|| call(backend))) {
            Ok(answer) => answer,
            Err(panic) => {
                let message = panic_message(panic.as_ref());
                tracing::error!(panic = message, "inference worker panicked");
                self.counters.panics.fetch_add(1, Ordering::Relaxed);
                self.backend = (self.factory)();
                Err(MlError::WorkerLost(message.to_owned()))
            }
        }
    }

    fn answer<T>(&self, kind: Kind, reply: Reply<T>, answer: Result<T, MlError>) {
        match &answer {
            Ok(_) => self.counters.succeeded(kind),
            Err(_) => drop(self.counters.failed.fetch_add(1, Ordering::Relaxed)),
        }
        // the asker may have hung up meanwhile
        let _ = reply.send(answer);
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a message")
}
