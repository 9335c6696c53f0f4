//! Durable files on a local disk. Blocking: called on threads for that.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use bytes::Bytes;

use super::Use;
use crate::error::{DbError, Result};

/// Where unfinished files lie: in one place, so that a start finds them
/// without looking at every media. No shard has this name.
const UNFINISHED: &str = "unfinished";
/// Began their names when they lay beside their places.
const OLD_PART: &str = ".part-";

/// Where files lie whose content is not known yet: no shard has such a name.
const INCOMING: &str = "incoming";

/// An unfinished file that was not written to for so long is nobody's.
const FORSAKEN: Duration = Duration::from_secs(24 * 3600);

/// Makes the directory and removes unfinished files from it.
pub fn prepare(dir: &Path, how: Use) -> Result<()> {
    let age = match how {
        Use::Alone => Duration::ZERO,
        Use::WithOthers => FORSAKEN,
    };
    let incoming = dir.join(INCOMING);
    fs::create_dir_all(&incoming).map_err(|e| failed(&incoming, e))?;
    sweep(&incoming, "", age)?;
    let unfinished = dir.join(UNFINISHED);
    if unfinished.is_dir() {
        return sweep(&unfinished, "", age);
    }
    // once: what an older version left behind
    for shard in subdirs(dir)? {
        for media in subdirs(&shard)? {
            sweep(&media, OLD_PART, age)?;
        }
    }
    fs::create_dir_all(&unfinished).map_err(|e| failed(&unfinished, e))
}

/// Writes a whole file or none. One that is there already stays.
pub fn put(root: &Path, path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::metadata(path).is_ok_and(|known| known.len() == bytes.len() as u64) {
        return Ok(());
    }
    let dir = path.parent().expect("a blob lies in a directory");
    make_dir(dir)?;
    let part = root.join(UNFINISHED).join(part_name());
    let written = write_synced(&part, bytes).and_then(|()| fs::rename(&part, path));
    if let Err(error) = written {
        // a leftover is swept at the next start
        let _ = fs::remove_file(&part);
        return Err(failed(path, error));
    }
    sync_dir(dir)
}

/// An empty file for what comes in, and where it is.
pub fn begin(dir: &Path) -> Result<(PathBuf, File)> {
    let path = dir.join(INCOMING).join(part_name());
    let file = File::create_new(&path).map_err(|e| failed(&path, e))?;
    Ok((path, file))
}

pub fn append(file: &mut File, path: &Path, bytes: &[u8]) -> Result<()> {
    file.write_all(bytes).map_err(|e| failed(path, e))
}

/// Gives a written file its name; one that is there already stays.
pub fn name(file: &File, from: &Path, to: &Path) -> Result<()> {
    file.sync_all().map_err(|e| failed(from, e))?;
    let length = file.metadata().map_err(|e| failed(from, e))?.len();
    if fs::metadata(to).is_ok_and(|known| known.len() == length) {
        return Ok(());
    }
    let dir = to.parent().expect("a blob lies in a directory");
    make_dir(dir)?;
    fs::rename(from, to).map_err(|e| failed(to, e))?;
    sync_dir(dir)
}

pub fn get(path: &Path) -> Result<Bytes> {
    match fs::read(path) {
        Ok(bytes) => Ok(bytes.into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(DbError::BlobMissing),
        Err(error) => Err(failed(path, error)),
    }
}

/// Links each first directory to the second, which lies in the same store. Not
/// synced: for what can be made again.
pub fn share(links: &[(PathBuf, PathBuf)]) -> Result<()> {
    for (own, other) in links {
        let shard = own.parent().expect("a media lies in a shard");
        fs::create_dir_all(shard).map_err(|e| failed(shard, e))?;
        let (shard, media) = (other.parent().and_then(Path::file_name), other.file_name());
        let (Some(shard), Some(media)) = (shard, media) else {
            continue;
        };
        let beside = Path::new("..").join(shard).join(media);
        std::os::unix::fs::symlink(beside, own).map_err(|e| failed(own, e))?;
    }
    Ok(())
}

/// Removes the directory in which the file lies, with all in it.
pub fn remove_parent(path: &Path) -> Result<()> {
    let dir = path.parent().expect("a blob lies in a directory");
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(dir, error)),
        _ => Ok(()),
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes the media's directory and its shard, durably.
fn make_dir(dir: &Path) -> Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let shard = dir.parent().expect("a media lies in a shard");
    let root = shard.parent().expect("a shard lies in the store");
    fs::create_dir_all(dir).map_err(|e| failed(dir, e))?;
    sync_dir(shard)?;
    sync_dir(root)
}

fn sync_dir(dir: &Path) -> Result<()> {
    File::open(dir)
        .and_then(|dir| dir.sync_all())
        .map_err(|e| failed(dir, e))
}

/// By chance, as the ids of processes in containers are the same.
pub fn part_name() -> String {
    static PROCESS: LazyLock<u64> = LazyLock::new(rand::random);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{:016x}-{count}", *PROCESS)
}

/// Removes the files whose names begin so, and that were not written to for so
/// long.
fn sweep(dir: &Path, prefix: &str, age: Duration) -> Result<()> {
    for entry in fs::read_dir(dir).map_err(|e| failed(dir, e))? {
        let entry = entry.map_err(|e| failed(dir, e))?;
        let named = entry.file_name().to_string_lossy().starts_with(prefix);
        if named && is_older(&entry.path(), age) {
            match fs::remove_file(entry.path()) {
                // another server swept it at the same time
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                removed => removed.map_err(|e| failed(dir, e))?,
            }
        }
    }
    Ok(())
}

/// Whether a file was not written to for so long.
pub fn is_older(path: &Path, age: Duration) -> bool {
    if age.is_zero() {
        return true;
    }
    let written = fs::metadata(path).and_then(|meta| meta.modified());
    written.is_ok_and(|at| {
        SystemTime::now()
            .duration_since(at)
            .is_ok_and(|passed| passed >= age)
    })
}

fn subdirs(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(|e| failed(dir, e))? {
        let entry = entry.map_err(|e| failed(dir, e))?;
        if entry.path().is_dir() {
            found.push(entry.path());
        }
    }
    Ok(found)
}

fn failed(path: &Path, source: io::Error) -> DbError {
    DbError::Blob {
        path: path.to_owned(),
        source,
    }
}
