//! WebP: chunks in a RIFF file.

use super::{Bytes, Chunk, Survey};
use crate::error::damaged;
use crate::{Limits, MediaError, Orientation, exif};

/// Far more than any limit on frames lets through.
const MAX_CHUNKS: usize = 100_000;

/// Kind and data of every chunk in `bytes`.
fn chunks(bytes: &[u8]) -> Result<Vec<Chunk<'_>>, MediaError> {
    let mut chunks = Vec::new();
    let mut at = 0;
    // a lone padding byte or two at the end is not worth refusing a picture
    while at + 8 <= bytes.len() {
        if chunks.len() == MAX_CHUNKS {
            return Err(damaged("it has too many chunks"));
        }
        let kind = bytes.array(at)?;
        let len = bytes.le32(at + 4)? as usize;
        chunks.push((kind, bytes.slice(at + 8, len)?));
        at += 8 + len + (len & 1);
    }
    Ok(chunks)
}

/// The chunks of the file; a RIFF size beyond the bytes is `Truncated`.
pub(crate) fn body(bytes: &[u8]) -> Result<Vec<Chunk<'_>>, MediaError> {
    let size = bytes.le32(4)? as usize;
    if size < 12 {
        return Err(damaged("its RIFF size is too small"));
    }
    chunks(bytes.slice(12, size - 4)?)
}

/// Canvas, frames, orientation, profile and camera fields from the chunks.
pub(crate) fn survey(bytes: &[u8], limits: &Limits) -> Result<Survey, MediaError> {
    let mut survey = Survey {
        // planes or a second lossless buffer beside the pixels
        decode_bits: 32 + 32,
        ..Survey::default()
    };
    let body = body(bytes)?;
    let extended = body.iter().any(|(kind, _)| kind == b"VP8X");
    for (kind, data) in body {
        match &kind {
            b"VP8X" => {
                survey.width = data.le24(4)? + 1;
                survey.height = data.le24(7)? + 1;
            }
            b"VP8 " | b"VP8L" => {
                let (width, height) = coded_size(kind, data)?;
                limits.check_size(width, height)?;
                if survey.width == 0 {
                    (survey.width, survey.height) = (width, height);
                }
                survey.frames = survey.frames.max(1);
            }
            b"ANMF" => {
                survey.frames += 1;
                if survey.frames > limits.frames {
                    break;
                }
                for (kind, data) in chunks(data.slice(16, data.len().saturating_sub(16))?)? {
                    if matches!(&kind, b"VP8 " | b"VP8L") {
                        let (width, height) = coded_size(kind, data)?;
                        limits.check_size(width, height)?;
                    }
                }
            }
            // only the extended kind has metadata
            b"EXIF" if extended => {
                let data = data.strip_prefix(b"Exif\0\0").unwrap_or(data);
                survey.orientation = exif::camera_fields(data).orientation;
                survey.exif = Some(data.to_vec());
            }
            b"ICCP" => survey.icc = Some(data.to_vec()),
            _ => {}
        }
    }
    if survey.frames == 0 {
        return Err(MediaError::Truncated);
    }
    Ok(survey)
}

/// The copy without EXIF, XMP and unknown chunks; bytes after the RIFF end are cut.
pub(crate) fn strip(bytes: &[u8]) -> Result<Vec<u8>, MediaError> {
    let body = body(bytes)?;
    let orientation = body
        .iter()
        .find(|(kind, _)| kind == b"EXIF")
        .map(|(_, data)| data.strip_prefix(b"Exif\0\0").unwrap_or(data))
        .map_or(0, |data| exif::camera_fields(data).orientation);
    let orientation = Orientation::from_exif(orientation);
    let extended = body.iter().any(|(kind, _)| kind == b"VP8X");
    let turned = extended && orientation != Orientation::UPRIGHT;
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(b"RIFF\0\0\0\0WEBP");
    for (kind, data) in &body {
        match kind {
            b"VP8X" => {
                let mut head: [u8; 10] = data.array(0)?;
                head[0] &= !(FLAG_EXIF | FLAG_XMP);
                if turned {
                    head[0] |= FLAG_EXIF;
                }
                put(&mut out, kind, &head);
            }
            b"ANMF" => {
                let mut frame = data.slice(0, 16)?.to_vec();
                for (kind, data) in chunks(&data[16..])? {
                    if matches!(&kind, b"ALPH" | b"VP8 " | b"VP8L") {
                        put(&mut frame, &kind, data);
                    }
                }
                put(&mut out, kind, &frame);
            }
            b"ICCP" | b"ANIM" | b"ALPH" | b"VP8 " | b"VP8L" => put(&mut out, kind, data),
            _ => {}
        }
    }
    if turned {
        put(&mut out, b"EXIF", &exif::only_orientation(orientation));
    }
    let size = u32::try_from(out.len() - 8).map_err(|_| damaged("it is too big for RIFF"))?;
    out[4..8].copy_from_slice(&size.to_le_bytes());
    Ok(out)
}

const FLAG_XMP: u8 = 0x04;
const FLAG_EXIF: u8 = 0x08;

/// Width and height as the coded data itself says.
fn coded_size(kind: [u8; 4], data: &[u8]) -> Result<(u32, u32), MediaError> {
    if &kind == b"VP8L" {
        if data.byte(0)? != 0x2f {
            return Err(damaged("its lossless header makes no sense"));
        }
        let bits = data.le32(1)?;
        return Ok(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1));
    }
    if data.slice(3, 3)? != b"\x9d\x01\x2a" {
        return Err(damaged("its frame header makes no sense"));
    }
    let side = |at| Ok(u32::from(data.le16(at)? & 0x3fff));
    Ok((side(6)?, side(8)?))
}

fn put(out: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    let len = u32::try_from(data.len()).expect("chunks come from 32-bit lengths");
    out.extend(kind);
    out.extend(len.to_le_bytes());
    out.extend_from_slice(data);
    if data.len() % 2 == 1 {
        out.push(0);
    }
}
