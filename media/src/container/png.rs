//! PNG: a signature and a list of chunks, each with its length and checksum.

use super::{Bytes, Chunk, Survey};
use crate::error::damaged;
use crate::{MediaError, Orientation, exif};

/// A colour profile that unpacks to more than this is no colour profile.
const MAX_PROFILE: usize = 4 << 20;
/// Encoders write chunks of kilobytes.
const MAX_CHUNKS: usize = 100_000;

/// Kind and data of every chunk up to the end chunk; without that it is `Truncated`.
pub(crate) fn chunks(bytes: &[u8]) -> Result<Vec<Chunk<'_>>, MediaError> {
    let mut chunks = Vec::new();
    let mut at = SIGNATURE.len();
    loop {
        let len = bytes.be32(at)? as usize;
        let kind = bytes.array(at + 4)?;
        if len > i32::MAX as usize || !kind.iter().all(u8::is_ascii_alphabetic) {
            return Err(damaged("a chunk makes no sense"));
        }
        if chunks.len() == MAX_CHUNKS {
            return Err(damaged("it has too many chunks"));
        }
        if chunks.is_empty() && &kind != b"IHDR" {
            return Err(damaged("its header is missing"));
        }
        chunks.push((kind, bytes.slice(at + 8, len)?));
        // the checksum has to be there too
        bytes.slice(at + 8 + len, 4)?;
        at += len + 12;
        if &kind == b"IEND" {
            return Ok(chunks);
        }
    }
}

/// Dimensions, frames, orientation, profile and camera fields from the chunks.
pub(crate) fn survey(bytes: &[u8]) -> Result<Survey, MediaError> {
    let mut survey = Survey {
        frames: 1,
        ..Survey::default()
    };
    let mut animation_frames = 0;
    let mut has_pixels = false;
    for (kind, data) in chunks(bytes)? {
        match &kind {
            b"IHDR" => {
                survey.width = data.be32(0)?;
                survey.height = data.be32(4)?;
                let channels = match data.byte(9)? {
                    6 => 4,
                    4 => 2,
                    0 => 1,
                    _ => 3,
                };
                let stored = channels * u64::from(data.byte(8)?).max(8);
                // palettes become colours, 16 bits are narrowed into a second buffer
                survey.decode_bits = if stored > 32 { stored + 32 } else { 32 };
            }
            b"IDAT" => has_pixels = true,
            b"acTL" => survey.frames = u64::from(data.be32(0)?).max(1),
            b"fcTL" => animation_frames += 1,
            b"eXIf" => {
                let data = data.strip_prefix(b"Exif\0\0").unwrap_or(data);
                survey.exif = Some(data.to_vec());
                survey.orientation = exif::camera_fields(data).orientation;
            }
            b"iCCP" => survey.icc = profile(data),
            _ => {}
        }
    }
    if !has_pixels {
        return Err(MediaError::Truncated);
    }
    survey.frames = survey.frames.max(animation_frames);
    Ok(survey)
}

/// The copy without text, times, EXIF and unknown chunks; bytes after the end are cut.
pub(crate) fn strip(bytes: &[u8]) -> Result<Vec<u8>, MediaError> {
    let chunks = chunks(bytes)?;
    let orientation = chunks
        .iter()
        .find(|(kind, _)| kind == b"eXIf")
        .map(|(_, data)| data.strip_prefix(b"Exif\0\0").unwrap_or(data))
        .map_or(0, |data| exif::camera_fields(data).orientation);
    let orientation = Orientation::from_exif(orientation);
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(SIGNATURE);
    for (kind, data) in chunks {
        if !KEPT.contains(&&kind) || (&kind == b"iCCP" && profile(data).is_none()) {
            continue;
        }
        put(&mut out, kind, data);
        if &kind == b"IHDR" && orientation != Orientation::UPRIGHT {
            put(&mut out, *b"eXIf", &exif::only_orientation(orientation));
        }
    }
    Ok(out)
}

/// Appends one chunk with its length and checksum.
pub(crate) fn put(out: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let len = u32::try_from(data.len()).expect("chunks come from 32-bit lengths");
    out.extend(len.to_be_bytes());
    let start = out.len();
    out.extend(kind);
    out.extend_from_slice(data);
    let sum = crc32(&out[start..]);
    out.extend(sum.to_be_bytes());
}

pub(crate) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// What decoding, animating and colouring need.
const KEPT: &[&[u8; 4]] = &[
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP",
    b"mDCV", b"cLLI", b"sBIT", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT",
];

/// Name, NUL, method 0, zlib data.
fn profile(data: &[u8]) -> Option<Vec<u8>> {
    let name = data.iter().take(80).position(|byte| *byte == 0)?;
    let packed = data.get(name + 2..)?;
    miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(packed, MAX_PROFILE).ok()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum: u32, byte| {
        (sum >> 8) ^ CRC_TABLE[((sum ^ u32::from(*byte)) & 0xff) as usize]
    })
}

const CRC_TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut value = index as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 {
                0xedb8_8320 ^ (value >> 1)
            } else {
                value >> 1
            };
            bit += 1;
        }
        table[index] = value;
        index += 1;
    }
    table
};
