//! Pixels come out as they went in, turned the way they were meant to be seen.

use asterism_media::{Format, Limits, Picture, decode, probe};
use image::{ImageBuffer, ImageFormat, Rgb, Rgba, RgbaImage};

use crate::fixtures::{avif, difference, exif, files, one_of_each, scene, tiff};

fn read(bytes: &[u8]) -> Picture {
    decode(bytes, &Limits::default()).expect("a valid picture decodes")
}

#[test]
fn every_format_decodes_to_its_scene() {
    let scene = scene(48, 32);
    for (format, bytes) in one_of_each() {
        let picture = read(&bytes);
        assert_eq!((picture.width(), picture.height()), (48, 32), "{format:?}");
        assert!(!picture.has_alpha(), "{format:?}");
        let off = difference(picture.pixels(), scene.as_raw());
        assert!(off < 6.0, "{format:?} is off by {off}");
    }
}

#[test]
fn progressive_jpeg_and_ten_bit_avif_decode() {
    let scene = scene(61, 37);
    for bytes in [files::progressive_jpeg(&scene), avif::ten_bit(&scene)] {
        let picture = read(&bytes);
        assert_eq!((picture.width(), picture.height()), (61, 37));
        assert!(difference(picture.pixels(), scene.as_raw()) < 6.0);
    }
}

#[test]
fn probe_tells_format_size_frames_time_and_camera() {
    let limits = Limits::default();
    for (format, bytes) in one_of_each() {
        let facts = probe(&bytes, &limits).expect("a valid picture is probed");
        assert_eq!((facts.format, facts.width, facts.height), (format, 48, 32));
        assert_eq!(facts.frames, if format == Format::Gif { 3 } else { 1 });
        assert!(!facts.has_location, "{format:?}");
    }
    let jpeg = files::jpeg(&scene(48, 32));
    let facts = probe(
        &files::jpeg_with_exif(&jpeg, &exif::with_gps_big_endian(6)),
        &limits,
    );
    let facts = facts.expect("a valid picture is probed");
    assert_eq!(
        (facts.width, facts.height, facts.orientation.exif()),
        (32, 48, 6)
    );
    assert_eq!(facts.taken_at.as_deref(), Some("2024-05-06T07:08:09+02:00"));
    assert_eq!(facts.camera.as_deref(), Some("Asterisk Optics Model Seven"));
    assert!(facts.has_location);
}

/// The corner that is bright blue in the stored scene, by orientation.
fn patch_corner(orientation: u16) -> (bool, bool) {
    match orientation {
        2 | 6 => (true, false),
        3 | 7 => (true, true),
        4 | 8 => (false, true),
        _ => (false, false),
    }
}

fn assert_turned(bytes: &[u8], orientation: u16) {
    let picture = read(bytes);
    let expected = if orientation >= 5 { (32, 48) } else { (48, 32) };
    assert_eq!(
        (picture.width(), picture.height()),
        expected,
        "{orientation}"
    );
    let (right, bottom) = patch_corner(orientation);
    let x = if right { picture.width() - 3 } else { 2 };
    let y = if bottom { picture.height() - 3 } else { 2 };
    let at = ((y * picture.width() + x) * 3) as usize;
    let blue = picture.pixels()[at + 2];
    assert!(blue > 180, "orientation {orientation}: blue is {blue}");
}

#[test]
fn orientation_is_applied_in_every_format_that_carries_it() {
    let scene = scene(48, 32);
    let (jpeg, png, webp) = (files::jpeg(&scene), files::png(&scene), files::webp(&scene));
    for orientation in 1..=8 {
        let exif = exif::without_gps(orientation);
        assert_turned(&files::jpeg_with_exif(&jpeg, &exif), orientation);
        assert_turned(&files::png_with(&png, b"eXIf", &exif), orientation);
        let webp = files::webp_with(&webp, 48, 32, &[(b"EXIF", &exif)]);
        assert_turned(&webp, orientation);
        let page = tiff::Page::of(&scene).field(0x0112, 3, &[orientation as u8, 0]);
        assert_turned(&page.file(), orientation);
    }
}

#[test]
fn avif_turns_and_mirrors_are_applied() {
    let scene = scene(48, 32);
    let same_as = [
        (1, None, None),
        (2, None, Some(1)),
        (3, Some(2), None),
        (4, None, Some(0)),
        (5, Some(1), Some(0)),
        (6, Some(3), None),
        (7, Some(3), Some(0)),
        (8, Some(1), None),
    ];
    for (orientation, turns, mirror) in same_as {
        let file = avif::Boxed::of(&scene).turned(turns, mirror).file();
        assert_turned(&file, orientation);
    }
}

#[test]
fn avif_tiles_are_put_together() {
    let whole = scene(128, 64);
    let tile = |x| image::imageops::crop_imm(&whole, x, 0, 64, 64).to_image();
    let file = avif::Boxed::grid(&[tile(0), tile(64)], 1, 2, 120, 60).file();
    let picture = read(&file);
    assert_eq!((picture.width(), picture.height()), (120, 60));
    let cropped = image::imageops::crop_imm(&whole, 0, 0, 120, 60).to_image();
    assert!(difference(picture.pixels(), cropped.as_raw()) < 6.0);
}

#[test]
fn transparency_is_kept_and_flattened_on_white() {
    let clear = RgbaImage::from_fn(20, 20, |x, _| {
        Rgba([200, 0, 0, if x < 10 { 0 } else { 255 }])
    });
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let mut bytes = std::io::Cursor::new(Vec::new());
        clear.write_to(&mut bytes, format).expect("it encodes");
        let picture = read(bytes.get_ref());
        assert!(picture.has_alpha());
        let flat = picture.to_rgb();
        assert_eq!(&flat.data[..3], [255, 255, 255]);
        assert_eq!(&flat.data[19 * 3..20 * 3], [200, 0, 0]);
    }
}

#[test]
fn sixteen_bits_become_eight() {
    let deep = ImageBuffer::<Rgb<u16>, _>::from_pixel(8, 8, Rgb([65535, 32896, 0]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    deep.write_to(&mut bytes, ImageFormat::Png)
        .expect("it encodes");
    assert_eq!(&read(bytes.get_ref()).pixels()[..3], [255, 128, 0]);
}

#[test]
fn cmyk_jpeg_becomes_rgb() {
    let mut bytes = Vec::new();
    let ink = [0, 255, 255, 0].repeat(16 * 16);
    jpeg_encoder::Encoder::new(&mut bytes, 95)
        .encode(&ink, 16, 16, jpeg_encoder::ColorType::Cmyk)
        .expect("it encodes");
    let picture = read(&bytes);
    let [red, green, blue] = [0, 1, 2].map(|channel| picture.pixels()[channel]);
    assert!(red > 200 && green < 50 && blue < 50, "{red} {green} {blue}");
}

#[test]
fn an_embedded_profile_is_converted_to_srgb() {
    let profile = moxcms::ColorProfile::new_display_p3()
        .encode()
        .expect("it encodes");
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(&profile, 6);
    let chunk = [b"p3\0\0", &packed[..]].concat();
    let muted = image::RgbImage::from_pixel(8, 8, Rgb([200, 80, 80]));
    let bytes = files::png_with(&files::png(&muted), b"iCCP", &chunk);
    let red = read(&bytes).pixels()[0];
    assert!(red > 205, "P3 red is redder in sRGB, got {red}");
}

#[test]
fn the_first_frame_of_an_animation_is_shown() {
    let scene = scene(48, 32);
    let first = read(&files::gif(&scene, 5));
    assert!(difference(first.pixels(), scene.as_raw()) < 6.0);
}
