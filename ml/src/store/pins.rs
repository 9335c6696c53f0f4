//! What the first fetch from a hub brought, so that every later one must bring
//! the same: trust on first use, for files whose checksum the manifest does
//! not know. Lies beside the files as `.pins.json`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::MlError;
use crate::fetch;
use crate::manifest::{HubSource, Pin};

/// What a model's files were, of one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pins {
    repository: String,
    revision: String,
    /// As they came, by path in the repository.
    pub fetched: BTreeMap<String, Pin>,
    /// As they are kept, by name in the folder.
    pub kept: BTreeMap<String, Pin>,
}

const FILE: &str = ".pins.json";

impl Pins {
    /// Those of `dir`, with what the manifest pins on top; empty where they
    /// cannot be read or are of another commit.
    pub fn read(dir: &Path, source: &HubSource) -> Self {
        let stored = fs::read(dir.join(FILE)).ok();
        let stored = stored.and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok());
        let mut pins = stored
            .filter(|p| p.repository == source.repository && p.revision == source.revision)
            .unwrap_or_else(|| Self {
                repository: source.repository.clone(),
                revision: source.revision.clone(),
                fetched: BTreeMap::new(),
                kept: BTreeMap::new(),
            });
        for file in &source.files {
            if let Some(pin) = &file.pin {
                pins.fetched.insert(file.path.clone(), pin.clone());
            }
        }
        pins
    }

    /// # Errors
    /// `Io`.
    #[cfg_attr(not(feature = "hub"), allow(dead_code, reason = "only a hub pins"))]
    pub fn write(&self, dir: &Path) -> Result<(), MlError> {
        let json = serde_json::to_vec_pretty(self).expect("maps of strings are JSON");
        let work = fetch::work_dir(dir)?;
        let made = work.path().join(FILE);
        fs::write(&made, json).map_err(MlError::io(&made))?;
        fetch::put_in_place(&made, &dir.join(FILE))
    }

    /// What the kept files take on disk.
    pub fn bytes(&self) -> u64 {
        self.kept.values().map(|pin| pin.bytes).sum()
    }
}
