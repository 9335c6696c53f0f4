//! TIFF files: directories of fields that point to strips or tiles of pixels.

use super::{Survey, jpeg, ranges::Ranges};
use crate::error::damaged;
use crate::exif::{Entry, Ifd, Tiff, tag};
use crate::{Limits, MediaError};

/// Fields in all directories together, and strips or tiles in all pages together.
const MAX_FIELDS: usize = 500_000;
/// Coded bytes may be shared between pages, but not without end.
const MAX_SHARING: usize = 4;

/// Pages are walked no further than this, whatever the limits say.
const MAX_PAGES: usize = 10_000;

/// Dimensions of the first page and the number of pages; data outside the file is `Truncated`.
pub(crate) fn survey(bytes: &[u8], limits: &Limits) -> Result<Survey, MediaError> {
    let (tiff, pages) = pages(bytes)?;
    let first = &pages[0];
    let field = |ifd: &Ifd, tag, default| {
        let entry = ifd.get(tag);
        entry
            .and_then(|entry| tiff.uint(entry, 0))
            .unwrap_or(default)
    };
    if first.get(DNG_VERSION).is_some() || bytes.get(8..10) == Some(b"CR") {
        return Err(MediaError::Unsupported {
            found: "a camera raw picture",
        });
    }
    let side = |tag| u32::try_from(field(first, tag, 0)).unwrap_or(u32::MAX);
    let samples = field(first, SAMPLES_PER_PIXEL, 1).min(64);
    let bits = field(first, BITS_PER_SAMPLE, 1).clamp(8, 64);
    let survey = Survey {
        width: side(WIDTH),
        height: side(HEIGHT),
        frames: pages.len() as u64,
        // the samples as stored, and the 8-bit copy made of them
        decode_bits: samples * bits + 32,
        orientation: field(first, tag::ORIENTATION, 0),
        icc: first
            .get(ICC_PROFILE)
            .and_then(|entry| tiff.bytes(entry))
            .map(<[u8]>::to_vec),
        ..Survey::default()
    };
    limits.check(&survey)?;
    for (at, len) in all_extents(&tiff, &pages)?.concat() {
        if at.checked_add(len).is_none_or(|end| end > bytes.len()) {
            return Err(MediaError::Truncated);
        }
    }
    Ok(survey)
}

/// The copy with only the fields that describe pixels; everything else is blanked in
/// place, so that no offset changes, and the file ends where its last pixel does.
pub(crate) fn strip(bytes: &[u8]) -> Result<Vec<u8>, MediaError> {
    let (tiff, pages) = pages(bytes)?;
    let mut out = bytes.to_vec();
    let mut kept = Ranges::default();
    kept.keep(0, if tiff.big { 16 } else { 8 });
    let extents = all_extents(&tiff, &pages)?;
    for (page, extents) in pages.iter().zip(extents) {
        rewrite_directory(&tiff, page, &mut out, &mut kept);
        kept.keep_all(&extents);
        let compression = page.get(COMPRESSION).and_then(|entry| tiff.uint(entry, 0));
        if matches!(compression, Some(6 | 7)) {
            for (at, len) in extents {
                if let Some(coded) = out.get_mut(at..at.saturating_add(len)) {
                    jpeg::blank_metadata(coded);
                }
            }
        }
    }
    let end = kept.end().min(out.len());
    out.truncate(end);
    kept.blank_rest(&mut out, 0..end);
    Ok(out)
}

const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const BITS_PER_SAMPLE: u16 = 258;
const COMPRESSION: u16 = 259;
const STRIP_OFFSETS: u16 = 273;
const SAMPLES_PER_PIXEL: u16 = 277;
const STRIP_BYTES: u16 = 279;
const TILE_OFFSETS: u16 = 324;
const TILE_BYTES: u16 = 325;
const JPEG_AT: u16 = 513;
const JPEG_LEN: u16 = 514;
const ICC_PROFILE: u16 = 34675;
const DNG_VERSION: u16 = 50706;

/// Fields that say how pixels are stored, and nothing about who made them.
const KEPT: &[u16] = &[
    254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 274, 277, 278, 279, 280, 281, 282,
    283, 284, 290, 291, 292, 293, 296, 301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 332, 334,
    336, 338, 339, 340, 341, 347, 512, 513, 514, 515, 529, 530, 531, 532, 34675,
];

