//! Inference on dedicated OS threads, with a bounded queue per lane.
//!
//! Interactive work goes ahead of backfill. A full queue says
//! [`MlError::Busy`](crate::MlError::Busy) at once, so that jobs wait in the
//! database and not here. Work whose asker has hung up is skipped. A panic or
//! a hang costs the input that caused it and one worker, which is replaced.

mod answer;
mod backend;
mod crew;
mod inference;
mod job;
mod post;
mod queue;
mod status;
mod task;
mod worker;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

pub use answer::{Answer, Classification, ImageEmbedding};
pub use backend::{Backend, EngineBackend, is_model_id};
pub use inference::{BoxFuture, Inference, Lane};
pub use status::{Counts, IN_PROCESS, LaneStatus, PoolStatus, TaskStatus};
pub use task::{Kind, Task};

use crate::engine::{Engine, EngineConfig, Loadable};
use crate::models::MiniLm;
use crate::{MlError, memory};
use crew::Crew;
use job::Job;
use queue::{Diet, Queue};
use status::Counters;

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
    /// Models that nobody used for so long are unloaded; none: never.
    pub idle_ttl: Option<Duration>,
    /// Ids of models that are never unloaded by themselves.
    pub pinned: Vec<String>,
}

/// What a pool holds its workers to.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// OS threads that take everything.
    pub workers: usize,
    /// Jobs that may wait in each lane.
    pub queue: usize,
    /// How long a worker may take over a task before it counts as hung.
    pub deadline: fn(Kind) -> Duration,
    /// How long backfill texts wait for others to share a batch with.
    pub batch_delay: Duration,
    /// How often the workers are looked at.
    pub tick: Duration,
}

/// Jobs that wait in a lane by default: enough to keep workers busy between
/// two leases, few enough to lose nothing much at a stop.
pub const DEFAULT_QUEUE: usize = 32;
/// A forward pass this recent proves that workers answer; probing a busy pool
/// then costs nothing.
const READY_FOR: Duration = Duration::from_secs(30);
/// Long enough that a library that grows now and then reloads nothing, short
/// enough that a quiet night gives the memory back.
pub const DEFAULT_IDLE_TTL: Duration = Duration::from_secs(15 * 60);
/// Nobody waits for backfill, and texts gain from company.
const BATCH_DELAY: Duration = Duration::from_millis(10);
/// Far below every deadline.
const TICK: Duration = Duration::from_millis(250);

impl PoolConfig {
    /// One worker per core but one, at least one; a budget that fits the memory
    /// that the system grants; the text model pinned, since somebody always
    /// waits for it.
    pub fn new(models_dir: PathBuf) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            workers: cores.saturating_sub(1).max(1),
            queue: DEFAULT_QUEUE,
            memory_budget: memory::default_budget(&models_dir),
            models_dir,
            idle_ttl: Some(DEFAULT_IDLE_TTL),
            pinned: vec![MiniLm::ID.to_owned()],
        }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            workers: 1,
            queue: DEFAULT_QUEUE,
            deadline: Kind::deadline,
            batch_delay: BATCH_DELAY,
            tick: TICK,
        }
    }
}

/// Makes the backend of a worker, again after each panic and each hang.
pub type Factory = Arc<dyn Fn() -> Box<dyn Backend> + Send + Sync>;

/// The in-process pool. Dropping it finishes the work in hand, refuses the
/// rest and joins its threads, all but those that hang.
pub struct Pool {
    engine: Option<Arc<Engine>>,
    shared: Arc<Shared>,
    /// Dropped to tell the crew that the pool closes.
    closing: Option<mpsc::Sender<()>>,
    crew: Option<JoinHandle<()>>,
}

