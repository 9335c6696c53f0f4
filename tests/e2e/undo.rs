//! Deleting, and taking it back.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::http::Client;
use crate::support::pictures::{gradient, sample};
use crate::support::process::{Paths, Setup};
use crate::support::socket::Socket;

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Where the element is found by its owner.
fn found(ada: &Client, id: &str, beside: &str, cluster: &str) -> Vec<&'static str> {
    let id = id.to_owned();
    let lists = [
        ("mine", "elements".to_owned()),
        ("owner", "elements?owner=ada".to_owned()),
        ("words", "search?q=heron".to_owned()),
        ("looks", "search?q=coffee".to_owned()),
        ("tag", "search?q=tag:qwoptag".to_owned()),
        ("explore", "feed/explore".to_owned()),
        ("home", "feed/home".to_owned()),
        ("similar", format!("elements/{beside}/similar")),
        ("cluster", format!("clusters/{cluster}/elements")),
        ("bulk", format!("elements/bulk?ids={id}")),
    ];
    let holds = |(_, path): &&(_, String)| {
        Client::ids(&ada.get(&format!("/api/v1/{path}")).ok()).contains(&id)
    };
    let mut ways: Vec<&'static str> = lists.iter().filter(holds).map(|(way, _)| *way).collect();
    let tags = ada.get("/api/v1/tags?prefix=qwop").ok();
    if tags["items"]
        .as_array()
        .is_some_and(|tags| !tags.is_empty())
    {
        ways.push("hint");
    }
    let read = ada.get(&format!("/api/v1/clusters/{cluster}")).ok();
    if read["count"] == 2 {
        ways.push("count");
    }
    if read["cover"].to_string().contains(&id) {
        ways.push("cover");
    }
    ways
}

#[test]
fn a_deleted_picture_is_nowhere_and_comes_back_with_all_that_it_had() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let picture = |name: &str| sample(&setup.paths.samples, name);
    let beans = picture("coffee-beans");
    let id = ada.save("heron.jpg", &beans, &[("title", "Heron coffee")]);
    let beside = ada.save("sacks.jpg", &picture("coffee-sacks"), &[]);
    for id in [&id, &beside] {
        ada.ready(id);
    }
    let tag = format!("/api/v1/elements/{id}/tags/qwoptag");
    ada.put(&tag, &json!({"state": "fact"})).ok();
    bob.put(&format!("/api/v1/elements/{id}/like"), &json!({}))
        .ok();
    let new = json!({"name": "Coffee", "visibility": "public", "elements": [id, beside]});
    let cluster = text(&ada.post("/api/v1/clusters", &new).ok()["id"]);
    let before = ada.element(&id);
    let url = text(&before["media"][0]["url"]);
    let everywhere = found(&ada, &id, &beside, &cluster);
    assert!(everywhere.len() >= 11, "{everywhere:?}");

    let mut socket = Socket::connect(&server.url);
    socket.identify(bob.token.as_deref().unwrap());
    let topic = format!("element:{id}");
    socket.subscribe(&topic);
    let path = format!("/api/v1/elements/{id}");
    let restore = format!("{path}/restore");
    assert_eq!(bob.delete(&path).status, 404);
    let removed = ada.delete(&path).ok();
    assert_eq!(removed["id"], id.as_str());
    assert!(removed["restorable_until"].is_string() || removed["restorable_until"].is_number());
    assert_eq!(ada.delete(&path).status, 404);
    socket.until(|f| f["kind"] == "element_removed" && f["data"]["id"] == id.as_str());
    assert!(found(&ada, &id, &beside, &cluster).is_empty());
    for client in [&ada, &bob] {
        assert_eq!(client.get(&path).status, 404);
        assert_eq!(client.get(&url).status, 404);
        assert_eq!(client.get(&format!("{path}/similar")).status, 404);
    }
    assert_eq!(bob.post(&restore, &json!({})).status, 404);

    // a kill in between changes nothing
    drop(socket);
    server.kill();
    let server = setup.start();
    assert!(found(&ada, &id, &beside, &cluster).is_empty());
    let back = ada.post(&restore, &json!({})).ok();
    assert_eq!(back["id"], before["id"]);
    let start = Instant::now();
    // the indexes in memory follow
    while found(&ada, &id, &beside, &cluster) != everywhere {
        let now = found(&ada, &id, &beside, &cluster);
        assert!(start.elapsed() < Duration::from_secs(20), "{now:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(ada.element(&id), before);
    assert_eq!(bob.get(&url).status, 200);
    assert_eq!(ada.post(&restore, &json!({})).status, 404, "once");

    // saving the same file again does it too
    ada.delete(&path).ok();
    let again = ada.upload(&[("heron.jpg", &beans)], &[]).ok();
    assert_eq!(again["elements"][0]["id"], id.as_str());
    assert_eq!(again["elements"][0]["duplicate_of"], id.as_str());
    assert_eq!(ada.element(&id)["tags"], before["tags"]);
    drop(server);
}

#[test]
fn what_is_deleted_while_it_is_worked_on_is_finished_when_it_is_back() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let ids: Vec<String> = (0..6)
        .map(|n| ada.save("a.bmp", &gradient(n, 320, 240), &[]))
        .collect();
    for id in &ids {
        ada.delete(&format!("/api/v1/elements/{id}")).ok();
    }
    std::thread::sleep(Duration::from_millis(300));
    for id in &ids {
        ada.post(&format!("/api/v1/elements/{id}/restore"), &json!({}))
            .ok();
    }
    for id in &ids {
        let element = ada.ready(id);
        let stages = element["stages"].as_array().expect("stages");
        assert!(stages.iter().all(|s| s["state"] == "done"), "{element:#}");
    }
    drop(server);
}

#[test]
fn what_nobody_took_back_is_swept_by_itself() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let mut setup = Setup::new(paths, data.path());
    setup.extra = vec!["--undo-seconds".into(), "1".into()];
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let picture = gradient(1, 160, 120);
    let id = ada.save("a.bmp", &picture, &[]);
    let new = json!({"name": "Doors", "elements": [id]});
    let cluster = text(&ada.post("/api/v1/clusters", &new).ok()["id"]);
    ada.delete(&format!("/api/v1/elements/{id}")).ok();
    ada.delete(&format!("/api/v1/clusters/{cluster}"));
    // in time, and too late
    ada.post(&format!("/api/v1/elements/{id}/restore"), &json!({}))
        .ok();
    ada.delete(&format!("/api/v1/elements/{id}")).ok();
    std::thread::sleep(Duration::from_millis(1200));
    for path in [format!("elements/{id}"), format!("clusters/{cluster}")] {
        let restore = format!("/api/v1/{path}/restore");
        assert_eq!(ada.post(&restore, &json!({})).status, 404, "{path}");
    }
    // once swept, the same file is a new picture; until then it comes back
    let start = Instant::now();
    loop {
        std::thread::sleep(Duration::from_millis(1500));
        let again = ada.upload(&[("a.bmp", &picture)], &[]).ok();
        let again = text(&again["elements"][0]["id"]);
        if again != id {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "never swept");
        ada.delete(&format!("/api/v1/elements/{id}")).ok();
    }
    drop(server);
}
