use prost::Message;
use safetensors::SafeTensors;

use super::super::onnx::{INT8, Model};
use super::*;

fn node(op: &str, name: &str, input: &[&str], output: &str) -> Node {
    Node {
        input: input.iter().map(|&s| s.into()).collect(),
        output: vec![output.into()],
        name: name.into(),
        op_type: op.into(),
        ..Node::default()
    }
}

fn int8(name: &str, dims: &[i64], values: &[i8]) -> Tensor {
    Tensor {
        name: name.into(),
        dims: dims.to_vec(),
        data_type: INT8,
        raw_data: values.iter().map(|&v| v as u8).collect(),
        ..Tensor::default()
    }
}

fn float(name: &str, dims: &[i64], values: &[f32]) -> Tensor {
    Tensor {
        name: name.into(),
        dims: dims.to_vec(),
        data_type: FLOAT,
        float_data: values.to_vec(),
        ..Tensor::default()
    }
}

/// x [n, 2] through a quantised layer of 3 outputs, plus its bias.
fn model() -> Model {
    let nodes = vec![
        node("DynamicQuantizeLinear", "dq", &["x"], "xq"),
        node("Mul", "s", &["xs", "onnx::MatMul_7_scale"], "ss"),
        node(
            "MatMulInteger",
            "/enc/layers.0/fc1/MatMul_quant",
            &[
                "xq",
                "onnx::MatMul_7_quantized",
                "xz",
                "onnx::MatMul_7_zero_point",
            ],
            "yq",
        ),
        node("Cast", "c", &["yq"], "yc"),
        node("Mul", "m", &["yc", "ss"], "y"),
        node("Add", "a", &["enc.layers.0.fc1.bias", "y"], "z"),
    ];
    let initializer = vec![
        float("enc.layers.0.fc1.bias", &[3], &[1.0, 2.0, 3.0]),
        int8("onnx::MatMul_7_quantized", &[2, 3], &[1, -2, 3, 4, 5, -128]),
        int8("onnx::MatMul_7_zero_point", &[3], &[0, 1, 0]),
        float("onnx::MatMul_7_scale", &[3], &[0.5, 2.0, 0.25]),
    ];
    Model {
        graph: Some(Graph {
            node: nodes,
            initializer,
            ..Graph::default()
        }),
        ..Model::default()
    }
}

fn run(model: &Model) -> Result<Vec<u8>, MlError> {
    let dir = tempfile::tempdir().expect("temp");
    let out = dir.path().join("m.safetensors");
    to_safetensors(&model.encode_to_vec(), &out)?;
    Ok(std::fs::read(out).expect("written"))
}

fn values(bytes: &[u8], name: &str) -> (Vec<usize>, Vec<f32>) {
    let file = SafeTensors::deserialize(bytes).expect("safetensors");
    let tensor = file.tensor(name).expect(name);
    let (words, _) = tensor.data().as_chunks::<4>();
    let values = words.iter().map(|w| f32::from_le_bytes(*w)).collect();
    (tensor.shape().to_vec(), values)
}

#[test]
fn a_quantised_layer_comes_back_turned_and_named() {
    let bytes = run(&model()).expect("converted");
    let (shape, weight) = values(&bytes, "enc.layers.0.fc1.weight");
    assert_eq!(shape, [3, 2]);
    assert_eq!(weight, [0.5, 2.0, -6.0, 8.0, 0.75, -32.0]);
    let (shape, bias) = values(&bytes, "enc.layers.0.fc1.bias");
    assert_eq!((shape, bias), (vec![3], vec![1.0, 2.0, 3.0]));
    let file = SafeTensors::deserialize(&bytes).expect("safetensors");
    assert_eq!(file.len(), 2, "scales and zero points are gone");
}

#[test]
fn the_same_source_gives_the_same_bytes() {
    assert_eq!(run(&model()).expect("once"), run(&model()).expect("twice"));
}

#[test]
fn one_scale_may_serve_all_columns() {
    let mut model = model();
    let graph = model.graph.as_mut().expect("graph");
    graph.initializer[2] = int8("onnx::MatMul_7_zero_point", &[], &[0]);
    graph.initializer[3] = float("onnx::MatMul_7_scale", &[], &[2.0]);
    let bytes = run(&model).expect("converted");
    assert_eq!(
        values(&bytes, "enc.layers.0.fc1.weight").1,
        [2.0, 8.0, -4.0, 10.0, 6.0, -256.0]
    );
}

type Breakage = fn(&mut Graph);

#[test]
fn what_is_not_as_expected_is_refused() {
    let breakages: [(&str, Breakage); 5] = [
        ("scale", |g| g.node[4].op_type = "Div".into()),
        ("layer", |g| g.node[2].name = "MatMul_quant".into()),
        ("fill", |g| g.initializer[1].raw_data.truncate(5)),
        ("column", |g| {
            g.initializer[3] = float("onnx::MatMul_7_scale", &[2], &[1.0; 2])
        }),
        ("negative", |g| g.initializer[0].dims = vec![-3]),
    ];
    for (says, breakage) in breakages {
        let mut model = model();
        breakage(model.graph.as_mut().expect("graph"));
        let error = run(&model).expect_err(says).to_string();
        assert!(error.contains(says), "{error}");
    }
    assert!(onnx::graph(b"\xff\xff not protobuf").is_err());
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        if let Ok(graph) = onnx::graph(&bytes) {
            drop(weights(&graph));
        }
    }
}
