use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Answer, Classification, ImageEmbedding, PoolStatus, Task};
use crate::nsfw::NsfwScores;
use crate::ocr::TextLine;
use crate::subjects::Spot;
use crate::{MlError, Rgb8};

/// A future that owns all it needs.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send + 'static>>;

/// Who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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

impl std::fmt::Display for Lane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Models behind one door: in this process, or elsewhere.
///
/// Work is handed in by the call itself, before the future is first polled;
/// dropping the future withdraws work that has not begun.
pub trait Inference: Send + Sync {
    /// Asks a model; the answer is of the task's kind.
    fn ask(&self, lane: Lane, task: Task) -> BoxFuture<Result<Answer, MlError>>;

    /// Queues, counts and loaded models.
    fn status(&self) -> PoolStatus;

    /// Proves that models answer: by a real forward pass, or by one that lately
    /// succeeded. A model that is not installed is no fault, unless all are.
    fn ready(&self) -> BoxFuture<Result<(), MlError>>;

    /// Unloads a model that nobody uses just now; says whether it did.
    fn unload(&self, model: String) -> BoxFuture<Result<bool, MlError>>;

    /// A picture's raw CLIP embedding `[512]`, by the bundled image tower.
    fn embed_image(
        &self,
        lane: Lane,
        picture: Arc<Rgb8>,
    ) -> BoxFuture<Result<ImageEmbedding, MlError>> {
        typed(self.ask(lane, Task::embed_image(picture)))
    }

    /// A picture's embedding by the image tower of that id.
    fn embed_image_with(
        &self,
        lane: Lane,
        model: &str,
        picture: Arc<Rgb8>,
    ) -> BoxFuture<Result<ImageEmbedding, MlError>> {
        let model = Some(model.to_owned());
        typed(self.ask(lane, Task::EmbedImage { picture, model }))
    }

    /// A picture's ImageNet class probabilities `[1000]` and features `[1280]`.
    fn classify(
        &self,
        lane: Lane,
        picture: Arc<Rgb8>,
    ) -> BoxFuture<Result<Classification, MlError>> {
        typed(self.ask(lane, Task::Classify(picture)))
    }

    /// How a picture scores with the models that look for nudity and gore.
    fn screen(&self, lane: Lane, picture: Arc<Rgb8>) -> BoxFuture<Result<NsfwScores, MlError>> {
        typed(self.ask(lane, Task::Screen(picture)))
    }

    /// The lines of text in a picture.
    fn read_text(
        &self,
        lane: Lane,
        picture: Arc<Rgb8>,
    ) -> BoxFuture<Result<Vec<TextLine>, MlError>> {
        typed(self.ask(lane, Task::ReadText(picture)))
    }

    /// What stands out in a picture, the most striking first.
    fn find_subjects(
        &self,
        lane: Lane,
        picture: Arc<Rgb8>,
    ) -> BoxFuture<Result<Vec<Spot>, MlError>> {
        typed(self.ask(lane, Task::FindSubjects(picture)))
    }

    /// One unit vector `[384]` per text.
    fn embed_texts(
        &self,
        lane: Lane,
        texts: Vec<String>,
    ) -> BoxFuture<Result<Vec<Vec<f32>>, MlError>> {
        typed(self.ask(lane, Task::EmbedTexts(texts)))
    }

    /// One vector `[512]` per text in the space of the image tower; none where
    /// no text tower of that space is installed.
    fn embed_query(
        &self,
        lane: Lane,
        texts: Vec<String>,
    ) -> BoxFuture<Result<Option<Vec<Vec<f32>>>, MlError>> {
        typed(self.ask(lane, Task::EmbedQuery(texts)))
    }
}

fn typed<T>(answer: BoxFuture<Result<Answer, MlError>>) -> BoxFuture<Result<T, MlError>>
where
    T: TryFrom<Answer, Error = MlError> + 'static,
{
    Box::pin(async move { answer.await?.try_into() })
}
