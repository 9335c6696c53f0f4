//! Inference on a model server elsewhere; see `serve`.

mod client;

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};

use crate::MlError;
use crate::pool::{Answer, BoxFuture, Inference, Lane, PoolStatus, Task};
use client::Client;

/// Where the model server is.
#[derive(Debug, Clone)]
pub struct RemoteConfig {
    /// For instance `http://models:8090`.
    pub url: String,
    /// What it wants to be shown.
    pub token: Option<String>,
}

/// A status younger than this is not asked for again.
const STATUS_AGE: Duration = Duration::from_secs(2);

/// Models behind HTTP. Requests run on a thread of their own, whoever asks; a
/// future that is dropped ends its request, and with it the work over there.
pub struct RemoteInference {
    client: Arc<Client>,
    status: Arc<Mutex<Known>>,
    /// Only an Option so that it can be shut down without waiting.
    runtime: Option<Runtime>,
}

/// What was last heard of the server.
struct Known {
    status: PoolStatus,
    asked: Option<Instant>,
}

impl RemoteInference {
    /// Connects when there is something to ask.
    ///
    /// # Errors
    /// [`MlError::Remote`] when the address is none.
    pub fn new(config: RemoteConfig) -> Result<Self, MlError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("ml-remote")
            .enable_all()
            .build()
            .map_err(|error| MlError::Remote(error.to_string()))?;
        let client = Arc::new(Client::new(config)?);
        let status = PoolStatus {
            place: client.url().to_owned(),
            ..PoolStatus::default()
        };
        let remote = Self {
            client,
            status: Arc::new(Mutex::new(Known {
                status,
                asked: None,
            })),
            runtime: Some(runtime),
        };
        remote.refresh();
        Ok(remote)
    }

    /// Runs on our own thread; dropping the future ends it there.
    fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, MlError>> + Send + 'static,
    ) -> BoxFuture<Result<T, MlError>> {
        let Some(runtime) = &self.runtime else {
            return Box::pin(async { Err(MlError::Unavailable("it is stopping".into())) });
        };
        let mut task = AbortOnDrop(runtime.spawn(work));
        Box::pin(async move {
            let stopped = |_| Err(MlError::Unavailable("it is stopping".into()));
            (&mut task.0).await.unwrap_or_else(stopped)
        })
    }

    fn refresh(&self) {
        let Some(runtime) = &self.runtime else {
            return;
        };
        lock(&self.status).asked = Some(Instant::now());
        let (client, known) = (self.client.clone(), self.status.clone());
        runtime.spawn(async move {
            let heard = client.status().await;
            let mut known = lock(&known);
            match heard {
                Ok(status) => known.status = status,
                Err(_) => known.status.reachable = false,
            }
        });
    }
}

impl Inference for RemoteInference {
    fn ask(&self, lane: Lane, task: Task) -> BoxFuture<Result<Answer, MlError>> {
        let client = self.client.clone();
        self.run(async move { client.ask(lane, task).await })
    }

    /// What was last heard; asks again in the background when that is old.
    fn status(&self) -> PoolStatus {
        let stale = |at: Instant| at.elapsed() > STATUS_AGE;
        if lock(&self.status).asked.is_none_or(stale) {
            self.refresh();
        }
        lock(&self.status).status.clone()
    }

    fn ready(&self) -> BoxFuture<Result<(), MlError>> {
        let client = self.client.clone();
        self.run(async move { client.ready().await })
    }

    fn unload(&self, model: String) -> BoxFuture<Result<bool, MlError>> {
        let client = self.client.clone();
        self.run(async move { client.unload(&model).await })
    }
}

impl Drop for RemoteInference {
    fn drop(&mut self) {
        // an ordinary drop blocks, which an async caller must not
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn lock(known: &Mutex<Known>) -> MutexGuard<'_, Known> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}
