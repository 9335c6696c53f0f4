//! What is served tells nobody where, when and by whom a picture was taken.

use asterism_media::{Format, Limits, decode, find_location, probe, public_original};

use crate::fixtures::{avif, exif, files, one_of_each, scene, tiff};

/// The file tells where it was taken; what is served does not, and shows the same pixels.
fn assert_cleaned(name: &str, bytes: &[u8], format: Format) -> Vec<u8> {
    assert!(
        find_location(bytes),
        "{name}: the fixture should tell a place"
    );
    assert_cleaned_of_anything(name, bytes, format)
}

fn assert_cleaned_of_anything(name: &str, bytes: &[u8], format: Format) -> Vec<u8> {
    let limits = Limits::default();
    let clean = public_original(bytes, format).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(!find_location(&clean), "{name}: still tells a place");
    for secret in SECRETS {
        let found = clean.windows(secret.len()).any(|window| window == *secret);
        assert!(
            !found,
            "{name}: still holds {}",
            String::from_utf8_lossy(secret)
        );
    }
    let (before, after) = (probe(bytes, &limits), probe(&clean, &limits));
    let (before, after) = (before.expect(name), after.expect(name));
    assert_eq!(
        (before.width, before.height),
        (after.width, after.height),
        "{name}"
    );
    assert_eq!(before.orientation, after.orientation, "{name}");
    assert_eq!(before.frames, after.frames, "{name}");
    assert_eq!((after.taken_at, after.camera), (None, None), "{name}");
    assert!(
        decode(bytes, &limits) == decode(&clean, &limits),
        "{name}: pixels changed"
    );
    // cleaning what is clean changes nothing
    assert!(
        public_original(&clean, format).expect(name) == clean,
        "{name}"
    );
    clean
}

const SECRETS: &[&[u8]] = &[
    b"Jane Photographer",
    b"SERIAL-4711",
    b"Asterisk Optics",
    b"GPSL",
    b"secret words",
    b"2024:05:06",
];

#[test]
fn pictures_without_metadata_keep_their_pixels() {
    for (format, bytes) in one_of_each() {
        assert_cleaned_of_anything(&format!("{format:?}"), &bytes, format);
    }
}

#[test]
fn gps_in_jpeg_exif_goes_and_orientation_stays() {
    let jpeg = files::jpeg(&scene(48, 32));
    for orientation in 1..=8 {
        for exif in [
            exif::with_gps(orientation),
            exif::with_gps_big_endian(orientation),
        ] {
            let bytes = files::jpeg_with_exif(&jpeg, &exif);
            assert_cleaned("jpeg exif", &bytes, Format::Jpeg);
        }
    }
}

#[test]
fn gps_in_jpeg_xmp_goes() {
    let jpeg = files::progressive_jpeg(&scene(48, 32));
    let plain = [
        b"http://ns.adobe.com/xap/1.0/\0",
        exif::XMP_WITH_GPS.as_bytes(),
    ]
    .concat();
    let bytes = files::jpeg_with(&jpeg, 0xe1, &plain);
    assert_cleaned("jpeg xmp", &bytes, Format::Jpeg);
}

#[test]
fn gps_in_extended_xmp_is_found_across_pieces_and_goes() {
    let xmp = exif::XMP_WITH_GPS.as_bytes();
    // cut both names in the middle, so that neither piece holds one whole
    let cuts = ["GPSLat", "GPSLon"].map(|name| {
        let at = exif::XMP_WITH_GPS.find(name).expect("it is there");
        at + name.len()
    });
    let pieces = [&xmp[..cuts[0]], &xmp[cuts[0]..cuts[1]], &xmp[cuts[1]..]];
    let mut bytes = files::jpeg(&scene(48, 32));
    for piece in pieces.iter().rev() {
        let mut payload = b"http://ns.adobe.com/xmp/extension/\0".to_vec();
        payload.extend([b'0'; 32]);
        payload.extend([0; 8]);
        payload.extend(*piece);
        bytes = files::jpeg_with(&bytes, 0xe1, &payload);
    }
    assert_cleaned("extended xmp", &bytes, Format::Jpeg);
}

