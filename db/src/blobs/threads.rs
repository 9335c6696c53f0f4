//! Threads on which files are written and synced.

use std::path::Path;
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};

use crate::error::{DbError, Result};
use crate::limits::BLOB_THREADS;

/// A bounded number of threads for blocking work on files, apart from every
/// runtime that waits for them. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Threads(Arc<Held>);

/// Let go without waiting: the last handle may go where that is not allowed.
struct Held(Option<Runtime>);

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Threads {
    /// Starts them for what is below `dir`.
    pub(crate) fn start(name: &str, dir: &Path) -> Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(BLOB_THREADS)
            .thread_name(name)
            .build()
            .map_err(|source| DbError::Blob {
                path: dir.to_owned(),
                source,
            })?;
        Ok(Self(Arc::new(Held(Some(runtime)))))
    }

    /// Runs on one of them, to its end even if the caller leaves.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let runtime = self.0.0.as_ref().ok_or(DbError::Closed)?;
        runtime
            .spawn_blocking(work)
            .await
            .map_err(|_| DbError::Closed)?
    }
}
