//! AVIF to pixels: find the pictures in the file, decode their AV1, put tiles and
//! transparency together.

mod av1;
mod grid;
mod yuv;

use crate::error::damaged;
use crate::fence::fenced;
use crate::isobmff::{Item, Still};
use crate::{Limits, MediaError, Picture};

/// Decodes the primary picture as stored; its orientation is applied by the caller.
pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, MediaError> {
    let still = Still::open(bytes)?;
    let color = Job::of(&still, &still.primary)?;
    let alpha = match still.alpha_of(&still.primary) {
        Some(item) => Some(Job::of(&still, item)?),
        None => None,
    };
    let premultiplied = still
        .alpha_of(&still.primary)
        .is_some_and(|alpha| still.meta.refers(b"prem", still.primary.id, alpha.id));
    fenced(|| {
        let mut rgb = color.rgb(limits)?;
        let Some(alpha) = alpha else {
            return Picture::from_rgb(rgb.width, rgb.height, rgb.data);
        };
        let alpha = alpha.luma(limits)?;
        if (alpha.width, alpha.height) != (rgb.width, rgb.height) {
            return Err(damaged(
                "its transparency has another size than its colours",
            ));
        }
        if premultiplied {
            divide(&mut rgb.data, &alpha.data);
        }
        let data = rgb
            .data
            .chunks_exact(3)
            .zip(&alpha.data)
            .flat_map(|(rgb, alpha)| [rgb[0], rgb[1], rgb[2], *alpha])
            .collect();
        Picture::from_rgba(rgb.width, rgb.height, data)
    })
}

/// Interleaved bytes, one or three per pixel.
pub(super) struct Plane {
    pub width: u32,
    pub height: u32,
    pub data: Vec<u8>,
}

/// Everything needed to decode one item, away from the file it came from.
struct Job {
    layout: Option<grid::Grid>,
    /// One coded picture, or the tiles of the grid row by row.
    coded: Vec<Vec<u8>>,
    nclx: Option<crate::isobmff::Nclx>,
}

impl Job {
    fn of(still: &Still<'_>, item: &Item) -> Result<Self, MediaError> {
        let mut nclx = still.meta.nclx(item);
        if &item.kind != b"grid" {
            return Ok(Self {
                layout: None,
                coded: vec![still.data(item)?],
                nclx,
            });
        }
        let layout = grid::Grid::read(&still.data(item)?)?;
        let mut coded: Vec<Vec<u8>> = Vec::new();
        let mut total = 0;
        for id in still.meta.targets(b"dimg", item.id) {
            let tile = still.meta.item(id).filter(|tile| &tile.kind == b"av01");
            let tile = tile.ok_or_else(|| damaged("a tile is missing"))?;
            nclx = nclx.or_else(|| still.meta.nclx(tile));
            let data = still.data(tile)?;
            total += data.len();
            if total > still.bytes.len().saturating_mul(2) {
                return Err(damaged("its tiles repeat too often"));
            }
            coded.push(data);
        }
        if coded.len() != layout.tiles() {
            return Err(damaged("a tile is missing"));
        }
        Ok(Self {
            layout: Some(layout),
            coded,
            nclx,
        })
    }

    fn rgb(self, limits: &Limits) -> Result<Plane, MediaError> {
        let nclx = self.nclx;
        self.assemble(limits, 3, |frame| yuv::to_rgb(frame, nclx))
    }

    fn luma(self, limits: &Limits) -> Result<Plane, MediaError> {
        let nclx = self.nclx;
        self.assemble(limits, 1, |frame| yuv::to_luma(frame, nclx))
    }

    fn assemble(
        self,
        limits: &Limits,
        channels: usize,
        convert: impl Fn(&av1::Frame) -> Result<Plane, MediaError>,
    ) -> Result<Plane, MediaError> {
        let decode = |coded: Vec<u8>| convert(&av1::decode(coded, limits)?);
        match self.layout {
            None => {
                let coded = self.coded.into_iter().next();
                decode(coded.ok_or(MediaError::Truncated)?)
            }
            Some(layout) => {
                limits.check_size(layout.width, layout.height)?;
                layout.assemble(self.coded.into_iter().map(decode), channels)
            }
        }
    }
}

/// From colours multiplied by their alpha to plain ones.
fn divide(rgb: &mut [u8], alpha: &[u8]) {
    for (pixel, alpha) in rgb.chunks_exact_mut(3).zip(alpha) {
        if *alpha != 0 {
            let alpha = u32::from(*alpha);
            for value in pixel {
                *value = ((u32::from(*value) * 255 + alpha / 2) / alpha).min(255) as u8;
            }
        }
    }
}
