//! A file that stops early is refused as such, never shown half.

use asterism_media::{Limits, MediaError, decode, probe};

use crate::fixtures::{avif, files, one_of_each, scene, tiff};

fn assert_truncated_everywhere(name: &str, bytes: &[u8]) {
    let limits = Limits::default();
    let cuts = [
        bytes.len() / 4,
        bytes.len() / 2,
        bytes.len() * 9 / 10,
        bytes.len() - 3,
    ];
    for cut in cuts {
        let outcome = decode(&bytes[..cut], &limits);
        assert_eq!(
            outcome,
            Err(MediaError::Truncated),
            "{name} cut at {cut} of {}",
            bytes.len()
        );
        // and the cheap look says so already, before anything is stored
        let outcome = probe(&bytes[..cut], &limits);
        assert_eq!(outcome, Err(MediaError::Truncated), "{name} cut at {cut}");
    }
}

#[test]
fn a_file_that_stops_early_is_truncated_in_every_format() {
    for (format, bytes) in one_of_each() {
        assert_truncated_everywhere(&format!("{format:?}"), &bytes);
    }
}

#[test]
fn so_are_the_rarer_kinds() {
    let scene = scene(48, 32);
    assert_truncated_everywhere("progressive", &files::progressive_jpeg(&scene));
    let tiles = [scene.clone(), scene.clone()];
    assert_truncated_everywhere("grid", &avif::Boxed::grid(&tiles, 1, 2, 90, 32).file());
    let both = tiff::pages(vec![tiff::Page::of(&scene), tiff::Page::of(&scene)]);
    assert_truncated_everywhere("pages", &both);
}

#[test]
fn a_jpeg_without_its_end_marker_is_truncated() {
    let bytes = files::jpeg(&scene(48, 32));
    assert!(bytes.ends_with(&[0xff, 0xd9]));
    let outcome = decode(&bytes[..bytes.len() - 2], &Limits::default());
    assert_eq!(outcome, Err(MediaError::Truncated));
}

#[test]
fn a_picture_with_scrambled_insides_is_damaged_or_truncated_and_never_panics() {
    for (format, bytes) in one_of_each() {
        let mut scrambled = bytes.clone();
        let start = scrambled.len() / 3;
        for (index, byte) in scrambled[start..].iter_mut().enumerate() {
            *byte ^= (index * 37) as u8;
        }
        let outcome = decode(&scrambled, &Limits::default());
        if !matches!(
            format,
            asterism_media::Format::Bmp | asterism_media::Format::Tiff
        ) {
            assert!(outcome.is_err(), "{format:?}");
        }
    }
}