/// The chain of directories, each visited once.
fn pages(bytes: &[u8]) -> Result<(Tiff<'_>, Vec<Ifd>), MediaError> {
    let tiff = Tiff::parse(bytes).ok_or(MediaError::Truncated)?;
    let mut pages: Vec<Ifd> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut next = tiff.first;
    let mut fields = 0;
    while next != 0 && pages.len() < MAX_PAGES {
        if !seen.insert(next) {
            return Err(damaged("its pages go in a circle"));
        }
        let page = tiff.ifd(next).ok_or(MediaError::Truncated)?;
        fields += page.entries.len();
        if fields > MAX_FIELDS {
            return Err(damaged("it has too many fields"));
        }
        next = page.next.ok_or(MediaError::Truncated)?;
        pages.push(page);
    }
    if pages.is_empty() {
        return Err(damaged("it has no page"));
    }
    Ok((tiff, pages))
}

/// Where every page's coded pixels lie; so many, or so much shared, that walking them would
/// take forever, is damage.
fn all_extents(tiff: &Tiff<'_>, pages: &[Ifd]) -> Result<Vec<Vec<(usize, usize)>>, MediaError> {
    let mut all = Vec::new();
    let (mut count, mut total) = (0_usize, 0_usize);
    for page in pages {
        let extents = extents(tiff, page)?;
        count += extents.len();
        total = extents
            .iter()
            .fold(total, |total, extent| total.saturating_add(extent.1));
        if count > MAX_FIELDS {
            return Err(damaged("it has too many strips"));
        }
        all.push(extents);
    }
    if total > tiff.data.len().saturating_mul(MAX_SHARING) {
        // pixels that reach far beyond the file, or the same bytes over and over
        return Err(MediaError::Truncated);
    }
    Ok(all)
}

/// Where a page's coded pixels lie.
fn extents(tiff: &Tiff<'_>, page: &Ifd) -> Result<Vec<(usize, usize)>, MediaError> {
    let list = |tag| {
        let entry = page.get(tag)?;
        Some(tiff.uints(entry).filter(|list| list.len() <= MAX_FIELDS))
    };
    let mut extents = Vec::new();
    for (offsets, lengths) in [
        (STRIP_OFFSETS, STRIP_BYTES),
        (TILE_OFFSETS, TILE_BYTES),
        (JPEG_AT, JPEG_LEN),
    ] {
        let (Some(offsets), Some(lengths)) = (list(offsets), list(lengths)) else {
            continue;
        };
        let offsets = offsets.ok_or(MediaError::Truncated)?;
        let lengths = lengths.ok_or(MediaError::Truncated)?;
        for (at, len) in offsets.into_iter().zip(lengths) {
            let place = usize::try_from(at).ok().zip(usize::try_from(len).ok());
            extents.push(place.ok_or(MediaError::Truncated)?);
        }
    }
    if extents.is_empty() {
        return Err(damaged("a page has no pixels"));
    }
    Ok(extents)
}

/// Writes the directory again in its place with the kept entries only.
fn rewrite_directory(tiff: &Tiff<'_>, page: &Ifd, out: &mut [u8], kept: &mut Ranges) {
    let (entry_size, counter, link) = tiff.sizes();
    let entries: Vec<&Entry> = page
        .entries
        .iter()
        .filter(|entry| KEPT.contains(&entry.tag))
        .collect();
    let mut directory = number(tiff, entries.len() as u64, counter);
    for entry in &entries {
        directory.extend_from_slice(&tiff.data[entry.at..entry.at + entry_size]);
        let inline = entry.value_at as usize >= entry.at
            && (entry.value_at as usize) < entry.at + entry_size;
        if !inline && tiff.bytes(entry).is_some() {
            kept.keep(entry.value_at as usize, entry.len as usize);
        }
    }
    directory.extend(number(tiff, page.next.unwrap_or(0), link));
    // never longer than before; the last link may be missing at the end of a file
    let room = (out.len() - page.at).min(directory.len());
    out[page.at..page.at + room].copy_from_slice(&directory[..room]);
    kept.keep(page.at, room);
}

fn number(tiff: &Tiff<'_>, value: u64, size: usize) -> Vec<u8> {
    if tiff.big_endian {
        value.to_be_bytes()[8 - size..].to_vec()
    } else {
        value.to_le_bytes()[..size].to_vec()
    }
}
