//! What happens by one server is told by the other, and either may be killed.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::world::{World, cluster};
use crate::support::http::Client;
use crate::support::pictures::gradient;
use crate::support::socket::Socket;

fn offsets(frames: &[Value], topic: &str) -> Vec<u64> {
    let ours = frames
        .iter()
        .filter(|f| f["op"] == "event" && f["topic"] == topic);
    ours.filter_map(|f| f["offset"].as_u64()).collect()
}

fn until_there(socket: &mut Socket, wanted: &[&str]) {
    let there = |frame: &Value| -> Option<Vec<String>> {
        let people = frame["data"]["people"].as_array()?;
        let handle = |person: &Value| person["handle"].as_str().map(str::to_owned);
        let mut handles: Vec<String> = people.iter().filter_map(handle).collect();
        handles.sort();
        Some(handles)
    };
    socket.until(|f| f["kind"] == "presence" && there(f).is_some_and(|there| there == wanted));
}

fn ready(id: &str) -> impl Fn(&Value) -> bool {
    move |frame| frame["kind"] == "element_ready" && frame["data"]["id"] == id
}

#[test]
fn events_jobs_search_and_presence_are_of_all_servers_and_either_may_be_killed() {
    let Some(mut world) = World::plain() else {
        return;
    };
    let ada = Client::register(&world.url(0), "ada");
    let bob = Client::register(&world.url(1), "bob");
    let user = format!("user:{}", ada.user_id());

    // saved by one server, told by both, without a gap and each step once
    let mut sockets = [world.socket(0, &ada), world.socket(1, &ada)];
    let start = sockets
        .each_mut()
        .map(|socket| socket.subscribe(&user)["offset"].as_u64().unwrap());
    assert_eq!(start[0], start[1]);
    let id = ada.save("teapot.bmp", &gradient(1, 200, 150), &[("title", "Teapot")]);
    let told = sockets.each_mut().map(|socket| socket.until(ready(&id)));
    for frames in &told {
        let seen = offsets(frames, &user);
        let all: Vec<u64> = (start[0] + 1..=start[0] + seen.len() as u64).collect();
        assert_eq!(seen, all);
        let mut done = BTreeMap::new();
        for frame in frames.iter().filter(|f| f["kind"] == "element_stage") {
            let stage = &frame["data"]["stage"];
            if stage["state"] == "done" {
                *done.entry(stage["name"].to_string()).or_insert(0) += 1;
            }
        }
        assert!(done.len() > 2 && done.values().all(|n| *n == 1), "{done:?}");
    }
    // and found by both, as what is in memory follows too
    for node in [0, 1] {
        let found = world.by(node, &ada).get("/api/v1/search?q=teapot").ok();
        assert_eq!(Client::ids(&found), [id.clone()], "server {node}");
    }

    // those who look at a cluster see each other, whichever server they came by
    let trip = cluster(&ada, "Trip");
    let member = json!({"role": "viewer"});
    ada.put(&format!("/api/v1/clusters/{trip}/members/bob"), &member)
        .ok();
    let topic = format!("cluster:{trip}");
    let mut b = world.socket(1, &bob);
    for socket in [&mut sockets[0], &mut b] {
        socket.subscribe(&topic);
        let here = json!({"op": "presence", "topic": topic, "here": true});
        assert_eq!(socket.command(here).0["op"], "ok");
    }
    until_there(&mut sockets[0], &["ada", "bob"]);
    until_there(&mut b, &["ada", "bob"]);

    // a login that ends by one server ends at the other
    let other = Client::log_in(&world.url(0), "ada");
    let mut revoked = world.socket(1, &other);
    other.post("/api/v1/auth/logout", &json!({})).ok();
    let end = revoked.come(std::time::Duration::from_secs(5));
    assert!(format!("{end:?}").contains("4020"), "{end:?}");

    // one is killed with work in hand: the other tells, works and goes on
    let mark = told[0].last().unwrap().clone();
    let (session, seq) = (sockets[0].session.clone(), sockets[0].seq);
    let saved: Vec<String> = (2..6)
        .map(|n| ada.save(&format!("{n}.bmp"), &gradient(n, 200, 150), &[]))
        .collect();
    world.kill(0);
    until_there(&mut b, &["bob"]);
    let mut again = Socket::connect(&world.url(1));
    again.send(
        &json!({"op": "resume", "token": ada.token, "session": session, "seq": seq,
        "topics": [{"topic": user, "epoch": mark["epoch"], "offset": mark["offset"]}]}),
    );
    assert_eq!(again.frame()["op"], "ready", "a new session");
    let by_other = world.by(1, &ada);
    for id in &saved {
        // also what the killed one had leased
        by_other.ready(id);
    }
    let last = by_other.save("last.bmp", &gradient(9, 200, 150), &[]);
    let frames = again.until(ready(&last));
    let seen = offsets(&frames, &user);
    let first = mark["offset"].as_u64().unwrap() + 1;
    let all: Vec<u64> = (first..first + seen.len() as u64).collect();
    assert_eq!(seen, all, "without a gap by the other server");

    // it comes back, and the other one goes
    world.start_again(0);
    let mut back = world.socket(0, &ada);
    back.subscribe(&user);
    world.kill(1);
    let ada = world.by(0, &ada);
    let id = ada.save(
        "after.bmp",
        &gradient(10, 200, 150),
        &[("title", "Lantern")],
    );
    back.until(ready(&id));
    let found = ada.get("/api/v1/search?q=lantern").ok();
    assert_eq!(Client::ids(&found), [id]);
}
