//! What each stage does.

use std::sync::Arc;
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use db::{Blobs, Db, Lease, ModelTag, NewEmbedding, Outcome, Retry};
use media::{Encoded, Picture, VariantKind};
use ml::MlError;
use ml::Rgb8;
use ml::pool::{Inference, Lane};
use protocol::element::{Media, StageName, Swatch, TagBand};
use tokio::task::spawn_blocking;

use super::cache::SmallCopies;
use crate::PlatformError;
use crate::search::Library;

/// Longest side of the copies that models look at, in pixels: they see 224.
const SMALL: u32 = 512;
/// First pause before another attempt; doubles each time. How often is tried
/// is the database's business.
const FIRST_PAUSE_MILLIS: u64 = 2_000;
/// Pause while a model is missing or all workers are busy.
const MISSING_MILLIS: u64 = 15_000;
const BUSY_MILLIS: u64 = 250;

#[derive(Clone)]
pub struct Stages {
    db: Db,
    blobs: Blobs,
    inference: Arc<dyn Inference>,
    library: Arc<Library>,
    copies: Arc<SmallCopies>,
}

impl Stages {
    pub fn new(db: Db, blobs: Blobs, inference: Arc<dyn Inference>, library: Arc<Library>) -> Self {
        Self {
            db,
            blobs,
            inference,
            library,
            copies: Arc::default(),
        }
    }

    /// Carries a job out and writes what came of it, in one transaction.
    pub async fn run(&self, lease: &Lease) {
        let start = Instant::now();
        let stage = lease.stage.as_str();
        let outcome = match lease.stage {
            StageName::Preview => self.preview(lease).await,
            StageName::Embed => self.embed(lease).await,
            StageName::Tag => self.tag(lease).await,
            StageName::Compress => self.compress(lease).await,
            StageName::Screen | StageName::Score | StageName::Read => return,
        };
        let written = match outcome {
            Ok(outcome) => self.db.complete(lease, outcome).await.map(|_| "done"),
            Err(error) => self.give_back(lease, &error).await,
        };
        match written {
            Ok(result) => {
                metrics::counter!("asterism_stage_total", "stage" => stage, "result" => result)
                    .increment(1);
                metrics::histogram!("asterism_stage_seconds", "stage" => stage)
                    .record(start.elapsed().as_secs_f64());
                tracing::debug!(stage, result, element = %lease.element, millis = start.elapsed().as_millis() as u64, "stage run");
            }
            // The lease runs out and the job is done again.
            Err(error) => {
                tracing::warn!(stage, %error, element = %lease.element, "result cannot be written")
            }
        }
    }

