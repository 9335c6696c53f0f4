//! Served copies: JPEG for everyone, AVIF for those who can.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use rgb::FromSlice;

use crate::{MediaError, Picture};

/// Widths a picture is offered in, in pixels.
pub const WIDTHS: [u32; 3] = [320, 640, 1280];

const JPEG_QUALITY: u8 = 82;
const AVIF_QUALITY: u8 = 70;
/// rav1e's scale from 1 (patient) to 10 (fast).
const AVIF_SPEED: u8 = 10;
/// JPEG counts its sides in 16 bits.
const MAX_JPEG_SIDE: u32 = 65_535;

/// How a variant is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VariantKind {
    /// Transparency is flattened on white.
    Jpeg,
    /// Transparency is kept.
    Avif,
}

/// What to encode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VariantSpec {
    /// How it is coded.
    pub kind: VariantKind,
    /// The width asked for, in pixels; a narrower picture keeps its own.
    pub width: u32,
    /// 1 to 100.
    pub quality: u8,
    /// Threads the AVIF encoder may use; JPEG always takes one.
    pub threads: usize,
}

/// One encoded variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its real width in pixels.
    pub width: u32,
    /// Its real height in pixels.
    pub height: u32,
    /// The media type to serve it with.
    pub mime: &'static str,
}

impl VariantKind {
    /// The media type to serve it with.
    pub fn mime(self) -> &'static str {
        match self {
            VariantKind::Jpeg => "image/jpeg",
            VariantKind::Avif => "image/avif",
        }
    }

    /// The usual file name extension, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            VariantKind::Jpeg => "jpg",
            VariantKind::Avif => "avif",
        }
    }
}

impl VariantSpec {
    /// The usual quality, on one thread.
    pub fn new(kind: VariantKind, width: u32) -> Self {
        Self {
            kind,
            width,
            quality: match kind {
                VariantKind::Jpeg => JPEG_QUALITY,
                VariantKind::Avif => AVIF_QUALITY,
            },
            threads: 1,
        }
    }

    /// The same on up to `threads` threads.
    pub fn with_threads(self, threads: usize) -> Self {
        Self {
            threads: threads.max(1),
            ..self
        }
    }

    /// A name for the variant, such as `640.avif`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.width, self.kind.extension())
    }
}

/// The variants a picture of this width gets: never scaled up, never twice the same, and
/// always at least one of each kind. A picture narrower than the next width is offered
/// under that width's name with its own size.
pub fn variants_for(width: u32) -> Vec<VariantSpec> {
    let mut specs = Vec::new();
    for (index, wanted) in WIDTHS.into_iter().enumerate() {
        if index > 0 && WIDTHS[index - 1] >= width {
            break;
        }
        for kind in [VariantKind::Jpeg, VariantKind::Avif] {
            specs.push(VariantSpec::new(kind, wanted));
        }
    }
    specs
}

/// Scales the picture down to the variant's width and encodes it.
///
/// # Errors
/// [`MediaError::EncodeFailed`].
pub fn encode(picture: &Picture, spec: VariantSpec) -> Result<Encoded, MediaError> {
    encode_as_is(&picture.resized(spec.width), spec)
}

/// Encodes all variants of [`variants_for`], sharing the scaling between kinds.
///
/// # Errors
/// [`MediaError::EncodeFailed`].
pub fn encode_all(
    picture: &Picture,
    threads: usize,
) -> Result<Vec<(VariantSpec, Encoded)>, MediaError> {
    let mut variants = Vec::new();
    let mut scaled: Option<(u32, Picture)> = None;
    for spec in variants_for(picture.width()) {
        let spec = spec.with_threads(threads);
        let fresh = scaled
            .take()
            .filter(|(width, _)| *width == spec.width)
            .unwrap_or_else(|| (spec.width, picture.resized(spec.width)));
        variants.push((spec, encode_as_is(&fresh.1, spec)?));
        scaled = Some(fresh);
    }
    Ok(variants)
}

fn encode_as_is(picture: &Picture, spec: VariantSpec) -> Result<Encoded, MediaError> {
    let picture = &within_jpeg(picture);
    let bytes = crate::fence::fenced(|| match spec.kind {
        VariantKind::Jpeg => jpeg(picture, spec.quality),
        VariantKind::Avif => avif(picture, spec),
    })
    .map_err(|error| match error {
        MediaError::EncodeFailed { .. } => error,
        other => failed(other),
    })?;
    Ok(Encoded {
        bytes,
        width: picture.width(),
        height: picture.height(),
        mime: spec.kind.mime(),
    })
}

/// Only a picture no limit lets through is too tall; it is still not a reason to panic.
fn within_jpeg(picture: &Picture) -> std::borrow::Cow<'_, Picture> {
    if picture.width().max(picture.height()) <= MAX_JPEG_SIDE {
        std::borrow::Cow::Borrowed(picture)
    } else {
        std::borrow::Cow::Owned(picture.thumbnail(MAX_JPEG_SIDE))
    }
}

fn jpeg(picture: &Picture, quality: u8) -> Result<Vec<u8>, MediaError> {
    let rgb = picture.to_rgb();
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality.clamp(1, 100));
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_progressive(true);
    encoder.set_optimized_huffman_tables(true);
    let (width, height) = (rgb.width as u16, rgb.height as u16);
    encoder
        .encode(&rgb.data, width, height, ColorType::Rgb)
        .map_err(failed)?;
    Ok(bytes)
}

fn avif(picture: &Picture, spec: VariantSpec) -> Result<Vec<u8>, MediaError> {
    let quality = f32::from(spec.quality.clamp(1, 100));
    let encoder = ravif::Encoder::new()
        .with_quality(quality)
        .with_alpha_quality(quality)
        .with_speed(AVIF_SPEED)
        .with_bit_depth(ravif::BitDepth::Eight)
        .with_num_threads(Some(spec.threads.max(1)));
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let encode = || {
        if picture.has_alpha() {
            encoder.encode_rgba(ravif::Img::new(picture.pixels().as_rgba(), width, height))
        } else {
            encoder.encode_rgb(ravif::Img::new(picture.pixels().as_rgb(), width, height))
        }
    };
    encode().map(|image| image.avif_file).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> MediaError {
    MediaError::EncodeFailed {
        reason: error.to_string(),
    }
}
