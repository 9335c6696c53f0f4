//! Decodes a ThumbHash (evanw.github.io/thumbhash) to pixels: about 25 bytes
//! become a blurred preview of at most 32 × 32.

/// A decoded preview: RGBA, row by row.
#[derive(Debug, PartialEq, Eq)]
pub struct Preview {
    pub width: usize,
    pub height: usize,
    pub rgba: Vec<u8>,
}

/// Longer side of a decoded preview, in pixels.
const SIDE: f32 = 32.0;

/// Decodes `hash`; `None` where it is too short to be one.
pub fn decode(hash: &[u8]) -> Option<Preview> {
    let head = Header::read(hash)?;
    let mut nibbles = Nibbles::new(hash.get(head.start..)?);
    let luma = nibbles.channel(head.luma_x, head.luma_y, head.luma_scale)?;
    let p = nibbles.channel(3, 3, head.p_scale * 1.25)?;
    let q = nibbles.channel(3, 3, head.q_scale * 1.25)?;
    let alpha = match head.alpha {
        Some((_, scale)) => Some(nibbles.channel(5, 5, scale)?),
        None => None,
    };

    let (width, height) = head.size();
    let mut rgba = Vec::with_capacity(width * height * 4);
    for y in 0..height {
        for x in 0..width {
            let at = Spot::new(x, y, width, height);
            let l = head.luma + at.sum(&luma, head.luma_x, head.luma_y);
            let p = head.p + at.sum(&p, 3, 3);
            let q = head.q + at.sum(&q, 3, 3);
            let a = match (head.alpha, &alpha) {
                (Some((base, _)), Some(part)) => base + at.sum(part, 5, 5),
                _ => 1.0,
            };
            let blue = l - 2.0 / 3.0 * p;
            let red = (3.0 * l - blue + q) / 2.0;
            let green = red - q;
            rgba.extend([red, green, blue, a].map(to_byte));
        }
    }
    Some(Preview {
        width,
        height,
        rgba,
    })
}

fn to_byte(value: f32) -> u8 {
    // `as` saturates: out of range cannot wrap
    (value.clamp(0.0, 1.0) * 255.0) as u8
}

/// What stands in the first five or six bytes.
struct Header {
    luma: f32,
    p: f32,
    q: f32,
    luma_scale: f32,
    p_scale: f32,
    q_scale: f32,
    alpha: Option<(f32, f32)>,
    luma_x: usize,
    luma_y: usize,
    ratio: f32,
    start: usize,
}

impl Header {
    fn read(hash: &[u8]) -> Option<Self> {
        let byte = |i: usize| hash.get(i).copied().map(u32::from);
        let low = byte(0)? | byte(1)? << 8 | byte(2)? << 16;
        let high = byte(3)? | byte(4)? << 8;
        let part = |bits: u32, shift: u32, mask: u32| ((bits >> shift) & mask) as f32;
        let has_alpha = low >> 23 != 0;
        let landscape = high >> 15 != 0;
        let short = (high & 7) as usize;
        let long = if has_alpha { 5 } else { 7 };
        let (x, y) = if landscape {
            (long, short)
        } else {
            (short, long)
        };
        let alpha = if has_alpha {
            let bits = byte(5)?;
            Some((part(bits, 0, 15) / 15.0, part(bits, 4, 15) / 15.0))
        } else {
            None
        };
        Some(Self {
            luma: part(low, 0, 63) / 63.0,
            p: part(low, 6, 63) / 31.5 - 1.0,
            q: part(low, 12, 63) / 31.5 - 1.0,
            luma_scale: part(low, 18, 31) / 31.0,
            p_scale: part(high, 3, 63) / 63.0,
            q_scale: part(high, 9, 63) / 63.0,
            alpha,
            luma_x: x.max(3),
            luma_y: y.max(3),
            ratio: x.max(1) as f32 / y.max(1) as f32,
            start: if has_alpha { 6 } else { 5 },
        })
    }

    fn size(&self) -> (usize, usize) {
        if self.ratio > 1.0 {
            (SIDE as usize, (SIDE / self.ratio).round().max(1.0) as usize)
        } else {
            ((SIDE * self.ratio).round().max(1.0) as usize, SIDE as usize)
        }
    }
}

/// The varying parts, four bits each, low half first.
struct Nibbles<'a> {
    bytes: &'a [u8],
    next: usize,
}

impl<'a> Nibbles<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, next: 0 }
    }

    /// Reads one channel's triangle of `nx` × `ny` frequencies.
    fn channel(&mut self, nx: usize, ny: usize, scale: f32) -> Option<Vec<f32>> {
        let mut parts = Vec::new();
        for (cx, cy) in triangle(nx, ny) {
            debug_assert!(cx > 0 || cy > 0, "the constant part stands in the header");
            let byte = *self.bytes.get(self.next / 2)?;
            let nibble = (byte >> (4 * (self.next % 2))) & 15;
            self.next += 1;
            parts.push((f32::from(nibble) / 7.5 - 1.0) * scale);
        }
        Some(parts)
    }
}

/// The frequencies that are stored, in their order.
fn triangle(nx: usize, ny: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..ny).flat_map(move |cy| {
        (usize::from(cy == 0)..nx)
            .take_while(move |cx| cx * ny < nx * (ny - cy))
            .map(move |cx| (cx, cy))
    })
}

/// The cosines of one pixel.
struct Spot {
    x: [f32; 7],
    y: [f32; 7],
}

impl Spot {
    fn new(x: usize, y: usize, width: usize, height: usize) -> Self {
        let wave = |at: usize, of: usize| {
            std::array::from_fn(|c| {
                (std::f32::consts::PI / of as f32 * (at as f32 + 0.5) * c as f32).cos()
            })
        };
        Self {
            x: wave(x, width),
            y: wave(y, height),
        }
    }

    fn sum(&self, parts: &[f32], nx: usize, ny: usize) -> f32 {
        triangle(nx, ny)
            .zip(parts)
            .map(|((cx, cy), part)| 2.0 * part * self.x[cx] * self.y[cy])
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The sunrise that the format's own page shows.
    fn sunrise() -> Vec<u8> {
        crate::picture::base64::decode("1QcSHQRnh493V4dIh4eXh1h4kJUI").expect("base64")
    }

    #[test]
    fn the_sunrise_is_opaque_upright() {
        let preview = decode(&sunrise()).expect("a thumbhash");
        assert_eq!((preview.width, preview.height), (23, 32));
        assert_eq!(preview.rgba.len(), 23 * 32 * 4);
        assert!(preview.rgba.chunks(4).all(|pixel| pixel[3] == 255));
    }

    #[test]
    fn what_is_too_short_is_no_hash() {
        assert_eq!(decode(&[]), None);
        assert_eq!(decode(&sunrise()[..6]), None);
    }

    proptest! {
        #[test]
        fn any_bytes_decode_or_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Some(preview) = decode(&bytes) {
                prop_assert_eq!(preview.rgba.len(), preview.width * preview.height * 4);
                prop_assert!(preview.width <= 32 && preview.height <= 32);
            }
        }
    }
}
