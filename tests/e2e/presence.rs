//! Who looks at a cluster, told to those who belong to it.

use std::time::Duration;

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::http::Client;
use crate::support::process::{Paths, Setup};
use crate::support::socket::{Came, Socket};

fn cluster(owner: &Client, name: &str, visibility: &str) -> String {
    let new = json!({"name": name, "visibility": visibility});
    let made = owner.post("/api/v1/clusters", &new).json();
    made["id"].as_str().expect("an id").to_owned()
}

fn open(client: &Client) -> Socket {
    let mut socket = Socket::connect(&client.url);
    socket.identify(client.token.as_deref().expect("logged in"));
    socket
}

fn presence(socket: &mut Socket, topic: &str, here: bool) -> Value {
    let frame = json!({"op": "presence", "topic": topic, "here": here});
    socket.command(frame).0
}

/// The handles that a presence signal names.
fn handles(frame: &Value) -> Option<Vec<&str>> {
    if frame["op"] != "signal" || frame["kind"] != "presence" {
        return None;
    }
    let people = frame["data"]["people"].as_array()?;
    people.iter().map(|p| p["handle"].as_str()).collect()
}

fn until_there(socket: &mut Socket, wanted: &[&str]) {
    socket.until(|frame| handles(frame).is_some_and(|there| there == wanted));
}

/// Frames that come within a moment.
fn what_comes(socket: &mut Socket) -> Vec<Value> {
    let mut frames = Vec::new();
    while let Came::Frame(frame) = socket.come(Duration::from_millis(700)) {
        frames.push(frame);
    }
    frames
}

#[test]
fn members_see_who_looks_and_nobody_else_does() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let [ada, bob, eve] = ["ada", "bob", "eve"].map(|who| Client::register(&server.url, who));
    let id = cluster(&ada, "Open", "public");
    let member = json!({"role": "viewer"});
    ada.put(&format!("/api/v1/clusters/{id}/members/bob"), &member)
        .ok();
    let topic = format!("cluster:{id}");

    let (mut a, mut b, mut e) = (open(&ada), open(&bob), open(&eve));
    for socket in [&mut a, &mut b, &mut e] {
        // not before it listens
        let refused = presence(socket, &topic, true);
        assert_eq!(refused["error"]["code"], "bad_request", "{refused}");
        socket.subscribe(&topic);
    }
    assert_eq!(presence(&mut a, &topic, true)["op"], "ok");
    until_there(&mut b, &["ada"]);
    assert_eq!(presence(&mut b, &topic, true)["op"], "ok");
    until_there(&mut a, &["ada", "bob"]);
    // a stranger who may look is not counted among those who do, nor told
    let refused = presence(&mut e, &topic, true);
    assert_eq!(refused["error"]["code"], "forbidden", "{refused}");
    assert!(what_comes(&mut e).iter().all(|f| f["op"] != "signal"));

    // whoever comes later is told right after the reply
    let mut late = open(&bob);
    late.subscribe(&topic);
    let first = late.frame();
    assert_eq!(handles(&first), Some(vec!["ada", "bob"]), "{first}");
    // one account is one entry, until the last of its connections goes
    assert_eq!(presence(&mut late, &topic, true)["op"], "ok");
    drop(b);
    assert!(what_comes(&mut a).is_empty());
    presence(&mut late, &topic, false);
    until_there(&mut a, &["ada"]);
    presence(&mut late, &topic, true);
    until_there(&mut a, &["ada", "bob"]);
    late.command(json!({"op": "unsubscribe", "topic": topic}));
    until_there(&mut a, &["ada"]);

    // who is put out is gone from it, and hears of it no more
    late.subscribe(&topic);
    presence(&mut late, &topic, true);
    until_there(&mut a, &["ada", "bob"]);
    ada.delete(&format!("/api/v1/clusters/{id}/members/bob"))
        .ok();
    until_there(&mut a, &["ada"]);
    until_there(&mut late, &[]);
    presence(&mut a, &topic, false);
    until_there(&mut a, &[]);
    assert!(what_comes(&mut late).iter().all(|f| f["op"] != "signal"));
    assert_eq!(
        presence(&mut late, &topic, true)["error"]["code"],
        "forbidden"
    );
    // and who is let in again is told again, but not there by itself
    presence(&mut a, &topic, true);
    ada.put(&format!("/api/v1/clusters/{id}/members/bob"), &member)
        .ok();
    until_there(&mut late, &["ada"]);
    assert!(
        what_comes(&mut a)
            .iter()
            .filter_map(handles)
            .all(|there| !there.contains(&"bob"))
    );
}

#[test]
fn presence_says_nothing_of_clusters_that_are_hidden() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let [ada, eve] = ["ada", "eve"].map(|who| Client::register(&server.url, who));
    let secret = cluster(&ada, "Secret", "private");
    let mut e = open(&eve);
    let ask = |socket: &mut Socket, topic: &str| {
        let mut refused = presence(socket, topic, true);
        assert_eq!(refused["op"], "error");
        refused["error"].take()
    };
    let there = ask(&mut e, &format!("cluster:{secret}"));
    let not = ask(&mut e, "cluster:01jd3v2k8m0000000000000000");
    assert_eq!(there, not);
    let element = ask(&mut e, "element:01jd3v2k8m0000000000000000");
    assert_eq!(element["code"], "bad_request");
}

#[test]
fn a_session_that_is_cut_is_gone_and_is_there_again_when_it_resumes() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let [ada, bob] = ["ada", "bob"].map(|who| Client::register(&server.url, who));
    let id = cluster(&ada, "Trip", "private");
    let member = json!({"role": "viewer"});
    ada.put(&format!("/api/v1/clusters/{id}/members/bob"), &member)
        .ok();
    let topic = format!("cluster:{id}");
    let (mut a, mut b) = (open(&ada), open(&bob));
    for socket in [&mut a, &mut b] {
        socket.subscribe(&topic);
        presence(socket, &topic, true);
    }
    until_there(&mut a, &["ada", "bob"]);
    until_there(&mut b, &["ada", "bob"]);
    let (session, seq, token) = (b.session.clone(), b.seq, bob.token.clone().unwrap());
    drop(b);
    until_there(&mut a, &["ada"]);

    let mut again = Socket::connect(&server.url);
    again.seq = seq;
    again.send(&json!({"op": "resume", "token": token, "session": session, "seq": seq}));
    assert_eq!(again.frame()["op"], "resumed");
    until_there(&mut again, &["ada", "bob"]);
    until_there(&mut a, &["ada", "bob"]);
    let (session, seq) = (session, again.seq);
    drop(again);
    until_there(&mut a, &["ada"]);

    // everybody left meanwhile, and so did the membership: that is told too
    ada.delete(&format!("/api/v1/clusters/{id}/members/bob"))
        .ok();
    ada.patch(
        &format!("/api/v1/clusters/{id}"),
        &json!({"visibility": "public"}),
    )
    .ok();
    let mut third = Socket::connect(&server.url);
    third.seq = seq;
    third.send(&json!({"op": "resume", "token": token, "session": session, "seq": seq}));
    assert_eq!(third.frame()["op"], "resumed");
    until_there(&mut third, &[]);
    let come = what_comes(&mut a);
    assert!(
        come.iter()
            .filter_map(handles)
            .all(|there| there == ["ada"]),
        "{come:?}"
    );
}
