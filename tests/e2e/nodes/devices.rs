//! Cameras behind one broker with two servers.

use serde_json::json;

use super::world::World;
use crate::cameras::client::Device;
use crate::support::http::Client;
use crate::support::pictures::gradient;

#[test]
fn what_a_camera_sends_is_taken_once_and_by_the_other_server_when_one_is_killed() {
    let Some(mut world) = World::with_broker() else {
        return;
    };
    let ada = Client::register(&world.url(0), "ada");
    let form = json!({"name": "Front door"});
    let made = ada.post("/api/v1/devices", &form).ok();
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    let device = Device {
        id: text(&made["device"]["id"]),
        secret: text(&made["secret"]),
        port: world.mqtt_port,
    };
    let broker = world.broker.as_ref().expect("there is one");
    broker.admit(&device.id, &device.secret);
    let mut camera = device.connect().expect("let in");
    let mut count = 0;
    let mut sends = |world: &World, camera: &mut crate::cameras::client::Camera, node: usize| {
        count += 1;
        let part = format!("frame/{count}");
        camera
            .send(&part, &gradient(count, 160, 120))
            .expect("acked");
        let result = camera.result(&count.to_string());
        assert_eq!(result["state"], "saved", "{result}");
        let all = world.by(node, &ada).get("/api/v1/elements").ok();
        assert_eq!(Client::ids(&all).len() as u32, count, "each is taken once");
        // nobody else answers too
        let more = camera.settle(std::time::Duration::from_millis(500));
        more.expect("still connected");
        assert!(camera.heard.is_empty(), "{:?}", camera.heard);
    };
    sends(&world, &mut camera, 1);
    sends(&world, &mut camera, 0);
    for node in [0, 1] {
        world.kill(node);
        sends(&world, &mut camera, 1 - node);
        world.start_again(node);
        sends(&world, &mut camera, node);
    }
}
