//! Models that come from a hub.

use std::path::Path;

use super::pins::Pins;
use super::{Check, ModelState, ModelStore};
#[cfg(feature = "hub")]
use super::{Making, SOURCE_DIR, make, remove_sources};
use crate::MlError;
use crate::fetch::{FileState, Progress};
use crate::manifest::HubSource;

/// Without pins nobody knows what a file should be, so it counts as missing.
pub(super) fn state(dir: &Path, source: &HubSource, how: Check) -> Result<ModelState, MlError> {
    let pins = Pins::read(dir, source);
    for file in &source.files {
        let path = dir.join(&file.to);
        match check_named(&path, source, &pins, &file.to, how)? {
            Some(FileState::Good) => {}
            Some(FileState::Damaged { why }) => {
                return Ok(ModelState::Damaged {
                    file: file.to.clone(),
                    why,
                });
            }
            Some(FileState::Missing) | None => return Ok(ModelState::Missing),
        }
    }
    Ok(ModelState::Ready)
}

/// None when the source has no file of that name.
pub(super) fn check_named(
    path: &Path,
    source: &HubSource,
    pins: &Pins,
    name: &str,
    how: Check,
) -> Result<Option<FileState>, MlError> {
    if !source.files.iter().any(|file| file.to == name) {
        return Ok(None);
    }
    match pins.kept.get(name) {
        Some(pin) => how(path, &pin.sha256, pin.bytes).map(Some),
        None => Ok(Some(FileState::Missing)),
    }
}

impl ModelStore {
    #[cfg(feature = "hub")]
    pub(super) fn pull_hub(
        &self,
        id: &str,
        source: &HubSource,
        dir: &Path,
        progress: &dyn Progress,
    ) -> Result<(), MlError> {
        use crate::fetch::hub::HubPath;

        std::fs::create_dir_all(dir).map_err(MlError::io(dir))?;
        crate::fetch::remove_leftovers(dir);
        let mut pins = Pins::read(dir, source);
        for file in &source.files {
            let place = dir.join(&file.to);
            let state = check_named(&place, source, &pins, &file.to, crate::fetch::stamp::check)?;
            if state == Some(FileState::Good) {
                continue;
            }
            // two files may be made of one, which is fetched for the first
            let fetched = dir.join(SOURCE_DIR).join(file.path.replace('/', "_"));
            if !is_there(&fetched, pins.fetched.get(&file.path))? {
                let path = HubPath {
                    repository: &source.repository,
                    revision: &source.revision,
                    path: &file.path,
                };
                let pin = pins.fetched.get(&file.path);
                let found = self.hub.fetch(path, pin, &fetched, progress)?;
                pins.fetched.insert(file.path.clone(), found);
                pins.write(dir)?;
            }
            progress.begin(&format!("making {} of {id}", file.to), None);
            let making = Making {
                source: &fetched,
                convert: file.convert,
                keep: &file.keep,
                to: &file.to,
            };
            let made = make(dir, &making, pins.kept.get(&file.to));
            progress.end(made.is_ok());
            pins.kept.insert(file.to.clone(), made?);
            pins.write(dir)?;
        }
        remove_sources(dir);
        Ok(())
    }

    /// A build without the hub's client, such as the build tool's.
    #[cfg(not(feature = "hub"))]
    pub(super) fn pull_hub(
        &self,
        id: &str,
        _source: &HubSource,
        _dir: &Path,
        _progress: &dyn Progress,
    ) -> Result<(), MlError> {
        Err(MlError::ModelMissing {
            id: id.to_owned(),
            why: "it comes from a hub, which only the server asks".to_owned(),
        })
    }
}

#[cfg(feature = "hub")]
fn is_there(path: &Path, pin: Option<&crate::manifest::Pin>) -> Result<bool, MlError> {
    match pin {
        Some(pin) => {
            let state = crate::fetch::stamp::check(path, &pin.sha256, pin.bytes)?;
            Ok(state == FileState::Good)
        }
        None => Ok(false),
    }
}
