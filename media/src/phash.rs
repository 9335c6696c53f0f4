//! A fingerprint that survives scaling and re-encoding, for finding near-duplicates.

use std::f32::consts::PI;

use crate::Picture;

/// Side of the grey square the transform looks at.
const SIDE: usize = 32;
/// Side of the square of low frequencies that becomes the hash.
const LOW: usize = 8;

/// The DCT hash: 64 low frequencies of the brightness, each above or below their median.
pub fn perceptual_hash(picture: &Picture) -> u64 {
    let small = picture.stretched(SIDE as u32, SIDE as u32).to_rgb();
    let grey: Vec<f32> = small
        .data
        .chunks_exact(3)
        .map(|p| 0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2]))
        .collect();
    let wave = |frequency: usize, at: usize| {
        (PI / SIDE as f32 * (at as f32 + 0.5) * frequency as f32).cos()
    };
    // rows first, then columns; only the low corner is ever needed
    let mut rows = [[0.0_f32; LOW]; SIDE];
    for (y, row) in rows.iter_mut().enumerate() {
        for (u, sum) in row.iter_mut().enumerate() {
            *sum = (0..SIDE).map(|x| grey[y * SIDE + x] * wave(u, x)).sum();
        }
    }
    let mut low = [0.0_f32; LOW * LOW];
    for v in 0..LOW {
        for u in 0..LOW {
            low[v * LOW + u] = (0..SIDE).map(|y| rows[y][u] * wave(v, y)).sum();
        }
    }
    // the first one is the mean brightness and would drag the median along
    let mut sorted = low[1..].to_vec();
    sorted.sort_by(f32::total_cmp);
    let median = sorted[sorted.len() / 2];
    low.iter()
        .fold(0, |hash, value| (hash << 1) | u64::from(*value > median))
}

/// How many of the 64 bits differ: up to about 8 is the same picture again.
pub fn hash_distance(one: u64, other: u64) -> u32 {
    (one ^ other).count_ones()
}
