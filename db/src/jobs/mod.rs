//! Jobs: durable work, leased to workers, done at least once and counted once.

mod aside;
mod charge;
mod complete;
mod counts;
mod fail;
mod lease;
mod progress;
mod queue;
mod recover;
mod report;
mod stages;

use protocol::element::{Label, Media, Quality, StageName, Swatch, TagBand};
use protocol::value::TagName;
use protocol::{ElementId, MediaHash, UserId};

pub(crate) use aside::{keys, put_aside, take_up};
pub(crate) use complete::together;
pub(crate) use progress::Progress;
use queue::waits_for;
pub(crate) use queue::{enqueue, key};

/// A job lent to one worker until its time is up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub element: ElementId,
    pub owner: UserId,
    pub media: MediaHash,
    pub mime: String,
    pub stage: StageName,
    /// From 1.
    pub attempt: u32,
    /// Proof of the lease.
    pub token: String,
    pub backfill: bool,
}

/// What a worker asks for.
#[derive(Debug, Clone)]
pub struct LeaseRequest {
    pub stages: Vec<StageName>,
    pub limit: usize,
    /// Who works, for operators.
    pub worker: String,
    /// For how long.
    pub millis: u64,
}

/// A vector to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEmbedding {
    /// Names the model and its version: vectors of one space compare.
    pub space: String,
    pub model: String,
    pub vector: Vec<f32>,
}

/// A model's suggestion.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelTag {
    pub name: TagName,
    pub category: String,
    /// 0…1.
    pub score: f32,
    pub band: TagBand,
}

/// What a stage made: its results are written with the end of its job.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Preview {
        /// Base64.
        thumbhash: String,
        colors: Vec<Swatch>,
        phash: u64,
        media: Vec<Media>,
    },
    Embedded {
        embeddings: Vec<NewEmbedding>,
    },
    Tagged {
        model: String,
        tags: Vec<ModelTag>,
        embeddings: Vec<NewEmbedding>,
    },
    Compressed {
        media: Vec<Media>,
    },
    Screened {
        labels: Vec<Label>,
    },
    Scored {
        quality: Quality,
    },
    /// The words in the picture.
    Read {
        text: String,
    },
}

/// What to do with a job that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Again after so many milliseconds (given up after a bounded number).
    After(u64),
    /// It took a worker down: again after so many milliseconds, and put in
    /// quarantine the third time.
    WorkerFault(u64),
    Never,
}

/// Jobs of one stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobCount {
    pub stage: StageName,
    pub waiting: usize,
    pub running: usize,
    pub failed: usize,
    /// Age of the oldest waiting one; 0 if none waits.
    pub oldest_waiting_ms: u64,
}
