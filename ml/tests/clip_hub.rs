//! The hub's CLIP on a network with random weights, against transformers:
//! `ml/train/clip_tiny.py` wrote the checkpoint and the numbers. The checkpoint
//! is split and converted as the hub's is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use asterism_ml::Rgb8;
use asterism_ml::convert::convert_part;
use asterism_ml::engine::Loadable;
use asterism_ml::manifest::{Conversion, Manifest};
use asterism_ml::models::{ClipFull, ClipText};
use asterism_ml::vector::{dot, normalise};
use serde::Deserialize;

const MAX_DIFFERENCE: f32 = 2e-5;

#[derive(Deserialize)]
struct Expected {
    scale: f32,
    texts: Vec<Text>,
    pictures: BTreeMap<String, Picture>,
}

#[derive(Deserialize)]
struct Text {
    text: String,
    vector: Vec<f32>,
}

#[derive(Deserialize)]
struct Picture {
    size: [u32; 2],
    vector: Vec<f32>,
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/clip-tiny")
}

fn expected() -> Expected {
    let json = std::fs::read(golden().join("expected.json")).expect("there");
    serde_json::from_slice(&json).expect("the golden file")
}

/// A model's folder, made as the shipped manifest says.
fn folder() -> tempfile::TempDir {
    let manifest = include_str!("../../assets/models.toml");
    let manifest = Manifest::parse(manifest).expect("the shipped manifest");
    let model = manifest.model(ClipText::FOLDER).expect("listed");
    let dir = tempfile::tempdir().expect("temp");
    for file in &model.hub.as_ref().expect("of the hub").files {
        let (source, to) = (golden().join(&file.path), dir.path().join(&file.to));
        convert_part(file.convert, &source, &file.keep, &to).expect("converted");
    }
    dir
}

fn unit(vector: &[f32]) -> Vec<f32> {
    let mut vector = vector.to_vec();
    normalise(&mut vector);
    vector
}

fn difference(ours: &[f32], theirs: &[f32]) -> f32 {
    assert_eq!(ours.len(), theirs.len());
    let pairs = ours.iter().zip(theirs);
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn the_text_tower_alone_agrees_with_transformers() {
    let dir = folder();
    // what the text tower needs, and no more
    std::fs::remove_file(dir.path().join("image.safetensors")).expect("there");
    let model = ClipText::load(dir.path()).expect("loaded").model;
    let expected = expected().texts;
    let texts: Vec<String> = expected.iter().map(|t| t.text.clone()).collect();
    let together = model.embed(&texts).expect("embedded");
    for (ours, text) in together.iter().zip(&expected) {
        let alone = model
            .embed(std::slice::from_ref(&text.text))
            .expect("embedded");
        for ours in [ours, &alone[0]] {
            let off = difference(ours, &unit(&text.vector));
            assert!(off < MAX_DIFFERENCE, "{}: {off}", text.text);
        }
    }
    assert!(model.embed(&[]).expect("nothing").is_empty());
}

#[test]
fn both_towers_agree_with_transformers() {
    let dir = folder();
    let model = ClipFull::load(dir.path()).expect("loaded").model;
    model.warm_up().expect("warm");
    let expected = expected();
    assert!((model.scale() - expected.scale).abs() < 1e-3);
    let mut pictures = Vec::new();
    for (name, picture) in &expected.pictures {
        let ours = model.embed(&pixels(name, picture.size)).expect("embedded");
        let off = difference(&ours, &picture.vector);
        assert!(off < MAX_DIFFERENCE * 10.0, "{name}: {off}");
        pictures.push(unit(&ours));
    }
    let texts: Vec<String> = expected.texts.iter().map(|t| t.text.clone()).collect();
    let texts = model.embed_texts(&texts).expect("embedded");
    for (ours, text) in texts.iter().zip(&expected.texts) {
        for (picture, theirs) in pictures.iter().zip(expected.pictures.values()) {
            let theirs = dot(&unit(&text.vector), &unit(&theirs.vector));
            assert!(
                (dot(ours, picture) - theirs).abs() < MAX_DIFFERENCE,
                "{}",
                text.text
            );
        }
    }
}

#[test]
fn a_checkpoint_of_another_shape_is_refused() {
    let dir = folder();
    let config =
        r#"{"projection_dim": 24, "text_config": {"hidden_size": 64, "num_attention_heads": 4}}"#;
    std::fs::write(dir.path().join("config.json"), config).expect("write");
    let error = ClipText::load(dir.path())
        .map(drop)
        .expect_err("it does not fit");
    assert!(error.to_string().contains("clip-vit-b16-text"), "{error}");
}

#[test]
fn a_part_that_is_not_there_is_no_model() {
    let source = golden().join("pytorch_model.bin");
    let dir = tempfile::tempdir().expect("temp");
    let keep = ["no_such_model.".to_owned()];
    let made = convert_part(
        Conversion::TorchPickle,
        &source,
        &keep,
        &dir.path().join("x"),
    );
    assert!(
        made.expect_err("nothing kept")
            .to_string()
            .contains("no weights")
    );
}

/// The same formulas as in `golden.py`.
fn pixels(name: &str, [width, height]: [u32; 2]) -> Rgb8 {
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
