//! A server that can be killed, a cluster that many watch, and its writer.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::http::Client;
use crate::support::pictures::gradient;
use crate::support::process::{Paths, Server, Setup};

/// Connections of one account, below what it may have: one that was cut may
/// still count when the next comes.
pub const PER_ACCOUNT: usize = 12;

pub struct World {
    setup: Setup,
    server: Mutex<Option<Server>>,
    pub url: String,
    ada: Client,
    cluster: String,
    elements: [String; 2],
    /// Tokens of the accounts that listen.
    pub tokens: Vec<String>,
}

impl World {
    /// Starts a server without models: nothing but live events takes its time.
    pub fn new(mut paths: Paths, data: &std::path::Path, listeners: usize) -> Self {
        paths.models = data.join("no-models");
        std::fs::create_dir_all(&paths.models).expect("a folder");
        let mut setup = Setup::new(paths, &data.join("data"));
        setup.extra.push("--allow-missing-models".to_owned());
        let server = setup.start();
        let url = server.url.clone();
        let ada = Client::register(&url, "ada");
        let visibility = [("visibility", "public")];
        let save = |seed| ada.save("a.bmp", &gradient(seed, 64, 48), &visibility);
        let elements = [save(1), save(2)];
        let new = json!({"name": "Watched", "visibility": "public", "elements": elements});
        let made = ada.post("/api/v1/clusters", &new).ok();
        let tokens = (0..listeners.div_ceil(PER_ACCOUNT))
            .map(|n| Client::register(&url, &format!("listener{n}")))
            .map(|account| account.token.expect("registered"));
        Self {
            tokens: tokens.collect(),
            cluster: made["id"].as_str().expect("an id").to_owned(),
            server: Mutex::new(Some(server)),
            setup,
            url,
            ada,
            elements,
        }
    }

    /// The topic that all listen to.
    pub fn topic(&self) -> String {
        format!("cluster:{}", self.cluster)
    }

    /// The topic of a picture that everybody may see.
    pub fn element_topic(&self) -> String {
        format!("element:{}", self.elements[0])
    }

    /// One event on the cluster's topic: of two pictures the second goes first.
    pub fn tick(&self, count: usize) {
        let element = &self.elements[count % 2];
        let path = format!("/api/v1/clusters/{}/elements/{element}", self.cluster);
        self.ada.put(&path, &json!({"place": "first"})).ok();
    }

    /// One large event on the picture's topic.
    pub fn describe(&self, text: &str) {
        let path = format!("/api/v1/elements/{}", self.elements[0]);
        self.ada.patch(&path, &json!({"description": text})).ok();
    }

    /// Something that a visitor asks for.
    pub fn ask(&self) -> Value {
        self.ada.get("/api/v1/feed/explore").ok()
    }

    /// `kill -9`, and another start after a pause.
    pub fn restart(&self, pause: Duration) {
        let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        server.take().expect("it runs").kill();
        std::thread::sleep(pause);
        *server = Some(self.setup.start());
    }

    /// Resident memory of the server, in bytes.
    pub fn memory(&self) -> u64 {
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        let id = server.as_ref().expect("it runs").id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("it runs");
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().nth(1));
        number.and_then(|n| n.parse::<u64>().ok()).expect("a size") * 1024
    }
}
