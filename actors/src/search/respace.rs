//! Changing the image tower while running: a new vector space is filled
//! beside the one in use, and takes its place at once when it is complete.
//!
//! Nothing is marked: what lacks a vector in the new space is what is still to
//! be done, so a stop at any moment loses at most the picture in hand. Vectors
//! of the former space stay; going back is a switch without work.

use std::sync::Arc;
use std::time::Duration;

use db::{Blobs, Db, NewEmbedding};
use ml::pool::{Inference, Lane};
use ml::{MlError, Rgb8};
use protocol::{ElementId, MediaHash};
use tokio::sync::watch;

use super::spaces::Alike;
use super::{FactIndex, Library, Spaces};
use crate::PlatformError;

/// Which space pictures are compared in, in the database.
pub const IMAGES: &str = "image";
/// The bundled image tower.
const BUNDLED: &str = "clip-vit-b16-image";
/// Elements looked up at once.
const PAGE: usize = 64;
/// Pause while models are busy or away.
const PAUSE: Duration = Duration::from_secs(2);
/// Longest side of the copies that the tower looks at, in pixels.
const SIDE: u32 = 512;

/// An image tower and the space of its vectors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageModel {
    pub id: String,
    pub space: String,
}

impl ImageModel {
    /// The tower of that id, whose vectors are filed under its name.
    pub fn named(id: String) -> Self {
        if id == BUNDLED {
            return Self::default();
        }
        Self {
            space: id.clone(),
            id,
        }
    }
}

impl Default for ImageModel {
    /// The bundled tower.
    fn default() -> Self {
        Self {
            id: BUNDLED.to_owned(),
            space: ml::space::CLIP.to_owned(),
        }
    }
}

pub(crate) struct Respace {
    pub db: Db,
    pub blobs: Blobs,
    pub inference: Arc<dyn Inference>,
    pub library: Arc<Library>,
    pub spaces: Arc<Spaces>,
    pub facts: Arc<FactIndex>,
    /// Is everything in memory that is stored?
    pub loaded: watch::Receiver<bool>,
    pub wanted: ImageModel,
}

impl Respace {
    /// Runs until every picture has its vector in the wanted space, and that
    /// is the one in use.
    pub async fn run(mut self) {
        if self.loaded.wait_for(|loaded| *loaded).await.is_err() {
            return;
        }
        loop {
            match self.step().await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(%error, space = self.wanted.space, "the new space waits");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn step(&self) -> Result<(), PlatformError> {
        let space = &self.wanted.space;
        let active = self.db.active_space(IMAGES).await?;
        let active = active.as_deref().unwrap_or(ml::space::CLIP);
        if active != space {
            self.spaces.set_filling(Some(space.clone()));
            self.fill_all().await?;
            let alike = Alike::read(&self.db, &self.library, &self.facts, space).await?;
            self.db.set_active_space(IMAGES, space).await?;
            self.spaces.switch(alike);
            tracing::info!(space, "pictures are compared in another space");
        }
        if space != ml::space::CLIP {
            // what was in hand at the switch, or at a stop
            self.fill_all().await?;
        }
        Ok(())
    }

    /// Gives every picture its vector in the wanted space, also those that
    /// come meanwhile.
    async fn fill_all(&self) -> Result<(), PlatformError> {
        let mut after = None;
        loop {
            let page = self
                .db
                .elements_without(&self.wanted.space, after.clone(), PAGE)
                .await?;
            let Some((last, _)) = page.last() else {
                return Ok(());
            };
            after = Some(last.clone());
            for (element, media) in &page {
                self.fill(element, media).await?;
            }
        }
    }

    /// A picture that cannot be embedded stays out of the space.
    async fn fill(&self, element: &ElementId, media: &MediaHash) -> Result<(), PlatformError> {
        let bytes = self.blobs.original(media).await?;
        let picture = tokio::task::spawn_blocking(move || {
            let picture = media::decode(&bytes, &media::Limits::default())?;
            let rgb = picture.resized(SIDE).to_rgb();
            Ok::<_, PlatformError>(Rgb8::new(rgb.width, rgb.height, rgb.data)?)
        })
        .await
        .map_err(|_| PlatformError::Gone("the decoder"))?;
        let picture = match picture {
            Ok(picture) => Arc::new(picture),
            Err(PlatformError::Media(error)) => {
                tracing::warn!(%error, %element, "left out of the new space");
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let asked = |picture| {
            self.inference
                .embed_image_with(Lane::Backfill, &self.wanted.id, picture)
        };
        let embedding = loop {
            match asked(picture.clone()).await {
                Err(MlError::Busy { .. }) => tokio::time::sleep(PAUSE).await,
                Err(MlError::BadInput(_)) => return Ok(()),
                other => break other?,
            }
        };
        let embedding = NewEmbedding {
            space: self.wanted.space.clone(),
            model: self.wanted.id.clone(),
            vector: embedding.vector,
        };
        let vector = embedding.vector.clone();
        self.db.put_embedding(element, embedding).await?;
        self.spaces.put_image(&self.wanted.space, element, &vector);
        Ok(())
    }
}
