//! How much a network answers where.

use crate::MlError;

/// Numbers over a picture, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    pub width: usize,
    pub height: usize,
    pub data: Vec<f32>,
}

/// Of a Gaussian of 0.6 cells.
const KERNEL: [f32; 5] = [0.0026, 0.1655, 0.6638, 0.1655, 0.0026];
/// Part of the points that may lie above full.
const ABOVE: f32 = 0.005;

impl Map {
    /// The sum over the channels of `[1, channels, height, width]`.
    ///
    /// # Errors
    /// [`MlError::BadInput`] for another shape.
    pub fn summed(shape: &[usize], numbers: &[f32]) -> Result<Self, MlError> {
        let &[1, channels, height, width] = shape else {
            return Err(MlError::BadInput(format!("a feature map of {shape:?}")));
        };
        let cells = width * height;
        if cells == 0 || numbers.len() != channels * cells {
            return Err(MlError::BadInput(format!("a feature map of {shape:?}")));
        }
        let mut data = vec![0.0; cells];
        for channel in numbers.chunks_exact(cells) {
            for (sum, number) in data.iter_mut().zip(channel) {
                *sum += number;
            }
        }
        Ok(Self {
            width,
            height,
            data,
        })
    }

    pub fn at(&self, x: usize, y: usize) -> f32 {
        self.data[y * self.width + x]
    }

    fn made(width: usize, height: usize, of: impl Fn(usize, usize) -> f32) -> Self {
        let cells = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        Self {
            width,
            height,
            data: cells.map(|(x, y)| of(x, y)).collect(),
        }
    }

    /// Without what single cells make up; the edges go on as they are.
    pub fn blurred(&self) -> Self {
        let middle = KERNEL.len() / 2;
        let near = |at: usize, step: usize, length: usize| {
            (at + step).saturating_sub(middle).min(length - 1)
        };
        let weights = || KERNEL.iter().enumerate();
        let across = Self::made(self.width, self.height, |x, y| {
            weights()
                .map(|(k, w)| w * self.at(near(x, k, self.width), y))
                .sum()
        });
        Self::made(self.width, self.height, |x, y| {
            weights()
                .map(|(k, w)| w * across.at(x, near(y, k, self.height)))
                .sum()
        })
    }

    /// In another size, between the cells by straight lines.
    pub fn scaled(&self, [width, height]: [usize; 2]) -> Self {
        let place = |at: usize, to: usize, from: usize| {
            let place = (at as f32 + 0.5) * from as f32 / to as f32 - 0.5;
            let place = place.clamp(0.0, (from - 1) as f32);
            let first = place as usize;
            (first, (first + 1).min(from - 1), place - first as f32)
        };
        Self::made(width, height, |x, y| {
            let (left, right, across) = place(x, width, self.width);
            let (top, bottom, down) = place(y, height, self.height);
            let upper = self.at(left, top) * (1.0 - across) + self.at(right, top) * across;
            let lower = self.at(left, bottom) * (1.0 - across) + self.at(right, bottom) * across;
            upper * (1.0 - down) + lower * down
        })
    }

    /// From 0 at its lowest to 1 near its highest; flat where it is flat.
    pub fn levelled(&self) -> Self {
        let mut sorted = self.data.clone();
        sorted.sort_by(f32::total_cmp);
        let low = sorted.first().copied().unwrap_or(0.0);
        let high = ((sorted.len() as f32 * (1.0 - ABOVE)) as usize).min(sorted.len() - 1);
        let span = (sorted[high] - low).max(f32::EPSILON);
        Self::made(self.width, self.height, |x, y| {
            ((self.at(x, y) - low) / span).min(1.0)
        })
    }

    /// Half of each; of the same size.
    pub fn mean(&self, other: &Self) -> Self {
        Self::made(self.width, self.height, |x, y| {
            (self.at(x, y) + other.at(x, y)) / 2.0
        })
    }

    /// The sum within columns and rows from… to (not including).
    pub fn sum(&self, [left, top, right, bottom]: [usize; 4]) -> f32 {
        let rows = (top..bottom).map(|y| &self.data[y * self.width + left..y * self.width + right]);
        rows.flatten().sum()
    }
}
