//! EfficientNet-Lite0 (Tan and Le 2019, the "lite" variant without
//! squeeze-and-excite), channels last, batch norm folded into the weights.

use candle_core::{Device, Tensor};

use super::ops::{Activation, Depthwise, Linear, same};
use super::weights::{Slab, Weights};
use crate::MlError;
use crate::preprocess::{EFFICIENTNET_LITE0, Rgb8};

/// Number of ImageNet classes.
pub const CLASSES: usize = 1000;
/// Length of the pooled feature vector before the classifier.
pub const FEATURES: usize = 1280;

const SIDE: usize = 224;
const STEM: usize = 32;
const STEM_SIZE: usize = 3;
const BATCH_NORM_EPSILON: f32 = 1e-3;

/// Repeats, kernel size, stride of the first, expansion, input and output
/// channels of each stage.
const STAGES: [(usize, usize, usize, usize, usize, usize); 7] = [
    (1, 3, 1, 1, 32, 16),
    (2, 3, 2, 6, 16, 24),
    (2, 5, 2, 6, 24, 40),
    (3, 3, 2, 6, 40, 80),
    (3, 5, 1, 6, 80, 112),
    (4, 5, 2, 6, 112, 192),
    (1, 3, 1, 6, 192, 320),
];

/// The loaded network.
pub struct EfficientNetLite0 {
    stem: Linear,
    blocks: Vec<Block>,
    head: Linear,
    classifier: Linear,
}

struct Block {
    expand: Option<Linear>,
    depthwise: Depthwise,
    project: Linear,
    residual: bool,
}

impl EfficientNetLite0 {
    /// Takes the tensors by the names of the published state dict and folds
    /// the batch norms in.
    ///
    /// # Errors
    /// [`MlError::BadWeights`] when one is missing or misshapen.
    pub fn load(w: &Weights) -> Result<Self, MlError> {
        let mut blocks = Vec::new();
        for (repeats, size, stride, expansion, input, output) in STAGES {
            for repeat in 0..repeats {
                let first = repeat == 0;
                let shape = BlockShape {
                    size,
                    stride: if first { stride } else { 1 },
                    expansion,
                    input: if first { input } else { output },
                    output,
                };
                blocks.push(Block::load(w, blocks.len(), &shape)?);
            }
        }
        let last = STAGES[STAGES.len() - 1].5;
        let fc = w.take("_fc.weight", &[CLASSES, FEATURES])?;
        let fc_bias = w.take("_fc.bias", &[CLASSES])?;
        Ok(Self {
            stem: stem(w)?,
            blocks,
            head: pointwise(w, "_conv_head", "_bn1", last, FEATURES)?.then(Activation::Relu6),
            classifier: Linear::new(fc, Some(fc_bias), FEATURES, CLASSES),
        })
    }

    /// Class logits `[1000]` and pooled features `[1280]` of a picture.
    ///
    /// # Errors
    /// [`MlError::Candle`] on a fault of the tensor library.
    pub fn classify(&self, picture: &Rgb8) -> Result<(Vec<f32>, Vec<f32>), MlError> {
        let planes = EFFICIENTNET_LITE0.apply(picture);
        let (rows, side) = unfold(&planes);
        let rows = Tensor::from_vec(rows, (side * side, 3 * STEM_SIZE * STEM_SIZE), &Device::Cpu)?;
        let mut map = self.stem.forward(&rows)?.reshape((side, side, STEM))?;
        for block in &self.blocks {
            map = block.forward(&map)?;
        }
        let (height, width, channels) = map.dims3()?;
        let pixels = map.reshape((height * width, channels))?;
        let features = self.head.forward(&pixels)?.mean_keepdim(0)?;
        let logits = self.classifier.forward(&features)?;
        Ok((
            logits.flatten_all()?.to_vec1()?,
            features.flatten_all()?.to_vec1()?,
        ))
    }
}

struct BlockShape {
    size: usize,
    stride: usize,
    expansion: usize,
    input: usize,
    output: usize,
}

