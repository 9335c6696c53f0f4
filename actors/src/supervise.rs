//! Threads of our own for the actors, apart from those that serve HTTP.

use std::time::Duration;

use actix::{Actor, Addr, Arbiter, Context};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::PlatformError;

/// Pauses before something that panicked is begun anew, the longest for good.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(30),
];

/// One thread for each kind of work, so that none starves another: a panic in
/// one handler ends only its own thread, and health tells.
pub struct Arbiters {
    /// Relay, hub and topics.
    pub events: Arbiter,
    /// WebSocket sessions.
    pub sessions: Arbiter,
    /// Pipeline and derived indexes.
    pub work: Arbiter,
    /// Home feeds: rankings take a while.
    pub feeds: Arbiter,
    /// Devices' connections.
    pub devices: Arbiter,
}

impl Arbiters {
    pub fn start() -> Self {
        Self {
            events: Arbiter::new(),
            sessions: Arbiter::new(),
            work: Arbiter::new(),
            feeds: Arbiter::new(),
            devices: Arbiter::new(),
        }
    }

    /// Makes an actor on one of them.
    pub fn run<A>(
        &self,
        home: &Arbiter,
        make: impl FnOnce(&mut Context<A>) -> A + Send + 'static,
    ) -> Addr<A>
    where
        A: Actor<Context = Context<A>>,
    {
        A::start_in_arbiter(&home.handle(), make)
    }

    /// Upstream first.
    pub fn stop(&self) {
        self.devices.stop();
        self.sessions.stop();
        self.events.stop();
        self.feeds.stop();
        self.work.stop();
    }
}

/// Runs something on an arbiter's thread and waits for what comes of it.
///
/// # Errors
/// The arbiter has stopped.
pub async fn on<T: Send + 'static>(
    home: &Arbiter,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, PlatformError> {
    let (done, result) = oneshot::channel();
    home.spawn(async move {
        // nobody waits any more: nobody misses it
        let _ = done.send(work.await);
    });
    result.await.map_err(|_| PlatformError::Gone("an arbiter"))
}

/// Keeps a task running: one that panics is made anew, after a pause that grows
/// while it goes on. Ends when the task does, or when it is aborted.
pub fn keep<F, W>(what: &'static str, make: F) -> JoinHandle<()>
where
    F: Fn() -> W + Send + 'static,
    W: Future<Output = ()> + Send + 'static,
{
    keep_with(what, &PAUSES, make)
}

fn keep_with<F, W>(what: &'static str, pauses: &'static [Duration], make: F) -> JoinHandle<()>
where
    F: Fn() -> W + Send + 'static,
    W: Future<Output = ()> + Send + 'static,
{
    tokio::spawn(async move {
        for attempt in 0.. {
            // aborted with this task, as dropping the set does
            let mut task = tokio::task::JoinSet::new();
            task.spawn(make());
            match task.join_next().await {
                Some(Err(error)) if error.is_panic() => {
                    metrics::counter!("asterism_restarts_total", "what" => what).increment(1);
                    tracing::error!(what, attempt, "panicked and is begun anew");
                }
                _ => return,
            }
            let pause = pauses.get(attempt).or(pauses.last());
            tokio::time::sleep(*pause.expect("there are pauses")).await;
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn what_panics_is_begun_anew() {
        let runs = Arc::new(AtomicUsize::new(0));
        let task = super::keep_with("a test", &[super::Duration::ZERO], {
            let runs = runs.clone();
            move || {
                let run = runs.fetch_add(1, Ordering::SeqCst);
                async move { assert!(run >= 3, "not yet") }
            }
        });
        task.await.expect("it ends with the task");
        assert_eq!(runs.load(Ordering::SeqCst), 4);
    }
}
