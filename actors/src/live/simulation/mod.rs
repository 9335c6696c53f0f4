//! Hub, relay, topics and sessions in a world out of the dice: clients come
//! and go, read slowly, lose their connections half-open and come back; the
//! database dawdles, fails, and loses answers; the server is killed and started
//! again, now and then over another database.
//!
//! What is real: everything in `live`. What is not: the database and the
//! accounts (see [`books`], behind the same boundary as the real ones), the
//! transport (clients hold its two channels), and the time. All of it runs on
//! one thread by the [simulated clock](crate::time::simulated), no collection in
//! it goes by chance, and every choice comes from the seed, so that a seed does
//! the same each time, to the last frame; a test compares. The one thing that a
//! seed does not fix is the code: another version may go another way.
//!
//! A seed that fails is printed; `ASTERISM_SIM_SEED=…` runs it alone, and
//! `ASTERISM_SIM_SEEDS=…` says how many to run.

mod books;
mod device;
mod memory;
mod panics;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use world::Report;

use crate::time::simulated;

/// Runs of one test run.
const SEEDS: u64 = 300;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn run(seed: u64) -> Report {
    let run = || simulated::run(world::run(seed));
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|broken| {
        eprintln!("failed: run it again with ASTERISM_SIM_SEED={seed}");
        resume_unwind(broken)
    })
}

#[test]
fn nothing_is_lost_or_told_twice_whatever_happens() {
    if let Some(seed) = number("ASTERISM_SIM_SEED") {
        println!("{:?}", run(seed));
        return;
    }
    let seeds = number("ASTERISM_SIM_SEEDS").unwrap_or(SEEDS);
    let (mut events, mut reloads) = (0, 0);
    for seed in 0..seeds {
        let report = run(seed);
        events += report.events;
        reloads += report.reloads;
    }
    // the storm is one: it is of no use if little happens in it
    assert!(events > seeds * 50, "{events} events in {seeds} runs");
    assert!(reloads > seeds / 2, "{reloads} reloads in {seeds} runs");
}

#[test]
fn a_seed_always_goes_the_same_way() {
    for seed in 1_000..1_005 {
        assert_eq!(run(seed), run(seed), "seed {seed}");
    }
    assert_ne!(run(1_000).digest, run(1_001).digest);
}
