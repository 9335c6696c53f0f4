//! The server as a process: how it starts, fails and stops.

use std::net::TcpListener;
use std::time::Duration;

use tempfile::tempdir;

use crate::support::http::Client;
use crate::support::process::{Paths, Setup};

#[test]
fn what_stands_in_the_way_is_said_in_one_line() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let mut setup = Setup::new(paths, data.path());

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = setup.port;
    setup.port = taken.local_addr().unwrap().port();
    let (status, said) = setup.run_to_end();
    refused(status, &said, &setup.port.to_string());
    setup.port = port;

    let server = setup.start();
    let paths = Paths::find().unwrap();
    let second = Setup::new(paths, data.path());
    let (status, said) = second.run_to_end();
    refused(status, &said, "another process");
    drop(server);

    let mut missing = Setup::new(Paths::find().unwrap(), &data.path().join("other"));
    missing.paths.models = data.path().join("no-models");
    let (status, said) = missing.run_to_end();
    refused(status, &said, "asterism models pull");

    let mut unknown = Setup::new(Paths::find().unwrap(), &data.path().join("other"));
    unknown.extra = vec!["--no-such-flag".into()];
    assert!(!unknown.run_to_end().0.success());
}

fn refused(status: std::process::ExitStatus, said: &str, what: &str) {
    assert!(!status.success(), "{said}");
    let last = said.lines().last().unwrap_or_default();
    assert!(last.contains(what), "{what:?} is not in: {said}");
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn it_answers_for_its_health_and_stops_when_told() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let client = Client::anonymous(&server.url);
    assert_eq!(client.get("/healthz").status, 200);
    // each look has its limit of time, which a busy machine may pass at first
    let look = || {
        std::thread::sleep(Duration::from_secs(1));
        client.get("/readyz")
    };
    let ready = std::iter::repeat_with(look)
        .take(30)
        .find(|look| look.status != 503)
        .expect("it is ready within some looks");
    assert_eq!(
        ready.status,
        200,
        "{}",
        String::from_utf8_lossy(&ready.body)
    );
    let ready = ready.json();
    for part in ["database", "models", "jobs"] {
        assert_eq!(ready[part]["ok"], true, "{ready}");
    }
    let metrics = String::from_utf8(client.get("/metrics").body).unwrap();
    assert!(metrics.contains("asterism_"), "{metrics}");
    let openapi = client.get("/api/v1/openapi.json").ok();
    for path in ["/api/v1/elements", "/api/v1/search", "/api/v1/auth/login"] {
        assert!(openapi["paths"].get(path).is_some(), "{path}");
    }
    assert_eq!(
        client.get("/api/v1/asyncapi.json").ok()["asyncapi"]
            .as_str()
            .map(|v| &v[..1]),
        Some("3")
    );
    let (status, took) = server.terminate();
    assert!(status.success(), "{status}");
    assert!(took < Duration::from_secs(10), "{took:?}");
}
