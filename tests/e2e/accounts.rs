//! Accounts and logins.

use serde_json::json;
use tempfile::tempdir;

use crate::support::http::Client;
use crate::support::process::{Paths, Setup};
use crate::support::socket::{Came, Socket};

#[test]
fn register_login_list_and_revoke() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");

    // The handle is taken now, in whatever case.
    let again = ada.post(
        "/api/v1/auth/register",
        &json!({"handle": "ADA", "password": "long enough"}),
    );
    assert_eq!((again.status, again.code().as_str()), (409, "handle_taken"));
    let short = ada.post(
        "/api/v1/auth/register",
        &json!({"handle": "bob", "password": "short"}),
    );
    assert_eq!(short.status, 422, "{:?}", short.json());

    // A wrong password and an unknown handle are answered alike.
    let wrong = ada.post(
        "/api/v1/auth/login",
        &json!({"handle": "ada", "password": "not this one"}),
    );
    let nobody = ada.post(
        "/api/v1/auth/login",
        &json!({"handle": "nobody", "password": "not this one"}),
    );
    assert_eq!((wrong.status, wrong.json()), (nobody.status, nobody.json()));
    assert_eq!(wrong.code(), "bad_credentials");

    let phone = ada.login("ada").ok();
    let phone = ada.with_token(phone["token"].as_str().unwrap());
    let logins = ada.get("/api/v1/auth/sessions").ok();
    let logins = logins
        .as_array()
        .or(logins["items"].as_array())
        .unwrap()
        .clone();
    assert_eq!(logins.len(), 2, "{logins:?}");
    let other = logins.iter().find(|l| l["current"] == false).unwrap();

    // A revoked login loses its sockets within a second, and its token.
    let mut socket = Socket::connect(&server.url);
    socket.identify(phone.token.as_deref().unwrap());
    let id = other["id"].as_str().unwrap();
    ada.delete(&format!("/api/v1/auth/sessions/{id}")).ok();
    match socket.come(std::time::Duration::from_secs(1)) {
        Came::Closed(code) => assert_eq!(code, Some(4020)),
        other => panic!("the socket should be closed: {other:?}"),
    }
    assert_eq!(phone.get("/api/v1/users/me").status, 401);
    assert_eq!(ada.get("/api/v1/users/me").ok()["handle"], "ada");

    ada.post("/api/v1/auth/logout", &json!({})).ok();
    assert_eq!(ada.get("/api/v1/users/me").status, 401);
}

#[test]
fn guessing_is_slowed_down() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let client = Client::anonymous(&server.url);
    let guess = |n: u32| {
        client.post(
            "/api/v1/auth/login",
            &json!({"handle": "ada", "password": format!("guess-{n}")}),
        )
    };
    let limited = (0..40)
        .map(guess)
        .find(|a| a.status == 429)
        .expect("limited at some point");
    assert_eq!(limited.code(), "rate_limited");
    assert!(limited.json()["retry_after"].as_u64().unwrap() >= 1);
    assert!(limited.header("retry-after").is_some());
}
