//! Libraries that are made up, for measuring.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use clap::Args;
use sha2::{Digest, Sha256};

use crate::cache::{Cache, workspace};
use crate::exec;
use crate::native::{self, Profile};

/// What a library grows out of: with other ones it has to be made anew.
const GROWN_OUT_OF: [&str; 2] = ["assets/samples/samples.toml", "assets/models.toml"];

/// Options of `seed`.
#[derive(Args)]
pub struct Options {
    /// How many elements
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    elements: usize,
    /// How many accounts [default: one for 100 elements]
    #[arg(long, value_name = "N")]
    users: Option<usize>,
    /// Another number makes another library
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// A new folder for it [default: seed/library-N in the cache]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

/// Builds the server and lets it fill the folder.
pub fn seed(cache: &Cache, options: &Options) -> anyhow::Result<()> {
    let server = native::build_and_fetch(cache, Profile::Dev, true)?;
    let data = match &options.data_dir {
        Some(dir) => std::path::absolute(dir)?,
        None => cache.seed.join(format!("library-{}", options.elements)),
    };
    let extra: Vec<String> = options
        .users
        .iter()
        .flat_map(|users| ["--users".to_owned(), users.to_string()])
        .collect();
    fill(
        cache,
        &server,
        &data,
        options.elements,
        options.seed,
        &extra,
    )?;
    eprintln!(
        "      start it by cargo xtask run --no-samples --data-dir {}",
        data.display()
    );
    Ok(())
}

/// A library of so many elements that stays in the cache.
pub fn library(cache: &Cache, server: &Path, elements: usize) -> anyhow::Result<PathBuf> {
    let data = cache.seed.join(format!("bench-{elements}-{}", key()?));
    if !data.join("seed.json").is_file() {
        remove(&data)?;
        fill(cache, server, &data, elements, 1, &[])?;
    }
    Ok(data)
}

/// The sample library through all stages, which everything grows out of. Made
/// once: it takes minutes, the rest seconds.
pub fn base(cache: &Cache, server: &Path) -> anyhow::Result<PathBuf> {
    let done = cache.seed.join(format!("base-{}", key()?));
    if done.is_dir() {
        return Ok(done);
    }
    let making = cache.seed.join("base-unfinished");
    remove(&making)?;
    run(cache, server, &making, 0, 1, &[])?;
    fs::rename(&making, &done).with_context(|| done.display().to_string())?;
    Ok(done)
}

fn fill(
    cache: &Cache,
    server: &Path,
    data: &Path,
    elements: usize,
    seed: u64,
    extra: &[String],
) -> anyhow::Result<()> {
    if !data.join("seed.json").is_file() {
        let base = base(cache, server)?;
        let empty = !data.exists() || fs::read_dir(data)?.next().is_none();
        ensure!(
            empty,
            "{} is not empty: seed a new folder, or remove it first",
            data.display()
        );
        copy(&base, data).with_context(|| format!("cannot copy {}", base.display()))?;
    }
    run(cache, server, data, elements, seed, extra)
}

fn run(
    cache: &Cache,
    server: &Path,
    data: &Path,
    elements: usize,
    seed: u64,
    extra: &[String],
) -> anyhow::Result<()> {
    let mut command = command(cache, server, data);
    command
        .args(["--elements", &elements.to_string()])
        .args(["--seed", &seed.to_string()])
        .args(extra);
    exec::run(&mut command)
}

/// `asterism seed` with everything but what is to be made.
pub fn command(cache: &Cache, server: &Path, data: &Path) -> Command {
    let mut command = Command::new(server);
    command
        .arg("seed")
        .arg("--data-dir")
        .arg(data)
        .arg("--models-dir")
        .arg(&cache.models)
        .arg("--samples-dir")
        .arg(&cache.samples);
    command
}

/// Names what libraries grow out of.
fn key() -> anyhow::Result<String> {
    let mut hash = Sha256::new();
    for file in GROWN_OUT_OF {
        let path = workspace().join(file);
        hash.update(fs::read(&path).with_context(|| path.display().to_string())?);
    }
    let digest = hash.finalize();
    Ok(digest.iter().take(5).map(|b| format!("{b:02x}")).collect())
}

fn remove(dir: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| dir.display().to_string())
        }
        _ => Ok(()),
    }
}

/// A folder with all below it. Files of pictures never change, so they are
/// linked where that goes.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy(&source, &target)?;
        } else if !source.components().any(|c| c.as_os_str() == "blobs")
            || fs::hard_link(&source, &target).is_err()
        {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_of_a_library_can_be_changed_without_changing_it() {
        let dir = tempfile::tempdir().expect("a folder");
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        fs::create_dir_all(from.join("blobs/ab")).expect("folders");
        fs::create_dir_all(from.join("db")).expect("folders");
        fs::write(from.join("blobs/ab/x"), "picture").expect("a file");
        fs::write(from.join("db/log"), "one").expect("a file");
        copy(&from, &to).expect("a copy");
        fs::write(to.join("db/log"), "two").expect("a file");
        let read = |path: PathBuf| fs::read_to_string(path).expect("a file");
        assert_eq!(read(from.join("db/log")), "one");
        assert_eq!(read(to.join("blobs/ab/x")), "picture");
    }
}
