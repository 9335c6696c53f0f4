//! Does a file say where it was taken?
//!
//! A blunt search that knows as little as possible about containers, so that it can be
//! used to check those that do: every TIFF header anywhere in the bytes is followed, and
//! XMP is looked for as text wherever it is, also packed or cut into pieces.

use crate::Format;
use crate::container::{jpeg, png};
use crate::exif::{Ifd, Tiff, tag};
use crate::format::sniff;

/// Bytes unpacked from compressed text, in all of a file.
const MAX_UNPACKED: usize = 64 << 20;
/// Fields looked at, in all of a file.
const MAX_FIELDS: usize = 2_000_000;
/// Directories followed from one header.
const MAX_DIRECTORIES: usize = 64;
/// Places in one text chunk where packed text may begin.
const MAX_SEPARATORS: usize = 6;

/// Whether the bytes hold a GPS position in EXIF or XMP, in any container.
///
/// A file built so that the search would take forever counts as telling a place.
pub fn find_location(bytes: &[u8]) -> bool {
    let mut search = Search {
        unpack: MAX_UNPACKED,
        fields: MAX_FIELDS,
    };
    search.raw(bytes) || search.pieces(bytes)
}

/// What the search may still spend.
struct Search {
    unpack: usize,
    fields: usize,
}

impl Search {
    fn raw(&mut self, bytes: &[u8]) -> bool {
        self.gps_directory(bytes) || has_gps_text(bytes)
    }

    /// Metadata that is not lying around in one readable piece.
    fn pieces(&mut self, bytes: &[u8]) -> bool {
        match sniff(bytes) {
            Ok(Format::Jpeg) => {
                let parts = jpeg::parts(bytes).unwrap_or_default();
                // extended XMP is cut anywhere, each piece behind 40 bytes of its own
                self.raw(&joined(&parts, EXTENDED_XMP, 40)) || self.raw(&joined(&parts, EXIF, 0))
            }
            Ok(Format::Png) => png::chunks(bytes)
                .unwrap_or_default()
                .into_iter()
                .filter(|(kind, _)| matches!(kind, b"tEXt" | b"zTXt" | b"iTXt" | b"iCCP"))
                .any(|(_, data)| self.text(data)),
            Ok(Format::Gif) => self.raw(&without_block_lengths(bytes)),
            _ => false,
        }
    }

    /// A text chunk from hexadecimal, and unpacked wherever a packed stream may begin.
    fn text(&mut self, data: &[u8]) -> bool {
        if self.raw(&hex(data)) {
            return true;
        }
        let separators = (0..data.len()).filter(|at| data[*at] == 0);
        for at in separators.take(MAX_SEPARATORS) {
            for packed in [data.get(at + 1..), data.get(at + 2..)]
                .into_iter()
                .flatten()
            {
                // a zlib stream begins with deflate in a window of at most 32 KiB
                if packed.first().is_none_or(|byte| byte & 15 != 8) {
                    continue;
                }
                if self.unpack == 0 {
                    return true;
                }
                let text = unpacked(packed, self.unpack);
                self.unpack -= text.len().min(self.unpack);
                if self.raw(&text) || self.raw(&hex(&text)) {
                    return true;
                }
            }
        }
        false
    }

    /// Follows every TIFF header in the bytes to a directory with GPS fields.
    fn gps_directory(&mut self, bytes: &[u8]) -> bool {
        bytes.windows(4).enumerate().any(|(at, head)| {
            matches!(head, b"II*\0" | b"MM\0*" | b"II+\0" | b"MM\0+")
                && self.leads_to_gps(&bytes[at..])
        })
    }

    fn leads_to_gps(&mut self, data: &[u8]) -> bool {
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
            let cost = ifd.entries.len() + 1;
            if cost > self.fields {
                return true;
            }
            self.fields -= cost;
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
            waiting.extend(ifd.next.filter(|next| *next != 0));
        }
        false
    }
}

const EXTENDED_XMP: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
const EXIF: &[u8] = b"Exif\0\0";
const APP1: u8 = 0xe1;

/// The APP1 segments with this name one after the other, without it and `skip` more bytes.
fn joined(parts: &[jpeg::Part<'_>], name: &[u8], skip: usize) -> Vec<u8> {
    parts
        .iter()
        .filter_map(|part| match part {
            jpeg::Part::Segment(APP1, payload) => payload.strip_prefix(name)?.get(skip..),
            _ => None,
        })
        .flatten()
        .copied()
        .collect()
}

/// What a packed stream gives up to the limit, also when it breaks on the way.
fn unpacked(packed: &[u8], limit: usize) -> Vec<u8> {
    miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(packed, limit)
        .unwrap_or_else(|broken| broken.output)
}

/// ImageMagick's raw profiles: a name and a length on lines of their own, then hexadecimal.
fn hex(text: &[u8]) -> Vec<u8> {
    let lines = (0..text.len()).filter(|at| text[*at] == b'\n');
    let start = lines.take(3).last().unwrap_or(0);
    let digits: Vec<u8> = text[start..]
        .iter()
        .filter_map(|byte| char::from(*byte).to_digit(16))
        .map(|digit| digit as u8)
        .collect();
    digits
        .chunks_exact(2)
        .map(|pair| (pair[0] << 4) | pair[1])
        .collect()
}

/// GIF cuts what applications store into blocks of up to 255 bytes, each behind its length.
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

/// A directory with only its version says nothing.
fn says_a_place(gps: &Ifd) -> bool {
    gps.entries.iter().any(|entry| entry.tag != 0)
}

/// XMP properties that hold coordinates, whatever their prefix.
const WORDS: [&[u8]; 4] = [
    b"GPSLatitude",
    b"GPSLongitude",
    b"GPSPosition",
    b"GPSDestLat",
];

fn has_gps_text(bytes: &[u8]) -> bool {
    let narrow = |at: usize| WORDS.iter().any(|word| bytes[at..].starts_with(word));
    // UTF-16 in either byte order: the first letter's zero does not matter
    let wide = |at: usize| {
        let letters = || bytes[at..].iter().step_by(2);
        WORDS.iter().any(|word| {
            letters().take(word.len()).eq(word.iter())
                && bytes[at + 1..]
                    .iter()
                    .step_by(2)
                    .take(word.len() - 1)
                    .all(|byte| *byte == 0)
        })
    };
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|byte| *byte == b'G') {
        at += found;
        match bytes.get(at + 1) {
            Some(b'P') if narrow(at) => return true,
            Some(0) if wide(at) => return true,
            _ => at += 1,
        }
    }
    false
}

fn position(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}
