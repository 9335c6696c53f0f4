//! An exported archive on disk, read in any order without being unpacked.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use protocol::limits::UPLOAD_BYTES;
use serde::de::DeserializeOwned;

use super::export::{EXPORT_FORMAT, Export, Exported};
use crate::PlatformError;

/// Largest text of an archive, in bytes.
const TEXT_BYTES: u64 = 64 * 1024 * 1024;

/// Where everything lies in the file.
pub struct Shelf {
    file: File,
    places: HashMap<String, (u64, u64)>,
    pub head: Export,
    pub complete: Exported,
}

impl Shelf {
    /// Looks through the whole archive, so that nothing is begun with one that
    /// is cut off.
    ///
    /// # Errors
    /// It cannot be read, is none, is cut off, or is of a newer kind: in words
    /// for whoever named it.
    pub fn open(path: &Path) -> Result<Self, PlatformError> {
        let failed = |source| PlatformError::Io {
            what: path.display().to_string(),
            source,
        };
        let mut file = File::open(path).map_err(failed)?;
        let mut places = HashMap::new();
        let mut archive = tar::Archive::new(&mut file);
        for entry in archive.entries_with_seek().map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.path().map_err(failed)?.display().to_string();
            places.insert(name, (entry.raw_file_position(), entry.size()));
        }
        let mut shelf = Reader { file, places };
        let head: Export = shelf.json("asterism.json")?;
        if head.format > EXPORT_FORMAT {
            let what = "the archive was made by a newer Asterism: run that one";
            return Err(wrong(path, what));
        }
        let complete = shelf
            .json("complete.json")
            .map_err(|_| wrong(path, "the archive is cut off: export it again"))?;
        Ok(Self {
            file: shelf.file,
            places: shelf.places,
            head,
            complete,
        })
    }

    /// Names below a folder, in order.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let below = self.places.keys().filter(|name| name.starts_with(folder));
        let mut names: Vec<String> = below.cloned().collect();
        names.sort();
        names
    }

    /// # Errors
    /// It is not there, or reads as something else.
    pub fn json<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, PlatformError> {
        json(name, &self.bytes(name, TEXT_BYTES)?)
    }

    /// A picture's file.
    ///
    /// # Errors
    /// It is not there, or larger than a picture may be.
    pub fn picture(&mut self, name: &str) -> Result<Vec<u8>, PlatformError> {
        self.bytes(name, UPLOAD_BYTES as u64)
    }

    fn bytes(&mut self, name: &str, most: u64) -> Result<Vec<u8>, PlatformError> {
        read(&mut self.file, &self.places, name, most)
    }
}

struct Reader {
    file: File,
    places: HashMap<String, (u64, u64)>,
}

impl Reader {
    fn json<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, PlatformError> {
        json(name, &read(&mut self.file, &self.places, name, TEXT_BYTES)?)
    }
}

fn read(
    file: &mut File,
    places: &HashMap<String, (u64, u64)>,
    name: &str,
    most: u64,
) -> Result<Vec<u8>, PlatformError> {
    let failed = |source| PlatformError::Io {
        what: format!("{name} in the archive"),
        source,
    };
    let missing = || failed(std::io::ErrorKind::NotFound.into());
    let (at, size) = places.get(name).copied().ok_or_else(missing)?;
    if size > most {
        return Err(failed(std::io::ErrorKind::FileTooLarge.into()));
    }
    file.seek(SeekFrom::Start(at)).map_err(failed)?;
    let mut bytes = Vec::new();
    let read = file.take(size).read_to_end(&mut bytes).map_err(failed)?;
    match read as u64 == size {
        true => Ok(bytes),
        false => Err(failed(std::io::ErrorKind::UnexpectedEof.into())),
    }
}

fn json<T: DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<T, PlatformError> {
    serde_json::from_slice(bytes).map_err(|error| PlatformError::Io {
        what: format!("{name} in the archive"),
        source: error.into(),
    })
}

fn wrong(path: &Path, what: &str) -> PlatformError {
    PlatformError::Io {
        what: path.display().to_string(),
        source: std::io::Error::other(what.to_owned()),
    }
}
