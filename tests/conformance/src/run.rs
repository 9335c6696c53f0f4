//! Runs the rules: those that wait or restart apart from the rest.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::check::{Check, Stop};
use crate::report::{Line, Outcome, Report};
use crate::rules::{Needs, RULES, Rule};
use crate::world::{Operator, World};

/// Rules that run beside each other.
const WORKERS: usize = 3;

/// What is checked.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Also rules that take a minute.
    pub slow: bool,
    /// Only rules whose number or text contains this.
    pub only: Option<String>,
}

/// Checks a server. Rules that need one skip where there is no operator.
pub fn run(url: &str, options: &Options, operator: Option<&dyn Operator>) -> Report {
    let wanted = |rule: &&Rule| {
        let only = options.only.as_deref();
        only.is_none_or(|text| rule.id == text || rule.what.contains(text))
    };
    let rules: Vec<&Rule> = RULES.iter().filter(wanted).collect();
    let (mut beside, mut waiting, mut alone) = (Vec::new(), Vec::new(), Vec::new());
    for (at, rule) in rules.iter().enumerate() {
        match rule.needs {
            Needs::Nothing => beside.push((at, *rule)),
            Needs::Patience => waiting.push((at, *rule)),
            Needs::Operator => alone.push((at, *rule)),
        }
    }
    let outcomes = Mutex::new(vec![None; rules.len()]);
    let note = |at: usize, outcome: Outcome| {
        let mut outcomes = outcomes.lock().unwrap_or_else(|e| e.into_inner());
        outcomes[at] = Some(outcome);
    };
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for (at, rule) in waiting {
            let (note, slow) = (&note, options.slow);
            scope.spawn(move || {
                let skip = || Err(Stop::Skipped("takes a minute: --slow".to_owned()));
                let check = if slow {
                    World::new(url, None).and_then(|world| (rule.check)(&world))
                } else {
                    skip()
                };
                note(at, check.into());
            });
        }
        for _ in 0..WORKERS.min(beside.len()) {
            scope.spawn(|| {
                let world = World::new(url, None);
                while let Some((at, rule)) = beside.get(next.fetch_add(1, Ordering::Relaxed)) {
                    note(*at, check(&world, rule).into());
                }
                world.iter().for_each(World::clean_up);
            });
        }
    });
    for (at, rule) in alone {
        let world = match operator {
            Some(_) => World::new(url, operator),
            None => Err(Stop::Skipped(
                "the server may not be restarted from here".to_owned(),
            )),
        };
        note(at, check(&world, rule).into());
    }
    let outcomes = outcomes.into_inner().unwrap_or_else(|e| e.into_inner());
    let lines = rules.iter().zip(outcomes).map(|(rule, outcome)| Line {
        id: rule.id,
        what: rule.what,
        outcome: outcome.unwrap_or_else(|| Outcome::Failed("the kit itself broke".to_owned())),
    });
    Report {
        lines: lines.collect(),
    }
}

fn check(world: &Check<World>, rule: &Rule) -> Check {
    match world {
        Ok(world) => (rule.check)(world),
        Err(stop) => Err(stop.clone()),
    }
}
