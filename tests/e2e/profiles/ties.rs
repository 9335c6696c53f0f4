//! Follow, mute and block.

use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::tempdir;

use super::text;
use crate::support::http::Client;
use crate::support::pictures::gradient;
use crate::support::process::{Paths, Setup};
use crate::support::socket::Socket;

/// Waits for what events bring about in memory.
fn soon(what: &str, is: impl Fn() -> bool) {
    let start = Instant::now();
    while !is() {
        assert!(start.elapsed() < Duration::from_secs(10), "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn who_is_followed_comes_into_the_home_feed_and_who_is_muted_into_none() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let [ada, bob, cleo] = ["ada", "bob", "cleo"].map(|name| Client::register(&server.url, name));
    let mut theirs = Vec::new();
    for n in 0..3 {
        theirs.push(bob.save("a.bmp", &gradient(n, 200, 150), &[("title", "heron")]));
    }
    let other = cleo.save("b.bmp", &gradient(50, 200, 150), &[]);
    for id in &theirs {
        bob.ready(id);
    }
    cleo.ready(&other);
    let home = || ada.get("/api/v1/feed/home").ok();
    ada.put("/api/v1/users/bob/follow", &json!({})).ok();
    soon("the feed grows from who is followed", || {
        let home = home();
        let first = &home["items"][0];
        first["why"][0]["kind"] == "followed" && first["why"][0]["name"] == "bob"
    });
    let following = ada.get("/api/v1/users/me/following").ok();
    assert_eq!(following["items"][0]["handle"], "bob");
    assert_eq!(
        bob.get("/api/v1/users/ada").ok()["relation"]["followed_by"],
        true
    );

    ada.put("/api/v1/users/bob/mute", &json!({})).ok();
    let lists = [
        "feed/home",
        "feed/explore",
        "search?q=heron",
        "search?q=user:bob",
    ];
    for list in lists {
        let ids = || Client::ids(&ada.get(&format!("/api/v1/{list}")).ok());
        soon(list, || !theirs.iter().any(|id| ids().contains(id)));
    }
    // where one goes on purpose, they are
    let page = Client::ids(&ada.get("/api/v1/elements?owner=bob").ok());
    assert_eq!(page.len(), 3);
    assert_eq!(ada.get("/api/v1/users/bob").ok()["counts"]["elements"], 3);
    ada.element(&theirs[0]);
    ada.delete("/api/v1/users/bob/mute").ok();
    let ids = Client::ids(&ada.get("/api/v1/search?q=user:bob").ok());
    assert_eq!(ids.len(), 3);
}

#[test]
fn a_block_cuts_both_off_at_once_live_too() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let [ada, bob] = ["ada", "bob"].map(|name| Client::register(&server.url, name));
    let own = ada.save("a.bmp", &gradient(1, 200, 150), &[("title", "heron")]);
    ada.ready(&own);
    let cluster = json!({"name": "Mine", "visibility": "public", "elements": [own]});
    let cluster = text(&ada.post("/api/v1/clusters", &cluster).ok()["id"]);
    let editor = json!({"role": "editor"});
    ada.put(&format!("/api/v1/clusters/{cluster}/members/bob"), &editor)
        .ok();
    bob.put("/api/v1/users/ada/follow", &json!({})).ok();
    let file = text(&ada.element(&own)["media"][0]["url"]);
    let mut socket = Socket::connect(&server.url);
    socket.identify(bob.token.as_deref().expect("a token"));
    for topic in [
        format!("element:{own}"),
        format!("cluster:{cluster}"),
        "explore".into(),
    ] {
        socket.subscribe(&topic);
    }

    ada.put("/api/v1/users/bob/block", &json!({})).ok();
    // topics of hers end for him
    let mut ended = 0;
    while ended < 2 {
        let came = socket.until(|frame| frame["op"] == "reload");
        let topics = came.last().map(|frame| frame["topics"].clone());
        ended += topics.and_then(|t| t.as_array().map(Vec::len)).unwrap_or(0);
    }
    let new = ada.save("b.bmp", &gradient(2, 200, 150), &[]);
    ada.ready(&new);
    let came = socket.come(Duration::from_secs(2));
    assert!(!format!("{came:?}").contains("\"title\":\"heron\""));
    let nobody = "/api/v1/users/nobody";
    for (path, unknown) in [
        ("/api/v1/users/ada".to_owned(), nobody.to_owned()),
        (
            "/api/v1/users/ada/clusters".into(),
            format!("{nobody}/clusters"),
        ),
        ("/api/v1/users/ada/likes".into(), format!("{nobody}/likes")),
        (
            "/api/v1/elements?owner=ada".into(),
            "/api/v1/elements?owner=nobody".into(),
        ),
        (
            format!("/api/v1/elements/{own}"),
            format!("/api/v1/elements/{}", bob.user_id()),
        ),
        (
            format!("/api/v1/clusters/{cluster}"),
            format!("/api/v1/clusters/{}", bob.user_id()),
        ),
        (file, format!("/media/{}/jpeg-320", "1".repeat(64))),
    ] {
        let (asked, other) = (bob.get(&path), bob.get(&unknown));
        assert_eq!(asked.status, 404, "{path}");
        assert_eq!(asked.code(), other.code(), "{path}");
    }
    for list in [
        "feed/home",
        "feed/explore",
        "search?q=heron",
        "search?q=user:ada",
        "explore/clusters",
    ] {
        let answer = bob.get(&format!("/api/v1/{list}"));
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(
            !body.contains(&own) && !body.contains(&new) && !body.contains(&cluster),
            "{list}"
        );
    }
    for (method, path) in [
        ("PUT", "/api/v1/users/ada/follow".to_owned()),
        ("PUT", format!("/api/v1/elements/{own}/like")),
        ("PUT", format!("/api/v1/clusters/{cluster}/follow")),
        ("PUT", format!("/api/v1/clusters/{cluster}/elements/{own}")),
    ] {
        assert_eq!(
            bob.call(method, &path, Some(&json!({}))).status,
            404,
            "{path}"
        );
    }
    let his = json!({"name": "His", "visibility": "public"});
    let his = text(&bob.post("/api/v1/clusters", &his).ok()["id"]);
    let invited = bob.put(&format!("/api/v1/clusters/{his}/members/ada"), &editor);
    assert_eq!(invited.status, 404);
    // she sees whom to let in again, and nothing else
    let shown = ada.get("/api/v1/users/bob").ok();
    assert_eq!(shown["relation"]["blocked"], true);
    assert_eq!(shown["bio"], "");
    assert_eq!(ada.get(&format!("/api/v1/clusters/{his}")).status, 404);
    let members = ada.get(&format!("/api/v1/clusters/{cluster}/members")).ok();
    assert_eq!(members["items"].as_array().map(Vec::len), Some(1));

    ada.delete("/api/v1/users/bob/block").ok();
    assert_eq!(
        bob.get("/api/v1/users/ada").ok()["relation"]["following"],
        false
    );
    bob.element(&own);
}
