//! The stages that make files: preview and compress; and the small copies
//! that the others look at.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use db::{Lease, Outcome};
use media::{Encoded, Picture, VariantKind};
use ml::Rgb8;
use protocol::element::{Media, Swatch};

use super::super::cache::Copy;
use super::{Stages, blocking};
use crate::PlatformError;

/// Longest side of the copies that models look at, in pixels: they see 224.
const SMALL: u32 = 512;

impl Stages {
    pub(super) async fn preview(&self, lease: &Lease) -> Result<Outcome, PlatformError> {
        let bytes = self.blobs.original(&lease.media).await?;
        let made = blocking(move || {
            let limits = media::Limits::default();
            let format = media::sniff(&bytes)?;
            let picture = media::decode(&bytes, &limits)?;
            let variants = encode(&picture, VariantKind::Jpeg)?;
            let original = media::public_original(&bytes, format)?;
            Ok((
                looks(&picture),
                variants,
                (original, format.mime(), picture.width(), picture.height()),
                copy_of(&picture)?,
            ))
        })
        .await?;
        let ((thumbhash, colors, phash), variants, original, copy) = made;
        self.copies.put(lease.media.clone(), copy);
        let mut media = self.store(lease, variants, "jpeg").await?;
        let (bytes, mime, width, height) = original;
        self.blobs
            .put_variant(&lease.media, "original", bytes)
            .await?;
        media.push(file(lease, "original".into(), mime, width, height));
        Ok(Outcome::Preview {
            thumbhash,
            colors,
            phash,
            media,
        })
    }

    pub(super) async fn compress(&self, lease: &Lease) -> Result<Outcome, PlatformError> {
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

    /// The small copy of the picture, decoded again if it is not at hand.
    pub(super) async fn copy(&self, lease: &Lease) -> Result<Copy, PlatformError> {
        if let Some(copy) = self.copies.get(&lease.media) {
            return Ok(copy);
        }
        let bytes = self.blobs.original(&lease.media).await?;
        let copy = blocking(move || {
            let picture = media::decode(&bytes, &media::Limits::default())?;
            copy_of(&picture)
        })
        .await?;
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
            stored.push(file(
                lease,
                name,
                variant.mime,
                variant.width,
                variant.height,
            ));
        }
        Ok(stored)
    }
}

/// The picture for models, with a longest side of at most so many pixels.
pub(super) fn rgb8(picture: &Picture, side: u32) -> Result<Rgb8, PlatformError> {
    let rgb = picture.resized(side).to_rgb();
    Ok(Rgb8::new(rgb.width, rgb.height, rgb.data)?)
}

fn copy_of(picture: &Picture) -> Result<Copy, PlatformError> {
    Ok(Copy {
        small: Arc::new(rgb8(picture, SMALL)?),
        measures: Arc::new(media::measure(picture)),
    })
}

fn file(lease: &Lease, variant: String, mime: &str, width: u32, height: u32) -> Media {
    let url = format!("/media/{}/{variant}", lease.media);
    Media {
        variant,
        url,
        mime: mime.to_owned(),
        width,
        height,
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

/// Encoded files by the width that their name tells.
type Variants = Vec<(u32, Encoded)>;

fn encode(picture: &Picture, kind: VariantKind) -> Result<Variants, PlatformError> {
    let specs = media::variants_for(picture.width());
    let of_kind = specs.into_iter().filter(|spec| spec.kind == kind);
    of_kind
        .map(|spec| Ok((spec.width, media::encode(picture, spec)?)))
        .collect()
}
