use std::sync::Arc;

use super::{Answer, Classification, ImageEmbedding, Task};
use crate::engine::{Engine, Loadable};
use crate::models::{ClipImage, ClipText, EfficientNetLite0, MiniLm};
use crate::ocr::Ocr;
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

/// An image tower beside the bundled one, for instance the one whose space is
/// being filled to take the bundled one's place. Its network is a CLIP ViT-B/16.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageTower {
    /// Also the name of its folder.
    pub id: String,
    /// What its vectors are filed under.
    pub space: String,
}

/// Runs on models that the shared engine loads. Keeps nothing between calls,
/// so that a lease never outlives its job.
pub struct EngineBackend {
    engine: Arc<Engine>,
    towers: Vec<ImageTower>,
}

impl EngineBackend {
    /// Over a shared loader.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self {
            engine,
            towers: Vec::new(),
        }
    }

    /// With these image towers beside the bundled one.
    #[must_use]
    pub fn with_towers(mut self, towers: Vec<ImageTower>) -> Self {
        self.towers = towers;
        self
    }

    fn embed_image_with(&self, id: &str, picture: &Rgb8) -> Result<ImageEmbedding, MlError> {
        if id == ClipImage::ID {
            return self.embed_image(picture);
        }
        let tower = self.towers.iter().find(|tower| tower.id == id);
        let tower = tower.ok_or_else(|| MlError::UnknownModel(id.to_owned()))?;
        Ok(ImageEmbedding {
            space: tower.space.clone().into(),
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
            Task::ReadText(picture) => Answer::Lines(self.engine.lease::<Ocr>()?.read(picture)?),
        })
    }
}
