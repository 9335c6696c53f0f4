//! Which stage waits for which.

use protocol::element::{Stage, StageName, StageState};
use surrealdb::types::{Object, object};

use super::progress::Progress;
use super::queue::open_queue;
use crate::error::Result;
use crate::id::now_millis;
use crate::store::Tx;

/// The stages whose results this one works with, the first of them first.
fn needs(stage: StageName) -> &'static [StageName] {
    match stage {
        StageName::Preview => &[],
        StageName::Screen | StageName::Score => &[StageName::Preview, StageName::Embed],
        _ => &[StageName::Preview],
    }
}

/// The stage that this one still waits for. One that was given up is waited
/// for no more: without a preview nothing is tried, and what an embedding
/// would have told is done without.
fn blocker(stage: StageName, stages: &[Stage]) -> Option<StageName> {
    let open = |name: &StageName| {
        stages
            .iter()
            .any(|s| s.name == *name && !matches!(s.state, StageState::Done | StageState::Failed))
    };
    needs(stage).iter().copied().find(open)
}

/// Where leasing finds a job of this stage, as the element stands.
pub(super) fn queue(stage: StageName, lane: i64, stages: &[Stage]) -> String {
    match blocker(stage, stages) {
        Some(other) => blocked(other),
        None => open_queue(stage, lane),
    }
}

/// The queue of jobs that wait for a stage of their element.
fn blocked(stage: StageName) -> String {
    format!("blocked:{}", stage.as_str())
}

/// Every such queue.
pub(super) fn all_blocked() -> Vec<String> {
    StageName::ALL.into_iter().map(blocked).collect()
}

/// Moves the jobs that waited for a stage which is over now.
pub(super) async fn release(tx: &Tx, progress: &Progress, over: StageName) -> Result<()> {
    let waiting = progress
        .stages
        .iter()
        .filter(|stage| stage.state == StageState::Waiting && needs(stage.name).contains(&over));
    let jobs: Vec<Object> = waiting
        .map(|stage| {
            object! {
                id: super::key(&progress.id, stage.name),
                queue: blocker(stage.name, &progress.stages).map(blocked),
            }
        })
        .collect();
    if jobs.is_empty() {
        return Ok(());
    }
    let vars = object! { jobs: jobs, blocked: blocked(over), now: now_millis() };
    tx.run(RELEASE, vars).await.map(drop)
}

/// A job that waits for nothing else goes to the queue of its own lane.
const RELEASE: &str = "FOR $job IN $jobs { UPDATE $job.id \
    SET queue = $job.queue ?? string::concat(stage, ':', <string> lane), due = $now \
    WHERE queue = $blocked RETURN NONE }";

#[cfg(test)]
mod tests {
    use super::*;

    fn stages(states: &[(StageName, StageState)]) -> Vec<Stage> {
        let stage = |(name, state): &(StageName, StageState)| Stage {
            name: *name,
            state: *state,
            error: None,
        };
        states.iter().map(stage).collect()
    }

    #[test]
    fn a_stage_waits_for_what_it_works_with_and_for_nothing_that_is_over() {
        use StageName::{Embed, Preview, Screen, Tag};
        use StageState::{Done, Failed, Waiting};
        let of = |name, states: &[_]| queue(name, 1, &stages(states));
        assert_eq!(of(Preview, &[(Preview, Waiting)]), "preview:1");
        let fresh = [(Preview, Waiting), (Embed, Waiting), (Screen, Waiting)];
        assert_eq!(of(Screen, &fresh), "blocked:preview");
        let seen = [(Preview, Done), (Embed, Waiting), (Screen, Waiting)];
        assert_eq!(of(Screen, &seen), "blocked:embed");
        assert_eq!(of(Tag, &seen), "tag:1");
        let without = [(Preview, Done), (Embed, Failed), (Screen, Waiting)];
        assert_eq!(of(Screen, &without), "screen:1");
        assert_eq!(of(Screen, &[(Preview, Done)]), "screen:1");
    }
}
