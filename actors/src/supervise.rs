//! Threads of our own for the actors, apart from those that serve HTTP.

use actix::{Actor, Addr, Arbiter, Context};

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
}

impl Arbiters {
    pub fn start() -> Self {
        Self {
            events: Arbiter::new(),
            sessions: Arbiter::new(),
            work: Arbiter::new(),
            feeds: Arbiter::new(),
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
        self.sessions.stop();
        self.events.stop();
        self.feeds.stop();
        self.work.stop();
    }
}
