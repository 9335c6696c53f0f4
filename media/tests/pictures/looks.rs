//! Placeholders, colours and fingerprints.

use asterism_media::{Limits, Picture, decode, hash_distance, palette, perceptual_hash, thumbhash};

use crate::fixtures::{files, scene};

fn picture(bytes: &[u8]) -> Picture {
    decode(bytes, &Limits::default()).expect("a valid picture decodes")
}

fn flat(parts: &[([u8; 3], usize)]) -> Picture {
    let data: Vec<u8> = parts
        .iter()
        .flat_map(|(rgb, columns)| rgb.repeat(*columns))
        .collect();
    let width = data.len() as u32 / 3;
    Picture::from_rgb(width, 50, data.repeat(50)).expect("it fills its size")
}

#[test]
fn the_placeholder_is_short_and_has_the_shape() {
    let hash = thumbhash(&picture(&files::png(&scene(300, 200))));
    assert!((5..40).contains(&hash.len()), "{}", hash.len());
    let shape = thumbhash::thumb_hash_to_approximate_aspect_ratio(&hash).expect("a valid hash");
    assert!((shape - 1.5).abs() < 0.3, "{shape}");
    assert!(!thumbhash(&flat(&[([1, 2, 3], 1)])).is_empty());
}

#[test]
fn dominant_colours_come_by_share() {
    let red_blue_green = [
        ([220, 30, 30], 60),
        ([20, 40, 200], 30),
        ([30, 160, 60], 10),
    ];
    let swatches = palette(&flat(&red_blue_green));
    assert_eq!(swatches.len(), 3, "{swatches:?}");
    for (swatch, (rgb, columns)) in swatches.iter().zip(red_blue_green) {
        for (found, expected) in swatch.rgb.iter().zip(rgb) {
            assert!(
                found.abs_diff(expected) < 12,
                "{swatch:?} should be near {rgb:?}"
            );
        }
        assert!(
            (swatch.share - columns as f32 / 100.0).abs() < 0.05,
            "{swatch:?}"
        );
    }
    assert_eq!(
        swatches,
        palette(&flat(&red_blue_green)),
        "the same picture gives the same"
    );
}

#[test]
fn a_palette_has_at_most_five_colours_and_shares_sum_to_one() {
    let swatches = palette(&picture(&files::png(&scene(200, 120))));
    assert!((1..=5).contains(&swatches.len()));
    let sum: f32 = swatches.iter().map(|swatch| swatch.share).sum();
    assert!((sum - 1.0).abs() < 1e-3, "{sum}");
    assert_eq!(palette(&flat(&[([9, 9, 9], 10)])).len(), 1);
}

#[test]
fn what_is_fully_transparent_has_no_colours() {
    let clear = Picture::from_rgba(4, 4, vec![0; 64]).expect("it fills its size");
    assert!(palette(&clear).is_empty());
    assert!(!thumbhash(&clear).is_empty());
}

#[test]
fn the_fingerprint_survives_scaling_and_recoding_and_tells_pictures_apart() {
    let waves = image::RgbImage::from_fn(400, 300, |x, y| {
        let wave = |at: u32, length: f32| ((at as f32 / length).sin() * 90.0 + 128.0) as u8;
        image::Rgb([wave(x, 40.0), wave(y, 25.0), wave(x + y, 60.0)])
    });
    let original = picture(&files::png(&waves));
    let hash = perceptual_hash(&original);
    let recoded = picture(&files::jpeg(&waves)).resized(170);
    assert!(hash_distance(hash, perceptual_hash(&recoded)) <= 6);
    let other = picture(&files::png(&scene(400, 300)));
    assert!(hash_distance(hash, perceptual_hash(&other)) > 16);
}
