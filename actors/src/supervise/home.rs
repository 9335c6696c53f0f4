//! Threads of our own for actors.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use actix::{Arbiter, ArbiterHandle};

/// A thread for one kind of work. Should it end, there is another one.
#[derive(Clone)]
pub(crate) struct Home(Arc<Inner>);

struct Inner {
    now: Mutex<ArbiterHandle>,
    stopped: AtomicBool,
}

impl Home {
    /// A new thread.
    pub fn new() -> Self {
        Self::at(Arbiter::new().handle())
    }

    /// The thread that asks, which has to be one of actix.
    #[cfg(test)]
    pub fn here() -> Self {
        Self::at(Arbiter::current())
    }

    fn at(handle: ArbiterHandle) -> Self {
        Self(Arc::new(Inner {
            now: Mutex::new(handle),
            stopped: AtomicBool::new(false),
        }))
    }

    /// Where to begin something now.
    pub fn handle(&self) -> ArbiterHandle {
        let mut now = self.0.now.lock().unwrap_or_else(PoisonError::into_inner);
        let alive = now.spawn_fn(|| ());
        if !alive && !self.is_stopped() {
            tracing::error!("a thread of actors ended and is made anew");
            *now = Arbiter::new().handle();
        }
        now.clone()
    }

    /// It is not to go on: the platform stops.
    pub fn is_stopped(&self) -> bool {
        self.0.stopped.load(Ordering::Acquire)
    }

    /// Nobody there is made anew from here on.
    pub fn end(&self) {
        self.0.stopped.store(true, Ordering::Release);
    }

    /// Ends the thread and all that lives there.
    pub fn stop(&self) {
        self.end();
        let now = self.0.now.lock().unwrap_or_else(PoisonError::into_inner);
        now.stop();
    }
}
