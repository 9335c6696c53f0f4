//! Which parts of an upload are there.

use std::collections::BTreeMap;

use protocol::limits::MQTT_CHUNK_BYTES_MIN;
use protocol::mqtt::UploadInit;

use crate::limits::UPLOAD_CHUNKS;

/// What there is of an upload. Its chunks do not overlap.
#[derive(Debug, Clone, PartialEq)]
pub struct Have {
    pub init: UploadInit,
    /// By offset: length and CRC-32.
    chunks: BTreeMap<u64, (u64, u32)>,
}

pub(super) enum Fit {
    /// The very chunk is there already.
    There,
    New,
}

impl Have {
    pub(super) fn of(init: UploadInit) -> Self {
        Self {
            init,
            chunks: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, offset: u64, length: u64, crc: u32) {
        self.chunks.insert(offset, (length, crc));
    }

    /// In order: offset, length, CRC-32.
    pub(super) fn chunks(&self) -> impl Iterator<Item = (u64, u64, u32)> + '_ {
        let all = self.chunks.iter();
        all.map(|(offset, (length, crc))| (*offset, *length, *crc))
    }

    pub fn received(&self) -> u64 {
        self.chunks.values().map(|(length, _)| length).sum()
    }

    pub fn is_complete(&self) -> bool {
        self.received() == self.init.size
    }

    pub(super) fn fits(&self, offset: u64, length: u64, crc: u32) -> Result<Fit, &'static str> {
        let end = offset
            .checked_add(length)
            .filter(|end| *end <= self.init.size);
        let Some(end) = end else {
            return Err("it goes beyond the announced size");
        };
        if let Some((had, known)) = self.chunks.get(&offset)
            && *had == length
        {
            return match *known == crc {
                true => Ok(Fit::There),
                false => Err("another chunk is at that place"),
            };
        }
        // the chunk before may reach into it, and it into the next
        let before = self.chunks.range(..=offset).next_back();
        let reached = before.is_some_and(|(at, (length, _))| at + length > offset);
        let next = self.chunks.range(offset..).next();
        if reached || next.is_some_and(|(at, _)| *at < end) {
            return Err("another chunk is at that place");
        }
        if length < MQTT_CHUNK_BYTES_MIN as u64 && end != self.init.size {
            return Err("chunks but the last have at least 512 bytes");
        }
        if self.chunks.len() >= UPLOAD_CHUNKS {
            return Err("there are too many chunks: make them larger");
        }
        Ok(Fit::New)
    }
}

/// The parts that are not there: offset and length each, the first `most` of them.
pub fn missing(have: &Have, most: usize) -> Vec<(u64, u64)> {
    let mut gaps = Vec::new();
    let mut at = 0;
    for (offset, length, _) in have.chunks() {
        if offset > at {
            gaps.push((at, offset - at));
        }
        at = offset + length;
    }
    if at < have.init.size {
        gaps.push((at, have.init.size - at));
    }
    gaps.truncate(most);
    gaps
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn have(size: u64) -> Have {
        Have::of(UploadInit {
            size,
            crc32: None,
            name: None,
        })
    }

    #[test]
    fn chunks_neither_overlap_nor_leave_the_file() {
        let mut have = have(2_000);
        have.add(512, 512, 7);
        assert!(matches!(have.fits(512, 512, 7), Ok(Fit::There)));
        assert!(have.fits(512, 512, 8).is_err(), "other bytes");
        assert!(have.fits(0, 513, 1).is_err() && have.fits(1_000, 600, 1).is_err());
        assert!(have.fits(600, 100, 1).is_err() && have.fits(0, 2_000, 1).is_err());
        assert!(have.fits(1_500, 501, 1).is_err() && have.fits(u64::MAX, 2, 1).is_err());
        assert!(have.fits(1_024, 100, 1).is_err(), "too small");
        assert!(have.fits(1_900, 100, 1).is_ok(), "the last may be small");
        assert!(have.fits(0, 512, 1).is_ok() && have.fits(1_024, 600, 1).is_ok());
    }

    proptest! {
        #[test]
        fn what_is_there_and_what_is_missing_are_the_whole(
            size in 1u64..20_000,
            puts in prop::collection::vec((0u64..20_000, 1u64..4_000), 0..40),
        ) {
            let mut have = have(size);
            for (offset, length) in puts {
                if matches!(have.fits(offset, length, 1), Ok(Fit::New)) {
                    have.add(offset, length, 1);
                }
            }
            let gaps: u64 = missing(&have, usize::MAX).iter().map(|(_, length)| length).sum();
            prop_assert_eq!(have.received() + gaps, size);
            prop_assert_eq!(have.is_complete(), gaps == 0);
        }
    }
}
