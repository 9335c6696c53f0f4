use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use asterism_ml::engine::{Engine, EngineConfig};
use asterism_ml::models::{ClipImage, EfficientNetLite0, ImageSafety, MiniLm, OpenNsfw};
use asterism_ml::preprocess::CLIP_224;
use asterism_ml::{MlError, Rgb8, memory};

use crate::args::Args;
use crate::turns;

const ROUNDS: u32 = 15;

/// `bench`: load, warm-up and mean CPU time of a forward pass of
/// each model.
pub fn run(args: &Args) -> Result<(), String> {
    let engine = Engine::new(EngineConfig {
        models_dir: args.models.clone(),
        memory_budget: memory::PLENTY,
        ..EngineConfig::default()
    });
    if let Some(model) = &args.pass {
        let side = |input: &PathBuf| input.to_str().and_then(|side| side.parse().ok());
        let shape: Option<Vec<usize>> = args.inputs.iter().map(side).collect();
        let shape = shape.ok_or("--pass needs the sides of its input")?;
        return turns::run(&engine, &args.models, model, &shape);
    }
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
    for (width, height) in [(640, 480), (1280, 960)] {
        let picture = Rgb8::flat(width, height, [90, 120, 60]);
        let what = format!("preprocess {width}x{height}");
        report(&what, || {
            std::hint::black_box(CLIP_224.apply(&picture));
            Ok(())
        })?;
    }
    let clip = engine.lease::<ClipImage>()?;
    report("clip image, 640x480", || clip.embed(&picture).map(drop))?;
    let classes = engine.lease::<EfficientNetLite0>()?;
    report("classes, 640x480", || classes.classify(&picture).map(drop))?;
    let first = engine.lease::<OpenNsfw>()?;
    report("open-nsfw, 640x480", || first.score(&picture).map(drop))?;
    let second = engine.lease::<ImageSafety>()?;
    report("image safety, 640x480", || second.score(&picture).map(drop))?;
    let text = engine.lease::<MiniLm>()?;
    report("one text", || text.embed(&query).map(drop))?;
    report("32 texts", || text.embed(&batch).map(drop))
}

/// Time that this thread has had on a core, which a busy machine does not
/// stretch; wall time where the system does not tell.
pub fn cpu_time() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| text.split(' ').next()?.parse().ok())
        .map_or_else(|| START.elapsed(), Duration::from_nanos)
}

fn report(what: &str, mut pass: impl FnMut() -> Result<(), MlError>) -> Result<(), MlError> {
    // the system counts in ticks of some milliseconds: only a sum is exact
    let started = cpu_time();
    for _ in 0..ROUNDS {
        pass()?;
    }
    let mean = (cpu_time() - started).as_secs_f64() * 1000.0 / f64::from(ROUNDS);
    println!("{what:24} {mean:.1} ms");
    Ok(())
}
