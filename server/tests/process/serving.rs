//! What it does once it runs.

use serde_json::json;

use crate::client::picture;
use crate::program::{Serving, asterism, run};
use crate::socket::{Heard, Socket};

#[test]
fn a_picture_is_saved_shown_and_ranged_while_a_socket_watches() {
    let dir = tempfile::tempdir().unwrap();
    let server = Serving::start(dir.path());
    let ada = server.client().registered("ada");
    let me = ada.get("/api/v1/users/me").json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut socket = Socket::identified(server.address(), ada.token(), &[&format!("user:{me}")]);

    let answer = ada.upload(&[("a.bmp", &picture(1)), ("notes.txt", b"no picture")]);
    assert_eq!(answer.status, 202);
    let entries = answer.json()["elements"].clone();
    let id = entries[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(entries[1]["error"]["code"], "unsupported_media");
    let again = ada.upload(&[("b.bmp", &picture(1))]).json();
    assert_eq!(again["elements"][0]["duplicate_of"], json!(id));

    // the preview needs no model
    socket.until(|f| {
        f["kind"] == "element_stage"
            && f["data"]["stage"] == json!({ "name": "preview", "state": "done" })
            && f["data"]["id"] == json!(id)
    });
    let element = ada.get(&format!("/api/v1/elements/{id}")).json();
    let url = element["media"][0]["url"].as_str().unwrap().to_owned();
    let whole = ada.get(&url);
    assert_eq!(whole.status, 200, "{url}");
    assert!(
        whole.head.contains("private") && whole.head.contains("immutable"),
        "{}",
        whole.head
    );
    assert!(
        whole.head.contains("content-type: image/"),
        "{}",
        whole.head
    );
    let part = ada.get_part(&url, "bytes=0-9");
    assert_eq!(
        (part.status, part.body.as_slice()),
        (206, &whole.body[..10])
    );
    assert_eq!(ada.get_part(&url, "bytes=99999999-").status, 416);
    // not without a login
    assert_eq!(server.client().get(&url).status, 401);
}

#[test]
fn sockets_are_for_our_own_pages_and_our_own_protocol() {
    let dir = tempfile::tempdir().unwrap();
    let server = Serving::start(dir.path());
    let at = server.address();
    assert_eq!(
        Socket::open(at, "Origin: http://evil.example\r\n").err(),
        Some(403)
    );
    assert_eq!(
        Socket::open(at, "Sec-WebSocket-Protocol: graphql-ws\r\n").err(),
        Some(400)
    );

    let mut own = Socket::open(at, &format!("Origin: http://{at}\r\n")).unwrap();
    assert_eq!(own.frame()["op"], "hello");
    own.send(0x81, b"{\"op\":\"dance\"}");
    assert!(matches!(own.hear(), Heard::Closed(4030)));

    let mut large = Socket::open(at, "").unwrap();
    assert_eq!(large.frame()["op"], "hello");
    large.send(0x81, &vec![b'x'; 70_000]);
    assert!(matches!(large.hear(), Heard::Closed(4031)));

    // in three parts
    let ada = server.client().registered("ada");
    let mut parts = Socket::identified(at, ada.token(), &[]);
    parts.send(0x01, b"{\"op\":\"pi");
    parts.send(0x00, b"ng\",\"id\"");
    parts.send(0x80, b":7}");
    assert_eq!(parts.until(|f| f["op"] == "pong")["id"], 7);
}

#[test]
fn told_to_stop_it_says_goodbye_and_leaves_in_time() {
    let dir = tempfile::tempdir().unwrap();
    let server = Serving::start(dir.path());
    let ada = server.client().registered("ada");
    let mut socket = Socket::identified(server.address(), ada.token(), &[]);
    let id = ada.upload(&[("a.bmp", &picture(2))]).json()["elements"][0]["id"].clone();
    let (status, took) = server.terminate();
    assert!(status.success(), "{status}");
    assert!(took.as_secs() < 10, "{took:?}");
    let closed = std::iter::repeat_with(|| socket.hear()).find_map(|heard| match heard {
        Heard::Closed(code) => Some(code),
        Heard::Frame(_) => None,
    });
    assert_eq!(closed, Some(4010));

    // what was acknowledged is there after the next start
    let again = Serving::start(dir.path());
    let form = json!({ "handle": "ada", "password": "correct horse" });
    let ada = again.client().logged_in(&form);
    let element = ada.get(&format!("/api/v1/elements/{}", id.as_str().unwrap()));
    assert_eq!(element.status, 200);
}

#[test]
fn a_folder_is_imported_with_and_without_a_server() {
    let dir = tempfile::tempdir().unwrap();
    let pictures = dir.path().join("pictures/deep");
    std::fs::create_dir_all(&pictures).unwrap();
    std::fs::write(pictures.join("a.bmp"), picture(3)).unwrap();
    std::fs::write(dir.path().join("pictures/b.bmp"), picture(4)).unwrap();
    std::fs::write(dir.path().join("pictures/notes.txt"), "no picture").unwrap();
    let data = dir.path().join("data");
    let server = Serving::start(&data);
    let ada = server.client().registered("ada");
    let import = || {
        let mut command = asterism();
        command
            .arg("import")
            .arg(dir.path().join("pictures"))
            .args(["--user", "ada"]);
        command
    };
    let through = run(import().args([
        "--server",
        &format!("http://{}", server.address()),
        "--token",
        ada.token(),
    ]));
    let said = String::from_utf8_lossy(&through.stdout).into_owned();
    assert!(
        said.contains("2 saved, 0 known before, 1 refused"),
        "{said} {through:?}"
    );
    assert_eq!(
        ada.get("/api/v1/elements").json()["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );

    server.terminate();
    let direct = run(import().arg("--data-dir").arg(&data));
    let said = String::from_utf8_lossy(&direct.stdout).into_owned();
    assert!(
        said.contains("0 saved, 2 known before, 1 refused"),
        "{said} {direct:?}"
    );
}

#[test]
fn operators_can_ask_how_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let server = Serving::start(dir.path());
    let client = server.client();
    assert_eq!(client.get("/healthz").status, 200);
    // there are no models here, and it says so
    let ready = client.get("/readyz");
    assert_eq!(ready.status, 503);
    assert_eq!(ready.json()["database"]["ok"], true);
    assert_eq!(ready.json()["models"]["ok"], false);
    let metrics = String::from_utf8(client.get("/metrics").body).unwrap();
    assert!(
        metrics.contains("asterism_http_requests_total"),
        "{metrics}"
    );
}
