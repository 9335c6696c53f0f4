//! Decoded pixels: 8 bits per channel, sRGB, upright.

use fast_image_resize as resize;

use crate::{MediaError, Orientation, error::damaged};

/// A decoded picture: RGB, or RGBA with unassociated alpha, row by row from the top left.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    has_alpha: bool,
    data: Vec<u8>,
}

/// Plain RGB pixels for those who need nothing else, such as models.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rgb8 {
    /// Pixels per row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `3 × width × height` bytes.
    pub data: Vec<u8>,
}

impl Picture {
    /// From RGB bytes.
    ///
    /// # Errors
    /// [`MediaError::Damaged`] when the length is not `3 × width × height` or a side is zero.
    pub fn from_rgb(width: u32, height: u32, data: Vec<u8>) -> Result<Self, MediaError> {
        Self::new(width, height, false, data)
    }

    /// From RGBA bytes; a picture without any transparency becomes RGB.
    ///
    /// # Errors
    /// [`MediaError::Damaged`] when the length is not `4 × width × height` or a side is zero.
    pub fn from_rgba(width: u32, height: u32, data: Vec<u8>) -> Result<Self, MediaError> {
        let mut picture = Self::new(width, height, true, data)?;
        if picture.data.chunks_exact(4).all(|pixel| pixel[3] == 255) {
            picture.data = picture
                .data
                .chunks_exact(4)
                .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
                .collect();
            picture.has_alpha = false;
        }
        Ok(picture)
    }

    /// Pixels per row.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Whether any pixel is not fully opaque, so that pixels are RGBA.
    pub fn has_alpha(&self) -> bool {
        self.has_alpha
    }

    /// The bytes: 3 per pixel, or 4 with alpha.
    pub fn pixels(&self) -> &[u8] {
        &self.data
    }

    /// Flattened on white.
    pub fn to_rgb(&self) -> Rgb8 {
        let data = if self.has_alpha {
            let on_white = |value: u8, alpha: u8| {
                let (value, alpha) = (u32::from(value), u32::from(alpha));
                ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
            };
            self.data
                .chunks_exact(4)
                .flat_map(|pixel| [0, 1, 2].map(|channel| on_white(pixel[channel], pixel[3])))
                .collect()
        } else {
            self.data.clone()
        };
        Rgb8 {
            width: self.width,
            height: self.height,
            data,
        }
    }

    /// A part of it, in pixels; what lies outside is left out, and one pixel
    /// always stays.
    pub fn cropped(&self, x: u32, y: u32, width: u32, height: u32) -> Picture {
        let (x, y) = (x.min(self.width - 1), y.min(self.height - 1));
        let width = width.clamp(1, self.width - x);
        let height = height.clamp(1, self.height - y);
        let size = self.channels();
        let line = self.width as usize * size;
        let (from, length) = (x as usize * size, width as usize * size);
        let rows = self.data.chunks_exact(line).skip(y as usize);
        let data = rows.take(height as usize);
        Picture {
            width,
            height,
            has_alpha: self.has_alpha,
            data: data
                .flat_map(|row| &row[from..from + length])
                .copied()
                .collect(),
        }
    }

    /// Scaled down to at most `max_width`, keeping its shape; never scaled up.
    pub fn resized(&self, max_width: u32) -> Picture {
        let width = self.width.min(max_width.max(1));
        self.scaled(width, proportional(self.height, width, self.width), LANCZOS)
    }

    /// Scaled to a square of `side`, whatever its shape; a smaller one is scaled up.
    pub fn squared(&self, side: u32) -> Picture {
        self.scaled(side.max(1), side.max(1), LANCZOS)
    }

    /// Scaled down to fit a square of `side`; a cheaper filter, for looking rather than showing.
    pub(crate) fn thumbnail(&self, side: u32) -> Picture {
        let longer = self.width.max(self.height);
        if longer <= side {
            return self.clone();
        }
        let width = proportional(self.width, side, longer);
        let height = proportional(self.height, side, longer);
        self.scaled(width, height, AREA)
    }

    /// Scaled to exactly this size, whatever its shape.
    pub(crate) fn stretched(&self, width: u32, height: u32) -> Picture {
        self.scaled(width, height, AREA)
    }

    /// Turned the way it is to be looked at.
    pub(crate) fn oriented(self, orientation: Orientation) -> Picture {
        if orientation == Orientation::UPRIGHT {
            return self;
        }
        let (width, height) = if orientation.swaps_sides() {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        };
        let stored = (self.width as usize, self.height as usize);
        let shown = (width as usize, height as usize);
        let data = if self.has_alpha {
            turned::<4>(&self.data, stored, shown, orientation)
        } else {
            turned::<3>(&self.data, stored, shown, orientation)
        };
        Picture {
            width,
            height,
            data,
            ..self
        }
    }

    pub(crate) fn into_pixels(self) -> Vec<u8> {
        self.data
    }

    pub(crate) fn pixels_mut(&mut self) -> &mut [u8] {
        &mut self.data
    }

    pub(crate) fn channels(&self) -> usize {
        if self.has_alpha { 4 } else { 3 }
    }

    fn new(width: u32, height: u32, has_alpha: bool, data: Vec<u8>) -> Result<Self, MediaError> {
        let channels = if has_alpha { 4 } else { 3 };
        let expected = u64::from(width) * u64::from(height) * channels;
        if expected == 0 || data.len() as u64 != expected {
            return Err(damaged("its pixels do not fill its size"));
        }
        Ok(Self {
            width,
            height,
            has_alpha,
            data,
        })
    }

    fn scaled(&self, width: u32, height: u32, filter: resize::ResizeAlg) -> Picture {
        if (width, height) == (self.width, self.height) {
            return self.clone();
        }
        let kind = if self.has_alpha {
            resize::PixelType::U8x4
        } else {
            resize::PixelType::U8x3
        };
        let source = resize::images::ImageRef::new(self.width, self.height, &self.data, kind)
            .expect("a picture's bytes always fill its size");
        let mut target = resize::images::Image::new(width, height, kind);
        let options = resize::ResizeOptions::new().resize_alg(filter);
        resize::Resizer::new()
            .resize(&source, &mut target, &options)
            .expect("both sides have the same kind of pixels");
        Picture {
            width,
            height,
            has_alpha: self.has_alpha,
            data: target.into_vec(),
        }
    }
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = if self.has_alpha { "RGBA" } else { "RGB" };
        write!(f, "Picture({} × {} {kind})", self.width, self.height)
    }
}

/// Pixels of `N` bytes in the order they are shown.
fn turned<const N: usize>(
    data: &[u8],
    stored: (usize, usize),
    shown: (usize, usize),
    orientation: Orientation,
) -> Vec<u8> {
    let (pixels, _) = data.as_chunks::<N>();
    let mut out = Vec::with_capacity(data.len());
    for y in 0..shown.1 {
        out.extend((0..shown.0).flat_map(|x| {
            let (x, y) = orientation.source(x, y, stored.0, stored.1);
            pixels[y * stored.0 + x]
        }));
    }
    out
}

const LANCZOS: resize::ResizeAlg = resize::ResizeAlg::Convolution(resize::FilterType::Lanczos3);
const AREA: resize::ResizeAlg = resize::ResizeAlg::Convolution(resize::FilterType::Box);

/// `side × numerator / denominator`, rounded, at least one pixel.
fn proportional(side: u32, numerator: u32, denominator: u32) -> u32 {
    let scaled = (u64::from(side) * u64::from(numerator) + u64::from(denominator) / 2)
        / u64::from(denominator);
    (scaled as u32).max(1)
}
