//! What an account shows of itself.

use std::time::Duration;

use serde_json::json;
use tempfile::tempdir;

use super::text;
use crate::support::http::Client;
use crate::support::pictures::{gradient, sample};
use crate::support::process::{Paths, Setup};
use crate::support::socket::Socket;

#[test]
fn a_profile_is_edited_its_errors_name_their_fields_and_its_handle_redirects() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let id = ada.save("a.bmp", &gradient(1, 200, 150), &[("title", "Heron")]);
    ada.ready(&id);
    let mut socket = Socket::connect(&server.url);
    socket.identify(ada.token.as_deref().expect("a token"));
    socket.subscribe(&format!("user:{}", ada.user_id()));

    let patch = json!({
        "display_name": "Ada  L.", "bio": "Pots", "share_likes": true,
        "links": [{"title": "Page", "url": "https://a.example/x"}],
    });
    let shown = ada.patch("/api/v1/users/me/profile", &patch).ok();
    assert_eq!(shown["display_name"], "Ada L.");
    let seen = bob.get("/api/v1/users/ada").ok();
    assert_eq!(seen["bio"], "Pots");
    assert_eq!(seen["links"][0]["url"], "https://a.example/x");
    assert_eq!(seen["counts"]["elements"], 1);
    assert_eq!(seen["relation"]["following"], false);
    assert!(seen.get("moved_from").is_none());
    let own = ada.get("/api/v1/users/ada").ok();
    assert!(own.get("relation").is_none());
    let came = socket.until(|frame| frame["kind"] == "account_changed");
    assert_eq!(came.last().expect("it")["data"]["id"], ada.user_id());

    for (patch, field) in [
        (json!({"handle": "!"}), "handle"),
        (json!({"handle": "bob"}), "handle"),
        (json!({"handle": "me"}), "handle"),
        (json!({"display_name": " "}), "display_name"),
        (json!({"bio": "x".repeat(501)}), "bio"),
        (
            json!({"links": [{"url": "https://a.example"}, {"url": "javascript:alert(1)"}]}),
            "links[1]",
        ),
        (
            json!({"links": vec![json!({"url": "https://a.example"}); 6]}),
            "links",
        ),
    ] {
        let refused = ada.patch("/api/v1/users/me/profile", &patch);
        assert!(
            matches!(refused.status, 409 | 422),
            "{patch}: {}",
            refused.status
        );
        assert_eq!(refused.json()["field"], field, "{patch}");
    }

    // another handle: the old one leads there, for everybody and everywhere
    ada.patch("/api/v1/users/me/profile", &json!({"handle": "lovelace"}))
        .ok();
    for handle in ["ada", "lovelace"] {
        let seen = bob.get(&format!("/api/v1/users/{handle}")).ok();
        assert_eq!(seen["handle"], "lovelace");
        assert_eq!(seen["moved_from"] == "ada", handle == "ada");
        let list = bob.get(&format!("/api/v1/elements?owner={handle}")).ok();
        assert_eq!(Client::ids(&list), std::slice::from_ref(&id));
        assert_eq!(list["items"][0]["owner"]["handle"], "lovelace");
    }
    let start = std::time::Instant::now();
    loop {
        let found = |handle: &str| {
            let found = bob.get(&format!("/api/v1/search?q=user:{handle}")).ok();
            Client::ids(&found).contains(&id)
        };
        if found("lovelace") && found("ada") {
            break;
        }
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "search knows both names"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    let taken = bob.patch("/api/v1/users/me/profile", &json!({"handle": "ada"}));
    assert_eq!((taken.status, taken.code().as_str()), (409, "handle_taken"));
    // the login goes on, by the new name and by the old one
    assert_eq!(ada.get("/api/v1/users/me").ok()["handle"], "lovelace");
    for handle in ["third", "fourth"] {
        ada.patch("/api/v1/users/me/profile", &json!({"handle": handle}))
            .ok();
    }
    let often = ada.patch("/api/v1/users/me/profile", &json!({"handle": "fifth"}));
    assert_eq!((often.status, often.code().as_str()), (429, "rate_limited"));
    assert_eq!(often.json()["field"], "handle");
    assert!(
        often.json()["retry_after"]
            .as_u64()
            .is_some_and(|s| s > 86_400)
    );

    // all of it survives a kill
    server.kill();
    let server = setup.start();
    let bob = Client::log_in(&server.url, "bob");
    assert_eq!(bob.get("/api/v1/users/ada").ok()["handle"], "fourth");
    let found = bob.get("/api/v1/search?q=user:ada").ok();
    assert!(Client::ids(&found).contains(&id));
}

