use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use super::{Engine, EngineConfig, Loadable, Loaded};
use crate::MlError;

/// A model whose file is its size.
struct Fake<const N: usize>(usize);

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
            model: Self(bytes.len()),
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
        pinned: vec!["pinned".to_owned()],
        ..EngineConfig::default()
    };
    (dir, Engine::new(config))
}

fn ids(engine: &Engine) -> Vec<String> {
    let models = engine.status().models.into_iter();
    models.filter(|m| m.loaded).map(|m| m.id).collect()
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

#[test]
fn a_pinned_model_stays_and_is_no_excuse_to_wait_for_ever() {
    let (_dir, engine) = engine(
        10,
        &[("pinned", &[0; 6]), ("one", &[0; 4]), ("two", &[0; 8])],
    );
    drop(engine.lease_as::<Fake<0>>("pinned").expect("pinned"));
    drop(engine.lease::<Fake<1>>().expect("one fits beside it"));
    let refused = engine.lease::<Fake<2>>().map(drop);
    assert!(matches!(
        refused,
        Err(MlError::OverBudget { budget: 4, .. })
    ));
    assert_eq!(engine.unload_unused(Duration::ZERO), 4);
    assert_eq!(ids(&engine), ["pinned"]);
}

#[test]
fn what_nobody_uses_is_unloaded_after_its_time() {
    let (_dir, engine) = engine(20, &[("zero", &[0; 8]), ("one", &[0; 8])]);
    drop(engine.lease::<Fake<0>>().expect("zero"));
    let used = engine.lease::<Fake<1>>().expect("one");
    assert_eq!(engine.unload_unused(Duration::from_secs(60)), 0);
    std::thread::sleep(Duration::from_millis(20));
    assert_eq!(engine.unload_unused(Duration::from_millis(10)), 8);
    assert_eq!(ids(&engine), ["one"]);
    drop(used);
    let status = engine.status();
    assert_eq!((status.expiries, status.evictions), (1, 0));
    assert_eq!(
        (status.models[1].loads, status.models[1].loaded),
        (1, false)
    );
}

#[test]
fn a_new_version_takes_over_while_the_old_one_is_still_used() {
    let (_dir, engine) = engine(
        20,
        &[("zero", &[0; 4]), ("zero@2", &[0; 6]), ("zero@3", b"panic")],
    );
    let old = engine.lease::<Fake<0>>().expect("the first version");
    engine
        .swap::<Fake<0>>("zero", "zero@2")
        .expect("the second version");
    let new = engine.lease::<Fake<0>>().expect("zero");
    assert_eq!((old.0, new.0), (4, 6));
    assert_eq!(engine.status().resident_bytes, 10);
    drop(old);
    assert_eq!(engine.status().resident_bytes, 6);
    drop(new);

    let (other, failed) = (engine.clone(), std::thread::spawn);
    let failed = failed(move || other.swap::<Fake<0>>("zero", "zero@3")).join();
    assert!(failed.is_err(), "the third version panics while loading");
    assert!(matches!(
        engine.swap::<Fake<0>>("zero", "zero@4"),
        Err(MlError::ModelMissing { .. })
    ));
    assert_eq!(engine.lease::<Fake<0>>().expect("still there").0, 6);
    assert_eq!(engine.status().models[0].folder, "zero@2");
}

#[test]
fn a_version_that_does_not_fit_beside_the_old_one_takes_its_place() {
    let (_dir, engine) = engine(10, &[("pinned", &[0; 6]), ("pinned@2", &[0; 8])]);
    drop(
        engine
            .lease_as::<Fake<0>>("pinned")
            .expect("the first version"),
    );
    engine
        .swap::<Fake<0>>("pinned", "pinned@2")
        .expect("the second version");
    let status = engine.status();
    assert_eq!((status.resident_bytes, status.evictions), (8, 1));
}

#[test]
fn an_id_names_one_kind_of_network() {
    let (_dir, engine) = engine(10, &[("zero", &[0; 4])]);
    let _lease = engine.lease::<Fake<0>>().expect("zero");
    let other = engine.lease_as::<Fake<1>>("zero").map(drop);
    assert!(matches!(other, Err(MlError::BadWeights { .. })));
    assert_eq!(engine.status().models[0].in_use, 1);
}
