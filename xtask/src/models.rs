//! Fetches the models, by the server's own command: it knows the manifest and
//! converts what it fetched.

use std::path::Path;
use std::process::Command;

use crate::cache::Cache;
use crate::exec;
use crate::native::{self, Profile};

/// Builds the server and lets it fetch, verify and convert every model.
pub fn pull(cache: &Cache) -> anyhow::Result<()> {
    let server = native::build(cache, Profile::Dev)?;
    pull_with(cache, &server)
}

/// As [`pull`], with a server that is already built.
pub fn pull_with(cache: &Cache, server: &Path) -> anyhow::Result<()> {
    exec::run(
        Command::new(server)
            .args(["models", "pull", "--models-dir"])
            .arg(&cache.models),
    )
}
