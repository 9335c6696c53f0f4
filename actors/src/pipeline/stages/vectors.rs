//! The stages that place a picture among others: embed and tag.

use db::{Lease, ModelTag, NewEmbedding, Outcome};

use ml::tags::Confidence;
use protocol::element::TagBand;

use super::{Stages, lane};
use crate::{ImageModel, PlatformError};

impl Stages {
    pub(super) async fn embed(&self, lease: &Lease) -> Result<Outcome, PlatformError> {
        let copy = self.copy(lease).await?;
        let lane = lane(lease);
        // always by the bundled tower: words and heads speak of its space
        let clip = self.inference.embed_image(lane, copy.small.clone()).await?;
        let mut embeddings = vec![embedding(ml::space::CLIP, clip.vector)];
        let ImageModel { id, space } = &self.image_model;
        if space != ml::space::CLIP && self.spaces.image_space() == *space {
            let other = self.inference.embed_image_with(lane, id, copy.small);
            embeddings.push(embedding(space, other.await?.vector));
        }
        Ok(Outcome::Embedded { embeddings })
    }

    pub(super) async fn tag(&self, lease: &Lease) -> Result<Outcome, PlatformError> {
        let copy = self.copy(lease).await?;
        let classes = self.inference.classify(lane(lease), copy.small).await?;
        let conse = self.library.bridge.conse(&classes);
        let suggestions = self.library.tags().suggest(&classes);
        let tags = suggestions.into_iter().filter_map(|tag| {
            Some(ModelTag {
                name: tag.name.parse().ok()?,
                category: tag.category.to_string(),
                score: tag.score,
                band: band(tag.confidence),
            })
        });
        Ok(Outcome::Tagged {
            model: ml::space::FEATURES.to_owned(),
            tags: tags.collect(),
            embeddings: vec![embedding(ml::space::CONSE, conse)],
        })
    }
}

fn band(confidence: Confidence) -> TagBand {
    match confidence {
        Confidence::Sure => TagBand::Sure,
        Confidence::Suggested => TagBand::Suggested,
        Confidence::Unsure => TagBand::Unsure,
    }
}

fn embedding(space: &str, vector: Vec<f32>) -> NewEmbedding {
    NewEmbedding {
        space: space.to_owned(),
        model: space.to_owned(),
        vector,
    }
}
