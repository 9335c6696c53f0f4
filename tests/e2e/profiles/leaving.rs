//! Taking everything along, and being forgotten.

use std::collections::BTreeMap;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::tempdir;

use super::text;
use crate::support::http::Client;
use crate::support::pictures::{gradient, sample};
use crate::support::process::{Paths, Setup};
use crate::support::socket::Socket;

/// What an archive holds, by name.
fn unpacked(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut reader = tar::Archive::new(archive);
    for entry in reader.entries().expect("an archive") {
        let mut entry = entry.expect("an entry");
        let name = entry.path().expect("a path").display().to_string();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("bytes");
        files.insert(name, bytes);
    }
    files
}

#[test]
fn an_archive_holds_everything_and_is_taken_back_as_often_as_one_likes() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let [ada, bob] = ["ada", "bob"].map(|name| Client::register(&server.url, name));
    let dahlia = sample(&setup.paths.samples, "dahlia");
    let first = ada.save(
        "dahlia.jpg",
        &dahlia,
        &[
            ("title", "Dahlia"),
            ("description", "Red"),
            ("visibility", "private"),
        ],
    );
    let second = ada.save(
        "b.bmp",
        &gradient(2, 200, 150),
        &[("visibility", "unlisted")],
    );
    let theirs = bob.save("c.bmp", &gradient(3, 200, 150), &[]);
    for id in [&first, &second] {
        ada.ready(id);
    }
    let fact = json!({"state": "fact"});
    ada.put(&format!("/api/v1/elements/{first}/tags/qwoptag"), &fact)
        .ok();
    ada.patch(
        &format!("/api/v1/elements/{first}"),
        &json!({"alt": "A red flower"}),
    )
    .ok();
    ada.put(&format!("/api/v1/elements/{second}/like"), &json!({}))
        .ok();
    ada.put(&format!("/api/v1/elements/{theirs}/like"), &json!({}))
        .ok();
    let cluster = json!({"name": "Flowers", "description": "All", "visibility": "public", "elements": [second, first, theirs]});
    let cluster = text(&ada.post("/api/v1/clusters", &cluster).ok()["id"]);
    let sections = json!({"sections": [{"name": "Best"}]});
    let section = ada
        .patch(&format!("/api/v1/clusters/{cluster}"), &sections)
        .ok();
    let section = text(&section["sections"][0]["id"]);
    ada.put(
        &format!("/api/v1/clusters/{cluster}/elements/{first}"),
        &json!({"section": section}),
    )
    .ok();
    let profile = json!({"bio": "Pots", "links": [{"title": "", "url": "https://a.example"}]});
    ada.patch("/api/v1/users/me/profile", &profile).ok();
    ada.put_form(
        "/api/v1/users/me/avatar",
        &[("file", Some("a.jpg"), &dahlia)],
    )
    .ok();

    let answer = ada.get("/api/v1/users/me/export");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/x-tar"));
    let files = unpacked(&answer.body);
    let of = |folder: &str| files.keys().filter(|name| name.starts_with(folder)).count();
    assert_eq!(
        (of("elements/"), of("media/"), of("clusters/")),
        (2, 2, 1),
        "{:?}",
        files.keys()
    );
    assert!(
        files.values().any(|bytes| *bytes == dahlia),
        "the very file that was uploaded"
    );
    assert!(files.contains_key("avatar.jpg") && files.contains_key("people.json"));
    let complete: Value = serde_json::from_slice(&files["complete.json"]).expect("json");
    assert_eq!(
        complete,
        json!({"elements": 2, "clusters": 1, "likes": 2, "files_missing": 0})
    );
    let own: String = files
        .iter()
        .filter(|(n, _)| n.ends_with(".json"))
        .map(|(_, b)| String::from_utf8_lossy(b).into_owned())
        .collect();
    assert!(!own.contains("password"));
    let exported = data.path().join("ada.tar");
    std::fs::write(&exported, &answer.body).unwrap();
    let cut = data.path().join("cut.tar");
    std::fs::write(&cut, &answer.body[..answer.body.len() / 2]).unwrap();
    server.kill();

    // into another library, twice
    let there = tempdir().unwrap();
    let other = Setup::new(Paths::find().expect("as before"), there.path());
    let server = other.start();
    Client::register(&server.url, "lovelace");
    server.kill();
    let import = |archive: &std::path::Path| {
        let output = Command::new(&other.paths.server)
            .arg("import")
            .arg(archive)
            .args(["--as", "lovelace", "--data-dir"])
            .arg(there.path())
            .arg("--models-dir")
            .arg(&other.paths.models)
            .stdin(Stdio::null())
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        (output.status.success(), said)
    };
    let (ok, said) = import(&cut);
    assert!(!ok && said.contains("cut off"), "{said}");
    let (ok, said) = import(&exported);
    assert!(
        ok && said.contains("2 saved") && said.contains("1 clusters"),
        "{said}"
    );
    let (ok, said) = import(&exported);
    assert!(ok && said.contains("0 saved, 2 known"), "{said}");

    let server = other.start();
    let ada = Client::log_in(&server.url, "lovelace");
    let mine = ada.get("/api/v1/elements").ok();
    let items = mine["items"].as_array().expect("items");
    assert_eq!(items.len(), 2);
    let first = items.iter().find(|e| e["title"] == "Dahlia").expect("it");
    assert_eq!(first["description"], "Red");
    assert_eq!(first["visibility"], "private");
    assert_eq!(first["alt"], "A red flower");
    let id = text(&first["id"]);
    let ready = ada.ready(&id);
    let tag = ready["tags"]
        .as_array()
        .expect("tags")
        .iter()
        .find(|t| t["name"] == "qwoptag");
    assert_eq!(tag.expect("the tag")["state"], "fact");
    let clusters = ada.get("/api/v1/clusters").ok();
    assert_eq!(
        clusters["items"].as_array().map(Vec::len),
        Some(1),
        "{clusters}"
    );
    let cluster = &clusters["items"][0];
    assert_eq!(
        (&cluster["name"], &cluster["description"]),
        (&json!("Flowers"), &json!("All"))
    );
    assert_eq!(cluster["sections"][0]["name"], "Best");
    let held = ada
        .get(&format!(
            "/api/v1/clusters/{}/elements",
            text(&cluster["id"])
        ))
        .ok();
    assert_eq!(
        held["items"].as_array().map(Vec::len),
        Some(2),
        "bob's is not here"
    );
    let best = held["items"]
        .as_array()
        .expect("items")
        .iter()
        .find(|i| i["element"]["id"] == id.as_str());
    assert_eq!(best.expect("it")["section"], cluster["sections"][0]["id"]);
    let likes = ada.get("/api/v1/users/lovelace/likes").ok();
    assert_eq!(likes["items"].as_array().map(Vec::len), Some(1));
    let own = ada.get("/api/v1/users/lovelace").ok();
    assert_eq!(
        (&own["bio"], own["avatar"].as_array().map(Vec::len)),
        (&json!("Pots"), Some(4))
    );
}

