//! A dozen colours by which results can be narrowed.

use index::{Shade, alike};

/// Part of a picture that has to be of a colour that is asked for.
pub const COLORED: f32 = 0.12;

/// What is offered; a search for one of them finds what was counted.
pub const HUES: [[u8; 3]; 12] = [
    [0xc8, 0x28, 0x28],
    [0xe0, 0x78, 0x28],
    [0xe8, 0xc8, 0x40],
    [0x48, 0x98, 0x48],
    [0x28, 0x98, 0x98],
    [0x30, 0x68, 0xc0],
    [0x78, 0x48, 0xb0],
    [0xe0, 0x80, 0xa8],
    [0x80, 0x50, 0x30],
    [0x18, 0x18, 0x18],
    [0x88, 0x88, 0x88],
    [0xf0, 0xf0, 0xf0],
];

/// The colour as the only one that is asked for.
pub fn asked(rgb: [u8; 3]) -> Shade {
    Shade {
        lab: media::perceived(rgb),
        share: 1.0,
    }
}

/// Those of the dozen that a search would find a picture by, by number.
pub fn hues_of(shades: &[Shade]) -> Box<[(u32, f32)]> {
    let likeness = (0u32..).zip(HUES).map(|(hue, rgb)| {
        let alike = alike(&[asked(rgb)], shades);
        (hue, alike)
    });
    likeness.filter(|(_, alike)| *alike >= COLORED).collect()
}

/// The number of one of the dozen.
pub fn hue(rgb: [u8; 3]) -> Option<u32> {
    let place = HUES.iter().position(|hue| *hue == rgb)?;
    u32::try_from(place).ok()
}
