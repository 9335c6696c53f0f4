use std::time::Instant;

use tokio::sync::oneshot;

use super::{Answer, Lane, Task};
use crate::MlError;

pub(super) type Reply = oneshot::Sender<Result<Answer, MlError>>;

/// One piece of work and where its answer goes.
pub(super) struct Job {
    pub lane: Lane,
    pub task: Task,
    pub reply: Reply,
    pub arrived: Instant,
    /// Not to be put into a batch: it was in one that hung.
    pub alone: bool,
}

/// Roughly the characters of an English token.
const CHARACTERS_PER_TOKEN: usize = 4;
/// The two tokens around each text, and its share of what a pass costs anyway.
const TOKENS_PER_TEXT: usize = 4;
/// Longer texts are cut by every text model here.
const MOST_TOKENS: usize = 256;

impl Job {
    pub fn new(lane: Lane, task: Task, reply: Reply) -> Self {
        Self {
            lane,
            task,
            reply,
            arrived: Instant::now(),
            alone: false,
        }
    }

    /// Whether nobody waits for the answer any more.
    pub fn abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    /// What it adds to a batch, in tokens; none where it may share none.
    pub fn cost(&self) -> Option<usize> {
        if self.alone {
            return None;
        }
        let tokens = |text: &String| {
            let tokens = text.chars().count() / CHARACTERS_PER_TOKEN + TOKENS_PER_TEXT;
            tokens.min(MOST_TOKENS)
        };
        Some(self.task.texts()?.iter().map(tokens).sum())
    }

    /// Tells the asker, who may have hung up meanwhile.
    pub fn answer(self, answer: Result<Answer, MlError>) {
        let _ = self.reply.send(answer);
    }
}
