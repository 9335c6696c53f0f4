//! EfficientNet-Lite0 (Tan and Le 2019, the "lite" variant without
//! squeeze-and-excite), as a graph over the published state dict.

use std::collections::BTreeMap;

use super::weights::Weights;
use crate::MlError;
use crate::graph::Graph;
use crate::graph::format::{Attribute, NodeRecord, Topology, VERSION};
use crate::preprocess::{EFFICIENTNET_LITE0, Filter, Rgb8, stretch_and_crop};

/// Number of ImageNet classes.
pub const CLASSES: usize = 1000;
/// Length of the pooled feature vector before the classifier.
pub const FEATURES: usize = 1280;

const SIDE: usize = 224;
/// Pixels for one cell of the last map, and its least cells along a side.
const CELL: u32 = 32;
const LEAST_CELLS: u32 = 2;
const STEM_SIZE: usize = 3;
const BATCH_NORM_EPSILON: f32 = 1e-3;
/// Whose operators the topology is written in.
const OPSET: i64 = 11;

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
pub struct EfficientNetLite0(Graph);

impl EfficientNetLite0 {
    /// Takes the tensors by the names of the published state dict.
    ///
    /// # Errors
    /// [`MlError::BadWeights`] when one is missing or misshapen.
    pub fn load(w: &Weights) -> Result<Self, MlError> {
        w.take("_fc.weight", &[CLASSES, FEATURES])?;
        w.take("_fc.bias", &[CLASSES])?;
        Graph::assemble(w, topology()).map(Self)
    }

    /// Class logits `[1000]` and pooled features `[1280]` of a picture.
    ///
    /// # Errors
    /// [`MlError::BadInput`] when the weights are another network's.
    pub fn classify(&self, picture: &Rgb8) -> Result<(Vec<f32>, Vec<f32>), MlError> {
        self.classify_planes(EFFICIENTNET_LITE0.apply(picture))
    }

    /// As [`EfficientNetLite0::classify`], of a prepared input `[3, 224, 224]`.
    ///
    /// # Errors
    /// As [`EfficientNetLite0::classify`].
    pub fn classify_planes(&self, planes: Vec<f32>) -> Result<(Vec<f32>, Vec<f32>), MlError> {
        let input = ("image", vec![1, 3, SIDE, SIDE], planes);
        let mut outputs = self.0.run_numbers(vec![input])?.into_iter();
        match (outputs.next(), outputs.next()) {
            (Some((_, logits)), Some((_, features))) => Ok((logits, features)),
            _ => Err(MlError::BadInput("a classifier without two outputs".into())),
        }
    }

    /// What the last convolution answers to the whole picture with a longer
    /// side of about `long` pixels: `[1, 1280, height, width]`, one cell for 32
    /// by 32 pixels.
    ///
    /// # Errors
    /// As [`EfficientNetLite0::classify`].
    pub fn answers(&self, picture: &Rgb8, long: u32) -> Result<(Vec<usize>, Vec<f32>), MlError> {
        let sides = [picture.width(), picture.height()];
        let longer = sides[0].max(sides[1]) as f32;
        // the paddings are those of sides that can be halved five times
        let cells = sides.map(|side| {
            let cells = (side as f32 * long as f32 / longer / CELL as f32).round();
            (cells as u32).clamp(LEAST_CELLS, long / CELL)
        });
        let [width, height] = cells.map(|cells| cells * CELL);
        let shown = stretch_and_crop(picture, [width, height], [width, height], Filter::Bicubic);
        let planes = EFFICIENTNET_LITE0.planes(&shown);
        let shape = vec![1, 3, height as usize, width as usize];
        let outputs = self.0.run_numbers(vec![("image", shape, planes)])?;
        let answers = outputs.into_iter().nth(2);
        answers.ok_or(MlError::BadInput("a classifier without a map".into()))
    }

    /// Bytes of the weights as they are kept for running.
    pub fn bytes(&self) -> u64 {
        self.0.bytes()
    }
}

