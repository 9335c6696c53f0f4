//! Where the eye goes: the spectral residual, and how it sits in the frame.
//!
//! Hou, Zhang: "Saliency Detection: A Spectral Residual Approach", CVPR 2007.

use std::f32::consts::TAU;

use super::plane::{Plane, gaussian};

/// Side of the square that is transformed.
pub(super) const SIDE: usize = 64;
/// Part of the picture that counts as what the eye goes to.
const TOP: f32 = 0.05;

/// 0…1: how near to the centre or a crossing of thirds the most striking part
/// lies, and how much it stands out. `brightness` is `SIDE` × `SIDE`.
pub(super) fn composition(brightness: &Plane) -> f32 {
    let saliency = saliency(brightness);
    let [threshold] = saliency.quantiles([1.0 - TOP]);
    let (mut mass, mut x, mut y) = (0.0, 0.0, 0.0);
    for (at, value) in saliency.values.iter().enumerate() {
        if *value >= threshold {
            mass += value;
            x += value * (at % SIDE) as f32;
            y += value * (at / SIDE) as f32;
        }
    }
    let total: f32 = saliency.values.iter().sum();
    if mass <= 0.0 || !total.is_finite() {
        return 0.0;
    }
    let centre = (
        (x / mass + 0.5) / SIDE as f32,
        (y / mass + 0.5) / SIDE as f32,
    );
    let anchors = [
        (0.5, 0.5),
        (1.0 / 3.0, 1.0 / 3.0),
        (2.0 / 3.0, 1.0 / 3.0),
        (1.0 / 3.0, 2.0 / 3.0),
        (2.0 / 3.0, 2.0 / 3.0),
    ];
    let nearest = anchors
        .iter()
        .map(|(ax, ay)| (centre.0 - ax).hypot(centre.1 - ay))
        .fold(f32::MAX, f32::min);
    // as far from all of them as a corner is
    const FAR: f32 = 0.471;
    let placed = (1.0 - nearest / FAR).clamp(0.0, 1.0);
    let standing_out = (mass / total).clamp(0.0, 1.0);
    0.6 * placed + 0.4 * standing_out
}

fn saliency(brightness: &Plane) -> Plane {
    let mut real = brightness.values.clone();
    let mut imaginary = vec![0.0; real.len()];
    transform(&mut real, &mut imaginary, -1.0);
    let amplitude = |r: f32, i: f32| r.hypot(i).max(1e-6);
    let log = Plane {
        width: SIDE,
        height: SIDE,
        values: real
            .iter()
            .zip(&imaginary)
            .map(|(r, i)| amplitude(*r, *i).ln())
            .collect(),
    };
    let smooth = log.filtered(&[1.0 / 3.0; 3]);
    for (at, (r, i)) in real.iter_mut().zip(&mut imaginary).enumerate() {
        // the residual's amplitude with the phase as it was
        let scale = (log.values[at] - smooth.values[at]).exp() / amplitude(*r, *i);
        *r *= scale;
        *i *= scale;
    }
    transform(&mut real, &mut imaginary, 1.0);
    let energy = Plane {
        width: SIDE,
        height: SIDE,
        values: real
            .iter()
            .zip(&imaginary)
            .map(|(r, i)| r * r + i * i)
            .collect(),
    };
    energy.filtered(&gaussian(9, 2.5))
}

/// The discrete Fourier transform of a square, without scaling: at this size
/// the plain sums take less than a millisecond.
fn transform(real: &mut [f32], imaginary: &mut [f32], sign: f32) {
    let waves: Vec<(f32, f32)> = (0..SIDE)
        .map(|n| (sign * TAU * n as f32 / SIDE as f32).sin_cos())
        .collect();
    let lines = [(SIDE, 1), (1, SIDE)];
    for (step, stride) in lines {
        for line in 0..SIDE {
            let place = |n: usize| line * step + n * stride;
            let mut out = [(0.0_f32, 0.0_f32); SIDE];
            for (k, out) in out.iter_mut().enumerate() {
                for n in 0..SIDE {
                    let (sin, cos) = waves[k * n % SIDE];
                    let (r, i) = (real[place(n)], imaginary[place(n)]);
                    out.0 += r * cos - i * sin;
                    out.1 += r * sin + i * cos;
                }
            }
            for (n, (r, i)) in out.into_iter().enumerate() {
                real[place(n)] = r;
                imaginary[place(n)] = i;
            }
        }
    }
}
