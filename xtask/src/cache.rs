//! Where everything is kept that is not source.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::Context;

/// Moves every cache, build output included.
const VARIABLE: &str = "ASTERISM_CACHE";

/// The folders below the cache's root.
pub struct Cache {
    /// Native build output.
    pub target: PathBuf,
    /// Build output of the web app. Apart from the native one, so that the two
    /// never wait for each other's lock.
    pub target_wasm: PathBuf,
    /// Model files.
    pub models: PathBuf,
    /// Sample pictures.
    pub samples: PathBuf,
    /// The built web app, as the server serves it.
    pub frontend: PathBuf,
    /// The library, unless `--data-dir` says otherwise.
    pub data: PathBuf,
    /// Programs that the tests install for themselves.
    pub tools: PathBuf,
    /// Libraries that are made up, and what they grow out of.
    pub seed: PathBuf,
}

impl Cache {
    /// The cache of this user, created if need be.
    pub fn open() -> anyhow::Result<Self> {
        let root = match env::var_os(VARIABLE).filter(|v| !v.is_empty()) {
            Some(dir) => std::path::absolute(PathBuf::from(dir))?,
            None => env::home_dir()
                .with_context(|| format!("there is no home folder; set {VARIABLE}"))?
                .join(".cache/asterism"),
        };
        fs::create_dir_all(&root).with_context(|| format!("cannot create {}", root.display()))?;
        Ok(Self {
            target: root.join("target"),
            target_wasm: root.join("target-wasm"),
            models: root.join("models"),
            samples: root.join("samples"),
            frontend: root.join("frontend"),
            data: root.join("data"),
            tools: root.join("tools"),
            seed: root.join("seed"),
        })
    }
}

/// The repository's root.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in a folder of the workspace")
}
