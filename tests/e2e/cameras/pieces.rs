//! Pictures in pieces, over many kills.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

use super::client::{Camera, Device, chunk};
use super::world::{World, until};
use crate::support::http::Client;
use crate::support::pictures::gradient;

/// Kills in one run.
const KILLS: u32 = 25;
const CHUNK: usize = 4_096;

fn init(picture: &[u8]) -> Vec<u8> {
    let crc = format!("{:08x}", crc32fast::hash(picture));
    let init = json!({"size": picture.len(), "crc32": crc, "name": "a.bmp"});
    init.to_string().into_bytes()
}

/// What a camera keeps in its flash: what it was acked.
#[derive(Default)]
struct Flash {
    picture: u32,
    acked: BTreeSet<usize>,
    /// Pictures whose last byte was acked.
    done: BTreeMap<u32, String>,
}

/// Goes on until it is cut off or told to stop.
fn upload(device: &Device, flash: &Mutex<Flash>, stop: &AtomicBool) {
    let mut camera = match device.connect() {
        Ok(camera) => camera,
        Err(_) => return,
    };
    while !stop.load(Ordering::Relaxed) {
        if step(&mut camera, flash).is_none() {
            return;
        }
    }
}

/// One picture, or the rest of it. None: cut off.
fn step(camera: &mut Camera, flash: &Mutex<Flash>) -> Option<()> {
    let number = flash.lock().expect("no panic").picture;
    let picture = gradient(number, 100, 80);
    let id = format!("pic-{number}");
    camera
        .send(&format!("upload/{id}/init"), &init(&picture))
        .ok()?;
    let standing = result(camera, &id)?;
    if standing["state"] == "incomplete" {
        // whatever was acked is there
        let missing: Vec<(u64, u64)> =
            serde_json::from_value(standing["missing"].clone()).expect("gaps");
        for offset in &flash.lock().expect("no panic").acked {
            let offset = *offset as u64;
            let lost = missing
                .iter()
                .any(|(at, n)| (*at..at + n).contains(&offset));
            assert!(!lost, "the chunk at {offset} was acked: {standing}");
        }
    }
    for (index, bytes) in picture.chunks(CHUNK).enumerate() {
        let offset = index * CHUNK;
        if flash.lock().expect("no panic").acked.contains(&offset) {
            continue;
        }
        camera
            .send(&format!("upload/{id}/{offset}"), &chunk(bytes))
            .ok()?;
        flash.lock().expect("no panic").acked.insert(offset);
    }
    // the last byte was acked: it is an element from now on, whoever is killed
    let mut flash = flash.lock().expect("no panic");
    flash.done.insert(number, id);
    flash.picture += 1;
    flash.acked.clear();
    Some(())
}

fn result(camera: &mut Camera, id: &str) -> Option<Value> {
    let topic = camera.device.topic(&format!("result/{id}"));
    for _ in 0..200 {
        if let Some(at) = camera.heard.iter().position(|p| p.topic == topic) {
            let payload = camera.heard.remove(at).expect("it is there").payload;
            return serde_json::from_slice(&payload).ok();
        }
        camera.settle(Duration::from_millis(50)).ok()?;
    }
    panic!("no result on {topic}");
}