impl Block {
    fn load(w: &Weights, index: usize, shape: &BlockShape) -> Result<Self, MlError> {
        let name = |part: &str| format!("_blocks.{index}.{part}");
        let wide = shape.input * shape.expansion;
        let expand = if shape.expansion == 1 {
            None
        } else {
            let conv = name("_expand_conv");
            let layer = pointwise(w, &conv, &name("_bn0"), shape.input, wide)?;
            Some(layer.then(Activation::Relu6))
        };
        let kernel = [wide, 1, shape.size, shape.size];
        let (taps, bias) = folded(w, &name("_depthwise_conv"), &name("_bn1"), &kernel)?;
        Ok(Self {
            expand,
            depthwise: Depthwise::new(&taps, bias, shape.size, shape.stride),
            project: pointwise(w, &name("_project_conv"), &name("_bn2"), wide, shape.output)?,
            residual: shape.stride == 1 && shape.input == shape.output,
        })
    }

    fn forward(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        let (height, width, channels) = x.dims3()?;
        let rows = x.reshape((height * width, channels))?;
        let wide = match &self.expand {
            Some(expand) => expand.forward(&rows)?.reshape((height, width, ()))?,
            None => x.clone(),
        };
        let mixed = self.depthwise.forward(&wide)?;
        let (height, width, channels) = mixed.dims3()?;
        let mixed = mixed.reshape((height * width, channels))?;
        let out = if self.residual {
            self.project.forward_onto(&mixed, &rows)?
        } else {
            self.project.forward(&mixed)?
        };
        out.reshape((height, width, ()))
    }
}

fn stem(w: &Weights) -> Result<Linear, MlError> {
    let kernel = [STEM, 3, STEM_SIZE, STEM_SIZE];
    let (taps, bias) = folded(w, "_conv_stem", "_bn0", &kernel)?;
    let layer = Linear::new(
        Slab::Owned(taps),
        Some(Slab::Owned(bias)),
        3 * STEM_SIZE * STEM_SIZE,
        STEM,
    );
    Ok(layer.then(Activation::Relu6))
}

fn pointwise(
    w: &Weights,
    conv: &str,
    norm: &str,
    input: usize,
    output: usize,
) -> Result<Linear, MlError> {
    let (taps, bias) = folded(w, conv, norm, &[output, input, 1, 1])?;
    Ok(Linear::new(
        Slab::Owned(taps),
        Some(Slab::Owned(bias)),
        input,
        output,
    ))
}

/// A convolution with the batch norm behind it multiplied in.
fn folded(
    w: &Weights,
    conv: &str,
    norm: &str,
    shape: &[usize],
) -> Result<(Vec<f32>, Vec<f32>), MlError> {
    let channels = shape[0];
    let kernel = w.take(&format!("{conv}.weight"), shape)?;
    let part = |name: &str| w.take(&format!("{norm}.{name}"), &[channels]);
    let (scale, bias) = (part("weight")?, part("bias")?);
    let (mean, variance) = (part("running_mean")?, part("running_var")?);
    let factors: Vec<f32> = scale
        .iter()
        .zip(variance.iter())
        .map(|(scale, variance)| scale / (variance + BATCH_NORM_EPSILON).sqrt())
        .collect();
    let taps = kernel
        .chunks_exact(kernel.len() / channels)
        .zip(&factors)
        .flat_map(|(own, factor)| own.iter().map(move |tap| tap * factor))
        .collect();
    let bias = (0..channels)
        .map(|at| bias[at] - mean[at] * factors[at])
        .collect();
    Ok((taps, bias))
}

/// Planes `[3, 224, 224]` → one row per output pixel of the stem, in the order
/// of its kernel (channel, row, column), and the output's side.
fn unfold(planes: &[f32]) -> (Vec<f32>, usize) {
    let (out, before) = same(SIDE, STEM_SIZE, 2);
    let mut rows = Vec::with_capacity(out * out * 3 * STEM_SIZE * STEM_SIZE);
    for at in 0..out * out {
        let (top, left) = (at / out * 2, at % out * 2);
        for channel in 0..3 {
            for tap in 0..STEM_SIZE * STEM_SIZE {
                let y = (top + tap / STEM_SIZE).checked_sub(before);
                let x = (left + tap % STEM_SIZE).checked_sub(before);
                rows.push(match (y, x) {
                    (Some(y), Some(x)) if y < SIDE && x < SIDE => {
                        planes[(channel * SIDE + y) * SIDE + x]
                    }
                    _ => 0.0,
                });
            }
        }
    }
    (rows, out)
}
