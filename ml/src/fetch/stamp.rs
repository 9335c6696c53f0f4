//! Whether a file on disk is the one that is wanted, cheaply where it can be.
//!
//! A verified file gets a stamp beside it: `.<name>.ok` with its sha256, size
//! and modification time. While those agree the file is not read again; when
//! they don't, it is hashed. [`check_fully`] always hashes.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::MlError;

/// What is the matter with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileState {
    /// It is the one that is wanted.
    Good,
    /// It is not there.
    Missing,
    /// It is there and something else.
    Damaged {
        /// In words, for a person.
        why: String,
    },
}

/// Looks at a file without reading it if its stamp still holds.
///
/// # Errors
/// Only when the file cannot be read at all.
pub fn check(path: &Path, sha256: &str, bytes: u64) -> Result<FileState, MlError> {
    match size_state(path, bytes)? {
        FileState::Good => {}
        other => return Ok(other),
    }
    if read(path).is_some_and(|s| s.sha256 == sha256 && Some(s) == Stamp::of(path, sha256)) {
        return Ok(FileState::Good);
    }
    check_fully(path, sha256, bytes)
}

/// Reads the whole file; refreshes its stamp where the file is good.
///
/// # Errors
/// Only when the file cannot be read at all.
pub fn check_fully(path: &Path, sha256: &str, bytes: u64) -> Result<FileState, MlError> {
    match size_state(path, bytes)? {
        FileState::Good => {}
        other => return Ok(other),
    }
    let found = sha256_of(path)?;
    if found != sha256 {
        let why = format!("sha256 {found}, expected {sha256}");
        return Ok(FileState::Damaged { why });
    }
    write(path, sha256);
    Ok(FileState::Good)
}

/// Lowercase hex.
///
/// # Errors
/// When the file cannot be read.
pub fn sha256_of(path: &Path) -> Result<String, MlError> {
    let mut file = File::open(path).map_err(MlError::io(path))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; COPY_BUFFER];
    loop {
        let n = file.read(&mut buffer).map_err(MlError::io(path))?;
        if n == 0 {
            return Ok(hex(&hasher.finalize()));
        }
        hasher.update(&buffer[..n]);
    }
}

/// Remembers that `path` was just found to have this sha256. A stamp is only a
/// saving, so a folder that cannot be written to is no error.
pub(crate) fn write(path: &Path, sha256: &str) {
    let stamped = Stamp::of(path, sha256)
        .and_then(|stamp| serde_json::to_vec(&stamp).ok())
        .map(|json| fs::write(stamp_path(path), json));
    if let Some(Err(error)) = stamped {
        tracing::debug!(path = %path.display(), %error, "stamp not written");
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut out, b| {
        write!(out, "{b:02x}").expect("writing to a string cannot fail");
        out
    })
}

pub(crate) const COPY_BUFFER: usize = 256 * 1024;

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    sha256: String,
    bytes: u64,
    modified_ns: u64,
}

impl Stamp {
    fn of(path: &Path, sha256: &str) -> Option<Self> {
        let meta = fs::metadata(path).ok()?;
        let modified = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(Self {
            sha256: sha256.to_owned(),
            bytes: meta.len(),
            modified_ns: u64::try_from(modified.as_nanos()).ok()?,
        })
    }
}

fn size_state(path: &Path, bytes: u64) -> Result<FileState, MlError> {
    match fs::metadata(path) {
        Ok(meta) if meta.len() == bytes => Ok(FileState::Good),
        Ok(meta) => Ok(FileState::Damaged {
            why: format!("{} bytes, expected {bytes}", meta.len()),
        }),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(FileState::Missing),
        Err(e) => Err(MlError::io(path)(e)),
    }
}

fn read(path: &Path) -> Option<Stamp> {
    serde_json::from_slice(&fs::read(stamp_path(path)).ok()?).ok()
}

/// Where the stamp of a file lies.
pub(crate) fn stamp_path(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.ok"))
}
