//! GIF: a screen, then blocks (pictures and extensions) until the trailer.

use super::{Bytes, Survey};
use crate::error::damaged;
use crate::{Limits, MediaError};

/// One block: its kind and where it lies.
struct Block {
    kind: Kind,
    start: usize,
    end: usize,
}

enum Kind {
    /// A frame with its left, top, width and height.
    Frame(u32, u32),
    /// Timing and transparency of the next frame.
    Control,
    /// Looping and the like, or a colour profile.
    KnownApplication,
    /// Comments, text, XMP and everything else.
    Other,
}

/// Canvas and frame count; without the trailer it is `Truncated`.
pub(crate) fn survey(bytes: &[u8], limits: &Limits) -> Result<Survey, MediaError> {
    let mut survey = Survey {
        width: u32::from(bytes.le16(6)?),
        height: u32::from(bytes.le16(8)?),
        // indices and composed colours
        decode_bits: 8 + 32 + 32,
        ..Survey::default()
    };
    let mut at = screen_end(bytes)?;
    while let Some(block) = next_block(bytes, &mut at)? {
        if let Kind::Frame(width, height) = block.kind {
            limits.check_size(width, height)?;
            survey.frames += 1;
            if survey.frames > limits.frames {
                break;
            }
        }
    }
    if survey.frames == 0 {
        return Err(damaged("it shows no picture"));
    }
    Ok(survey)
}

/// The copy without comments, text and foreign applications; bytes after the trailer are cut.
pub(crate) fn strip(bytes: &[u8]) -> Result<Vec<u8>, MediaError> {
    let mut at = screen_end(bytes)?;
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(&bytes[..at]);
    while let Some(block) = next_block(bytes, &mut at)? {
        if !matches!(block.kind, Kind::Other) {
            out.extend_from_slice(&bytes[block.start..block.end]);
        }
    }
    out.push(TRAILER);
    Ok(out)
}

/// Name of every application extension and where its data lies, blocks and all.
///
/// Stops at the first damage.
pub(crate) fn applications(bytes: &[u8]) -> Vec<(&[u8], std::ops::Range<usize>)> {
    let mut found = Vec::new();
    let Ok(mut at) = screen_end(bytes) else {
        return found;
    };
    while let Ok(Some(block)) = next_block(bytes, &mut at) {
        let head = &bytes[block.start..block.end];
        if head.starts_with(&[EXTENSION, APPLICATION, 11]) && head.len() > 14 {
            found.push((&head[3..14], block.start + 14..block.end));
            if found.len() == MAX_APPLICATIONS {
                break;
            }
        }
    }
    found
}

/// The data of an extension without the lengths of its blocks.
pub(crate) fn joined(mut blocks: &[u8]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(blocks.len());
    while let Some((len, rest)) = blocks.split_first() {
        let (data, rest) = rest.split_at(rest.len().min(usize::from(*len)));
        joined.extend_from_slice(data);
        blocks = rest;
    }
    joined
}

/// Looping, a profile, XMP and C2PA are four.
const MAX_APPLICATIONS: usize = 64;

const APPLICATION: u8 = 0xff;
const FRAME: u8 = 0x2c;
const EXTENSION: u8 = 0x21;
const TRAILER: u8 = 0x3b;

/// Applications whose extension carries looping or colour, never a person's data.
const KNOWN: &[&[u8]] = &[b"NETSCAPE2.0", b"ANIMEXTS1.0"];

/// End of the header, the screen descriptor and the global palette.
fn screen_end(bytes: &[u8]) -> Result<usize, MediaError> {
    let end = 13 + palette_len(bytes.byte(10)?);
    bytes.slice(0, end)?;
    Ok(end)
}

fn palette_len(flags: u8) -> usize {
    if flags & 0x80 == 0 {
        0
    } else {
        3 << ((flags & 7) + 1)
    }
}

fn next_block(bytes: &[u8], at: &mut usize) -> Result<Option<Block>, MediaError> {
    let start = *at;
    let (kind, data_at) = match bytes.byte(start)? {
        TRAILER => return Ok(None),
        FRAME => {
            let width = u32::from(bytes.le16(start + 5)?);
            let height = u32::from(bytes.le16(start + 7)?);
            let palette = palette_len(bytes.byte(start + 9)?);
            // one byte of code size sits before the coded data
            (Kind::Frame(width, height), start + 10 + palette + 1)
        }
        EXTENSION => {
            let kind = match bytes.byte(start + 1)? {
                0xf9 if bytes.byte(start + 2)? == 4 && bytes.byte(start + 7)? == 0 => Kind::Control,
                0xff if is_looping(bytes, start)? => Kind::KnownApplication,
                _ => Kind::Other,
            };
            (kind, start + 2)
        }
        _ => return Err(damaged("a block makes no sense")),
    };
    let mut end = data_at;
    loop {
        let len = usize::from(bytes.byte(end)?);
        bytes.slice(end + 1, len)?;
        end += 1 + len;
        if len == 0 {
            break;
        }
    }
    *at = end;
    Ok(Some(Block { kind, start, end }))
}

/// A known application with one sub-block of three bytes: nothing can hide in it.
fn is_looping(bytes: &[u8], start: usize) -> Result<bool, MediaError> {
    Ok(bytes.byte(start + 2)? == 11
        && KNOWN.contains(&bytes.slice(start + 3, 11)?)
        && bytes.byte(start + 14)? == 3
        && bytes.byte(start + 18)? == 0)
}
