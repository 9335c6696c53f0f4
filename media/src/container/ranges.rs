//! Which bytes of a file stay when everything else is blanked in place.

/// Byte ranges to keep, in any order and overlapping at will.
#[derive(Debug, Default)]
pub(crate) struct Ranges(Vec<(usize, usize)>);

impl Ranges {
    /// Keeps `len` bytes from `at`.
    pub fn keep(&mut self, at: usize, len: usize) {
        if len > 0 {
            self.0.push((at, at.saturating_add(len)));
        }
    }

    /// The same, from a list.
    pub fn keep_all(&mut self, extents: &[(usize, usize)]) {
        for (at, len) in extents {
            self.keep(*at, *len);
        }
    }

    /// The end of the last kept byte.
    pub fn end(&self) -> usize {
        self.0.iter().map(|range| range.1).max().unwrap_or(0)
    }

    /// Zeroes every byte of `within` that is not kept.
    pub fn blank_rest(&mut self, bytes: &mut [u8], within: std::ops::Range<usize>) {
        self.0.sort_unstable();
        let mut at = within.start;
        for (start, end) in &self.0 {
            if *start >= within.end {
                break;
            }
            if *start > at {
                bytes[at..*start].fill(0);
            }
            at = at.max(*end);
        }
        if at < within.end {
            bytes[at..within.end].fill(0);
        }
    }
}
