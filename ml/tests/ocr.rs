//! Reading against the package that the weights come from: `ml/train/ocr_golden.py`
//! drew the pictures and wrote down what RapidOCR reads in them.
//!
//! Weights come from `ASTERISM_MODELS_DIR`, else from the cache. Without them
//! the test says so and passes, except under `CI`, where they must be there.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use asterism_ml::engine::{Engine, EngineConfig};
use asterism_ml::ocr::{Ocr, TextLine};
use asterism_ml::{MlError, Rgb8};
use serde::Deserialize;

/// Of the characters. The reader wavers between signs that look the same (a
/// comma and a full-width one), and a box that is a fraction of a pixel off
/// decides it.
const MIN_ACCURACY: f32 = 0.98;
/// Of a line's confidence; OpenCV interpolates in 11 bits, we in floats.
const MAX_CONFIDENCE: f32 = 0.03;
/// Of a corner, in parts of a side: a pixel or two.
const MAX_CORNER: f32 = 0.01;

#[derive(Deserialize)]
struct Expected {
    size: [u32; 2],
    lines: Vec<TextLine>,
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/ocr")
}

fn picture(name: &str, [width, height]: [u32; 2]) -> Rgb8 {
    let packed = std::fs::read(golden().join(format!("{name}.rgb.z"))).expect("there");
    let mut data = Vec::new();
    let mut unpacked = flate2::read::ZlibDecoder::new(&packed[..]);
    unpacked.read_to_end(&mut data).expect("deflated");
    Rgb8::new(width, height, data).expect("fits")
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
fn pictures_are_read_as_the_package_reads_them() {
    let engine = Engine::new(EngineConfig {
        models_dir: models(),
        memory_budget: u64::MAX,
        ..EngineConfig::default()
    });
    let model = match engine.lease::<Ocr>() {
        Ok(model) => model,
        Err(error @ MlError::ModelMissing { .. }) => {
            assert!(std::env::var_os("CI").is_none(), "{error}");
            eprintln!("skipped: {error}");
            return;
        }
        Err(error) => panic!("{error}"),
    };
    let expected = std::fs::read(golden().join("expected.json")).expect("there");
    let expected: BTreeMap<String, Expected> = serde_json::from_slice(&expected).expect("golden");
    let (mut characters, mut wrong) = (0, 0);
    for (name, Expected { size, lines }) in expected {
        let ours = model.read(&picture(&name, size)).expect("read");
        assert_eq!(ours.len(), lines.len(), "{name}: {ours:?}");
        for (ours, theirs) in ours.iter().zip(&lines) {
            characters += theirs.text.chars().count();
            let edits = edits(&ours.text, &theirs.text);
            if edits > 0 {
                eprintln!("{name}: {:?} for {:?}", ours.text, theirs.text);
            }
            wrong += edits;
            let off = (ours.confidence - theirs.confidence).abs();
            assert!(off < MAX_CONFIDENCE, "{name}, {}: {off}", ours.text);
            let corners = ours.corners.iter().zip(&theirs.corners);
            let off = corners.flat_map(|(a, b)| [0, 1].map(|i| (a[i] - b[i]).abs()));
            let off = off.fold(0.0, f32::max);
            assert!(off < MAX_CORNER, "{name}, {}: {off}", ours.text);
        }
    }
    let accuracy = 1.0 - wrong as f32 / characters as f32;
    eprintln!("{wrong} of {characters} characters differ, accuracy {accuracy:.4}");
    assert!(accuracy >= MIN_ACCURACY, "{accuracy}");
}

/// Levenshtein's distance in characters.
fn edits(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, own) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (j, theirs) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(own != *theirs);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}
