//! Inference on dedicated OS threads, with a bounded queue per lane.
//!
//! Interactive work goes ahead of backfill. A full queue says
//! [`MlError::Busy`](crate::MlError::Busy) at once, so that jobs wait in the
//! database and not here. Work whose asker has hung up is skipped. A panic
//! costs the input that caused it, never the pool.

mod backend;
mod inference;
mod job;
mod queue;
mod status;
mod worker;

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

pub use backend::{Backend, EngineBackend};
pub use inference::{BoxFuture, Classification, ImageEmbedding, Inference, Lane};
pub use status::{Counts, LaneStatus, PoolStatus};

use crate::MlError;
use crate::engine::{Engine, EngineConfig};
use job::{Job, Work};
use queue::{Diet, Queue};
use status::{Counters, Kind};

/// How the pool is built.
#[derive(Debug, Clone)]
pub struct PoolConfig {
    /// OS threads; each runs one forward pass at a time on one core. One more
    /// thread takes interactive texts alone, so that a search never waits
    /// behind pictures.
    pub workers: usize,
    /// Jobs that may wait in each lane.
    pub queue: usize,
    /// Holds one folder per model id.
    pub models_dir: PathBuf,
    /// Bytes that models may take together.
    pub memory_budget: u64,
}

/// Jobs that wait in a lane by default: enough to keep workers busy between
/// two leases, few enough to lose nothing much at a stop.
pub const DEFAULT_QUEUE: usize = 32;
/// A success this recent proves that a model answers; probing a busy pool then
/// costs nothing.
const READY_FOR: Duration = Duration::from_secs(30);
/// All three bundled models and room for scratch.
pub const DEFAULT_MEMORY_BUDGET: u64 = 700 << 20;

impl PoolConfig {
    /// One worker per core but one, at least one.
    pub fn new(models_dir: PathBuf) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            workers: cores.saturating_sub(1).max(1),
            queue: DEFAULT_QUEUE,
            models_dir,
            memory_budget: DEFAULT_MEMORY_BUDGET,
        }
    }
}

/// Makes the backend of a worker, again after each panic.
pub type Factory = Arc<dyn Fn() -> Box<dyn Backend> + Send + Sync>;

/// The in-process pool. Dropping it finishes the work in hand, refuses the
/// rest and joins its threads.
pub struct Pool {
    engine: Option<Arc<Engine>>,
    queue: Arc<Queue>,
    counters: Arc<Counters>,
    workers: Vec<JoinHandle<()>>,
}

impl Pool {
    /// Starts the workers; models are loaded when they are first needed.
    ///
    /// # Errors
    /// [`MlError::WorkerLost`] when the system gives no thread.
    pub fn start(config: &PoolConfig) -> Result<Self, MlError> {
        let engine = Engine::new(EngineConfig {
            models_dir: config.models_dir.clone(),
            memory_budget: config.memory_budget,
        });
        let own = engine.clone();
        let factory = move || Box::new(EngineBackend::new(own.clone())) as Box<dyn Backend>;
        let factory: Factory = Arc::new(factory);
        let mut pool = Self::with_backend(config.workers, config.queue, factory.clone())?;
        pool.spawn("ml-queries", Diet::Queries, &factory)?;
        pool.engine = Some(engine);
        Ok(pool)
    }

    /// Starts workers over any backend; a worker that panicked goes on with a
    /// new one from `factory`.
    ///
    /// # Errors
    /// As [`Pool::start`].
    pub fn with_backend(workers: usize, queue: usize, factory: Factory) -> Result<Self, MlError> {
        let queue = Arc::new(Queue::new(queue.max(1)));
        let counters = Arc::new(Counters::default());
        let mut pool = Self {
            engine: None,
            queue,
            counters,
            workers: Vec::new(),
        };
        for at in 0..workers.max(1) {
            pool.spawn(&format!("ml-{at}"), Diet::All, &factory)?;
        }
        Ok(pool)
    }

    fn spawn(&mut self, name: &str, diet: Diet, factory: &Factory) -> Result<(), MlError> {
        let (queue, counters) = (self.queue.clone(), self.counters.clone());
        let factory = factory.clone();
        let worker = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || worker::run(&queue, diet, &counters, factory.as_ref()))
            .map_err(|error| MlError::WorkerLost(error.to_string()))?;
        self.workers.push(worker);
        Ok(())
    }

    /// The loader behind the workers; none over a backend of the caller's.
    pub fn engine(&self) -> Option<&Arc<Engine>> {
        self.engine.as_ref()
    }

    fn submit<T: Send + 'static>(
        &self,
        lane: Lane,
        work: impl FnOnce(job::Reply<T>) -> Work,
    ) -> BoxFuture<Result<T, MlError>> {
        let (reply, answer) = tokio::sync::oneshot::channel();
        let queued = self.queue.push(lane, Job { work: work(reply) });
        Box::pin(async move {
            queued?;
            answer
                .await
                .unwrap_or_else(|_| Err(MlError::WorkerLost("the pool is stopping".into())))
        })
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.queue.close();
        for worker in self.workers.drain(..) {
            // a worker that panicked outside a job has nothing left to clean up
            let _ = worker.join();
        }
    }
}

impl Inference for Pool {
    fn embed_image(
        &self,
        lane: Lane,
        picture: Arc<crate::Rgb8>,
    ) -> BoxFuture<Result<ImageEmbedding, MlError>> {
        self.submit(lane, |reply| Work::Embed(picture, reply))
    }

    fn classify(
        &self,
        lane: Lane,
        picture: Arc<crate::Rgb8>,
    ) -> BoxFuture<Result<Classification, MlError>> {
        self.submit(lane, |reply| Work::Classify(picture, reply))
    }

    fn embed_texts(
        &self,
        lane: Lane,
        texts: Vec<String>,
    ) -> BoxFuture<Result<Vec<Vec<f32>>, MlError>> {
        self.submit(lane, |reply| Work::Texts(texts, reply))
    }

    fn status(&self) -> PoolStatus {
        PoolStatus {
            workers: self.workers.len(),
            engine: self
                .engine
                .as_ref()
                .map(|engine| engine.status())
                .unwrap_or_default(),
            lanes: self.queue.status(),
            counts: self.counters.snapshot(),
        }
    }

    fn ready(&self) -> BoxFuture<Result<(), MlError>> {
        let stale = |kind| !self.counters.fresh(kind, READY_FOR);
        let lane = Lane::Interactive;
        let picture = Arc::new(inference::probe_picture());
        let embed = stale(Kind::Embed).then(|| self.embed_image(lane, picture.clone()));
        let classify = stale(Kind::Classify).then(|| self.classify(lane, picture));
        let texts = stale(Kind::Texts).then(|| self.embed_texts(lane, inference::probe_texts()));
        Box::pin(async move {
            let answers = [
                inference::settled(embed).await,
                inference::settled(classify).await,
                inference::settled(texts).await,
            ];
            answers.into_iter().collect()
        })
    }
}

#[cfg(test)]
mod tests;
