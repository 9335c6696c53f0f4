use std::time::{Duration, Instant};

use asterism_ml::engine::{Engine, EngineConfig};
use asterism_ml::models::{ClipImage, EfficientNetLite0, MiniLm};
use asterism_ml::pool::DEFAULT_MEMORY_BUDGET;
use asterism_ml::{MlError, Rgb8};

use crate::args::Args;

const ROUNDS: usize = 15;

/// `bench`: load, warm-up and median forward time of each model.
pub fn run(args: &Args) -> Result<(), String> {
    let engine = Engine::new(EngineConfig {
        models_dir: args.models.clone(),
        memory_budget: DEFAULT_MEMORY_BUDGET,
    });
    measure(&engine).map_err(|error| error.to_string())?;
    for model in engine.status().models {
        let (load, warm_up) = (model.load_ms, model.warm_up_ms);
        println!("{:24} load {load} ms, first pass {warm_up} ms", model.id);
    }
    Ok(())
}

fn measure(engine: &std::sync::Arc<Engine>) -> Result<(), MlError> {
    let picture = Rgb8::flat(640, 480, [90, 120, 60]);
    let query = vec!["a black cat asleep on a red sofa".to_owned()];
    let batch = vec![query[0].clone(); 32];
    let clip = engine.lease::<ClipImage>()?;
    report("clip image, 640x480", || clip.embed(&picture).map(drop))?;
    let classes = engine.lease::<EfficientNetLite0>()?;
    report("classes, 640x480", || classes.classify(&picture).map(drop))?;
    let text = engine.lease::<MiniLm>()?;
    report("one text", || text.embed(&query).map(drop))?;
    report("32 texts", || text.embed(&batch).map(drop))
}

fn report(what: &str, mut pass: impl FnMut() -> Result<(), MlError>) -> Result<(), MlError> {
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let started = Instant::now();
        pass()?;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    println!(
        "{what:24} median {:.1} ms, best {:.1} ms",
        ms(times[ROUNDS / 2]),
        ms(times[0])
    );
    Ok(())
}
