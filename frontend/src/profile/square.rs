//! A square on a picture: how it is moved and resized. Pure numbers.

use protocol::visual::Region;

/// The least side, in parts of the picture's shorter one.
pub const LEAST: f32 = 0.1;
/// A step of the arrow keys, in the same.
pub const STEP: f32 = 0.04;

/// A square that lies within the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Square {
    /// The picture's sides in pixels.
    size: (f32, f32),
    /// The middle, in pixels.
    middle: (f32, f32),
    /// In pixels.
    side: f32,
}

impl Square {
    /// The largest one in the middle.
    pub fn of(width: u32, height: u32) -> Self {
        let size = (width.max(1) as f32, height.max(1) as f32);
        Self {
            size,
            middle: (size.0 / 2.0, size.1 / 2.0),
            side: size.0.min(size.1),
        }
    }

    fn shorter(&self) -> f32 {
        self.size.0.min(self.size.1)
    }

    /// How large it is, in parts of the largest: [`LEAST`] to 1.
    pub fn scale(&self) -> f32 {
        self.side / self.shorter()
    }

    /// As large as that, around the same middle as far as the picture goes.
    pub fn scaled(self, scale: f32) -> Self {
        let scale = if scale.is_finite() { scale } else { 1.0 };
        let side = scale.clamp(LEAST, 1.0) * self.shorter();
        Self { side, ..self }.kept()
    }

    /// Moved by parts of the picture's shorter side.
    pub fn moved(self, dx: f32, dy: f32) -> Self {
        let by = self.shorter();
        let middle = (self.middle.0 + dx * by, self.middle.1 + dy * by);
        Self { middle, ..self }.kept()
    }

    /// Around this place, in parts of the picture's sides.
    pub fn around(self, x: f32, y: f32) -> Self {
        let middle = (x * self.size.0, y * self.size.1);
        Self { middle, ..self }.kept()
    }

    /// Its middle, in parts of the picture's sides.
    pub fn at(&self) -> (f32, f32) {
        (self.middle.0 / self.size.0, self.middle.1 / self.size.1)
    }

    pub fn region(&self) -> Region {
        let (width, height) = self.size;
        let (w, h) = ((self.side / width).min(1.0), (self.side / height).min(1.0));
        Region {
            x: (self.middle.0 / width - w / 2.0).clamp(0.0, 1.0 - w),
            y: (self.middle.1 / height - h / 2.0).clamp(0.0, 1.0 - h),
            w,
            h,
        }
    }

    /// What a key does: arrows move, with Shift or as + and - they resize.
    pub fn keyed(self, key: &str, shift: bool) -> Option<Self> {
        Some(match (key, shift) {
            ("ArrowLeft" | "ArrowDown", true) | ("-", _) => self.scaled(self.scale() - STEP),
            ("ArrowRight" | "ArrowUp", true) | ("+" | "=", _) => self.scaled(self.scale() + STEP),
            ("ArrowLeft", _) => self.moved(-STEP, 0.0),
            ("ArrowRight", _) => self.moved(STEP, 0.0),
            ("ArrowUp", _) => self.moved(0.0, -STEP),
            ("ArrowDown", _) => self.moved(0.0, STEP),
            _ => return None,
        })
    }

    /// For those who hear it.
    pub fn said(&self) -> String {
        let part = |v: f32| (v * 100.0).round() as i32;
        let (x, y) = self.at();
        format!(
            "{} % of the picture's shorter side, its middle {} % from the left and {} % from the top",
            part(self.scale()),
            part(x),
            part(y)
        )
    }

    fn kept(self) -> Self {
        let half = self.side / 2.0;
        let along = |at: f32, whole: f32| {
            let at = if at.is_finite() { at } else { whole / 2.0 };
            at.clamp(half, (whole - half).max(half))
        };
        let middle = (
            along(self.middle.0, self.size.0),
            along(self.middle.1, self.size.1),
        );
        Self { middle, ..self }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn arrows_move_and_shift_resizes() {
        let whole = Square::of(400, 200);
        assert_eq!(
            whole.region(),
            Region {
                x: 0.25,
                y: 0.0,
                w: 0.5,
                h: 1.0
            }
        );
        let right = whole.keyed("ArrowRight", false).expect("an arrow");
        assert!(right.at().0 > whole.at().0 && right.scale() == whole.scale());
        let smaller = whole.keyed("ArrowLeft", true).expect("an arrow");
        assert!((smaller.scale() - (1.0 - STEP)).abs() < 1e-6);
        assert_eq!(smaller.at(), whole.at());
        assert_eq!(whole.keyed("Tab", false), None);
    }

    proptest! {
        #[test]
        fn whatever_is_done_it_is_a_square_within_the_picture(
            width in 1u32..4000, height in 1u32..4000,
            acts in prop::collection::vec((0u8..3, -2f32..2.0, -2f32..2.0), 0..20),
        ) {
            let mut square = Square::of(width, height);
            for (what, a, b) in acts {
                square = match what {
                    0 => square.moved(a, b),
                    1 => square.scaled(a),
                    _ => square.around(a, b),
                };
                let region = square.region();
                prop_assert!(region.x >= 0.0 && region.y >= 0.0);
                prop_assert!(region.x + region.w <= 1.0001 && region.y + region.h <= 1.0001);
                let sides = (region.w * width as f32, region.h * height as f32);
                prop_assert!((sides.0 - sides.1).abs() <= 1.0, "{sides:?}");
                prop_assert!(square.scale() >= LEAST - 1e-4);
            }
        }
    }
}
