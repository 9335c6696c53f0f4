use std::sync::Arc;

use super::inference::{Classification, ImageEmbedding};
use crate::engine::Engine;
use crate::models::{ClipImage, EfficientNetLite0, MiniLm};
use crate::{MlError, Rgb8};

/// The blocking side of inference: one worker owns one and calls it from its
/// own thread.
pub trait Backend {
    /// A picture's raw CLIP embedding.
    ///
    /// # Errors
    /// Whatever the model says.
    fn embed_image(&mut self, picture: &Rgb8) -> Result<ImageEmbedding, MlError>;

    /// A picture's classes and features.
    ///
    /// # Errors
    /// Whatever the model says.
    fn classify(&mut self, picture: &Rgb8) -> Result<Classification, MlError>;

    /// One unit vector per text.
    ///
    /// # Errors
    /// Whatever the model says.
    fn embed_texts(&mut self, texts: &[String]) -> Result<Vec<Vec<f32>>, MlError>;
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
}

impl Backend for EngineBackend {
    fn embed_image(&mut self, picture: &Rgb8) -> Result<ImageEmbedding, MlError> {
        let vector = self.engine.lease::<ClipImage>()?.embed(picture)?;
        Ok(ImageEmbedding::clip(vector))
    }

    fn classify(&mut self, picture: &Rgb8) -> Result<Classification, MlError> {
        let (logits, features) = self
            .engine
            .lease::<EfficientNetLite0>()?
            .classify(picture)?;
        Ok(Classification::from_logits(&logits, features))
    }

    fn embed_texts(&mut self, texts: &[String]) -> Result<Vec<Vec<f32>>, MlError> {
        self.engine.lease::<MiniLm>()?.embed(texts)
    }
}
