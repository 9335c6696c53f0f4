//! Jobs among workers out of the dice, which fail, dawdle, vanish with what
//! they hold and come back with it when somebody else has it, while the server
//! is restarted: each job ends exactly once, and its tries are counted.
//!
//! The database is the real one, in memory. What becomes of a job at its n-th
//! turn is fixed by the seed, and so is what the workers do next; which of
//! equally old jobs is lent first is the database's choice and may differ from
//! run to run. A lease runs out when its holder prolongs it to now, so that
//! nobody waits. A seed that fails is printed: `ASTERISM_SIM_SEED=…` runs it.

use std::collections::BTreeMap;

use asterism_db::{Db, Lease, LeaseRequest, Retry, Viewer};
use protocol::element::{StageName, StageState, State};
use protocol::event::Event;
use protocol::{ElementId, Topic};

use crate::jobs::outcome;
use crate::support::{memory, picture, relay_all, save, user};

/// Runs of one test run.
const SEEDS: u64 = 60;
/// Counted failures, and workers lost, that end a job.
const ATTEMPTS: u32 = 5;
const LOST: u32 = 3;
const STAGES: [StageName; 4] = [
    StageName::Preview,
    StageName::Embed,
    StageName::Tag,
    StageName::Screen,
];

/// Numbers out of a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

/// What becomes of a job at one of its turns.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Done,
    Fails,
    Hopeless,
    TakesWorkerDown,
    MissesSomething,
    WorkerVanishes,
}

/// What has to be true of a job.
#[derive(Debug, Default)]
struct Job {
    turns: u64,
    attempts: u32,
    lost: u32,
    /// Of who holds it; and whether that one's time is up.
    token: Option<String>,
    expired: bool,
    done: bool,
    given_up: bool,
}

impl Job {
    fn over(&self) -> bool {
        self.done || self.given_up
    }

    /// Next time it would be lent, it is put in quarantine instead.
    fn at_the_brink(&self) -> bool {
        self.token.is_some() && self.expired && self.lost + 1 >= LOST
    }
}

struct Run<'a> {
    db: &'a Db,
    seed: u64,
    dice: Dice,
    elements: Vec<ElementId>,
    jobs: BTreeMap<(usize, &'static str), Job>,
    held: Vec<Lease>,
    /// Leases of workers that were thought to be gone.
    ghosts: Vec<Lease>,
    restarts: usize,
}

