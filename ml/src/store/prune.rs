use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::MlError;
use crate::fetch::{self, stamp};
use crate::manifest::Manifest;

/// Something in the models folder that no model needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surplus {
    /// Below the models folder.
    pub path: PathBuf,
    /// What it takes, with everything below it.
    pub bytes: u64,
}

/// Folders that begin so hold what an operator put there.
const OWN: &str = "own-";

/// Everything that the manifest does not name, the largest first.
pub(super) fn surplus(dir: &Path, manifest: &Manifest) -> Result<Vec<Surplus>, MlError> {
    let mut found = Vec::new();
    for name in names(dir)? {
        let Some(model) = manifest.models.iter().find(|model| model.id == name) else {
            // the lock is empty, and whoever fetches next needs it
            if name != fetch::LOCK_FILE && !name.starts_with(OWN) {
                found.push(weighed(dir, PathBuf::from(name)));
            }
            continue;
        };
        let mut needed = HashSet::from([fetch::LOCK_FILE.to_owned()]);
        for (_, file) in model.files() {
            let stamp = stamp::stamp_path(Path::new(&file.to));
            needed.extend([file.to.clone(), stamp.display().to_string()]);
        }
        for inner in names(&dir.join(&name))? {
            if !needed.contains(&inner) {
                found.push(weighed(dir, Path::new(&name).join(inner)));
            }
        }
    }
    found.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.path.cmp(&b.path)));
    Ok(found)
}

pub(super) fn remove(path: &Path) -> Result<(), MlError> {
    let removed = match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(path),
        _ => fs::remove_file(path),
    };
    removed.map_err(MlError::io(path))
}

fn names(dir: &Path) -> Result<Vec<String>, MlError> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(MlError::io(dir)(error)),
    };
    let names = entries.map(|entry| Ok(entry.map_err(MlError::io(dir))?.file_name()));
    let names: Result<Vec<_>, MlError> = names.collect();
    // a name that is no text is none of ours, and not for us to touch
    Ok(names?
        .into_iter()
        .filter_map(|name| name.into_string().ok())
        .collect())
}

fn weighed(dir: &Path, path: PathBuf) -> Surplus {
    let bytes = weight(&dir.join(&path));
    Surplus { path, bytes }
}

fn weight(path: &Path) -> u64 {
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => {
            let entries = fs::read_dir(path).into_iter().flatten().flatten();
            entries.map(|entry| weight(&entry.path())).sum()
        }
        Ok(meta) => meta.len(),
        Err(_) => 0,
    }
}
