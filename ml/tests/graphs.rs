//! The networks that run as graphs against ONNX Runtime: from the converted
//! file to the numbers that come out. `ml/train/graph_golden.py` wrote what it
//! says; the inputs are made here by the same formula.
//!
//! Weights come from `ASTERISM_MODELS_DIR`, else from the cache. Without them
//! a case says so and passes, except under `CI`, where they must be there.

use std::path::PathBuf;

use asterism_ml::MlError;
use asterism_ml::graph::Graph;
use asterism_ml::models::Weights;
use asterism_ml::vector::cosine;
use serde::Deserialize;

const MIN_COSINE: f32 = 0.99999;
/// Of the largest number of an output.
const MAX_DIFFERENCE: f32 = 5e-4;

/// Instead of a magnitude: see [`page`].
const PAGE: f64 = 0.0;

#[derive(Deserialize)]
struct Golden {
    sample_every: usize,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    model: String,
    shape: Vec<usize>,
    most: f64,
    outputs: Vec<Output>,
}

#[derive(Deserialize)]
struct Output {
    shape: Vec<usize>,
    samples: Vec<f32>,
    length: f64,
}

fn numbers(count: usize, most: f64) -> Vec<f32> {
    let number = |at: u64| {
        let noise = ((at * 2_654_435_761) & 0xFFFF_FFFF) >> 8;
        let noise = noise as f64 / f64::from(1 << 23) - 1.0;
        let wave = (at / 7 % 64) as f64 / 32.0 - 1.0;
        ((0.7 * wave + 0.3 * noise) * most) as f32
    };
    (0..count as u64).map(number).collect()
}

/// Rows of marks, 14 pixels high, every 40 pixels, on white; black is -1.
fn page(shape: &[usize]) -> Vec<f32> {
    let (height, width) = (shape[2] as u64, shape[3] as u64);
    let pixel = |at: u64| {
        let (y, x) = (at / width % height, at % width);
        let mark = ((x / 3 * 2_654_435_761 + y / 4 * 40_503) >> 9).is_multiple_of(3);
        let row = (12..26).contains(&(y % 40)) && x % 60 < 50;
        if mark && row { -1.0 } else { 1.0 }
    };
    (0..shape.iter().product::<usize>() as u64)
        .map(pixel)
        .collect()
}

fn models() -> PathBuf {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let cache = || {
        variable("ASTERISM_CACHE")
            .or_else(|| variable("HOME").map(|home| home.join(".cache/asterism")))
            .map(|cache| cache.join("models"))
    };
    variable("ASTERISM_MODELS_DIR")
        .or_else(cache)
        .unwrap_or_default()
}

#[test]
fn every_graph_says_what_onnx_runtime_says() {
    let golden: Golden = serde_json::from_str(include_str!("golden/graphs.json")).expect("golden");
    for case in golden.cases {
        let path = models().join(&case.model).join("model.safetensors");
        let graph = match Weights::open(&case.model, &path).and_then(|w| Graph::load(&w)) {
            Ok(graph) => graph,
            Err(error @ MlError::ModelMissing { .. }) => {
                assert!(std::env::var_os("CI").is_none(), "{error}");
                eprintln!("skipped: {error}");
                continue;
            }
            Err(error) => panic!("{}: {error}", case.model),
        };
        let input = graph.input_names().next().expect("an input").to_owned();
        let given = if case.most == PAGE {
            page(&case.shape)
        } else {
            numbers(case.shape.iter().product(), case.most)
        };
        // twice: the second run works in buffers that the first left full
        for _ in 0..2 {
            let given = vec![(input.as_str(), case.shape.clone(), given.clone())];
            let outputs = graph.run_numbers(given).expect("it runs");
            assert_eq!(outputs.len(), case.outputs.len(), "{}", case.model);
            for ((shape, ours), theirs) in outputs.iter().zip(&case.outputs) {
                compare(&case, golden.sample_every, shape, ours, theirs);
            }
        }
    }
}

fn compare(case: &Case, every: usize, shape: &[usize], ours: &[f32], theirs: &Output) {
    let what = format!("{} {:?}", case.model, case.shape);
    assert_eq!(shape, theirs.shape, "{what}");
    let length = ours
        .iter()
        .map(|&x| f64::from(x).powi(2))
        .sum::<f64>()
        .sqrt();
    let off = (length - theirs.length).abs() / theirs.length;
    assert!(off < 1e-4, "{what}: length {length}, not {}", theirs.length);
    let step = if ours.len() > 1000 { every } else { 1 };
    let samples: Vec<f32> = ours.iter().copied().step_by(step).collect();
    assert_eq!(samples.len(), theirs.samples.len(), "{what}");
    let alike = cosine(&samples, &theirs.samples);
    assert!(alike > MIN_COSINE, "{what}: cosine {alike}");
    let largest = theirs.samples.iter().fold(0f32, |a, b| a.max(b.abs()));
    for (at, (a, b)) in samples.iter().zip(&theirs.samples).enumerate() {
        let off = (a - b).abs() / largest;
        assert!(off < MAX_DIFFERENCE, "{what}: sample {at} is {a}, not {b}");
    }
}
