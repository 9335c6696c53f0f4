//! A graph written by hand, in a file as conversion writes it. Whole networks
//! against ONNX Runtime: `ml/tests/golden.rs`.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use candle_core::{Device, Tensor};

use super::Graph;
use super::format::{Attribute, KEY, NodeRecord, Topology, VERSION};
use crate::MlError;
use crate::models::Weights;

type Constants<'a> = &'a [(&'a str, &'a [usize], &'a [f32])];

fn node(op: &str, inputs: &[&str], output: &str, attributes: &[(&str, &[i64])]) -> NodeRecord {
    let value = |v: &[i64]| match v {
        [one] => Attribute::Int(*one),
        many => Attribute::Ints(many.to_vec()),
    };
    NodeRecord {
        op: op.to_owned(),
        name: String::new(),
        inputs: inputs.iter().map(|i| (*i).to_owned()).collect(),
        outputs: vec![output.to_owned()],
        attributes: attributes
            .iter()
            .map(|(name, v)| ((*name).to_owned(), value(v)))
            .collect(),
    }
}

fn load(nodes: Vec<NodeRecord>, constants: Constants<'_>) -> Result<Graph, MlError> {
    let topology = Topology {
        version: VERSION,
        opset: 18,
        inputs: vec!["x".to_owned()],
        outputs: vec!["y".to_owned()],
        nodes,
        integers: BTreeMap::new(),
        properties: BTreeMap::new(),
    };
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("model.safetensors");
    save(&topology, constants, &path);
    Graph::load(&Weights::open("test", &path)?)
}

fn save(topology: &Topology, constants: Constants<'_>, path: &Path) {
    let bytes: Vec<Vec<u8>> = constants
        .iter()
        .map(|(_, _, numbers)| numbers.iter().flat_map(|x| x.to_le_bytes()).collect())
        .collect();
    let views = constants
        .iter()
        .zip(&bytes)
        .map(|((name, shape, _), bytes)| {
            let view = safetensors::tensor::TensorView::new(
                safetensors::Dtype::F32,
                shape.to_vec(),
                bytes,
            );
            (*name, view.expect("shapes fit"))
        });
    let json = serde_json::to_string(topology).expect("it can be written");
    let metadata = HashMap::from([(KEY.to_owned(), json)]);
    safetensors::serialize_to_file(views, Some(metadata), path).expect("it can be written");
}

fn run(graph: &Graph, shape: &[usize], numbers: &[f32]) -> (Vec<usize>, Vec<f32>) {
    let x = Tensor::from_slice(numbers, shape, &Device::Cpu).expect("shapes fit");
    let y = graph.run(&[("x", x)]).expect("it runs").remove(0);
    let shape = y.dims().to_vec();
    (
        shape,
        y.flatten_all().and_then(|y| y.to_vec1()).expect("f32"),
    )
}

#[test]
fn a_padded_convolution_with_all_that_fuses_into_it_gives_the_sums_by_hand() {
    // y = relu(2 · (sum of the 3 × 3 window) + 1 + x) over a map of ones
    let nodes = vec![
        node("Conv", &["x", "w"], "c", &[("pads", &[1, 1, 1, 1])]),
        node("Mul", &["c", "two"], "m", &[]),
        node("Add", &["m", "one"], "a", &[]),
        node("Add", &["a", "x"], "s", &[]),
        node("Relu", &["s"], "y", &[]),
    ];
    let graph = load(
        nodes,
        &[
            ("w", &[1, 1, 3, 3], &[1.0; 9]),
            ("two", &[], &[2.0]),
            ("one", &[1, 1, 1], &[1.0]),
        ],
    );
    let graph = graph.expect("it loads");
    let (shape, y) = run(&graph, &[1, 1, 3, 3], &[1.0; 9]);
    assert_eq!(shape, [1, 1, 3, 3]);
    assert_eq!(y, [10.0, 14.0, 10.0, 14.0, 20.0, 14.0, 10.0, 14.0, 10.0]);
    // another size, and a batch, on the same graph
    let (shape, y) = run(&graph, &[2, 1, 1, 2], &[1.0, 1.0, -9.0, 1.0]);
    assert_eq!(shape, [2, 1, 1, 2]);
    assert_eq!(y, [6.0, 6.0, 0.0, 0.0]);
}

#[test]
fn exporters_idioms_become_the_functions_that_they_spell() {
    // x · clip(x + 3, 0, 6) / 6, between two transposes that undo each other
    let order: (&str, &[i64]) = ("perm", &[0, 3, 1, 2]);
    let back: (&str, &[i64]) = ("perm", &[0, 2, 3, 1]);
    let nodes = vec![
        node("Transpose", &["x"], "t", &[order]),
        node("Add", &["t", "three"], "a", &[]),
        node("Clip", &["a", "zero", "six"], "c", &[]),
        node("Mul", &["t", "c"], "m", &[]),
        node("Div", &["m", "six"], "h", &[]),
        node("Transpose", &["h"], "y", &[back]),
    ];
    let numbers: Constants<'_> = &[
        ("three", &[], &[3.0]),
        ("zero", &[], &[0.0]),
        ("six", &[], &[6.0]),
    ];
    let graph = load(nodes, numbers).expect("it loads");
    let x = [-4.0, -1.5, 0.0, 1.0, 3.0, 5.0];
    let (shape, y) = run(&graph, &[1, 1, 2, 3], &x);
    assert_eq!(shape, [1, 1, 2, 3]);
    for (x, y) in x.iter().zip(y) {
        let expected = x * (x + 3.0).clamp(0.0, 6.0) / 6.0;
        assert!((y - expected).abs() < 1e-6, "{x}: {y}, not {expected}");
    }
}

#[test]
fn an_operator_that_is_not_known_is_named_when_the_graph_is_loaded() {
    let refused = load(vec![node("Einsum", &["x"], "y", &[])], &[]).map(drop);
    assert!(matches!(
        refused,
        Err(MlError::UnsupportedOp { op, node }) if op == "Einsum" && node == "y"
    ));
}

#[test]
fn an_input_that_does_not_fit_names_the_step() {
    let nodes = vec![node("Conv", &["x", "w"], "y", &[])];
    let graph = load(nodes, &[("w", &[1, 2, 1, 1], &[1.0, 1.0])]).expect("it loads");
    let x = Tensor::zeros((1, 3, 4, 4), candle_core::DType::F32, &Device::Cpu).expect("zeros");
    let refused = graph.run(&[("x", x)]).map(drop);
    assert!(
        matches!(&refused, Err(MlError::BadInput(why)) if why.contains("Conv")),
        "{refused:?}"
    );
}
