use asterism_ml::engine::{Engine, EngineConfig};
use asterism_ml::{memory, nsfw};

use crate::args::Args;
use crate::ppm;

/// `screen`: each picture's verdict and scores, one JSON object a line.
pub fn run(args: &Args) -> Result<(), String> {
    let engine = Engine::new(EngineConfig {
        models_dir: args.models.clone(),
        memory_budget: memory::PLENTY,
        ..EngineConfig::default()
    });
    for path in &args.inputs {
        let picture = ppm::read(path)?;
        let scores = nsfw::score(&engine, &picture).map_err(|e| e.to_string())?;
        let judgement = nsfw::judge(&scores);
        let line = serde_json::json!({
            "picture": path,
            "judgement": judgement,
            "regions": scores.regions,
        });
        println!("{line}");
    }
    Ok(())
}
