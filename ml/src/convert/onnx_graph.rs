//! A whole ONNX graph as one safetensors file: float constants become f32
//! tensors, everything else the JSON of [`crate::graph::format`].

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use super::onnx::{self, DOUBLE, FLOAT, FLOAT16, Graph, INT8, Node, Tensor, UINT8, attribute};
use super::{Weight, wrong};
use crate::MlError;
use crate::graph::format::{Attribute, Integers, KEY, NodeRecord, Topology, VERSION};
use crate::graph::op::Op;

pub(super) fn to_safetensors(bytes: &[u8], out: &Path) -> Result<(), MlError> {
    let model = onnx::model(bytes)?;
    let standard = |domain: &str| domain.is_empty() || domain == "ai.onnx";
    let opset = model
        .opset_import
        .iter()
        .find(|set| standard(&set.domain))
        .ok_or_else(|| wrong("it names no operator set"))?
        .version;
    let graph = model.graph.ok_or_else(|| wrong("it holds no graph"))?;
    let mut parts = Parts::default();
    let (nodes, constants) = split(&graph);
    let dequantised = parts.take_constants(&constants, &graph)?;
    let skip = |node: &&Node| !dequantised.contains(node.output.first().map_or("", |o| o));
    let nodes = nodes
        .into_iter()
        .filter(skip)
        .map(|node| record(node, opset))
        .collect::<Result<Vec<_>, _>>()?;
    let given = |name: &String| {
        !parts.integers.contains_key(name) && !parts.floats.iter().any(|(own, _)| own == name)
    };
    let topology = Topology {
        version: VERSION,
        opset,
        inputs: graph
            .input
            .iter()
            .map(|i| i.name.clone())
            .filter(given)
            .collect(),
        outputs: graph.output.iter().map(|o| o.name.clone()).collect(),
        nodes,
        integers: parts.integers,
        properties: model
            .metadata_props
            .into_iter()
            .map(|property| (property.key, property.value))
            .collect(),
    };
    let json = serde_json::to_string(&topology).map_err(|e| wrong(e.to_string()))?;
    super::write_with(parts.floats, Some((KEY.to_owned(), json)), out)
}

/// Nodes that compute, and constants by name, whichever way they are written.
fn split(graph: &Graph) -> (Vec<&Node>, Vec<(&str, &Tensor)>) {
    let mut constants: Vec<_> = graph
        .initializer
        .iter()
        .map(|tensor| (tensor.name.as_str(), tensor))
        .collect();
    let mut nodes = Vec::new();
    for node in &graph.node {
        let tensor = node
            .attribute
            .iter()
            .find(|a| node.op_type == "Constant" && a.name == "value")
            .and_then(|a| a.t.as_ref());
        match (tensor, node.output.first()) {
            (Some(tensor), Some(output)) => constants.push((output, tensor)),
            _ => nodes.push(node),
        }
    }
    (nodes, constants)
}

#[derive(Default)]
struct Parts {
    floats: Vec<(String, FloatTensor)>,
    integers: BTreeMap<String, Integers>,
}

