//! AVIF decoding in a child process, as a program with [`isolate_decoders`] does it.

use asterism_media::{
    Limits, MediaError, Picture, VariantKind, VariantSpec, decode, encode, isolate_decoders,
};

fn main() {
    isolate_decoders();
    let data: Vec<u8> = (0..90 * 60_u32)
        .flat_map(|at| [(at % 90) as u8 * 2, (at / 90) as u8 * 4, 90, 128 | at as u8])
        .collect();
    let picture = Picture::from_rgba(90, 60, data).expect("it fills its size");
    let spec = VariantSpec::new(VariantKind::Avif, 320);
    let file = encode(&picture, spec).expect("it encodes").bytes;
    let limits = Limits::default();

    let shown = decode(&file, &limits).expect("a child decodes it");
    assert_eq!((shown.width(), shown.height()), (90, 60));
    assert!(shown.has_alpha());
    let off = shown
        .pixels()
        .iter()
        .zip(picture.pixels())
        .map(|(one, other)| u64::from(one.abs_diff(*other)))
        .sum::<u64>()
        / shown.pixels().len() as u64;
    assert!(off < 8, "off by {off}");

    let cut = decode(&file[..file.len() - 20], &limits);
    assert_eq!(cut, Err(MediaError::Truncated));
    println!("isolation: a child decoded and refused as the process itself would");
}
