//! How alike the colours of two pictures are.

use protocol::element::Swatch;

/// Distance in OKLab at which two colours are half alike.
const HALF: f32 = 0.075;

/// A colour as eyes place it, and its part of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shade {
    pub lab: [f32; 3],
    pub share: f32,
}

impl Shade {
    pub fn of(rgb: [u8; 3], share: f32) -> Self {
        Self {
            lab: media::perceived(rgb),
            share,
        }
    }

    pub fn read(swatch: &Swatch) -> Option<Self> {
        let hex = swatch.hex.strip_prefix('#').filter(|h| h.len() == 6)?;
        let part = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
        Some(Self::of([part(0)?, part(2)?, part(4)?], swatch.share))
    }
}

/// How much of the wanted colours a picture has, 0…1: each wanted one counts
/// by its share, as far as something like it covers as much.
pub fn alike(wanted: &[Shade], found: &[Shade]) -> f32 {
    let total: f32 = wanted.iter().map(|s| s.share).sum();
    let mut left: Vec<f32> = found.iter().map(|s| s.share).collect();
    let mut sum = 0.0;
    for shade in wanted {
        let mut need = shade.share / total.max(f32::EPSILON);
        // the likest first, until there is as much as is wanted
        let mut order: Vec<(usize, f32)> = found
            .iter()
            .enumerate()
            .map(|(at, other)| (at, likeness(shade.lab, other.lab)))
            .collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1));
        for (at, likeness) in order {
            let taken = need.min(left[at]);
            left[at] -= taken;
            need -= taken;
            sum += taken * likeness;
        }
    }
    sum
}

fn likeness(a: [f32; 3], b: [f32; 3]) -> f32 {
    let square: f32 = a.iter().zip(&b).map(|(x, y)| (x - y) * (x - y)).sum();
    0.5_f32.powf(square / (HALF * HALF))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_colours_are_one_and_others_less() {
        let sea = [
            Shade::of([20, 60, 140], 0.7),
            Shade::of([240, 240, 235], 0.3),
        ];
        let sky = [
            Shade::of([30, 72, 150], 0.6),
            Shade::of([250, 250, 250], 0.4),
        ];
        let fire = [Shade::of([230, 90, 20], 0.8), Shade::of([20, 10, 10], 0.2)];
        assert!((alike(&sea, &sea) - 1.0).abs() < 1e-5);
        assert!(alike(&sea, &sky) > 0.7, "{}", alike(&sea, &sky));
        assert!(alike(&sea, &fire) < 0.05, "{}", alike(&sea, &fire));
        // a little of a colour is not a lot of it
        let dot = [
            Shade::of([20, 60, 140], 0.05),
            Shade::of([230, 90, 20], 0.95),
        ];
        assert!(alike(&sea, &dot) < 0.15);
    }
}
