use std::time::{Duration, Instant};

use super::*;

const WIDTH: usize = 24;

/// Numbers in −1..1 from a linear congruence: the same on every run.
struct Dice(u64);

impl Dice {
    fn number(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    fn vectors(&mut self, count: usize, width: usize, lean: f32) -> Vec<Vec<f32>> {
        (0..count)
            .map(|_| {
                let mut vector: Vec<f32> = (0..width).map(|_| self.number()).collect();
                vector[0] += lean;
                vector
            })
            .collect()
    }
}

#[test]
fn a_planted_preference_is_learned() {
    let mut dice = Dice(1);
    let (kept, others) = (dice.vectors(60, WIDTH, 1.2), dice.vectors(200, WIDTH, 0.0));
    let taste = Taste::learn(&kept, &others).expect("enough");
    assert!(taste.agreement() > 0.8, "{}", taste.agreement());
    let mean = |vectors: &[Vec<f32>]| {
        vectors.iter().map(|v| taste.score(v)).sum::<f32>() / vectors.len() as f32
    };
    let (liked, unseen) = (
        mean(&dice.vectors(200, WIDTH, 1.2)),
        mean(&dice.vectors(200, WIDTH, 0.0)),
    );
    assert!(liked > 0.65 && unseen < 0.35, "{liked} {unseen}");
}

#[test]
fn without_a_preference_everything_is_about_even() {
    let mut dice = Dice(2);
    let taste =
        Taste::learn(&dice.vectors(80, WIDTH, 0.0), &dice.vectors(80, WIDTH, 0.0)).expect("enough");
    for vector in dice.vectors(100, WIDTH, 0.0) {
        let score = taste.score(&vector);
        assert!((0.3..=0.7).contains(&score), "{score}");
    }
}

#[test]
fn too_little_is_no_taste() {
    let mut dice = Dice(3);
    let many = dice.vectors(100, WIDTH, 0.0);
    assert!(Taste::learn(&many[..MIN_KEPT - 1], &many).is_none());
    assert!(Taste::learn(&many, &many[..MIN_OTHERS - 1]).is_none());
    assert!(Taste::learn(&[], &many).is_none());
    let narrow = dice.vectors(30, WIDTH - 1, 0.0);
    assert!(Taste::learn(&many, &narrow).is_none());
}

#[test]
fn the_order_does_not_matter() {
    let mut dice = Dice(4);
    let (mut kept, mut others) = (
        dice.vectors(MAX_SAMPLE + 50, 8, 0.5),
        dice.vectors(60, 8, 0.0),
    );
    let one = Taste::learn(&kept, &others);
    kept.reverse();
    others.rotate_left(17);
    assert_eq!(one, Taste::learn(&kept, &others));
}

#[test]
fn it_survives_serialisation() {
    let mut dice = Dice(5);
    let taste = Taste::learn(&dice.vectors(30, 8, 0.9), &dice.vectors(30, 8, 0.0)).expect("enough");
    let text = serde_json::to_string(&taste).expect("serialises");
    let back: Taste = serde_json::from_str(&text).expect("reads");
    let picture = &dice.vectors(1, 8, 0.0)[0];
    assert!((taste.score(picture) - back.score(picture)).abs() < 1e-6);
}

#[test]
fn ten_thousand_pictures_take_bounded_time() {
    let mut dice = Dice(6);
    let (kept, others) = (dice.vectors(5_000, 512, 0.5), dice.vectors(5_000, 512, 0.0));
    let start = Instant::now();
    assert!(Taste::learn(&kept, &others).is_some());
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{:?}",
        start.elapsed()
    );
}
