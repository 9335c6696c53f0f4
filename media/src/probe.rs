//! What is known about a picture without decoding it.

use crate::container::{self, Survey};
use crate::{Format, Limits, MediaError, Orientation, exif, find_location, sniff};

/// Facts from a picture's headers and metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// What it is.
    pub format: Format,
    /// Width in pixels as displayed, after orientation.
    pub width: u32,
    /// Height in pixels as displayed, after orientation.
    pub height: u32,
    /// Frames of an animation or pages of a document; 1 for a still.
    pub frames: u32,
    /// How the stored pixels have to be turned.
    pub orientation: Orientation,
    /// When it was taken: RFC 3339 when the camera knew its offset, local time without
    /// a zone (`2024-05-06T07:08:09`) when it did not.
    pub taken_at: Option<String>,
    /// Maker and model of the camera.
    pub camera: Option<String>,
    /// Whether the file says where it was taken.
    pub has_location: bool,
}

/// Reads headers and metadata, and holds them against the limits.
///
/// # Errors
/// Those of [`sniff`], every limit, [`MediaError::Truncated`] and [`MediaError::Damaged`].
pub fn probe(bytes: &[u8], limits: &Limits) -> Result<Probe, MediaError> {
    limits.check_bytes(bytes)?;
    let format = sniff(bytes)?;
    let survey = container::survey(bytes, format, limits)?;
    let fields = match format {
        Format::Tiff => exif::camera_fields(bytes),
        _ => survey
            .exif
            .as_deref()
            .map(exif::camera_fields)
            .unwrap_or_default(),
    };
    let (width, height) = displayed(&survey);
    Ok(Probe {
        format,
        width,
        height,
        frames: u32::try_from(survey.frames).unwrap_or(u32::MAX),
        orientation: survey.orientation(),
        taken_at: fields.taken_at,
        camera: fields.camera,
        has_location: find_location(bytes),
    })
}

fn displayed(survey: &Survey) -> (u32, u32) {
    if survey.orientation().swaps_sides() {
        (survey.height, survey.width)
    } else {
        (survey.width, survey.height)
    }
}
