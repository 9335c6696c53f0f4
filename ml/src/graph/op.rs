//! The ONNX operators that this runner knows, with their attributes read.
//!
//! Conversion reads every node through here too, so that a network that cannot
//! run is refused before it is stored.

use super::format::NodeRecord;
use crate::MlError;

/// One operation, its attributes typed. Semantics: the ONNX operator of the
/// same name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Op {
    Conv(Window),
    ConvTranspose(Window),
    Pool(Pool),
    /// Mean over every axis behind the second.
    GlobalAveragePool,
    BatchNormalization {
        epsilon: f32,
    },
    Gemm {
        alpha: f32,
        beta: f32,
        transpose: [bool; 2],
    },
    MatMul,
    Unary(Unary),
    Binary(Binary),
    /// The bounds, where attributes give them; else they are inputs.
    Clip(Option<[f32; 2]>),
    Softmax {
        axis: i64,
        /// Before opset 13: over all axes from `axis` on.
        flatten: bool,
    },
    Reduce {
        kind: Reduction,
        /// `None`: the second input, or all.
        axes: Option<Vec<i64>>,
        keep: bool,
    },
    Reshape {
        allow_zero: bool,
    },
    Flatten {
        axis: i64,
    },
    Transpose {
        order: Option<Vec<i64>>,
    },
    Concat {
        axis: i64,
    },
    Slice,
    /// `None`: the second input, or every axis of length one.
    Squeeze(Option<Vec<i64>>),
    Unsqueeze(Option<Vec<i64>>),
    Expand,
    Gather {
        axis: i64,
    },
    Shape {
        start: i64,
        end: Option<i64>,
    },
    Cast {
        to_integer: bool,
    },
    Resize(Resize),
    Identity,
}

