//! Content decides, and what is not a picture is called by its name.

use asterism_media::{Format, MediaError, sniff};

use crate::fixtures::one_of_each;

#[test]
fn every_format_is_recognised_by_content() {
    for (format, bytes) in one_of_each() {
        assert_eq!(sniff(&bytes), Ok(format));
    }
}

#[test]
fn other_content_is_named() {
    let table: &[(&[u8], &str)] = &[
        (b"%PDF-1.7\n", "PDF"),
        (b"PK\x03\x04\x14\0\0\0", "ZIP"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isomavc1", "video"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "video"),
        (b"\x1a\x45\xdf\xa3\x01\0\0\0", "video"),
        (b"RIFF\x10\0\0\0AVI LIST", "video"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"<?xml version='1.0'?>\n<!-- x --><SVG/>", "SVG"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><html></html>", "HTML"),
        (b"\xff\x0a\xfa\x7f", "JPEG XL"),
        (b"MZ\x90\0\x03\0\0\0", "program"),
        (b"just some words", "text"),
        (b"BMW is a car maker, and this is text", "text"),
        (b"\x01\x02\x03\x04\x05\x06", "unknown"),
    ];
    for (bytes, expected) in table {
        match sniff(bytes) {
            Err(MediaError::Unsupported { found }) => {
                assert!(
                    found.contains(expected),
                    "{found} should mention {expected}"
                );
            }
            other => panic!("{expected}: {other:?}"),
        }
    }
}

#[test]
fn nothing_and_next_to_nothing_have_their_own_errors() {
    assert_eq!(sniff(b""), Err(MediaError::Empty));
    for beginning in [&b"\xff\xd8"[..], b"\x89PN", b"GIF8", b"RIFF\0\0", b"II*"] {
        assert_eq!(
            sniff(beginning),
            Err(MediaError::Truncated),
            "{beginning:?}"
        );
    }
}

#[test]
fn errors_have_stable_codes_and_say_what_to_do() {
    let errors = [
        (MediaError::Empty, "empty_file"),
        (MediaError::Truncated, "truncated_file"),
        (
            MediaError::Unsupported { found: "a text" },
            "unsupported_format",
        ),
        (MediaError::Damaged { reason: "x".into() }, "damaged_file"),
        (
            MediaError::TooManyPixels {
                pixels: 2,
                limit: 1,
            },
            "too_many_pixels",
        ),
        (
            MediaError::TooManyFrames {
                frames: 2,
                limit: 1,
            },
            "too_many_frames",
        ),
        (
            MediaError::TooLarge { bytes: 2, limit: 1 },
            "file_too_large",
        ),
        (
            MediaError::TooLongSide { side: 2, limit: 1 },
            "side_too_long",
        ),
        (
            MediaError::TooMuchMemory { bytes: 2, limit: 1 },
            "too_much_memory",
        ),
    ];
    for (error, code) in errors {
        assert_eq!(error.code(), code);
        let text = error.to_string();
        assert!(text.contains("send"), "{text}");
    }
}

#[test]
fn formats_know_how_they_are_served() {
    for format in Format::ALL {
        assert!(format.mime().starts_with("image/"));
        assert!(!format.extension().contains('.'));
    }
}