impl Parts {
    /// Returns the outputs of `DequantizeLinear` nodes that became constants.
    fn take_constants(
        &mut self,
        constants: &[(&str, &Tensor)],
        graph: &Graph,
    ) -> Result<HashSet<String>, MlError> {
        for (name, tensor) in constants {
            let shape = tensor.shape()?;
            match tensor.data_type {
                FLOAT | FLOAT16 | DOUBLE => {
                    let values = tensor.widened()?;
                    self.floats
                        .push(((*name).to_owned(), FloatTensor { shape, values }));
                }
                // parts of a quantised weight, below
                INT8 | UINT8 => {}
                _ => {
                    let values = tensor.integers()?;
                    self.integers
                        .insert((*name).to_owned(), Integers { shape, values });
                }
            }
        }
        let find = |name: &String| {
            let found = constants.iter().find(|(own, _)| own == name);
            found.map(|(_, tensor)| *tensor)
        };
        let mut done = HashSet::new();
        for node in graph
            .node
            .iter()
            .filter(|n| n.op_type == "DequantizeLinear")
        {
            let parts: Vec<_> = node.input.iter().map(find).collect();
            let (Some(Some(quantised)), Some(Some(scale)), Some(output)) =
                (parts.first(), parts.get(1), node.output.first())
            else {
                continue;
            };
            let axis = node
                .attribute
                .iter()
                .find(|a| a.name == "axis")
                .map_or(1, |a| a.i);
            let zero_point = parts.get(2).copied().flatten();
            let weight = dequantised(quantised, scale, zero_point, axis)?;
            self.floats.push((output.clone(), weight));
            done.insert(output.clone());
        }
        Ok(done)
    }
}

/// `(q − zero point) · scale`, with one of each or one per index of `axis`.
fn dequantised(
    quantised: &Tensor,
    scale: &Tensor,
    zero_point: Option<&Tensor>,
    axis: i64,
) -> Result<FloatTensor, MlError> {
    let shape = quantised.shape()?;
    let (q, scales) = (quantised.small_ints()?, scale.widened()?);
    let zeros = zero_point.map_or(Ok(vec![0]), Tensor::small_ints)?;
    let axis = if axis < 0 {
        axis + shape.len() as i64
    } else {
        axis
    } as usize;
    let (count, inner) = match scales.len() {
        1 => (1, q.len().max(1)),
        n if shape.get(axis) == Some(&n) => (n, shape[axis + 1..].iter().product()),
        _ => {
            return Err(wrong(format!(
                "tensor {}: its scales do not fit",
                quantised.name
            )));
        }
    };
    if zeros.len() != 1 && zeros.len() != count {
        return Err(wrong(format!(
            "tensor {}: its zero points do not fit",
            quantised.name
        )));
    }
    let value = |(at, &q): (usize, &i16)| {
        let index = at / inner % count;
        f32::from(q - zeros[index % zeros.len()]) * scales[index]
    };
    let values = q.iter().enumerate().map(value).collect();
    Ok(FloatTensor { shape, values })
}

fn record(node: &Node, opset: i64) -> Result<NodeRecord, MlError> {
    let attributes = node
        .attribute
        .iter()
        .map(|a| Ok((a.name.clone(), value(node, a)?)))
        .collect::<Result<_, MlError>>()?;
    let record = NodeRecord {
        op: node.op_type.clone(),
        name: node.name.clone(),
        inputs: node.input.clone(),
        outputs: node.output.clone(),
        attributes,
    };
    Op::read(&record, opset)?;
    Ok(record)
}

fn value(node: &Node, a: &onnx::Attribute) -> Result<Attribute, MlError> {
    Ok(match a.kind {
        attribute::FLOAT => Attribute::Float(a.f),
        attribute::INT => Attribute::Int(a.i),
        attribute::STRING => Attribute::Text(String::from_utf8_lossy(&a.s).into_owned()),
        attribute::FLOATS => Attribute::Floats(a.floats.clone()),
        attribute::INTS => Attribute::Ints(a.ints.clone()),
        attribute::TENSOR => match a.t.as_ref().map(Tensor::integers) {
            Some(Ok(values)) => Attribute::Ints(values),
            _ => return Err(unknown(node, &a.name)),
        },
        _ => return Err(unknown(node, &a.name)),
    })
}

fn unknown(node: &Node, attribute: &str) -> MlError {
    MlError::UnsupportedOp {
        op: format!("{} with {attribute}", node.op_type),
        node: node.name.clone(),
    }
}

struct FloatTensor {
    shape: Vec<usize>,
    values: Vec<f32>,
}

impl Weight for FloatTensor {
    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn values(&self) -> Vec<f32> {
        self.values.clone()
    }
}