fn topology() -> Topology {
    let mut net = Builder {
        nodes: Vec::new(),
        side: SIDE,
    };
    let mut map = net.conv("image", "_conv_stem", "_bn0", STEM_SIZE, 2, 1, true);
    let mut index = 0;
    for (repeats, size, stride, expansion, input, output) in STAGES {
        for repeat in 0..repeats {
            let (stride, input) = if repeat == 0 {
                (stride, input)
            } else {
                (1, output)
            };
            let name = |part: &str| format!("_blocks.{index}.{part}");
            let mut wide = map.clone();
            if expansion != 1 {
                wide = net.conv(&wide, &name("_expand_conv"), &name("_bn0"), 1, 1, 1, true);
            }
            let groups = input * expansion;
            let conv = name("_depthwise_conv");
            let mixed = net.conv(&wide, &conv, &name("_bn1"), size, stride, groups, true);
            let conv = name("_project_conv");
            let narrow = net.conv(&mixed, &conv, &name("_bn2"), 1, 1, 1, false);
            map = if stride == 1 && input == output {
                net.node("Add", &[&narrow, &map], name("sum"), [])
            } else {
                narrow
            };
            index += 1;
        }
    }
    let head = net.conv(&map, "_conv_head", "_bn1", 1, 1, 1, true);
    let pooled = net.node("GlobalAveragePool", &[&head], "pooled".into(), []);
    let features = net.node("Flatten", &[&pooled], "features".into(), []);
    let turned = [("transB", Attribute::Int(1))];
    let logits = ["_fc.weight", "_fc.bias"];
    let logits = [features.as_str(), logits[0], logits[1]];
    net.node("Gemm", &logits, "logits".into(), turned);
    Topology {
        version: VERSION,
        opset: OPSET,
        inputs: vec!["image".into()],
        outputs: vec!["logits".into(), "features".into(), head],
        nodes: net.nodes,
        integers: BTreeMap::new(),
        properties: BTreeMap::new(),
    }
}

struct Builder {
    nodes: Vec<NodeRecord>,
    /// Of the map that the last convolution left.
    side: usize,
}

impl Builder {
    fn node<const N: usize>(
        &mut self,
        op: &str,
        inputs: &[&str],
        output: String,
        attributes: [(&str, Attribute); N],
    ) -> String {
        self.nodes.push(NodeRecord {
            op: op.to_owned(),
            name: String::new(),
            inputs: inputs.iter().map(|&i| i.to_owned()).collect(),
            outputs: vec![output.clone()],
            attributes: attributes
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        });
        output
    }

    /// A convolution with TensorFlow's SAME padding, its batch norm, and ReLU6
    /// if `limited`.
    #[expect(clippy::too_many_arguments, reason = "they are what a convolution has")]
    fn conv(
        &mut self,
        x: &str,
        conv: &str,
        norm: &str,
        size: usize,
        stride: usize,
        groups: usize,
        limited: bool,
    ) -> String {
        let out = self.side.div_ceil(stride);
        let padding = ((out - 1) * stride + size).saturating_sub(self.side) as i64;
        self.side = out;
        let (before, after) = (padding / 2, padding - padding / 2);
        let weight = format!("{conv}.weight");
        let attributes = [
            ("strides", Attribute::Ints(vec![stride as i64; 2])),
            ("pads", Attribute::Ints(vec![before, before, after, after])),
            ("group", Attribute::Int(groups as i64)),
        ];
        let raw = self.node("Conv", &[x, &weight], conv.to_owned(), attributes);
        let part = |name: &str| format!("{norm}.{name}");
        let parts = ["weight", "bias", "running_mean", "running_var"].map(part);
        let inputs = [raw.as_str(), &parts[0], &parts[1], &parts[2], &parts[3]];
        let epsilon = [("epsilon", Attribute::Float(BATCH_NORM_EPSILON))];
        let normed = self.node(
            "BatchNormalization",
            &inputs,
            format!("{conv}.normed"),
            epsilon,
        );
        if !limited {
            return normed;
        }
        let bounds = [
            ("min", Attribute::Float(0.0)),
            ("max", Attribute::Float(6.0)),
        ];
        self.node("Clip", &[&normed], format!("{conv}.limited"), bounds)
    }
}
