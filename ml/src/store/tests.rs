use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::fetch::{Clients, Retry, Silent};

/// No network, no client: anything that would fetch fails.
fn offline(dir: &Path, manifest: Manifest) -> ModelStore {
    ModelStore::new(dir, manifest).with_fetcher(Fetcher {
        clients: Clients {
            python: "/nonexistent/python3".into(),
            ..Clients::default()
        },
        retry: Retry::default(),
    })
}

fn manifest(convert: &str) -> Manifest {
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    Manifest::parse(&format!(
        r#"
version = 1
[[model]]
id = "m"
job = "class-names"
title = "m"
licence = "MIT"
card = "m.md"
[[model.source]]
ecosystem = "pypi"
package = "p"
version = "1"
[[model.source.file]]
path = "a.json"
sha256 = "{abc}"
bytes = 3
to = "a.json"
{convert}
"#
    ))
    .expect("valid")
}

fn copied() -> Manifest {
    manifest("")
}

fn converted() -> Manifest {
    let pin = "cb8379ac2098aa165029e3938a51da0bcecfc008fd6795f401178647f96c5b34";
    manifest(&format!(
        "convert = \"torch-pickle\"\nconverted = {{ sha256 = \"{pin}\", bytes = 3 }}"
    ))
}

fn state(store: &ModelStore) -> ModelState {
    store.list().expect("listed").remove(0).state
}

fn put(dir: &Path, name: &str, content: &str) {
    let path = dir.join("m").join(name);
    fs::create_dir_all(path.parent().expect("parent")).expect("mkdir");
    fs::write(path, content).expect("write");
}

#[test]
fn every_state_is_told_apart() {
    let dir = tempfile::tempdir().expect("temp");
    let store = offline(dir.path(), converted());
    assert_eq!(state(&store), ModelState::Missing);
    put(dir.path(), ".source/a.json", "abc");
    assert_eq!(state(&store), ModelState::NotConverted);
    put(dir.path(), "a.json", "de");
    assert!(matches!(state(&store), ModelState::Damaged { file, .. } if file == "a.json"));
    put(dir.path(), "a.json", "def");
    assert_eq!(state(&store), ModelState::Ready);
}

#[test]
fn verify_reads_every_byte() {
    let dir = tempfile::tempdir().expect("temp");
    let store = offline(dir.path(), copied());
    put(dir.path(), "a.json", "abc");
    assert_eq!(state(&store), ModelState::Ready);
    // a change that keeps size and time is only seen by reading
    let path = dir.path().join("m/a.json");
    let time = fs::metadata(&path)
        .and_then(|m| m.modified())
        .expect("time");
    fs::write(&path, "abd").expect("write");
    let file = fs::File::options().write(true).open(&path).expect("open");
    file.set_modified(time).expect("touch");
    assert_eq!(state(&store), ModelState::Ready);
    let verified = store.verify().expect("verified").remove(0).state;
    assert!(matches!(verified, ModelState::Damaged { why, .. } if why.contains("sha256")));
}

#[test]
fn a_missing_model_names_the_command_that_helps() {
    let dir = tempfile::tempdir().expect("temp");
    let store = offline(dir.path(), copied());
    let error = store.path("m", "a.json").expect_err("missing").to_string();
    assert!(error.contains("asterism models pull"), "{error}");
    put(dir.path(), "a.json", "abc");
    assert!(store.path("m", "a.json").expect("there").is_file());
    assert!(matches!(
        store.path("n", "a.json"),
        Err(MlError::UnknownModel(_))
    ));
}

#[test]
fn a_pull_of_what_is_ready_needs_nothing() {
    let dir = tempfile::tempdir().expect("temp");
    let store = offline(dir.path(), copied());
    assert!(matches!(
        store.pull(&["m"], &Silent),
        Err(MlError::ClientMissing { .. })
    ));
    put(dir.path(), "a.json", "abc");
    let pulled = store.pull(&[] as &[&str], &Silent).expect("ready");
    assert_eq!(pulled[0].state, ModelState::Ready);
    // not even a folder that can be written to
    let mode = |m| fs::set_permissions(dir.path(), fs::Permissions::from_mode(m));
    mode(0o555).expect("chmod");
    let again = store.pull(&["m"], &Silent);
    mode(0o755).expect("chmod");
    again.expect("ready");
}

#[test]
fn a_source_that_does_not_convert_is_reported() {
    let dir = tempfile::tempdir().expect("temp");
    let store = offline(dir.path(), converted());
    put(dir.path(), ".source/a.json", "abc");
    let error = store.pull(&["m"], &Silent).expect_err("no pickle");
    assert!(matches!(error, MlError::Convert { .. }), "{error}");
    assert!(!dir.path().join("m/a.json").exists());
}

/// The real thing, where the models were pulled: `ASTERISM_MODELS_DIR`.
#[test]
fn the_pulled_models_are_what_the_manifest_pins() {
    let Some(dir) = std::env::var_os("ASTERISM_MODELS_DIR") else {
        return;
    };
    let manifest = Manifest::parse(include_str!("../../../assets/models.toml")).expect("valid");
    let store = offline(Path::new(&dir), manifest);
    for status in store.verify().expect("verified") {
        let hub = store
            .manifest()
            .model(&status.id)
            .expect("listed")
            .hub
            .is_some();
        if hub && status.state == ModelState::Missing {
            continue;
        }
        assert_eq!(status.state, ModelState::Ready, "{}", status.id);
    }
}

#[test]
fn prune_removes_what_no_model_needs_and_nothing_else() {
    let dir = tempfile::tempdir().expect("temp");
    let store = offline(dir.path(), copied());
    assert_eq!(store.prune().expect("no folder, nothing to do"), []);
    put(dir.path(), "a.json", "abc");
    assert_eq!(state(&store), ModelState::Ready);
    assert_eq!(store.surplus().expect("looked"), []);
    put(dir.path(), ".fetch-killed/half.whl", "half a package");
    put(dir.path(), "old.json", "old");
    put(
        dir.path(),
        "../m-of-last-year/weights",
        "heavy, heavy weights",
    );
    let pruned = store.prune().expect("pruned");
    let paths: Vec<_> = pruned.iter().map(|one| one.path.as_path()).collect();
    let gone = ["m-of-last-year", "m/.fetch-killed", "m/old.json"];
    assert_eq!(paths, gone.map(Path::new));
    assert_eq!(pruned.iter().map(|one| one.bytes).sum::<u64>(), 20 + 14 + 3);
    assert!(gone.iter().all(|path| !dir.path().join(path).exists()));
    assert_eq!(state(&store), ModelState::Ready);
    assert_eq!(store.surplus().expect("looked"), []);
}
