use std::sync::Arc;

use super::{Answer, Classification, ImageEmbedding, Task};
use crate::engine::{Engine, Loadable};
use crate::models::{ClipImage, ClipText, EfficientNetLite0, MiniLm};
use crate::ocr::Ocr;
use crate::{MlError, Rgb8, nsfw, subjects};

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

    /// By another CLIP ViT-B/16 image tower, which lies in the models folder under
    /// its id: for instance the one whose space is being filled to take the
    /// bundled one's place. The space is named like the tower.
    fn embed_image_with(&self, id: &str, picture: &Rgb8) -> Result<ImageEmbedding, MlError> {
        if id == ClipImage::ID {
            return self.embed_image(picture);
        }
        // the id may come from outside: it must not leave the folder
        if !is_model_id(id) {
            return Err(MlError::UnknownModel(id.to_owned()));
        }
        Ok(ImageEmbedding {
            space: id.to_owned().into(),
            vector: self.engine.lease_as::<ClipImage>(id)?.embed(picture)?,
        })
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

    /// One vector `[512]` per text in the image tower's space; none where no
    /// text tower is installed.
    ///
    /// # Errors
    /// Whatever the model says.
    pub fn embed_query(&self, texts: &[String]) -> Result<Option<Vec<Vec<f32>>>, MlError> {
        match self.engine.lease::<ClipText>() {
            Ok(tower) => tower.embed(texts).map(Some),
            Err(MlError::ModelMissing { .. }) => Ok(None),
            Err(other) => Err(other),
        }
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
                Some(id) => self.embed_image_with(id, picture)?,
            }),
            Task::Classify(picture) => Answer::Classes(self.classify(picture)?),
            Task::EmbedTexts(texts) => Answer::Texts(self.embed_texts(texts)?),
            Task::EmbedQuery(texts) => Answer::Queries(self.embed_query(texts)?),
            Task::Screen(picture) => Answer::Screening(nsfw::score(&self.engine, picture)?),
            Task::FindSubjects(picture) => {
                let model = self.engine.lease::<EfficientNetLite0>()?;
                Answer::Spots(subjects::find(&model, picture)?)
            }
            Task::ReadText(picture) => Answer::Lines(self.engine.lease::<Ocr>()?.read(picture)?),
        })
    }
}

/// Whether it can name a model: lower case, digits and hyphens.
pub fn is_model_id(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !id.is_empty() && id.chars().all(plain)
}
