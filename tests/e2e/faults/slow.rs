//! A fifth of those who listen do not read.

use std::time::{Duration, Instant};

use conformance::{Came, Encoding, Socket, failed};
use serde_json::json;
use tempfile::tempdir;

use super::world::{PER_ACCOUNT, World};
use crate::support::process::Paths;

/// Who listens, and every which of them does not read.
const LISTENERS: usize = 120;
const FIFTH: usize = 5;
/// Events of both rounds, with so many characters each.
const EVENTS: usize = 330;
const TEXT: usize = 3_900;
/// What one that does not read may cost the server, in bytes.
const EACH: u64 = 64 * 1024;
/// What the server may take more for other reasons: its database's log grows.
const SLACK: u64 = 48 << 20;

struct Round {
    /// How long the slowest reader waited for the last event.
    behind: Duration,
    grown: u64,
    sockets: Vec<Socket>,
}

/// Everybody listens; those that `reads` names read until the last event.
fn round(world: &World, name: &str, reads: impl Fn(usize) -> bool) -> Round {
    let topic = world.element_topic();
    let mut sockets: Vec<Socket> = (0..LISTENERS)
        .map(|n| {
            let mut socket = Socket::connect(&world.url, Encoding::Json).expect("a socket");
            let token = &world.tokens[n / PER_ACCOUNT];
            socket.identify(token).expect("a session");
            socket.subscribe(&topic).expect("a reply");
            socket
        })
        .collect();
    let before = world.memory();
    let text = "a slow one ".repeat(TEXT / 11);
    let last = format!("{text}{name}{}", EVENTS - 1);
    let (written, read) = std::thread::scope(|scope| {
        let reading = sockets.iter_mut().enumerate().filter(|(n, _)| reads(*n));
        let readers: Vec<_> = reading
            .map(|(_, socket)| {
                let last = &last;
                scope.spawn(move || {
                    socket.until(|f| f["data"]["description"] == json!(last))?;
                    Ok::<_, conformance::Stop>(Instant::now())
                })
            })
            .collect();
        for count in 0..EVENTS {
            world.describe(&format!("{text}{name}{count}"));
        }
        let written = Instant::now();
        let read: Vec<Instant> = readers
            .into_iter()
            .map(|reader| {
                reader
                    .join()
                    .expect("no panic")
                    .expect("every event in order")
            })
            .collect();
        (written, read)
    });
    let slowest = read.iter().max().expect("somebody reads");
    Round {
        behind: slowest.saturating_duration_since(written),
        grown: world.memory().saturating_sub(before),
        sockets,
    }
}

#[test]
fn who_does_not_read_costs_little_and_disturbs_nobody() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let world = World::new(paths, data.path(), LISTENERS);
    let everybody = round(&world, "first ", |_| true);
    drop(everybody.sockets);
    let mut most = round(&world, "second ", |n| n % FIFTH != 0);
    let lazy = LISTENERS / FIFTH;
    eprintln!(
        "all read: {} ms behind, {} KiB more; {lazy} of {LISTENERS} do not: {} ms behind, {} KiB more",
        everybody.behind.as_millis(),
        everybody.grown >> 10,
        most.behind.as_millis(),
        most.grown >> 10,
    );
    assert!(
        most.grown < SLACK + EACH * lazy as u64,
        "{} KiB more",
        most.grown >> 10
    );
    let patience = everybody.behind * 3 + Duration::from_secs(1);
    assert!(most.behind < patience, "others wait {:?}", most.behind);

    // they read what was on its way, are told to resume, and miss nothing
    for (n, socket) in most.sockets.iter_mut().enumerate().step_by(FIFTH) {
        let end = loop {
            match socket.come(Duration::from_secs(10)) {
                Ok(Came::Frame(_) | Came::Pong(_)) => {}
                Ok(Came::Closed(code)) => break Ok(code),
                Ok(Came::Nothing) => break failed("it is not closed"),
                Err(stop) => break Err(stop),
            }
        };
        assert_eq!(end, Ok(Some(4000)));
        let mut next = Socket::connect(&world.url, Encoding::Json).expect("a socket");
        next.continues(&socket.known);
        let frame = next.resume(&world.tokens[n / PER_ACCOUNT]);
        next.send(&frame).expect("sent");
        let last = format!("second {}", EVENTS - 1);
        let done = next.until(|f| {
            let text = f["data"]["description"].as_str().unwrap_or_default();
            f["op"] == "reload" || text.ends_with(&last)
        });
        done.expect("no gap, or a reload");
    }
}
