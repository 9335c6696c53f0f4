//! Home Assistant, or whatever shows an account's devices.

use std::time::Duration;

use serde_json::{Value, json};

use super::world::{World, refused, until};
use crate::support::http::Client;
use crate::support::pictures::gradient;

#[test]
fn a_hub_finds_the_devices_of_its_account_and_no_others() {
    let Some(mut world) = World::embedded() else {
        return;
    };
    let ada = Client::register(&world.url(), "ada");
    let eve = Client::register(&world.url(), "eve");
    let device = world.camera(&ada, "Door");
    let foreign = world.camera(&eve, "Elsewhere");
    let hub = world.device(&ada, &json!({"name": "Home Assistant", "kind": "hub"}));
    let _theirs = foreign.connect().expect("let in");
    {
        let mut camera = device.connect().expect("let in");
        camera.send("health", br#"{"battery": 40}"#).expect("acked");
        until(&ada, &device, |d| d["health"]["battery"] == 40.0);
    }
    // states are told again by a server that was killed
    world.kill_and_start();
    std::thread::sleep(Duration::from_millis(500));
    let mut home = hub
        .listen(&[
            "homeassistant/#",
            "asterism/v1/devices/+/+",
            "asterism/v1/devices/+/config/#",
        ])
        .expect("let in");
    let place = format!(
        "homeassistant/binary_sensor/asterism_{}/connected/config",
        device.id
    );
    let config: Value = serde_json::from_slice(&home.hear_topic(&place)).expect("JSON");
    assert_eq!(config["state_topic"], device.topic("status"));
    assert_eq!(config["device"]["name"], "Door");
    assert_eq!(home.hear_topic(&device.topic("status")), b"offline");
    let health: Value =
        serde_json::from_slice(&home.hear_topic(&device.topic("health"))).expect("JSON");
    assert_eq!(health["battery"], 40.0);

    let mut camera = device.connect().expect("let in");
    assert_eq!(home.hear_topic(&device.topic("status")), b"online");
    let set = device.topic("config/interval/set");
    home.publish(&set, b"15", false).expect("acked");
    assert_eq!(camera.hear("config/interval/set"), b"15");
    let state = device.topic("config/interval/state");
    camera.publish(&state, b"15", true).expect("acked");
    assert_eq!(home.hear_topic(&state), b"15");

    // it sends no pictures, and asks nothing of devices of others
    home.publish(&hub.topic("frame"), &gradient(1, 64, 48), false)
        .expect("acked");
    home.publish(&foreign.topic("config/interval/set"), b"1", false)
        .expect("acked");
    home.publish(&set, b"often", false).expect("acked");
    let now = until(&ada, &hub, |d| refused(d, "wrong_topic") == 2);
    assert_eq!(refused(&now, "foreign_device"), 1);
    home.settle(Duration::from_millis(500)).expect("connected");
    let told: Vec<&str> = home.heard.iter().map(|p| p.topic.as_str()).collect();
    assert!(
        told.iter().all(|topic| !topic.contains(&foreign.id)),
        "{told:?}"
    );

    // a device that is forgotten is taken back
    ada.delete(&format!("{}/{}", super::world::DEVICES, device.id))
        .ok();
    loop {
        if home.hear_topic(&place).is_empty() {
            break;
        }
    }
}
