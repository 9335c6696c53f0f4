//! The `meta` box: which items there are, where their bytes lie, what is said about them.

use std::ops::Range;

use super::boxes::{self, Cursor};
use crate::MediaError;
use crate::container::Bytes;
use crate::error::damaged;

/// More items than any grid needs.
const MAX_ITEMS: u64 = 4_096;
/// Pieces of all items together.
const MAX_EXTENTS: usize = 20_000;
/// A colour profile is never longer.
const MAX_PROFILE: usize = 4 << 20;

/// Everything the box says, with absolute positions in the file.
#[derive(Debug, Default)]
pub(crate) struct Meta {
    pub primary: Option<u32>,
    pub items: Vec<Item>,
    /// Boxes that describe items, as (kind, body).
    pub properties: Vec<([u8; 4], Range<usize>)>,
    /// (kind, from, to).
    pub references: Vec<([u8; 4], u32, Vec<u32>)>,
    /// Body of the box for items stored inside `meta`.
    pub inside: Option<Range<usize>>,
    facts: Vec<Facts>,
}

/// One item.
#[derive(Debug, Clone, Default)]
pub(crate) struct Item {
    pub id: u32,
    pub kind: [u8; 4],
    /// Where its kind is written.
    pub kind_at: usize,
    /// Absolute (position, length) of its pieces.
    pub extents: Vec<(usize, usize)>,
    properties: Vec<usize>,
}

/// What a property says, for those that matter.
#[derive(Debug, Clone, PartialEq)]
enum Facts {
    Size(u32, u32),
    Turns(u8),
    Mirror(u8),
    Alpha,
    Nclx(Nclx),
    Profile(Range<usize>),
    Other,
}

/// Colour as three code points and a range flag (ISO/IEC 23091-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Nclx {
    pub primaries: u16,
    pub transfer: u16,
    pub matrix: u16,
    pub full_range: bool,
}

/// Kinds that hold or combine pixels, or tone maps over them.
pub(super) fn is_picture(kind: [u8; 4]) -> bool {
    matches!(&kind, b"av01" | b"grid" | b"iden" | b"iovl" | b"tmap")
}

impl Meta {
    /// Reads the box with this body (version and flags first).
    pub fn read(bytes: &[u8], body: Range<usize>) -> Result<Self, MediaError> {
        let mut meta = Meta::default();
        let inner = body.start + 4..body.end;
        let found = boxes::children(bytes, inner)?;
        // items have to be known before anything is said about them
        meta.inside = found
            .iter()
            .find(|found| &found.kind == b"idat")
            .map(|found| found.body.clone());
        for part in &found {
            if &part.kind == b"iinf" {
                meta.read_items(bytes, part.body.clone())?;
            }
        }
        for part in found {
            let at = part.body.start;
            match &part.kind {
                b"pitm" => {
                    let inner = &bytes[..part.body.end];
                    meta.primary = Some(match inner.byte(at)? {
                        0 => u32::from(inner.be16(at + 4)?),
                        _ => inner.be32(at + 4)?,
                    });
                }
                b"iloc" => meta.read_places(bytes, part.body)?,
                b"iref" => meta.read_references(bytes, part.body)?,
                b"iprp" => meta.read_properties(bytes, part.body)?,
                _ => {}
            }
        }
        Ok(meta)
    }

    pub fn item(&self, id: u32) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// Stored width and height.
    pub fn size(&self, item: &Item) -> Option<(u32, u32)> {
        self.facts_of(item).find_map(|facts| match facts {
            Facts::Size(width, height) => Some((*width, *height)),
            _ => None,
        })
    }

    /// Quarter turns anticlockwise, and the mirror axis.
    pub fn transforms(&self, item: &Item) -> (u8, Option<u8>) {
        let mut turns = 0;
        let mut mirror = None;
        for facts in self.facts_of(item) {
            match facts {
                Facts::Turns(value) => turns = *value,
                Facts::Mirror(axis) => mirror = Some(*axis),
                _ => {}
            }
        }
        (turns, mirror)
    }

