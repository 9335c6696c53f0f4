//! The blurred placeholder shown before a picture has loaded.

use crate::Picture;

/// Longer than this brings nothing, and the hash refuses it.
const SIDE: u32 = 100;

/// The thumbhash: about 25 bytes holding a blurred, correctly shaped preview, alpha included.
pub fn thumbhash(picture: &Picture) -> Vec<u8> {
    let small = picture.thumbnail(SIDE);
    let rgba: Vec<u8> = match small.has_alpha() {
        true => small.pixels().to_vec(),
        false => small
            .pixels()
            .chunks_exact(3)
            .flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 255])
            .collect(),
    };
    let (width, height) = (small.width() as usize, small.height() as usize);
    ::thumbhash::rgba_to_thumb_hash(width, height, &rgba)
}
