use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;

use asterism_ml::models::{ClipImage, EfficientNetLite0, MiniLm, Weights};
use candle_core::{Device, Tensor};

use crate::args::Args;
use crate::ppm;

const CLIP: &str = "clip-vit-b16-image";
const CLASSES: &str = "efficientnet-lite0";
const TEXT: &str = "minilm-l6-v2";
/// Texts that go through the network together.
const TEXT_BATCH: usize = 32;

fn weights(dir: &Path, model: &str) -> Result<Weights, String> {
    let path = dir.join(model).join("model.safetensors");
    Weights::open(model, &path).map_err(|e| e.to_string())
}

/// `embed`: every picture through both image networks.
pub fn pictures(args: &Args) -> Result<(), String> {
    let fault = |e: asterism_ml::MlError| e.to_string();
    let clip = ClipImage::load(&weights(&args.models, CLIP)?).map_err(fault)?;
    let classes = EfficientNetLite0::load(&weights(&args.models, CLASSES)?).map_err(fault)?;
    let (mut embeddings, mut logits, mut features) = (Vec::new(), Vec::new(), Vec::new());
    let started = Instant::now();
    for (at, path) in args.inputs.iter().enumerate() {
        let picture = ppm::read(path)?;
        embeddings.push(clip.embed(&picture).map_err(fault)?);
        let (own_logits, own_features) = classes.classify(&picture).map_err(fault)?;
        logits.push(own_logits);
        features.push(own_features);
        if (at + 1) % 50 == 0 || at + 1 == args.inputs.len() {
            let each = started.elapsed().as_millis() / (at as u128 + 1);
            eprintln!(
                "{} of {} pictures, {each} ms each",
                at + 1,
                args.inputs.len()
            );
        }
    }
    save(
        args.out.as_deref(),
        [
            ("clip", embeddings),
            ("logits", logits),
            ("features", features),
        ],
    )
}

/// `embed-text`: every line through the text network.
pub fn texts(args: &Args) -> Result<(), String> {
    let fault = |e: asterism_ml::MlError| e.to_string();
    let dir = args.models.join(TEXT);
    let tokenizer = dir.join("tokenizer.json");
    let tokenizer =
        std::fs::read(&tokenizer).map_err(|e| format!("{}: {e}", tokenizer.display()))?;
    let model = MiniLm::load(&weights(&args.models, TEXT)?, &tokenizer).map_err(fault)?;
    let mut lines = Vec::new();
    for path in &args.inputs {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        lines.extend(text.lines().map(str::to_owned));
    }
    let mut vectors = Vec::new();
    for batch in lines.chunks(TEXT_BATCH) {
        vectors.extend(model.embed(batch).map_err(fault)?);
    }
    save(args.out.as_deref(), [("text", vectors)])
}

fn save<const N: usize>(
    out: Option<&Path>,
    tensors: [(&str, Vec<Vec<f32>>); N],
) -> Result<(), String> {
    let out = out.ok_or("--out is needed")?;
    let mut named = HashMap::new();
    for (name, rows) in tensors {
        let width = rows.first().map_or(0, Vec::len);
        let shape = (rows.len(), width);
        let tensor = Tensor::from_vec(rows.concat(), shape, &Device::Cpu);
        named.insert(name, tensor.map_err(|e| e.to_string())?);
    }
    candle_core::safetensors::save(&named, out).map_err(|e| format!("{}: {e}", out.display()))
}
