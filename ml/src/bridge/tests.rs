use std::collections::HashMap;

use candle_core::{Device, Tensor};

use super::*;
use crate::vector::dot;

/// A bridge whose matrix keeps the first 384 numbers.
fn bridge(half: bool) -> Bridge {
    let mut matrix = vec![0f32; CLIP_WIDTH * TEXT_WIDTH];
    (0..TEXT_WIDTH).for_each(|at| matrix[at * TEXT_WIDTH + at] = 1.0);
    let mut names = vec![0f32; CLASSES * TEXT_WIDTH];
    (0..CLASSES).for_each(|class| names[class * TEXT_WIDTH + class % TEXT_WIDTH] = 1.0);
    let parts = [
        ("matrix", matrix),
        ("text_mean", vec![0.0; TEXT_WIDTH]),
        ("image_mean", vec![0.0; CLIP_WIDTH]),
        ("class_names", names),
        ("scales", vec![0.1, 0.5, 0.2, 0.25]),
        ("relevance", vec![2.0, 0.5, -1.0]),
        ("threshold", vec![0.5]),
    ];
    let named: HashMap<&str, Tensor> = parts
        .into_iter()
        .map(|(name, numbers)| {
            let count = numbers.len();
            let tensor = Tensor::from_vec(numbers, count, &Device::Cpu).expect("fits");
            let kind = if half {
                candle_core::DType::F16
            } else {
                candle_core::DType::F32
            };
            (name, tensor.to_dtype(kind).expect("converts"))
        })
        .collect();
    let file = tempfile::NamedTempFile::new().expect("a file");
    candle_core::safetensors::save(&named, file.path()).expect("saved");
    Bridge::load(&std::fs::read(file.path()).expect("read")).expect("a bridge")
}

fn one_hot(length: usize, at: usize, value: f32) -> Vec<f32> {
    let mut out = vec![0.0; length];
    out[at] = value;
    out
}

#[test]
fn pictures_and_queries_meet_in_unit_vectors() {
    for half in [false, true] {
        let bridge = bridge(half);
        let picture = bridge.image_vector(&one_hot(CLIP_WIDTH, 7, 10.8), bridge.image_mean());
        let query = bridge.query_vectors(&one_hot(TEXT_WIDTH, 7, 3.0));
        assert!((dot(&picture, &query.bridge) - 1.0).abs() < 1e-6);
        assert!((dot(&query.conse, &query.conse) - 1.0).abs() < 1e-6);
    }
}

#[test]
fn conse_weighs_class_names_by_probability() {
    let mut logits = vec![-50.0; CLASSES];
    (logits[3], logits[5]) = (2.0, 1.0);
    let classes = Classification::from_logits(&logits, Vec::new());
    let vector = bridge(false).conse(&classes);
    assert!(vector[3] > vector[5] && vector[5] > 0.2);
    assert!((dot(&vector, &vector) - 1.0).abs() < 1e-5);
}

#[test]
fn relevance_grows_with_both_cosines_and_stays_a_probability() {
    let bridge = bridge(false);
    let mut last = 0.0;
    for step in 0..20 {
        let cosine = step as f32 / 10.0 - 1.0;
        let now = bridge.relevance(cosine, cosine);
        assert!(now > last && now < 1.0);
        last = now;
    }
    assert!((bridge.score(0.6, 0.45) - (1.0 + CONSE_WEIGHT)).abs() < 1e-5);
    let [look, concept] = bridge.weights();
    let more = bridge.score(0.7, 0.65) - bridge.score(0.6, 0.45);
    assert!((more - (look * 0.1 + concept * 0.2)).abs() < 1e-5);
}

#[test]
fn a_damaged_asset_is_refused() {
    assert!(matches!(
        Bridge::load(b"not a file"),
        Err(MlError::BadWeights { .. })
    ));
}