#[test]
fn comments_captions_and_further_pictures_in_a_jpeg_go() {
    let inner = files::jpeg_with_exif(&files::jpeg(&scene(16, 16)), &exif::with_gps(1));
    let mut bytes = files::jpeg(&scene(48, 32));
    bytes = files::jpeg_with(&bytes, 0xfe, b"secret words");
    bytes = files::jpeg_with(&bytes, 0xed, b"Photoshop 3.0\x008BIM\x04\x04secret words");
    bytes = files::jpeg_with(&bytes, 0xe2, &[b"MPF\0", &exif::with_gps(1)[..]].concat());
    bytes = files::jpeg_with(&bytes, 0xe5, b"secret words");
    // a second picture and a film behind the end
    bytes.extend(&inner);
    bytes.extend(b"\0\0\0\x18ftypmp42 secret words GPSLatitude");
    let clean = assert_cleaned("multi picture", &bytes, Format::Jpeg);
    assert!(clean.ends_with(&[0xff, 0xd9]));
}

#[test]
fn a_jpeg_keeps_its_colour_profile() {
    let profile = moxcms::ColorProfile::new_display_p3()
        .encode()
        .expect("it encodes");
    let payload = [b"ICC_PROFILE\0\x01\x01", &profile[..]].concat();
    let bytes = files::jpeg_with(&files::jpeg(&scene(48, 32)), 0xe2, &payload);
    let bytes = files::jpeg_with_exif(&bytes, &exif::with_gps(3));
    let clean = assert_cleaned("jpeg profile", &bytes, Format::Jpeg);
    assert!(clean.windows(profile.len()).any(|window| window == profile));
}

#[test]
fn gps_in_png_goes_wherever_it_hides() {
    let png = files::png(&scene(48, 32));
    let exif = exif::with_gps(6);
    assert_cleaned("eXIf", &files::png_with(&png, b"eXIf", &exif), Format::Png);

    let hex: String = [b"Exif\0\0", &exif[..]]
        .concat()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let profile = format!("\nexif\n    {}\n{hex}\n", exif.len() + 6);
    let raw = [b"Raw profile type exif\0", profile.as_bytes()].concat();
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(profile.as_bytes(), 6);
    let raw_packed = [b"Raw profile type exif\0\0", &packed[..]].concat();
    let xmp = [
        b"XML:com.adobe.xmp\0\0\0\0\0",
        exif::XMP_WITH_GPS.as_bytes(),
    ]
    .concat();
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(exif::XMP_WITH_GPS.as_bytes(), 6);
    let xmp_packed = [b"XML:com.adobe.xmp\0\x01\0\0\0", &packed[..]].concat();
    for (kind, data) in [
        (b"tEXt", &raw),
        (b"zTXt", &raw_packed),
        (b"iTXt", &xmp),
        (b"iTXt", &xmp_packed),
        (b"prVt", &exif),
    ] {
        let name = String::from_utf8_lossy(kind).into_owned();
        assert_cleaned(&name, &files::png_with(&png, kind, data), Format::Png);
    }

    let mut behind = files::png_with(&png, b"tEXt", b"Author\0Jane Photographer");
    behind.extend(exif::XMP_WITH_GPS.as_bytes());
    assert_cleaned("behind the end", &behind, Format::Png);
}

#[test]
fn gps_in_webp_goes() {
    let webp = files::webp(&scene(48, 32));
    let exif = exif::with_gps(8);
    let prefixed = [b"Exif\0\0", &exif[..]].concat();
    let xmp = exif::XMP_WITH_GPS.as_bytes();
    for chunks in [
        vec![(b"EXIF", &exif[..])],
        vec![(b"EXIF", &prefixed[..])],
        vec![(b"XMP ", xmp)],
        vec![(b"prvt", &exif[..])],
    ] {
        let bytes = files::webp_with(&webp, 48, 32, &chunks);
        assert_cleaned("webp", &bytes, Format::WebP);
    }
    let mut bytes = files::webp_with(&webp, 48, 32, &[]);
    bytes.extend(xmp);
    assert_cleaned("behind the end", &bytes, Format::WebP);
}

