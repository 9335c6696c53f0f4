//! BMP: two headers, a palette, rows of pixels.

use super::ranges::Ranges;
use super::{Bytes, Survey};
use crate::MediaError;
use crate::error::damaged;

/// Dimensions from the header; rows that are not all there are `Truncated`.
pub(crate) fn survey(bytes: &[u8]) -> Result<Survey, MediaError> {
    let head = Head::read(bytes)?;
    head.pixels_end(bytes)?;
    Ok(Survey {
        width: head.width,
        height: head.height,
        frames: 1,
        decode_bits: 32 + 32,
        ..Survey::default()
    })
}

/// The copy with gaps blanked, profile links removed and bytes after the pixels cut.
pub(crate) fn strip(bytes: &[u8]) -> Result<Vec<u8>, MediaError> {
    let head = Head::read(bytes)?;
    let end = head.pixels_end(bytes)?;
    let mut out = bytes[..end].to_vec();
    let mut kept = Ranges::default();
    kept.keep(0, head.tables_end.min(end));
    kept.keep(head.pixels_at, end - head.pixels_at);
    kept.blank_rest(&mut out, 0..end);
    let size = u32::try_from(end).unwrap_or(u32::MAX);
    out[2..6].copy_from_slice(&size.to_le_bytes());
    // reserved words
    out[6..10].fill(0);
    if head.size >= 124 && matches!(bytes.slice(70, 4)?, b"KNIL" | b"DEBM") {
        // a linked profile names a file on its owner's disk, an embedded one lies behind the pixels
        out[70..74].copy_from_slice(b"BGRs");
        out[126..134].fill(0);
    }
    Ok(out)
}

struct Head {
    /// Bytes of the second header.
    size: usize,
    width: u32,
    height: u32,
    bits: u64,
    compression: u32,
    /// End of both headers, masks and palette.
    tables_end: usize,
    pixels_at: usize,
}

const RLE8: u32 = 1;
const RLE4: u32 = 2;

impl Head {
    fn read(bytes: &[u8]) -> Result<Self, MediaError> {
        let pixels_at = bytes.le32(10)? as usize;
        let size = bytes.le32(14)? as usize;
        bytes.slice(0, 14 + size)?;
        let (width, height, bits) = if size == 12 {
            let side = |at| Ok(i64::from(bytes.le16(at)?));
            (side(18)?, side(20)?, bytes.le16(24)?)
        } else {
            let side = |at| Ok(i64::from(bytes.le32(at)? as i32));
            (side(18)?, side(22)?, bytes.le16(28)?)
        };
        let at_least = |at: usize, end: usize| -> Result<u32, MediaError> {
            if size + 14 >= end {
                bytes.le32(at)
            } else {
                Ok(0)
            }
        };
        let compression = at_least(30, 34)?;
        let colors = at_least(46, 50)? as usize;
        if width <= 0 || height == 0 {
            return Err(damaged("it declares no pixels"));
        }
        if !matches!(bits, 1 | 2 | 4 | 8 | 16 | 24 | 32) {
            return Err(damaged("its bit depth makes no sense"));
        }
        let masks = if size == 40 && matches!(compression, 3 | 6) {
            16
        } else {
            0
        };
        let entry = if size == 12 { 3 } else { 4 };
        let most = if bits <= 8 { 1 << bits } else { 0 };
        let palette = if colors == 0 { most } else { colors.min(256) };
        Ok(Self {
            size,
            width: width as u32,
            height: height.unsigned_abs() as u32,
            bits: u64::from(bits),
            compression,
            tables_end: 14 + size + masks + palette * entry,
            pixels_at,
        })
    }

    /// Where the last row ends.
    fn pixels_end(&self, bytes: &[u8]) -> Result<usize, MediaError> {
        if self.pixels_at < 14 + self.size {
            return Err(damaged("its pixels begin inside its header"));
        }
        if matches!(self.compression, RLE8 | RLE4) {
            return self.runs_end(bytes);
        }
        if !matches!(self.compression, 0 | 3 | 6) {
            return Err(damaged("its compression is none we know"));
        }
        let row = (u64::from(self.width) * self.bits).div_ceil(32) * 4;
        let len = row.saturating_mul(u64::from(self.height));
        let len = usize::try_from(len).map_err(|_| MediaError::Truncated)?;
        bytes.slice(self.pixels_at, len)?;
        Ok(self.pixels_at + len)
    }

    /// Walks run-length codes to the end-of-bitmap code.
    fn runs_end(&self, bytes: &[u8]) -> Result<usize, MediaError> {
        let mut at = self.pixels_at;
        loop {
            let [count, value] = bytes.array(at)?;
            at += 2;
            match (count, value) {
                (0, 1) => return Ok(at),
                (0, 2) => at += 2,
                (0, 3..) => {
                    let literal = usize::from(value);
                    let len = if self.compression == RLE8 {
                        literal
                    } else {
                        literal.div_ceil(2)
                    };
                    at += len + (len & 1);
                }
                _ => {}
            }
        }
    }
}
