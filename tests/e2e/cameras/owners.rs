//! Credentials: shown once, taken back at once, and nobody else's.

use std::time::{Duration, Instant};

use serde_json::json;

use super::client::Device;
use super::world::{DEVICES, World, refused, until};
use crate::support::http::Client;
use crate::support::pictures::gradient;

#[test]
fn a_revoked_device_is_cut_off_within_a_second() {
    let Some(world) = World::embedded() else {
        return;
    };
    let ada = Client::register(&world.url(), "ada");
    let device = world.camera(&ada, "Lost");
    let mut camera = device.connect().expect("let in");
    camera.send("frame", &gradient(1, 64, 48)).expect("acked");
    let path = format!("{DEVICES}/{}", device.id);
    let listed = ada.get(DEVICES).ok();
    assert!(!listed.to_string().contains(&device.secret), "shown once");
    assert_eq!(listed["broker"]["port"], world.port);
    let revoked = ada.post(&format!("{path}/revoke"), &json!({})).ok();
    assert!(revoked["revoked_at"].is_string());
    assert!(camera.cut_off() < Duration::from_secs(1));
    assert!(device.connect().is_err(), "its secret counts no more");
    // a new secret lets it in again, and what was let in by an older one goes
    let anew = ada.post(&format!("{path}/secret"), &json!({})).ok();
    let back = Device {
        secret: anew["secret"].as_str().expect("a secret").to_owned(),
        ..device.clone()
    };
    assert!(device.connect().is_err(), "the old one");
    let mut camera = back.connect().expect("the new one");
    ada.post(&format!("{path}/secret"), &json!({})).ok();
    assert!(camera.cut_off() < Duration::from_secs(1));
    assert_eq!(ada.delete(&path).status, 204);
    assert_eq!(ada.get(&path).status, 404);
    // what it took stays
    assert_eq!(Client::ids(&ada.get("/api/v1/elements").ok()).len(), 1);
}

#[test]
fn mosquitto_a_revoked_device_is_heard_no_more() {
    let Some(world) = World::mosquitto() else {
        return;
    };
    let ada = Client::register(&world.url(), "ada");
    let device = world.camera(&ada, "Lost");
    let mut camera = device.connect().expect("let in");
    camera.send("frame", &gradient(1, 64, 48)).expect("acked");
    assert_eq!(camera.result("frame")["state"], "saved");
    ada.post(&format!("{DEVICES}/{}/revoke", device.id), &json!({}))
        .ok();
    camera
        .send("frame", &gradient(2, 64, 48))
        .expect("the broker's ack");
    assert_eq!(camera.result("frame")["problem"]["code"], "forbidden");
    until(&ada, &device, |d| refused(d, "revoked") == 1);
    assert_eq!(Client::ids(&ada.get("/api/v1/elements").ok()).len(), 1);
}

#[test]
fn a_stranger_neither_sees_nor_changes_a_device() {
    let Some(world) = World::embedded() else {
        return;
    };
    let ada = Client::register(&world.url(), "ada");
    let eve = Client::register(&world.url(), "eve");
    let device = world.camera(&ada, "Bedroom");
    let mut camera = device.connect().expect("let in");
    let path = format!("{DEVICES}/{}", device.id);
    assert_eq!(eve.get(DEVICES).ok()["items"], json!([]));
    assert_eq!(eve.get(&path).status, 404);
    assert_eq!(eve.patch(&path, &json!({"name": "Mine"})).status, 404);
    assert_eq!(eve.post(&format!("{path}/revoke"), &json!({})).status, 404);
    assert_eq!(eve.post(&format!("{path}/secret"), &json!({})).status, 404);
    assert_eq!(eve.delete(&path).status, 404);
    let set = json!({"value": "5"});
    assert_eq!(
        eve.put(&format!("{path}/settings/interval"), &set).status,
        404
    );
    assert_eq!(Client::anonymous(&world.url()).get(DEVICES).status, 401);
    // her cluster is not hers to fill
    let cluster = ada
        .post("/api/v1/clusters", &json!({"name": "Private"}))
        .ok();
    let form = json!({"name": "Spy", "cluster": cluster["id"]});
    assert_eq!(eve.post(DEVICES, &form).status, 404);
    camera
        .send("frame", &gradient(1, 64, 48))
        .expect("still connected");
    let now = until(&ada, &device, |d| d["counts"]["accepted"] == 1);
    assert_eq!(now["name"], "Bedroom");
}

#[test]
fn what_cannot_be_a_device_is_refused_on_its_field() {
    let Some(world) = World::embedded() else {
        return;
    };
    let ada = Client::register(&world.url(), "ada");
    for (form, field) in [
        (json!({"name": "  "}), "name"),
        (json!({"name": "x".repeat(61)}), "name"),
        (
            json!({"name": "a", "quota": {"frames_per_day": 0, "bytes_per_day": 1}}),
            "quota",
        ),
    ] {
        let answer = ada.post(DEVICES, &form);
        assert_eq!(answer.code(), "invalid_field", "{form}");
        assert_eq!(answer.json()["field"], field);
    }
    let cluster = ada
        .post("/api/v1/clusters", &json!({"name": "Garden"}))
        .ok();
    let device = world.device(
        &ada,
        &json!({"name": " The  pond ", "cluster": cluster["id"]}),
    );
    let path = format!("{DEVICES}/{}", device.id);
    assert_eq!(ada.get(&path).ok()["name"], "The pond");
    let changed = ada
        .patch(
            &path,
            &json!({"no_cluster": true, "visibility": "public", "name": "Pond"}),
        )
        .ok();
    assert_eq!(
        (&changed["cluster"], &changed["visibility"]),
        (&json!(null), &json!("public"))
    );
    // the cluster is gone by the time the picture comes: it is saved all the same
    ada.patch(&path, &json!({"cluster": cluster["id"]})).ok();
    let gone = format!(
        "/api/v1/clusters/{}",
        cluster["id"].as_str().expect("an id")
    );
    ada.delete(&gone).ok();
    let mut camera = device.connect().expect("let in");
    camera.send("frame", &gradient(1, 64, 48)).expect("acked");
    let said = camera.result("frame");
    assert_eq!(
        (&said["state"], &said["problem"]["code"]),
        (&json!("saved"), &json!("not_found"))
    );
}

#[test]
fn owners_are_told_of_a_camera_that_is_gone_without_a_goodbye() {
    let patience = ["--device-patience-seconds".into(), "1".into()];
    let Some(mut world) = World::embedded_with(patience.into()) else {
        return;
    };
    let ada = Client::register(&world.url(), "ada");
    let [door, yard] = ["Door", "Yard"].map(|name| world.camera(&ada, name));
    yard.connect().expect("let in").leave();
    until(&ada, &yard, |d| {
        d["online"] == false && d["since"].is_string()
    });
    door.connect().expect("let in").vanish();
    let told = ada.told("device_offline");
    assert_eq!(
        (&told["device"], &told["name"], &told["count"]),
        (&json!(door.id), &json!("Door"), &json!(1)),
        "who says goodbye is not missed"
    );
    // connected when the server dies, and not back after it started
    let camera = yard.connect().expect("let in");
    until(&ada, &yard, |d| d["online"] == true);
    world.kill_and_start();
    camera.vanish();
    let start = Instant::now();
    while ada.told("device_offline")["count"] != 2 {
        assert!(start.elapsed() < Duration::from_secs(30), "one of two");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(ada.told("device_offline")["device"], json!(yard.id));
}
