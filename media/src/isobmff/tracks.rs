//! Tracks of AVIF sequences: how many frames, and where their samples lie.

use std::ops::Range;

use super::boxes::{self, Cursor};
use crate::MediaError;
use crate::container::Bytes;
use crate::error::damaged;

/// Far more samples than any limit on frames allows, in all tracks together.
pub(super) const MAX_SAMPLES: usize = 200_000;

/// Frames of the longest picture track; `None` without tracks.
pub(super) fn frames(bytes: &[u8]) -> Option<u64> {
    let top = boxes::children(bytes, 0..bytes.len()).ok()?;
    let movie = top.into_iter().find(|found| &found.kind == b"moov")?;
    boxes::children(bytes, movie.body)
        .ok()?
        .into_iter()
        .filter(|found| &found.kind == b"trak" && is_picture(bytes, found.body.clone()))
        .filter_map(|track| sample_count(bytes, track.body))
        .max()
}

/// Whether the track shows pictures or their transparency.
pub(super) fn is_picture(bytes: &[u8], track: Range<usize>) -> bool {
    boxes::descend(bytes, track, &[b"mdia", b"hdlr"])
        .and_then(|found| bytes.array(found.body.start + 8).ok())
        .is_some_and(|kind: [u8; 4]| matches!(&kind, b"pict" | b"auxv"))
}

/// Absolute (position, length) of every sample of a track.
pub(super) fn samples(
    bytes: &[u8],
    track: Range<usize>,
) -> Result<Vec<(usize, usize)>, MediaError> {
    let table = |kind: &[u8; 4]| {
        boxes::descend(bytes, track.clone(), &[b"mdia", b"minf", b"stbl", kind])
            .map(|found| found.body)
    };
    let missing = || damaged("a track does not say where its samples lie");
    let (chunks, wide) = match (table(b"stco"), table(b"co64")) {
        (Some(body), _) => (body, 4),
        (None, Some(body)) => (body, 8),
        (None, None) => return Err(missing()),
    };
    let runs = runs(bytes, table(b"stsc").ok_or_else(missing)?)?;
    let mut sizes = Cursor::over(bytes, table(b"stsz").ok_or_else(missing)?);
    sizes.number(4)?;
    let fixed = sizes.number(4)? as usize;
    let count = sizes.number(4)?.min(MAX_SAMPLES as u64);
    let mut chunks = Cursor::over(bytes, chunks);
    chunks.number(4)?;
    let mut samples = Vec::new();
    let mut current = 0;
    for chunk in 1..=chunks.number(4)? {
        let mut at = chunks.number(wide)? as usize;
        while runs.get(current + 1).is_some_and(|run| run.0 <= chunk) {
            current += 1;
        }
        for _ in 0..runs.get(current).map_or(0, |run| run.1) {
            if samples.len() as u64 == count {
                return Ok(samples);
            }
            let len = if fixed == 0 {
                sizes.number(4)? as usize
            } else {
                fixed
            };
            samples.push((at, len));
            at = at.saturating_add(len);
        }
    }
    Ok(samples)
}

fn sample_count(bytes: &[u8], track: Range<usize>) -> Option<u64> {
    let path: [&[u8; 4]; 4] = [b"mdia", b"minf", b"stbl", b"stsz"];
    let found = boxes::descend(bytes, track, &path)?;
    bytes.be32(found.body.start + 8).ok().map(u64::from)
}

/// (first chunk, samples per chunk) in order.
fn runs(bytes: &[u8], body: Range<usize>) -> Result<Vec<(u64, u64)>, MediaError> {
    let mut cursor = Cursor::over(bytes, body);
    cursor.number(4)?;
    let mut runs = Vec::new();
    for _ in 0..cursor.number(4)?.min(MAX_SAMPLES as u64) {
        let first = cursor.number(4)?;
        runs.push((first, cursor.number(4)?));
        cursor.number(4)?;
    }
    Ok(runs)
}
