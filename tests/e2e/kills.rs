//! `kill -9` at any point: what was acked is there, and gets finished.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tempfile::tempdir;

use crate::support::http::Client;
use crate::support::pictures::gradient;
use crate::support::process::{Paths, Setup};

/// Kills in one run.
const KILLS: u32 = 30;

#[test]
fn nothing_acked_is_lost_and_all_of_it_is_finished() {
    let Some(paths) = Paths::find() else { return };
    let seed = std::env::var("KILL_SEED")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or_else(rand::random::<u64>);
    eprintln!("KILL_SEED={seed} runs the same again");
    let mut chance = StdRng::seed_from_u64(seed);
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let mut server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let acked: Arc<Mutex<HashMap<u32, String>>> = Arc::default();
    let mut next = 0u32;

    for _ in 0..KILLS {
        // Uploads go on while the server is killed at a random point of them.
        let stop = Arc::new(AtomicBool::new(false));
        let uploader = {
            let (client, acked, stop, first) = (ada.clone(), acked.clone(), stop.clone(), next);
            std::thread::spawn(move || {
                let mut n = first;
                while !stop.load(Ordering::Relaxed) {
                    let picture = gradient(n, 160, 120);
                    match client.try_upload(&[("a.bmp", &picture)], &[]) {
                        Ok(answer) if answer.status == 202 => {
                            let id = answer.json()["elements"][0]["id"]
                                .as_str()
                                .expect("an id")
                                .to_owned();
                            acked.lock().expect("no panic").insert(n, id);
                        }
                        // Killed in between: not acked, may or may not be there.
                        _ => break,
                    }
                    n += 1;
                    // Enough to be killed in the midst of, few enough to finish.
                    std::thread::sleep(Duration::from_millis(120));
                }
                n + 1
            })
        };
        std::thread::sleep(Duration::from_millis(chance.random_range(5..900)));
        server.kill();
        stop.store(true, Ordering::Relaxed);
        next = uploader.join().expect("the uploader ends");
        server = setup.start();
    }

    let acked = acked.lock().expect("no panic").clone();
    assert!(
        acked.len() as u32 >= KILLS / 2,
        "only {} uploads got through",
        acked.len()
    );
    for (n, id) in &acked {
        let element = ada.ready(id);
        assert!(
            element["stages"]
                .as_array()
                .expect("stages")
                .iter()
                .all(|s| s["state"] == "done"),
            "{element:#}"
        );
        // Uploading it again finds it: it was saved exactly once.
        let again = ada.upload(&[("a.bmp", &gradient(*n, 160, 120))], &[]).ok();
        assert_eq!(again["elements"][0]["duplicate_of"], id.as_str());
        for file in element["media"].as_array().expect("media") {
            let answer = ada.get(file["url"].as_str().expect("a url"));
            assert_eq!(answer.status, 200);
            assert!(
                media::decode(&answer.body, &media::Limits::default()).is_ok(),
                "{file}"
            );
        }
    }
    eprintln!("{KILLS} kills, {} acked, 0 lost", acked.len());
}