#[test]
fn a_deleted_account_is_gone_at_once_and_all_of_it_in_the_end_whatever_is_killed() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let mut server = setup.start();
    // the first account administers: it stays
    let [bob, ada] = ["bob", "ada"].map(|name| Client::register(&server.url, name));
    let last = bob.post(
        "/api/v1/users/me/deletion",
        &json!({"password": "bob-password"}),
    );
    assert_eq!(
        last.status, 409,
        "the only administrator stays while others do"
    );
    let mut ids = Vec::new();
    for n in 0..40 {
        ids.push(ada.save("a.bmp", &gradient(n, 80, 60), &[("title", "heron")]));
    }
    let shared = bob.save("a.bmp", &gradient(0, 80, 60), &[("title", "his")]);
    for id in &ids {
        ada.ready(id);
    }
    bob.ready(&shared);
    let cluster = json!({"name": "Common", "visibility": "public", "elements": ids});
    let cluster = text(&ada.post("/api/v1/clusters", &cluster).ok()["id"]);
    ada.put(
        &format!("/api/v1/clusters/{cluster}/members/bob"),
        &json!({"role": "editor"}),
    )
    .ok();
    ada.put(&format!("/api/v1/elements/{shared}/like"), &json!({}))
        .ok();
    ada.put_form(
        "/api/v1/users/me/avatar",
        &[("file", Some("a.bmp"), &gradient(9, 90, 90))],
    )
    .ok();
    let preview = ada.get("/api/v1/users/me/deletion").ok();
    assert_eq!(preview["state"], "preview");
    assert_eq!(preview["erased"]["elements"], 40);
    assert_eq!(preview["erased"]["files"], 39, "one is bob's too");
    assert_eq!(preview["erased"]["clusters_handed_over"], 1);
    let wrong = ada.post(
        "/api/v1/users/me/deletion",
        &json!({"password": "not this"}),
    );
    assert_eq!(
        (wrong.status, wrong.json()["field"].as_str()),
        (422, Some("password"))
    );

    let mut socket = Socket::connect(&server.url);
    socket.identify(ada.token.as_deref().expect("a token"));
    let done = ada.post(
        "/api/v1/users/me/deletion",
        &json!({"password": "ada-password"}),
    );
    assert_eq!(done.status, 202);
    let receipt = text(&done.json()["id"]);
    assert_eq!(ada.get("/api/v1/users/me").status, 401);
    assert_eq!(ada.login("ada").status, 401);
    assert_eq!(bob.get("/api/v1/users/ada").status, 404);
    assert_eq!(bob.get("/api/v1/elements?owner=ada").status, 404);
    // killed again and again in the midst of it
    for pause in [5, 30, 60, 120, 10, 200] {
        std::thread::sleep(Duration::from_millis(pause));
        server.kill();
        server = setup.start();
    }
    let nobody = Client::anonymous(&server.url);
    let start = Instant::now();
    let end = loop {
        let now = nobody
            .post("/api/v1/receipts", &json!({"id": receipt}))
            .ok();
        if now["state"] == "done" {
            break now;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{now}");
        std::thread::sleep(Duration::from_millis(100));
    };
    for kind in [
        "elements",
        "embeddings",
        "likes",
        "clusters",
        "clusters_handed_over",
        "memberships",
        "logins",
    ] {
        assert_eq!(
            end["erased"][kind], preview["erased"][kind],
            "{kind}: {end}"
        );
    }
    assert_eq!(end["erased"]["files"], 40, "39 and the avatar: {end}");
    assert!(!end.to_string().contains("ada"));
    assert_eq!(
        nobody
            .post("/api/v1/receipts", &json!({"id": "ast_x"}))
            .status,
        404
    );

    let bob = Client::log_in(&server.url, "bob");
    for id in &ids {
        assert_eq!(bob.get(&format!("/api/v1/elements/{id}")).status, 404);
    }
    let found = bob.get("/api/v1/search?q=heron").ok();
    assert!(Client::ids(&found).iter().all(|id| !ids.contains(id)));
    let his = bob.element(&shared);
    for file in his["media"].as_array().expect("media") {
        assert_eq!(bob.get(&text(&file["url"])).status, 200, "bob keeps his");
    }
    let common = bob.get(&format!("/api/v1/clusters/{cluster}")).ok();
    assert_eq!(
        (&common["role"], &common["count"]),
        (&json!("owner"), &json!(0))
    );
    let left = folders(&data.path().join("blobs"));
    assert_eq!(left, 1, "no file of hers is left");
    Client::register(&server.url, "ada");
}

/// How many media have files.
fn folders(blobs: &std::path::Path) -> usize {
    let below = |dir: &std::path::Path| -> Vec<std::path::PathBuf> {
        let entries = std::fs::read_dir(dir).expect("a folder");
        entries
            .map(|e| e.expect("an entry").path())
            .filter(|p| p.is_dir())
            .collect()
    };
    let short = |dir: &std::path::PathBuf| dir.file_name().is_some_and(|n| n.len() == 2);
    below(blobs)
        .iter()
        .filter(|d| short(d))
        .map(|d| below(d).len())
        .sum()
}
