//! Jobs: durable work, leased to workers, done at least once and counted once.

mod complete;
mod counts;
mod fail;
mod lease;
mod order;
mod progress;
mod queue;
mod recover;
mod retry;

use protocol::element::{Label, Media, Quality, StageName, Swatch, TagBand};
use protocol::value::TagName;
use protocol::{ElementId, MediaHash, UserId};

pub(crate) use progress::Progress;
pub(crate) use queue::{Work, enqueue, key};

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
    /// How the score stands to the tag's thresholds.
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
    /// What models and metadata say. People's words are laid over it.
    Screened {
        labels: Vec<Label>,
        /// Which models and formulas, with their versions; for labels that
        /// do not say so themselves.
        model: String,
    },
    Scored {
        quality: Quality,
    },
    /// The words in the picture.
    Read {
        text: String,
        model: String,
    },
    Compressed {
        media: Vec<Media>,
    },
}

/// What to do with a job that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Again after so many milliseconds (given up after a bounded number).
    After(u64),
    /// The run took the worker down: again after a short while, and
    /// quarantined when that keeps happening.
    WorkerFault,
    Never,
}

/// Jobs of one stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobCount {
    pub stage: StageName,
    pub waiting: usize,
    pub running: usize,
    pub failed: usize,
    /// Given up because workers kept vanishing with them.
    pub quarantined: usize,
}
