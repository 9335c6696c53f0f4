//! One AV1 key frame, decoded by rav1d on the calling thread.

use re_rav1d::{Decoder, PixelLayout, PlanarImageComponent as Component, Settings};

use crate::error::damaged;
use crate::isobmff::Nclx;
use crate::{Limits, MediaError};

/// A decoded frame whose samples can be asked for one row at a time.
pub(super) struct Frame {
    picture: re_rav1d::Picture,
    /// Bits per sample: 8, 10 or 12.
    pub bits: u32,
    /// Chroma is halved across, and down; `None` for frames without chroma.
    pub chroma: Option<(bool, bool)>,
    /// Colour as the coded data itself declares it.
    pub color: Nclx,
}

impl Frame {
    pub fn width(&self) -> u32 {
        self.picture.width()
    }

    pub fn height(&self) -> u32 {
        self.picture.height()
    }

    /// Row `y` of a plane (0 luma, 1 and 2 chroma), widened to 16 bits.
    pub fn row(&self, plane: usize, y: usize, into: &mut Vec<u16>) -> Result<(), MediaError> {
        let component = Component::from(plane);
        let data = self.picture.plane(component);
        let stride = self.picture.stride(component) as usize;
        let halved = plane > 0 && self.chroma.is_some_and(|chroma| chroma.0);
        let width = (self.width() as usize).div_ceil(1 + usize::from(halved));
        let bytes = if self.bits == 8 { width } else { width * 2 };
        let start = y * stride;
        let row = data
            .get(start..start + bytes)
            .ok_or_else(|| damaged("a plane is shorter than its picture"))?;
        into.clear();
        if self.bits == 8 {
            into.extend(row.iter().map(|sample| u16::from(*sample)));
        } else {
            let sample = |pair: &[u8]| u16::from_ne_bytes([pair[0], pair[1]]);
            into.extend(row.chunks_exact(2).map(sample));
        }
        Ok(())
    }
}

/// Decodes the first frame of the coded data.
pub(super) fn decode(coded: Vec<u8>, limits: &Limits) -> Result<Frame, MediaError> {
    let mut settings = Settings::new();
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    settings.set_all_layers(false);
    settings.set_frame_size_limit(u32::try_from(limits.pixels).unwrap_or(u32::MAX));
    let mut decoder = Decoder::with_settings(&settings).map_err(refused)?;
    match decoder.send_data(coded, None, None, None) {
        Ok(()) => {}
        Err(error) if error.is_again() => {}
        Err(error) => return Err(refused(error)),
    }
    let picture = loop {
        match decoder.get_picture() {
            Ok(picture) => break picture,
            Err(error) if error.is_again() => {}
            Err(error) => return Err(refused(error)),
        }
        // nothing pending and still no picture: the data stops before its first frame
        match decoder.send_pending_data() {
            Ok(()) => break decoder.get_picture().map_err(refused)?,
            Err(error) if error.is_again() => {}
            Err(error) => return Err(refused(error)),
        }
    };
    limits.check_size(picture.width(), picture.height())?;
    let bits = picture.bits_per_component().map_or(0, |bits| bits.0 as u32);
    if !matches!(bits, 8 | 10 | 12) {
        return Err(damaged("its bit depth makes no sense"));
    }
    let chroma = match picture.pixel_layout() {
        PixelLayout::I400 => None,
        PixelLayout::I420 => Some((true, true)),
        PixelLayout::I422 => Some((true, false)),
        PixelLayout::I444 => Some((false, false)),
    };
    let color = declared_color(&picture);
    Ok(Frame {
        picture,
        bits,
        chroma,
        color,
    })
}

fn declared_color(picture: &re_rav1d::Picture) -> Nclx {
    use re_rav1d::pixel::{MatrixCoefficients as M, YUVRange};
    let matrix = match picture.matrix_coefficients() {
        M::Identity => 0,
        M::BT709 => 1,
        M::BT470M => 4,
        M::ST240M => 7,
        M::YCgCo => 8,
        M::BT2020NonConstantLuminance => 9,
        M::BT470BG | M::ST170M => 6,
        _ => 2,
    };
    Nclx {
        primaries: 2,
        transfer: 2,
        matrix,
        full_range: picture.color_range() == YUVRange::Full,
    }
}

fn refused(error: re_rav1d::Error) -> MediaError {
    match error {
        re_rav1d::Error::Again => MediaError::Truncated,
        re_rav1d::Error::NotEnoughMemory => damaged("its frame is too big to decode"),
        error => damaged(format!("AV1: {error}")),
    }
}
