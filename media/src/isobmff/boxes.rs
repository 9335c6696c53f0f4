//! Boxes: a size, a four-letter kind, a body.

use std::ops::Range;

use crate::MediaError;
use crate::container::Bytes;
use crate::error::damaged;

/// No sane file has more boxes side by side.
const MAX_SIBLINGS: usize = 20_000;

/// One box and where it lies.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub kind: [u8; 4],
    pub start: usize,
    pub body: Range<usize>,
}

/// The boxes within a range; one that ends outside is `Truncated`.
pub(super) fn children(bytes: &[u8], within: Range<usize>) -> Result<Vec<Found>, MediaError> {
    let mut found = Vec::new();
    let mut at = within.start;
    while at < within.end {
        let kind = bytes.array(at + 4)?;
        let (head, size) = match bytes.be32(at)? {
            0 => (8, (within.end - at) as u64),
            1 => (16, bytes.be64(at + 8)?),
            size => (8, u64::from(size)),
        };
        if size < head as u64 {
            return Err(damaged("a box is smaller than its own header"));
        }
        let end = usize::try_from(size)
            .ok()
            .and_then(|size| at.checked_add(size))
            .filter(|end| *end <= within.end)
            .ok_or(MediaError::Truncated)?;
        found.push(Found {
            kind,
            start: at,
            body: at + head..end,
        });
        if found.len() > MAX_SIBLINGS {
            return Err(damaged("it has too many boxes"));
        }
        at = end;
    }
    Ok(found)
}

/// The first box down a path of kinds, each inside the one before.
pub(super) fn descend(bytes: &[u8], within: Range<usize>, path: &[&[u8; 4]]) -> Option<Found> {
    let (first, rest) = path.split_first()?;
    let found = children(bytes, within).ok()?;
    let found = found.into_iter().find(|found| &found.kind == *first)?;
    if rest.is_empty() {
        Some(found)
    } else {
        descend(bytes, found.body, rest)
    }
}

/// Reads numbers one after the other.
pub(super) struct Cursor<'a> {
    pub bytes: &'a [u8],
    pub at: usize,
}

impl<'a> Cursor<'a> {
    /// Over a box's body: what it does not hold, its neighbour must not supply.
    pub fn over(bytes: &'a [u8], body: Range<usize>) -> Self {
        Self {
            bytes: &bytes[..body.end],
            at: body.start,
        }
    }

    /// An unsigned big-endian number of 0 to 8 bytes.
    pub fn number(&mut self, size: usize) -> Result<u64, MediaError> {
        let slice = self.bytes.slice(self.at, size)?;
        self.at += size;
        Ok(slice
            .iter()
            .fold(0, |value, byte| (value << 8) | u64::from(*byte)))
    }
}