type Key = (usize, &'static str);

impl Run<'_> {
    fn key(&self, lease: &Lease) -> Key {
        let mine = self.elements.iter().position(|id| *id == lease.element);
        (mine.expect("an element of this run"), lease.stage.as_str())
    }

    fn fate(&self, (element, stage): Key, turn: u64) -> Fate {
        let name = stage.bytes().fold(7, |sum, b| sum * 31 + u64::from(b));
        let mut dice = Dice(self.seed ^ name ^ (element as u64) << 32 ^ turn << 40);
        match dice.below(100) {
            0..=49 => Fate::Done,
            50..=66 => Fate::Fails,
            67..=69 => Fate::Hopeless,
            70..=79 => Fate::TakesWorkerDown,
            80..=86 => Fate::MissesSomething,
            _ => Fate::WorkerVanishes,
        }
    }

    async fn lend(&mut self) -> usize {
        let limit = 1 + self.dice.below(3);
        let mut leases = self
            .db
            .lease_jobs(LeaseRequest {
                stages: STAGES.to_vec(),
                limit,
                worker: "simulated".to_owned(),
                millis: 600_000,
            })
            .await
            .unwrap();
        leases.sort_by_key(|lease| self.key(lease));
        for lease in &leases {
            let job = self.jobs.get_mut(&self.key(lease)).unwrap();
            assert!(!job.over(), "lent when it was over: {job:?}");
            if job.token.is_some() {
                assert!(job.expired, "lent twice: {job:?}");
                job.lost += 1;
            }
            assert!(job.lost < LOST, "it is to be in quarantine: {job:?}");
            assert_eq!(lease.attempt, job.attempts + job.lost + 1, "{job:?}");
            (job.token, job.expired) = (Some(lease.token.clone()), false);
            job.turns += 1;
        }
        let count = leases.len();
        self.held.extend(leases);
        count
    }

    /// A worker gets to the end of what it holds, one way or the other.
    async fn finish(&mut self) {
        let lease = self.held.swap_remove(self.dice.below(self.held.len()));
        let key = self.key(&lease);
        let fate = self.fate(key, self.jobs[&key].turns);
        let db = self.db;
        let held = match fate {
            Fate::Done => db.complete(&lease, outcome(lease.stage)).await,
            Fate::Fails => db.fail(&lease, "it broke", Retry::After(0)).await,
            Fate::Hopeless => db.fail(&lease, "never", Retry::Never).await,
            Fate::TakesWorkerDown => {
                let fault = Retry::WorkerFault(0);
                db.fail(&lease, "it took the worker down", fault).await
            }
            Fate::MissesSomething => db.defer(&lease, "it misses something", 0).await,
            Fate::WorkerVanishes => db.extend_lease(&lease, 0).await,
        };
        assert!(held.unwrap(), "{key:?} was held: {fate:?}");
        let job = self.jobs.get_mut(&key).unwrap();
        if matches!(fate, Fate::WorkerVanishes) {
            job.expired = true;
            self.ghosts.push(lease);
            return;
        }
        job.token = None;
        match fate {
            Fate::Done => job.done = true,
            Fate::Fails => {
                job.attempts += 1;
                // a worker that failed is none that vanished
                job.lost = 0;
                job.given_up = job.attempts >= ATTEMPTS;
            }
            Fate::TakesWorkerDown => {
                job.lost += 1;
                job.given_up = job.lost >= LOST;
            }
            Fate::Hopeless => job.given_up = true,
            Fate::MissesSomething | Fate::WorkerVanishes => {}
        }
        if job.given_up {
            self.gave_up(key);
        }
    }

    /// Nothing can be made without a preview.
    fn gave_up(&mut self, (element, stage): Key) {
        if stage == StageName::Preview.as_str() {
            let of = self.jobs.range_mut((element, "")..(element + 1, ""));
            of.for_each(|(_, job)| job.given_up |= !job.done);
        }
    }

    /// A worker that was thought to be gone comes with what it made.
    async fn haunt(&mut self) {
        let lease = self.ghosts.swap_remove(self.dice.below(self.ghosts.len()));
        let key = self.key(&lease);
        let written = self
            .db
            .complete(&lease, outcome(lease.stage))
            .await
            .unwrap();
        let job = self.jobs.get_mut(&key).unwrap();
        let holds = job.token.as_ref() == Some(&lease.token);
        if job.at_the_brink() && holds {
            // somebody may have put it in quarantine meanwhile
            (job.done, job.given_up, job.token) = (written, !written, None);
            if !written {
                self.gave_up(key);
            }
            return;
        }
        assert_eq!(written, holds, "{key:?}: {job:?}");
        if written {
            (job.done, job.token) = (true, None);
        }
    }

    /// Everybody vanishes at once, and the next server takes up what they held.
    async fn restart(&mut self) {
        self.restarts += 1;
        self.ghosts.append(&mut self.held);
        let given_back = self.db.recover_leases().await.unwrap();
        let leased = |job: &&mut Job| job.token.is_some() && !job.over();
        let mut count = 0;
        let mut unsure = 0;
        for job in self.jobs.values_mut().filter(leased) {
            if job.at_the_brink() {
                unsure += 1;
                continue;
            }
            count += 1;
            (job.token, job.expired) = (None, false);
        }
        assert!((count..=count + unsure).contains(&given_back));
    }

    async fn settle_the_unsure(&mut self) {
        for key in self.jobs.keys().copied().collect::<Vec<_>>() {
            if self.jobs[&key].at_the_brink() && !self.jobs[&key].over() {
                self.jobs.get_mut(&key).unwrap().given_up = true;
                self.gave_up(key);
            }
        }
    }
}

