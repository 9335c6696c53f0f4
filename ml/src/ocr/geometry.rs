//! The smallest rectangle, at any angle, around some points.

/// x to the right, y down.
pub(super) type Point = [f32; 2];

/// A rectangle at an angle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tilted {
    centre: Point,
    /// Of length 1, along `size[0]`.
    axis: Point,
    /// Along the axis, and across.
    pub size: [f32; 2],
}

impl Tilted {
    /// The one of least area (Freeman and Shapira 1975: a side of it lies on a
    /// side of the hull). None without points.
    pub fn around(points: &[Point]) -> Option<Self> {
        let hull = hull(points.to_vec());
        let first = *hull.first()?;
        let mut best: Option<Self> = None;
        for (at, &from) in hull.iter().enumerate() {
            let to = hull[(at + 1) % hull.len()];
            let side = [to[0] - from[0], to[1] - from[1]];
            let length = dot(side, side).sqrt();
            let axis = if length > 0.0 {
                [side[0] / length, side[1] / length]
            } else {
                [1.0, 0.0]
            };
            let found = Self::along(axis, &hull, first);
            if best.is_none_or(|best| found.area() < best.area()) {
                best = Some(found);
            }
        }
        best
    }

    fn along(axis: Point, hull: &[Point], origin: Point) -> Self {
        let across = [-axis[1], axis[0]];
        let (mut low, mut high) = ([0f32; 2], [0f32; 2]);
        for point in hull {
            let from = [point[0] - origin[0], point[1] - origin[1]];
            for (at, along) in [dot(from, axis), dot(from, across)].into_iter().enumerate() {
                low[at] = low[at].min(along);
                high[at] = high[at].max(along);
            }
        }
        let middle = [(low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0];
        Self {
            centre: [0, 1].map(|c| origin[c] + middle[0] * axis[c] + middle[1] * across[c]),
            axis,
            size: [high[0] - low[0], high[1] - low[1]],
        }
    }

    pub fn short_side(&self) -> f32 {
        self.size[0].min(self.size[1])
    }

    pub fn area(&self) -> f32 {
        self.size[0] * self.size[1]
    }

    /// Larger by so much on every side.
    pub fn grown(mut self, by: f32) -> Self {
        self.size = self.size.map(|side| side + 2.0 * by);
        self
    }

    pub fn perimeter(&self) -> f32 {
        2.0 * (self.size[0] + self.size[1])
    }

    /// Top left, top right, bottom right, bottom left.
    pub fn corners(&self) -> [Point; 4] {
        let [a, b] = self.size.map(|side| side / 2.0);
        let across = [-self.axis[1], self.axis[0]];
        let corner = |i: f32, j: f32| {
            [0, 1].map(|c| self.centre[c] + i * a * self.axis[c] + j * b * across[c])
        };
        clockwise([
            corner(-1.0, -1.0),
            corner(1.0, -1.0),
            corner(1.0, 1.0),
            corner(-1.0, 1.0),
        ])
    }
}

/// Orders a quadrilateral's corners: the left two, the right two, and of each
/// the upper one first.
pub(super) fn clockwise(mut corners: [Point; 4]) -> [Point; 4] {
    corners.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let [a, b, c, d] = corners;
    let upper = |a: Point, b: Point| if b[1] < a[1] { (b, a) } else { (a, b) };
    let ((top_left, bottom_left), (top_right, bottom_right)) = (upper(a, b), upper(c, d));
    [top_left, top_right, bottom_right, bottom_left]
}

pub(super) fn distance(a: Point, b: Point) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// Whether a point lies in a convex polygon, or within `margin` of a side's
/// line; either sense of rotation.
pub(super) fn inside(polygon: &[Point; 4], point: Point, margin: f32) -> bool {
    let away = |at: usize| {
        let (from, to) = (polygon[at], polygon[(at + 1) % 4]);
        let length = distance(from, to).max(f32::MIN_POSITIVE);
        ((to[0] - from[0]) * (point[1] - from[1]) - (to[1] - from[1]) * (point[0] - from[0]))
            / length
    };
    (0..4).all(|at| away(at) >= -margin) || (0..4).all(|at| away(at) <= margin)
}

fn dot(a: Point, b: Point) -> f32 {
    a[0] * b[0] + a[1] * b[1]
}

/// Andrew's monotone chain; without points on a side.
fn hull(mut points: Vec<Point>) -> Vec<Point> {
    points.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    points.dedup();
    if points.len() < 3 {
        return points;
    }
    let mut chain: Vec<Point> = Vec::new();
    let mut add = |points: &mut dyn Iterator<Item = Point>| {
        let start = chain.len();
        for point in points {
            while chain.len() >= start + 2 {
                let (a, b) = (chain[chain.len() - 2], chain[chain.len() - 1]);
                let turn = (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]);
                if turn > 0.0 {
                    break;
                }
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
    };
    add(&mut points.iter().copied());
    add(&mut points.iter().rev().copied());
    chain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_tilted_rectangle_is_found_again() {
        let (sin, cos) = 0.3f32.sin_cos();
        let points: Vec<Point> = (0..=40)
            .flat_map(|x| (0..=10).map(move |y| (x as f32, y as f32)))
            .map(|(x, y)| [50.0 + x * cos - y * sin, 20.0 + x * sin + y * cos])
            .collect();
        let found = Tilted::around(&points).expect("points");
        assert!((found.area() - 400.0).abs() < 0.1, "{found:?}");
        assert!((found.short_side() - 10.0).abs() < 0.01);
        let [top_left, top_right, ..] = found.corners();
        assert!(distance(top_left, [50.0, 20.0]) < 0.05, "{top_left:?}");
        assert!((distance(top_left, top_right) - 40.0).abs() < 0.05);
    }

    #[test]
    fn one_point_and_none() {
        assert!(Tilted::around(&[]).is_none());
        assert_eq!(Tilted::around(&[[3.0, 4.0]]).expect("one").area(), 0.0);
    }

    proptest! {
        #[test]
        fn every_point_lies_in_its_rectangle(
            points in prop::collection::vec((0u8..200, 0u8..200), 1..60)
        ) {
            let points: Vec<Point> = points.iter().map(|&(x, y)| [f32::from(x), f32::from(y)]).collect();
            let corners = Tilted::around(&points).expect("points").grown(0.05).corners();
            for point in points {
                prop_assert!(inside(&corners, point, 0.05), "{point:?} {corners:?}");
            }
        }
    }
}
