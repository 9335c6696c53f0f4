//! The files around the pixels: what their headers promise, and copies without metadata.
//!
//! Everything here reads bytes and never decodes a pixel, so it is cheap and bounded
//! by the size of the file.

pub(crate) mod bmp;
pub(crate) mod gif;
pub(crate) mod jpeg;
pub(crate) mod png;
pub(crate) mod ranges;
pub(crate) mod tiff;
pub(crate) mod webp;

use crate::{Format, Limits, MediaError, Orientation, isobmff};

/// What the headers say, before anything is decoded.
#[derive(Debug, Clone, Default)]
pub(crate) struct Survey {
    /// Stored width in pixels, before orientation.
    pub width: u32,
    /// Stored height in pixels, before orientation.
    pub height: u32,
    /// Frames or pages; counting stops once it is far beyond any limit.
    pub frames: u64,
    /// Bits a decoder holds per pixel at its peak, working memory included.
    pub decode_bits: u64,
    /// EXIF number, 0 when the file says nothing.
    pub orientation: u64,
    /// A TIFF structure with the camera's fields.
    pub exif: Option<Vec<u8>>,
    /// The embedded colour profile.
    pub icc: Option<Vec<u8>>,
}

impl Survey {
    /// How the stored pixels have to be turned.
    pub fn orientation(&self) -> Orientation {
        Orientation::from_exif(self.orientation)
    }
}

/// Reads the headers and holds them against the limits.
pub(crate) fn survey(bytes: &[u8], format: Format, limits: &Limits) -> Result<Survey, MediaError> {
    limits.check_bytes(bytes)?;
    let survey = match format {
        Format::Jpeg => jpeg::survey(bytes),
        Format::Png => png::survey(bytes),
        Format::Gif => gif::survey(bytes, limits),
        Format::WebP => webp::survey(bytes, limits),
        Format::Avif => isobmff::survey(bytes, limits),
        Format::Bmp => bmp::survey(bytes),
        Format::Tiff => tiff::survey(bytes, limits),
    }?;
    limits.check(&survey)?;
    Ok(survey)
}

/// A copy that holds the picture, its colour profile and its orientation, and nothing else.
///
/// Built by keeping what is known to be needed, never by removing what is known to be
/// private: an unknown chunk is dropped.
pub(crate) fn strip(bytes: &[u8], format: Format) -> Result<Vec<u8>, MediaError> {
    match format {
        Format::Jpeg => jpeg::strip(bytes),
        Format::Png => png::strip(bytes),
        Format::Gif => gif::strip(bytes),
        Format::WebP => webp::strip(bytes),
        Format::Avif => isobmff::strip(bytes),
        Format::Bmp => bmp::strip(bytes),
        Format::Tiff => tiff::strip(bytes),
    }
}

/// Four letters and the data they announce, in PNG and WebP.
pub(crate) type Chunk<'a> = ([u8; 4], &'a [u8]);

/// Bounded reads from hostile bytes: outside is `Truncated`, never a panic.
pub(crate) trait Bytes {
    fn slice(&self, at: usize, len: usize) -> Result<&[u8], MediaError>;

    fn array<const N: usize>(&self, at: usize) -> Result<[u8; N], MediaError> {
        let slice = self.slice(at, N)?;
        slice.try_into().map_err(|_| MediaError::Truncated)
    }
    fn byte(&self, at: usize) -> Result<u8, MediaError> {
        Ok(self.array::<1>(at)?[0])
    }
    fn be16(&self, at: usize) -> Result<u16, MediaError> {
        self.array(at).map(u16::from_be_bytes)
    }
    fn be32(&self, at: usize) -> Result<u32, MediaError> {
        self.array(at).map(u32::from_be_bytes)
    }
    fn be64(&self, at: usize) -> Result<u64, MediaError> {
        self.array(at).map(u64::from_be_bytes)
    }
    fn le16(&self, at: usize) -> Result<u16, MediaError> {
        self.array(at).map(u16::from_le_bytes)
    }
    fn le32(&self, at: usize) -> Result<u32, MediaError> {
        self.array(at).map(u32::from_le_bytes)
    }
    fn le24(&self, at: usize) -> Result<u32, MediaError> {
        let [a, b, c] = self.array(at)?;
        Ok(u32::from_le_bytes([a, b, c, 0]))
    }
}

impl Bytes for [u8] {
    fn slice(&self, at: usize, len: usize) -> Result<&[u8], MediaError> {
        at.checked_add(len)
            .and_then(|end| self.get(at..end))
            .ok_or(MediaError::Truncated)
    }
}
