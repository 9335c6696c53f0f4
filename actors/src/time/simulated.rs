//! A clock of one thread that moves on only when nothing else can happen on
//! it: to the next moment that somebody waits for.
//!
//! The runtime calls the clock before it would go to sleep. There are no real
//! timers and no sockets in it, so that whatever still goes by the machine's
//! clock panics instead of making a run differ from the one before.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use actix::System;

/// What is due, in order; equal moments in the order of asking.
type Key = (Duration, u64);

struct Clock {
    start: Instant,
    passed: Duration,
    asked: u64,
    waiting: BTreeMap<Key, Waker>,
}

thread_local! {
    static CLOCK: RefCell<Option<Clock>> = const { RefCell::new(None) };
}

/// Runs `work` and what it starts on this thread, under a clock that begins
/// now. Actors can be started.
pub(crate) fn run<W: Future>(work: W) -> W::Output {
    CLOCK.set(Some(Clock {
        start: Instant::now(),
        passed: Duration::ZERO,
        asked: 0,
        waiting: BTreeMap::new(),
    }));
    let system = System::with_tokio_rt(|| {
        tokio::runtime::Builder::new_current_thread()
            .on_thread_park(move_on)
            .build()
            .expect("a runtime without timers and sockets")
    });
    let done = system.block_on(work);
    // what still waits goes with the runtime, and takes itself off the clock
    drop(system);
    CLOCK.set(None);
    done
}

/// The moment that it is, where there is such a clock.
pub(super) fn now() -> Option<Instant> {
    CLOCK.with_borrow(|clock| clock.as_ref().map(|clock| clock.start + clock.passed))
}

/// How long the clock has run.
pub(crate) fn passed() -> Duration {
    CLOCK.with_borrow(|clock| clock.as_ref().map_or(Duration::ZERO, |clock| clock.passed))
}

/// Waits by the clock, where there is one.
pub(super) fn sleep(pause: Duration) -> Option<Sleep> {
    CLOCK.with_borrow_mut(|clock| {
        let clock = clock.as_mut()?;
        clock.asked += 1;
        let key = (clock.passed + pause, clock.asked);
        Some(Sleep { key })
    })
}

/// Nothing is left to do: whoever waits for the next moment goes on.
fn move_on() {
    let next = CLOCK.with_borrow_mut(|clock| {
        let clock = clock.as_mut()?;
        let ((due, _), waker) = clock.waiting.pop_first()?;
        clock.passed = clock.passed.max(due);
        Some(waker)
    });
    if let Some(waker) = next {
        waker.wake();
    }
}

pub(super) struct Sleep {
    key: Key,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        CLOCK.with_borrow_mut(|clock| match clock {
            Some(clock) if clock.passed < self.key.0 => {
                clock.waiting.insert(self.key, context.waker().clone());
                Poll::Pending
            }
            _ => Poll::Ready(()),
        })
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        // at the thread's end there may be no clock any more
        let _ = CLOCK.try_with(|clock| {
            let mut clock = clock.borrow_mut();
            let waker = clock.as_mut().and_then(|c| c.waiting.remove(&self.key));
            drop(clock);
            drop(waker);
        });
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    #[test]
    fn hours_pass_in_no_time_and_in_order() {
        let started = Instant::now();
        let order = run(async {
            let order = Rc::new(RefCell::new(Vec::new()));
            let waits = [3, 1, 2].map(|hours| {
                let order = order.clone();
                actix::spawn(async move {
                    crate::time::sleep(Duration::from_secs(hours * 3_600)).await;
                    order.borrow_mut().push((hours, passed().as_secs() / 3_600));
                })
            });
            for wait in waits {
                wait.await.unwrap();
            }
            order.take()
        });
        assert_eq!(order, [(1, 1), (2, 2), (3, 3)]);
        assert!(started.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn what_is_late_is_given_up() {
        let (late, early) = run(async {
            let nap = |ms| crate::time::sleep(Duration::from_millis(ms));
            let limit = Duration::from_millis(50);
            (
                crate::time::within(limit, nap(60)).await,
                crate::time::within(limit, nap(40)).await,
            )
        });
        assert_eq!((late, early), (None, Some(())));
    }
}
