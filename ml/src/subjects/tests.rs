use proptest::prelude::*;

use super::map::Map;
use super::regions::{apart, shared, standing_out, widened};

fn map(width: usize, height: usize, of: impl Fn(f32, f32) -> f32) -> Map {
    let cells = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let data = cells.map(|(x, y)| of(x as f32, y as f32)).collect();
    Map {
        width,
        height,
        data,
    }
}

fn hill(x: f32, y: f32, at: [f32; 2], size: f32) -> f32 {
    (-((x - at[0]).powi(2) + (y - at[1]).powi(2)) / (2.0 * size * size)).exp()
}

#[test]
fn two_hills_are_two_boxes_the_higher_first() {
    let map = map(56, 36, |x, y| {
        hill(x, y, [14.0, 18.0], 5.0) + 0.8 * hill(x, y, [42.0, 18.0], 5.0)
    });
    let found = apart(standing_out(&map), 5);
    assert!(found.len() >= 2, "{found:?}");
    let middle = |r: [f32; 4]| r[0] + r[2] / 2.0;
    assert!((middle(found[0].region) - 0.25).abs() < 0.05, "{found:?}");
    assert!((middle(found[1].region) - 0.75).abs() < 0.05, "{found:?}");
    assert!(found[0].score > 0.3 && found[0].score > found[1].score);
    assert!(shared(found[0].region, found[1].region) < 0.3);
}

#[test]
fn what_is_flat_has_no_spots() {
    assert!(standing_out(&map(20, 20, |_, _| 0.5)).is_empty());
    let slope = standing_out(&map(40, 40, |x, _| x));
    assert!(slope.iter().all(|c| c.score < 0.45), "{slope:?}");
}

#[test]
fn maps_keep_their_shape() {
    let one = map(4, 3, |x, y| x + 10.0 * y);
    let larger = one.scaled([16, 12]);
    assert_eq!((larger.width, larger.height), (16, 12));
    assert_eq!(larger.at(0, 0), 0.0);
    assert_eq!(larger.at(15, 11), 23.0);
    let level = one.levelled();
    assert_eq!((level.at(0, 0), level.at(3, 2)), (0.0, 1.0));
    let flat = map(5, 5, |_, _| 2.0).blurred();
    assert!(flat.data.iter().all(|v| (v - 2.0).abs() < 1e-3));
    let channels: Vec<f32> = (0..24).map(|n| n as f32).collect();
    let sum = Map::summed(&[1, 2, 3, 4], &channels).expect("a map");
    assert_eq!(sum.at(1, 0), 1.0 + 13.0);
    assert!(Map::summed(&[2, 3, 4], &channels).is_err());
    assert!(Map::summed(&[1, 3, 3, 4], &channels).is_err());
}

proptest! {
    #[test]
    fn boxes_lie_within_the_picture(
        width in 2usize..40, height in 2usize..40,
        numbers in prop::collection::vec(0f32..1.0, 1600), by in 0f32..0.5,
    ) {
        let map = map(width, height, |x, y| numbers[y as usize * 40 + x as usize]);
        let found = apart(standing_out(&map.blurred().levelled()), 5);
        prop_assert!(found.len() <= 5);
        for candidate in found {
            let [x, y, w, h] = widened(candidate.region, by);
            prop_assert!(x >= 0.0 && y >= 0.0 && w > 0.0 && h > 0.0);
            prop_assert!(x + w <= 1.0 + 1e-5 && y + h <= 1.0 + 1e-5);
            prop_assert!(candidate.score.is_finite());
        }
    }
}
