//! The pictures we read, told apart by their content.

use crate::{MediaError, foreign};

/// A picture format Asterism takes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// JPEG, baseline or progressive.
    Jpeg,
    /// PNG and animated PNG.
    Png,
    /// GIF, still or animated.
    Gif,
    /// WebP, lossy or lossless, still or animated.
    WebP,
    /// AVIF, still, grid or sequence.
    Avif,
    /// Windows and OS/2 bitmaps.
    Bmp,
    /// TIFF and BigTIFF.
    Tiff,
}

impl Format {
    /// Every format, in the order people meet them.
    pub const ALL: [Format; 7] = [
        Format::Jpeg,
        Format::Png,
        Format::Gif,
        Format::WebP,
        Format::Avif,
        Format::Bmp,
        Format::Tiff,
    ];

    /// The media type to serve it with.
    pub fn mime(self) -> &'static str {
        match self {
            Format::Jpeg => "image/jpeg",
            Format::Png => "image/png",
            Format::Gif => "image/gif",
            Format::WebP => "image/webp",
            Format::Avif => "image/avif",
            Format::Bmp => "image/bmp",
            Format::Tiff => "image/tiff",
        }
    }

    /// The usual file name extension, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Jpeg => "jpg",
            Format::Png => "png",
            Format::Gif => "gif",
            Format::WebP => "webp",
            Format::Avif => "avif",
            Format::Bmp => "bmp",
            Format::Tiff => "tiff",
        }
    }
}

/// Tells the format from the first bytes; a name or a declared type is never asked.
///
/// # Errors
/// [`MediaError::Empty`], [`MediaError::Truncated`] for a bare beginning of a known
/// signature, [`MediaError::Unsupported`] naming what the content looks like.
pub fn sniff(bytes: &[u8]) -> Result<Format, MediaError> {
    if bytes.is_empty() {
        return Err(MediaError::Empty);
    }
    for (signature, format) in SIGNATURES {
        if bytes.starts_with(signature) {
            return Ok(*format);
        }
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Ok(Format::WebP);
    }
    if is_bmp(bytes) {
        return Ok(Format::Bmp);
    }
    if bytes.get(4..8) == Some(b"ftyp") && is_avif(bytes) {
        return Ok(Format::Avif);
    }
    if let Some(found) = foreign::name(bytes) {
        return Err(MediaError::Unsupported { found });
    }
    let cut_short = SIGNATURES
        .iter()
        .any(|(signature, _)| signature.starts_with(bytes))
        || b"RIFF".starts_with(bytes)
        || (bytes.starts_with(b"RIFF") && bytes.len() < 12)
        || (bytes.starts_with(b"BM") && bytes.len() < BMP_SHORTEST);
    if cut_short {
        return Err(MediaError::Truncated);
    }
    Err(MediaError::Unsupported {
        found: foreign::unknown(bytes),
    })
}

const SIGNATURES: &[(&[u8], Format)] = &[
    (b"\xff\xd8\xff", Format::Jpeg),
    (b"\x89PNG\r\n\x1a\n", Format::Png),
    (b"GIF87a", Format::Gif),
    (b"GIF89a", Format::Gif),
    (b"II*\0", Format::Tiff),
    (b"MM\0*", Format::Tiff),
    (b"II+\0\x08\0\0\0", Format::Tiff),
    (b"MM\0+\0\x08\0\0", Format::Tiff),
];

/// File header and the length field of the header that follows.
const BMP_SHORTEST: usize = 18;

/// "BM" alone begins many texts, so the header size has to make sense too.
fn is_bmp(bytes: &[u8]) -> bool {
    bytes.starts_with(b"BM")
        && bytes
            .get(14..18)
            .is_some_and(|size| matches!(size, [12 | 16..=124, 0, 0, 0]))
}

/// Major or compatible brand says AV1 pictures.
fn is_avif(bytes: &[u8]) -> bool {
    let size = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize;
    let brands = &bytes[8..size.clamp(8, 256).min(bytes.len())];
    brands
        .chunks_exact(4)
        .enumerate()
        .any(|(at, brand)| at != 1 && matches!(brand, b"avif" | b"avis"))
}
