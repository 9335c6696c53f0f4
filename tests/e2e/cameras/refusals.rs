//! What is refused: told, counted, and nobody else's trouble.

use std::time::{Duration, Instant};

use serde_json::json;

use super::world::{Broker, World, refused, until};
use crate::support::http::Client;
use crate::support::pictures::gradient;

#[test]
fn each_refusal_has_its_reason_and_is_counted() {
    let Some(world) = World::embedded() else {
        return;
    };
    reasons(&world);
}

#[test]
fn mosquitto_each_refusal_has_its_reason_and_is_counted() {
    let Some(world) = World::mosquitto() else {
        return;
    };
    reasons(&world);
}

fn reasons(world: &World) {
    let embedded = matches!(world.broker, Broker::Embedded);
    let ada = Client::register(&world.url(), "ada");
    let eve = Client::register(&world.url(), "eve");
    let device = world.camera(&ada, "Ada's");
    let foreign = world.camera(&eve, "Eve's");
    let mut other = foreign.connect().expect("let in");
    let mut camera = device.connect().expect("let in");
    let picture = gradient(1, 64, 48);
    let code = |value: serde_json::Value| value["problem"]["code"].clone();

    camera.send("frame", b"no picture at all").expect("acked");
    assert_eq!(code(camera.result("frame")), "unsupported_media");
    camera.send("frame/cut", &picture[..400]).expect("acked");
    assert_eq!(code(camera.result("cut")), "truncated_media");
    camera.send("health", b"fine").expect("acked");
    assert_eq!(code(camera.result("refused")), "bad_request");
    let large = vec![7; 8 * 1024 * 1024 + 1];
    camera.send("frame/large", &large).expect("acked");
    let said = camera.result("large");
    assert_eq!(code(said.clone()), "too_large");
    assert!(
        said["problem"]["detail"]
            .as_str()
            .expect("words")
            .contains("chunks"),
        "{said}"
    );
    let larger = vec![7; 9 * 1024 * 1024];
    camera.send("frame/larger", &larger).expect("acked");
    assert_eq!(code(camera.result("larger")), "too_large");
    let far_too_large = vec![7; 400_000];
    camera.send("upload/a/0", &far_too_large).expect("acked");
    assert_eq!(code(camera.result("a")), "too_large");
    // with another broker these never reach the server: its rules drop them
    for topic in [
        device.topic("result/x"),
        device.topic("nonsense"),
        "homeassistant/sensor/x/config".to_owned(),
        "asterism/v1/server/status".to_owned(),
        foreign.topic("frame"),
        foreign.topic("result/frame"),
    ] {
        camera.publish(&topic, &picture, false).expect("acked");
        if embedded {
            assert_eq!(code(camera.result("refused")), "forbidden", "{topic}");
        }
    }
    if embedded {
        camera
            .publish(&device.topic("frame"), &picture, true)
            .expect("acked");
        assert_eq!(code(camera.result("frame")), "bad_request");
    }

    // the others were never in the way, and hear nothing of it
    other.send("frame", &picture).expect("acked");
    assert_eq!(other.result("frame")["state"], "saved");
    assert!(other.heard.is_empty(), "{:?}", other.heard);
    camera.send("frame", &picture).expect("acked");
    assert_eq!(camera.result("frame")["state"], "saved");
    let now = until(&ada, &device, |d| d["counts"]["accepted"] == 1);
    assert_eq!(refused(&now, "bad_media"), 2, "{now:#}");
    assert_eq!(refused(&now, "bad_payload"), 1);
    assert_eq!(refused(&now, "oversize"), 3);
    if embedded {
        // the nonsense, its own result, and what is none of its topics
        assert_eq!(refused(&now, "wrong_topic"), 4, "{now:#}");
        assert_eq!(refused(&now, "foreign_device"), 2);
        assert_eq!(refused(&now, "retained"), 1);
        let metrics = ada.get("/metrics");
        let text = String::from_utf8_lossy(&metrics.body).into_owned();
        for reason in [
            "bad_media",
            "oversize",
            "wrong_topic",
            "foreign_device",
            "retained",
        ] {
            let line = format!("asterism_devices_refused_total{{reason=\"{reason}\"}}");
            assert!(text.contains(&line), "{line} in {text}");
        }
    }
    assert!(now["problem"]["code"].is_string());
    let hers = ada.get("/api/v1/elements").ok();
    assert_eq!(Client::ids(&hers).len(), 1);
    let theirs = eve.get("/api/v1/elements").ok();
    assert_eq!(Client::ids(&theirs).len(), 1);
}

