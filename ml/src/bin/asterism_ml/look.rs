use std::path::Path;

use asterism_ml::bridge::{Bridge, QueryVectors};
use asterism_ml::engine::{Engine, EngineConfig};
use asterism_ml::memory;
use asterism_ml::models::{EfficientNetLite0, MiniLm};
use asterism_ml::pool::EngineBackend;
use asterism_ml::subjects;
use asterism_ml::tags::TagMap;
use asterism_ml::vector::dot;

use crate::args::Args;
use crate::ppm;

/// `look`: what the whole chain says of pictures, as the server would use it.
pub fn run(args: &Args) -> Result<(), String> {
    let bridge = read(args.bridge.as_deref(), "--bridge")?;
    let bridge = Bridge::load(&bridge).map_err(|e| e.to_string())?;
    let tags = read(args.tags.as_deref(), "--tags")?;
    let tags = TagMap::parse(&String::from_utf8_lossy(&tags)).map_err(|e| e.to_string())?;
    let engine = Engine::new(EngineConfig {
        models_dir: args.models.clone(),
        memory_budget: memory::PLENTY,
        ..EngineConfig::default()
    });
    let texts = engine
        .lease::<MiniLm>()
        .and_then(|model| model.embed(&args.queries))
        .map_err(|e| e.to_string())?;
    let queries: Vec<QueryVectors> = texts.iter().map(|t| bridge.query_vectors(t)).collect();
    let backend = EngineBackend::new(engine.clone());
    for path in &args.inputs {
        let picture = ppm::read(path)?;
        let embedding = backend.embed_image(&picture).map_err(|e| e.to_string())?;
        let classes = backend.classify(&picture).map_err(|e| e.to_string())?;
        let bridged = bridge.image_vector(&embedding.vector, bridge.image_mean());
        let conse = bridge.conse(&classes);
        println!("{}", path.display());
        for tag in tags.suggest(&classes) {
            println!("  {:.2} {} ({:?})", tag.score, tag.name, tag.confidence);
        }
        let model = engine.lease::<EfficientNetLite0>();
        let spots = model.and_then(|model| subjects::find(&model, &picture));
        for spot in spots.map_err(|e| e.to_string())? {
            let [x, y, w, h] = spot.region.map(|part| (part * 1000.0) as u32);
            let mut classes = classes.clone();
            classes.probabilities = spot.probabilities;
            let names = tags.suggest(&classes);
            let names: Vec<String> = names
                .iter()
                .map(|tag| format!("{} {:.2}", tag.name, tag.score))
                .collect();
            println!("  [{x},{y},{w},{h}] {:.2} {}", spot.score, names.join(", "));
        }
        for (text, query) in args.queries.iter().zip(&queries) {
            let (b, c) = (dot(&bridged, &query.bridge), dot(&conse, &query.conse));
            let mark = if bridge.relevance(b, c) >= bridge.confident() {
                "*"
            } else {
                " "
            };
            println!(
                "  {mark} {:.3} \"{text}\" (bridge {b:.3}, conse {c:.3})",
                bridge.relevance(b, c)
            );
        }
    }
    Ok(())
}

fn read(path: Option<&Path>, option: &str) -> Result<Vec<u8>, String> {
    let path = path.ok_or(format!("{option} is needed"))?;
    std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))
}
