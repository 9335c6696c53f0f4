//! Runs the ordinary package clients. They know the machine's mirrors, proxies
//! and credentials; nothing here names a host.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::package::{Ecosystem, Package};
use super::progress::Progress;
use crate::MlError;

/// The programs that are run, by name or path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clients {
    /// Runs pip as `-m pip`.
    pub python: PathBuf,
    /// Fetches npm packages.
    pub npm: PathBuf,
    /// Fetches Debian packages.
    pub apt_get: PathBuf,
    /// Unpacks them.
    pub dpkg_deb: PathBuf,
}

impl Default for Clients {
    fn default() -> Self {
        Self {
            python: "python3".into(),
            npm: "npm".into(),
            apt_get: "apt-get".into(),
            dpkg_deb: "dpkg-deb".into(),
        }
    }
}

/// How often the growing download is looked at.
const POLL: Duration = Duration::from_millis(150);
/// A client that moves no byte for so long is given up.
const STALL: Duration = Duration::from_secs(300);
/// How much of a client's last words goes into an error.
const DETAIL_CHARS: usize = 400;

const ERROR_STARTS: &[&str] = &["ERROR", "E:", "npm error", "npm ERR"];
const NETWORK_WORDS: &[&str] = &[
    "Temporary failure",
    "Could not resolve",
    "Name or service not known",
    "NewConnectionError",
    "Connection refused",
    "Connection reset",
    "Network is unreachable",
    "ProxyError",
    "ReadTimeoutError",
    "ConnectTimeoutError",
    "Could not connect",
    "Failed to fetch",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "ENETUNREACH",
];
const UNKNOWN_WORDS: &[&str] = &[
    "No matching distribution",
    "Could not find a version",
    "E404",
    "ETARGET",
    "Unable to locate package",
    "Can't find a source",
    "was not found",
];

/// Fetches the archive of `package` under `work`, which must be empty, and
/// says where it lies. `fresh` keeps the client's cache out of it, in case
/// that is what was damaged.
///
/// # Errors
/// `ClientMissing`, `Offline`, `PackageNotFound`, `ClientFailed` or `Io`.
pub(crate) fn download(
    clients: &Clients,
    package: &Package,
    work: &Path,
    fresh: bool,
    progress: &dyn Progress,
) -> Result<PathBuf, MlError> {
    let (out, temp) = (work.join("out"), work.join("tmp"));
    for dir in [&out, &temp] {
        fs::create_dir_all(dir).map_err(MlError::io(dir))?;
    }
    let log_path = work.join("client.log");
    let log = File::create(&log_path).map_err(MlError::io(&log_path))?;
    let log_too = log.try_clone().map_err(MlError::io(&log_path))?;

    let (name, mut command) = command(clients, package, &out, &temp, fresh);
    command
        .current_dir(&out)
        .env("TMPDIR", &temp)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(log_too);
    let failed = |detail: String| MlError::ClientFailed {
        client: name.to_owned(),
        package: package.to_string(),
        detail,
    };
    let child = command.spawn().map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => missing(name, package),
        _ => failed(e.to_string()),
    })?;
    let cap = package.package_bytes.unwrap_or(u64::MAX);
    let status = watch(child, work, cap, progress).map_err(|e| failed(e.to_string()))?;
    if status.success() {
        return only_file(&out).ok_or_else(|| failed("it left no archive".into()));
    }
    let log = fs::read(&log_path).map_err(MlError::io(&log_path))?;
    Err(explain(name, package, &String::from_utf8_lossy(&log)))
}

