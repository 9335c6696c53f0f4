//! Names for content that is not one of our pictures, so that a refusal says what arrived.

/// What the content looks like, with its article; `None` if no signature fits.
pub(crate) fn name(bytes: &[u8]) -> Option<&'static str> {
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some(brand_name(bytes.get(8..12).unwrap_or_default()));
    }
    if bytes.starts_with(b"RIFF") {
        match bytes.get(8..12) {
            Some(b"AVI ") => return Some("a video (AVI)"),
            Some(b"WAVE") => return Some("a sound file (WAV)"),
            _ => {}
        }
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return Some("an archive (tar)");
    }
    let signed = SIGNATURES
        .iter()
        .find(|(signature, _)| bytes.starts_with(signature));
    if let Some((_, found)) = signed {
        return Some(found);
    }
    markup(bytes)
}

/// The last resort: is it at least text?
pub(crate) fn unknown(bytes: &[u8]) -> &'static str {
    let head = &bytes[..bytes.len().min(512)];
    let readable = |byte: &u8| *byte >= 0x20 || matches!(byte, b'\t' | b'\n' | b'\r');
    if head.iter().all(readable) && !head.is_empty() {
        "a text"
    } else {
        "an unknown kind of file"
    }
}

fn brand_name(brand: &[u8]) -> &'static str {
    match brand {
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => {
            "a HEIC picture"
        }
        b"crx " => "a camera raw picture",
        b"jp2 " | b"jpx " => "a JPEG 2000 picture",
        b"M4A " | b"M4B " | b"M4P " => "a sound file (M4A)",
        b"qt  " => "a video (QuickTime)",
        _ => "a video (MP4)",
    }
}

const SIGNATURES: &[(&[u8], &str)] = &[
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"PK\x05\x06", "a ZIP archive or office document"),
    (b"\x1a\x45\xdf\xa3", "a video (WebM or Matroska)"),
    (b"FLV\x01", "a video (Flash)"),
    (b"\0\0\x01\xba", "a video (MPEG)"),
    (b"\0\0\x01\xb3", "a video (MPEG)"),
    (
        b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
        "a video (Windows Media)",
    ),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL picture"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"\0\0\x01\0", "an icon (ICO)"),
    (b"8BPS", "a Photoshop document"),
    (b"gimp xcf", "a GIMP document"),
    (b"IIRO", "a camera raw picture"),
    (b"IIRS", "a camera raw picture"),
    (b"IIU\0", "a camera raw picture"),
    (b"FUJIFILMCCD-RAW", "a camera raw picture"),
    (b"v/1\x01", "an OpenEXR picture"),
    (b"#?RADIANCE", "a Radiance HDR picture"),
    (b"qoif", "a QOI picture"),
    (b"DDS ", "a DirectDraw texture"),
    (b"ID3", "a sound file (MP3)"),
    (b"\xff\xfb", "a sound file (MP3)"),
    (b"OggS", "a sound or video file (Ogg)"),
    (b"fLaC", "a sound file (FLAC)"),
    (b"\x1f\x8b", "an archive (gzip)"),
    (b"7z\xbc\xaf\x27\x1c", "an archive (7z)"),
    (b"Rar!\x1a\x07", "an archive (RAR)"),
    (b"\x28\xb5\x2f\xfd", "an archive (zstd)"),
    (b"\xfd7zXZ\0", "an archive (xz)"),
    (b"BZh", "an archive (bzip2)"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"\0asm", "a program (WebAssembly)"),
    (b"%!PS", "a PostScript document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an office document"),
    (b"SQLite format 3\0", "a database"),
    (b"wOF", "a font"),
];

fn markup(bytes: &[u8]) -> Option<&'static str> {
    let head = &bytes[..bytes.len().min(1024)];
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    let text = text.trim_start();
    if !text.starts_with('<') {
        return None;
    }
    if text.contains("<svg") {
        return Some("an SVG drawing");
    }
    if text.starts_with("<?xml") {
        return Some("an XML document");
    }
    let html = [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<script",
        "<!--",
    ];
    html.iter()
        .any(|tag| text.starts_with(tag))
        .then_some("a web page (HTML)")
}
