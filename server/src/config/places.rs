//! Where things lie by default.

use std::path::PathBuf;

/// `ASTERISM_CACHE/models`, or `asterism/models` in the user's cache.
pub fn models_dir() -> PathBuf {
    match var("ASTERISM_CACHE") {
        Some(cache) => cache.join("models"),
        None => home("XDG_CACHE_HOME", ".cache").join("asterism/models"),
    }
}

/// `asterism` in the user's data folder.
pub fn data_dir() -> PathBuf {
    home("XDG_DATA_HOME", ".local/share").join("asterism")
}

/// The folder a variable names, else one in the home, else here.
fn home(variable: &str, below: &str) -> PathBuf {
    var(variable)
        .or_else(|| var("HOME").map(|home| home.join(below)))
        .unwrap_or_else(|| PathBuf::from("."))
}

fn var(name: &str) -> Option<PathBuf> {
    std::env::var_os(name)
        .filter(|v| !v.is_empty())
        .map(PathBuf::from)
}