    pub fn nclx(&self, item: &Item) -> Option<Nclx> {
        self.facts_of(item).find_map(|facts| match facts {
            Facts::Nclx(nclx) => Some(*nclx),
            _ => None,
        })
    }

    pub fn profile(&self, item: &Item, bytes: &[u8]) -> Option<Vec<u8>> {
        self.facts_of(item).find_map(|facts| match facts {
            Facts::Profile(range) => bytes.get(range.clone()).map(<[u8]>::to_vec),
            _ => None,
        })
    }

    pub fn is_alpha(&self, item: &Item) -> bool {
        self.facts_of(item).any(|facts| *facts == Facts::Alpha)
    }

    pub fn refers(&self, kind: &[u8; 4], from: u32, to: u32) -> bool {
        self.references.iter().any(|(other, source, targets)| {
            other == kind && *source == from && targets.contains(&to)
        })
    }

    /// What `from` points to by references of this kind, in order.
    pub fn targets(&self, kind: &[u8; 4], from: u32) -> Vec<u32> {
        self.references
            .iter()
            .filter(|(other, source, _)| other == kind && *source == from)
            .flat_map(|(_, _, targets)| targets.iter().copied())
            .collect()
    }

    fn facts_of<'m>(&'m self, item: &'m Item) -> impl Iterator<Item = &'m Facts> {
        item.properties
            .iter()
            .filter_map(|index| self.facts.get(*index))
    }

    fn read_items(&mut self, bytes: &[u8], body: Range<usize>) -> Result<(), MediaError> {
        let head = if bytes.byte(body.start)? == 0 { 6 } else { 8 };
        for entry in boxes::children(bytes, body.start + head..body.end)? {
            if &entry.kind != b"infe" || self.items.len() as u64 >= MAX_ITEMS {
                continue;
            }
            let at = entry.body.start;
            let inner = &bytes[..entry.body.end];
            let (id, kind_at) = match inner.byte(at)? {
                2 => (u32::from(inner.be16(at + 4)?), at + 8),
                3 => (inner.be32(at + 4)?, at + 10),
                _ => continue,
            };
            self.items.push(Item {
                id,
                kind: inner.array(kind_at)?,
                kind_at,
                ..Item::default()
            });
        }
        Ok(())
    }

    fn read_places(&mut self, bytes: &[u8], body: Range<usize>) -> Result<(), MediaError> {
        let at = body.start;
        let inner = &bytes[..body.end];
        let version = inner.byte(at)?;
        let sizes = inner.be16(at + 4)?;
        let nibble = |shift: u16| usize::from((sizes >> shift) & 15).min(8);
        let (offset, length, base, index) = (nibble(12), nibble(8), nibble(4), nibble(0));
        let index = if version == 0 { 0 } else { index };
        let mut cursor = Cursor {
            bytes: inner,
            at: at + 6,
        };
        let wide = if version < 2 { 2 } else { 4 };
        let mut total = 0;
        for _ in 0..cursor.number(wide)?.min(MAX_ITEMS) {
            let id = cursor.number(wide)? as u32;
            let method = if version == 0 {
                0
            } else {
                cursor.number(2)? & 15
            };
            cursor.number(2)?;
            let base = cursor.number(base)?;
            let mut extents = Vec::new();
            for _ in 0..cursor.number(2)?.min(MAX_ITEMS) {
                cursor.number(index)?;
                let at = base.checked_add(cursor.number(offset)?);
                let len = cursor.number(length)?;
                extents.push(self.place(bytes, method, at, len)?);
                total += 1;
                if total > MAX_EXTENTS {
                    return Err(damaged("its items are in too many pieces"));
                }
            }
            if let Some(item) = self.items.iter_mut().find(|item| item.id == id) {
                item.extents = extents;
            }
        }
        Ok(())
    }

