use std::sync::Arc;

use tokio::sync::oneshot;

use super::inference::{Classification, ImageEmbedding};
use crate::{MlError, Rgb8};

pub(super) type Reply<T> = oneshot::Sender<Result<T, MlError>>;

/// One piece of work and where its answer goes.
pub(super) struct Job {
    pub work: Work,
}

pub(super) enum Work {
    Embed(Arc<Rgb8>, Reply<ImageEmbedding>),
    Classify(Arc<Rgb8>, Reply<Classification>),
    Texts(Vec<String>, Reply<Vec<Vec<f32>>>),
}

impl Job {
    /// Whether nobody waits for the answer any more.
    pub fn abandoned(&self) -> bool {
        match &self.work {
            Work::Embed(_, reply) => reply.is_closed(),
            Work::Classify(_, reply) => reply.is_closed(),
            Work::Texts(_, reply) => reply.is_closed(),
        }
    }

    /// How many texts it holds; none for pictures.
    pub fn texts(&self) -> Option<usize> {
        match &self.work {
            Work::Texts(texts, _) => Some(texts.len()),
            Work::Embed(..) | Work::Classify(..) => None,
        }
    }
}
