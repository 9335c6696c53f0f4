//! What can be measured in a picture: the parts of its quality, and plain
//! attributes. Formulas, sources and what they were checked on:
//! `docs/models/quality.md`.

mod brisque;
mod composition;
mod plane;

use crate::Picture;
use plane::Plane;

/// Longest side of the copy that is measured, in pixels.
const SIDE: u32 = 512;
/// Side of the tiles in which sharpness is looked for.
const TILE: usize = 32;
/// Part of the tiles, the sharpest, that decide: a portrait with a soft
/// background is sharp.
const SHARPEST: f32 = 0.1;
/// A picture whose sharpest tiles have less than this is blurry, or may be.
const BLURRY: f32 = 0.012;
const MAYBE_BLURRY: f32 = 0.022;
/// How far the most deviant colours may be from the mean one where there is
/// but one tone, and what part of the pixels may lie beyond.
const ONE_TONE: f32 = 0.05;
const MAYBE_ONE_TONE: f32 = 0.1;
const STRAYS: f32 = 0.02;
/// Median brightness below which a picture is dark; bright parts of some size
/// speak against it.
const DARK: f32 = 0.13;
const MAYBE_DARK: f32 = 0.2;
const BRIGHT_PART: f32 = 0.6;

/// Every measurement of one picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measures {
    /// Root mean square of the second derivative in the sharpest tiles, 0…1.
    pub sharpness: f32,
    /// 0…1: how little is clipped, and how near the middle the median lies.
    pub exposure: f32,
    /// From the 5th to the 95th percentile of brightness, 0…1.
    pub contrast: f32,
    /// Hasler and Süsstrunk's M, 0 to about 110.
    pub colourfulness: f32,
    /// See the module `composition`, 0…1.
    pub composition: f32,
    /// 100 less the BRISQUE score: higher is more natural; 50 where it cannot
    /// be measured.
    pub naturalness: f32,
    /// One tone only, with the measured spread of colours.
    pub monochrome: Attribute,
    /// With the median brightness.
    pub dark: Attribute,
    /// With the sharpness.
    pub blurry: Attribute,
}

/// Whether something holds, and the measurement that says so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attribute {
    pub verdict: Tri,
    pub value: f32,
}

/// No, yes, or in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tri {
    No,
    Unsure,
    Yes,
}

/// Measures a picture; about 30 ms for one of any size.
pub fn measure(picture: &Picture) -> Measures {
    let copy = picture.thumbnail(SIDE);
    let brightness = Plane::brightness(&copy);
    let square = copy.stretched(composition::SIDE as u32, composition::SIDE as u32);
    let [low, median, high, higher] = brightness.quantiles([0.05, 0.5, 0.95, 0.9]);
    let sharpness = sharpness(&brightness);
    let (colourfulness, spread) = colours(&copy);
    let naturalness = brisque::brisque(&brightness);
    let dark = if higher > BRIGHT_PART {
        Tri::No
    } else {
        below(median, DARK, MAYBE_DARK)
    };
    Measures {
        sharpness,
        exposure: exposure(&brightness, median),
        contrast: high - low,
        colourfulness,
        composition: composition::composition(&Plane::brightness(&square)),
        naturalness: naturalness.map_or(50.0, |score| (100.0 - score).clamp(0.0, 100.0)),
        monochrome: Attribute {
            verdict: below(spread, ONE_TONE, MAYBE_ONE_TONE),
            value: spread,
        },
        dark: Attribute {
            verdict: dark,
            value: median,
        },
        blurry: Attribute {
            verdict: below(sharpness, BLURRY, MAYBE_BLURRY),
            value: sharpness,
        },
    }
}

fn below(value: f32, sure: f32, maybe: f32) -> Tri {
    if value < sure {
        Tri::Yes
    } else if value < maybe {
        Tri::Unsure
    } else {
        Tri::No
    }
}

/// The Laplacian after a light smoothing, so that noise is not taken for
/// detail (Pech-Pacheco et al., ICPR 2000).
fn sharpness(brightness: &Plane) -> f32 {
    let smooth = brightness.filtered(&[0.25, 0.5, 0.25]);
    let (width, height) = (smooth.width, smooth.height);
    if width < 5 || height < 5 {
        return 0.0;
    }
    let across = width.div_ceil(TILE);
    let mut tiles = vec![(0.0_f32, 0.0_f32); across * height.div_ceil(TILE)];
    // two pixels off the border, where the smoothing meets nothing
    for y in 2..height - 2 {
        for x in 2..width - 2 {
            let at = y * width + x;
            let v = &smooth.values;
            let second = v[at - 1] + v[at + 1] + v[at - width] + v[at + width] - 4.0 * v[at];
            let tile = &mut tiles[y / TILE * across + x / TILE];
            tile.0 += second * second;
            tile.1 += 1.0;
        }
    }
    let mut energies: Vec<f32> = tiles
        .into_iter()
        .filter(|(_, count)| *count >= (TILE * TILE / 4) as f32)
        .map(|(sum, count)| sum / count)
        .collect();
    if energies.is_empty() {
        return 0.0;
    }
    energies.sort_unstable_by(|a, b| b.total_cmp(a));
    let count = ((energies.len() as f32 * SHARPEST).ceil() as usize).max(1);
    let mean = energies[..count].iter().sum::<f32>() / count as f32;
    mean.sqrt()
}

fn exposure(brightness: &Plane, median: f32) -> f32 {
    let count = brightness.values.len() as f32;
    let clipped = brightness
        .values
        .iter()
        .filter(|v| **v <= 0.01 || **v >= 0.99)
        .count() as f32
        / count;
    let placed = 1.0 - (median - 0.45).abs() / 0.55;
    (placed.clamp(0.0, 1.0) * (1.0 - clipped)).clamp(0.0, 1.0)
}

/// Colourfulness (Hasler, Süsstrunk: "Measuring colourfulness in natural
/// images", 2003), and how far colours stray from the mean one, 0…1: a sepia
/// print has one tone.
fn colours(picture: &Picture) -> (f32, f32) {
    let rgb = picture.to_rgb();
    let count = (rgb.data.len() / 3) as f32;
    let opponents = || {
        rgb.data.chunks_exact(3).map(|p| {
            let [r, g, b] = [p[0], p[1], p[2]].map(f32::from);
            (r - g, (r + g) / 2.0 - b)
        })
    };
    let (mut rg, mut yb, mut rg2, mut yb2) = (0.0, 0.0, 0.0, 0.0);
    for (one, other) in opponents() {
        rg += one;
        yb += other;
        rg2 += one * one;
        yb2 += other * other;
    }
    let (rg, yb) = (rg / count, yb / count);
    let (rg_variance, yb_variance) = (rg2 / count - rg * rg, yb2 / count - yb * yb);
    let deviation = (rg_variance + yb_variance).max(0.0).sqrt();
    let colourfulness = deviation + 0.3 * rg.hypot(yb);
    let distances = Plane {
        width: rgb.width as usize,
        height: rgb.height as usize,
        values: opponents()
            .map(|(one, other)| (one - rg).hypot(other - yb) / 255.0)
            .collect(),
    };
    let [spread] = distances.quantiles([1.0 - STRAYS]);
    (colourfulness, spread)
}

#[cfg(test)]
mod tests;
