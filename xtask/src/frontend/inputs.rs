//! Says whether the built web app is still that of the sources.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context;
use sha2::{Digest, Sha256};

use super::files_below;
use crate::exec;

/// All that goes into the web app. Xtask's own part counts: it makes the files.
const INPUTS: [&str; 6] = [
    "Cargo.toml",
    "Cargo.lock",
    "frontend",
    "protocol/Cargo.toml",
    "protocol/src",
    "xtask/src/frontend",
];

/// A digest over names and contents of all inputs and the compiler's version.
pub fn digest(workspace: &Path) -> anyhow::Result<String> {
    let mut hash = Sha256::new();
    hash.update(exec::output(Command::new("rustc").arg("--version"))?);
    for input in INPUTS {
        let input = workspace.join(input);
        let files = if input.is_file() {
            vec![input]
        } else {
            files_below(&input)?
        };
        for file in files {
            let content = fs::read(&file).with_context(|| file.display().to_string())?;
            let name = file.strip_prefix(workspace).unwrap_or(&file);
            hash.update(name.to_string_lossy().as_bytes());
            hash.update((content.len() as u64).to_le_bytes());
            hash.update(content);
        }
    }
    Ok(super::bundle::hex(&hash.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_changed_added_or_removed_input_changes_the_digest() {
        let dir = tempfile::tempdir().expect("a folder for the test");
        let file = |name: &str| dir.path().join(name);
        let write = |name: &str, text: &str| fs::write(file(name), text).expect("written");
        fs::create_dir_all(file("frontend/src")).expect("created");
        write("frontend/src/a.rs", "1");
        let first = digest(dir.path()).expect("digest");
        assert_eq!(first, digest(dir.path()).expect("digest"));
        write("frontend/src/a.rs", "2");
        let second = digest(dir.path()).expect("digest");
        assert_ne!(first, second);
        write("frontend/src/b.rs", "");
        let third = digest(dir.path()).expect("digest");
        assert_ne!(second, third);
        fs::remove_file(file("frontend/src/b.rs")).expect("removed");
        assert_eq!(second, digest(dir.path()).expect("digest"));
    }
}
