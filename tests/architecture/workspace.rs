//! What the tests look at: manifests and sources of the workspace.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Folders without sources of ours.
const SKIPPED: [&str; 4] = [".git", "target", "node_modules", "dist"];

/// The repository's root. Asked when the tests run, not when they are built:
/// checkouts share their build output.
pub fn root() -> &'static Path {
    static TESTS: std::sync::LazyLock<std::path::PathBuf> = std::sync::LazyLock::new(|| {
        let folder = std::env::var_os("CARGO_MANIFEST_DIR");
        folder.expect("cargo runs the tests").into()
    });
    TESTS
        .parent()
        .expect("the tests lie in a folder of the workspace")
}

/// A package of the workspace.
pub struct Member {
    /// The folder's name, by which the rules know it: `db`, `tests/integration`.
    pub folder: String,
    /// The manifest.
    pub manifest: toml::Table,
}

impl Member {
    /// Names of its direct dependencies of any kind, as declared.
    pub fn dependencies(&self) -> Vec<String> {
        let mut names = Vec::new();
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            if let Some(table) = self.manifest.get(kind).and_then(|v| v.as_table()) {
                names.extend(table.keys().cloned());
            }
        }
        names
    }

    /// Whether it belongs to the product; the rest may know anything.
    pub fn is_product(&self) -> bool {
        self.folder != "xtask" && !self.folder.starts_with("tests")
    }
}

/// All members, as cargo sees them.
pub fn members() -> Vec<Member> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(root())
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .output()
        .expect("cargo starts");
    assert!(
        output.status.success(),
        "cargo metadata: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    packages
        .iter()
        .map(|package| {
            let path = PathBuf::from(package["manifest_path"].as_str().expect("a path"));
            let folder = path.parent().expect("a manifest has a folder");
            let text = fs::read_to_string(&path).expect("the manifest is readable");
            Member {
                folder: relative(folder),
                manifest: text.parse().expect("the manifest is well-formed"),
            }
        })
        .collect()
}

/// Text of every file below `folder` with that extension, by relative path.
pub fn texts(folder: &str, extension: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name();
            if path.is_dir() {
                if !SKIPPED.iter().any(|s| name == *s) {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|e| e == extension)
                && let Ok(text) = fs::read_to_string(&path)
            {
                found.insert(relative(&path), text);
            }
        }
    }
    found
}

/// Every Rust source by relative path.
pub fn rust() -> BTreeMap<String, String> {
    texts(".", "rs")
}

/// Fails with all violations, one to a line.
pub fn expect_none(rule: &str, violations: &[String]) {
    assert!(
        violations.is_empty(),
        "{rule}:\n  {}",
        violations.join("\n  ")
    );
}

fn relative(path: &Path) -> String {
    let path = path.strip_prefix(root()).unwrap_or(path);
    let path = path.to_string_lossy().replace('\\', "/");
    path.trim_start_matches("./").to_owned()
}
