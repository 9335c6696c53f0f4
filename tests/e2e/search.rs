//! Finding pictures by what the models made of them.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::http::Client;
use crate::support::pictures::{LANDSCAPE, POSTER, samples};
use crate::support::process::{Paths, Setup};

/// How long the new space may take to fill.
const PATIENCE: Duration = Duration::from_secs(90);

#[test]
fn words_in_a_picture_find_it() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let poster = ada.save("scan.png", POSTER, &[]);
    let blank = ada.save("scan.png", LANDSCAPE, &[]);
    let read = ada.ready(&poster);
    let text = read["text"].as_str().expect("words");
    assert!(
        text.contains("OPEN AIR") && text.contains("Admission free"),
        "{text}"
    );
    assert!(
        ada.ready(&blank)["text"]
            .as_str()
            .unwrap_or_default()
            .is_empty()
    );

    let found = ada.get("/api/v1/search?q=admission").ok();
    assert_eq!(Client::ids(&found)[0], poster, "{found:#}");
    let why = &found["items"][0]["why"];
    assert!(why.to_string().contains("text"), "{why}");
}

#[test]
fn another_image_tower_takes_the_place_of_the_first_when_it_has_seen_every_picture() {
    let Some(mut paths) = Paths::find() else {
        return;
    };
    let data = tempdir().unwrap();
    let models = data.path().join("models");
    link_all(&paths.models, &models);
    paths.models.clone_from(&models);
    let mut setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let pictures: Vec<Vec<u8>> = samples(&setup.paths.samples)
        .iter()
        .take(6)
        .map(|path| std::fs::read(path).expect("a sample"))
        .collect();
    let (last, first) = pictures.split_last().expect("samples");
    let ids: Vec<String> = first.iter().map(|p| ada.save("a.jpg", p, &[])).collect();
    for id in &ids {
        ada.ready(id);
    }
    let similar = format!("/api/v1/elements/{}/similar", ids[0]);
    let before = Client::ids(&ada.get(&similar).ok());
    assert_eq!(before.len(), ids.len() - 1);
    drop(server);

    // a folder that is not there is refused at the start, in one line
    setup.extra = ["--ml-image-model", "own-copy"].map(str::to_owned).into();
    let (status, said) = setup.run_to_end();
    assert!(!status.success() && said.contains("own-copy"), "{said}");

    // the same network under another name: what it finds must be the same
    link_all(&models.join("clip-vit-b16-image"), &models.join("own-copy"));
    let server = setup.start();
    let ada = Client::log_in(&server.url, "ada");
    let active = |client: &Client| -> Vec<Value> {
        let report = client.get("/api/v1/admin/models").ok();
        report["spaces"].as_array().expect("spaces").clone()
    };
    let start = Instant::now();
    let switched = |spaces: &[Value]| {
        spaces.len() == 1 && spaces[0]["space"] == "own-copy" && spaces[0]["state"] == "active"
    };
    while !switched(&active(&ada)) {
        assert!(start.elapsed() < PATIENCE, "never: {:?}", active(&ada));
        // while it fills, the old space serves
        assert_eq!(Client::ids(&ada.get(&similar).ok()), before);
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(active(&ada)[0]["done"], json!(ids.len()));
    assert_eq!(Client::ids(&ada.get(&similar).ok()), before);

    // a picture that comes now is compared in the new space
    let late = ada.save("late.jpg", last, &[]);
    ada.ready(&late);
    let found = Client::ids(&ada.get(&similar).ok());
    assert!(
        found.contains(&late) && found.len() == ids.len(),
        "{found:?}"
    );
    assert_eq!(active(&ada)[0]["done"], json!(ids.len() + 1));
    drop(server);

    // and back, without work
    setup.extra.clear();
    let server = setup.start();
    let ada = Client::log_in(&server.url, "ada");
    let start = Instant::now();
    while active(&ada)[0]["space"] == "own-copy" || active(&ada).len() != 1 {
        assert!(start.elapsed() < PATIENCE, "never: {:?}", active(&ada));
        std::thread::sleep(Duration::from_millis(50));
    }
    // each space has a centre of its own, so near ones may change places
    let back = Client::ids(&ada.get(&similar).ok());
    assert_eq!(BTreeSet::from_iter(back), BTreeSet::from_iter(found));
}

/// The files of a folder and those below it, without copying them.
fn link_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            link_all(&path, &to);
        } else if std::fs::hard_link(&path, &to).is_err() {
            std::fs::copy(&path, &to).expect("a copy");
        }
    }
}
