//! What keeps the actors going: threads of our own for them, apart from those
//! that serve HTTP, factories that make anew what panicked, and the roster of
//! who lives.

mod factory;
mod home;
mod kinds;
mod restarts;
mod roster;
#[cfg(test)]
mod tests;

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::{PlatformError, time};
use factory::PAUSES;

pub(crate) use factory::{Port, Supervised};
pub(crate) use home::Home;
pub(crate) use kinds::Kind;
pub(crate) use restarts::Restarts;
pub(crate) use roster::{enter, keep_looking, look};

/// One thread for each kind of work, so that none starves another.
pub struct Arbiters {
    /// Relay, hub and topics.
    pub events: Home,
    /// WebSocket sessions.
    pub sessions: Home,
    /// Pipeline and derived indexes.
    pub work: Home,
    /// Home feeds: rankings take a while.
    pub feeds: Home,
    /// Devices' connections.
    pub devices: Home,
}

impl Arbiters {
    pub fn start() -> Self {
        Self {
            events: Home::new(),
            sessions: Home::new(),
            work: Home::new(),
            feeds: Home::new(),
            devices: Home::new(),
        }
    }

    /// Nobody is made anew from here on.
    pub fn end(&self) {
        let homes = [&self.events, &self.sessions, &self.work, &self.feeds];
        homes.into_iter().for_each(Home::end);
        self.devices.end();
    }

    /// Downstream first: whoever is still told something has somebody behind
    /// who takes it.
    pub fn stop(&self) {
        self.sessions.stop();
        self.feeds.stop();
        self.devices.stop();
        self.events.stop();
        self.work.stop();
    }
}

/// Runs something on an arbiter's thread and waits for what comes of it.
///
/// # Errors
/// The arbiter has stopped.
pub async fn on<T: Send + 'static>(
    home: &Home,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, PlatformError> {
    let (done, result) = oneshot::channel();
    home.handle().spawn(async move {
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
            time::sleep(*pause.expect("there are pauses")).await;
        }
    })
}
