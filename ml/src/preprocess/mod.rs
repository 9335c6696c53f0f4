//! From decoded pixels to a network's input, as the networks' authors did it.
//!
//! The resampling is the arithmetic of Pillow's 8-bit path, bit for bit, since
//! that is what the weights were trained and measured with.

mod resize;
mod rgb8;

pub use resize::{Filter, resize_and_crop, stretch_and_crop};
pub use rgb8::Rgb8;

/// How one network wants its pictures.
///
/// The short side is resized to `resize`, the middle `crop` × `crop` is cut
/// out, and each channel becomes `value * scale + shift`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recipe {
    /// Length of the short side after resizing, in pixels.
    pub resize: u32,
    /// Side of the square that is cut out, in pixels.
    pub crop: u32,
    /// Factor per channel, applied to 0..=255 values.
    pub scale: [f32; 3],
    /// Added per channel after the factor.
    pub shift: [f32; 3],
}

const CLIP_MEAN: [f32; 3] = [0.481_454_66, 0.457_827_5, 0.408_210_73];
const CLIP_STD: [f32; 3] = [0.268_629_54, 0.261_302_6, 0.275_777_1];

/// OpenAI CLIP: 224 by 224, values / 255, the published mean and deviation.
pub const CLIP_224: Recipe = clip_recipe(224);

/// CLIP's preprocessing for an image tower that sees `side` by `side` pixels.
pub const fn clip_recipe(side: u32) -> Recipe {
    Recipe {
        resize: side,
        crop: side,
        scale: [
            1.0 / (255.0 * CLIP_STD[0]),
            1.0 / (255.0 * CLIP_STD[1]),
            1.0 / (255.0 * CLIP_STD[2]),
        ],
        shift: [
            -CLIP_MEAN[0] / CLIP_STD[0],
            -CLIP_MEAN[1] / CLIP_STD[1],
            -CLIP_MEAN[2] / CLIP_STD[2],
        ],
    }
}

/// EfficientNet-Lite0: the middle 224 of a 256 short side, (x - 127) / 128.
pub const EFFICIENTNET_LITE0: Recipe = Recipe {
    resize: 256,
    crop: 224,
    scale: [1.0 / 128.0; 3],
    shift: [-127.0 / 128.0; 3],
};

impl Recipe {
    /// Planar input `[3, crop, crop]`, row-major.
    pub fn apply(&self, picture: &Rgb8) -> Vec<f32> {
        self.planes(&resize_and_crop(picture, self.resize, self.crop))
    }

    /// Planar input `[3, height, width]` of a picture that has its size already.
    pub fn planes(&self, picture: &Rgb8) -> Vec<f32> {
        let plane = (picture.width() * picture.height()) as usize;
        let mut out = vec![0f32; 3 * plane];
        for (at, pixel) in picture.data().chunks_exact(3).enumerate() {
            for channel in 0..3 {
                out[channel * plane + at] =
                    f32::from(pixel[channel]) * self.scale[channel] + self.shift[channel];
            }
        }
        out
    }
}
