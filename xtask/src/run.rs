//! `cargo xtask run`: from a fresh clone to a running library.

use std::convert::Infallible;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::cache::Cache;
use crate::cli;
use crate::native::{self, Profile};
use crate::ui::{Steps, human};
use crate::{frontend, setup};

/// Sets up, builds, and turns into the server.
pub fn run(cache: &Cache, options: &cli::Run) -> anyhow::Result<()> {
    let mut steps = Steps::new(BUILD_STEPS + 1);
    let server = prepare(cache, &options.build, &mut steps)?;
    let took = human(steps.elapsed());
    steps.step("start", || {
        eprintln!("      everything is there after {took}; the server says when it is ready");
        eprintln!("      Ctrl-C stops it");
        eprintln!();
        become_server(cache, options, &server)
    })?;
    Ok(())
}

/// Everything that comes before the start, for images and other machines.
pub fn build(cache: &Cache, options: &cli::Build) -> anyhow::Result<()> {
    let server = prepare(cache, options, &mut Steps::new(BUILD_STEPS))?;
    eprintln!();
    eprintln!("      server   {}", server.display());
    eprintln!("      web app  {}", cache.frontend.display());
    eprintln!("      models   {}", cache.models.display());
    if !options.no_samples {
        eprintln!("      samples  {}", cache.samples.display());
    }
    Ok(())
}

/// The steps of [`prepare`].
const BUILD_STEPS: usize = 3;

fn prepare(cache: &Cache, options: &cli::Build, steps: &mut Steps) -> anyhow::Result<PathBuf> {
    let profile = if options.release {
        Profile::Release
    } else {
        Profile::Dev
    };
    steps.step("toolchain", || {
        setup::wasm_target()?;
        setup::nasm();
        Ok(())
    })?;
    let server = steps.step("server, models and sample pictures", || {
        native::build_and_fetch(cache, profile, !options.no_samples)
    })?;
    steps.step("web app", || frontend::build(cache))?;
    Ok(server)
}

/// Replaces this process, so that signals reach the server and nothing else.
fn become_server(cache: &Cache, options: &cli::Run, server: &Path) -> anyhow::Result<Infallible> {
    let data = options.data_dir.as_deref().unwrap_or(&cache.data);
    let error = Command::new(server)
        .arg("serve")
        .arg("--listen")
        .arg(options.listen.to_string())
        .arg("--data-dir")
        .arg(data)
        .arg("--models-dir")
        .arg(&cache.models)
        .arg("--static-dir")
        .arg(&cache.frontend)
        .arg("--samples-dir")
        .arg(&cache.samples)
        .args([
            "--sample-library",
            if options.build.no_samples {
                "off"
            } else {
                "on"
            },
        ])
        .args(&options.server)
        .exec();
    Err(error).with_context(|| format!("cannot start {}", server.display()))
}
