//! Where each format keeps what is said about the picture, gathered within limits.

use crate::Format;
use crate::container::{Bytes, gif, jpeg, png, webp};
use crate::exif::{Tiff, tag};
use crate::isobmff;

/// Bytes of one manifest store; thumbnails of earlier versions are inside.
const MAX_MANIFEST: usize = 32 << 20;
/// Bytes of XMP in all of a file.
const MAX_XMP: usize = 4 << 20;
/// Bytes kept of one text; generators write what matters first.
pub(super) const MAX_TEXT: usize = 64 << 10;
/// Texts in one file.
const MAX_TEXTS: usize = 64;
/// Bytes unpacked from compressed texts, in all of a file.
const MAX_UNPACKED: usize = 4 << 20;

/// What was found, still unread.
#[derive(Debug, Default)]
pub(super) struct Embedded {
    /// JUMBF of C2PA.
    pub manifests: Vec<Vec<u8>>,
    pub xmp: Vec<String>,
    /// A TIFF structure.
    pub exif: Option<Vec<u8>>,
    /// Keyword and text.
    pub texts: Vec<(String, String)>,
}

/// Gathers everything; what is damaged or over a limit is left out.
pub(super) fn collect(bytes: &[u8], format: Format) -> Embedded {
    let mut found = Embedded::default();
    match format {
        Format::Jpeg => found.jpeg(bytes),
        Format::Png => found.png(bytes),
        Format::WebP => found.webp(bytes),
        Format::Avif => found.avif(bytes),
        Format::Tiff => found.tiff(bytes),
        Format::Gif => found.gif(bytes),
        Format::Bmp => {}
    }
    found
}

impl Embedded {
    fn jpeg(&mut self, bytes: &[u8]) {
        let parts = jpeg::parts(bytes).unwrap_or_default();
        let mut boxes = Vec::new();
        let mut extended = Vec::new();
        for part in &parts {
            let jpeg::Part::Segment(marker, payload) = part else {
                continue;
            };
            match *marker {
                APP1 => {
                    if let Some(exif) = payload.strip_prefix(EXIF) {
                        self.exif.get_or_insert_with(|| exif.to_vec());
                    } else if let Some(xmp) = payload.strip_prefix(XMP) {
                        self.add_xmp(xmp);
                    } else if let Some(piece) = payload.strip_prefix(EXTENDED_XMP) {
                        // a digest of 32 bytes, the full length, where this piece belongs
                        if let (Ok(at), Some(piece)) = (piece.be32(36), piece.get(40..)) {
                            extended.push((at, piece));
                        }
                    }
                }
                APP11 => boxes.extend(BoxPiece::read(payload)),
                APP13 => self.add_text("Photoshop", payload),
                COMMENT => self.add_text("Comment", payload),
                _ => {}
            }
        }
        extended.sort_by_key(|piece| piece.0);
        let extended: Vec<u8> = extended.iter().flat_map(|piece| piece.1).copied().collect();
        self.add_xmp(&extended);
        // one box after the other, its pieces in order
        boxes.sort_by_key(|piece| (piece.instance, piece.sequence));
        for pieces in boxes.chunk_by(|one, next| one.instance == next.instance) {
            let mut whole = pieces[0].head.to_vec();
            whole.extend(pieces.iter().flat_map(|piece| piece.body));
            self.add_manifest(&whole);
        }
    }

    fn png(&mut self, bytes: &[u8]) {
        let mut unpack = MAX_UNPACKED;
        for (kind, data) in png::chunks(bytes).unwrap_or_default() {
            match &kind {
                b"caBX" => self.add_manifest(data),
                b"eXIf" => {
                    let data = data.strip_prefix(EXIF).unwrap_or(data);
                    self.exif = Some(data.to_vec());
                }
                b"tEXt" | b"zTXt" | b"iTXt" => self.png_text(kind, data, &mut unpack),
                _ => {}
            }
        }
    }

    fn png_text(&mut self, kind: [u8; 4], data: &[u8], unpack: &mut usize) {
        let Some(end) = data.iter().take(80).position(|byte| *byte == 0) else {
            return;
        };
        let (keyword, rest) = (&data[..end], &data[end + 1..]);
        let (packed, text) = match &kind {
            b"tEXt" => (false, Some(rest)),
            b"zTXt" => (true, rest.get(1..)),
            // flag, method, then language and translated keyword, both ended by NUL
            _ => {
                let mut fields = rest
                    .get(2..)
                    .unwrap_or_default()
                    .splitn(3, |byte| *byte == 0);
                (rest.first() == Some(&1), fields.nth(2))
            }
        };
        let Some(text) = text else {
            return;
        };
        let unpacked;
        let text = if packed {
            unpacked = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(text, *unpack)
                .unwrap_or_else(|broken| broken.output);
            *unpack = unpack.saturating_sub(unpacked.len());
            &unpacked
        } else {
            text
        };
        match keyword {
            b"XML:com.adobe.xmp" => self.add_xmp(text),
            b"Raw profile type xmp" => self.add_xmp(&unhex(text)),
            b"Raw profile type exif" | b"Raw profile type APP1" => {
                let profile = unhex(text);
                if let Some(exif) = profile.strip_prefix(EXIF) {
                    self.exif.get_or_insert_with(|| exif.to_vec());
                }
            }
            _ => self.add_text(&String::from_utf8_lossy(keyword), text),
        }
    }

