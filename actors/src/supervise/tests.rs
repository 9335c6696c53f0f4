//! Panics, and what they do not do.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix::{Actor, Context, Handler, Message};

use super::roster::Probe;
use super::*;
use crate::time::simulated;

/// Panics when it is told to, and counts otherwise.
#[derive(Default)]
struct Counter(u32);

#[derive(Message)]
#[rtype(result = "u32")]
struct Count;

#[derive(Message)]
#[rtype(result = "()")]
struct Panic;

/// Holds its thread's actor up.
#[derive(Message)]
#[rtype(result = "()")]
struct Dawdle(Duration);

impl Actor for Counter {
    type Context = Context<Self>;
}

impl Kind for Counter {
    const NAME: &'static str = "counter";
    const MAILBOX: usize = 2;
}

impl Handler<Probe> for Counter {
    type Result = ();

    fn handle(&mut self, _: Probe, _: &mut Self::Context) {}
}

impl Handler<Count> for Counter {
    type Result = u32;

    fn handle(&mut self, _: Count, _: &mut Self::Context) -> u32 {
        self.0 += 1;
        self.0
    }
}

impl Handler<Panic> for Counter {
    type Result = ();

    fn handle(&mut self, _: Panic, _: &mut Self::Context) {
        std::panic::resume_unwind(Box::new("as it was told"));
    }
}

impl Handler<Dawdle> for Counter {
    type Result = ();

    fn handle(&mut self, dawdle: Dawdle, ctx: &mut Self::Context) {
        use actix::AsyncContext;
        ctx.wait(actix::fut::wrap_future(time::sleep(dawdle.0)));
    }
}

fn counter() -> Supervised<Counter> {
    Supervised::start(&Home::here(), |_| Counter::default())
}

#[test]
fn a_panic_takes_down_no_other_and_not_for_long() {
    simulated::run(async {
        let (one, other) = (counter(), counter());
        let port = one.port::<Count>();
        assert_eq!(port.send(Count).await.unwrap(), 1);
        assert_eq!(other.send(Count).await.unwrap(), 1);
        for round in 1..=3_usize {
            assert!(one.send(Panic).await.is_err());
            // on the same thread, and untouched
            assert_eq!(other.send(Count).await.unwrap(), 1 + round as u32);
            assert!(port.send(Count).await.is_err(), "it is still away");
            time::sleep(PAUSES[round - 1] + Duration::from_millis(1)).await;
            // what was held still leads there, to another one
            assert_eq!(port.send(Count).await.unwrap(), 1);
            assert_eq!(one.restarts().count(), round as u64);
        }
    });
}

#[test]
fn the_pause_grows_while_it_goes_on_and_is_short_again_later() {
    simulated::run(async {
        let one = counter();
        let away = async || {
            let began = simulated::passed();
            assert!(one.send(Panic).await.is_err());
            while !one.connected() {
                time::sleep(Duration::from_millis(1)).await;
            }
            simulated::passed() - began
        };
        let mut pauses = Vec::new();
        for _ in 0..5 {
            pauses.push(away().await.as_millis() / 100);
        }
        assert_eq!(pauses, [2, 10, 50, 300, 300]);
        time::sleep(Duration::from_secs(600)).await;
        assert_eq!(away().await.as_millis() / 100, 2);
    });
}

#[test]
fn one_that_panics_while_it_is_made_is_made_again() {
    simulated::run(async {
        let made = Arc::new(AtomicUsize::new(0));
        let one = Supervised::start(&Home::here(), {
            let made = made.clone();
            move |_| {
                assert!(made.fetch_add(1, Ordering::SeqCst) >= 2, "not yet");
                Counter::default()
            }
        });
        time::sleep(Duration::from_secs(2)).await;
        assert_eq!(one.send(Count).await.unwrap(), 1);
        assert_eq!(made.load(Ordering::SeqCst), 3);
    });
}

#[test]
fn nobody_is_made_anew_where_all_ends() {
    simulated::run(async {
        let home = Home::here();
        let one = Supervised::start(&home, |_| Counter::default());
        assert_eq!(one.send(Count).await.unwrap(), 1);
        home.end();
        assert!(one.send(Panic).await.is_err());
        time::sleep(Duration::from_secs(60)).await;
        assert!(!one.connected());
    });
}

#[actix::test]
async fn a_thread_that_ends_is_made_anew_with_all_that_lived_there() {
    let home = Home::new();
    let one = Supervised::start(&home, |_| Counter::default());
    assert_eq!(one.send(Count).await.unwrap(), 1);
    home.handle().stop();
    let again = async {
        while one.send(Count).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let again = tokio::time::timeout(Duration::from_secs(10), again);
    again.await.expect("it is there again");
    home.stop();
}

#[test]
fn the_roster_tells_who_is_there_and_who_is_busy() {
    let report = simulated::run(async {
        let (one, other) = (counter(), counter());
        assert!(one.send(Panic).await.is_err());
        time::sleep(Duration::from_secs(1)).await;
        one.send(Dawdle(Duration::from_secs(9))).await.unwrap();
        look().await;
        time::sleep(Duration::from_secs(5)).await;
        let report = look().await;
        drop((one, other));
        report
    });
    let mine = |kind: &&protocol::admin::ActorKind| kind.kind == "counter";
    let kind = report.kinds.iter().find(mine).unwrap();
    assert!(
        kind.actors >= 2 && kind.blocked >= 1 && kind.restarts >= 1,
        "{kind:?}"
    );
    // other tests have counters too
    let counters = || report.actors.iter().filter(|a| a.kind == "counter");
    let busy = |a: &protocol::admin::ActorReport| (5_000..6_000).contains(&a.blocked_ms);
    assert!(
        counters().any(|a| busy(a) && (a.mailbox, a.restarts) == (2, 1)),
        "{report:?}"
    );
    assert!(counters().any(|a| a.blocked_ms == 0 && a.answered_ms == Some(0)));
}

#[tokio::test]
async fn what_panics_is_begun_anew() {
    let runs = Arc::new(AtomicUsize::new(0));
    let task = keep_with("a test", &[Duration::ZERO], {
        let runs = runs.clone();
        move || {
            let run = runs.fetch_add(1, Ordering::SeqCst);
            async move { assert!(run >= 3, "not yet") }
        }
    });
    task.await.expect("it ends with the task");
    assert_eq!(runs.load(Ordering::SeqCst), 4);
}
