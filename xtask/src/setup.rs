//! What the machine has to have, and how it is put there.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::Context;

use crate::exec;

/// The web app's target.
pub const WASM: &str = "wasm32-unknown-unknown";

/// Whether nobody watches: then what is missing is an error, not a skip.
pub fn is_ci() -> bool {
    env::var("CI").is_ok_and(|v| v == "true" || v == "1")
}

/// Installs the wasm target if the toolchain lacks it.
pub fn wasm_target() -> anyhow::Result<()> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let libdir =
        exec::output(Command::new(&rustc).args(["--print", "target-libdir", "--target", WASM]))?;
    if PathBuf::from(libdir.trim()).is_dir() {
        return Ok(());
    }
    exec::run(Command::new("rustup").args(["target", "add", WASM]))
        .context("the web app needs the wasm target of the toolchain")
}

/// Whether the assembler is there that makes AVIF encoding 2–5 times faster.
/// Tried once per run of xtask; the answer decides a cargo feature, so `run`
/// and `test` both ask here.
pub fn nasm() -> bool {
    static FOUND: OnceLock<bool> = OnceLock::new();
    *FOUND.get_or_init(|| {
        if exec::find("nasm").is_some() {
            return true;
        }
        let installed = apt_install(&["nasm"]);
        if !installed {
            eprintln!("      nasm is not installed: AVIF pictures are encoded more slowly");
        }
        installed
    })
}

/// A browser and its driver, installed if the machine allows it.
pub struct Browser {
    /// Chromium.
    pub browser: PathBuf,
    /// Its WebDriver server.
    pub driver: PathBuf,
}

/// Finds Chromium and its driver, or installs them.
pub fn browser() -> Option<Browser> {
    let find = || {
        let browser = ["chromium", "chromium-browser", "google-chrome"]
            .into_iter()
            .find_map(exec::find)?;
        let driver = exec::find("chromedriver")?;
        Some(Browser { browser, driver })
    };
    find().or_else(|| {
        apt_install(&["chromium", "chromium-driver"]);
        find()
    })
}

/// Another MQTT broker for the tests of cameras, installed if the machine allows
/// it. None: there is none, and the tests say that they are skipped.
///
/// # Errors
/// In CI: it was installed and is not there.
pub fn mosquitto() -> anyhow::Result<Option<PathBuf>> {
    let find = || exec::find("mosquitto").filter(|_| exec::find("mosquitto_passwd").is_some());
    if let Some(found) = find() {
        return Ok(Some(found));
    }
    let installed = apt_install(&["mosquitto"]);
    let found = find();
    anyhow::ensure!(
        found.is_some() || !(installed && is_ci()),
        "Mosquitto was installed, but is not there"
    );
    if found.is_none() {
        eprintln!("      skipped: tests with Mosquitto, which is not installed here");
    }
    Ok(found)
}

/// A library that the servers need which Asterism is measured against.
pub fn libuv() -> bool {
    apt_install(&["libuv1"])
}

/// Installs Debian packages where that needs no question: as root with apt.
fn apt_install(packages: &[&str]) -> bool {
    if exec::find("apt-get").is_none() || !is_root() {
        return false;
    }
    eprintln!("      installing {} with apt-get", packages.join(", "));
    let apt = |args: &[&str]| {
        Command::new("apt-get")
            .args(args)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    let mut install = vec!["install", "-y", "-qq", "--no-install-recommends"];
    install.extend(packages);
    // the package lists may be absent or stale
    apt(&install) || (apt(&["update", "-qq"]) && apt(&install))
}

fn is_root() -> bool {
    exec::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