    async fn give_back(
        &self,
        lease: &Lease,
        error: &PlatformError,
    ) -> Result<&'static str, db::DbError> {
        match error {
            PlatformError::Ml(MlError::Busy { .. }) => {
                self.db
                    .defer(lease, "waits for a free worker", BUSY_MILLIS)
                    .await?;
                return Ok("deferred");
            }
            PlatformError::Ml(MlError::ModelMissing { id, .. }) => {
                let reason = format!("the model {id} is not installed");
                self.db.defer(lease, &reason, MISSING_MILLIS).await?;
                return Ok("deferred");
            }
            _ => {}
        }
        tracing::warn!(stage = lease.stage.as_str(), %error, element = %lease.element, attempt = lease.attempt, "stage failed");
        let hopeless = matches!(
            error,
            PlatformError::Media(_) | PlatformError::Ml(MlError::BadInput(_))
        );
        let retry = if hopeless {
            Retry::Never
        } else {
            Retry::After(FIRST_PAUSE_MILLIS << lease.attempt.min(6))
        };
        self.db.fail(lease, &error.to_string(), retry).await?;
        Ok("failed")
    }

    async fn preview(&self, lease: &Lease) -> Result<Outcome, PlatformError> {
        let bytes = self.blobs.original(&lease.media).await?;
        let made = blocking(move || {
            let limits = media::Limits::default();
            let format = media::sniff(&bytes)?;
            let picture = media::decode(&bytes, &limits)?;
            let variants = encode(&picture, VariantKind::Jpeg)?;
            let original = media::public_original(&bytes, format)?;
            let small = small_copy(&picture)?;
            Ok((
                looks(&picture),
                variants,
                (original, format.mime(), picture.width(), picture.height()),
                small,
            ))
        })
        .await?;
        let ((thumbhash, colors, phash), variants, original, small) = made;
        self.copies.put(lease.media.clone(), Arc::new(small));
        let mut media = self.store(lease, variants, "jpeg").await?;
        let (bytes, mime, width, height) = original;
        self.blobs
            .put_variant(&lease.media, "original", bytes)
            .await?;
        media.push(self.file(lease, "original".into(), mime, width, height));
        Ok(Outcome::Preview {
            thumbhash,
            colors,
            phash,
            media,
        })
    }

    async fn compress(&self, lease: &Lease) -> Result<Outcome, PlatformError> {
        let bytes = self.blobs.original(&lease.media).await?;
        let variants = blocking(move || {
            let picture = media::decode(&bytes, &media::Limits::default())?;
            encode(&picture, VariantKind::Avif)
        })
        .await?;
        Ok(Outcome::Compressed {
            media: self.store(lease, variants, "avif").await?,
        })
    }

    async fn embed(&self, lease: &Lease) -> Result<Outcome, PlatformError> {
        let picture = self.copy(lease).await?;
        let clip = self.inference.embed_image(lane(lease), picture).await?;
        Ok(Outcome::Embedded {
            embeddings: vec![embedding(ml::space::CLIP, clip.vector)],
        })
    }

    async fn tag(&self, lease: &Lease) -> Result<Outcome, PlatformError> {
        let picture = self.copy(lease).await?;
        let classes = self.inference.classify(lane(lease), picture).await?;
        let conse = self.library.bridge.conse(&classes);
        let suggestions = self.library.tags.suggest(&classes);
        let tags = suggestions.into_iter().filter_map(|tag| {
            Some(ModelTag {
                name: tag.name.parse().ok()?,
                category: tag.category.to_string(),
                score: tag.score,
                band: TagBand::Suggested,
            })
        });
        Ok(Outcome::Tagged {
            model: ml::space::FEATURES.to_owned(),
            tags: tags.collect(),
            embeddings: vec![embedding(ml::space::CONSE, conse)],
        })
    }

    /// The small copy of the picture, decoded again if it is not at hand.
    async fn copy(&self, lease: &Lease) -> Result<Arc<Rgb8>, PlatformError> {
        if let Some(copy) = self.copies.get(&lease.media) {
            return Ok(copy);
        }
        let bytes = self.blobs.original(&lease.media).await?;
        let copy = blocking(move || {
            let picture = media::decode(&bytes, &media::Limits::default())?;
            small_copy(&picture)
        })
        .await?;
        let copy = Arc::new(copy);
        self.copies.put(lease.media.clone(), copy.clone());
        Ok(copy)
    }

    async fn store(
        &self,
        lease: &Lease,
        variants: Variants,
        kind: &str,
    ) -> Result<Vec<Media>, PlatformError> {
        let mut stored = Vec::new();
        for (width, variant) in variants {
            let name = format!("{kind}-{width}");
            self.blobs
                .put_variant(&lease.media, &name, variant.bytes)
                .await?;
            stored.push(self.file(lease, name, variant.mime, variant.width, variant.height));
        }
        Ok(stored)
    }

    fn file(&self, lease: &Lease, variant: String, mime: &str, width: u32, height: u32) -> Media {
        let url = format!("/media/{}/{variant}", lease.media);
        Media {
            variant,
            url,
            mime: mime.to_owned(),
            width,
            height,
        }
    }
}

type Looks = (String, Vec<Swatch>, u64);

fn looks(picture: &Picture) -> Looks {
    let thumbhash = STANDARD.encode(media::thumbhash(picture));
    let colors = media::palette(picture).into_iter().map(|swatch| {
        let [r, g, b] = swatch.rgb;
        Swatch {
            hex: format!("#{r:02x}{g:02x}{b:02x}"),
            share: swatch.share,
        }
    });
    (thumbhash, colors.collect(), media::perceptual_hash(picture))
}

fn small_copy(picture: &Picture) -> Result<Rgb8, PlatformError> {
    let rgb = picture.resized(SMALL).to_rgb();
    Ok(Rgb8::new(rgb.width, rgb.height, rgb.data)?)
}

/// Encoded files by the width that their name tells.
type Variants = Vec<(u32, Encoded)>;

fn encode(picture: &Picture, kind: VariantKind) -> Result<Variants, PlatformError> {
    let specs = media::variants_for(picture.width());
    let of_kind = specs.into_iter().filter(|spec| spec.kind == kind);
    of_kind
        .map(|spec| Ok((spec.width, media::encode(picture, spec)?)))
        .collect()
}

fn embedding(space: &str, vector: Vec<f32>) -> NewEmbedding {
    NewEmbedding {
        space: space.to_owned(),
        model: space.to_owned(),
        vector,
    }
}

fn lane(lease: &Lease) -> Lane {
    if lease.backfill {
        Lane::Backfill
    } else {
        Lane::Interactive
    }
}

/// Runs heavy work off the arbiter; the callers' places bound how much at once.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PlatformError> + Send + 'static,
) -> Result<T, PlatformError> {
    match spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(PlatformError::Media(media::MediaError::Damaged {
            reason: "it made the decoder panic".into(),
        })),
    }
}