async fn run(db: &Db, seed: u64) {
    let owner = user(db, &format!("sim{seed}")).await;
    let mut elements = Vec::new();
    for n in 0..2 {
        let mut new = picture(&owner, seed * 10 + n);
        new.stages = STAGES.to_vec();
        elements.push(save(db, new).await);
    }
    let keys = (0..2).flat_map(|element| STAGES.map(|stage| (element, stage.as_str())));
    let mut run = Run {
        db,
        seed,
        dice: Dice(seed),
        elements,
        jobs: keys.map(|key| (key, Job::default())).collect(),
        held: Vec::new(),
        ghosts: Vec::new(),
        restarts: 0,
    };
    let mut idle = 0;
    while idle < 3 {
        match run.dice.below(20) {
            0..=7 if run.held.len() < 4 => {
                let lent = run.lend().await;
                idle = if lent == 0 && run.held.is_empty() {
                    idle + 1
                } else {
                    0
                };
            }
            8..=9 if !run.ghosts.is_empty() => run.haunt().await,
            // from the third on the database makes them wait
            10 if run.restarts < 2 && run.jobs.values().all(|job| !job.at_the_brink()) => {
                run.restart().await;
            }
            _ if !run.held.is_empty() => run.finish().await,
            _ => {}
        }
    }
    run.settle_the_unsure().await;
    check(&run, &owner.id).await;
}

/// Every job has ended, once, and was told so once.
async fn check(run: &Run<'_>, owner: &protocol::UserId) {
    let told = relay_all(run.db).await;
    let mine = |topic: &Topic| *topic == Topic::User(owner.clone());
    for (no, id) in run.elements.iter().enumerate() {
        let element = run.db.element(&Viewer::System, id).await.unwrap().unwrap();
        let mut ready = 0;
        let mut ends: BTreeMap<&str, Vec<StageState>> = BTreeMap::new();
        for published in told.iter().filter(|p| mine(&p.topic)) {
            match &published.event {
                Event::ElementReady(element) if element.id == *id => ready += 1,
                Event::ElementStage(change) if change.id == *id => {
                    let state = change.stage.state;
                    if matches!(state, StageState::Done | StageState::Failed) {
                        ends.entry(change.stage.name.as_str())
                            .or_default()
                            .push(state);
                    }
                }
                _ => {}
            }
        }
        for stage in &element.stages {
            let job = &run.jobs[&(no, stage.name.as_str())];
            let wanted = match job.done {
                true => StageState::Done,
                false => StageState::Failed,
            };
            assert!(job.over(), "{stage:?} has not ended: {job:?}");
            assert_eq!(stage.state, wanted, "{stage:?}: {job:?}");
            assert_eq!(stage.error.is_some(), !job.done, "{stage:?} says why");
            assert_eq!(ends[stage.name.as_str()], [wanted], "{stage:?} was told");
        }
        assert_ne!(element.state, State::Processing);
        assert_eq!(ready, 1, "it is told once that all is through");
    }
}

#[tokio::test]
async fn every_job_ends_once_whatever_its_workers_do() {
    let db = memory().await;
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let seeds = match number("ASTERISM_SIM_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("ASTERISM_SIM_SEEDS").unwrap_or(SEEDS),
    };
    for seed in seeds {
        let said = Said(seed);
        run(&db, seed).await;
        std::mem::forget(said);
    }
}

/// Says which seed it was when a run panics.
struct Said(u64);

impl Drop for Said {
    fn drop(&mut self) {
        eprintln!("failed: run it again with ASTERISM_SIM_SEED={}", self.0);
    }
}