#[test]
fn gps_in_tiff_goes() {
    let scene = scene(48, 32);
    let page = || tiff::Page::of(&scene).field(0x0112, 3, &[6, 0]);
    let described = page()
        .gps()
        .field(0x010f, 2, b"Asterisk Optics\0")
        .field(700, 1, exif::XMP_WITH_GPS.as_bytes())
        .field(33723, 1, b"secret words in a caption")
        .field(0x013b, 2, b"Jane Photographer\0");
    assert_cleaned("tiff", &described.file(), Format::Tiff);
    let both = tiff::pages(vec![page(), page().gps()]);
    assert_cleaned("second page", &both, Format::Tiff);
    let mut behind = page().gps().file();
    behind.extend(exif::XMP_WITH_GPS.as_bytes());
    assert_cleaned("behind the end", &behind, Format::Tiff);
}

#[test]
fn gps_in_avif_goes() {
    let scene = scene(48, 32);
    let exif = exif::with_gps(1);
    assert_cleaned("library", &avif::with_exif(&scene, &exif), Format::Avif);
    let boxed = || avif::Boxed::of(&scene).turned(Some(1), None);
    assert_cleaned("exif item", &boxed().exif(&exif).file(), Format::Avif);
    let both = boxed().exif(&exif).xmp(exif::XMP_WITH_GPS);
    assert_cleaned("exif and xmp items", &both.file(), Format::Avif);
    let behind = avif::plain_box(b"uuid", exif::XMP_WITH_GPS.as_bytes());
    assert_cleaned("private box", &boxed().behind(&behind).file(), Format::Avif);
    let tiles = [scene.clone(), scene.clone()];
    let grid = avif::Boxed::grid(&tiles, 1, 2, 90, 32).exif(&exif);
    assert_cleaned("grid", &grid.file(), Format::Avif);
}

#[test]
fn tracks_that_are_no_pictures_go_from_an_avif_sequence() {
    let still = avif::Boxed::of(&scene(48, 32))
        .exif(&exif::with_gps(1))
        .file();
    let hidden = exif::XMP_WITH_GPS.as_bytes();
    let bytes = avif::as_sequence(&still, [b"first sample", b"second sample"], hidden);
    let facts = probe(&bytes, &Limits::default()).expect("a valid sequence is probed");
    assert_eq!(facts.frames, 2);
    let clean = assert_cleaned("sequence", &bytes, Format::Avif);
    let samples = b"first samplesecond sample";
    assert!(clean.windows(samples.len()).any(|window| window == samples));
}

#[test]
fn gif_comments_and_xmp_go_and_looping_stays() {
    let gif = files::gif(&scene(48, 32), 3);
    let mut bytes = files::gif_with(&gif, 0xfe, b"secret words");
    let head = 13
        + if bytes[10] & 0x80 == 0 {
            0
        } else {
            3 << ((bytes[10] & 7) + 1)
        };
    let mut application = b"\x21\xff\x0bXMP DataXMP".to_vec();
    for block in exif::XMP_WITH_GPS.as_bytes().chunks(200) {
        application.push(block.len() as u8);
        application.extend(block);
    }
    application.push(0);
    application.extend(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0");
    bytes.splice(head..head, application);
    bytes.extend(b"secret words");
    let clean = assert_cleaned("gif", &bytes, Format::Gif);
    assert!(clean.windows(11).any(|window| window == b"NETSCAPE2.0"));
}

#[test]
fn bytes_behind_and_between_the_parts_of_a_bmp_go() {
    let mut bytes = files::bmp(&scene(48, 32));
    bytes.extend(exif::XMP_WITH_GPS.as_bytes());
    assert_cleaned("behind", &bytes, Format::Bmp);
}

#[test]
fn variants_never_carry_metadata() {
    let bytes = files::jpeg_with_exif(&files::jpeg(&scene(48, 32)), &exif::with_gps(6));
    let picture = decode(&bytes, &Limits::default()).expect("a valid picture decodes");
    for (spec, variant) in asterism_media::encode_all(&picture, 1).expect("it encodes") {
        assert!(!find_location(&variant.bytes), "{}", spec.name());
        let facts = probe(&variant.bytes, &Limits::default()).expect("a variant is valid");
        assert_eq!((facts.camera, facts.orientation.exif()), (None, 1));
    }
}