/// Where a convolution looks. Two axes; pads are top, left, bottom, right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Window {
    pub strides: [usize; 2],
    pub pads: [usize; 4],
    pub dilations: [usize; 2],
    pub groups: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pool {
    pub greatest: bool,
    pub size: [usize; 2],
    pub strides: [usize; 2],
    pub pads: [usize; 4],
    pub ceil: bool,
    pub count_padding: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    not(feature = "engine"),
    allow(dead_code, reason = "some come of fusing, which only the engine does")
)]
pub(crate) enum Unary {
    Relu,
    LeakyRelu(f32),
    Sigmoid,
    /// max(0, min(1, alpha · x + beta))
    HardSigmoid(f32, f32),
    /// x · max(0, min(1, x / 6 + 0.5))
    HardSwish,
    /// x · sigmoid(x); no ONNX operator, but a common pair of them
    Swish,
    /// x · Φ(x); an ONNX operator since opset 20, before that five of them
    Gelu,
    Tanh,
    Erf,
    Exp,
    Sqrt,
    Abs,
    Neg,
    /// Between two constants.
    Clamp(f32, f32),
    /// x · factor + shift
    Affine(f32, f32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    Max,
    Min,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reduction {
    Mean,
    Sum,
    Max,
    L2,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resize {
    pub linear: bool,
    pub coordinates: Coordinates,
}

/// From an output position to an input position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coordinates {
    Asymmetric,
    HalfPixel,
    AlignCorners,
}

/// The first opset whose softmax works on one axis.
const SOFTMAX_ONE_AXIS: i64 = 13;

impl Op {
    /// # Errors
    /// [`MlError::UnsupportedOp`] naming an operator, or an option of one, that
    /// this runner does not know.
    pub fn read(node: &NodeRecord, opset: i64) -> Result<Self, MlError> {
        let axes = || node.ints("axes").map(<[i64]>::to_vec);
        let reduce = |kind| Op::Reduce {
            kind,
            axes: axes(),
            keep: node.int("keepdims", 1) != 0,
        };
        Ok(match node.op.as_str() {
            "Conv" => Op::Conv(window(node)?),
            "ConvTranspose" => {
                refuse(node, "output_shape", node.ints("output_shape").is_some())?;
                let extra = node.ints("output_padding").unwrap_or_default();
                refuse(node, "output_padding", extra.iter().any(|&p| p != 0))?;
                Op::ConvTranspose(window(node)?)
            }
            "MaxPool" => Op::Pool(pool(node, true)?),
            "AveragePool" => Op::Pool(pool(node, false)?),
            "GlobalAveragePool" => Op::GlobalAveragePool,
            "BatchNormalization" => Op::BatchNormalization {
                epsilon: node.float("epsilon", 1e-5),
            },
            "Gemm" => Op::Gemm {
                alpha: node.float("alpha", 1.0),
                beta: node.float("beta", 1.0),
                transpose: ["transA", "transB"].map(|name| node.int(name, 0) != 0),
            },
            "MatMul" => Op::MatMul,
            "Relu" => Op::Unary(Unary::Relu),
            "LeakyRelu" => Op::Unary(Unary::LeakyRelu(node.float("alpha", 0.01))),
            "Sigmoid" => Op::Unary(Unary::Sigmoid),
            "HardSigmoid" => Op::Unary(Unary::HardSigmoid(
                node.float("alpha", 0.2),
                node.float("beta", 0.5),
            )),
            "HardSwish" => Op::Unary(Unary::HardSwish),
            "Gelu" => {
                let exact = node.text("approximate").is_none_or(|way| way == "none");
                refuse(node, "approximate", !exact)?;
                Op::Unary(Unary::Gelu)
            }
            "Tanh" => Op::Unary(Unary::Tanh),
            "Erf" => Op::Unary(Unary::Erf),
            "Exp" => Op::Unary(Unary::Exp),
            "Sqrt" => Op::Unary(Unary::Sqrt),
            "Abs" => Op::Unary(Unary::Abs),
            "Neg" => Op::Unary(Unary::Neg),
            "Add" => Op::Binary(Binary::Add),
            "Sub" => Op::Binary(Binary::Sub),
            "Mul" => Op::Binary(Binary::Mul),
            "Div" => Op::Binary(Binary::Div),
            "Pow" => Op::Binary(Binary::Pow),
            "Max" if node.inputs.len() == 2 => Op::Binary(Binary::Max),
            "Min" if node.inputs.len() == 2 => Op::Binary(Binary::Min),
            "Clip" => {
                let set = ["min", "max"]
                    .iter()
                    .any(|n| node.attributes.contains_key(*n));
                Op::Clip(set.then(|| [node.float("min", f32::MIN), node.float("max", f32::MAX)]))
            }
            "Softmax" => {
                let flatten = opset < SOFTMAX_ONE_AXIS;
                let axis = node.int("axis", if flatten { 1 } else { -1 });
                Op::Softmax { axis, flatten }
            }
            "ReduceMean" => reduce(Reduction::Mean),
            "ReduceSum" => reduce(Reduction::Sum),
            "ReduceMax" => reduce(Reduction::Max),
            "ReduceL2" => reduce(Reduction::L2),
            "Reshape" => Op::Reshape {
                allow_zero: node.int("allowzero", 0) != 0,
            },
            "Flatten" => Op::Flatten {
                axis: node.int("axis", 1),
            },
            "Transpose" => Op::Transpose {
                order: node.ints("perm").map(<[i64]>::to_vec),
            },
            "Concat" => Op::Concat {
                axis: node.int("axis", 0),
            },
            "Slice" if node.inputs.len() > 2 => Op::Slice,
            "Squeeze" => Op::Squeeze(axes()),
            "Unsqueeze" => Op::Unsqueeze(axes()),
            "Expand" => Op::Expand,
            "Gather" => Op::Gather {
                axis: node.int("axis", 0),
            },
            "Shape" => Op::Shape {
                start: node.int("start", 0),
                end: node
                    .attributes
                    .contains_key("end")
                    .then(|| node.int("end", 0)),
            },
            "Cast" => Op::Cast {
                to_integer: cast(node)?,
            },
            "Resize" => Op::Resize(resize(node)?),
            "Identity" | "Dropout" => Op::Identity,
            _ => return Err(unsupported(node, String::new())),
        })
    }
}

fn unsupported(node: &NodeRecord, option: String) -> MlError {
    MlError::UnsupportedOp {
        op: node.op.clone() + &option,
        node: node.label().to_owned(),
    }
}

fn refuse(node: &NodeRecord, option: &str, when: bool) -> Result<(), MlError> {
    if when {
        return Err(unsupported(node, format!(" with {option}")));
    }
    Ok(())
}

fn sizes<const N: usize>(
    node: &NodeRecord,
    name: &str,
    default: usize,
) -> Result<[usize; N], MlError> {
    let Some(values) = node.ints(name) else {
        return Ok([default; N]);
    };
    let sizes: Option<Vec<usize>> = values.iter().map(|&v| usize::try_from(v).ok()).collect();
    sizes
        .and_then(|sizes| sizes.try_into().ok())
        .ok_or_else(|| unsupported(node, format!(" with {name} {values:?}")))
}

fn no_auto_pad(node: &NodeRecord) -> Result<(), MlError> {
    let explicit = matches!(node.text("auto_pad"), None | Some("" | "NOTSET" | "VALID"));
    refuse(node, "auto_pad", !explicit)
}

fn window(node: &NodeRecord) -> Result<Window, MlError> {
    no_auto_pad(node)?;
    Ok(Window {
        strides: sizes(node, "strides", 1)?,
        pads: sizes(node, "pads", 0)?,
        dilations: sizes(node, "dilations", 1)?,
        groups: usize::try_from(node.int("group", 1)).unwrap_or(1),
    })
}

fn pool(node: &NodeRecord, greatest: bool) -> Result<Pool, MlError> {
    no_auto_pad(node)?;
    refuse(node, "a second output", node.outputs.len() > 1)?;
    let dilations: [usize; 2] = sizes(node, "dilations", 1)?;
    refuse(node, "dilations", dilations != [1, 1])?;
    Ok(Pool {
        greatest,
        size: sizes(node, "kernel_shape", 0)?,
        strides: sizes(node, "strides", 1)?,
        pads: sizes(node, "pads", 0)?,
        ceil: node.int("ceil_mode", 0) != 0,
        count_padding: node.int("count_include_pad", 0) != 0,
    })
}

/// `TensorProto.DataType`
fn cast(node: &NodeRecord) -> Result<bool, MlError> {
    match node.int("to", 0) {
        1 | 10 | 11 => Ok(false),
        6 | 7 => Ok(true),
        other => Err(unsupported(node, format!(" to type {other}"))),
    }
}

fn resize(node: &NodeRecord) -> Result<Resize, MlError> {
    let linear = match node.text("mode").unwrap_or("nearest") {
        "nearest" => false,
        "linear" => true,
        other => return Err(unsupported(node, format!(" with mode {other}"))),
    };
    let way = node.text("coordinate_transformation_mode");
    let coordinates = match way.unwrap_or("half_pixel") {
        "asymmetric" => Coordinates::Asymmetric,
        "half_pixel" | "pytorch_half_pixel" if linear => Coordinates::HalfPixel,
        "align_corners" if linear => Coordinates::AlignCorners,
        other => return Err(unsupported(node, format!(" with coordinates {other}"))),
    };
    let rounding = node.text("nearest_mode").unwrap_or("round_prefer_floor");
    refuse(node, "nearest_mode", !linear && rounding != "floor")?;
    Ok(Resize {
        linear,
        coordinates,
    })
}
