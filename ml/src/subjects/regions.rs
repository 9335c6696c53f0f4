//! From a map to boxes around what stands out of it.

use super::map::Map;

/// Heights at which the map is cut, in parts of its span: what is one island
/// at a low one may be several at a higher.
const CUTS: [f32; 6] = [0.25, 0.35, 0.45, 0.55, 0.65, 0.75];
/// Smallest and largest box, in parts of the picture.
const AREA: [f32; 2] = [0.012, 0.75];
/// Below this a box counts less and less.
const SMALL: f32 = 0.06;
/// How far around a box it is compared with, in parts of its sides.
const AROUND: f32 = 0.3;
/// What a box keeps for each edge of the picture that it touches: what is cut
/// off there is seldom what the picture is about.
const EDGE: f32 = 0.85;
/// Overlap (of the union) from which two boxes are one; and that of the
/// smaller, unless it is far smaller.
const ONE: f32 = 0.35;
const WITHIN: f32 = 0.6;
const FAR_SMALLER: f32 = 0.3;

/// A box that stands out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Left, top, width, height, in parts of the sides.
    pub region: [f32; 4],
    /// Contrast to what is around, in 0…1.
    pub score: f32,
}

/// All islands at all cuts.
pub fn standing_out(map: &Map) -> Vec<Candidate> {
    let top = map.data.iter().copied().fold(0.0, f32::max);
    let low = map.data.iter().copied().fold(f32::INFINITY, f32::min);
    if top - low <= f32::EPSILON {
        return Vec::new();
    }
    let level = |value: f32| (value - low) / (top - low);
    let levelled = Map {
        data: map.data.iter().map(|&value| level(value)).collect(),
        ..map.clone()
    };
    let islands = CUTS.iter().flat_map(|&cut| islands(&levelled, cut));
    islands
        .filter_map(|island| rated(&levelled, &island))
        .collect()
}

/// Cells above a cut that touch.
struct Island {
    /// Left, top, right, bottom; the last two not included.
    bounds: [usize; 4],
    cells: usize,
    sum: f32,
}

fn islands(map: &Map, cut: f32) -> Vec<Island> {
    let mut seen = vec![false; map.data.len()];
    let mut found = Vec::new();
    for start in 0..map.data.len() {
        if seen[start] || map.data[start] <= cut {
            continue;
        }
        seen[start] = true;
        let mut island = Island {
            bounds: [map.width, map.height, 0, 0],
            cells: 0,
            sum: 0.0,
        };
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            let (x, y) = (at % map.width, at / map.width);
            let [left, top, right, bottom] = island.bounds;
            island.bounds = [left.min(x), top.min(y), right.max(x + 1), bottom.max(y + 1)];
            island.cells += 1;
            island.sum += map.data[at];
            let mut visit = |next: usize| {
                if !seen[next] && map.data[next] > cut {
                    seen[next] = true;
                    open.push(next);
                }
            };
            if x > 0 {
                visit(at - 1);
            }
            if x + 1 < map.width {
                visit(at + 1);
            }
            if y > 0 {
                visit(at - map.width);
            }
            if y + 1 < map.height {
                visit(at + map.width);
            }
        }
        found.push(island);
    }
    found
}

/// None when it is too small or is nearly everything.
fn rated(map: &Map, island: &Island) -> Option<Candidate> {
    let [left, top, right, bottom] = island.bounds;
    let (width, height) = (right - left, bottom - top);
    let cells = width * height;
    let area = cells as f32 / map.data.len() as f32;
    if !(AREA[0]..=AREA[1]).contains(&area) {
        return None;
    }
    let further = |side: usize| ((side as f32 * AROUND) as usize).max(3);
    let (across, down) = (further(width), further(height));
    let wide = [
        left.saturating_sub(across),
        top.saturating_sub(down),
        (right + across).min(map.width),
        (bottom + down).min(map.height),
    ];
    let ring_cells = (wide[2] - wide[0]) * (wide[3] - wide[1]) - cells;
    let ring = (map.sum(wide) - map.sum(island.bounds)) / ring_cells.max(1) as f32;
    let contrast = island.sum / island.cells as f32 - ring;
    let fill = island.cells as f32 / cells as f32;
    let edges = [
        left == 0,
        top == 0,
        right == map.width,
        bottom == map.height,
    ];
    let edges = edges.iter().filter(|touches| **touches).count();
    let size = [map.width as f32, map.height as f32];
    Some(Candidate {
        region: [
            left as f32 / size[0],
            top as f32 / size[1],
            width as f32 / size[0],
            height as f32 / size[1],
        ],
        score: contrast
            * (area / SMALL).min(1.0).powf(0.4)
            * (0.6 + 0.4 * fill)
            * EDGE.powi(edges as i32),
    })
}

/// The best ones that are different ones.
pub fn apart(mut all: Vec<Candidate>, most: usize) -> Vec<Candidate> {
    all.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in all {
        if kept.len() == most {
            break;
        }
        if !kept.iter().any(|other| one(candidate.region, other.region)) {
            kept.push(candidate);
        }
    }
    kept
}

fn one(a: [f32; 4], b: [f32; 4]) -> bool {
    let both = overlap(a, b);
    let (first, second) = (a[2] * a[3], b[2] * b[3]);
    let union = first + second - both;
    let smaller = first.min(second) / first.max(second);
    both / union > ONE || (shared(a, b) > WITHIN && smaller > FAR_SMALLER)
}

/// Part of the smaller one that both share.
pub fn shared(a: [f32; 4], b: [f32; 4]) -> f32 {
    overlap(a, b) / (a[2] * a[3]).min(b[2] * b[3]).max(f32::EPSILON)
}

fn overlap(a: [f32; 4], b: [f32; 4]) -> f32 {
    let along = |axis: usize| {
        let end = (a[axis] + a[axis + 2]).min(b[axis] + b[axis + 2]);
        (end - a[axis].max(b[axis])).max(0.0)
    };
    along(0) * along(1)
}

/// Wider on all sides by a part of its own, within the picture.
pub fn widened([x, y, w, h]: [f32; 4], by: f32) -> [f32; 4] {
    let (left, top) = ((x - w * by).max(0.0), (y - h * by).max(0.0));
    let (right, bottom) = ((x + w * (1.0 + by)).min(1.0), (y + h * (1.0 + by)).min(1.0));
    [left, top, right - left, bottom - top]
}
