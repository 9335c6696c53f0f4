//! The eight ways a camera can be held, as EXIF numbers them.

/// How stored pixels have to be turned to be looked at: EXIF tag 0x0112, 1 to 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Orientation(u8);

impl Orientation {
    /// Stored the way it is shown.
    pub const UPRIGHT: Orientation = Orientation(1);

    /// From the EXIF number; anything out of range is [`Orientation::UPRIGHT`], as viewers do.
    pub fn from_exif(value: u64) -> Self {
        match u8::try_from(value) {
            Ok(value @ 1..=8) => Self(value),
            _ => Self::UPRIGHT,
        }
    }

    /// From HEIF's quarter turns anticlockwise and, after them, its mirror:
    /// `Some(0)` swaps top and bottom, `Some(1)` left and right.
    pub(crate) fn from_heif(turns: u8, mirror: Option<u8>) -> Self {
        Self(match (turns & 3, mirror) {
            (0, None) => 1,
            (1, None) => 8,
            (2, None) => 3,
            (3, None) => 6,
            (0, Some(0)) | (2, Some(1..)) => 4,
            (0, Some(1..)) | (2, Some(0)) => 2,
            // turned left, then top to bottom: the same as transposing
            (1, Some(0)) | (3, Some(1..)) => 5,
            _ => 7,
        })
    }

    /// The EXIF number, 1 to 8.
    pub fn exif(self) -> u8 {
        self.0
    }

    /// Whether width and height change places.
    pub fn swaps_sides(self) -> bool {
        self.0 >= 5
    }

    /// Where the pixel shown at (`x`, `y`) is stored, given the *stored* size.
    #[inline]
    pub(crate) fn source(self, x: usize, y: usize, width: usize, height: usize) -> (usize, usize) {
        match self.0 {
            2 => (width - 1 - x, y),
            3 => (width - 1 - x, height - 1 - y),
            4 => (x, height - 1 - y),
            5 => (y, x),
            6 => (y, height - 1 - x),
            7 => (width - 1 - y, height - 1 - x),
            8 => (width - 1 - y, x),
            _ => (x, y),
        }
    }
}
