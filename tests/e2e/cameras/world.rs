//! A server with a broker: its own, or Debian's Mosquitto.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

use super::client::Device;
use crate::support::http::Client;
use crate::support::process::{Paths, Server, Setup, free_port};

pub const DEVICES: &str = "/api/v1/devices";

/// Drops in this order: what connects, what it connects to, the data.
pub struct World {
    pub server: Option<Server>,
    pub setup: Setup,
    pub broker: Broker,
    pub port: u16,
    _data: TempDir,
}

pub enum Broker {
    Embedded,
    Mosquitto(Mosquitto),
}

impl World {
    /// With the server's own broker. None: there is nothing to test with.
    pub fn embedded() -> Option<Self> {
        Self::embedded_with(Vec::new())
    }

    /// As [`World::embedded`], with more to say to the server.
    pub fn embedded_with(extra: Vec<String>) -> Option<Self> {
        let paths = Paths::find()?;
        let data = tempdir().expect("a folder");
        let port = free_port();
        let mut setup = Setup::new(paths, data.path());
        setup.mqtt = ["--mqtt-listen".into(), format!("127.0.0.1:{port}")];
        setup.extra = extra;
        Some(Self::start(setup, Broker::Embedded, port, data))
    }

    /// With Mosquitto, where it is installed.
    pub fn mosquitto() -> Option<Self> {
        let program = Mosquitto::program()?;
        let paths = Paths::find()?;
        let data = tempdir().expect("a folder");
        let port = free_port();
        let broker = Mosquitto::start(&program, data.path(), port);
        let mut setup = Setup::new(paths, &data.path().join("asterism"));
        let url = format!("mqtt://asterism:server-word@127.0.0.1:{port}");
        setup.mqtt = ["--mqtt-url".into(), url];
        Some(Self::start(setup, Broker::Mosquitto(broker), port, data))
    }

    fn start(setup: Setup, broker: Broker, port: u16, data: TempDir) -> Self {
        Self {
            server: Some(setup.start()),
            setup,
            broker,
            port,
            _data: data,
        }
    }

    pub fn url(&self) -> String {
        self.setup.url()
    }

    /// `kill -9`, and up again.
    pub fn kill_and_start(&mut self) {
        self.server.take().expect("it runs").kill();
        self.server = Some(self.setup.start());
    }

    /// Makes a device.
    pub fn device(&self, owner: &Client, form: &Value) -> Device {
        let made = owner.post(DEVICES, form).ok();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let device = Device {
            id: text(&made["device"]["id"]),
            secret: text(&made["secret"]),
            port: self.port,
        };
        if let Broker::Mosquitto(broker) = &self.broker {
            broker.admit(&device.id, &device.secret);
        }
        device
    }

    pub fn camera(&self, owner: &Client, name: &str) -> Device {
        self.device(owner, &json!({"name": name}))
    }
}

/// Waits until a device is as it should be.
pub fn until(owner: &Client, device: &Device, fits: impl Fn(&Value) -> bool) -> Value {
    let start = Instant::now();
    loop {
        let now = owner.get(&format!("{DEVICES}/{}", device.id)).ok();
        if fits(&now) {
            return now;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "{now:#}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// How often messages of a device were refused for a reason.
pub fn refused(device: &Value, reason: &str) -> u64 {
    device["counts"]["refused"][reason].as_u64().unwrap_or(0)
}

/// A running Mosquitto; ended when dropped.
pub struct Mosquitto {
    child: Child,
    passwords: PathBuf,
}

impl Mosquitto {
    /// Where it is installed.
    pub fn program() -> Option<PathBuf> {
        let program = std::env::var_os("XTASK_MOSQUITTO").map(PathBuf::from);
        if program.is_none() {
            eprintln!(
                "skipped: Mosquitto is not installed; `cargo xtask test` does that where it can"
            );
        }
        program
    }

    pub fn start(program: &Path, dir: &Path, port: u16) -> Self {
        let [config, acl, passwords] = ["mosquitto.conf", "acl", "passwords"].map(|n| dir.join(n));
        let guide = std::fs::read_to_string(
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/mqtt/mosquitto.acl"),
        );
        std::fs::write(&acl, guide.expect("the guide's own rules")).expect("written");
        std::fs::write(&passwords, "").expect("written");
        let lines = format!(
            "listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {}\nacl_file {}\n\
             message_size_limit 16777216\nmax_queued_messages 10000\nuser root\nlog_type error\n",
            passwords.display(),
            acl.display()
        );
        std::fs::write(&config, lines).expect("written");
        enter(&passwords, "asterism", "server-word");
        let child = Command::new(program)
            .arg("-c")
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("Mosquitto starts");
        let start = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "Mosquitto is not ready"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { child, passwords }
    }

    /// As an operator does for a new device.
    pub fn admit(&self, user: &str, password: &str) {
        enter(&self.passwords, user, password);
        let id = self.child.id().to_string();
        let told = Command::new("kill").args(["-HUP", &id]).status();
        assert!(told.expect("kill runs").success());
        std::thread::sleep(Duration::from_millis(300));
    }
}

fn enter(passwords: &Path, user: &str, password: &str) {
    let done = Command::new("mosquitto_passwd")
        .arg("-b")
        .arg(passwords)
        .args([user, password])
        .stderr(Stdio::null())
        .status();
    assert!(
        done.expect("mosquitto_passwd comes with Mosquitto")
            .success()
    );
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