    fn webp(&mut self, bytes: &[u8]) {
        for (kind, data) in webp::body(bytes).unwrap_or_default() {
            match &kind {
                b"C2PA" => self.add_manifest(data),
                b"XMP " => self.add_xmp(data),
                b"EXIF" => {
                    let data = data.strip_prefix(EXIF).unwrap_or(data);
                    self.exif = Some(data.to_vec());
                }
                _ => {}
            }
        }
    }

    fn avif(&mut self, bytes: &[u8]) {
        let found = isobmff::metadata(bytes, MAX_XMP);
        self.exif = found.exif;
        for text in &found.texts {
            self.add_xmp(text);
        }
        for user in found.users {
            // version and flags, a purpose ended by NUL, a position of 8 bytes, then JUMBF
            let Some(rest) = user
                .strip_prefix(C2PA_USER_TYPE)
                .and_then(|rest| rest.get(4..))
            else {
                continue;
            };
            if let Some(store) = rest
                .strip_prefix(b"manifest\0")
                .and_then(|rest| rest.get(8..))
            {
                self.add_manifest(store);
            }
        }
    }

    fn tiff(&mut self, bytes: &[u8]) {
        let first = Tiff::parse(bytes).and_then(|tiff| Some((tiff, tiff.ifd(tiff.first)?)));
        let Some((tiff, first)) = first else {
            return;
        };
        let field = |tag| first.get(tag).and_then(|entry| tiff.bytes(entry));
        if let Some(store) = field(tag::C2PA) {
            self.add_manifest(store);
        }
        if let Some(xmp) = field(tag::XMP) {
            self.add_xmp(xmp);
        }
        self.exif = Some(bytes.to_vec());
    }

    fn gif(&mut self, bytes: &[u8]) {
        for (name, data) in gif::applications(bytes) {
            match name {
                // XMP lies there as it is, its bytes taken for lengths of blocks
                b"XMP DataXMP" => self.add_xmp(&bytes[data]),
                b"C2PA_GIF\x01\0\0" => self.add_manifest(&gif::joined(&bytes[data])),
                _ => {}
            }
        }
    }

    fn add_manifest(&mut self, store: &[u8]) {
        // other things are kept in JUMBF too, but only a box of boxes can be a store
        if store.len() <= MAX_MANIFEST && store.get(4..8) == Some(b"jumb") {
            self.manifests.push(store.to_vec());
        }
    }

    fn add_xmp(&mut self, xmp: &[u8]) {
        let used: usize = self.xmp.iter().map(String::len).sum();
        if !xmp.is_empty() && used + xmp.len() <= MAX_XMP {
            self.xmp.push(String::from_utf8_lossy(xmp).into_owned());
        }
    }

    fn add_text(&mut self, keyword: &str, text: &[u8]) {
        if self.texts.len() < MAX_TEXTS {
            let text = &text[..text.len().min(MAX_TEXT)];
            let text = String::from_utf8_lossy(text).into_owned();
            self.texts.push((keyword.to_owned(), text));
        }
    }
}

/// One segment's share of a JUMBF box (ISO/IEC 19566-5, annex D).
struct BoxPiece<'a> {
    instance: u16,
    sequence: u32,
    /// The box's own size and kind, repeated in every segment.
    head: &'a [u8],
    body: &'a [u8],
}

impl<'a> BoxPiece<'a> {
    fn read(payload: &'a [u8]) -> Option<Self> {
        let rest = payload.strip_prefix(b"JP")?;
        let long = rest.be32(6).ok()? == 1;
        let (head, body) = rest.get(6..)?.split_at_checked(if long { 16 } else { 8 })?;
        Some(Self {
            instance: rest.be16(0).ok()?,
            sequence: rest.be32(2).ok()?,
            head,
            body,
        })
    }
}

const APP1: u8 = 0xe1;
const APP11: u8 = 0xeb;
const APP13: u8 = 0xed;
const COMMENT: u8 = 0xfe;
const EXIF: &[u8] = b"Exif\0\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const EXTENDED_XMP: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
/// The type of the `uuid` box that holds C2PA's manifest store.
const C2PA_USER_TYPE: &[u8] = b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81";

/// ImageMagick's raw profiles: a name and a length on lines of their own, then hexadecimal.
fn unhex(text: &[u8]) -> Vec<u8> {
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