/// What the pool, its crew and its workers share.
struct Shared {
    queue: Queue,
    counters: Counters,
    factory: Factory,
    rules: Rules,
    /// Threads that work or wait for work.
    workers: AtomicUsize,
    /// Threads that were given up and have not come back.
    hanging: AtomicUsize,
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
            pinned: memory::fitting_pins(&config.pinned, &config.models_dir, config.memory_budget),
            ..EngineConfig::default()
        });
        let rules = Rules {
            workers: config.workers,
            queue: config.queue,
            ..Rules::default()
        };
        let own = engine.clone();
        let factory = move || {
            let backend = EngineBackend::new(own.clone());
            Box::new(backend) as Box<dyn Backend>
        };
        let (own, ttl) = (engine.clone(), config.idle_ttl);
        let tidy = move || {
            if let Some(ttl) = ttl {
                own.unload_unused(ttl);
            }
        };
        let mut pool = Self::staffed(rules, Arc::new(factory), true, Box::new(tidy))?;
        pool.engine = Some(engine);
        Ok(pool)
    }

    /// Starts workers over any backend; a worker that is lost is replaced with
    /// a new backend from `factory`.
    ///
    /// # Errors
    /// As [`Pool::start`].
    pub fn with_backend(rules: Rules, factory: Factory) -> Result<Self, MlError> {
        Self::staffed(rules, factory, false, Box::new(|| {}))
    }

    fn staffed(
        rules: Rules,
        factory: Factory,
        queries: bool,
        each_tick: Box<dyn Fn() + Send>,
    ) -> Result<Self, MlError> {
        let shared = Arc::new(Shared {
            queue: Queue::new(rules.queue.max(1), rules.batch_delay),
            counters: Counters::default(),
            factory,
            rules,
            workers: AtomicUsize::default(),
            hanging: AtomicUsize::default(),
        });
        let (closing, closed) = mpsc::channel();
        let mut pool = Self {
            engine: None,
            shared: shared.clone(),
            closing: Some(closing),
            crew: None,
        };
        let mut crew = Crew::new(shared);
        for at in 0..rules.workers.max(1) {
            crew.hire(format!("ml-{at}"), Diet::All)?;
        }
        if queries {
            crew.hire("ml-queries".to_owned(), Diet::Queries)?;
        }
        let watch = std::thread::Builder::new().name("ml-crew".to_owned());
        let watch = watch.spawn(move || crew.watch(&closed, &each_tick));
        pool.crew = Some(watch.map_err(|error| MlError::WorkerLost(error.to_string()))?);
        Ok(pool)
    }

    /// The loader behind the workers; none over a backend of the caller's.
    pub fn engine(&self) -> Option<&Arc<Engine>> {
        self.engine.as_ref()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.queue.close();
        self.closing = None;
        if let Some(crew) = self.crew.take() {
            // a crew that panicked has nobody left to wait for
            let _ = crew.join();
        }
    }
}

impl Inference for Pool {
    fn ask(&self, lane: Lane, task: Task) -> BoxFuture<Result<Answer, MlError>> {
        self.shared.ask(lane, task)
    }

    fn status(&self) -> PoolStatus {
        let engine = self.engine.as_ref();
        PoolStatus {
            place: IN_PROCESS.to_owned(),
            reachable: true,
            process_rss: memory::resident().unwrap_or(0),
            workers: self.shared.workers.load(Ordering::Relaxed),
            hanging: self.shared.hanging.load(Ordering::Relaxed),
            engine: engine.map(|engine| engine.status()).unwrap_or_default(),
            lanes: self.shared.queue.status(),
            counts: self.shared.counters.snapshot(),
            tasks: self.shared.counters.tasks(),
        }
    }

    fn ready(&self) -> BoxFuture<Result<(), MlError>> {
        let shared = self.shared.clone();
        Box::pin(async move { shared.ready().await })
    }

    fn unload(&self, model: String) -> BoxFuture<Result<bool, MlError>> {
        let engine = self.engine.clone();
        Box::pin(async move { Ok(engine.is_some_and(|engine| engine.unload_model(&model))) })
    }
}

impl Shared {
    fn ask(&self, lane: Lane, task: Task) -> BoxFuture<Result<Answer, MlError>> {
        let (reply, answer) = tokio::sync::oneshot::channel();
        let queued = self.queue.push(Job::new(lane, task, reply));
        if matches!(queued, Err(MlError::Busy { .. })) {
            self.counters.refused.fetch_add(1, Ordering::Relaxed);
        }
        Box::pin(async move {
            queued?;
            let stopping = MlError::Unavailable("it is stopping".into());
            answer.await.unwrap_or(Err(stopping))
        })
    }

    fn answer(&self, job: Job, answer: Result<Answer, MlError>) {
        self.counters.answered(job.task.kind(), &answer);
        job.answer(answer);
    }

    /// Asks each model that has not answered yet, or not when last asked. Those
    /// that have are not asked again, so that being watched keeps no model in
    /// memory; but some forward pass must be recent.
    async fn ready(&self) -> Result<(), MlError> {
        let mut missing = None;
        for kind in Kind::ALL {
            if self.counters.sound(kind) {
                continue;
            }
            match self.ask(Lane::Interactive, Task::probe(kind)).await {
                Ok(_) => {}
                Err(error @ MlError::ModelMissing { .. }) => missing = Some(error),
                Err(error) => return Err(error),
            }
        }
        if self.counters.fresh(READY_FOR) {
            return Ok(());
        }
        let sound = Kind::ALL
            .into_iter()
            .rev()
            .find(|&kind| self.counters.sound(kind));
        match (sound, missing) {
            (Some(kind), _) => self
                .ask(Lane::Interactive, Task::probe(kind))
                .await
                .map(drop),
            (None, Some(missing)) => Err(missing),
            (None, None) => Err(MlError::Unavailable("no model has answered".into())),
        }
    }
}

#[cfg(test)]
mod tests;
