//! Picks files out of a package archive: wheels and zips, gzipped tars, debs.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use super::client::{self, Clients};
use super::package::{Package, Wanted, matches};
use super::stamp::{COPY_BUFFER, hex};
use crate::MlError;

/// Writes each wanted file under `work` and says where, in the order of
/// `wanted`. Every file has been checked and synced to disk.
///
/// # Errors
/// `BadArchive`, `FileNotInPackage`, `AmbiguousPath`, `ChecksumMismatch`, `Io`.
pub(crate) fn extract(
    clients: &Clients,
    package: &Package,
    archive: &Path,
    wanted: &[&Wanted],
    work: &Path,
) -> Result<Vec<PathBuf>, MlError> {
    let mut picker = Picker {
        package,
        wanted,
        work,
        picked: HashMap::new(),
    };
    let name = archive.file_name().unwrap_or_default().to_string_lossy();
    if name.ends_with(".whl") || name.ends_with(".zip") {
        picker.zip(archive)?;
    } else if name.ends_with(".tar.gz") || name.ends_with(".tgz") {
        let file = File::open(archive).map_err(MlError::io(archive))?;
        picker.tar(GzDecoder::new(file))?;
    } else if name.ends_with(".deb") {
        picker.deb(clients, archive)?;
    } else {
        return Err(picker.bad(format!("{name} is no known kind of archive")));
    }
    picker.finish()
}

struct Picker<'a> {
    package: &'a Package,
    wanted: &'a [&'a Wanted],
    work: &'a Path,
    /// By index in `wanted`: the member's name and what it held.
    picked: HashMap<usize, Picked>,
}

struct Picked {
    member: String,
    sha256: String,
    bytes: u64,
}

impl Picker<'_> {
    fn zip(&mut self, archive: &Path) -> Result<(), MlError> {
        let file = File::open(archive).map_err(MlError::io(archive))?;
        let mut zip = zip::ZipArchive::new(file).map_err(|e| self.bad(e))?;
        for index in 0..zip.len() {
            let mut member = zip.by_index(index).map_err(|e| self.bad(e))?;
            if member.is_file() {
                let name = member.name().map_err(|e| self.bad(e))?.into_owned();
                self.offer(&name, &mut member)?;
            }
        }
        Ok(())
    }

    fn tar(&mut self, mut reader: impl Read) -> Result<(), MlError> {
        let mut tar = tar::Archive::new(&mut reader);
        for member in tar.entries().map_err(|e| self.bad(e))? {
            let mut member = member.map_err(|e| self.bad(e))?;
            if member.header().entry_type().is_file() {
                let path = member.path().map_err(|e| self.bad(e))?;
                let name = path.to_string_lossy().into_owned();
                self.offer(&name, &mut member)?;
            }
        }
        // the rest is padding, but gzip's checksum comes after it, and whoever
        // writes into a pipe must not find it closed
        io::copy(&mut reader, &mut io::sink()).map_err(|e| self.bad(e))?;
        Ok(())
    }

    /// `dpkg-deb` knows every compression that a deb may use.
    fn deb(&mut self, clients: &Clients, archive: &Path) -> Result<(), MlError> {
        let mut child = Command::new(&clients.dpkg_deb)
            .arg("--fsys-tarfile")
            .arg(archive)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| client::missing("dpkg-deb", self.package))?;
        let stream = child.stdout.take().expect("stdout was piped above");
        let read = self.tar(stream);
        let status = child.wait().map_err(|e| self.bad(e))?;
        read?;
        if status.success() {
            Ok(())
        } else {
            Err(self.bad("dpkg-deb could not unpack it"))
        }
    }

    fn offer(&mut self, member: &str, reader: &mut impl Read) -> Result<(), MlError> {
        let fits: Vec<usize> = (0..self.wanted.len())
            .filter(|&i| matches(&self.wanted[i].path, member))
            .collect();
        let Some(&first) = fits.first() else {
            return Ok(());
        };
        for &index in &fits {
            if let Some(earlier) = self.picked.get(&index) {
                return Err(MlError::AmbiguousPath {
                    package: self.package.to_string(),
                    path: self.wanted[index].path.clone(),
                    first: earlier.member.clone(),
                    second: member.to_owned(),
                });
            }
        }
        let place = self.place(first);
        let (sha256, bytes) = self.copy(reader, &place)?;
        for &index in &fits {
            if index != first {
                let twin = self.place(index);
                std::fs::copy(&place, &twin).map_err(MlError::io(&twin))?;
            }
            let picked = Picked {
                member: member.to_owned(),
                sha256: sha256.clone(),
                bytes,
            };
            self.picked.insert(index, picked);
        }
        Ok(())
    }

    /// A fault while reading is the archive's, one while writing the disk's.
    fn copy(&self, reader: &mut impl Read, place: &Path) -> Result<(String, u64), MlError> {
        let mut file = File::create(place).map_err(MlError::io(place))?;
        let (mut hasher, mut bytes) = (Sha256::new(), 0);
        let mut buffer = vec![0; COPY_BUFFER];
        loop {
            let n = match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(self.bad(e)),
            };
            hasher.update(&buffer[..n]);
            file.write_all(&buffer[..n]).map_err(MlError::io(place))?;
            bytes += n as u64;
        }
        file.sync_all().map_err(MlError::io(place))?;
        Ok((hex(&hasher.finalize()), bytes))
    }

    fn finish(self) -> Result<Vec<PathBuf>, MlError> {
        let mut places = Vec::with_capacity(self.wanted.len());
        for (index, want) in self.wanted.iter().enumerate() {
            let picked = self.picked.get(&index);
            let picked = picked.ok_or_else(|| MlError::FileNotInPackage {
                package: self.package.to_string(),
                path: want.path.clone(),
            })?;
            if picked.sha256 != want.sha256 || picked.bytes != want.bytes {
                return Err(MlError::ChecksumMismatch {
                    what: format!("{} in {}", picked.member, self.package),
                    expected: want.sha256.clone(),
                    expected_bytes: want.bytes,
                    found: picked.sha256.clone(),
                    found_bytes: picked.bytes,
                });
            }
            places.push(self.place(index));
        }
        Ok(places)
    }

    fn place(&self, index: usize) -> PathBuf {
        self.work.join(format!("file-{index}"))
    }

    fn bad(&self, why: impl ToString) -> MlError {
        MlError::BadArchive {
            package: self.package.to_string(),
            detail: why.to_string(),
        }
    }
}
