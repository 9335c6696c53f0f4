//! Starts and ends `asterism`.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use crate::client::Client;

/// How long a start may take on a busy machine.
const START: Duration = Duration::from_secs(60);

/// The program with nothing taken from this machine's environment.
pub fn asterism() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_asterism"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ASTERISM_")) {
        command.env_remove(name);
    }
    command
}

/// A server that ends with the test.
pub struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    /// Starts on a free port, without models and MQTT, and waits until it is
    /// ready.
    pub fn start(data: &Path) -> Self {
        let mut child = serve(data)
            .args(["--listen", "127.0.0.1:0", "--allow-missing-models"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().strip_prefix("asterism ready at http://");
        let address = address
            .unwrap_or_else(|| panic!("not ready: {line:?}"))
            .to_owned();
        Serving { child, address }
    }

    pub fn client(&self) -> Client {
        Client::new(&self.address)
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// Asks it to stop, and waits.
    pub fn terminate(mut self) -> (ExitStatus, Duration) {
        let begun = Instant::now();
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        let status = self.child.wait().unwrap();
        (status, begun.elapsed())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // it has ended already where the test ended it
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `asterism serve` over a data folder.
pub fn serve(data: &Path) -> Command {
    let mut command = asterism();
    command
        .arg("serve")
        .arg("--data-dir")
        .arg(data)
        .args(["--mqtt-listen", "off"]);
    command.arg("--models-dir").arg(data.join("models"));
    command
}

/// Runs to the end, which must come soon.
pub fn run(command: &mut Command) -> Output {
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = child.id().to_string();
    let (done, waiting) = std::sync::mpsc::channel::<()>();
    std::thread::spawn(move || {
        if waiting.recv_timeout(START) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            let _ = Command::new("kill").args(["-KILL", &pid]).status();
        }
    });
    let output = child.wait_with_output().unwrap();
    drop(done);
    output
}

/// A refusal: not zero, and one line that says all of it.
pub fn refusal(command: &mut Command) -> String {
    let output = run(command);
    assert!(!output.status.success(), "it should have refused");
    let said = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<&str> = said
        .lines()
        .filter(|l| l.starts_with("asterism: "))
        .collect();
    assert_eq!(lines.len(), 1, "{said}");
    lines[0].to_owned()
}

/// A port that somebody else has.
pub fn taken_port() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}
