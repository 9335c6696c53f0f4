//! A database server, a broker, and two servers that share both and the folder
//! of files.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::json;
use tempfile::{TempDir, tempdir};

use crate::cameras::world::Mosquitto;
use crate::support::http::Client;
use crate::support::process::{Paths, Server, Setup, free_port};
use crate::support::socket::Socket;

/// Drops in this order: servers, what they share, the data.
pub struct World {
    pub servers: [Option<Server>; 2],
    pub setups: [Setup; 2],
    pub broker: Option<Mosquitto>,
    pub mqtt_port: u16,
    _database: Database,
    _data: TempDir,
}

impl World {
    /// Without a broker.
    pub fn plain() -> Option<Self> {
        Self::start(None)
    }

    /// With Mosquitto, where it is installed.
    pub fn with_broker() -> Option<Self> {
        let program = Mosquitto::program()?;
        Self::start(Some(program))
    }

    fn start(mosquitto: Option<PathBuf>) -> Option<Self> {
        let paths = [Paths::find()?, Paths::find()?];
        let data = tempdir().expect("a folder");
        let program = Database::program(&paths[0].server)?;
        let database = Database::start(&program, data.path());
        let mqtt_port = free_port();
        let broker = mosquitto.map(|program| Mosquitto::start(&program, data.path(), mqtt_port));
        let files = data.path().join("asterism");
        let setups = paths.map(|paths| {
            let mut setup = Setup::new(paths, &files);
            setup.extra = ["--db-url", &database.url].map(str::to_owned).to_vec();
            if broker.is_some() {
                let url = format!("mqtt://asterism:server-word@127.0.0.1:{mqtt_port}");
                setup.mqtt = ["--mqtt-url".to_owned(), url];
            }
            setup
        });
        // at once, as an orchestrator does
        let servers = std::thread::scope(|scope| {
            let starting = setups.each_ref().map(|s| scope.spawn(|| s.start()));
            starting.map(|server| Some(server.join().expect("it starts")))
        });
        Some(Self {
            servers,
            setups,
            broker,
            mqtt_port,
            _database: database,
            _data: data,
        })
    }

    pub fn url(&self, node: usize) -> String {
        self.setups[node].url()
    }

    /// `kill -9`.
    pub fn kill(&mut self, node: usize) {
        self.servers[node].take().expect("it runs").kill();
    }

    pub fn start_again(&mut self, node: usize) {
        self.servers[node] = Some(self.setups[node].start());
    }

    /// An account's view by one of the servers.
    pub fn by(&self, node: usize, client: &Client) -> Client {
        client.by(&self.url(node))
    }

    pub fn socket(&self, node: usize, client: &Client) -> Socket {
        let mut socket = Socket::connect(&self.url(node));
        socket.identify(client.token.as_deref().expect("logged in"));
        socket
    }
}

/// The database server of `db/examples`; ended when dropped.
struct Database {
    child: Child,
    url: String,
}

impl Database {
    /// Beside the server, where cargo puts examples.
    fn program(server: &Path) -> Option<PathBuf> {
        let named = std::env::var_os("XTASK_DATABASE_SERVER").map(PathBuf::from);
        let beside = server.parent()?.join("examples/database_server");
        let found = named.or(Some(beside)).filter(|program| program.is_file());
        if found.is_none() {
            assert!(
                std::env::var_os("CI").is_none(),
                "the database server is missing in CI"
            );
            eprintln!("skipped: `cargo xtask test` builds the database server");
        }
        found
    }

    fn start(program: &Path, data: &Path) -> Self {
        let path = format!("surrealkv://{}", data.join("db").display());
        let mut child = Command::new(program)
            .args(["127.0.0.1:0", &path, "root", "secret"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the database server starts");
        let mut line = String::new();
        let output = child.stdout.take().expect("piped");
        BufReader::new(output)
            .read_line(&mut line)
            .expect("it says where it listens");
        let address = line.trim().strip_prefix("listens on ").expect("an address");
        Self {
            child,
            url: format!("ws://root:secret@{address}"),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A private cluster.
pub fn cluster(owner: &Client, name: &str) -> String {
    let made = owner.post("/api/v1/clusters", &json!({"name": name})).ok();
    made["id"].as_str().expect("an id").to_owned()
}
