//! AVIF without metadata: everything that is no pixel data is blanked in place,
//! because items are found by their position in the file.

use super::boxes::{self, Found};
use super::{Still, meta, tracks};
use crate::MediaError;
use crate::container::ranges::Ranges;
use crate::error::damaged;

/// Boxes, properties and items of this kind are skipped by every reader.
const NOTHING: &[u8; 4] = b"skip";

/// What decoding and showing need to know about an item, and how items belong together.
const PROPERTIES: &[&[u8; 4]] = &[
    b"ipma", b"ispe", b"irot", b"imir", b"clap", b"pasp", b"pixi", b"colr", b"av1C", b"auxC",
    b"a1op", b"a1lx", b"lsel", b"clli", b"mdcv", b"amve", b"cclv",
];

/// The copy with only picture items, their properties, and the samples of picture tracks.
pub(crate) fn strip(bytes: &[u8]) -> Result<Vec<u8>, MediaError> {
    let still = Still::open(bytes)?;
    let mut out = bytes.to_vec();
    let mut kept = Ranges::default();
    let mut needed_end = 0;
    let top = boxes::children(bytes, 0..bytes.len())?;
    for item in &still.meta.items {
        if meta::is_picture(item.kind) {
            kept.keep_all(&item.extents);
        } else {
            out[item.kind_at..item.kind_at + 4].copy_from_slice(NOTHING);
        }
    }
    let mut blanked = Vec::new();
    for found in &top {
        match &found.kind {
            b"ftyp" => kept.keep(found.start, found.body.end - found.start),
            b"meta" => keep_meta(bytes, found, &mut kept, &mut blanked)?,
            b"moov" => keep_movie(bytes, found, &mut kept, &mut blanked)?,
            b"mdat" => kept.keep(found.start, found.body.start - found.start),
            _ => {
                blanked.push(found.clone());
                continue;
            }
        }
        needed_end = found.body.end;
    }
    for found in blanked {
        out[found.start + 4..found.start + 8].copy_from_slice(NOTHING);
        kept.keep(found.start, found.body.start - found.start);
    }
    out.truncate(needed_end);
    kept.blank_rest(&mut out, 0..needed_end);
    Ok(out)
}

/// Boxes of `meta` that describe pictures; `idat` keeps what picture items use of it.
fn keep_meta(
    bytes: &[u8],
    meta: &Found,
    kept: &mut Ranges,
    blanked: &mut Vec<Found>,
) -> Result<(), MediaError> {
    let inner = meta.body.start + 4..meta.body.end;
    kept.keep(meta.start, inner.start - meta.start);
    for found in boxes::children(bytes, inner)? {
        match &found.kind {
            b"hdlr" | b"pitm" | b"iloc" | b"iinf" | b"iref" | b"grpl" => {
                kept.keep(found.start, found.body.end - found.start);
            }
            b"iprp" => keep_properties(bytes, &found, true, kept, blanked)?,
            b"idat" => kept.keep(found.start, found.body.start - found.start),
            _ => blanked.push(found),
        }
    }
    Ok(())
}

/// Properties are found by counting, so an unwanted one is blanked and keeps its place.
fn keep_properties(
    bytes: &[u8],
    properties: &Found,
    outer: bool,
    kept: &mut Ranges,
    blanked: &mut Vec<Found>,
) -> Result<(), MediaError> {
    kept.keep(properties.start, properties.body.start - properties.start);
    for found in boxes::children(bytes, properties.body.clone())? {
        match &found.kind {
            b"ipco" if outer => keep_properties(bytes, &found, false, kept, blanked)?,
            kind if PROPERTIES.contains(&kind) => {
                kept.keep(found.start, found.body.end - found.start);
            }
            _ => blanked.push(found),
        }
    }
    Ok(())
}

/// Picture tracks stay, with their samples; tracks of anything else go, and so does user data.
fn keep_movie(
    bytes: &[u8],
    movie: &Found,
    kept: &mut Ranges,
    blanked: &mut Vec<Found>,
) -> Result<(), MediaError> {
    kept.keep(movie.start, movie.body.start - movie.start);
    let mut total = 0;
    for found in boxes::children(bytes, movie.body.clone())? {
        match &found.kind {
            b"mvhd" | b"mvex" => kept.keep(found.start, found.body.end - found.start),
            b"trak" if tracks::is_picture(bytes, found.body.clone()) => {
                let samples = tracks::samples(bytes, found.body.clone())?;
                total += samples.len();
                if total > tracks::MAX_SAMPLES {
                    return Err(damaged("it has too many samples"));
                }
                kept.keep_all(&samples);
                keep_track(bytes, &found, TRACK_DEPTH, kept, blanked)?;
            }
            _ => blanked.push(found),
        }
    }
    Ok(())
}

/// `mdia` and in it `minf`, and no deeper.
const TRACK_DEPTH: u8 = 2;

fn keep_track(
    bytes: &[u8],
    track: &Found,
    depth: u8,
    kept: &mut Ranges,
    blanked: &mut Vec<Found>,
) -> Result<(), MediaError> {
    kept.keep(track.start, track.body.start - track.start);
    for found in boxes::children(bytes, track.body.clone())? {
        match &found.kind {
            b"mdia" | b"minf" if depth > 0 => {
                keep_track(bytes, &found, depth - 1, kept, blanked)?;
            }
            b"tkhd" | b"edts" | b"tref" | b"mdhd" | b"hdlr" | b"stbl" | b"vmhd" | b"dinf"
            | b"nmhd" => kept.keep(found.start, found.body.end - found.start),
            _ => blanked.push(found),
        }
    }
    Ok(())
}
