//! Where lines are: a map of text probability, thresholded, its connected
//! areas boxed and grown (Liao et al. 2020, "Real-time Scene Text Detection
//! with Differentiable Binarization").

use crate::MlError;
use crate::graph::Graph;

use super::geometry::{Point, Tilted, clockwise, distance, inside};
use super::raster::Raster;

/// The detector's sides are multiples of this.
const STEP: usize = 32;
/// Smaller pictures are shown larger: the short side is at least this.
const SHORT_SIDE: usize = 736;
/// The map's threshold.
const TEXT: f32 = 0.3;
/// A box's mean probability below this is no text.
const MIN_SCORE: f32 = 0.5;
/// The network marks a line's core; its box is area · this / perimeter larger.
const UNCLIP: f32 = 1.6;
/// The short side of an area in the map, and of its grown box.
const MIN_CORE: f32 = 3.0;
const MIN_BOX: f32 = MIN_CORE + 2.0;
/// In the picture; smaller boxes hold nothing legible.
const MIN_SIDE: f32 = 4.0;
/// More areas than this come from noise, not from writing.
const MAX_AREAS: usize = 1000;

/// The nearest multiple of the detector's step, ties to even as the authors
/// have it, at least one step.
pub(super) fn stepped(side: usize) -> usize {
    let steps = (side as f64 / STEP as f64).round_ties_even() as usize;
    steps.max(1) * STEP
}

/// Boxes in the raster's pixels: top left, top right, bottom right, bottom
/// left.
pub(super) fn boxes(detector: &Graph, raster: &Raster) -> Result<Vec<[Point; 4]>, MlError> {
    let short = raster.width.min(raster.height);
    let ratio = (SHORT_SIDE as f64 / short as f64).max(1.0);
    let side = |side: usize| stepped((side as f64 * ratio) as usize);
    let (width, height) = (side(raster.width), side(raster.height));
    let map = map(detector, &raster.resized(width, height))?;
    let scale = [
        raster.width as f32 / width as f32,
        raster.height as f32 / height as f32,
    ];
    let areas = areas(&map, width);
    let found = areas.iter().filter_map(|area| boxed(area, &map, width));
    let limits = [raster.width as f32, raster.height as f32];
    Ok(found.filter_map(|b| placed(b, scale, limits)).collect())
}

/// The network's text probability of every pixel.
fn map(detector: &Graph, raster: &Raster) -> Result<Vec<f32>, MlError> {
    let (width, height) = (raster.width, raster.height);
    let mut planes = vec![0f32; 3 * width * height];
    raster.write_planes(&mut planes, width);
    let shape = vec![1, 3, height, width];
    let (_, map) = detector
        .run_numbers(vec![("x", shape, planes)])?
        .swap_remove(0);
    Ok(map)
}

/// An area's grown box, in the map's pixels.
fn boxed(area: &[Point], map: &[f32], width: usize) -> Option<[Point; 4]> {
    let core = Tilted::around(area)?;
    if core.short_side() < MIN_CORE || score(&core.corners(), map, width) < MIN_SCORE {
        return None;
    }
    let grown = core.grown(core.area() * UNCLIP / core.perimeter());
    (grown.short_side() >= MIN_BOX).then(|| grown.corners())
}

/// To the raster's whole pixels, within it.
fn placed(corners: [Point; 4], scale: [f32; 2], limits: [f32; 2]) -> Option<[Point; 4]> {
    let place = |c: Point| [0, 1].map(|i| (c[i] * scale[i]).round().clamp(0.0, limits[i] - 1.0));
    let corners = clockwise(corners.map(place));
    let sides = [
        distance(corners[0], corners[1]),
        distance(corners[0], corners[3]),
    ];
    sides
        .iter()
        .all(|side| *side >= MIN_SIDE)
        .then_some(corners)
}

/// Mean probability in a box, its outline included.
fn score(corners: &[Point; 4], map: &[f32], width: usize) -> f32 {
    let height = map.len() / width;
    let corners = corners.map(|c| c.map(f32::trunc));
    let bounds = |axis: usize, limit: usize| {
        let values = corners.map(|c| c[axis]);
        let low = values.iter().copied().fold(f32::INFINITY, f32::min);
        let high = values.iter().copied().fold(0.0, f32::max);
        (low.max(0.0) as usize, (high.ceil() as usize).min(limit - 1))
    };
    let ((left, right), (top, bottom)) = (bounds(0, width), bounds(1, height));
    let (mut sum, mut count) = (0f64, 0u32);
    for y in top..=bottom {
        for x in left..=right {
            if inside(&corners, [x as f32, y as f32], OUTLINE) {
                sum += f64::from(map[y * width + x]);
                count += 1;
            }
        }
    }
    (sum / f64::from(count.max(1))) as f32
}

