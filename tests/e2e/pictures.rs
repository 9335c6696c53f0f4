//! What can be uploaded, and what cannot.

use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::tempdir;

use crate::support::http::Client;
use crate::support::pictures::{gradient, sample};
use crate::support::process::{Paths, Setup};

#[test]
fn each_file_gets_its_own_answer_and_nothing_bad_is_stored() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let good = gradient(7, 320, 200);
    let jpeg = sample(&setup.paths.samples, "dahlia");
    let cut = &jpeg[..jpeg.len() / 2];
    let mut bomb = gradient(1, 8, 8);
    bomb[18..22].copy_from_slice(&60_000u32.to_le_bytes());
    bomb[22..26].copy_from_slice(&60_000u32.to_le_bytes());

    let files: Vec<(&str, &[u8])> = vec![
        ("good.bmp", &good),
        ("notes.txt", b"not a picture at all"),
        ("cut.jpg", cut),
        ("bomb.bmp", &bomb),
        ("empty.png", b""),
        ("page.png", b"<html><script>alert(1)</script></html>"),
        ("again.bmp", &good),
    ];
    let answer = ada.upload(&files, &[("title", "Slope"), ("visibility", "private")]);
    assert_eq!(answer.status, 202);
    let entries = answer.json()["elements"].as_array().unwrap().clone();
    let code = |n: usize| {
        entries[n]["error"]["code"]
            .as_str()
            .unwrap_or("accepted")
            .to_owned()
    };
    let codes: Vec<String> = (0..files.len()).map(code).collect();
    assert_eq!(codes[0], "accepted");
    assert_eq!(codes[1], "unsupported_media");
    assert_eq!(codes[2], "truncated_media");
    assert!(
        ["media_too_complex", "truncated_media"].contains(&codes[3].as_str()),
        "{codes:?}"
    );
    assert_eq!(codes[4], "empty_media");
    assert_eq!(codes[5], "unsupported_media");
    assert_eq!(
        entries[6]["duplicate_of"], entries[0]["id"],
        "the same file is the same element"
    );
    assert!(
        entries[1]["error"]["detail"]
            .as_str()
            .is_some_and(|d| d.len() > 10),
        "it says what to do"
    );

    let mine = ada.get("/api/v1/elements").ok();
    assert_eq!(
        Client::ids(&mine).len(),
        1,
        "nothing of the refused files is stored"
    );
    let element = ada.ready(entries[0]["id"].as_str().unwrap());
    assert_eq!(
        (element["title"].as_str(), element["visibility"].as_str()),
        (Some("Slope"), Some("private"))
    );
    assert_eq!(
        (element["width"].as_u64(), element["height"].as_u64()),
        (Some(320), Some(200))
    );
    let colors = element["colors"].as_array().unwrap();
    assert!(
        !colors.is_empty()
            && colors
                .iter()
                .all(|c| c["hex"].as_str().unwrap().starts_with('#'))
    );
    assert!(!element["thumbhash"].as_str().unwrap().is_empty());
}

#[test]
fn lists_are_stable_while_things_are_added_in_front() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let mut saved: Vec<String> = (0..9)
        .map(|n| ada.save("a.bmp", &gradient(n, 64, 48), &[]))
        .collect();
    saved.reverse();
    let mut seen = Vec::new();
    let mut path = "/api/v1/elements?limit=4".to_owned();
    for round in 20.. {
        let page = ada.get(&path).ok();
        seen.extend(Client::ids(&page));
        ada.save("new.bmp", &gradient(round, 64, 48), &[]);
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/api/v1/elements?limit=4&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, saved);
    let wrong = ada.get("/api/v1/elements?cursor=%25%25");
    assert!((400..500).contains(&wrong.status), "{}", wrong.status);
}

#[test]
fn what_is_written_about_a_picture_is_found_and_can_be_changed() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let id = ada.save(
        "a.bmp",
        &gradient(3, 64, 48),
        &[("title", "Lighthouse at Ystad")],
    );
    let found = |q: &str| -> Value { ada.get(&format!("/api/v1/search?q={q}")).ok() };
    // a search waits only a moment for what was just written
    let finds = |q: &str, ids: &[String]| {
        let start = Instant::now();
        while Client::ids(&found(q)) != ids {
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "{q} is not found"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    finds("lighthouse", std::slice::from_ref(&id));
    ada.patch(
        &format!("/api/v1/elements/{id}"),
        &serde_json::json!({"title": "Windmill"}),
    )
    .ok();
    finds("windmill", std::slice::from_ref(&id));
    assert_eq!(found("windmill")["items"][0]["why"][0]["kind"], "text");
    let long = ada.patch(
        &format!("/api/v1/elements/{id}"),
        &serde_json::json!({"title": "x".repeat(300)}),
    );
    assert_eq!(
        (long.status, long.json()["field"].as_str()),
        (422, Some("title"))
    );
    ada.delete(&format!("/api/v1/elements/{id}")).ok();
    assert_eq!(ada.get(&format!("/api/v1/elements/{id}")).status, 404);
    finds("windmill", &[]);
    assert_eq!(ada.get("/api/v1/search?q=").status, 422);
}
