//! From hostile bytes to pixels.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader};

use crate::container::{self, Survey};
use crate::error::damaged;
use crate::fence::fenced;
use crate::{Format, Limits, MediaError, Picture, color, isolate, sniff};

/// Decodes the first frame: upright, 8 bits per channel, sRGB, alpha kept.
///
/// # Errors
/// Everything [`sniff`] and [`crate::probe`] refuse, [`MediaError::Truncated`] for pictures
/// that stop early, [`MediaError::Damaged`] for those that break on the way.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, MediaError> {
    limits.check_bytes(bytes)?;
    let format = sniff(bytes)?;
    let survey = container::survey(bytes, format, limits)?;
    // decoders never see metadata: no compressed text to blow up, no profile to trip over
    let clean = container::strip(bytes, format)?;
    let picture = match format {
        Format::Avif => isolate::decode_avif(&clean, limits),
        _ => fenced(|| decode_raster(clean, format, limits, &survey)),
    }?;
    if (picture.width(), picture.height()) != (survey.width, survey.height) {
        return Err(damaged("its headers contradict each other"));
    }
    let picture = fenced(|| in_srgb(picture, &survey))?;
    Ok(picture.oriented(survey.orientation()))
}

fn decode_raster(
    clean: Vec<u8>,
    format: Format,
    limits: &Limits,
    survey: &Survey,
) -> Result<Picture, MediaError> {
    let mut reader = ImageReader::with_format(Cursor::new(clean), image_format(format));
    let mut bounds = image::Limits::default();
    bounds.max_image_width = Some(limits.side);
    bounds.max_image_height = Some(limits.side);
    bounds.max_alloc = Some(limits.decode_bytes);
    reader.limits(bounds);
    let decoder = reader.into_decoder().map_err(refused)?;
    // what the decoder reads has to be what the survey was checked for
    if decoder.dimensions() != (survey.width, survey.height) {
        return Err(damaged("its headers contradict each other"));
    }
    let decoded = DynamicImage::from_decoder(decoder).map_err(refused)?;
    let (width, height) = (decoded.width(), decoded.height());
    if decoded.color().has_alpha() {
        Picture::from_rgba(width, height, decoded.into_rgba8().into_raw())
    } else {
        Picture::from_rgb(width, height, decoded.into_rgb8().into_raw())
    }
}

fn in_srgb(mut picture: Picture, survey: &Survey) -> Result<Picture, MediaError> {
    if let Some(profile) = &survey.icc {
        let (width, has_alpha) = (picture.width() as usize, picture.has_alpha());
        color::to_srgb(picture.pixels_mut(), width, has_alpha, profile);
    }
    Ok(picture)
}

fn image_format(format: Format) -> ImageFormat {
    match format {
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Png => ImageFormat::Png,
        Format::Gif => ImageFormat::Gif,
        Format::WebP => ImageFormat::WebP,
        Format::Avif => ImageFormat::Avif,
        Format::Bmp => ImageFormat::Bmp,
        Format::Tiff => ImageFormat::Tiff,
    }
}

/// The decoder's complaint, in our words.
fn refused(error: ImageError) -> MediaError {
    match &error {
        ImageError::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => {
            return MediaError::Truncated;
        }
        ImageError::Unsupported(_) => {
            return MediaError::Unsupported {
                found: "a rare kind of its format",
            };
        }
        _ => {}
    }
    let reason = error.to_string();
    let early = [
        "nexpected end",
        "UnexpectedEof",
        "failed to fill whole buffer",
        "image truncated",
    ];
    if early.iter().any(|sign| reason.contains(sign)) {
        return MediaError::Truncated;
    }
    damaged(reason.chars().take(200).collect::<String>())
}