fn command(
    clients: &Clients,
    package: &Package,
    out: &Path,
    temp: &Path,
    fresh: bool,
) -> (&'static str, Command) {
    match package.ecosystem {
        Ecosystem::Pypi => {
            let mut c = Command::new(&clients.python);
            c.args(["-m", "pip", "download", "--no-deps", "--no-input"])
                .args(["--disable-pip-version-check", "--progress-bar=off"])
                .args(["--retries=1", "--dest"])
                .arg(out)
                .args(fresh.then_some("--no-cache-dir"))
                .args(&package.args)
                .arg(package.spec());
            ("pip", c)
        }
        Ecosystem::Npm => {
            let mut c = Command::new(&clients.npm);
            // a cache inside the watched folder is what lets the bar move
            c.args(["pack", "--ignore-scripts", "--fetch-retries=1", "--cache"])
                .arg(temp)
                .args(&package.args)
                .arg(package.spec());
            ("npm", c)
        }
        Ecosystem::Debian => {
            let mut c = Command::new(&clients.apt_get);
            c.args(["download", "-q"])
                .args(&package.args)
                .arg(package.spec());
            ("apt-get", c)
        }
    }
}

/// Waits for the client, reporting how much lies in `work`. Clients copy what
/// they fetched, so there can be more than the package holds.
fn watch(
    mut child: Child,
    work: &Path,
    cap: u64,
    progress: &dyn Progress,
) -> std::io::Result<ExitStatus> {
    let (mut seen, mut moved) = (0, Instant::now());
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        let now = size_below(work);
        if now != seen {
            (seen, moved) = (now, Instant::now());
            progress.advance(now.min(cap));
        } else if moved.elapsed() > STALL {
            child.kill()?;
            child.wait()?;
            return Err(std::io::Error::new(
                std::io::ErrorKind::TimedOut,
                format!("nothing arrived for {} seconds", STALL.as_secs()),
            ));
        }
        std::thread::sleep(POLL);
    }
}

/// Files come and go while the client works, so what cannot be read counts 0.
fn size_below(dir: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(dir) else {
        return 0;
    };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => size_below(&entry.path()),
            Ok(meta) => meta.len(),
            Err(_) => 0,
        })
        .sum()
}

fn only_file(dir: &Path) -> Option<PathBuf> {
    let mut files = fs::read_dir(dir)
        .ok()?
        .flatten()
        .filter(|e| e.metadata().is_ok_and(|m| m.is_file()))
        .map(|e| e.path());
    files.next().filter(|_| files.next().is_none())
}

pub(crate) fn missing(client: &str, package: &Package) -> MlError {
    MlError::ClientMissing {
        client: client.to_owned(),
        package: package.to_string(),
        install: match package.ecosystem {
            Ecosystem::Pypi => "install Python 3 with pip (Debian: python3-pip)",
            Ecosystem::Npm => "install Node.js with npm (Debian: npm)",
            Ecosystem::Debian => "this needs a Debian-like system with apt",
        },
    }
}

fn explain(client: &str, package: &Package, log: &str) -> MlError {
    let says = |words: &[&str]| words.iter().any(|w| log.contains(w));
    let (client, name) = (client.to_owned(), package.to_string());
    if says(&["No module named pip"]) {
        missing(&client, package)
    } else if says(NETWORK_WORDS) {
        // what follows a lost connection ("no such package") would mislead
        let of_network = |line: &&str| NETWORK_WORDS.iter().any(|w| line.contains(w));
        MlError::Offline {
            package: name,
            detail: last_words(log, of_network),
        }
    } else {
        let of_error = |line: &&str| ERROR_STARTS.iter().any(|start| line.starts_with(start));
        let (package, detail) = (name, last_words(log, of_error));
        if says(UNKNOWN_WORDS) {
            MlError::PackageNotFound {
                client,
                package,
                detail,
            }
        } else {
            MlError::ClientFailed {
                client,
                package,
                detail,
            }
        }
    }
}

/// The last line that `fits`, else the last line.
fn last_words(log: &str, fits: impl Fn(&&str) -> bool) -> String {
    let lines = || log.lines().map(str::trim).filter(|l| !l.is_empty());
    let line = lines().rfind(fits).or_else(|| lines().next_back());
    line.unwrap_or("it said nothing")
        .chars()
        .take(DETAIL_CHARS)
        .collect()
}
