//! The load itself, and what is measured of it.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::{Notify, Semaphore};
use tokio::time::{sleep, sleep_until, timeout};

use crate::plan::{Kind, Plan};
use crate::wire::{Message, Wire};
use crate::{Outcome, process};

/// Events before those that count.
const WARM: usize = 10;
/// Connections that are opened at once.
const OPENING: usize = 32;
/// How long all may take to connect, and the last events to come.
const PATIENCE: Duration = Duration::from_secs(120);
/// Before memory is looked at.
const SETTLED: Duration = Duration::from_secs(2);

pub struct Load {
    pub pid: u32,
    pub events: usize,
    pub per_second: f64,
}

/// What all connections note together.
#[derive(Default)]
struct Notes {
    ready: usize,
    delivered: usize,
    /// When each event was asked for.
    sent: Vec<Instant>,
    /// Microseconds from there until it was there.
    late: Vec<u32>,
    bytes: usize,
    failed: Option<String>,
}

/// Figures as JSON.
pub async fn measure(plan: Plan, load: &Load) -> Outcome<Value> {
    let plan = Rc::new(plan);
    let (notes, changed) = (
        Rc::new(RefCell::new(Notes::default())),
        Rc::new(Notify::new()),
    );
    let empty = process::memory(load.pid)?;
    let opening = Rc::new(Semaphore::new(OPENING));
    for n in 0..plan.clients {
        let (plan, notes) = (plan.clone(), notes.clone());
        let (changed, opening) = (changed.clone(), opening.clone());
        tokio::task::spawn_local(async move {
            if let Err(error) = listen(&plan, n, &notes, &changed, &opening).await {
                notes.borrow_mut().failed = Some(error.to_string());
            }
            changed.notify_one();
        });
    }
    until(&notes, &changed, |notes| notes.ready == plan.clients).await?;
    sleep(SETTLED).await;
    let full = process::memory(load.pid)?;

    let mut publisher = Wire::connect(&plan.address).await?;
    let mut before = (Duration::ZERO, Instant::now());
    let mut next = tokio::time::Instant::now();
    for event in 0..WARM + load.events {
        if event == WARM {
            let warm = plan.clients * WARM;
            until(&notes, &changed, |notes| notes.delivered == warm).await?;
            notes.borrow_mut().late.clear();
            before = (process::cpu(load.pid)?, Instant::now());
            next = tokio::time::Instant::now();
        }
        notes.borrow_mut().sent.push(Instant::now());
        let publish = &plan.publish[event % plan.publish.len()];
        publisher.request(&plan, publish).await?;
        next += Duration::from_secs_f64(1.0 / load.per_second);
        sleep_until(next).await;
    }
    let all = plan.clients * (WARM + load.events);
    until(&notes, &changed, |notes| notes.delivered == all).await?;
    let cpu = process::cpu(load.pid)? - before.0;
    let wall = before.1.elapsed();
    let after = process::memory(load.pid)?;

    let mut notes = notes.borrow_mut();
    notes.late.sort_unstable();
    let at = |part: f64| notes.late[(notes.late.len() as f64 * part) as usize] as f64 / 1000.0;
    let deliveries = notes.late.len();
    Ok(json!({
        "clients": plan.clients, "events": load.events, "deliveries": deliveries,
        "bytes": notes.bytes, "wall_s": wall.as_secs_f64(), "cpu_s": cpu.as_secs_f64(),
        "per_cpu_second": deliveries as f64 / cpu.as_secs_f64().max(0.01),
        "p50_ms": at(0.5), "p99_ms": at(0.99),
        "kib_empty": empty, "kib_full": full, "kib_after": after,
        "kib_per_connection": (full - empty) / plan.clients as f64,
    }))
}

async fn until(
    notes: &RefCell<Notes>,
    changed: &Notify,
    done: impl Fn(&Notes) -> bool,
) -> Outcome<()> {
    let waiting = async {
        loop {
            let notified = changed.notified();
            {
                let notes = notes.borrow();
                if let Some(why) = &notes.failed {
                    return Err(why.clone().into());
                }
                if done(&notes) {
                    return Ok(());
                }
            }
            // a look now and then: not every delivery gives notice
            let _ = timeout(Duration::from_millis(20), notified).await;
        }
    };
    match timeout(PATIENCE, waiting).await {
        Ok(done) => done,
        Err(_) => {
            let notes = notes.borrow();
            Err(format!(
                "{} ready, {} delivered: it takes too long",
                notes.ready, notes.delivered
            )
            .into())
        }
    }
}

/// One connection: opens, says that it is there, notes what comes.
async fn listen(
    plan: &Plan,
    n: usize,
    notes: &RefCell<Notes>,
    changed: &Notify,
    opening: &Semaphore,
) -> Outcome<()> {
    let mut permit = Some(opening.acquire().await?);
    let mut wire = Wire::connect(&plan.address).await?;
    wire.upgrade(plan).await?;
    if plan.kind == Kind::Plain {
        notes.borrow_mut().ready += 1;
        drop(permit.take());
    }
    let mut count = 0;
    loop {
        let text = match wire.message().await? {
            Message::Text(text) => text,
            Message::Ping(payload) => {
                wire.send(10, &payload).await?;
                continue;
            }
            Message::Other => continue,
        };
        let now = Instant::now();
        let reply = match Came::of(plan.kind, wire.text(text.clone())) {
            Came::Event => {
                let mut notes = notes.borrow_mut();
                let late = now.saturating_duration_since(notes.sent[count]);
                notes
                    .late
                    .push(u32::try_from(late.as_micros()).unwrap_or(u32::MAX));
                notes.delivered += 1;
                notes.bytes = text.len();
                count += 1;
                continue;
            }
            Came::Hello => {
                json!({"op": "identify", "token": plan.tokens[n % plan.tokens.len()]}).to_string()
            }
            Came::Opened => json!({"op": "subscribe", "id": 1, "topic": plan.topic}).to_string(),
            Came::Say(text) => text.to_owned(),
            Came::Ready => {
                notes.borrow_mut().ready += 1;
                // the next may open
                drop(permit.take());
                changed.notify_one();
                continue;
            }
            Came::Else => continue,
        };
        wire.send(1, reply.as_bytes()).await?;
    }
}

/// What a message means to somebody who only counts.
enum Came {
    Event,
    Hello,
    Opened,
    /// To be answered with this.
    Say(&'static str),
    Ready,
    Else,
}

impl Came {
    fn of(kind: Kind, text: &[u8]) -> Self {
        let starts = |start: &[u8]| text.starts_with(start);
        match kind {
            Kind::Plain => Came::Event,
            Kind::Asterism if starts(b"{\"op\":\"event\"") => Came::Event,
            Kind::Asterism if starts(b"{\"op\":\"hello\"") => Came::Hello,
            Kind::Asterism if starts(b"{\"op\":\"ready\"") => Came::Opened,
            Kind::Asterism if starts(b"{\"op\":\"ok\"") => Came::Ready,
            // its own way of opening, of being ready, of pinging, of telling
            Kind::SocketIo if starts(b"42") => Came::Event,
            Kind::SocketIo if starts(b"40") => Came::Ready,
            Kind::SocketIo if starts(b"0{") => Came::Say("40"),
            Kind::SocketIo if starts(b"2") => Came::Say("3"),
            Kind::Asterism | Kind::SocketIo => Came::Else,
        }
    }
}
