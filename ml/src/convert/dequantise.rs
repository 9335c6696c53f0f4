//! ONNX graphs whose linear layers were quantised dynamically: every `MatMul`
//! became `DynamicQuantizeLinear → MatMulInteger → Cast → Mul(scales)`, its
//! weight an int8 tensor `[in, out]` with one scale and zero point per column
//! (or one for all), and the weights' names became numbers. The way back: the
//! weight is `(q − zero point) · scale` in f32, turned to `[out, in]`, and its
//! name is the node's, which still says which layer it is. Plain f32 weights
//! kept their names.

use std::collections::HashMap;
use std::path::Path;

use super::onnx::{self, FLOAT, Graph, Node, Tensor};
use super::{Weight, wrong};
use crate::MlError;

/// What the quantiser appended to the names of nodes.
const NODE_SUFFIX: &str = "MatMul_quant";

pub(super) fn to_safetensors(bytes: &[u8], out: &Path) -> Result<(), MlError> {
    let graph = onnx::graph(bytes)?;
    super::write(weights(&graph)?, out)
}

fn weights(graph: &Graph) -> Result<Vec<(String, GraphWeight<'_>)>, MlError> {
    let index = Index::of(graph);
    let mut weights = Vec::new();
    let mut parts = Vec::new();
    for node in graph.node.iter().filter(|n| n.op_type == "MatMulInteger") {
        let quantised = index.initializer(node, 1)?;
        let zero_point = match node.input.get(3) {
            Some(name) if !name.is_empty() => Some(index.initializer(node, 3)?),
            _ => None,
        };
        let scale = index.scale(node)?;
        parts.push(scale.name.as_str());
        weights.push((
            layer_name(node)?,
            GraphWeight::dequantised(quantised, zero_point, scale)?,
        ));
    }
    for tensor in &graph.initializer {
        // integers are the graph's plumbing, or parts that were used above
        if tensor.data_type == FLOAT && !parts.contains(&tensor.name.as_str()) {
            weights.push((tensor.name.clone(), GraphWeight::plain(tensor)?));
        }
    }
    Ok(weights)
}

/// `/encoder/layers.0/mlp/fc1/MatMul_quant` → `encoder.layers.0.mlp.fc1.weight`
fn layer_name(node: &Node) -> Result<String, MlError> {
    node.name
        .strip_suffix(NODE_SUFFIX)
        .map(|path| path.trim_matches('/').replace('/', "."))
        .filter(|path| !path.is_empty())
        .map(|path| path + ".weight")
        .ok_or_else(|| {
            wrong(format!(
                "node {:?} does not say which layer it is",
                node.name
            ))
        })
}

/// Who makes a value and who takes it.
struct Index<'a> {
    initializers: HashMap<&'a str, &'a Tensor>,
    makers: HashMap<&'a str, &'a Node>,
    takers: HashMap<&'a str, &'a Node>,
}

impl<'a> Index<'a> {
    fn of(graph: &'a Graph) -> Self {
        let (mut makers, mut takers) = (HashMap::new(), HashMap::new());
        for node in &graph.node {
            makers.extend(node.output.iter().map(|o| (o.as_str(), node)));
            takers.extend(node.input.iter().map(|i| (i.as_str(), node)));
        }
        let named = graph.initializer.iter().map(|t| (t.name.as_str(), t));
        Self {
            initializers: named.collect(),
            makers,
            takers,
        }
    }

    fn initializer(&self, node: &Node, input: usize) -> Result<&'a Tensor, MlError> {
        node.input
            .get(input)
            .and_then(|name| self.initializers.get(name.as_str()).copied())
            .ok_or_else(|| wrong(format!("node {}: input {input} is no constant", node.name)))
    }

    /// `MatMulInteger → Cast → Mul`, whose other side is `input scale · scale`.
    fn scale(&self, node: &Node) -> Result<&'a Tensor, MlError> {
        let next = |n: &Node| {
            n.output
                .first()
                .and_then(|o| self.takers.get(o.as_str()).copied())
        };
        let of = |n: &'a Node| {
            n.input
                .iter()
                .find_map(|i| self.initializers.get(i.as_str()).copied())
        };
        next(node)
            .filter(|cast| cast.op_type == "Cast")
            .and_then(next)
            .filter(|product| product.op_type == "Mul")
            .and_then(|product| {
                of(product).or_else(|| {
                    let makers = product.input.iter();
                    makers
                        .filter_map(|i| self.makers.get(i.as_str()).copied())
                        .filter(|n| n.op_type == "Mul")
                        .find_map(of)
                })
            })
            .ok_or_else(|| wrong(format!("node {}: its scale was not found", node.name)))
    }
}

struct GraphWeight<'a> {
    shape: Vec<usize>,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Plain(&'a Tensor),
    Dequantised {
        quantised: &'a Tensor,
        /// One per column.
        zero_points: Vec<i16>,
        /// One per column.
        scales: Vec<f32>,
    },
}

/// Both constructors have read the tensor once, so later reads cannot fail.
const CHECKED: &str = "the tensor was read when the weight was made";

impl<'a> GraphWeight<'a> {
    fn plain(tensor: &'a Tensor) -> Result<Self, MlError> {
        tensor.floats()?;
        Ok(Self {
            shape: tensor.shape()?,
            kind: Kind::Plain(tensor),
        })
    }

    fn dequantised(
        quantised: &'a Tensor,
        zero_point: Option<&Tensor>,
        scale: &Tensor,
    ) -> Result<Self, MlError> {
        quantised.small_ints()?;
        let [rows, columns] = quantised.shape()?[..] else {
            return Err(wrong(format!("tensor {} is no matrix", quantised.name)));
        };
        let zero_points = zero_point.map_or(Ok(vec![0]), Tensor::small_ints)?;
        Ok(Self {
            shape: vec![columns, rows],
            kind: Kind::Dequantised {
                quantised,
                zero_points: per_column(zero_points, columns, &quantised.name)?,
                scales: per_column(scale.floats()?, columns, &quantised.name)?,
            },
        })
    }
}

impl Weight for GraphWeight<'_> {
    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn values(&self) -> Vec<f32> {
        match &self.kind {
            Kind::Plain(tensor) => tensor.floats().expect(CHECKED),
            Kind::Dequantised {
                quantised,
                zero_points,
                scales,
            } => {
                let q = quantised.small_ints().expect(CHECKED);
                let (columns, rows) = (self.shape[0], self.shape[1]);
                let value = |row: usize, column: usize| {
                    f32::from(q[row * columns + column] - zero_points[column]) * scales[column]
                };
                (0..columns)
                    .flat_map(|column| (0..rows).map(move |row| (row, column)))
                    .map(|(row, column)| value(row, column))
                    .collect()
            }
        }
    }
}

fn per_column<T: Copy>(values: Vec<T>, columns: usize, of: &str) -> Result<Vec<T>, MlError> {
    match values[..] {
        [one] => Ok(vec![one; columns]),
        _ if values.len() == columns => Ok(values),
        _ => Err(wrong(format!(
            "tensor {of}: one scale per column is wanted"
        ))),
    }
}

#[cfg(test)]
mod tests;
