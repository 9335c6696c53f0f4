use std::sync::Arc;

use super::{Answer, Classification, ImageEmbedding, Task};
use crate::engine::Engine;
use crate::models::{ClipImage, EfficientNetLite0, MiniLm};
use crate::{MlError, Rgb8, nsfw};

/// The blocking side of inference: one worker owns one and calls it from its
/// own thread.
pub trait Backend {
    /// Answers a task with an answer of its kind.
    ///
    /// # Errors
    /// Whatever the model says.
    fn run(&mut self, task: &Task) -> Result<Answer, MlError>;
}

/// Runs on models that the shared engine loads. Keeps nothing between calls,
/// so that a lease never outlives its job.
pub struct EngineBackend {
    engine: Arc<Engine>,
}

impl EngineBackend {
    /// Over a shared loader.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// A picture's raw embedding by the bundled image tower.
    ///
    /// # Errors
    /// Whatever the model says.
    pub fn embed_image(&self, picture: &Rgb8) -> Result<ImageEmbedding, MlError> {
        let vector = self.engine.lease::<ClipImage>()?.embed(picture)?;
        Ok(ImageEmbedding::clip(vector))
    }

    /// A picture's classes and features.
    ///
    /// # Errors
    /// Whatever the model says.
    pub fn classify(&self, picture: &Rgb8) -> Result<Classification, MlError> {
        let model = self.engine.lease::<EfficientNetLite0>()?;
        let (logits, features) = model.classify(picture)?;
        Ok(Classification::from_logits(&logits, features))
    }

    /// One unit vector `[384]` per text.
    ///
    /// # Errors
    /// Whatever the model says.
    pub fn embed_texts(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, MlError> {
        self.engine.lease::<MiniLm>()?.embed(texts)
    }
}

impl Backend for EngineBackend {
    fn run(&mut self, task: &Task) -> Result<Answer, MlError> {
        Ok(match task {
            Task::EmbedImage { picture, model } => Answer::Embedding(match model {
                None => self.embed_image(picture)?,
                Some(id) => return Err(MlError::UnknownModel(id.clone())),
            }),
            Task::Classify(picture) => Answer::Classes(self.classify(picture)?),
            Task::EmbedTexts(texts) => Answer::Texts(self.embed_texts(texts)?),
            Task::EmbedQuery(_) => Answer::Queries(None),
            Task::Screen(picture) => Answer::Screening(nsfw::score(&self.engine, picture)?),
            Task::ReadText(_) => return Err(not_in_this_build("the reading models")),
        })
    }
}

fn not_in_this_build(id: &str) -> MlError {
    MlError::ModelMissing {
        id: id.to_owned(),
        why: "this build does not have it".to_owned(),
    }
}
