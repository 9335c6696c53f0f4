use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::Arc;

use asterism_ml::MlError;
use asterism_ml::engine::Engine;
use asterism_ml::graph::Graph;
use asterism_ml::models::{ClipImage, EfficientNetLite0, Weights};

use crate::bench::cpu_time;

/// `bench --pass MODEL SIDES…`: for every number on standard input as many
/// passes of the network alone; answers with the CPU milliseconds of one.
pub fn run(engine: &Arc<Engine>, models: &Path, name: &str, shape: &[usize]) -> Result<(), String> {
    let pass = passer(engine, models, name, shape).map_err(|error| error.to_string())?;
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|error| error.to_string())?;
        let count: u32 = line
            .trim()
            .parse()
            .map_err(|_| format!("{line:?} is no number"))?;
        let started = cpu_time();
        for _ in 0..count {
            pass().map_err(|error| error.to_string())?;
        }
        let spent = (cpu_time() - started).as_secs_f64() * 1000.0 / f64::from(count.max(1));
        println!("{spent:.4}");
        std::io::stdout()
            .flush()
            .map_err(|error| error.to_string())?;
    }
    Ok(())
}

type Pass = Box<dyn Fn() -> Result<(), MlError>>;

fn passer(
    engine: &Arc<Engine>,
    models: &Path,
    name: &str,
    shape: &[usize],
) -> Result<Pass, MlError> {
    let numbers = vec![0.5f32; shape.iter().product()];
    Ok(match name {
        "clip-vit-b16-image" => {
            let model = engine.lease::<ClipImage>()?;
            Box::new(move || model.embed_planes(&numbers).map(drop))
        }
        "efficientnet-lite0" => {
            let model = engine.lease::<EfficientNetLite0>()?;
            Box::new(move || model.classify_planes(numbers.clone()).map(drop))
        }
        _ => {
            let path = models.join(name).join("model.safetensors");
            let graph = Graph::load(&Weights::open(name, &path)?)?;
            let (input, shape) = (
                graph.input_names().next().unwrap_or_default().to_owned(),
                shape.to_vec(),
            );
            Box::new(move || {
                let given = (input.as_str(), shape.clone(), numbers.clone());
                graph.run_numbers(vec![given]).map(drop)
            })
        }
    })
}
