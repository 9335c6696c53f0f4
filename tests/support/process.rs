//! The server as an operator starts it.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How long a start may take, models included.
const START: Duration = Duration::from_secs(60);

/// Where xtask put things. In CI their absence is a failure, elsewhere the
/// test says why it does nothing.
pub struct Paths {
    pub server: PathBuf,
    pub models: PathBuf,
    pub samples: PathBuf,
    pub frontend: PathBuf,
}

impl Paths {
    pub fn find() -> Option<Self> {
        let get = |name: &str| std::env::var_os(name).map(PathBuf::from);
        let found = (|| {
            Some(Self {
                server: get("XTASK_SERVER").filter(|p| p.is_file())?,
                models: get("XTASK_MODELS_DIR").filter(|p| p.is_dir())?,
                samples: get("XTASK_SAMPLES_DIR").filter(|p| p.is_dir())?,
                frontend: get("XTASK_STATIC_DIR")?,
            })
        })();
        if found.is_none() {
            assert!(
                std::env::var_os("CI").is_none(),
                "the server, its models or the samples are missing in CI"
            );
            eprintln!(
                "skipped: run it by `cargo xtask test`, which builds the server and fetches its models"
            );
        }
        found
    }
}

/// A port that nobody listens on just now.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}

/// How to start a server.
pub struct Setup {
    pub paths: Paths,
    pub data: PathBuf,
    pub port: u16,
    pub extra: Vec<String>,
    pub env: Vec<(&'static str, String)>,
    /// Where MQTT is, in the server's words.
    pub mqtt: [String; 2],
}

impl Setup {
    pub fn new(paths: Paths, data: &Path) -> Self {
        Self {
            paths,
            data: data.to_owned(),
            port: free_port(),
            extra: Vec::new(),
            env: Vec::new(),
            mqtt: ["--mqtt-listen".to_owned(), "off".to_owned()],
        }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.paths.server);
        command
            .arg("serve")
            .args(["--listen", &format!("127.0.0.1:{}", self.port)])
            .args(["--sample-library", "off"])
            .args(&self.mqtt)
            .arg("--data-dir")
            .arg(&self.data)
            .arg("--models-dir")
            .arg(&self.paths.models)
            .arg("--static-dir")
            .arg(&self.paths.frontend)
            .args(&self.extra)
            .stdin(Stdio::null());
        for name in ["ASTERISM_LISTEN", "ASTERISM_DATA_DIR", "ASTERISM_CONFIG"] {
            command.env_remove(name);
        }
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts it and waits until it is ready.
    pub fn start(&self) -> Server {
        let log = self.data.join("server.log");
        std::fs::create_dir_all(&self.data).expect("a data folder");
        let file = std::fs::File::options()
            .create(true)
            .append(true)
            .open(&log)
            .expect("a log file");
        let err = file.try_clone().expect("a second handle");
        let child = self
            .command()
            .stdout(file)
            .stderr(err)
            .spawn()
            .expect("the server starts");
        let mut server = Server {
            child: Some(child),
            url: self.url(),
            log,
        };
        server.wait_ready();
        server
    }

    /// Runs it to its end and gives back the status and what it said.
    pub fn run_to_end(&self) -> (ExitStatus, String) {
        let mut child = self
            .command()
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let output = child.stderr.take().expect("piped");
        let lines: Vec<String> = BufReader::new(output)
            .lines()
            .map_while(Result::ok)
            .collect();
        (child.wait().expect("its end"), lines.join("\n"))
    }
}

/// A running server; killed when dropped.
pub struct Server {
    child: Option<Child>,
    pub url: String,
    pub log: PathBuf,
}

impl Server {
    fn wait_ready(&mut self) {
        let start = Instant::now();
        loop {
            if let Some(status) = self
                .child
                .as_mut()
                .and_then(|c| c.try_wait().expect("its status"))
            {
                panic!("the server ended with {status}:\n{}", self.tail());
            }
            if ureq::get(format!("{}/healthz", self.url)).call().is_ok() {
                return;
            }
            assert!(
                start.elapsed() < START,
                "not ready in time:\n{}",
                self.tail()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn tail(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.end();
    }

    /// SIGTERM; gives back the status and how long it took.
    pub fn terminate(mut self) -> (ExitStatus, Duration) {
        let mut child = self.child.take().expect("it runs");
        let start = Instant::now();
        let sent = Command::new("kill")
            .arg(child.id().to_string())
            .status()
            .expect("kill runs");
        assert!(sent.success());
        (child.wait().expect("its end"), start.elapsed())
    }

    fn end(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}
