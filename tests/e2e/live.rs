//! Seeing things happen.

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::http::Client;
use crate::support::pictures::{gradient, sample, samples};
use crate::support::process::{Paths, Setup};
use crate::support::socket::{Came, Socket};

fn offsets(frames: &[Value], topic: &str) -> Vec<u64> {
    let ours = frames
        .iter()
        .filter(|f| f["op"] == "event" && f["topic"] == topic);
    ours.filter_map(|f| f["offset"].as_u64()).collect()
}

#[test]
fn a_photo_is_saved_processed_step_by_step_and_found_by_what_it_shows() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");

    let mut socket = Socket::connect(&server.url);
    socket.identify(ada.token.as_deref().unwrap());
    let user = format!("user:{}", ada.user_id());
    let start = socket.subscribe(&user)["offset"].as_u64().unwrap();
    let mut watching = Socket::connect(&server.url);
    watching.identify(bob.token.as_deref().unwrap());
    watching.subscribe("explore");

    // A dozen others, so that finding it means something.
    let cat = sample(&setup.paths.samples, "chelsea-the-cat");
    for (n, path) in samples(&setup.paths.samples)
        .iter()
        .filter(|p| !p.to_string_lossy().contains("cat"))
        .take(12)
        .enumerate()
    {
        ada.save(&format!("{n}.jpg"), &std::fs::read(path).unwrap(), &[]);
    }
    let id = ada.save("IMG_0001.jpg", &cat, &[]);

    let frames = socket.until(|f| f["kind"] == "element_ready" && f["data"]["id"] == id.as_str());
    let seen = offsets(&frames, &user);
    assert_eq!(
        seen,
        (start + 1..=start + seen.len() as u64).collect::<Vec<_>>(),
        "offsets have no gap"
    );
    for stage in ["preview", "embed", "tag"] {
        let done = |f: &&Value| {
            f["kind"] == "element_stage"
                && f["data"]["id"] == id.as_str()
                && f["data"]["stage"]["name"] == stage
                && f["data"]["stage"]["state"] == "done"
        };
        assert_eq!(
            frames.iter().filter(done).count(),
            1,
            "{stage} is told once"
        );
    }
    watching.until(|f| f["kind"] == "element_added" && f["data"]["id"] == id.as_str());

    let element = ada.ready(&id);
    let tags: Vec<&str> = element["tags"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|t| t["name"].as_str())
        .collect();
    assert!(tags.contains(&"cat"), "{tags:?}");
    assert!(
        element["tags"]
            .as_array()
            .unwrap()
            .iter()
            .all(|t| t["source"] == "model" && t["state"] == "suggested")
    );

    for words in ["cat", "kitty", "a photo of a cat"] {
        let found = bob
            .get(&format!("/api/v1/search?q={}", words.replace(' ', "%20")))
            .ok();
        assert_eq!(Client::ids(&found)[0], id, "{words}: {found:#}");
        assert!(!found["items"][0]["why"].as_array().unwrap().is_empty());
    }
    let similar = ada.get(&format!("/api/v1/elements/{id}/similar")).ok();
    let others = Client::ids(&similar);
    assert!(!others.is_empty() && !others.contains(&id));
    let scores: Vec<f64> = similar["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["score"].as_f64().unwrap())
        .collect();
    assert!(scores.is_sorted_by(|a, b| a >= b));
}

#[test]
fn a_cut_session_is_resumed_without_gap_even_by_another_process() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let token = ada.token.clone().unwrap();
    let user = format!("user:{}", ada.user_id());

    let mut socket = Socket::connect(&server.url);
    socket.identify(&token);
    let subscribed = socket.subscribe(&user);
    let (session, seq) = (socket.session.clone(), socket.seq);
    drop(socket);
    let id = ada.save("a.bmp", &gradient(1, 200, 150), &[]);
    ada.ready(&id);

    // The same process: the session goes on where it was.
    let mut again = Socket::connect(&server.url);
    again.seq = seq;
    again.send(&json!({"op": "resume", "token": token, "session": session, "seq": seq}));
    assert_eq!(again.frame()["op"], "resumed");
    let frames = again.until(|f| f["kind"] == "element_ready");
    let seen = offsets(&frames, &user);
    let first = subscribed["offset"].as_u64().unwrap() + 1;
    assert_eq!(seen, (first..first + seen.len() as u64).collect::<Vec<_>>());
    let last = frames.last().unwrap().clone();
    drop(again);

    // Another process: the session is gone, the topic's history is not.
    server.kill();
    let server = setup.start();
    let other = ada.save("b.bmp", &gradient(2, 200, 150), &[]);
    ada.ready(&other);
    let mut third = Socket::connect(&server.url);
    third.send(
        &json!({"op": "resume", "token": token, "session": session, "seq": 999,
        "topics": [{"topic": user, "epoch": last["epoch"], "offset": last["offset"]}]}),
    );
    assert_eq!(third.frame()["op"], "ready");
    let frames = third.until(|f| f["kind"] == "element_ready");
    let seen = offsets(&frames, &user);
    let first = last["offset"].as_u64().unwrap() + 1;
    assert_eq!(seen, (first..first + seen.len() as u64).collect::<Vec<_>>());

    // Another epoch: nothing can be replayed, and that is said.
    let mut fourth = Socket::connect(&server.url);
    fourth.send(
        &json!({"op": "resume", "token": token, "session": session, "seq": 999,
        "topics": [{"topic": user, "epoch": "another", "offset": 3}]}),
    );
    assert_eq!(fourth.frame()["op"], "ready");
    let reload = fourth.frame();
    assert_eq!(
        (reload["op"].as_str(), &reload["topics"]),
        (Some("reload"), &json!([user]))
    );
}

#[test]
fn strangers_and_nonsense_are_shown_the_door() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let patience = std::time::Duration::from_secs(5);

    let mut socket = Socket::connect(&server.url);
    socket.send(&json!({"op": "identify", "token": "x".repeat(43)}));
    assert!(matches!(socket.come(patience), Came::Closed(Some(4020))));

    let mut socket = Socket::connect(&server.url);
    socket.send(&json!({"op": "subscribe", "id": 1, "topic": "explore"}));
    assert!(matches!(socket.come(patience), Came::Closed(Some(4030))));

    let mut socket = Socket::connect(&server.url);
    socket.identify(ada.token.as_deref().unwrap());
    let (reply, _) =
        socket.command(json!({"op": "subscribe", "topic": format!("user:{}", bob.user_id())}));
    assert_eq!(
        (reply["op"].as_str(), reply["error"]["code"].as_str()),
        (Some("error"), Some("not_found"))
    );
    socket.send(&json!({"op": "no such thing"}));
    assert!(matches!(socket.come(patience), Came::Closed(Some(4030))));
}
