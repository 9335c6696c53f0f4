use asterism_ml::engine::{Engine, EngineConfig};
use asterism_ml::memory;
use asterism_ml::ocr::Ocr;

use crate::args::Args;
use crate::bench::cpu_time;
use crate::ppm;

/// `read`: the words of each picture and what reading costs, one JSON object a line.
pub fn run(args: &Args) -> Result<(), String> {
    let engine = Engine::new(EngineConfig {
        models_dir: args.models.clone(),
        memory_budget: memory::PLENTY,
        ..EngineConfig::default()
    });
    let ocr = engine.lease::<Ocr>().map_err(|e| e.to_string())?;
    for path in &args.inputs {
        let picture = ppm::read(path)?;
        let started = cpu_time();
        let lines = ocr.read(&picture).map_err(|e| e.to_string())?;
        let read = cpu_time() - started;
        let lines: Vec<_> = lines.iter().map(|l| (&l.text, l.confidence)).collect();
        let line = serde_json::json!({
            "picture": path,
            "read_ms": read.as_millis() as u64,
            "lines": lines,
        });
        println!("{line}");
    }
    Ok(())
}