#[test]
fn a_device_hears_nothing_of_others() {
    let Some(world) = World::embedded() else {
        return;
    };
    let ada = Client::register(&world.url(), "ada");
    let eve = Client::register(&world.url(), "eve");
    let device = world.camera(&ada, "Ada's");
    let spy = world.camera(&eve, "Eve's");
    let mut all = spy
        .listen(&[
            "#",
            "asterism/#",
            "homeassistant/#",
            &device.topic("result/+"),
        ])
        .expect("let in");
    let mut camera = device.connect().expect("let in");
    camera.send("frame", &gradient(1, 64, 48)).expect("acked");
    camera.result("frame");
    all.settle(Duration::from_millis(800)).expect("connected");
    assert!(all.heard.is_empty(), "{:?}", all.heard);
}

#[test]
fn a_flood_is_refused_and_the_others_do_not_notice() {
    let Some(world) = World::embedded() else {
        return;
    };
    let ada = Client::register(&world.url(), "ada");
    let loud = world.camera(&ada, "Loud");
    let quiet = world.camera(&ada, "Quiet");
    let mut flood = loud.connect().expect("let in");
    let mut calm = quiet.connect().expect("let in");
    // no pictures, so that deciding takes no time even on a busy machine: pictures
    // would be slowed down by it, not refused
    let began = Instant::now();
    let shouting = std::thread::spawn(move || {
        flood.shout("frame", &vec![b"no picture".to_vec(); 400]);
        flood
    });
    for n in 0..5 {
        let start = Instant::now();
        calm.send("frame", &gradient(1_000 + n, 64, 48))
            .expect("acked");
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "{:?}",
            start.elapsed()
        );
        assert_eq!(calm.result("frame")["state"], "saved");
    }
    let mut flood = shouting.join().expect("it shouts");
    let now = until(&ada, &loud, |d| {
        refused(d, "flood") + refused(d, "bad_media") == 400
    });
    let let_in = refused(&now, "bad_media");
    let most = 30 + 10 * (began.elapsed().as_secs() + 1);
    assert!((30..=most).contains(&let_in), "{let_in} of {most}: {now:#}");
    // it is not shut out for it, and what waits for its ack is only slowed down
    std::thread::sleep(Duration::from_secs(1));
    for n in 0..40 {
        flood
            .send("frame", &gradient(2_000 + n, 64, 48))
            .expect("acked");
    }
    let calm = until(&ada, &quiet, |d| d["counts"]["accepted"] == 5);
    assert_eq!(calm["counts"]["refused"], json!({}));
    until(&ada, &loud, |d| d["last_frame"].is_object());
}

#[test]
fn a_day_has_its_quota() {
    let Some(world) = World::embedded() else {
        return;
    };
    let ada = Client::register(&world.url(), "ada");
    let quota = json!({"frames_per_day": 2, "bytes_per_day": 1_000_000});
    let form = json!({"name": "Small", "quota": quota});
    let device = world.device(&ada, &form);
    let mut camera = device.connect().expect("let in");
    for n in 0..2 {
        camera.send("frame", &gradient(n, 64, 48)).expect("acked");
        assert_eq!(camera.result("frame")["state"], "saved");
    }
    camera.send("frame", &gradient(2, 64, 48)).expect("acked");
    let said = camera.result("frame");
    assert_eq!(said["problem"]["code"], "quota_exceeded");
    assert!(said["problem"]["retry_after"].as_u64() > Some(0), "{said}");
    let now = until(&ada, &device, |d| refused(d, "quota") == 1);
    assert_eq!(now["counts"]["today_frames"], 2);
    // its owner allows more: at once
    let more = json!({"quota": {"frames_per_day": 10, "bytes_per_day": 1_000_000}});
    ada.patch(&format!("{}/{}", super::world::DEVICES, device.id), &more)
        .ok();
    camera.send("frame", &gradient(2, 64, 48)).expect("acked");
    assert_eq!(camera.result("frame")["state"], "saved");
}
