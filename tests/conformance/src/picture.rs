//! Pictures to save.

/// Pixels of a side.
const SIDE: u32 = 64;

/// A small BMP; `colour` says what each pixel of a row is.
pub fn picture(colour: impl Fn(u8) -> [u8; 3]) -> Vec<u8> {
    let bytes = SIDE * SIDE * 3;
    let mut bmp = Vec::with_capacity(54 + bytes as usize);
    bmp.extend_from_slice(b"BM");
    let header = [
        54 + bytes,
        0,
        54,
        40,
        SIDE,
        SIDE,
        1 | (24 << 16),
        0,
        bytes,
        2835,
        2835,
        0,
        0,
    ];
    for number in header {
        bmp.extend_from_slice(&number.to_le_bytes());
    }
    for pixel in 0..SIDE * SIDE {
        bmp.extend(colour((pixel % SIDE) as u8));
    }
    bmp
}
