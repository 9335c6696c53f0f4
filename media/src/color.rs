//! Colour profiles: everything downstream expects sRGB.

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

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