/// Pixels this near a side are drawn with it.
const OUTLINE: f32 = 0.5;

/// The connected areas (corners touching) of the thresholded map, widened by a
/// pixel to the right and down; of each, the ends of every run of pixels.
fn areas(map: &[f32], width: usize) -> Vec<Vec<Point>> {
    let height = map.len() / width;
    let core = |x: usize, y: usize| map[y * width + x] > TEXT;
    let mut open: Vec<bool> = vec![false; map.len()];
    for y in 0..height {
        for x in 0..width {
            open[y * width + x] = core(x, y)
                || (x > 0 && core(x - 1, y))
                || (y > 0 && core(x, y - 1))
                || (x > 0 && y > 0 && core(x - 1, y - 1));
        }
    }
    let mut areas = Vec::new();
    let mut stack = Vec::new();
    for start in 0..open.len() {
        if !open[start] {
            continue;
        }
        if areas.len() == MAX_AREAS {
            break;
        }
        let mut area = Vec::new();
        open[start] = false;
        stack.push(start);
        while let Some(at) = stack.pop() {
            let (x, y) = (at % width, at / width);
            area.push([x as f32, y as f32]);
            for near_y in y.saturating_sub(1)..=(y + 1).min(height - 1) {
                for near_x in x.saturating_sub(1)..=(x + 1).min(width - 1) {
                    let near = near_y * width + near_x;
                    if std::mem::take(&mut open[near]) {
                        stack.push(near);
                    }
                }
            }
        }
        areas.push(outline(area));
    }
    areas
}

/// The leftmost and rightmost pixel of every row: all that a hull needs.
fn outline(area: Vec<Point>) -> Vec<Point> {
    let mut rows = std::collections::BTreeMap::<u32, (f32, f32)>::new();
    for [x, y] in area {
        let ends = rows.entry(y as u32).or_insert((x, x));
        *ends = (ends.0.min(x), ends.1.max(x));
    }
    rows.into_iter()
        .flat_map(|(y, (left, right))| [[left, y as f32], [right, y as f32]])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(width: usize, height: usize, bars: &[[usize; 4]]) -> Vec<f32> {
        let mut map = vec![0.02; width * height];
        for [left, top, right, bottom] in bars {
            for y in *top..*bottom {
                map[y * width + left..y * width + right].fill(0.9);
            }
        }
        map
    }

    #[test]
    fn two_bars_are_two_boxes_grown_around_their_cores() {
        let map = map(128, 64, &[[10, 10, 90, 18], [20, 40, 70, 48]]);
        let areas = areas(&map, 128);
        assert_eq!(areas.len(), 2);
        let boxes: Vec<_> = areas.iter().filter_map(|a| boxed(a, &map, 128)).collect();
        assert_eq!(boxes.len(), 2);
        let [top_left, _, bottom_right, _] = boxes[0];
        // 80 by 8 grows by 640 · 1.6 / 176, about 6 on each side
        assert!(
            (top_left[0] - 4.0).abs() < 1.5 && (top_left[1] - 4.0).abs() < 1.5,
            "{top_left:?}"
        );
        assert!((bottom_right[0] - 96.0).abs() < 1.5, "{bottom_right:?}");
    }

    #[test]
    fn what_is_faint_or_tiny_is_no_text() {
        let mut faint = map(64, 64, &[[10, 10, 50, 20]]);
        faint.iter_mut().for_each(|p| *p *= 0.4);
        assert!(
            areas(&faint, 64)
                .iter()
                .all(|a| boxed(a, &faint, 64).is_none())
        );
        let tiny = map(64, 64, &[[10, 10, 12, 11]]);
        assert!(
            areas(&tiny, 64)
                .iter()
                .all(|a| boxed(a, &tiny, 64).is_none())
        );
        assert!(areas(&map(64, 64, &[]), 64).is_empty());
    }

    #[test]
    fn noise_is_bounded() {
        let noisy: Vec<f32> = (0..256 * 256)
            .map(|at| {
                if at % 4 == 0 && at / 256 % 4 == 0 {
                    1.0
                } else {
                    0.0
                }
            })
            .collect();
        assert_eq!(areas(&noisy, 256).len(), MAX_AREAS);
    }

    #[test]
    fn sides_are_multiples_of_the_step() {
        assert_eq!([1, 47, 48, 80, 736].map(stepped), [32, 32, 64, 64, 736]);
    }
}
