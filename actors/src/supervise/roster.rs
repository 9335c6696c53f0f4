//! Who lives just now: every actor with its kind, what it is for, how large its
//! mailbox is, how long it has been busy with one thing, and how often it was
//! made anew.
//!
//! actix does not tell how many messages wait. So each actor is sent one more,
//! and how long that takes to be answered is told instead: it is what whoever
//! sends something now would wait. One that does not answer has been busy
//! since it was asked at the latest.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use actix::{Addr, Message, WeakRecipient};
use futures_util::future::join_all;
use protocol::admin::{ActorKind, ActorReport, ActorsReport};

use super::kinds::Kind;
use crate::time;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_millis(250);
/// How often everybody is looked at unasked.
pub(crate) const LOOK: Duration = Duration::from_secs(10);
/// Who is busy with one thing for so long is worth a word.
const LONG: Duration = Duration::from_secs(5);
/// Actors that are named one by one, those that are busy longest first.
const NAMED: usize = 200;
/// Entries of actors that have ended are looked for above so many.
const TIDY: usize = 256;

/// Are you there?
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Probe;

struct Entry {
    kind: &'static str,
    name: String,
    mailbox: usize,
    restarts: u64,
    actor: WeakRecipient<Probe>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct State {
    /// A probe is on its way since.
    asked: Option<Instant>,
    /// How long the last one took.
    took: Option<Duration>,
}

#[derive(Default)]
struct Roster {
    entries: BTreeMap<u64, Entry>,
    entered: u64,
    tidy_at: usize,
}

impl Roster {
    fn tidy(&mut self) {
        let alive = |entry: &Entry| entry.actor.upgrade().is_some_and(|a| a.connected());
        self.entries.retain(|_, entry| alive(entry));
        self.tidy_at = TIDY.max(self.entries.len() * 2);
    }
}

fn roster() -> MutexGuard<'static, Roster> {
    static ROSTER: OnceLock<Mutex<Roster>> = OnceLock::new();
    let roster = ROSTER.get_or_init(Mutex::default);
    roster.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An actor was made. It leaves the roster by ending.
pub(crate) fn enter<A: Kind>(actor: &Addr<A>, name: String, restarts: u64) {
    let entry = Entry {
        kind: A::NAME,
        name,
        mailbox: A::MAILBOX,
        restarts,
        actor: actor.downgrade().recipient(),
        state: Arc::default(),
    };
    let mut roster = roster();
    if roster.entries.len() >= roster.tidy_at {
        roster.tidy();
    }
    roster.entered += 1;
    let no = roster.entered;
    roster.entries.insert(no, entry);
}

/// Asks everybody, and waits a moment for the answers.
pub(crate) async fn look() -> ActorsReport {
    let mut asked = Vec::new();
    let mut seen = Vec::new();
    {
        let mut roster = roster();
        roster.tidy();
        for entry in roster.entries.values() {
            let Some(actor) = entry.actor.upgrade() else {
                continue;
            };
            let mut state = lock(&entry.state);
            if state.asked.is_none() {
                state.asked = Some(time::now());
                let state = entry.state.clone();
                asked.push(tokio::spawn(async move {
                    // who ends meanwhile leaves the roster
                    let _ = actor.send(Probe).await;
                    let mut state = lock(&state);
                    state.took = state.asked.take().map(time::since);
                }));
            }
            seen.push((
                ActorReport {
                    kind: entry.kind.to_owned(),
                    name: entry.name.clone(),
                    mailbox: entry.mailbox,
                    answered_ms: None,
                    blocked_ms: 0,
                    restarts: entry.restarts,
                },
                entry.state.clone(),
            ));
        }
    }
    // those who do not answer in time are what is looked for
    time::within(PATIENCE, join_all(asked)).await;
    let told = seen.into_iter().map(|(report, state)| {
        let state = *lock(&state);
        ActorReport {
            answered_ms: state.took.map(millis),
            blocked_ms: state.asked.map_or(0, |at| millis(time::since(at))),
            ..report
        }
    });
    report(told.collect())
}

fn report(mut actors: Vec<ActorReport>) -> ActorsReport {
    let mut kinds: BTreeMap<String, ActorKind> = BTreeMap::new();
    for actor in &actors {
        let kind = kinds
            .entry(actor.kind.clone())
            .or_insert_with(|| ActorKind {
                kind: actor.kind.clone(),
                mailbox: actor.mailbox,
                ..ActorKind::default()
            });
        kind.actors += 1;
        kind.blocked += usize::from(actor.blocked_ms > 0);
        kind.blocked_ms = kind.blocked_ms.max(actor.blocked_ms);
        kind.restarts += actor.restarts;
    }
    let slowness = |actor: &ActorReport| (actor.blocked_ms, actor.restarts, actor.answered_ms);
    actors.sort_by(|a, b| {
        let order = slowness(b).cmp(&slowness(a));
        order.then_with(|| (&a.kind, &a.name).cmp(&(&b.kind, &b.name)))
    });
    let more = actors.len().saturating_sub(NAMED);
    actors.truncate(NAMED);
    ActorsReport {
        kinds: kinds.into_values().collect(),
        actors,
        more,
    }
}

/// Looks now and then, for the metrics and the log.
pub(crate) async fn keep_looking() {
    loop {
        let report = look().await;
        for kind in &report.kinds {
            let name = kind.kind.clone();
            metrics::gauge!("asterism_actors", "kind" => name.clone()).set(kind.actors as f64);
            let seconds = kind.blocked_ms as f64 / 1e3;
            metrics::gauge!("asterism_actors_blocked_seconds", "kind" => name).set(seconds);
        }
        let long = |actor: &&ActorReport| u128::from(actor.blocked_ms) > LONG.as_millis();
        for actor in report.actors.iter().filter(long) {
            tracing::warn!(
                kind = actor.kind,
                name = actor.name,
                millis = actor.blocked_ms,
                "an actor does not answer"
            );
        }
        time::sleep(LOOK).await;
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
