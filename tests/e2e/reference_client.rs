//! `docs/clients/asterism.py` as it stands there, against a real server.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::http::Client;
use crate::support::pictures::gradient;
use crate::support::process::{Paths, Setup};

/// How long something may take to be shown.
const PATIENCE: Duration = Duration::from_secs(60);

/// The client as a process, and what it shows.
struct Shown {
    child: Child,
    /// Where it reads commands.
    input: ChildStdin,
    lines: Receiver<Value>,
}

impl Shown {
    fn start(url: &str, token: &str, topics: &[&str]) -> Self {
        let folder = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests");
        let client = PathBuf::from(folder).join("../docs/clients/asterism.py");
        let mut command = Command::new("python3");
        command.arg(client).args([url, "--token", token]);
        for topic in topics {
            command.args(["--topic", topic]);
        }
        let command = command.stdout(Stdio::piped()).stdin(Stdio::piped());
        let mut child = command.spawn().expect("python3 is there");
        let output = child.stdout.take().expect("piped");
        let input = child.stdin.take().expect("piped");
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let line = serde_json::from_str(&line).expect("JSON");
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            input,
            lines,
        }
    }

    /// Has it do something; gives back the answer.
    fn told(&mut self, command: &Value) -> Value {
        writeln!(self.input, "{command}").expect("it reads");
        self.answer()
    }

    /// The next answer, whatever else is shown before.
    fn answer(&self) -> Value {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).expect("an answer");
            if line["show"] == "answer" {
                return line;
            }
        }
    }

    /// What is shown next of this kind.
    fn next(&self, what: &str) -> Value {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|e| panic!("no {what}: {e}"));
            if line["show"] == what {
                return line;
            }
            assert_eq!(line["show"], "signal", "unexpected: {line}");
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_client_of_the_docs_misses_nothing_and_shows_nothing_twice() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let mut server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let made = ada.post("/api/v1/clusters", &json!({"name": "0"})).ok();
    let path = format!("/api/v1/clusters/{}", made["id"].as_str().unwrap());
    let topic = format!("cluster:{}", made["id"].as_str().unwrap());
    let rename = |name: u64| ada.patch(&path, &json!({"name": name.to_string()})).ok();

    let shown = Shown::start(&server.url, ada.token.as_deref().unwrap(), &[&topic]);
    assert_eq!(
        shown.next("reload")["topics"],
        json!([topic]),
        "fetch it first"
    );
    let mut last = None;
    let mut told = |count: u64| {
        for _ in 0..count {
            let event = shown.next("event");
            let offset = event["offset"].as_u64().unwrap();
            assert_eq!(event["topic"], topic);
            assert!(
                last.is_none_or(|last| offset == last + 1),
                "{event} after {last:?}"
            );
            last = Some(offset);
        }
    };
    for name in 1..=3 {
        rename(name);
    }
    told(3);

    // killed twice, with changes that it cannot have been told of
    for round in 0..2 {
        rename(10 + round);
        server.kill();
        server = setup.start();
        rename(20 + round);
        told(2);
    }

    // a topic that goes is said to, and the client ends when its login does
    ada.delete(&path).ok();
    assert_eq!(shown.next("event")["kind"], "cluster_removed");
    assert_eq!(shown.next("gone")["error"]["code"], "not_found");
    ada.post("/api/v1/auth/logout", &json!({})).ok();
    let mut shown = shown;
    let status = shown.child.wait().expect("its end");
    assert_eq!(status.code(), Some(1));
}

#[test]
fn a_mobile_client_acts_and_asks_by_the_socket_alone() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let mut server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let id = ada.save("teapot.bmp", &gradient(3, 64, 48), &[("title", "Teapot")]);
    ada.ready(&id);
    let made = ada.post("/api/v1/clusters", &json!({"name": "Trip"})).ok();
    let cluster = made["id"].as_str().unwrap().to_owned();
    let topic = format!("cluster:{cluster}");
    let mut shown = Shown::start(&server.url, ada.token.as_deref().unwrap(), &[&topic]);
    shown.next("reload");

    let found = shown.told(&json!({"op": "search", "q": "teapot"}));
    assert_eq!(found["op"], "found", "{found}");
    assert_eq!(Client::ids(&found["data"]), [id.clone()]);
    let save = json!({"op": "save", "cluster": cluster, "element": id});
    let saved = shown.told(&save);
    assert_eq!(saved["placed"]["cluster"]["count"], 1, "{saved}");
    let like = shown.told(&json!({"op": "like", "element": id}));
    assert_eq!(like["op"], "ok", "{like}");
    let liked = |ada: &Client| ada.get(&format!("/api/v1/elements/likes?ids={id}")).ok();
    assert_eq!(liked(&ada)["items"], json!([id]));

    // asked while nobody is there, answered by the next server
    server.kill();
    writeln!(
        shown.input,
        "{}",
        json!({"op": "like", "element": id, "on": false})
    )
    .unwrap();
    server = setup.start();
    let answer = shown.answer();
    assert_eq!(answer["op"], "ok", "{answer}");
    assert_eq!(liked(&ada)["items"], json!([]));
    let feed = shown.told(&json!({"op": "feed", "feed": "home"}));
    assert_eq!(feed["op"], "found", "{feed}");
    let taken = shown.told(&json!({"op": "unsave", "cluster": cluster, "element": id}));
    assert_eq!(taken["placed"]["cluster"]["count"], 0, "{taken}");
    drop(server);
}
