//! Connections that are cut again and again, and a server that is killed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use conformance::{Check, Encoding, Socket};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tempfile::tempdir;

use super::listener::Listener;
use super::world::{PER_ACCOUNT, World};
use crate::support::process::Paths;

/// Connections that are cut, and how long each lives.
const CUT: usize = 240;
const LIVES: std::ops::Range<Duration> = Duration::from_millis(300)..Duration::from_secs(6);
/// How long all of it goes on, and how often the server is killed meanwhile.
const TIME: Duration = Duration::from_secs(18);
const KILLS: u32 = 3;
/// Connections that come back at once, and how long that may take.
const STORM: usize = 300;
const RECOVERY: Duration = Duration::from_secs(30);
/// A thread of a listener needs little.
const STACK: usize = 256 * 1024;

/// Runs one listener on each thread, and gives them back.
fn crowd(
    world: &World,
    count: usize,
    live: impl Fn(&mut Listener, u64) -> Check + Sync,
    meanwhile: impl FnOnce(),
) -> Vec<Listener> {
    let (live, topic) = (&live, world.topic());
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..count)
            .map(|n| {
                let token = &world.tokens[n / PER_ACCOUNT];
                let mut listener = Listener::new(&world.url, token, &topic);
                let run = move || live(&mut listener, n as u64).map(|()| listener);
                let builder = std::thread::Builder::new().stack_size(STACK);
                builder.spawn_scoped(scope, run).expect("a thread")
            })
            .collect();
        meanwhile();
        let joined = threads.into_iter().map(|t| t.join().expect("no panic"));
        joined.map(|end| end.expect("by the protocol")).collect()
    })
}

/// Where the topic stands now.
fn offset(world: &World) -> u64 {
    let mut socket = Socket::connect(&world.url, Encoding::Json).expect("a socket");
    socket.identify(&world.tokens[0]).expect("a session");
    let reply = socket.subscribe(&world.topic()).expect("a reply");
    reply["offset"].as_u64().expect("an offset")
}

#[test]
fn cut_again_and_again_nobody_misses_anything_or_is_told_twice() {
    let Some(paths) = Paths::find() else { return };
    let seed = std::env::var("FAULT_SEED")
        .ok()
        .and_then(|s| s.parse().ok());
    let seed = seed.unwrap_or_else(rand::random::<u64>);
    eprintln!("FAULT_SEED={seed} cuts at the same moments");
    let data = tempdir().unwrap();
    let world = World::new(paths, data.path(), CUT);
    let (over, last) = (AtomicBool::new(false), std::sync::OnceLock::new());
    let listeners = crowd(
        &world,
        CUT,
        |listener, n| {
            let mut chance = StdRng::seed_from_u64(seed ^ n);
            while !over.load(Ordering::Relaxed) {
                listener.listen(chance.random_range(LIVES))?;
                listener.cut();
            }
            let there = listener.listen_to(*last.wait(), RECOVERY)?;
            conformance::ensure(there, || {
                format!("stands at {:?} and not at {last:?}", listener.offset())
            })
        },
        || {
            let start = Instant::now();
            let mut kills = 0;
            let mut ticks = 0;
            while start.elapsed() < TIME {
                world.tick(ticks);
                ticks += 1;
                if start.elapsed() > TIME * (kills + 1) / (KILLS + 1) && kills < KILLS {
                    world.restart(Duration::from_millis(300));
                    kills += 1;
                }
                std::thread::sleep(Duration::from_millis(100));
            }
            last.set(offset(&world)).expect("set once");
            over.store(true, Ordering::Relaxed);
        },
    );
    let total = |f: fn(&Listener) -> usize| listeners.iter().map(f).sum::<usize>();
    let (shown, resumed, reloads) = (
        total(|l| l.shown),
        total(|l| l.resumed),
        total(|l| l.reloads),
    );
    eprintln!(
        "{CUT} listeners, {KILLS} kills: {shown} events shown, {resumed} times resumed, {reloads} reloads"
    );
    assert!(resumed > CUT && shown > CUT * 10, "too little happened");
    assert_eq!(reloads, 0, "all of it was within reach");
}

#[test]
fn all_come_back_at_once_and_are_served() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let world = World::new(paths, data.path(), STORM);
    let last = std::sync::OnceLock::new();
    let listeners = crowd(
        &world,
        STORM,
        |listener, _| {
            let there = listener.listen_to(*last.wait(), RECOVERY)?;
            conformance::ensure(there, || {
                format!("at {:?}, not {last:?}", listener.offset())
            })
        },
        || {
            // all are there before it dies
            std::thread::sleep(Duration::from_secs(4));
            world.tick(0);
            world.restart(Duration::ZERO);
            world.tick(1);
            let start = Instant::now();
            world.ask();
            let asked = start.elapsed();
            last.set(offset(&world)).expect("set once");
            assert!(asked < Duration::from_secs(5), "a visitor waits {asked:?}");
        },
    );
    let slowest = listeners.iter().map(|l| l.waited).max().unwrap_or_default();
    eprintln!(
        "{STORM} came back; the slowest opening took {} ms",
        slowest.as_millis()
    );
    assert!(listeners.iter().all(|l| l.offset().is_some()));
}
