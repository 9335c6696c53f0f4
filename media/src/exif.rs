//! TIFF directories: the structure of TIFF files and of EXIF wherever it is embedded.
//!
//! Only a reader: it borrows the bytes, allocates entries no larger than the input,
//! and answers `None` for anything that points outside.

/// A TIFF structure, classic or BigTIFF, in either byte order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tiff<'a> {
    pub data: &'a [u8],
    pub big_endian: bool,
    /// BigTIFF: 64-bit offsets and counts.
    pub big: bool,
    pub first: u64,
}

/// One directory.
#[derive(Debug, Clone)]
pub(crate) struct Ifd {
    pub at: usize,
    pub entries: Vec<Entry>,
    /// Where the next one lies, 0 for none; `None` when the file ends before saying so.
    pub next: Option<u64>,
}

/// One field of a directory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub tag: u16,
    pub kind: u16,
    pub count: u64,
    /// Where the entry itself lies.
    pub at: usize,
    /// Where its values lie: inside the entry when they fit.
    pub value_at: u64,
    /// Bytes its values take.
    pub len: u64,
}

pub(crate) mod tag {
    pub const ORIENTATION: u16 = 0x0112;
    pub const MAKE: u16 = 0x010F;
    pub const MODEL: u16 = 0x0110;
    pub const EXIF_IFD: u16 = 0x8769;
    pub const GPS_IFD: u16 = 0x8825;
    pub const SUB_IFDS: u16 = 0x014A;
    pub const TAKEN: u16 = 0x9003;
    pub const DIGITIZED: u16 = 0x9004;
    pub const TAKEN_OFFSET: u16 = 0x9011;
    pub const DIGITIZED_OFFSET: u16 = 0x9012;
    pub const DESCRIPTION: u16 = 0x010E;
    pub const SOFTWARE: u16 = 0x0131;
    pub const XMP: u16 = 0x02BC;
    pub const C2PA: u16 = 0xCD41;
    pub const EXPOSURE_TIME: u16 = 0x829A;
    pub const F_NUMBER: u16 = 0x829D;
    pub const ISO: u16 = 0x8827;
    pub const USER_COMMENT: u16 = 0x9286;
    pub const FOCAL_LENGTH: u16 = 0x920A;
    pub const LENS_MODEL: u16 = 0xA434;
}

impl<'a> Tiff<'a> {
    /// Reads the header; `None` when it is none.
    pub fn parse(data: &'a [u8]) -> Option<Self> {
        let mut tiff = Tiff {
            data,
            big_endian: match data.get(..2)? {
                b"II" => false,
                b"MM" => true,
                _ => return None,
            },
            big: false,
            first: 0,
        };
        match tiff.number(2, 2)? {
            42 => tiff.first = tiff.number(4, 4)?,
            43 if tiff.number(4, 2)? == 8 => {
                tiff.big = true;
                tiff.first = tiff.number(8, 8)?;
            }
            _ => return None,
        }
        Some(tiff)
    }

    /// An unsigned number of `size` bytes at `at`.
    pub fn number(&self, at: usize, size: usize) -> Option<u64> {
        let bytes = self.data.get(at..at.checked_add(size)?)?;
        let fold = |value, byte: &u8| (value << 8) | u64::from(*byte);
        Some(if self.big_endian {
            bytes.iter().fold(0, fold)
        } else {
            bytes.iter().rev().fold(0, fold)
        })
    }

    /// Bytes of a directory's entry, its counter and its link to the next one.
    pub fn sizes(&self) -> (usize, usize, usize) {
        if self.big { (20, 8, 8) } else { (12, 2, 4) }
    }

    /// The directory at `offset`.
    pub fn ifd(&self, offset: u64) -> Option<Ifd> {
        let at = usize::try_from(offset).ok().filter(|at| *at >= 8)?;
        let (entry_size, counter, link) = self.sizes();
        let count = usize::try_from(self.number(at, counter)?).ok()?;
        let start = at.checked_add(counter)?;
        let end = start.checked_add(count.checked_mul(entry_size)?)?;
        // a list longer than the file, or than any camera's, is refused before it is allocated
        if end > self.data.len() || count > MAX_ENTRIES {
            return None;
        }
        let entries = (start..end)
            .step_by(entry_size)
            .filter_map(|at| self.entry(at))
            .collect();
        Some(Ifd {
            at,
            entries,
            next: self.number(end, link),
        })
    }

    fn entry(&self, at: usize) -> Option<Entry> {
        let kind = self.number(at + 2, 2)? as u16;
        let word = if self.big { 8 } else { 4 };
        let count = self.number(at + 4, word)?;
        let len = count.checked_mul(kind_size(kind))?;
        let inline = at + 4 + word;
        Some(Entry {
            tag: self.number(at, 2)? as u16,
            kind,
            count,
            at,
            value_at: if len <= word as u64 {
                inline as u64
            } else {
                self.number(inline, word)?
            },
            len,
        })
    }

