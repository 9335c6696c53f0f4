//! The time that actors go by: what has to wait, waits here.
//!
//! It is the machine's, but in tests a thread may have a clock of its own (see
//! [`simulated`]) that moves on when nothing else is left to do there: hours
//! pass in milliseconds, and the same happens each time.

#[cfg(test)]
pub(crate) mod simulated;

use std::time::{Duration, Instant};

use actix::fut::wrap_future;
use actix::{Actor, ActorFutureExt, AsyncContext, Context};
use futures_util::future::{Either, select};

pub(crate) fn now() -> Instant {
    #[cfg(test)]
    if let Some(now) = simulated::now() {
        return now;
    }
    Instant::now()
}

/// How long ago that was.
pub(crate) fn since(then: Instant) -> Duration {
    now().saturating_duration_since(then)
}

pub(crate) async fn sleep(pause: Duration) {
    #[cfg(test)]
    if let Some(sleep) = simulated::sleep(pause) {
        return sleep.await;
    }
    tokio::time::sleep(pause).await;
}

/// What comes of the work, if it comes in time.
pub(crate) async fn within<W: Future>(limit: Duration, work: W) -> Option<W::Output> {
    let work = std::pin::pin!(work);
    let limit = std::pin::pin!(sleep(limit));
    match select(work, limit).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}

/// Has an actor do something after a pause.
pub(crate) fn later<A>(
    ctx: &mut Context<A>,
    pause: Duration,
    work: impl FnOnce(&mut A, &mut Context<A>) + 'static,
) where
    A: Actor<Context = Context<A>>,
{
    ctx.spawn(wrap_future(sleep(pause)).map(move |(), actor, ctx| work(actor, ctx)));
}

/// Has an actor do something again and again, after a pause each time.
pub(crate) fn every<A, W>(ctx: &mut Context<A>, pause: Duration, mut work: W)
where
    A: Actor<Context = Context<A>>,
    W: FnMut(&mut A, &mut Context<A>) + 'static,
{
    later(ctx, pause, move |actor, ctx| {
        work(actor, ctx);
        every(ctx, pause, work);
    });
}
