//! Antialiased resampling with Pillow's fixed-point arithmetic.

use super::Rgb8;
use crate::models::ops::vectorised;

/// Fraction bits of the 8-bit path's coefficients (`PRECISION_BITS` in
/// Pillow's `Resample.c`).
const PRECISION_BITS: u32 = 32 - 8 - 2;

/// A resampling kernel, as Pillow has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// A triangle.
    Bilinear,
    /// Catmull–Rom like, a = −0.5.
    Bicubic,
    /// A windowed sinc of three lobes.
    Lanczos,
}

/// Resizes the short side to `short` (bicubic, antialiased, sides rounded half
/// to even as Python's `round` does) and cuts out the middle `crop` square.
/// Only the pixels of the square are computed. `short` must be at least `crop`.
pub fn resize_and_crop(picture: &Rgb8, short: u32, crop: u32) -> Rgb8 {
    let (width, height) = (picture.width(), picture.height());
    let ratio = f64::from(short) / f64::from(width.min(height));
    let scaled = |side: u32| ((f64::from(side) * ratio).round_ties_even() as u32).max(crop);
    let (wide, high) = (scaled(width), scaled(height));
    let columns = taps(Filter::Bicubic, width, wide, (wide - crop) / 2, crop);
    let rows = taps(Filter::Bicubic, height, high, (high - crop) / 2, crop);
    resample(picture, &columns, &rows)
}

/// The middle `crop` pixels of both sides of the picture stretched to `wide` ×
/// `high`, each of which must be at least `crop`.
pub fn stretch_and_crop(
    picture: &Rgb8,
    [wide, high]: [u32; 2],
    crop: [u32; 2],
    filter: Filter,
) -> Rgb8 {
    let (across, down) = ((wide - crop[0]) / 2, (high - crop[1]) / 2);
    let columns = taps(filter, picture.width(), wide, across, crop[0]);
    let rows = taps(filter, picture.height(), high, down, crop[1]);
    resample(picture, &columns, &rows)
}

fn resample(picture: &Rgb8, columns: &[Tap], rows: &[Tap]) -> Rgb8 {
    let first_row = rows.iter().map(|tap| tap.first).min().unwrap_or(0);
    let last_row = rows.iter().map(Tap::end).max().unwrap_or(0);
    let narrow = horizontal(picture, columns, first_row, last_row);
    let data = vertical(&narrow, columns.len(), rows, first_row);
    let (width, height) = (columns.len() as u32, rows.len() as u32);
    Rgb8::new(width, height, data).expect("the vertical pass fills the picture")
}

/// Which input samples make one output sample, and with what weight.
struct Tap {
    first: usize,
    weights: Vec<i32>,
}

impl Tap {
    fn end(&self) -> usize {
        self.first + self.weights.len()
    }
}

/// The taps of outputs `offset..offset + count` of a resize from `input` to
/// `output` samples. An unchanged side gives the identity, as in Pillow.
fn taps(filter: Filter, input: u32, output: u32, offset: u32, count: u32) -> Vec<Tap> {
    if input == output {
        return (offset..offset + count)
            .map(|at| Tap {
                first: at as usize,
                weights: vec![1 << PRECISION_BITS],
            })
            .collect();
    }
    let scale = f64::from(input) / f64::from(output);
    let filter_scale = scale.max(1.0);
    let support = filter.support() * filter_scale;
    (offset..offset + count)
        .map(|at| {
            let centre = (f64::from(at) + 0.5) * scale;
            let first = ((centre - support + 0.5) as i64).max(0);
            let end = ((centre + support + 0.5) as i64).min(i64::from(input));
            let raw: Vec<f64> = (first..end)
                .map(|x| filter.weight((x as f64 - centre + 0.5) / filter_scale))
                .collect();
            let sum: f64 = raw.iter().sum();
            let weights = raw.iter().map(|weight| fixed(weight / sum)).collect();
            Tap {
                first: first as usize,
                weights,
            }
        })
        .collect()
}

fn fixed(weight: f64) -> i32 {
    let scaled = weight * f64::from(1u32 << PRECISION_BITS);
    (if weight < 0.0 {
        scaled - 0.5
    } else {
        scaled + 0.5
    }) as i32
}

impl Filter {
    /// How far it reaches to either side, in samples of the smaller picture.
    fn support(self) -> f64 {
        match self {
            Filter::Bilinear => 1.0,
            Filter::Bicubic => 2.0,
            Filter::Lanczos => 3.0,
        }
    }

    fn weight(self, x: f64) -> f64 {
        const A: f64 = -0.5;
        let sinc = |x: f64| {
            let x = x * std::f64::consts::PI;
            if x == 0.0 { 1.0 } else { x.sin() / x }
        };
        let x = x.abs();
        match self {
            Filter::Bilinear => (1.0 - x).max(0.0),
            Filter::Bicubic if x < 1.0 => ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0,
            Filter::Bicubic if x < 2.0 => (((x - 5.0) * x + 8.0) * x - 4.0) * A,
            Filter::Lanczos if x < 3.0 => sinc(x) * sinc(x / 3.0),
            _ => 0.0,
        }
    }
}

fn clip8(sum: i32) -> u8 {
    (sum >> PRECISION_BITS).clamp(0, 255) as u8
}

const HALF: i32 = 1 << (PRECISION_BITS - 1);

fn horizontal(picture: &Rgb8, columns: &[Tap], first_row: usize, last_row: usize) -> Vec<u8> {
    let width = picture.width() as usize;
    let stride = width * 3;
    let mut out = vec![0u8; (last_row - first_row) * columns.len() * 3];
    // one channel of a row at a time lies dense, so that the sums vectorise
    let mut plane = vec![0u8; width];
    let rows = picture.data()[first_row * stride..last_row * stride].chunks_exact(stride);
    let outputs = out.chunks_exact_mut(columns.len() * 3);
    vectorised(
        #[inline(always)]
        || {
            for (row, to) in rows.zip(outputs) {
                for channel in 0..3 {
                    for (value, pixel) in plane.iter_mut().zip(row.chunks_exact(3)) {
                        *value = pixel[channel];
                    }
                    for (tap, pixel) in columns.iter().zip(to.chunks_exact_mut(3)) {
                        let samples = &plane[tap.first..tap.end()];
                        let products = samples.iter().zip(&tap.weights);
                        let sum: i32 = products
                            .map(|(&value, weight)| i32::from(value) * weight)
                            .sum();
                        pixel[channel] = clip8(sum + HALF);
                    }
                }
            }
        },
    );
    out
}

fn vertical(narrow: &[u8], width: usize, rows: &[Tap], first_row: usize) -> Vec<u8> {
    let stride = width * 3;
    let mut out = Vec::with_capacity(rows.len() * stride);
    let mut sums = vec![0i32; stride];
    vectorised(
        #[inline(always)]
        || {
            for tap in rows {
                sums.fill(HALF);
                let lines = narrow[(tap.first - first_row) * stride..].chunks_exact(stride);
                for (line, &weight) in lines.zip(&tap.weights) {
                    for (sum, &value) in sums.iter_mut().zip(line) {
                        *sum += i32::from(value) * weight;
                    }
                }
                out.extend(sums.iter().copied().map(clip8));
            }
        },
    );
    out
}