#[test]
fn nothing_acked_is_lost_and_every_picture_is_there_once() {
    let Some(mut world) = World::embedded() else {
        return;
    };
    let seed = std::env::var("KILL_SEED")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or_else(rand::random::<u64>);
    eprintln!("KILL_SEED={seed} runs the same again");
    let mut chance = StdRng::seed_from_u64(seed);
    let ada = Client::register(&world.url(), "ada");
    let device = world.camera(&ada, "Far away");
    let flash = Arc::new(Mutex::new(Flash::default()));
    for _ in 0..KILLS {
        let stop = Arc::new(AtomicBool::new(false));
        let uploader = {
            let (device, flash, stop) = (device.clone(), flash.clone(), stop.clone());
            std::thread::spawn(move || upload(&device, &flash, &stop))
        };
        std::thread::sleep(Duration::from_millis(chance.random_range(20..700)));
        world.server.take().expect("it runs").kill();
        stop.store(true, Ordering::Relaxed);
        uploader.join().expect("the camera goes on");
        world.server = Some(world.setup.start());
    }
    // what was begun is finished
    let mut camera = device.connect_when_ready();
    step(&mut camera, &flash).expect("nobody kills it any more");
    let done = flash.lock().expect("no panic").done.clone();
    assert!(
        done.len() as u32 >= KILLS / 3,
        "only {} got through",
        done.len()
    );
    let mut ids = BTreeSet::new();
    let mut cursor = String::new();
    loop {
        let page = ada.get(&format!("/api/v1/elements?limit=100{cursor}")).ok();
        ids.extend(Client::ids(&page));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(ids.len(), done.len(), "each is there once");
    for (number, id) in &done {
        camera
            .send(&format!("upload/{id}/fin"), b"")
            .expect("acked");
        let said = camera.result(id);
        assert_eq!(said["state"], "saved", "{number}: {said}");
        assert!(
            ids.contains(said["element"].as_str().expect("an id")),
            "{said}"
        );
    }
    eprintln!("{KILLS} kills, {} pictures in pieces, 0 lost", done.len());
}

#[test]
fn pieces_are_checked_and_can_come_in_any_order() {
    let Some(world) = World::embedded() else {
        return;
    };
    checked_in_any_order(&world);
}

#[test]
fn mosquitto_pieces_are_checked_and_can_come_in_any_order() {
    let Some(world) = World::mosquitto() else {
        return;
    };
    checked_in_any_order(&world);
}

fn checked_in_any_order(world: &World) {
    let ada = Client::register(&world.url(), "ada");
    let device = world.camera(&ada, "Lab");
    let mut camera = device.connect().expect("let in");
    let picture = gradient(7, 100, 80);
    let parts: Vec<(usize, &[u8])> = picture
        .chunks(CHUNK)
        .enumerate()
        .map(|(n, bytes)| (n * CHUNK, bytes))
        .collect();
    camera
        .send("upload/none/0", &chunk(parts[0].1))
        .expect("acked");
    assert_eq!(camera.result("none")["problem"]["code"], "not_found");
    camera
        .send("upload/a/init", b"{\"size\": 0}")
        .expect("acked");
    assert_eq!(camera.result("a")["problem"]["code"], "invalid_field");
    camera.send("upload/a/init", b"nonsense").expect("acked");
    assert_eq!(camera.result("a")["problem"]["code"], "bad_request");
    camera
        .send("upload/a/init", &init(&picture))
        .expect("acked");
    let standing = camera.result("a");
    assert_eq!(standing["missing"], json!([[0, picture.len()]]));
    let mut wrong = chunk(parts[1].1);
    wrong[9] ^= 1;
    camera.send("upload/a/4096", &wrong).expect("acked");
    let said = camera.result("a");
    assert!(
        said["problem"]["detail"]
            .as_str()
            .expect("words")
            .contains("CRC"),
        "{said}"
    );
    camera
        .send("upload/a/4096", &chunk(parts[2].1))
        .expect("acked");
    camera
        .send("upload/a/4096", &chunk(parts[1].1))
        .expect("acked");
    let said = camera.result("a");
    assert_eq!(said["state"], "refused", "other bytes are there: {said}");
    // that upload is spoilt; a new one comes backwards, some of it twice
    camera
        .send("upload/b/init", &init(&picture))
        .expect("acked");
    camera.result("b");
    for (offset, bytes) in parts.iter().rev() {
        for _ in 0..2 {
            camera
                .send(&format!("upload/b/{offset}"), &chunk(bytes))
                .expect("acked");
        }
    }
    let said = camera.result("b");
    assert_eq!(
        (&said["state"], &said["duplicate"]),
        (&json!("saved"), &json!(false))
    );
    let again = camera.result("b");
    assert_eq!(
        again["element"], said["element"],
        "the last chunk came twice"
    );
    camera.send("upload/b/fin", b"").expect("acked");
    assert_eq!(camera.result("b")["element"], said["element"]);
    let element = ada.element(said["element"].as_str().expect("an id"));
    assert_eq!(element["source"]["file_name"], "a.bmp");
    // a whole that is not what was announced
    let other = json!({"size": picture.len(), "crc32": "00000000"}).to_string();
    camera
        .send("upload/c/init", other.as_bytes())
        .expect("acked");
    camera.result("c");
    for (offset, bytes) in &parts {
        camera
            .send(&format!("upload/c/{offset}"), &chunk(bytes))
            .expect("acked");
    }
    assert_eq!(camera.result("c")["problem"]["code"], "damaged_media");
    until(&ada, &device, |d| d["counts"]["accepted"] == 1);
}

#[test]
fn mosquitto_what_the_broker_took_survives_kills_of_the_server() {
    let Some(mut world) = World::mosquitto() else {
        return;
    };
    let ada = Client::register(&world.url(), "ada");
    let device = world.camera(&ada, "Roof");
    let mut camera = device.connect().expect("let in");
    // the server's session has to be there before anything is sent
    camera
        .send("frame/first", &gradient(50, 64, 48))
        .expect("acked");
    assert_eq!(camera.result("first")["state"], "saved");
    let mut sent = 1;
    for round in 0..5u32 {
        for n in 0..4 {
            camera
                .send("frame", &gradient(100 + round * 10 + n, 64, 48))
                .expect("acked");
            sent += 1;
        }
        world.kill_and_start();
    }
    let start = std::time::Instant::now();
    loop {
        let all = ada.get("/api/v1/elements?limit=100").ok();
        if Client::ids(&all).len() == sent {
            break;
        }
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{} of {sent}",
            Client::ids(&all).len()
        );
        std::thread::sleep(Duration::from_millis(200));
    }
}
