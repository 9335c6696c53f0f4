//! From a region to what the model is shown.

use media::Picture;
use protocol::visual::Region;

/// What is added around a region, in parts of its longer side: things are
/// known by what they stand in.
const CONTEXT: f32 = 0.08;

/// The part of a picture that a region stands for. The model looks at squares
/// and would cut a long region's ends off, so the shorter side is widened as
/// far as the picture goes.
pub fn shown(picture: &Picture, region: Region) -> Picture {
    let [x, y, width, height] = square([picture.width() as f32, picture.height() as f32], region);
    picture.cropped(x, y, width, height)
}

/// The very region, for its colours.
pub fn exact(picture: &Picture, region: Region) -> Picture {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    picture.cropped(
        (region.x * width) as u32,
        (region.y * height) as u32,
        (region.w * width).ceil() as u32,
        (region.h * height).ceil() as u32,
    )
}

/// x, y, width and height in pixels.
fn square(size: [f32; 2], region: Region) -> [u32; 4] {
    let from = [region.x * size[0], region.y * size[1]];
    let span = [region.w * size[0], region.h * size[1]];
    let side = span[0].max(span[1]) * (1.0 + 2.0 * CONTEXT);
    let along = |axis: usize| {
        let length = side.min(size[axis]);
        let middle = from[axis] + span[axis] / 2.0;
        let start = (middle - length / 2.0).clamp(0.0, size[axis] - length);
        (start.round() as u32, length.round().max(1.0) as u32)
    };
    let ((x, width), (y, height)) = (along(0), along(1));
    [x, y, width, height]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_long_region_is_widened_to_a_square_within_the_picture() {
        let region = Region {
            x: 0.2,
            y: 0.0,
            w: 0.5,
            h: 0.1,
        };
        let [x, y, width, height] = square([1000.0, 800.0], region);
        assert_eq!((width, height), (580, 580));
        assert_eq!((x, y), (160, 0), "shifted into the picture");
        // no wider than the picture is
        let [_, _, width, height] = square([1000.0, 300.0], region);
        assert_eq!((width, height), (580, 300));
    }

    proptest! {
        #[test]
        fn the_region_is_always_inside_what_is_shown(
            x in 0f32..0.9, y in 0f32..0.9, w in 0.02f32..1.0, h in 0.02f32..1.0,
            width in 30f32..3000.0, height in 30f32..3000.0,
        ) {
            let region = Region { x, y, w: w.min(1.0 - x), h: h.min(1.0 - y) };
            prop_assume!(region.checked().is_ok());
            let (width, height) = (width.round(), height.round());
            let [left, top, wide, high] = square([width, height], region);
            prop_assert!((left + wide) as f32 <= width + 1.0 && (top + high) as f32 <= height + 1.0);
            prop_assert!(left as f32 <= region.x * width + 1.0);
            prop_assert!((left + wide) as f32 >= (region.x + region.w) * width - 1.0);
            prop_assert!(top as f32 <= region.y * height + 1.0);
            prop_assert!((top + high) as f32 >= (region.y + region.h) * height - 1.0);
        }
    }
}
