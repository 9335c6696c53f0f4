//! Does a file say where it was taken?
//!
//! A blunt search that knows as little as possible about containers, so that it can be
//! used to check those that do: every TIFF header anywhere in the bytes is followed, and
//! XMP is looked for as text wherever it is, also packed or cut into pieces.

use std::borrow::Cow;

use crate::Format;
use crate::container::{jpeg, png};
use crate::exif::{Ifd, Tiff, tag};
use crate::format::sniff;

/// Text packed into a PNG is unpacked this far.
const MAX_UNPACKED: usize = 8 << 20;
/// Directories followed from one header.
const MAX_DIRECTORIES: usize = 64;

/// Whether the bytes hold a GPS position in EXIF or XMP, in any container.
pub fn find_location(bytes: &[u8]) -> bool {
    raw(bytes) || pieces(bytes).iter().any(|piece| raw(piece))
}

fn raw(bytes: &[u8]) -> bool {
    has_gps_directory(bytes) || has_gps_text(bytes)
}

/// Metadata that is not lying around in one readable piece.
fn pieces(bytes: &[u8]) -> Vec<Cow<'_, [u8]>> {
    match sniff(bytes) {
        Ok(Format::Jpeg) => {
            // extended XMP is cut anywhere, each piece behind a header of its own
            let parts = jpeg::parts(bytes).unwrap_or_default();
            let extended: Vec<u8> = parts
                .iter()
                .filter_map(|part| match part {
                    jpeg::Part::Segment(0xe1, payload) => payload.strip_prefix(EXTENDED_XMP),
                    _ => None,
                })
                .filter_map(|payload| payload.get(40..))
                .flatten()
                .copied()
                .collect();
            let joined: Vec<u8> = parts
                .iter()
                .filter_map(|part| match part {
                    jpeg::Part::Segment(0xe1, payload) => payload.strip_prefix(b"Exif\0\0"),
                    _ => None,
                })
                .flatten()
                .copied()
                .collect();
            vec![extended.into(), joined.into()]
        }
        Ok(Format::Png) => png::chunks(bytes)
            .unwrap_or_default()
            .into_iter()
            .filter(|(kind, _)| matches!(kind, b"tEXt" | b"zTXt" | b"iTXt" | b"iCCP"))
            .flat_map(|(_, data)| text_pieces(data))
            .collect(),
        Ok(Format::Gif) => vec![without_block_lengths(bytes).into()],
        _ => Vec::new(),
    }
}

const EXTENDED_XMP: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";

/// A text chunk plain, unpacked wherever a packed stream may begin, and from hexadecimal.
fn text_pieces(data: &[u8]) -> Vec<Cow<'_, [u8]>> {
    let mut pieces: Vec<Cow<'_, [u8]>> = vec![data.into()];
    let separators = data
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == 0)
        .map(|(at, _)| at);
    for at in separators.take(6) {
        for skip in [1, 2] {
            let packed = data.get(at + skip..).unwrap_or_default();
            // a zlib stream begins with deflate in a window of at most 32 KiB
            if packed.first().is_some_and(|byte| byte & 15 == 8) {
                pieces.push(unpacked(packed).into());
            }
        }
    }
    let from_hex: Vec<_> = pieces.iter().map(|piece| hex(piece).into()).collect();
    pieces.extend(from_hex);
    pieces
}

/// What a packed stream gives up to the limit, also when it breaks on the way.
fn unpacked(packed: &[u8]) -> Vec<u8> {
    miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(packed, MAX_UNPACKED)
        .unwrap_or_else(|broken| broken.output)
}

/// ImageMagick's raw profiles: a name, a length, then hexadecimal over many lines.
fn hex(text: &[u8]) -> Vec<u8> {
    let start = text
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| pair[0] == b'\n')
        .nth(2)
        .map_or(0, |(at, _)| at);
    let digits: Vec<u8> = text[start..]
        .iter()
        .filter_map(|byte| char::from(*byte).to_digit(16))
        .map(|digit| digit as u8)
        .collect();
    digits
        .chunks_exact(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

/// GIF cuts everything into blocks of up to 255 bytes; XMP is written across them as it is,
/// other metadata is not, so the lengths have to go.
fn without_block_lengths(bytes: &[u8]) -> Vec<u8> {
    let mut joined = Vec::new();
    let mut at = 0;
    while let Some(found) = position(&bytes[at..], b"\x21\xff\x0b") {
        at += found + 14;
        while let Some(len) = bytes.get(at).copied().filter(|len| *len > 0) {
            let end = (at + 1 + usize::from(len)).min(bytes.len());
            joined.extend_from_slice(&bytes[at + 1..end]);
            at = end;
        }
        at = at.min(bytes.len());
    }
    joined
}

/// Follows every TIFF header in the bytes to a directory with GPS fields.
fn has_gps_directory(bytes: &[u8]) -> bool {
    let mut at = 0;
    while at + 8 <= bytes.len() {
        let head = &bytes[at..at + 4];
        if matches!(head, b"II*\0" | b"MM\0*" | b"II+\0" | b"MM\0+") && leads_to_gps(&bytes[at..]) {
            return true;
        }
        at += 1;
    }
    false
}

fn leads_to_gps(data: &[u8]) -> bool {
    let Some(tiff) = Tiff::parse(data) else {
        return false;
    };
    let mut waiting = vec![tiff.first];
    let mut seen = Vec::new();
    while let Some(offset) = waiting.pop() {
        if seen.contains(&offset) || seen.len() >= MAX_DIRECTORIES {
            continue;
        }
        seen.push(offset);
        let Some(ifd) = tiff.ifd(offset) else {
            continue;
        };
        if ifd.get(tag::GPS_IFD).is_some_and(|entry| {
            let gps = tiff.uint(entry, 0).and_then(|offset| tiff.ifd(offset));
            gps.is_none_or(|gps| says_a_place(&gps))
        }) {
            return true;
        }
        for tag in [tag::EXIF_IFD, tag::SUB_IFDS] {
            if let Some(entry) = ifd.get(tag) {
                let most = entry.count.min(MAX_DIRECTORIES as u64);
                waiting.extend((0..most).filter_map(|index| tiff.uint(entry, index)));
            }
        }
        if ifd.next != 0 {
            waiting.push(ifd.next);
        }
    }
    false
}

/// A directory with only its version says nothing.
fn says_a_place(gps: &Ifd) -> bool {
    gps.entries.iter().any(|entry| entry.tag != 0)
}

fn has_gps_text(bytes: &[u8]) -> bool {
    let wide = |text: &[u8]| -> Vec<u8> { text.iter().flat_map(|byte| [*byte, 0]).collect() };
    WORDS.iter().any(|word| {
        position(bytes, word).is_some()
            // either byte order of UTF-16: the first letter's zero does not matter
            || position(bytes, &wide(word)[..word.len() * 2 - 1]).is_some()
    })
}

/// XMP properties that hold coordinates, whatever their prefix.
const WORDS: [&[u8]; 4] = [
    b"GPSLatitude",
    b"GPSLongitude",
    b"GPSPosition",
    b"GPSDestLat",
];

fn position(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut at = 0;
    while let Some(found) = haystack.get(at..)?.iter().position(|byte| *byte == first) {
        at += found;
        if haystack[at..].starts_with(needle) {
            return Some(at);
        }
        at += 1;
    }
    None
}
