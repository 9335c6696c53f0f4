//! The server that is measured, and what the system says of it.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::client::{Client, Request};
use crate::cache::Cache;

/// How long a start may take.
const START: Duration = Duration::from_secs(180);
const LOOK: Duration = Duration::from_millis(10);
/// Parts of a second in which the kernel counts.
const TICKS: f64 = 100.0;

/// A running server; stopped when dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    pub started: Instant,
    /// Until it listened, and until it was ready.
    pub listens_after: Duration,
    pub ready_after: Duration,
}

impl Server {
    /// Starts it on a port of the system's choice.
    ///
    /// # Errors
    /// It ends, or is not ready in time.
    pub fn start(
        cache: &Cache,
        program: &Path,
        data: &Path,
        extra: &[String],
    ) -> anyhow::Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let log = fs::File::create(data.join("bench-server.log"))?;
        let start = Instant::now();
        let child = Command::new(program)
            .arg("serve")
            .args(["--listen", &address.to_string()])
            .args(["--mqtt-listen", "off", "--sample-library", "off"])
            .arg("--data-dir")
            .arg(data)
            .arg("--models-dir")
            .arg(&cache.models)
            .args(extra)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| program.display().to_string())?;
        let mut server = Self {
            child,
            address,
            started: start,
            listens_after: Duration::ZERO,
            ready_after: Duration::ZERO,
        };
        server.wait("/healthz", start)?;
        server.listens_after = start.elapsed();
        server.wait("/readyz", start)?;
        server.ready_after = start.elapsed();
        Ok(server)
    }

    fn wait(&mut self, path: &str, since: Instant) -> anyhow::Result<()> {
        loop {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended with {status}; see bench-server.log in its folder");
            }
            let asked = Client::connect(self.address, None);
            let answer = asked.and_then(|mut client| client.send(&Request::get(path)));
            if answer.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            if since.elapsed() > START {
                bail!("the server is not ready after {} s", START.as_secs());
            }
            std::thread::sleep(LOOK);
        }
    }

    /// Processor time of all its threads so far.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // the name stands in brackets and may hold anything
        let rest = text.rsplit_once(')').context("no stat")?.1;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let ticks = |at: usize| -> anyhow::Result<f64> {
            Ok(fields.get(at).context("a short stat")?.parse()?)
        };
        Ok(Duration::from_secs_f64((ticks(11)? + ticks(12)?) / TICKS))
    }

    /// Resident memory now and at most, in MiB.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn memory(&self) -> anyhow::Result<(f64, f64)> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kib = |name: &str| -> anyhow::Result<f64> {
            let line = text.lines().find(|line| line.starts_with(name));
            let number = line.and_then(|line| line.split_whitespace().nth(1));
            Ok(number.context("a short status")?.parse::<f64>()? / 1024.0)
        };
        Ok((kib("VmRSS:")?, kib("VmHWM:")?))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        let until = Instant::now() + Duration::from_secs(12);
        while asked.is_ok() && Instant::now() < until {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(LOOK);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
