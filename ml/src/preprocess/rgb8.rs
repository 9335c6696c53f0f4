use crate::MlError;

/// A decoded picture: interleaved 8-bit RGB rows without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rgb8 {
    width: u32,
    height: u32,
    data: Vec<u8>,
}

impl Rgb8 {
    /// Takes `width * height * 3` bytes.
    ///
    /// # Errors
    /// [`MlError::BadPicture`] when a side is zero or the length does not fit.
    pub fn new(width: u32, height: u32, data: Vec<u8>) -> Result<Self, MlError> {
        let expected = u64::from(width) * u64::from(height) * 3;
        if expected == 0 || data.len() as u64 != expected {
            return Err(MlError::BadPicture {
                width,
                height,
                bytes: data.len(),
            });
        }
        Ok(Self {
            width,
            height,
            data,
        })
    }

    /// A picture of one colour, for warm-up and health checks.
    pub fn flat(width: u32, height: u32, colour: [u8; 3]) -> Self {
        let pixels = width.max(1) as usize * height.max(1) as usize;
        Self {
            width: width.max(1),
            height: height.max(1),
            data: colour.repeat(pixels),
        }
    }

    /// The part from `x`, `y` on, cut off at the picture's edges; at least one
    /// pixel.
    pub fn part(&self, x: u32, y: u32, width: u32, height: u32) -> Self {
        let (x, y) = (x.min(self.width - 1), y.min(self.height - 1));
        let width = width.clamp(1, self.width - x);
        let height = height.clamp(1, self.height - y);
        let stride = self.width as usize * 3;
        let from = x as usize * 3..(x + width) as usize * 3;
        let rows = self.data.chunks_exact(stride).skip(y as usize);
        Self {
            width,
            height,
            data: rows
                .take(height as usize)
                .flat_map(|row| &row[from.clone()])
                .copied()
                .collect(),
        }
    }

    /// Width in pixels, at least 1.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels, at least 1.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The interleaved bytes, `3 * width * height` of them.
    pub fn data(&self) -> &[u8] {
        &self.data
    }
}
