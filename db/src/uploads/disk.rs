//! Chunks on a local disk. Blocking: called on threads for that.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use protocol::mqtt::UploadInit;

use super::{Have, UploadKey};
use crate::blobs::Use;
use crate::blobs::disk::{is_older, part_name};
use crate::error::{DbError, Result};

/// What was not written to for so long is nobody's.
const FORSAKEN: Duration = Duration::from_secs(24 * 3600);
/// Begins the names of unfinished files.
const UNFINISHED: &str = ".part-";
const INIT: &str = "init";
const DONE: &str = "done";

pub enum State {
    Nothing,
    Open(Have),
    Done(String),
}

/// The name of an upload's folder. A device's id has no underscore, so that the
/// first one parts them.
pub fn name(key: &UploadKey) -> String {
    format!("{}_{}", key.device, key.upload)
}

/// Makes the folder, sweeps unfinished files, and lists what is not complete.
pub fn prepare(dir: &Path, how: Use) -> Result<Vec<(UploadKey, u64)>> {
    // where others use it too, what is unfinished may be theirs
    let age = match how {
        Use::Alone => Duration::ZERO,
        Use::WithOthers => FORSAKEN,
    };
    fs::create_dir_all(dir).map_err(|e| failed(dir, e))?;
    let mut open = Vec::new();
    for place in folders(dir)? {
        for entry in fs::read_dir(&place).map_err(|e| failed(&place, e))? {
            let path = entry.map_err(|e| failed(&place, e))?.path();
            if file_name(&path).starts_with(UNFINISHED) && is_older(&path, age) {
                fs::remove_file(&path).map_err(|e| failed(&path, e))?;
            }
        }
        let folder = file_name(&place);
        let key = folder.split_once('_').and_then(|(device, upload)| {
            Some(UploadKey {
                device: device.parse().ok()?,
                upload: upload.parse().ok()?,
            })
        });
        match (key, read(&place)?) {
            (Some(key), State::Open(have)) => open.push((key, have.init.size)),
            (Some(_), State::Done(_)) => {}
            // a beginning that was cut short
            _ if !is_older(&place, age) => {}
            _ => fs::remove_dir_all(&place).map_err(|e| failed(&place, e))?,
        }
    }
    Ok(open)
}

/// What a folder holds.
pub fn read(place: &Path) -> Result<State> {
    if let Some(done) = text(&place.join(DONE))? {
        return Ok(State::Done(done));
    }
    let Some(init) = text(&place.join(INIT))? else {
        return Ok(State::Nothing);
    };
    let mut have = Have::of(parse_announced(&init)?);
    for entry in fs::read_dir(place).map_err(|e| failed(place, e))? {
        let path = entry.map_err(|e| failed(place, e))?.path();
        if let Some((offset, length, crc)) = chunk(&file_name(&path)) {
            have.add(offset, length, crc);
        }
    }
    Ok(State::Open(have))
}

pub fn begin(root: &Path, place: &Path, init: UploadInit) -> Result<Have> {
    fs::create_dir_all(place).map_err(|e| failed(place, e))?;
    write(place, INIT, announced(&init).as_bytes())?;
    sync_dir(root)?;
    Ok(Have::of(init))
}

pub fn put(place: &Path, offset: u64, crc: u32, bytes: &[u8]) -> Result<()> {
    write(place, &chunk_name(offset, bytes.len() as u64, crc), bytes)
}

pub fn whole(place: &Path, have: &Have) -> Result<Bytes> {
    let mut all = Vec::with_capacity(usize::try_from(have.init.size).unwrap_or(0));
    for (offset, length, crc) in have.chunks() {
        let path = place.join(chunk_name(offset, length, crc));
        let bytes = fs::read(&path).map_err(|e| failed(&path, e))?;
        all.extend_from_slice(&bytes);
    }
    Ok(all.into())
}

/// The outcome first: a crash in between leaves chunks that nobody asks for.
pub fn finish(place: &Path, outcome: &str) -> Result<()> {
    write(place, DONE, outcome.as_bytes())?;
    for entry in fs::read_dir(place).map_err(|e| failed(place, e))? {
        let path = entry.map_err(|e| failed(place, e))?.path();
        if file_name(&path) != DONE {
            fs::remove_file(&path).map_err(|e| failed(&path, e))?;
        }
    }
    Ok(())
}

/// Removes folders in which nothing was written for so long; says their names.
pub fn sweep(dir: &Path, idle: Duration) -> Result<HashSet<String>> {
    let mut gone = HashSet::new();
    for place in folders(dir)? {
        let written = fs::metadata(&place).and_then(|meta| meta.modified());
        let age = written
            .ok()
            .and_then(|at| SystemTime::now().duration_since(at).ok());
        if age.is_some_and(|age| age >= idle) {
            fs::remove_dir_all(&place).map_err(|e| failed(&place, e))?;
            gone.insert(file_name(&place));
        }
    }
    Ok(gone)
}

fn chunk_name(offset: u64, length: u64, crc: u32) -> String {
    format!("c-{offset}-{length}-{crc:08x}")
}

fn chunk(name: &str) -> Option<(u64, u64, u32)> {
    let mut parts = name.strip_prefix("c-")?.split('-');
    let offset = parts.next()?.parse().ok()?;
    let length = parts.next()?.parse().ok()?;
    let crc = u32::from_str_radix(parts.next()?, 16).ok()?;
    Some((offset, length, crc))
}

/// Writes a whole file or none, durably.
fn write(place: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let part = place.join(format!("{UNFINISHED}{}", part_name()));
    let path = place.join(name);
    let written = File::create_new(&part)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&part, &path));
    if let Err(error) = written {
        // a leftover is swept at the next start
        let _ = fs::remove_file(&part);
        return Err(failed(&path, error));
    }
    sync_dir(place)
}

fn sync_dir(dir: &Path) -> Result<()> {
    File::open(dir)
        .and_then(|dir| dir.sync_all())
        .map_err(|e| failed(dir, e))
}

fn text(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, error)),
    }
}

fn folders(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(|e| failed(dir, e))? {
        let path = entry.map_err(|e| failed(dir, e))?.path();
        if path.is_dir() {
            found.push(path);
        }
    }
    Ok(found)
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// `{size} {crc or -} {name}`; a name has no line breaks when it comes here.
fn announced(init: &UploadInit) -> String {
    let crc = init.crc32.as_deref().unwrap_or("-");
    let name = init.name.as_deref().unwrap_or_default();
    format!("{} {crc} {name}", init.size)
}

fn parse_announced(text: &str) -> Result<UploadInit> {
    let damaged = || DbError::Damaged(format!("{text:?} announces no upload"));
    let mut parts = text.splitn(3, ' ');
    let (size, crc, name) = (parts.next(), parts.next(), parts.next());
    let size = size
        .and_then(|size| size.parse().ok())
        .ok_or_else(damaged)?;
    let given =
        |text: Option<&str>, none: &str| text.filter(|text| *text != none).map(str::to_owned);
    Ok(UploadInit {
        size,
        crc32: given(crc, "-"),
        name: given(name, ""),
    })
}

fn failed(path: &Path, source: io::Error) -> DbError {
    DbError::Blob {
        path: path.to_owned(),
        source,
    }
}
