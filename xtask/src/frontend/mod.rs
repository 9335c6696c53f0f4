//! Builds the web app into the folder that the server serves.
//!
//! `frontend/index.html` is the template; `frontend/styles/*.css` become one
//! file, in name order; `frontend/static/` is copied as it is. Whatever the
//! page links to carries a hash of its content in its name, so that it can be
//! cached for ever.

mod bundle;
mod inputs;
mod publish;
mod weight;

use std::path::{Path, PathBuf};
use std::{fs, process::Stdio};

use anyhow::{Context, bail};

use crate::cache::{Cache, workspace};
use crate::exec;
use crate::setup::{WASM, is_ci};

pub use weight::weigh;

/// Small code, no unwinding; defined in the workspace's `Cargo.toml`.
const PROFILE: &str = "wasm-release";

/// Builds unless nothing that goes into it has changed.
pub fn build(cache: &Cache) -> anyhow::Result<()> {
    let stamp = inputs::digest(workspace())?;
    let stamp_file = cache.frontend.with_extension("stamp");
    let fresh = fs::read_to_string(&stamp_file).is_ok_and(|old| old == stamp)
        && cache.frontend.join("index.html").is_file();
    if fresh {
        eprintln!("      unchanged");
        return Ok(());
    }
    let wasm = compile(cache)?;
    let files = bundle::bundle(&workspace().join("frontend"), &wasm)?;
    for line in publish::publish(&files, &cache.frontend)? {
        eprintln!("      {line}");
    }
    fs::write(&stamp_file, stamp).with_context(|| stamp_file.display().to_string())
}

/// Compiles the crate and returns the module.
fn compile(cache: &Cache) -> anyhow::Result<PathBuf> {
    let mut cargo = exec::cargo(&cache.target_wasm);
    cargo
        .args(["build", "--package", "asterism-frontend"])
        .args(["--target", WASM, "--profile", PROFILE])
        .arg("--message-format=json-render-diagnostics")
        .stdout(Stdio::piped());
    if is_ci() {
        cargo.arg("--locked");
    }
    let messages = exec::output(&mut cargo)?;
    module_of(&messages).context("the web app's build made no wasm module")
}

/// The wasm file that cargo says it made.
fn module_of(messages: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"].as_str().is_some_and(is_frontend))
        .filter_map(|message| {
            message["filenames"]
                .as_array()?
                .iter()
                .filter_map(|name| name.as_str())
                .find(|name| name.ends_with(".wasm"))
                .map(PathBuf::from)
        })
        .next_back()
}

fn is_frontend(target: &str) -> bool {
    target.replace('-', "_") == "asterism_frontend"
}

/// Every file below a folder, in a stable order; none if there is no folder.
fn files_below(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        if !folder.exists() {
            continue;
        }
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.is_file() {
                files.push(path);
            } else {
                bail!("{} is neither a file nor a folder", path.display());
            }
        }
    }
    files.sort();
    Ok(files)
}
