//! Which files there are.

use std::path::{Path, PathBuf};

use anyhow::Context;
use protocol::limits::UPLOAD_BYTES;

/// All files below a folder in a stable order; hidden ones and links to
/// folders are left out.
///
/// # Errors
/// The folder cannot be read.
pub fn files(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder)
            .with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if entry.path().is_file() {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A file's bytes, unless it is larger than a picture may be.
///
/// # Errors
/// In words for the report.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    let size = std::fs::metadata(path).map_err(|e| e.to_string())?.len();
    if size > UPLOAD_BYTES as u64 {
        return Err(format!("larger than {} MiB", UPLOAD_BYTES >> 20));
    }
    std::fs::read(path).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_walked_and_hidden_files_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("b/c")).unwrap();
        for name in ["z.jpg", "b/a.jpg", "b/c/x.png", ".hidden.jpg"] {
            std::fs::write(dir.path().join(name), "x").unwrap();
        }
        let found = files(dir.path()).unwrap();
        let names: Vec<_> = found
            .iter()
            .map(|p| p.strip_prefix(dir.path()).unwrap().to_str().unwrap())
            .collect();
        assert_eq!(names, ["b/a.jpg", "b/c/x.png", "z.jpg"]);
        assert!(files(&dir.path().join("nowhere")).is_err());
    }
}
