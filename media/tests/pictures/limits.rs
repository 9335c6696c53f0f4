//! Bombs are refused from their headers, before they can take memory.

use asterism_media::{Limits, MediaError, decode, probe};

use crate::fixtures::{files, scene, tiff};

fn refusal(bytes: &[u8]) -> MediaError {
    let limits = Limits::default();
    let from_probe = probe(bytes, &limits).expect_err("a bomb is refused");
    let from_decode = decode(bytes, &limits).expect_err("a bomb is refused");
    assert_eq!(from_probe, from_decode);
    from_probe
}

#[test]
fn a_png_that_declares_billions_of_pixels_is_refused() {
    assert_eq!(
        refusal(&files::png_header(50_000, 50_000)).code(),
        "side_too_long"
    );
    assert_eq!(
        refusal(&files::png_header(15_000, 15_000)).code(),
        "too_many_pixels"
    );
    assert_eq!(refusal(&files::png_header(0, 10)).code(), "damaged_file");
}

#[test]
fn a_gif_with_a_hundred_thousand_frames_is_refused() {
    let one = files::gif(&scene(8, 8), 1);
    // the frame with its control, between screen and trailer
    let start = 13
        + if one[10] & 0x80 == 0 {
            0
        } else {
            3 << ((one[10] & 7) + 1)
        };
    let frame = &one[start..one.len() - 1];
    let bomb = [&one[..start], &frame.repeat(100_000), b";"].concat();
    assert!(bomb.len() < 64 << 20);
    assert_eq!(refusal(&bomb).code(), "too_many_frames");
}

#[test]
fn a_gif_with_a_huge_canvas_times_frames_is_refused() {
    let mut gif = files::gif(&scene(8, 8), 50);
    gif[6..10].copy_from_slice(&[0x10, 0x27, 0x10, 0x27]);
    assert_eq!(refusal(&gif).code(), "too_many_pixels");
}

#[test]
fn compressed_text_in_a_png_takes_no_memory() {
    // ten such chunks would unpack to 640 MB
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(&vec![b' '; 64 << 20], 9);
    let chunk = [b"Comment\0\0", &packed[..]].concat();
    let mut png = files::png(&scene(16, 16));
    for _ in 0..10 {
        png = files::png_with(&png, b"zTXt", &chunk);
    }
    let picture = decode(&png, &Limits::default()).expect("the picture itself is fine");
    assert_eq!(picture.width(), 16);
}

#[test]
fn a_colour_profile_bomb_takes_no_memory() {
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; 64 << 20], 9);
    let chunk = [b"p\0\0", &packed[..]].concat();
    let png = files::png_with(&files::png(&scene(16, 16)), b"iCCP", &chunk);
    assert!(decode(&png, &Limits::default()).is_ok());
}

#[test]
fn a_tiff_that_declares_too_much_is_refused() {
    let page = || tiff::Page::of(&scene(4, 4));
    assert_eq!(
        refusal(&page().sized(60_000, 60_000).file()).code(),
        "side_too_long"
    );
    assert_eq!(
        refusal(&page().sized(19_000, 19_000).file()).code(),
        "too_many_pixels"
    );
    let pages = (0..1_001).map(|_| page()).collect();
    assert_eq!(refusal(&tiff::pages(pages)).code(), "too_many_frames");
}

#[test]
fn a_tiff_whose_pages_go_in_a_circle_is_damaged() {
    let mut bytes = tiff::Page::of(&scene(4, 4)).file();
    let first: [u8; 4] = bytes[4..8].try_into().expect("four bytes");
    let end = bytes.len();
    bytes[end - 4..].copy_from_slice(&first);
    assert_eq!(refusal(&bytes).code(), "damaged_file");
}

#[test]
fn webp_animations_that_declare_too_much_are_refused() {
    let still = files::webp(&scene(8, 8));
    let mut frame = vec![0; 16];
    frame[6] = 7;
    frame[9] = 7;
    frame.extend(&still[12..]);
    let animation = |side: u32, frames: usize| {
        let mut head = vec![0x02, 0, 0, 0];
        head.extend(&(side - 1).to_le_bytes()[..3]);
        head.extend(&(side - 1).to_le_bytes()[..3]);
        let mut body = files::riff_chunk(b"VP8X", &head);
        body.extend(files::riff_chunk(b"ANIM", &[0; 6]));
        body.extend(files::riff_chunk(b"ANMF", &frame).repeat(frames));
        files::riff(&body)
    };
    assert_eq!(refusal(&animation(8, 5_000)).code(), "too_many_frames");
    assert_eq!(refusal(&animation(16_000, 2)).code(), "too_many_pixels");
    assert_eq!(refusal(&animation(9_000, 100)).code(), "too_many_pixels");
    let fine = decode(&animation(8, 3), &Limits::default()).expect("a small one is fine");
    assert_eq!((fine.width(), fine.height()), (8, 8));
}

#[test]
fn a_jpeg_or_bmp_that_declares_too_much_is_refused() {
    let mut jpeg = files::jpeg(&scene(16, 16));
    let frame = jpeg
        .windows(2)
        .position(|pair| pair == [0xff, 0xc0])
        .expect("a frame header");
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    assert_eq!(refusal(&jpeg).code(), "side_too_long");
    let mut bmp = files::bmp(&scene(16, 16));
    bmp[18..22].copy_from_slice(&40_000_u32.to_le_bytes());
    assert!(matches!(
        refusal(&bmp).code(),
        "side_too_long" | "truncated_file"
    ));
}

#[test]
fn files_beyond_the_byte_limit_are_refused_and_empty_ones_too() {
    let limits = Limits {
        bytes: 100,
        ..Limits::default()
    };
    let png = files::png(&scene(16, 16));
    let expected = MediaError::TooLarge {
        bytes: png.len() as u64,
        limit: 100,
    };
    assert_eq!(decode(&png, &limits), Err(expected.clone()));
    assert_eq!(probe(&png, &limits), Err(expected));
    assert_eq!(decode(&[], &limits), Err(MediaError::Empty));
}

#[test]
fn pictures_that_need_too_much_memory_are_refused() {
    let limits = Limits {
        decode_bytes: 1_000,
        ..Limits::default()
    };
    let png = files::png(&scene(32, 32));
    assert_eq!(
        decode(&png, &limits).map_err(|error| error.code()),
        Err("too_much_memory")
    );
}
