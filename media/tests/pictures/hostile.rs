//! Whatever arrives, the answer is a picture or a typed error: never a panic, never an abort.

use asterism_media::{
    Format, Limits, decode, find_location, probe, provenance, public_original, sniff,
};
use proptest::prelude::*;
use std::sync::LazyLock;

use crate::fixtures::{avif, exif, files, one_of_each, scene, tiff};

/// Small valid files of every format, with and without metadata.
static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let scene = scene(24, 16);
    let exif = exif::with_gps(6);
    let mut seeds: Vec<Vec<u8>> = one_of_each().into_iter().map(|(_, bytes)| bytes).collect();
    seeds.push(files::jpeg_with_exif(
        &files::progressive_jpeg(&scene),
        &exif,
    ));
    seeds.push(files::png_with(&files::png(&scene), b"eXIf", &exif));
    seeds.push(files::webp_with(
        &files::webp(&scene),
        24,
        16,
        &[(b"EXIF", &exif)],
    ));
    seeds.push(
        avif::Boxed::of(&scene)
            .turned(Some(1), Some(0))
            .exif(&exif)
            .file(),
    );
    let tiles = [scene.clone(), scene.clone()];
    seeds.push(
        avif::Boxed::grid(&tiles, 1, 2, 40, 16)
            .xmp(exif::XMP_WITH_GPS)
            .file(),
    );
    seeds.push(
        tiff::Page::of(&scene)
            .gps()
            .field(0x0112, 3, &[8, 0])
            .file(),
    );
    let signed = crate::provenance::SIGNED.iter();
    seeds.extend(signed.map(|(_, bytes)| bytes.to_vec()));
    seeds
});

/// Small, so that a mutated header cannot make a test slow.
fn limits() -> Limits {
    Limits {
        pixels: 1 << 20,
        frame_pixels: 1 << 22,
        decode_bytes: 64 << 20,
        ..Limits::default()
    }
}

fn try_everything(bytes: &[u8]) {
    let limits = limits();
    let probed = probe(bytes, &limits);
    let decoded = decode(bytes, &limits);
    if let (Ok(facts), Ok(picture)) = (&probed, &decoded) {
        assert_eq!(
            (facts.width, facts.height),
            (picture.width(), picture.height())
        );
    }
    find_location(bytes);
    if let Ok(format) = sniff(bytes)
        && let Ok(clean) = public_original(bytes, format)
    {
        assert!(!find_location(&clean));
        if let Ok(picture) = decoded {
            assert!(
                decode(&clean, &limits).as_ref() == Ok(&picture),
                "pixels changed"
            );
        }
    }
    for format in Format::ALL {
        provenance(bytes, format);
        let _ = public_original(bytes, format);
    }
}

/// A change to a file.
#[derive(Debug, Clone)]
enum Change {
    Byte(f64, u8),
    Long(f64, u32),
    Cut(f64),
    Drop(f64, usize),
    Repeat(f64, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let at = || 0.0..1.0;
    let extreme = prop_oneof![
        Just(0),
        Just(1),
        Just(u32::MAX),
        Just(1 << 31),
        any::<u32>()
    ];
    prop_oneof![
        6 => (at(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        3 => (at(), extreme).prop_map(|(at, long)| Change::Long(at, long)),
        1 => at().prop_map(Change::Cut),
        1 => (at(), 1..40_usize).prop_map(|(at, len)| Change::Drop(at, len)),
        1 => (at(), 1..40_usize).prop_map(|(at, len)| Change::Repeat(at, len)),
    ]
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    let place = |at: f64| (at * bytes.len() as f64) as usize;
    match *change {
        Change::Byte(at, value) => {
            let at = place(at);
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
        }
        Change::Long(at, value) => {
            let at = place(at);
            if let Some(long) = bytes.get_mut(at..at + 4) {
                long.copy_from_slice(&value.to_be_bytes());
            }
        }
        Change::Cut(at) => {
            let at = place(at);
            bytes.truncate(at);
        }
        Change::Drop(at, len) => {
            let at = place(at);
            bytes.drain(at..(at + len).min(bytes.len()));
        }
        Change::Repeat(at, len) => {
            let at = place(at);
            let again = bytes[at..(at + len).min(bytes.len())].to_vec();
            bytes.splice(at..at, again);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn mutated_files_never_panic(
        seed in 0..SEEDS.len(),
        changes in prop::collection::vec(change(), 1..5),
    ) {
        let mut bytes = SEEDS[seed].clone();
        for change in &changes {
            apply(&mut bytes, change);
        }
        try_everything(&bytes);
    }

    #[test]
    fn arbitrary_bytes_behind_any_signature_never_panic(
        seed in 0..SEEDS.len(),
        keep in 2..40_usize,
        rest in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let start = &SEEDS[seed][..keep];
        try_everything(&[start, &rest].concat());
    }
}

/// A few hundred; set `ASTERISM_FUZZ_CASES` to dig deeper.
fn cases() -> u32 {
    std::env::var("ASTERISM_FUZZ_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(300)
}
