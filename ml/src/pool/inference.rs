use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::PoolStatus;
use crate::{MlError, Rgb8, space};

/// A future that owns all it needs.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send + 'static>>;

/// Who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// A person.
    Interactive,
    /// Nobody in particular.
    Backfill,
}

impl Lane {
    /// Both, the more urgent first.
    pub const ALL: [Lane; 2] = [Lane::Interactive, Lane::Backfill];

    /// As logs and metrics name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Lane::Interactive => "interactive",
            Lane::Backfill => "backfill",
        }
    }
}

/// Models behind one door: in this process, or elsewhere.
///
/// Work is handed in by the call itself, before the future is first polled;
/// dropping the future withdraws work that has not begun.
pub trait Inference: Send + Sync {
    /// A picture's raw CLIP embedding.
    fn embed_image(
        &self,
        lane: Lane,
        picture: Arc<Rgb8>,
    ) -> BoxFuture<Result<ImageEmbedding, MlError>>;

    /// A picture's ImageNet class probabilities and features.
    fn classify(
        &self,
        lane: Lane,
        picture: Arc<Rgb8>,
    ) -> BoxFuture<Result<Classification, MlError>>;

    /// One unit vector `[384]` per text.
    fn embed_texts(
        &self,
        lane: Lane,
        texts: Vec<String>,
    ) -> BoxFuture<Result<Vec<Vec<f32>>, MlError>>;

    /// Queues, counts and loaded models.
    fn status(&self) -> PoolStatus;

    /// Proves that every model answers: by a real forward pass, or by one that
    /// lately succeeded.
    fn ready(&self) -> BoxFuture<Result<(), MlError>>;
}

/// The picture of a readiness probe.
pub(super) fn probe_picture() -> Rgb8 {
    Rgb8::flat(224, 224, [127, 127, 127])
}

/// The text of a readiness probe.
pub(super) fn probe_texts() -> Vec<String> {
    vec!["ready".to_owned()]
}

/// Whether a probe succeeded, if one was sent.
pub(super) async fn settled<T>(
    probe: Option<BoxFuture<Result<T, MlError>>>,
) -> Result<(), MlError> {
    match probe {
        Some(probe) => probe.await.map(drop),
        None => Ok(()),
    }
}

/// What the image tower says of a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageEmbedding {
    /// The space that it lies in.
    pub space: &'static str,
    /// `[512]`, raw: not of unit length.
    pub vector: Vec<f32>,
}

impl ImageEmbedding {
    /// Names the space of the bundled image tower.
    pub fn clip(vector: Vec<f32>) -> Self {
        Self {
            space: space::CLIP,
            vector,
        }
    }
}

/// What the classifier says of a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Classification {
    /// The space of `features`; the classes belong to the same model.
    pub space: &'static str,
    /// `[1000]`, summing to 1, by ImageNet class index.
    pub probabilities: Vec<f32>,
    /// `[1280]`, pooled, raw.
    pub features: Vec<f32>,
}

impl Classification {
    /// Softmax over the network's logits.
    pub fn from_logits(logits: &[f32], features: Vec<f32>) -> Self {
        let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let mut probabilities: Vec<f32> = logits.iter().map(|x| (x - top).exp()).collect();
        let sum: f32 = probabilities.iter().sum();
        probabilities.iter_mut().for_each(|p| *p /= sum);
        Self {
            space: space::FEATURES,
            probabilities,
            features,
        }
    }

    /// The `count` most probable classes, most probable first.
    pub fn top(&self, count: usize) -> Vec<(usize, f32)> {
        let mut all: Vec<_> = self.probabilities.iter().copied().enumerate().collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        all.truncate(count);
        all
    }
}
