//! Served copies: right sizes, real files, alpha where it can be.

use asterism_media::{
    Format, Limits, Picture, VariantKind, VariantSpec, decode, encode, encode_all, probe, sniff,
    variants_for,
};

use crate::fixtures::{difference, scene};

fn picture(width: u32, height: u32) -> Picture {
    Picture::from_rgb(width, height, scene(width, height).into_raw()).expect("it fills its size")
}

#[test]
fn small_originals_get_fewer_variants_and_never_bigger_ones() {
    let names =
        |width| -> Vec<String> { variants_for(width).iter().map(VariantSpec::name).collect() };
    assert_eq!(names(100), ["320.jpg", "320.avif"]);
    assert_eq!(names(320), ["320.jpg", "320.avif"]);
    assert_eq!(names(321), ["320.jpg", "320.avif", "640.jpg", "640.avif"]);
    assert_eq!(names(1_000).len(), 6);
    assert_eq!(names(5_000).len(), 6);
    let small = encode_all(&picture(100, 60), 1).expect("it encodes");
    assert!(
        small
            .iter()
            .all(|(_, variant)| (variant.width, variant.height) == (100, 60))
    );
}

#[test]
fn variants_are_real_files_of_the_promised_size() {
    let original = picture(700, 500);
    let variants = encode_all(&original, 1).expect("it encodes");
    let widths: Vec<u32> = variants.iter().map(|(_, variant)| variant.width).collect();
    assert_eq!(widths, [320, 320, 640, 640, 700, 700]);
    for (spec, variant) in variants {
        let format = sniff(&variant.bytes).expect("a known format");
        assert_eq!(format.mime(), variant.mime);
        let facts = probe(&variant.bytes, &Limits::default()).expect("a valid file");
        assert_eq!((facts.width, facts.height), (variant.width, variant.height));
        let shown = decode(&variant.bytes, &Limits::default()).expect("a valid file");
        let expected = original.resized(spec.width);
        let off = difference(shown.pixels(), expected.pixels());
        assert!(off < 6.0, "{} is off by {off}", spec.name());
    }
}

#[test]
fn avif_keeps_transparency_and_jpeg_flattens_it() {
    let data: Vec<u8> = (0..64 * 64_u32)
        .flat_map(|at| [200, 40, 40, if at % 64 < 32 { 0 } else { 255 }])
        .collect();
    let clear = Picture::from_rgba(64, 64, data).expect("it fills its size");
    let shown = |kind| {
        let file = encode(&clear, VariantSpec::new(kind, 320)).expect("it encodes");
        decode(&file.bytes, &Limits::default()).expect("a valid file")
    };
    let avif = shown(VariantKind::Avif);
    assert!(avif.has_alpha());
    assert!(avif.pixels()[3] < 8 && avif.pixels()[63 * 4 + 3] > 247);
    let jpeg = shown(VariantKind::Jpeg);
    assert!(!jpeg.has_alpha() && jpeg.pixels()[0] > 245 && jpeg.pixels()[1] > 245);
}

#[test]
fn odd_and_tiny_sizes_encode() {
    for (width, height) in [(1, 1), (3, 2), (17, 1), (1, 33), (319, 7)] {
        for (_, variant) in encode_all(&picture(width, height), 2).expect("it encodes") {
            let shown = decode(&variant.bytes, &Limits::default()).expect("a valid file");
            assert_eq!((shown.width(), shown.height()), (width, height));
        }
    }
}

#[test]
fn extreme_shapes_keep_at_least_one_row() {
    let wide = picture(4_000, 2).resized(320);
    assert_eq!((wide.width(), wide.height()), (320, 1));
}

#[test]
fn the_encoder_agrees_with_itself() {
    let spec = VariantSpec::new(VariantKind::Avif, 320);
    let once = encode(&picture(90, 70), spec).expect("it encodes");
    assert_eq!(sniff(&once.bytes), Ok(Format::Avif));
    assert_eq!(once, encode(&picture(90, 70), spec).expect("it encodes"));
}
