//! What one account cannot see of another.

use serde_json::json;
use tempfile::tempdir;

use crate::support::http::Client;
use crate::support::pictures::sample;
use crate::support::process::{Paths, Setup};
use crate::support::socket::Socket;

#[test]
fn a_private_picture_is_its_owners_alone_on_every_route() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let eve = Client::register(&server.url, "eve");
    let cat = sample(&setup.paths.samples, "chelsea-the-cat");
    let id = ada.save(
        "cat.jpg",
        &cat,
        &[("title", "Secret cat"), ("visibility", "private")],
    );
    let element = ada.ready(&id);
    let url = element["media"][0]["url"].as_str().unwrap().to_owned();
    assert_eq!(
        Client::ids(&ada.get("/api/v1/search?q=cat").ok()),
        std::slice::from_ref(&id)
    );

    assert_eq!(eve.get(&format!("/api/v1/elements/{id}")).status, 404);
    assert_eq!(
        eve.get(&format!("/api/v1/elements/{id}/similar")).status,
        404
    );
    assert_eq!(
        eve.patch(&format!("/api/v1/elements/{id}"), &json!({"title": "mine"}))
            .status,
        404
    );
    assert_eq!(eve.delete(&format!("/api/v1/elements/{id}")).status, 404);
    assert_eq!(
        eve.post(&format!("/api/v1/elements/{id}/retry"), &json!({}))
            .status,
        404
    );
    assert_eq!(eve.get(&url).status, 404);
    for path in [
        "search?q=cat",
        "search?q=secret",
        "feed/home",
        "feed/explore",
        "elements?owner=ada",
    ] {
        let list = eve.get(&format!("/api/v1/{path}")).ok();
        assert!(!Client::ids(&list).contains(&id), "{path}");
    }
    let bulk = eve.get(&format!("/api/v1/elements/bulk?ids={id}")).ok();
    assert!(!bulk.to_string().contains(&id));
    let mut socket = Socket::connect(&server.url);
    socket.identify(eve.token.as_deref().unwrap());
    let (reply, _) = socket.command(json!({"op": "subscribe", "topic": format!("element:{id}")}));
    assert_eq!(reply["op"], "error");

    // Her own upload of the same file is her own, and opens its files to her.
    let hers = eve.save("cat.jpg", &cat, &[("visibility", "private")]);
    assert_ne!(hers, id);
    eve.ready(&hers);
    assert_eq!(eve.get(&url).status, 200);
    let alike = eve.get(&format!("/api/v1/elements/{hers}/similar")).ok();
    assert!(!Client::ids(&alike).contains(&id));

    // Unlisted: by its address, in no list.
    ada.patch(
        &format!("/api/v1/elements/{id}"),
        &json!({"visibility": "unlisted"}),
    )
    .ok();
    assert_eq!(eve.get(&format!("/api/v1/elements/{id}")).status, 200);
    assert!(!Client::ids(&eve.get("/api/v1/search?q=secret").ok()).contains(&id));
    assert!(!Client::ids(&eve.get("/api/v1/feed/explore").ok()).contains(&id));
    ada.patch(
        &format!("/api/v1/elements/{id}"),
        &json!({"visibility": "public"}),
    )
    .ok();
    assert!(Client::ids(&eve.get("/api/v1/feed/explore").ok()).contains(&id));
}

#[test]
fn what_becomes_private_is_gone_for_those_who_listen() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let eve = Client::register(&server.url, "eve");
    let id = ada.save("x.jpg", &sample(&setup.paths.samples, "dahlia"), &[]);
    ada.ready(&id);
    let topic = format!("element:{id}");
    let mut socket = Socket::connect(&server.url);
    socket.identify(eve.token.as_deref().unwrap());
    socket.subscribe(&topic);
    let patch = json!({"visibility": "private", "title": "Not for Eve"});
    ada.patch(&format!("/api/v1/elements/{id}"), &patch).ok();
    // what happened before may still be on its way, what it became may not
    let heard = loop {
        let heard = socket.frame();
        assert_ne!(heard["data"]["title"], "Not for Eve", "{heard:#}");
        if heard["kind"] == "element_removed" {
            break heard;
        }
    };
    assert_eq!(
        (heard["kind"].as_str(), heard["data"]["id"].as_str()),
        (Some("element_removed"), Some(id.as_str()))
    );
    ada.patch(
        &format!("/api/v1/elements/{id}"),
        &json!({"title": "Nor this"}),
    )
    .ok();
    let (reply, before) = socket.command(json!({"op": "subscribe", "topic": topic}));
    assert_eq!(reply["op"], "error");
    assert!(before.is_empty(), "{before:?}");
}

#[test]
fn nothing_is_shown_to_nobody() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let nobody = Client::anonymous(&server.url);
    for path in [
        "users/me",
        "elements",
        "search?q=cat",
        "feed/home",
        "feed/explore",
        "auth/sessions",
    ] {
        let answer = nobody.get(&format!("/api/v1/{path}"));
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (401, "unauthenticated"),
            "{path}"
        );
        assert!(
            answer
                .header("content-type")
                .unwrap()
                .starts_with("application/problem+json")
        );
    }
    assert_eq!(nobody.get("/api/v1/no/such/thing").status, 404);
    assert_eq!(nobody.upload(&[("a.png", b"x")], &[]).status, 401);
}