    /// The entry's values as raw bytes.
    pub fn bytes(&self, entry: &Entry) -> Option<&'a [u8]> {
        let at = usize::try_from(entry.value_at).ok()?;
        let len = usize::try_from(entry.len).ok()?;
        self.data.get(at..at.checked_add(len)?)
    }

    /// The entry's value number `index` as an unsigned integer.
    pub fn uint(&self, entry: &Entry, index: u64) -> Option<u64> {
        if index >= entry.count || !matches!(entry.kind, 1 | 3 | 4 | 13 | 16 | 18) {
            return None;
        }
        let size = kind_size(entry.kind);
        let at = entry.value_at.checked_add(index.checked_mul(size)?)?;
        self.number(usize::try_from(at).ok()?, size as usize)
    }

    /// All of the entry's values as unsigned integers.
    pub fn uints(&self, entry: &Entry) -> Option<Vec<u64>> {
        self.bytes(entry)?;
        (0..entry.count)
            .map(|index| self.uint(entry, index))
            .collect()
    }

    /// The entry's text up to its first NUL, trimmed; `None` when there is none.
    pub fn text(&self, entry: &Entry) -> Option<String> {
        let bytes = self.bytes(entry).filter(|_| entry.kind == 2)?;
        let bytes = bytes.split(|byte| *byte == 0).next()?;
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_TEXT)]);
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }
}

impl Ifd {
    /// The first entry with this tag.
    pub fn get(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }
}

/// What people care about in a camera's fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CameraFields {
    pub orientation: u64,
    pub taken_at: Option<String>,
    pub camera: Option<String>,
}

/// Reads the fields from a TIFF structure; a broken one has none.
pub(crate) fn camera_fields(data: &[u8]) -> CameraFields {
    let Some((tiff, first)) =
        Tiff::parse(data).and_then(|tiff| Some((tiff, tiff.ifd(tiff.first)?)))
    else {
        return CameraFields::default();
    };
    let text = |ifd: &Ifd, tag| ifd.get(tag).and_then(|entry| tiff.text(entry));
    let camera = match (text(&first, tag::MAKE), text(&first, tag::MODEL)) {
        (Some(make), Some(model)) if !model.starts_with(&make) => Some(format!("{make} {model}")),
        (make, model) => model.or(make),
    };
    let exif = first
        .get(tag::EXIF_IFD)
        .and_then(|entry| tiff.uint(entry, 0))
        .and_then(|offset| tiff.ifd(offset));
    let taken_at = exif.and_then(|exif| {
        let when = |time, offset| {
            let time = text(&exif, time)?;
            exif_time(&time, text(&exif, offset).as_deref())
        };
        when(tag::TAKEN, tag::TAKEN_OFFSET).or_else(|| when(tag::DIGITIZED, tag::DIGITIZED_OFFSET))
    });
    let orientation = first
        .get(tag::ORIENTATION)
        .and_then(|entry| tiff.uint(entry, 0));
    CameraFields {
        orientation: orientation.unwrap_or(0),
        taken_at,
        camera,
    }
}

/// The smallest EXIF that says how to turn the picture, and nothing else.
pub(crate) fn only_orientation(orientation: crate::Orientation) -> [u8; 26] {
    let mut exif = *b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x01\0\0\0\0\0\0\0";
    exif[18] = orientation.exif();
    exif
}

const MAX_TEXT: usize = 200;
/// Fields in one directory; cameras write dozens.
const MAX_ENTRIES: usize = 4_096;

fn kind_size(kind: u16) -> u64 {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16 | 17 | 18 => 8,
        _ => 1,
    }
}

/// `2024:05:06 07:08:09` and `+02:00` to RFC 3339; without an offset the local time alone.
fn exif_time(time: &str, offset: Option<&str>) -> Option<String> {
    let digits = |range: std::ops::Range<usize>| -> Option<u32> {
        let part = time.get(range)?;
        part.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| part.parse().ok())?
    };
    let (year, month, day) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
    let (hour, minute, second) = (digits(11..13)?, digits(14..16)?, digits(17..19)?);
    let plausible = year > 0
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 61;
    if !plausible {
        return None;
    }
    let zone = offset.filter(|offset| is_zone(offset)).unwrap_or("");
    Some(format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{zone}"
    ))
}

fn is_zone(offset: &str) -> bool {
    offset == "Z"
        || matches!(offset.as_bytes(), [b'+' | b'-', a, b, b':', c, d]
            if [a, b, c, d].iter().all(|digit| digit.is_ascii_digit()))
}
