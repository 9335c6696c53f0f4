//! The stages that judge a picture: screen, score and read.

use db::{Lease, Outcome};
use media::Format;
use protocol::element::{Quality, QualityPart};
use protocol::label::LabelName;
use protocol::limits;

use super::labels::{self, AiBands};
use super::{Stages, blocking, lane};
use crate::PlatformError;

/// Longest side of the copy in which words are read, in pixels: small print
/// in a screenshot must stay legible.
const READ_SIDE: u32 = 1_600;
/// Who judges nudity; see `docs/models/open-nsfw.md`.
const NSFW_MODELS: &str = "open-nsfw@1 + image-safety@1";
/// Lines that the reader is less sure of are noise.
const READ_CONFIDENCE: f32 = 0.6;

impl Stages {
    /// Nudity, signs of a generator, and what kind of picture it is.
    pub(super) async fn screen(&self, lease: &Lease) -> Result<Outcome, PlatformError> {
        let copy = self.copy(lease).await?;
        let bytes = self.blobs.original(&lease.media).await?;
        let provenance = blocking(move || {
            let format: Format = media::sniff(&bytes)?;
            Ok(media::provenance(&bytes, format))
        })
        .await?;
        let scores = self
            .inference
            .screen(lane(lease), copy.small.clone())
            .await?;
        let looks = self.looks(lease).await?;
        let heads = &self.library.heads;
        let (unsure_from, yes_from) = heads.ai_bands();
        let bands = AiBands {
            unsure_from,
            yes_from,
        };
        let head = looks
            .as_ref()
            .map(|(clip, features)| heads.ai_made(clip, features));
        let version = heads.version();
        let mut found = vec![
            labels::nsfw(ml::nsfw::judge(&scores), NSFW_MODELS),
            labels::ai_made(&provenance.facts, head, bands, version),
        ];
        if let Some((clip, features)) = &looks {
            found.extend(labels::style(heads.style(clip, features), version));
        }
        let measured = [
            (LabelName::Monochrome, &copy.measures.monochrome),
            (LabelName::Blurry, &copy.measures.blurry),
            (LabelName::Dark, &copy.measures.dark),
        ];
        let version = media::quality::FORMULA;
        found.extend(
            measured
                .into_iter()
                .map(|(name, what)| labels::measured(name, what, version)),
        );
        Ok(Outcome::Screened { labels: found })
    }

    /// Measured quality as percentiles.
    pub(super) async fn score(&self, lease: &Lease) -> Result<Outcome, PlatformError> {
        let copy = self.copy(lease).await?;
        let quality = media::quality::Scale::shipped().quality(&copy.measures);
        let part = |part: media::quality::Part| QualityPart {
            name: part.name.to_owned(),
            value: part.value,
            percentile: part.percentile,
        };
        Ok(Outcome::Scored {
            quality: Quality {
                formula: quality.formula.to_owned(),
                percentile: quality.percentile,
                parts: quality.parts.into_iter().map(part).collect(),
                // a matter of the day: told when the element is looked at
                taste: None,
            },
        })
    }

    /// The words in the picture.
    pub(super) async fn read(&self, lease: &Lease) -> Result<Outcome, PlatformError> {
        let bytes = self.blobs.original(&lease.media).await?;
        let picture = blocking(move || {
            let picture = media::decode(&bytes, &media::Limits::default())?;
            super::pictures::rgb8(&picture, READ_SIDE)
        })
        .await?;
        let lines = self
            .inference
            .read_text(lane(lease), std::sync::Arc::new(picture))
            .await?;
        let mut text = String::new();
        for line in lines.iter().filter(|l| l.confidence >= READ_CONFIDENCE) {
            if text.chars().count() + line.text.chars().count() >= limits::READ_TEXT_MAX {
                break;
            }
            text.push_str(&line.text);
            text.push('\n');
        }
        Ok(Outcome::Read {
            text: text.trim_end().to_owned(),
        })
    }

    /// What the heads look at: the picture's vector and the classifier's
    /// features. None when the picture has no vector.
    async fn looks(&self, lease: &Lease) -> Result<Option<(Vec<f32>, Vec<f32>)>, PlatformError> {
        let clip = self
            .db
            .embedding_of(&lease.element, ml::space::CLIP)
            .await?;
        let Some(clip) = clip else {
            return Ok(None);
        };
        let copy = self.copy(lease).await?;
        let classes = self
            .inference
            .classify(lane(lease), copy.small.clone())
            .await?;
        Ok(Some((clip, classes.features)))
    }
}