#[test]
fn an_avatar_is_cut_encoded_anew_and_served_without_what_the_file_held() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let jpeg = crate::support::pictures::with_gps(&sample(&setup.paths.samples, "dahlia"));
    let put = |crop: &str, file: &[u8]| {
        let parts = [
            ("crop", None, crop.as_bytes()),
            ("file", Some("a.jpg"), file),
        ];
        ada.put_form("/api/v1/users/me/avatar", &parts)
    };
    let shown = put(r#"{"x": 0.1, "y": 0.1, "w": 0.5, "h": 0.5}"#, &jpeg).ok();
    let files = shown["avatar"].as_array().expect("files").clone();
    assert_eq!(files.len(), 4);
    for file in &files {
        let answer = bob.get(file["url"].as_str().expect("a url"));
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), file["type"].as_str());
        let picture = media::decode(&answer.body, &media::Limits::default()).expect("a picture");
        assert_eq!(picture.width(), picture.height());
        assert_eq!(
            u64::from(picture.width()),
            file["width"].as_u64().expect("a width")
        );
        assert!(!media::find_location(&answer.body));
    }
    assert_eq!(bob.get("/api/v1/users/ada").ok()["avatar"], shown["avatar"]);
    assert_eq!(ada.get("/api/v1/users/me").ok()["avatar"], shown["avatar"]);
    assert_eq!(
        Client::anonymous(&server.url)
            .get(files[0]["url"].as_str().expect("a url"))
            .status,
        401
    );

    for (crop, file, field) in [
        (
            r#"{"x": 0.9, "y": 0, "w": 0.5, "h": 0.5}"#,
            jpeg.as_slice(),
            Some("crop"),
        ),
        ("nonsense", jpeg.as_slice(), Some("crop")),
        (r#"{"x": 0, "y": 0, "w": 1, "h": 1}"#, b"no picture", None),
    ] {
        let refused = put(crop, file);
        assert!(matches!(refused.status, 415 | 422), "{}", refused.status);
        assert_eq!(refused.json()["field"].as_str(), field);
    }
    // another one takes the first one's place, files and all
    let again = put(r#"{"x": 0, "y": 0, "w": 1, "h": 1}"#, &jpeg).ok();
    assert_ne!(again["avatar"], shown["avatar"]);
    let old = text(&files[0]["url"]);
    assert_eq!(bob.get(&old).status, 404);
    let hash = old.split('/').nth(2).expect("a hash");
    let folder = data.path().join("blobs").join(&hash[..2]).join(hash);
    assert!(!folder.exists(), "{folder:?}");
    ada.delete("/api/v1/users/me/avatar").ok();
    assert_eq!(bob.get(&text(&again["avatar"][0]["url"])).status, 404);
    assert!(bob.get("/api/v1/users/ada").ok().get("avatar").is_none());
}

#[test]
fn likes_are_shown_only_where_they_are_shared() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let id = bob.save("a.bmp", &gradient(1, 200, 150), &[]);
    bob.ready(&id);
    ada.put(&format!("/api/v1/elements/{id}/like"), &json!({}))
        .ok();
    let own = ada.get("/api/v1/users/ada/likes").ok();
    assert_eq!(Client::ids(&own), std::slice::from_ref(&id));
    assert_eq!(bob.get("/api/v1/users/ada/likes").status, 404);
    ada.patch("/api/v1/users/me/profile", &json!({"share_likes": true}))
        .ok();
    let seen = bob.get("/api/v1/users/ada/likes").ok();
    assert_eq!(Client::ids(&seen), [id]);
}
