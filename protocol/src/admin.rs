//! What operators and moderators see.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::element::StageName;
use crate::{Cursor, ElementId, Timestamp};

/// `GET admin/models`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ModelsReport {
    /// Where inference runs: `in process`, or the address of the model server.
    pub place: String,
    /// False while the model server cannot be reached.
    pub reachable: bool,
    /// Bytes that models may keep resident together.
    pub budget: u64,
    /// Bytes that they keep now, by their own count.
    pub resident: u64,
    /// The process's resident set, in bytes.
    pub process_rss: u64,
    /// Models unloaded to make room, or because nobody used them.
    pub evictions: u64,
    pub workers: usize,
    /// Workers replaced after a panic or a hang.
    pub replaced: u64,
    pub lanes: Vec<LaneReport>,
    pub models: Vec<ModelReport>,
    /// Vector spaces of pictures: the one that search uses, and any that is
    /// being filled to take its place.
    pub spaces: Vec<SpaceReport>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LaneReport {
    pub lane: String,
    pub queued: usize,
    pub capacity: usize,
}

/// One model of the manifest.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ModelReport {
    pub id: String,
    pub title: String,
    pub licence: String,
    /// Bytes on disk.
    pub bytes: u64,
    /// What is the matter with its files; none when it can be loaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    pub loaded: bool,
    /// Never unloaded to make room.
    pub pinned: bool,
    /// Bytes resident.
    pub resident: u64,
    pub hits: u64,
    pub loads: u64,
    /// Milliseconds of the last load and its warm-up.
    pub load_ms: u64,
    pub warm_up_ms: u64,
    /// Seconds since it was last used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_s: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SpaceReport {
    pub space: String,
    /// `active` or `filling`.
    pub state: String,
    /// Elements that have a vector there, of all that should.
    pub done: u64,
    pub total: u64,
}

/// `GET admin/jobs`: how much waits, and what is stuck.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct JobsReport {
    /// By stage, how many jobs are in each state; `done` counts elements.
    pub stages: BTreeMap<String, StageCounts>,
    /// Jobs that were given up or have trouble, newest first.
    pub items: Vec<JobReport>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<Cursor>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StageCounts {
    pub waiting: u64,
    pub running: u64,
    pub failed: u64,
    /// Given up because the input took a worker down again and again.
    pub quarantined: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct JobReport {
    pub element: ElementId,
    pub stage: StageName,
    pub state: JobState,
    pub attempts: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    Waiting,
    Running,
    Failed,
    Quarantined,
}

impl JobState {
    pub fn as_str(self) -> &'static str {
        match self {
            JobState::Waiting => "waiting",
            JobState::Running => "running",
            JobState::Failed => "failed",
            JobState::Quarantined => "quarantined",
        }
    }
}

/// `POST admin/jobs/retry`: which given-up jobs are put to work again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RetryJobs {
    /// One element's, or everybody's.
    #[serde(default)]
    pub element: Option<ElementId>,
    /// One stage's, or all.
    #[serde(default)]
    pub stage: Option<StageName>,
}

/// How many jobs were put to work again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Retried {
    pub jobs: u64,
}

/// `GET admin/actors`: who lives in the server that answers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ActorsReport {
    pub kinds: Vec<ActorKind>,
    /// Those that are busy longest first.
    pub actors: Vec<ActorReport>,
    /// So many more live that are not named.
    pub more: usize,
}

/// All actors of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ActorKind {
    pub kind: String,
    pub actors: usize,
    /// Messages that may wait for each.
    pub mailbox: usize,
    /// Of them are busy with one thing, and for how long at most.
    pub blocked: usize,
    pub blocked_ms: u64,
    /// How often those that live were made anew.
    pub restarts: u64,
}

/// One actor.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ActorReport {
    pub kind: String,
    /// What it is for: a topic, an account; empty where there is one of a kind
    /// and for sessions.
    pub name: String,
    /// Messages that may wait for it.
    pub mailbox: usize,
    /// How long the last question waited in its mailbox and was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_ms: Option<u64>,
    /// How long a question has waited that is not answered yet.
    pub blocked_ms: u64,
    /// How often it was made anew after it ended by itself.
    pub restarts: u64,
}
