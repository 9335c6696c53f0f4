//! Pixels as the networks want them: blue, green, red, because that is how they
//! were trained, 0…255 as f32.

use crate::preprocess::Rgb8;

/// Rows of BGR pixels.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Raster {
    pub width: usize,
    pub height: usize,
    pub data: Vec<[f32; 3]>,
}

impl Raster {
    pub fn from_rgb(picture: &Rgb8) -> Self {
        let pixels = picture.data().chunks_exact(3);
        Self {
            width: picture.width() as usize,
            height: picture.height() as usize,
            data: pixels
                .map(|p| [f32::from(p[2]), f32::from(p[1]), f32::from(p[0])])
                .collect(),
        }
    }

    /// White.
    pub fn flat(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            data: vec![[255.0; 3]; width * height],
        }
    }

    /// The pixel there, or the nearest one.
    pub fn at(&self, x: isize, y: isize) -> [f32; 3] {
        let x = x.clamp(0, self.width as isize - 1) as usize;
        let y = y.clamp(0, self.height as isize - 1) as usize;
        self.data[y * self.width + x]
    }

    /// Bilinear between pixel centres, not antialiased: OpenCV's
    /// `INTER_LINEAR`, which the networks were trained with.
    pub fn resized(&self, width: usize, height: usize) -> Self {
        if (width, height) == (self.width, self.height) {
            return self.clone();
        }
        let columns = taps(self.width, width);
        let mut data = Vec::with_capacity(width * height);
        for (top, bottom, down) in taps(self.height, height) {
            let upper = &self.data[top * self.width..][..self.width];
            let lower = &self.data[bottom * self.width..][..self.width];
            for &(left, right, along) in &columns {
                data.push(std::array::from_fn(|c| {
                    let above = upper[left][c] + (upper[right][c] - upper[left][c]) * along;
                    let below = lower[left][c] + (lower[right][c] - lower[left][c]) * along;
                    (above + (below - above) * down).round()
                }));
            }
        }
        Self {
            width,
            height,
            data,
        }
    }

    /// With so many rows of black above and below.
    pub fn with_bars(&self, rows: usize) -> Self {
        let bar = vec![[0.0; 3]; rows * self.width];
        Self {
            width: self.width,
            height: self.height + 2 * rows,
            data: [&bar[..], &self.data, &bar].concat(),
        }
    }

    /// A quarter turn against the clock.
    pub fn turned_left(&self) -> Self {
        let mut data = Vec::with_capacity(self.data.len());
        for x in (0..self.width).rev() {
            data.extend((0..self.height).map(|y| self.data[y * self.width + x]));
        }
        Self {
            width: self.height,
            height: self.width,
            data,
        }
    }

    /// Upside down.
    pub fn turn_over(&mut self) {
        self.data.reverse();
    }

    /// Into planes `[3, height, stride]`, −1…1; what lies beyond the width
    /// stays as it is.
    pub fn write_planes(&self, out: &mut [f32], stride: usize) {
        let plane = stride * self.height;
        for (y, row) in self.data.chunks_exact(self.width).enumerate() {
            for (x, pixel) in row.iter().enumerate() {
                for channel in 0..3 {
                    out[channel * plane + y * stride + x] = pixel[channel] / 127.5 - 1.0;
                }
            }
        }
    }
}

/// For each output the two inputs between which it lies, and how far along.
fn taps(input: usize, output: usize) -> Vec<(usize, usize, f32)> {
    let scale = input as f32 / output as f32;
    (0..output)
        .map(|at| {
            let place = ((at as f32 + 0.5) * scale - 0.5).max(0.0);
            let first = (place as usize).min(input - 1);
            (first, (first + 1).min(input - 1), place - first as f32)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[f32]) -> Raster {
        Raster {
            width: 1,
            height: values.len(),
            data: values.iter().map(|v| [*v; 3]).collect(),
        }
    }

    #[test]
    fn resizing_is_opencvs() {
        // cv2.resize([[0], [100], [200], [50]], (1, 2)) and to (1, 8)
        let half = column(&[0.0, 100.0, 200.0, 50.0]).resized(1, 2);
        assert_eq!(
            half.data.iter().map(|p| p[0]).collect::<Vec<_>>(),
            [50.0, 125.0]
        );
        let double = column(&[0.0, 100.0]).resized(1, 4);
        assert_eq!(
            double.data.iter().map(|p| p[0]).collect::<Vec<_>>(),
            [0.0, 25.0, 75.0, 100.0]
        );
    }

    #[test]
    fn turns_keep_every_pixel() {
        let raster = Raster {
            width: 2,
            height: 3,
            data: (0..6u8).map(|v| [f32::from(v); 3]).collect(),
        };
        let left = raster.turned_left();
        assert_eq!((left.width, left.height), (3, 2));
        assert_eq!(
            left.data.iter().map(|p| p[0]).collect::<Vec<_>>(),
            [1.0, 3.0, 5.0, 0.0, 2.0, 4.0]
        );
        let mut twice = left.turned_left();
        twice.turn_over();
        assert_eq!(twice, raster);
    }
}
