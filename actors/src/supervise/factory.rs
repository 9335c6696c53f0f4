//! Actors that are made by a factory, and made anew when they end: whatever
//! panics in one of them takes down that one alone, and not for long.
//!
//! A panic ends the actor whose handler it was; its thread goes on, and so do
//! the others on it. Who holds a [`Supervised`] or a [`Port`] always speaks to
//! the actor that there is now. What was in the mailbox is lost: those who wait
//! for an answer get an error.

use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;

use actix::fut::wrap_future;
use actix::prelude::Request;
use actix::{Addr, AsyncContext, Context, Handler, MailboxError, Message, Recipient};
use tokio::sync::oneshot;

use super::home::Home;
use super::kinds::Kind;
use super::restarts::Restarts;
use super::roster;
use crate::time;

/// Pauses before something that panicked is begun anew, the longest for good.
pub(super) const PAUSES: [Duration; 4] = [
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(30),
];
/// What went well for so long begins with the shortest pause again.
const STEADY: Duration = Duration::from_secs(120);

type Make<A> = dyn Fn(&mut Context<A>) -> A + Send + Sync;

/// An actor that there always is one of. Cheap to clone.
pub(crate) struct Supervised<A: Kind>(Arc<Shared<A>>);

struct Shared<A: Kind> {
    now: RwLock<Addr<A>>,
    restarts: Restarts,
}

impl<A: Kind> Drop for Shared<A> {
    /// Nobody speaks to it any more: it may end.
    fn drop(&mut self) {
        self.restarts.end();
    }
}

impl<A: Kind> Clone for Supervised<A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<A: Kind> Supervised<A> {
    /// Starts the first one there.
    pub fn start(home: &Home, make: impl Fn(&mut Context<A>) -> A + Send + Sync + 'static) -> Self {
        let make: Arc<Make<A>> = Arc::new(make);
        let restarts = Restarts::default();
        let (addr, ended) = begin(home, &make, restarts.clone(), 0);
        let shared = Arc::new(Shared {
            now: RwLock::new(addr),
            restarts,
        });
        let watched = Arc::downgrade(&shared);
        tokio::spawn(watch_over(watched, home.clone(), make, ended));
        Self(shared)
    }

    /// The one that there is now. Do not keep it.
    pub fn addr(&self) -> Addr<A> {
        let now = self.0.now.read().unwrap_or_else(PoisonError::into_inner);
        now.clone()
    }

    /// Is there one just now?
    pub fn connected(&self) -> bool {
        self.addr().connected()
    }

    /// Changes whenever it is made anew.
    pub fn restarts(&self) -> Restarts {
        self.0.restarts.clone()
    }

    pub fn send<M>(&self, message: M) -> Request<A, M>
    where
        M: Message + Send + 'static,
        M::Result: Send,
        A: Handler<M>,
    {
        self.addr().send(message)
    }

    pub fn do_send<M>(&self, message: M)
    where
        M: Message + Send + 'static,
        M::Result: Send,
        A: Handler<M>,
    {
        self.addr().do_send(message);
    }

    /// For those who know only what they send.
    pub fn port<M>(&self) -> Port<M>
    where
        M: Message + Send + 'static,
        M::Result: Send,
        A: Handler<M>,
    {
        let actor = self.clone();
        Port(Arc::new(move || actor.addr().recipient()))
    }
}

/// Where messages of one kind are taken by an actor that there always is.
pub(crate) struct Port<M: Message + Send>(Arc<dyn Fn() -> Recipient<M> + Send + Sync>)
where
    M::Result: Send;

impl<M> Clone for Port<M>
where
    M: Message + Send,
    M::Result: Send,
{
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<M> Port<M>
where
    M: Message + Send + 'static,
    M::Result: Send,
{
    /// # Errors
    /// The actor ended before it answered; another one is being made.
    pub async fn send(&self, message: M) -> Result<M::Result, MailboxError> {
        (self.0)().send(message).await
    }
}

/// Makes one, and tells of its end.
fn begin<A: Kind>(
    home: &Home,
    make: &Arc<Make<A>>,
    restarts: Restarts,
    count: u64,
) -> (Addr<A>, oneshot::Receiver<()>) {
    let (guard, ended) = oneshot::channel::<()>();
    let make = make.clone();
    let addr = A::start_in_arbiter(&home.handle(), move |ctx| {
        // goes with the actor, whatever ends it
        let stay = async move {
            let _guard = guard;
            // its own count is set a moment after it was made
            let mut seen = restarts.count();
            while restarts.beyond(seen).await {
                seen = restarts.count();
            }
        };
        ctx.spawn(wrap_future(stay));
        ctx.set_mailbox_capacity(A::MAILBOX);
        make(ctx)
    });
    roster::enter(&addr, String::new(), count);
    (addr, ended)
}

async fn watch_over<A: Kind>(
    watched: Weak<Shared<A>>,
    home: Home,
    make: Arc<Make<A>>,
    mut ended: oneshot::Receiver<()>,
) {
    let mut failures = 0;
    loop {
        let began = time::now();
        // that it is dropped is what it tells
        let _ = ended.await;
        if watched.strong_count() == 0 || home.is_stopped() {
            return;
        }
        if time::since(began) > STEADY {
            failures = 0;
        }
        let last = PAUSES.len() - 1;
        let pause = PAUSES[last.min(failures)];
        failures += 1;
        let what = A::NAME;
        metrics::counter!("asterism_restarts_total", "what" => what).increment(1);
        tracing::error!(what, failures, "an actor ended and is made anew");
        time::sleep(pause).await;
        let Some(shared) = watched.upgrade().filter(|_| !home.is_stopped()) else {
            return;
        };
        let count = shared.restarts.count() + 1;
        let (addr, next) = begin(&home, &make, shared.restarts.clone(), count);
        *shared.now.write().unwrap_or_else(PoisonError::into_inner) = addr;
        shared.restarts.set(count);
        ended = next;
    }
}
