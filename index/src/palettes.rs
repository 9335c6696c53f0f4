//! How alike the colours of pictures are.

use pulp::Arch;

use crate::Bits;
use crate::vectors::Best;

/// Distance in OKLab at which two colours are half alike, and at which they
/// have nothing in common any more.
const HALF: f32 = 0.075;
const FAR: f32 = 3.2 * HALF;
/// Colours of a picture that count, the largest.
const MOST: usize = 8;

/// A colour as eyes place it (OKLab), and its part of the picture, 0…1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Shade {
    pub lab: [f32; 3],
    pub share: f32,
}

/// The colours of elements, by ordinal.
#[derive(Debug, Default)]
pub struct Palettes(Vec<[Shade; MOST]>);

impl Palettes {
    /// `shades` are the largest first; no colours: nothing is like it.
    pub fn put(&mut self, at: u32, shades: &[Shade]) {
        let place = at as usize;
        if place >= self.0.len() {
            self.0.resize(place + 1, [Shade::default(); MOST]);
        }
        let kept = shades
            .iter()
            .copied()
            .chain(std::iter::repeat(Shade::default()));
        self.0[place]
            .iter_mut()
            .zip(kept)
            .for_each(|(slot, shade)| *slot = shade);
    }

    /// The k of those within whose colours are most like these, best first;
    /// equals by ordinal. 1 is the same, and 0 does not come.
    pub fn nearest(&self, wanted: &[Shade], k: usize, within: &Bits) -> Vec<(u32, f32)> {
        let mut best = Best::new(k);
        self.each(wanted, within, |at, alike| {
            if alike > 0.0 {
                best.offer(at, alike);
            }
        });
        best.into_sorted()
    }

    /// Those within that have at least so much of the colours.
    pub fn having(&self, wanted: &[Shade], least: f32, within: &Bits) -> Bits {
        let mut found = Bits::default();
        self.each(wanted, within, |at, alike| {
            if alike >= least {
                found.insert(at);
            }
        });
        found
    }

    fn each(&self, wanted: &[Shade], within: &Bits, mut see: impl FnMut(u32, f32)) {
        Arch::new().dispatch(
            #[inline(always)]
            || {
                for at in within.iter() {
                    if let Some(found) = self.0.get(at as usize) {
                        see(at, alike(wanted, found));
                    }
                }
            },
        );
    }
}

/// How much of the wanted colours there is in the others, 0…1: each wanted one
/// counts by its share, as far as something like it covers as much.
pub fn alike(wanted: &[Shade], found: &[Shade]) -> f32 {
    let total: f32 = wanted.iter().map(|s| s.share).sum();
    let mut left = [0f32; MOST];
    left.iter_mut()
        .zip(found)
        .for_each(|(left, shade)| *left = shade.share);
    let mut sum = 0.0;
    for shade in wanted {
        let mut need = shade.share / total.max(f32::EPSILON);
        // the likest first, until there is as much as is wanted
        let mut near = [(0f32, 0usize); MOST];
        let mut count = 0;
        for (at, other) in found.iter().enumerate().take(MOST) {
            let square = distance(shade.lab, other.lab);
            if square < FAR * FAR && left[at] > 0.0 {
                near[count] = (square, at);
                count += 1;
            }
        }
        let near = &mut near[..count];
        near.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        for (square, at) in near {
            let taken = need.min(left[*at]);
            left[*at] -= taken;
            need -= taken;
            sum += taken * 0.5_f32.powf(*square / (HALF * HALF));
        }
    }
    sum
}

/// Squared.
#[inline(always)]
fn distance(a: [f32; 3], b: [f32; 3]) -> f32 {
    let [x, y, z] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    x * x + y * y + z * z
}
