//! Pictures to upload: from the sample library, and made here.

use std::path::Path;

/// A poster with the words OPEN AIR, 12 August 2026, Admission free.
pub const POSTER: &[u8] = include_bytes!("fixtures/poster.png");
/// Hills without a word.
pub const LANDSCAPE: &[u8] = include_bytes!("fixtures/landscape.png");

/// What a well-behaved generator writes into its pictures.
pub const GENERATED: &str = r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"/></rdf:RDF></x:xmpmeta>"#;

/// The picture of the sample library whose name has this part.
pub fn sample(dir: &Path, part: &str) -> Vec<u8> {
    let named = |p: &std::path::PathBuf| p.to_string_lossy().contains(part);
    let path = samples(dir).into_iter().find(named);
    let path = path.unwrap_or_else(|| panic!("no sample is called {part}"));
    std::fs::read(path).expect("readable")
}

/// All picture files of the sample library, in the order of their names.
pub fn samples(samples: &Path) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    walk(samples, &mut |path| {
        let kind = path
            .extension()
            .and_then(|e| e.to_str())
            .unwrap_or_default();
        if ["jpg", "jpeg", "png", "webp"].contains(&kind) {
            all.push(path.to_owned());
        }
    });
    all.sort();
    all
}

fn walk(dir: &Path, visit: &mut dyn FnMut(&Path)) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, visit);
        } else {
            visit(&path);
        }
    }
}

/// A BMP of one colour gradient: every seed another file.
pub fn gradient(seed: u32, width: u32, height: u32) -> Vec<u8> {
    let blend = move |a: u32, b: u32, x: u32, y: u32| {
        ((a * x / width + b * y / height + seed * 37) % 256) as u8
    };
    bmp(width, height, |x, y| {
        [
            blend(seed * 13 % 255, 140, x, y),
            blend(90, 200, x, y),
            blend(255, 60, x, y),
        ]
    })
}

/// A BMP of one colour.
pub fn flat(rgb: [u8; 3], width: u32, height: u32) -> Vec<u8> {
    bmp(width, height, |_, _| rgb)
}

/// A BMP, which stores its rows from the bottom up and blue first.
pub fn bmp(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 3]) -> Vec<u8> {
    let row = (width * 3).div_ceil(4) * 4;
    let size = 54 + row * height;
    let mut bytes = Vec::with_capacity(size as usize);
    bytes.extend_from_slice(b"BM");
    bytes.extend_from_slice(&size.to_le_bytes());
    bytes.extend_from_slice(&[0; 4]);
    for value in [54u32, 40, width, height] {
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    bytes.extend_from_slice(&[1, 0, 24, 0]);
    bytes.extend_from_slice(&[0; 24]);
    for y in (0..height).rev() {
        for x in 0..width {
            let [red, green, blue] = pixel(x, y);
            bytes.extend_from_slice(&[blue, green, red]);
        }
        bytes.resize(bytes.len() + (row - width * 3) as usize, 0);
    }
    bytes
}

/// Puts an EXIF block with a GPS position in front of a JPEG's other segments.
pub fn with_gps(jpeg: &[u8]) -> Vec<u8> {
    assert_eq!(&jpeg[..2], &[0xff, 0xd8], "a JPEG");
    let mut tiff = Vec::new();
    tiff.extend_from_slice(b"II*\0\x08\0\0\0");
    // IFD0: one entry, the pointer to the GPS directory at 26.
    tiff.extend_from_slice(&[1, 0, 0x25, 0x88, 4, 0, 1, 0, 0, 0, 26, 0, 0, 0, 0, 0, 0, 0]);
    // GPS: latitude reference, latitude (three rationals at 56).
    tiff.extend_from_slice(&[2, 0]);
    tiff.extend_from_slice(&[1, 0, 2, 0, 2, 0, 0, 0, b'N', 0, 0, 0]);
    tiff.extend_from_slice(&[2, 0, 5, 0, 3, 0, 0, 0, 56, 0, 0, 0]);
    tiff.extend_from_slice(&[0, 0, 0, 0]);
    for value in [48u32, 1, 51, 1, 29, 1] {
        tiff.extend_from_slice(&value.to_le_bytes());
    }
    let mut out = jpeg[..2].to_vec();
    let length = (2 + 6 + tiff.len()) as u16;
    out.extend_from_slice(&[0xff, 0xe1]);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(b"Exif\0\0");
    out.extend_from_slice(&tiff);
    out.extend_from_slice(&jpeg[2..]);
    out
}

/// A JPEG with an XMP packet in front of everything else.
pub fn with_xmp(jpeg: &[u8], packet: &str) -> Vec<u8> {
    const NAMESPACE: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
    assert_eq!(&jpeg[..2], [0xff, 0xd8], "a JPEG");
    let length = u16::try_from(2 + NAMESPACE.len() + packet.len()).expect("a short packet");
    let mut file = vec![0xff, 0xd8, 0xff, 0xe1];
    file.extend(length.to_be_bytes());
    file.extend_from_slice(NAMESPACE);
    file.extend_from_slice(packet.as_bytes());
    file.extend_from_slice(&jpeg[2..]);
    file
}
