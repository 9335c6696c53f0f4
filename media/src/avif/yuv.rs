//! Luma and chroma to red, green and blue.

use super::Plane;
use super::av1::Frame;
use crate::MediaError;
use crate::error::damaged;
use crate::isobmff::Nclx;

/// Converts a frame to RGB; what the container says about colour goes before what the coded
/// data says.
pub(super) fn to_rgb(frame: &Frame, nclx: Option<Nclx>) -> Result<Plane, MediaError> {
    let color = nclx.unwrap_or(frame.color);
    let scale = Scale::new(frame.bits, color.full_range);
    let matrix = Matrix::from_code(color.matrix, frame.chroma)?;
    let (width, height) = (frame.width() as usize, frame.height() as usize);
    let mut data = Vec::with_capacity(width * height * 3);
    let (mut luma, mut blue, mut red) = (Vec::new(), Vec::new(), Vec::new());
    for y in 0..height {
        frame.row(0, y, &mut luma)?;
        let Some((half_across, half_down)) = frame.chroma else {
            for sample in &luma {
                let value = to_byte(scale.luma(*sample));
                data.extend([value; 3]);
            }
            continue;
        };
        let chroma_y = if half_down { y / 2 } else { y };
        frame.row(1, chroma_y, &mut blue)?;
        frame.row(2, chroma_y, &mut red)?;
        let shift = usize::from(half_across);
        for (x, sample) in luma.iter().enumerate() {
            let (u, v) = (blue[x >> shift], red[x >> shift]);
            let pixel = match matrix {
                // green, blue, red in place of luma and chroma
                Matrix::Identity => [v, *sample, u].map(|sample| scale.luma(sample)),
                Matrix::GreenMagenta => {
                    let (luma, green, orange) =
                        (scale.luma(*sample), scale.chroma(u), scale.chroma(v));
                    let base = luma - green;
                    [base + orange, luma + green, base - orange]
                }
                Matrix::Weights(weights) => {
                    weights.apply(scale.luma(*sample), scale.chroma(u), scale.chroma(v))
                }
            };
            data.extend(pixel.map(to_byte));
        }
    }
    Ok(Plane {
        width: frame.width(),
        height: frame.height(),
        data,
    })
}

/// The luma plane alone, as 8-bit transparency.
pub(super) fn to_luma(frame: &Frame, nclx: Option<Nclx>) -> Result<Plane, MediaError> {
    let full_range = nclx.unwrap_or(frame.color).full_range;
    let scale = Scale::new(frame.bits, full_range);
    let mut data = Vec::with_capacity(frame.width() as usize * frame.height() as usize);
    let mut row = Vec::new();
    for y in 0..frame.height() as usize {
        frame.row(0, y, &mut row)?;
        data.extend(row.iter().map(|sample| to_byte(scale.luma(*sample))));
    }
    Ok(Plane {
        width: frame.width(),
        height: frame.height(),
        data,
    })
}

/// From samples to 0…1 for luma and -0.5…0.5 for chroma.
struct Scale {
    black: f32,
    luma: f32,
    middle: f32,
    chroma: f32,
}

impl Scale {
    fn new(bits: u32, full_range: bool) -> Self {
        let unit = (1u32 << (bits - 8)) as f32;
        let most = ((1u32 << bits) - 1) as f32;
        let middle = 128.0 * unit;
        if full_range {
            Self {
                black: 0.0,
                luma: 1.0 / most,
                middle,
                chroma: 1.0 / most,
            }
        } else {
            Self {
                black: 16.0 * unit,
                luma: 1.0 / (219.0 * unit),
                middle,
                chroma: 1.0 / (224.0 * unit),
            }
        }
    }

    #[inline]
    fn luma(&self, sample: u16) -> f32 {
        (f32::from(sample) - self.black) * self.luma
    }

    #[inline]
    fn chroma(&self, sample: u16) -> f32 {
        (f32::from(sample) - self.middle) * self.chroma
    }
}

#[derive(Clone, Copy)]
enum Matrix {
    Identity,
    GreenMagenta,
    Weights(Weights),
}

impl Matrix {
    /// By matrix coefficients code (ISO/IEC 23091-2); unspecified means BT.601, as browsers do.
    fn from_code(code: u16, chroma: Option<(bool, bool)>) -> Result<Self, MediaError> {
        Ok(match code {
            0 if chroma == Some((false, false)) => Self::Identity,
            0 if chroma.is_some() => return Err(damaged("its colours make no sense")),
            8 => Self::GreenMagenta,
            1 => Self::Weights(Weights::new(0.2126, 0.0722)),
            4 => Self::Weights(Weights::new(0.30, 0.11)),
            7 => Self::Weights(Weights::new(0.212, 0.087)),
            9 | 10 => Self::Weights(Weights::new(0.2627, 0.0593)),
            _ => Self::Weights(Weights::new(0.299, 0.114)),
        })
    }
}

/// How much of each chroma goes into red, green and blue.
#[derive(Clone, Copy)]
struct Weights {
    red: f32,
    green_blue: f32,
    green_red: f32,
    blue: f32,
}

impl Weights {
    /// From the luma weights of red and blue.
    fn new(red: f32, blue: f32) -> Self {
        let green = 1.0 - red - blue;
        Self {
            red: 2.0 * (1.0 - red),
            green_blue: 2.0 * blue * (1.0 - blue) / green,
            green_red: 2.0 * red * (1.0 - red) / green,
            blue: 2.0 * (1.0 - blue),
        }
    }

    #[inline]
    fn apply(&self, luma: f32, blue: f32, red: f32) -> [f32; 3] {
        [
            luma + self.red * red,
            luma - self.green_blue * blue - self.green_red * red,
            luma + self.blue * blue,
        ]
    }
}

#[inline]
fn to_byte(value: f32) -> u8 {
    // a float to integer cast saturates
    (value * 255.0 + 0.5) as u8
}
