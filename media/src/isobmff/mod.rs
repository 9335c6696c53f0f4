//! AVIF files: boxes, items in a `meta` box, their properties and references.

mod boxes;
mod meta;
mod strip;
mod tracks;

pub(crate) use meta::{Item, Meta, Nclx};
pub(crate) use strip::strip;

use crate::container::{Bytes, Survey};
use crate::error::damaged;
use crate::{Limits, MediaError, Orientation, color};

/// Items may share bytes, but not without end.
const MAX_SHARING: usize = 4;

/// The still picture of a file.
pub(crate) struct Still<'a> {
    pub meta: Meta,
    pub bytes: &'a [u8],
    pub primary: Item,
}

impl<'a> Still<'a> {
    /// Finds the primary picture; data outside the file is `Truncated`.
    pub fn open(bytes: &'a [u8]) -> Result<Self, MediaError> {
        let top = boxes::children(bytes, 0..bytes.len())?;
        let Some(meta) = top.iter().find(|found| &found.kind == b"meta") else {
            if top.iter().any(|found| &found.kind == b"moov") {
                return Err(MediaError::Unsupported {
                    found: "an AVIF sequence without a still picture",
                });
            }
            return Err(MediaError::Truncated);
        };
        let meta = Meta::read(bytes, meta.body.clone())?;
        let primary = meta
            .primary
            .and_then(|id| meta.item(id))
            .ok_or_else(|| damaged("it names no primary picture"))?
            .clone();
        if !matches!(&primary.kind, b"av01" | b"grid") {
            return Err(MediaError::Unsupported {
                found: "a HEIF picture without AV1 in it",
            });
        }
        let still = Self {
            meta,
            bytes,
            primary,
        };
        still.check_extents()?;
        Ok(still)
    }

    /// The bytes of an item, gathered from its extents.
    pub fn data(&self, item: &Item) -> Result<Vec<u8>, MediaError> {
        let mut data = Vec::new();
        for (at, len) in &item.extents {
            data.extend_from_slice(self.bytes.slice(*at, *len)?);
            if data.len() > self.bytes.len() {
                return Err(damaged("an item is longer than its file"));
            }
        }
        Ok(data)
    }

    /// The camera's fields: a TIFF structure.
    pub fn exif(&self) -> Option<Vec<u8>> {
        let mut items = self.meta.items.iter();
        let data = self.data(items.find(|item| &item.kind == b"Exif")?).ok()?;
        // an offset to the TIFF header comes first
        let skip = data.be32(0).ok()? as usize;
        data.get(skip.checked_add(4)?..).map(<[u8]>::to_vec)
    }

    /// The item that holds the transparency of `item`.
    pub fn alpha_of(&self, item: &Item) -> Option<&Item> {
        self.meta
            .items
            .iter()
            .find(|other| self.meta.is_alpha(other) && self.meta.refers(b"auxl", other.id, item.id))
    }

    /// How the picture has to be turned after decoding.
    pub fn orientation(&self) -> Orientation {
        let (turns, mirror) = self.meta.transforms(&self.primary);
        Orientation::from_heif(turns, mirror)
    }

    /// Everything coded lies in the file, and not the same bytes over and over.
    fn check_extents(&self) -> Result<(), MediaError> {
        let mut total = 0_usize;
        for item in &self.meta.items {
            if meta::is_picture(item.kind) {
                for (at, len) in &item.extents {
                    self.bytes.slice(*at, *len)?;
                    total = total.saturating_add(*len);
                }
            }
        }
        if total > self.bytes.len().saturating_mul(MAX_SHARING) {
            return Err(damaged("its items share too many bytes"));
        }
        if self.primary.extents.iter().all(|extent| extent.1 == 0) {
            return Err(MediaError::Truncated);
        }
        Ok(())
    }
}

/// What a file says about itself, beside its pixels.
#[derive(Debug, Default)]
pub(crate) struct Metadata<'a> {
    /// A TIFF structure.
    pub exif: Option<Vec<u8>>,
    /// Items with a media type, such as XMP.
    pub texts: Vec<Vec<u8>>,
    /// Bodies of the `uuid` boxes at the top, their type first.
    pub users: Vec<&'a [u8]>,
}

/// Reads it, at most `limit` bytes of texts; what is damaged is left out.
pub(crate) fn metadata(bytes: &[u8], limit: usize) -> Metadata<'_> {
    let mut found = Metadata::default();
    let top = boxes::children(bytes, 0..bytes.len()).unwrap_or_default();
    let users = top.iter().filter(|found| &found.kind == b"uuid");
    found.users = users.map(|user| &bytes[user.body.clone()]).collect();
    let Ok(still) = Still::open(bytes) else {
        return found;
    };
    found.exif = still.exif();
    let mut left = limit;
    for item in &still.meta.items {
        let lengths = item.extents.iter().map(|extent| extent.1);
        let len = lengths.fold(0, usize::saturating_add);
        if &item.kind == b"mime" && len <= left {
            left -= len;
            found.texts.extend(still.data(item).ok());
        }
    }
    found
}

/// Dimensions, frames, orientation and camera fields from the boxes.
pub(crate) fn survey(bytes: &[u8], limits: &Limits) -> Result<Survey, MediaError> {
    let still = Still::open(bytes)?;
    let (width, height) = still
        .meta
        .size(&still.primary)
        .ok_or_else(|| damaged("it does not say how big it is"))?;
    limits.check_size(width, height)?;
    Ok(Survey {
        width,
        height,
        frames: tracks::frames(bytes).unwrap_or(0).max(1),
        // planes of up to 16 bits, with alpha, and the pixels made of them
        decode_bits: 64 + 32,
        orientation: u64::from(still.orientation().exif()),
        exif: still.exif(),
        icc: still
            .meta
            .profile(&still.primary, bytes)
            .or_else(|| still.meta.nclx(&still.primary).and_then(color::profile_of)),
    })
}
