//! Fetches, verifies and converts the models, with the code that the server
//! uses, so that it can happen while the server is still being compiled.

use std::fs;

use anyhow::Context;
use ml::manifest::Manifest;
use ml::store::ModelStore;

use crate::cache::{Cache, workspace};
use crate::ui::Bars;

/// The list, relative to the workspace. The server carries it too.
const LIST: &str = "assets/models.toml";

/// Makes sure that every default model is there and as pinned.
pub fn pull(cache: &Cache, bars: &Bars) -> anyhow::Result<()> {
    let path = workspace().join(LIST);
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let store = ModelStore::new(&cache.models, Manifest::parse(&text)?);
    let models = store.pull(&[] as &[&str], &bars.fetch("models"))?;
    bars.line(&format!("models: {}, all verified", models.len()));
    Ok(())
}
