//! How much of a picture is too much, decided from headers alone.

use crate::MediaError;
use crate::container::Survey;

/// Bounds an input must keep before any of its pixels is decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: u64,
    /// Width × height of one frame.
    pub pixels: u64,
    /// The longer side in pixels.
    pub side: u32,
    /// Frames of an animation or pages of a document.
    pub frames: u64,
    /// Frames × width × height.
    pub frame_pixels: u64,
    /// Bytes a decoder may hold for one frame, its working memory included.
    pub decode_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            pixels: 100_000_000,
            side: 20_000,
            frames: 1_000,
            frame_pixels: 400_000_000,
            decode_bytes: 768 << 20,
        }
    }
}

impl Limits {
    pub(crate) fn check_bytes(&self, bytes: &[u8]) -> Result<(), MediaError> {
        let bytes = bytes.len() as u64;
        if bytes == 0 {
            return Err(MediaError::Empty);
        }
        if bytes > self.bytes {
            return Err(MediaError::TooLarge {
                bytes,
                limit: self.bytes,
            });
        }
        Ok(())
    }

    /// The largest single check: everything the headers declare.
    pub(crate) fn check(&self, survey: &Survey) -> Result<(), MediaError> {
        self.check_size(survey.width, survey.height)?;
        if survey.frames > self.frames {
            return Err(MediaError::TooManyFrames {
                frames: survey.frames,
                limit: self.frames,
            });
        }
        let pixels = u64::from(survey.width) * u64::from(survey.height);
        let all = pixels.saturating_mul(survey.frames);
        if all > self.frame_pixels {
            return Err(MediaError::TooManyPixels {
                pixels: all,
                limit: self.frame_pixels,
            });
        }
        let bytes = pixels.saturating_mul(survey.decode_bits).div_ceil(8);
        if bytes > self.decode_bytes {
            return Err(MediaError::TooMuchMemory {
                bytes,
                limit: self.decode_bytes,
            });
        }
        Ok(())
    }

    pub(crate) fn check_size(&self, width: u32, height: u32) -> Result<(), MediaError> {
        if width == 0 || height == 0 {
            return Err(crate::error::damaged("it declares no pixels"));
        }
        let side = width.max(height);
        if side > self.side {
            return Err(MediaError::TooLongSide {
                side,
                limit: self.side,
            });
        }
        let pixels = u64::from(width) * u64::from(height);
        if pixels > self.pixels {
            return Err(MediaError::TooManyPixels {
                pixels,
                limit: self.pixels,
            });
        }
        Ok(())
    }
}
