//! Colours as they are compared.

use index::Shade;
use protocol::element::Swatch;

/// A colour of a picture; none for one that is not written as it should be.
pub fn shade(swatch: &Swatch) -> Option<Shade> {
    let hex = swatch.hex.strip_prefix('#').filter(|h| h.len() == 6)?;
    let part = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    Some(Shade {
        lab: media::perceived([part(0)?, part(2)?, part(4)?]),
        share: swatch.share,
    })
}
