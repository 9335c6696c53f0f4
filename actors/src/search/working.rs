//! Threads for what takes some milliseconds of arithmetic.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::PlatformError;

/// Runs searches beside the threads that answer requests, as many at once as
/// there are cores: more would only make each other wait.
#[derive(Clone)]
pub struct Working(Arc<Semaphore>);

impl Working {
    /// # Errors
    /// What the work says.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PlatformError> + Send + 'static,
    ) -> Result<T, PlatformError> {
        let gone = || PlatformError::Gone("the search");
        let permit = self.0.clone().acquire_owned();
        let permit = permit.await.map_err(|_| gone())?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        });
        done.await.map_err(|_| gone())?
    }
}

impl Default for Working {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self(Arc::new(Semaphore::new(cores)))
    }
}
