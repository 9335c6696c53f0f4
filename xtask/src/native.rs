//! Builds the native crates.
//!
//! Cargo unifies features over the packages that one command names. Everything
//! here names the same packages with the same features, so that `run` and
//! `test` share every artefact; the database alone takes ten minutes.

use std::path::PathBuf;
use std::process::Command;

use crate::cache::Cache;
use crate::setup;
use crate::{exec, ui};

/// The workspace without the web app (another target) and xtask (built before
/// anything else, in a folder of its own).
const SELECTION: [&str; 5] = [
    "--workspace",
    "--exclude",
    "asterism-frontend",
    "--exclude",
    "xtask",
];

/// How the native crates are compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Dependencies optimised, own crates quick to build: for `run` and `test`.
    Dev,
    /// Everything optimised.
    Release,
}

/// `cargo <subcommand>` over the native crates.
pub fn cargo(cache: &Cache, subcommand: &str, profile: Profile) -> Command {
    let mut command = exec::cargo(&cache.target);
    command.arg(subcommand).args(SELECTION);
    if setup::nasm() {
        command.args(["--features", "asterism-server/asm"]);
    }
    if profile == Profile::Release {
        command.arg("--release");
    }
    if setup::is_ci() {
        command.arg("--locked");
    }
    command
}

/// Builds the server and returns the binary.
pub fn build(cache: &Cache, profile: Profile) -> anyhow::Result<PathBuf> {
    exec::run(&mut cargo(cache, "build", profile))?;
    Ok(server(cache, profile))
}

/// Where the server's binary lies once it is built.
pub fn server(cache: &Cache, profile: Profile) -> PathBuf {
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => "release",
    };
    cache.target.join(folder).join("asterism")
}

/// Builds while `fetch` runs beside it; both have to succeed.
pub fn build_beside(
    cache: &Cache,
    profile: Profile,
    fetch: impl FnOnce(&ui::Bars) -> anyhow::Result<()> + Send,
) -> anyhow::Result<PathBuf> {
    std::thread::scope(|scope| {
        // the compiler draws its own bar: plain lines for the downloads
        let fetching = scope.spawn(|| fetch(&ui::Bars::plain()));
        let built = build(cache, profile);
        match fetching.join() {
            Ok(fetched) => fetched?,
            Err(panic) => std::panic::resume_unwind(panic),
        }
        built
    })
}
