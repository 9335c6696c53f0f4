//! Enlarging and shrinking maps.

use crate::graph::op::{Coordinates, Resize};
use crate::graph::tensor::{Floats, Scratch};
use crate::models::ops::vectorised;

/// Two input positions and the share of the second.
type Source = (usize, usize, f32);

/// Height and width times `scales`, to `[high, wide]`; channels-last.
pub(crate) fn resize(
    op: Resize,
    x: &Floats,
    [high, wide]: [usize; 2],
    scales: [f32; 2],
    scratch: &mut Scratch,
) -> Option<Floats> {
    let [batch, c, h, w] = x.dims4()?;
    if h * w * high * wide == 0 {
        return None;
    }
    let rows = sources(op, h, high, scales[0]);
    let columns = sources(op, w, wide, scales[1]);
    let mut out = scratch.take(batch * c * high * wide);
    vectorised(
        #[inline(always)]
        || {
            for (at, pixel) in out.chunks_exact_mut(c).enumerate() {
                let map = &x.data[at / (high * wide) * c * h * w..][..c * h * w];
                let (top, bottom, down) = rows[at / wide % high];
                let (left, right, across) = columns[at % wide];
                let source = |y: usize, x: usize| &map[(y * w + x) * c..][..c];
                if !op.linear {
                    pixel.copy_from_slice(source(top, left));
                    continue;
                }
                let corners = [
                    (source(top, left), (1.0 - down) * (1.0 - across)),
                    (source(top, right), (1.0 - down) * across),
                    (source(bottom, left), down * (1.0 - across)),
                    (source(bottom, right), down * across),
                ];
                pixel.fill(0.0);
                for (values, share) in corners {
                    for (y, &x) in pixel.iter_mut().zip(values) {
                        *y += x * share;
                    }
                }
            }
        },
    );
    Some(Floats::channels_last([batch, c, high, wide], out))
}

fn sources(op: Resize, from: usize, to: usize, scale: f32) -> Vec<Source> {
    let last = from - 1;
    let position = |at: usize| {
        let at = at as f32;
        let exact = match op.coordinates {
            Coordinates::Asymmetric => at / scale,
            Coordinates::HalfPixel => (at + 0.5) / scale - 0.5,
            Coordinates::AlignCorners if to > 1 => at * last as f32 / (to - 1) as f32,
            Coordinates::AlignCorners => 0.0,
        };
        let inside = exact.clamp(0.0, last as f32);
        let first = inside as usize;
        (first, (first + 1).min(last), inside - first as f32)
    };
    (0..to).map(position).collect()
}