    /// One extent as an absolute place. Length zero means "to the end".
    fn place(
        &self,
        bytes: &[u8],
        method: u64,
        at: Option<u64>,
        len: u64,
    ) -> Result<(usize, usize), MediaError> {
        let outside = || damaged("an item lies outside the file");
        let at = usize::try_from(at.ok_or_else(outside)?).map_err(|_| outside())?;
        let len = usize::try_from(len).map_err(|_| outside())?;
        let (start, end) = match method {
            0 => (0, bytes.len()),
            1 => {
                let inside = self.inside.clone().ok_or_else(outside)?;
                (inside.start, inside.end)
            }
            _ => return Err(damaged("an item is stored inside another one")),
        };
        let at = start.checked_add(at).ok_or_else(outside)?;
        let len = if len == 0 {
            end.saturating_sub(at)
        } else {
            len
        };
        Ok((at, len))
    }

    fn read_references(&mut self, bytes: &[u8], body: Range<usize>) -> Result<(), MediaError> {
        let wide = if bytes.byte(body.start)? == 0 { 2 } else { 4 };
        for found in boxes::children(bytes, body.start + 4..body.end)? {
            let mut cursor = Cursor {
                bytes: &bytes[..found.body.end],
                at: found.body.start,
            };
            let from = cursor.number(wide)? as u32;
            let mut targets = Vec::new();
            for _ in 0..cursor.number(2)?.min(MAX_ITEMS) {
                targets.push(cursor.number(wide)? as u32);
            }
            self.references.push((found.kind, from, targets));
        }
        Ok(())
    }

    fn read_properties(&mut self, bytes: &[u8], body: Range<usize>) -> Result<(), MediaError> {
        for found in boxes::children(bytes, body)? {
            match &found.kind {
                b"ipco" => {
                    for property in boxes::children(bytes, found.body)? {
                        let facts = facts(bytes, property.kind, property.body.clone())?;
                        self.facts.push(facts);
                        self.properties.push((property.kind, property.body));
                    }
                }
                b"ipma" => self.read_associations(bytes, found.body)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn read_associations(&mut self, bytes: &[u8], body: Range<usize>) -> Result<(), MediaError> {
        let head = bytes.be32(body.start)?;
        let (version, flags) = (head >> 24, head & 0xff_ffff);
        let mut cursor = Cursor {
            bytes: &bytes[..body.end],
            at: body.start + 4,
        };
        for _ in 0..cursor.number(4)?.min(MAX_ITEMS) {
            let id = cursor.number(if version == 0 { 2 } else { 4 })? as u32;
            let mut properties = Vec::new();
            for _ in 0..cursor.number(1)? {
                let index = if flags & 1 == 1 {
                    cursor.number(2)? & 0x7fff
                } else {
                    cursor.number(1)? & 0x7f
                };
                // counted from one, zero means none
                properties.extend((index as usize).checked_sub(1));
            }
            if let Some(item) = self.items.iter_mut().find(|item| item.id == id) {
                item.properties.extend(properties);
            }
        }
        Ok(())
    }
}

fn facts(bytes: &[u8], kind: [u8; 4], body: Range<usize>) -> Result<Facts, MediaError> {
    let at = body.start;
    // what a box does not hold, its neighbour must not supply
    let bytes = &bytes[..body.end];
    Ok(match &kind {
        b"ispe" => Facts::Size(bytes.be32(at + 4)?, bytes.be32(at + 8)?),
        b"irot" => Facts::Turns(bytes.byte(at)? & 3),
        b"imir" => Facts::Mirror(bytes.byte(at)? & 1),
        b"auxC" => {
            let name = &bytes[(at + 4).min(body.end)..body.end];
            let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
            if ALPHA_NAMES.contains(&name) {
                Facts::Alpha
            } else {
                Facts::Other
            }
        }
        b"colr" => match &bytes.array(at)? {
            b"nclx" => Facts::Nclx(Nclx {
                primaries: bytes.be16(at + 4)?,
                transfer: bytes.be16(at + 6)?,
                matrix: bytes.be16(at + 8)?,
                full_range: bytes.byte(at + 10)? & 0x80 != 0,
            }),
            b"prof" | b"rICC" if body.len() - 4 <= MAX_PROFILE => Facts::Profile(at + 4..body.end),
            _ => Facts::Other,
        },
        _ => Facts::Other,
    })
}

const ALPHA_NAMES: [&[u8]; 2] = [
    b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha",
    b"urn:mpeg:hevc:2015:auxid:1",
];
