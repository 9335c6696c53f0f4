//! Whole pictures.

use std::time::Duration;

use serde_json::json;

use super::client::Device;
use super::world::{Broker, World, until};
use crate::support::http::Client;
use crate::support::pictures::gradient;
use crate::support::socket::Socket;

#[test]
fn a_frame_is_an_element_in_its_cluster_when_it_is_acked() {
    let Some(world) = World::embedded() else {
        return;
    };
    a_frame_is_an_element(world);
}

#[test]
fn mosquitto_a_frame_is_an_element_in_its_cluster() {
    let Some(world) = World::mosquitto() else {
        return;
    };
    a_frame_is_an_element(world);
}

fn a_frame_is_an_element(mut world: World) {
    let durable = matches!(world.broker, Broker::Embedded);
    let ada = Client::register(&world.url(), "ada");
    let mut socket = Socket::connect(&world.url());
    socket.identify(ada.token.as_deref().expect("a token"));
    socket.subscribe(&format!("user:{}", ada.user_id()));
    let cluster = ada.post("/api/v1/clusters", &json!({"name": "Door"})).ok();
    let form = json!({"name": "Front door", "cluster": cluster["id"]});
    let device = world.device(&ada, &form);
    let mut camera = device.connect().expect("let in");
    let picture = gradient(1, 160, 120);
    camera.send("frame", &picture).expect("acked");
    if durable {
        // the ack is all that it has, and all that it needs
        world.kill_and_start();
        camera = device.connect_when_ready();
    } else {
        let result = camera.result("frame");
        assert_eq!(result["state"], "saved", "{result}");
    }
    let all = ada.get("/api/v1/elements").ok();
    let ids = Client::ids(&all);
    assert_eq!(ids.len(), 1, "{all:#}");
    let element = ada.element(&ids[0]);
    assert_eq!(element["source"]["via"], "camera");
    assert_eq!(element["source"]["device"], "Front door");
    assert_eq!(element["visibility"], "private");
    let path = format!(
        "/api/v1/clusters/{}/elements",
        cluster["id"].as_str().expect("an id")
    );
    let held = ada.get(&path).ok();
    assert_eq!(Client::ids(&held), ids);

    // the same again, and one with a name of its own
    camera.send("frame", &picture).expect("acked");
    let again = camera.result("frame");
    assert_eq!(
        (&again["state"], &again["duplicate"]),
        (&json!("saved"), &json!(true))
    );
    assert_eq!(again["element"], ids[0].as_str());
    camera
        .send("frame/shot-2", &gradient(2, 160, 120))
        .expect("acked");
    let other = camera.result("shot-2");
    assert_eq!(
        (&other["state"], &other["duplicate"]),
        (&json!("saved"), &json!(false))
    );
    // counted behind the messages, not with each of them
    let now = until(&ada, &device, |device| {
        device["counts"]["duplicates"] == 1 && device["last_frame"]["element"] == other["element"]
    });
    assert!(now["counts"]["accepted"].as_u64() >= Some(1), "{now:#}");
    if !durable {
        let told = socket.until(|frame| {
            frame["kind"] == "device_changed" && frame["data"]["counts"]["duplicates"] == 1
        });
        assert_eq!(told.last().expect("it")["data"]["id"], device.id.as_str());
    }
    let done = ada.ready(&ids[0]);
    assert!(!done["media"].as_array().expect("media").is_empty());
}

#[test]
fn the_owner_sees_a_device_come_report_and_go() {
    let Some(world) = World::embedded() else {
        return;
    };
    come_report_and_go(&world);
}

#[test]
fn mosquitto_the_owner_sees_a_device_come_report_and_go() {
    let Some(world) = World::mosquitto() else {
        return;
    };
    come_report_and_go(&world);
}

fn come_report_and_go(world: &World) {
    let ada = Client::register(&world.url(), "ada");
    let mut socket = Socket::connect(&world.url());
    socket.identify(ada.token.as_deref().expect("a token"));
    socket.subscribe(&format!("user:{}", ada.user_id()));
    let device = world.camera(&ada, "Yard");
    let mut camera = device.connect().expect("let in");
    let status = device.topic("status");
    camera.publish(&status, b"online", true).expect("acked");
    let report = br#"{"battery": 81, "rssi": -63, "firmware": "1.2", "colour": "red"}"#;
    camera.send("health", report).expect("acked");
    let state = device.topic("config/interval/state");
    camera.publish(&state, b"60", true).expect("acked");
    let now = until(&ada, &device, |d| {
        d["online"] == true && d["settings"]["interval"] == "60"
    });
    assert_eq!(now["health"]["battery"], 81.0);
    assert_eq!(now["health"]["rssi"], -63);
    assert!(
        now["since"].is_string() && now["seen_at"].is_string(),
        "{now:#}"
    );
    socket.until(|frame| frame["kind"] == "device_changed" && frame["data"]["online"] == true);

    // asked by its owner, it changes and says so
    let path = format!("{}/{}/settings/interval", super::world::DEVICES, device.id);
    let set = ada.put(&path, &json!({"value": "30"}));
    assert_eq!(set.status, 202, "{:?}", set.body);
    assert_eq!(camera.hear("config/interval/set"), b"30");
    assert_eq!(
        ada.put(&path, &json!({"value": "soon"})).code(),
        "invalid_field"
    );
    let none = format!("{}/{}/settings/colour", super::world::DEVICES, device.id);
    assert_eq!(ada.put(&none, &json!({"value": "red"})).status, 404);

    // gone without a word, its last will is known
    camera.vanish();
    until(&ada, &device, |d| d["online"] == false);
    assert_eq!(ada.put(&path, &json!({"value": "30"})).code(), "conflict");
}

#[test]
fn a_session_goes_on_where_it_was_cut() {
    let Some(mut world) = World::embedded() else {
        return;
    };
    let ada = Client::register(&world.url(), "ada");
    let device = world.camera(&ada, "Attic");
    let first = device.connect_as("attic").expect("let in");
    assert!(!first.resumed);
    first.vanish();
    world.kill_and_start();
    // unacked messages are sent again only where there is a session
    let mut again = device.connect_as("attic").expect("let in");
    assert!(again.resumed, "it is remembered over a kill");
    again.send("frame", &gradient(3, 64, 48)).expect("acked");
    assert_eq!(again.result("frame")["state"], "saved");
    let other = device.connect_as("another").expect("let in");
    assert!(!other.resumed);
}

#[test]
fn a_client_of_the_same_name_takes_over_and_the_device_stays_online() {
    let Some(world) = World::embedded() else {
        return;
    };
    let ada = Client::register(&world.url(), "ada");
    let device = world.camera(&ada, "Gate");
    let mut first = device.connect().expect("let in");
    let mut second = device.connect().expect("let in");
    assert!(first.cut_off() < Duration::from_secs(5));
    second
        .settle(Duration::from_millis(800))
        .expect("connected");
    until(&ada, &device, |d| d["online"] == true);
    let wrong = Device {
        secret: second.device.secret.replace("asd_", "asd-"),
        ..device.clone()
    };
    assert!(wrong.connect().is_err(), "another secret");
    let nobody = Device {
        id: "01jd3v2k8m0000000000000000".into(),
        ..device
    };
    assert!(nobody.connect().is_err(), "another id");
}
