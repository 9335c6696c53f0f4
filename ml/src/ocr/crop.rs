//! Cuts a box out and straightens it.

use super::geometry::{Point, distance};
use super::raster::Raster;

/// Boxes so much higher than wide hold text that runs down; they are laid on
/// their side.
const UPRIGHT: f32 = 1.5;
/// OpenCV's.
const CUBIC: f32 = -0.75;

/// The box, as wide and as high as its longer sides.
pub(super) fn straighten(raster: &Raster, corners: &[Point; 4]) -> Raster {
    let [a, b, c, d] = *corners;
    let side = |one: f32, other: f32| (one.max(other) as usize).max(1);
    let width = side(distance(a, b), distance(c, d));
    let height = side(distance(a, d), distance(b, c));
    let map = Perspective::onto(corners, width as f32, height as f32);
    let mut data = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            data.push(sample(raster, map.at(x as f32, y as f32)));
        }
    }
    let cut = Raster {
        width,
        height,
        data,
    };
    if height as f32 >= UPRIGHT * width as f32 {
        cut.turned_left()
    } else {
        cut
    }
}

/// Takes a rectangle's points to a quadrilateral's: Heckbert 1989, section
/// 2.2.3, in closed form.
struct Perspective {
    rows: [[f32; 3]; 2],
    below: [f32; 2],
}

impl Perspective {
    fn onto(&[a, b, c, d]: &[Point; 4], width: f32, height: f32) -> Self {
        let sum = [0, 1].map(|i| a[i] - b[i] + c[i] - d[i]);
        let (one, two) = ([0, 1].map(|i| b[i] - c[i]), [0, 1].map(|i| d[i] - c[i]));
        let cross = |p: Point, q: Point| p[0] * q[1] - p[1] * q[0];
        let area = cross(one, two);
        // corners on one line have no inside: nothing to correct
        let (g, h) = if area.abs() > f32::EPSILON {
            (cross(sum, two) / area, cross(one, sum) / area)
        } else {
            (0.0, 0.0)
        };
        let row = |i: usize| {
            [
                (b[i] - a[i] + g * b[i]) / width,
                (d[i] - a[i] + h * d[i]) / height,
                a[i],
            ]
        };
        Self {
            rows: [row(0), row(1)],
            below: [g / width, h / height],
        }
    }

    fn at(&self, x: f32, y: f32) -> Point {
        let below = self.below[0] * x + self.below[1] * y + 1.0;
        self.rows
            .map(|row| (row[0] * x + row[1] * y + row[2]) / below)
    }
}

/// Bicubic; the outermost pixels go on for ever.
fn sample(raster: &Raster, [x, y]: Point) -> [f32; 3] {
    let (left, top) = (x.floor(), y.floor());
    let (across, down) = (weights(x - left), weights(y - top));
    let mut sum = [0f32; 3];
    for (j, weight_y) in down.iter().enumerate() {
        for (i, weight_x) in across.iter().enumerate() {
            let pixel = raster.at(
                left as isize + i as isize - 1,
                top as isize + j as isize - 1,
            );
            for (sum, value) in sum.iter_mut().zip(pixel) {
                *sum += weight_x * weight_y * value;
            }
        }
    }
    sum.map(|value| value.round().clamp(0.0, 255.0))
}

/// Of the four pixels around a point that lies `t` behind the second.
fn weights(t: f32) -> [f32; 4] {
    let far = |d: f32| ((CUBIC * d - 5.0 * CUBIC) * d + 8.0 * CUBIC) * d - 4.0 * CUBIC;
    let near = |d: f32| ((CUBIC + 2.0) * d - (CUBIC + 3.0)) * d * d + 1.0;
    [far(t + 1.0), near(t), near(1.0 - t), far(2.0 - t)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value at a point says where it is.
    fn slope() -> Raster {
        Raster {
            width: 100,
            height: 60,
            data: (0..60)
                .flat_map(|y| (0..100).map(move |x| [x as f32, y as f32, 7.0]))
                .collect(),
        }
    }

    #[test]
    fn an_upright_box_is_cut_out_as_it_is() {
        let cut = straighten(
            &slope(),
            &[[10.0, 20.0], [50.0, 20.0], [50.0, 30.0], [10.0, 30.0]],
        );
        assert_eq!((cut.width, cut.height), (40, 10));
        assert_eq!(cut.data[0], [10.0, 20.0, 7.0]);
        assert_eq!(cut.data[3 * 40 + 5], [15.0, 23.0, 7.0]);
    }

    #[test]
    fn a_slanted_box_is_straightened() {
        let corners = [[10.0, 10.0], [50.0, 30.0], [45.0, 40.0], [5.0, 20.0]];
        let map = Perspective::onto(&corners, 44.0, 11.0);
        for (corner, (x, y)) in
            corners
                .iter()
                .zip([(0.0, 0.0), (44.0, 0.0), (44.0, 11.0), (0.0, 11.0)])
        {
            assert!(distance(*corner, map.at(x, y)) < 1e-3);
        }
    }

    #[test]
    fn a_real_perspective_meets_its_corners_too() {
        let corners = [[10.0, 10.0], [50.0, 12.0], [48.0, 40.0], [5.0, 22.0]];
        let map = Perspective::onto(&corners, 40.0, 20.0);
        for (corner, (x, y)) in
            corners
                .iter()
                .zip([(0.0, 0.0), (40.0, 0.0), (40.0, 20.0), (0.0, 20.0)])
        {
            assert!(distance(*corner, map.at(x, y)) < 1e-3);
        }
    }

    #[test]
    fn a_high_box_is_laid_on_its_side() {
        let cut = straighten(
            &slope(),
            &[[10.0, 10.0], [20.0, 10.0], [20.0, 50.0], [10.0, 50.0]],
        );
        assert_eq!((cut.width, cut.height), (40, 10));
        // its top is now on the left, its right side above
        assert_eq!(cut.data[0], [19.0, 10.0, 7.0]);
    }

    #[test]
    fn nothing_is_cut_out_of_a_box_on_a_line() {
        let cut = straighten(&slope(), &[[5.0, 5.0]; 4]);
        assert_eq!(cut.data.len(), 1);
    }
}
