use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use super::{Engine, EngineConfig, Loadable, Loaded};
use crate::MlError;

/// A model whose file is its size.
struct Fake<const N: usize>;

static LOADS: AtomicUsize = AtomicUsize::new(0);

const IDS: [&str; 4] = ["zero", "one", "two", "three"];

impl<const N: usize> Loadable for Fake<N> {
    const ID: &'static str = IDS[N];
    const FILES: &'static [&'static str] = &["weights"];

    fn load(dir: &Path) -> Result<Loaded<Self>, MlError> {
        let path = dir.join("weights");
        let bytes = std::fs::read(&path).map_err(MlError::io(&path))?;
        if N == 3 {
            LOADS.fetch_add(1, Ordering::SeqCst);
        }
        assert!(!bytes.starts_with(b"panic"), "planned");
        Ok(Loaded {
            model: Self,
            bytes: bytes.len() as u64,
        })
    }

    fn warm_up(&self) -> Result<(), MlError> {
        Ok(())
    }
}

fn engine(budget: u64, models: &[(&str, &[u8])]) -> (tempfile::TempDir, Arc<Engine>) {
    let dir = tempfile::tempdir().expect("a folder");
    for (id, bytes) in models {
        std::fs::create_dir(dir.path().join(id)).expect("a folder");
        std::fs::write(dir.path().join(id).join("weights"), bytes).expect("a file");
    }
    let config = EngineConfig {
        models_dir: dir.path().to_owned(),
        memory_budget: budget,
    };
    (dir, Engine::new(config))
}

fn ids(engine: &Engine) -> Vec<String> {
    engine.status().models.into_iter().map(|m| m.id).collect()
}

#[test]
fn the_longest_unused_model_makes_room() {
    let (_dir, engine) = engine(20, &[("zero", &[0; 8]), ("one", &[0; 8]), ("two", &[0; 8])]);
    drop(engine.lease::<Fake<0>>().expect("zero"));
    drop(engine.lease::<Fake<1>>().expect("one"));
    drop(engine.lease::<Fake<0>>().expect("zero again"));
    drop(engine.lease::<Fake<2>>().expect("two"));
    assert_eq!(ids(&engine), ["two", "zero"]);
    let status = engine.status();
    assert_eq!((status.resident_bytes, status.evictions), (16, 1));
}

#[test]
fn a_model_in_use_is_waited_for_not_evicted() {
    let (_dir, engine) = engine(10, &[("zero", &[0; 8]), ("one", &[0; 8])]);
    let held = engine.lease::<Fake<0>>().expect("zero");
    let other = engine.clone();
    let waiting = std::thread::spawn(move || other.lease::<Fake<1>>().map(drop));
    assert_eq!(ids(&engine), ["zero"]);
    drop(held);
    waiting.join().expect("no panic").expect("one");
    assert_eq!(ids(&engine), ["one"]);
}

#[test]
fn a_model_larger_than_the_budget_is_refused_and_others_stay() {
    let (_dir, engine) = engine(10, &[("zero", &[0; 8]), ("one", &[0; 11])]);
    drop(engine.lease::<Fake<0>>().expect("zero"));
    let refused = engine.lease::<Fake<1>>().map(drop);
    assert!(matches!(
        refused,
        Err(MlError::OverBudget {
            needed: 11,
            budget: 10,
            ..
        })
    ));
    assert_eq!(ids(&engine), ["zero"]);
}

#[test]
fn a_missing_model_is_named_and_found_once_it_arrives() {
    let (dir, engine) = engine(10, &[]);
    let missing = engine.lease::<Fake<2>>().map(drop);
    assert!(matches!(missing, Err(MlError::ModelMissing { id, .. }) if id == "two"));
    std::fs::create_dir(dir.path().join("two")).expect("a folder");
    std::fs::write(dir.path().join("two/weights"), [0; 4]).expect("a file");
    engine.lease::<Fake<2>>().expect("two is there now");
}

#[test]
fn a_load_that_panics_leaves_the_engine_usable() {
    let (dir, engine) = engine(10, &[("one", b"panic")]);
    let other = engine.clone();
    std::thread::spawn(move || other.lease::<Fake<1>>().map(drop))
        .join()
        .expect_err("the load panics");
    std::fs::write(dir.path().join("one/weights"), [0; 10]).expect("a file");
    engine.lease::<Fake<1>>().expect("the budget is free again");
}

#[test]
fn many_callers_share_one_load() {
    let (_dir, engine) = engine(10, &[("three", &[0; 8])]);
    let barrier = Barrier::new(8);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                barrier.wait();
                engine.lease::<Fake<3>>().expect("three");
            });
        }
    });
    assert_eq!(LOADS.load(Ordering::SeqCst), 1);
    assert_eq!(engine.unload_idle(), 8);
}
