//! The networks against their reference runtimes, and the resampling against
//! Pillow. `ml/train/golden.py` wrote the numbers; the pictures are made here
//! by the same formulas.
//!
//! Weights come from `ASTERISM_MODELS_DIR`, else from the cache. Without them
//! a test says so and passes, except under `CI`, where they must be there.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use asterism_ml::bridge::Bridge;
use asterism_ml::engine::{Engine, EngineConfig, Loadable};
use asterism_ml::models::{ClipImage, EfficientNetLite0, MiniLm};
use asterism_ml::preprocess::resize_and_crop;
use asterism_ml::tags::TagMap;
use asterism_ml::vector::cosine;
use asterism_ml::{Classification, MlError, Rgb8};
use serde::Deserialize;

const MIN_COSINE: f32 = 0.99999;
/// Its ImageNet class.
const TIGER_CAT: usize = 282;
const MAX_DIFFERENCE: f32 = 2e-4;

#[derive(Deserialize)]
struct Golden {
    sample_every: usize,
    pictures: BTreeMap<String, Picture>,
    texts: Vec<Text>,
}

#[derive(Deserialize)]
struct Picture {
    size: [u32; 2],
    clip_input: Resized,
    classifier_input: Resized,
    clip: Vec<f32>,
    logits: Vec<f32>,
}

#[derive(Deserialize, PartialEq, Debug)]
struct Resized {
    sum: u64,
    samples: Vec<u8>,
}

#[derive(Deserialize)]
struct Text {
    text: String,
    vector: Vec<f32>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/golden.json")).expect("the golden file")
}

fn picture(name: &str, [width, height]: [u32; 2]) -> Rgb8 {
    let pixel: fn(i64, i64) -> [i64; 3] = match name {
        "gradient" => |x, y| [x * 255 / 639, y * 255 / 479, (x + y) * 255 / 1118],
        "noise" => |x, y| {
            [0, 83_492_791, 166_985_582].map(|c| {
                let mixed = ((x * 73_856_093) ^ (y * 19_349_663) ^ c) as u64;
                i64::from((mixed.wrapping_mul(2_654_435_761) as u32) >> 24)
            })
        },
        "scene" => |x, y| {
            if (x - 700).pow(2) + (y - 90).pow(2) < 3600 {
                [255, 220, 80]
            } else if y > 200 {
                [60, 120 + x / 25 % 2 * 30, 50]
            } else {
                [90 + y / 3, 150 + y / 4, 230]
            }
        },
        "checks" => |x, y| [(x / 10 + y / 10) % 2 * 255; 3],
        other => panic!("no formula for {other}"),
    };
    let data = (0..i64::from(height))
        .flat_map(|y| (0..i64::from(width)).flat_map(move |x| pixel(x, y)))
        .map(|value| value as u8)
        .collect();
    Rgb8::new(width, height, data).expect("fits")
}

fn engine() -> Arc<Engine> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let cache = || {
        variable("ASTERISM_CACHE")
            .or_else(|| variable("HOME").map(|home| home.join(".cache/asterism")))
            .map(|cache| cache.join("models"))
    };
    Engine::new(EngineConfig {
        models_dir: variable("ASTERISM_MODELS_DIR")
            .or_else(cache)
            .unwrap_or_default(),
        memory_budget: u64::MAX,
        ..EngineConfig::default()
    })
}

/// Runs `check` on the model, or says why not.
fn with_model<M: Loadable>(check: impl FnOnce(&M)) {
    match engine().lease::<M>() {
        Ok(model) => check(&model),
        Err(error @ MlError::ModelMissing { .. }) => {
            assert!(std::env::var_os("CI").is_none(), "{error}");
            eprintln!("skipped: {error}");
        }
        Err(error) => panic!("{error}"),
    }
}

fn assert_close(what: &str, ours: &[f32], theirs: &[f32]) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    let cosine = cosine(ours, theirs);
    assert!(cosine > MIN_COSINE, "{what}: cosine {cosine}");
    for (at, (a, b)) in ours.iter().zip(theirs).enumerate() {
        assert!(
            (a - b).abs() < MAX_DIFFERENCE,
            "{what}: {a} for {b} at {at}"
        );
    }
}

#[test]
fn resampling_is_pillows_to_the_bit() {
    let golden = golden();
    for (name, expected) in &golden.pictures {
        let source = picture(name, expected.size);
        for (short, theirs) in [
            (224, &expected.clip_input),
            (256, &expected.classifier_input),
        ] {
            let square = resize_and_crop(&source, short, 224);
            let ours = Resized {
                sum: square.data().iter().map(|&value| u64::from(value)).sum(),
                samples: square
                    .data()
                    .iter()
                    .copied()
                    .step_by(golden.sample_every)
                    .collect(),
            };
            assert_eq!(&ours, theirs, "{name} at {short}");
        }
    }
}

#[test]
fn the_image_tower_agrees_with_onnx_runtime() {
    with_model::<ClipImage>(|model| {
        for (name, expected) in golden().pictures {
            let ours = model
                .embed(&picture(&name, expected.size))
                .expect("embedded");
            assert_close(&name, &ours, &expected.clip);
        }
    });
}

#[test]
fn the_classifier_agrees_with_onnx_runtime() {
    with_model::<EfficientNetLite0>(|model| {
        for (name, expected) in golden().pictures {
            let (ours, features) = model
                .classify(&picture(&name, expected.size))
                .expect("classified");
            assert_close(&name, &ours, &expected.logits);
            assert_eq!(features.len(), 1280);
        }
    });
}

#[test]
fn the_text_encoder_agrees_with_its_reference_alone_and_in_a_batch() {
    with_model::<MiniLm>(|model| {
        let expected = golden().texts;
        let texts: Vec<String> = expected.iter().map(|t| t.text.clone()).collect();
        let together = model.embed(&texts).expect("embedded");
        for (ours, text) in together.iter().zip(&expected) {
            assert_close(&text.text, ours, &text.vector);
            let alone = model
                .embed(std::slice::from_ref(&text.text))
                .expect("embedded");
            assert_close(&text.text, &alone[0], &text.vector);
        }
    });
}

#[test]
fn the_shipped_bridge_and_tags_fit_the_code() {
    let bridge = Bridge::load(include_bytes!("../../assets/bridge/bridge.safetensors"));
    let bridge = bridge.expect("the shipped bridge");
    let tags = TagMap::parse(include_str!("../../assets/tags/imagenet.json"));
    let tags = tags.expect("the shipped vocabulary");

    let mut logits = vec![0.0; 1000];
    logits[TIGER_CAT] = 20.0;
    let classes = Classification::from_logits(&logits, Vec::new());
    let suggested = tags.suggest(&classes);
    for name in ["tiger cat", "cat", "animal"] {
        assert!(suggested.iter().any(|tag| tag.name == name), "{name}");
    }
    let conse = bridge.conse(&classes);
    with_model::<MiniLm>(|model| {
        let texts = ["tiger cat", "harbour crane"].map(str::to_owned);
        let vectors = model.embed(&texts).expect("embedded");
        let [near, far] =
            [0, 1].map(|at| cosine(&conse, &bridge.query_vectors(&vectors[at]).conse));
        assert!(near > 0.6 && far < 0.4, "{near} {far}");
        assert!(bridge.relevance(0.3, near) > bridge.relevance(0.3, far));
    });
}
