//! Pictures cut into equal tiles, as large AVIF files are.

use super::Plane;
use crate::MediaError;
use crate::container::Bytes;
use crate::error::damaged;

/// Rows and columns of tiles, and the size they are cropped to together.
#[derive(Debug, PartialEq)]
pub(super) struct Grid {
    rows: usize,
    columns: usize,
    pub width: u32,
    pub height: u32,
}

impl Grid {
    /// Reads the derivation: version, flags, rows and columns less one, width, height.
    pub fn read(data: &[u8]) -> Result<Self, MediaError> {
        let wide = data.byte(1)? & 1 == 1;
        let side = |index: usize| {
            if wide {
                data.be32(4 + index * 4)
            } else {
                data.be16(4 + index * 2).map(u32::from)
            }
        };
        Ok(Self {
            rows: usize::from(data.byte(2)?) + 1,
            columns: usize::from(data.byte(3)?) + 1,
            width: side(0)?,
            height: side(1)?,
        })
    }

    pub fn tiles(&self) -> usize {
        self.rows * self.columns
    }

    /// Pastes the tiles row by row; what reaches over the edge is cut.
    pub fn assemble(
        &self,
        tiles: impl Iterator<Item = Result<Plane, MediaError>>,
        channels: usize,
    ) -> Result<Plane, MediaError> {
        let (width, height) = (self.width as usize, self.height as usize);
        let mut data = vec![0; width * height * channels];
        let mut size = None;
        for (index, tile) in tiles.enumerate() {
            let tile = tile?;
            let tile_size = (tile.width as usize, tile.height as usize);
            if *size.get_or_insert(tile_size) != tile_size {
                return Err(damaged("its tiles differ in size"));
            }
            self.check_cover(tile_size)?;
            let left = index % self.columns * tile_size.0;
            let top = index / self.columns * tile_size.1;
            let visible = tile_size.0.min(width.saturating_sub(left)) * channels;
            for y in 0..tile_size.1.min(height.saturating_sub(top)) {
                let from = y * tile_size.0 * channels;
                let to = ((top + y) * width + left) * channels;
                data[to..to + visible].copy_from_slice(&tile.data[from..from + visible]);
            }
        }
        size.ok_or(MediaError::Truncated)?;
        Ok(Plane {
            width: self.width,
            height: self.height,
            data,
        })
    }

    /// The tiles reach the far edges, and none lies entirely behind them.
    fn check_cover(&self, tile: (usize, usize)) -> Result<(), MediaError> {
        let fits = |tile: usize, count: usize, side: u32| {
            let side = side as usize;
            tile * count >= side && tile * (count - 1) < side
        };
        if fits(tile.0, self.columns, self.width) && fits(tile.1, self.rows, self.height) {
            Ok(())
        } else {
            Err(damaged("its tiles do not cover it"))
        }
    }
}
