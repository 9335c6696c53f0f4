//! The box over a picture: how it is moved, resized and drawn. Pure numbers in
//! parts of the picture's sides.

use protocol::visual::{REGION_MIN, Region};

/// The middle 60 %.
pub const START: Region = Region {
    x: 0.2,
    y: 0.2,
    w: 0.6,
    h: 0.6,
};

/// A step of the arrow keys.
pub const STEP: f32 = 0.02;

/// Sides never become shorter than this on the screen, in CSS pixels: the
/// handles must not hide what they hold.
const LEAST_PX: f32 = 44.0;

/// What is pulled at: -1 the left or upper side, 1 the other, 0 neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handle {
    pub x: i8,
    pub y: i8,
}

/// Corners last: they lie above the edges.
pub const HANDLES: [Handle; 8] = [
    Handle { x: 0, y: -1 },
    Handle { x: 1, y: 0 },
    Handle { x: 0, y: 1 },
    Handle { x: -1, y: 0 },
    Handle { x: -1, y: -1 },
    Handle { x: 1, y: -1 },
    Handle { x: 1, y: 1 },
    Handle { x: -1, y: 1 },
];

/// The smallest sides on a picture that is shown so large.
pub fn least(width: f64, height: f64) -> (f32, f32) {
    let part = |size: f64| {
        let part = LEAST_PX / (size.max(1.0) as f32);
        part.clamp(REGION_MIN * 2.0, 0.5)
    };
    (part(width), part(height))
}

/// Somewhere else, as far as the picture reaches; its size stays.
pub fn moved(at: Region, dx: f32, dy: f32) -> Region {
    Region {
        x: (at.x + dx).clamp(0.0, (1.0 - at.w).max(0.0)),
        y: (at.y + dy).clamp(0.0, (1.0 - at.h).max(0.0)),
        ..at
    }
}

/// Pulled at a handle; the other sides stay where they are.
pub fn resized(at: Region, handle: Handle, dx: f32, dy: f32, least: (f32, f32)) -> Region {
    let (x, w) = pulled(at.x, at.w, handle.x, dx, least.0);
    let (y, h) = pulled(at.y, at.h, handle.y, dy, least.1);
    Region { x, y, w, h }
}

/// One direction of it: start and length.
fn pulled(start: f32, length: f32, side: i8, by: f32, least: f32) -> (f32, f32) {
    let end = start + length;
    match side {
        -1 => {
            let start = (start + by).clamp(0.0, (end - least).max(0.0));
            (start, end - start)
        }
        1 => {
            let lowest = (start + least).min(1.0);
            let end = (end + by).clamp(lowest, 1.0);
            (start, end - start)
        }
        _ => (start, length),
    }
}

/// Drawn anew from one point to another.
pub fn drawn(from: (f32, f32), to: (f32, f32), least: (f32, f32)) -> Region {
    let (x, w) = spanned(from.0, to.0, least.0);
    let (y, h) = spanned(from.1, to.1, least.1);
    Region { x, y, w, h }
}

fn spanned(a: f32, b: f32, least: f32) -> (f32, f32) {
    let (a, b) = (a.clamp(0.0, 1.0), b.clamp(0.0, 1.0));
    let length = (a - b).abs().max(least).min(1.0);
    (a.min(b).min(1.0 - length), length)
}

/// What an arrow key does: moves, or with Shift pulls at the lower right.
/// Other keys are not for the box.
pub fn keyed(at: Region, key: &str, shift: bool, least: (f32, f32)) -> Option<Region> {
    let (dx, dy) = match key {
        "ArrowLeft" => (-STEP, 0.0),
        "ArrowRight" => (STEP, 0.0),
        "ArrowUp" => (0.0, -STEP),
        "ArrowDown" => (0.0, STEP),
        _ => return None,
    };
    Some(if shift {
        resized(at, Handle { x: 1, y: 1 }, dx, dy, least)
    } else {
        moved(at, dx, dy)
    })
}

/// For those who hear it.
pub fn said(at: Region) -> String {
    let part = |v: f32| (v * 100.0).round() as i32;
    format!(
        "{} % from the left, {} % from the top, {} % wide, {} % high",
        part(at.x),
        part(at.y),
        part(at.w),
        part(at.h)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LEAST: (f32, f32) = (0.1, 0.1);

    fn within(at: Region) -> bool {
        at.checked().is_ok() && at.w >= LEAST.0 - 1e-4 && at.h >= LEAST.1 - 1e-4
    }

    #[test]
    fn a_box_stops_at_the_edge_with_its_size() {
        let at = moved(START, 5.0, -5.0);
        assert_eq!((at.w, at.h), (START.w, START.h));
        assert!((at.x - 0.4).abs() < 1e-6 && at.y == 0.0);
    }

    #[test]
    fn the_side_that_is_not_pulled_stays() {
        let at = resized(START, Handle { x: -1, y: 0 }, 0.9, 0.9, LEAST);
        assert!((at.x + at.w - 0.8).abs() < 1e-6);
        assert!((at.w - LEAST.0).abs() < 1e-6, "no smaller than that");
        assert_eq!((at.y, at.h), (START.y, START.h));
    }

    #[test]
    fn arrows_move_and_shift_resizes() {
        let moved = keyed(START, "ArrowRight", false, LEAST).expect("an arrow");
        assert!((moved.x - START.x - STEP).abs() < 1e-6 && moved.w == START.w);
        let wider = keyed(START, "ArrowRight", true, LEAST).expect("an arrow");
        assert!((wider.w - START.w - STEP).abs() < 1e-6 && wider.x == START.x);
        assert_eq!(keyed(START, "Home", false, LEAST), None);
    }

    #[test]
    fn small_pictures_have_large_smallest_boxes() {
        assert_eq!(least(10.0, 10.0), (0.5, 0.5));
        let (w, h) = least(440.0, 44_000.0);
        assert!((w - 0.1).abs() < 1e-6 && h >= REGION_MIN);
    }

    proptest! {
        #[test]
        fn whatever_is_done_it_stays_within_the_picture(
            pulls in prop::collection::vec((0usize..10, -1.5f32..1.5, -1.5f32..1.5), 1..20),
        ) {
            let mut at = START;
            for (what, dx, dy) in pulls {
                at = match HANDLES.get(what) {
                    Some(handle) => resized(at, *handle, dx, dy, LEAST),
                    None if what == 8 => drawn((dx, dy), (dy, dx), LEAST),
                    None => moved(at, dx, dy),
                };
                prop_assert!(within(at), "{at:?}");
            }
        }
    }
}
