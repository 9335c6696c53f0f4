//! Colour profiles: everything downstream expects sRGB.

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use crate::isobmff::Nclx;

/// The profile that code points stand for: wide gamuts with an ordinary transfer curve.
/// `None` for what is close enough to sRGB, and for HDR, which needs more than a profile.
pub(crate) fn profile_of(nclx: Nclx) -> Option<Vec<u8>> {
    // BT.709, unspecified, BT.601, sRGB, BT.2020 in 10 and 12 bits
    if !matches!(nclx.transfer, 1 | 2 | 6 | 13 | 14 | 15) {
        return None;
    }
    let profile = match nclx.primaries {
        9 => ColorProfile::new_bt2020(),
        12 => ColorProfile::new_display_p3(),
        _ => return None,
    };
    profile.encode().ok()
}

/// Converts RGB or RGBA bytes in place from the embedded profile to sRGB.
///
/// A profile that cannot be read, or that is not about RGB, leaves the pixels alone: most
/// such pictures are sRGB anyway, and a slightly wrong colour beats a refused picture.
pub(crate) fn to_srgb(data: &mut [u8], width: usize, has_alpha: bool, profile: &[u8]) {
    let Ok(source) = ColorProfile::new_from_slice(profile) else {
        return;
    };
    if source.color_space != DataColorSpace::Rgb {
        return;
    }
    let (layout, channels) = if has_alpha {
        (Layout::Rgba, 4)
    } else {
        (Layout::Rgb, 3)
    };
    let target = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let Ok(transform) = source.create_transform_8bit(layout, &target, layout, options) else {
        return;
    };
    let mut converted = vec![0; width * channels];
    for row in data.chunks_exact_mut(width * channels) {
        if transform.transform(row, &mut converted).is_err() {
            return;
        }
        row.copy_from_slice(&converted);
    }
}
